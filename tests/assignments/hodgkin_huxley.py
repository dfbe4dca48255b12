"""The Hodgkin-Huxley neuron: right solutions and typical mistakes."""

from .classroom import Submission, cell_of, changes, only, put, replace, text_of, writes

POINTS = {
    "rates": 10, "gates": 10, "currents": 12, "slopes": 10, "run": 16, "threshold": 12, "axon": 16, "curve": 8,
}  # fmt: skip


# A right solution that shares no line with ours.

OTHERWISE = {
    "rates": """
import math
def linoid(a, x, c):
    u = x / c
    if abs(u) < 1e-5:
        return a * c * (1 + u / 2)
    return a * x / (1 - math.exp(-u))
six = (
    lambda v: linoid(0.01, v + 55, 10), lambda v: math.exp(-(v + 65) / 80) / 8,
    lambda v: linoid(0.1, v + 40, 10), lambda v: 4 / math.exp((v + 65) / 18),
    lambda v: 0.07 * math.exp(-0.05 * (v + 65)), lambda v: (1 + math.exp(-0.1 * (v + 35))) ** -1,
)
def rates(V):
    if np.ndim(V) == 0:
        return [f(V) for f in six]
    return np.array([[f(v) for v in V] for f in six])
""",
    "gates": """
def settles(alpha, beta, celsius):
    a, b = (3.0 ** (0.1 * celsius - 0.63) * r for r in (alpha, beta))
    return np.array([a, 1]) / (a + b)
def gate_after(t, x_0, alpha, beta, celsius):
    end, tau = settles(alpha, beta, celsius)
    left = np.exp(-np.asarray(t) / tau)
    return left * x_0 + (1 - left) * end
def rates_from(x_inf, tau, celsius):
    fast = np.exp(np.log(3) * (celsius - 6.3) / 10)
    a = x_inf / tau
    return [a / fast, (1 / tau - a) / fast]
""",
    "currents": """
def currents(V, n, m, h, E_K=-77.0):
    batteries = np.array([50.0, E_K, -54.387])
    return np.array([120 * m * m * m * h, 36 * (n * n) ** 2, 0.3]) * (V - batteries)
def rest(settle, E_K):
    low, high, step = -100.0, -30.0, 7.0
    while step > 1e-3:
        for V in np.arange(low, high + step, step):
            if np.sum(currents(V, *settle(V), E_K)) > 0:
                break
        low, high, step = V - step, V, step / 10
    return np.float64(V)
""",
    "slopes": """
def slopes(V, n, m, h, I, currents, rates, celsius=6.3, C=1.0):
    r = list(rates(V))
    out = [(-sum(currents(V, n, m, h)) + I) / C]
    for x, a, b in zip((n, m, h), r[0::2], r[1::2]):
        tau = 3 ** (0.63 - celsius / 10) / (a + b)
        out.append((a / (a + b) - x) / tau)
    return out
""",
    "run": """
def run(slopes, start, current, duration, dt):
    y, n = np.array(start, float), int(round(duration / dt))
    out = [y[0]]
    for k in range(n):
        I = [current((k + part) * dt) for part in (0, 0.5, 1)]
        k1 = np.array(slopes(*y, I[0]))
        k2 = np.array(slopes(*(y + 0.5 * dt * k1), I[1]))
        k3 = np.array(slopes(*(y + 0.5 * dt * k2), I[1]))
        k4 = np.array(slopes(*(y + dt * k3), I[2]))
        y = y + dt * (k1 + 2 * k2 + 2 * k3 + k4) / 6
        out += [y[0]]
    return [k * dt for k in range(n + 1)], out
def spike_times(t, V):
    found = []
    for k in range(len(V) - 1):
        if V[k] < 0 <= V[k + 1]:
            found.append(t[k] - V[k] * (t[k + 1] - t[k]) / (V[k + 1] - V[k]))
    return found
""",
    "threshold": """
def halve(test, high):
    low = 0.0
    while high - low > 2e-4 * high:
        mid = 0.5 * (low + high)
        if test(mid):
            high = mid
        else:
            low = mid
    return mid
def threshold_charge(fires, width):
    top = 1.0
    while not fires(top, width):
        top *= 2
    return width * halve(lambda s: fires(s, width), top)
def chronaxie(fires, rheobase):
    return halve(lambda w: fires(rheobase + rheobase, w), 20.0)
""",
    "axon": """
axon = lab.Axon(student_id)
def mean(V, n, **how):
    return np.mean([axon.clamp(V, **how)[1] for _ in range(n)], axis=0)
low, high = (mean(V, 10, holding=V).mean() for V in (-150, -100))
mine = {"g_L": (high - low) / 50}
mine["E_L"] = -100 - high / mine["g_L"]
K = mean(150, 2, holding=150, TTX=True).mean() - mine["g_L"] * (150 - mine["E_L"])
mine["g_K"] = K / (150 + 77)
fast = []
for V in range(20, 81, 5):
    I = mean(V, 4, duration=3, holding=-120) - mean(V, 4, duration=3, holding=-120, TTX=True)
    fast.append(I[20:50].mean())
k = np.flatnonzero(np.array(fast) < 0)[-1]
mine["E_Na"] = 20 + 5 * (k + fast[k] / (fast[k] - fast[k + 1]))
t = axon.clamp(-20, 8, holding=-120)[0]
G = (mean(-20, 8, duration=8, holding=-120) - mean(-20, 8, duration=8, holding=-120, TTX=True)) / (-20 - mine["E_Na"])
top = np.argsort(G)[-40:]
mine["g_Na"] = G[top].mean() / lab.open_part("Na", t, -20, -120)[top].mean()
""",
    "curve": """
axon = lab.Axon(student_id)
levels = list(range(-60, 90, 10))
fig = plt.figure()
E, L = np.zeros(15), np.zeros(15)
for i, V in enumerate(levels):
    both = [axon.clamp(V, 20, -80, block)[1] for block in (False, True)]
    d = both[0] - both[1]
    E[i] = d.min() if -d.min() > d.max() else d.max()
    L[i] = both[0][-1]
plt.axhline(0)
plt.scatter(levels, E)
plt.bar(levels, L, width=5)
plt.xlabel("V / mV")
plt.ylabel(r"I in $\\mu$A/cm$^2$")
iv_figure = fig
most_inward = levels[int(E.argmin())]
""",
    "explain": "At 90 µA/cm² the voltage swings below 0 mV; at 170 it stands still, since $h$ is small. $a<b$",
}


