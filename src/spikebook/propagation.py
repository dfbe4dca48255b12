"""A spike's way along an axon, as `action_potential.simulate` returns it: V(x, t), and what electrodes see of it.

Outside, in a medium without borders, the currents through the membrane make the potential

    phi(x, r) = 1 / (4 pi sigma) sum_k I_k / l_k  ln of (how far the ends of compartment k are; a line source)

I_k     current out of compartment k, all that does not flow on inside      l_k   its length
sigma   conductivity outside                                             r     distance from the axis

This holds in units that fit together, such as ampere, metre and S/m for volt. `Propagation.outside` takes its own and converts.

Holt and Koch (1999) J Comput Neurosci 6:169, doi:10.1023/A:1008832702585.
"""

from functools import cached_property

import numpy as np

from .cable import compiled
from .compilation import array
from .model import number


class Propagation:
    """One run of an axon.

    t, x       times (ms) and centres of the compartments (mm)
    V          membrane potential (mV), shape (len(t), len(x))
    lengths, radii   of the compartments, mm and um
    """

    def __init__(self, V, interval, lengths, radii, left, right):
        self.V, self.lengths, self.radii = V, lengths, radii
        self.t = np.arange(len(V)) * interval
        self.x = np.cumsum(lengths) - 0.5 * lengths
        self._interval, self._left, self._right = interval, left, right

    @property
    def length(self):
        """Of the axon, mm."""
        return float(self.lengths.sum())

    def at(self, position):
        """V (mV) over time at a position (mm), on straight lines between the compartments' centres."""
        position = number("position", position, "mm")
        if not 0 <= position <= self.length:
            raise ValueError(f"position = {position:g} mm is not on the axon; give 0 to {self.length:g} mm")
        voltage = array(np.zeros(len(self.t)))
        compiled().read(len(self.x), array(self.lengths), position, len(self.t), array(self.V.ravel()), voltage)
        return np.asarray(voltage)

    def spike_times(self, position, threshold=0.0):
        """When V at a position (mm) crosses `threshold` (mV) upwards, in ms."""
        V, times = self.at(position), array(np.zeros(len(self.t)))
        threshold = number("threshold", threshold, "mV")
        count = compiled().crossings(len(V), self._interval, array(V), threshold, times)
        return np.asarray(times[:count])

    def arrivals(self, threshold=0.0):
        """When V first crosses `threshold` (mV) upwards in each compartment, in ms; infinity where it never does."""
        first, threshold = array(np.zeros(len(self.x))), number("threshold", threshold, "mV")
        recorded = array(self.V.ravel())
        compiled().arrivals(len(self.x), len(self.t), self._interval, recorded, threshold, np.inf, first)
        return np.asarray(first)

    def speed(self, start, stop):
        """Mean speed (m/s, which is mm/ms) of the first spike from one position (mm) to another; below 0 leftwards.

        ValueError where no spike arrives at both.
        """
        times = [self.spike_times(position) for position in (start, stop)]
        for position, there in zip((start, stop), times):
            if not len(there):
                raise ValueError(
                    f"no spike arrives at {position:g} mm within {self.t[-1]:g} ms; look elsewhere or longer"
                )
        if times[0][0] == times[1][0]:
            raise ValueError(
                f"a spike is at {start:g} and {stop:g} mm at once; give two places on one side of its start"
            )
        return float((stop - start) / (times[1][0] - times[0][0]))

    @cached_property
    def membrane_current(self):
        """Current out through the membrane (uA/cm2), of ions and capacity, less what an electrode put in: shape of V."""
        V = self.V
        inflow = np.zeros_like(V)
        inflow[:, 1:] += self._left[1:] * (V[:, :-1] - V[:, 1:])
        inflow[:, :-1] += self._right[:-1] * (V[:, 1:] - V[:, :-1])
        return inflow

    def outside(self, position, distance, conductivity=0.3):
        """The potential (uV) over time of an electrode outside, beside `position` (mm), at `distance` (um) from the axis.

        conductivity   of the medium, S/m: 0.3 in grey matter; the electrode that the potential is measured against is
                       far away. ValueError within the axon, and for values not above 0

        The axon is a chain of line sources, and the medium has no borders.
        """
        position, distance = number("position", position, "mm"), number("distance", distance, "um")
        conductivity = number("conductivity", conductivity, "S/m")
        if distance < self.radii.max():
            raise ValueError(f"distance = {distance:g} um is inside the axon; give at least {self.radii.max():g} um")
        if conductivity <= 0:
            raise ValueError(f"conductivity = {conductivity:g} S/m is not above 0; grey matter has about 0.3 S/m")
        ends = np.concatenate([[0.0], np.cumsum(self.lengths)]) - position
        integral = np.diff(np.arcsinh(ends / (1e-3 * distance)))  # of 1 / distance along each compartment
        # uA/cm2 times um of circumference: 1e-2 uA/m; over S/m: 1e-2 uV
        per_length = 1e-2 * 2 * np.pi * self.radii * self.membrane_current
        return per_length @ integral / (4 * np.pi * conductivity)

    def __repr__(self):
        return f"<Propagation along {self.length:g} mm: {self.t[-1]:g} ms, {len(self.x)} compartments>"
