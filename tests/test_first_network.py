"""The first network: the published rates, spectrum and step sizes of independent simulators, the author's script in numpy
spike for spike, delays and targets, and what any such network must do."""

from functools import cache

import fresh
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import load
from scipy.stats import chisquare

import spikebook as sb
from spikebook.first_network import simulate
from spikebook.simulation import Diverged
from spikebook.spike_trains import between, power_spectrum

PUBLISHED = load("network_2003")
SEEDS = range(20)


@cache
def run(seed, **settings):
    return simulate(seed=seed, **settings)


def all_rates(seeds, **settings):
    """Rates of the excitatory and the inhibitory neurons, shape (seeds, 2)."""
    return np.array([run(seed, **settings).rates for seed in seeds])


def same_spikes(one, other):
    return np.array_equal(one.spike_times, other.spike_times) and np.array_equal(one.spike_ids, other.spike_ids)


# ---- numbers of independent simulators


def test_rates_are_those_of_the_reference():
    rates = all_rates(SEEDS)
    for population, mean, single in zip(("E_Hz", "I_Hz"), rates.mean(axis=0), rates.T):
        low, high = PUBLISHED["assert"]["mean of 20 seeds"][population]
        assert low < mean < high
        low, high = PUBLISHED["assert"]["one seed"][population]
        assert low < single.min() and single.max() < high


@pytest.mark.parametrize("changed", [{"excitation": 0.45}, {"inhibition": 1.2}, {"thalamic": (5.0, 1.0)}])
def test_another_network_has_other_rates(changed):
    """Control: the reference's ranges are narrow enough to notice it."""
    inside = [
        low < mean < high
        for (low, high), mean in zip(
            PUBLISHED["assert"]["mean of 20 seeds"].values(), all_rates(SEEDS, **changed).mean(axis=0)
        )
    ]
    assert not all(inside)


def test_intervals_are_as_irregular_as_in_the_reference():
    """Mean CV over the neurons, with the number of intervals (numpy's default) and not one less in the variance."""
    for seed in SEEDS:
        network = run(seed)
        for population, ids in (("E", range(800)), ("I", range(800, 1000))):
            trains = (network.spike_times[network.spike_ids == j] for j in ids)
            intervals = [np.diff(train) for train in trains if len(train) >= 3]
            low, high = PUBLISHED["assert"]["ISI_CV_1_s"][population]
            assert low < np.mean([each.std() / each.mean() for each in intervals]) < high


def mean_spectrum(**settings):
    """Of the whole population over 10 s and 10 seeds, from 1 s on: frequencies in steps of 1 Hz, and power."""
    powers = []
    for seed in range(10):
        times = between(simulate(seed=seed, duration=11_000, **settings).spike_times, 1000.5, 11_000.5)
        f, power = power_spectrum(times, 1000.5, 11_000.5, neurons=1000, segment=1000)
        powers.append(power)
    return f, np.mean(powers, axis=0)


def test_the_rhythms_are_a_sharp_peak_near_8_Hz_and_a_broad_hump_near_31_Hz():
    f, power = mean_spectrum()
    np.testing.assert_array_equal(f[:100], np.arange(100))
    top = 5 + power[5:13].argmax()
    before, here, after = np.log(power[top - 1 : top + 2])
    assert top + 0.5 * (before - after) / (before - 2 * here + after) == pytest.approx(7.8, abs=0.4)
    assert power[[top - 3, top + 3]].max() < power[top] / 3
    hump = np.convolve(power, np.ones(5) / 5, "same")
    assert 30 <= 15 + hump[15:100].argmax() <= 33
    assert power[12:16].max() < hump[31] / 2 and power[50:100].max() < hump[31] / 2
    assert hump[24:41].min() > hump[31] / 2


def test_without_synapses_there_are_no_rhythms():
    """Control: the spectrum of independent neurons, on this scale, is nothing."""
    _, power = mean_spectrum(excitation=0, inhibition=0)
    assert power[5:100].max() < 0.05


