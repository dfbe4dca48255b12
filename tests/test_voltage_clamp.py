"""The voltage clamp: gates against the exact solution of a two-state process, currents against Ohm's law, the clamp's own
current against the neuron that it is given back to, and the separation of currents as it was done in 1952 and since."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

import spikebook as sb
from spikebook import Gate, Model, Parameter
from spikebook.added_currents import ADAPTING, BURSTING, CONNOR_STEVENS
from spikebook.hodgkin_huxley import I_K, I_L, MODEL, alpha_n, beta_n, blockers, sodium_replacement
from spikebook.stimuli import from_array, noise, ramp, sine, step
from spikebook.voltage_clamp import program, voltage_clamp

MODELS = [MODEL, CONNOR_STEVENS, ADAPTING, BURSTING]


def rates(gate, V):
    """Opening and closing rates in the paper's own form, at 6.3 degrees."""
    v = V + 65
    return {
        "n": (0.01 * (10 - v) / (math.exp((10 - v) / 10) - 1), 0.125 * math.exp(-v / 80)),
        "m": (0.1 * (25 - v) / (math.exp((25 - v) / 10) - 1), 4 * math.exp(-v / 18)),
        "h": (0.07 * math.exp(-v / 20), 1 / (math.exp((30 - v) / 10) + 1)),
    }[gate]


def two_state(start, t, opening, closing):
    """The solution of dx/dt = opening (1 - x) - closing x."""
    end = opening / (opening + closing)
    return end + (start - end) * np.exp(-(opening + closing) * t)


# ---- gates and currents after a step


@pytest.mark.parametrize("dt", [0.01, 0.05])
@pytest.mark.parametrize("level", [-100.0, -40.5, 0.0, 60.0])
def test_after_a_step_every_gate_relaxes_as_a_two_state_process_does_exactly(level, dt):
    trace = voltage_clamp(MODEL, step(level + 65, start=5, stop=25), duration=40, dt=dt)
    before, during, after = trace.t <= 5, (trace.t >= 5) & (trace.t <= 25), trace.t >= 25
    for gate in ("n", "m", "h"):
        opening, closing = rates(gate, -65.0)
        rest = opening / (opening + closing)
        np.testing.assert_allclose(trace[gate][before], rest, rtol=0, atol=1e-12)
        expected = two_state(rest, trace.t[during] - 5, *rates(gate, level))
        np.testing.assert_allclose(trace[gate][during], expected, rtol=0, atol=1e-12)
        tail = two_state(expected[-1], trace.t[after] - 25, opening, closing)
        np.testing.assert_allclose(trace[gate][after], tail, rtol=0, atol=1e-12)


def test_the_voltage_is_the_commands_at_once():
    trace = voltage_clamp(MODEL, step(60, start=5, stop=25), duration=40)
    during = (trace.t > 4.999) & (trace.t < 24.999)
    np.testing.assert_array_equal(trace.V, np.where(during, -5.0, -65.0))


def test_a_number_is_the_voltage_itself_and_a_stimulus_is_added_to_the_holding_voltage():
    held, stepped = voltage_clamp(MODEL, -20.0, 10), voltage_clamp(MODEL, step(45), 10)
    listed = voltage_clamp(MODEL, np.full(1000, -20.0), 10)
    for name in held.names:
        np.testing.assert_array_equal(held[name], stepped[name])
        np.testing.assert_array_equal(held[name], listed[name])
    assert voltage_clamp(MODEL, step(45), 10, holding=-80).V[0] == -35


def test_after_a_long_time_the_conductances_are_those_of_the_steady_state():
    for V in (-55.5, -40.5, 0.0, 30.0):
        trace = voltage_clamp(MODEL, V, duration=300)
        (an, bn), (am, bm), (ah, bh) = (rates(gate, V) for gate in "nmh")
        assert trace.I_K[-1] / (V + 77) == pytest.approx(36 * (an / (an + bn)) ** 4, rel=1e-11)
        assert trace.I_Na[-1] / (V - 50) == pytest.approx(120 * (am / (am + bm)) ** 3 * ah / (ah + bh), rel=1e-11)
        assert trace.I_L[-1] / (V + 54.387) == pytest.approx(0.3)


def test_warmth_speeds_the_gates_and_changes_no_steady_state():
    cold, warm = voltage_clamp(MODEL, 0.0, 30, dt=0.03), voltage_clamp(MODEL, 0.0, 10, dt=0.01, celsius=16.3)
    for name in ("n", "m", "h", "current"):
        np.testing.assert_allclose(warm[name], cold[name], rtol=1e-11, atol=1e-11)


