"""Channels one by one: their statistics against those of independent two-state gates, numbers of channels against channels
followed gate by gate, and the neuron they make against the linear theory of small noise and against the neuron without noise."""

import warnings
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm, solve_continuous_lyapunov
from scipy.stats import chi2

import spikebook as sb
from spikebook import Model, Parameter, channel_noise
from spikebook.added_currents import CONNOR_STEVENS
from spikebook.channel_noise import SQUID_CHANNELS, Channel, clamp_channels, simulate_channels, transitions
from spikebook.hodgkin_huxley import I_L, MODEL, alpha_h, alpha_m, alpha_n, beta_h, beta_m, beta_n
from spikebook.stimuli import step
from spikebook.voltage_clamp import voltage_clamp

PROBABILITY = st.floats(0, 1)


def steady(opening, closing):
    return opening / (opening + closing)


def binomial(k, n, p):
    return comb(n, k) * p**k * (1 - p) ** (n - k)


# ---- one step


@settings(derandomize=True, deadline=None, database=None)
@given(PROBABILITY, PROBABILITY, st.integers(1, 5))
def test_a_channel_moves_as_its_gates_do_one_by_one(opens, closes, gates):
    """Against the sum over all 2^gates patterns a step later."""
    matrix = transitions(opens, closes, gates)
    for i in range(gates + 1):
        expected = np.zeros(gates + 1)
        for pattern in range(2**gates):
            later = [bool(pattern >> gate & 1) for gate in range(gates)]
            chance = 1.0
            for gate, is_open in enumerate(later):
                p = 1 - closes if gate < i else opens
                chance *= p if is_open else 1 - p
            expected[sum(later)] += chance
        np.testing.assert_allclose(matrix[i], expected, rtol=1e-9, atol=1e-15)


def test_a_step_solves_the_master_equation_exactly_at_any_dt():
    """Four gates n at 0 mV for 0.3 ms and for 30: the exponential of the generator of the chain of five states."""
    opening, closing = float(alpha_n(0.0)), float(beta_n(0.0))
    generator = np.zeros((5, 5))
    for i in range(5):
        if i < 4:
            generator[i, i + 1] = (4 - i) * opening
        if i > 0:
            generator[i, i - 1] = i * closing
        generator[i, i] = -generator[i].sum()
    for dt in (0.3, 30.0):
        p, moved = steady(opening, closing), 1 - np.exp(-(opening + closing) * dt)
        np.testing.assert_allclose(transitions(p * moved, (1 - p) * moved, 4), expm(generator * dt), atol=1e-12)


# ---- channels under voltage clamp


@pytest.fixture(scope="module")
def potassium():
    """2000 potassium channels, held at 0 mV for 40 ms from a holding voltage of 0 mV: at equilibrium throughout."""
    return clamp_channels(MODEL, "I_K", 0.0, duration=40, count=2000, dt=0.05, holding=0.0, seed=1)


def test_the_open_fraction_is_n_to_the_fourth_with_the_variance_of_independent_channels(potassium):
    p = steady(alpha_n(0.0), beta_n(0.0)) ** 4
    numbers = potassium.open[:, ::40].sum(axis=0)  # every 2 ms: nearly independent
    assert numbers.mean() == pytest.approx(2000 * p, abs=4 * np.sqrt(2000 * p * (1 - p) / 8))
    groups = potassium.open.reshape(200, 10, -1).sum(axis=1)  # 200 patches of 10 channels
    assert groups.var() == pytest.approx(10 * p * (1 - p), rel=0.1)


def test_openings_are_correlated_over_the_time_that_gates_take(potassium):
    """For k independent gates <open(0) open(t)> = (p^2 + p (1 - p) exp(-t / tau))^k: not one exponential but four."""
    a, b = alpha_n(0.0), beta_n(0.0)
    p, tau = steady(a, b), 1 / (a + b)
    is_open = potassium.open.astype(float)
    for lag in (0, 4, 10, 20, 40, 80):
        pairs = is_open[:, : 801 - lag] * is_open[:, lag:]
        expected = (p**2 + p * (1 - p) * np.exp(-lag * 0.05 / tau)) ** 4
        error = pairs.mean(axis=1).std() / np.sqrt(2000)  # of channels, which are independent
        assert pairs.mean() == pytest.approx(expected, abs=4.5 * error)


