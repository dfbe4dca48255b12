"""Stimuli deliver the charge they promise wherever their edges fall, stand on the right side of a jump, add up, repeat
by seed, and refuse what is no current."""

import math

import numpy as np
import pytest

from spikebook.stimuli import Stimulus, as_samples, from_array, noise, pulses, ramp, sine, step

DT = 0.01


def charge(stimulus, duration=10.0, dt=DT):
    """By Simpson's rule in every step, as RK4 weighs the three samples."""
    start, middle, end = stimulus.sample(round(duration / dt), dt)
    return ((start + 4 * middle + end) / 6).sum() * dt


OFF_GRID = [(1.0, 3.0), (1.003, 3.0), (1.0, 2.9975), (1.0037, 1.0041), (2.0051, 2.0149), (-1.0, 0.5), (9.0, 9.999)]


@pytest.mark.parametrize("start, stop", OFF_GRID)
def test_a_step_delivers_its_charge_wherever_its_edges_fall(start, stop):
    assert charge(step(20, start, stop)) == pytest.approx(20 * (stop - max(start, 0)), abs=1e-6)


def test_sampling_at_the_grid_points_alone_would_lose_charge():
    """Control: the edges of the case above do fall inside steps."""
    t = np.arange(1000) * DT
    on = (t >= 1.003) & (t < 3.0)
    assert abs(20 * on.sum() * DT - 20 * (3.0 - 1.003)) > 0.01


@pytest.mark.parametrize("start, stop", [(1.0, 3.0), (1.003, 2.9975), (1.0037, 1.0041)])
def test_a_ramp_delivers_its_charge_wherever_its_edges_fall(start, stop):
    assert charge(ramp(4, 20, start, stop)) == pytest.approx(12 * (stop - start), abs=1e-6)