@pytest.mark.parametrize("steps, expected", [(2, (8.08, 8.24)), (50, (8.42, 9.01))])
def test_smaller_steps_raise_the_rates_as_in_the_reference(steps, expected):
    """Within three standard errors of the difference of two means: ours, and the reference's, which is over 20 seeds."""
    seeds = range(100, 160)
    rates = all_rates(seeds, steps_per_ms=steps)
    error = rates.std(axis=0, ddof=1) * np.sqrt(1 / len(seeds) + 1 / 20)
    assert np.all(np.abs(rates.mean(axis=0) - expected) < 3 * error)
    assert np.any(np.abs(all_rates(seeds).mean(axis=0) - expected) > 3 * error)  # the published steps are not taken


# ---- the author's script, in numpy


def connections(n, synapses, delay, rng):
    """Targets and delays of every synapse, with the numbers that the package draws, in its order."""
    longest = np.max(delay)
    if synapses is None:
        targets = np.tile(np.arange(n), (n, 1))
        if np.ndim(delay):
            targets = rng.permuted(targets, axis=1)
    else:
        targets = rng.integers(0, n, (n, synapses), dtype=np.uint16)
    if np.ndim(delay) == 0:
        return targets, np.full(targets.shape, delay)
    kinds = np.arange(delay[0], longest + 1)
    numbers = rng.multinomial(targets.shape[1], np.full(len(kinds), 1 / len(kinds)), n)
    return targets, np.array([np.repeat(kinds, each) for each in numbers])


def script(seed, n_E=800, n_I=200, duration=500, synapses=None, delay=1, newest_v=True):
    """Spike times and ids of Izhikevich's script, which looks for spikes at the beginning of each millisecond."""
    rng, noise = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
    n = n_E + n_I
    r_E, r_I = rng.random(n_E), rng.random(n_I)
    a = np.concatenate([0.02 * np.ones(n_E), 0.02 + 0.08 * r_I])
    b = np.concatenate([0.2 * np.ones(n_E), 0.25 - 0.05 * r_I])
    c = np.concatenate([-65 + 15 * r_E**2, -65 * np.ones(n_I)])
    d = np.concatenate([8 - 6 * r_E**2, 2 * np.ones(n_I)])
    S = rng.random((n, synapses or n), dtype=np.float32)
    S *= np.float32(1000 / S.shape[1]) * np.repeat(np.array([0.5, -1], np.float32), (n_E, n_I))[:, None]
    targets, delays = connections(n, synapses, delay, rng)
    arriving = np.zeros((duration + 101, n), np.float32)
    v = -65 * np.ones(n)
    u = b * v
    times, ids = [], []
    for t in range(duration + 1):
        fired = np.flatnonzero(v >= 30)
        times += [t] * len(fired)
        ids += fired.tolist()
        v[fired] = c[fired]
        u[fired] += d[fired]
        for j in fired:
            np.add.at(arriving, (t - 1 + delays[j], targets[j]), S[j])
        thalamic = np.concatenate([5 * np.ones(n_E), 2 * np.ones(n_I)]) * noise.standard_normal(n)
        I = (arriving[t] + thalamic).astype(np.float32)
        old = v
        v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + I)
        v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + I)
        u = u + a * (b * (v if newest_v else old) - u)
    return times, ids


# Half a second: what the two round differently, at 1e-16, has not yet grown to a spike in another millisecond.
@pytest.mark.parametrize(
    "wiring",
    [{}, {"delay": 4}, {"delay": (2, 5)}, {"synapses": 300}, {"synapses": 300, "delay": (1, 20)}],
    ids=["published", "all later", "all at delays", "sparse", "sparse at delays"],
)
@pytest.mark.parametrize("seed", range(2))
def test_every_spike_is_that_of_the_script(wiring, seed):
    times, ids = script(seed, **wiring)
    network = simulate(seed=seed, duration=500, **wiring)
    assert len(times) > 3000
    assert network.spike_times.tolist() == times
    assert network.spike_ids.tolist() == ids


def test_another_order_of_the_two_updates_gives_other_spikes():
    """Control: the script moves u with the newest v."""
    assert script(1, duration=100, newest_v=False) != script(1, duration=100)


