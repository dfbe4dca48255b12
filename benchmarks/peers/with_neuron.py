"""NEURON: W1 and W2 with its own mechanism `hh`, whose rates it takes from a table unless told otherwise.

On one thread: version 9.0.2 from the package index divides the cells among two, but they take as long as one.
"""

from measuring import crossings, main, phase

with phase("import"):
    import numpy as np
    from neuron import h

    h.load_file("stdrun.hoc")
    parallel = h.ParallelContext()

AREA = 1e-4  # cm2
V_REST = -64.9963793357  # mV, with the leak reversal below; NEURON's own is -54.3


class Squid:
    """One compartment, its electrode (uA/cm2) and the counter of its spikes."""

    def __init__(
        self, current, start=0.0, stop=1e9, C=1.0, g_Na=120.0, g_K=36.0, g_L=0.3, E_Na=50.0, E_K=-77.0, E_L=-54.387
    ):
        self.section = h.Section()
        self.section.L = self.section.diam = 1e4 * np.sqrt(AREA / np.pi)  # um
        self.section.insert("hh")
        self.section.cm, self.section.ena, self.section.ek = C, E_Na, E_K
        self.middle = self.section(0.5)
        hh = self.middle.hh
        hh.gnabar, hh.gkbar, hh.gl, hh.el = g_Na / 1e3, g_K / 1e3, g_L / 1e3, E_L  # S/cm2
        self.electrode = h.IClamp(self.middle)
        self.electrode.delay, self.electrode.dur, self.electrode.amp = start, stop - start, 1e3 * AREA * current  # nA
        self.spikes = h.APCount(self.middle)
        self.spikes.thresh = 0


def solve(duration, dt, V=V_REST):
    h.dt, h.steps_per_ms = dt, 1 / dt
    parallel.set_maxstep(10)
    h.finitialize(V)
    parallel.psolve(duration)


def w1(options):
    with phase("build"):
        cell = Squid(10.0)
        V = h.Vector().record(cell.middle._ref_v)
    with phase("run"):
        solve(1000, 0.01)
    assert len(V) == 100_001
    return {"spikes": int(cell.spikes.n)}


def w2(options):
    with phase("build"):
        cells = [Squid(current) for current in np.linspace(0, 30, 1000)]
    with phase("run"):
        solve(1000, 0.025)
    return {"spikes": int(sum(cell.spikes.n for cell in cells))}


def hodgkin_huxley(currents, start, stop, duration, V, celsius=6.3, dt=None, **parameters):
    """By a fixed step (of second order), or by CVODE at a tolerance of 1e-10 if `dt` is None; rates without a table.

    Times are interpolated: NEURON's own stamp is that of a step's end.
    """
    h.celsius, h.usetable_hh, h.secondorder = celsius, 0, 2
    cells = [Squid(current, start, stop, **parameters) for current in currents]
    voltages, t = [h.Vector().record(cell.middle._ref_v) for cell in cells], h.Vector().record(h._ref_t)
    solver = h.CVode()
    solver.active(dt is None)
    solver.atol(1e-10)
    solve(duration, dt or 0.025, V)
    return [crossings(np.array(t), np.array(voltage)) for voltage in voltages]


if __name__ == "__main__":
    main({"W1": w1, "W2": w2}, {"hodgkin_huxley": hodgkin_huxley})