def test_tail_currents_of_potassium_reverse_at_its_battery():
    """Open the channels, then return to different voltages: the first current after the return changes sign at E_K."""
    returns = np.array([-100.0, -85, -77, -70, -60])
    tails = []
    for V in returns:
        trace = voltage_clamp(MODEL, step(65, 1, 21) + step(V + 65, 21), duration=30, g_Na=0)
        tails.append(trace.I_K[trace.t > 20.999][0])
    assert np.array_equal(np.sign(tails), [-1, -1, 0, 1, 1])
    assert np.ptp(np.array(tails)[[0, 1, 3, 4]] / (returns[[0, 1, 3, 4]] + 77)) < 1e-9  # instantaneously ohmic


# ---- the clamp's own current


def test_the_clamp_current_is_what_the_channels_carry_where_the_voltage_stands_still():
    trace = voltage_clamp(MODEL, step(60, 5, 25), 40)
    np.testing.assert_allclose(trace.current, trace.I_Na + trace.I_K + trace.I_L, rtol=0, atol=1e-9)
    assert np.isfinite(trace.current).all() and np.abs(trace.current).max() < 3000  # no spike of current at the jumps


def test_at_a_jump_the_capacitor_takes_its_charge():
    trace = voltage_clamp(MODEL, step(60, 5, 25) + step(-30, 30), 40, C=2.0)
    np.testing.assert_allclose(trace.jump_times, [5, 25, 30], rtol=0, atol=1e-9)
    np.testing.assert_allclose(trace.charges, [120, -120, -60])
    late = voltage_clamp(MODEL, -20.0, 10, holding=-80)
    np.testing.assert_array_equal(late.jump_times, [0.0])
    np.testing.assert_array_equal(late.charges, [60.0])


def test_under_a_ramp_the_capacitor_takes_a_constant_current_and_under_a_sine_its_derivative():
    trace = voltage_clamp(MODEL, ramp(0, 100, 5, 15), 20, C=2.0)
    inside = (trace.t > 4.999) & (trace.t < 14.999)
    np.testing.assert_allclose(trace.I_C, np.where(inside, 20.0, 0.0), rtol=0, atol=1e-8)
    np.testing.assert_allclose(trace.charges, [-200])  # the ramp ends with a jump back
    trace = voltage_clamp(MODEL, sine(20, frequency=100), 20)
    omega = 2 * np.pi * 0.1
    np.testing.assert_allclose(trace.I_C, 20 * omega * np.cos(omega * trace.t), rtol=0, atol=1e-3)
    assert len(trace.charges) == 0


def test_a_command_of_many_values_jumps_between_them():
    trace = voltage_clamp(MODEL, noise(10, duration=5, interval=0.5, seed=1), duration=5)
    assert len(trace.jump_times) == 10
    np.testing.assert_allclose(np.cumsum(trace.charges) - 65, trace.V[np.rint(trace.jump_times / 0.01).astype(int)])
    np.testing.assert_array_equal(trace.I_C, 0)


def test_all_charge_the_clamp_delivers_is_that_of_channels_and_capacitor():
    trace = voltage_clamp(MODEL, ramp(0, 80, 2, 7) + step(-20, 9), 12, dt=0.005)
    middle = (trace.current[1:] + trace.current[:-1]) / 2
    ions = trace.I_Na + trace.I_K + trace.I_L
    carried = np.sum((ions[1:] + ions[:-1]) / 2) * trace.dt
    delivered = np.sum(middle) * trace.dt + trace.charges.sum()
    assert delivered - carried == pytest.approx(trace.V[-1] - (-65), abs=0.3)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_neuron_given_the_clamps_current_follows_the_command(model):
    """The clamp's current at mid-step, held over the step, is an input of order 2."""
    rest = model.rest()["V"]
    clamp = voltage_clamp(model, sine(8, frequency=150), 10, dt=0.005, holding=rest)
    trace = sb.simulate(model, clamp.current[1::2], 10, dt=0.01)
    np.testing.assert_allclose(trace.V, clamp.V[::2], rtol=0, atol=2e-3)