def test_small_steps_find_the_spikes_of_a_tight_solution():
    """One neuron alone, with the same noise; Euler's error halves with the step. Later than 500 ms it may have missed a
    spike that was nearly none, and goes another way."""
    for seed in range(3):
        rng, firing = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
        r = rng.random()
        solved = sb.simulate(
            sb.izhikevich.MODEL,
            sb.stimuli.from_array(7 * firing.standard_normal(500), 1.0),
            duration=500, dt=0.005, initial={"v": -65.0, "u": -13.0}, c=-65 + 15 * r**2, d=8 - 6 * r**2,
        ).spike_times  # fmt: skip
        errors = []
        for steps in (250, 500, 1000):
            alone = simulate(1, 0, 500, seed, excitation=0, thalamic=(7, 0), steps_per_ms=steps)
            assert len(alone.spike_times) == len(solved) >= 5
            errors.append(np.abs(alone.spike_times - solved).mean())
        assert errors[2] < 0.02
        assert errors[0] / errors[2] == pytest.approx(4, rel=0.3)


# ---- size and memory


def test_sparse_networks_fire_like_the_published_one():
    """Weights that are scaled keep the mean input. Targets drawn at random make the neurons' inputs less alike, and in a
    larger network neurons share fewer of them, so the rates are not quite those; they stay within what one seed of the
    published network may differ."""
    for size in ({}, {"n_excitatory": 1600, "n_inhibitory": 400}, {"n_excitatory": 8000, "n_inhibitory": 2000}):
        rates = all_rates(range(3), synapses=1000, **size)
        for population, single in zip(("E_Hz", "I_Hz"), rates.T):
            low, high = PUBLISHED["assert"]["one seed"][population]
            assert low < single.min() and single.max() < high


def test_few_synapses_are_strong_and_make_the_rates_higher():
    """Control: with the same mean input its fluctuations are 10^1/2 times as large."""
    assert run(1, synapses=100).rates[0] > 12


@pytest.mark.skipif(not fresh.HAS_PEAK_MEMORY, reason="peak memory is read from /proc")
@pytest.mark.parametrize("n, synapses, bytes_each", [(10_000, 1000, 4 + 2), (100_000, 100, 4 + 4)])
def test_memory_is_that_of_weights_and_targets(n, synapses, bytes_each):
    """Above what the package itself and the compiled code take, at most half as much again."""
    printed = fresh.python(
        """
        import sys
        import spikebook as sb
        n, synapses = map(int, sys.argv[1:])
        run = sb.first_network.simulate
        run(4, 1, 1, seed=1, synapses=2)
        if n > 2**16:  # other code, for targets with more digits
            run(n - 1, 1, 1, seed=1, synapses=1)
        before = peak_memory()
        network = run(n * 4 // 5, n // 5, 200, seed=1, synapses=synapses)
        print(peak_memory() - before, len(network.spike_times), max(network.spike_ids))
        """,
        n,
        synapses,
    )
    taken, spikes, last = map(int, printed.split())
    needed = n * synapses * bytes_each
    assert 0.5 * needed < taken < 1.5 * needed
    assert spikes > n and n * 0.99 < last < n  # it ran, to the last neuron


# ---- delays and signs


def effect(seed, n_excitatory=1, n_inhibitory=50, driven=0, **settings):
    """A network where one population has input from outside, with its synapses and without: the two recordings of all
    neurons, and the first spike."""
    thalamic = (8.0, 0.0) if driven == 0 else (0.0, 8.0)
    settings |= {"thalamic": thalamic, "record": range(n_excitatory + n_inhibitory), "duration": 400, "seed": seed}
    with_synapses = simulate(n_excitatory, n_inhibitory, **settings)
    without = simulate(n_excitatory, n_inhibitory, **settings | {"excitation": 0, "inhibition": 0})
    assert len(without.spike_times)
    return with_synapses.v, without.v, without.spike_times[0]


@pytest.mark.parametrize("steps_per_ms", [None, 10])
@pytest.mark.parametrize("delay", [1, 2, 3, 17, 100])
def test_a_spike_arrives_after_its_delay_at_every_neuron(delay, steps_per_ms):
    coupled, alone, first = effect(seed=1, delay=delay, steps_per_ms=steps_per_ms, excitation=0.05)
    assert first + delay < 400
    arrival = np.argmax(coupled != alone, axis=1)
    assert np.all(arrival == np.ceil(first) + delay)


