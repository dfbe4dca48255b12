"""Run one neuron: a model and a current in, a Trace out."""

import sys
import warnings
from collections.abc import Mapping

import numpy as np

from .compilation import array
from .methods import STABLE, available, compiled, entry
from .model import number
from .stimuli import as_samples
from .trace import Trace

MOST_STEPS = 1e8  # several gigabytes of results


def simulate(model, current=0.0, duration=100.0, dt=0.01, method=None, initial=None, **parameters):
    """Simulate `model` for `duration` ms in steps of `dt` ms and return a Trace.

    current     a number, an array with one value a step, or a stimulus, in the unit `model.current_unit`: uA/cm2 for
                most models, pA for ADAPTIVE_EXPONENTIAL and Izhikevich's of 2007, none for models without units
    method      "rk4", "exponential_euler", "adaptive" or "euler" (see `methods`); by default `model.method`, for most
                models "rk4". RK4 becomes unstable where gates are very fast (strong hyperpolarisation, high temperature);
                the default then warns and takes exponential Euler, a method asked for by name raises ValueError
    initial     starting values by state variable, e.g. {"V": -60}; the others rest
    parameters  changes to the model's published values, by name: g_K=20, celsius=18.5

    Raises ValueError or TypeError that names the argument, its value and unit and the remedy.

    >>> import spikebook as sb
    >>> trace = sb.simulate(sb.hodgkin_huxley.MODEL, current=10, duration=20)
    >>> trace.spike_times.round(2)
    array([ 1.9 , 16.82])
    """
    values = model.values(**parameters)
    duration, dt = number("duration", duration, "ms"), number("dt", dt, "ms")
    check_method(model, method)
    steps = count_steps(model, duration, dt, method or model.method)
    samples = as_samples(current, steps, dt)
    check_current(model, min(map(np.min, samples)), max(map(np.max, samples)))
    start = {name: float(value) for name, value in starting(model, initial, values).items()}
    try:
        return _run(model, samples, steps, dt, method or model.method, start, values)
    except Diverged as reason:
        if method is not None or "exponential_euler" not in available(model):
            raise
        warnings.warn(f"{reason}: exponential Euler is used instead", stacklevel=2)
        return _run(model, samples, steps, dt, "exponential_euler", start, values)


class Diverged(ValueError):
    """A method became unstable: a number overflowed, a probability left 0 to 1, or a rate was too fast for the step."""


def check_method(model, method):
    if method is not None and method not in available(model):
        raise ValueError(
            f"method = {method!r} does not suit {model.name}; use {', '.join(map(repr, available(model)))}"
        )


def check_current(model, *extremes):
    low, high = model.current_range
    for extreme in extremes:
        if not low <= extreme <= high:
            raise ValueError(
                f"current reaches {extreme:g} {model.current_unit}, outside the range of {model.name}: keep it between "
                f"{low:g} and {high:g} {model.current_unit}"
            )


def count_steps(model, duration, dt, method):
    """The number of steps of `dt` in `duration`, or a ValueError that says what does not fit."""
    if duration <= 0:
        raise ValueError(f"duration = {duration:g} ms is no duration; give more than 0 ms")
    if dt <= 0:
        raise ValueError(f"dt = {dt:g} ms is no step; give more than 0 ms")
    if dt > model.coarsest(method):
        by = f" by {method}" if isinstance(model.largest_step, Mapping) else ""
        raise ValueError(
            f"dt = {dt:g} ms is too coarse for {model.name}{by} (use at most {model.coarsest(method):g} ms)"
        )
    if duration / dt > MOST_STEPS:
        raise ValueError(
            f"duration = {duration:g} ms in steps of dt = {dt:g} ms are more than {MOST_STEPS:g} steps; use a larger "
            "dt or a shorter duration"
        )
    steps = round(duration / dt)
    if steps < 1 or abs(steps * dt - duration) > 1e-6 * dt:
        raise ValueError(
            f"duration = {duration:.10g} ms is not a whole number of steps of dt = {dt:g} ms; use duration = "
            f"{max(steps, 1) * dt:.10g} ms or another dt"
        )
    return steps


