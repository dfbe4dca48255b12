"""Ions that cross a membrane of constant permeabilities, the pump that brings them back, and a cell whose pump stops.

    I_ion = z F P (phi(u) inside - phi(-u) outside),  u = z F V / (R T),  phi(u) = u / (1 - exp(-u))   outward
    I_pump = k Na_in^3                                     it carries 3 Na+ out for 2 K+ in: 3 I_pump and -2 I_pump
    d Na_in / dt = -(I_Na + 3 I_pump) S / F        d K_in / dt = -(I_K - 2 I_pump) S / F        d Cl_in / dt = I_Cl S / F
    V = R T / F ln((r P_K K_out + P_Na Na_out) / (r P_K K_in + P_Na Na_in)),  r = 3/2           in the steady state

P     permeability, 1e-6 cm/s                   outside, inside   concentrations, mM
z     valence                                   I   current, uA/cm2                V   mV, inside minus outside
S     surface by volume, 1/cm: 3 / radius of a ball
R, T, F   gas constant, absolute temperature, Faraday constant

In a cell that runs down, V is at every moment where all currents, the pump's included, cancel: the membrane charges in
milliseconds, the concentrations change in minutes. So the inside keeps its charge. The volume is held and the bath is
too large to change; a real cell would swell.

Goldman (1943), doi:10.1085/jgp.27.1.37; Hodgkin and Katz (1949), doi:10.1113/jphysiol.1949.sp004310; the steady
state: Mullins and Noda (1963) J Gen Physiol 47:117, doi:10.1085/jgp.47.1.117; cells with a pump: Armstrong (2003) PNAS
100:6257, doi:10.1073/pnas.0931278100.
"""

from typing import NamedTuple

import numpy as np

from .hodgkin_huxley import x_over_one_minus_exp
from .membrane_potential import KELVIN, MAMMAL, RESTING, SQUID, F, R, thermal_voltage
from .model import Model, Parameter, number


def I_goldman(V, z, P, outside, inside, celsius):
    u = z * F * V / (1000 * R * (celsius + KELVIN))
    return 1e-6 * z * F * P * (x_over_one_minus_exp(u) * inside - x_over_one_minus_exp(-u) * outside)


def I_K(V, P_K, K_out, K_in, celsius):
    return I_goldman(V, 1, P_K, K_out, K_in, celsius)


def I_Na(V, P_Na, Na_out, Na_in, celsius):
    return I_goldman(V, 1, P_Na, Na_out, Na_in, celsius)


def I_Cl(V, P_Cl, Cl_out, Cl_in, celsius):
    return I_goldman(V, -1, P_Cl, Cl_out, Cl_in, celsius)


MEMBRANE = Model(
    name="membrane of constant permeabilities",
    parameters={
        "P_Na": Parameter(RESTING["Na"], "1e-6 cm/s", "permeability to sodium", 0, 100),
        "P_K": Parameter(RESTING["K"], "1e-6 cm/s", "permeability to potassium", 0, 100),
        "P_Cl": Parameter(RESTING["Cl"], "1e-6 cm/s", "permeability to chloride", 0, 100),
        "Na_out": Parameter(SQUID["outside"]["Na"], "mM", "sodium outside", 0.001, 1000),
        "Na_in": Parameter(SQUID["inside"]["Na"], "mM", "sodium inside", 0.001, 1000),
        "K_out": Parameter(SQUID["outside"]["K"], "mM", "potassium outside", 0.001, 1000),
        "K_in": Parameter(SQUID["inside"]["K"], "mM", "potassium inside", 0.001, 1000),
        "Cl_out": Parameter(SQUID["outside"]["Cl"], "mM", "chloride outside", 0.001, 1000),
        "Cl_in": Parameter(SQUID["inside"]["Cl"], "mM", "chloride inside", 0.001, 1000),
        "celsius": Parameter(6.3, "degrees C", "temperature", 0, 40),
        "C": Parameter(1.0, "uF/cm2", "membrane capacitance", 0.1, 10),
    },
    currents={"I_K": I_K, "I_Na": I_Na, "I_Cl": I_Cl},
    largest_step={"rk4": 0.01, "euler": 0.01},
)


