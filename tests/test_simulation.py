"""What a reader meets in `simulate` and its Trace: currents in every form, starting values, methods, spikes, and errors
that name the argument, its value, its unit and the remedy."""

import math
import re

import numpy as np
import pytest

import spikebook as sb
from spikebook.hodgkin_huxley import MODEL
from spikebook.stimuli import noise, ramp, step

# ---- the trace


@pytest.fixture(scope="module")
def trace():
    return sb.simulate(MODEL, step(10, start=10, stop=50), duration=60)


def test_time_runs_from_zero_to_the_duration_in_steps_of_dt(trace):
    assert (trace.t[0], trace.t[-1]) == (0, pytest.approx(60))
    np.testing.assert_allclose(np.diff(trace.t), 0.01)


def test_every_recorded_quantity_is_an_attribute_and_an_item_of_one_length(trace):
    assert trace.names == ("t", "V", "n", "m", "h", "I_Na", "I_K", "I_L", "current")
    for name in trace.names:
        np.testing.assert_array_equal(getattr(trace, name), trace[name])
        assert trace[name].shape == (6001,)
        assert name in dir(trace)


def test_recorded_currents_are_the_papers_products(trace):
    np.testing.assert_allclose(trace.I_Na, 120 * trace.m**3 * trace.h * (trace.V - 50))
    np.testing.assert_allclose(trace.I_K, 36 * trace.n**4 * (trace.V + 77))
    np.testing.assert_allclose(trace.I_L, 0.3 * (trace.V + 54.387))


def test_recorded_input_is_the_stimulus(trace):
    np.testing.assert_array_equal(trace.current, np.where((trace.t > 9.995) & (trace.t < 49.995), 10.0, 0.0))


def test_recorded_input_ends_with_the_last_steps_end():
    trace = sb.simulate(MODEL, ramp(0, 2, 0, 1), duration=1)
    np.testing.assert_allclose(trace.current, 2 * trace.t, rtol=0, atol=1e-12)


def test_a_trace_says_how_it_was_made(trace):
    assert (trace.method, trace.dt, trace.model) == ("rk4", 0.01, MODEL)
    assert trace.parameters == MODEL.values()
    assert repr(trace) == "<Trace of Hodgkin-Huxley: 60 ms, 3 spikes, rk4, dt = 0.01 ms>"


def test_spikes_are_upward_crossings_of_0_mV_between_grid_points(trace):
    crossings = np.flatnonzero((trace.V[:-1] < 0) & (trace.V[1:] >= 0))
    assert len(crossings) == 3
    np.testing.assert_array_equal(np.floor(trace.spike_times / 0.01), crossings)


def test_an_unknown_quantity_of_a_trace_is_answered_with_those_there_are(trace):
    with pytest.raises(AttributeError, match="trace of Hodgkin-Huxley has t, V, n, m, h, I_Na.*not 'v'"):
        _ = trace.v
    with pytest.raises(KeyError, match="has t, V, n.*not 'g_K'"):
        trace["g_K"]


def test_runs_are_reproducible_to_the_bit():
    one, two = (sb.simulate(MODEL, noise(5, 20, mean=10, seed=7), duration=20) for _ in range(2))
    np.testing.assert_array_equal(one.V, two.V)


# ---- what may be given


def test_without_current_the_neuron_starts_and_stays_at_rest():
    trace = sb.simulate(MODEL, duration=20)
    assert trace.V[0] == MODEL.rest()["V"]
    assert np.ptp(trace.V) < 1e-11


def test_a_number_an_array_and_a_stimulus_are_the_same_current():
    number, array, values, stimulus = (
        sb.simulate(MODEL, current, duration=20).V for current in (8, np.full(2000, 8.0), [8] * 2000, step(8))
    )
    for other in (array, values, stimulus):
        np.testing.assert_array_equal(number, other)


def test_an_array_stands_for_one_value_a_step():
    values = np.zeros(2000)
    values[500:600] = 20
    by_array = sb.simulate(MODEL, values, duration=20)
    by_stimulus = sb.simulate(MODEL, step(20, start=5, stop=6), duration=20)
    np.testing.assert_allclose(by_array.V, by_stimulus.V, rtol=0, atol=1e-9)


def test_starting_values_are_taken_and_the_others_rest():
    trace = sb.simulate(MODEL, duration=1, initial={"V": -50, "h": 0.2})
    rest = MODEL.rest()
    assert (trace.V[0], trace.h[0], trace.n[0], trace.m[0]) == (-50, 0.2, rest["n"], rest["m"])


def test_the_neuron_rests_at_its_own_parameters():
    trace = sb.simulate(MODEL, duration=5, E_L=-60, celsius=18.5)
    assert trace.V[0] == MODEL.rest(E_L=-60)["V"] != MODEL.rest()["V"]
    assert np.ptp(trace.V) < 1e-11


