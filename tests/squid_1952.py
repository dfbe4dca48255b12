"""The neuron as Hodgkin and Huxley wrote it in 1952, solved tightly by scipy, owing nothing to the package.

v is the displacement from rest, with depolarisation negative: v = -(V + 65). Equations (7) to (26) of the paper,
temperature factor included, in mV, ms and uA/cm2; the current into the cell is therefore -I here.
"""

from math import exp

import numpy as np
from scipy.integrate import solve_ivp


def derivatives(v, n, m, h, current, celsius=6.3):
    q = 3 ** ((celsius - 6.3) / 10)
    alpha_n = 0.01 * (v + 10) / (exp((v + 10) / 10) - 1)
    alpha_m = 0.1 * (v + 25) / (exp((v + 25) / 10) - 1)
    ions = 36 * n**4 * (v - 12) + 120 * m**3 * h * (v + 115) + 0.3 * (v + 10.613)
    return (
        -current - ions,
        q * (alpha_n * (1 - n) - 0.125 * exp(v / 80) * n),
        q * (alpha_m * (1 - m) - 4 * exp(v / 18) * m),
        q * (0.07 * exp(v / 20) * (1 - h) - h / (exp((v + 30) / 10) + 1)),
    )


def solve(start, times, current=lambda t: 0.0, jumps=(), celsius=6.3):
    """Rows V, n, m, h at `times` from `start` (V, n, m, h at time 0); `current` is smooth but at the times `jumps`."""
    edges = [0.0, *jumps, times[-1]]
    state = np.array([-(start[0] + 65), *start[1:]])
    rows = np.empty((4, len(times)))
    for begin, end in zip(edges, edges[1:], strict=False):
        here = (times >= begin) & (times <= end)
        inside = 0.5 * (begin + end)  # the current on this side of both edges

        def slope(t, x, begin=begin, end=end, inside=inside):
            side = min(max(t, begin + 1e-9 * (inside - begin)), end - 1e-9 * (end - inside))
            return derivatives(*x, current(side), celsius)

        solution = solve_ivp(
            slope, (begin, end), state, "DOP853", np.union1d(times[here], end), rtol=1e-11, atol=1e-11, max_step=1.0
        )
        rows[:, here] = solution.y[:, : here.sum()]
        state = solution.y[:, -1]
    rows[0] = -65 - rows[0]
    return rows
