"""The refractory period: thresholds of a second pulse against an independent solver, what each gate contributes, and what a
dead time does to a rate, against closed forms and simulations."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import load

import spikebook as sb
from spikebook.hodgkin_huxley import MODEL
from spikebook.reduced_models import LEAKY
from spikebook.refractory_period import (
    OWN,
    WIDTH,
    absolute_period,
    dead_time,
    interval_density,
    leaky_rate,
    simulate_pair,
    spike_top,
    states_after,
    thresholds,
    two_pulses,
)

REFERENCE = load("hodgkin_huxley")
PAIRED = REFERENCE["paired_pulse"]
RESTING = REFERENCE["pulse_threshold_uA_cm2_by_ms"]["1"]


# ---- two pulses


@pytest.mark.parametrize("how, tolerance", [({}, 5e-4), ({"method": "exponential_euler", "dt": 0.02}, 4e-3)])
def test_thresholds_are_those_of_the_reference(how, tolerance):
    expected = {float(gap): value for gap, value in PAIRED["second_threshold_uA_cm2_by_gap_ms"].items()}
    np.testing.assert_allclose(thresholds([*expected], **how), [*expected.values()], rtol=tolerance)


@pytest.mark.parametrize("strongest, expected", [(20, 10.61), (50, 7.63), (100, 6.10), (200, 5.63), (400, 5.63)])
def test_the_absolute_period_depends_on_the_strongest_pulse_and_has_a_floor(strongest, expected):
    assert absolute_period(strongest) == pytest.approx(expected, abs=0.015)


def test_the_supernormal_window_lies_between_16_and_22_ms():
    gaps = np.arange(12, 41.0)
    below = gaps[thresholds(gaps) < 0.99 * RESTING]
    assert below[0] == 16 and 22 <= below[-1] <= 23
    np.testing.assert_array_equal(np.diff(below), 1)


def follows(gap, strength):
    """Whether a second spike comes, by the words of the reference's protocol, in one run from rest."""
    run = sb.simulate(MODEL, two_pulses(gap, strength), gap + 40)
    V, after = run.V, run.t > gap + WIDTH + OWN
    top = (V[1:-1] > V[:-2]) & (V[1:-1] >= V[2:]) & (V[1:-1] > 0)
    return bool(np.any(top & after[1:-1]))


@settings(max_examples=20, deadline=None)
@given(st.integers(58, 400))
def test_just_below_the_threshold_a_run_from_rest_fails_and_just_above_it_fires(tenths):
    """The threshold is found from the state that the first pulse has left; here both pulses are run through."""
    gap = tenths / 10
    threshold = thresholds([gap])[0]
    assert follows(gap, 1.001 * threshold) and not follows(gap, 0.999 * threshold)


@pytest.mark.parametrize("gap", [2.0, 3, 4, 5, 5.5])
def test_soon_after_a_spike_no_pulse_of_any_strength_makes_another(gap):
    assert np.isnan(thresholds([gap])[0])
    assert not any(follows(gap, strength) for strength in np.geomspace(5, 400, 30))


def test_after_a_long_gap_the_threshold_is_that_of_rest():
    assert thresholds([120.0])[0] == pytest.approx(RESTING, rel=2e-4)
    at_rest = states_after([120.0])
    for name, value in MODEL.rest().items():
        assert at_rest[name][0] == pytest.approx(value, abs=2e-3)


def test_with_every_gate_put_back_only_the_voltage_s_distance_from_rest_is_left():
    """Put every gate back to rest and only the voltage is left, which soon is rest's."""
    gaps = np.array([6.0, 8, 10, 15, 20, 30])
    everything = thresholds(gaps, rested=("n", "m", "h"))
    assert np.all(everything < 15)
    V = states_after(gaps)["V"]
    np.testing.assert_allclose(everything, RESTING + (MODEL.rest()["V"] - V), rtol=0.2)
    assert thresholds(gaps)[0] > 7 * everything[0]  # the control


def test_either_slow_gate_put_back_ends_the_absolute_period_and_potassium_s_lowers_the_threshold_more():
    gaps = np.arange(4, 12, 0.5)
    n, h, both, none = (thresholds(gaps, rested=gates) for gates in ("n", "h", ("n", "h"), ()))
    assert np.isnan(none[gaps < 5.6]).all() and np.isfinite(none[gaps > 5.6]).all()
    assert np.isfinite(n).all() and np.isfinite(h).all()
    assert np.all(both < n) and np.all(n < h)
    later = np.isfinite(none)
    assert np.all(h[later] < none[later])


