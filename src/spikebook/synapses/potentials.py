"""Conductances and postsynaptic potentials: the shapes, and what a membrane makes of them.

    alpha function         f(t) = t / tau exp(1 - t / tau)                          largest, 1, at t = tau
    double exponential     f(t) = N (exp(-t / decay) - exp(-t / rise))              largest, 1, at t_peak
                           t_peak = rise decay / (decay - rise) ln(decay / rise)
    a current              tau_m dV/dt = -V + R I(t)                                the PSP is linear in the current
    a conductance          C dV/dt = -g_L (V - E_L) - sum g f(t) (V - E)            it is not linear in the conductance

t, tau, rise, decay, tau_m   ms, from the onset; all are 0 before it     N   makes the largest value exactly 1
V   mV      g, g_L   nS      C   pF      I   pA      R   GOhm            E, E_L   reversal potentials, mV

Rall (1967) J Neurophysiol 30:1138, doi:10.1152/jn.1967.30.5.1138, introduced the alpha function.
"""

import numpy as np

from ..compilation import array, gather, load
from ..membrane_potential import _above_zero, _numbers, _plain
from ..model import number
from .receptors import two_decays


def alpha(t, tau):
    """The alpha function with its peak, 1, at `tau` (ms); 0 before t = 0.

    >>> alpha([-1, 2, 4], tau=2).round(3)
    array([0.   , 1.   , 0.736])
    """
    t, tau = np.maximum(_numbers("t", t, "ms"), 0), _above_zero("tau", tau, "ms")
    return _plain(t / tau * np.exp(1 - t / tau))


def double_exponential(t, rise, decay):
    """A double exponential with peak 1; 0 before t = 0. `rise` must be below `decay` (ms); equal ones are `alpha`.

    >>> round(double_exponential(1.2792, rise=0.5, decay=5), 6)
    1.0
    """
    t, (rise, decay) = np.maximum(_numbers("t", t, "ms"), 0), _two_times(rise, decay)
    return _plain((np.exp(-t / decay) - np.exp(-t / rise)) / _height(rise, decay))


def peak_time(rise, decay):
    """When a double exponential is largest, ms after its onset.

    >>> round(peak_time(0.5, 5), 4)
    1.2792
    """
    rise, decay = _two_times(rise, decay)
    return _plain(rise * decay / (decay - rise) * np.log(decay / rise))


def psp_of_alpha_current(t, tau, tau_m):
    """The PSP that a current R I(t) = alpha(t, tau), of peak 1 mV, makes in a passive membrane: exact.

    V(t) = e / (tau tau_m) (exp(-t / tau_m) - (1 + k t) exp(-t / tau)) / k^2 with k = 1 / tau - 1 / tau_m.

    >>> round(psp_of_alpha_current(4.0166, tau=1, tau_m=10), 5)
    0.19668
    """
    t = np.maximum(_numbers("t", t, "ms"), 0)
    tau, tau_m = _above_zero("tau", tau, "ms"), _above_zero("tau_m", tau_m, "ms")
    x = (1 / tau - 1 / tau_m) * t
    near = np.abs(x) < 1e-3  # there the quotient is 0/0: its series instead
    safe = np.where(near, 1.0, x)
    shape = np.where(
        near,
        (0.5 - x / 3 + x**2 / 8) * np.exp(-t / tau_m),
        (np.exp(-t / tau_m) - (1 + safe) * np.exp(-t / tau)) / safe**2,
    )
    return _plain(np.e / (tau * tau_m) * t**2 * shape)


def psp_of_double_exponential_current(t, rise, decay, tau_m):
    """The PSP that a current R I(t) = double_exponential(t, rise, decay), of peak 1 mV, makes: exact.

    >>> round(psp_of_double_exponential_current(7.4721, rise=0.5, decay=5, tau_m=10), 5)
    0.32199
    """
    t, (rise, decay) = np.maximum(_numbers("t", t, "ms"), 0), _two_times(rise, decay)
    tau_m = _above_zero("tau_m", tau_m, "ms")
    slow, fast = (two_decays(1 / tau_m, 1 / tau, t) for tau in (decay, rise))
    return _plain((slow - fast) / (tau_m * _height(rise, decay)))


def follow(steps, towards, kept, V):
    """V at every step, when in each step the part `kept` of its distance from `towards` is left."""
    for i in range(steps):
        V[i + 1] = towards[i] + (V[i] - towards[i]) * kept[i]


def membrane_response(conductances, duration=100.0, dt=0.02, C=200.0, g_L=20.0, E_L=-65.0):
    """t (ms) and V (mV) of a passive membrane, from rest, while conductances open: exponential Euler's method.

    conductances   pairs (g, E): g(t) in nS as a function of an array of times in ms, and its reversal potential in mV
    C, g_L, E_L    pF, nS, mV

    The conductances are held for each step at their values in its middle, where the method is exact; the error falls as
    dt^2. ValueError for a conductance below 0.

    >>> t, V = membrane_response([(lambda t: 1.0 * alpha(t, 1), 0.0)])
    >>> round(float(V.max() + 65), 2)
    0.64
    """
    duration, dt = _above_zero("duration", duration, "ms"), _above_zero("dt", dt, "ms")
    C, g_L, E_L = _above_zero("C", C, "pF"), _above_zero("g_L", g_L, "nS"), number("E_L", E_L, "mV")
    steps = int(np.ceil(duration / dt - 1e-9))
    middles = (np.arange(steps) + 0.5) * dt
    total, drive = np.full(steps, g_L), np.full(steps, g_L * E_L)
    for g, E in conductances:
        g = np.broadcast_to(_numbers("g", g(middles), "nS"), middles.shape)
        if np.any(g < 0):
            raise ValueError(f"g = {g.min():g} nS is below 0; a conductance is 0 or more, E decides the sign")
        total, drive = total + g, drive + g * number("E", E, "mV")
    V = array(np.full(steps + 1, E_L))
    run = load(gather((follow,)), ("follow",)).follow
    run(steps, array(drive / total), array(np.exp(-dt * total / C)), V)
    return np.arange(steps + 1) * dt, np.asarray(V)


def _two_times(rise, decay):
    rise, decay = _above_zero("rise", rise, "ms"), _above_zero("decay", decay, "ms")
    if np.any(rise >= decay):
        raise ValueError(
            f"rise = {np.max(rise):g} ms must be below decay = {np.min(decay):g} ms; use alpha for equal ones"
        )
    return rise, decay


def _height(rise, decay):
    """exp(-t / decay) - exp(-t / rise) at its peak."""
    ratio = np.log(rise / decay) / (decay - rise)
    return np.exp(rise * ratio) - np.exp(decay * ratio)
