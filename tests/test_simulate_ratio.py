"""`simulate` is nearly as fast as a loop written by hand, and its first call does not keep a reader waiting.

Ratios of two runs side by side in one process, for seconds on a shared machine say little. The loop itself is checked
first: a wrong one would be no measure.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import simulate_ratio


@pytest.mark.parametrize("method", simulate_ratio.BY_HAND)
def test_the_loop_by_hand_solves_the_same_equations_by_the_same_method(method):
    by_hand, trace = simulate_ratio.run_by_hand(method), simulate_ratio.run_simulate(method)
    for row, name in zip(by_hand, ("V", "n", "m", "h"), strict=True):
        np.testing.assert_allclose(row, trace[name], rtol=0, atol=1e-6)


@pytest.mark.parametrize("method", simulate_ratio.BY_HAND)
def test_simulate_takes_at_most_one_and_a_half_times_the_loop_by_hand(method):
    ours, by_hand = simulate_ratio.measure(method)
    print(f"{method}: simulate {1e3 * ours:.1f} ms, by hand {1e3 * by_hand:.1f} ms, ratio {ours / by_hand:.2f}")
    assert ours <= 1.5 * by_hand


@pytest.mark.slow
def test_the_first_call_in_a_fresh_process_finds_everything_compiled():
    cold, warm = simulate_ratio.first_call()
    print(f"first call: {warm:.2f} s with warm caches, {cold:.2f} s with empty ones")
    assert warm < cold / 3
