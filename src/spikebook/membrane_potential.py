"""The membrane potential: where each ion would leave it, where several together do, and how fast it gets there.

    E = R T / (z F) ln(outside / inside)                                   Nernst, one ion
    V = R T / F ln((sum P outside + sum P' inside) / (sum P inside + sum P' outside))   Goldman, Hodgkin and Katz
    V = sum g E / sum g                                                    chord equation, conductances in parallel
    V = E + I / g (1 - exp(-t / tau)),  tau = C / g                        a membrane that charges, from rest
    q = C dV                                                               the charge that a change of voltage takes

z     valence of the ion                        outside, inside   concentrations, mM
P     permeabilities (any unit) of cations, P' of anions
g, C  conductance, mS/cm2, and capacitance, uF/cm2      I   current, uA/cm2
E, V  potentials, inside minus outside, mV              t, tau   ms
R, T, F   gas constant, absolute temperature, Faraday constant

The currents behind the second equation, and the pump, are in `permeability`.

Goldman (1943) J Gen Physiol 27:37, doi:10.1085/jgp.27.1.37; Hodgkin and Katz (1949) J Physiol 108:37,
doi:10.1113/jphysiol.1949.sp004310.
"""

from collections.abc import Mapping

import numpy as np
from numpy import log

from .model import number

R = 8.314462618  # J / (mol K), CODATA 2018, as is the next
F = 96485.33212  # C / mol
KELVIN = 273.15  # 0 degrees C
ELEMENTARY_CHARGE = 1.602176634e-19  # C

# The squid's giant axon and the blood around it, mM: K and Na after Hodgkin (1951) Biol Rev 26:339,
# doi:10.1111/j.1469-185X.1951.tb01204.x, who gives 40 to 150 for chloride inside; 52 is from later work.
SQUID = {"outside": {"K": 20.0, "Na": 440.0, "Cl": 560.0}, "inside": {"K": 400.0, "Na": 50.0, "Cl": 52.0}}
# A mammalian neuron, mM: round values as in textbooks, such as Purves et al., Neuroscience, chapter 2.
MAMMAL = {
    "outside": {"K": 5.0, "Na": 145.0, "Cl": 110.0, "Ca": 1.5},
    "inside": {"K": 140.0, "Na": 15.0, "Cl": 10.0, "Ca": 1e-4},
}
VALENCE = {"K": 1, "Na": 1, "Cl": -1, "Ca": 2}
# Relative permeabilities of the squid's axon at rest: Hodgkin and Katz (1949). Near the peak of a spike P_Na is 20.
RESTING = {"K": 1.0, "Na": 0.04, "Cl": 0.45}


def E_ion(z, outside, inside, celsius):
    return 1000 * R * (celsius + KELVIN) / (z * F) * log(outside / inside)


def V_goldman(P_K, P_Na, P_Cl, K_out, K_in, Na_out, Na_in, Cl_out, Cl_in, celsius):
    above = P_K * K_out + P_Na * Na_out + P_Cl * Cl_in
    below = P_K * K_in + P_Na * Na_in + P_Cl * Cl_out
    return 1000 * R * (celsius + KELVIN) / F * log(above / below)


def nernst(valence, outside, inside, celsius=37):
    """The potential (mV) at which an ion of this valence is in equilibrium: R T / (z F) ln(outside / inside).

    Concentrations in mM, temperature in degrees C; numbers, or arrays that broadcast. Raises ValueError for a
    concentration that is not above 0 (no potential then holds the ion back), a valence of 0 and a temperature that
    is not above -273.15 degrees C; TypeError for what is no number.

    >>> round(nernst(1, outside=5, inside=140), 1)
    -89.1
    """
    valence = _numbers("valence", valence, "")
    if np.any(valence == 0):
        raise ValueError("valence = 0 is no ion's: give 1 for K+ and Na+, -1 for Cl-, 2 for Ca2+")
    outside, inside = (_above_zero(*one, "mM") for one in (("outside", outside), ("inside", inside)))
    thermal_voltage(celsius)  # refuses a temperature that is none
    return _plain(E_ion(valence, outside, inside, np.asarray(celsius, dtype=float)))


def goldman(permeability, outside, inside, celsius=37):
    """The potential (mV) at which the currents of several ions cancel: the Goldman-Hodgkin-Katz equation.

    permeability      of K, Na and Cl, as a dict; only their ratios matter
    outside, inside   concentrations in mM of at least these ions, as dicts: `goldman(permeability, **SQUID)`

    Numbers, or arrays that broadcast. The equation is for ions of one charge: ValueError for calcium, for
    a permeability below 0 and where all are 0; concentrations and temperature as for `nernst`.

    >>> round(goldman({"K": 1, "Na": 0.04, "Cl": 0.45}, **SQUID, celsius=6.3), 1)
    -57.1
    """
    _check_dicts(permeability=permeability, outside=outside, inside=inside)
    P, out, within = dict.fromkeys(RESTING, 0.0), dict.fromkeys(RESTING, 1.0), dict.fromkeys(RESTING, 1.0)
    for ion, value in permeability.items():
        if ion not in RESTING:
            raise ValueError(f"permeability of {ion!r}: the equation is for ions of one charge; give K, Na, Cl")
        for name, solution in (("outside", outside), ("inside", inside)):
            if ion not in solution:
                raise ValueError(f"{name} has no {ion}: give its concentration in mM")
        P[ion] = _numbers(f"permeability of {ion}", value, "")
        if np.any(P[ion] < 0):
            raise ValueError(f"permeability of {ion} = {P[ion].min():g} is below 0; give 0 or more")
        out[ion] = _above_zero(f"{ion} outside", outside[ion], "mM")
        within[ion] = _above_zero(f"{ion} inside", inside[ion], "mM")
    if np.any(np.asarray(P["K"] + P["Na"] + P["Cl"]) == 0):
        raise ValueError("every permeability is 0: an impermeable membrane has no potential of its own; raise one")
    thermal_voltage(celsius)  # refuses a temperature that is none
    sides = (side[ion] for ion in RESTING for side in (out, within))
    return _plain(V_goldman(*P.values(), *sides, np.asarray(celsius, dtype=float)))


