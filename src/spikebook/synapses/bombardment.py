"""An integrate-and-fire neuron under thousands of synapses, and three such neurons in a circuit.

    C dV/dt = g_L (E_L - V) + G_E (E_E - V) + G_I (E_I - V)          V = V_reset for t_ref ms at the threshold V_th
    dG_E/dt = -G_E / tau_E,   G_E = G_E + w_E at each spike that arrives                             G_I alike

V, E_x, V_th, V_reset   mV          C    pF          g_L, G_E, G_I   nS: the leak, and all synapses of a kind together
tau_E, tau_I            ms          w_E, w_I         conductance that one spike opens at one synapse, nS
n_E, n_I                number of synapses           r_E, r_I        spikes that arrive at each of them, Hz

The synapses' spikes are Poisson processes, independent of one another, so that what arrives at all synapses of a kind is
one Poisson process of rate n r. Spikes arrive at the start of a step of DT; through the step the conductances are held at
their mean over it, so that in the long run G = n r w tau, and V moves exactly; spikes go out at the end of a step. The neuron has the membrane of `reduced_models.LEAKY` on an area of 20,000 um2.
"""

import numpy as np
from numpy import exp, floor

from ..compilation import array, gather, load
from ..model import number
from ..random_numbers import generator, poisson, sow

DT = 0.1  # ms
LONGEST = 60_000  # ms
MOST_ARRIVALS = 5000  # a ms, of each kind

NEURON = {
    "C": (200.0, "pF", "capacitance"),
    "g_L": (20.0, "nS", "leak conductance"),
    "E_L": (-65.0, "mV", "resting potential"),
    "E_E": (0.0, "mV", "reversal potential of excitation"),
    "E_I": (-75.0, "mV", "reversal potential of inhibition"),
    "V_th": (-50.0, "mV", "threshold"),
    "V_reset": (-65.0, "mV", "voltage after a spike"),
    "t_ref": (2.0, "ms", "refractory period"),
    "tau_E": (2.0, "ms", "decay of excitation"),
    "tau_I": (8.0, "ms", "decay of inhibition"),
}


def mean_over(dt, tau):
    """The mean over dt of what decays from 1 with tau."""
    return tau / dt * (1.0 - exp(-dt / tau))


def receive(steps, dt, arrivals, w, tau, state, G):
    """G (nS), its mean over each step, while a Poisson process of `arrivals` a ms opens w each time; it starts at its mean."""
    g = arrivals * w * tau
    kept = exp(-dt / tau)
    opened = w * mean_over(dt, tau)
    for i in range(steps + 1):
        g = g * kept + opened * poisson(arrivals * dt, state)
        G[i] = g


def relax(V, dt, G_E, G_I, C, g_L, E_L, E_E, E_I):
    """V after dt under constant conductances."""
    G = g_L + G_E + G_I
    towards = (g_L * E_L + G_E * E_E + G_I * E_I) / G
    return towards + (V - towards) * exp(-dt * G / C)


def fire(steps, dt, G_E, G_I, C, g_L, E_L, E_E, E_I, V_th, V_reset, t_ref, V, spike_times):
    """V over the steps, from rest; returns the number of spikes."""
    spikes = 0
    free = 0.0  # the step from which V may move
    V[0] = E_L
    for i in range(steps):
        if i < free:
            V[i + 1] = V_reset
        else:
            V[i + 1] = relax(V[i], dt, G_E[i], G_I[i], C, g_L, E_L, E_E, E_I)
            if V[i + 1] >= V_th:
                V[i + 1] = V_reset
                spike_times[spikes] = (i + 1) * dt
                spikes += 1
                free = i + 1 + floor(t_ref / dt + 0.5)
    return spikes


def bombard(
    steps, dt, arrivals_E, arrivals_I, w_E, w_I, C, g_L, E_L, E_E, E_I, V_th, V_reset, t_ref, tau_E, tau_I, seed, state,
    G_E, G_I, I_E, I_I, V, spike_times,
):  # fmt: skip
    """The neuron and its two crowds; I_E and I_I (pA) are their currents into the cell. Returns the number of spikes."""
    sow(seed, state)
    receive(steps, dt, arrivals_E, w_E, tau_E, state, G_E)
    receive(steps, dt, arrivals_I, w_I, tau_I, state, G_I)
    spikes = fire(steps, dt, G_E, G_I, C, g_L, E_L, E_E, E_I, V_th, V_reset, t_ref, V, spike_times)
    for i in range(steps + 1):
        I_E[i] = G_E[i] * (E_E - V[i])
        I_I[i] = G_I[i] * (E_I - V[i])
    return spikes


