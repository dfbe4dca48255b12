"""The Hodgkin-Huxley neuron: its numbers against independent simulators, its curve against the paper's own equations
solved tightly, its methods' order, and the physics that any solution must obey."""

import numpy as np
import pytest
import squid_1952
from reference import load
from scipy.optimize import brentq

import spikebook as sb
from spikebook.hodgkin_huxley import (
    K_TEA,
    K_TTX,
    MODEL,
    alpha_m,
    alpha_n,
    beta_n,
    blockers,
    current_1952,
    sodium_replacement,
    voltage_1952,
)
from spikebook.membrane_potential import SQUID, nernst
from spikebook.stimuli import from_array, sine, step

REFERENCE = load("hodgkin_huxley")
TOLERANCE = {
    "rk4": REFERENCE["spike_times_ms"]["tolerance_ms"]["rk4 at dt 0.01"],
    "exponential_euler": REFERENCE["spike_times_ms"]["tolerance_ms"]["exponential Euler with gates first at dt 0.01"],
}


def last_digit(value):
    """Half a unit of the last digit that the reference gives."""
    return 0.5 * 10.0 ** -len(str(value).partition(".")[2]) * (1 + 1e-9)


def agrees(value, expected):
    return value == pytest.approx(expected, rel=0, abs=last_digit(expected))


def run(current, duration=120, **settings):
    return sb.simulate(MODEL, current=current, duration=duration, **settings)


def tops(trace, values):
    """Times and heights of the local maxima, by the parabola through three samples."""
    i = np.flatnonzero((values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:])) + 1
    before, top, after = values[i - 1], values[i], values[i + 1]
    shift = 0.5 * (before - after) / (before - 2 * top + after)
    return trace.t[i] + shift * trace.dt, top - 0.25 * (before - after) * shift


# ---- numbers of independent simulators


def test_parameters_are_the_published_ones():
    published = {name.replace("C_uF_cm2", "C"): value for name, value in REFERENCE["parameters"].items()}
    for name, parameter in MODEL.parameters.items():
        assert parameter.value == published[name]


def test_rest_is_where_the_reference_finds_it():
    rest = MODEL.rest()
    for name in ("V", "n", "m", "h"):
        assert rest[name] == pytest.approx(REFERENCE["rest"][name], rel=0, abs=REFERENCE["rest"]["tolerance"])


def test_gates_at_minus_65_are_those_of_the_reference():
    for name, expected in REFERENCE["gates_at_-65_mV"].items():
        assert agrees(MODEL.gates[name].steady_state(-65.0), expected)


@pytest.mark.parametrize("method", TOLERANCE)
@pytest.mark.parametrize("current", REFERENCE["spike_times_ms"]["by_current_uA_cm2"])
def test_spike_times_are_those_of_the_reference(current, method):
    trace = run(step(float(current), start=10, stop=110), method=method)
    expected = REFERENCE["spike_times_ms"]["by_current_uA_cm2"][current]
    assert len(trace.spike_times) == len(expected)
    np.testing.assert_allclose(trace.spike_times, expected, rtol=0, atol=TOLERANCE[method])


def test_forward_euler_misses_the_same_tolerance():
    """Control: the spike times do tell methods apart."""
    expected = REFERENCE["spike_times_ms"]["by_current_uA_cm2"]["10"]
    times = run(step(10, start=10, stop=110), method="euler").spike_times
    assert np.abs(times - expected).max() > TOLERANCE["exponential_euler"]


