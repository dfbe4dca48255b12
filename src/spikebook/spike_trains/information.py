"""How many bits spikes carry: per spike about time, and per response about a stimulus.

    per spike    I = mean over t of (r / r_mean) log2(r / r_mean)
    entropy      H(R) = -sum over responses of p log2 p
    mutual       I(S; R) = H(R) - sum over stimuli of p(s) H(R | s)

r  rate over time, Hz          p  probability          S  stimulus          R  response: a spike count or a word

Estimated from N trials, an entropy comes out too small by about (number of responses - 1) / (2 N ln 2) bits: chance makes
the observed frequencies more uneven than the probabilities, and entropy is concave. H(R | s) is estimated from the few trials of one stimulus and loses more, so an
information comes out too large. The functions take this bias off (Miller 1955 for the entropy, Panzeri and Treves 1996 for
the information, reviewed in doi:10.1152/jn.00559.2007). It is the first term of a series in 1 / N: have several times as
many trials of each stimulus as there are responses.

Brenner, Strong, Koberle, Bialek and de Ruyter van Steveninck (2000) Neural Comput 12:1531,
doi:10.1162/089976600300015259.
"""

import math

import numpy as np

from ..stimuli import _finite
from .statistics import positive


def information_per_spike(rate, spikes=math.inf):
    """Bits that the arrival of one spike gives about where in the stimulus (in which bin) we are.

    I = mean of (r / r_mean) log2(r / r_mean) - (occupied bins - 1) / (2 spikes ln 2)

    rate    the rate in equal bins of time, as from `spike_trains.psth` (any unit, since only the ratio counts)
    spikes  how many spikes the histogram was made of; leave it out when the rate is known without error

    0 for a constant rate, log2(1 / part) for a rate that is constant in a part of the time and 0 otherwise. ValueError
    for a negative rate, and for one that is 0 everywhere.

    >>> information_per_spike([40, 0, 0, 0])
    2.0
    """
    rate = _finite(rate, "rate", "Hz")
    if np.any(rate < 0) or not rate.any():
        raise ValueError(f"rate goes from {rate.min():g} to {rate.max():g} Hz; give rates from 0 on, not all of them 0")
    if spikes != math.inf:
        spikes = positive("spikes", spikes, "")
    relative = len(rate) * (rate / rate.sum())
    relative = relative[relative > 0]  # x log x is 0 at 0
    return float(relative @ np.log2(relative) / len(rate)) - (len(relative) - 1) / (2 * spikes * math.log(2))


def entropy(responses, bias_corrected=True):
    """Entropy in bits of discrete responses, one a trial.

    H = -sum p log2 p + (different responses - 1) / (2 trials ln 2)

    responses       whole numbers or labels, shape (trials,); or words, one a row, shape (trials, letters)
    bias_corrected  False leaves the second term out (the "plug-in" estimate)

    TypeError or ValueError for what is not discrete.

    >>> entropy([0, 1, 2, 3], bias_corrected=False)
    2.0
    """
    counts = np.bincount(_symbols(responses, "responses"))
    return _bits(counts) + bias_corrected * (len(counts) - 1) / (2 * int(counts.sum()) * math.log(2))


def mutual_information(stimuli, responses, bias_corrected=True):
    """Bits that a response gives about the stimulus, I = H(R) - sum p(s) H(R | s), from one pair a trial.

    bias = (sum over stimuli of (R_s - 1) - (R - 1)) / (2 trials ln 2)

    stimuli, responses   whole numbers, labels or rows (words), as many stimuli as responses
    bias_corrected       takes the bias off. R is how many different responses occur; R_s is how many of them stimulus s
                         can have, those seen and an estimate (`_possible`) of those that its trials were too few to show

    0 for independent pairs (the corrected estimate scatters around it, so it can be negative), at most the entropy of the
    stimuli but for the correction.

    >>> mutual_information(["left", "right"] * 20, [0, 3] * 20, bias_corrected=False)
    1.0
    """
    stimuli, responses = _pairs(stimuli, responses)
    table = np.zeros((stimuli.max() + 1, responses.max() + 1), dtype=int)
    np.add.at(table, (stimuli, responses), 1)
    bits = _bits(table.sum(axis=0)) - sum(int(row.sum()) * _bits(row) for row in table) / len(stimuli)
    if not bias_corrected:
        return bits
    possible = sum(_possible(row) - 1 for row in table) - (table.shape[1] - 1)
    return bits - possible / (2 * len(stimuli) * math.log(2))