@pytest.mark.parametrize("synapses", [None, 20_000])
def test_every_delay_is_as_likely(synapses):
    """One synapse each: when it is first felt. Of 20,000 onto 20,001 neurons few meet another, which comes sooner."""
    n = 500 if synapses is None else 20_000
    settings = {"synapses": synapses} if synapses is None else {"synapses": 500}
    counts = np.zeros(5)
    for seed in range(6):
        coupled, alone, first = effect(seed, 1, n, delay=(3, 7), excitation=0.02, **settings)
        changed = coupled[1:] != alone[1:]
        delays = np.argmax(changed[changed.any(axis=1)], axis=1) - first
        counts += np.bincount(delays.astype(int) - 3, minlength=5)
    assert counts.sum() > 2500
    assert chisquare(counts).pvalue > 0.001


def test_a_pair_of_equal_delays_is_that_delay():
    assert same_spikes(run(1, delay=(3, 3)), run(1, delay=3))


def test_a_longer_delay_changes_nothing_before_the_first_effect():
    near, far = run(1), run(1, delay=30)
    first = near.spike_times[0]
    until = np.searchsorted(near.spike_times, first + 1)
    assert until == np.searchsorted(far.spike_times, first + 1) > 0
    np.testing.assert_array_equal(near.spike_ids[:until], far.spike_ids[:until])
    assert not same_spikes(near, far)


def test_excitatory_spikes_raise_and_inhibitory_ones_lower_the_voltage():
    for driven, sign in ((0, 1), (1, -1)):
        sizes = {"n_excitatory": 1, "n_inhibitory": 60} if driven == 0 else {"n_excitatory": 60, "n_inhibitory": 1}
        coupled, alone, first = effect(3, driven=driven, excitation=0.1, inhibition=0.1, **sizes)
        change = coupled[:, int(first) + 1] - alone[:, int(first) + 1]
        assert np.all(sign * change > 0)


def test_all_to_all_reaches_every_neuron_once_at_any_delay():
    for delay in (1, 2, (2, 9)):
        coupled, alone, _ = effect(seed=5, n_inhibitory=200, delay=delay, excitation=0.02)
        assert (coupled != alone).any(axis=1).all()


# ---- what any such network must do