def test_first_spike_has_the_shape_of_the_reference():
    expected = REFERENCE["first_spike_at_10_uA_cm2"]
    trace = run(step(10, start=10, stop=110), duration=20, dt=0.0025)
    V, rest = trace.V, trace.V[0]
    (peak_time, peak), (trough_time, minus_trough) = (
        (times[0], values[0]) for times, values in (tops(trace, V), tops(trace, -V))
    )
    slope = MODEL.rates_of_change({name: trace[name] for name in MODEL.state}, trace.parameters, trace.current)["V"]

    def width(level):
        above = np.flatnonzero(V >= level)
        ends = [
            np.interp(level, V[i : i + 2][::d], trace.t[i : i + 2][::d])
            for i, d in ((above[0] - 1, 1), (above[-1], -1))
        ]
        return ends[1] - ends[0]

    assert agrees(peak, expected["peak_mV"])
    assert agrees(peak_time, expected["peak_ms"])
    assert agrees(-minus_trough, expected["trough_mV"])
    assert agrees(trough_time, expected["trough_ms"])
    assert agrees(width(0.0), expected["width_at_0_mV_ms"])
    assert agrees(width(0.5 * (rest + peak)), expected["half_width_rest_to_peak_ms"])
    assert agrees(tops(trace, slope)[1].max(), expected["max_dVdt"])
    assert agrees(-tops(trace, -slope)[1].max(), expected["min_dVdt"])


@pytest.mark.parametrize("current", REFERENCE["steady_firing_Hz"])
def test_steady_firing_rate_is_that_of_the_reference(current):
    """Maxima are counted: above about 65 uA/cm2 the oscillation no longer crosses 0 mV."""
    trace = run(float(current), duration=3000)
    times, heights = tops(trace, trace.V)
    rate = 1000 / np.diff(times[heights > -50])[-10:].mean()
    assert agrees(rate, REFERENCE["steady_firing_Hz"][current])


STEPS = REFERENCE["step_threshold_uA_cm2"]


@pytest.mark.parametrize("spikes, threshold", [(1, STEPS["one_spike"]), (2, STEPS["two"]), (3, STEPS["three"])])
def test_step_threshold_lies_at_the_reference(spikes, threshold):
    margin = 2 * last_digit(threshold)
    below, above = (run(step(threshold + d, start=10, stop=110)).spike_times for d in (-margin, margin))
    assert len(below) == spikes - 1
    assert len(above) == spikes


def test_firing_lasts_above_the_fold_of_limit_cycles_and_dies_below():
    fold = REFERENCE["bifurcations_uA_cm2"]["fold_of_limit_cycles"]
    below, above = (run(step(fold + d, start=10), duration=5000).spike_times for d in (-1e-3, 1e-3))
    assert below[-1] < 1000
    assert above[-1] > 4950


@pytest.mark.parametrize("width", REFERENCE["pulse_threshold_uA_cm2_by_ms"])
def test_pulse_threshold_lies_at_the_reference(width):
    threshold = REFERENCE["pulse_threshold_uA_cm2_by_ms"][width]
    below, above = (run(step(threshold + d, 10, 10 + float(width)), 60).spike_times for d in (-1e-4, 1e-4))
    assert (len(below), len(above)) == (0, 1)


@pytest.mark.parametrize("width", ["5", "20"])
def test_rebound_threshold_lies_at_the_reference(width):
    threshold = REFERENCE["rebound_threshold_uA_cm2_by_ms"][width]
    weaker, stronger = (run(step(threshold + d, 10, 10 + float(width)), 100).spike_times for d in (1e-4, -1e-4))
    assert (len(weaker), len(stronger)) == (0, 1)
    assert stronger[0] > 10 + float(width)


@pytest.mark.parametrize("celsius", REFERENCE["temperature"]["first_peak_mV"])
def test_warmth_makes_more_and_lower_spikes_as_in_the_reference(celsius):
    trace = run(step(10, start=10, stop=110), celsius=float(celsius), dt=0.0025)
    assert len(trace.spike_times) == REFERENCE["temperature"]["spikes_at_10_uA_cm2_in_100_ms"][celsius]
    assert agrees(tops(trace, trace.V)[1][0], REFERENCE["temperature"]["first_peak_mV"][celsius])


def test_repetitive_firing_is_lost_at_the_temperature_of_the_reference():
    limit = REFERENCE["temperature"]["repetitive_firing_lost_above_C"]
    cooler, warmer = (run(10, duration=1000, celsius=limit + d).spike_times for d in (-0.01, 0.01))
    assert cooler[-1] > 990
    assert warmer[-1] < 100