def test_with_everything_put_back_it_is_at_rest_and_the_voltage_alone_matters_late():
    np.testing.assert_allclose(thresholds([5.0, 8], rested=("V", "n", "m", "h")), RESTING, rtol=2e-4)
    gaps = [6.0, 13]
    V, n, none = (thresholds(gaps, rested=what) for what in ("V", "n", ()))
    assert n[0] < 0.25 * V[0] and 0.97 * none[0] < V[0] < none[0]
    assert V[1] < n[1] < none[1]


def test_less_potassium_makes_a_second_spike_easier():
    assert thresholds([8.0], g_K=24)[0] < 0.85 * thresholds([8.0])[0]


def test_warmth_shortens_it_in_proportion_to_the_gates():
    cold, warm = absolute_period(50), absolute_period(50, celsius=18.5)
    assert 2.0 < cold / warm < 3 ** ((18.5 - 6.3) / 10)


def test_where_a_top_is():
    V = np.array([-60.0, 10, 5, -30, -5, -40, -55, -50, -60])
    assert spike_top(V, 8) == -1  # the last maximum above -20 mV stays below 0
    assert spike_top(np.append(V[:4], [3, -40]), 5) == 4
    assert spike_top(np.array([20.0, 10, 0, -10]), 3) == -1  # falling from the start
    assert spike_top(np.array([-60.0, 0, 40, 60]), 3) == -1  # rising to the end


def test_a_pair_with_nothing_put_back_is_one_run_and_with_a_gate_put_back_it_jumps_there():
    pair = simulate_pair(8, 60, duration=30)
    run = sb.simulate(MODEL, two_pulses(8, 60), 30)
    for name in run.names:
        np.testing.assert_allclose(pair[name], run[name], rtol=0, atol=1e-9)
    np.testing.assert_allclose(pair.spike_times, run.spike_times, atol=1e-9)
    rested = simulate_pair(8, 60, duration=30, rested=("n", "h"))
    np.testing.assert_array_equal(rested.V[:801], run.V[:801])
    for gate in "nh":
        np.testing.assert_array_equal(rested[gate][:800], run[gate][:800])
        assert rested[gate][800] == MODEL.rest()[gate] and abs(run[gate][800] - MODEL.rest()[gate]) > 0.05
    assert rested.spike_times[1] < run.spike_times[1]  # and the second spike comes sooner


# ---- a dead time


@pytest.mark.parametrize("free_rate, t_ref", [(20, 2.0), (100, 5.0), (400, 10.0)])
def test_a_poisson_train_with_a_dead_time_has_the_rate_and_cv_of_the_formula(free_rate, t_ref):
    duration = 8e7 / free_rate
    train = sb.spike_trains.poisson(free_rate, duration, t_ref, seed=5)
    exact = dead_time(free_rate, t_ref)
    n = len(train)
    # standard errors of a renewal process: of its count CV sqrt(n), of its CV below 1.2 CV / sqrt(n)
    assert abs(n - exact.rate * duration / 1000) < 4 * exact.CV * np.sqrt(n)
    assert abs(sb.spike_trains.cv(train) - exact.CV) < 5 * exact.CV / np.sqrt(n)
    assert exact.CV == pytest.approx(1 - exact.rate * t_ref / 1000) and exact.rate < 1000 / t_ref
    assert abs(sb.spike_trains.cv(train) - 1) > 6 * exact.CV / np.sqrt(n)  # the control: no Poisson process


def test_intervals_follow_the_density():
    free_rate, t_ref = 100, 5.0
    intervals = sb.spike_trains.isi(sb.spike_trains.poisson(free_rate, 1e6, t_ref, seed=7))
    edges = np.arange(0, 60, 2.5)
    counts, _ = np.histogram(intervals, edges)
    middle = 0.5 * (edges[1:] + edges[:-1])
    expected = len(intervals) * 2.5 * interval_density(middle, free_rate, t_ref)
    assert counts[:2].sum() == 0
    assert np.all(np.abs(counts - expected) < 5 * np.sqrt(expected + 1) + 0.01 * expected)


