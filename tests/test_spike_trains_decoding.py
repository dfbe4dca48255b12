"""Decoding reaches what theory allows and no more; a likelihood is SciPy's, a Fisher information the variance of the score."""

import math

import numpy as np
import pytest
from scipy.stats import poisson

from spikebook.spike_trains import fisher_information, most_likely, tuned_rate, tuned_slope

SHAPE = dict(base=4, top=60, sharpness=2.5)
PREFERRED = np.arange(0, 360, 15)


def test_a_tuning_curve_has_its_top_its_base_and_its_period():
    assert tuned_rate(70, 70, **SHAPE) == pytest.approx(60)
    assert tuned_rate(250, 70, **SHAPE) == pytest.approx(4 + 56 * math.exp(-5))
    assert tuned_rate(430, 70, **SHAPE) == pytest.approx(60)
    assert tuned_rate(40, 70, **SHAPE) == pytest.approx(tuned_rate(100, 70, **SHAPE))


@pytest.mark.parametrize("direction", [0.0, 33.0, 70.0, 200.0])
def test_a_slope_is_the_curves_own(direction):
    numerically = (tuned_rate(direction + 1e-4, 70, **SHAPE) - tuned_rate(direction - 1e-4, 70, **SHAPE)) / 2e-4
    assert tuned_slope(direction, 70, **SHAPE) == pytest.approx(numerically, abs=1e-7)


def test_fisher_information_is_the_variance_of_the_score():
    """The derivative of the log likelihood, over many drawn counts: mean 0, variance J."""
    rates, slopes = tuned_rate(100, PREFERRED, **SHAPE), tuned_slope(100, PREFERRED, **SHAPE)
    counts = np.random.default_rng(1).poisson(rates * 0.2, (40_000, len(PREFERRED)))
    score = (counts / rates) @ slopes - 0.2 * slopes.sum()
    J = fisher_information(rates, slopes, 200)
    assert abs(score.mean()) < 4 * math.sqrt(J / len(score))
    assert score.var() == pytest.approx(J, rel=0.04)
    assert fisher_information(rates, slopes, 400) == pytest.approx(2 * J)  # it adds up over time
    halves = fisher_information(rates[::2], slopes[::2], 200) + fisher_information(rates[1::2], slopes[1::2], 200)
    assert halves == pytest.approx(J)  # and over neurons


def test_the_most_likely_stimulus_is_scipys():
    rng = np.random.default_rng(2)
    directions = np.arange(0, 360, 3.0)
    rates = tuned_rate(directions[:, None], PREFERRED, **SHAPE)
    counts = rng.poisson(rates[rng.integers(0, len(directions), 50)] * 0.08)
    ours = most_likely(counts, rates, 80)
    theirs = [np.argmax(poisson(rates * 0.08).logpmf(trial).sum(axis=1)) for trial in counts]
    assert np.array_equal(ours, theirs)


def errors(counts, directions, rates, duration, true):
    guess = directions[most_likely(counts, rates, duration)]
    return (guess - true + 180) % 360 - 180


def test_the_error_comes_down_to_the_bound_where_spikes_are_many_and_not_where_they_are_few():
    directions = np.arange(0, 360, 0.5)
    rates = tuned_rate(directions[:, None], PREFERRED, **SHAPE)
    now, slopes = tuned_rate(100, PREFERRED, **SHAPE), tuned_slope(100, PREFERRED, **SHAPE)
    rng = np.random.default_rng(3)
    for duration, low, high in ((300, 0.96, 1.05), (5, 1.2, 5)):
        counts = rng.poisson(now * duration / 1000, (4000, len(PREFERRED)))
        found = np.sqrt(np.mean(errors(counts, directions, rates, duration, 100) ** 2))
        bound = 1 / math.sqrt(fisher_information(now, slopes, duration))
        assert low < found / bound < high, duration
    counts = rng.poisson(now * 0.3, (4000, len(PREFERRED)))
    loudest = (PREFERRED[counts.argmax(axis=1)] - 100 + 180) % 360 - 180  # control: the direction of who fires most
    assert np.sqrt(np.mean(loudest**2)) > 2 / math.sqrt(fisher_information(now, slopes, 300))


def test_of_equals_the_first_and_one_trial_without_brackets():
    assert most_likely([0, 0], [[5.0, 5.0], [5.0, 5.0]], 100).tolist() == [0]


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: most_likely([1, 2], [[1.0, 0.0]], 100), "rates go down to 0 Hz; a likelihood needs rates above 0"),
        (lambda: most_likely([1, 2, 3], [[1.0, 2.0]], 100), "counts of 3 neurons do not fit rates of 2"),
        (lambda: most_likely([1, -2], [[1.0, 2.0]], 100), "counts must be 0 spikes or more"),
        (lambda: most_likely([1, math.nan], [[1.0, 2.0]], 100), r"counts\[1\] = nan"),
        (lambda: most_likely([1, 2], [[1.0, 2.0]], 0), "duration = 0 ms"),
        (lambda: fisher_information([0.0, 1.0], [1.0, 1.0], 100), "rates go down to 0 Hz; the information needs"),
        (lambda: fisher_information([1.0], [1.0], -5), "duration = -5 ms"),
    ],
)
def test_wrong_input_is_named_with_its_remedy(call, match):
    with pytest.raises(ValueError, match=match):
        call()
