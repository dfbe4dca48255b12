"""Spike-timing-dependent plasticity: a synapse that asks which spike came first.

    a pair, Delta = t_post - t_pre    w = w + A_plus exp(-Delta / tau_plus)      Delta > 0: the synapse had a part in the spike
                                      w = w - A_minus exp(Delta / tau_minus)     Delta < 0: it came too late

w          weight, 1 for the strongest that is allowed; it stays between 0 and 1
A_x        change by one pair at Delta = 0        tau_x     width of the window, ms

All pairs count, each by itself. Two traces for each neuron do the same without a memory of spikes: a trace jumps by 1 at a
spike and decays with tau_plus (of the input) or tau_minus (of the output); a spike reads the other side's trace.

The neuron that learns: a leaky one of Song, Miller and Abbott (2000), with N plastic excitatory inputs

    tau_m dV/dt = V_rest - V + g_E (E_E - V) + g_I (E_I - V)         tau_s dg/dt = -g         g jumps by g_max w or g_inhibitory

V_rest = -70, E_E = 0, E_I = -70, V = -60 at V_th = -54 mV; tau_m = 20 and tau_s = 5 ms; g in units of the leak.

Bi and Poo (1998) J Neurosci 18:10464, doi:10.1523/JNEUROSCI.18-24-10464.1998; Song, Miller and Abbott (2000) Nat Neurosci
3:919, doi:10.1038/78829.
"""

from typing import NamedTuple

import numpy as np
from numpy import exp, maximum, minimum

from ..compilation import array, gather, has_numba, load
from ..model import number

__all__ = ["Learned", "input_spikes", "train", "window"]

A_PLUS, A_MINUS, TAU_PLUS, TAU_MINUS = 0.01, 0.011, 20.0, 20.0  # Song, Miller and Abbott: half as large, 5 % apart
V_REST, E_E, E_I, V_TH, V_RESET, TAU_M, TAU_S = -70.0, 0.0, -70.0, -54.0, -60.0, 20.0, 5.0
G_MAX, G_INHIBITORY = 0.03, 0.05  # of the leak, for each spike
INPUTS, CORRELATED, INHIBITORY = 400, 100, 100
RATE, RATE_I = 15.0, 15.0  # Hz
DT = 0.2  # ms


def learn(
    steps, dt, inputs, first, order, inhibited, g_max, g_inhibitory, A_plus, A_minus, tau_plus, tau_minus, every, w, pre, course,
    spikes,
):  # fmt: skip
    """Run the neuron; changes the weights w and returns the number of its spikes, whose times are in `spikes`.

    Every `every` steps the weights are written into `course`, one row after another.

    first, order   the inputs that spike in step i: order[first[i]] to order[first[i + 1] - 1]
    inhibited      number of inhibitory spikes in each step
    pre            room for the inputs' traces, decayed to the time of each one's last spike; behind it, those times
    """
    V = V_REST
    g = 0.0
    h = 0.0
    post = 0.0
    count = 0
    row = 0
    until = every
    kept = exp(-dt / TAU_S)
    post_kept = exp(-dt / tau_minus)
    for i in range(steps):
        t = (i + 1) * dt
        g *= kept
        h *= kept
        post *= post_kept
        for j in range(first[i], first[i + 1]):
            k = order[j]
            pre[k] = pre[k] * exp((pre[inputs + k] - t) / tau_plus) + 1
            pre[inputs + k] = t
            w[k] = maximum(0.0, w[k] - A_minus * post)
            g += g_max * w[k]
        h += g_inhibitory * inhibited[i]
        total = 1 + g + h
        V = (V_REST + g * E_E + h * E_I) / total + (V - (V_REST + g * E_E + h * E_I) / total) * exp(-dt * total / TAU_M)
        if V >= V_TH:
            V = V_RESET
            spikes[count] = t
            count += 1
            post += 1
            for k in range(inputs):
                w[k] = minimum(1.0, w[k] + A_plus * pre[k] * exp((pre[inputs + k] - t) / tau_plus))
        if i + 1 == until:
            for k in range(inputs):
                course[row + k] = w[k]
            row += inputs
            until += every
    return count


# ---- for a notebook


