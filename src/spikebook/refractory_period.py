"""The refractory period: what a spike leaves behind for the next one.

Two pulses of 1 ms. The first fires the neuron, the second comes `gap` ms later, onset to onset. The weakest second
pulse that fires it again is the threshold at this gap. After a long gap it is that of rest.

Which second pulse counts. V must have a maximum above 0 mV after the second pulse began, and the weakest pulse that
brings this about must have ended `OWN` ms before that maximum: from there on the membrane climbs alone. Soon after a
spike (before 5.6 ms at 6.3 degrees C) the membrane's own rise stays below 0 mV, a pulse of 200 uA/cm2 and more drags V
there by its own force, and there is no threshold (nan). Where there is one, a far stronger pulse brings the maximum
within itself; the membrane fires then too.

Where a neuron is absolutely refractory for t_ref ms after each spike and otherwise fires at random at a free rate f,

    r = f / (1 + f t_ref)      CV = 1 / (1 + f t_ref) = 1 - r t_ref      r < 1 / t_ref

r      firing rate, and CV   the coefficient of variation of its intervals (`spike_trains.poisson` draws such trains)
f      rate while it is able to fire                    t_ref  dead time; with rates in Hz, take it in s

Hodgkin and Huxley (1952) J Physiol 117:500, doi:10.1113/jphysiol.1952.sp004764, computed such pairs of pulses by hand.
Berry and Meister (1998) J Neurosci 18:2200, doi:10.1523/JNEUROSCI.18-06-02200.1998: what refractoriness is good for.
"""

import math
from typing import NamedTuple

import numpy as np

from .compilation import array, gather, load
from .hodgkin_huxley import MODEL
from .model import number
from .population import simulate_population
from .reduced_models import LEAKY
from .simulation import simulate
from .stimuli import _finite, pulses, step
from .trace import Trace

__all__ = [
    "DeadTime",
    "absolute_period",
    "dead_time",
    "interval_density",
    "leaky_rate",
    "rest_again",
    "simulate_pair",
    "states_after",
    "thresholds",
    "two_pulses",
]

WIDTH = 1.0  # ms, of both pulses
FIRST = 20.0  # uA/cm2, nearly three times what a resting neuron needs
STRONGEST = 400.0  # uA/cm2
OWN = 0.05  # ms
WAIT = 25.0  # ms that a second spike is given; just above threshold it takes its time
LATEST = 40.0  # ms; the traces of a spike have faded by then


def spike_top(V, steps):
    """Where V (mV, steps + 1 values) last has a maximum, if that is above 0 mV: its index, or -1.

    The last one above -20 mV is asked. Where the end of a strong pulse makes a notch in the rise, that is the maximum
    behind the notch, the membrane's own.
    """
    top = -1
    for i in range(1, steps):
        if V[i] > -20 and V[i] > V[i - 1] and V[i] >= V[i + 1]:
            top = i
    if top > 0:
        if V[top] > 0:
            return top
    return -1


def two_pulses(gap, strength, first=FIRST):
    """The stimulus: a pulse of `first` uA/cm2 at 0 ms and one of `strength` uA/cm2 at `gap` ms, each of 1 ms.

    >>> two_pulses(gap=2, strength=50).sample(steps=4, dt=1.0)[0]
    array([20.,  0., 50.,  0.])
    """
    return pulses([first, strength], [0.0, gap], WIDTH)


def states_after(gaps, first=FIRST, method="rk4", dt=0.01, **parameters):
    """What a first pulse has left `gaps` ms after its onset: V, n, m and h, an array each.

    ValueError for gaps shorter than the 1 ms of the first pulse, and where the first pulse makes no spike.

    >>> print(states_after([6, 40])["h"].round(2))  # 0.60 at rest
    [0.29 0.6 ]
    """
    gaps = _finite(np.atleast_1d(gaps), "gaps", "ms")
    if gaps.min() < WIDTH:
        raise ValueError(
            f"gaps has {gaps.min():g} ms, which begins within the first pulse; give {WIDTH:g} ms or more, onset to onset"
        )
    longest = dt * math.ceil(max(gaps.max(), WAIT) / dt)
    run = simulate(MODEL, step(first, 0, WIDTH), longest, dt, method, **parameters)
    if not len(run.spike_times):
        raise ValueError(f"first = {first:g} uA/cm2 makes no spike; use a stronger first pulse (from rest, 20 does)")
    return {name: np.interp(gaps, run.t, run[name]) for name in MODEL.state}