@pytest.mark.parametrize("name, V_low, V_high", [("Hopf_low", -62.0, -58.0), ("Hopf_high", -46.0, -40.0)])
def test_rest_loses_and_regains_stability_at_the_hopf_points(name, V_low, V_high):
    values = MODEL.values()

    def fixed_point(V):
        return {"V": V, **{gate: rates.steady_state(V) for gate, rates in MODEL.gates.items()}}

    def holding_current(V):
        return -values["C"] * MODEL.rates_of_change(fixed_point(V), values)["V"]

    def fastest_growth(V):
        point, columns = np.array(list(fixed_point(V).values())), []
        for shift in 1e-5 * np.eye(4):
            ahead, behind = (
                np.array(list(MODEL.rates_of_change(dict(zip(MODEL.state, x, strict=True)), values).values()))
                for x in (point + shift, point - shift)
            )
            columns.append((ahead - behind) / 2e-5)
        return np.linalg.eigvals(np.column_stack(columns)).real.max()

    V = brentq(fastest_growth, V_low, V_high)
    assert agrees(holding_current(V), REFERENCE["bifurcations_uA_cm2"][name])


# ---- the paper's own equations


def swing(t):
    """A smooth current that sets off spikes: its derivatives test a method's order."""
    return 12 * np.sin(2 * np.pi * 0.05 * t)


def solved(dt, duration, current, jumps=(), start=None, celsius=6.3):
    times = np.arange(round(duration / dt) + 1) * dt
    start = start or MODEL.rest()
    return squid_1952.solve([start[name] for name in ("V", "n", "m", "h")], times, current, jumps, celsius)


@pytest.mark.parametrize("celsius", [6.3, 18.5])
def test_whole_curve_is_that_of_the_papers_equations(celsius):
    trace = run(step(10, start=5, stop=40), duration=50, celsius=celsius)
    start = {name: trace[name][0] for name in MODEL.state}
    expected = solved(0.01, 50, lambda t: 10.0 if 5 < t < 40 else 0.0, (5, 40), start, celsius)
    assert len(trace.spike_times) >= 3
    assert np.abs(trace.V - expected[0]).max() < 1e-3
    for name, values in zip("nmh", expected[1:], strict=True):
        assert np.abs(trace[name] - values).max() < 1e-5


def order(method, variable, steps, current=lambda dt: sine(12, frequency=50)):
    """Slope of the error at 12 ms, past a spike, over the step."""
    exact = solved(12.0, 12, swing)[["V", "n", "m", "h"].index(variable), -1]
    errors = [abs(run(current(dt), duration=12, dt=dt, method=method)[variable][-1] - exact) for dt in steps]
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


FINE = [0.002, 0.001, 0.0005]


@pytest.mark.parametrize("variable", ["V", "n"])
def test_rk4_converges_with_order_4(variable):
    assert order("rk4", variable, [0.02, 0.015, 0.01, 0.0075, 0.005]) == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("variable", ["V", "n"])
def test_forward_euler_converges_with_order_1(variable):
    assert order("euler", variable, FINE) == pytest.approx(1, abs=0.1)


def test_exponential_euler_from_rest_converges_with_order_1_in_the_gates_and_2_in_the_voltage():
    """Each gate runs half a step ahead, as in a staggered scheme; at rest, where it starts, that is no error."""
    assert order("exponential_euler", "n", FINE) == pytest.approx(1, abs=0.1)
    assert order("exponential_euler", "V", FINE) == pytest.approx(2, abs=0.1)


def test_rk4_loses_its_order_when_the_current_is_held_over_a_step():
    """Control: the stages in mid-step and at its end must see the current of their own time."""

    def held(dt):
        return swing(np.arange(round(12 / dt)) * dt)

    assert order("rk4", "V", [0.02, 0.01, 0.005], held) < 1.5


def test_spike_times_within_a_step_are_those_of_the_papers_equations():
    """With a step of 0.05 ms, a hundred times closer than the grid."""
    trace = run(sine(12, frequency=50), duration=40, dt=0.05)
    V = solved(0.0005, 40, swing)[0]
    i = np.flatnonzero((V[:-1] < 0) & (V[1:] >= 0))
    expected = (i - V[i] / (V[i + 1] - V[i])) * 0.0005
    np.testing.assert_allclose(trace.spike_times, expected, rtol=0, atol=5e-4)


