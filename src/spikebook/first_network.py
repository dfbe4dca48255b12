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

from .compilation import gather, has_numba, load
from .izhikevich import MODEL, du, dv, reset_u, reset_v
from .model import number

PEAK = MODEL.threshold
USUAL_SYNAPSES = 1000  # onto each neuron of the published network
MOST_SYNAPSES = 1e9
LONGEST_DELAY = 100  # ms
ROOM = 2**20  # spikes for which room is made at a time


def to_all(j, n, slot, weights, arriving):
    """A spike of neuron j reaches every neuron in the millisecond of `slot`."""
    for k in range(n):
        arriving[slot, k] += weights[j, k]


def to_some(j, slot, slots, edges, targets, weights, arriving):
    """A spike of neuron j reaches its targets: those of each delay are from one edge to the next."""
    for delay in range(slots - 1):
        slot = slot + 1 if slot + 1 < slots else 0
        for s in range(edges[j, delay], edges[j, delay + 1]):
            arriving[slot, targets[j, s]] += weights[j, s]


def receive(n, slot, spread, arriving, rng):
    """What comes from outside in one millisecond."""
    for j in range(n):
        arriving[slot, j] += spread[j] * rng.standard_normal()


def move(n, slot, v, u, a, b, arriving):
    """One millisecond in the published steps."""
    for j in range(n):
        I = arriving[slot, j]
        V = v[j] + 0.5 * dv(v[j], u[j], I)
        V = V + 0.5 * dv(V, u[j], I)
        v[j] = V
        u[j] = u[j] + du(V, u[j], a[j], b[j])


def move_by_euler(n, slot, h, v, u, a, b, arriving):
    """One step of `h` ms."""
    for j in range(n):
        v[j] = v[j] + h * dv(v[j], u[j], arriving[slot, j])
        u[j] = u[j] + h * du(v[j], u[j], a[j], b[j])


