"""What an axon is given, checked: its compartments, their membrane, and the pulses of its electrodes."""

from numbers import Number
from typing import NamedTuple

import numpy as np

from .cable import length_constant
from .hodgkin_huxley import MODEL
from .model import number

MEMBRANE = ("C", "g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L")
UNITS = {"position": "mm", "start": "ms", "duration": "ms", "width": "mm"}  # of what an axon is given
UNITS |= {"current": "uA/cm2", "conductance": "mS/cm2", "reversal": "mV"}
COARSEST = 0.3  # compartments longer than this part of the length constant no longer look like a cable


class Pulse(NamedTuple):
    """A current from an electrode that lies along `width` mm of the axon about `position` mm: `current` uA per cm2 of
    the membrane there, from `start` ms on for `duration` ms."""

    position: float
    start: float = 0.0
    current: float = 500.0
    duration: float = 0.2
    width: float = 2.0

    @property
    def line(self):
        """a and g of its current a - g V: uA/cm2, and mS/cm2."""
        return self.current, 0.0


class Synapse(NamedTuple):
    """A conductance on `width` mm about `position` mm: `conductance` mS per cm2 of the membrane there, open from `start` ms
    on for `duration` ms. Its current pulls V towards `reversal` (mV)."""

    position: float
    start: float = 0.0
    conductance: float = 1.0
    duration: float = 1.0
    width: float = 2.0
    reversal: float = 0.0

    @property
    def line(self):
        """a and g of its current a - g V: uA/cm2, and mS/cm2."""
        return self.conductance * self.reversal, self.conductance


def each(name, value, unit, count):
    """`value` as one positive number a compartment (reversal potentials may have any sign, conductances be 0)."""
    if isinstance(value, Number):
        value = number(name, value, unit)
    elif np.shape(value) != (count,):
        raise ValueError(
            f"{name} has shape {np.shape(value)} for {count} compartments; give one number, or one for each"
        )
    values = np.full(count, value, dtype=float)
    least = -np.inf if name.startswith("E_") else 0.0
    bad = np.flatnonzero(
        ~np.isfinite(values) | (values < least) | ((values == 0) & (name in ("C", "radius", "length")))
    )
    if len(bad):
        allowed = "finite" if name.startswith("E_") else "0 or more" if name.startswith("g_") else "above 0"
        raise ValueError(f"{name} = {values[bad[0]]:g} {unit} in compartment {bad[0]} must be {allowed}")
    return values


def pieces(length, compartments):
    """The length of every compartment, mm."""
    if not isinstance(length, Number):
        return each("length", length, "mm", np.size(length)) if np.size(length) > 1 else _few(np.size(length))
    if not isinstance(compartments, (int, np.integer)) or compartments < 2:
        return _few(compartments)
    return each("length", number("length", length, "mm") / compartments, "mm", int(compartments))


def _few(compartments):
    raise ValueError(f"compartments = {compartments!r} must be a whole number of at least 2")


def membrane_of(changes, count):
    """The squid's membrane with changes: its parameters, one value a compartment, and the temperature."""
    for name in changes:
        if name not in (*MEMBRANE, "celsius"):
            raise ValueError(f"unknown parameter {name!r}: the axon's membrane has celsius, {', '.join(MEMBRANE)}")
    values = {**MODEL.values(), **changes}
    columns = {name: each(name, values[name], MODEL.parameters[name].unit, count) for name in MEMBRANE}
    return columns, MODEL.in_range("celsius", values["celsius"])


def check_pieces(lengths, radii, resistivity, conductance):
    """Refuse compartments too long for the length constant that they have at rest (lengths in mm, mS/cm2)."""
    reach = length_constant(radii, resistivity, np.maximum(conductance, 1e-12))
    k = np.argmax(lengths / reach)
    longest = COARSEST * reach[k]
    if lengths[k] > longest:
        raise ValueError(
            f"compartments of {lengths[k]:g} mm are too coarse where the length constant is {reach[k]:.3g} mm: make them "
            f"{longest:.2g} mm or shorter (compartments = {int(np.ceil(lengths.sum() / longest))})"
        )


def check_pulse(pulse, length, strongest):
    """Refuse what is neither pulse nor synapse, lies beyond the axon's `length` (mm) or conducts more than `strongest` (mS/cm2)."""
    if not isinstance(pulse, (Pulse, Synapse)):
        kinds = " or ".join(f"{kind.__name__}({', '.join(kind._fields)})" for kind in (Pulse, Synapse))
        raise TypeError(f"pulses takes {kinds}, not {pulse!r}")
    kind = type(pulse).__name__.lower()
    for name, value in pulse._asdict().items():
        number(f"{name} of a {kind}", value, UNITS[name])
    if not 0 <= pulse.position <= length:
        raise ValueError(f"position = {pulse.position:g} mm of a {kind} is not on the axon; give 0 to {length:g} mm")
    for name in ("duration", "width"):
        if getattr(pulse, name) <= 0:
            raise ValueError(f"{name} = {getattr(pulse, name):g} of a {kind} is not above 0; a short one is 0.1")
    if not 0 <= pulse.line[1] <= strongest:
        raise ValueError(
            f"conductance = {pulse.conductance:g} mS/cm2 of a synapse is not from 0 to {strongest:g}; with a smaller dt or "
            "a larger width it may be stronger"
        )
