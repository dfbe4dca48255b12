"""The cycle that a model comes to, and the parameter at which there is none any more."""

from typing import NamedTuple

import numpy as np

from ..methods import crossing, cubic
from ..model import INPUT
from ..simulation import simulate
from .continuation import _range
from .plane import _flow, _known, _named, _search


class Cycle(NamedTuple):
    """A limit cycle: its period (ms), the lowest and highest voltage of its steps, and the state at the highest."""

    period: float
    low: float
    high: float
    state: dict[str, float]


def limit_cycle(model, I=0.0, initial=None, longest=20_000.0, dt=0.01, **parameters):
    """The limit cycle that a simulation from `initial` settles on, as a Cycle, or None if it comes to rest.

    It has settled when three returns to the middle of the voltage's range agree to 1e-6 of the range of every
    variable, and is at rest within 1/1000 of its first swing from a stable fixed point. ValueError when neither has
    come about after `longest` ms (bursts, chaos, a bifurcation close by), and as for `simulate`.

    >>> import spikebook as sb
    >>> round(1000 / limit_cycle(sb.hodgkin_huxley.MODEL, I=10).period, 2)
    68.32
    """
    known, state = _known(model, I, parameters), initial
    duration, elapsed, near = 200.0, 0.0, None
    while elapsed < longest:
        trace = simulate(model, I, round(duration / dt) * dt, dt, initial=state, **parameters)
        states = np.array([trace[x] for x in model.state])
        state = _named(model, states[:, -1])
        near = np.maximum(1e-3 * np.ptp(states, axis=1), 1e-9) if near is None else near
        for rest in _search(model, known, states[:, -1]):
            if rest.stable and np.all(np.abs(states[:, -1] - [*rest.state.values()]) <= near):
                return None
        steps, returns = _returns(_flow(model, known), states, dt)
        if len(steps) == 3 and np.all(np.ptp(returns, axis=1) <= 1e-6 * np.ptp(states, axis=1)):
            last = states[:, int(steps[1]) : int(steps[2]) + 2]
            low, high = last[:, last[0].argmin()], last[:, last[0].argmax()]
            return Cycle(float(dt * (steps[2] - steps[1])), float(low[0]), float(high[0]), _named(model, high))
        elapsed, duration = elapsed + duration, 2 * duration
    raise ValueError(
        f"{model.name} neither comes to rest nor settles on a cycle in {elapsed:g} ms at I = {known[INPUT]:g} "
        f"{model.current_unit}; start elsewhere (initial={{...}}) or give it more time (longest=...)"
    )


def end_of_cycles(model, parameter, low, high, I=0.0, initial=None, tolerance=1e-4, dt=0.01, **parameters):
    """The last value of a parameter, or of the input with parameter="I", at which there is a stable limit cycle.

    The cycle at one end of the range is followed towards the other: each simulation starts on the last cycle found, and
    a step on which the cycle is lost is tried again at half its length, down to `tolerance`. So the cycle is
    followed beside a stable rest, to its fold. ValueError unless there is a cycle at just one end.

    >>> import spikebook as sb
    >>> round(end_of_cycles(sb.hodgkin_huxley.MODEL, "I", 5, 8), 3)
    6.26
    """
    at = _range(model, parameter, low, high, I, parameters)

    def cycle(value, start):
        I, parameters = at(value)
        return limit_cycle(model, I, start, dt=dt, **parameters)

    value, end = (low, high) if cycle(low, initial) else (high, low)
    found, step = cycle(value, initial), end - value
    if found is None:
        raise ValueError(f"{model.name} has no cycle at {parameter} = {low:g} nor at {high:g}; move one of them")
    while 2 * abs(step) > tolerance:
        survivor = cycle(value + step, found.state)
        if survivor is None:
            step /= 2
            continue
        value, found = value + step, survivor
        if abs(end - value) < abs(step) / 2:
            raise ValueError(f"{model.name} has cycles at {parameter} = {low:g} and at {high:g}; move one of them")
    return value


def _returns(flow, states, dt):
    """The last three moments, in steps, at which the voltage rises through the middle of its range, and the states then,
    by the cubics through both ends of the step."""
    V = states[0]
    level = 0.5 * (V.min() + V.max())
    at = np.flatnonzero((V[:-1] < level) & (V[1:] >= level))[-3:]
    start, stop = states[:, at], states[:, at + 1]
    leaving, arriving = dt * flow(start), dt * flow(stop)
    x = np.array([crossing(*ends, level) for ends in zip(start[0], stop[0], leaving[0], arriving[0])])
    return at + x, cubic(start, stop, leaving, arriving, x)
