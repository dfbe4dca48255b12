"""Brunel's network: leaky neurons whose excitation and inhibition nearly cancel, and the rate that theory predicts for it.

    tau dV/dt = -V            V = V + J for an excitatory spike that arrives, V = V - g J for an inhibitory one
    at V >= V_th: a spike, which arrives a delay D later; V = V_r for a time t_ref

V is counted from rest, in mV. Every neuron has C_E excitatory and C_I = C_E / 4 inhibitory synapses, from neurons drawn at
random, and C_E more from outside, where independent Poisson neurons fire at nu_ext. One that fires at nu_thr = V_th /
(J C_E tau) would bring the mean input just to threshold without the network; `external` is nu_ext / nu_thr.

For neurons whose inputs are many, small and independent the input is its mean mu and white noise of size sigma, and the rate
is that at which a neuron so driven fires (Siegert's formula), the same as goes into mu and sigma:

    mu = tau J C_E (nu_ext + nu (1 - g / 4))         sigma^2 = tau J^2 C_E (nu_ext + nu (1 + g^2 / 4))
    1 / nu = t_ref + tau sqrt(pi) integral from (V_r - mu) / sigma to (V_th - mu) / sigma of exp(x^2) (1 + erf(x)) dx

Brunel (2000) J Comput Neurosci 8:183, doi:10.1023/A:1008925309027.
"""

import math
from functools import lru_cache

import numpy as np
from numpy import floor

from .compilation import gather, has_numba, load
from .first_network import Network, _whole
from .model import number

__all__ = ["C_E", "DELAY", "DT", "J", "TAU", "T_REF", "V_R", "V_TH", "input_of", "siegert", "simulate", "theory"]

TAU = 20.0  # ms
V_TH = 20.0  # mV
V_R = 10.0  # mV
T_REF = 2.0  # ms
DELAY = 1.5  # ms
DT = 0.1  # ms
J = 0.1  # mV
C_E = 1000
FEWEST = 1250  # neurons: each needs so many to choose from
MOST = 2**16  # neurons: targets are numbers of two bytes
STRONGEST = 20.0


def wire(n, synapses, sources, edges, targets):
    """From the `sources` of every neuron's synapses to the `targets` of every neuron, from one of its edges to the next."""
    for k in range(n * synapses):
        edges[sources[k] + 1] += 1
    for j in range(n):
        edges[j + 1] += edges[j]
    # Each edge runs up to the next one while it is filled, and is put back in the end.
    for j in range(n):
        for k in range(synapses):
            source = sources[j * synapses + k]
            targets[edges[source]] = j
            edges[source] += 1
    for j in range(n):
        edges[n - j] = edges[n - j - 1]
    edges[0] = 0


def advance(
    begin, end, n, n_excitatory, decay, g, refractory, slots, most, V, resting, drawn, edges, targets, arriving, chances, rng,
    spike_times, spike_ids,
):  # fmt: skip
    """Move the network from one step to another; returns the number of spikes, whose times are steps.

    `arriving` holds the jumps of this step and of those to come, in as many slots as the delay has steps, taken in turn:
    the slot that a step has emptied is the one in which its spikes arrive. There are more than k spikes from outside if a
    number `drawn` exceeds the k-th of the `most` cumulative `chances`; a neuron is silent while it has steps of `resting` left.
    """
    spikes = 0
    slot = begin - slots * floor(begin / slots)
    for i in range(begin, end):
        jumps = arriving[slot]
        for j in range(n):
            drawn[j] = rng.random()
        for k in range(most):
            chance = chances[k]
            for j in range(n):
                jumps[j] += J if drawn[j] > chance else 0.0
        for j in range(n):
            moved = V[j] * decay + jumps[j]
            V[j] = V_R if resting[j] > 0 else moved
            resting[j] = resting[j] - 1 if resting[j] > 0 else 0
            jumps[j] = 0.0
        for j in range(n):
            if V[j] >= V_TH:
                V[j] = V_R
                resting[j] = refractory
                spike_times[spikes] = i + 1
                spike_ids[spikes] = j
                spikes += 1
                weight = J if j < n_excitatory else -g * J
                for s in range(edges[j], edges[j + 1]):
                    jumps[targets[s]] += weight
        slot = slot + 1 if slot + 1 < slots else 0
    return spikes