def test_the_same_gates_with_another_exponent_would_be_noticed(potassium):
    """Control for the two tests above: three gates n instead of four."""
    p = steady(alpha_n(0.0), beta_n(0.0))
    is_open = potassium.open.astype(float)
    error = is_open.mean(axis=1).std() / np.sqrt(2000)
    assert abs(is_open.mean() - p**3) > 10 * error


def test_open_times_are_exponential_with_the_rate_at_which_any_gate_closes():
    """A potassium channel is open until the first of its four gates closes: 1 / (4 beta)."""
    V = -20.0
    recording = clamp_channels(MODEL, "I_K", V, duration=200, count=300, dt=0.005, holding=V, seed=2)
    times = []
    for channel in recording.open:
        changes = np.flatnonzero(np.diff(channel.astype(int)))
        starts = changes[~channel[changes]]
        stops = changes[channel[changes]]
        stops = stops[stops > starts[0]] if len(starts) else stops[:0]
        times.extend((stops - starts[: len(stops)]) * 0.005)
    times = np.array(times)
    mean = 1 / (4 * beta_n(V))
    assert len(times) > 1000
    assert times.mean() == pytest.approx(mean, rel=4 / np.sqrt(len(times)) + 0.02)
    assert times.std() == pytest.approx(mean, rel=0.1)


@pytest.mark.parametrize("name, E, g", [("I_K", -77, 36), ("I_Na", 50, 120)])
def test_after_a_step_the_mean_of_many_channels_is_the_current_of_the_clamped_membrane(name, E, g):
    command = step(65, start=2)
    recording = clamp_channels(MODEL, name, command, duration=12, count=4000, dt=0.02, seed=3)
    trace = voltage_clamp(MODEL, command, duration=12, dt=0.02)
    p = trace[name] / (g * (trace.V - E))
    error = np.sqrt(p * (1 - p) / 4000)
    score = (recording.open.mean(axis=0) - p) / np.maximum(error, 1e-4)
    assert np.abs(score).max() < 5
    assert np.abs(score).mean() < 1.5


def test_a_channel_conducts_20_picosiemens_or_nothing():
    recording = clamp_channels(MODEL, "I_Na", step(45, 1), duration=5, count=50, seed=4)
    pS = 20e-12 * (recording.V - 50) * 1e-3 * 1e12  # pA
    np.testing.assert_allclose(recording.current, np.where(recording.open, pS, 0.0), rtol=1e-12)
    assert recording.open.any()
    np.testing.assert_array_equal(recording.V, np.where(recording.t > 0.999, -20.0, -65.0))


# ---- numbers of channels


@pytest.mark.parametrize("name, steps", [("I_K", 30), ("I_Na", 8)])
def test_numbers_of_channels_are_distributed_as_channels_followed_gate_by_gate(name, steps):
    """20 channels, a while after a step: 2000 runs of their numbers, and of every gate, against the exact distribution."""
    holding, V, channel = -65.0, 0.0, SQUID_CHANNELS[name]

    def later(a, b):
        start, end = (steady(a(v), b(v)) for v in (holding, V))
        return end + (start - end) * np.exp(-(a(V) + b(V)) * steps * 0.05)

    n, m, h = later(alpha_n, beta_n), later(alpha_m, beta_m), later(alpha_h, beta_h)
    p = {"I_K": n**4, "I_Na": m**3 * h}[name]
    gates = clamp_channels(MODEL, name, V, duration=steps * 0.05, count=40000, dt=0.05, holding=holding, seed=5)
    by_gates = gates.open[:, -1].reshape(2000, 20).sum(axis=1)
    random = np.random.default_rng(6)
    chances = {x: channel_noise._chances(gate, V, 0.05, MODEL.values()) for x, gate in MODEL.gates.items()}
    by_numbers = np.empty(2000)
    for run in range(2000):
        occupied = channel_noise._draw(MODEL, channel, 20, holding, random)
        for _ in range(steps):
            occupied = channel_noise._move(occupied, channel, chances, random)
        by_numbers[run] = occupied.flat[-1]

    def surprise(numbers, p):
        """Chi-squared of the observed numbers, over its 99.99 % point."""
        cells = np.array([binomial(k, 20, p) for k in range(21)])
        keep = cells * len(numbers) >= 5
        observed = np.array([np.count_nonzero(numbers == k) for k in range(21)])
        observed = np.append(observed[keep], observed[~keep].sum())
        expected = np.append(cells[keep], cells[~keep].sum()) * len(numbers)
        return np.sum((observed - expected) ** 2 / expected) / chi2.ppf(0.9999, keep.sum())

    assert 0.05 < p < 0.9
    for numbers in (by_gates, by_numbers):
        assert surprise(numbers, p) < 1
        assert surprise(numbers, 1.1 * p) > 1  # control