def writes_after(task, line):
    """The edit that adds a last line to a solution."""
    return lambda notebook: put(notebook, task, f"{text_of(cell_of(notebook, task))}\n{line}\n")


# Handed in by somebody who had not seen the tests.

FRESH = {
    "rates": '''
def rates(V):
    """Opening and closing rates of n, m and h (1/ms) at V (mV)."""
    V = np.asarray(V, dtype=float)

    def bent(u):  # u / (1 - exp(-u)), 1 at u = 0
        hole = u == 0
        safe = np.where(hole, 1.0, u)
        return np.where(hole, 1.0, safe / -np.expm1(-safe))

    alpha_n = 0.1 * bent((V + 55) / 10)
    beta_n = 0.125 * np.exp(-(V + 65) / 80)
    alpha_m = bent((V + 40) / 10)
    beta_m = 4 * np.exp(-(V + 65) / 18)
    alpha_h = 0.07 * np.exp(-(V + 65) / 20)
    beta_h = 1 / (1 + np.exp(-(V + 35) / 10))
    return alpha_n, beta_n, alpha_m, beta_m, alpha_h, beta_h
''',
    "gates": '''
def phi(celsius):
    return 3 ** ((celsius - 6.3) / 10)


def settles(alpha, beta, celsius):
    """Steady value and time constant (ms)."""
    return alpha / (alpha + beta), 1 / (phi(celsius) * (alpha + beta))


def gate_after(t, x_0, alpha, beta, celsius):
    """The gate's x at t (ms) after it was x_0."""
    x_inf, tau = settles(alpha, beta, celsius)
    return x_inf + (x_0 - x_inf) * np.exp(-np.asarray(t) / tau)


def rates_from(x_inf, tau, celsius):
    """alpha and beta (1/ms) at 6.3 °C, from x_inf and tau (ms) at another temperature."""
    return x_inf / tau / phi(celsius), (1 - x_inf) / tau / phi(celsius)
''',
    "currents": '''
def currents(V, n, m, h, E_K=-77.0):
    """Sodium, potassium and leak current (uA/cm2) at V (mV)."""
    return g_Na * m**3 * h * (V - E_Na), g_K * n**4 * (V - E_K), g_L * (V - E_L)


def rest(settle, E_K):
    """The voltage (mV) at which the currents of the settled membrane cancel."""
    low, high = -100.0, -30.0
    while high - low > 1e-6:
        V = (low + high) / 2
        if sum(currents(V, *settle(V), E_K)) > 0:
            high = V
        else:
            low = V
    return (low + high) / 2
''',
    "slopes": '''
def slopes(V, n, m, h, I, currents, rates, celsius=6.3, C=1.0):
    """dV/dt (mV/ms), dn/dt, dm/dt and dh/dt (1/ms)."""
    I_Na, I_K, I_L = currents(V, n, m, h)
    a_n, b_n, a_m, b_m, a_h, b_h = rates(V)
    phi = 3 ** ((celsius - 6.3) / 10)
    return (
        (I - I_Na - I_K - I_L) / C,
        phi * (a_n * (1 - n) - b_n * n),
        phi * (a_m * (1 - m) - b_m * m),
        phi * (a_h * (1 - h) - b_h * h),
    )
''',
    "run": '''
def run(slopes, start, current, duration, dt):
    """t (ms) and V (mV) from `start` at t = 0, under current(t) in uA/cm2."""
    steps = round(duration / dt)
    t = dt * np.arange(steps + 1)
    state = np.array(start, dtype=float)
    V = np.empty(steps + 1)
    V[0] = state[0]
    for k in range(steps):
        state = state + dt * np.array(slopes(*state, current(t[k])))
        V[k + 1] = state[0]
    return t, V


def spike_times(t, V):
    """The times (ms) at which V crosses 0 mV upward."""
    t, V = np.asarray(t), np.asarray(V)
    return t[1:][(V[:-1] < 0) & (V[1:] >= 0)]
''',
    "threshold": '''
def bisect(succeeds, low, high, steps):
    for _ in range(steps):
        middle = (low + high) / 2
        if succeeds(middle):
            high = middle
        else:
            low = middle
    return high


def threshold_charge(fires, width):
    """The charge (nC/cm2) of the weakest pulse of `width` ms that fires."""
    return width * bisect(lambda strength: fires(strength, width), 0, 1000, 40)


def chronaxie(fires, rheobase):
    """The chronaxie (ms) of a neuron with this rheobase (uA/cm2)."""
    return bisect(lambda width: fires(2 * rheobase, width), 0.01, 20, 30)
''',
    "axon": """
axon = lab.Axon(student_id)
mine = {}

# The leak: steps down from -120 mV, every gate shut, sodium poisoned.
down = np.arange(-140, -91, 8)
levels_of_leak = [axon.clamp(V, duration=100, holding=-120, TTX=True)[1].mean() for V in down]
mine["g_L"], offset = np.polyfit(down, levels_of_leak, 1)
mine["E_L"] = -offset / mine["g_L"]


def leak(V):
    return mine["g_L"] * (V - mine["E_L"])


# Potassium: the late current under TTX, over the open part and the driving force.
found = []
for V in (0, 20, 40, 60):
    t, I = axon.clamp(V, TTX=True)
    late = t > 5
    found.append(np.mean((I - leak(V))[late] / (lab.open_part("K", t, V, -80)[late] * (V + 77))))
mine["g_K"] = np.mean(found)

# Sodium: sea water less TTX, divided by the open part where that is large, is a line in V.
up = np.arange(0, 101, 10)
per_open = []
for V in up:
    t, sea = axon.clamp(V, duration=5)
    TTX = axon.clamp(V, duration=5, TTX=True)[1]
    part = lab.open_part("Na", t, V, -80)
    per_open.append(np.sum((sea - TTX) * part) / np.sum(part**2))
mine["g_Na"], offset = np.polyfit(up, per_open, 1)
mine["E_Na"] = -offset / mine["g_Na"]
""",
    "curve": """
axon = lab.Axon(student_id)
levels = np.arange(-60, 81, 10)
early, late = [], []
for V in levels:
    t, sea = axon.clamp(V, 20, -80)
    t, poisoned = axon.clamp(V, 20, -80, TTX=True)
    I_Na = sea - poisoned
    early.append(I_Na[np.argmax(np.abs(I_Na))])
    late.append(sea[-1])
most_inward = levels[np.argmin(early)]

iv_figure, ax = plt.subplots()
ax.axhline(0, color="grey", lw=0.5)
ax.plot(levels, early, "o-", label="early: largest sodium current")
ax.plot(levels, late, "s-", label="late: at 20 ms")
ax.set_xlabel("V (mV)")
ax.set_ylabel("current (µA/cm²)")
ax.legend()
""",
}

