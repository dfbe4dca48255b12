"""Properties over the whole documented range of the Hodgkin-Huxley model: results are finite and physical inside it,
only outside it is input refused, and neither the origin of time nor the step is part of the physics.

The examples are drawn anew with the same seed in each run, so that a result does not depend on luck."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import spikebook as sb
from spikebook.hodgkin_huxley import MODEL

examples = settings(derandomize=True, deadline=None, max_examples=300, database=None)
few_examples = settings(examples, max_examples=60)

PARAMETERS = st.fixed_dictionaries({name: st.floats(p.low, p.high) for name, p in MODEL.parameters.items()})
CURRENTS = st.floats(*MODEL.current_range)
PROBABILITY = st.floats(0, 1)
STATES = st.fixed_dictionaries({"V": st.floats(-150, 100), "n": PROBABILITY, "m": PROBABILITY, "h": PROBABILITY})
TIMES = st.floats(0, 8)
DURATION = 10.0


@st.composite
def stimuli(draw):
    """Steps, ramps, sines and noise, of any strength the model is documented for."""
    start = draw(TIMES)
    stop = start + draw(st.floats(0.01, 5))
    kind = draw(st.sampled_from(["step", "ramp", "sine", "noise"]))
    if kind == "step":
        return sb.stimuli.step(draw(CURRENTS), start, stop)
    if kind == "ramp":
        return sb.stimuli.ramp(draw(CURRENTS), draw(CURRENTS), start, stop)
    if kind == "sine":
        return sb.stimuli.sine(draw(CURRENTS), draw(st.floats(0, 1000)), start, stop)
    return sb.stimuli.noise(draw(st.floats(0, 80)), DURATION, seed=draw(st.integers(0, 1000)))


def simulate(*arguments, **named):
    """The default may say that it takes exponential Euler; that is no failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return sb.simulate(MODEL, *arguments, **named)


def check_sound(trace):
    for name in trace.names:
        assert np.isfinite(trace[name]).all(), name
    for gate in MODEL.gates:
        assert -1e-9 <= trace[gate].min() <= trace[gate].max() <= 1 + 1e-9
    assert np.all(np.diff(trace.spike_times) > 0)
    assert np.all((trace.spike_times > 0) & (trace.spike_times <= trace.t[-1]))
    assert len(trace.spike_times) == np.count_nonzero((trace.V[:-1] < 0) & (trace.V[1:] >= 0))


def excess(trace):
    """How far V leaves the reversal potentials, each shifted by the most that the input can push through the leak."""
    E = [trace.V[0], *(trace.parameters[name] for name in ("E_Na", "E_K", "E_L"))]
    push = trace.current / trace.parameters["g_L"]
    return max(min(E) + min(push.min(), 0) - trace.V.min(), trace.V.max() - max(E) - max(push.max(), 0))


@examples
@given(PARAMETERS, CURRENTS, STATES)
def test_every_run_inside_the_ranges_is_finite_with_gates_that_are_probabilities(parameters, current, state):
    check_sound(simulate(current, DURATION, initial=state, **parameters))


@examples
@given(PARAMETERS, stimuli())
def test_every_stimulus_inside_the_ranges_gives_a_sound_run_from_rest(parameters, stimulus):
    steps = round(DURATION / 0.01)
    low, high = MODEL.current_range
    assume(low <= min(map(np.min, stimulus.sample(steps, 0.01))))
    assume(max(map(np.max, stimulus.sample(steps, 0.01))) <= high)
    check_sound(simulate(stimulus, DURATION, **parameters))


@examples
@given(PARAMETERS, CURRENTS, STATES, st.floats(1e-4, MODEL.largest_step))
def test_exponential_euler_never_drives_the_voltage_beyond_its_batteries(parameters, current, state, dt):
    trace = simulate(current, 400 * dt, dt=dt, method="exponential_euler", initial=state, **parameters)
    assert excess(trace) <= 1e-9


