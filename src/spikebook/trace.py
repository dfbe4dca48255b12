"""What one simulation returns: time, state, currents and spikes as arrays."""

from functools import cached_property

import numpy as np


class Trace:
    """One neuron's run. Every recorded quantity is an attribute and an item: `trace.V`, `trace["V"]`.

    t             ms, shape (steps + 1,), from 0
    V, n, m, ...  the model's state variables, same shape (mV, probabilities); V is the voltage also where the model
                  has another name for it
    I_Na, ...     the model's currents at every t, computed when asked for, in the unit `model.current_unit`
    current       the input current at every t, in the same unit; the last value is that of the last step's end
    spike_times   ms, upward crossings of the model's threshold, within the step as the method has them: see `methods`
    model, parameters, method, dt   how the run was made
    """

    def __init__(self, model, parameters, method, dt, states, current, spike_times):
        self.model, self.parameters, self.method, self.dt = model, parameters, method, dt
        self.current = current
        self.spike_times = spike_times
        self._states = states

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "V":
            name = self.model.voltage
        if name in self._states:
            return self._states[name]
        if name in self.model.currents:
            return self.model.current(name, self._states, self.parameters)
        raise AttributeError(f"a trace of {self.model.name} has {', '.join(self.names)}, not {name!r}")

    def __getitem__(self, name):
        if name not in self.names:
            raise KeyError(f"a trace of {self.model.name} has {', '.join(self.names)}, not {name!r}")
        return getattr(self, name)

    def __dir__(self):
        return [*super().__dir__(), *self._states, *self.model.currents]

    @cached_property
    def t(self):
        return np.arange(len(self.current)) * self.dt

    @property
    def names(self):
        """Names of all arrays over `t`."""
        return ("t", *self._states, *self.model.currents, "current")

    def plot(self, names=None, axes=None):
        """Draw the quantities `names` (voltage and input by default) below one another; returns the axes."""
        from . import plots

        return plots.trace(self, names, axes)

    def __repr__(self):
        spikes = len(self.spike_times)
        return (
            f"<Trace of {self.model.name}: {self.t[-1]:g} ms, {spikes} spike{'s' * (spikes != 1)}, "
            f"{self.method}, dt = {self.dt:g} ms>"
        )
