"""How close `simulate` comes to a loop written by hand for one model and one method.

    python benchmarks/simulate_ratio.py

One Hodgkin-Huxley neuron, 1 s at dt = 0.01 ms, V, n, m and h recorded, for RK4 and exponential Euler. The loops
below are what a good programmer writes with Numba: the textbook's formulas, plain `exp`, parameters as constants. Both
sides run in turn in one process, and the medians of the processor time of many runs are compared: a busy machine
lengthens that of both, and waiting for the processor does not count.

Last, the first call of `simulate` in a fresh process, without the time of `import spikebook`: with empty caches, and
with those that the process before has filled.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from numba import njit

import spikebook as sb

C, g_Na, g_K, g_L = 1.0, 120.0, 36.0, 0.3
E_Na, E_K, E_L = 50.0, -77.0, -54.387
CURRENT, DURATION, DT = 10.0, 1000.0, 0.01


@njit
def rates(V):
    """alpha and beta of n, m and h at V."""
    alpha_n = 0.01 * (V + 55) / (1 - np.exp(-(V + 55) / 10)) if V != -55 else 0.1
    alpha_m = 0.1 * (V + 40) / (1 - np.exp(-(V + 40) / 10)) if V != -40 else 1.0
    return (
        (alpha_n, 0.125 * np.exp(-(V + 65) / 80)),
        (alpha_m, 4 * np.exp(-(V + 65) / 18)),
        (0.07 * np.exp(-(V + 65) / 20), 1 / (1 + np.exp(-(V + 35) / 10))),
    )


@njit
def slopes(V, n, m, h, current):
    (alpha_n, beta_n), (alpha_m, beta_m), (alpha_h, beta_h) = rates(V)
    ions = g_Na * m**3 * h * (V - E_Na) + g_K * n**4 * (V - E_K) + g_L * (V - E_L)
    return (
        (current - ions) / C,
        alpha_n * (1 - n) - beta_n * n,
        alpha_m * (1 - m) - beta_m * m,
        alpha_h * (1 - h) - beta_h * h,
    )


@njit
def rk4(steps, dt, current, V, n, m, h):
    trace = np.empty((4, steps + 1))
    trace[:, 0] = V, n, m, h
    for i in range(steps):
        V1, n1, m1, h1 = slopes(V, n, m, h, current)
        V2, n2, m2, h2 = slopes(V + dt / 2 * V1, n + dt / 2 * n1, m + dt / 2 * m1, h + dt / 2 * h1, current)
        V3, n3, m3, h3 = slopes(V + dt / 2 * V2, n + dt / 2 * n2, m + dt / 2 * m2, h + dt / 2 * h2, current)
        V4, n4, m4, h4 = slopes(V + dt * V3, n + dt * n3, m + dt * m3, h + dt * h3, current)
        V += dt / 6 * (V1 + 2 * V2 + 2 * V3 + V4)
        n += dt / 6 * (n1 + 2 * n2 + 2 * n3 + n4)
        m += dt / 6 * (m1 + 2 * m2 + 2 * m3 + m4)
        h += dt / 6 * (h1 + 2 * h2 + 2 * h3 + h4)
        trace[0, i + 1] = V
        trace[1, i + 1] = n
        trace[2, i + 1] = m
        trace[3, i + 1] = h
    return trace


@njit
def exponential_euler(steps, dt, current, V, n, m, h):
    trace = np.empty((4, steps + 1))
    trace[:, 0] = V, n, m, h
    for i in range(steps):
        (alpha_n, beta_n), (alpha_m, beta_m), (alpha_h, beta_h) = rates(V)
        n_inf = alpha_n / (alpha_n + beta_n)
        m_inf = alpha_m / (alpha_m + beta_m)
        h_inf = alpha_h / (alpha_h + beta_h)
        n = n_inf + (n - n_inf) * np.exp(-dt * (alpha_n + beta_n))
        m = m_inf + (m - m_inf) * np.exp(-dt * (alpha_m + beta_m))
        h = h_inf + (h - h_inf) * np.exp(-dt * (alpha_h + beta_h))
        Na, K = g_Na * m**3 * h, g_K * n**4
        g = Na + K + g_L
        V_inf = (current + Na * E_Na + K * E_K + g_L * E_L) / g
        V = V_inf + (V - V_inf) * np.exp(-dt * g / C)
        trace[0, i + 1] = V
        trace[1, i + 1] = n
        trace[2, i + 1] = m
        trace[3, i + 1] = h
    return trace


REST = tuple(sb.hodgkin_huxley.MODEL.rest()[name] for name in ("V", "n", "m", "h"))
BY_HAND = {"rk4": rk4, "exponential_euler": exponential_euler}


def run_by_hand(method):
    """The traces of V, n, m and h, one a row."""
    return BY_HAND[method](round(DURATION / DT), DT, CURRENT, *REST)


def run_simulate(method):
    return sb.simulate(sb.hodgkin_huxley.MODEL, current=CURRENT, duration=DURATION, dt=DT, method=method)


def measure(method, repeats=41):
    """Median processor seconds of `simulate` and of the loop by hand, run in turn."""
    seconds = {run_simulate: [], run_by_hand: []}
    for run in seconds:
        run(method)  # compile
    for _ in range(repeats):
        for run, times in seconds.items():
            start = time.process_time()
            run(method)
            times.append(time.process_time() - start)
    return statistics.median(seconds[run_simulate]), statistics.median(seconds[run_by_hand])


FIRST_CALL = """
import time
import spikebook as sb
start = time.perf_counter()
sb.simulate(sb.hodgkin_huxley.MODEL, current=10.0, duration=1000.0)
print(time.perf_counter() - start)
"""


def first_call(repeats=3):
    """Seconds of the first `simulate` in a fresh process: with empty caches, and the median with warm ones."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", FIRST_CALL]
    with tempfile.TemporaryDirectory() as folder:  # for Numba's cache, and Python's own
        environment |= {"XDG_CACHE_HOME": folder, "LOCALAPPDATA": folder, "PYTHONPYCACHEPREFIX": folder}
        runs = [
            subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            for _ in range(repeats + 1)
        ]
    cold, *warm = (float(run.stdout) for run in runs)
    return cold, statistics.median(warm)


if __name__ == "__main__":
    for method in BY_HAND:
        ours, by_hand = measure(method)
        print(
            f"{method:18} simulate {1e3 * ours:6.2f} ms   by hand {1e3 * by_hand:6.2f} ms   ratio {ours / by_hand:.2f}"
        )
    cold, warm = first_call()
    print(f"first call in a fresh process: {warm:.2f} s with warm caches, {cold:.2f} s with empty ones")
