"""Brian2: all workloads, as a program in C++ or step by step with Cython.

Published schemes run statement by statement (`run_regularly`), since Brian2's own methods move v and u together. Its
exponential Euler moves gates and voltage together too, so its spikes in W1 and W2 come a little later.
"""

import contextlib
import os
import subprocess
import tempfile
import threading
from time import sleep

from measuring import crossings, main, peak_MB, phase

with phase("import"):
    import brian2
    import numpy as np
    from brian2 import NeuronGroup, SpikeMonitor, StateMonitor, Synapses, device, ms, prefs

TEMPORARY = tempfile.TemporaryDirectory()
REST = {"V": -64.99637933571872, "n": 0.31773241, "m": 0.05295509, "h": 0.59599413}
SQUID_VALUES = {
    "C": 1.0,
    "g_Na": 120.0,
    "g_K": 36.0,
    "g_L": 0.3,
    "E_Na": 50.0,
    "E_K": -77.0,
    "E_L": -54.387,
    "phi": 1.0,
}
SQUID = """
dV/dt = (I - g_Na * m**3 * h * (V - E_Na) - g_K * n**4 * (V - E_K) - g_L * (V - E_L)) / C / ms : 1
dn/dt = phi * (0.1 / exprel(-(V + 55) / 10) * (1 - n) - 0.125 * exp(-(V + 65) / 80) * n) / ms : 1
dm/dt = phi * (1 / exprel(-(V + 40) / 10) * (1 - m) - 4 * exp(-(V + 65) / 18) * m) / ms : 1
dh/dt = phi * (0.07 * exp(-(V + 65) / 20) * (1 - h) - 1 / (1 + exp(-(V + 35) / 10)) * h) / ms : 1
I : 1
"""
IZHIKEVICH = """
v : 1
u : 1
I : 1
received : 1
a : 1
b : 1
c : 1
d : 1
noise : 1
strength : 1
"""


# ---- workloads


def begin(options):
    """Choose how code is made and where it is kept."""
    folder = options.folder or TEMPORARY.name
    if options.code == "cpp":
        brian2.set_device("cpp_standalone", build_on_run=False, directory=folder)
        prefs.devices.cpp_standalone.openmp_threads = options.threads if options.threads > 1 else 0
    else:
        prefs.codegen.target = "cython"
        prefs.codegen.runtime.cython.cache_dir = folder
    return folder


def measure(options, folder, *parts, duration=1000 * ms):
    """Build and run a network. Memory is that of the process that runs it."""
    network = brian2.Network(*parts)
    if options.code == "cython":
        with phase("build"):
            network.run(0 * ms)
        with phase("run"):
            network.run(duration)
        return {}
    with phase("build"):
        network.run(duration)
        device.build(folder, compile=True, run=False)
    with phase("run"):
        process = subprocess.Popen([os.path.join(folder, "main"), "--results_dir", device.results_dir], cwd=folder)
        memory = []
        threading.Thread(target=watch, args=(process.pid, memory), daemon=True).start()
        assert process.wait() == 0
    brian2.get_device().has_been_run = True
    return {"MB_above_import": max(memory)}


def watch(process, memory):
    with contextlib.suppress(OSError, StopIteration):  # it has ended
        while True:
            memory.append(peak_MB(process))
            sleep(0.005)


def squid(count, method, values=SQUID_VALUES, initial=REST):
    group = NeuronGroup(count, SQUID, method=method, threshold="V >= 0", refractory="V >= 0", namespace=values)
    for name, value in initial.items():
        setattr(group, name, value)
    return group


def w1(options):
    folder = begin(options)
    brian2.defaultclock.dt = 0.01 * ms
    group = squid(1, "exponential_euler")
    group.I = 10
    spikes, V = SpikeMonitor(group, record=False), StateMonitor(group, "V", record=True)
    answer = measure(options, folder, group, spikes, V)
    assert V.V.shape == (1, 100_000)
    return {"spikes": int(spikes.num_spikes), **answer}


def w2(options):
    folder = begin(options)
    brian2.defaultclock.dt = 0.025 * ms
    group = squid(1000, "exponential_euler")
    group.I = np.linspace(0, 30, 1000)
    spikes = SpikeMonitor(group, record=False)
    answer = measure(options, folder, group, spikes)
    return {"spikes": int(spikes.num_spikes), **answer}


