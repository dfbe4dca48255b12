"""The action potential on its way: the Hodgkin-Huxley axon.

    C dV/dt = 10 a / (2 R_i) d2V/dx2 - I_Na - I_K - I_L + I

V     membrane potential, mV                     x, t    along the axon, mm, and time, ms
a     radius, um                                 R_i     axial resistivity, ohm cm
C     capacitance, uF/cm2                        I       current of an electrode into the axon, uA/cm2
The factor 10 makes uA/cm2 of these units. The currents, gates and their speed are those of `hodgkin_huxley`, at every place.

Method: gates and voltage take turns, half a step apart. Each gate relaxes exactly at the voltage between; the voltage
takes a Crank-Nicolson step with the gates between, one tridiagonal system for the whole axon. The error is of
order 2 in the step and in the length of a compartment, and no step is unstable.

Hodgkin and Huxley (1952) J Physiol 117:500, doi:10.1113/jphysiol.1952.sp004764; Hines (1984) Int J Biomed Comput 15:69,
doi:10.1016/0020-7101(84)90008-4.
"""

import numpy as np
from numpy import exp

from .axon_pieces import Pulse, Synapse, check_pieces, check_pulse, each, membrane_of, pieces
from .cable import charging, input_resistance, length_constant, steady
from .cable import compiled as compiled_cable
from .compilation import array, gather, load
from .exponentials import expm1_beside, shared
from .hodgkin_huxley import MODEL, alpha_h, alpha_m, alpha_n, beta_h, beta_m, beta_n, phi
from .membrane_potential import _above_zero as above_zero
from .model import number
from .propagation import Propagation
from .simulation import count_steps
from .travelling_wave import conductance_at_rest, conduction_velocity, ionic_current

__all__ = [
    "Propagation",
    "Pulse",
    "Synapse",
    "charging",
    "conduction_velocity",
    "input_resistance",
    "length_constant",
    "passive",
    "simulate",
    "steady",
]

STIFFEST = 2.0  # of conductance dt / C: beyond, the voltage under a synapse overshoots its reversal potential
MOST_VALUES = 5e7  # recorded voltages: 400 MB


# ---- the equations, for Numba and for the page


def relaxed_gate(x, alpha, beta, duration):
    """Where a gate is after `duration` at constant rates."""
    total = alpha + beta
    end = alpha / total
    return end + (x - end) * exp(-duration * total)


def propagate(
    steps, every, dt, compartments, C, g_Na, g_K, g_L, E_Na, E_K, E_L, celsius, left, right, pulses, covered, starts,
    stops, strengths, conductances, V, n, m, h, coming, change, recorded,
):  # fmt: skip
    """Advance the axon by `steps` steps of `dt` ms; write its voltages at the start and after every `every` steps.

    left, right   axial conductances (`couple`); covered, starts, stops, strengths, conductances   the pulses: `covered` has
    a row for each (`cover`), and its current is strength - conductance V; coming, change   room to work in
    """
    speed = phi(celsius)
    for k in range(compartments):
        recorded[k] = V[k]
    row = compartments
    until = every
    for i in range(steps):
        for k in range(compartments):
            voltage = V[k]
            opening_n = alpha_n(voltage)
            closing_n = beta_n(voltage)
            opening_m = alpha_m(voltage)
            closing_m = beta_m(voltage)
            opening_h = alpha_h(voltage)
            closing_h = beta_h(voltage)
            n[k] = relaxed_gate(n[k], opening_n, closing_n, speed * dt)
            m[k] = relaxed_gate(m[k], opening_m, closing_m, speed * dt)
            h[k] = relaxed_gate(h[k], opening_h, closing_h, speed * dt)
        # Half a Crank-Nicolson step is an implicit one: solve for its change of V, downwards and back, then double it.
        for k in range(compartments):
            outward = ionic_current(V[k], n[k], m[k], h[k], g_Na[k], g_K[k], g_L[k], E_Na[k], E_K[k], E_L[k])
            above = ionic_current(V[k] + 1, n[k], m[k], h[k], g_Na[k], g_K[k], g_L[k], E_Na[k], E_K[k], E_L[k])
            change[k] = -outward
            coming[k] = 2 * C[k] / dt + above - outward + left[k] + right[k]
        for pulse in range(pulses):
            part = (min((i + 1) * dt, stops[pulse]) - max(i * dt, starts[pulse])) / dt
            if part > 0:
                for k in range(compartments):
                    active = part * covered[pulse * compartments + k]
                    change[k] += active * (strengths[pulse] - conductances[pulse] * V[k])
                    coming[k] += active * conductances[pulse]
        for k in range(compartments):
            diagonal = coming[k]
            if k > 0:
                change[k] += left[k] * (V[k - 1] - V[k] + change[k - 1])
                diagonal -= left[k] * coming[k - 1]
            if k < compartments - 1:
                change[k] += right[k] * (V[k + 1] - V[k])
            coming[k] = right[k] / diagonal
            change[k] = change[k] / diagonal
        V[compartments - 1] += 2 * change[compartments - 1]
        for back in range(1, compartments):
            k = compartments - 1 - back
            change[k] += coming[k] * change[k + 1]
            V[k] += 2 * change[k]
        if i + 1 == until:
            for k in range(compartments):
                recorded[row + k] = V[k]
            row += compartments
            until += every


