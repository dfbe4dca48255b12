"""The phase plane of Izhikevich's neurons, solved by hand. Their equations and published cells are in `izhikevich`.

All forms of this neuron (2003, 2007, the variants of `firing_patterns`) have a parabola and a straight line:

    dv/dt = P v^2 + Q v + R + S u + T I         du/dt = A + B v + G u

P, Q, R, S, T   what the fast equation is made of: 0.04, 5, 140, -1, 1 in the form of 2003
A, B, G         what the slow one is made of: 0, a b, -a there

So what takes a search in other planes has a formula here. With beta = -B / G the slope of the line u = beta v + ...,

    fixed points      P v^2 + (Q + S beta) v + ... = 0              two, or none
    Jacobian          [[2 P v + Q, S], [B, G]]
    saddle-node       det = 0 at v = -(Q + S beta) / (2 P)          the two meet and vanish
    Andronov-Hopf     trace = 0 at v = -(Q + G) / (2 P)             only where det > 0: for 2003, where b > a

The scalar functions are what the chapter's explorer runs in the page; `plane` has P, Q, R, S, T, A, B, G in this order.

Izhikevich (2007) Dynamical Systems in Neuroscience, chapter 8, doi:10.7551/mitpress/2526.001.0001.
"""

from typing import NamedTuple

import numpy as np
from numpy import sqrt

from .compilation import array, gather, load
from .model import INPUT, number
from .steps import called

__all__ = ["Edge", "KINDS", "Point", "fixed_points", "plane", "rest_is_lost"]

KINDS = ("stable node", "stable focus", "unstable node", "unstable focus", "saddle")
FAR = 100.0  # mV from 0: where the parabola is sampled


def fast_nullcline(plane, v, I):
    """u where v stands still."""
    return -(plane[0] * v * v + plane[1] * v + plane[2] + plane[4] * I) / plane[3]


def slow_nullcline(plane, v):
    """u where u stands still."""
    return -(plane[5] + plane[6] * v) / plane[7]


def velocity(plane, v, u, I, moves):
    """Rates of change of v and u, into moves[0] and moves[1]."""
    moves[0] = plane[0] * v * v + plane[1] * v + plane[2] + plane[3] * u + plane[4] * I
    moves[1] = plane[5] + plane[6] * v + plane[7] * u


def still(plane, I, points):
    """Fixed points: v and u of the lower one, then of the upper one, into `points`; returns how many there are."""
    P = plane[0]
    G = plane[7]
    if G == 0:
        if plane[6] == 0:
            return 0
        points[0] = -plane[5] / plane[6]
        points[1] = fast_nullcline(plane, points[0], I)
        return 1
    Q = plane[1] - plane[3] * plane[6] / G
    R = plane[2] + plane[4] * I - plane[3] * plane[5] / G
    under = Q * Q - 4 * P * R
    if under < 0:
        return 0
    half = sqrt(under) / (2 * P)
    for k in range(2):
        v = -Q / (2 * P) - half if k == 0 else -Q / (2 * P) + half
        points[2 * k] = v
        points[2 * k + 1] = slow_nullcline(plane, v)
    return 2


def kind(plane, v):
    """Which of KINDS a fixed point at v is, by its trace and determinant."""
    slope = 2 * plane[0] * v + plane[1]
    trace = slope + plane[7]
    det = slope * plane[7] - plane[3] * plane[6]
    if det < 0:
        return 4
    turns = 1 if trace * trace < 4 * det else 0
    return turns if trace < 0 else 2 + turns


def current_at(plane, v):
    """The input that puts a fixed point at v."""
    return -(plane[0] * v * v + plane[1] * v + plane[2] + plane[3] * slow_nullcline(plane, v)) / plane[4]


def edges(plane, found):
    """I and v of the saddle-node, then of the Hopf point, into `found`; returns how many of the two there are."""
    if plane[7] == 0:
        return 0
    P = plane[0]
    found[1] = (plane[3] * plane[6] / plane[7] - plane[1]) / (2 * P)
    found[0] = current_at(plane, found[1])
    if -plane[7] * plane[7] - plane[3] * plane[6] <= 0:
        return 1
    found[3] = (-plane[7] - plane[1]) / (2 * P)
    found[2] = current_at(plane, found[3])
    return 2


