"""Neurons in two variables or one: against closed forms where there are any, against tight solutions of the papers' own
equations where there are none, and against the Hodgkin-Huxley neuron that they stand for."""

import math
import re
import warnings
from dataclasses import replace

import numpy as np
import pytest
import squid_1952
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize_scalar
from solved_with_resets import order, solve

import spikebook as sb
from spikebook import hodgkin_huxley
from spikebook.reduced_models import (
    ADAPTIVE_EXPONENTIAL,
    ADAPTIVE_EXPONENTIAL_PATTERNS,
    EXPONENTIAL,
    FITZHUGH_NAGUMO,
    HODGKIN_HUXLEY_2D,
    LEAKY,
    MORRIS_LECAR,
    MORRIS_LECAR_CLASSES,
    QUADRATIC,
)
from spikebook.simulation import Diverged
from spikebook.stimuli import noise, sine, step

MODELS = {
    "HODGKIN_HUXLEY_2D": HODGKIN_HUXLEY_2D,
    "MORRIS_LECAR": MORRIS_LECAR,
    "FITZHUGH_NAGUMO": FITZHUGH_NAGUMO,
    "LEAKY": LEAKY,
    "QUADRATIC": QUADRATIC,
    "EXPONENTIAL": EXPONENTIAL,
    "ADAPTIVE_EXPONENTIAL": ADAPTIVE_EXPONENTIAL,
}


def published(model):
    return {name: parameter.value for name, parameter in model.parameters.items()}


# ---- leaky integrate-and-fire

CELLS = [
    {},
    dict(t_ref=0.0),
    dict(C=2.0, g_L=0.05, E_L=-70.0, V_th=-55.0, V_reset=-60.0, t_ref=5.0),
]


def leaky_times(current, count, C, g_L, E_L, V_th, V_reset, t_ref):
    """Spike times from rest: the first charging, then refractory period and charging from the reset."""
    end, tau = E_L + current / g_L, C / g_L
    first = tau * math.log((end - E_L) / (end - V_th))
    interval = t_ref + tau * math.log((end - V_reset) / (end - V_th))
    return first + interval * np.arange(count)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("current", [1.6, 2.0, 5.0, 12.0])
@pytest.mark.parametrize(
    "method, dt, accuracy",
    [
        ("exponential_euler", 1.0, 1e-12),
        ("exponential_euler", 0.1, 1e-12),
        ("rk4", 0.01, 1e-10),
        ("adaptive", 0.1, 1e-9),
    ],
)
def test_leaky_neuron_spikes_when_the_formula_says(cell, current, method, dt, accuracy):
    times = sb.simulate(replace(LEAKY, largest_step=1.0), current, 300, dt=dt, method=method, **cell).spike_times
    expected = leaky_times(current, len(times), **{**published(LEAKY), **cell})
    assert len(times) >= 3
    assert 300 - times[-1] < expected[1] - expected[0]
    np.testing.assert_allclose(times, expected, rtol=accuracy, atol=0)


def test_rk4_and_euler_are_not_exact():
    """Control: the formula tells methods apart."""
    expected = leaky_times(2.0, 8, **published(LEAKY))
    for method, least in (("rk4", 1e-9), ("euler", 1e-2)):
        times = sb.simulate(LEAKY, 2.0, 150, dt=0.1, method=method).spike_times[:8]
        assert abs(times - expected).max() > least


@pytest.mark.parametrize("method", ["exponential_euler", "rk4", "adaptive"])
def test_below_threshold_it_is_a_resistor_and_a_capacitor(method):
    trace = sb.simulate(LEAKY, step(1.4, 10, 60), 100, method=method)
    charged = -65 + 14 * (1 - np.exp(-np.maximum(trace.t - 10, 0) / 10))
    expected = np.where(trace.t < 60, charged, -65 + 14 * (1 - np.exp(-5)) * np.exp(-(trace.t - 60) / 10))
    np.testing.assert_allclose(trace.V, expected, rtol=0, atol=1e-9)


def test_rheobase_is_leak_times_distance_to_threshold():
    at, above = (sb.simulate(LEAKY, 1.5 + d, 1000, dt=0.1, method="exponential_euler").spike_times for d in (0, 1e-6))
    assert len(at) == 0
    assert len(above) > 0