def test_parameters_are_changed_by_name_for_one_run_only():
    blocked = sb.simulate(MODEL, 10, duration=20, g_Na=0)
    assert len(blocked.spike_times) == 0
    assert blocked.parameters["g_Na"] == 0
    assert len(sb.simulate(MODEL, 10, duration=20).spike_times) == 2


@pytest.mark.parametrize("celsius", [6.3, 18.5])
def test_methods_agree_as_the_step_shrinks(celsius):
    rk4, *others = (
        sb.simulate(MODEL, 10, duration=15, dt=0.0005, method=method, celsius=celsius).V
        for method in ("rk4", "exponential_euler", "euler")
    )
    for other in others:
        assert 1e-6 < np.abs(other - rk4).max() < 0.5


@pytest.mark.parametrize("duration, dt", [(0.3, 0.1 / 3), (1000, 0.01), (0.01, 0.01), (0.7, 0.007)])
def test_durations_that_are_whole_numbers_of_steps_but_for_rounding_are_accepted(duration, dt):
    assert sb.simulate(MODEL, duration=duration, dt=dt).t[-1] == pytest.approx(duration)


# ---- where RK4 is unstable

HYPERPOLARISED = step(-50, start=5, stop=25)


def test_default_warns_and_takes_exponential_euler_where_rk4_diverges():
    with pytest.warns(
        UserWarning, match=r"rk4 with dt = 0.01 ms is unstable.*at t = .*exponential Euler is used"
    ) as caught:
        trace = sb.simulate(MODEL, HYPERPOLARISED, duration=30)
    assert caught[0].filename == __file__
    assert trace.method == "exponential_euler"
    by_name = sb.simulate(MODEL, HYPERPOLARISED, duration=30, method="exponential_euler")
    np.testing.assert_array_equal(trace.V, by_name.V)
    assert trace.V.min() == pytest.approx(-54.387 - 50 / 0.3, abs=1)  # the leak alone is left


@pytest.mark.parametrize("method", ["rk4", "euler"])
def test_a_method_asked_for_by_name_raises_where_it_diverges(method):
    with pytest.raises(ValueError) as caught:
        sb.simulate(MODEL, HYPERPOLARISED, duration=30, method=method)
    for word in (
        method,
        "dt = 0.01 ms",
        "unstable for Hodgkin-Huxley",
        "ms",
        'method="exponential_euler"',
        "smaller dt",
    ):
        assert word in str(caught.value)


def test_the_smaller_dt_that_the_error_asks_for_helps():
    stimulus = step(-35, start=5, stop=25)
    with pytest.raises(ValueError, match="use a smaller dt"):
        sb.simulate(MODEL, stimulus, duration=30, method="rk4")
    trace = sb.simulate(MODEL, stimulus, duration=30, dt=0.001, method="rk4")
    stable = sb.simulate(MODEL, stimulus, duration=30, dt=0.001, method="exponential_euler")
    assert np.abs(trace.V - stable.V).max() < 0.05


def test_an_instability_that_stays_bounded_is_seen_too():
    """All batteries at 0 mV: V must stay there. RK4 oscillates by 37 mV, and every gate remains a probability."""
    nothing = dict(C=0.1, g_Na=102, g_K=26, g_L=10, E_Na=0, E_K=0, E_L=0, celsius=0)
    with pytest.warns(UserWarning, match="rk4 .* unstable .* where a rate reaches 280 / ms"):
        trace = sb.simulate(MODEL, duration=30, **nothing)
    assert np.abs(trace.V).max() < 1e-9
    with pytest.raises(ValueError, match="unstable"):
        sb.simulate(MODEL, duration=30, method="rk4", **nothing)


def test_nothing_warns_where_rk4_is_stable(recwarn):
    sb.simulate(MODEL, step(-15, start=5, stop=25), duration=30)
    assert not recwarn.list


# ---- what is refused

NAN = math.nan


