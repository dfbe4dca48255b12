"""Fixed points followed as a parameter moves, and where they appear, vanish or change their stability."""

from typing import NamedTuple

import numpy as np

from ..model import INPUT
from .plane import (
    FixedPoint,
    _derivative,
    _eigenvalues,
    _fixed_points,
    _flow,
    _initial,
    _known,
    _named,
    _newton,
    _search,
    _window,
)

STEP = 0.004  # along a branch, as a part of the window and of the parameter's range
LONGEST = 20  # windows that a branch may be long


class Branch(NamedTuple):
    """Fixed points along a curve of k points: the parameter's `values`, `states` by state variable, `eigenvalues`
    (1/ms, shape (k, n), the largest real part first) and whether they are `stable`."""

    values: np.ndarray
    states: dict[str, np.ndarray]
    eigenvalues: np.ndarray
    stable: np.ndarray


class Bifurcation(NamedTuple):
    """What happens ("saddle-node", "Andronov-Hopf", "branch point"), at which value of the parameter, to which fixed
    point."""

    kind: str
    value: float
    point: FixedPoint


def branches(model, parameter, low, high, I=0.0, window=None, **parameters):
    """Fixed points against a parameter, or the input with parameter="I", from `low` to `high`: a list of Branch.

    A branch is followed along the curve, through its folds, until it leaves the window or the range, by steps of 1/250
    of both. Branches are looked for at nine values of the parameter; a model of more than two variables without gates
    has those that are found from `near_rest`. ValueError for an unknown parameter and an impossible range or window.
    """
    at, flow, box = _scan(model, parameter, low, high, I, window, parameters)
    curves, scale, slopes = [], np.ptp(box, axis=1), {}

    def derivative(z):  # at a point of a branch it is asked for twice: for its tangent and for its eigenvalues
        if z.tobytes() not in slopes:
            slopes[z.tobytes()] = _derivative(flow, z)
        return slopes[z.tobytes()]

    for value in np.linspace(low, high, 9):
        known = _known(model, *at(value))
        listed = model.currents or len(model.state) <= 2
        for point in _fixed_points(model, known, box[:-1]) if listed else _search(model, known, _initial(model)):
            start = np.array([*point.state.values(), value])
            if all(_distance(start / scale, curve / scale) > STEP / 4 for curve in curves):
                curves.append(_follow(flow, derivative, start, scale, box))
    found = []
    for curve in curves:
        rates = np.array([_eigenvalues(derivative(z)[:, :-1]) for z in curve])
        found.append(Branch(curve[:, -1], dict(zip(model.state, curve.T)), rates, rates[:, 0].real < 0))
    return found


def bifurcations(model, parameter, low, high, I=0.0, window=None, **parameters):
    """Where fixed points change as a parameter, or the input with parameter="I", goes from `low` to `high`.

    A list of Bifurcation, ordered by value. They are zeros along a branch, found to about 1e-10, of

        product of all lambda_i = det J             saddle-node; or branch point, where another branch crosses
        product of lambda_i + lambda_j, i < j       Andronov-Hopf where the pair that vanishes is complex

    Two of a kind within one step of a branch are not seen. Errors as for `branches`.

    >>> import spikebook as sb
    >>> [(found.kind, round(found.value, 4)) for found in bifurcations(sb.hodgkin_huxley.MODEL, "I", 0, 200)]
    [('Andronov-Hopf', 9.7754), ('Andronov-Hopf', 154.5224)]
    """
    _, flow, box = _scan(model, parameter, low, high, I, window, parameters)
    scale = np.ptp(box, axis=1)
    found = []
    for branch in branches(model, parameter, low, high, I, window, **parameters):
        curve = np.column_stack([*branch.states.values(), branch.values])
        for test in (_product, _pair_sums):
            positive = test(branch.eigenvalues) > 0
            for k in np.flatnonzero(positive[1:] != positive[:-1]):
                z = _sign_change(flow, test, curve[k], curve[k + 1], scale)
                slopes = _derivative(flow, z)
                point = FixedPoint(_named(model, z[:-1]), slopes[:, :-1])
                if test is _product:
                    turns = _turns(flow, z, curve[k + 1] - curve[k], scale)
                    found.append(Bifurcation("saddle-node" if turns else "branch point", float(z[-1]), point))
                elif point.kind == "centre":  # and no saddle whose eigenvalues cancel
                    found.append(Bifurcation("Andronov-Hopf", float(z[-1]), point))
    return sorted(found, key=lambda bifurcation: bifurcation.value)


