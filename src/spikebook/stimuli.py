"""Input currents: steps, ramps, pulses, sines, noise and recorded arrays, added with `+`.

    sb.stimuli.step(10, start=10, stop=90) + sb.stimuli.noise(2, duration=100, seed=1)

Times are ms; amplitudes are in the model's unit (uA/cm2 for Hodgkin-Huxley). A stimulus is sampled at the start, in
the middle and at the end of every step of a simulation, on its own side of a jump: a current that
starts at 10 ms is absent at the end of the step to 10 ms and present at the start of the step from 10 ms. A jump
inside a step acts in proportion to the part of the step it covers, so that no charge is lost or gained.

The functions `add_...` are the samplers: scalar Python that is compiled here and translated for the page.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy import ceil, floor, maximum, minimum, sin

from .compilation import array, gather, load
from .model import number

TWO_PI = 2 * math.pi


def covered(t, dt, start, stop):
    """Part of the step from t to t + dt that lies between start and stop, to a millionth of the step."""
    part = (minimum(stop, t + dt) - maximum(start, t)) / dt
    return floor(maximum(part, 0.0) * 1e6 + 0.5) / 1e6


def add_ramp(steps, dt, I_start, I_middle, I_end, start, stop, first, last):
    """Add a current that goes from `first` at `start` to `last` at `stop` in a straight line."""
    slope = (last - first) / (stop - start)
    for i in range(maximum(0, floor(start / dt)), minimum(steps, ceil(stop / dt))):
        t = i * dt
        part = covered(t, dt, start, stop)
        I_start[i] += part * (first + slope * (t - start))
        I_middle[i] += part * (first + slope * (t + 0.5 * dt - start))
        I_end[i] += part * (first + slope * (t + dt - start))


def add_sine(steps, dt, I_start, I_middle, I_end, start, stop, amplitude, frequency, phase):
    """Add amplitude sin(2 pi frequency (t - start) / 1000 + phase); frequency in Hz, phase in radians."""
    speed = TWO_PI * frequency / 1000
    for i in range(maximum(0, floor(start / dt)), minimum(steps, ceil(stop / dt))):
        t = i * dt
        part = covered(t, dt, start, stop) * amplitude
        I_start[i] += part * sin(speed * (t - start) + phase)
        I_middle[i] += part * sin(speed * (t + 0.5 * dt - start) + phase)
        I_end[i] += part * sin(speed * (t + dt - start) + phase)


def add_held(steps, dt, I_start, I_middle, I_end, start, interval, count, values):
    """Add `values`, each held for `interval` ms, from `start` on."""
    for i in range(steps):
        k = floor((i * dt + 0.5 * dt - start) / interval)
        if k >= 0 and k < count:
            I_start[i] += values[k]
            I_middle[i] += values[k]
            I_end[i] += values[k]


SAMPLERS = (add_ramp, add_sine, add_held)


class Stimulus:
    """A sum of parts; each is a sampler and its arguments. Made by the functions below and by `+`."""

    def __init__(self, parts):
        self.parts = tuple(parts)

    def __add__(self, other):
        return Stimulus(self.parts + other.parts) if isinstance(other, Stimulus) else NotImplemented

    def sample(self, steps, dt):
        """The current at the start, in the middle and at the end of each step: an array (3, steps)."""
        samples = [array(np.zeros(steps)) for _ in range(3)]
        compiled = load(gather(SAMPLERS), tuple(sampler.__name__ for sampler in SAMPLERS))
        for sampler, arguments in self.parts:
            arguments = [array(a) if isinstance(a, np.ndarray) else a for a in arguments]
            getattr(compiled, sampler.__name__)(steps, dt, *samples, *arguments)
        return np.array(samples)


def step(amplitude, start=0.0, stop=math.inf):
    """A constant current from `start` to `stop` (ms).

    >>> step(10, start=1, stop=3).sample(steps=4, dt=1.0)[0]
    array([ 0., 10., 10.,  0.])
    """
    amplitude = number("amplitude", amplitude, "uA/cm2")
    return ramp(amplitude, amplitude, start, min(stop, 1e12))


def ramp(initial, final, start, stop):
    """A current that changes in a straight line from `initial` at `start` to `final` at `stop` (ms), and is zero
    before and after."""
    initial, final = number("initial", initial, "uA/cm2"), number("final", final, "uA/cm2")
    start, stop = _interval(start, stop)
    return Stimulus([(add_ramp, (start, stop, initial, final))])


def pulses(amplitude, times, width=1.0):
    """Rectangular pulses of `width` ms that begin at `times` (ms); amplitude: one for all or one for each."""
    times = np.atleast_1d(np.asarray(times, dtype=float))
    amplitudes = np.broadcast_to(np.asarray(amplitude, dtype=float), times.shape)
    width = number("width", width, "ms")
    if width <= 0:
        raise ValueError(f"width = {width:g} ms is no duration; give more than 0 ms")
    return Stimulus(part for a, t in zip(amplitudes, times) for part in step(a, t, t + width).parts)


def sine(amplitude, frequency, start=0.0, stop=math.inf, phase=0.0):
    """amplitude sin(2 pi frequency (t - start) + phase) from `start` to `stop` (ms); frequency in Hz."""
    amplitude, phase = number("amplitude", amplitude, "uA/cm2"), number("phase", phase, "radians")
    frequency = number("frequency", frequency, "Hz")
    start, stop = _interval(start, min(stop, 1e12))
    return Stimulus([(add_sine, (start, stop, amplitude, frequency, phase))])


def noise(standard_deviation, duration, interval=0.1, mean=0.0, seed=None, start=0.0):
    """Normally distributed current, drawn anew every `interval` ms; the same `seed` gives the same current.

    The spectrum is flat below about 1000 / (2 interval) Hz with the density 2 sd^2 interval: compare noises of different
    intervals at equal sd^2 interval.
    """
    standard_deviation = number("standard_deviation", standard_deviation, "uA/cm2")
    duration, interval = number("duration", duration, "ms"), number("interval", interval, "ms")
    if standard_deviation < 0 or duration <= 0 or interval <= 0:
        raise ValueError(
            f"standard_deviation = {standard_deviation:g}, duration = {duration:g} ms, interval = {interval:g} ms: "
            "the first must not be negative, the others must be more than 0 ms"
        )
    draws = np.random.default_rng(seed).normal(mean, standard_deviation, math.ceil(duration / interval - 1e-9))
    return from_array(draws, interval, start)


def from_array(values, interval, start=0.0):
    """A recorded current: each value holds for `interval` ms, the first from `start` (ms) on."""
    values = _finite(values)
    interval, start = number("interval", interval, "ms"), number("start", start, "ms")
    if interval <= 0:
        raise ValueError(f"interval = {interval:g} ms is no duration; give more than 0 ms")
    return Stimulus([(add_held, (start, interval, len(values), values))])


def as_samples(current, steps, dt):
    """`current` in any allowed form as an array (3, steps): a number, one value a step, or a stimulus."""
    if isinstance(current, Stimulus):
        return current.sample(steps, dt)
    if np.ndim(current) == 0:
        return np.full((3, steps), number("current", current, "uA/cm2"))
    if isinstance(current, (str, bytes)) or not isinstance(current, Iterable):
        raise TypeError(f"current must be a number, an array or a stimulus, not {type(current).__name__}")
    values = _finite(current, "current")
    if values.shape != (steps,):
        raise ValueError(
            f"current has shape {values.shape}, but the simulation has {steps} steps of {dt:g} ms; give one value a "
            "step, or sb.stimuli.from_array(values, interval) for values at another interval"
        )
    return np.broadcast_to(values, (3, steps))


def _finite(values, name="values"):
    try:
        values = np.array(values, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be an array of numbers in uA/cm2") from None
    if values.ndim == 1 and not np.all(np.isfinite(values)):
        first = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(f"{name}[{first}] = {values[first]} uA/cm2 is not finite; replace or cut it out")
    if values.ndim != 1 or not len(values):
        raise ValueError(f"{name} has shape {values.shape}; give one row of values, at least one")
    return values


def _interval(start, stop):
    start, stop = number("start", start, "ms"), number("stop", stop, "ms")
    if stop <= start:
        raise ValueError(f"stop = {stop:g} ms is not later than start = {start:g} ms")
    return start, stop