# ---- what any solution must obey


@pytest.mark.parametrize("rate, V, limit", [(alpha_n, -55.0, 0.1), (alpha_m, -40.0, 1.0)])
def test_opening_rates_are_continuous_where_the_papers_quotient_is_0_over_0(rate, V, limit):
    assert rate(V) == limit
    for distance in 10.0 ** np.arange(-13, 0):
        x = np.array([-distance, distance]) / 10
        expected = limit * (1 + x / 2 + x**2 / 12 - x**4 / 720)
        np.testing.assert_allclose(rate(V + 10 * x), expected, rtol=1e-13)


def test_a_run_may_start_on_a_0_over_0_point():
    for V in (-55.0, -40.0):
        assert np.isfinite(run(0.0, duration=1, initial={"V": V}).V).all()


def test_capacitive_and_ionic_currents_balance_the_input():
    trace = run(sine(12, frequency=50), duration=60, dt=0.002)
    V, C = trace.V, trace.parameters["C"]
    slope = (V[:-4] - 8 * V[1:-3] + 8 * V[3:-1] - V[4:]) / (12 * trace.dt)
    ions = (trace.I_Na + trace.I_K + trace.I_L)[2:-2]
    residual = C * slope + ions - trace.current[2:-2]
    assert np.abs(ions).max() > 100
    assert np.abs(residual).max() < 1e-4


def test_at_rest_every_rate_of_change_is_zero_and_nothing_moves():
    rest = MODEL.rest()
    assert all(abs(rate) < 1e-12 for rate in MODEL.rates_of_change(rest, MODEL.values()).values())
    assert np.abs(run(0.0, duration=50).V - rest["V"]).max() < 1e-11


def test_a_patch_of_twice_the_membrane_needs_twice_the_current():
    one = run(step(10, 5, 45), duration=50)
    two = run(step(20, 5, 45), duration=50, C=2.0, g_Na=240.0, g_K=72.0, g_L=0.6)
    np.testing.assert_allclose(two.V, one.V, rtol=0, atol=1e-8)


def test_ten_degrees_with_a_third_of_the_capacitance_are_the_same_run_three_times_as_fast():
    slow = run(step(10, 6, 45), duration=60, dt=0.03)
    fast = run(step(10, 2, 15), duration=20, dt=0.01, celsius=16.3, C=1 / 3)
    np.testing.assert_allclose(fast.V, slow.V, rtol=0, atol=1e-8)
    np.testing.assert_allclose(3 * fast.spike_times, slow.spike_times, rtol=0, atol=1e-8)


def test_without_channels_the_membrane_charges_as_a_resistor_and_a_capacitor():
    values = dict(g_Na=0.0, g_K=0.0, g_L=0.5, C=2.0, E_L=-60.0)
    for method in ("rk4", "exponential_euler"):
        trace = run(step(5, start=2), duration=20, method=method, **values)
        expected = -60 + 10 * (1 - np.exp(-np.maximum(trace.t - 2, 0) / 4))
        np.testing.assert_allclose(trace.V, expected, rtol=0, atol=1e-9)


def test_gates_relax_to_the_steady_state_with_their_time_constant():
    gate = MODEL.gates["n"]
    open_ = gate.steady_state(-30.0)
    assert (1 - open_) * alpha_n(-30.0) == pytest.approx(open_ * beta_n(-30.0))
    for n in (0.0, 0.5, 1.0):
        speed = MODEL.rates_of_change({"V": -30.0, "n": n, "m": 0.0, "h": 0.0}, MODEL.values())["n"]
        assert speed == pytest.approx((open_ - n) / gate.time_constant(-30.0))
        warm = MODEL.rates_of_change({"V": -30.0, "n": n, "m": 0.0, "h": 0.0}, MODEL.values(celsius=16.3))["n"]
        assert warm == pytest.approx(3 * speed)


def test_a_recorded_current_on_the_grid_equals_the_same_array():
    values = np.random.default_rng(3).normal(8, 5, 3000)
    np.testing.assert_array_equal(run(values, 30).V, run(from_array(values, interval=0.01), 30).V)