class RunDown(NamedTuple):
    """A cell over time: t in minutes, V in mV, the pump's current in uA/cm2, concentrations inside in mM; all arrays."""

    t: np.ndarray
    V: np.ndarray
    I_pump: np.ndarray
    Na: np.ndarray
    K: np.ndarray
    Cl: np.ndarray


def steady_potential(outside, inside, permeability=RESTING, celsius=37.0, ratio=1.5):
    """The potential (mV) at which a pump that moves `ratio` Na+ for each K+ makes good what leaks: Mullins and Noda.

    With ratio=1 it is the Goldman potential of K+ and Na+ alone: a pump that carries no net charge.

    >>> round(steady_potential(**MAMMAL) - steady_potential(**MAMMAL, ratio=1), 1)
    -5.2
    """
    above = ratio * permeability["K"] * outside["K"] + permeability["Na"] * outside["Na"]
    below = ratio * permeability["K"] * inside["K"] + permeability["Na"] * inside["Na"]
    return float(thermal_voltage(celsius) * np.log(above / below))


def run_down(
    minutes=240.0, stops=10.0, left=0.0, radius=10.0, outside=MAMMAL["outside"], inside=MAMMAL["inside"],
    permeability=RESTING, celsius=37.0, dt=0.1,
):  # fmt: skip
    """A ball-shaped cell whose pump keeps it steady until `stops` (minutes) and then works at `left` of its strength.

    The pump is as strong as the leak asks, and chloride starts where the voltage holds it. radius in um, dt in minutes,
    concentrations in mM, permeability in 1e-6 cm/s. Returns a RunDown. Raises ValueError for times and sizes that are
    not above 0, a negative `left` and a `dt` so coarse that a concentration would become negative.

    >>> cell = run_down(minutes=60)
    >>> cell.V[[0, -1]].round()
    array([-74., -41.])
    """
    given = {"minutes": (minutes, "min"), "radius": (radius, "um"), "dt": (dt, "min")}
    minutes, radius, dt = (number(name, *one) for name, one in given.items())
    for name, value in (("minutes", minutes), ("radius", radius), ("dt", dt)):
        if value <= 0:
            raise ValueError(f"{name} = {value:g} {given[name][1]} is not above 0; give more than 0 {given[name][1]}")
    stops, left = number("stops", stops, "min"), number("left", left, "of the pump's strength")
    if left < 0:
        raise ValueError(f"left = {left:g} of the pump's strength is below 0; give 0 to 1")
    V = steady_potential(outside, inside, permeability, celsius)
    Na, K = inside["Na"], inside["K"]
    Cl = outside["Cl"] * np.exp(V / thermal_voltage(celsius))
    strength = -I_Na(V, permeability["Na"], outside["Na"], Na, celsius) / 3 / Na**3
    per_minute = 60 * 3e4 / radius / F  # from uA/cm2 to mM per minute
    rows = []
    for i in range(round(minutes / dt) + 1):
        if min(Na, K, Cl) <= 0:
            raise ValueError(f"dt = {dt:g} min is too coarse for a cell of this size; use a smaller dt")
        I_pump = strength * (1.0 if i * dt < stops else left) * Na**3
        V, (to_K, to_Na, to_Cl) = _balance(I_pump, permeability, outside, {"K": K, "Na": Na, "Cl": Cl}, celsius)
        rows.append((i * dt, V, I_pump, Na, K, Cl))
        Na -= dt * per_minute * (to_Na + 3 * I_pump)
        K -= dt * per_minute * (to_K - 2 * I_pump)
        Cl += dt * per_minute * to_Cl
    return RunDown(*np.array(rows).T)


def _balance(I_pump, permeability, outside, inside, celsius):
    """The voltage at which all currents cancel, by bisection, and the currents of K, Na and Cl there."""
    low, high = -300.0, 300.0
    for _ in range(50):
        V = 0.5 * (low + high)
        currents = [
            current(V, permeability[ion], outside[ion], inside[ion], celsius)
            for ion, current in (("K", I_K), ("Na", I_Na), ("Cl", I_Cl))
        ]
        if sum(currents) + I_pump > 0:
            high = V
        else:
            low = V
    return V, currents
