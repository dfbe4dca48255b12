"""How far apart two spike trains are, on a time scale that you choose.

    van Rossum        D^2 = (2 / tau) integral of (f - g)^2 dt,   f(t) = sum over spikes t_k <= t of exp(-(t - t_k) / tau)
    Victor-Purpura    D = the least cost of turning one train into the other: 1 to delete or insert a spike,
                      cost |shift| to move one

tau   time constant of the kernel, ms           cost   price of moving a spike, 1/ms

Both are metrics (zero only for equal trains, symmetric, the triangle inequality holds), do not change when both trains are
shifted, and give one spike more or less the distance 1. Small tau and large cost ask for precise times; large tau and
cost 0 compare the numbers of spikes alone (van Rossum's with n more spikes tends to n).

van Rossum (2001) Neural Comput 13:751, doi:10.1162/089976601300014321, whose D^2 is half of the one here.
Victor and Purpura (1996) J Neurophysiol 76:1310, doi:10.1152/jn.1996.76.2.1310.
"""

import math

import numpy as np

from ..model import number
from .statistics import as_train, positive


def van_rossum(a, b, tau):
    """van Rossum's distance between the trains `a` and `b` (ms) for the time constant `tau` (ms).

    Between two spikes f - g decays as exp(-t / tau), so the integral is exact, in one pass over the spikes.

    >>> van_rossum([10.0, 20.0], [10.0], tau=5)
    1.0
    """
    a, b, tau = as_train(a, "a"), as_train(b, "b"), positive("tau", tau, "ms")
    times = np.concatenate([a, b])
    order = np.argsort(times, kind="stable")
    steps = np.repeat([1.0, -1.0], [len(a), len(b)])[order]
    gaps = np.diff(times[order], append=math.inf) / tau
    difference = squared = 0.0
    for step, gap in zip(steps.tolist(), gaps.tolist()):
        difference += step
        squared -= difference**2 * math.expm1(-2 * gap)
        difference *= math.exp(-gap)
    return math.sqrt(squared)


def victor_purpura(a, b, cost):
    """Victor and Purpura's distance between the trains `a` and `b` (ms), where moving a spike costs `cost` per ms.

    A spike is moved when it is less than 2 / cost ms away from its counterpart; otherwise deleting and inserting is cheaper.

    >>> victor_purpura([10.0, 20.0], [11.0], cost=0.1)
    1.1
    """
    a, b, cost = as_train(a, "a"), as_train(b, "b"), number("cost", cost, "1/ms")
    if cost < 0:
        raise ValueError(f"cost = {cost:g} 1/ms is negative; give 0 (counts alone matter) or more")
    inserted = np.arange(len(b) + 1.0)
    row = inserted.copy()  # distances of the first spikes of a, none to begin with, to the first 0, 1, 2... of b
    for spike in a:
        best = row + 1  # delete the spike,
        best[1:] = np.minimum(best[1:], row[:-1] + cost * np.abs(b - spike))  # or move it,
        row = np.minimum.accumulate(best - inserted) + inserted  # or insert spikes of b after either
    return float(row[-1])
