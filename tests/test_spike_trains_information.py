"""Information of known codes, in bits; the bias of too few trials and its correction, beside a plain simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import entropy as scipys_entropy
from scipy.stats import poisson as poisson_distribution

from spikebook.spike_trains import (
    entropy,
    extrapolated_information,
    information_per_spike,
    mutual_information,
    poisson,
    psth,
    spike_counts,
)

PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=60)
PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=60).map(np.array)


def plug_in(stimuli, responses):
    return mutual_information(stimuli, responses, bias_corrected=False)


# ---- information of a spike


@pytest.mark.parametrize("depth", [0, 0.3, 1])
def test_a_spike_of_a_sinusoidal_rate_carries_the_integral(depth):
    """1 + depth cos: with depth 1 it is (1 / ln 2 - 1) bits, 0.443."""
    phase = (np.arange(1000) + 0.5) / 1000
    found = information_per_spike(30 * (1 + depth * np.cos(2 * np.pi * phase)))

    def integrand(x):
        ratio = 1 + depth * math.cos(2 * math.pi * x)
        return ratio * math.log2(ratio) if ratio > 0 else 0.0

    assert found == pytest.approx(quad(integrand, 0, 1)[0], abs=1e-6)
    if depth == 1:
        assert found == pytest.approx(1 / math.log(2) - 1, abs=1e-6)


@pytest.mark.parametrize("part", [1, 0.5, 0.25, 0.01])
def test_a_spike_that_occurs_in_a_part_of_the_time_says_which(part):
    rate = np.where(np.arange(100) < 100 * part, 40.0, 0)
    assert information_per_spike(rate) == pytest.approx(math.log2(1 / part))


@PROPERTY
@given(
    st.lists(st.floats(0, 1e3, allow_subnormal=True), min_size=1, max_size=30).filter(any), st.sampled_from([0.5, 8.0])
)
def test_information_of_a_spike_is_bounded_and_has_no_unit(rate, factor):
    bits = information_per_spike(rate)
    assert -1e-12 <= bits <= math.log2(len(rate)) + 1e-12
    if max(rate) > 1e-300:
        assert information_per_spike(factor * np.array(rate)) == pytest.approx(bits, abs=1e-9)
    assert information_per_spike(rate[::-1]) == pytest.approx(bits, abs=1e-9)  # when the rate is high does not matter
    # one spike's place in time against chance, an independent formula
    p = np.array(rate) / np.sum(rate)
    assert bits == pytest.approx(scipys_entropy(p, np.full(len(p), 1 / len(p)), base=2), abs=1e-9)


def histograms(shape, spikes=400, repeats=400):
    """PSTHs of trials whose rate follows `shape` (mean 1), about `spikes` spikes in all."""
    rng = np.random.default_rng(1)
    for _ in range(repeats):
        trials = [poisson(20 * shape, 1000, seed=rng) for _ in range(spikes // 20)]
        yield psth(trials, 0, 1000, 25)[1], sum(map(len, trials))


@pytest.mark.parametrize("depth", [0, 0.5])
def test_the_bias_of_a_histogram_is_known_and_taken_off(depth):
    centres = (np.arange(40) + 0.5) / 40
    shape = 1 + depth * np.cos(2 * np.pi * centres)
    expected = information_per_spike(shape)
    found = np.array([[information_per_spike(r), information_per_spike(r, n)] for r, n in histograms(shape)])
    mean, error = found.mean(axis=0), found.std(axis=0) / math.sqrt(len(found))
    bias = 39 / (2 * 400 * math.log(2))
    assert mean[0] - expected == pytest.approx(bias, rel=0.1)
    assert abs(mean[1] - expected) < 0.05 * bias + 4 * error[1]  # the next term of the series is a few per cent
    assert mean[0] - expected > 20 * error[0]  # control: uncorrected it is plainly there


# ---- entropy


@pytest.mark.parametrize("n", [1, 2, 8, 10])
def test_entropy_of_equally_frequent_responses_is_log2(n):
    assert entropy(np.repeat(np.arange(n), 7), bias_corrected=False) == pytest.approx(math.log2(n))
    labels = np.array([f"pattern {k}" for k in range(n)] * 7)
    assert entropy(labels, bias_corrected=False) == pytest.approx(math.log2(n))


@PROPERTY
@given(st.lists(st.integers(0, 9), min_size=1, max_size=100))
def test_entropy_is_scipys_plus_the_correction(responses):
    counts = np.unique(responses, return_counts=True)[1]
    expected = scipys_entropy(counts, base=2)
    assert entropy(responses, bias_corrected=False) == pytest.approx(expected, abs=1e-12)
    correction = (len(counts) - 1) / (2 * len(responses) * math.log(2))
    assert entropy(responses) == pytest.approx(expected + correction, abs=1e-12)


@pytest.mark.parametrize("trials", [50, 200])
def test_the_correction_brings_the_entropy_of_a_die_to_the_truth(trials):
    """Every face has been seen, so Miller's correction is the whole first term; the next is of order 1 / trials^2."""
    rolls = np.random.default_rng(2).integers(0, 6, (3000, trials))
    found = np.array([[entropy(row, False), entropy(row)] for row in rolls]) - math.log2(6)
    (plain, corrected), error = found.mean(axis=0), found.std(axis=0).max() / math.sqrt(len(found))
    assert plain == pytest.approx(-5 / (2 * trials * math.log(2)), rel=6 / trials, abs=4 * error)
    assert abs(corrected) < 4 * error + 6 / trials * abs(plain)
    assert abs(plain) > 10 * error