@pytest.mark.parametrize(
    "settings, error, words",
    [
        # parameters
        ({"g_k": 20}, ValueError, ["unknown parameter 'g_k'", "did you mean 'g_K'?", "celsius"]),
        ({"temperature": 20}, ValueError, ["unknown parameter 'temperature'", "celsius"]),
        ({"g_K": -1}, ValueError, ["g_K = -1 mS/cm2", "0 to 1000 mS/cm2"]),
        ({"celsius": 41}, ValueError, ["celsius = 41 degrees C", "0 to 40 degrees C"]),
        ({"g_K": "36"}, TypeError, ["g_K", "mS/cm2", "str"]),
        ({"g_K": [36, 20]}, TypeError, ["g_K", "mS/cm2", "list"]),
        ({"g_K": np.array([36.0])}, TypeError, ["g_K", "mS/cm2", "ndarray"]),
        ({"E_K": NAN}, ValueError, ["E_K = nan mV", "not finite"]),
        # currents
        ({"current": NAN}, ValueError, ["current = nan uA/cm2", "not finite"]),
        ({"current": math.inf}, ValueError, ["current = inf uA/cm2", "not finite"]),
        ({"current": "10"}, TypeError, ["current", "uA/cm2", "str"]),
        ({"current": None}, TypeError, ["current", "uA/cm2", "None"]),
        ({"current": {"start": 10}}, TypeError, ["current", "uA/cm2", "start"]),
        ({"current": ["a"] * 1000}, TypeError, ["current", "row of numbers in uA/cm2"]),
        ({"current": [1.0] * 999 + [NAN]}, ValueError, ["current[999] = nan uA/cm2", "replace or cut"]),
        ({"current": np.zeros(999)}, ValueError, ["current", "(999,)", "1000 steps of 0.01 ms", "from_array"]),
        ({"current": np.zeros((2, 1000))}, ValueError, ["current", "(2, 1000)", "one row"]),
        ({"current": []}, ValueError, ["current", "at least one"]),
        ({"current": [[1.0, 2.0], [3.0]]}, TypeError, ["current", "row of numbers in uA/cm2"]),
        ({"current": 501}, ValueError, ["current reaches 501 uA/cm2", "between -500 and 500 uA/cm2"]),
        ({"current": step(-300) + step(-300)}, ValueError, ["current reaches -600 uA/cm2", "-500 and 500"]),
        # duration and dt
        ({"duration": -5}, ValueError, ["duration = -5 ms", "more than 0 ms"]),
        ({"duration": 0}, ValueError, ["duration = 0 ms", "more than 0 ms"]),
        ({"duration": NAN}, ValueError, ["duration = nan ms", "not finite"]),
        ({"duration": "10"}, TypeError, ["duration", "ms", "str"]),
        ({"duration": 10.004}, ValueError, ["duration = 10.004 ms", "dt = 0.01 ms", "duration = 10 ms"]),
        ({"duration": 0.001}, ValueError, ["duration = 0.001 ms", "duration = 0.01 ms"]),
        ({"dt": 2}, ValueError, ["dt = 2 ms is too coarse for Hodgkin-Huxley", "at most 0.05 ms"]),
        ({"dt": 0}, ValueError, ["dt = 0 ms", "more than 0 ms"]),
        ({"dt": -0.01}, ValueError, ["dt = -0.01 ms", "more than 0 ms"]),
        ({"dt": NAN}, ValueError, ["dt = nan ms", "not finite"]),
        ({"dt": None}, TypeError, ["dt", "ms", "None"]),
        ({"dt": 1e-12}, ValueError, ["duration = 10 ms", "dt = 1e-12 ms", "steps", "larger dt"]),
        ({"dt": 1e-320}, ValueError, ["duration = 10 ms", "larger dt"]),
        # method
        ({"method": "RK4"}, ValueError, ["method = 'RK4'", "'rk4', 'exponential_euler', 'euler'"]),
        ({"method": 4}, ValueError, ["method = 4", "'rk4'"]),
        # starting values
        ({"initial": {"U": 1}}, ValueError, ["initial has no 'U'", "V, n, m, h"]),
        ({"initial": {"V": NAN}}, ValueError, ["initial V = nan mV", "not finite"]),
        ({"initial": {"V": "rest"}}, TypeError, ["initial V", "mV", "str"]),
        ({"initial": {"m": 1.5}}, ValueError, ["initial m = 1.5", "probability", "0 to 1"]),
        ({"initial": -65}, TypeError, ["initial must be a dict", "'V'", "-65"]),
        ({"initial": np.zeros(4)}, TypeError, ["initial must be a dict"]),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name_value_unit_and_remedy(settings, error, words):
    with pytest.raises(error) as caught:
        sb.simulate(MODEL, **{"duration": 10} | settings)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "duration, dt", [(10.004, 0.01), (1234.5678, 0.01), (123456.77, 0.05), (0.001, 0.03), (33.333, 0.017)]
)
def test_the_duration_that_an_error_proposes_is_accepted(duration, dt):
    with pytest.raises(ValueError) as caught:
        sb.simulate(MODEL, duration=duration, dt=dt)
    proposed = float(re.search(r"use duration = ([\d.e+-]+) ms", str(caught.value))[1])
    assert abs(proposed - duration) <= dt
    assert round(proposed / dt) * dt == pytest.approx(proposed, rel=1e-9)
    if duration < 1000:
        assert sb.simulate(MODEL, duration=proposed, dt=dt).t[-1] == pytest.approx(proposed)


def test_a_refused_run_leaves_nothing_behind():
    before = sb.simulate(MODEL, 10, duration=5).V
    with pytest.raises(ValueError):
        sb.simulate(MODEL, 10, duration=5, g_K=-1)
    np.testing.assert_array_equal(sb.simulate(MODEL, 10, duration=5).V, before)