def program():
    """Scalar Python of `propagate` and all it calls, with as few exponentials as can be, for Numba and for the page."""
    return shared(gather((propagate, expm1_beside)))


def compiled():
    return load(program(), ("propagate",), contract=True)


# ---- for a notebook


def simulate(
    pulses, duration, length=100.0, radius=238.0, axial_resistivity=35.4, compartments=200, dt=0.01, every=1, **membrane
):
    """Simulate an axon, from rest, for `duration` ms, and return its Propagation.

    pulses         a Pulse or a Synapse, or several of them
    length         mm; or an array with the length of every compartment, from the axon's left end on
    radius         um; a number, or an array with one value a compartment
    axial_resistivity   ohm cm
    compartments   into how many equal ones a `length` is cut
    dt, every      the step (ms), and how many steps apart the voltage is recorded
    membrane       changes to the squid's values by name: celsius, and C, g_Na, g_K, g_L, E_Na, E_K, E_L, each a
                   number or an array with one value a compartment

    Every compartment starts at the rest of its own membrane. Raises ValueError or TypeError for unknown names,
    values out of range, arrays of another length, and compartments or steps too coarse for the axon.

    >>> squid = simulate(Pulse(position=10, start=1), duration=8, celsius=18.5)
    >>> squid.spike_times(60).round(1)
    array([3.9])
    """
    dt, duration = number("dt", dt, "ms"), number("duration", duration, "ms")
    steps = count_steps(MODEL, duration, dt, "exponential_euler")
    if not isinstance(every, (int, np.integer)) or not 1 <= every <= steps:
        raise ValueError(f"every = {every!r} steps must be a whole number from 1 to {steps}")
    lengths = pieces(length, compartments)
    count = len(lengths)
    resistivity = above_zero("axial_resistivity", axial_resistivity, "ohm cm")
    radii = each("radius", radius, "um", count)
    columns, celsius = membrane_of(membrane, count)
    pulses = [pulses] if isinstance(pulses, (Pulse, Synapse)) else list(pulses)
    rows = steps // every + 1
    if rows * count > MOST_VALUES:
        raise ValueError(f"{rows} records of {count} compartments are too many to keep; record less often: every=10")
    rest = MODEL.resting({**columns, "celsius": celsius})
    check_pieces(lengths, radii, resistivity, conductance_at_rest(columns, rest))
    sizes, cable = array(lengths), compiled_cable()
    left, right, coming, change = (array(np.zeros(count)) for _ in range(4))
    cable.couple(count, sizes, array(radii), resistivity, left, right)
    covered = array(
        np.zeros((len(pulses) + 1) * count)
    )  # a row more than needed: no pulse at all is none to compiled code
    for i, pulse in enumerate(pulses):
        check_pulse(pulse, lengths.sum(), STIFFEST * columns["C"].min() / dt)
        cable.cover(count, sizes, float(pulse.position), float(pulse.width), i * count, covered)
    starts = array([*(pulse.start for pulse in pulses), 0])
    stops = array([*(pulse.start + pulse.duration for pulse in pulses), 0])
    strengths, conductances = (array([*(pulse.line[k] for pulse in pulses), 0]) for k in (0, 1))
    recorded = array(np.zeros(rows * count))
    try:
        compiled().propagate(
            steps, int(every), dt, count, *(array(column) for column in columns.values()), celsius, left, right,
            len(pulses), covered, starts, stops, strengths, conductances,
            *(array(rest[name]) for name in MODEL.state), coming, change, recorded,
        )  # fmt: skip
        V = np.asarray(recorded).reshape(rows, count)
        sound = bool(np.all(np.isfinite(V)))
    except (OverflowError, ZeroDivisionError):
        sound = False
    if not sound:
        raise ValueError("the pulses drive the membrane beyond what can be computed; give them a weaker current")
    return Propagation(V, dt * every, lengths, radii, np.asarray(left), np.asarray(right))


def passive(**membrane):
    """The squid's membrane at rest with its gates held still: three resistors, as parameters for `simulate`.

    Leak with the conductance g_Na m^3 h + g_K n^4 + g_L of rest, and with rest as its reversal potential: it rests where
    the living membrane rests, and never fires. `membrane` changes the living one first.

    >>> {name: round(value, 3) for name, value in passive().items()}
    {'g_Na': 0.0, 'g_K': 0.0, 'g_L': 0.678, 'E_L': -64.996}
    """
    values = MODEL.values(**membrane)
    rest = MODEL.rest(**membrane)
    return {"g_Na": 0.0, "g_K": 0.0, "g_L": conductance_at_rest(values, rest), "E_L": rest["V"]}
