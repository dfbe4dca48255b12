"""The network of `first_network` as a page runs it: a thousand neurons, alive, and the same in Python to the last spike.

The equations, the published steps and the weights, all to all, are those of `first_network`. What differs is chance, which
comes from the generator in `random_numbers` and not from numpy's, so that a browser draws the same; and that settings
may change while the network runs: one number r makes neuron j excitatory below `n_excitatory` and inhibitory from there
on, and the drawn weights, from 0 to 1, are scaled when a spike arrives.
"""

import numpy as np
from numpy import cos, pi, sin

from .compilation import array, gather, load
from .first_network import PEAK, half_step
from .izhikevich import du, reset_u, reset_v
from .random_numbers import generator, normals, uniform
from .simulation import Diverged

__all__ = ["run"]

N = 1000
DURATION = 1000  # ms of a run, and of a segment of the spectrum
HIGHEST = 100  # Hz, of the spectrum
LOWEST = -87.5  # mV: from further below, half a step leads higher again


def draw_network(n, state, r, weights):
    """Draw what makes each neuron its own kind, and how strong each synapse is: weights[j n + k] from j onto k."""
    for j in range(n):
        r[j] = uniform(state)
    for k in range(n * n):
        weights[k] = uniform(state)


def set_kinds(n, n_excitatory, r, a, b, c, d):
    """The parameters of every neuron, of which the first `n_excitatory` are excitatory."""
    for j in range(n):
        x = r[j]
        if j < n_excitatory:
            a[j] = 0.02
            b[j] = 0.2
            c[j] = -65.0 + 15.0 * x * x
            d[j] = 8.0 - 6.0 * x * x
        else:
            a[j] = 0.02 + 0.08 * x
            b[j] = 0.25 - 0.05 * x
            c[j] = -65.0
            d[j] = 2.0


def begin(n, b, v, u, I):
    """Every neuron at -65 mV, and nothing on its way."""
    for j in range(n):
        v[j] = -65.0
        u[j] = b[j] * v[j]
        I[j] = 0.0


def advance(
    n, n_excitatory, excitation, inhibition, thalamic_E, thalamic_I, a, b, c, d, weights, v, u, I, noise, state, ids
):  # fmt: skip
    """One millisecond. `ids` gets the neurons that fire, in order; returns how many, or -1 where the step is too coarse."""
    normals(n, state, noise)
    for j in range(n):
        if j < n_excitatory:
            I[j] += thalamic_E * noise[j]
        else:
            I[j] += thalamic_I * noise[j]
        middle = half_step(v[j], u[j], I[j])
        v[j] = half_step(middle, u[j], I[j])
        if middle < LOWEST and v[j] >= PEAK:
            return -1
        u[j] = u[j] + du(v[j], u[j], a[j], b[j])
        I[j] = 0.0
    spikes = 0
    for j in range(n):
        if v[j] >= PEAK:
            v[j] = reset_v(c[j])
            u[j] = reset_u(u[j], d[j])
            ids[spikes] = j
            spikes += 1
            scale = excitation
            if j >= n_excitatory:
                scale = -inhibition
            first = j * n
            for k in range(n):
                I[k] += scale * weights[first + k]
    return spikes


def spectrum(length, first, counts, neurons, highest, windowed, power):
    """The power (Hz) of a population's rate at 1, 2, ... `highest` cycles in `length` ms; power[0] is the mean rate.

    `counts` are the population's spikes in each millisecond of a ring, whose oldest is at `first`. With a Hann window, as
    `spike_trains.power_spectrum` has it with one segment.
    """
    total = 0.0
    for k in range(length):
        total += counts[k]
    mean = total / length
    squares = 0.0
    at = first
    for k in range(length):
        w = 0.5 - 0.5 * cos(2.0 * pi * k / length)
        windowed[k] = w * (counts[at] - mean) * 1000.0 / neurons
        squares += w * w
        at += 1
        if at == length:
            at = 0
    power[0] = 1000.0 * mean / neurons
    for f in range(1, highest + 1):
        turn_x = cos(2.0 * pi * f / length)
        turn_y = sin(2.0 * pi * f / length)
        x = 1.0
        y = 0.0
        re = 0.0
        im = 0.0
        for k in range(length):
            re += windowed[k] * x
            im += windowed[k] * y
            next_x = x * turn_x - y * turn_y
            y = x * turn_y + y * turn_x
            x = next_x
        power[f] = 2.0 * (re * re + im * im) / 1000.0 / squares


PROGRAM = (draw_network, set_kinds, begin, advance, spectrum)


def run(
    excitation=0.5, inhibition=1.0, thalamic_E=5.0, thalamic_I=2.0, n_inhibitory=200, seed=1, neuron=0,
    duration=DURATION, n=N,
):  # fmt: skip
    """Run the network for `duration` ms from its seed.

    excitation, inhibition   largest excitatory and inhibitory weight, mV/ms     thalamic_E, thalamic_I   standard
    deviation of the input from outside, mV/ms               neuron   whose v is kept

    Returns t (ms, the end of each step), the spikes of all excitatory and of all inhibitory neurons in each step,
    spike_times, spike_ids, v (mV) and power (Hz; of the last second, from 1 Hz on). Raises Diverged where a step would
    turn inhibition into a spike.

    >>> spikes = run(duration=1000, seed=1)["spike_ids"]
    >>> 6500 < len(spikes) < 8500
    True
    """
    n_inhibitory, neuron, duration = int(n_inhibitory), int(neuron), int(duration)
    n_excitatory = n - n_inhibitory
    program = load(gather(PROGRAM), tuple(function.__name__ for function in PROGRAM))
    state = generator(seed)
    r, a, b, c, d, v, u, I, noise, ids = (array(np.zeros(n)) for _ in range(10))
    weights = array(np.zeros(n * n))
    program.draw_network(n, state, r, weights)
    program.set_kinds(n, n_excitatory, r, a, b, c, d)
    program.begin(n, b, v, u, I)
    settings = n, n_excitatory, excitation, inhibition, thalamic_E, thalamic_I
    counts, fired, voltage = np.zeros((2, duration)), [], np.zeros(duration)
    for i in range(duration):
        spikes = program.advance(*settings, a, b, c, d, weights, v, u, I, noise, state, ids)
        if spikes < 0:
            raise Diverged(too_strong(i))
        fired.append(np.array(ids[:spikes]))
        counts[:, i] = np.sum(fired[-1] < n_excitatory), np.sum(fired[-1] >= n_excitatory)
        voltage[i] = v[neuron]
    last = array(counts.sum(axis=0)[-DURATION:])
    power = array(np.zeros(HIGHEST + 1))
    program.spectrum(len(last), 0, last, n, HIGHEST, array(np.zeros(len(last))), power)
    t = np.arange(1.0, duration + 1)
    return {
        "t": t,
        "spikes_E": counts[0],
        "spikes_I": counts[1],
        "spike_times": np.repeat(t, [len(each) for each in fired]),
        "spike_ids": np.concatenate(fired),
        "v": voltage,
        "power": np.asarray(power)[1:],
    }


def too_strong(i):
    """What is said where the published step of half a millisecond leads from far below rest to a spike."""
    return f"a neuron leapt from far below rest straight to a spike at t = {i} ms: these inputs are too strong for the published step"
