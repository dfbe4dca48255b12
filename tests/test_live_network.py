"""The network that lives in the page: the published rates, the author's script in numpy spike for spike, its spectrum."""

from functools import cache

import fresh
import numpy as np
import pytest
from reference import load

import spikebook as sb
from spikebook import live_network
from spikebook.first_network import _lowest, _neurons
from spikebook.random_numbers import generator, normals, uniform
from spikebook.simulation import Diverged
from spikebook.spike_trains import power_spectrum

PUBLISHED = load("network_2003")["assert"]


@cache
def run(seed=1, **settings):
    return live_network.run(seed=seed, **settings)


def rates(one, n_inhibitory=200):
    return one["spikes_E"].sum() / (1000 - n_inhibitory), one["spikes_I"].sum() / n_inhibitory


def test_rates_are_those_of_the_reference():
    found = np.array([rates(run(seed)) for seed in range(1, 21)])
    for population, mean, single in zip(("E_Hz", "I_Hz"), found.mean(axis=0), found.T):
        low, high = PUBLISHED["mean of 20 seeds"][population]
        assert low < mean < high
        low, high = PUBLISHED["one seed"][population]
        assert low < single.min() and single.max() < high


@pytest.mark.parametrize("changed", [{"excitation": 0.45}, {"inhibition": 1.3}, {"thalamic_E": 4.8}])
def test_another_network_has_other_rates(changed):
    """Control: the reference's range is narrow enough to notice it."""
    mean = np.mean([rates(run(seed, **changed)) for seed in range(1, 21)], axis=0)
    low, high = np.array(list(PUBLISHED["mean of 20 seeds"].values())).T
    assert np.any(mean < low) or np.any(mean > high)


def script(seed, duration, n=1000, n_I=200, excitation=0.5, inhibition=1.0, thalamic=(5.0, 2.0)):
    """Izhikevich's script in numpy, with the numbers that the package's generator draws, in its order."""
    state = generator(seed)
    r = np.array([uniform(state) for _ in range(n)])
    weights = np.array([uniform(state) for _ in range(n * n)]).reshape(n, n)
    E = np.arange(n) < n - n_I
    a, b = np.where(E, 0.02, 0.02 + 0.08 * r), np.where(E, 0.2, 0.25 - 0.05 * r)
    c, d = np.where(E, -65 + 15 * r**2, -65), np.where(E, 8 - 6 * r**2, 2)
    S = weights * np.where(E, excitation, -inhibition)[:, None]
    v = np.full(n, -65.0)
    u, times, ids = b * v, [], []
    for t in range(duration + 1):
        fired = np.flatnonzero(v >= 30)
        times += [t] * len(fired)
        ids += fired.tolist()
        v[fired], u[fired] = c[fired], u[fired] + d[fired]
        drawn = [0.0] * n
        normals(n, state, drawn)
        I = np.where(E, *thalamic) * drawn + S[fired].sum(axis=0)
        for _ in range(2):
            v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + I)
        u = u + a * (b * v - u)
    return times, ids


@pytest.mark.parametrize("settings", [{}, {"n_I": 40, "excitation": 0.3, "thalamic": (6.0, 3.0)}])
def test_every_spike_is_that_of_the_script(settings):
    n_I, (E, I) = settings.get("n_I", 200), settings.get("thalamic", (5.0, 2.0))
    times, ids = script(2, 250, n=300, **settings)
    ours = live_network.run(
        seed=2,
        n=300,
        n_inhibitory=n_I,
        duration=250,
        thalamic_E=E,
        thalamic_I=I,
        excitation=settings.get("excitation", 0.5),
    )
    assert len(times) > 150
    assert ours["spike_times"].tolist() == times and ours["spike_ids"].tolist() == ids


def test_the_kinds_of_neurons_are_those_of_the_first_network():
    r = np.array([0.1, 0.5, 0.9, 0.3, 0.7])
    found = [np.zeros(5) for _ in range(4)]
    live_network.set_kinds(5, 3, r, *found)

    class Drawn:
        def __init__(self):
            self.parts = [r[:3], r[3:]]

        def random(self, n):
            return self.parts.pop(0)

    for ours, theirs in zip(found, _neurons(3, 2, Drawn()).values()):
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)


