"""Populations: neuron by neuron the same as `simulate`, for every model, method and kind of input; independent of how the
neurons are numbered, divided and shared out; right against independent simulators and closed forms."""

import inspect
import math
import pickle
import re
from functools import cache

import fresh
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from reference import load

import spikebook as sb
from spikebook import izhikevich, population, simulate_population
from spikebook.hodgkin_huxley import MODEL
from spikebook.methods import available
from spikebook.reduced_models import (
    ADAPTIVE_EXPONENTIAL,
    ADAPTIVE_EXPONENTIAL_PATTERNS,
    EXPONENTIAL,
    FITZHUGH_NAGUMO,
    LEAKY,
    QUADRATIC,
)
from spikebook.simulation import Diverged
from spikebook.stimuli import noise, pulses, ramp, sine, step

REFERENCE = load("hodgkin_huxley")

# The currents that each model is given: from silence to fast firing.
CURRENTS = {
    "hodgkin_huxley.MODEL": (0, 30),
    "izhikevich.MODEL": (0, 20),
    "izhikevich.MODEL_2007": (0, 400),
    "firing_patterns.CLASS_1": (0, 40),
    "firing_patterns.ACCOMMODATING": (0, 20),
    "reduced_models.HODGKIN_HUXLEY_2D": (0, 30),
    "reduced_models.MORRIS_LECAR": (0, 150),
    "reduced_models.FITZHUGH_NAGUMO": (0, 1.2),
    "reduced_models.LEAKY": (0, 10),
    "reduced_models.QUADRATIC": (0, 8),
    "reduced_models.EXPONENTIAL": (0, 8),
    "reduced_models.ADAPTIVE_EXPONENTIAL": (0, 1500),
    "added_currents.CONNOR_STEVENS": (0, 30),
    "added_currents.ADAPTING": (0, 10),
    "added_currents.BURSTING": (0, 5),
    "permeability.MEMBRANE": (60, 300),  # it makes no spikes, but each of these currents brings it above 0 mV once
}
MODELS = {name: getattr(getattr(sb, name.split(".")[0]), name.split(".")[1]) for name in CURRENTS}

# Each method with models of every kind, and each model with the methods that it is used with. The others, which are
# made of the same lines, are compiled only in the slow tests.
USUAL = {
    ("hodgkin_huxley.MODEL", "rk4"),
    ("hodgkin_huxley.MODEL", "exponential_euler"),
    ("hodgkin_huxley.MODEL", "euler"),
    ("hodgkin_huxley.MODEL", "adaptive"),
    ("izhikevich.MODEL", "rk4"),
    ("izhikevich.MODEL", "euler"),
    ("izhikevich.MODEL_2007", "rk4"),
    ("izhikevich.MODEL_2007", "euler"),
    ("firing_patterns.CLASS_1", "rk4"),
    ("firing_patterns.ACCOMMODATING", "euler"),
    ("reduced_models.HODGKIN_HUXLEY_2D", "exponential_euler"),
    ("reduced_models.MORRIS_LECAR", "rk4"),
    ("reduced_models.FITZHUGH_NAGUMO", "rk4"),
    ("reduced_models.LEAKY", "rk4"),
    ("reduced_models.LEAKY", "exponential_euler"),
    ("reduced_models.LEAKY", "euler"),
    ("reduced_models.QUADRATIC", "exponential_euler"),
    ("reduced_models.EXPONENTIAL", "adaptive"),
    ("reduced_models.ADAPTIVE_EXPONENTIAL", "adaptive"),
    ("added_currents.CONNOR_STEVENS", "exponential_euler"),
    ("added_currents.ADAPTING", "exponential_euler"),
    ("added_currents.BURSTING", "exponential_euler"),
    ("permeability.MEMBRANE", "rk4"),
}
IMPOSSIBLE = ("reduced_models.ADAPTIVE_EXPONENTIAL", "rk4")  # too steep at its peak, for a single neuron too
COMBINATIONS = [
    pytest.param(name, method, marks=() if (name, method) in USUAL else pytest.mark.slow, id=f"{name}-{method}")
    for name, model in MODELS.items()
    for method in available(model)
    if (name, method) != IMPOSSIBLE
]
TIME = 1e-9  # ms: populations round some products and quotients otherwise than `simulate`


def own(run, neuron):
    """Spike times of one neuron of a population."""
    return run.spike_times[run.spike_ids == neuron]


def pick(value, neuron):
    """What one neuron gets of an argument that may hold one value for each."""
    return value[neuron] if isinstance(value, (list, np.ndarray)) else value


