"""The units of artificial networks, and which of them comes closest to a neuron's f-I curve.

    ReLU       max(0, x)        softplus    w log(1 + exp(x / w))        sigmoid    1 / (1 + exp(-x / w))

each times a scale, with x = I - theta.

I, theta   current and threshold, uA/cm2          w    width of the corner or of the rise, uA/cm2
scale      Hz per uA/cm2; of a sigmoid, its ceiling in Hz
"""

import numpy as np
from numpy import exp, log1p, maximum, sqrt

from ..compilation import array, gather, load

__all__ = ["Fitted", "UNITS", "closest"]

UNITS = {"ReLU": 0, "softplus": 1, "sigmoid": 2}
ROUNDS, FINEST = 80, 0.001  # of the search for the closest unit, which tells thresholds apart to so many uA/cm2
LEAST = 1e-9  # by which a neighbour must be better


def activation(kind, x, w):
    """ReLU, softplus or sigmoid (0, 1, 2) of x, at scale 1 and width w."""
    if kind == 0:
        return maximum(0.0, x)
    small = exp(-abs(x) / w)
    if kind == 1:
        return maximum(0.0, x) + w * log1p(small)
    if x > 0:
        return 1 / (1 + small)
    return small / (1 + small)


def overlaps(kind, theta, w, points, low, high, rates, sums):
    """Sums over the curve for a unit with this threshold and width: of unit times rate, and of unit squared."""
    product = 0.0
    square = 0.0
    for k in range(points):
        unit = activation(kind, low + (high - low) * k / (points - 1) - theta, w)
        product += unit * rates[k]
        square += unit * unit
    sums[0] = product
    sums[1] = square


def fit(kind, points, low, high, rates, found):
    """The unit closest to the rates: scale, theta, w and the root of the mean square left, in `found`.

    From where it stands, the search looks at the eight neighbours in threshold and in the logarithm of the width, and goes to
    the best; where none is better it looks half as far. For each, the scale that is best is (sum of unit times rate) /
    (sum of unit squared), and explains (the first)^2 / (the second) of the sum of squares.
    """
    best_theta = 0.5 * (low + high)
    best_w = -1.0
    scale = 0.0
    most = 0.0
    reach = 0.25 * (high - low)
    spread = 1.0
    widths = 1 if kind == 0 else 3
    for _ in range(ROUNDS):
        if reach < FINEST:
            break
        centre = best_theta
        middle = best_w
        before = most
        for i in range(3):
            theta = centre + reach * (i - 1)
            for j in range(widths):
                log_w = middle + (spread * (j - 1) if kind > 0 else 0.0)
                overlaps(kind, theta, exp(log_w), points, low, high, rates, found)
                explained = found[0] * found[0] / found[1] if found[1] > 0 else 0.0
                if explained > most * (1 + LEAST):
                    most = explained
                    scale = found[0] / found[1]
                    best_theta = theta
                    best_w = log_w
        if most == before:
            reach *= 0.5
            spread *= 0.5
    left = 0.0
    for k in range(points):
        off = rates[k] - scale * activation(kind, low + (high - low) * k / (points - 1) - best_theta, exp(best_w))
        left += off * off
    found[0] = scale
    found[1] = best_theta
    found[2] = exp(best_w)
    found[3] = sqrt(left / points)


# ---- for a notebook


class Fitted(tuple):
    """A unit that `closest` has fitted to a curve; called with currents (uA/cm2; a number or an array) it gives its rates, Hz.

    kind       "ReLU", "softplus" or "sigmoid"
    scale      Hz per uA/cm2; of a sigmoid, its ceiling in Hz
    theta, w   threshold and width, uA/cm2
    error      root mean square of what is left, Hz

    >>> unit = Fitted(("ReLU", 30.0, 1.5, 1.0, 0.0))
    >>> unit([1.0, 2.0])
    array([ 0., 15.])
    """

    kind = property(lambda self: self[0])
    scale = property(lambda self: self[1])
    theta = property(lambda self: self[2])
    w = property(lambda self: self[3])
    error = property(lambda self: self[4])

    def __call__(self, current):
        x = np.asarray(current, dtype=float) - self.theta
        if self.kind == "ReLU":
            return self.scale * np.maximum(0, x)
        if self.kind == "softplus":
            return self.scale * self.w * np.logaddexp(0, x / self.w)
        return self.scale / (1 + np.exp(-x / self.w))


def closest(kind, current, rates):
    """The unit of a kind, "ReLU", "softplus" or "sigmoid", closest to a curve at evenly spaced currents (uA/cm2).

    Root mean square, with scale, threshold and width free. ValueError for other kinds, and currents not evenly spaced.

    >>> I = np.linspace(-1, 5, 121)
    >>> unit = closest("ReLU", I, 30 * np.maximum(0, I - 1.5))
    >>> print(round(unit.scale, 1), round(unit.theta, 2))
    30.0 1.5
    """
    if kind not in UNITS:
        raise ValueError(f"kind = {kind!r} is no unit here; use {', '.join(UNITS)}")
    current, rates = np.asarray(current, dtype=float), np.asarray(rates, dtype=float)
    if current.shape != rates.shape or len(current) < 4 or not np.allclose(np.diff(current, 2), 0, atol=1e-9):
        raise ValueError("current must be evenly spaced, with one rate for each of at least 4 values")
    found = array(np.zeros(4))
    load(gather((fit,)), ("fit",)).fit(
        UNITS[kind], len(rates), float(current[0]), float(current[-1]), array(rates), found
    )
    return Fitted((kind, *(float(value) for value in found)))
