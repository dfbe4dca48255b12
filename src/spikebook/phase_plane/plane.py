"""Nullclines, fixed points and the eigenvalues there."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..model import INPUT, number
from ..simulation import check_current

GRID = 201  # points along each side of a window
ZERO = 1e-7  # an eigenvalue this small beside the largest is zero: fixed points at a fold are known to 1e-8


@dataclass(frozen=True, eq=False)
class FixedPoint:
    """A state in which nothing changes, and how the model moves near it.

    state        value by state variable             jacobian    1/ms, shape (n, n), in the order of the state
    eigenvalues  1/ms, the largest real part first   trace, determinant, stable, kind
    """

    state: dict[str, float]
    jacobian: np.ndarray

    @property
    def eigenvalues(self):
        return _eigenvalues(self.jacobian)

    @property
    def trace(self):
        return float(np.trace(self.jacobian))

    @property
    def determinant(self):
        return float(np.linalg.det(self.jacobian))

    @property
    def stable(self):
        return self.kind.startswith("stable")

    @property
    def kind(self):
        """Stable or unstable node or focus (with a complex pair), saddle or saddle-focus, centre (a pair on the
        imaginary axis), degenerate (an eigenvalue of zero)."""
        sizes, real = np.abs(self.eigenvalues), self.eigenvalues.real
        if sizes.min() <= max(ZERO * sizes.max(), 1e-8):
            return "degenerate"
        if np.any(np.abs(real) <= ZERO * sizes):
            return "centre"
        turns = np.any(np.abs(self.eigenvalues.imag) > 1e-5 * sizes)  # a double eigenvalue comes out this far apart
        if real.min() < 0 < real.max():
            return "saddle-focus" if turns else "saddle"
        return ("stable " if real.max() < 0 else "unstable ") + ("focus" if turns else "node")

    def __repr__(self):
        return f"<{self.kind} at {', '.join(f'{name} = {value:.6g}' for name, value in self.state.items())}>"


def field(model, I=0.0, window=None, points=21, **parameters):
    """The vector field of a model of two variables on a grid of `points` by `points`, for `axes.quiver(*field)`.

    Returns four arrays, indexed [row of y, column of x]: both variables and their rates of change (per ms). ValueError
    for another number of variables, an impossible window and unknown parameters.
    """
    if points < 2:
        raise ValueError(f"points = {points} make no grid; give at least 2")
    flow, window = _plane(model, I, window, parameters, "a vector field")
    grid = np.array(np.meshgrid(*(np.linspace(*side, points) for side in window)))
    return (*grid, *flow(grid))


def nullclines(model, I=0.0, window=None, **parameters):
    """Where each of two variables stands still: a dict from its name to a list of curves.

    A curve is an array of shape (2, k), the values of the first and of the second variable: `axes.plot(*curve)`. Its
    points are zeros of the rate of change, to rounding; a closed curve ends where it begins. What a grid of 201 by 201
    points cannot see is missed, and so is a rate that touches zero without a change of sign.

    ValueError for another number of variables, an impossible window and unknown parameters.
    """
    flow, window = _plane(model, I, window, parameters, "a nullcline")
    return {name: _zeros(lambda points, k=k: flow(points)[k], window, name) for k, name in enumerate(model.state)}


def fixed_points(model, I=0.0, window=None, **parameters):
    """All fixed points in the window, to rounding: a list of FixedPoint, ordered by the first variable.

    They are the zeros of one rate of change along the curve on which the others vanish: the gates' steady states of a
    conductance model, the first nullcline of another model of two variables. ValueError for models of more variables
    without gates, an impossible window and unknown parameters.

    >>> import spikebook as sb
    >>> fixed_points(sb.hodgkin_huxley.MODEL, I=10)
    [<saddle-focus at V = -59.5706, n = 0.403117, m = 0.0981482, h = 0.403366>]
    """
    return _fixed_points(model, _known(model, I, parameters), _window(model, window))


def equilibrium(model, I=0.0, near=None, **parameters):
    """Rest under a constant input, as a FixedPoint, for any number of variables.

    It is searched from the state `near`; without that, it is a conductance model's fixed point of the lowest voltage,
    and another model is searched from `near_rest`. ValueError when nothing is found.
    """
    known = _known(model, I, parameters)
    if near is None and model.currents:
        found, where = _fixed_points(model, known, _window(model, None)), "between -200 and 200 mV"
    else:
        start = _initial(model) if near is None else _point(model, near, "near")
        found, where = _search(model, known, start), f"near {start.tolist()}; start elsewhere with near={{...}}"
    if not found:
        raise ValueError(f"{model.name} has no equilibrium at I = {known[INPUT]:g} {model.current_unit} {where}")
    return found[0]


def jacobian(model, state, I=0.0, **parameters):
    """df_i/dx_j (1/ms) at `state`, a dict, for any number of variables: shape (n, n).

    By extrapolated differences, to about 1e-11 of an entry or 1e-14 of the rate of change itself. ValueError for an
    incomplete state and where a rate is not finite.
    """
    return _derivative(_flow(model, _known(model, I, parameters)), _point(model, state, "state"))


def eigenvalues(model, state, I=0.0, **parameters):
    """Eigenvalues of the Jacobian at `state` (1/ms), complex, the largest real part first."""
    return _eigenvalues(jacobian(model, state, I, **parameters))


# ---- what is given


def _known(model, I, parameters):
    I = number(INPUT, I, model.current_unit)
    check_current(model, I)
    return {**model.values(**parameters), INPUT: I}


def _window(model, window):
    """Lowest and highest value of every state variable, shape (n, 2)."""
    if not isinstance(window, (Mapping, type(None))):
        raise TypeError(f"window must be a dict such as {{{model.voltage!r}: (-80, 40)}}, not {window!r}")
    sides = dict.fromkeys(model.gates, (0, 1)) | ({model.voltage: (-200, 200)} if model.currents else {})
    sides |= window or {}
    if set(sides) != set(model.state):
        raise ValueError(f"window has {', '.join(sides) or 'nothing'}; {model.name} needs {', '.join(model.state)}")
    for name, side in sides.items():
        if np.shape(side) != (2,):
            raise ValueError(f"window[{name!r}] = {side!r} is no range; give (low, high)")
        low, high = (number(f"window[{name!r}]", value, "") for value in side)
        if low >= high:
            raise ValueError(f"window[{name!r}] goes from {low:g} to {high:g}; give the lower value first")
    return np.array([sides[name] for name in model.state], dtype=float)


def _plane(model, I, window, parameters, what):
    if len(model.state) != 2:
        raise ValueError(
            f"{what} needs two variables, and {model.name} has {len(model.state)} ({', '.join(model.state)}); "
            "equilibrium, eigenvalues and bifurcations take any number"
        )
    return _flow(model, _known(model, I, parameters)), _window(model, window)


def _point(model, state, name):
    if not isinstance(state, Mapping):
        raise TypeError(f"{name} must be a dict such as {{{model.voltage!r}: -60}}, not {state!r}")
    if set(state) != set(model.state):
        raise ValueError(f"{name} has {', '.join(state) or 'nothing'}; {model.name} needs {', '.join(model.state)}")
    return np.array([number(f"{name} {x}", state[x], "") for x in model.state])


def _named(model, point):
    return dict(zip(model.state, point.tolist()))


def _initial(model):
    return np.array([{**model.initial, **model.near_rest}.get(x, 0.0) for x in model.state])


# ---- rates of change, their derivatives and their zeros


def _flow(model, known, *scanned):
    """The rates of change, shape (n, ...), as a function of points, rows of the state variables and what is scanned."""

    def rates(points):
        everything = {**known, **dict(zip((*model.state, *scanned), points))}
        found = model.rates_of_change({x: everything[x] for x in model.state}, everything, everything[INPUT])
        return np.array([np.broadcast_to(found[x], points.shape[1:]) for x in model.state], dtype=float)

    def one(point):
        try:
            return rates(point)
        except ArithmeticError:
            return np.full(len(model.state), np.nan)

    def flow(points):
        with np.errstate(all="ignore"):
            try:
                return rates(points)
            except (TypeError, ValueError):  # functions of `math`, or with an `if`, take one number at a time
                found = np.array([one(point) for point in points.reshape(len(points), -1).T]).T
                return found.reshape(-1, *points.shape[1:])

    return flow


@np.errstate(all="ignore")
def _derivative(function, point):
    """d function_i / d x_j: central differences of twenty steps, each half the one before, extrapolated to step 0; of
    all extrapolations the one whose estimated error is least (Ridders 1982, doi:10.1016/S0141-1195(82)80057-0)."""
    n = len(point)
    largest = np.exp2(np.floor(np.log2(np.maximum(1.0, np.abs(point)))) - 3)  # a power of 2 is added without rounding
    steps = largest[:, None] * 0.5 ** np.arange(20)
    shifts = (np.eye(n)[:, :, None] * np.hstack([steps, -steps])).reshape(n, -1)
    last_digits = np.outer(np.arange(1, n + 1), np.arange(37)) % 37 - 18  # where the function differs by rounding alone
    last_digits = last_digits * np.spacing(np.abs(point))[:, None]
    values = function(point[:, None] + np.hstack([shifts, last_digits]))
    ahead, behind = np.split(values[:, : shifts.shape[1]].reshape(-1, n, 40), 2, axis=-1)
    rounding = np.finfo(float).eps * (np.abs(ahead) + np.abs(behind))
    rounding += np.ptp(values[:, shifts.shape[1] :], axis=-1)[:, None, None]
    table = (ahead - behind) / (2 * steps)
    estimates, errors = [], []
    for k in range(1, 7):
        finer = table[..., 1:] + (table[..., 1:] - table[..., :-1]) / (4**k - 1)
        estimates.append(finer)
        errors.append(
            np.maximum(abs(finer - table[..., 1:]), abs(finer - table[..., :-1])) + (rounding / steps)[..., k:]
        )
        table = finer
    errors = np.nan_to_num(np.concatenate(errors, axis=-1), nan=np.inf)
    if np.isinf(errors.min(axis=-1)).any():
        raise ValueError(f"a rate of change is not finite around {point.tolist()}; look elsewhere")
    best = errors.argmin(axis=-1, keepdims=True)
    return np.take_along_axis(np.concatenate(estimates, axis=-1), best, axis=-1)[..., 0]


def _eigenvalues(jacobian):
    found = np.linalg.eigvals(jacobian).astype(complex)
    return found[np.lexsort((-found.imag, -found.real))]


@np.errstate(all="ignore")
def _newton(function, point, scale, slopes=None):
    """The zero of `function` to which Newton's method leads from `point`, or None; it may begin with `slopes`."""
    last = np.inf
    for _ in range(100):
        try:
            slopes = _derivative(function, point) if slopes is None else slopes
            here = function(point)
            move = np.linalg.lstsq(slopes, here, rcond=None)[0]
        except (ValueError, np.linalg.LinAlgError):  # not finite here
            return None
        point, size = point - move, np.max(np.abs(move) / scale)
        if size < 1e-12 or last <= size < 1e-6:  # rounding keeps the moves at about 1e-8 where two zeros meet
            left = np.abs(here - slopes @ move)  # not nothing in a minimum, from which no move leads to a zero
            return point if np.all(left <= 1e-13 * np.linalg.norm(slopes * scale, axis=1)) else None
        last, slopes = size, slopes if size < min(1e-4, 1e-2 * last) else None  # close by, the same slopes will do
    return None