def test_the_density_is_one_and_its_moments_give_rate_and_cv():
    t = np.linspace(0, 400, 400_001) + 5e-4
    p = interval_density(t, 80, 7) * 1e-3
    mean = np.sum(t * p)
    exact = dead_time(80, 7)
    assert np.sum(p) == pytest.approx(1, rel=1e-6)
    assert 1000 / mean == pytest.approx(exact.rate, rel=1e-6)
    assert np.sqrt(np.sum((t - mean) ** 2 * p)) / mean == pytest.approx(exact.CV, rel=1e-5)


def test_limits_of_a_dead_time():
    assert dead_time(50, 0) == (50, 1)
    assert dead_time(0, 5) == (0, 1)
    assert dead_time(1e9, 5).rate == pytest.approx(200) and dead_time(1e9, 5).CV < 1e-6


# ---- the ceiling


@pytest.mark.parametrize("t_ref", [0.0, 2.0, 5.6])
def test_the_leaky_neuron_s_rate_is_that_of_a_simulation(t_ref):
    currents = np.array([1.4, 1.6, 3, 10, 50])
    how = {"method": "exponential_euler", "dt": 0.05, "t_ref": t_ref}
    run = sb.simulate_population(LEAKY, currents, 3000, **how)
    for k, current in enumerate(currents):
        times = run.spike_times[run.spike_ids == k]
        counted = 1000 * (len(times) - 1) / (times[-1] - times[0]) if len(times) else 0
        assert counted == pytest.approx(leaky_rate(current, t_ref), rel=1e-6)


def test_no_current_lifts_the_leaky_neuron_over_its_ceiling_which_it_approaches():
    rates = [leaky_rate(current, t_ref=5) for current in (1, 1.5, 2, 10, 100, 1e4, 1e6)]
    assert rates[0] == 0 and rates == sorted(rates)
    assert 199.9 < rates[-1] < 200
    assert leaky_rate(1e6, t_ref=0) > 1e7 / 200  # the control: without a dead time there is none


def test_the_hodgkin_huxley_neuron_has_no_such_ceiling_but_ends_in_block():
    run = sb.simulate_population(MODEL, np.array([20.0, 80, 170]), 600, record="V")
    late = run.V[:, run.t > 400]
    swings = np.ptp(late, axis=1)
    assert swings[0] > 80 and 20 < swings[1] < swings[0] and swings[2] < 1


# ---- what cannot be

REFUSED = [
    (lambda: thresholds([0.5]), "gaps has 0.5 ms, which begins within the first pulse; give 1 ms or more"),
    (lambda: thresholds([np.nan]), "gaps[0] = nan ms is not finite"),
    (lambda: thresholds([8], first=5), "first = 5 uA/cm2 makes no spike; use a stronger first pulse"),
    (
        lambda: thresholds([8], strongest=0),
        "strongest = 0 uA/cm2 is no pulse for this neuron: use more than 0, at most",
    ),
    (lambda: thresholds([8], strongest=900), "strongest = 900 uA/cm2 is no pulse"),
    (lambda: thresholds([8], rested="w"), "rested has 'w', which is no state of Hodgkin-Huxley: use V, n, m, h"),
    (lambda: thresholds([8], g_k=3), "unknown parameter 'g_k': did you mean 'g_K'?"),
    (lambda: simulate_pair(50, 20), "gap = 50 ms must be more than 0 and less than the duration of 40 ms"),
    (lambda: absolute_period(5), "strongest = 5 uA/cm2 fires no second spike within 40 ms; allow a stronger pulse"),
    (lambda: dead_time(-1, 5), "free_rate = -1 Hz is negative; give 0 Hz or more"),
    (lambda: dead_time(10, -5), "t_ref = -5 ms is negative; give 0 ms or more"),
    (lambda: interval_density(1, 10, np.inf), "t_ref = inf ms is not finite"),
    (lambda: leaky_rate(np.nan, 5), "current = nan uA/cm2 is not finite"),
    (lambda: leaky_rate(5, -1), "t_ref = -1 ms is outside the range"),
]


@pytest.mark.parametrize("attempt, message", REFUSED, ids=[message[:30] for _, message in REFUSED])
def test_bad_values_are_refused_by_name_with_the_remedy(attempt, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        attempt()
