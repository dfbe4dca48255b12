"""Brunel's network: his published rates and rhythms, mean-field theory by another integrator, and a plain script in numpy."""

from functools import cache

import fresh
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import erfcx

import spikebook as sb
from spikebook import balanced_network as balanced
from spikebook.spike_trains import between, power_spectrum

# Figure 8 of the paper: g, nu_ext / nu_thr, rate simulated and by theory (Hz), the population's rhythm (Hz).
PUBLISHED = {"B": (6, 4, 60.7, 55.8, 180), "C": (5, 2, 37.7, 38.0, None), "D": (4.5, 0.9, 5.5, 6.5, 22)}


@cache
def run(g, external, duration=400, seed=1, neurons=12_500):
    return balanced.simulate(g, external, duration, seed, neurons)


def rate(one, start=100):
    return 1000 * np.sum(one.spike_times > start) / len(one.spike_counts) / (one.duration - start)


def top(one, segment):
    span = 100.05, one.duration + 0.05
    f, power = power_spectrum(between(one.spike_times, *span), *span, neurons=12_500, segment=segment)
    return f[1 + power[1:].argmax()]


def by_scipy(g, external):
    def siegert(mu, sigma):
        integral = quad(lambda x: erfcx(-x), (10 - mu) / sigma, (20 - mu) / sigma, limit=200)[0]
        return 1000 / (2 + 20 * np.sqrt(np.pi) * integral)

    def excess(nu):
        mu = 2 * (10 * external + nu * (1 - g / 4))
        sigma = np.sqrt(0.01 * 20 * (10 * external + nu * (1 + g * g / 4)))
        return siegert(mu, sigma) - nu

    return brentq(excess, 1e-3, 499.9)


@pytest.mark.parametrize("panel", PUBLISHED)
def test_rates_are_the_published_ones(panel):
    g, external, simulated, theory, _ = PUBLISHED[panel]
    assert balanced.theory(g, external) == pytest.approx(theory, abs=0.06)
    assert rate(run(g, external, 1500 if panel == "D" else 400)) == pytest.approx(simulated, rel=0.05)


def test_rhythms_are_the_published_ones():
    assert top(run(6, 4), 300.0) == pytest.approx(180, abs=8)
    slow = [top(run(4.5, 0.9, 1500, seed), 500.0) for seed in (1, 2, 3)]  # a broad peak
    assert np.mean(slow) == pytest.approx(22, abs=3)


def test_without_enough_inhibition_all_fire_together_and_regularly():
    one = run(3, 2, 200)
    intervals = np.diff(one.spike_times[(one.spike_ids == 5) & (one.spike_times > 100)])
    assert rate(one) == pytest.approx(balanced.theory(3, 2), rel=0.02)
    assert intervals.std() < 0.1 * intervals.mean()


@pytest.mark.parametrize("g, external", [(3, 2), (4.5, 0.9), (5, 1.2), (5, 2), (6, 2), (6, 4), (8, 4), (8, 1)])
def test_theory_agrees_with_another_integrator(g, external):
    assert balanced.theory(g, external) == pytest.approx(by_scipy(g, external), rel=1e-6)


def test_where_neurons_are_nearly_independent_theory_is_right():
    for g, external in ((5, 1.5), (6, 2)):
        assert rate(run(g, external)) == pytest.approx(balanced.theory(g, external), rel=0.03)


@pytest.mark.parametrize("mu", [21, 25, 60])
def test_without_noise_siegert_is_the_leaky_neurons_formula(mu):
    expected = 1000 / (2 + 20 * np.log((mu - 10) / (mu - 20)))
    assert balanced.siegert(mu, 0.002) == pytest.approx(expected, rel=1e-4)
    assert balanced.siegert(mu, 5) != pytest.approx(expected, rel=1e-3)


def test_far_below_threshold_a_rare_spike_takes_a_rare_fluctuation():
    """The rate's own limit: sqrt(pi)^-1 (y / tau) exp(-y^2), y the distance to threshold in sigmas."""
    y = 6.0
    limit = 1000 * y / (20 * np.sqrt(np.pi)) * np.exp(-y * y)
    assert balanced.siegert(20 - y, 1.0) == pytest.approx(limit, rel=0.05)


def test_the_mean_input_is_what_comes_in_and_is_taken():
    assert balanced.input_of(10, g=4, external=1) == pytest.approx((20, np.sqrt(0.2 * (10 + 50))))
    assert balanced.input_of(10, g=8, external=1)[0] == pytest.approx(0)


def test_every_neuron_gets_a_thousand_excitatory_and_250_inhibitory_synapses():
    edges, targets = balanced._wiring(5000, 3)
    assert edges[0] == 0 and edges[-1] == len(targets) == 5000 * 1250 and np.all(np.diff(edges) >= 0)
    assert np.all(np.bincount(targets[: edges[4000]], minlength=5000) == 1000)
    assert np.all(np.bincount(targets[edges[4000] :], minlength=5000) == 250)
    made = np.diff(edges)
    assert made.mean() == 1250 and made.std() == pytest.approx(np.sqrt(1250), rel=0.1)