def check_same(run, model, current, initial=None, neurons=None, exact=False, **settings):
    """Every neuron's spikes, recorded variables and final state are those that `simulate` gives it; returns how many
    spikes were compared."""
    spikes = 0
    for neuron in range(len(run)) if neurons is None else neurons:
        named = {name: pick(value, neuron) for name, value in settings.items()}
        start = None if initial is None else {name: pick(value, neuron) for name, value in initial.items()}
        method, duration, dt = run.method, run.duration, run.dt
        trace = sb.simulate(model, pick(current, neuron), duration, dt, method, start, **named)
        times = own(run, neuron)
        assert len(times) == len(trace.spike_times), neuron
        np.testing.assert_allclose(times, trace.spike_times, rtol=0, atol=0 if exact else TIME)
        for name in model.state:
            loose = 0 if exact else 1e-9 * max(1, np.ptp(trace[name]))
            np.testing.assert_allclose(run.state[name][neuron], trace[name][-1], rtol=0, atol=loose)
            if name in run._records:
                np.testing.assert_allclose(getattr(run, name)[neuron], trace[name], rtol=0, atol=loose)
        spikes += len(times)
    return spikes


def check_sorted(run):
    assert len(run.spike_times) == len(run.spike_ids) == run.spike_counts.sum()
    assert np.all(np.diff(run.spike_times) >= 0)
    np.testing.assert_array_equal(run.spike_counts, np.bincount(run.spike_ids, minlength=len(run)))


def check_identical(one, other):
    np.testing.assert_array_equal(one.spike_times, other.spike_times)
    np.testing.assert_array_equal(one.spike_ids, other.spike_ids)
    for name in one.state:
        np.testing.assert_array_equal(one.state[name], other.state[name])


# ---- the same as one neuron after the other


def test_every_model_of_the_package_is_among_those_tested():
    modules = [module for name in sb.__all__ if inspect.ismodule(module := getattr(sb, name))]
    found = {id(thing) for module in modules for thing in vars(module).values() if isinstance(thing, sb.Model)}
    assert found == set(map(id, MODELS.values()))
    assert {name for name, _ in USUAL} == set(MODELS)


@pytest.mark.parametrize("name, method", COMBINATIONS)
def test_each_neuron_does_what_simulate_says(name, method):
    """To the bit where nothing is rounded otherwise: without gates, by the methods that populations take as they are."""
    model, currents = MODELS[name], np.linspace(*CURRENTS[name], 7)
    run = simulate_population(model, currents, duration=100, method=method, record=model.state)
    check_sorted(run)
    exact = method in ("euler", "adaptive") and not model.gates
    assert check_same(run, model, currents, exact=exact) >= 6
    assert run.V.shape == (7, 10_001) and len(run.t) == 10_001


def test_the_comparison_tells_methods_apart():
    """Control: another method, and another neuron's spikes, are not the same."""
    run = simulate_population(MODEL, np.array([10.0, 12.0]), duration=20, method="exponential_euler")
    run.method = "rk4"
    with pytest.raises(AssertionError):
        check_same(run, MODEL, np.array([10.0, 12.0]))
    run.method = "exponential_euler"
    with pytest.raises(AssertionError):
        check_same(run, MODEL, np.array([12.0, 10.0]))


def test_what_one_neuron_cannot_do_a_population_cannot_either():
    name, method = IMPOSSIBLE
    for simulate in (sb.simulate, simulate_population):
        with pytest.raises(Diverged, match="rk4 with dt = 0.01 ms is unstable for adaptive exponential"):
            simulate(MODELS[name], 1500.0, duration=100, method=method)


COURSES = {
    "step": step(9, 2, 21),
    "ramp": ramp(0, 14, 1.003, 25),
    "sine": step(6) + sine(5, 90, 2, 24.5),
    "pulses": pulses(20, [3, 15.005], 0.7),
    "noise": noise(3, 30, seed=4, mean=8),
}
STARTS = {"V": np.array([-65.0, -70, -60, -75, -55]), "h": np.linspace(0.3, 0.9, 5)}
CHANGES = {"g_K": np.linspace(30, 40, 5), "E_L": np.linspace(-56, -53, 5), "celsius": np.array([6.3, 20, 0, 12, 30])}


@pytest.mark.parametrize("method", ["exponential_euler", "rk4"])
def test_hodgkin_huxley_neurons_with_parameters_starts_and_stimuli_of_their_own(method):
    currents = list(COURSES.values())
    how = {"duration": 30, "method": method}
    run = simulate_population(MODEL, currents, initial=STARTS, record=["V", "h"], g_Na=110, **how, **CHANGES)
    assert check_same(run, MODEL, currents, STARTS, g_Na=110, **CHANGES) >= 5
    assert "m" not in run._records


def test_neurons_start_at_the_rest_of_their_own_parameters():
    run = simulate_population(MODEL, duration=1, record=MODEL.state, **CHANGES)
    for neuron in range(5):
        rest = MODEL.rest(**{name: value[neuron] for name, value in CHANGES.items()})
        for name in MODEL.state:
            assert getattr(run, name)[neuron, 0] == rest[name]
            np.testing.assert_allclose(getattr(run, name)[neuron], rest[name], rtol=0, atol=1e-9)