def test_firing_saturates_at_one_spike_a_refractory_period():
    rates = [1 / np.diff(sb.simulate(LEAKY, current, 200).spike_times)[-1] for current in (2, 5, 10, 30, 100)]
    assert np.all(np.diff(rates) > 0)
    assert 0.9 / 2 < rates[-1] < 1 / 2
    free = sb.simulate(LEAKY, 100, 200, t_ref=0).spike_times
    assert np.diff(free)[-1] < 0.2  # control: it is the refractory period that holds them apart


def test_refractory_neuron_stays_at_its_reset_and_no_longer():
    trace = sb.simulate(LEAKY, 5, 20, V_reset=-70)
    first = trace.spike_times[0]
    held = (trace.t > first) & (trace.t < first + 2)
    assert np.all(trace.V[held] == -70)
    after = trace.t > first + 2 + 0.02
    assert np.all(trace.V[after & (trace.t < first + 3)] > -70)


def test_twice_the_membrane_needs_twice_the_current():
    one = sb.simulate(LEAKY, noise(4, 200, mean=2, seed=1), 200)
    two = sb.simulate(LEAKY, noise(8, 200, mean=4, seed=1), 200, C=2, g_L=0.2)
    assert len(one.spike_times) > 5
    np.testing.assert_allclose(two.spike_times, one.spike_times, rtol=0, atol=1e-9)


# ---- quadratic


def quadratic_interval(current, C, g_L, E_L, V_c, V_peak, V_reset):
    middle, width = 0.5 * (E_L + V_c), V_c - E_L
    D = math.sqrt(current * width / g_L - width**2 / 4)
    return C * width / (g_L * D) * (math.atan((V_peak - middle) / D) - math.atan((V_reset - middle) / D))


@pytest.mark.parametrize("cell", [{}, dict(C=2.0, g_L=0.2, V_c=-45.0, V_reset=-45.0), dict(V_peak=0.0, V_reset=-80.0)])
@pytest.mark.parametrize("method, accuracy", [("rk4", 1e-8), ("adaptive", 1e-9)])
def test_quadratic_neuron_fires_at_intervals_of_the_arc_tangents(cell, method, accuracy):
    values = {**published(QUADRATIC), **cell}
    for current in (1.1, 2.0, 10.0):
        times = sb.simulate(
            QUADRATIC, current, 200, method=method, initial={"V": values["V_reset"]}, **cell
        ).spike_times
        expected = quadratic_interval(current, **values) * np.arange(1, len(times) + 1)
        assert len(times) >= 3
        np.testing.assert_allclose(times, expected, rtol=accuracy, atol=0)


def test_quadratic_neuron_has_its_rheobase_in_the_middle_and_tips_over_at_V_c():
    rheobase = 0.1 * 15 / 4
    below, above = (sb.simulate(QUADRATIC, rheobase + d, 1500, dt=0.05) for d in (-1e-3, 1e-3))
    assert (len(below.spike_times), len(above.spike_times) > 0) == (0, True)
    assert below.V.max() < -57.5
    for V, spikes in ((-50.01, 0), (-49.99, 1)):
        assert len(sb.simulate(QUADRATIC, 0.0, 200, initial={"V": V}).spike_times) == spikes


def test_quadratic_firing_starts_with_the_square_root_of_the_current():
    rates = [
        1 / np.diff(sb.simulate(QUADRATIC, 0.375 + d, 6000, dt=0.05).spike_times)[0] for d in (0.0004, 0.0016, 0.0064)
    ]
    np.testing.assert_allclose(np.divide(rates[1:], rates[:-1]), 2, rtol=0.03)


# ---- exponential: with z = exp(-(V - V_T) / Delta_T) the explosion of V is a calm passage of z near 0


def solved_exponential(current, start, duration, jumps=(), w=None, **p):
    """Spike times of the exponential neurons, the adaptive one if `w` is given, and the state V (and w) at the end."""

    def slopes(t, x):
        z, adaptation = -x[0], x[1] if w is not None else 0.0
        V = p["V_T"] - p["Delta_T"] * math.log(max(z, 1e-200))  # the solver may look beyond the peak
        calm = current(t) - p["g_L"] * (V - p["E_L"]) - adaptation
        change = [(z * calm / p["Delta_T"] + p["g_L"]) / p["C"]]
        return change + ([(p["a"] * (V - p["E_L"]) - adaptation) / p["tau_w"]] if w is not None else [])

    def minus_z(V):
        return -math.exp(-(V - p["V_T"]) / p["Delta_T"])

    def reset(x):
        return [minus_z(p["V_reset"]), *([x[1] + p["b"]] if w is not None else [])]

    x = [minus_z(start), *([w] if w is not None else [])]
    times, x = solve(slopes, x, duration, minus_z(p["V_peak"]), reset, jumps, p.get("t_ref", 0.0))
    return times, [p["V_T"] - p["Delta_T"] * math.log(-x[0]), *x[1:]]