def interact(
    steps, dt, n, outside, w_outside, W_E, W_I, C, g_L, E_L, E_E, E_I, V_th, V_reset, t_ref, tau_E, tau_I, state, V, G_E,
    G_I, free, spike_times, spike_ids,
):  # fmt: skip
    """n neurons; a spike of j opens W_E[j * n + k] and W_I[j * n + k] in k, one step later. `outside` holds arrivals a ms for
    each neuron, one value every step. Returns the number of spikes."""
    spikes = 0
    for i in range(steps):
        for k in range(n):
            G_E[k] = G_E[k] * exp(-dt / tau_E) + w_outside * poisson(outside[i * n + k] * dt, state)
            G_I[k] = G_I[k] * exp(-dt / tau_I)
            if i >= free[k]:
                V[k] = relax(
                    V[k], dt, G_E[k] * mean_over(dt, tau_E), G_I[k] * mean_over(dt, tau_I), C, g_L, E_L, E_E, E_I
                )
        for j in range(n):
            if V[j] >= V_th:
                V[j] = V_reset
                free[j] = i + 1 + floor(t_ref / dt + 0.5)
                spike_times[spikes] = (i + 1) * dt
                spike_ids[spikes] = j
                spikes += 1
                for k in range(n):
                    G_E[k] += W_E[j * n + k]
                    G_I[k] += W_I[j * n + k]
    return spikes


class TugOfWar:
    """What the neuron did: arrays that are attributes and items.

    t               ms, from 0 in steps of DT
    V               mV; at a spike it jumps to V_reset
    G_E, G_I        nS, of all excitatory and of all inhibitory synapses, their means over the step that begins at t
    I_E, I_I        pA, the currents they carry into the cell: G (E - V)
    spike_times     ms
    rate            Hz, spikes over the duration
    """

    names = ("t", "V", "G_E", "G_I", "I_E", "I_I")

    def __init__(self, t, V, G_E, G_I, I_E, I_I, spike_times):
        self.t, self.V, self.G_E, self.G_I, self.I_E, self.I_I = t, V, G_E, G_I, I_E, I_I
        self.spike_times = spike_times

    @property
    def rate(self):
        return float(1000 * len(self.spike_times) / self.t[-1])

    def __getitem__(self, name):
        if name not in self.names:
            raise KeyError(f"there are {', '.join(self.names)}, not {name!r}")
        return getattr(self, name)


def tug_of_war(n_E=1600, r_E=5.0, w_E=1.0, n_I=400, r_I=10.0, w_I=1.0, duration=1000.0, seed=1, **neuron):
    """One neuron under n_E excitatory and n_I inhibitory synapses; returns a TugOfWar.

    n_E, n_I   numbers of synapses          r_E, r_I   rate of each, Hz       w_E, w_I   conductance a spike opens, nS
    duration   ms                           seed       one seed, the same spikes         neuron     changes to NEURON, by name

    Raises ValueError or TypeError that names the argument, its value and unit and the remedy.

    >>> tug_of_war(n_I=0, duration=1000).rate > tug_of_war(duration=1000).rate
    True
    """
    values = neuron_values(neuron)
    arrivals = [_arrivals("E", n_E, r_E), _arrivals("I", n_I, r_I)]
    weights = [_at_least_0(name, value, "nS") for name, value in (("w_E", w_E), ("w_I", w_I))]
    steps = _steps(duration)
    state = generator(seed)
    G_E, G_I, I_E, I_I, V = (array(np.empty(steps + 1)) for _ in range(5))
    spike_times = array(np.empty(steps))
    spikes = compiled().bombard(
        steps, DT, *arrivals, *weights, *values.values(), float(seed), state, G_E, G_I, I_E, I_I, V, spike_times
    )
    results = map(np.asarray, (V, G_E, G_I, I_E, I_I))
    return TugOfWar(np.arange(steps + 1) * DT, *results, np.asarray(spike_times[:spikes]))


