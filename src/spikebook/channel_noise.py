"""Channels one by one: every gate opens and closes at random, and a channel conducts while all its gates are open.

    P(a closed gate is open dt later) = x_inf (1 - exp(-dt / tau))          x_inf = alpha / (alpha + beta)
    P(an open gate is closed dt later) = (1 - x_inf) (1 - exp(-dt / tau))   tau = 1 / (speed (alpha + beta))
    I_K = g_K (open channels / all channels) (V - E_K), and so for sodium

At a fixed voltage these probabilities are exact at any dt. A potassium channel has four gates n, a sodium channel
three m and one h. Many channels are followed as numbers of channels with so many gates open: where each of them is a
step later is a multinomial draw, which has the same distribution as following every gate. The voltage moves after the
gates, by exponential Euler (see `methods`); with ever more channels the run becomes that of `simulate`.

Densities and the conductance of one channel, 20 pS, as in Schneidman, Freedman and Segev (1998) Neural Comput 10:1679,
doi:10.1162/089976698300017089; the methods are compared by Goldwyn and Shea-Brown (2011), doi:10.1371/journal.pcbi.1002247.
"""

import math
from collections.abc import Mapping
from functools import cache, reduce
from typing import NamedTuple

import numpy as np

from .methods import relaxed
from .model import arguments, number
from .simulation import MOST_STEPS, check_current, count_steps
from .stimuli import as_samples
from .trace import Trace
from .voltage_clamp import commanded

PICOAMPERE = 0.01  # 1 uA/cm2 of membrane with one channel per um2, in pA a channel
MOST_CHANNELS = 1e15


class Channel(NamedTuple):
    """One kind of channel: how many gates of each kind it has, and how many of it there are per um2."""

    gates: Mapping[str, int]
    density: float


SQUID_CHANNELS = {"I_K": Channel({"n": 4}, 18.0), "I_Na": Channel({"m": 3, "h": 1}, 60.0)}


class ChannelTrace(Trace):
    """A run with single channels: a Trace with

    open_K, ...   the open fraction of each kind of channel at every t
    I_K, ...      the currents through them (uA/cm2)
    channels      how many there are of each kind, by current
    """

    def __init__(self, model, parameters, dt, states, currents, current, spike_times, channels):
        super().__init__(model, parameters, "single channels", dt, states, current, spike_times)
        vars(self).update(currents)
        self.channels = channels


class Recording(NamedTuple):
    """Single channels under voltage clamp.

    t, V      times (ms) and commanded voltage (mV), shape (steps + 1,)
    open      whether each channel is open, shape (count, steps + 1)
    current   through each channel, outward positive (pA), same shape
    """

    t: np.ndarray
    V: np.ndarray
    open: np.ndarray
    current: np.ndarray


