"""The Hodgkin-Huxley neuron: right solutions and typical mistakes."""

from .classroom import Submission, cell_of, changes, only, put, text_of, writes

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


PLAIN_FIELD = """    def field(u):  # u / (1 - exp(-u))
        safe = np.where(u == 0, 1.0, u)
        return np.where(u == 0, 1.0, -safe / np.expm1(-safe))
"""

CLASS = [
    # Honest work.
    Submission("reference"),
    Submission("blank", start="blank", earned={}),
    Submission("half", only(POINTS, "gates", "currents", "run"), earned={"gates": 10, "currents": 12, "run": 16}),
    Submission("otherwise", writes(OTHERWISE)),
    # Typical mistakes.
    Submission(
        "printed",
        changes("rates", (PLAIN_FIELD, "    def field(u):\n        return u / (1 - np.exp(-u))\n")),
        {"rates": 3},
        says="0/0 where its formula has a hole",
        hinted=True,
    ),
    Submission(
        "tenfold",
        changes("gates", ("((celsius - 6.3) / 10)", "(celsius - 6.3)")),
        {"gates": 6},
        says="a factor of 3 for every ten degrees",
        hinted=True,
    ),
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
        "warm",
        changes("slopes", ("dV = (I", "dV = phi * (I")),
        {"slopes": 1},
        says="and not the capacitor",
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
        says="Is `current` asked in ms?",
        hinted=True,
    ),
    Submission(
        "both",
        changes("run", ("(V[:-1] < 0) & (V[1:] >= 0)", "(V[:-1] < 0) != (V[1:] < 0)")),
        {"run": 4},
        says="Crossings downward are counted",
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
        "rheobase",
        changes("threshold", ("2 * rheobase", "rheobase")),
        {"threshold": 4},
        says="the rheobase itself is enough",
        hinted=True,
    ),
    Submission(
        "largest",
        writes_after("axon", 'mine["g_Na"] = np.max(I_Na / (V - mine["E_Na"]))'),
        {"axon": 3},
        says="the conductance never comes to g_Na itself",
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
    Submission("neighbour", claims="reference", lost={"axon": 16, "curve": 5}, says="not the id under which"),
]
