"""Random trains have the rate, the intervals and the memory that they promise, from the first millisecond to the last."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import expon, kstest, uniform
from scipy.stats import gamma as gamma_distribution

from spikebook.spike_trains import cv, fano_factor, firing_rate, gamma, isi, poisson, psth

PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=60)
UNLIKELY = 1e-4


@pytest.mark.parametrize("rate, t_ref", [(50, 0), (50, 1), (200, 5), (2000, 3)])
def test_a_refractory_period_lowers_rate_and_cv_as_theory_says(rate, t_ref):
    train = poisson(rate, 300_000, t_ref, seed=1)
    expected = rate / (1 + rate * t_ref / 1000)
    regularity = 1 - expected * t_ref / 1000
    n = len(train)
    assert firing_rate(train, 0, 300_000) == pytest.approx(expected, rel=4 * regularity / math.sqrt(n))
    assert cv(train) == pytest.approx(regularity, abs=4 * math.sqrt(2) * regularity / math.sqrt(n))
    assert isi(train).min() > t_ref


@pytest.mark.parametrize("t_ref", [0, 5])
def test_poisson_intervals_are_exponential_after_the_refractory_period(t_ref):
    intervals = isi(poisson(100, 100_000, t_ref, seed=2))
    assert kstest(intervals, expon(t_ref, 10).cdf).pvalue > UNLIKELY
    assert kstest(intervals, expon(t_ref, 12).cdf).pvalue < UNLIKELY  # control: the test has the power


@pytest.mark.parametrize("shape", [0.5, 1, 3, 20])
def test_gamma_intervals_are_gamma_distributed(shape):
    intervals = isi(gamma(100, 100_000, shape, seed=3))
    assert kstest(intervals, gamma_distribution(shape, scale=10 / shape).cdf).pvalue > UNLIKELY
    control = gamma_distribution(1.2 * shape, scale=10 / (1.2 * shape))
    assert kstest(intervals, control.cdf).pvalue < UNLIKELY


def trials(process, count=4000, duration=60):
    rng = np.random.default_rng(4)
    return [process(duration, rng) for _ in range(count)]


@pytest.mark.parametrize(
    "rate, process",
    [
        (100, lambda duration, rng: poisson(100, duration, seed=rng)),
        (100 / 1.5, lambda duration, rng: poisson(100, duration, t_ref=5, seed=rng)),
        (100, lambda duration, rng: gamma(100, duration, shape=5, seed=rng)),
        (100, lambda duration, rng: gamma(100, duration, shape=0.5, seed=rng)),
    ],
)
def test_the_rate_holds_from_the_first_millisecond_on(rate, process):
    many = trials(process)
    _, over_time = psth(many, 0, 60, 3)
    assert np.abs(over_time - rate).max() < 4.5 * math.sqrt(rate / (len(many) * 0.003))


def test_a_refractory_train_may_begin_within_a_refractory_period():
    """In the first t_ref ms there is one spike or none, with the probability rate t_ref of any such window."""
    rng = np.random.default_rng(9)
    counts = np.array([len(poisson(200, 5, t_ref=5, seed=rng)) for _ in range(10_000)])
    assert set(counts) == {0, 1}
    assert counts.mean() == pytest.approx(100 * 0.005, abs=4 * math.sqrt(0.25 / len(counts)))
    assert 1 - math.exp(-1) - 0.5 > 20 * math.sqrt(0.25 / len(counts))  # control: a neuron that is ready at 0


def test_starting_with_a_spike_would_show():
    """Control: a gamma train counted from one of its spikes is silent at first."""
    many = [
        (train - train[0])[1:] for train in trials(lambda duration, rng: gamma(100, duration, 5, rng), duration=150)
    ]
    _, over_time = psth(many, 0, 60, 3)
    assert over_time[0] < 10


def test_poisson_counts_have_variance_equal_to_their_mean():
    counts = [len(train) for train in trials(lambda duration, rng: poisson(100, duration, seed=rng))]
    assert fano_factor(counts) == pytest.approx(1, abs=4 * math.sqrt(2 / len(counts)))


@pytest.mark.parametrize(
    "process", [lambda rate, rng: poisson(rate, 1000, seed=rng), lambda rate, rng: gamma(rate, 1000, 3, rng)]
)
def test_a_changing_rate_is_followed(process):
    rate = np.array([0, 100, 30, 0, 200.0])
    rng = np.random.default_rng(5)
    many = [process(rate, rng) for _ in range(400)]
    _, found = psth(many, 0, 1000, 200)
    assert np.all(np.abs(found - rate) <= 4 * np.sqrt(rate / (len(many) * 0.2)))
    assert found[0] == found[3] == 0


def test_rescaled_time_turns_a_changing_rate_into_a_constant_one():
    t = np.arange(0.05, 10_000, 0.1)
    rate = 60 * (1 + 0.9 * np.sin(2 * np.pi * t / 500))
    train = poisson(rate, 10_000, seed=6)
    expected = np.interp(train, np.arange(0, 10_000.05, 0.1), np.append(0, np.cumsum(rate * 1e-4)))
    assert kstest(np.diff(expected), expon.cdf).pvalue > UNLIKELY
    assert kstest(expected / (rate.sum() * 1e-4), uniform.cdf).pvalue > UNLIKELY
    assert kstest(train % 500 / 500, uniform.cdf).pvalue < UNLIKELY  # control


def test_a_refractory_period_thins_a_changing_rate_where_it_is_high():
    """For a rate that is slow against t_ref: r / (1 + r t_ref) at every moment."""
    rng = np.random.default_rng(7)
    rate = np.array([50.0, 400.0])
    many = [poisson(rate, 2000, t_ref=4, seed=rng) for _ in range(50)]
    _, found = psth(many, 0, 2000, 1000)
    expected = rate / (1 + rate * 0.004)
    assert np.all(np.abs(found - expected) < 4 * np.sqrt(expected / 50) / (1 + rate * 0.004))
    assert min(isi(train).min() for train in many) > 4


@PROPERTY
@given(
    st.one_of(st.floats(0, 300), st.lists(st.floats(0, 300), min_size=1, max_size=8)),
    st.floats(1, 2000),
    st.floats(0, 50),
    st.floats(0.5, 50),
    st.integers(0, 2**32 - 1),
)
def test_trains_are_in_order_inside_the_duration_and_repeat_by_seed(rate, duration, t_ref, shape, seed):
    for draw in (lambda: poisson(rate, duration, t_ref, seed), lambda: gamma(rate, duration, shape, seed)):
        train = draw()
        assert train.shape == (len(train),)
        assert np.all((train >= 0) & (train < duration))
        assert np.all(np.diff(train) > 0)
        np.testing.assert_array_equal(train, draw())


def test_other_seeds_give_other_trains_and_a_generator_goes_on():
    assert not np.array_equal(poisson(50, 1000, seed=1), poisson(50, 1000, seed=2))
    rng = np.random.default_rng(1)
    assert not np.array_equal(gamma(50, 1000, 2, seed=rng), gamma(50, 1000, 2, seed=rng))


def test_very_irregular_trains_have_no_two_spikes_at_once():
    """Among a million intervals of shape 0.5 some are too short for the rounding of the times."""
    train = gamma(1000, 1_000_000, shape=0.5, seed=8)
    assert len(train) == pytest.approx(1_000_000, abs=4 * math.sqrt(2_000_000))
    assert isi(train).min() > 0


def test_no_rate_no_spikes():
    assert len(poisson(0, 1000, 5, seed=1)) == len(gamma([0, 0], 1000, 2, seed=1)) == 0


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda: poisson(-5, 100), ValueError, "rate goes down to -5 Hz"),
        (lambda: poisson([5, math.nan], 100), ValueError, r"rate\[1\] = nan Hz"),
        (lambda: poisson(lambda t: 5, 100), TypeError, "rate must be a row of numbers in Hz"),
        (lambda: poisson(5, -100), ValueError, "duration = -100 ms must be more than 0"),
        (lambda: poisson(5, 0), ValueError, "duration = 0 ms must be more than 0"),
        (lambda: poisson(5, 100, t_ref=-1), ValueError, "t_ref = -1 ms is negative"),
        (lambda: poisson(5, 100, t_ref=math.inf), ValueError, "t_ref = inf ms is not finite"),
        (lambda: poisson(1e9, 1e6), ValueError, "use a lower rate or a shorter duration"),
        (lambda: gamma(5, 100, 0), ValueError, "shape = 0 is too small; give 0.5 or more"),
        (lambda: gamma(5, 100, "2"), TypeError, "shape must be one number"),
        (lambda: gamma(-1, 100, 2), ValueError, "rate goes down to -1 Hz"),
    ],
)
def test_wrong_input_is_named_with_its_remedy(call, error, match):
    with pytest.raises(error, match=match):
        call()
