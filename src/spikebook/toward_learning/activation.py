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

The units beside it: scale times

    ReLU       max(0, x)        softplus    w log(1 + exp(x / w))        sigmoid    1 / (1 + exp(-x / w))        x = I - theta
"""

import math

import numpy as np
from numpy import cos, exp, log, log1p, maximum, minimum, sqrt

from ..compilation import array, gather, load
from ..model import number
from ..random_numbers import sow, uniform
from ..reduced_models import LEAKY

LOW, HIGH, POINTS = -1.0, 5.0, 121  # uA/cm2: where the curve is drawn and compared
NODES, SPACING, FIRST_NODE = 56, 0.115, -3.5  # of the integral, after u = scale exp(s - exp(-s))
ROUNDS, FINEST, LEAST = (
    80,
    0.001,
    1e-9,
)  # of the search for the closest unit: uA/cm2, and gain, that it does not ask after
FAR = 6.0  # y_th from which the neuron is silent: less than a spike in a thousand years
UNITS = {"ReLU": 0, "softplus": 1, "sigmoid": 2}
DURATION, DT, TAU_W = (
    500.0,
    0.2,
    100.0,
)  # ms: of the spike train shown, its step, and how long a spike's adaptation lasts
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


def activation(kind, x, w):
    """ReLU, softplus or sigmoid (0, 1, 2) of x, at scale 1 and width w."""
    if kind == 0:
        return maximum(0.0, x)
    small = exp(-abs(x) / w)
    if kind == 1:
        return maximum(0.0, x) + w * log1p(small)
    if x > 0:
        return 1 / (1 + small)
    return small / (1 + small)


def overlaps(kind, theta, w, points, low, high, rates, sums):
    """Sums over the curve for a unit with this threshold and width: of unit times rate, and of unit squared."""
    product = 0.0
    square = 0.0
    for k in range(points):
        unit = activation(kind, low + (high - low) * k / (points - 1) - theta, w)
        product += unit * rates[k]
        square += unit * unit
    sums[0] = product
    sums[1] = square


def fit(kind, points, low, high, rates, found):
    """The unit closest to the rates: scale, theta, w and the root of the mean square left, in `found`.

    From where it stands, the search looks at the eight neighbours in threshold and in the logarithm of the width, and goes to
    the best; where none is better it looks half as far. For each, the scale that is best is (sum of unit times rate) /
    (sum of unit squared), and explains (the first)^2 / (the second) of the sum of squares.
    """
    best_theta = 0.5 * (low + high)
    best_w = -1.0
    scale = 0.0
    most = 0.0
    reach = 0.25 * (high - low)
    spread = 1.0
    widths = 1 if kind == 0 else 3
    for _ in range(ROUNDS):
        if reach < FINEST:
            break
        centre = best_theta
        middle = best_w
        before = most
        for i in range(3):
            theta = centre + reach * (i - 1)
            for j in range(widths):
                log_w = middle + (spread * (j - 1) if kind > 0 else 0.0)
                overlaps(kind, theta, exp(log_w), points, low, high, rates, found)
                explained = found[0] * found[0] / found[1] if found[1] > 0 else 0.0
                if explained > most * (1 + LEAST):
                    most = explained
                    scale = found[0] / found[1]
                    best_theta = theta
                    best_w = log_w
        if most == before:
            reach *= 0.5
            spread *= 0.5
    left = 0.0
    for k in range(points):
        off = rates[k] - scale * activation(kind, low + (high - low) * k / (points - 1) - best_theta, exp(best_w))
        left += off * off
    found[0] = scale
    found[1] = best_theta
    found[2] = exp(best_w)
    found[3] = sqrt(left / points)


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


SCALAR = (place_nodes, f_I, activation, fit, noisy_train)
ENTRIES = ("f_I", "fit", "noisy_train")


def _compiled():
    return load(gather(SCALAR), ENTRIES)


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


class Fitted(tuple):
    """A unit fitted to a curve: kind, scale, theta (uA/cm2), w (uA/cm2), error (Hz, root mean square); call it for its rates."""

    kind = property(lambda self: self[0])
    scale = property(lambda self: self[1])
    theta = property(lambda self: self[2])
    w = property(lambda self: self[3])
    error = property(lambda self: self[4])

    def __call__(self, current):
        x = np.asarray(current, dtype=float) - self.theta
        if self.kind == "ReLU":
            return self.scale * np.maximum(0, x)
        if self.kind == "softplus":
            return self.scale * self.w * np.logaddexp(0, x / self.w)
        return self.scale / (1 + np.exp(-x / self.w))


def closest(kind, current, rates):
    """The unit of a kind, "ReLU", "softplus" or "sigmoid", closest to a curve at evenly spaced currents (uA/cm2).

    Root mean square, with scale, threshold and width free. ValueError for other kinds, and currents not evenly spaced.

    >>> I = np.linspace(-1, 5, 121)
    >>> unit = closest("ReLU", I, 30 * np.maximum(0, I - 1.5))
    >>> print(round(unit.scale, 1), round(unit.theta, 2))
    30.0 1.5
    """
    if kind not in UNITS:
        raise ValueError(f"kind = {kind!r} is no unit here; use {', '.join(UNITS)}")
    current, rates = np.asarray(current, dtype=float), np.asarray(rates, dtype=float)
    if current.shape != rates.shape or len(current) < 4 or not np.allclose(np.diff(current, 2), 0, atol=1e-9):
        raise ValueError("current must be evenly spaced, with one rate for each of at least 4 values")
    found = array(np.zeros(4))
    _compiled().fit(UNITS[kind], len(rates), float(current[0]), float(current[-1]), array(rates), found)
    return Fitted((kind, *(float(value) for value in found)))


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