@pytest.mark.parametrize("method", ["exponential_euler", "rk4", "euler"])
def test_leaky_neurons_with_thresholds_resets_and_refractory_periods_of_their_own(method):
    own_values = dict(
        V_th=np.array([-50.0, -55, -45, -59, -52]),
        V_reset=np.array([-65.0, -60, -80, -62, -53]),
        t_ref=np.array([0.0, 2, 0.003, 7.777, 100]),
        C=np.array([1.0, 0.5, 2, 1, 0.2]),
    )
    start = {"V": np.array([-65.0, -58, -90, -60, -54])}
    rows = np.random.default_rng(3).uniform(-2, 14, (5, 4000))
    run = simulate_population(LEAKY, rows, duration=40, method=method, initial=start, record="V", **own_values)
    assert check_same(run, LEAKY, rows, start, exact=method == "euler", **own_values) >= 30
    assert np.all(run.V < own_values["V_th"][:, None] + 1e-9)


def test_izhikevich_cells_of_the_paper_as_one_population():
    """Each with its parameters, start and current; the author's scheme to the bit."""
    cells = list(izhikevich.CELLS.values())
    values = {name: np.array([cell.parameters[name] for cell in cells]) for name in "abcd"}
    start = {name: np.array([cell.initial[name] for cell in cells]) for name in "vu"}
    how = {"initial": start, "duration": 100, **values}
    currents = [cell.current for cell in cells]
    run = simulate_population(izhikevich.MODEL, currents, record="V", **how)
    assert run.method == "rk4" and run.v is run.V
    assert check_same(run, izhikevich.MODEL, currents, start, **values) >= 30
    rows = np.array([cell.published_current[:400] for cell in cells])
    run = simulate_population(izhikevich.MODEL, rows, dt=0.25, method="euler", **how)
    for k, cell in enumerate(cells):
        published = cell.simulate("published").spike_times
        np.testing.assert_array_equal(own(run, k), published[published < 100])
    assert run.spike_counts.min() >= 1


def test_adaptive_exponential_cells_of_the_paper_as_one_population():
    cells = {name: np.array(column) for name, column in _columns(ADAPTIVE_EXPONENTIAL_PATTERNS.values()).items()}
    currents = cells.pop("current")
    run = simulate_population(ADAPTIVE_EXPONENTIAL, currents, duration=200, dt=0.1, **cells)
    assert run.method == "adaptive"
    assert check_same(run, ADAPTIVE_EXPONENTIAL, currents, exact=True, **cells) >= 50


def _columns(rows):
    return {name: [row[name] for row in rows] for name in next(iter(rows))}


def test_one_stimulus_for_all_reaches_neurons_that_differ():
    values = dict(V_T=np.linspace(-59.9, -50, 4), t_ref=np.array([0, 1.7, 3, 8]))
    current = step(2, 5, 45) + sine(1.5, 60)
    run = simulate_population(EXPONENTIAL, current, duration=60, dt=0.1, record=["V"], **values)
    assert check_same(run, EXPONENTIAL, current, exact=True, **values) >= 10
    values = {"v_peak": np.array([35.0, 20, 50]), "c": np.array([-50.0, -60, -45]), "k": 0.8}
    current = ramp(0, 500, 5, 150)
    run = simulate_population(izhikevich.MODEL_2007, current, duration=150, **values)
    assert check_same(run, izhikevich.MODEL_2007, current, **values) >= 10
    values = {"a": np.array([0.7, 0.6, 0.8])}
    run = simulate_population(FITZHUGH_NAGUMO, step(0.5), duration=100, dt=0.05, **values)
    assert check_same(run, FITZHUGH_NAGUMO, step(0.5), **values) >= 4


def test_every_way_to_say_the_same_current_gives_the_same_spikes():
    ways = [10.0, np.full(3, 10.0), [10, 10, 10], step(10), [step(10)] * 3, [step(10), 10, np.full(2000, 10)]]
    ways += [np.full((3, 2000), 10.0), [np.full(2000, 10.0)] * 3, [[10.0] * 2000] * 3]
    first, *others = (simulate_population(MODEL, way, duration=20, g_K=np.full(3, 36.0)) for way in ways)
    assert first.spike_counts.tolist() == [2, 2, 2]
    for other in others:
        np.testing.assert_array_equal(other.spike_ids, first.spike_ids)
        np.testing.assert_allclose(other.spike_times, first.spike_times, rtol=0, atol=TIME)


# ---- however the neurons are arranged