def test_the_spectrum_is_that_of_the_spike_trains():
    one = run()
    f, power = power_spectrum(one["spike_times"] - 0.5, 0, 1000, neurons=1000, segment=1000)
    np.testing.assert_allclose(one["power"], power[1:101], rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(f[1:101], np.arange(1, 101))


@pytest.mark.parametrize("first", [0, 1, 500, 999])
def test_a_ring_is_heard_from_its_oldest_value_on(first):
    counts = run()["spikes_E"] + run()["spikes_I"]
    power = np.zeros(101)
    live_network.spectrum(1000, first, np.roll(counts, first), 1000, 100, np.zeros(1000), power)
    np.testing.assert_allclose(power[1:], run()["power"], rtol=1e-9)
    assert power[0] == pytest.approx(counts.sum() / 1000)
    wrong = np.zeros(101)
    live_network.spectrum(1000, 0, np.roll(counts, 500), 1000, 100, np.zeros(1000), wrong)
    assert np.abs(wrong[1:] / run()["power"] - 1).max() > 0.1  # control: the window tells where it begins


def test_a_longer_run_begins_with_the_shorter_one():
    short, long = run(duration=300), run(duration=700)
    np.testing.assert_array_equal(long["spike_times"][: len(short["spike_times"])], short["spike_times"])
    np.testing.assert_array_equal(long["v"][:300], short["v"])
    assert long["spike_times"].max() > 600


def test_one_neurons_voltage_shows_its_resets():
    for neuron in (7, 900):
        one = run(neuron=neuron)
        at = one["spike_times"][one["spike_ids"] == neuron].astype(int)
        c = one["v"][at - 1]
        assert len(at) > 2 and np.ptp(c) == 0 and -65 <= c[0] <= -50 and one["v"].max() < 30


def test_what_the_sliders_do():
    base = np.array(rates(run()))
    assert min(rates(run(inhibition=0))) > 50
    assert np.all(np.array(rates(run(excitation=0))) < base)
    assert rates(run(thalamic_I=6))[1] > base[1] and rates(run(thalamic_E=7))[0] > base[0]
    assert rates(run(n_inhibitory=400), 400)[0] < base[0]
    alone = run(excitation=0, inhibition=0)
    assert 4.5 < rates(alone)[0] < 5.5 and 1.5 < rates(alone)[1] < 2.6


def test_the_lowest_voltage_is_where_a_half_step_turns():
    assert live_network.LOWEST == pytest.approx(_lowest(0.5), abs=1e-9)


def test_a_leap_is_refused():
    with pytest.raises(Diverged, match=r"leapt from far below rest straight to a spike at t = \d+ ms"):
        live_network.run(excitation=1, inhibition=0, duration=300)


def test_within_the_explorers_range_there_is_no_leap():
    controls = {one["name"]: one for one in sb.explore.first_network()._spec["controls"] if "low" in one}
    rng = np.random.default_rng(0)
    names = [name for name in controls if name not in ("seed", "neuron")]
    ends = [[controls[name][end] for name in names] for end in ("low", "high")]
    points = [
        *rng.uniform(*ends, (25, len(names))),
        *rng.choice([0, 1], (25, len(names))) * np.ptp(ends, axis=0) + ends[0],
    ]
    points.append(np.where(np.array(names) == "inhibition", ends[0], ends[1]))
    for seed, point in enumerate(points, 1):
        live_network.run(**dict(zip(names, map(float, point))), seed=seed, duration=500)


def test_without_numba_the_run_is_the_same_to_the_last_digit():
    printed = fresh.python(
        """
        import spikebook as sb
        from spikebook.compilation import has_numba
        assert not has_numba()
        one = sb.live_network.run(n=60, n_inhibitory=12, duration=300, thalamic_E=7, seed=5)
        print(one["spike_times"].tolist(), one["spike_ids"].tolist(), one["v"].tolist(), sep=";")
        """,
        without={"numba"},
    )
    times, ids, v = map(eval, printed.strip().split(";"))
    one = live_network.run(n=60, n_inhibitory=12, duration=300, thalamic_E=7, seed=5)
    assert len(times) > 50
    assert (times, ids, v) == (one["spike_times"].tolist(), one["spike_ids"].tolist(), one["v"].tolist())