def extrapolated_information(stimuli, responses):
    """Bits that a response gives about the stimulus, followed to infinitely many trials.

    I(N) = I + a / N + b / N^2,   I = (8 I(N) - 6 I(N / 2) + I(N / 4)) / 3

    I(N / 2) and I(N / 4) are plug-in estimates from halves and quarters of each stimulus's trials (every second, every
    fourth), averaged over the parts (Strong et al. 1998, doi:10.1103/PhysRevLett.80.197). stimuli and responses are
    those of `mutual_information`. ValueError for a stimulus with fewer than four trials.

    >>> round(extrapolated_information(["left", "right"] * 20, [0, 3] * 20), 12)
    1.0
    """
    stimuli, responses = _pairs(stimuli, responses)
    if np.bincount(stimuli).min() < 4:
        raise ValueError("a stimulus has fewer than 4 trials, too few to be quartered; give at least 4 of each")
    turn = np.empty(len(stimuli), dtype=int)  # how many trials of the same stimulus came before
    for stimulus in range(stimuli.max() + 1):
        of_it = stimuli == stimulus
        turn[of_it] = np.arange(of_it.sum())

    def mean_of(parts):
        picked = [turn % parts == part for part in range(parts)]
        return sum(mutual_information(stimuli[one], responses[one], bias_corrected=False) for one in picked) / parts

    return (8 * mean_of(1) - 6 * mean_of(2) + mean_of(4)) / 3


def _bits(counts):
    p = counts[counts > 0] / counts.sum()
    return float(p @ np.log2(1 / p))


def _possible(counts):
    """How many of the responses are possible for a stimulus that had `counts` of them (Panzeri and Treves 1996).

    Each of x responses that are possible but unseen has the probability q for which it stays unseen in N trials with
    N / (N + seen); the seen ones share the rest as (count + 1) / (N + seen). Of all x, take the one with which the
    expected number of different responses in N trials is nearest to `seen`.
    """
    N, seen = counts.sum(), np.count_nonzero(counts)
    x = np.arange(len(counts) - seen + 1)
    q = 1 - (N / (N + seen)) ** (1 / N)
    p = np.maximum(0, 1 - x * q) * (counts[counts > 0, None] + 1) / (N + seen)
    expected = np.sum(1 - (1 - p) ** N, axis=0) + x * (seen / (N + seen))
    return seen + int(np.argmin(np.abs(expected - seen)))


def _pairs(stimuli, responses):
    """Stimuli and responses as numbers, one of each a trial."""
    stimuli, responses = _symbols(stimuli, "stimuli"), _symbols(responses, "responses")
    if len(stimuli) != len(responses):
        raise ValueError(
            f"{len(stimuli)} stimuli and {len(responses)} responses are no pairs; give one of each a trial"
        )
    return stimuli, responses


def _symbols(values, name):
    """Discrete values or rows as numbers 0, 1, 2... of one row."""
    try:
        values = np.asarray(values)
    except ValueError:
        raise TypeError(f"{name} must be one value a trial, or rows of one length") from None
    if values.dtype.kind == "f":
        wrong = values[(values != np.floor(values)) | np.isinf(values)]
        if wrong.size:
            raise ValueError(
                f"{name} has the value {wrong[0]:g}, no whole number; sort continuous values into bins first"
            )
    elif values.dtype.kind not in "biuUS":
        raise TypeError(f"{name} must be whole numbers or labels, one a trial, not {values.dtype} values")
    if values.ndim not in (1, 2) or not values.size:
        raise ValueError(f"{name} has shape {values.shape}; give one value or one row a trial, and at least one trial")
    return np.unique(values, axis=0, return_inverse=True)[1].ravel()