@cache
def many(kind, n=600):
    """A population in which every neuron differs: its model and arguments."""
    draws = np.random.default_rng(n).random((3, n))
    model, low, high, values = {
        "gates": (MODEL, 0, 30, {"g_K": 30 + 10 * draws[1]}),
        "reset": (LEAKY, 0, 10, {"V_th": -55 + 10 * draws[1], "t_ref": 3 * draws[2]}),
        "published": (izhikevich.MODEL, 0, 20, {"a": 0.02 + 0.08 * draws[1], "d": 8 * draws[2]}),
        "adaptive": (ADAPTIVE_EXPONENTIAL, 0, 1500, {"b": 100 * draws[1]}),
    }[kind]
    how = {"method": "euler", "dt": 0.5} if kind == "published" else {"dt": 0.05}
    return model, {"current": low + (high - low) * draws[0], **values}, {"duration": 100, **how}


KINDS = ["gates", "reset", "published", "adaptive"]


def run_some(kind, which=slice(None), threads=None):
    model, each, how = many(kind)
    return simulate_population(model, **{name: value[which] for name, value in each.items()}, threads=threads, **how)


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_threads_changes_nothing(kind):
    alone = run_some(kind, threads=1)
    check_sorted(alone)
    assert alone.spike_counts.sum() > 1000
    for threads in (2, 3, 8, np.int64(2)):
        check_identical(alone, run_some(kind, threads=threads))


@pytest.mark.parametrize("kind", KINDS)
def test_neurons_in_another_order_do_the_same(kind):
    order = np.random.default_rng(0).permutation(600)
    straight, shuffled = run_some(kind), run_some(kind, order)
    assert not np.array_equal(straight.spike_counts, shuffled.spike_counts)
    np.testing.assert_array_equal(shuffled.spike_counts, straight.spike_counts[order])
    for name in straight.state:
        np.testing.assert_allclose(shuffled.state[name], straight.state[name][order], rtol=0, atol=1e-8)
    for k in range(0, 600, 7):
        np.testing.assert_allclose(own(shuffled, k), own(straight, order[k]), rtol=0, atol=TIME)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [1, 256, 300])
def test_two_parts_of_a_population_do_what_the_whole_does(kind, cut):
    whole, *parts = (run_some(kind, which) for which in (slice(None), slice(cut), slice(cut, None)))
    times = np.concatenate([part.spike_times for part in parts])
    ids = np.concatenate([parts[0].spike_ids, parts[1].spike_ids + cut])
    order = np.lexsort((times, ids))
    again = np.lexsort((whole.spike_times, whole.spike_ids))
    np.testing.assert_array_equal(ids[order], whole.spike_ids[again])
    np.testing.assert_allclose(times[order], whole.spike_times[again], rtol=0, atol=TIME)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 2, 255, 256, 257, 512, 600])
def test_neurons_at_the_edges_of_blocks_are_like_others(kind, n):
    model, each, how = many(kind)
    run = run_some(kind, slice(n))
    assert len(run) == len(run.spike_counts) == n and run.spike_ids.max(initial=0) < n
    check_sorted(run)
    values = {name: value for name, value in each.items() if name != "current"}
    edges = {0, n - 1, *(k for k in (254, 255, 256, 257, 511) if k < n)}
    check_same(run, model, each["current"], neurons=sorted(edges), **values)


def test_spikes_of_one_moment_are_in_order_of_neurons():
    run = simulate_population(izhikevich.MODEL, np.full(600, 10.0), duration=100, dt=0.5, method="euler")
    assert run.spike_counts.min() == run.spike_counts.max() >= 2
    np.testing.assert_array_equal(run.spike_ids, np.tile(np.arange(600), run.spike_counts[0]))


# ---- many spikes


def charging(current, C, g_L, E_L, V_th, V_reset, t_ref):
    """First spike time from rest and the interval between spikes of a leaky neuron; the charging of a capacitor."""
    end, tau = E_L + current / g_L, C / g_L
    return tau * np.log((end - E_L) / (end - V_th)), t_ref + tau * np.log((end - V_reset) / (end - V_th))


FAST = 1.5 / -math.expm1(-1.25 / 10)  # uA/cm2: the leaky neuron reaches its threshold in 1.25 ms, so it fires at 800 Hz


def check_800_Hz(run):
    """The k-th spike at k times 1.25 ms."""
    n, count = len(run), round(run.duration / 1.25) - 1
    check_sorted(run)
    assert set(run.spike_counts) <= {count, count + 1}  # the last falls on the end
    times = run.spike_times[: count * n].reshape(count, n)
    np.testing.assert_allclose(times, 1.25 * np.arange(1, count + 1)[:, None] * np.ones(n), rtol=0, atol=1e-8)


@pytest.mark.parametrize("n, duration", [(1, 4000), (600, 200), (257, 1000)])
@pytest.mark.parametrize("method", ["exponential_euler", "adaptive"])
def test_neurons_that_fire_at_800_Hz_are_followed_though_there_was_no_room_for_so_many_spikes(n, duration, method):
    assert 800 > 2 * population.USUAL_RATE and n * duration * 0.8 > 2 * 1024
    run = simulate_population(LEAKY, np.full(n, FAST), duration=duration, dt=0.1, method=method, t_ref=0.0)
    check_800_Hz(run)