SCALAR = (velocity, fast_nullcline, slow_nullcline, still, kind, current_at, edges)


def coefficients(model):
    """Text of `coefficients(parameters..., plane_)`: the model's own equations, sampled, give its parabola and line."""
    v, u = model.state
    fast, slow = (model.derivatives[name] for name in model.state)

    def at(function, x=0.0, y=0.0, I=0.0):
        return called(function, {v: repr(x), u: repr(y), INPUT: repr(I)})

    zero, left, right = at(fast), at(fast, -FAR), at(fast, FAR)
    values = [
        f"({right} + {left} - 2 * {zero}) / {2 * FAR * FAR}",
        f"({right} - {left}) / {2 * FAR}",
        zero,
        f"{at(fast, y=1.0)} - {zero}",
        f"{at(fast, I=1.0)} - {zero}",
        at(slow),
        f"({at(slow, FAR)} - {at(slow, -FAR)}) / {2 * FAR}",
        f"{at(slow, y=1.0)} - {at(slow)}",
    ]
    lines = [f"def coefficients({', '.join(model.parameters)}, plane_):"]
    return "\n".join(lines + [f"    plane_[{k}] = {value}" for k, value in enumerate(values)])


class Edge(NamedTuple):
    """Where a resting state is lost: "saddle-node" or "Andronov-Hopf", at which input and at which v."""

    kind: str
    current: float
    v: float


class Point(NamedTuple):
    """A fixed point: v, u and which of KINDS it is."""

    v: float
    u: float
    kind: str


def plane(model, **parameters):
    """P, Q, R, S, T, A, B, G of a model of this family, as an array.

    ValueError for a model that is no parabola and line, and for parameters as in `simulate`.

    >>> from spikebook.izhikevich import MODEL
    >>> plane(MODEL).round(6).tolist()
    [0.04, 5.0, 140.0, -1.0, 1.0, 0.0, 0.004, -0.02]
    """
    known = model.values(**parameters)
    if len(model.state) != 2 or not model.derivatives:
        raise ValueError(f"{model.name} has {', '.join(model.state)}; this plane needs two variables and their rates")
    text = "\n\n".join([gather(model.derivatives.values()), coefficients(model)])
    found = array(np.zeros(8))
    load(text, ("coefficients",)).coefficients(*known.values(), found)
    elsewhere = dict(zip(model.state, (37.0, -5.0)))
    rates, expected = [*model.rates_of_change(elsewhere, known, 3.0).values()], np.zeros(2)
    velocity(found, 37.0, -5.0, 3.0, expected)
    if np.abs(rates - expected).max() > 1e-9 * (1 + np.abs(expected).max()):
        raise ValueError(f"{model.name} is no parabola and straight line; use spikebook.phase_plane")
    return np.asarray(found)


def fixed_points(model, I=0.0, **parameters):
    """Every fixed point under a constant input, as a list of Point, the lower first; empty where there is none.

    >>> from spikebook.izhikevich import MODEL
    >>> [(round(p.v, 2), p.kind) for p in fixed_points(MODEL)]
    [(-70.0, 'stable node'), (-50.0, 'saddle')]
    """
    of, points = plane(model, **parameters), np.zeros(4)
    count = still(of, number(INPUT, I, model.current_unit), points)
    return [Point(float(v), float(u), KINDS[kind(of, v)]) for v, u in points.reshape(2, 2)[:count]]


def rest_is_lost(model, **parameters):
    """Where the resting state is lost as the input grows, as a list of Edge in the order in which it happens.

    >>> from spikebook.izhikevich import MODEL
    >>> [(edge.kind, round(edge.current, 4)) for edge in rest_is_lost(MODEL)]
    [('Andronov-Hopf', 3.7975), ('saddle-node', 4.0)]
    """
    found = np.zeros(4)
    count = edges(plane(model, **parameters), found)
    pairs = zip(("saddle-node", "Andronov-Hopf"), found.reshape(2, 2)[:count].tolist())
    return sorted((Edge(name, *pair) for name, pair in pairs), key=lambda edge: edge.current)