ARRAYS = {
    "rates": """
def rates(V):
    V = 1.0 * np.array(V)
    u = np.stack([(V + 55) / 10, (V + 40) / 10])
    near = np.abs(u) < 1e-3
    bent = np.where(near, 1 + u / 2 + u**2 / 12, u / (1 - np.exp(-np.where(near, 1.0, u))))
    return np.array([
        bent[0] / 10,
        np.exp(-(V + 65) / 80) / 8,
        bent[1],
        4 * np.exp(-(V + 65) / 18),
        0.07 * np.exp(-(V + 65) / 20),
        0.5 * (1 + np.tanh((V + 35) / 20)),
    ])
""",
    "gates": """
def settles(alpha, beta, celsius):
    warm = 3.0 ** (0.1 * celsius - 0.63) * np.array([alpha, beta])
    return np.array([warm[0] / warm.sum(0), 1 / warm.sum(0)])


def gate_after(t, x_0, alpha, beta, celsius):
    end, tau = settles(alpha, beta, celsius)
    left = np.exp(np.divide(t, -tau))
    return left * x_0 + (1 - left) * end


def rates_from(x_inf, tau, celsius):
    total = np.exp(-np.log(3) * (celsius - 6.3) / 10) / tau
    alpha = x_inf * total
    return [alpha, total - alpha]
""",
    "currents": """
from scipy.optimize import brentq


def currents(V, n, m, h, E_K=-77.0):
    G = np.array([120 * m**3 * h, 36 * n**4, 0.3 * np.ones_like(n * 1.0)])
    return (G.T * (np.multiply.outer(V, np.ones(3)) - [50.0, E_K, -54.387])).T


def rest(settle, E_K):
    return brentq(lambda V: np.sum(currents(V, *settle(V), E_K=E_K)), -100, -30)
""",
    "slopes": """
def slopes(V, n, m, h, I, currents, rates, celsius=6.3, C=1.0):
    x = np.array([n, m, h])
    opening, closing = np.reshape(rates(V), (3, 2)).T * 3 ** ((celsius - 6.3) / 10)
    return [(I - np.sum(currents(V, n, m, h))) / C, *(opening - (opening + closing) * x)]
""",
    "run": """
def run(slopes, start, current, duration, dt):
    f = lambda t, y: np.array(slopes(y[0], y[1], y[2], y[3], current(t)))
    y, rows = np.array(start, float), []
    t = np.linspace(0, duration, int(round(duration / dt)) + 1)
    for now in t:
        rows.append(y[0])
        k1 = f(now, y)
        k2 = f(now + dt / 2, y + dt / 2 * k1)
        k3 = f(now + dt / 2, y + dt / 2 * k2)
        k4 = f(now + dt, y + dt * k3)
        y = y + dt * (k1 + 2 * k2 + 2 * k3 + k4) / 6
    return t, np.array(rows)


def spike_times(t, V):
    found = []
    for k in range(1, len(V)):
        if V[k - 1] < 0 <= V[k]:
            found.append(t[k - 1] + (t[k] - t[k - 1]) * V[k - 1] / (V[k - 1] - V[k]))
    return found
""",
    "threshold": """
def threshold_charge(fires, width, low=0.0, high=1000.0):
    if high - low < 1e-4 * high:
        return high * width
    middle = (low + high) / 2
    return threshold_charge(fires, width, low, middle) if fires(middle, width) else threshold_charge(fires, width, middle, high)


def chronaxie(fires, rheobase):
    low, high = 0.01, 20.0
    while high / low > 1.0005:
        middle = np.sqrt(low * high)
        low, high = (low, middle) if fires(2 * rheobase, middle) else (middle, high)
    return np.sqrt(low * high)
""",
    "axon": """
axon = lab.Axon(student_id)
rows, measured = [], []
for V in (-130, -110, -95, -50, -35, -20, 0, 15, 30, 50, 70, 90):
    for TTX in (False, True):
        for _ in range(3):
            t, I = axon.clamp(V, 15, holding=-90, TTX=TTX)
            Na = lab.open_part("Na", t, V, -90) * (not TTX)
            K = lab.open_part("K", t, V, -90)
            rows.append(np.stack([V * np.ones(t.size), np.ones(t.size), K * (V + 77), Na * V, Na]).T)
            measured.append(I)
a, *_ = np.linalg.lstsq(np.concatenate(rows), np.concatenate(measured), rcond=None)
mine = dict(g_L=a[0], E_L=-a[1] / a[0], g_K=a[2], g_Na=a[3], E_Na=-a[4] / a[3])
""",
    "curve": """
axon = lab.Axon(student_id)
levels = np.arange(-60, 81, 10)
sea = np.array([np.mean([axon.clamp(V)[1] for _ in range(4)], axis=0) for V in levels])
TTX = np.array([np.mean([axon.clamp(V, TTX=True)[1] for _ in range(4)], axis=0) for V in levels])
sodium = sea - TTX
which = np.abs(sodium).argmax(axis=1)
early = np.take_along_axis(sodium, which[:, None], 1)[:, 0]
late = sea[:, -5:].mean(axis=1)
iv_figure = plt.figure()
plt.plot(levels, np.column_stack([late, early]), ".")
plt.xlabel("membrane potential [mV]")
plt.ylabel("clamp current, late and early [uA/cm2]")
plt.grid()
most_inward = float(levels[early == early.min()][0])
""",
}