def test_recorded_voltages_and_other_neurons_survive_the_want_of_room():
    """Fast neurons among silent ones: the run is resumed in the middle, and what was done before must stay."""
    currents = np.where(np.arange(600) % 3, 0.5, FAST)
    how = {"duration": 500, "dt": 0.1, "method": "exponential_euler", "t_ref": 0.0}
    run = simulate_population(LEAKY, currents, record="V", threads=1, **how)
    assert run.spike_counts.sum() > 600 * 500 * population.USUAL_RATE / 1000
    check_same(run, LEAKY, currents, neurons=[0, 1, 254, 255, 256, 509, 510, 511, 512, 597, 599], t_ref=0.0)


@settings(derandomize=True, deadline=None, max_examples=100, database=None)
@given(st.data())
def test_leaky_neurons_fire_when_the_formula_says(data):
    """All over the documented ranges, every parameter an array: spike k at first + k interval."""
    ranges = {name: (p.low, p.high) for name, p in LEAKY.parameters.items()}
    values = {name: data.draw(arrays(float, 6, elements=st.floats(*limits))) for name, limits in ranges.items()}
    values["V_reset"] = np.minimum(values["V_reset"], values["V_th"] - 1)
    values["E_L"] = np.minimum(values["E_L"], values["V_th"] - 1)
    times_threshold = data.draw(arrays(float, 6, elements=st.floats(1.2, 10)))
    current = times_threshold * values["g_L"] * (values["V_th"] - values["E_L"])
    assume(np.all(current <= 100))
    first, interval = charging(current, **values)
    assume(np.all(interval > 0.2))
    run = simulate_population(LEAKY, current, duration=50, dt=0.1, method="exponential_euler", **values)
    for neuron in range(6):
        times = own(run, neuron)
        np.testing.assert_allclose(
            times, first[neuron] + interval[neuron] * np.arange(len(times)), rtol=1e-9, atol=1e-8
        )
        assert abs(len(times) - max(0, (50 - first[neuron]) / interval[neuron] + 1)) < 1 + 1e-6


# ---- against independent simulators


def thresholds(fires, low, high, size=16, rounds=4):
    """Where `fires`, asked for a row of rising strengths for every question, changes from no to yes."""
    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    question = np.arange(len(low))
    for _ in range(rounds):
        strengths = np.geomspace(low, high, size, axis=1)
        answers = fires(strengths)
        assert answers[:, -1].all() and not answers[:, 0].any()
        first = answers.argmax(axis=1)
        low, high = strengths[question, first - 1], strengths[question, first]
    return np.sqrt(low * high)


def tops(V):
    return (V[:, 1:-1] > V[:, :-2]) & (V[:, 1:-1] >= V[:, 2:])


@pytest.mark.parametrize("method, dt, tolerance", [("rk4", 0.01, 5e-4), ("exponential_euler", 0.025, 5e-3)])
def test_second_of_two_pulses_needs_what_the_reference_says(method, dt, tolerance):
    """The refractory and the supernormal period, by the protocol of the reference; one population a refinement. At twice
    the threshold and more the top of the spike may come within the pulse, where the protocol does not count it."""
    expected = REFERENCE["paired_pulse"]["second_threshold_uA_cm2_by_gap_ms"]
    gaps = np.array([*map(float, expected)])

    def fires(strengths):
        currents = [step(20, 1, 2) + step(a, 1 + gap, 2 + gap) for gap, row in zip(gaps, strengths) for a in row]
        run = simulate_population(MODEL, currents, duration=60, dt=dt, method=method, record="V")
        late = run.t[1:-1] > 2.05 + np.repeat(gaps, strengths.shape[1])[:, None]
        return (tops(run.V) & (run.V[:, 1:-1] > 0) & late).any(axis=1).reshape(strengths.shape)

    strengths = np.array([*expected.values()])
    np.testing.assert_allclose(thresholds(fires, 0.7 * strengths, 1.4 * strengths), strengths, rtol=tolerance)


@pytest.mark.parametrize("method, tolerance", [("rk4", 1e-4), ("exponential_euler", 5e-4)])
def test_steady_firing_rates_are_those_of_the_reference(method, tolerance):
    """The f-I curve in one call. Above about 65 uA/cm2 the oscillation no longer crosses 0 mV, so that there maxima count."""
    expected = {float(current): rate for current, rate in REFERENCE["steady_firing_Hz"].items()}
    run = simulate_population(MODEL, [*expected], duration=2000, method=method, record="V")
    for k, (current, rate) in enumerate(expected.items()):
        times = run.t[1:-1][tops(run.V)[k]] if current > 65 else own(run, k)
        times = times[times > 1000]
        assert 1000 * (len(times) - 1) / (times[-1] - times[0]) == pytest.approx(rate, rel=tolerance)
    assert run.spike_counts[-1] <= 2