def test_rare_responses_leave_the_corrected_entropy_too_small_still():
    """Some counts of a Poisson distribution are never seen: the correction goes most of the way and not too far."""
    truth = scipys_entropy(poisson_distribution(3).pmf(np.arange(60)), base=2)
    draws = np.random.default_rng(2).poisson(3, (2000, 50))
    plain, corrected = np.array([[entropy(row, False), entropy(row)] for row in draws]).mean(axis=0) - truth
    assert plain < 2 * corrected < 0


# ---- mutual information


@pytest.mark.parametrize("n", [2, 4, 10])
def test_a_noiseless_code_carries_log2(n):
    stimuli = np.tile(np.arange(n), 50)
    assert plug_in(stimuli, 3 * stimuli + 1) == pytest.approx(math.log2(n))
    # the correction takes the equal numbers of trials for a chance result, and adds what chance would have taken
    excess = (n - 1) / (2 * len(stimuli) * math.log(2))
    assert mutual_information(stimuli, 3 * stimuli + 1) == pytest.approx(math.log2(n) + excess)


@PROPERTY
@given(PAIRS)
def test_information_is_symmetric_bounded_and_blind_to_names(pairs):
    s, r = pairs.T
    bits = plug_in(s, r)
    assert plug_in(r, s) == pytest.approx(bits, abs=1e-9)
    assert -1e-9 <= bits <= min(entropy(s, False), entropy(r, False)) + 1e-9
    assert plug_in(np.array(list("abcde"))[s], 10 - 2 * r) == pytest.approx(bits, abs=1e-9)
    # the definition with the joint table
    joint = np.histogram2d(s, r, bins=[np.arange(6), np.arange(8)])[0] / len(s)
    chance = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    assert bits == pytest.approx(scipys_entropy(joint[joint > 0], chance[joint > 0] / chance[joint > 0].sum(), base=2)
                                 - math.log2(chance[joint > 0].sum()), abs=1e-9)  # fmt: skip


@PROPERTY
@given(PAIRS)
def test_the_correction_lies_between_the_responses_seen_and_all_responses(pairs):
    """R_s is at least the number of responses that stimulus s has had, and at most the number that any has had."""
    s, r = pairs.T
    everything = len(set(r)) - 1
    seen = sum(len(set(r[s == stimulus])) - 1 for stimulus in set(s))
    unit = 1 / (2 * len(s) * math.log(2))
    bias = plug_in(s, r) - mutual_information(s, r)
    assert (seen - everything) * unit - 1e-9 <= bias <= (len(set(s)) - 1) * everything * unit + 1e-9
    assert bias / unit == pytest.approx(round(bias / unit), abs=1e-6)


def test_the_correction_is_the_one_of_many_trials_when_every_response_is_frequent():
    """Then nothing is unseen: the bias is that of the chi-squared distribution of 2 N ln 2 I, (S - 1) (R - 1) degrees."""
    rng = np.random.default_rng(5)
    stimuli, responses = np.repeat(np.arange(3), 300), rng.integers(0, 5, 900)
    bias = plug_in(stimuli, responses) - mutual_information(stimuli, responses)
    assert bias == pytest.approx(2 * 4 / (2 * 900 * math.log(2)), rel=1e-9)


def experiments(means, per_stimulus, repeats=600):
    """Poisson spike counts of stimuli with these mean counts, plain and corrected information of each experiment."""
    rng = np.random.default_rng(3)
    stimuli = np.repeat(np.arange(len(means)), per_stimulus)
    for _ in range(repeats):
        counts = rng.poisson(np.asarray(means)[stimuli])
        yield plug_in(stimuli, counts), mutual_information(stimuli, counts)


@pytest.mark.parametrize("per_stimulus", [30, 100])
def test_the_correction_brings_independent_data_to_zero(per_stimulus):
    rng = np.random.default_rng(6)
    stimuli = np.repeat(np.arange(4), per_stimulus)
    draws = rng.integers(0, 5, (1000, len(stimuli)))
    found = np.array([[plug_in(stimuli, row), mutual_information(stimuli, row)] for row in draws])
    (plain, corrected), error = found.mean(axis=0), found.std(axis=0).max() / math.sqrt(len(found))
    assert abs(corrected) < 4 * error + plain / per_stimulus  # what is left is of the next order
    assert plain > 30 * error  # control: without it, nothing would seem to be something