def synchrony(network):
    """Variance of the population's counts in 5 ms, over the sum of the neurons' variances: 1 if they are independent."""
    n, bins = len(network.spike_counts), network.duration // 5
    counts = np.zeros((n, bins))
    np.add.at(counts, (network.spike_ids, ((network.spike_times - 0.5) // 5).astype(int)), 1)
    counts = counts[:, 40:]  # all start alike
    return counts.sum(axis=0).var() / counts.var(axis=1).sum()


def test_without_synapses_neurons_are_independent():
    alone = {"excitation": 0, "inhibition": 0}
    for wiring in ({"synapses": 10}, {"delay": 7}, {"delay": (1, 9), "synapses": 20}):
        assert same_spikes(run(1, **alone), run(1, **alone, **wiring))
    measured = [synchrony(run(seed, **alone, duration=3000)) for seed in range(5)]
    assert np.mean(measured) == pytest.approx(
        1, abs=0.15
    )  # of 560 bins and 5 seeds: 1 +- 0.03, and a little for trends
    assert synchrony(run(1, duration=3000)) > 3


def test_inhibition_keeps_the_network_from_running_away():
    rates = np.array([all_rates(range(3), inhibition=size).mean(axis=0) for size in (0, 0.25, 0.5, 1, 2, 4, 8)])
    assert np.all(np.diff(rates, axis=0) < 0)
    assert rates[0].min() > 50
    assert synchrony(run(1, inhibition=0)) > 100


def test_excitation_raises_the_rates():
    rates = np.array([all_rates(range(3), excitation=size).mean(axis=0) for size in (0, 0.25, 0.5, 0.6)])
    assert np.all(np.diff(rates, axis=0) > 0)


def test_without_input_it_is_silent_and_comes_to_rest():
    """Where 0.04 v^2 + 5 v + 140 - b v = 0, the lower root."""
    network = simulate(40, 40, 2000, seed=1, thalamic=(0, 0), record=range(80))
    assert len(network.spike_times) == 0 and network.rates == (0, 0)
    r = np.random.default_rng(np.random.SeedSequence(1).spawn(2)[0]).random(80)
    b = np.append(np.full(40, 0.2), 0.25 - 0.05 * r[40:])
    rest = (b - 5 - np.sqrt((5 - b) ** 2 - 4 * 0.04 * 140)) / 0.08
    np.testing.assert_allclose(network.v[:, -1], rest, rtol=0, atol=1e-3)


def test_ids_below_n_excitatory_are_the_excitatory_neurons():
    alone = {"excitation": 0, "inhibition": 0}
    assert run(1, thalamic=(5, 0), **alone).spike_ids.max() < 800
    assert run(1, thalamic=(0, 5), **alone).spike_ids.min() >= 800
    fired = np.unique(run(1).spike_ids)
    assert fired.min() == 0 and fired.max() < 1000 and len(fired) > 950


def test_spikes_are_in_order_and_on_the_grid():
    for steps, grid in ((None, 1), (4, 4)):
        network = run(1, steps_per_ms=steps)
        assert np.all(np.diff(network.spike_times) >= 0)
        assert np.all(network.spike_times * grid % 1 == 0)
        assert 0 < network.spike_times[0] and network.spike_times[-1] <= 1000
        together = np.diff(network.spike_times) == 0
        assert np.all(np.diff(network.spike_ids)[together] > 0)
    assert np.any(network.spike_times % 1)


def test_counts_and_rates_are_those_of_the_spikes():
    network = run(1)
    assert network.spike_counts.sum() == len(network.spike_times)
    assert network.spike_counts[7] == np.sum(network.spike_ids == 7)
    excitatory = np.sum(network.spike_ids < 800)
    assert network.rates == pytest.approx((excitatory / 800, (len(network.spike_ids) - excitatory) / 200), rel=1e-12)
    assert repr(network.rates[0]) == f"{network.rates[0]}"  # a plain number, as a reader sees it
    assert "800 + 200 neurons" in repr(network)


def test_a_seed_is_one_network_and_one_input():
    first = simulate(80, 20, 300, seed=5)
    assert same_spikes(first, simulate(80, 20, 300, seed=5))
    assert same_spikes(first, simulate(80, 20, 300, seed=np.int64(5)))
    assert not same_spikes(first, simulate(80, 20, 300, seed=6))
    assert not same_spikes(simulate(80, 20, 300), simulate(80, 20, 300))


@pytest.mark.parametrize("settings", [{}, {"synapses": 50, "delay": (1, 20)}, {"steps_per_ms": 3}])
def test_more_time_prolongs_the_same_spikes(settings):
    """Across the stretches in which the simulation is run, too, of which a long one has several."""
    short, long = run(2, duration=500, **settings), run(2, duration=2500, **settings)
    n = len(short.spike_times)
    np.testing.assert_array_equal(long.spike_times[:n], short.spike_times)
    np.testing.assert_array_equal(long.spike_ids[:n], short.spike_ids)
    assert long.spike_times[n] > 500
    assert np.histogram(long.spike_times, np.arange(0, 2501, 100))[0].min() > 100


def test_recorded_voltages_show_the_resets_and_change_nothing():
    network = run(1, duration=1500, record=(3, 900, 42))
    assert same_spikes(network, run(1, duration=1500))
    assert network.v.shape == (3, 1501)
    np.testing.assert_array_equal(network.t, np.arange(1501))
    np.testing.assert_array_equal(network.v[:, 0], -65)
    r = np.random.default_rng(np.random.SeedSequence(1).spawn(2)[0]).random(800)
    for row, j, c in ((0, 3, -65 + 15 * r[3] ** 2), (1, 900, -65), (2, 42, -65 + 15 * r[42] ** 2)):
        at = network.spike_times[network.spike_ids == j].astype(int)
        assert len(at) > 5
        np.testing.assert_allclose(network.v[row, at], c, rtol=1e-14)
    assert network.v.max() < 30
    assert run(1, duration=20, record=7).v.shape == (1, 21)
    assert run(1, duration=20).v.shape == (0, 21)


def test_networks_of_one_kind_work():
    assert simulate(0, 5, 200, seed=1, thalamic=(5, 5), inhibition=0.01).rates[0] == 0
    assert simulate(5, 0, 200, seed=1, excitation=0.01).rates[1] == 0
    assert simulate(5, 2, 200, seed=1, synapses=0).synapses == 0


# ---- without Numba

RUNS = [
    dict(n_excitatory=40, n_inhibitory=10, duration=200, record=[0, 49]),
    dict(n_excitatory=40, n_inhibitory=10, duration=200, synapses=12, delay=[1, 6]),
    dict(n_excitatory=40, n_inhibitory=10, duration=200, delay=3),
    dict(n_excitatory=40, n_inhibitory=10, duration=100, steps_per_ms=5),
    dict(n_excitatory=4, n_inhibitory=1, duration=3, steps_per_ms=1000, thalamic=[100, 100]),
]


def test_without_numba_the_spikes_are_the_same():
    """Small networks for a short time: one adds weights with 7 digits, the other with 16."""
    printed = fresh.python(
        f"""
        import spikebook as sb
        from spikebook.compilation import has_numba
        assert not has_numba()
        for settings in {RUNS}:
            network = sb.first_network.simulate(seed=1, **settings)
            print(network.spike_times.tolist(), network.spike_ids.tolist(), network.v.tolist(), sep=";")
        try:
            sb.first_network.simulate(seed=1, n_excitatory=40, n_inhibitory=10, inhibition=500)
        except ValueError as reason:
            print(reason)
        """,
        without={"numba"},
    ).splitlines()
    assert len(printed) == len(RUNS) + 1
    for line, made in zip(printed, RUNS):
        network = simulate(seed=1, **made)
        assert len(network.spike_times) >= 10
        times, ids, v = map(eval, line.split(";"))
        assert (times, ids) == (network.spike_times.tolist(), network.spike_ids.tolist())
        np.testing.assert_allclose(v, network.v.tolist(), rtol=0, atol=1e-3)
    with pytest.raises(Diverged) as reason:
        simulate(seed=1, n_excitatory=40, n_inhibitory=10, inhibition=500)
    assert printed[-1] == str(reason.value)


# ---- what cannot be computed is refused


def test_an_input_too_strong_for_the_step_is_refused():
    """A step from far below rest would end in a spike, so that inhibition excites; a finer step finds that it does not."""
    with pytest.raises(
        Diverged, match=r"below -88 mV straight to a spike at t = \d+ ms: steps of 0.5 ms.*steps_per_ms"
    ):
        simulate(seed=1, inhibition=100)
    assert simulate(seed=1, inhibition=100, steps_per_ms=50).rates[0] < simulate(seed=1, inhibition=16).rates[0]
    with pytest.raises(Diverged, match="steps of 0.02 ms"):
        simulate(seed=1, inhibition=1000, steps_per_ms=50)


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(
    sizes=st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(any),
    strengths=st.tuples(*4 * [st.floats(0, 1000) | st.floats(0, 5)]),
    steps_per_ms=st.none() | st.integers(2, 20),
    synapses=st.none() | st.integers(0, 20),
    delay=st.integers(1, 9) | st.tuples(st.integers(1, 4), st.integers(5, 9)),
    seed=st.integers(0, 2**40),
)
def test_voltages_are_finite_or_the_input_is_refused(sizes, strengths, steps_per_ms, synapses, delay, seed):
    excitation, inhibition, *thalamic = strengths
    try:
        network = simulate(
            *sizes, 60, seed, synapses, delay, excitation, inhibition, thalamic, steps_per_ms, range(sum(sizes))
        )
    except Diverged:
        return
    assert np.all(np.isfinite(network.v)) and network.v.max() < 30
    assert network.spike_counts.sum() == len(network.spike_times)
    assert network.spike_counts.max() <= 60 * (steps_per_ms or 1)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"n_excitatory": -1}, "n_excitatory = -1 must be a whole number from 0"),
        ({"n_inhibitory": 2.5}, "n_inhibitory = 2.5 must be a whole number from 0"),
        ({"n_excitatory": 0, "n_inhibitory": 0}, "no network; give one neuron"),
        ({"duration": 0}, "duration = 0 ms must be a whole number from 1"),
        ({"duration": 10.5}, "duration = 10.5 ms must be a whole number"),
        ({"duration": np.nan}, "duration = nan ms is not finite"),
        ({"duration": np.inf}, "duration = inf ms is not finite"),
        ({"n_excitatory": 80_000, "n_inhibitory": 20_000}, r"1e\+10 synapses.*synapses=100"),
        ({"synapses": -1}, "synapses = -1 must be a whole number"),
        ({"synapses": 0.5}, "synapses = 0.5 must be a whole number"),
        ({"delay": 0}, "delay = 0 ms must be a whole number from 1 to 100"),
        ({"delay": 101}, "delay = 101 ms must be a whole number from 1 to 100"),
        ({"delay": 1.5}, "delay = 1.5 ms must be a whole number"),
        ({"delay": (5, 2)}, r"delay = \(5, 2\) ms: the shortest comes first"),
        ({"delay": (1, 2, 3)}, r"delay = \(1, 2, 3\) must be .* a pair"),
        ({"delay": []}, r"delay = \[\] must be .* a pair"),
        ({"excitation": -0.5}, "excitation = -0.5 mV/ms must be a size from 0 to 1000"),
        ({"inhibition": -1}, "inhibition = -1 mV/ms must be a size from 0 to 1000"),
        ({"inhibition": np.nan}, "inhibition = nan mV/ms is not finite"),
        ({"excitation": 1e39}, r"excitation = 1e\+39 mV/ms must be a size from 0 to 1000"),
        ({"thalamic": 5}, "thalamic = 5 must be two standard deviations in mV/ms"),
        ({"thalamic": (5, 2, 1)}, r"thalamic = \(5, 2, 1\) must be two standard deviations"),
        ({"thalamic": (5, -2)}, "thalamic = -2 mV/ms must be a size"),
        ({"thalamic": (5, np.inf)}, "thalamic = inf mV/ms is not finite"),
        ({"record": [1000]}, "record = 1000 must be a whole number from 0 to 999"),
        ({"record": [0, -1]}, "record = -1 must be a whole number from 0 to 999"),
        ({"record": [1.5]}, "record = 1.5 must be a whole number"),
        ({"steps_per_ms": 1}, "steps_per_ms = 1 is too coarse.*None for the published scheme"),
        ({"steps_per_ms": 2.5}, "steps_per_ms = 2.5 must be a whole number from 2 to 1000"),
        ({"steps_per_ms": 0}, "steps_per_ms = 0 must be a whole number from 2 to 1000"),
        ({"steps_per_ms": 1001}, "steps_per_ms = 1001 must be a whole number from 2 to 1000"),
        ({"seed": -1}, "seed = -1 is no seed; give a whole number from 0 on"),
    ],
)
def test_bad_values_are_named(changed, message):
    with pytest.raises(ValueError, match=message):
        simulate(**changed)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"n_excitatory": "800"}, "n_excitatory must be one number"),
        ({"n_inhibitory": None}, "n_inhibitory must be one number"),
        ({"duration": [100, 200]}, "duration must be one number in ms"),
        ({"delay": None}, "delay must be one number in ms"),
        ({"excitation": np.ones(800)}, "excitation must be one number in mV/ms"),
        ({"thalamic": ("a", "b")}, "thalamic must be one number in mV/ms"),
        ({"record": "all"}, "record must be one number"),
        ({"steps_per_ms": "2"}, "steps_per_ms must be one number"),
        ({"seed": 1.5}, "seed = 1.5 is no seed; give a whole number"),
        ({"seed": np.random.default_rng(1)}, "seed = Generator.* is no seed"),
    ],
)
def test_bad_types_are_named(changed, message):
    with pytest.raises(TypeError, match=message):
        simulate(**changed)
