"""A neuron's f-I curve, to be held beside the activation functions of artificial networks.

A leaky integrate-and-fire neuron in white noise, with a refractory period and slow adaptation

    C dV/dt = I - g_L (V - E_L) - w + noise          V = V_reset for t_ref at V = V_th
    1/r = t_ref + tau int_0^inf exp(-u^2) (exp(2 y_th u) - exp(2 y_reset u)) / u du           y_x = (V_x - mu) / (sqrt(2) sigma)
    mu = E_L + (I - q r) / g_L

V, I, C, g_L, E_L, V_th, V_reset, t_ref   as in `reduced_models.LEAKY`, and tau = C / g_L, ms
sigma    standard deviation that the noise would give V if there were no threshold, mV
q        charge that each spike lets out again in the time after, nC/cm2: w is q r on average, and so slow that only its average counts
r        rate, 1/ms in the formula and Hz in the functions

The first formula is Siegert's in the form of Brunel and Hakim (1999) Neural Comput 11:1621, doi:10.1162/089976699300016179;
Siegert (1951) Phys Rev 81:617, doi:10.1103/PhysRev.81.617. Adaptation: Ermentrout (1998) Neural Comput 10:1721,
doi:10.1162/089976698300017106.
"""

import math

import numpy as np
from numpy import cos, exp, log, maximum, minimum, sqrt

from ..compilation import array, gather, load
from ..model import number
from ..random_numbers import sow, uniform
from ..reduced_models import LEAKY

__all__ = ["NEURON", "curve", "neuron", "train"]

LOW, HIGH, POINTS = -1.0, 5.0, 121  # uA/cm2: where the curve is drawn and compared
NODES, SPACING, FIRST_NODE = 56, 0.115, -3.5  # of the integral, after u = scale exp(s - exp(-s))
FAR = 6.0  # y_th from which the neuron is silent: less than a spike in a thousand years
DURATION, DT = 500.0, 0.2  # ms: of the spike train shown, and its step
TAU_W = 100.0  # ms that a spike's adaptation lasts in it
NEURON = {name: one.value for name, one in LEAKY.parameters.items()} | {"sigma": 0.0, "q": 0.0}


# ---- the equations, for Numba and for the page


def place_nodes(nodes, weights):
    """Where the integral over u is evaluated, in units of its scale, and with which weights (of du / u)."""
    for k in range(NODES):
        s = FIRST_NODE + k * SPACING
        nodes[k] = exp(s - exp(-s))
        weights[k] = SPACING * (1 + exp(-s))


def unadapted(I, C, g_L, E_L, V_th, V_reset, t_ref, sigma, nodes, weights):
    """Rate (Hz) at the current I without adaptation: the integral, or without noise the exact formula."""
    tau = C / g_L
    mu = E_L + I / g_L
    if sigma == 0:
        if mu <= V_th:
            return 0.0
        return 1000 / (t_ref + tau * log((mu - V_reset) / (mu - V_th)))
    y_th = (V_th - mu) / (sqrt(2) * sigma)
    y_reset = (V_reset - mu) / (sqrt(2) * sigma)
    if y_th > FAR:
        return 0.0
    scale = 1 / (1 + maximum(0.0, -y_th))
    total = 0.0
    for k in range(NODES):
        u = scale * nodes[k]
        total += weights[k] * (exp(u * (2 * y_th - u)) - exp(u * (2 * y_reset - u)))
    return 1000 / (t_ref + tau * total)


def adapted(I, least, most, C, g_L, E_L, V_th, V_reset, t_ref, sigma, q, nodes, weights):
    """Rate (Hz) that keeps itself up, r = f(I - q r / 1000), by false position between `least` and `most`."""
    low = least
    high = most
    above = unadapted(I - 0.001 * q * low, C, g_L, E_L, V_th, V_reset, t_ref, sigma, nodes, weights) - low
    below = unadapted(I - 0.001 * q * high, C, g_L, E_L, V_th, V_reset, t_ref, sigma, nodes, weights) - high
    if below >= 0:
        return high
    if above <= 0:
        return low
    r = high
    for _ in range(60):
        r = low + (high - low) * above / (above - below)
        excess = unadapted(I - 0.001 * q * r, C, g_L, E_L, V_th, V_reset, t_ref, sigma, nodes, weights) - r
        if abs(excess) < 1e-12 * most:
            break
        # The end that stays is given half its weight, so that neither stays for long.
        if excess > 0:
            low = r
            above = excess
            below *= 0.5
        else:
            high = r
            below = excess
            above *= 0.5
    return r