def test_steps_of_current_need_the_strength_of_the_reference_for_one_two_and_three_spikes():
    expected = REFERENCE["step_threshold_uA_cm2"]

    def fires(strengths):
        currents = [step(strength, 10, 110) for strength in strengths.flat]
        run = simulate_population(MODEL, currents, duration=130, method="rk4")
        return run.spike_counts.reshape(strengths.shape) >= np.array([[1], [2], [3]])

    found = thresholds(fires, [1.0] * 3, [10.0] * 3)
    np.testing.assert_allclose(found, [expected[name] for name in ("one_spike", "two", "three")], rtol=1e-4)


@pytest.mark.parametrize("method, spikes", [("exponential_euler", 65_188), ("rk4", 65_212)])
def test_a_thousand_neurons_fire_as_often_as_other_programs_say(method, spikes):
    """Workload W2 of the benchmarks; Brian2, NEURON and code written by hand give these totals by the same schemes."""
    run = simulate_population(MODEL, np.linspace(0, 30, 1000), duration=1000, dt=0.025, method=method)
    check_sorted(run)
    assert run.spike_counts.sum() == spikes


# ---- what comes back


def test_a_population_says_what_it_is_and_what_it_has():
    run = simulate_population(MODEL, np.array([2.0, 10.0]), duration=20, record="n", g_K=np.array([36.0, 30.0]))
    assert (run.model, run.method, run.dt, run.duration) == (MODEL, "exponential_euler", 0.01, 20)
    np.testing.assert_array_equal(run.parameters["g_K"], [36, 30])
    assert run.parameters["g_Na"] == 120 and list(run.parameters) == list(MODEL.parameters)
    assert run.n.shape == (2, 2001) and run.t[-1] == pytest.approx(20)
    np.testing.assert_array_equal(run.n[:, -1], run.state["n"])
    assert repr(run) == "<Population of 2 Hodgkin-Huxley neurons: 20 ms, 2 spikes, exponential_euler, dt = 0.01 ms>"
    with pytest.raises(AttributeError, match=r"'V' was not recorded; ask for it with record=\['V'\]"):
        _ = run.V
    copied = pickle.loads(pickle.dumps(run))
    check_identical(run, copied)
    np.testing.assert_array_equal(copied.n, run.n)


def test_one_neuron_is_a_population_too():
    run = simulate_population(MODEL, 3.0, duration=20)
    assert repr(run) == "<Population of 1 Hodgkin-Huxley neuron: 20 ms, 1 spike, exponential_euler, dt = 0.01 ms>"
    assert len(run) == 1 and run.spike_ids.tolist() == [0]


def test_silence_is_no_error():
    run = simulate_population(MODEL, np.zeros(3), duration=5)
    assert run.spike_counts.tolist() == [0, 0, 0]
    assert len(run.spike_times) == len(run.spike_ids) == 0


def test_what_was_given_stays_as_it_was():
    start, g_K, rows = np.array([-65.0, -60.0]), np.array([36.0, 30.0]), np.full((2, 1000), 10.0)
    simulate_population(MODEL, rows, duration=10, initial={"V": start}, g_K=g_K)
    assert start.tolist() == [-65, -60] and g_K.tolist() == [36, 30] and np.all(rows == 10)


@pytest.mark.skipif(not fresh.HAS_PEAK_MEMORY, reason="peak memory is read from /proc")
def test_memory_is_taken_for_what_is_recorded_only():
    """10,000 neurons in 2,000 steps: 160 MB for the voltages, little without."""
    script = """
        import numpy as np, spikebook as sb

        def peak(n, record):
            how = dict(duration=1000, dt=0.5, method="euler", record=record, threads=1)
            run = sb.simulate_population(sb.izhikevich.MODEL, np.linspace(0, 20, n), **how)
            return peak_memory()

        before = [peak(10, ()), peak(10, "V")][1]  # everything compiled
        print(before, peak(10_000, ()), peak(10_000, "V"))
    """
    before, without, recorded = map(int, fresh.python(script).split())
    assert recorded - before > 1.4e8
    assert without - before < 0.2 * (recorded - before)


