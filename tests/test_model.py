"""A reader's own model: conductance models and any other rates of change simulate as the mathematics says, and what
cannot be a model is refused with the reason."""

import math
from dataclasses import replace

import numpy as np
import pytest

import spikebook as sb
from spikebook import Gate, Model, Parameter
from spikebook.hodgkin_huxley import MODEL as HODGKIN_HUXLEY

# ---- models of this file's own

SHIFT = -3.0


def dV(V, w, I):
    return V - V**3 / 3 - w + I


def dw(V, w, a, b, tau):
    return (V + a - b * w) / tau


FITZHUGH_NAGUMO = Model(
    name="FitzHugh-Nagumo",
    parameters={
        "a": Parameter(0.7, "", "offset"),
        "b": Parameter(0.8, "", "slope"),
        "tau": Parameter(12.5, "", "slowness"),
    },
    derivatives={"V": dV, "w": dw},
    initial={"V": -1.0, "w": -0.5},
    current_unit="",
)


def I_leak(V, g, E):
    return g * (V - E)


def I_shifted(V, g):
    return g * SHIFT**2 * V


def I_power(V, g):
    return g * V**3.0


PASSIVE = {"C": Parameter(1.0, "uF/cm2", "capacitance"), "g": Parameter(0.1, "mS/cm2", "leak", 0, 1)}
REVERSAL = {"E": Parameter(-70.0, "mV", "reversal potential")}


def passive(**changes):
    return Model(**{"name": "membrane", "parameters": PASSIVE | REVERSAL, "currents": {"I_leak": I_leak}} | changes)


def I_M(V, w, g_M, E_K):
    return g_M * w * (V - E_K)


def alpha_w(V):
    return 0.02 / (1 + np.exp(-(V + 40) / 10))


def beta_w(V):
    return 0.02 / (1 + np.exp((V + 40) / 10))


# ---- what they compute


@pytest.mark.parametrize("method", ["rk4", "exponential_euler"])
def test_a_passive_membrane_charges_exponentially(method):
    trace = sb.simulate(passive(), sb.stimuli.step(2, start=5), duration=60, method=method)
    expected = -70 + 20 * (1 - np.exp(-np.maximum(trace.t - 5, 0) / 10))
    np.testing.assert_allclose(trace.V, expected, rtol=0, atol=1e-9)
    assert len(trace.spike_times) == 0


def test_fitzhugh_nagumo_rests_where_its_nullclines_cross_and_fires_when_driven():
    rest = FITZHUGH_NAGUMO.rest()
    assert rest["w"] == pytest.approx(rest["V"] - rest["V"] ** 3 / 3)
    assert rest["w"] == pytest.approx((rest["V"] + 0.7) / 0.8)
    quiet = sb.simulate(FITZHUGH_NAGUMO, 0.0, duration=100, dt=0.05, initial=rest)
    driven = sb.simulate(FITZHUGH_NAGUMO, 0.5, duration=200, dt=0.05)
    assert np.ptp(quiet.V) < 1e-9
    assert len(driven.spike_times) >= 4
    period = np.diff(driven.spike_times)[-2:]
    assert period[0] == pytest.approx(period[1], rel=1e-4)


def test_fitzhugh_nagumo_follows_an_independent_solver():
    from scipy.integrate import solve_ivp

    trace = sb.simulate(FITZHUGH_NAGUMO, 0.5, duration=50, dt=0.01)
    solution = solve_ivp(
        lambda t, x: [x[0] - x[0] ** 3 / 3 - x[1] + 0.5, (x[0] + 0.7 - 0.8 * x[1]) / 12.5],
        (0, 50), [-1.0, -0.5], "DOP853", trace.t, rtol=1e-11, atol=1e-11,
    )  # fmt: skip
    np.testing.assert_allclose([trace.V, trace.w], solution.y, rtol=0, atol=1e-8)


