"""What models are compared by: rheobases, a coincidence factor, a noise that the page draws too, and cost."""

import numpy as np
import pytest

import spikebook as sb
from spikebook import choosing_a_model as choosing

RNG = np.random.default_rng


def poisson(rate, duration, seed):
    rng = RNG(seed)
    return np.sort(rng.uniform(0, duration, rng.poisson(rate * duration)))


def test_rheobases_agree_with_what_is_known_otherwise():
    """Leaky and quadratic by solving their equation for a spike after exactly 300 ms, Hodgkin-Huxley by DOP853."""
    assert choosing.rheobase("LIF") == pytest.approx(0.1 * 15 / (1 - np.exp(-choosing.LONG / 10)), rel=5e-4)
    assert choosing.rheobase("HH") == pytest.approx(2.2403, abs=0.001)

    def duration(I):
        """C dV/dt = I + k (V - middle)^2 - k 7.5^2 from -65 to 30 mV, with k = g_L / 15 and C = 1."""
        k = 0.1 / 15
        root = np.sqrt(I / k - 7.5**2)
        return (np.arctan((30 + 57.5) / root) - np.arctan((-65 + 57.5) / root)) / (k * root)

    I = choosing.rheobase("QIF")
    assert duration(1.0005 * I) < choosing.LONG < duration(0.9995 * I)


@pytest.mark.parametrize("name", choosing.RUNNERS)
def test_a_rheobase_is_the_weakest_long_step_that_fires(name):
    runner, I = choosing.RUNNERS[name], choosing.rheobase(name)
    fired = [len(sb.simulate(runner.model, part * I, 300, 0.01, runner.method).spike_times) for part in (0.998, 1.002)]
    assert fired[0] == 0 < fired[1]


def test_a_train_coincides_with_itself_and_not_with_itself_moved():
    train = poisson(0.02, 5000, 1)
    assert choosing.coincidence(train, train, 2, 5000) == 1
    assert choosing.coincidence(train, train + 1.9, 2, 5000) > 0.99
    assert abs(choosing.coincidence(train, train + 30, 2, 5000)) < 0.2


def test_chance_scores_nothing_on_average():
    scores = [
        choosing.coincidence(poisson(0.02, 20000, k), poisson(0.03, 20000, 1000 + k), 2, 20000) for k in range(60)
    ]
    error = np.std(scores) / np.sqrt(len(scores))
    # Pairs that share a spike count once, so that the score of chance lies a little below 0 and not above it.
    assert -0.05 < np.mean(scores) < 3 * error and np.std(scores) < 0.05


def test_every_spike_is_in_one_pair_at_most():
    assert choosing.coincidence([50.0], [49.0, 50.0, 51.0], 2, 1000) < 0.51
    assert choosing.coincidence([10.0, 12.0], [11.5, 13.5], 2, 1000) == pytest.approx(1)


def test_silence_agrees_with_silence_alone():
    assert choosing.coincidence([], [], 2, 100) == 1
    assert choosing.coincidence([50.0], [], 2, 100) == 0
    assert choosing.coincidence([], [50.0], 2, 100) == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (dict(data=[3.0, 1.0], model=[1.0]), "put the times in order"),
        (dict(data=[1.0], model=[1.0], precision=0), "precision"),
        (dict(data=[1.0], model=[1.0], duration=-5), "duration"),
        (dict(data=np.arange(0.0, 100, 2), model=[1.0], duration=100), "ask for less than 1 ms"),
    ],
)
def test_what_cannot_be_scored_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        choosing.coincidence(**given)


def test_the_noise_wanders_as_it_says():
    values = choosing.wandering(200_000, seed=5)
    assert abs(values.mean()) < 0.03 and values.std() == pytest.approx(1, abs=0.02)
    for lag in (1, 3):
        assert np.corrcoef(values[:-lag], values[lag:])[0, 1] == pytest.approx(0.8**lag, abs=0.01)
    assert np.abs(values).max() <= 3
    assert np.array_equal(values[:50], choosing.wandering(50, seed=5))
    assert not np.array_equal(values[:50], choosing.wandering(50, seed=6))


@pytest.mark.parametrize("stimulus", ["step", "ramp", "sine", "noise", "another"])
def test_every_runner_gets_the_same_current_in_its_own_unit(stimulus):
    traces, current = choosing.race(stimulus, strength=3, width=25)
    assert len(current) == len(traces["HH"].t) and np.abs(current).max() > 1
    assert np.all(current[: round(20 / 0.05)] == 0)
    for name, trace in traces.items():
        assert np.allclose(trace.current, choosing.rheobase(name) * current, rtol=1e-12, atol=1e-12)


def test_cost_grows_with_what_is_computed():
    HH, LEAKY = sb.hodgkin_huxley.MODEL, sb.reduced_models.LEAKY
    coarse = choosing.cost(HH, 10, 0.05, "exponential_euler", duration=100)
    fine = choosing.cost(HH, 10, 0.01, "exponential_euler", duration=100)
    assert 2 < fine / coarse < 12
    assert choosing.cost(LEAKY, 3, 0.05, "exponential_euler", duration=100) < coarse
