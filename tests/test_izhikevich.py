"""The Izhikevich neuron: its published cells step for step, its equations against closed forms and a tight solver."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference import load
from scipy.linalg import expm
from solved_with_resets import order, solve

import spikebook as sb
from spikebook import Model, Parameter, izhikevich
from spikebook.izhikevich import CELLS, CELLS_2007, MODEL, MODEL_2007
from spikebook.simulation import Diverged
from spikebook.stimuli import ramp, sine, step

PUBLISHED = {cell["panel"]: cell for cell in load("izhikevich_2003_cells")["cells"]}

# The script's currents, from the reference's words: what flows at time t, and where it jumps.
CURRENTS = {
    "RS": (lambda t: 14 if t > 15 else 0, [15]),
    "IB": (lambda t: 11 if t > 15 else 0, [15]),
    "CH": (lambda t: 10 if t > 15 else 0, [15]),
    "FS": (lambda t: 10 if t > 15 else 0, [15]),
    "TC": (lambda t: 1.5 if t > 30 else 0, [30]),
    "TCb": (lambda t: -25 if t <= 45 else 0, [45]),
    "RZ": (lambda t: 10 if 60 < t < 65 else -0.5 if t > 10 else -2, [10, 60, 65]),
    "LTS": (lambda t: 10 if t > 25 else 0, [25]),
}


def solved(a, b, c, d, start, duration, current, jumps=(), longest=1.0):
    def slopes(t, x):
        v, u = x
        return [0.04 * v * v + 5 * v + 140 - u + current(t), a * (b * v - u)]

    return solve(slopes, start, duration, 30, lambda x: [c, x[1] + d], jumps, longest=longest)


# ---- the published cells


def test_the_cells_are_those_of_the_paper():
    assert list(CELLS) == list(PUBLISHED)
    for panel, expected in PUBLISHED.items():
        cell = CELLS[panel]
        assert cell.name == expected["name"]
        assert cell.parameters == {name: expected[name] for name in "abcd"}
        assert cell.initial == {"v": expected["v0"], "u": pytest.approx(expected["u0"], rel=1e-15)}
        assert (cell.step, cell.duration) == (expected["step_ms"], expected["duration_ms"])


@pytest.mark.parametrize("panel", CELLS)
def test_published_scheme_gives_the_spikes_of_the_authors_script(panel):
    cell, expected = CELLS[panel], PUBLISHED[panel]["published_spike_times_ms"]
    trace = cell.simulate(scheme="published")
    assert (trace.method, trace.dt) == ("euler", cell.step)
    np.testing.assert_array_equal(trace.spike_times, expected)


@pytest.mark.parametrize("panel", ["FS", "CH"])
def test_another_order_of_the_two_updates_gives_other_spikes(panel):
    """Control: the script moves u with the new v."""
    together = replace(CELLS[panel], model=replace(MODEL, one_by_one=False))
    spikes = together.simulate(scheme="published").spike_times.tolist()
    assert spikes != PUBLISHED[panel]["published_spike_times_ms"]


@pytest.mark.parametrize("panel", CELLS)
def test_converged_spikes_are_those_of_a_tight_solver(panel):
    cell, expected = CELLS[panel], PUBLISHED[panel]
    spikes = cell.simulate().spike_times
    start = expected["v0"], expected["u0"]
    exact, _ = solved(*(expected[name] for name in "abcd"), start, expected["duration_ms"], *CURRENTS[panel])
    assert len(spikes) == expected["spikes_converged"] == len(exact)
    np.testing.assert_allclose(spikes, exact, rtol=0, atol=1e-4)


def test_comparison_counts_the_spikes_of_both_schemes_and_how_far_apart_they_are():
    for panel, expected in PUBLISHED.items():
        comparison = CELLS[panel].compare()
        assert (comparison.panel, comparison.step) == (panel, 0.25)
        assert comparison.published == len(expected["published_spike_times_ms"])
        assert comparison.converged == expected["spikes_converged"]
    assert CELLS["FS"].compare()[3:5] == (15, 19)
    resonator = CELLS["RZ"].compare()
    first, second = CELLS["RZ"].simulate().spike_times
    assert resonator.difference == pytest.approx(max(abs(first - 62.75), abs(second - 67.5)))


def test_strict_inequalities_of_the_script_leave_a_piece_out_where_it_starts_and_stops():
    current = CELLS["RZ"].published_current
    at = {t: current[round(t / 0.25)] for t in (0, 10, 10.25, 60, 60.25, 64.75, 65)}
    assert at == {0: -2, 10: -2, 10.25: -0.5, 60: -0.5, 60.25: 10, 64.75: 10, 65: -0.5}
    assert len(current) == 400


def test_the_converged_current_jumps_where_the_paper_says():
    trace = CELLS["RZ"].simulate()
    for t, I in ((0, -2), (9.99, -2), (10, -0.5), (59.99, -0.5), (60, 10), (64.99, 10), (65, -0.5)):
        assert trace.current[round(t / 0.01)] == I


def test_an_experiments_parameters_can_be_bent_and_an_unknown_scheme_is_refused():
    assert len(CELLS["RS"].simulate(d=2).spike_times) > len(CELLS["RS"].simulate().spike_times)
    with pytest.raises(ValueError, match="scheme = 'exact' is unknown; use 'converged' or 'published'"):
        CELLS["RS"].simulate(scheme="exact")
    with pytest.raises(ValueError, match="unknown parameter 'e'"):
        CELLS["RS"].simulate(e=1)


# ---- the equations


def time_between(low, high, q):
    """The integral of dv / (0.04 v^2 + 5 v + 140 + q), for q so large that v never stands still."""
    root = math.sqrt(4 * 0.04 * (140 + q) - 25)
    return 2 / root * (math.atan((0.08 * high + 5) / root) - math.atan((0.08 * low + 5) / root))


@pytest.mark.parametrize("method, accuracy", [("rk4", 2e-6), ("adaptive", 1e-8)])
def test_without_recovery_the_intervals_are_those_of_the_integral(method, accuracy):
    """With a = 0 every spike adds d to u, which then stays: each interval has a closed form."""
    trace = sb.simulate(MODEL, 60, 30, method=method, initial={"v": -65, "u": -13}, a=0, c=-60, d=3)
    u, expected, low = -13, [], -65
    for _ in trace.spike_times:
        expected.append(time_between(low, 30, 60 - u))
        u, low = u + 3, -60
    assert len(expected) > 15
    np.testing.assert_allclose(trace.spike_times, np.cumsum(expected), rtol=0, atol=accuracy)


@pytest.mark.parametrize("a, b", [(0.02, 0.2), (0.1, 0.26), (0.02, 0.25), (0.02, -0.1), (0.03, -1)])
def test_rest_is_the_lower_root_of_the_nullclines_and_nothing_moves_there(a, b):
    v = (-(5 - b) - math.sqrt((5 - b) ** 2 - 4 * 0.04 * 140)) / 0.08
    rest = MODEL.rest(a=a, b=b)
    assert rest == {"v": pytest.approx(v, rel=1e-9), "u": pytest.approx(b * v, rel=1e-9)}
    trace = sb.simulate(MODEL, duration=100, a=a, b=b)
    assert np.ptp(trace.V) < 1e-9


def test_without_a_resting_point_the_search_says_so():
    with pytest.raises(ValueError, match="no resting state"):  # the nullclines meet up to b = 5 - sqrt(22.4) = 0.267
        MODEL.rest(b=0.27)
    assert MODEL.rest(b=0.266)["v"] < -59


def test_regular_spiking_cell_loses_its_rest_by_hopf_just_before_the_saddle_node():
    """The trace of the Jacobian, 0.08 v + 5 - a, vanishes at I = 3.7975; the nullclines part at I = 4."""
    hopf = -(0.04 * 62.25**2 - (5 - 0.2) * 62.25 + 140)
    assert hopf == pytest.approx(3.7975)

    def nudged(I):
        v = (-4.8 - math.sqrt(4.8**2 - 0.16 * (140 + I))) / 0.08
        start = {"v": v + 0.01, "u": 0.2 * v}
        return np.abs(sb.simulate(MODEL, I, 2000, initial=start).V - v), sb.simulate(MODEL, I, 4000, initial=start)

    below, at_rest = nudged(hopf - 0.02)
    above, firing = nudged(hopf + 0.02)
    assert below[-20000:].max() < below[:20000].max() / 5
    assert len(at_rest.spike_times) == 0
    assert above[-1000:].max() > 3 * above[:1000].max()
    assert len(firing.spike_times) > 0


def test_a_slow_ramp_fires_only_when_rest_is_gone_and_a_step_already_before():
    """A step to 3.78 finds a neuron that is not yet adapted; a ramp over seconds ends there silently."""
    slow = sb.simulate(MODEL, ramp(0, 3.78, 0, 10000), 10000, dt=0.05)
    quick = sb.simulate(MODEL, step(3.78, 100), 1000)
    assert (len(slow.spike_times), len(quick.spike_times) > 0) == (0, True)


def test_form_of_2007_is_the_same_neuron():
    """Roots and steepness of the parabola, u measured from b v_r, and all currents times C."""
    half = math.sqrt(25 - 4 * 0.04 * 140) / 0.08
    v_r, v_t, C = -62.5 - half, -62.5 + half, 25.0
    one = sb.simulate(MODEL, step(14, 10), 150, initial={"v": -65, "u": -13})
    same = dict(C=C, k=0.04 * C, v_r=v_r, v_t=v_t, v_peak=30, a=0.02, b=0.2 * C, c=-65, d=8 * C)
    shift = -0.2 * v_r * C
    other = sb.simulate(
        MODEL_2007, step(14 * C, 10) + step(shift), 150, initial={"v": -65, "u": -13 * C + shift}, **same
    )
    assert len(one.spike_times) >= 5
    np.testing.assert_allclose(other.spike_times, one.spike_times, rtol=0, atol=1e-8)
    np.testing.assert_allclose(other.u / C + 0.2 * v_r, one.u, rtol=0, atol=1e-8)


# ---- 2007


@pytest.mark.parametrize("name", CELLS_2007)
def test_cells_of_2007_fire_as_a_tight_solver_says(name):
    C, k, v_r, v_t, v_peak, a, b, c, d = CELLS_2007[name].values()

    def slopes(t, x):
        return [(k * (x[0] - v_r) * (x[0] - v_t) - x[1] + (600 if t > 10 else 0)) / C, a * (b * (x[0] - v_r) - x[1])]

    exact, _ = solve(slopes, [v_r, 0], 300, v_peak, lambda x: [c, x[1] + d], [10])
    trace = sb.simulate(MODEL_2007, step(600, 10), 300, **CELLS_2007[name])
    assert trace.v[0] == pytest.approx(v_r)
    assert len(exact) > 5
    np.testing.assert_allclose(trace.spike_times, exact, rtol=0, atol=1e-3)


def test_cells_of_2007_do_what_they_are_called():
    RS, IB, CH = (np.diff(sb.simulate(MODEL_2007, step(500, 10), 1000, **c).spike_times) for c in CELLS_2007.values())
    assert np.all(np.diff(RS[:9]) > 0) and np.ptp(RS[-20:]) < 1e-3  # adapts, then is regular
    assert IB[0] < 0.25 * IB[-1] and IB[1:].min() > 4 * IB[0]  # a burst, then single spikes
    pauses = CH > 20
    assert CH[~pauses].max() < 7 and np.count_nonzero(pauses) > 20  # bursts again and again


def test_rheobase_of_the_regular_spiking_cell_of_2007_is_the_books():
    """With b < 0 rest is lost in a saddle-node, at (k (v_t - v_r) + b)^2 / (4 k) = 51.4 pA."""
    rheobase = (0.7 * 20 - 2) ** 2 / (4 * 0.7)
    below, above = (sb.simulate(MODEL_2007, step(rheobase + d), 3000, dt=0.05).spike_times for d in (-0.3, 0.3))
    assert (len(below), len(above) > 0) == (0, True)


# ---- convergence


START = {"v": -70.0, "u": -14.0}


def swing(t):
    return 12 + 8 * math.sin(2 * math.pi * 0.03 * t)


EXACT, _ = solved(0.1, 0.2, -65, 2, list(START.values()), 60, swing, longest=0.1)


def error(method, dt, current=None):
    current = current or step(12) + sine(8, frequency=30)
    spikes = sb.simulate(MODEL, current, 60, dt=dt, method=method, initial=START, a=0.1, d=2).spike_times
    assert len(spikes) == len(EXACT) == 12
    return math.sqrt(np.mean((spikes - EXACT) ** 2))


def test_rk4_converges_with_order_4_across_resets():
    assert order(lambda n: error("rk4", 60 / n), 2000, 16000) == pytest.approx(4, abs=0.1)


def test_the_published_scheme_converges_with_order_1():
    assert order(lambda n: error("euler", 60 / n), 20000, 160000) == pytest.approx(1, abs=0.1)


def test_the_adaptive_method_finds_the_spikes_at_any_interval_of_results():
    for dt in (0.5, 0.1, 0.02):
        assert error("adaptive", dt) < 1e-4 * dt**2 + 2e-8  # the input is a parabola through three values a step


def test_rk4_loses_its_order_when_the_current_is_held_over_a_step():
    """Control: a reset alone would not lower the order, the input does."""

    def held(n):
        return error("rk4", 60 / n, [swing(i * 60 / n) for i in range(n)])

    assert order(held, 2000, 8000) < 1.5


def test_largest_step_of_rk4_still_finds_every_spike_and_twice_as_much_loses_some():
    coarse = replace(MODEL, largest_step=math.inf)
    exact, *runs = (
        sb.simulate(model, 10, 200, dt=dt, method=method, a=0.1, d=2).spike_times
        for model, dt, method in ((MODEL, 0.01, "adaptive"), (MODEL, 0.1, "rk4"), (coarse, 0.25, "rk4"))
    )
    assert len(runs[0]) == len(exact) > len(runs[1])
    assert abs(runs[0] - exact).max() < 0.02


# ---- the article's formula


def dv_as_printed(v, u, I):
    return 0.04 * v + 5 * v + 140 - u + I


AS_PRINTED = replace(MODEL, name="as printed", derivatives={"v": dv_as_printed, "u": MODEL.derivatives["u"]})


def test_without_the_square_the_neuron_runs_off_to_minus_infinity_and_is_refused():
    start = {"v": -65, "u": -13}
    linear = np.array([[5.04, -1, 150], [0.004, -0.02, 0], [0, 0, 0]])  # rows v', u' and the constant 1
    expected = (expm(2 * linear) @ [-65, -13, 1])[0]
    assert expected < -700000
    assert sb.simulate(AS_PRINTED, 10, 2, initial=start).V[-1] == pytest.approx(expected, rel=1e-6)
    for method in (None, "euler", "adaptive"):
        with pytest.raises(Diverged, match="as printed"):
            sb.simulate(AS_PRINTED, 10, 300, method=method, initial=start)


def test_without_the_square_it_fires_only_for_extreme_drive():
    """v' = 5.04 v + 140 - u + I is positive at v = -65, u = -13 from I = 174.6 on."""
    start = {"v": -65, "u": -13}
    assert sb.simulate(AS_PRINTED, 174.5, 1, initial=start).V[-1] < -65
    assert len(sb.simulate(AS_PRINTED, 175, 5, initial=start).spike_times) > 0