@pytest.mark.parametrize("name", ["I_K", "I_Na"])
def test_a_run_at_a_fixed_voltage_has_the_mean_and_the_correlations_of_its_channels(name):
    """The leak alone moves the voltage and leaves it at E_L, while the channels play on: <open(0) open(t)> of a channel."""
    V, area, dt = -40.0, 20.0, 0.05
    trace = simulate_channels(MODEL, 0.0, duration=800, area=area, dt=dt, seed=7, g_Na=0.0, g_K=0.0, E_L=V)
    assert np.ptp(trace.V) < 1e-9
    pairs = {x: (float(gate.alpha(V)), float(gate.beta(V))) for x, gate in MODEL.gates.items()}
    gates, N = SQUID_CHANNELS[name].gates, trace.channels[name]
    slowest = max(1 / sum(pairs[x]) for x in gates)
    open_ = trace[name.replace("I_", "open_")]
    p = np.prod([steady(*pairs[x]) ** k for x, k in gates.items()])
    deviations = open_ - p
    independent = 800 / (2 * slowest)
    assert open_.mean() == pytest.approx(p, abs=4.5 * np.sqrt(p * (1 - p) / N / independent))
    for lag in (0, 5, 20, 60):
        joint = 1.0
        for x, k in gates.items():
            q = steady(*pairs[x])
            joint *= (q**2 + q * (1 - q) * np.exp(-sum(pairs[x]) * lag * dt)) ** k
        expected = (joint - p**2) / N
        measured = np.mean(deviations[: len(open_) - lag] * deviations[lag:])
        assert measured == pytest.approx(expected, abs=4.5 * p * (1 - p) / N * np.sqrt(2 / independent))


def linear_noise(area):
    """Standard deviation of V at rest, by the linear theory of small noise (van Kampen): the states of both channels as two
    Markov chains, coupled to the voltage."""
    rest, values = MODEL.rest(), MODEL.values()
    V, C = rest["V"], values["C"]

    def generator(V):
        """Rates from state to state of the 5 states of K and the 8 of Na (m, h), as matrices of [from, to]."""
        n, m, h = ((a(V), b(V)) for a, b in ((alpha_n, beta_n), (alpha_m, beta_m), (alpha_h, beta_h)))
        K, Na = np.zeros((5, 5)), np.zeros((8, 8))
        for i in range(4):
            K[i, i + 1], K[i + 1, i] = (4 - i) * n[0], (i + 1) * n[1]
        for j in range(2):
            for i in range(3):
                Na[2 * i + j, 2 * i + 2 + j], Na[2 * i + 2 + j, 2 * i + j] = (3 - i) * m[0], (i + 1) * m[1]
        for i in range(4):
            Na[2 * i, 2 * i + 1], Na[2 * i + 1, 2 * i] = h
        return K, Na

    p_n, p_m, p_h = (rest[x] for x in "nmh")
    K_at = np.array([binomial(k, 4, p_n) for k in range(5)])
    Na_at = np.array([binomial(i, 3, p_m) * binomial(j, 1, p_h) for i in range(4) for j in range(2)])
    drift, noise = np.zeros((14, 14)), np.zeros((14, 14))
    g_K, g_Na = values["g_K"], values["g_Na"]
    drift[0, 0] = -(g_K * K_at[-1] + g_Na * Na_at[-1] + values["g_L"]) / C
    drift[0, 5], drift[0, 13] = -g_K * (V - values["E_K"]) / C, -g_Na * (V - values["E_Na"]) / C
    for rates, later, at, first, N in zip(
        generator(V), generator(V + 1e-4), (K_at, Na_at), (1, 6), (18, 60), strict=True
    ):
        flows = at[:, None] * rates
        here = slice(first, first + len(at))
        drift[here, here] = (rates - np.diag(rates.sum(axis=1))).T
        change = at[:, None] * (later - rates) / 1e-4
        drift[here, 0] = change.sum(axis=0) - change.sum(axis=1)
        noise[here, here] = (np.diag(flows.sum(axis=0) + flows.sum(axis=1)) - flows - flows.T) / (N * area)
    keep = [0, *range(2, 6), *range(7, 14)]  # the states of a channel sum to 1: one of each is left out
    full = drift.copy()
    for first, last in ((1, 6), (6, 14)):
        full[:, first + 1 : last] -= drift[:, first : first + 1]
    covariance = solve_continuous_lyapunov(full[np.ix_(keep, keep)], -noise[np.ix_(keep, keep)])
    return np.sqrt(covariance[0, 0])


