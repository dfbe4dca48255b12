"""An electrode outside: it hears a cell, and it fires an axon.

    phi = I / (4 pi sigma r)          r^2 = (x - x_0)^2 + (d / 1000)^2
    C dV/dt = 10 a / (2 R_i) (d2V/dx2 + d2phi/dx2) - (currents of the membrane)

phi      potential outside, mV            I    current out of a point electrode, uA; below 0 at a cathode
sigma    conductivity of the medium, S/m  r    distance from the electrode, mm; it is beside x_0, d um from the axis
V        inside less outside, mV          a, R_i   as in `action_potential`

What the electrode adds to the cable equation is a current per area of membrane, the activating function d2phi/dx2 (mV/mm2)
times 10 a / (2 R_i), with the 10 for the units of a, R_i and x (um, ohm cm, mm): in compartments, the axial currents that phi alone would drive. The medium has no borders, and the axon is too
thin to disturb it.

Rattay (1986) IEEE Trans Biomed Eng 33:974, doi:10.1109/TBME.1986.325670; McNeal (1976) IEEE Trans Biomed Eng 23:329,
doi:10.1109/TBME.1976.324593. Threshold against distance: Stoney and others (1968) J Neurophysiol 31:659,
doi:10.1152/jn.1968.31.5.659.

The cell that is heard is a chain of compartments: a dendrite as thick as several real ones together, a soma, an initial segment
with four times the soma's sodium channels, where the spike starts, and an axon. What the electrode hears is computed by
`action_potential.Propagation.outside`. How large such potentials are: Gold and others (2006) J Neurophysiol 95:3113, doi:10.1152/jn.00979.2005.
"""

import numpy as np

from ..action_potential import Pulse, simulate
from ..cable import compiled as compiled_cable
from ..compilation import array
from ..membrane_potential import _above_zero as above_zero
from ..model import number

AXON = {"length": 3.0, "radius": 0.5, "axial_resistivity": 100.0, "compartments": 150, "celsius": 18.5}
WIDTH = 0.2  # ms
AFTER = 4.8  # ms that a spike is given to begin, late where the pulse is weak, and to travel
# Of the cell: how many compartments, their length (mm) and radius (um), and their membrane (mS/cm2, mV).
CELL = {
    "dendrite": (30, 0.02, 4.0, {"g_Na": 0.0, "g_K": 0.0, "g_L": 0.1, "E_L": -65.0}),
    "soma": (2, 0.01, 10.0, {"g_Na": 200.0, "g_K": 36.0, "g_L": 0.3, "E_L": -54.387}),
    "initial segment": (4, 0.01, 0.75, {"g_Na": 500.0, "g_K": 75.0, "g_L": 0.3, "E_L": -54.387}),
    "axon": (40, 0.025, 0.75, {"g_Na": 120.0, "g_K": 36.0, "g_L": 0.3, "E_L": -54.387}),
}
SOMA = 0.61  # mm from the dendrite's end
INTO_DENDRITE = Pulse(0.2, 0.5, 500.0, 1.0, 0.02)  # far from the soma, and over before the spike
ROUNDS = 7  # of bisection: to half a per cent


def potential(x, current, distance, position=0.0, conductivity=0.3):
    """phi (mV) at the places x (mm) of an axon: a current (uA) enters at a point `distance` um beside `position` (mm).

    ValueError for a distance or conductivity (S/m) that is not above 0.

    >>> print(potential(np.array([0.0, 1.0]), current=-10, distance=100).round(2))
    [-26.53  -2.64]
    """
    distance = above_zero("distance", distance, "um")
    conductivity = above_zero("conductivity", conductivity, "S/m")
    r = np.hypot(np.asarray(x, dtype=float) - number("position", position, "mm"), 1e-3 * distance)  # mm
    return number("current", current, "uA") / (4 * np.pi * conductivity * r)  # uA / (S/m mm) is mV


