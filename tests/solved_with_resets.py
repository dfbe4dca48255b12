"""Neurons with a reset, solved tightly by scipy, owing nothing to the package: between jumps of the current and spikes
every piece is a smooth problem of its own."""

import numpy as np
from scipy.integrate import solve_ivp


def solve(slopes, start, duration, peak=None, reset=None, jumps=(), hold=0.0, longest=1.0):
    """Spike times and the state at the end.

    slopes(t, x)   rates of change, where t lies inside a piece     peak, reset   x[0] reaches it: x = reset(x)
    hold           ms after a spike during which x[0], the only variable, stays
    longest        ms, step of the solver: spike times are good to 1e-10 ms with 1, to 1e-13 with 0.1
    """
    t, x, spikes = 0.0, np.array(start, dtype=float), []
    for edge in [*sorted(jump for jump in jumps if 0 < jump < duration), duration]:
        while t < edge - 1e-12:
            inside = (np.nextafter(t, edge), np.nextafter(edge, t))

            def inner(s, y, inside=inside):
                return slopes(min(max(s, inside[0]), inside[1]), y)

            def reached(s, y):
                return y[0] - peak

            reached.terminal, reached.direction = True, 1
            events = None if peak is None else reached
            run = solve_ivp(inner, (t, edge), x, "DOP853", rtol=1e-11, atol=1e-11, max_step=longest, events=events)
            t, x = run.t[-1], run.y[:, -1]
            if run.status == 1:
                spikes.append(t)
                x = np.array(reset(x), dtype=float)
                t = t + hold
    return np.array(spikes), x


def order(error, coarse, fine):
    """Order of convergence of error(n) with n steps, between about `coarse` and about `fine`.

    Where in its step a spike falls matters too, so the error is the root mean square over 25 neighbouring n.
    """
    coarse, fine = (np.linspace(n, 1.3 * n, 25).round() for n in (coarse, fine))
    first, last = (np.sqrt(np.mean([error(int(n)) ** 2 for n in numbers])) for numbers in (coarse, fine))
    return np.log(first / last) / np.log(fine[0] / coarse[0])
