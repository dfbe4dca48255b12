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
    return float(_edits([as_train(a, "a")], [as_train(b, "b")], cost)[0, 0])


def victor_purpura_table(new, known, cost):
    """Victor and Purpura's distance from every train of one list to every train of another, shape (new, known).

    new, known   lists of trains, ms     cost   price of moving a spike, 1/ms

    All pairs are worked out at once, which is many times faster than one call for each. ValueError for an empty list.

    >>> victor_purpura_table([[10.0, 20.0], []], [[11.0], [10.0, 20.0]], cost=0.1)
    array([[1.1, 0. ],
           [1. , 2. ]])
    """
    lists = {"new": new, "known": known}
    for name, trains in lists.items():
        if not np.iterable(trains) or not len(trains) or not all(map(np.iterable, trains)):
            raise ValueError(
                f"{name} must be a list of at least one train; put a single train in brackets: [spike_times]"
            )
        lists[name] = [as_train(train, f"{name}[{k}]") for k, train in enumerate(trains)]
    return _edits(lists["new"], lists["known"], cost)


def _edits(firsts, seconds, cost):
    """The distance of every pair, by the shortest way through the table of beginnings of both trains."""
    cost = number("cost", cost, "1/ms")
    if cost < 0:
        raise ValueError(f"cost = {cost:g} 1/ms is negative; give 0 (counts alone matter) or more")
    first, first_length = _side_by_side(firsts)
    second, second_length = _side_by_side(seconds)
    inserted = np.arange(second.shape[1] + 1.0)
    row = np.tile(inserted, (len(firsts), len(seconds), 1))  # from no spike of a to the first 0, 1, 2... of b
    found = row[:, np.arange(len(seconds)), second_length]
    for k, spike in enumerate(first.T):
        moved = row[..., :-1] + cost * np.abs(second - spike[:, None, None])
        best = row + 1  # delete the spike,
        best[..., 1:] = np.minimum(best[..., 1:], moved)  # or move it,
        row = np.minimum.accumulate(best - inserted, axis=-1) + inserted  # or insert spikes of b after either
        at_end = first_length == k + 1
        found[at_end] = row[at_end][:, np.arange(len(seconds)), second_length]
    return found


def _side_by_side(trains):
    """Trains as the rows of a table, the short ones filled up with zeros, and their lengths."""
    lengths = np.array([len(train) for train in trains])
    table = np.zeros((len(trains), lengths.max()))
    for row, train in zip(table, trains):
        row[: len(train)] = train
    return table, lengths