PLAIN = {
    "rates": """
import math


def _bent(u):
    return 1.0 if u == 0 else u / -math.expm1(-u)


def _one(V):
    return (
        0.1 * _bent((V + 55) / 10),
        0.125 * math.exp(-(V + 65) / 80),
        _bent((V + 40) / 10),
        4 * math.exp(-(V + 65) / 18),
        0.07 * math.exp(-(V + 65) / 20),
        1 / (1 + math.exp(-(V + 35) / 10)),
    )


def rates(V):
    if np.ndim(V) == 0:
        return _one(float(V))
    return [np.array(column).reshape(np.shape(V)) for column in zip(*(_one(v) for v in np.ravel(V)))]
""",
    "currents": """
def currents(V, n, m, h, E_K=-77.0):
    I_L = (V - -54.387) * 0.3
    return [g_Na * m * m * m * h * (V - E_Na), g_K * pow(n, 4) * (V - E_K), I_L]


def rest(settle, E_K):
    low, step = -100.0, 10.0
    while step > 1e-5:
        while sum(currents(low + step, *settle(low + step), E_K)) < 0:
            low += step
        step /= 10
    return low
""",
    "slopes": """
def slopes(V, n, m, h, I, currents, rates, celsius=6.3, C=1.0):
    r = rates(V)
    out = {"V": (I - sum(currents(V, n, m, h))) / C}
    for x, name, a, b in zip((n, m, h), "nmh", r[::2], r[1::2]):
        tau = 1 / (a + b) / 3 ** ((celsius - 6.3) / 10)
        out[name] = (a / (a + b) - x) / tau
    return tuple(out.values())
""",
    "run": """
def run(slopes, start, current, duration, dt):
    V, n, m, h = start
    times, voltages = [0.0], [V]
    for k in range(1, int(duration / dt + 0.5) + 1):
        dV, dn, dm, dh = slopes(V, n, m, h, current((k - 1) * dt))
        V, n, m, h = V + dt * dV, n + dt * dn, m + dt * dm, h + dt * dh
        times.append(k * dt)
        voltages.append(V)
    return np.array([times, voltages])


def spike_times(t, V):
    up = np.diff(np.sign(np.sign(V) + 0.5)) > 0
    return (t[:-1][up] + t[1:][up]) / 2
""",
    "threshold": """
def threshold_charge(fires, width):
    low, high = 0.0, 1000.0 * width  # of the charge
    for _ in range(50):
        q = 0.5 * (low + high)
        if fires(q / width, width):
            high = q
        else:
            low = q
    return q


def chronaxie(fires, rheobase):
    def needed(width):
        return threshold_charge(fires, width) / width

    from scipy.optimize import bisect

    return bisect(lambda w: needed(w) - 2 * rheobase, 0.01, 20, rtol=1e-5)
""",
    "axon": """
axon = lab.Axon(student_id)
from scipy.optimize import curve_fit

down = [axon.clamp(V, 100, holding=V, TTX=True)[1].mean() for V in (-120, -100)]
gl = (down[1] - down[0]) / 20
El = -100 - down[1] / gl

t, I = axon.clamp(60.0, 50, holding=-90, TTX=True)
gk = np.dot(I - gl * (60 - El), p := lab.open_part("K", t, 60, -90) * 137) / np.dot(p, p)

def sodium(V):
    diff = sum(axon.clamp(V, 4, -100)[1] - axon.clamp(V, 4, -100, TTX=True)[1] for _ in range(20)) / 20
    p = lab.open_part("Na", t[: diff.size], V, -100)
    return p @ diff / (p @ p)

lo, hi = 20.0, 90.0
for _ in range(10):
    mid = (lo + hi) / 2
    lo, hi = (mid, hi) if sodium(mid) < 0 else (lo, mid)
mine = {"E_Na": mid, "g_Na": sodium(0) / -mid, "g_K": gk, "g_L": gl, "E_L": El}
""",
    "curve": """
axon = lab.Axon(student_id)
levels = np.arange(-60, 81, 10)
iv_figure, axis = plt.subplots(figsize=(9, 4))
first, last = {}, {}
for V in levels.tolist():
    with_sodium, without = axon.clamp(V)[1], axon.clamp(V, TTX=True)[1]
    difference = np.convolve(with_sodium - without, np.ones(3) / 3, mode="valid")
    first[V] = max(difference, key=abs)
    last[V] = np.mean(with_sodium[-20:])
axis.bar(list(first), list(first.values()), width=4, label="early")
axis.bar([V + 0.0 for V in last], list(last.values()), width=2, label="late")
axis.set(xlabel="voltage of the step, mV", ylabel="early and late current, μA/cm²", title="I-V")
most_inward = min(first, key=first.get)
""",
}