@pytest.mark.parametrize("cell", [{}, dict(Delta_T=1.0, V_T=-50.0, V_reset=-60.0, t_ref=0.0), dict(V_peak=20.0, C=2.0)])
def test_exponential_neuron_is_that_of_a_tight_solver(cell):
    values = {**published(EXPONENTIAL), **cell}
    trace = sb.simulate(EXPONENTIAL, step(2, 10), 200, initial={"V": -65}, **cell)
    expected, end = solved_exponential(lambda t: 2.0 if t > 10 else 0.0, -65, 200, [10], **values)
    assert trace.method == "adaptive"
    assert len(trace.spike_times) == len(expected) >= 8
    np.testing.assert_allclose(trace.spike_times, expected, rtol=0, atol=1e-7)
    assert trace.V[-1] == pytest.approx(end[0], abs=1e-5)


def test_exponential_neuron_has_its_rheobase_where_its_curve_turns():
    """dV/dt is smallest at V_T, where it is I - g_L (V_T - E_L - Delta_T)."""
    rheobase = 0.1 * (5.1 - 3.48)
    below, above = (sb.simulate(EXPONENTIAL, rheobase + d, 1500, dt=0.05).spike_times for d in (-1e-3, 1e-3))
    assert (len(below), len(above) > 0) == (0, True)


def test_the_sharper_the_exponential_the_more_it_is_a_threshold():
    shared = dict(C=1.0, g_L=0.1, E_L=-65.0, V_reset=-68.0, t_ref=1.7)
    leaky = np.diff(sb.simulate(LEAKY, 3, 100, V_th=-55.0, **shared).spike_times)[-1]
    gaps = []
    for Delta_T in (4.0, 2.0, 1.0, 0.5):
        sharp = sb.simulate(EXPONENTIAL, 3, 100, V_T=-55.0, V_peak=-20.0, Delta_T=Delta_T, **shared).spike_times
        gaps.append(abs(np.diff(sharp)[-1] - leaky))
    assert np.all(np.diff(gaps) < 0) and gaps[-1] < 0.15 * leaky