def _fixed_point(model, flow, point):
    return FixedPoint(_named(model, point), _derivative(flow, point))


def _search(model, known, start):
    flow = _flow(model, known)
    point = _newton(flow, start, np.maximum(1.0, np.abs(start)))
    return [] if point is None else [_fixed_point(model, flow, point)]


@np.errstate(all="ignore")
def _fixed_points(model, known, window):
    flow, scale = _flow(model, known), np.ptp(window, axis=1)
    if model.currents or len(model.state) == 1:
        curves, k = [_steady(flow, window)], 0
    elif len(model.state) == 2:
        curves, k = _zeros(lambda points: flow(points)[0], window, model.state[0]), 1
    else:
        raise ValueError(
            f"fixed points are listed for conductance models and for one or two variables; {model.name} has "
            f"{', '.join(model.state)}: use equilibrium(near={{...}})"
        )
    found = []
    for curve in curves:
        for start in _near_zeros(curve, flow(curve)[k], model.state[k]):
            point = _newton(flow, start, scale)
            if point is None or np.any(np.abs(point - window.mean(axis=1)) > (0.5 + 1e-9) * scale):
                continue
            if all(np.max(np.abs(point - other) / scale) > 1e-6 for other in found):
                found.append(point)
    return [_fixed_point(model, flow, point) for point in sorted(found, key=tuple)]