def starting(model, initial, values, checked=number):
    """The starting state: what `initial` says, else what the model says, else rest. Arrays where `checked` allows them."""
    if not isinstance(initial, (Mapping, type(None))):
        raise TypeError(f"initial must be a dict such as {{{model.voltage!r}: -60}}, not {initial!r}")
    initial = dict(initial or {})
    for name, value in initial.items():
        if name not in model.state:
            raise ValueError(f"initial has no {name!r}: the state of {model.name} is {', '.join(model.state)}")
        unit = "mV" if model.currents and name == model.voltage else ""
        initial[name] = checked(f"initial {name}", value, unit)
        if name in model.gates:
            for bad in np.flatnonzero((initial[name] < 0) | (initial[name] > 1))[:1]:
                raise ValueError(f"initial {name} = {np.ravel(value)[bad]:g} is a probability; give 0 to 1")
    missing = set(model.state) - {*model.initial, *initial}
    start = {**(model.resting(values) if missing else {}), **model.initial, **initial}
    if model.reset:
        V, threshold = np.broadcast_arrays(start[model.voltage], values.get(model.threshold, model.threshold))
        for bad in np.flatnonzero(V >= threshold)[:1]:
            raise ValueError(
                f"initial {model.voltage} = {V.flat[bad]:g} is not below the threshold of {model.name}, "
                f"{threshold.flat[bad]:g}, where it would have been reset; start lower"
            )
    return {name: start[name] for name in model.state}


def _run(model, samples, steps, dt, method, start, values):
    program = compiled(model, method)
    run = getattr(program, entry(method))
    records = [array(record) for record in np.empty((len(model.state), steps + 1))]
    spike_times = array(np.empty(steps))
    try:
        spikes = run(
            steps,
            dt,
            *map(array, samples),
            *start.values(),
            *values.values(),
            float(values.get(model.threshold, model.threshold)),
            *records,
            spike_times,
        )
    except (OverflowError, ZeroDivisionError):
        raise Diverged(unstable(model, method, dt, "somewhere")) from None
    if spikes < 0:
        raise Diverged(endless(model, method, dt))
    states = {name: np.asarray(record) for name, record in zip(model.state, records)}
    firsts = [_first_unsound(states[name], name in model.gates) for name in model.state]
    if min(firsts) <= steps:
        raise Diverged(unstable(model, method, dt, f"at t = {min(firsts) * dt:g} ms"))
    if model.currents and method in STABLE:
        rate = program.fastest(steps, *values.values(), *records)
        if rate * dt > STABLE[method]:
            raise Diverged(unstable(model, method, dt, f"where a rate reaches {rate:.3g} / ms"))
    shown = np.append(samples[0], samples[2][-1])
    return Trace(model, values, method, dt, states, shown, np.array(spike_times[:spikes]))


def _first_unsound(values, probability):
    """Index of the first value that is not finite or no probability; beyond the last if all are sound."""
    bounds = (-1e-9, 1 + 1e-9) if probability else (-sys.float_info.max, sys.float_info.max)
    if bounds[0] <= values.min() and values.max() <= bounds[1]:  # false for NaN
        return len(values)
    return np.flatnonzero(~((values >= bounds[0]) & (values <= bounds[1])))[0]


def endless(model, method, dt):
    return (
        f"{model.name} spikes without end (more than once a step of {dt:g} ms) or changes too fast to be followed by "
        f"{method}; use other parameters, a weaker current or a smaller dt"
    )


def unstable(model, method, dt, where):
    remedy = "use a smaller dt"
    if method != "exponential_euler" and "exponential_euler" in available(model):
        remedy += ' or method="exponential_euler"'
    return f"{method} with dt = {dt:g} ms is unstable for {model.name} {where}; {remedy}"