def test_a_current_added_to_hodgkin_huxley_adapts_its_firing_and_without_conductance_changes_nothing():
    adapting = replace(
        HODGKIN_HUXLEY,
        name="adapting Hodgkin-Huxley",
        parameters={**HODGKIN_HUXLEY.parameters, "g_M": Parameter(2.0, "mS/cm2", "M conductance", 0, 10)},
        gates={**HODGKIN_HUXLEY.gates, "w": Gate(alpha_w, beta_w)},
        currents={**HODGKIN_HUXLEY.currents, "I_M": I_M},
    )
    plain, off, on = (
        sb.simulate(model, 20, duration=200, **changes)
        for model, changes in [(HODGKIN_HUXLEY, {}), (adapting, {"g_M": 0}), (adapting, {})]
    )
    np.testing.assert_allclose(off.V, plain.V, rtol=0, atol=1e-9)
    intervals = np.diff(on.spike_times)
    assert len(on.spike_times) < len(plain.spike_times)
    assert intervals[-1] > 1.05 * intervals[0]
    np.testing.assert_allclose(on.I_M, 2.0 * on.w * (on.V + 77))


def test_a_negative_global_number_squared_is_positive_as_in_python():
    model = Model(name="m", parameters=PASSIVE, currents={"I_shifted": I_shifted})
    trace = sb.simulate(model, 0.0, duration=5, initial={"V": 1.0})
    np.testing.assert_allclose(trace.V, np.exp(-0.9 * trace.t), rtol=1e-9)


def test_a_power_written_with_a_point_is_a_power():
    trace = sb.simulate(Model(name="m", parameters=PASSIVE, currents={"I_power": I_power}), 0.0, 5, initial={"V": 1.0})
    np.testing.assert_allclose(trace.V, 1 / np.sqrt(1 + 0.2 * trace.t), rtol=1e-9)


def test_rest_of_a_conductance_model_moves_with_its_parameters():
    assert passive().rest(E=-60.0)["V"] == pytest.approx(-60.0)
    assert HODGKIN_HUXLEY.rest(g_Na=0, g_K=0)["V"] == pytest.approx(-54.387)


def test_a_model_that_never_rests_says_so():
    with pytest.raises(ValueError, match=r"membrane has no resting voltage between -200 and 200 mV.*initial="):
        passive().rest(E=500.0)


def test_a_model_of_rates_without_rest_says_so():
    runaway = Model(name="runaway", parameters={}, derivatives={"V": dV_runaway})
    with pytest.raises(ValueError, match=r"runaway: no resting state found.*initial="):
        runaway.rest()


def dV_runaway(V):
    return 1.0 + V * V


def test_a_model_cannot_be_changed_by_accident():
    with pytest.raises(AttributeError):
        HODGKIN_HUXLEY.threshold = 10
    with pytest.raises(TypeError):
        HODGKIN_HUXLEY.parameters["g_K"] = Parameter(1, "", "")


# ---- what is refused


def asks_for_g_X(V, g_X):
    return g_X * V


def with_star(V, *more):
    return V


def alpha_of_n(n):
    return n


def speed_of_V(V):
    return V


def dt(V, g):
    return g * V


def E(V, g):
    return g * V