def simulate_channels(
    model, current=0.0, duration=100.0, area=100.0, dt=0.01, channels=SQUID_CHANNELS, seed=None, **parameters
):
    """Simulate a patch of `area` um2 whose gates open and close at random, and return a ChannelTrace.

    current      as for `simulate`, per area: a number, an array or a stimulus (uA/cm2)
    channels     current -> Channel(gates, density per um2), for every current with gates. A channel's conductance is
                 the model's divided by the density
    seed         the same seed gives the same run
    parameters   changes to the model's published values, by name

    The run starts at rest, with each gate open or closed at random. Raises ValueError for a patch without channels, for
    channels that are not the model's, and for what `simulate` refuses.

    >>> from spikebook.hodgkin_huxley import MODEL
    >>> trace = simulate_channels(MODEL, current=10, duration=10, area=50, dt=0.05, seed=1)
    >>> trace.channels, trace.open_K.shape
    ({'I_K': 900, 'I_Na': 3000}, (201,))
    """
    values = model.values(**parameters)
    duration, dt, area = number("duration", duration, "ms"), number("dt", dt, "ms"), number("area", area, "um2")
    steps = count_steps(model, duration, dt, "exponential_euler")
    samples = as_samples(current, steps, dt)
    check_current(model, min(map(np.min, samples)), max(map(np.max, samples)))
    _check(model, values, channels)
    random = np.random.default_rng(seed)
    counts = {name: _count(name, channel, area) for name, channel in channels.items()}
    state = {**model.rest(**values), **dict.fromkeys(model.gates, 1.0)}  # all gates open: the largest currents
    occupied = {name: _draw(model, channels[name], counts[name], state["V"], random) for name in channels}
    V = np.empty(steps + 1)
    open_ = {name: np.empty(steps + 1) for name in channels}
    for i in range(steps + 1):
        V[i] = state["V"]
        for name in channels:
            open_[name][i] = occupied[name].flat[-1] / counts[name]
        if i == steps:
            break
        chances = {x: _chances(gate, V[i], dt, values) for x, gate in model.gates.items()}
        occupied = {name: _move(occupied[name], channels[name], chances, random) for name in channels}
        scales = {name: occupied[name].flat[-1] / counts[name] for name in channels}
        outward, above = (
            sum(scales.get(name, 1.0) * model.current(name, {**state, "V": v}, values) for name in model.currents)
            for v in (V[i], V[i] + 1.0)
        )
        state["V"] = V[i] + relaxed(samples[1][i] - outward, above - outward, dt / values["C"])
    threshold = values.get(model.threshold, model.threshold)
    before = np.flatnonzero((V[:-1] < threshold) & (V[1:] >= threshold))
    spike_times = (before + (threshold - V[before]) / (V[before + 1] - V[before])) * dt
    state["V"] = V
    currents = {name: open_.get(name, 1.0) * model.current(name, state, values) for name in model.currents}
    states = {"V": V, **{f"open_{name.removeprefix('I_')}": fraction for name, fraction in open_.items()}}
    shown = np.append(samples[0], samples[2][-1])
    return ChannelTrace(model, values, dt, states, currents, shown, spike_times, counts)


def clamp_channels(
    model, name, command, duration=20, count=10, dt=0.01, holding=-65, channels=SQUID_CHANNELS, seed=None, **parameters
):
    """Follow every gate of `count` channels of the current `name` under voltage clamp, and return a Recording.

    command, holding   as for `voltage_clamp`; at t = 0 the gates are as they are after a long time at `holding`
    channels, seed     as for `simulate_channels`, and so for `parameters`

    >>> from spikebook.hodgkin_huxley import MODEL
    >>> recording = clamp_channels(MODEL, "I_K", 0.0, duration=50, count=500, seed=1)
    >>> recording.open.shape, round(float(MODEL.gates["n"].steady_state(0.0) ** 4), 2)
    ((500, 5001), 0.68)
    """
    values = model.values(**parameters)
    duration, dt = number("duration", duration, "ms"), number("dt", dt, "ms")
    steps, holding = count_steps(model, duration, dt, "exponential_euler"), number("holding", holding, "mV")
    _check(model, values, channels)
    if name not in channels:
        raise ValueError(f"name = {name!r} is no current with channels; use {', '.join(channels)}")
    if count != int(number("count", count, "channels")) or not 1 <= count <= MOST_STEPS / steps:
        raise ValueError(f"count = {count:g} channels: give a whole number from 1 to {MOST_STEPS / steps:.0f}")
    V_start, V_middle, V_end = commanded(command, holding, steps, dt)
    random, count = np.random.default_rng(seed), int(count)
    all_open = np.ones((count, steps + 1), dtype=bool)
    for x, k in channels[name].gates.items():
        opens, closes = _chances(model.gates[x], V_middle, dt, values)
        is_open = random.random((count, k)) < model.gates[x].steady_state(holding)
        for i in range(steps + 1):
            all_open[:, i] &= is_open.all(axis=1)
            if i < steps:
                is_open = random.random(is_open.shape) < np.where(is_open, 1 - closes[i], opens[i])
    V = np.append(V_start, V_end[-1])
    largest = model.current(name, {"V": V, **dict.fromkeys(model.gates, 1.0)}, values)
    current = PICOAMPERE * largest / channels[name].density * all_open
    return Recording(np.arange(steps + 1) * dt, V, all_open, current)