def test_the_voltage_noise_at_rest_is_that_of_the_linear_theory():
    area = 20000.0
    runs = [simulate_channels(MODEL, 0.0, 400, area=area, dt=0.02, seed=seed).V[1000:] for seed in range(2)]
    measured = np.sqrt(np.mean([V.var() for V in runs]))
    assert measured == pytest.approx(linear_noise(area), rel=0.15)


def test_with_more_channels_the_run_becomes_the_neurons_as_one_over_the_root_of_their_number():
    current = step(10, start=1)
    exact = sb.simulate(MODEL, current, 8, dt=0.02, method="exponential_euler").V
    areas = np.array([1e4, 1e6, 1e8])
    errors = []
    for area in areas:
        runs = [simulate_channels(MODEL, current, 8, area=area, dt=0.02, seed=seed).V for seed in range(6)]
        errors.append(np.sqrt(np.mean([(V - exact) ** 2 for V in runs])))
    slope = np.polyfit(np.log(areas), np.log(errors), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.07)
    assert errors[-1] < 0.05


def test_a_small_patch_fires_by_itself_and_a_large_one_does_not():
    """Without input the noiseless neuron rests for ever."""
    counts = [len(simulate_channels(MODEL, 0.0, 500, area=area, dt=0.05, seed=1).spike_times) for area in (5, 50, 5000)]
    assert counts[0] > counts[1] > counts[2] == 0


def test_spikes_are_those_of_the_voltage():
    trace = simulate_channels(MODEL, 10.0, 60, area=500, seed=8)
    crossings = np.flatnonzero((trace.V[:-1] < 0) & (trace.V[1:] >= 0))
    assert len(crossings) >= 3
    np.testing.assert_array_equal(np.floor(trace.spike_times / 0.01), crossings)


def test_recorded_currents_are_those_of_the_open_channels_and_move_the_voltage():
    trace = simulate_channels(MODEL, step(10, 1), 20, area=200, dt=0.01, seed=9)
    np.testing.assert_allclose(trace.I_K, 36 * trace.open_K * (trace.V + 77), rtol=1e-12)
    np.testing.assert_allclose(trace.I_Na, 120 * trace.open_Na * (trace.V - 50), rtol=1e-12, atol=1e-12)
    g = 36 * trace.open_K[1:] + 120 * trace.open_Na[1:] + 0.3
    E = (36 * trace.open_K[1:] * -77 + 120 * trace.open_Na[1:] * 50 + 0.3 * -54.387 + trace.current[:-1]) / g
    np.testing.assert_allclose(trace.V[1:], E + (trace.V[:-1] - E) * np.exp(-g * 0.01), rtol=0, atol=1e-8)
    assert trace.channels == {"I_K": 3600, "I_Na": 12000}
    for name, fraction in (("I_K", trace.open_K), ("I_Na", trace.open_Na)):
        numbers = fraction * trace.channels[name]
        np.testing.assert_allclose(numbers, np.round(numbers), atol=1e-6)