def small_runs():
    """A small population of each kind, whose every number must not depend on Numba."""
    rows = np.random.default_rng(3).uniform(-2, 14, (3, 1000))
    cells = dict(V_th=np.array([-50.0, -55, -45]), t_ref=np.array([0, 2, 0.003]))
    slow = {"dt": 0.1, "record": "V"}
    return {
        "gates": simulate_population(
            MODEL, np.array([0.0, 7, 20]), duration=20, record=MODEL.state, celsius=[6.3, 9, 12]
        ),
        "gates, rk4": simulate_population(MODEL, COURSES["noise"], duration=20, method="rk4", g_K=[36.0, 30, 40]),
        "gates, own": simulate_population(MODEL, [*COURSES.values()], duration=20, initial=STARTS),
        "reset": simulate_population(LEAKY, rows, duration=100, method="exponential_euler", **slow, **cells),
        "reset, rk4": simulate_population(LEAKY, rows, duration=100, **slow, **cells),
        "reset, euler": simulate_population(LEAKY, 5.0, duration=100, method="euler", **slow, **cells),
        "published": simulate_population(izhikevich.MODEL, [4.0, 10, 15], duration=200, dt=0.5, method="euler"),
        "two": simulate_population(FITZHUGH_NAGUMO, [step(0.5), sine(0.6, 20)], duration=100, **slow),
        "steep": simulate_population(ADAPTIVE_EXPONENTIAL, [0.0, 700, 1500], duration=50, **slow),
        "fast": simulate_population(LEAKY, FAST, duration=2000, method="exponential_euler", t_ref=0, **slow),
        "quadratic": simulate_population(QUADRATIC, [0.0, 3, 8], duration=100, method="exponential_euler", **slow),
    }


def small_arrays():
    """Every array of these runs, by 'run/quantity'."""
    return {
        f"{kind}/{name}": values
        for kind, run in small_runs().items()
        for name, values in [
            *run.state.items(),
            *run._records.items(),
            ("times", run.spike_times),
            ("ids", run.spike_ids),
        ]
    }


def test_numbers_are_the_same_without_numba(tmp_path):
    file = tmp_path / "plain.npz"
    script = f"""
        import sys
        sys.path[:0] = {[str(folder) for folder in (fresh_folder(),)]!r}
        import numpy as np, test_population
        from spikebook.compilation import has_numba
        assert not has_numba()
        np.savez(sys.argv[1], **{{name.replace("/", "|"): values for name, values in test_population.small_arrays().items()}})
    """
    fresh.python(script, file, without={"numba"})
    plain, compiled = np.load(file), small_arrays()
    assert len(plain.files) == len(compiled)
    for name, values in compiled.items():
        other = plain[name.replace("/", "|")]
        assert other.dtype == values.dtype and other.shape == values.shape, name
        if values.size:
            assert np.abs(other - values).max() <= 1e-9 * max(np.ptp(values), 1.0), name
    assert all(len(compiled[name]) >= 4 for name in compiled if name.endswith("/times"))


def fresh_folder():
    return fresh.__file__.rpartition("/")[0]


# ---- what cannot be