def network(options, n_excitatory, n_inhibitory, each):
    """The published order of a millisecond: spikes and resets, noise, what the spikes bring, two halves of v, u."""
    folder = begin(options)
    brian2.defaultclock.dt = 1 * ms
    brian2.seed(1)
    n, rng = n_excitatory + n_inhibitory, np.random.default_rng(1)
    r_e, r_i = rng.random(n_excitatory), rng.random(n_inhibitory)
    group = NeuronGroup(n, IZHIKEVICH, threshold="v >= 30", reset="v = c; u += d")
    group.run_regularly(
        """I = noise * randn() + received
        received = 0
        v += 0.5 * (0.04 * v**2 + 5 * v + 140 - u + I)
        v += 0.5 * (0.04 * v**2 + 5 * v + 140 - u + I)
        u += a * (b * v - u)"""
    )
    group.a = np.r_[np.full(n_excitatory, 0.02), 0.02 + 0.08 * r_i]
    group.b = np.r_[np.full(n_excitatory, 0.2), 0.25 - 0.05 * r_i]
    group.c = np.r_[-65 + 15 * r_e**2, np.full(n_inhibitory, -65.0)]
    group.d = np.r_[8 - 6 * r_e**2, np.full(n_inhibitory, 2.0)]
    group.strength = np.r_[np.full(n_excitatory, 0.5), np.full(n_inhibitory, -1.0)]
    group.noise = np.r_[np.full(n_excitatory, 5.0), np.full(n_inhibitory, 2.0)]
    group.v, group.u = -65, -65 * np.r_[np.full(n_excitatory, 0.2), 0.25 - 0.05 * r_i]
    synapses = Synapses(group, group, "w : 1", on_pre="received_post += w")
    if each is None:
        synapses.connect()
    else:
        synapses.connect(i=np.repeat(np.arange(n), each), j=rng.integers(0, n, n * each))
    synapses.w = "strength_pre * rand()"
    spikes = SpikeMonitor(group)
    answer = measure(options, folder, group, synapses, spikes)
    i = np.array(spikes.i)
    return {"spikes": i.size, "E_Hz": float(np.mean(i < n_excitatory) * i.size / n_excitatory), **answer}


def w3(options):
    return network(options, 800, 200, None)


def w4(options):
    return network(options, 8_000, 2_000, 1_000)


def w5(options):
    folder = begin(options)
    brian2.defaultclock.dt = 0.5 * ms
    group = NeuronGroup(100_000, "v : 1\nu : 1\nI : 1", threshold="v >= 30", reset="v = -65; u += 8")
    group.run_regularly(
        """v += 0.5 * (0.04 * v**2 + 5 * v + 140 - u + I)
        u += 0.5 * 0.02 * (0.2 * v - u)"""
    )
    group.v, group.u, group.I = -70, -14, np.linspace(0, 20, 100_000)
    spikes = SpikeMonitor(group)
    answer = measure(options, folder, group, spikes)
    return {"spikes": int(spikes.num_spikes), **answer}


# ---- small experiments, one neuron for each current, in plain numpy: no compiler reorders a formula


def stepped(group, currents, start, stop, duration, *monitors):
    network = brian2.Network(group, *monitors)
    for time, value in ((start, 0), (stop - start, currents), (duration - stop, 0)):
        group.I = value
        network.run(time * ms)


def hodgkin_huxley(currents, start, stop, duration, dt, initial, celsius, **parameters):
    """By RK4, as Brian2 has it."""
    prefs.codegen.target = "numpy"
    brian2.defaultclock.dt = dt * ms
    group = squid(len(currents), "rk4", {**parameters, "phi": 3 ** ((celsius - 6.3) / 10)}, initial)
    monitor = StateMonitor(group, "V", record=True)
    stepped(group, currents, start, stop, duration, monitor)
    return [crossings(np.array(monitor.t / ms), np.array(V)) for V in monitor.V]


def spikes_of(monitor):
    return [np.array(times / ms) for times in monitor.spike_trains().values()]


def izhikevich(currents, start, stop, duration, dt, initial, a, b, c, d):
    """By the published scheme: v first, then u with the new v, then the reset."""
    prefs.codegen.target = "numpy"
    brian2.defaultclock.dt = dt * ms
    values = {"a": a, "b": b, "c": c, "d": d, "step": dt}
    group = NeuronGroup(
        len(currents), "v : 1\nu : 1\nI : 1", threshold="v >= 30", reset="v = c; u += d", namespace=values
    )
    group.run_regularly(
        """v += step * (0.04 * v**2 + 5 * v + 140 - u + I)
        u += step * (a * (b * v - u))"""
    )
    group.v, group.u = initial["v"], initial["u"]
    monitor = SpikeMonitor(group)
    stepped(group, currents, start, stop, duration, monitor)
    return spikes_of(monitor)


def leaky(currents, start, stop, duration, dt, C, g_L, E_L, V_th, V_reset, t_ref):
    """Exact between the points of the grid, on which spikes lie."""
    prefs.codegen.target = "numpy"
    brian2.defaultclock.dt = dt * ms
    group = NeuronGroup(
        len(currents),
        "dV/dt = (I - g_L * (V - E_L)) / C / ms : 1 (unless refractory)\nI : 1",
        method="exact",
        threshold="V >= V_th",
        reset="V = V_reset",
        refractory=t_ref * ms,
        namespace={"C": C, "g_L": g_L, "E_L": E_L, "V_th": V_th, "V_reset": V_reset},
    )
    group.V = E_L
    monitor = SpikeMonitor(group)
    stepped(group, currents, start, stop, duration, monitor)
    return spikes_of(monitor)


WORKLOADS = {"W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5}
EXPERIMENTS = {"hodgkin_huxley": hodgkin_huxley, "izhikevich": izhikevich, "leaky": leaky}

if __name__ == "__main__":
    main(WORKLOADS, EXPERIMENTS)
