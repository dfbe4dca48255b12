"""A first network: the excitatory and inhibitory neurons of Izhikevich (2003), and larger ones of the same kind.

Each neuron is of its own kind, by a number r between 0 and 1 drawn for it:

    excitatory   a = 0.02             b = 0.2              c = -65 + 15 r^2    d = 8 - 6 r^2
    inhibitory   a = 0.02 + 0.08 r    b = 0.25 - 0.05 r    c = -65             d = 2

A spike adds a weight to the input of every neuron that it reaches, for one millisecond: an excitatory weight is drawn
evenly from 0 to `excitation`, an inhibitory one from -`inhibition` to 0. In each millisecond every neuron also receives
an input from outside ("thalamic"), normally distributed around 0. The weights are those for 1,000 synapses onto a neuron;
with another number they are scaled, so that their sum stays as it is.

The published scheme moves v twice by half a millisecond and u once by one, and looks for spikes once a millisecond. With
`steps_per_ms` it is Euler's method with that many steps, each of which may spike; the inputs stay as they are.

Izhikevich (2003) IEEE Trans Neural Netw 14:1569, doi:10.1109/TNN.2003.820440.
"""

from functools import cached_property

import numpy as np
from numpy import floor, maximum

from .compilation import gather, has_numba, load, lowest_bit, marked, marks, widest_vectors
from .izhikevich import MODEL, du, dv, reset_u, reset_v
from .model import number
from .simulation import Diverged

__all__ = ["Network", "simulate"]

PEAK = MODEL.threshold
USUAL_SYNAPSES = 1000  # onto each neuron of the published network
MOST_SYNAPSES = 1e9
LONGEST_DELAY = 100  # ms
STRONGEST = 1000  # mV/ms
FINEST = 1000  # steps a ms
ROOM = 2**20  # spikes for which room is made at a time


def to_all(n, weights, I):
    """A spike reaches every neuron."""
    for k in range(n):
        I[k] += weights[k]


def to_some(slot, slots, edges, targets, weights, arriving):
    """A spike reaches its neuron's targets: those of each delay are from one edge to the next."""
    for delay in range(slots - 1):
        slot = slot + 1 if slot + 1 < slots else 0
        I = arriving[slot]
        for s in range(edges[delay], edges[delay + 1]):
            I[targets[s]] += weights[s]


def receive(n, spread, I, rng):
    """What comes from outside in one millisecond."""
    for j in range(n):
        I[j] += spread[j] * rng.standard_normal()


def half_step(v, u, I):
    """The published step of v, half a millisecond long."""
    return v + 0.5 * dv(v, u, I)


def move(n, lowest, v, u, a, b, I):
    """One millisecond in the published steps; returns how many neurons leapt from below `lowest` past the peak."""
    leaps = 0
    for j in range(n):
        middle = half_step(v[j], u[j], I[j])
        v[j] = half_step(middle, u[j], I[j])
        leaps += (middle < lowest) & (v[j] >= PEAK)
        u[j] = u[j] + du(v[j], u[j], a[j], b[j])
    return leaps


def move_by_euler(n, lowest, h, v, u, a, b, I):
    """One step of `h` ms; returns how many neurons leapt from below `lowest` past the peak."""
    leaps = 0
    for j in range(n):
        V = v[j]
        v[j] = V + h * dv(V, u[j], I[j])
        leaps += (V < lowest) & (v[j] >= PEAK)
        u[j] = u[j] + h * du(v[j], u[j], a[j], b[j])
    return leaps


