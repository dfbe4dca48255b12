"""Spike trains: how much, how regularly and how reliably a neuron fires, and what its spikes follow.

    rate = n / (stop - start)    CV = sd(ISI) / mean(ISI)    F = var(n) / mean(n)
    LV   = 3 mean( ((ISI_k - ISI_k+1) / (ISI_k + ISI_k+1))^2 )

n     number of spikes in an interval                ISI    interspike interval, ms
rate  Hz (spikes per second)                         CV     coefficient of variation of the intervals
F     Fano factor of the counts                      LV     local variation of the intervals

CV, LV and F are 0 for a clock and 1 for a Poisson process. Variances have n - 1 in the denominator, so F is unbiased
for a Poisson process however few the trials.

A spike train is one row of times in ms, in order; trials are a list of trains. Intervals are half open, start <= t <
stop, so that neighbours share no spike. Functions that count leave out the spikes beyond `start` and `stop`.
Functions whose result depends on where the recording begins and ends (the smoothed rate, the correlograms, the
spectrum) refuse them.

Perkel, Gerstein and Moore (1967) Biophys J 7:391, doi:10.1016/S0006-3495(67)86596-2, and 7:419,
doi:10.1016/S0006-3495(67)86597-4.
"""

import math

import numpy as np

from ..model import number
from ..stimuli import _finite, _interval

MOST_BINS = 10**8  # a gigabyte of counts


def between(spike_times, start, stop):
    """The spikes of a train with start <= t < stop, all in ms.

    >>> between([5.0, 20.0, 40.0], start=10, stop=40)
    array([20.])
    """
    start, stop = interval(start, stop)
    times = as_train(spike_times)
    return times[np.searchsorted(times, start) : np.searchsorted(times, stop)]


def firing_rate(spike_times, start, stop):
    """Spikes per second (Hz) between `start` and `stop` (ms); 0 for an empty train.

    >>> firing_rate([5.0, 20.0, 40.0], start=0, stop=50)
    60.0
    """
    return 1000 * len(between(spike_times, start, stop)) / (stop - start)


def spike_counts(spike_times, start, stop, bin_width):
    """Number of spikes in every bin of `bin_width` ms from `start` to `stop` (ms), shape (bins,).

    A spike on an edge belongs to the later bin. ValueError when the bins do not fill the interval.

    >>> spike_counts([5.0, 20.0, 21.0], start=0, stop=40, bin_width=10)
    array([1, 0, 2, 0])
    """
    start, stop = interval(start, stop)
    bins = whole("stop - start", stop - start, "bin_width", bin_width)
    times = between(spike_times, start, stop)
    # 0.3 / 0.1 is less than 3: a spike within a billionth of a bin of an edge is on it.
    index = np.minimum(np.floor((times - start) / bin_width + 1e-9).astype(int), bins - 1)
    return np.bincount(index, minlength=bins)


def psth(trials, start, stop, bin_width):
    """Peri-stimulus time histogram: the firing rate over trials in every bin.

    rate = spikes of all trials in the bin / (trials bin_width)

    trials is a list of trains, each in ms from its own stimulus (so `start` may be negative). Returns the centres of
    the bins in ms and the rate in Hz, both of shape (bins,).

    >>> t, rate = psth([[5.0, 12.0], [15.0]], start=0, stop=20, bin_width=10)
    >>> t, rate
    (array([ 5., 15.]), array([ 50., 100.]))
    """
    if not np.iterable(trials) or not len(trials) or not all(map(np.iterable, trials)):
        raise ValueError("trials must be a list of at least one train; put a single train in brackets: [spike_times]")
    counts = sum(spike_counts(trial, start, stop, bin_width) for trial in trials)
    return start + bin_width * (np.arange(len(counts)) + 0.5), 1000 * counts / (len(trials) * bin_width)


def instantaneous_rate(spike_times, start, stop, sigma, dt=1.0):
    """Firing rate smoothed with a Gaussian of standard deviation `sigma` ms.

    rate(t) = sum over spikes of g(t - t_k) / integral of g(t - u) du from start to stop

    The integral is the part of the Gaussian g that lies inside the recording: without it the rate would fall to half
    at both ends. A constant rate is thus met without bias up to the edges. Returns t from `start` to `stop` in steps of
    `dt` ms, and the rate in Hz. ValueError when dt exceeds sigma: the curve would fall between the samples.

    >>> t, rate = instantaneous_rate([50.0], start=0, stop=100, sigma=10)
    >>> round(float(rate.max()), 2)  # 1000 / (10 sqrt(2 pi))
    39.89
    """
    times = recorded(spike_times, start, stop)
    sigma = positive("sigma", sigma, "ms")
    t = start + dt * np.arange(whole("stop - start", stop - start, "dt", dt) + 1)
    if dt > sigma:
        raise ValueError(f"dt = {dt:g} ms is too coarse for sigma = {sigma:g} ms; use a dt of at most sigma")
    total = np.zeros(len(t))
    for spike in times:
        near = slice(*np.searchsorted(t, [spike - 8 * sigma, spike + 8 * sigma]))  # less than 1e-14 is beyond
        total[near] += np.exp(-0.5 * ((t[near] - spike) / sigma) ** 2)
    erf = np.vectorize(math.erf)
    inside = 0.5 * (erf((t - start) / (sigma * math.sqrt(2))) + erf((stop - t) / (sigma * math.sqrt(2))))
    return t, 1000 * total / (sigma * math.sqrt(2 * math.pi) * inside)


