"""Runs whose every number must not depend on Numba; `python compiled_runs.py file.npz` stores them."""

import sys
import warnings

import numpy as np

import spikebook as sb
from spikebook import Model, Parameter
from spikebook.hodgkin_huxley import MODEL
from spikebook.stimuli import noise, pulses, ramp, sine, step


def dV(V, w, I):
    return V - V**3 / 3 - w + I


def dw(V, w, a):
    return 0.08 * (V + a - 0.8 * w) if V < 10 else max(0.0, w)


FITZHUGH_NAGUMO = Model(
    name="FitzHugh-Nagumo",
    parameters={"a": Parameter(0.7, "", "offset")},
    derivatives={"V": dV, "w": dw},
    initial={"V": -1.0, "w": -0.5},
)


def runs():
    """name -> Trace."""
    everything = ramp(0, 12, 1.003, 9) + sine(5, 90, 2, 14.5) + pulses(9, [3, 15], 0.7) + noise(3, 20, seed=4)
    made = {
        "rk4": sb.simulate(MODEL, everything, duration=20),
        "exponential_euler": sb.simulate(MODEL, everything, duration=20, method="exponential_euler"),
        "euler": sb.simulate(MODEL, step(10, 2), duration=20, method="euler"),
        "warm": sb.simulate(MODEL, 30.0, duration=15, celsius=20, g_K=20, E_L=-50),
        "array": sb.simulate(MODEL, np.linspace(0, 20, 400), duration=20, dt=0.05),
        "other": sb.simulate(FITZHUGH_NAGUMO, 0.6, duration=60, dt=0.05),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made["diverging"] = sb.simulate(MODEL, step(-50, 2, 12), duration=20)
    return made


def arrays():
    """Every recorded array and all spike times, by 'run/quantity'."""
    return {
        f"{run}/{name}": values
        for run, trace in runs().items()
        for name, values in [*((name, trace[name]) for name in trace.names), ("spike_times", trace.spike_times)]
    }


if __name__ == "__main__":
    np.savez(sys.argv[1], **arrays())
