"""What an explorer's sliders are: which there are for a model, from where to where, and the traits behind them."""

import math
from typing import NamedTuple

import numpy as np
import traitlets

from ..model import number


class Range(NamedTuple):
    """Where a control runs from and to, where it stands at first, and its smallest step."""

    low: float
    high: float
    value: float | None = None
    step: float | None = None


class Setting(traitlets.Float):
    """A trait that holds a number within its control's range and says so when given another."""

    def __init__(self, control):
        super().__init__(control["value"])
        self.control = control
        self.tag(sync=True)

    def validate(self, owner, value):
        control = self.control
        value = number(control["name"], value, control["unit"])
        if not control["low"] <= value <= control["high"]:
            raise ValueError(
                f"{control['name']} = {value:g} {control['unit']} is outside this explorer's range: use "
                f"{control['low']:g} to {control['high']:g} {control['unit']}"
            )
        return value


class Choice(traitlets.Enum):
    """A trait that holds one of the options of its control."""

    def __init__(self, control):
        super().__init__(list(control["options"]), control["value"])
        self.tag(sync=True)


def choice(name, meaning, group, options):
    """A control that chooses among `options`, value -> words for it; the first is chosen at the start."""
    return {"name": name, "meaning": meaning, "group": group, "options": options, "value": next(iter(options))}


def slider(name, unit, meaning, group, given, default=None):
    """A control that runs over `given`, (low, high) or (low, high, value) or (low, high, value, step).

    Without a value it starts at `default`, or in the middle. `group` is what stands together with it.
    """
    if not isinstance(given, (tuple, list, np.ndarray)) or not 2 <= len(given) <= 4:
        raise ValueError(f"{name} = {given!r} must be (low, high), with a value and a step if you like")
    low, high, value, step = Range(*given)
    low, high = number(f"{name} low", low, unit), number(f"{name} high", high, unit)
    if value is None:
        value = default if default is not None and low <= default <= high else 0.5 * (low + high)
    value = number(name, value, unit)
    if not low <= value <= high or low == high:
        raise ValueError(f"{name}: {value:g} does not lie in a range from {low:g} to {high:g} {unit}")
    step = _step(low, high) if step is None else number(f"{name} step", step, unit)
    if not 0 < step <= high - low:
        raise ValueError(f"{name}: a step of {step:g} {unit} does not fit between {low:g} and {high:g} {unit}")
    return {
        "name": name,
        "unit": unit,
        "meaning": meaning,
        "group": group,
        "low": low,
        "high": high,
        "value": value,
        "step": step,
    }


def controls_for(model, ranges):
    """The controls that `ranges` ask for, as the page needs them, and the values without a control."""
    unit = model.current_unit
    defaults = {
        "current": (unit, "strength", _input_range(model)),
        "onset": ("ms", "the input begins", Range(0, 50, 10, 0.5)),
        "width": ("ms", "of a step or ramp", Range(0.5, 200, 80, 0.5)),
        "pulse_current": (unit, "of injected pulses", _pulse_range(model)),
        "pulse_width": ("ms", "of pulses", Range(0.1, 10, 1, 0.1)),
        "duration": ("ms", "simulated time", Range(20, 300, 100, 1)),
    }
    for name in defaults:
        if name in model.parameters or name in model.state:
            raise ValueError(f"{model.name} has a {name!r} of its own; an explorer needs this name for the input")
    known = {**defaults, **{n: (p.unit, p.meaning, _parameter_range(p)) for n, p in model.parameters.items()}}
    for name in ranges:
        if name not in known:
            raise ValueError(f"unknown control {name!r}: an explorer of {model.name} has {', '.join(known)}")
    every_parameter = not any(name in model.parameters for name in ranges)
    controls, fixed = [], {}
    for name, (unit, meaning, default) in known.items():
        if name in model.parameters and name not in ranges and not every_parameter:
            fixed[name] = default.value
            continue
        given = ranges.get(name, default)
        if not isinstance(given, (tuple, list, np.ndarray)):
            fixed[name] = number(name, given, unit)
            _check_input(model, name, fixed[name], unit)
            continue
        group = "neuron" if name in model.parameters else "input"
        control = slider(name, unit, meaning, group, given, default.value)
        for end in (control["low"], control["high"]):
            if name in model.parameters:
                model.in_range(name, end)
            _check_input(model, name, end, unit)
        # A simulation takes a whole number of steps: only multiples of the slider's own.
        controls.append({**control, "whole": True} if name == "duration" else control)
    model.values(**{name: value for name, value in fixed.items() if name in model.parameters})
    return controls, fixed


def _check_input(model, name, value, unit):
    """Refuse what no simulation could be given: a duration of 0 ms, a current beyond the model's range."""
    if name in ("duration", "width", "pulse_width") and value <= 0:
        raise ValueError(f"{name} = {value:g} ms is no duration: use more than 0 ms")
    least, most = model.current_range
    if name in ("current", "pulse_current") and not least <= value <= most:
        raise ValueError(
            f"{name} = {value:g} {unit} is outside the range of {model.name}: use {least:g} to {most:g} {unit}"
        )


def _input_range(model):
    low, high = model.current_range
    return Range(low, high, 0.0) if math.isfinite(high - low) else Range(0.0, 20.0, 10.0)


def _pulse_range(model):
    low, high = max(-50.0, model.current_range[0]), min(50.0, model.current_range[1])
    return Range(low, high, min(20.0, high))


def _parameter_range(parameter):
    value, low, high = parameter.value, parameter.low, parameter.high
    if not math.isfinite(low):
        low = min(0.0, 2 * value) if value else -1.0
    if not math.isfinite(high):
        high = max(0.0, 2 * value) if value else 1.0
    return Range(low, high, value)


def _step(low, high):
    """About two hundred steps, of 1, 2 or 5 times a power of ten."""
    raw = (high - low) / 200
    power = 10.0 ** math.floor(math.log10(raw))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= raw * (1 + 1e-9))
