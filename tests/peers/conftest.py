"""Only `make peers` compares with other simulators: they live in an environment of their own, whose Python it names.

How far apart they were is written to benchmarks/agreement.json when all of it has passed, for the book's appendix.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

ROWS = []

if "SPIKEBOOK_PEERS" not in os.environ:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def agreement():
    """Write down by how many ms the spikes of a simulator differ from ours: agreement(simulator, neuron, how, differences)."""

    def write_down(simulator, neuron, how, differences):
        row = {"simulator": simulator, "neuron": neuron, "how": how, "spikes": len(differences)}
        ROWS.append(row | {"largest_ms": float(np.abs(differences).max())})

    return write_down


def pytest_sessionfinish(session, exitstatus):
    if ROWS and exitstatus == 0 and not session.config.option.keyword:
        file = Path(__file__).parents[2] / "benchmarks" / "agreement.json"
        file.write_text(json.dumps(ROWS, indent=1) + "\n")
