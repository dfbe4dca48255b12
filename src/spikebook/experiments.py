"""Published experiments: a neuron, a current and a script's numerical scheme, to run as published and to run converged."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .model import Model
from .simulation import Diverged, simulate
from .stimuli import ramp, step


def add_sampled(steps, dt, I, first, last, start, stop):
    """Add a straight line from `first` to `last`, as a script samples it: where start < t < stop, and nowhere else."""
    for i in range(steps):
        t = i * dt
        if t > start and t < stop:
            I[i] += first + (last - first) / (stop - start) * (t - start)


class Comparison(NamedTuple):
    """One experiment by the published scheme and converged: how many spikes, and how far apart in ms, at most, spikes
    of the same number are. Infinite where the converged neuron spikes without end."""

    panel: str
    name: str
    step: float
    published: int
    converged: float
    difference: float


@dataclass(frozen=True, eq=False)
class Experiment:
    """A neuron and the current that it was given in a published figure.

    panel, name          as in the figure
    model, parameters    the neuron
    initial              where it started
    duration, step       ms, of the published script
    pieces               the current: straight lines from `first` to `last` between `start` and `stop` (ms), each as
                         (first, last, start, stop), which add to the constant `background`
    converged            parameters that the converged run changes because with the published ones it has no end
    note                 what a reader should know about it

    >>> from spikebook.izhikevich import CELLS
    >>> CELLS["FS"].simulate()
    <Trace of Izhikevich: 150 ms, 19 spikes, rk4, dt = 0.01 ms>
    >>> CELLS["FS"].simulate(scheme="published")
    <Trace of Izhikevich: 150 ms, 15 spikes, euler, dt = 0.25 ms>
    """

    panel: str
    name: str
    model: Model
    parameters: Mapping[str, float]
    initial: Mapping[str, float]
    duration: float
    step: float
    pieces: tuple[tuple[float, float, float, float], ...]
    background: float = 0.0
    converged: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def current(self):
        """The current as a stimulus."""
        return sum((ramp(*piece) for piece in self.pieces), start=step(self.background))

    @property
    def published_current(self):
        """The current as the script samples it, one value a step. Its inequalities are strict, so a piece that starts
        or stops on a step misses that step."""
        steps = round(self.duration / self.step)
        current = np.full(steps, float(self.background))
        for piece in self.pieces:
            add_sampled(steps, self.step, current, *piece)
        return current

    def simulate(self, scheme="converged", **changes):
        """Run it and return the Trace.

        scheme    "converged": the equations, by RK4 in steps of 0.01 ms, with spikes where v crosses the peak;
                  "published": Euler's method in the published step, u moved with the new v, a spike stamped with
                  the start of the step in which v passed the peak, reset at its end
        changes   parameters and other arguments of `spikebook.simulate`, by name

        Raises ValueError for another scheme, and as `spikebook.simulate`.
        """
        how = {"duration": self.duration, "initial": self.initial, **self.parameters}
        if scheme == "published":
            how |= {"current": self.published_current, "dt": self.step, "method": "euler"}
        elif scheme == "converged":
            how |= {"current": self.current, "dt": 0.01, "method": "rk4", **self.converged}
        else:
            raise ValueError(f"scheme = {scheme!r} is unknown; use 'converged' or 'published'")
        return simulate(self.model, **{**how, **changes})

    def compare(self):
        """Both schemes with the published parameters, as a Comparison."""
        published = self.simulate("published").spike_times
        try:
            converged = self.simulate(**self.parameters).spike_times
        except Diverged:
            return Comparison(self.panel, self.name, self.step, len(published), math.inf, math.inf)
        pairs = min(len(published), len(converged))
        difference = max(abs(published[:pairs] - converged[:pairs]), default=0.0)
        return Comparison(self.panel, self.name, self.step, len(published), len(converged), float(difference))