def test_a_jump_is_reproduced_by_injecting_its_charge_at_once():
    clamp = voltage_clamp(MODEL, step(2, start=1), 3, dt=0.005, holding=MODEL.rest()["V"])
    samples = clamp.current[:-1]
    with_charge = samples + np.where(np.arange(600) == 200, clamp.charges[0] / clamp.dt, 0.0)
    after = clamp.t > 1.006
    far, near = (
        np.abs(sb.simulate(MODEL, current, 3, dt=0.005).V - clamp.V)[after] for current in (samples, with_charge)
    )
    assert near.max() < 0.02
    assert far.min() > 1  # control: the samples alone do not do it


# ---- commands that change within a step


def solved(model, V, duration, holding=-65.0):
    """The gates under the command V(t), tightly."""

    def slope(t, x):
        state = dict(zip(model.gates, x, strict=True)) | {"V": V(t)}
        change = model.rates_of_change(state, model.values())
        return [change[gate] for gate in model.gates]

    start = [gate.steady_state(holding) for gate in model.gates.values()]
    return solve_ivp(slope, (0, duration), start, "DOP853", [duration], rtol=1e-12, atol=1e-13).y[:, -1]


@pytest.mark.parametrize("model", [MODEL, BURSTING], ids=lambda model: model.name)
def test_under_a_sine_the_error_is_of_order_2(model):
    exact = solved(model, lambda t: -65 + 30 * np.sin(2 * np.pi * 0.2 * t), 7.0)
    steps = [0.05, 0.025, 0.0125]
    errors = []
    for dt in steps:
        trace = voltage_clamp(model, sine(30, frequency=200), 7, dt=dt)
        errors.append([abs(trace[gate][-1] - x) for gate, x in zip(model.gates, exact, strict=True)])
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    np.testing.assert_allclose(orders, 2, atol=0.15)
    assert np.max(errors[-1]) < 1e-4


# ---- taking the currents apart


COMMAND = step(56, start=2, stop=14)


def test_what_tetrodotoxin_takes_away_is_the_sodium_current():
    control, blocked = voltage_clamp(MODEL, COMMAND), voltage_clamp(MODEL, COMMAND, **blockers(TTX=45))
    share = 1 - 1 / (1 + 45 / 5.0)
    np.testing.assert_allclose(control.current - blocked.current, share * control.I_Na, rtol=0, atol=1e-9)


def test_what_tetraethylammonium_takes_away_is_the_potassium_current():
    control, blocked = voltage_clamp(MODEL, COMMAND), voltage_clamp(MODEL, COMMAND, **blockers(TEA=4.5))
    np.testing.assert_allclose(control.current - blocked.current, 0.9 * control.I_K, rtol=0, atol=1e-9)