def rest_again(state, rested, **parameters):
    """`state` with what is `rested` (gates or V; a name, or several) put back to rest; ValueError for other names."""
    rest = MODEL.rest(**parameters)
    for name in (rested,) if isinstance(rested, str) else rested:
        if name not in MODEL.state:
            raise ValueError(f"rested has {name!r}, which is no state of {MODEL.name}: use {', '.join(MODEL.state)}")
        state = {**state, name: np.full_like(state[name], rest[name])}
    return state


def simulate_pair(gap, strength, first=FIRST, duration=LATEST, rested=(), method="rk4", dt=0.01, **parameters):
    """The Trace of both pulses, from rest; arguments as in `thresholds`, and `duration` in ms.

    A gap that is no whole number of steps is rounded to one. ValueError as there, and for a duration within the gap.

    >>> simulate_pair(gap=5, strength=30), simulate_pair(gap=5, strength=30, rested="n")
    (<Trace of Hodgkin-Huxley: 40 ms, 1 spike, rk4, dt = 0.01 ms>, <Trace of Hodgkin-Huxley: 40 ms, 2 spikes, rk4, dt = 0.01 ms>)
    """
    gap = dt * round(number("gap", gap, "ms") / dt)
    whole = simulate(MODEL, two_pulses(gap, strength, first), duration, dt, method, **parameters)
    k = round(gap / dt)
    if not 0 < k < len(whole.t) - 1:
        raise ValueError(f"gap = {gap:g} ms must be more than 0 and less than the duration of {duration:g} ms")
    start = rest_again({name: whole[name][k] for name in MODEL.state}, rested, **parameters)
    after = simulate(MODEL, step(strength, 0, WIDTH), (len(whole.t) - 1 - k) * dt, dt, method, start, **parameters)
    states = {name: np.concatenate([whole[name][:k], after[name]]) for name in MODEL.state}
    spikes = np.concatenate([whole.spike_times[whole.spike_times <= gap], gap + after.spike_times])
    return Trace(MODEL, whole.parameters, method, dt, states, whole.current, spikes)


def thresholds(gaps, first=FIRST, strongest=STRONGEST, rested=(), method="rk4", dt=0.01, rounds=20, **parameters):
    """The weakest second pulse (uA/cm2) that fires the neuron again, for each of `gaps` (ms), by bisection.

    first, strongest   uA/cm2: the first pulse, and the strongest that the second may be. nan where that is too weak
    rested             gates ("n", "h", "m") or "V", put back to their resting value when the second pulse begins: what
                       the neuron would need if it were not for them
    rounds             of bisection: the result is at most strongest / 2^rounds too large
    parameters         of the model, by name

    Raises ValueError as `states_after`, for an unknown name in `rested`, and for a `strongest` outside 0 to 500 uA/cm2.

    >>> print(thresholds([5, 8, 20, 40]).round(1))  # 6.9 from rest
    [ nan 43.6  5.9  6.9]
    """
    strongest = number("strongest", strongest, "uA/cm2")
    if not 0 < strongest <= MODEL.current_range[1]:
        raise ValueError(f"strongest = {strongest:g} uA/cm2 is no pulse for this neuron: use more than 0, at most 500")
    start = rest_again(states_after(gaps, first, method, dt, **parameters), rested, **parameters)
    top = load(gather([spike_top]), ("spike_top",)).spike_top
    steps = round(WAIT / dt)

    def tops(strengths):
        """Where second pulses of these strengths, one a gap, bring V to a maximum above 0 mV: steps from their onset."""
        currents = [step(strength, 0, WIDTH) for strength in strengths]
        run = simulate_population(MODEL, currents, WAIT, dt, method, start, record="V", **parameters)
        return np.array([top(array(V), steps) for V in run.V])

    low, high = np.zeros(len(start["V"])), np.full(len(start["V"]), strongest)
    fails = (tops(low) > 0) | (tops(high) < 0)  # the first spike is not over; even the strongest is too weak
    weakest = np.full(len(high), steps)
    for _ in range(rounds):
        middle = 0.5 * (low + high)
        at = tops(middle)
        low, high = np.where(at > 0, low, middle), np.where(at > 0, middle, high)
        weakest = np.where(at > 0, at, weakest)
    dragged = weakest * dt <= WIDTH + OWN
    return np.where(fails | dragged, np.nan, high)