def advance(
    begin, end, n, looks, slots, to_everyone, v, u, a, b, c, d, spread, edges, targets, weights, arriving, rng,
    spike_times, spike_ids, kept, recorded, traces,
):  # fmt: skip
    """Move the network from one ms to another, looking for spikes `looks` times a ms (0: once, in the published steps).

    `arriving` holds the input of the present millisecond and of those to come, in `slots` slots taken in turn. `traces`
    gets v of the `kept` neurons that are `recorded`. Returns the number of spikes.
    """
    spikes = 0
    parts = maximum(looks, 1)
    slot = begin - slots * floor(begin / slots)
    for i in range(begin, end):
        following = slot + 1 if slot + 1 < slots else 0
        receive(n, slot, spread, arriving, rng)
        for part in range(parts):
            if looks == 0:
                move(n, slot, v, u, a, b, arriving)
            else:
                move_by_euler(n, slot, 1.0 / looks, v, u, a, b, arriving)
            for j in range(n):
                if v[j] >= PEAK:
                    v[j] = reset_v(c[j])
                    u[j] = reset_u(u[j], d[j])
                    spike_times[spikes] = i + (part + 1) / parts
                    spike_ids[spikes] = j
                    spikes += 1
                    if to_everyone:
                        to_all(j, n, following, weights, arriving)
                    else:
                        to_some(j, slot, slots, edges, targets, weights, arriving)
        for j in range(n):
            arriving[slot, j] = 0.0
        for k in range(kept):
            traces[k, i + 1] = v[recorded[k]]
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
        return tuple(1000 * part.mean() / self.duration if len(part) else 0.0 for part in parts)

    @property
    def t(self):
        return np.arange(self.v.shape[1], dtype=float)

    def __repr__(self):
        excitatory, inhibitory = self.rates
        return (
            f"<Network of {self.n_excitatory} excitatory and {self.n_inhibitory} inhibitory neurons, {self.synapses} synapses "
            f"each: {self.duration} ms, {excitatory:.2f} and {inhibitory:.2f} Hz>"
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

    Raises ValueError or TypeError that names the argument, its value and the remedy.

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
    looks = 0 if steps_per_ms is None else _whole("steps_per_ms", steps_per_ms, 2, 1000)
    shortest, longest = _delays(delay)
    to_everyone = synapses is None and longest == 1
    synapses = n if synapses is None else _whole("synapses", synapses, 0)
    if n * synapses > MOST_SYNAPSES:
        raise ValueError(
            f"{n} neurons with {synapses} synapses each are {n * synapses:.2g} synapses, more than {MOST_SYNAPSES:g}; give "
            "fewer, for example synapses=100"
        )
    for name, value in (("excitation", excitation), ("inhibition", inhibition)):
        if number(name, value, "mV/ms") < 0:
            raise ValueError(f"{name} = {value:g} mV/ms is negative; its sign is known, give its size")
    if np.shape(thalamic) != (2,) or not np.all(np.isfinite(thalamic)) or np.min(thalamic) < 0:
        raise ValueError(f"thalamic = {thalamic!r} must be two standard deviations in mV/ms, such as (5, 2)")
    recorded = np.array(list(record), dtype=np.int64)
    if np.any((recorded < 0) | (recorded >= n)):
        raise ValueError(f"record = {record!r} has ids outside the network; they go from 0 to {n - 1}")

    connecting, firing = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
    kinds = _neurons(n_excitatory, n_inhibitory, connecting)
    weights = connecting.random((n, synapses), dtype=np.float32)
    scale = USUAL_SYNAPSES / max(synapses, 1)
    weights[:n_excitatory] *= np.float32(excitation * scale)
    weights[n_excitatory:] *= np.float32(-inhibition * scale)
    if to_everyone:
        edges, targets = np.zeros((1, 1), np.int64), np.zeros((1, 1), np.uint16)
    else:
        edges, targets = _connect(n, synapses, shortest, longest, connecting)

    slots = longest + 1
    v = np.full(n, -65.0)
    spread = np.repeat(np.array(thalamic, dtype=float), (n_excitatory, n_inhibitory))
    state = [v, kinds["b"] * v, *kinds.values(), spread, edges, targets, weights, np.zeros((slots, n), np.float32)]
    traces = np.empty((len(recorded), duration + 1))
    traces[:, 0] = -65.0
    chunk = max(1, ROOM // n)  # ms
    room = chunk * n * max(looks, 1)
    spike_times, spike_ids = np.empty(room), np.empty(room, np.int32)
    if not has_numba():
        state, spike_times, spike_ids = [x.tolist() for x in state], spike_times.tolist(), spike_ids.tolist()
    run = load(gather((advance,)), ("advance",), contract=True).advance
    times, ids = [], []
    for begin in range(0, duration, chunk):
        end = min(begin + chunk, duration)
        spikes = run(
            begin, end, n, looks, slots, to_everyone, *state, firing, spike_times, spike_ids, len(recorded), recorded, traces
        )  # fmt: skip
        times.append(np.array(spike_times[:spikes]))
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


def _connect(n, synapses, shortest, longest, rng):
    """Targets drawn at random, and the edges between those of one delay and of the next for every neuron.

    All targets are drawn alike, so it is enough to draw how many of a neuron's synapses have each delay.
    """
    targets = rng.integers(0, n, (n, synapses), dtype=np.uint16 if n <= 2**16 else np.uint32)
    kinds = longest - shortest + 1
    edges = np.zeros((n, longest + 1), np.int64)
    if kinds == 1:
        edges[:, longest] = synapses
    else:
        edges[:, shortest:] = rng.multinomial(synapses, [1 / kinds] * kinds, n)
        np.cumsum(edges, axis=1, out=edges)
    return edges, targets


def _whole(name, value, least, most=10**9, unit=""):
    number(name, value, unit.strip())
    if value != int(value) or not least <= value <= most:
        raise ValueError(f"{name} = {value:g}{unit} must be a whole number from {least} to {most:g}")
    return int(value)


def _delays(delay):
    shortest, longest = (delay, delay) if np.ndim(delay) == 0 else delay
    shortest, longest = (_whole("delay", value, 1, LONGEST_DELAY, " ms") for value in (shortest, longest))
    if shortest > longest:
        raise ValueError(f"delay = {delay} ms: the shortest comes first")
    return shortest, longest