# ---- the whole range


examples = settings(derandomize=True, deadline=None, max_examples=150, database=None)
PARAMETERS = st.fixed_dictionaries({name: st.floats(p.low, p.high) for name, p in MODEL.parameters.items()})
STATES = st.fixed_dictionaries({"v": st.floats(-120, 29.9), "u": st.floats(-50, 50)})


def check_sound(trace, peak):
    for name in trace.names:
        assert np.isfinite(trace[name]).all()
    assert trace.V.max() < peak
    assert np.all(np.diff(trace.spike_times) > 0)
    assert np.all((trace.spike_times > 0) & (trace.spike_times <= trace.t[-1]))


@examples
@given(PARAMETERS, STATES, st.floats(*MODEL.current_range), st.sampled_from(["rk4", "adaptive"]))
def test_every_neuron_whose_recovery_holds_it_back_has_a_sound_run(parameters, state, current, method):
    assume(parameters["a"] >= 0)
    assume(parameters["d"] >= -0.5 * parameters["a"] * (30 - parameters["c"]))
    check_sound(sb.simulate(MODEL, current, 30, method=method, initial=state, **parameters), 30)


@examples
@given(PARAMETERS, STATES, st.floats(*MODEL.current_range))
def test_every_other_neuron_has_a_sound_run_or_is_refused(parameters, state, current):
    try:
        trace = sb.simulate(MODEL, current, 30, initial=state, **parameters)
    except Diverged as reason:
        assert "without end" in str(reason) or "unstable" in str(reason)
        assert parameters["a"] < 0 or parameters["d"] < -0.5 * parameters["a"] * (30 - parameters["c"])
        return
    check_sound(trace, 30)


