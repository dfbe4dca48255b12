"""Random spike trains of known statistics: Poisson, Poisson with a refractory period, gamma.

    expected number of spikes until t   L(t) = integral of rate from 0 to t

A train of any rate is one of rate 1 on a clock that runs with L: draw the train on that clock, then read each spike's
time off t = L^-1. A rate is a number in Hz, or a row of values in Hz that divide the duration into equal pieces.

Cox (1962) Renewal Theory; Brown, Barbieri, Ventura, Kass and Frank (2002) Neural Comput 14:325,
doi:10.1162/08997660252741149.
"""

import numpy as np

from ..model import number
from ..stimuli import _finite
from .statistics import positive

MOST_SPIKES = 1e8  # a gigabyte
SMALLEST_SHAPE = 0.5  # below, ever more intervals are too short for the rounding of the times


def poisson(rate, duration, t_ref=0.0, seed=None):
    """A Poisson process from 0 to `duration` ms, spikes in ms; after each spike none can follow for `t_ref` ms.

    rate  what the neuron fires when it is not refractory, Hz: a number, or a row of values in equal pieces of the
          duration
    seed  an integer, or a generator of `np.random.default_rng` to draw several trains one after another

    With a constant rate r the intervals are t_ref + exponential: the neuron fires at r / (1 + r t_ref), and
    CV = 1 / (1 + r t_ref), in these two with t_ref in s. It starts as if it had been firing before 0. ValueError for a negative rate, a duration that is
    not positive, a negative t_ref.

    >>> abs(len(poisson(rate=50, duration=100_000, seed=1)) - 5000) < 4 * np.sqrt(5000)
    np.True_
    """
    rng = np.random.default_rng(seed)
    rate, clock, edges = _clock(rate, duration)
    t_ref = number("t_ref", t_ref, "ms")
    if t_ref < 0:
        raise ValueError(f"t_ref = {t_ref:g} ms is negative; give 0 ms or more")
    times = np.unique(np.interp(rng.uniform(0, clock[-1], rng.poisson(clock[-1])), clock, edges))  # in order
    if t_ref == 0:
        return times
    load = rate[0] * t_ref / 1000
    ready = t_ref * rng.uniform() if rng.uniform() < load / (1 + load) else 0.0  # after a spike before 0, or at once
    # The process has no memory: what it does after the refractory period does not depend on the spikes taken out.
    kept = []
    k = np.searchsorted(times, ready)
    while k < len(times):
        kept.append(times[k])
        k = np.searchsorted(times, times[k] + t_ref, "right")
    return np.array(kept)


def gamma(rate, duration, shape, seed=None):
    """A renewal process with gamma-distributed intervals from 0 to `duration` ms, spikes in ms.

    shape 1 is a Poisson process; larger shapes are more regular (CV = 1 / sqrt(shape)), smaller ones burst.
    rate (Hz, a number or a row) and seed are as in `poisson`. A rate that changes stretches the intervals. The train
    starts as if the neuron had been firing before 0, so the rate holds from the first millisecond on.

    >>> np.diff(gamma(rate=50, duration=1000, shape=1e6, seed=1)).round()[:4]
    array([20., 20., 20., 20.])
    """
    rng = np.random.default_rng(seed)
    _, clock, edges = _clock(rate, duration)
    shape = number("shape", shape, "")
    if shape < SMALLEST_SHAPE:
        raise ValueError(f"shape = {shape:g} is too small; give {SMALLEST_SHAPE} or more (1 is a Poisson process)")
    # Time 0 falls into a long interval more likely than into a short one, and anywhere within it.
    ticks = rng.uniform() * rng.gamma(shape + 1, 1 / shape, 1)
    while ticks[-1] < clock[-1]:
        more = rng.gamma(shape, 1 / shape, int(clock[-1]) + 10)
        ticks = np.append(ticks, ticks[-1] + np.cumsum(more))
    return np.unique(np.interp(ticks[ticks < clock[-1]], clock, edges))  # the shortest intervals round to 0


def _clock(rate, duration):
    """The rate as a row, the expected number of spikes at the edges of its pieces, and the edges in ms."""
    rate, duration = _finite(np.atleast_1d(rate), "rate", "Hz"), positive("duration", duration, "ms")
    if np.any(rate < 0):
        raise ValueError(f"rate goes down to {rate.min():g} Hz; give rates from 0 Hz on")
    edges = np.linspace(0, duration, len(rate) + 1)
    clock = np.append(0, np.cumsum(rate * duration / len(rate) / 1000))
    if clock[-1] > MOST_SPIKES:
        raise ValueError(
            f"rate = {rate.mean():g} Hz for {duration:g} ms makes {clock[-1]:.3g} spikes; use a lower rate or a shorter "
            "duration"
        )
    return rate, clock, edges