@pytest.mark.parametrize("start, stop", [(1.0, 6.0), (1.0033, 5.7)])
def test_a_sine_delivers_its_charge_wherever_its_edges_fall(start, stop):
    w = 2 * math.pi * 0.1
    expected = 5 * (math.cos(0.3) - math.cos(w * (stop - start) + 0.3)) / w
    assert charge(sine(5, 100, start, stop, phase=0.3)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("interval, dt", [(0.1, 0.01), (0.025, 0.01), (0.03, 0.05), (0.1, 1.0), (0.7, 0.01)])
def test_recorded_values_deliver_their_charge_at_any_step(interval, dt):
    values = np.random.default_rng(1).normal(5, 3, 12)
    assert charge(from_array(values, interval, start=0.5), dt=dt) == pytest.approx(values.sum() * interval, abs=2e-6)


def test_pulses_deliver_one_charge_each_and_overlapping_ones_add():
    assert charge(pulses(7, [1, 4], width=0.5)) == pytest.approx(7, abs=1e-6)
    assert charge(pulses([7, -3], [1, 1.2], width=0.5)) == pytest.approx(2, abs=1e-6)
    assert pulses([7, -3], [1, 1.2], width=0.5).sample(1000, DT)[1][130] == 4


def test_a_jump_on_the_grid_stands_on_its_own_side_of_each_step():
    start, middle, end = step(10, 1, 3).sample(4, 1.0)
    for samples in (start, middle, end):
        np.testing.assert_array_equal(samples, [0, 10, 10, 0])


def test_a_ramp_is_a_straight_line_within_every_step():
    start, middle, end = ramp(0, 8, 1, 3).sample(4, 1.0)
    np.testing.assert_allclose(start, [0, 0, 4, 0])
    np.testing.assert_allclose(middle, [0, 2, 6, 0])
    np.testing.assert_allclose(end, [0, 4, 8, 0])


def test_a_sine_has_its_frequency_in_hertz():
    start, _, _ = sine(3, frequency=50).sample(2000, DT)  # one period in 20 ms
    np.testing.assert_allclose(start, 3 * np.sin(2 * np.pi * np.arange(2000) / 2000), atol=1e-12)


def test_stimuli_add_and_the_sum_is_a_stimulus():
    total = step(2, 1, 3) + ramp(0, 5, 2, 4) + pulses(1, [0.5])
    parts = [step(2, 1, 3), ramp(0, 5, 2, 4), pulses(1, [0.5])]
    for sample, separately in zip(
        total.sample(500, DT), zip(*(p.sample(500, DT) for p in parts), strict=True), strict=True
    ):
        np.testing.assert_allclose(sample, sum(separately))
    assert isinstance(total, Stimulus)


def test_no_pulses_are_no_current():
    assert not np.any(pulses(5, []).sample(10, DT))


def test_the_same_seed_gives_the_same_noise_and_another_seed_another():
    one, again, other = (noise(2, 10, seed=seed).sample(1000, DT)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 1


def test_noise_has_its_mean_standard_deviation_and_interval():
    draws = noise(2, 2000, interval=0.1, mean=-1, seed=5).sample(200_000, DT)[0]
    n = 20_000
    assert draws.mean() == pytest.approx(-1, abs=4 * 2 / math.sqrt(n))
    assert draws.std() == pytest.approx(2, abs=4 * 2 / math.sqrt(2 * n))
    assert np.all(draws.reshape(-1, 10) == draws.reshape(-1, 10)[:, :1])
    lag = np.corrcoef(draws[5::10][:-1], draws[5::10][1:])[0, 1]
    assert abs(lag) < 4 / math.sqrt(n)


def test_numbers_arrays_and_stimuli_are_all_currents():
    for current in (3, 3.0, np.float64(3), np.array(3.0), [3.0] * 5, np.full(5, 3), step(3)):
        for sample in as_samples(current, 5, DT):
            np.testing.assert_array_equal(sample, np.full(5, 3.0))


def test_an_array_given_as_current_is_not_changed():
    given = np.arange(5.0)
    as_samples(given, 5, DT)[0][:] = -1
    np.testing.assert_array_equal(given, np.arange(5.0))


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: step("5"), TypeError, ["amplitude", "uA/cm2", "str"]),
        (lambda: step(math.nan), ValueError, ["amplitude", "nan", "uA/cm2"]),
        (lambda: step(5, start=10, stop=10), ValueError, ["stop = 10 ms", "start = 10 ms"]),
        (lambda: step(5, start="now"), TypeError, ["start", "ms", "str"]),
        (lambda: step(5, stop="later"), TypeError, ["stop", "ms", "str"]),
        (lambda: step(5, stop=math.nan), ValueError, ["stop", "nan", "ms"]),
        (lambda: ramp(0, math.inf, 0, 1), ValueError, ["final", "inf", "uA/cm2"]),
        (lambda: ramp(0, 1, 5, 2), ValueError, ["stop = 2 ms", "start = 5 ms"]),
        (lambda: sine(1, frequency=None), TypeError, ["frequency", "Hz", "None"]),
        (lambda: sine(1, 50, stop="end"), TypeError, ["stop", "ms"]),
        (lambda: pulses(5, [1, 2], width=0), ValueError, ["width = 0 ms", "more than 0"]),
        (lambda: pulses(5, [1, math.nan]), ValueError, ["times[1]", "nan", "ms"]),
        (lambda: pulses(5, ["one"]), TypeError, ["times", "row of numbers in ms"]),
        (lambda: pulses(5, [[1, 2]]), ValueError, ["times", "(1, 2)", "one row"]),
        (lambda: pulses([1, 2], [1, 2, 3]), ValueError, ["amplitude", "2 values", "3 times"]),
        (lambda: noise(-1, 10), ValueError, ["standard_deviation = -1", "must not be negative"]),
        (lambda: noise(1, 0), ValueError, ["duration = 0 ms", "more than 0"]),
        (lambda: noise(1, 10, interval=-1), ValueError, ["interval = -1 ms", "more than 0"]),
        (lambda: from_array([1, math.nan], 0.1), ValueError, ["values[1]", "nan", "uA/cm2", "replace or cut"]),
        (lambda: from_array([[1, 2]], 0.1), ValueError, ["values", "(1, 2)", "one row"]),
        (lambda: from_array([], 0.1), ValueError, ["values", "at least one"]),
        (lambda: from_array([1], 0), ValueError, ["interval = 0 ms", "more than 0"]),
    ],
)
def test_bad_input_is_refused_by_name_value_unit_and_remedy(make, error, words):
    with pytest.raises(error) as caught:
        make()
    for word in words:
        assert word in str(caught.value)