def _steady(flow, window):
    """The curve, over the first variable, on which every gate is in its steady state."""
    points = np.zeros((len(window), 10 * GRID))
    points[0] = np.linspace(*window[0], 10 * GRID)
    closed = flow(points)[1:]
    points[1:] = 1.0
    points[1:] = closed / (closed - flow(points)[1:])  # a gate's rate of change falls in a straight line from 0 to 1
    return points


def _near_zeros(curve, values, name):
    """Points of the curve, shape (n, k), where values change their sign, and around those where they come close to it."""
    if not np.any(values):
        raise ValueError(f"{name} stands still all along a curve, so that no fixed point is single; change a parameter")
    k = np.flatnonzero((values[1:] > 0) != (values[:-1] > 0))
    part = values[k] / (values[k] - values[k + 1])
    yield from (curve[:, k] + part * (curve[:, k + 1] - curve[:, k])).T
    size = np.abs(values)
    for k in np.flatnonzero((size[1:-1] < size[:-2]) & (size[1:-1] <= size[2:])) + 1:
        yield from curve[:, k - 1 : k + 2].T


def _zeros(function, window, name):
    """Curves in the window on which `function` changes its sign: a list of arrays of shape (2, k).

    Zeros are bisected on the sides of a grid's squares, and joined across every square.
    """
    grid = np.array(np.meshgrid(*(np.linspace(*side, GRID) for side in window), indexing="ij"))
    values = function(grid)
    if not np.any(values):
        raise ValueError(f"{name} stands still everywhere, which is no curve; change a parameter")
    positive = values > 0
    zeros = {}  # (direction of the side, i, j of its lower end) -> point
    for direction in (0, 1):
        lower, upper = (np.arange(GRID - 1) + k for k in (0, 1))
        changes = np.take(positive, lower, direction) != np.take(positive, upper, direction)
        low, high = (np.take(grid, k, direction + 1)[:, changes] for k in (lower, upper))
        start, stop = (np.take(values, k, direction)[changes] for k in (lower, upper))
        for _ in range(48):
            middle = 0.5 * (low + high)
            same = (function(middle) > 0) == (start > 0)
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        sound = np.abs(function(high)) <= 1e-6 * np.maximum(abs(start), abs(stop))  # elsewhere a pole or a jump
        sound &= np.isfinite(start) & np.isfinite(stop)
        sides = ((direction, i, j) for i, j in np.argwhere(changes)[sound].tolist())
        zeros.update(zip(sides, high.T[sound]))
    joined = defaultdict(list)
    for i, j in {(i - (d == 1) * k, j - (d == 0) * k) for d, i, j in zeros for k in (0, 1)}:
        around = [side for side in ((0, i, j), (1, i + 1, j), (0, i, j + 1), (1, i, j)) if side in zeros]
        corners = values[i : i + 2, j : j + 2]
        if len(around) == 4 and corners[0, 0] * corners[1, 1] < corners[0, 1] * corners[1, 0]:
            around = around[1:] + around[:1]  # two curves pass: the saddle between them tells which corners they join
        for one, other in zip(around[::2], around[1::2]):
            joined[one].append(other)
            joined[other].append(one)
    curves, seen = [], set()
    for side in sorted(joined, key=lambda side: (len(joined[side]), side)):  # ends first, then closed curves
        chain = []
        while side is not None and side not in seen:
            seen.add(side)
            chain.append(side)
            side = next((other for other in joined[side] if other not in seen), None)
        if chain:
            closed = chain[:1] if len(joined[chain[0]]) == 2 else []
            curves.append(np.array([zeros[side] for side in chain + closed]).T)
    return curves