def script(g, external, steps, neurons, seed, delay=15):
    """The network once more, a step at a time in numpy, with the same random numbers."""
    chance = np.random.SeedSequence(seed)
    edges, targets = balanced._wiring(neurons, chance.entropy)
    rng = np.random.default_rng(chance.spawn(2)[1])
    V, rests = rng.uniform(0, 20, neurons), np.zeros(neurons, int)
    mean = external * 10 * 1000 * 0.1 / 1000
    cumulative = np.cumsum([mean**k * np.exp(-mean) / np.prod(np.arange(1.0, k + 1)) for k in range(60)])
    coming = np.zeros((steps + delay + 1, neurons))
    times, ids = [], []
    for i in range(steps):
        outside = np.searchsorted(cumulative, rng.random(neurons))
        V = V * np.exp(-0.1 / 20) + coming[i] + 0.1 * outside
        V[rests > 0] = 10
        rests = np.maximum(0, rests - 1)
        fired = np.flatnonzero(V >= 20)
        V[fired], rests[fired] = 10, 20
        for j in fired:
            weight = 0.1 if j < neurons * 4 // 5 else -0.1 * g
            np.add.at(coming[i + delay], targets[edges[j] : edges[j + 1]], weight)
        times += [i + 1] * len(fired)
        ids += fired.tolist()
    return np.array(times) * 0.1, ids


def test_every_spike_is_that_of_a_plain_script():
    one = run(5, 2, 40, 3, 2500)
    times, ids = script(5, 2, 400, 2500, 3)
    assert len(ids) > 2000
    np.testing.assert_allclose(one.spike_times, times, rtol=1e-12)
    assert one.spike_ids.tolist() == ids


def test_another_delay_gives_other_spikes():
    """Control."""
    _, ids = script(5, 2, 400, 2500, 3, delay=16)
    assert run(5, 2, 40, 3, 2500).spike_ids.tolist() != ids


def test_no_neuron_fires_within_its_refractory_period():
    one = run(3, 2, 200)
    for j in (0, 100, 12_000):
        assert np.diff(one.spike_times[one.spike_ids == j]).min() >= 2.0 - 1e-9


def test_a_seed_is_one_network_whatever_ran_before():
    first = run(5, 2, 40, 3, 2500)
    balanced.simulate(5, 2, 5, 4, 2500)
    again = balanced.simulate(5, 2, 40, 3, 2500)
    assert np.array_equal(first.spike_times, again.spike_times) and np.array_equal(first.spike_ids, again.spike_ids)
    other = balanced.simulate(5, 2, 40, 4, 2500)
    assert not np.array_equal(first.spike_ids[:100], other.spike_ids[:100])
    unseeded = [balanced.simulate(5, 2, 5, None, 2500).spike_times for _ in range(2)]
    assert not np.array_equal(*unseeded)


def test_without_input_nothing_fires_twice():
    """Every V begins below threshold and decays."""
    assert len(balanced.simulate(5, 0, 50, 1, 2500).spike_times) == 0


def test_without_numba_the_spikes_are_the_same():
    printed = fresh.python(
        """
        import spikebook as sb
        from spikebook.compilation import has_numba
        assert not has_numba()
        one = sb.balanced_network.simulate(5, 2, 12, 3, 1250)
        print(one.spike_times.tolist(), one.spike_ids.tolist(), sep=";")
        """,
        without={"numba"},
    )
    times, ids = map(eval, printed.strip().split(";"))
    one = balanced.simulate(5, 2, 12, 3, 1250)
    assert len(times) > 300 and ids == one.spike_ids.tolist()
    np.testing.assert_allclose(times, one.spike_times, rtol=1e-12)


@pytest.mark.parametrize(
    "changed, error, message",
    [
        ({"g": -1}, ValueError, "g = -1 must be from 0 to 20"),
        ({"g": np.nan}, ValueError, "g = nan"),
        ({"g": "5"}, TypeError, "g must be one number"),
        ({"external": 21}, ValueError, "external = 21 must be from 0 to 20"),
        ({"duration": 0}, ValueError, "duration = 0 ms must be a whole number from 1"),
        ({"duration": 1.5}, ValueError, "duration = 1.5 ms must be a whole number"),
        ({"neurons": 1000}, ValueError, "neurons = 1000 must be a whole number from 1250 to 65536"),
        ({"neurons": 100_000}, ValueError, "neurons = 100000 must be a whole number"),
        ({"seed": -1}, ValueError, "seed = -1 is no seed; give a whole number from 0 on"),
        ({"seed": 1.5}, TypeError, "seed = 1.5 is no seed"),
    ],
)
def test_bad_values_are_named(changed, error, message):
    with pytest.raises(error, match=message):
        sb.balanced_network.simulate(**{"duration": 5, "neurons": 1250, **changed})