def simulate(g=5.0, external=2.0, duration=300, seed=None, neurons=12_500):
    """Simulate the network for `duration` ms (a whole number) and return a `first_network.Network`.

    g          how many times as strong an inhibitory synapse is          external   nu_ext / nu_thr
    neurons    four fifths of them are excitatory; each has 1,250 synapses from within the network
    seed       the same one gives the same network and the same input

    Steps of 0.1 ms, at whose ends spikes leave and arrive; between them V is exact. Every V begins at a random place below
    threshold: leave the first 100 ms out of what you measure. Raises ValueError or TypeError that names the argument, its
    value and the remedy.

    >>> run = simulate(g=5, external=2, duration=50, seed=1, neurons=5000)
    >>> 20 < run.rates[0] < 60
    True
    """
    g, external = _size("g", g), _size("external", external)
    duration = _whole("duration", duration, 1, unit=" ms")
    neurons = _whole("neurons", neurons, FEWEST, MOST)
    try:
        chance = np.random.SeedSequence(seed)
    except (TypeError, ValueError) as reason:
        raise type(reason)(
            f"seed = {seed!r} is no seed; give a whole number from 0 on, or None for another run each time"
        ) from None
    n_excitatory = neurons * 4 // 5
    edges, targets = _wiring(neurons, chance.entropy if np.isscalar(chance.entropy) else tuple(chance.entropy))
    steps, slots = round(duration / DT), round(DELAY / DT)
    mean = external * V_TH / (J * TAU) * DT  # spikes from outside in a step, for one neuron
    chances = np.cumsum([mean**k * math.exp(-mean) / math.factorial(k) for k in range(100)])
    chances = chances[chances < 1 - 1e-12]
    chunk = max(1, round(T_REF / DT))  # steps in which a neuron fires once at most
    spike_times, spike_ids = np.empty(neurons), np.empty(neurons, np.int32)
    firing = np.random.default_rng(chance.spawn(2)[1])
    V = firing.uniform(0, V_TH, neurons)
    program = _program()
    state = [V, np.zeros(neurons, np.int64), np.empty(neurons), edges, targets, np.zeros((slots, neurons)), chances]
    if not has_numba():
        state, spike_times, spike_ids = [x.tolist() for x in state], spike_times.tolist(), spike_ids.tolist()
    fixed = neurons, n_excitatory, math.exp(-DT / TAU), g, round(T_REF / DT), slots, len(chances)
    times, ids = [np.empty(0)], [np.empty(0, np.int32)]
    for begin in range(0, steps, chunk):
        end = min(begin + chunk, steps)
        spikes = program.advance(begin, end, *fixed, *state, firing, spike_times, spike_ids)
        times.append(np.array(spike_times[:spikes]) * DT)
        ids.append(np.array(spike_ids[:spikes], dtype=np.int32))
    return Network(
        n_excitatory,
        neurons - n_excitatory,
        duration,
        C_E + C_E // 4,
        np.concatenate(times),
        np.concatenate(ids),
        np.empty((0, duration + 1)),
    )


def _program():
    return load(gather((wire, advance)), ("wire", "advance"), contract=True)


@lru_cache(maxsize=1)
def _wiring(neurons, entropy):
    """Who reaches whom. The last one is kept: with one seed, states are compared on one network."""
    rng = np.random.default_rng(np.random.SeedSequence(entropy).spawn(2)[0])
    n_excitatory, synapses = neurons * 4 // 5, C_E + C_E // 4
    sources = np.empty((neurons, synapses), np.uint16)
    sources[:, :C_E] = rng.integers(0, n_excitatory, (neurons, C_E), np.uint16)
    sources[:, C_E:] = rng.integers(n_excitatory, neurons, (neurons, C_E // 4), np.uint16)
    edges, targets = np.zeros(neurons + 1, np.int64), np.empty(sources.size, np.uint16)
    _program().wire(neurons, synapses, sources.ravel(), edges, targets)
    return edges, targets


def input_of(rate, g, external):
    """Mean mu and size sigma of the input (mV) where all neurons fire at `rate` Hz and independently.

    >>> input_of(40.0, g=5, external=2)[0]  # 40 mV from outside, 80 from within, and 100 taken away
    20.0
    """
    nu, nu_ext = rate / 1000, external * V_TH / (J * C_E * TAU)  # 1/ms
    mu = TAU * J * C_E * (nu_ext + nu * (1 - g / 4))
    return mu, math.sqrt(TAU * J**2 * C_E * (nu_ext + nu * (1 + g**2 / 4)))


def siegert(mu, sigma):
    """Rate (Hz) of a leaky neuron under white noise of mean `mu` and size `sigma`, both mV.

    >>> round(siegert(mu=30.0, sigma=0.01), 2)  # nearly no noise: 1000 / (t_ref + tau log(20 / 10))
    63.04
    """
    low, high = (V_R - mu) / sigma, (V_TH - mu) / sigma
    nodes, weights = np.polynomial.legendre.leggauss(64)
    edges = np.linspace(low, high, 1 + math.ceil(high - low))
    total = 0.0
    for left, right in zip(edges[:-1], edges[1:]):
        x = 0.5 * (left + right + (right - left) * nodes)
        total += 0.5 * (right - left) * sum(w * _scaled_erfc(-y) for w, y in zip(weights, x))
    return float(1000 / (T_REF + TAU * math.sqrt(math.pi) * total))


def theory(g, external):
    """The rate (Hz) that makes the input by which neurons fire at that rate, by bisection.

    >>> round(theory(g=5, external=2), 1)
    37.9
    """
    low, high = 0.0, 1000 / T_REF
    for _ in range(60):
        rate = 0.5 * (low + high)
        low, high = (rate, high) if siegert(*input_of(rate, g, external)) > rate else (low, rate)
    return rate


def _scaled_erfc(x):
    """exp(x^2) erfc(x)."""
    if x < 10:
        return math.exp(x * x) * math.erfc(x)
    y = 1 / (2 * x * x)
    return (1 - y + 3 * y**2 - 15 * y**3 + 105 * y**4) / (x * math.sqrt(math.pi))


def _size(name, value):
    if not 0 <= number(name, value, "") <= STRONGEST:
        raise ValueError(f"{name} = {value:g} must be from 0 to {STRONGEST:g}")
    return float(value)