def test_the_argument_of_1952_recovers_both_currents_from_two_solutions():
    """In sea water and in 10 % sodium the sodium currents have a constant ratio k, known from the first moments, when
    no potassium flows yet; the rest is algebra."""
    sea, choline = voltage_clamp(MODEL, COMMAND), voltage_clamp(MODEL, COMMAND, **sodium_replacement(0.1))
    during = (sea.t > 2.01) & (sea.t < 13.99)
    leak = sea.I_L
    one, other = sea.current - leak, choline.current - leak
    potassium_before = sea.I_K[during][0]
    k = (other[during][0] - potassium_before) / (one[during][0] - potassium_before)
    sodium = (one - other)[during] / (1 - k)
    np.testing.assert_allclose(sodium, sea.I_Na[during], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(one[during] - sodium, sea.I_K[during], rtol=1e-6, atol=1e-6)


def test_a_prepulse_inactivates_sodium():
    peaks = [
        voltage_clamp(MODEL, step(V + 65, 0, 50) + step(65, 50), 60).I_Na[5001:].min()
        for V in (-110, -90, -65, -45, -20)
    ]
    assert np.all(np.diff(peaks) > 0)
    h = [MODEL.gates["h"].steady_state(V) for V in (-110.0, -90.0, -65.0, -45.0)]
    np.testing.assert_allclose(np.array(peaks[:4]) / peaks[0], np.array(h) / h[0], atol=0.03)


# ---- the object, the text, and what is refused


def test_the_trace_has_every_quantity_by_name_and_draws_itself():
    import matplotlib

    matplotlib.use("Agg")
    trace = voltage_clamp(MODEL, COMMAND)
    assert trace.names == ("t", "V", "n", "m", "h", "I_Na", "I_K", "I_L", "current", "I_C")
    assert all(trace[name].shape == (2001,) for name in trace.names)
    assert len(trace.plot(["V", "current", ("I_Na", "I_K"), "I_C"])) == 4
    assert len(trace.spike_times) == 0


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_text_runs_as_plain_python_with_the_same_numbers(model):
    """What the explorers translate."""
    text = program(model)
    known = {name: getattr(math, name) for name in ("exp", "expm1")}
    exec(text, known)
    steps, dt, values = 200, 0.05, model.values()
    samples = [(-65 + part).tolist() for part in (step(60, 2, 6) + ramp(0, 20, 3, 9)).sample(steps, dt)]
    records = {name: [0.0] * (steps + 1) for name in (*model.state, "jump", "I_C")}
    known["run_clamp"](steps, dt, *samples, -65.0, *values.values(), *records.values())
    trace = voltage_clamp(model, step(60, 2, 6) + ramp(0, 20, 3, 9), 10, dt=dt)
    for name in (*model.state, "I_C"):
        np.testing.assert_allclose(records[name], trace[name], rtol=1e-12, atol=1e-12)


def test_the_text_can_be_translated_for_the_page():
    from spikebook.explore.translate import javascript

    for model in MODELS:
        assert "run_clamp" in javascript(program(model))


def test_a_model_without_gates_is_a_resistor_under_clamp():
    leak = Model("leak", {"C": Parameter(1, "uF/cm2", "C"), "g_L": Parameter(0.3, "", "g"), "E_L": Parameter(-60, "", "E")}, currents={"I_L": I_L})  # fmt: skip
    trace = voltage_clamp(leak, step(40, 1), 3)
    np.testing.assert_allclose(trace.current, np.where(trace.t > 0.999, 0.3 * 35, -1.5), atol=1e-12)


def unlimited(V):
    return 0.01 * (V + 55) / (1 - np.exp(-(V + 55) / 10))


def test_a_rate_that_is_0_over_0_at_the_command_is_reported():
    parameters = {name: MODEL.parameters[name] for name in ("C", "g_K", "E_K")}
    careless = Model("careless", parameters, gates={"n": Gate(unlimited, beta_n)}, currents={"I_K": I_K})
    careful = Model("careful", parameters, gates={"n": Gate(alpha_n, beta_n)}, currents={"I_K": I_K})
    assert np.isfinite(voltage_clamp(careful, -55.0).I_K).all()
    assert np.isfinite(voltage_clamp(careless, -54.0).I_K).all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="careless.*0/0"):
            voltage_clamp(careless, -55.0)


def dV(V, I):
    return I - V


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: voltage_clamp(MODEL, 400.0), "command reaches 400 mV, where a membrane breaks down"),
        (lambda: voltage_clamp(MODEL, step(300, 5), holding=20), "command reaches 320 mV"),
        (lambda: voltage_clamp(MODEL, 0.0, holding=-1000), "command reaches -1000 mV"),
        (lambda: voltage_clamp(MODEL, np.zeros(7)), "command has 7 values for 2000 steps"),
        (lambda: voltage_clamp(MODEL, np.nan), "^command = nan mV"),
        (lambda: voltage_clamp(MODEL, [0.0, np.inf], 0.02), r"^command\[1\] = inf mV"),
        (lambda: voltage_clamp(MODEL, 0.0, duration=-1), "^duration = -1 ms"),
        (lambda: voltage_clamp(MODEL, 0.0, dt=2), "^dt = 2 ms is too coarse"),
        (lambda: voltage_clamp(MODEL, 0.0, g_Ka=3), "unknown parameter 'g_Ka'"),
        (
            lambda: voltage_clamp(Model("no membrane", {}, derivatives={"V": dV}), 0.0),
            "no membrane has none",
        ),
    ],
)
def test_what_cannot_be_clamped_is_refused_by_name(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_a_command_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="command"):
        voltage_clamp(MODEL, "-20")


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@given(
    st.sampled_from(MODELS),
    st.floats(-300, 300),
    st.floats(-300, 300),
    st.data(),
)
def test_everywhere_in_the_documented_ranges_the_run_is_finite_and_gates_are_probabilities(model, holding, level, data):
    names = data.draw(st.sets(st.sampled_from(sorted(model.parameters)), max_size=4))
    changes = {
        name: data.draw(st.floats(model.parameters[name].low, model.parameters[name].high)) for name in sorted(names)
    }
    trace = voltage_clamp(model, from_array([level - holding, 0.0], 1.0), 3, dt=0.05, holding=holding, **changes)
    for name in trace.names:
        assert np.isfinite(trace[name]).all(), name
    for gate in model.gates:
        assert -1e-9 <= trace[gate].min() <= trace[gate].max() <= 1 + 1e-9