def test_the_same_seed_gives_the_same_run_and_another_another():
    one, same, other = (simulate_channels(MODEL, 10.0, 5, area=100, seed=seed).V for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.1
    one, same, other = (clamp_channels(MODEL, "I_K", 0.0, 5, seed=seed).open for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_another_models_channels_are_followed_too():
    channels = {
        "I_K": Channel({"n": 4}, 10.0),
        "I_Na": Channel({"m": 3, "h": 1}, 60.0),
        "I_A": Channel({"a": 3, "b": 1}, 25.0),
    }
    trace = simulate_channels(CONNOR_STEVENS, 40.0, 30, area=1e6, dt=0.01, channels=channels, seed=1)
    exact = sb.simulate(CONNOR_STEVENS, 40.0, 30, method="exponential_euler").spike_times
    np.testing.assert_allclose(trace.spike_times, exact, rtol=0, atol=0.1)
    assert trace.channels["I_A"] == 25_000_000


# ---- what is refused, and what never happens


LEAK = Model(
    "leak",
    {"C": Parameter(1, "uF/cm2", "C"), "g_L": Parameter(0.3, "", "g"), "E_L": Parameter(-60, "", "E")},
    currents={"I_L": I_L},
)


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: simulate_channels(MODEL, area=0), "^area = 0 um2 has 0 channels of I_K"),
        (lambda: simulate_channels(MODEL, area=0.01), "^area = 0.01 um2 has 0.18 channels of I_K: give an area from 0.0556"),
        (lambda: simulate_channels(MODEL, area=np.inf), "^area = inf"),
        (lambda: simulate_channels(MODEL, 1000.0), "^current reaches 1000 uA/cm2"),
        (lambda: simulate_channels(MODEL, dt=1.0), "^dt = 1 ms is too coarse"),
        (lambda: simulate_channels(LEAK), "^leak has no gates"),
        (lambda: simulate_channels(CONNOR_STEVENS), "^I_A of Connor-Stevens does not flow through channels with the gates {}"),
        (lambda: simulate_channels(MODEL, channels={**SQUID_CHANNELS, "I_K": Channel({"n": 3}, 18)}), "^I_K of Hodgkin-Huxley"),
        (lambda: simulate_channels(MODEL, channels={**SQUID_CHANNELS, "I_K": Channel({"x": 4}, 18)}), "^I_K of Hodgkin-Huxley"),
        (lambda: simulate_channels(MODEL, channels={**SQUID_CHANNELS, "I_A": Channel({"n": 4}, 18)}), "'I_A', which is no current"),
        (lambda: simulate_channels(MODEL, channels={**SQUID_CHANNELS, "I_K": Channel({"n": 4}, 0)}), "density = 0 per um2"),
        (lambda: clamp_channels(MODEL, "I_L", 0.0), "^name = 'I_L' is no current with channels; use I_K, I_Na"),
        (lambda: clamp_channels(MODEL, "I_K", 0.0, count=2.5), "^count = 2.5 channels"),
        (lambda: clamp_channels(MODEL, "I_K", 0.0, count=0), "^count = 0 channels"),
        (lambda: clamp_channels(MODEL, "I_K", 999.0), "membrane breaks down"),
    ],
)  # fmt: skip
def test_what_has_no_channels_is_refused_by_name(call, said):
    with pytest.raises(ValueError, match=said):
        call()


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(
    st.fixed_dictionaries({name: st.floats(p.low, p.high) for name, p in MODEL.parameters.items()}),
    st.floats(*MODEL.current_range),
    st.floats(0.06, 1e6),
    st.sampled_from([0.01, 0.05]),
)
def test_everywhere_in_the_documented_ranges_the_run_is_finite(parameters, current, area, dt):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = simulate_channels(MODEL, current, 40 * dt, area=area, dt=dt, seed=1, **parameters)
    for name in trace.names:
        assert np.isfinite(trace[name]).all(), name
    for name in ("open_K", "open_Na"):
        assert 0 <= trace[name].min() <= trace[name].max() <= 1