def test_spikes_run_away_below_the_limit_that_the_module_states_and_not_above():
    limit = -0.02 * (30 + 65)
    above = sb.simulate(MODEL, 10, 3000, d=limit + 0.2)
    assert np.diff(above.spike_times)[-1] == pytest.approx(np.diff(above.spike_times)[-10], rel=1e-4)
    with pytest.raises(Diverged, match="without end"):
        sb.simulate(MODEL, 10, 3000, d=limit - 0.4)


PARAMETERS_2007 = {name: st.floats(p.low, p.high) for name, p in MODEL_2007.parameters.items()}


@examples
@given(st.fixed_dictionaries(PARAMETERS_2007), st.floats(*MODEL_2007.current_range), st.floats(-120, -1))
def test_every_neuron_of_2007_has_a_sound_run(parameters, current, v):
    assume(parameters["c"] < parameters["v_peak"] and v < parameters["v_peak"])
    trace = sb.simulate(MODEL_2007, current, 30, initial={"v": v, "u": 0}, **parameters)
    check_sound(trace, parameters["v_peak"])


# ---- errors


@pytest.mark.parametrize(
    "settings, message",
    [
        (dict(dt=0.5), "dt = 0.5 ms is too coarse for Izhikevich by rk4 (use at most 0.1 ms)"),
        (dict(dt=1, method="euler"), "dt = 1 ms is too coarse for Izhikevich by euler (use at most 0.5 ms)"),
        (dict(c=35), "c = 35 mV is outside the range of Izhikevich: use -100 to 0 mV (voltage after a spike)"),
        (dict(e=0.1), "unknown parameter 'e'"),
        (dict(initial={"V": -60}), "the state of Izhikevich is v, u"),
        (dict(initial={"v": 30, "u": 0}), "is not below the threshold of Izhikevich, 30"),
        (dict(current=1000), "current reaches 1000 , outside the range of Izhikevich"),
        (dict(method="exponential_euler"), "does not suit Izhikevich; use 'rk4', 'euler', 'adaptive'"),
    ],
)
def test_mistakes_are_answered_with_what_to_do(settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        sb.simulate(MODEL, **{"duration": 10, **settings})


def test_a_reset_above_the_peak_is_refused():
    with pytest.raises(ValueError, match="reset to -20 mV .*, which is not below its threshold of -21 mV"):
        replace(MODEL_2007, parameters={**MODEL_2007.parameters, "v_peak": Parameter(-21.0, "mV", "peak")}).values(
            c=-20
        )


def test_a_trace_knows_its_voltage_by_both_names():
    trace = sb.simulate(MODEL, 10, 20)
    assert trace.names == ("t", "v", "u", "current")
    np.testing.assert_array_equal(trace.V, trace.v)
    assert isinstance(izhikevich.MODEL, Model)