CHAPTER = """
from math import exp
def rates(V):
    alpha_n = 0.01 * (V + 55) / (1 - exp(-(V + 55) / 10))
    beta_n = 0.125 * exp(-(V + 65) / 80)
    alpha_m = 0.1 * (V + 40) / (1 - exp(-(V + 40) / 10))
    beta_m = 4 * exp(-(V + 65) / 18)
    alpha_h = 0.07 * exp(-(V + 65) / 20)
    beta_h = 1 / (1 + exp(-(V + 35) / 10))
    return alpha_n, beta_n, alpha_m, beta_m, alpha_h, beta_h
"""

GRID = """
def rest(settle, E_K):
    tried = np.arange(-100, -30, 0.1)
    total = [abs(sum(currents(V, *settle(V), E_K))) for V in tried]
    return tried[np.argmin(total)]
"""


def fresh(task, *pairs):
    """The edit that puts FRESH's solution of a task in place, with each pair's second text for its first."""

    def edit(notebook):
        put(notebook, task, FRESH[task])
        replace(notebook, task, *pairs)

    return edit


CLASS = [
    # Honest work.
    Submission("reference"),
    Submission("blank", start="blank", earned={}),
    Submission("half", only(POINTS, "gates", "currents", "run"), earned={"gates": 10, "currents": 12, "run": 16}),
    Submission("otherwise", writes(OTHERWISE)),
    # Typical mistakes.
    Submission(
        "inward",
        changes(
            "currents",
            ("(V - E_", "(E_"),
            ("Na)", "Na - V)"),
            ("E_K)\n", "E_K - V)\n"),
            ("E_L)", "E_L - V)"),
            ("sum(", "-sum("),
        ),
        {"currents": 7},
        says="outward is positive",
        hinted=True,
    ),
    Submission(
        "frozen",
        changes("currents", ("*settle(V)", "*settle(-65.0)")),
        {"currents": 4},
        says="they settle at each voltage anew",
        hinted=True,
    ),
    Submission(
        "shut",
        changes("slopes", ("(1 - n) - beta_n * n", "n - beta_n * (1 - n)"), (" / C", "")),
        {"slopes": 5},
        says="alpha goes with 1 - x",
        hinted=True,
    ),
    Submission(
        "once",
        changes("run", ("current(now)", "current(0.0)")),
        {"run": 6},
        says="Is `current` asked in ms, and",
        hinted=True,
    ),
    Submission(
        "strength",
        changes("threshold", ("return high * width", "return high")),
        {"threshold": 6},
        says="its charge is asked for",
        hinted=True,
    ),
    Submission(
        "sea",
        changes(
            "axon",
            (" - axon.clamp(V, 5, TTX=True)[1]", ""),
            ("np.sum(I_Na * m3h) / np.sum(m3h**2)", "I_Na[10:40].mean()"),
            ('mine["E_Na"] = -offset / mine["g_Na"]', 'mine["E_Na"] = np.interp(0, driven, up)'),
        ),
        {"axon": 7},
        says="what is sodium",
    ),
    Submission(
        "unsubtracted",
        changes(
            "curve",
            (" - axon.clamp(V, TTX=True)[1]", ""),
            ("I_Na[np.argmax(np.abs(I_Na))]", "I_Na.min()"),
            ("µA", "mA"),
        ),
        {"curve": 4},
        says="the most negative current of the whole record",
    ),
    Submission(
        "index",
        changes("curve", ("levels[np.argmin(early)]", "np.argmin(early)")),
        {"curve": 2},
        says="That is a place in the list",
        hinted=True,
    ),
    # Handed in by somebody who had not seen the tests.
    Submission("chapter", writes({"rates": CHAPTER}), {"rates": 4}, says="does not take an array", hinted=True),
    Submission(
        "order",
        fresh(
            "rates",
            ("alpha_n, beta_n, alpha_m, beta_m, alpha_h, beta_h", "alpha_n, alpha_m, alpha_h, beta_n, beta_m, beta_h"),
        ),
        {"rates": 9},
        says="n's two rates, then m's, then h's",
        hinted=True,
    ),
    Submission(
        "celsius",
        fresh("gates", ("(celsius - 6.3) / 10", "celsius / 10")),
        {"gates": 8},
        says="from where is the temperature counted?",
        hinted=True,
    ),
    Submission("grid", writes_after("currents", GRID), {"currents": 5}, says="search in finer steps"),
    Submission(
        "swapped",
        fresh("slopes", ("(I - I_Na - I_K - I_L) / C", "phi * (I - I_Na - I_K - I_L)")),
        {"slopes": 3},
        says="and not the capacitor",
        hinted=True,
    ),
    Submission(
        "short",
        fresh(
            "run",
            ("steps = round(duration / dt)", "steps = round(duration / dt) - 1"),
            ("t[1:][(V[:-1] < 0) & (V[1:] >= 0)]", "t[1:-1][(V[1:-1] > 0) & (V[1:-1] > V[:-2]) & (V[1:-1] >= V[2:])]"),
        ),
        {"run": 6},
        says="That is where V is highest",
        hinted=True,
    ),
    Submission(
        "hundred",
        fresh("threshold", ("0, 1000, 40", "0, 100, 40")),
        {"threshold": 2},
        says="a strength above 100 uA/cm2",
        hinted=True,
    ),
    Submission(
        "halvings",
        fresh("threshold", ("0, 1000, 40", "0, 1000, 12")),
        {"threshold": 4},
        says="Is the last interval small",
    ),
    Submission(
        "weiss",
        fresh(
            "threshold",
            (
                "bisect(lambda width: fires(2 * rheobase, width), 0.01, 20, 30)",
                "threshold_charge(fires, 0.01) / rheobase",
            ),
        ),
        {"threshold": 4},
        says="in one formula only",
        hinted=True,
    ),
    Submission(
        "elsewhere",
        fresh("axon", ("t, V, -80)", "t, V, -65)")),
        {"axon": 3},
        says="held where `open_part` is told",
    ),
    Submission(
        "leaky",
        fresh("axon", ("np.arange(-140, -91, 8)", "np.arange(-70, -49, 4)"), ("holding=-120", "holding=-80")),
        {"axon": 9},
        says="Are potassium channels open where the leak is measured?",
        hinted=True,
    ),
    Submission(
        "held",
        fresh("curve", ("axon.clamp(V, 20, -80", "axon.clamp(V, 20, -65")),
        {"curve": 3},
        says="The axon was held elsewhere",
    ),
    Submission("arrays", writes(ARRAYS)),
    Submission("plain", writes(PLAIN)),
    Submission("neighbour", claims="reference", lost={"axon": 16, "curve": 5}, says="not the id under which"),
]