def _range(model, parameter, low, high, I, parameters):
    """A function from a value of the scanned parameter to the input and the parameters."""
    if parameter in parameters or (parameter == INPUT and I != 0):
        raise ValueError(f"{parameter} goes from {low} to {high}; it cannot have another value beside that")

    def at(value):
        return (value, parameters) if parameter == INPUT else (I, {**parameters, parameter: value})

    for value in (low, high):
        _known(model, *at(value))
    if low >= high:
        raise ValueError(f"{parameter} goes from low = {low:g} to high = {high:g}; give the lower value first")
    return at


def _scan(model, parameter, low, high, I, window, parameters):
    """The function of _range, the flow over state and parameter together, and the box in which both are looked at."""
    at = _range(model, parameter, low, high, I, parameters)
    box = np.vstack([_window(model, window), (low, high)])
    return at, _flow(model, _known(model, *at(low)), parameter), box


def _product(eigenvalues):
    return np.prod(eigenvalues, axis=-1).real


def _pair_sums(eigenvalues):
    """Product of lambda_i + lambda_j over all pairs: smooth, and zero where a pair is at +-i omega."""
    i, j = np.triu_indices(eigenvalues.shape[-1], 1)
    return np.prod(eigenvalues[..., i] + eigenvalues[..., j], axis=-1).real


def _onto(flow, guess, normal, scale, slopes=None):
    """The fixed point, with its parameter, in the plane through `guess` that is normal to `normal`, or None; `slopes` are
    those of the flow nearby, where they are known."""

    def both(points):
        return np.concatenate([flow(points), [np.tensordot(normal, points, 1) - normal @ guess]])

    return _newton(both, guess, scale, None if slopes is None else np.vstack([slopes, normal]))


def _follow(flow, derivative, start, scale, box):
    """The branch through `start`, shape (k, n + 1), by the predictor of its tangent and the corrector of Newton (Keller
    1977): in one direction, then in the other, unless it is closed."""

    def tangent(z, towards=0.0):
        direction = np.linalg.svd(derivative(z) * scale)[2][-1]
        return direction if np.sum(direction * towards) >= 0 else -direction

    halves = []
    for direction in (tangent(start), -tangent(start)):
        points, step = [start], STEP
        while step > 1e-3 * STEP:
            if len(points) > LONGEST / STEP:
                raise ValueError("a branch of fixed points does not end in the window; give a smaller one")
            guess = points[-1] + step * scale * direction
            z = _onto(flow, guess, direction / scale, scale, derivative(points[-1]))
            if z is None or np.linalg.norm((z - guess) / scale) > 0.2 * step:
                step /= 2
                continue
            if not box[-1, 0] <= z[-1] <= box[-1, 1]:
                edge = np.clip(z[-1], *box[-1])
                part = (edge - points[-1][-1]) / (z[-1] - points[-1][-1])
                z = _onto(flow, points[-1] + part * (z - points[-1]), np.eye(len(box))[-1], scale)
                if z is not None:
                    points[len(points) - (part < 1e-9) :] = [np.append(z[:-1], edge)]
                break
            if np.any((z < box[:, 0]) | (z > box[:, 1])):
                break
            points.append(z)
            if len(points) > 4 and np.linalg.norm((z - start) / scale) < 0.6 * STEP:
                return np.array([*points, start])
            direction, step = tangent(z, direction), min(2 * step, STEP)
        halves.append(points)
    curve = np.array(halves[1][:0:-1] + halves[0])
    return curve if curve[0, -1] <= curve[-1, -1] else curve[::-1]


def _distance(point, curve):
    """The least distance of a point from a curve, shape (k, n)."""
    sides = np.diff(curve, axis=0)
    part = np.sum((point - curve[:-1]) * sides, axis=1) / np.sum(sides**2, axis=1)
    nearest = np.vstack([curve[:1], curve[:-1] + np.clip(part, 0, 1)[:, None] * sides])
    return np.linalg.norm(nearest - point, axis=1).min()


def _sign_change(flow, test, before, after, scale):
    """The point of a branch between two others at which a function of the eigenvalues changes its sign."""

    def positive(z):
        return test(_eigenvalues(_derivative(flow, z)[:, :-1])) > 0

    low, high, first = 0.0, 1.0, positive(before)
    for _ in range(36):
        part = 0.5 * (low + high)
        guess = before + part * (after - before)
        z = _onto(flow, guess, (after - before) / scale**2, scale)
        z = guess if z is None else z  # where branches cross, Newton's equations have no single solution
        low, high = (part, high) if positive(z) == first else (low, part)
    return z


def _turns(flow, z, along, scale):
    """Whether the branch turns back at z: on either side it has the parameter on the same side."""
    along = 0.25 * STEP * along / np.linalg.norm(along / scale)
    sides = (_onto(flow, z + sign * along, along / scale**2, scale) for sign in (1, -1))
    ahead, behind = (0.0 if side is None else side[-1] - z[-1] for side in sides)
    return ahead * behind > 0