@pytest.mark.parametrize(
    "changes, error, words",
    [
        ({"currents": {}}, ValueError, ["membrane", "currents", "derivatives"]),
        ({"derivatives": {"V": dV}}, ValueError, ["membrane", "either currents", "derivatives"]),
        ({"parameters": {"g": PASSIVE["g"]} | REVERSAL}, ValueError, ["capacitance", "'C'"]),
        ({"parameters": PASSIVE}, ValueError, ["I_leak", "'E'", "not among"]),
        ({"parameters": PASSIVE | {"E": -70.0}}, TypeError, ["E must be a Parameter(value, unit, meaning)", "-70"]),
        ({"gates": {"n": (alpha_w, beta_w)}}, TypeError, ["n must be a Gate(alpha, beta)"]),
        ({"gates": {"g": Gate(alpha_w, beta_w)}}, ValueError, ["'g'", "twice"]),
        ({"gates": {"n": Gate(alpha_of_n, beta_w)}}, ValueError, ["alpha_of_n", "'n'"]),
        ({"gates": {"n": Gate(alpha_w, beta_w, speed_of_V)}}, ValueError, ["speed_of_V", "'V'"]),
        ({"currents": {"I_x": asks_for_g_X}}, ValueError, ["asks_for_g_X", "'g_X'", "not among"]),
        ({"currents": {"I_x": with_star}}, ValueError, ["with_star", "'more'"]),
        ({"currents": {"I_x": math.exp}}, TypeError, ["not a function", "def"]),
        ({"currents": {"I": I_leak}}, ValueError, ["'I'", "leave", "simulation"]),
        ({"currents": {"I_x": dt}}, ValueError, ["'dt'", "rename"]),
        ({"currents": {"I_x": E}}, ValueError, ["'E'", "both a function and a number"]),
        ({"parameters": PASSIVE | REVERSAL | {"dt": PASSIVE["g"]}}, ValueError, ["'dt'", "leave"]),
        ({"parameters": PASSIVE | REVERSAL | {"exp": PASSIVE["g"]}}, ValueError, ["'exp'", "leave"]),
        ({"parameters": PASSIVE | REVERSAL | {"lambda": PASSIVE["g"]}}, ValueError, ["'lambda'", "cannot be a name"]),
        ({"parameters": PASSIVE | REVERSAL | {"g K": PASSIVE["g"]}}, ValueError, ["'g K'", "cannot be a name"]),
        ({"parameters": PASSIVE | REVERSAL | {"V_2_": PASSIVE["g"]}}, ValueError, ["'V_2_'", "inner underscores"]),
        ({"initial": {"U": 1.0}}, ValueError, ["'U'", "no state variable"]),
    ],
)
def test_what_cannot_be_a_model_is_refused_with_the_reason(changes, error, words):
    with pytest.raises(error) as caught:
        passive(**changes)
    for word in words:
        assert word in str(caught.value)


def test_gates_without_currents_are_refused():
    with pytest.raises(ValueError, match="gates belong to a model with currents"):
        Model(name="m", parameters={}, derivatives={"V": dV_runaway}, gates={"n": Gate(alpha_w, beta_w)})


# ---- parameters


def test_an_unknown_parameter_is_answered_with_the_nearest_name():
    with pytest.raises(ValueError, match=r"unknown parameter 'gNa': did you mean 'g_Na'\?.*celsius"):
        HODGKIN_HUXLEY.values(gNa=100)


@pytest.mark.parametrize("name", HODGKIN_HUXLEY.parameters)
def test_a_parameter_reaches_just_to_the_ends_of_its_range(name):
    parameter = HODGKIN_HUXLEY.parameters[name]
    assert parameter.low <= parameter.value <= parameter.high
    for value in (parameter.low, parameter.high):
        assert HODGKIN_HUXLEY.values(**{name: value})[name] == value
    for value in (np.nextafter(parameter.low, -np.inf), np.nextafter(parameter.high, np.inf)):
        with pytest.raises(ValueError) as caught:
            HODGKIN_HUXLEY.values(**{name: value})
        for word in (name, f"{parameter.low:g} to {parameter.high:g} {parameter.unit}", parameter.meaning):
            assert word in str(caught.value)


@pytest.mark.parametrize("value", ["36", b"36", None, [36.0], np.array([36.0, 20.0]), 36j, 10**400])
def test_a_parameter_that_is_no_number_is_refused_with_its_unit(value):
    with pytest.raises(TypeError, match="g_K must be one number in mS/cm2, not"):
        HODGKIN_HUXLEY.values(g_K=value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_parameter_that_is_not_finite_is_refused_with_its_unit(value):
    with pytest.raises(ValueError, match=f"g_K = {value} mS/cm2 is not finite; give a number"):
        HODGKIN_HUXLEY.values(g_K=value)
