"""The cable: current that flows along the inside of a fibre and out through its membrane.

    10 a / (2 R_i) d2V/dx2 = C dV/dt + (currents of the membrane)       the cable equation
    lambda = sqrt(10 a / (2 R_i g)),   tau = C / g                       of a passive cable
    R_inf = 1e4 R_i lambda / (2 pi a^2)                                  input resistance of an endless one

V        membrane potential, mV                         x, t   mm and ms
a        radius of the fibre, um                        R_i    axial resistivity, ohm cm
C, g     capacitance, uF/cm2, and conductance, mS/cm2, of the membrane
lambda   length constant, mm: over which a steady voltage falls to 37 %
R_inf    kilo-ohm; the factors 10 and 1e4 are there because these units are mixed

A fibre is cut into compartments, each with one voltage; both ends are sealed. A passive cable has exact
solutions, which are here too: from 0 mV at rest, for a fibre without ends.

Hodgkin and Rushton (1946) Proc R Soc B 133:444, doi:10.1098/rspb.1946.0024.
"""

import math

import numpy as np

from .compilation import gather, load
from .membrane_potential import _above_zero, _numbers, _plain, time_constant
from .model import number

# ---- written for Numba and for the page: scalar, and into arrays that the caller gives


def couple(compartments, lengths, radii, axial_resistivity, left, right):
    """The axial conductance from each compartment to its neighbours, mS per cm2 of its membrane; 0 at the ends.

    lengths in mm, radii in um, axial resistivity in ohm cm.
    """
    left[0] = 0.0
    right[compartments - 1] = 0.0
    for k in range(1, compartments):
        between = lengths[k - 1] / radii[k - 1] ** 2 + lengths[k] / radii[k] ** 2  # from centre to centre
        conductance = 10.0 / (axial_resistivity * between)
        right[k - 1] = conductance / (radii[k - 1] * lengths[k - 1])
        left[k] = conductance / (radii[k] * lengths[k])


def cover(compartments, lengths, position, width, first, covered):
    """The part of each compartment that lies within `width` mm about `position`, from `covered[first]` on."""
    end = 0.0
    for k in range(compartments):
        begin = end
        end = begin + lengths[k]
        inside = min(end, position + 0.5 * width) - max(begin, position - 0.5 * width)
        covered[first + k] = max(inside, 0.0) / lengths[k]


def read(compartments, lengths, position, records, recorded, voltage):
    """The voltage at `position` at every record, on straight lines between the compartments' centres."""
    k = 0
    centre = 0.5 * lengths[0]
    following = centre + 0.5 * (lengths[0] + lengths[1])
    while following < position and k < compartments - 2:
        k += 1
        centre = following
        following = centre + 0.5 * (lengths[k] + lengths[k + 1])
    part = min(max((position - centre) / (following - centre), 0.0), 1.0)
    for i in range(records):
        here = recorded[i * compartments + k]
        voltage[i] = here + part * (recorded[i * compartments + k + 1] - here)


def crossings(records, interval, voltage, threshold, times):
    """The times of the upward crossings of `threshold`, on straight lines between records; returns their number."""
    count = 0
    for i in range(1, records):
        if voltage[i - 1] < threshold and voltage[i] >= threshold:
            part = (threshold - voltage[i - 1]) / (voltage[i] - voltage[i - 1])
            times[count] = (i - 1 + part) * interval
            count += 1
    return count


def arrivals(compartments, records, interval, recorded, threshold, never, first):
    """When each compartment's voltage first crosses `threshold` upwards; `never` where it does not."""
    for k in range(compartments):
        first[k] = never
        for i in range(1, records):
            before = recorded[(i - 1) * compartments + k]
            after = recorded[i * compartments + k]
            if before < threshold and after >= threshold:
                first[k] = (i - 1 + (threshold - before) / (after - before)) * interval
                break


FUNCTIONS = (couple, cover, read, crossings, arrivals)


def compiled():
    """The functions above as a module, compiled once."""
    return load(gather(FUNCTIONS), tuple(function.__name__ for function in FUNCTIONS))


# ---- the passive cable, exactly


def length_constant(radius, axial_resistivity, g):
    """lambda in mm: sqrt(10 a / (2 R_i g)), from um, ohm cm and mS/cm2; numbers, or arrays that broadcast.

    ValueError for a value that is not above 0.

    >>> round(length_constant(radius=238, axial_resistivity=35.4, g=0.3), 1)
    10.6
    """
    radius, g = _above_zero("radius", radius, "um"), _above_zero("g", g, "mS/cm2")
    resistivity = _above_zero("axial_resistivity", axial_resistivity, "ohm cm")
    return _plain(np.sqrt(5 * radius / (resistivity * g)))


def input_resistance(radius, axial_resistivity, g):
    """What a current into the middle of an endless passive cable meets, kilo-ohm: R_inf = 1e4 R_i lambda / (2 pi a^2).

    >>> round(input_resistance(radius=238, axial_resistivity=35.4, g=0.3), 1)
    10.5
    """
    distance = length_constant(radius, axial_resistivity, g)
    # mm and um in cm: 0.1 / 1e-8; ohm in kilo-ohm: 1e-3
    return _plain(1e4 * np.asarray(axial_resistivity) * distance / (2 * math.pi * np.asarray(radius) ** 2))


def steady(x, current, radius, axial_resistivity, g):
    """V (mV above rest) at the distance x (mm) from where a steady current (uA) enters: I R_inf exp(-|x| / lambda),
    with the `input_resistance` R_inf.

    >>> round(steady(0, 1.0, radius=238, axial_resistivity=35.4, g=0.3), 1)
    10.5
    """
    distance = length_constant(radius, axial_resistivity, g)
    resistance = input_resistance(radius, axial_resistivity, g)
    return _plain(_numbers("current", current, "uA") * resistance * np.exp(-np.abs(_numbers("x", x, "mm")) / distance))


def charging(x, t, current, radius, axial_resistivity, g, C=1.0):
    """V (mV above rest) at x (mm) and t (ms) when a current (uA) is switched on at x = 0 and t = 0, where it then stays.

    I R_inf / 2 [exp(-X) erfc(X / (2 sqrt T) - sqrt T) - exp(X) erfc(X / (2 sqrt T) + sqrt T)]

    with X = |x| / lambda, T = t / tau and the `input_resistance` R_inf. Before 0 it is 0. Numbers, or arrays that broadcast.

    >>> round(charging(0, 1e6, 1.0, radius=238, axial_resistivity=35.4, g=0.3), 1)
    10.5
    """
    half = 0.5 * number("current", current, "uA") * input_resistance(radius, axial_resistivity, g)
    X = np.abs(_numbers("x", x, "mm")) / length_constant(radius, axial_resistivity, g)
    T = _numbers("t", t, "ms") / time_constant(C, g)

    def relative(X, T):
        if T <= 0:
            return 0.0
        root = math.sqrt(T)
        # exp(X) and what it multiplies over- and underflow together, far out where both parts are 0
        return math.exp(-X) * math.erfc(X / (2 * root) - root) - math.exp(min(X, 700)) * math.erfc(
            X / (2 * root) + root
        )

    return _plain(half * np.vectorize(relative, otypes=[float])(X, T))