def f_I(points, low, high, C, g_L, E_L, V_th, V_reset, t_ref, sigma, q, nodes, weights, rates):
    """The rates (Hz) at evenly spaced currents."""
    place_nodes(nodes, weights)
    step = (high - low) / (points - 1)
    before = 0.0
    for k in range(points):
        I = low + step * k
        rate = unadapted(I, C, g_L, E_L, V_th, V_reset, t_ref, sigma, nodes, weights)
        if q > 0:
            # The curve rises, and by no more than the current that adaptation takes back allows.
            most = minimum(rate, before + 1000 * step / q) if k > 0 else rate
            rate = adapted(I, before, most, C, g_L, E_L, V_th, V_reset, t_ref, sigma, q, nodes, weights)
        rates[k] = rate
        before = rate


def noisy_train(steps, dt, I, C, g_L, E_L, V_th, V_reset, t_ref, sigma, q, tau_w, mean_w, seed, state, V, spikes):
    """One run of the neuron; fills V (steps + 1) and spike times, and returns how many.

    From step to step V is drawn from its exact distribution; whether it has crossed the threshold in between is
    drawn too, with the probability that the noise gives a crossing between two values below.
    """
    sow(seed, state)
    tau = C / g_L
    kept = exp(-dt / tau)
    spread = sigma * sqrt(1 - kept * kept)
    w = mean_w
    V[0] = V_reset
    free = 0.0
    count = 0
    for i in range(steps):
        normal = sqrt(-2 * log(uniform(state))) * cos(2 * math.pi * uniform(state))
        chance = uniform(state)
        t = (i + 1) * dt
        w *= exp(-dt / tau_w)
        if t <= free:
            V[i + 1] = V_reset
        else:
            mu = E_L + (I - w) / g_L
            V[i + 1] = mu + (V[i] - mu) * kept + spread * normal
            crossed = V[i + 1] >= V_th
            if not crossed and spread > 0:
                crossed = chance < exp(-2 * (V_th - V[i]) * (V_th - V[i + 1]) / (spread * spread))
            if crossed:
                V[i + 1] = V_reset
                spikes[count] = t
                count += 1
                free = t + t_ref
                w += q / tau_w
    return count


SCALAR = (f_I, noisy_train)


def _compiled():
    return load(gather(SCALAR), ("f_I", "noisy_train"))


# ---- for a notebook


def neuron(**parameters):
    """LEAKY's parameters, and sigma (mV) and q (nC/cm2), with changes by name; ValueError for what is out of range.

    >>> neuron(sigma=2)["V_th"], neuron(sigma=2)["sigma"]
    (-50.0, 2.0)
    """
    own = {name: number(name, parameters.pop(name, 0.0), unit) for name, unit in (("sigma", "mV"), ("q", "nC/cm2"))}
    for name, value in own.items():
        if value < 0:
            raise ValueError(f"{name} = {value:g} is below 0; a neuron without it has {name}=0")
    return {**LEAKY.values(**parameters), **own}


def curve(low=LOW, high=HIGH, points=POINTS, **parameters):
    """The f-I curve of the leaky neuron: currents (uA/cm2) and rates (Hz), arrays of `points` values.

    parameters   of `neuron`: C, g_L, E_L, V_th, V_reset, t_ref, sigma, q. ValueError for values out of range.

    >>> I, r = curve(1, 3, points=3, sigma=1)
    >>> r.round(1)
    array([  0. ,  63.8, 112.2])
    """
    low, high = number("low", low, "uA/cm2"), number("high", high, "uA/cm2")
    if not low < high or points < 2:
        raise ValueError(f"low = {low:g}, high = {high:g} uA/cm2 and points = {points} span no curve; give low < high")
    rates = array(np.zeros(points))
    room = (array(np.zeros(NODES)), array(np.zeros(NODES)))
    _compiled().f_I(int(points), low, high, *neuron(**parameters).values(), *room, rates)
    return low + (high - low) * np.arange(points) / (points - 1), np.asarray(rates)


def train(current, duration=DURATION, dt=DT, seed=1, **parameters):
    """One run in noise: t (ms), V (mV) and the spike times (ms). Errors as for `curve`.

    >>> t, V, spikes = train(2.0, sigma=1, seed=3)
    >>> len(spikes) in range(20, 36)
    True
    """
    steps = round(number("duration", duration, "ms") / number("dt", dt, "ms"))
    values = neuron(**parameters)
    mean_w = 0.001 * values["q"] * float(curve(current, current + 1, 2, **parameters)[1][0])
    V, spikes = array(np.zeros(steps + 1)), array(np.zeros(steps + 1))
    count = _compiled().noisy_train(
        steps, dt, float(current), *values.values(), TAU_W, mean_w, float(seed), array(np.zeros(6)), V, spikes
    )
    return np.arange(steps + 1) * dt, np.asarray(V), np.asarray(spikes)[:count]