def three_neurons(own=0.0, other=0.0, exciting=40.0, drive=(3.6, 3.6), start=500.0, duration=1500.0, seed=1):
    """Spike times (three arrays, ms) of an exciter A, an inhibitory neuron I that A excites, and a bystander B.

    own, other   conductance that a spike of I opens in A, its own exciter, and in B, nS
    exciting     conductance that a spike of A opens in I, nS
    drive        spikes a ms that arrive from outside, at synapses of 1 nS, in A from `start` (ms) on, and in B always

    Raises ValueError or TypeError that names the argument, its value and unit and the remedy.

    >>> A, I, B = three_neurons(other=40)
    >>> len(B[B < 500]) > len(B[B > 1000])
    True
    """
    own, other = _at_least_0("own", own, "nS"), _at_least_0("other", other, "nS")
    exciting, start = _at_least_0("exciting", exciting, "nS"), _at_least_0("start", start, "ms")
    if np.shape(drive) != (2,):
        raise ValueError(f"drive = {drive!r} must be two numbers, the spikes a ms that reach A and B from outside")
    to_A, to_B = (_at_least_0("drive", one, "1/ms") for one in drive)
    steps = _steps(duration)
    outside = np.zeros((steps, 3))
    outside[round(start / DT) :, 0] = to_A
    outside[:, 2] = to_B
    W_E, W_I = np.zeros((3, 3)), np.zeros((3, 3))
    W_E[0, 1] = exciting
    W_I[1, [0, 2]] = own, other
    values = neuron_values({})
    memory = [np.full(3, values["E_L"]), *np.zeros((3, 3)), np.empty(3 * steps), np.empty(3 * steps)]
    memory = [array(one) for one in memory]
    spikes = compiled().interact(
        steps, DT, 3, array(outside.ravel()), 1.0, array(W_E.ravel()), array(W_I.ravel()), *values.values(), generator(seed),
        *memory,
    )  # fmt: skip
    times, ids = (np.asarray(one[:spikes]) for one in memory[-2:])
    return tuple(times[ids == k] for k in range(3))


def steady_rate(G_E, G_I=0.0, **neuron):
    """Rate (Hz) of the neuron under constant conductances (nS): 0, or 1 / (t_ref + tau ln((V_inf - V_reset) / (V_inf - V_th))).

    >>> round(steady_rate(10.0), 1)
    101.4
    """
    values = neuron_values(neuron)
    G_E, G_I = _at_least_0("G_E", G_E, "nS"), _at_least_0("G_I", G_I, "nS")
    G = values["g_L"] + G_E + G_I
    V_inf = (values["g_L"] * values["E_L"] + G_E * values["E_E"] + G_I * values["E_I"]) / G
    if V_inf <= values["V_th"]:
        return 0.0
    charging = values["C"] / G * np.log((V_inf - values["V_reset"]) / (V_inf - values["V_th"]))
    return float(1000 / (values["t_ref"] + charging))


def compiled():
    return load(gather((bombard, interact)), ("bombard", "interact"))


def neuron_values(changes):
    """NEURON's values in order, with changes by name."""
    for name in changes:
        if name not in NEURON:
            raise ValueError(f"unknown {name!r}: the neuron has {', '.join(NEURON)}")
    values = {name: number(name, changes.get(name, value), unit) for name, (value, unit, _) in NEURON.items()}
    for name in ("C", "g_L", "tau_E", "tau_I"):
        if values[name] <= 0:
            raise ValueError(f"{name} = {values[name]:g} {NEURON[name][1]} is not above 0; give more")
    _at_least_0("t_ref", values["t_ref"], "ms")
    for name in ("V_reset", "E_L"):
        if values[name] >= values["V_th"]:
            raise ValueError(f"{name} = {values[name]:g} mV must be below the threshold, {values['V_th']:g} mV")
    return values


def _arrivals(kind, n, r):
    n, r = _at_least_0(f"n_{kind}", n, "synapses"), _at_least_0(f"r_{kind}", r, "Hz")
    if n != int(n):
        raise ValueError(f"n_{kind} = {n:g} synapses must be a whole number")
    if n * r / 1000 > MOST_ARRIVALS:
        raise ValueError(
            f"n_{kind} = {n:g} synapses at r_{kind} = {r:g} Hz are {n * r / 1000:g} spikes a ms; keep to {MOST_ARRIVALS} a ms"
        )
    return n * r / 1000


def _at_least_0(name, value, unit):
    value = number(name, value, unit)
    if value < 0:
        raise ValueError(f"{name} = {value:g} {unit} is below 0; give 0 or more")
    return value


def _steps(duration):
    duration = number("duration", duration, "ms")
    if not DT <= duration <= LONGEST:
        raise ValueError(f"duration = {duration:g} ms must be from {DT:g} to {LONGEST:g} ms")
    return round(duration / DT)
