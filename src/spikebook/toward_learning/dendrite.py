"""One neuron against XOR: what its branches must do that a weighted sum cannot.

    monotone unit     fires where w . x + b > 0
    branch            D(s) = 0 for s < 1,   exp(-(s - 1) / fall) from s = 1 on

x      inputs, each 0 or 1             w, b   weights and bias
s      the branch's input, in units of what just sets off its dendritic spike
D      size of that spike, 1 for the largest       fall    over how much more input it shrinks to 37 %

Such branches were found in human cortex: Gidon and others (2020) Science 367:83, doi:10.1126/science.aax6239. Branches as a
layer of units: Poirazi, Brannon and Mel (2003) Neuron 37:989, doi:10.1016/S0896-6273(03)00149-1.
"""

import itertools

import numpy as np

from ..membrane_potential import _above_zero as above_zero

FALL = 0.4  # of what sets it off


def branch(s, fall=FALL):
    """The size D of the dendritic spike at the input s; numbers or arrays. ValueError for a `fall` that is not above 0.

    >>> branch(np.array([0.9, 1.0, 2.0])).round(2)
    array([0.  , 1.  , 0.08])
    """
    s, fall = np.asarray(s, dtype=float), above_zero("fall", fall, "")
    return np.where(s < 1, 0.0, np.exp(-np.maximum(s - 1, 0.0) / fall))


def patterns(inputs=2):
    """All patterns of so many inputs, a row each: 00, 01, 10, 11.

    >>> patterns(1)
    array([[0],
           [1]])
    """
    if inputs not in (1, 2, 3):
        raise ValueError(f"inputs = {inputs!r}: 1, 2 or 3 can be listed")
    return np.array(list(itertools.product((0, 1), repeat=inputs)))


def computable(response, inputs=2, grid=None):
    """The truth tables, as tuples of 0 and 1 in the order of `patterns`, that one unit reaches with some weights.

    response    what the unit makes of w . x + b: an array of drives to an array of truth values
    grid        the values that each weight and the bias are tried at: from -3 to 3 by default

    >>> len(computable(lambda drive: drive > 0))  # 14 of the 16 there are
    14
    """
    grid = np.linspace(-3, 3, 25) if grid is None else np.asarray(grid, dtype=float)
    x = patterns(inputs)
    sums = np.unique(np.array(list(itertools.product(grid, repeat=inputs))) @ x.T, axis=0)
    codes = set()
    for bias in grid:
        fired = np.asarray(response(sums + bias), dtype=int)
        codes |= set(np.unique(fired @ (1 << np.arange(len(x)))).tolist())
    return {tuple(code >> k & 1 for k in range(len(x))) for code in codes}
