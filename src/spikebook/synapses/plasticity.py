"""Short-term plasticity: how a synapse's strength changes from one spike to the next, and recovers.

At a spike, the fraction u of what is available is released, and what is available falls by as much:

    u = u + U (1 - u)         released = u x         x = x - u x
    du/dt = -u / tau_facil    dx/dt = (1 - x) / tau_rec              between spikes

x   available fraction of the transmitter ("resources")     U   fraction released by the first spike, at rest
u   fraction of x that a spike releases                     tau_rec, tau_facil   recovery and facilitation, ms

The response is A u x, with A the response if all were released at once. Tsodyks and Markram (1997) PNAS 94:719,
doi:10.1073/pnas.94.2.719 (depression); Tsodyks, Pawelzik and Markram (1998) Neural Comput 10:821,
doi:10.1162/089976698300017502 (facilitation; their inactive state of a few ms is left out here). With tau_facil = 0
nothing facilitates and u is U.

The page draws with a membrane of time constant tau_m (ms), in which a released fraction starts a current A u x
exp(-t / tau_s), in mV: it is current times resistance.
"""

import numpy as np
from numpy import exp

from ..compilation import array, gather, load
from ..membrane_potential import _numbers
from ..model import number


def keeps(interval, tau):
    """What is left of something after `interval`, if it decays with `tau`; nothing where tau is 0."""
    if tau <= 0:
        return 0.0
    return exp(-interval / tau)


def lay_out(n, rate, start, pause, times):
    """The times (ms) of a train of n spikes at `rate` (Hz) from `start` on, and of one more `pause` ms after the last."""
    for k in range(n):
        times[k] = start + k * 1000.0 / rate
    times[n] = times[n - 1] + pause


def release_train(count, times, U, tau_rec, tau_facil, u, x):
    """u at each spike and x just before it; the released fraction is their product."""
    use = 0.0
    available = 1.0
    for k in range(count):
        if k > 0:
            interval = times[k] - times[k - 1]
            use *= keeps(interval, tau_facil)
            available = 1.0 - (1.0 - available) * keeps(interval, tau_rec)
        use += U * (1.0 - use)
        u[k] = use
        x[k] = available
        available -= use * available


def sample_train(steps, dt, count, times, U, tau_rec, tau_facil, A, tau_s, tau_m, u, x, use, available, V):
    """Over time: the u that a spike would use, x, and the voltage (mV above rest) that the releases make in a passive
    membrane. Exact at each step; a spike counts from its own time on.
    """
    scale = tau_s / (tau_s - tau_m)
    spike = -1
    start = 0.0
    slow = 0.0  # the voltage is their difference: one part decays with tau_m, one with tau_s
    fast = 0.0
    for i in range(steps + 1):
        t = i * dt
        while spike + 1 < count and times[spike + 1] <= t:
            spike += 1
            passed = times[spike] - start
            kick = A * u[spike] * x[spike] * scale
            fast = fast * exp(-passed / tau_s) + kick
            slow = slow * exp(-passed / tau_m) + kick
            start = times[spike]
        passed = t - start
        V[i] = fast * exp(-passed / tau_s) - slow * exp(-passed / tau_m)
        if spike < 0:
            use[i] = U
            available[i] = 1.0
        else:
            use[i] = u[spike] * keeps(passed, tau_facil)
            use[i] += U * (1.0 - use[i])
            available[i] = 1.0 - (1.0 - x[spike] * (1.0 - u[spike])) * keeps(passed, tau_rec)


FUNCTIONS = (lay_out, release_train, sample_train)


def compiled():
    return load(gather(FUNCTIONS), tuple(function.__name__ for function in FUNCTIONS))


def responses(times, U, tau_rec, tau_facil=0.0):
    """u and x (two arrays) at spikes at `times` (ms, in order): the k-th releases the fraction u[k] x[k].

    ValueError for times out of order, U outside 0 to 1 (0 excluded), and time constants below 0.

    >>> u, x = responses([0, 50], U=0.5, tau_rec=800)
    >>> (u * x).round(4)
    array([0.5   , 0.2651])
    """
    times = np.atleast_1d(_numbers("times", times, "ms"))
    if np.any(np.diff(times) <= 0):
        raise ValueError("times must be in order, each later than the one before, in ms")
    U, tau_rec, tau_facil = checked(U, tau_rec, tau_facil)
    u, x = array(np.empty(len(times))), array(np.empty(len(times)))
    compiled().release_train(len(times), array(times), U, tau_rec, tau_facil, u, x)
    return np.asarray(u), np.asarray(x)


def steady_state(rate, U, tau_rec, tau_facil=0.0):
    """u and x at the spikes of an endless regular train of `rate` (Hz; a number or an array), in closed form.

    u = U / (1 - (1 - U) exp(-T / tau_facil)),  x = (1 - exp(-T / tau_rec)) / (1 - (1 - u) exp(-T / tau_rec)),  T = 1000 / rate

    >>> u, x = steady_state(20, U=0.5, tau_rec=800)
    >>> round(float(u * x), 4)
    0.0571
    """
    rate = _numbers("rate", rate, "Hz")
    if np.any(rate <= 0):
        raise ValueError(f"rate = {rate.min():g} Hz is not above 0; give more than 0 Hz")
    U, tau_rec, tau_facil = checked(U, tau_rec, tau_facil)
    facilitated, recovering = (np.exp(-1000 / rate / tau) if tau > 0 else 0.0 * rate for tau in (tau_facil, tau_rec))
    u = U / (1 - (1 - U) * facilitated)
    return u, (1 - recovering) / (1 - (1 - u) * recovering)


def checked(U, tau_rec, tau_facil):
    U = number("U", U, "")
    if not 0 < U <= 1:
        raise ValueError(f"U = {U:g} is the fraction that a first spike releases: give more than 0, at most 1")
    times = [number(name, value, "ms") for name, value in (("tau_rec", tau_rec), ("tau_facil", tau_facil))]
    for name, value in zip(("tau_rec", "tau_facil"), times):
        if value < 0:
            raise ValueError(f"{name} = {value:g} ms is below 0; give 0 or more")
    return U, *times