def driving_current(
    current, distance, position, conductivity=0.3, length=3.0, radius=0.5, axial_resistivity=100.0, compartments=150
):
    """What the electrode does to each compartment of the axon, as a current into it (uA/cm2 of membrane); arguments as in
    `potential` and `action_potential.simulate`.

    >>> I = driving_current(-10, distance=100, position=1.5)
    >>> bool(I[75] > 0 > I[60])  # a cathode depolarises beside it, and hyperpolarises on either side
    True
    """
    size = length / compartments
    x = size * (np.arange(compartments) + 0.5)
    left, right = array(np.zeros(compartments)), array(np.zeros(compartments))
    sizes, radii = np.full(compartments, size), np.full(compartments, float(radius))
    compiled_cable().couple(compartments, array(sizes), array(radii), float(axial_resistivity), left, right)
    phi = potential(x, current, distance, position, conductivity)
    step = np.diff(phi)
    into = np.zeros(compartments)
    into[:-1] += np.asarray(right)[:-1] * step
    into[1:] -= np.asarray(left)[1:] * step
    return into


def stimulate(current, distance, position=1.5, width=WIDTH, conductivity=0.3, duration=None, dt=0.01, **axon):
    """Simulate the axon under a pulse (uA, for `width` ms) of the electrode; a Propagation, whose V is inside less outside.

    axon    changes to AXON by name, and of the membrane as in `action_potential.simulate`. Errors as there

    >>> run = stimulate(-40, distance=100)
    >>> bool(run.V.max() > 0)
    True
    """
    axon = {**AXON, **axon}
    cable = {name: axon[name] for name in ("length", "radius", "axial_resistivity", "compartments")}
    into = driving_current(current, distance, position, conductivity, **cable)
    size = cable["length"] / cable["compartments"]
    pulses = [Pulse((k + 0.5) * size, 0.0, float(one), width, size) for k, one in enumerate(into)]
    return simulate(pulses, width + AFTER if duration is None else duration, dt=dt, **axon)


def cell(duration=6.0, dt=0.01):
    """One spike of the cell (CELL), set off by a current into its dendrite from 0.5 to 1.5 ms: a Propagation, with the soma at SOMA mm.

    >>> run = cell()
    >>> bool(run.spike_times(SOMA + 0.04)[0] < run.spike_times(SOMA)[0])  # it starts in the initial segment
    True
    """
    counts = [count for count, *_ in CELL.values()]
    length, radius = (np.repeat([part[k] for part in CELL.values()], counts) for k in (1, 2))
    names = CELL["soma"][3]
    membrane = {name: np.repeat([part[3][name] for part in CELL.values()], counts) for name in names}
    how = {"axial_resistivity": AXON["axial_resistivity"], "celsius": AXON["celsius"]}
    return simulate(INTO_DENDRITE, duration, length=length, radius=radius, dt=dt, **how, **membrane)


def threshold(distance, sign=-1, position=1.5, width=WIDTH, weakest=1.0, strongest=4000.0, rounds=ROUNDS, **how):
    """The weakest current (uA, its size) of a cathode (sign -1) or anode (+1) whose pulse sends a spike along the axon.

    A spike counts when V passes 0 mV a quarter of the axon's length from either end. From `weakest` on the current is
    doubled until it fires, up to `strongest`, and then bisected: searched from below, since a cathode that is far too
    strong blocks what it starts. ValueError where nothing fires; others as in `stimulate`.

    >>> 10 < threshold(100) < 60
    True
    """
    if sign not in (-1, 1):
        raise ValueError(f"sign = {sign!r} is neither a cathode's, -1, nor an anode's, 1")
    low, strongest = above_zero("weakest", weakest, "uA"), above_zero("strongest", strongest, "uA")

    def fires(current):
        run = stimulate(sign * current, distance, position, width, **how)
        far = run.length / 4
        return len(run.spike_times(far)) + len(run.spike_times(run.length - far)) > 0

    high = low
    while not fires(high):
        low, high = high, 2 * high
        if high > strongest:
            raise ValueError(
                f"no pulse up to strongest = {strongest:g} uA fires the axon; go nearer than {distance:g} um"
            )
    for _ in range(rounds):
        middle = np.sqrt(low * high)
        low, high = (low, middle) if fires(middle) else (middle, high)
    return float(high)