def chord(conductances, reversals):
    """The potential (mV) at which currents through parallel conductances cancel: sum g E / sum g.

    conductances (mS/cm2, or any one unit) and reversal potentials (mV) are dicts with the same names; numbers, or
    arrays that broadcast. ValueError for names that differ, a conductance below 0 and where all are 0.

    >>> chord({"K": 2.0, "Na": 1.0}, {"K": -80, "Na": 40})
    -40.0
    """
    _check_dicts(conductances=conductances, reversals=reversals)
    if set(conductances) != set(reversals):
        different = ", ".join(sorted(set(conductances) ^ set(reversals)))
        raise ValueError(f"conductances and reversals differ in {different}; give both for every ion")
    total = current = 0.0
    for name, g in conductances.items():
        g = _numbers(f"conductance of {name}", g, "mS/cm2")
        if np.any(g < 0):
            raise ValueError(f"conductance of {name} = {g.min():g} mS/cm2 is below 0; give 0 or more")
        total, current = total + g, current + g * _numbers(f"reversal potential of {name}", reversals[name], "mV")
    if np.any(np.asarray(total) == 0):
        raise ValueError("every conductance is 0: the potential is then anything; raise one above 0 mS/cm2")
    return _plain(current / total)


def time_constant(C, g):
    """How fast a membrane charges: tau = C / g in ms, from uF/cm2 and mS/cm2.

    >>> time_constant(C=1.0, g=0.1)
    10.0
    """
    return _plain(_above_zero("C", C, "uF/cm2") / _above_zero("g", g, "mS/cm2"))


def charging(t, current, C, g, E):
    """V (mV) at the times t (ms) of a passive membrane at rest at E when `current` (uA/cm2) is switched on at 0.

    V = E + current / g (1 - exp(-t / tau)); before 0 it is E. Numbers, or arrays that broadcast.

    >>> charging([-1, 0, 10], current=2, C=1, g=0.1, E=-65).round(2)
    array([-65.  , -65.  , -52.36])
    """
    t, current, E = _numbers("t", t, "ms"), _numbers("current", current, "uA/cm2"), _numbers("E", E, "mV")
    tau, g = time_constant(C, g), _numbers("g", g, "mS/cm2")
    return _plain(E - current / g * np.expm1(-np.maximum(t, 0) / tau))


def ions_moved(change, C=1.0):
    """How many single charges cross each um2 of membrane when its voltage changes by `change` mV: C change / e.

    >>> round(ions_moved(-65))
    -4057
    """
    charge = _above_zero("C", C, "uF/cm2") * _numbers("change", change, "mV")  # nC/cm2
    return _plain(charge * 1e-9 / ELEMENTARY_CHARGE / 1e8)


def concentration_change(change, surface_to_volume, C=1.0):
    """By how many mM these charges, all of one ion, change its concentration inside: C change (surface / volume) / F.

    surface_to_volume   per um: 3 / radius for a ball, 2 / radius for a long cylinder

    >>> round(concentration_change(100, surface_to_volume=3 / 10), 4)
    0.0031
    """
    charge = _above_zero("C", C, "uF/cm2") * _numbers("change", change, "mV")  # nC/cm2
    per_cm = 1e4 * _above_zero("surface_to_volume", surface_to_volume, "per um")
    return _plain(charge * 1e-9 * per_cm / F * 1e6)


def thermal_voltage(celsius):
    """R T / F in mV: 24.1 at 6.3 degrees C, 26.7 at 37. ValueError at absolute zero and below."""
    celsius = _numbers("celsius", celsius, "degrees C")
    if np.any(celsius <= -KELVIN):
        raise ValueError(f"celsius = {celsius.min():g} degrees C is not above absolute zero, -273.15 degrees C")
    return _plain(1000 * R * (celsius + KELVIN) / F)


def _check_dicts(**given):
    for name, value in given.items():
        if not isinstance(value, Mapping):
            raise TypeError(f'{name} must be a dict such as {{"K": 1.0, "Na": 0.04}}, not {value!r}')


def _plain(values):
    return float(values) if np.ndim(values) == 0 else values


def _numbers(name, values, unit):
    """One number or an array of them, all finite, as numpy has them."""
    if np.ndim(values) == 0:
        return np.float64(number(name, values, unit))
    try:
        values = np.array(values, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be numbers in {unit or 'no unit'}") from None
    if not np.all(np.isfinite(values)):
        raise ValueError(f"{name} has a value that is not finite; replace or cut it out")
    return values


def _above_zero(name, values, unit):
    values = _numbers(name, values, unit)
    if np.any(values <= 0):
        raise ValueError(f"{name} = {values.min():g} {unit} is not above 0; give more than 0 {unit}")
    return values