def test_of_rare_responses_the_correction_takes_most_of_the_bias_off():
    """Poisson counts of mean 2 go up to 8 or so in 40 trials of each stimulus; the last of them occur once or never."""
    plain, corrected = np.array(list(experiments([2, 2, 2, 2], per_stimulus=40, repeats=300))).mean(axis=0)
    assert plain > 0.08
    assert abs(corrected) < 0.25 * plain


def test_the_correction_brings_a_noisy_code_nearer_to_the_truth():
    means = [1, 3, 6, 10]
    counts = np.arange(60)
    table = np.array([poisson_distribution(mean).pmf(counts) for mean in means])
    truth = scipys_entropy(table.mean(axis=0), base=2) - np.mean([scipys_entropy(row, base=2) for row in table])
    plain, corrected = np.array(list(experiments(means, per_stimulus=50, repeats=300))).mean(axis=0) - truth
    assert plain > 0.05
    assert abs(corrected) < 0.2 * plain


def test_extrapolation_is_the_curve_through_all_trials_their_halves_and_their_quarters():
    rng = np.random.default_rng(7)
    stimuli, responses = np.repeat([0, 1, 2], 16), rng.integers(0, 4, 48)
    turn = np.tile(np.arange(16), 3)
    points = []
    for parts in (1, 2, 4):
        found = [plug_in(stimuli[turn % parts == k], responses[turn % parts == k]) for k in range(parts)]
        points.append(np.mean(found))
    parabola = np.polyfit([1, 2, 4], points, 2)  # over 1 / N
    assert extrapolated_information(stimuli, responses) == pytest.approx(parabola[-1], abs=1e-9)
    mixed = rng.permutation(48)
    again = extrapolated_information(stimuli[mixed], responses[mixed])
    assert abs(again - parabola[-1]) < 0.5  # other halves, another estimate, not another quantity


@pytest.mark.parametrize("means", [(2, 2, 2), (1, 3, 6)])
def test_extrapolation_brings_the_estimate_nearer_to_the_truth(means):
    counts = np.arange(60)
    table = np.array([poisson_distribution(mean).pmf(counts) for mean in means])
    truth = scipys_entropy(table.mean(axis=0), base=2) - np.mean([scipys_entropy(row, base=2) for row in table])
    rng = np.random.default_rng(8)
    stimuli = np.repeat(np.arange(3), 60)
    draws = [rng.poisson(np.asarray(means)[stimuli]) for _ in range(300)]
    plain = np.mean([plug_in(stimuli, one) for one in draws]) - truth
    extrapolated = np.mean([extrapolated_information(stimuli, one) for one in draws]) - truth
    assert plain > 0.03 and abs(extrapolated) < 0.3 * plain


def test_words_carry_timing_that_counts_miss():
    """Two stimuli, one spike each, early or late: 0 bits in the count, 1 bit in the word."""
    rng = np.random.default_rng(4)
    stimuli = np.tile([0, 1], 100)
    trains = [[5 + 10 * s + rng.uniform(-4, 4)] for s in stimuli]
    words = np.array([spike_counts(train, 0, 20, 10) for train in trains])
    assert plug_in(stimuli, words.sum(axis=1)) == 0
    assert plug_in(stimuli, words) == pytest.approx(1)
    assert entropy(words, bias_corrected=False) == pytest.approx(1)


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda: information_per_spike([0, 0]), ValueError, "not all of them 0"),
        (lambda: information_per_spike([1, -1]), ValueError, "rate goes from -1 to 1 Hz"),
        (lambda: information_per_spike([]), ValueError, "at least one"),
        (lambda: information_per_spike([1, math.nan]), ValueError, r"rate\[1\] = nan Hz"),
        (lambda: information_per_spike([1, 2], spikes=0), ValueError, "spikes = 0 must be more than 0"),
        (lambda: information_per_spike([1, 2], spikes=math.nan), ValueError, "spikes = nan"),
        (lambda: entropy([]), ValueError, r"responses has shape \(0,\).*at least one trial"),
        (lambda: entropy(3), ValueError, "one value or one row a trial"),
        (lambda: entropy([0.5, 1]), ValueError, "responses has the value 0.5, no whole number; sort"),
        (lambda: entropy([1, math.nan]), ValueError, "responses has the value nan"),
        (lambda: entropy([1, math.inf]), ValueError, "responses has the value inf"),
        (lambda: entropy([[1], [1, 2]]), TypeError, "responses must be one value a trial, or rows of one length"),
        (lambda: entropy([None, 1]), TypeError, "responses must be whole numbers or labels"),
        (lambda: mutual_information([0, 1], [0, 1, 2]), ValueError, "2 stimuli and 3 responses are no pairs"),
        (lambda: mutual_information([0.1, 1], [0, 1]), ValueError, "stimuli has the value 0.1"),
        (lambda: extrapolated_information([0, 0, 0, 0, 1], [0, 1, 0, 1, 0]), ValueError, "fewer than 4 trials"),
        (lambda: extrapolated_information([0, 1], [0, 1, 2]), ValueError, "2 stimuli and 3 responses are no pairs"),
    ],
)
def test_wrong_input_is_named_with_its_remedy(call, error, match):
    with pytest.raises(error, match=match):
        call()