def transitions(opens, closes, gates):
    """Probability that a channel with i of its `gates` open has j open a step later: shape (gates + 1, gates + 1).

    opens, closes   a closed gate's probability to be open then, an open one's to be closed

    >>> transitions(0.25, 0.5, gates=1)
    array([[0.75, 0.25],
           [0.5 , 0.5 ]])
    """
    ways, stay, close, open_, wait = _ways(gates)
    power = np.arange(gates + 1)
    terms = (
        ((1 - closes) ** power)[stay] * (closes**power)[close] * (opens**power)[open_] * ((1 - opens) ** power)[wait]
    )
    return (ways * terms).sum(axis=2)


@cache
def _ways(gates):
    """Of i open gates s stay open, and j - s closed ones open: in how many ways, and how many gates do what, by [i, j, s]."""
    i, j, s = np.indices((gates + 1,) * 3)
    moves = np.array([s, i - s, j - s, gates - i - j + s])
    possible = np.all(moves >= 0, axis=0)
    moves = np.where(possible, moves, 0)
    choose = np.frompyfunc(math.comb, 2, 1)
    ways = choose(moves[0] + moves[1], moves[0]) * choose(moves[2] + moves[3], moves[2])
    return np.where(possible, ways, 0).astype(float), *moves


def _chances(gate, V, dt, values):
    """Probabilities that a closed gate is open, and an open one closed, a step later at V."""
    speed = gate.speed(*(values[name] for name in arguments(gate.speed))) if gate.speed else 1.0
    opening = gate.alpha(V)
    total = opening + gate.beta(V)
    steady, moved = opening / total, -np.expm1(-speed * total * dt)
    return steady * moved, (1 - steady) * moved


def _draw(model, channel, count, V, random):
    """Numbers of channels with 0, 1, ... gates of each kind open, one axis a kind, after a long time at V."""
    steady = {x: model.gates[x].steady_state(V) for x in channel.gates}
    chances = reduce(np.multiply.outer, [transitions(steady[x], 1 - steady[x], k)[0] for x, k in channel.gates.items()])
    return random.multinomial(count, chances.ravel()).reshape(chances.shape)


def _move(occupied, channel, chances, random):
    """These numbers a step later. Kinds of gates do not know of one another, so they move one after the other."""
    for axis, (x, k) in enumerate(channel.gates.items()):
        moved = random.multinomial(occupied.swapaxes(axis, -1), transitions(*chances[x], k)).sum(axis=-2)
        occupied = moved.swapaxes(axis, -1)
    return occupied


def _count(name, channel, area):
    """How many channels of this kind the patch has."""
    if not 1 <= channel.density * area <= MOST_CHANNELS:
        raise ValueError(
            f"area = {area:g} um2 has {channel.density * area:.3g} channels of {name}: give an area from "
            f"{1 / channel.density:.3g} to {MOST_CHANNELS / channel.density:.3g} um2"
        )
    return round(channel.density * area)


def _check(model, values, channels):
    """Refuse channels that do not carry the model's currents: each current is its largest times its open gates."""
    if not model.gates or model.reset:
        raise ValueError(f"{model.name} has no gates, or resets its voltage: give a model of gated channels")
    for name in channels:
        if name not in model.currents:
            raise ValueError(f"channels has {name!r}, which is no current of {model.name}: {', '.join(model.currents)}")
    some = {x: 0.5 + 0.3 / (2 + i) for i, x in enumerate(model.gates)}
    for name in model.currents:
        gates, density = channels.get(name, Channel({}, 1.0))
        if not density > 0:
            raise ValueError(f"channels[{name!r}] has density = {density} per um2; give more than 0")
        full, less = (model.current(name, {"V": 10.7, **x}, values) for x in (dict.fromkeys(some, 1.0), some))
        part = math.prod(some.get(x, 0.0) ** k for x, k in gates.items())
        if not math.isclose(less, full * part, abs_tol=1e-12):
            raise ValueError(
                f"{name} of {model.name} does not flow through channels with the gates {dict(gates)}: describe them as "
                f"in channels={{{name!r}: Channel({{'n': 4}}, density=18)}}"
            )
