"""Input currents: steps, ramps, pulses, sines, noise and recorded arrays, added with `+`.

    sb.stimuli.step(10, start=10, stop=90) + sb.stimuli.noise(2, duration=100, seed=1)

Times are ms; amplitudes are in the model's unit (uA/cm2 for Hodgkin-Huxley). A stimulus is sampled at the start, in
the middle and at the end of every step of a simulation, on its own side of a jump: a current that
starts at 10 ms is absent at the end of the step to 10 ms and present at the start of the step from 10 ms. A jump
inside a step acts in proportion to the part of the step it covers, so that no charge is lost or gained.

The functions `add_...` are the samplers: scalar Python that is compiled here and translated for the page.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy import ceil, floor, maximum, minimum, sin

from .compilation import array, gather, load
from .model import number

__all__ = ["Stimulus", "from_array", "noise", "pulses", "ramp", "sine", "step"]

TWO_PI = 2 * math.pi
FOR_EVER = 1e12  # ms


def covered(t, dt, start, stop):
    """Part of the step from t to t + dt that lies between start and stop, to a millionth of the step."""
    part = (minimum(stop, t + dt) - maximum(start, t)) / dt
    return floor(maximum(part, 0.0) * 1e6 + 0.5) / 1e6


def add_ramp(steps, dt, I_start, I_middle, I_end, start, stop, first, last):
    """Add a current that goes from `first` at `start` to `last` at `stop` in a straight line."""
    slope = (last - first) / (stop - start)
    for i in range(maximum(0, floor(start / dt)), minimum(steps, ceil(stop / dt))):
        part = covered(i * dt, dt, start, stop)
        begin = maximum(i * dt, start) - start
        end = minimum(i * dt + dt, stop) - start
        I_start[i] += part * (first + slope * begin)
        I_middle[i] += part * (first + slope * 0.5 * (begin + end))
        I_end[i] += part * (first + slope * end)


def add_sine(steps, dt, I_start, I_middle, I_end, start, stop, amplitude, frequency, phase):
    """Add amplitude sin(2 pi frequency (t - start) / 1000 + phase); frequency in Hz, phase in radians."""
    speed = TWO_PI * frequency / 1000
    for i in range(maximum(0, floor(start / dt)), minimum(steps, ceil(stop / dt))):
        part = covered(i * dt, dt, start, stop) * amplitude
        begin = maximum(i * dt, start) - start
        end = minimum(i * dt + dt, stop) - start
        I_start[i] += part * sin(speed * begin + phase)
        I_middle[i] += part * sin(speed * 0.5 * (begin + end) + phase)
        I_end[i] += part * sin(speed * end + phase)


def add_held(steps, dt, I_start, I_middle, I_end, start, interval, count, values):
    """Add `values`, each held for `interval` ms, from `start` on."""
    for i in range(steps):
        t = i * dt - start
        for k in range(maximum(0, floor(t / interval)), minimum(count, ceil((t + dt) / interval))):
            part = covered(t, dt, k * interval, (k + 1) * interval) * values[k]
            I_start[i] += part
            I_middle[i] += part
            I_end[i] += part


SAMPLERS = (add_ramp, add_sine, add_held)


class Stimulus:
    """A sum of parts; each is a sampler and its arguments. Made by the functions below and by `+`."""

    def __init__(self, parts):
        self.parts = tuple(parts)

    def __add__(self, other):
        return Stimulus(self.parts + other.parts) if isinstance(other, Stimulus) else NotImplemented

    def sample(self, steps, dt):
        """The current at the start, in the middle and at the end of each step: three arrays of `steps` values."""
        samples = [array(np.zeros(steps)) for _ in range(3)]
        compiled = load(gather(SAMPLERS), tuple(sampler.__name__ for sampler in SAMPLERS))
        for sampler, arguments in self.parts:
            arguments = [array(a) if isinstance(a, np.ndarray) else a for a in arguments]
            getattr(compiled, sampler.__name__)(steps, dt, *samples, *arguments)
        return tuple(map(np.asarray, samples))


def step(amplitude, start=0.0, stop=math.inf):
    """A constant current from `start` to `stop` (ms).

    >>> step(10, start=1, stop=3).sample(steps=4, dt=1.0)[0]
    array([ 0., 10., 10.,  0.])
    """
    amplitude = number("amplitude", amplitude, "uA/cm2")
    return ramp(amplitude, amplitude, start, stop)


def ramp(initial, final, start, stop):
    """A current that changes in a straight line from `initial` at `start` to `final` at `stop` (ms), and is zero
    before and after."""
    initial, final = number("initial", initial, "uA/cm2"), number("final", final, "uA/cm2")
    start, stop = _interval(start, stop)
    return Stimulus([(add_ramp, (start, stop, initial, final))])


def pulses(amplitude, times, width=1.0):
    """Rectangular pulses of `width` ms that begin at `times` (ms); amplitude: one for all or one for each."""
    if np.size(times) == 0:
        return Stimulus([])
    times = _finite(np.atleast_1d(times), "times", "ms")
    amplitudes = _finite(np.atleast_1d(amplitude), "amplitude")
    if len(amplitudes) not in (1, len(times)):
        raise ValueError(f"amplitude has {len(amplitudes)} values for {len(times)} times; give one, or one for each")
    amplitudes = np.broadcast_to(amplitudes, times.shape)
    width = number("width", width, "ms")
    if width <= 0:
        raise ValueError(f"width = {width:g} ms is no duration; give more than 0 ms")
    return Stimulus(part for a, t in zip(amplitudes, times) for part in step(a, t, t + width).parts)


def sine(amplitude, frequency, start=0.0, stop=math.inf, phase=0.0):
    """amplitude sin(2 pi frequency (t - start) + phase) from `start` to `stop` (ms); frequency in Hz."""
    amplitude, phase = number("amplitude", amplitude, "uA/cm2"), number("phase", phase, "radians")
    frequency = number("frequency", frequency, "Hz")
    start, stop = _interval(start, stop)
    return Stimulus([(add_sine, (start, stop, amplitude, frequency, phase))])


def noise(standard_deviation, duration, interval=0.1, mean=0.0, seed=None, start=0.0):
    """Normally distributed current, drawn anew every `interval` ms; the same `seed` gives the same current.

    The spectrum is flat below about 1000 / (2 interval) Hz with the density 2 sd^2 interval: compare noises of
    different intervals at equal sd^2 interval.
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
    """`current` in any allowed form (a number, one value a step, a stimulus) as Stimulus.sample gives it."""
    if isinstance(current, Stimulus):
        return current.sample(steps, dt)
    if not isinstance(current, Sequence) and np.ndim(current) == 0 or isinstance(current, (str, bytes)):
        return (np.full(steps, number("current", current, "uA/cm2")),) * 3
    values = _finite(current, "current")
    if values.shape != (steps,):
        raise ValueError(
            f"current has shape {values.shape}, but the simulation has {steps} steps of {dt:g} ms; give one value a "
            "step, or sb.stimuli.from_array(values, interval) for values at another interval"
        )
    return (values,) * 3


def _finite(values, name="values", unit="uA/cm2"):
    try:
        values = np.array(values, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a row of numbers in {unit}") from None
    if values.ndim == 1 and not np.all(np.isfinite(values)):
        first = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(f"{name}[{first}] = {values[first]} {unit} is not finite; replace or cut it out")
    if values.ndim != 1 or not len(values):
        raise ValueError(f"{name} has shape {values.shape}; give one row of values, at least one")
    return values


def _interval(start, stop):
    start = number("start", start, "ms")
    stop = FOR_EVER if np.ndim(stop) == 0 and stop == math.inf else number("stop", stop, "ms")
    if stop <= start:
        raise ValueError(f"stop = {stop:g} ms is not later than start = {start:g} ms")
    return start, stop