def isi(spike_times):
    """Interspike intervals in ms, one fewer than spikes; empty for fewer than two spikes.

    ValueError when two spikes coincide: then the train is not that of one neuron.

    >>> isi([5.0, 20.0, 40.0])
    array([15., 20.])
    """
    times = as_train(spike_times)
    intervals = np.diff(times)
    if not np.all(intervals):
        k = int(np.flatnonzero(intervals == 0)[0])
        raise ValueError(
            f"spike_times[{k}] and [{k + 1}] are both {times[k]:g} ms; one neuron cannot fire twice at once: give "
            "the spikes of one neuron, each once"
        )
    return intervals


def cv(spike_times):
    """Coefficient of variation of the interspike intervals: standard deviation / mean.

    0 for a clock, 1 for a Poisson process, 1 - rate t_ref with a refractory period, 1 / sqrt(shape) for a gamma
    process. A drifting rate raises it; `lv` is nearly blind to that. ValueError for fewer than three spikes.

    >>> cv([0.0, 10.0, 30.0, 60.0])
    0.5
    """
    intervals = _two_intervals("CV", spike_times)
    return float(intervals.std(ddof=1) / intervals.mean())


def lv(spike_times):
    """Local variation: how much each interspike interval differs from the next.

    LV = 3 mean( ((ISI_k - ISI_k+1) / (ISI_k + ISI_k+1))^2 )

    0 for a clock, 1 for a Poisson process, 3 / (2 shape + 1) for a gamma process. Since only neighbours are compared,
    a slow drift of the rate, which raises CV, hardly moves it. ValueError for fewer than three spikes.

    Shinomoto, Shima and Tanji (2003) Neural Comput 15:2823, doi:10.1162/089976603322518759.

    >>> lv([0.0, 10.0, 40.0])
    0.75
    """
    intervals = _two_intervals("LV", spike_times)
    return float(3 * np.mean((np.diff(intervals) / (intervals[:-1] + intervals[1:])) ** 2))


def fano_factor(counts):
    """Fano factor of spike counts: variance / mean.

    `counts` has one number a trial, [len(trial) for trial in trials], or one a window, `spike_counts(...)`. It is 1 for
    a Poisson process; for a renewal process it tends to CV^2 in long windows. ValueError for fewer than two counts,
    for what is no count, and where no spike was counted.

    >>> fano_factor([2, 4, 6])
    1.0
    """
    counts = _finite(counts, "counts", "spikes")
    if np.any(counts < 0) or np.any(counts % 1):
        raise ValueError(
            "counts must be whole numbers of spikes, from 0 on; count first: [len(trial) for trial in trials], or "
            "spike_counts(spike_times, start, stop, bin_width)"
        )
    if len(counts) < 2 or not counts.any():
        raise ValueError(
            f"the Fano factor of {len(counts)} count(s) with {counts.sum():g} spikes in all is undefined; give at least "
            "two counts, and one spike"
        )
    return float(counts.var(ddof=1) / counts.mean())


def _two_intervals(name, spike_times):
    intervals = isi(spike_times)
    if len(intervals) < 2:
        raise ValueError(
            f"{name} of {len(intervals)} interspike interval(s) is undefined; give at least three spikes, from a longer "
            "recording or a stronger stimulus"
        )
    return intervals


def as_train(spike_times, name="spike_times"):
    """`spike_times` as an array in ms, possibly empty; an error for what is not finite or out of order."""
    times = np.empty(0) if np.array_equal(spike_times, []) else _finite(spike_times, name, "ms")
    if np.any(times[1:] < times[:-1]):
        k = int(np.flatnonzero(times[1:] < times[:-1])[0])
        raise ValueError(
            f"{name}[{k + 1}] = {times[k + 1]:g} ms is earlier than {name}[{k}] = {times[k]:g} ms; put the times in "
            f"order: np.sort({name})"
        )
    return times


def recorded(spike_times, start, stop, name="spike_times"):
    """The train in ms; an error when a spike lies outside the recording, start <= t < stop."""
    start, stop = interval(start, stop)
    times = as_train(spike_times, name)
    outside = np.flatnonzero((times < start) | (times >= stop))
    if len(outside):
        k = int(outside[0])
        raise ValueError(
            f"{name}[{k}] = {times[k]:g} ms lies outside the recording from start = {start:g} ms to before stop = "
            f"{stop:g} ms; give the recording's own start and stop, or cut it: spike_trains.between({name}, start, stop)"
        )
    return times


def interval(start, stop):
    """`start` and `stop` in ms as finite floats in this order."""
    return _interval(start, number("stop", stop, "ms"))


def positive(name, value, unit):
    """`value` as a finite float above 0."""
    value = number(name, value, unit)
    if value <= 0:
        raise ValueError(f"{name} = {f'{value:g} {unit}'.strip()} must be more than 0")
    return value


def whole(name, length, part, width):
    """How many times `width` fits into `length` (both ms); an error unless it fits exactly, 1 to `MOST_BINS` times."""
    length, width = positive(name, length, "ms"), positive(part, width, "ms")
    times = round(min(length / width, MOST_BINS + 1))
    if not 1 <= times <= MOST_BINS or abs(times * width - length) > 1e-6 * width:
        raise ValueError(
            f"{name} = {length:.10g} ms is not a whole number (1 to {MOST_BINS:g}) of {part} = {width:g} ms; use {name} = "
            f"{max(times, 1) * width:.10g} ms or another {part}"
        )
    return times