def window(delta, A_plus=A_PLUS, A_minus=A_MINUS, tau_plus=TAU_PLUS, tau_minus=TAU_MINUS):
    """The change of w by one pair, delta = t_post - t_pre (ms; a number or an array).

    >>> window(np.array([10.0, -10.0])).round(4)
    array([ 0.0061, -0.0067])
    """
    delta = np.asarray(delta, dtype=float)
    size = np.where(delta > 0, A_plus, -A_minus)
    return size * np.exp(-np.abs(delta) / np.where(delta > 0, tau_plus, tau_minus))


class Learned(NamedTuple):
    """What became of a neuron: w_start, w (of each input), the neuron's spike_times (ms), and the course: times (s) and
    weights, a row for each."""

    w_start: np.ndarray
    w: np.ndarray
    spike_times: np.ndarray
    course_t: np.ndarray
    course: np.ndarray


def input_spikes(seconds, correlated=CORRELATED, correlation=0.1, inputs=INPUTS, rate=RATE, seed=1, dt=DT):
    """Poisson inputs: which spike in which step. The first `correlated` of them share spikes.

    Those copy each spike of a common train of rate / correlation Hz with the probability `correlation`: every input is
    Poisson at `rate`, and two of them spike in the same step that often (Kuhn, Aertsen and Rotter 2003,
    doi:10.1162/089976603321043702). Returns step and input of every spike, in order of time. ValueError for a
    correlation outside 0 to 1.

    >>> step, which = input_spikes(10, inputs=20, correlated=10)
    >>> 2500 < len(step) < 3500
    True
    """
    correlation = number("correlation", correlation, "")
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation = {correlation:g} is no probability; give 0 to 1")
    if not 0 <= correlated <= inputs:
        raise ValueError(f"correlated = {correlated!r} of {inputs} inputs cannot be; give 0 to {inputs}")
    rng = np.random.default_rng(seed)
    steps = round(1000 * number("seconds", seconds, "s") / dt)
    own = correlated if correlation else 0
    count = rng.poisson(rate * seconds * (inputs - own))
    step, which = rng.integers(0, steps, count), rng.integers(own, inputs, count)
    if own:
        common = rng.integers(0, steps, rng.poisson(rate / correlation * seconds))
        event, one = np.nonzero(rng.random((len(common), own)) < correlation)
        step, which = np.append(step, common[event]), np.append(which, one)
    sort = np.argsort(step, kind="stable")
    return step[sort], which[sort]


def train(seconds=100.0, pieces=20, inputs=INPUTS, seed=1, dt=DT, rate=RATE, g_max=G_MAX, start=None, **given):
    """Let the neuron learn for `seconds` s, and return what it Learned.

    start       the weights at first: an array, or evenly spread between 0 and 1
    pieces      how many points of the course are kept
    given       of the inputs: correlated, correlation; of the rule: A_plus, A_minus, tau_plus, tau_minus

    >>> run = train(2.0, pieces=2)
    >>> run.w.shape, run.course.shape
    ((400,), (3, 400))
    """
    rule = {"A_plus": A_PLUS, "A_minus": A_MINUS, "tau_plus": TAU_PLUS, "tau_minus": TAU_MINUS}
    rule |= {name: float(given.pop(name)) for name in rule if name in given}
    steps = round(1000 * seconds / dt)
    step, which = input_spikes(seconds, inputs=inputs, rate=rate, seed=seed, dt=dt, **given)
    rng = np.random.default_rng([seed, 1])
    inhibited = rng.poisson(INHIBITORY * RATE_I * dt / 1000, steps).astype(float)
    w_start = rng.random(inputs) if start is None else np.array(np.broadcast_to(start, inputs), dtype=float)
    first = np.searchsorted(step, np.arange(steps + 1))
    every = steps // pieces
    w, pre, spikes, course = (
        array(one) for one in (w_start.copy(), np.zeros(2 * inputs), np.zeros(steps), np.zeros(pieces * inputs))
    )
    count = load(gather((learn,)), ("learn",)).learn(
        steps, dt, inputs, _whole(first), _whole(which), array(inhibited), g_max, G_INHIBITORY, *rule.values(), every, w, pre,
        course, spikes,
    )  # fmt: skip
    course = np.vstack([w_start, np.asarray(course).reshape(pieces, inputs)])
    return Learned(
        w_start, np.asarray(w), np.asarray(spikes)[:count], np.arange(pieces + 1) * every * dt / 1000, course
    )


def _whole(values):
    """Whole numbers as compiled code wants them, or as a list for plain Python."""
    values = np.ascontiguousarray(values, dtype=np.int64)
    return values if has_numba() else values.tolist()