def test_adaptive_exponential_neuron_is_that_of_a_tight_solver():
    trace = sb.simulate(ADAPTIVE_EXPONENTIAL, step(1000, 10, 300), 400)
    rest = ADAPTIVE_EXPONENTIAL.rest()
    expected, end = solved_exponential(
        lambda t: 1000.0 if 10 < t < 300 else 0.0,
        rest["V"],
        400,
        [10, 300],
        w=rest["w"],
        **published(ADAPTIVE_EXPONENTIAL),
    )
    assert len(trace.spike_times) == len(expected) >= 10
    np.testing.assert_allclose(trace.spike_times, expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose([trace.V[-1], trace.w[-1]], end, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ADAPTIVE_EXPONENTIAL_PATTERNS)
def test_adaptive_patterns_are_those_of_a_tight_solver(name):
    cell = dict(ADAPTIVE_EXPONENTIAL_PATTERNS[name])
    times = sb.simulate(ADAPTIVE_EXPONENTIAL, duration=300, initial={"V": cell["E_L"], "w": 0}, **cell).spike_times
    current = cell.pop("current")
    expected, _ = solved_exponential(lambda t: current, cell["E_L"], 300, w=0.0, **cell)
    np.testing.assert_allclose(times, expected, rtol=0, atol=1e-4)


def intervals(name, **changes):
    cell = {**ADAPTIVE_EXPONENTIAL_PATTERNS[name], **changes}
    return np.diff(sb.simulate(ADAPTIVE_EXPONENTIAL, duration=2000, **cell).spike_times)


def test_adaptive_patterns_do_what_they_are_called():
    assert np.ptp(intervals("tonic spiking")[2:]) < 1
    adapting = intervals("adaptation")
    assert np.all(np.diff(adapting[:8]) > 0) and adapting[-1] > 4 * adapting[0]
    burst = intervals("initial burst")
    assert burst[:2].max() < 10 < 50 < burst[2:].min()
    bursting = intervals("regular bursting")
    assert np.all((bursting < 10) == (bursting < 100)) and np.count_nonzero(bursting > 100) > 8
    assert np.all(np.diff(intervals("delayed accelerating")[:15]) < 0)


def test_irregular_spikes_repeat_themselves_every_ten_and_next_to_them_there_is_chaos():
    regular, chaotic = (intervals("irregular spiking", current=current)[20:] for current in (160, 155))
    assert np.ptp(regular) > 30
    np.testing.assert_allclose(regular[10:], regular[:-10], rtol=0, atol=0.02)
    lags = range(1, 30)
    assert min(abs(chaotic[lag:] - chaotic[:-lag]).max() for lag in lags) > 5


def test_below_threshold_the_adaptation_adds_to_the_leak():
    trace = sb.simulate(ADAPTIVE_EXPONENTIAL, 50, 3000, dt=0.1)
    assert trace.V[-1] - trace.V[0] == pytest.approx(50 / (30 + 4), rel=1e-3)
    assert trace.w[-1] == pytest.approx(4 * (trace.V[-1] + 70.6), rel=1e-9)


# ---- convergence with a smooth input, across resets

SWING = 0.05  # kHz, of a sine whose mean fires either neuron


def swing_times(model, mean, amplitude, method, dt, held=False):
    steps = round(60 / dt)
    wave = sine(amplitude, 1000 * SWING)
    current = mean + wave.sample(steps, dt)[0] if held else step(mean) + wave
    return sb.simulate(replace(model, largest_step=1.0), current, 60, dt=dt, method=method).spike_times


def exact_swing(model, mean, amplitude):
    p = published(model)

    def slopes(t, x):
        V, current = x[0], mean + amplitude * math.sin(2 * math.pi * SWING * t)
        if model is LEAKY:
            return [(current - p["g_L"] * (V - p["E_L"])) / p["C"]]
        return [(current + p["g_L"] * (V - p["E_L"]) * (V - p["V_c"]) / (p["V_c"] - p["E_L"])) / p["C"]]

    peak = p.get("V_th", p.get("V_peak"))
    return solve(slopes, [p["E_L"]], 60, peak, lambda x: [p["V_reset"]], hold=p.get("t_ref", 0.0), longest=0.1)[0]


SWINGS = {
    "leaky": (LEAKY, 4.0, 1.0, exact_swing(LEAKY, 4.0, 1.0)),
    "quadratic": (QUADRATIC, 4.0, 1.0, exact_swing(QUADRATIC, 4.0, 1.0)),
}


def swing_order(name, method, coarse, fine, held=False):
    model, mean, amplitude, exact = SWINGS[name]

    def error(n):
        times = swing_times(model, mean, amplitude, method, 60 / n, held)
        assert len(times) == len(exact) >= 4
        return math.sqrt(np.mean((times - exact) ** 2))

    return order(error, coarse, fine)


@pytest.mark.parametrize("name, coarse, fine", [("leaky", 60, 1000), ("quadratic", 1000, 10000)])
def test_rk4_converges_with_order_4_across_resets(name, coarse, fine):
    assert swing_order(name, "rk4", coarse, fine) == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("name", SWINGS)
def test_euler_converges_with_order_1(name):
    assert swing_order(name, "euler", 3000, 200000) == pytest.approx(1, abs=0.1)


def test_exponential_euler_converges_with_order_2_where_its_current_is_that_of_mid_step():
    assert swing_order("leaky", "exponential_euler", 200, 4000) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("name", SWINGS)
def test_rk4_loses_its_order_when_the_current_is_held_over_a_step(name):
    """Control."""
    assert swing_order(name, "rk4", 1500, 12000, held=True) < 1.5


@pytest.mark.parametrize("name", SWINGS)
def test_adaptive_method_is_below_its_tolerance(name):
    model, mean, amplitude, exact = SWINGS[name]
    np.testing.assert_allclose(swing_times(model, mean, amplitude, "adaptive", 0.01), exact, rtol=0, atol=1e-8)


# ---- FitzHugh-Nagumo


def test_fitzhugh_nagumo_is_what_fitzhugh_wrote():
    """dx/dt = c (y + x - x^3/3 + z), dy/dt = -(x - a + b y) / c with c = 3; V = -x, w = y, I = -z, time c t."""
    trace = sb.simulate(FITZHUGH_NAGUMO, 0.5, 90, initial={"V": -1.0, "w": -0.5}, tau=9)

    def slopes(t, x):
        return [3 * (x[1] + x[0] - x[0] ** 3 / 3 - 0.5), -(x[0] - 0.7 + 0.8 * x[1]) / 3]

    run = solve_ivp(slopes, (0, 30), [1.0, -0.5], "DOP853", trace.t / 3, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(trace.V, -run.y[0], rtol=0, atol=1e-7)
    np.testing.assert_allclose(trace.w, run.y[1], rtol=0, atol=1e-7)
    assert len(trace.spike_times) >= 2


def test_fitzhugh_nagumo_rests_on_the_root_of_its_cubic():
    (V,) = [root.real for root in np.roots([-1 / 3, 0, 1 - 1 / 0.8, -0.7 / 0.8]) if abs(root.imag) < 1e-12]
    rest = FITZHUGH_NAGUMO.rest()
    assert rest == {"V": pytest.approx(V, rel=1e-9), "w": pytest.approx((V + 0.7) / 0.8, rel=1e-9)}


def test_fitzhugh_nagumo_loses_its_rest_by_hopf_where_the_trace_vanishes():
    V = -math.sqrt(1 - 0.8 / 12.5)
    hopf = (V + 0.7) / 0.8 - V + V**3 / 3
    assert hopf == pytest.approx(0.3313, abs=1e-4)
    late = []
    for current in (hopf - 0.005, hopf + 0.005):
        start = brentq(lambda x, current=current: x - x**3 / 3 - (x + 0.7) / 0.8 + current, -2, 0)
        trace = sb.simulate(
            FITZHUGH_NAGUMO, current, 3000, dt=0.05, initial={"V": start + 1e-3, "w": (start + 0.7) / 0.8}
        )
        late.append(np.ptp(trace.V[-4000:]))
    assert late[0] < 1e-3 and late[1] > 0.1


def test_fitzhugh_nagumo_with_no_offset_does_not_know_up_from_down():
    one = sb.simulate(FITZHUGH_NAGUMO, 0.3, 100, initial={"V": 1.0, "w": 0.2}, a=0)
    other = sb.simulate(FITZHUGH_NAGUMO, -0.3, 100, initial={"V": -1.0, "w": -0.2}, a=0)
    np.testing.assert_allclose(other.V, -one.V, rtol=0, atol=1e-10)


# ---- Morris-Lecar


def morris_lecar(current, C, g_Ca, g_K, g_L, E_Ca, E_K, E_L, V_1, V_2, V_3, V_4, phi):
    def slopes(t, x):
        V, w = x
        m = (1 + math.tanh((V - V_1) / V_2)) / 2
        ions = g_Ca * m * (V - E_Ca) + g_K * w * (V - E_K) + g_L * (V - E_L)
        goal = (1 + math.tanh((V - V_3) / V_4)) / 2
        return [(current - ions) / C, phi * math.cosh((V - V_3) / (2 * V_4)) * (goal - w)]

    return slopes


def cell_of_class(number):
    return {**published(MORRIS_LECAR), **MORRIS_LECAR_CLASSES[number]}


@pytest.mark.parametrize("number, current", [(1, 60.0), (2, 120.0)])
def test_morris_lecar_is_that_of_a_tight_solver(number, current):
    trace = sb.simulate(
        MORRIS_LECAR, current, 300, dt=0.02, initial={"V": -40, "w": 0.1}, **MORRIS_LECAR_CLASSES[number]
    )
    slopes = morris_lecar(current, **cell_of_class(number))
    run = solve_ivp(slopes, (0, 300), [-40, 0.1], "DOP853", trace.t, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(trace.V, run.y[0], rtol=0, atol=1e-4)
    np.testing.assert_allclose(trace.w, run.y[1], rtol=0, atol=1e-6)
    assert len(trace.spike_times) >= 3


def holding_current(V, number):
    """The input at which V stands still, and the trace of the Jacobian there."""
    p = cell_of_class(number)
    w = (1 + math.tanh((V - p["V_3"]) / p["V_4"])) / 2

    def change(V, w):
        return np.array(morris_lecar(0.0, **p)(0, [V, w]))

    trace = (change(V + 1e-5, w) - change(V - 1e-5, w))[0] / 2e-5 + (change(V, w + 1e-5) - change(V, w - 1e-5))[
        1
    ] / 2e-5
    return -p["C"] * change(V, w)[0], trace


def late_rate(number, current, **settings):
    cell = MORRIS_LECAR_CLASSES[number]
    times = sb.simulate(MORRIS_LECAR, current, 6000, dt=0.05, **settings, **cell).spike_times
    return 1000 / np.diff(times)[-1] if len(times) > 2 and times[-1] > 5000 else 0.0


def test_class_1_begins_at_a_saddle_node_at_any_low_rate():
    fold = minimize_scalar(lambda V: -holding_current(V, 1)[0], bounds=(-50, -20), method="bounded")
    onset = -fold.fun
    assert onset == pytest.approx(39.96, abs=0.01)
    rates = [late_rate(1, onset + d) for d in (-0.05, 0.05, 0.2, 0.8)]
    assert rates[0] == 0 < rates[1] < 1.5
    np.testing.assert_allclose(np.divide(rates[2:], rates[1:-1]), 2, rtol=0.15)  # the square root of the distance


def test_class_2_begins_at_a_rate_of_its_own_between_two_hopf_points():
    """Rinzel and Ermentrout give 94 and 212."""
    lower, upper = (brentq(lambda V: holding_current(V, 2)[1], *bracket) for bracket in ((-40, -20), (0, 20)))
    hopf = [holding_current(V, 2)[0] for V in (lower, upper)]
    np.testing.assert_allclose(hopf, [94, 212], atol=0.5)
    resting = dict(initial={"V": lower, "w": (1 + math.tanh((lower - 2) / 30)) / 2})
    assert late_rate(2, hopf[0] - 1, **resting) == 0
    assert late_rate(2, hopf[0] + 1, **resting) > 8
    assert late_rate(2, 89.0) > 8  # a step from rest finds the cycle before rest is gone
    assert late_rate(2, 87.0) == late_rate(2, 225.0) == 0


# ---- Hodgkin-Huxley in two variables


def test_its_line_is_the_closest_to_h_and_n_of_the_full_neuron():
    trace = sb.simulate(hodgkin_huxley.MODEL, 7, 300)
    cycle = slice(*(int(t / 0.01) for t in trace.spike_times[[-5, -1]]))
    slope, h_0 = np.polyfit(trace.n[cycle], trace.h[cycle], 1)
    values = published(HODGKIN_HUXLEY_2D)
    assert (values["h_0"], values["h_n"]) == (pytest.approx(h_0, abs=0.01), pytest.approx(-slope, abs=0.01))


def test_it_is_the_papers_neuron_with_m_and_h_on_their_curves():
    def slopes(t, x):
        v, n = -(x[0] + 65), x[1]
        dn, dm0, dm1 = (squid_1952.derivatives(v, n, m, 0.0, 0.0)[k] for k, m in ((1, 0.0), (2, 0.0), (2, 1.0)))
        m = dm0 / (dm0 - dm1)  # where dm, linear in m, is zero
        current = 10.0 if t > 5 else 0.0
        return [-squid_1952.derivatives(v, n, m, max(0.89 - 1.1 * n, 0.0), current)[0], dn]

    rest = HODGKIN_HUXLEY_2D.rest()
    trace = sb.simulate(HODGKIN_HUXLEY_2D, step(10, 5), 30, dt=0.0025)
    _, before = solve(slopes, [rest["V"], rest["n"]], 5)
    np.testing.assert_allclose(before, [rest["V"], rest["n"]], rtol=0, atol=1e-6)
    _, end = solve(slopes, [rest["V"], rest["n"]], 30, jumps=[5])
    np.testing.assert_allclose([trace.V[-1], trace.n[-1]], end, rtol=0, atol=1e-3)
    assert len(trace.spike_times) >= 2


def steady_rate(model, current):
    times = sb.simulate(model, step(current, 10), 2000).spike_times
    return 1000 / np.diff(times)[-1] if len(times) > 2 and times[-1] > 1900 else 0.0


def test_it_keeps_rest_and_the_jump_of_the_full_neuron_but_is_more_easily_excited():
    """The numbers that the module states."""
    assert HODGKIN_HUXLEY_2D.rest()["V"] == pytest.approx(-65.1, abs=0.05)
    assert abs(HODGKIN_HUXLEY_2D.rest()["V"] - hodgkin_huxley.MODEL.rest()["V"]) < 0.1
    for model, onset, rate in ((HODGKIN_HUXLEY_2D, 4.7, 88), (hodgkin_huxley.MODEL, 6.3, 68)):
        assert steady_rate(model, onset - 0.06) == 0
        assert steady_rate(model, onset + 0.05) > 50
        assert steady_rate(model, 10) == pytest.approx(rate, abs=0.5)


def test_it_needs_a_weaker_pulse_and_makes_a_higher_spike():
    pulse = step(6, 5, 6)
    two, full = (sb.simulate(model, pulse, 30) for model in (HODGKIN_HUXLEY_2D, hodgkin_huxley.MODEL))
    assert (len(two.spike_times), len(full.spike_times)) == (1, 0)
    two, full = (sb.simulate(model, step(10, 5), 30).V.max() for model in (HODGKIN_HUXLEY_2D, hodgkin_huxley.MODEL))
    assert 5 < two - full < 10


def test_its_equations_are_those_of_the_full_model():
    assert HODGKIN_HUXLEY_2D.gates["n"] is hodgkin_huxley.MODEL.gates["n"]
    trace = sb.simulate(HODGKIN_HUXLEY_2D, 10, 20)
    m = hodgkin_huxley.MODEL.gates["m"].steady_state(trace.V)
    np.testing.assert_allclose(trace.I_Na, 120 * m**3 * (0.89 - 1.1 * trace.n) * (trace.V - 50), rtol=1e-12)


# ---- the whole range

examples = settings(derandomize=True, deadline=None, max_examples=80, database=None)


@pytest.mark.parametrize("name", MODELS)
def test_every_neuron_inside_the_ranges_has_a_sound_run(name):
    model = MODELS[name]
    ranges = {parameter: st.floats(p.low, p.high) for parameter, p in model.parameters.items()}

    @examples
    @given(st.fixed_dictionaries(ranges), st.floats(*model.current_range), st.floats(0, 1), st.integers(0, 100))
    def check(parameters, current, x, seed):
        threshold = parameters.get(model.threshold, model.threshold)
        lowest = -2.5 if model is FITZHUGH_NAGUMO else -90
        if model.reset:
            assume(parameters["V_reset"] < threshold - 5)
        if model is ADAPTIVE_EXPONENTIAL:  # the others fall without bound, or spike without end
            assume(parameters["a"] > -parameters["g_L"])
            assume(parameters["V_reset"] < parameters["V_T"] + parameters["Delta_T"])
        start = {model.voltage: lowest + x * 0.9 * (threshold - lowest)}
        start |= {other: x if other != "w" or model is MORRIS_LECAR else 0.0 for other in model.state[1:]}
        spread = abs(current) / 4
        middle = max(model.current_range[0] + 0.5 * spread, min(current, model.current_range[1] - 0.5 * spread)) * 0.5
        for given_ in (current, noise(spread / 8, 20, mean=middle, seed=seed)):
            with (
                warnings.catch_warnings()
            ):  # as of the full neuron, whose default may say that it takes exponential Euler
                warnings.simplefilter("ignore" if model is HODGKIN_HUXLEY_2D else "error", UserWarning)
                trace = sb.simulate(model, given_, 20, initial=start, **parameters)
            for quantity in trace.names:
                assert np.isfinite(trace[quantity]).all(), quantity
            assert np.all(np.diff(trace.spike_times) > 0)
            assert np.all((trace.spike_times > 0) & (trace.spike_times <= 20))
            if model.reset:
                assert trace.V.max() < threshold

    check()


@pytest.mark.parametrize("name", MODELS)
def test_a_neuron_without_input_stays_at_rest(name):
    model = MODELS[name]
    trace = sb.simulate(model, duration=50)
    assert np.ptp(trace.V) < 1e-9
    assert all(abs(rate) < 1e-9 for rate in model.rates_of_change(model.rest(), model.values()).values())
    assert len(trace.spike_times) == 0


def test_fitted_neurons_have_the_values_of_their_papers():
    assert published(FITZHUGH_NAGUMO) == dict(a=0.7, b=0.8, tau=12.5)
    assert published(EXPONENTIAL) == pytest.approx(
        dict(C=1, g_L=0.1, E_L=-65, V_T=-59.9, Delta_T=3.48, V_peak=-30, V_reset=-68, t_ref=1.7)
    )
    assert published(ADAPTIVE_EXPONENTIAL) == pytest.approx(
        dict(C=281, g_L=30, E_L=-70.6, V_T=-50.4, Delta_T=2, tau_w=144, a=4, b=80.5, V_peak=20, V_reset=-70.6)
    )


def test_adaptive_patterns_have_the_values_of_their_table():
    """Naud and others (2008), table 1, by columns: tonic, adapting, initial burst, bursting, accelerating, irregular."""
    columns = {
        name: [cell[name] for cell in ADAPTIVE_EXPONENTIAL_PATTERNS.values()] for name in ("C", "g_L", "E_L", "a")
    }
    assert columns == {
        "C": [200, 200, 130, 200, 200, 100],
        "g_L": [10, 12, 18, 10, 12, 12],
        "E_L": [-70, -70, -58, -58, -70, -60],
        "a": [2, 2, 4, 2, -10, -11],
    }
    others = {cell[name] for name in ("V_T", "Delta_T") for cell in ADAPTIVE_EXPONENTIAL_PATTERNS.values()}
    assert others == {-50, 2}
    rows = [[cell[n] for n in ("tau_w", "b", "V_reset", "current")] for cell in ADAPTIVE_EXPONENTIAL_PATTERNS.values()]
    assert rows[:3] == [[30, 0, -58, 500], [300, 60, -58, 500], [150, 120, -50, 400]]
    assert rows[3:] == [[120, 100, -46, 210], [300, 0, -58, 300], [130, 30, -48, 160]]


def test_units_are_declared():
    assert {name: model.current_unit for name, model in MODELS.items() if model.current_unit != "uA/cm2"} == {
        "FITZHUGH_NAGUMO": "",
        "ADAPTIVE_EXPONENTIAL": "pA",
    }


# ---- errors


@pytest.mark.parametrize(
    "model, settings, message",
    [
        (LEAKY, dict(V_reset=-50, V_th=-55), "which is not below its threshold of -55 mV: it would spike without end"),
        (LEAKY, dict(initial={"V": -50}), "is not below the threshold of leaky integrate-and-fire, -50"),
        (LEAKY, dict(t_ref=-1), "t_ref = -1 ms is outside the range"),
        (LEAKY, dict(tau_m=10), "unknown parameter 'tau_m'"),
        (LEAKY, dict(dt=0.5), "dt = 0.5 ms is too coarse for leaky integrate-and-fire by rk4 (use at most 0.1 ms)"),
        (QUADRATIC, dict(initial={"V": 31}), "is not below the threshold of quadratic"),
        (FITZHUGH_NAGUMO, dict(current=10), "current reaches 10 , outside the range of FitzHugh-Nagumo"),
        (
            FITZHUGH_NAGUMO,
            dict(method="exponential_euler"),
            "does not suit FitzHugh-Nagumo; use 'rk4', 'euler', 'adaptive'",
        ),
        (
            ADAPTIVE_EXPONENTIAL,
            dict(current=1e4),
            "current reaches 10000 pA, outside the range of adaptive exponential",
        ),
        (ADAPTIVE_EXPONENTIAL, dict(E_L=-20), "E_L = -20 mV is outside the range"),
        (MORRIS_LECAR, dict(V_2=0), "V_2 = 0 mV is outside the range of Morris-Lecar: use 5 to 50 mV"),
        (HODGKIN_HUXLEY_2D, dict(initial={"n": 1.5}), "initial n = 1.5 is a probability; give 0 to 1"),
    ],
)
def test_mistakes_are_answered_with_what_to_do(model, settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        sb.simulate(model, **{"duration": 10, **settings})


def test_spikes_without_end_are_refused():
    with pytest.raises(Diverged, match="without end"):
        sb.simulate(ADAPTIVE_EXPONENTIAL, 1000, 50, V_reset=-40, V_T=-60, b=0)