@examples
@given(PARAMETERS, CURRENTS)
def test_from_rest_the_default_never_drives_the_voltage_beyond_its_batteries(parameters, current):
    assert excess(simulate(current, DURATION, **parameters)) <= 1e-9


def test_forward_euler_does():
    """Control: the bound is one that a careless method breaks while everything stays finite."""
    state = {"V": 0, "n": 0.75, "m": 0.02, "h": 0.6}
    trace = simulate(0.0, 0.05, dt=0.05, method="euler", initial=state, C=0.4, E_K=-54)
    assert excess(trace) > 1


@examples
@given(PARAMETERS)
def test_rest_lies_between_the_reversal_potentials_and_nothing_changes_there(parameters):
    rest = MODEL.rest(**parameters)
    E = [parameters[name] for name in ("E_Na", "E_K", "E_L")]
    assert min(E) - 1e-9 <= rest["V"] <= max(E) + 1e-9
    rates = MODEL.rates_of_change(rest, parameters)
    scale = sum(abs(MODEL.current(name, rest, parameters)) for name in MODEL.currents) + 1
    assert abs(rates["V"]) * parameters["C"] <= 1e-9 * scale * max(1, *(parameters[g] for g in ("g_Na", "g_K")))
    assert all(abs(rates[gate]) < 1e-10 for gate in MODEL.gates)


OUTSIDE = [(name, "low", p.low) for name, p in MODEL.parameters.items()]
OUTSIDE += [(name, "high", p.high) for name, p in MODEL.parameters.items()]


@examples
@given(st.sampled_from(OUTSIDE), st.floats(min_value=1e-9, max_value=1e300))
def test_a_parameter_outside_its_range_is_refused_by_name(place, distance):
    name, side, limit = place
    value = limit - distance if side == "low" else limit + distance
    assume(value != limit)
    with pytest.raises(ValueError, match=f"^{name} = .* is outside the range"):
        sb.simulate(MODEL, duration=1, **{name: value})


@examples
@given(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(["current", "duration", "dt", "g_K", "V"]))
def test_any_number_anywhere_gives_a_sound_run_or_a_value_error(value, place):
    given_ = {"duration": 1.0} | ({"initial": {"V": value}} if place == "V" else {place: value})
    assume(not (place == "duration" and 100 < value < 1e7))  # valid, and long
    assume(not (place == "dt" and 0 < value < 1e-4 and value > 1e-9))
    try:
        trace = simulate(**given_)
    except ValueError:
        return
    check_sound(trace)


@few_examples
@given(st.integers(1, 500), st.floats(-20, 60), st.floats(0.5, 10), st.floats(0, 20))
def test_a_later_stimulus_gives_the_same_answer_later(later, strength, width, celsius):
    one, other = (
        simulate(sb.stimuli.step(strength, start, start + width), 20.0, celsius=celsius)
        for start in (1, 1 + later * 0.01)
    )
    np.testing.assert_allclose(other.V[later:], one.V[:-later], rtol=0, atol=1e-6)
    k = len(other.spike_times)
    np.testing.assert_allclose(other.spike_times, one.spike_times[:k] + later * 0.01, rtol=0, atol=1e-6)


@few_examples
@given(st.floats(0, 60), st.floats(0, 20), st.floats(60, 200), st.floats(10, 60))
def test_halving_the_step_makes_the_error_of_rk4_at_least_eight_times_smaller(current, celsius, g_Na, g_K):
    V = [
        simulate(sb.stimuli.step(current, 1), 15.0, dt=dt, method="rk4", celsius=celsius, g_Na=g_Na, g_K=g_K).V
        for dt in (0.02, 0.01, 0.005)
    ]
    coarse, fine = np.abs(V[0] - V[1][::2]).max(), np.abs(V[1] - V[2][::2]).max()
    assert fine <= max(coarse / 8, 1e-6)  # near threshold the membrane magnifies rounding