def absolute_period(strongest, first=FIRST, **how):
    """The shortest gap (ms, to 0.001) at which a second pulse of at most `strongest` uA/cm2 fires the neuron.

    `how` is passed on to `thresholds`. ValueError as there, and where no gap up to 40 ms is long enough.

    >>> [round(absolute_period(strongest), 2) for strongest in (20, 100)]
    [10.61, 6.1]
    """
    shortest, longest = WIDTH, LATEST
    for spacing in (1.0, 0.1, 0.01, 0.001):
        gaps = np.arange(shortest, longest + spacing / 2, spacing)
        enough = np.isfinite(thresholds(gaps, first, strongest, **how))
        if not enough.any():
            raise ValueError(
                f"strongest = {strongest:g} uA/cm2 fires no second spike within {LATEST:g} ms; allow a stronger pulse"
            )
        longest = gaps[enough.argmax()]
        shortest = max(WIDTH, longest - spacing)
    return float(longest)


# ---- what a dead time does to a rate


class DeadTime(NamedTuple):
    """How a neuron fires that is dead for a while after each spike, and fires at random otherwise: rate (Hz), and CV."""

    rate: float
    CV: float


def dead_time(free_rate, t_ref):
    """Rate and CV of a Poisson neuron with a dead time, exactly: r = f / (1 + f t_ref), CV = 1 - r t_ref.

    free_rate f    what it fires while it is able to, Hz; t_ref in ms. ValueError for negative ones.

    >>> dead_time(free_rate=100, t_ref=5)
    DeadTime(rate=66.66666666666667, CV=0.6666666666666666)
    """
    load = _not_negative("free_rate", free_rate, "Hz") * _not_negative("t_ref", t_ref, "ms") / 1000
    return DeadTime(free_rate / (1 + load), 1 / (1 + load))


def interval_density(interval, free_rate, t_ref):
    """Probability density (1/ms) of its intervals (ms, a number or an array): 0 before t_ref, then f exp(-f (t - t_ref)).

    >>> interval_density(np.array([4.0, 5.0]), free_rate=100, t_ref=5)
    array([0. , 0.1])
    """
    f, t_ref = _not_negative("free_rate", free_rate, "Hz") / 1000, _not_negative("t_ref", t_ref, "ms")
    since = np.asarray(interval, dtype=float) - t_ref
    return np.where(since < 0, 0.0, f * np.exp(-f * np.maximum(since, 0.0)))


def leaky_rate(current, t_ref, **parameters):
    """Rate (Hz) of the leaky integrate-and-fire neuron under a constant current (uA/cm2), exactly; below 1 / t_ref.

    1000 / rate = t_ref + tau ln((V_inf - V_reset) / (V_inf - V_th)), tau = C / g_L, V_inf = E_L + I / g_L

    0 where V_inf does not exceed V_th. parameters of `reduced_models.LEAKY`, by name; ValueError outside their ranges.

    >>> round(leaky_rate(10, t_ref=5), 1), leaky_rate(1, t_ref=5)
    (150.9, 0.0)
    """
    p = LEAKY.values(t_ref=t_ref, **parameters)
    V_inf = p["E_L"] + number("current", current, "uA/cm2") / p["g_L"]
    if V_inf <= p["V_th"]:
        return 0.0
    climb = p["C"] / p["g_L"] * math.log((V_inf - p["V_reset"]) / (V_inf - p["V_th"]))
    return 1000 / (p["t_ref"] + climb)


def _not_negative(name, value, unit):
    value = number(name, value, unit)
    if value < 0:
        raise ValueError(f"{name} = {value:g} {unit} is negative; give 0 {unit} or more")
    return value