REFUSED = [
    (dict(current=[1.0, 2, 3], g_K=[36, 36]), "different numbers of neurons: g_K 2, current 3; give each one value"),
    (dict(g_K=[36, 36], E_K=[-77.0] * 3), "different numbers of neurons: g_K 2, E_K 3"),
    (dict(model=LEAKY, V_th=[-50, -51], V_reset=[-65.0] * 3), "different numbers of neurons: V_th 2, V_reset 3"),
    (dict(model=LEAKY, V_th=[-50, -51], initial={"V": [-65.0] * 3}), "of neurons: V_th 2, initial V 3"),
    (dict(initial={"V": [-65.0] * 3, "n": [0.3, 0.3]}), "of neurons: initial V 3, initial n 2"),
    (dict(current=[step(1), step(2)], g_K=[36.0] * 3), "of neurons: g_K 3, current 2"),
    (dict(g_K=[36, math.nan, 36]), "g_K[1] = nan mS/cm2 is not finite; give numbers in mS/cm2"),
    (dict(g_K=math.inf), "g_K = inf mS/cm2 is not finite"),
    (dict(current=[1, math.nan, 36]), "current[1] = nan uA/cm2 is not finite"),
    (dict(initial={"V": [-65, math.inf]}), "initial V[1] = inf mV is not finite"),
    (dict(g_K=[36, 36, -1]), "neuron 2: g_K = -1 mS/cm2 is outside the range of Hodgkin-Huxley: use 0 to 1000 mS/cm2"),
    (
        dict(celsius=[6.3, 50, 20]),
        "neuron 1: celsius = 50 degrees C is outside the range of Hodgkin-Huxley: use 0 to 40",
    ),
    (dict(g_K=1e4), "g_K = 10000 mS/cm2 is outside the range"),
    (dict(g_k=[36, 36]), "unknown parameter 'g_k': did you mean 'g_K'?"),
    (dict(I=3), "unknown parameter 'I'"),
    (dict(g_K=np.ones((2, 2))), "g_K has shape (2, 2); give one number in mS/cm2, or one a neuron"),
    (dict(g_K=[]), "g_K has shape (0,); give one number in mS/cm2, or one a neuron"),
    (dict(current=[]), "current has shape (0,); give one number in uA/cm2, or one a neuron"),
    (dict(current=np.ones((0, 1000))), "current has shape (0, 1000)"),
    (dict(current=np.ones((3, 7))), "neuron 0: current has shape (7,), but the simulation has 1000 steps of 0.01 ms"),
    (dict(current=[step(1), np.ones(7)]), "neuron 1: current has shape (7,), but the simulation has 1000 steps"),
    (dict(current=[np.ones(1000), np.ones(999)]), "neuron 1: current has shape (999,), but the simulation has 1000"),
    (dict(current=np.ones((3, 7, 2))), "neuron 0: current has shape (7, 2); give one row of values"),
    (dict(current=np.array([np.ones(1000), [1] * 500 + [math.nan] * 500])), "neuron 1: current[500] = nan uA/cm2"),
    (dict(current=[1, 600.0]), "current reaches 600 uA/cm2, outside the range of Hodgkin-Huxley: keep it between -500"),
    (dict(current=[step(1), step(-600)]), "current reaches -600 uA/cm2, outside the range"),
    (dict(record=["V", "v"]), "record has 'v', which Hodgkin-Huxley has not: use V, n, m, h"),
    (dict(record="I_Na"), "record has 'I_Na', which Hodgkin-Huxley has not"),
    (dict(method="rk5"), "method = 'rk5' does not suit Hodgkin-Huxley; use 'rk4', 'exponential_euler'"),
    (
        dict(model=izhikevich.MODEL, method="exponential_euler"),
        "does not suit Izhikevich; use 'rk4', 'euler', 'adaptive'",
    ),
    (dict(threads=0), "threads = 0 is no number of processors; give 1 or more, or None for all"),
    (dict(threads=1.5), "threads = 1.5 is no number of processors"),
    (dict(duration=-1), "duration = -1 ms is no duration"),
    (dict(dt=0.3), "dt = 0.3 ms is too coarse for Hodgkin-Huxley (use at most 0.05 ms)"),
    (dict(initial={"n": [0.1, 1.2]}), "initial n = 1.2 is a probability; give 0 to 1"),
    (dict(initial={"x": 0}), "initial has no 'x': the state of Hodgkin-Huxley is V, n, m, h"),
    (
        dict(model=LEAKY, V_th=[-50, -55, -50, -60], V_reset=[-65, -65, -65, -58]),
        "neuron 3: leaky integrate-and-fire is reset to -58 mV (V_reset), which is not below its threshold of -60 mV",
    ),
    (dict(model=LEAKY, V_th=[-50, -55, -60], V_reset=[-56.0, -56, -65]), None),
    (dict(model=LEAKY, V_th=[-50, -54, -58], V_reset=[-52.0, -53.5, -60]), None),
    (
        dict(model=LEAKY, V_th=[-50, -55, -60], V_reset=[-53.0, -54, -65]),
        "is reset to -54 mV (V_reset), which is not below",
    ),
    (
        dict(model=LEAKY, V_th=[-50, -55, -60], initial={"V": -58}),
        "initial V = -58 is not below the threshold of leaky",
    ),
    (dict(model=LEAKY, initial={"V": [-60, -50, -70]}), "initial V = -50 is not below the threshold of leaky"),
    (
        dict(current=np.zeros(100_000), duration=1000, record=["V", "n"]),
        "record = ['V', 'n'] of 100000 neurons would fill 160.0 GB; use fewer at a time, a shorter duration or a larger dt",
    ),
    (
        dict(current=[step(1)] * 10_000, duration=1000),
        "current of 10000 neurons would fill 24.0 GB; use fewer at a time",
    ),
]
MISUNDERSTOOD = [
    (dict(current="10"), "current must be one number in uA/cm2, not str"),
    (dict(current=None), "current must be one number in uA/cm2, not None"),
    (dict(current=[step(1), "10"]), "neuron 1: current must be one number in uA/cm2, not str"),
    (dict(current=[["a"] * 1000] * 2), "neuron 0: current must be a row of numbers in uA/cm2"),
    (dict(g_K=["a", "b"]), "g_K must be one number in mS/cm2, or a row of them, one a neuron"),
    (dict(g_K=step(3)), "g_K must be one number in mS/cm2, not <"),
    (dict(initial=[1, 2]), "initial must be a dict such as {'V': -60}"),
    (dict(record=3), "record = 3 must be a list of names among V, n, m, h"),
    (dict(record=None), "record = None must be a list of names"),
    (dict(duration=[1, 2]), "duration must be one number in ms"),
]


def attempt(arguments):
    return simulate_population(**{"model": MODEL, "duration": 10, **arguments})


@pytest.mark.parametrize("arguments, message", [case for case in REFUSED if case[1]])
def test_bad_values_are_refused_by_name_with_the_remedy(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        attempt(arguments)


@pytest.mark.parametrize("arguments, message", MISUNDERSTOOD)
def test_bad_types_are_refused_by_name(arguments, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        attempt(arguments)