# ---- the paper's signs, and what an experimenter does to the axon


@pytest.mark.parametrize("V", [-100.0, -65.0, -20.0, 45.0])
def test_the_papers_equations_in_the_papers_signs_are_ours_converted(V):
    n, m, h, I = 0.4, 0.2, 0.5, 8.0
    ours = MODEL.rates_of_change({"V": V, "n": n, "m": m, "h": h}, MODEL.values(E_L=-54.387), I)
    paper = squid_1952.derivatives(voltage_1952(V), n, m, h, I)
    np.testing.assert_allclose(paper, [-ours["V"], ours["n"], ours["m"], ours["h"]], rtol=1e-10)


def test_the_papers_batteries_are_ours_converted():
    """Table 3 of the paper: V_Na = -115, V_K = +12, V_L = -10.613 mV."""
    E = np.array([MODEL.parameters[name].value for name in ("E_Na", "E_K", "E_L")])
    np.testing.assert_allclose(voltage_1952(E), [-115, 12, -10.613], rtol=0, atol=1e-9)
    assert voltage_1952(-50.0, rest=-60.0) == -10
    assert current_1952(10.0) == -10


def test_converting_twice_changes_nothing():
    V = np.random.default_rng(0).uniform(-100, 100, (3, 5))
    np.testing.assert_allclose(voltage_1952(voltage_1952(V)), V, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(current_1952(current_1952(V)), V)


@pytest.mark.parametrize("fraction", [1.0, 0.3, 0.1, 0.01])
def test_replacing_sodium_moves_its_battery_as_nernsts_equation_says(fraction):
    full, left = (nernst(1, part * SQUID["outside"]["Na"], SQUID["inside"]["Na"], 18.5) for part in (1, fraction))
    expected = MODEL.parameters["E_Na"].value + left - full
    assert sodium_replacement(fraction, celsius=18.5) == {"E_Na": pytest.approx(expected, abs=1e-12)}


def test_with_less_sodium_outside_the_spike_is_lower_and_its_current_reverses_where_it_should():
    peaks = [run(step(20, 1, 2), 15, **sodium_replacement(fraction)).V.max() for fraction in (1.0, 0.7, 0.5, 0.3)]
    assert np.all(np.diff(peaks) < -3)
    changes = sodium_replacement(0.1)
    at_the_battery = {"V": changes["E_Na"], "m": 1.0, "h": 1.0}
    assert MODEL.current("I_Na", at_the_battery, MODEL.values(**changes)) == 0


def test_a_blocker_at_its_dissociation_constant_closes_half_the_channels_of_its_kind():
    assert blockers() == {"g_Na": 120, "g_K": 36}
    assert blockers(TTX=K_TTX) == {"g_Na": 60, "g_K": 36}
    assert blockers(TEA=K_TEA) == {"g_Na": 120, "g_K": 18}
    both = blockers(TTX=9 * K_TTX, TEA=3 * K_TEA)
    assert both == {"g_Na": pytest.approx(12), "g_K": pytest.approx(9)}


def test_tetrodotoxin_abolishes_the_spike_and_tetraethylammonium_prolongs_it():
    def above_0(**changes):
        return np.count_nonzero(run(step(30, 1, 2), 60, **changes).V > 0)

    normal = above_0()
    assert normal > 0
    assert above_0(**blockers(TTX=100)) == 0
    assert above_0(**blockers(TEA=3)) > 3 * normal


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: sodium_replacement(0), "^fraction = 0 of the sodium outside must be above 0.*blockers"),
        (lambda: sodium_replacement(30), "^fraction = 30 .* give 0.3 for 30 %"),
        (lambda: sodium_replacement(0.3, celsius=-300), "^celsius = -300"),
        (lambda: blockers(TTX=-1), "^TTX = -1 nM is below 0"),
        (lambda: blockers(TEA=np.nan), "^TEA = nan mM"),
        (lambda: voltage_1952(np.inf), "^V = inf mV"),
    ],
)
def test_impossible_solutions_are_refused_by_name(call, said):
    with pytest.raises(ValueError, match=said):
        call()