def advance(
    begin, end, n, looks, lowest, slots, to_everyone, v, u, a, b, c, d, spread, edges, targets, weights, arriving, rng,
    spike_times, spike_ids, kept, recorded, traces,
):  # fmt: skip
    """Move the network from one ms to another, looking for spikes `looks` times a ms (0: once, in the published steps).

    `arriving` holds the input of the present millisecond and of those to come, in `slots` slots taken in turn. `traces`
    gets v of the `kept` neurons that are `recorded`; `spike_times` are steps. Returns the number of spikes, or -1 - i where a neuron leaps from
    below `lowest` past the peak in the millisecond from i on.
    """
    widest_vectors()
    spikes = 0
    fires = marks((n + 63) // 64 * 64)
    parts = maximum(looks, 1)
    slot = begin - slots * floor(begin / slots)
    for i in range(begin, end):
        following = slot + 1 if slot + 1 < slots else 0
        I = arriving[slot]
        receive(n, spread, I, rng)
        for part in range(parts):
            if looks == 0:
                leaps = move(n, lowest, v, u, a, b, I)
            else:
                leaps = move_by_euler(n, lowest, 1.0 / looks, v, u, a, b, I)
            if leaps > 0:
                return -1 - i
            for j in range(n):
                fires[j] = v[j] >= PEAK
            for first in range(0, n, 64):
                bits = marked(fires, first)
                while bits != 0:
                    j = first + lowest_bit(bits)
                    bits = bits & (bits - 1)
                    v[j] = reset_v(c[j])
                    u[j] = reset_u(u[j], d[j])
                    spike_times[spikes] = i * parts + part + 1
                    spike_ids[spikes] = j
                    spikes += 1
                    if to_everyone:
                        to_all(n, weights[j], arriving[following])
                    else:
                        to_some(slot, slots, edges[j], targets[j], weights[j], arriving)
        for j in range(n):
            I[j] = 0.0
        for k in range(kept):
            traces[k][i + 1] = v[recorded[k]]
        slot = following
    return spikes


class Network:
    """What the neurons of a network did.

    spike_times    ms, in order of time: the end of the step in which v reached its peak
    spike_ids      which neuron fired each of them; those below `n_excitatory` are excitatory
    spike_counts   spikes of each neuron, shape (n_excitatory + n_inhibitory,)
    rates          mean rate of the excitatory and of the inhibitory neurons, Hz
    v              mV, of the recorded neurons at every ms from 0 on, shape (recorded, duration + 1); t is its time
    n_excitatory, n_inhibitory, duration, synapses   as simulated
    """

    def __init__(self, n_excitatory, n_inhibitory, duration, synapses, spike_times, spike_ids, v):
        self.n_excitatory, self.n_inhibitory = n_excitatory, n_inhibitory
        self.duration, self.synapses = duration, synapses
        self.spike_times, self.spike_ids, self.v = spike_times, spike_ids, v

    @cached_property
    def spike_counts(self):
        return np.bincount(self.spike_ids, minlength=self.n_excitatory + self.n_inhibitory)

    @property
    def rates(self):
        parts = self.spike_counts[: self.n_excitatory], self.spike_counts[self.n_excitatory :]
        return tuple(float(1000 * part.mean() / self.duration) if len(part) else 0.0 for part in parts)

    @property
    def t(self):
        return np.arange(self.v.shape[1], dtype=float)

    def __repr__(self):
        excitatory, inhibitory = self.rates
        return (
            f"<Network of {self.n_excitatory} + {self.n_inhibitory} neurons, {self.synapses} synapses each: {self.duration} ms, "
            f"{excitatory:.2f} and {inhibitory:.2f} Hz>"
        )


def simulate(
    n_excitatory=800, n_inhibitory=200, duration=1000, seed=None, synapses=None, delay=1, excitation=0.5, inhibition=1.0,
    thalamic=(5.0, 2.0), steps_per_ms=None, record=(),
):  # fmt: skip
    """Simulate the network for `duration` ms (a whole number) and return a Network.

    seed          the same one gives the same network and the same input
    synapses      how many each neuron makes, onto neurons drawn at random; None: one onto every neuron
    delay         whole ms from a spike to its effect; a pair (shortest, longest) draws one evenly for each synapse
    excitation    largest excitatory weight (mV/ms, for 1,000 synapses)     inhibition   largest inhibitory one
    thalamic      standard deviation of the input from outside to excitatory and to inhibitory neurons, mV/ms
    steps_per_ms  None for the published scheme, or so many steps of Euler's method
    record        ids of neurons whose v to keep

    Raises ValueError or TypeError that names the argument, its value and the remedy; ValueError also where a step is so
    coarse for the input that it leads from far below rest straight to a spike.

    >>> import spikebook as sb
    >>> run = sb.first_network.simulate(duration=1000, seed=1)
    >>> all(6.5 < rate < 8.5 for rate in run.rates)
    True
    """
    n_excitatory = _whole("n_excitatory", n_excitatory, 0)
    n_inhibitory = _whole("n_inhibitory", n_inhibitory, 0)
    n = n_excitatory + n_inhibitory
    if n == 0:
        raise ValueError("n_excitatory = 0 and n_inhibitory = 0 make no network; give one neuron at least")
    duration = _whole("duration", duration, 1, unit=" ms")
    looks = 0 if steps_per_ms is None else _steps(steps_per_ms)
    shortest, longest = _delays(delay)
    everyone = synapses is None
    synapses = n if everyone else _whole("synapses", synapses, 0)
    if n * synapses > MOST_SYNAPSES:
        raise ValueError(
            f"{n} neurons with {synapses} synapses each are {n * synapses:.2g} synapses, more than {MOST_SYNAPSES:g}; give "
            "fewer, for example synapses=100"
        )
    excitation, inhibition = _strength("excitation", excitation), _strength("inhibition", inhibition)
    if not np.iterable(thalamic) or len(thalamic) != 2:
        raise ValueError(f"thalamic = {thalamic!r} must be two standard deviations in mV/ms, such as (5, 2)")
    spread = np.repeat([_strength("thalamic", value) for value in thalamic], (n_excitatory, n_inhibitory))
    recorded = np.array([_whole("record", j, 0, n - 1) for j in np.atleast_1d(record)], dtype=np.int64)

    try:
        connecting, firing = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
    except (TypeError, ValueError) as reason:
        raise type(reason)(
            f"seed = {seed!r} is no seed; give a whole number from 0 on, or None for another run each time"
        ) from None
    kinds = _neurons(n_excitatory, n_inhibitory, connecting)
    weights = connecting.random((n, synapses), dtype=np.float32)
    scale = USUAL_SYNAPSES / max(synapses, 1)
    weights[:n_excitatory] *= np.float32(excitation * scale)
    weights[n_excitatory:] *= np.float32(-inhibition * scale)
    to_everyone = everyone and longest == 1  # then nothing needs to be said of where a synapse leads
    if to_everyone:
        edges, targets = np.zeros((1, 1), np.int64), np.zeros((1, 1), np.uint16)
    else:
        edges, targets = _connect(n, synapses, everyone, shortest, longest, connecting)

    slots = longest + 1
    v = np.full(n, -65.0)
    state = [v, kinds["b"] * v, *kinds.values(), spread, edges, targets, weights, np.zeros((slots, n), np.float32)]
    traces = np.empty((len(recorded), duration + 1))
    traces[:, 0] = -65.0
    parts = max(looks, 1)
    chunk = max(1, ROOM // (n * parts))  # ms
    room = chunk * n * parts
    spike_times, spike_ids = np.empty(room), np.empty(room, np.int32)
    if not has_numba():
        state, spike_times, spike_ids = [x.tolist() for x in state], spike_times.tolist(), spike_ids.tolist()
    h = 1 / looks if looks else 0.5
    lowest = _lowest(h)
    run = load(gather((advance,)), ("advance",), contract=True).advance
    times, ids = [], []
    for begin in range(0, duration, chunk):
        end = min(begin + chunk, duration)
        spikes = run(
            begin, end, n, looks, lowest, slots, to_everyone, *state, firing, spike_times, spike_ids, len(recorded), recorded,
            traces,
        )  # fmt: skip
        if spikes < 0:
            raise Diverged(
                f"a neuron leapt from below {lowest:.0f} mV straight to a spike at t = {-1 - spikes} ms: steps of {h:g} ms are too "
                "coarse for so strong an input. Lower inhibition, excitation or thalamic, give each neuron more synapses, or "
                "take more steps_per_ms, such as 50"
            )
        times.append(np.array(spike_times[:spikes]) / parts)
        ids.append(np.array(spike_ids[:spikes], dtype=np.int32))
    return Network(n_excitatory, n_inhibitory, duration, synapses, np.concatenate(times), np.concatenate(ids), traces)


def _neurons(n_excitatory, n_inhibitory, rng):
    """a, b, c and d of every neuron."""
    E, I = rng.random(n_excitatory), rng.random(n_inhibitory)
    return {
        "a": np.append(np.full_like(E, 0.02), 0.02 + 0.08 * I),
        "b": np.append(np.full_like(E, 0.2), 0.25 - 0.05 * I),
        "c": np.append(-65 + 15 * E**2, np.full_like(I, -65.0)),
        "d": np.append(8 - 6 * E**2, np.full_like(I, 2.0)),
    }


def _connect(n, synapses, everyone, shortest, longest, rng):
    """Every neuron's targets, and the edges between those of one delay and of the next.

    All targets are drawn alike, so it is enough to draw how many of a neuron's synapses have each delay; `everyone` is
    a target once, in an order that is drawn.
    """
    dtype = np.uint16 if n <= 2**16 else np.uint32
    kinds = longest - shortest + 1
    if not everyone:
        targets = rng.integers(0, n, (n, synapses), dtype=dtype)
    else:
        targets = np.tile(np.arange(n, dtype=dtype), (n, 1))
        if kinds > 1:
            rng.permuted(targets, axis=1, out=targets)
    edges = np.zeros((n, longest + 1), np.int64)
    if kinds == 1:
        edges[:, longest] = synapses
    else:
        edges[:, shortest:] = rng.multinomial(synapses, [1 / kinds] * kinds, n)
        np.cumsum(edges, axis=1, out=edges)
    return edges, targets


def _lowest(h):
    """The v from which one of Euler's steps of `h` ms ends lowest: from further below it ends higher again."""
    v = np.polynomial.Polynomial([0, 1])
    return (v + h * dv(v, 0, 0)).deriv().roots().item()


def _whole(name, value, least, most=10**9, unit=""):
    number(name, value, unit.strip())
    if value != int(value) or not least <= value <= most:
        raise ValueError(f"{name} = {value:g}{unit} must be a whole number from {least} to {most:g}")
    return int(value)


def _strength(name, value):
    if not 0 <= number(name, value, "mV/ms") <= STRONGEST:
        raise ValueError(f"{name} = {value:g} mV/ms must be a size from 0 to {STRONGEST} mV/ms")
    return float(value)


def _steps(steps_per_ms):
    if number("steps_per_ms", steps_per_ms, "steps") == 1:
        raise ValueError(
            "steps_per_ms = 1 is too coarse for Euler's method; use 2 or more, or None for the published scheme"
        )
    return _whole("steps_per_ms", steps_per_ms, 2, FINEST)


def _delays(delay):
    if np.iterable(delay) and len(delay) != 2:
        raise ValueError(f"delay = {delay!r} must be a whole number of ms, or a pair of them (shortest, longest)")
    shortest, longest = delay if np.iterable(delay) else (delay, delay)
    shortest, longest = (_whole("delay", value, 1, LONGEST_DELAY, " ms") for value in (shortest, longest))
    if shortest > longest:
        raise ValueError(f"delay = {delay} ms: the shortest comes first")
    return shortest, longest
