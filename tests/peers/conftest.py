"""Only `make peers` compares with other simulators: they live in an environment of their own, whose Python it names."""

import os

if "SPIKEBOOK_PEERS" not in os.environ:
    collect_ignore_glob = ["test_*.py"]
