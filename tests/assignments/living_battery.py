"""Living battery: right solutions and typical mistakes."""

from .classroom import Submission, changes, only, writes

POINTS = {
    "nernst": 12, "currents": 10, "rest": 14, "ions": 10, "fire": 16, "poisson": 12, "tuning": 8, "membrane": 12,
}  # fmt: skip


# A right solution that shares no line with ours.

OTHERWISE = {
    "nernst": """
from math import log
def nernst(z, outside, inside, celsius):
    T = 273.15 + celsius
    volts = (R / F) * (T / z) * (log(outside) - log(inside))
    return volts / 1e-3
""",
    "currents": """
ion_current = lambda g, V, E: -g * (E - V)
def ion_moves(z, V, E):
    push = (V > E) - (V < E)
    return {0: "nowhere", 1: "out", -1: "in"}[push * (1 if z > 0 else -1)]
""",
    "rest": """
def goldman(P, outside, inside, RT_F):
    near = {"K": outside, "Na": outside, "Cl": inside}
    far = {"K": inside, "Na": inside, "Cl": outside}
    a, b = (sum(P[i] * side[i][i] for i in ("K", "Na", "Cl")) for side in (near, far))
    return float(RT_F * (np.log(a) - np.log(b)))
def chord(g, E):
    names = list(g)
    return np.average([E[n] for n in names], weights=[g[n] for n in names])
""",
    "ions": """
def ions_per_um2(change, C):
    return change * C * 1e-17 / 1.602e-19
def share_moved(per_um2, radius, concentration):
    inside = concentration * 6.022e23 * 1e-18 * (4 * np.pi / 3) * radius ** 3
    return per_um2 * np.pi * (2 * radius) ** 2 / inside
""",
    "fire": """
def fire(current, duration, dt, C, g, E, threshold, reset):
    Vs, times, v, n = [E], [], E, int(round(duration / dt))
    for k in range(n):
        v = v + dt / C * (current + g * (E - v))
        if not v < threshold:
            times += [(k + 1) * dt]
            v = reset
        Vs.append(v)
    return Vs, np.array(times)
""",
    "poisson": """
def poisson_train(rate, duration, rng):
    times, t = [], rng.exponential(1000 / rate)
    while t < duration:
        times.append(t)
        t += rng.exponential(1000 / rate)
    return times
def rate_and_cv(times, duration):
    gaps = [b - a for a, b in zip(times[:-1], times[1:])]
    mean = sum(gaps) / len(gaps)
    return np.array([1e3 * len(times) / duration, (sum((x - mean) ** 2 for x in gaps) / len(gaps)) ** 0.5 / mean])
""",
    "tuning": """
angles, counts = lab.recording(student_id)
tuning_figure = plt.figure()
plt.errorbar(angles, 2 * np.mean(counts, 0), yerr=2 * np.std(counts, 0) / 20**0.5, fmt="s")
plt.xlabel(r"angle ($^\\circ$)"); plt.ylabel("mean rate / Hz")
preferred = int(angles[counts.sum(0).argmax()])
""",
    "membrane": """
membrane = lab.Membrane(student_id)
t, quiet = membrane.respond(0, 2000)
E_L = np.median(quiet)
ends, rises = [], []
for I in (-3, -1.5, 1.5, 3):
    t, V = membrane.respond(I, 1000)
    ends.append(V[-3000:].mean() - E_L)
    late = (t > 20) & (t < 26)
    y = np.log(np.clip(1 - (V[late] - E_L) / ends[-1], 1e-3, None))
    rises.append(-1 / np.polyfit(t[late], y, 1)[0])
g_L = 1 / np.polyfit([-3, -1.5, 1.5, 3], ends, 1)[0]
C = np.mean(rises) * g_L
""",
    "explain": "Potassium outside rises, so its Nernst potential rises, too. $a<b$",
}


# Handed in by somebody who had not seen the tests: two other right ways, and mistakes at the end of the class.

FORMULAS = {
    "nernst": """
def nernst(z, outside, inside, celsius):
    from math import log
    return -(log(inside) - log(outside)) * (R * (celsius + 273.15)) / (z * F) * 1000.0
""",
    "currents": """
def ion_current(g, V, E):
    driving = np.subtract(V, E)
    return np.multiply(g, driving)


def ion_moves(z, V, E):
    return ["nowhere", "out", "in"][int(np.sign(z) * np.sign(V - E))]
""",
    "rest": """
def goldman(P, outside, inside, RT_F):
    def net(V):  # bisection: the sign of the net outward current of constant fields
        x = np.exp(V / RT_F)
        top = sum(P[ion] * (inside[ion] * x - outside[ion]) for ion in ("K", "Na"))
        return top + P["Cl"] * (outside["Cl"] * x - inside["Cl"])

    low, high = -500.0, 500.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if net(middle) > 0 else (middle, high)
    return (low + high) / 2


def chord(g, E):
    names = sorted(g)
    return float(np.average([E[n] for n in names], weights=[g[n] for n in names]))
""",
    "ions": """
def ions_per_um2(change, C):
    return C * change * 10 / (e * 1e18)


def share_moved(per_um2, radius, concentration):
    return 3 * per_um2 / radius / (concentration * avogadro * 1e-18)
""",
    "fire": """
def fire(current, duration, dt, C, g, E, threshold, reset):
    steps = int(round(duration / dt))
    V = np.full(steps + 1, float(E))
    spiked = np.zeros(steps + 1, bool)
    a = 1 - g * dt / C
    b = (current + g * E) * dt / C
    for k in range(steps):
        V[k + 1] = a * V[k] + b
        if V[k + 1] >= threshold:
            spiked[k + 1] = True
            V[k + 1] = reset
    return [list(V), np.flatnonzero(spiked) * dt]
""",
    "poisson": """
def poisson_train(rate, duration, rng):
    n = rng.poisson(rate * duration / 1000)
    return np.sort(rng.uniform(0, duration, n))


def rate_and_cv(times, duration):
    ordered = np.sort(np.asarray(times, float))
    gaps = ordered[1:] - ordered[:-1]
    return [len(ordered) / (duration / 1000), gaps.std() / gaps.mean()]
""",
    "tuning": """
angles, counts = lab.recording(student_id)
rates = {int(a): 2 * sum(column) / len(column) for a, column in zip(angles, counts.T)}
plt.figure()
plt.scatter(list(rates), list(rates.values()))
plt.xlabel("orientation in deg")
plt.ylabel("rate / Hz")
plt.title("tuning")
tuning_figure = plt.gcf()
preferred = max(rates, key=rates.get)
""",
    "membrane": """
membrane = lab.Membrane(student_id)
steps = np.array([-3, -2, -1, 0, 1, 2, 3])
runs = np.array([membrane.respond(I, 500)[1] for I in steps])
t = membrane.respond(0, 500)[0]
slope, E_L = np.polyfit(steps, runs[:, t > 350].mean(axis=1), 1)
g_L = 1 / slope
per_step = np.polyfit(steps, runs, 1)[0]  # mV for 1 uA/cm2 at every moment
part = (t > 20.5) & (per_step < 0.9 * slope)
part &= t < t[np.argmax(per_step > 0.9 * slope)]
C = -g_L / np.polyfit(t[part], np.log(1 - per_step[part] / slope), 1)[0]
""",
}

CHAPTER = {
    "ions": """
def ions_per_um2(change, C):
    return round(1e-6 * C * change * 1e-3 / e / 1e8)


def share_moved(per_um2, radius, concentration):
    surface = 4 * np.pi * radius**2
    volume = 4 / 3 * np.pi * radius**3
    inside = concentration * 1e-3 * volume * 1e-15 * avogadro
    return per_um2 * surface / inside
""",
    "fire": """
def fire(current, duration, dt, C, g, E, threshold, reset):
    def walk(V, k, steps):
        while k < steps:
            k = k + 1
            V = V + dt * (current - g * (V - E)) / C
            yield k, V, V >= threshold
            V = reset if V >= threshold else V

    walked = list(walk(E, 0, round(duration / dt)))
    return [E] + [reset if up else V for _, V, up in walked], [k * dt for k, _, up in walked if up]
""",
    "poisson": '''
def poisson_train(rate, duration, rng):
    """The chapter's line."""
    r, dt = rate, 1
    fired = rng.random(int(duration) // dt) < r * dt / 1000
    return dt * np.flatnonzero(fired)


def rate_and_cv(times, duration):
    intervals = np.diff(times)
    return np.array([len(times) / duration * 1000, np.std(intervals) / np.mean(intervals)])
''',
    "tuning": """
angles, counts = lab.recording(student_id)
table = np.mean(counts, 0) * 2
error = np.std(counts, 0) * 2 / np.sqrt(20)
tuning_figure = plt.figure()
plt.errorbar(angles, table, error)
plt.gca().set(xlabel="Angle [degrees]", ylabel="Firing rate [Hz]")
preferred = int(angles[list(table).index(max(table))])
""",
    "membrane": """
from scipy.optimize import curve_fit

membrane = lab.Membrane(student_id)
t, V = membrane.respond(3, 400)


def curve(t, E, R_m, tau):
    return E + 3 * R_m * (1 - np.exp(-np.maximum(t - 20, 0) / tau))


(E_L, R_m, tau), _ = curve_fit(curve, t, V, (-65, 10, 10))
g_L = 1 / R_m
C = tau / R_m
""",
}

ZERO = """
membrane = lab.Membrane(student_id)
t, V = membrane.respond(2.0, 500)
E_L = V[:150].mean()
end = V[-1000:].mean()
g_L = 2.0 / (end - E_L)
tau = t[np.argmax(V > E_L + 0.632 * (end - E_L))]
C = tau * g_L
"""
HELD = """
        if spikes and k * dt - spikes[-1] < 2.0 - dt / 2:
            V[k] = reset
            continue
        V[k] ="""


CLASS = [
    # Honest work.
    Submission("reference"),
    Submission("blank", start="blank", earned={}),
    Submission("half", only(POINTS, "nernst", "currents", "fire"), earned={"nernst": 12, "currents": 10, "fire": 16}),
    Submission("otherwise", writes(OTHERWISE)),
    # Typical mistakes.
    Submission(
        "celsius",
        changes("nernst", ("celsius + 273.15", "celsius")),
        {"nernst": 12},
        says="the equation wants kelvin",
        hinted=True,
    ),
    Submission("volts", changes("nernst", ("1000 * ", "")), {"nernst": 12}, says="That is in volts", hinted=True),
    Submission("valence", changes("nernst", ("(z * F)", "F")), {"nernst": 6}, says="valence", hinted=True),
    Submission(
        "chloride",
        changes("rest", ('inside["Cl"]', "X"), ('outside["Cl"]', 'inside["Cl"]'), ("X", 'outside["Cl"]')),
        {"rest": 6},
        says="Chloride is negative",
        hinted=True,
    ),
    Submission("noreset", changes("fire", ("            V[k] = reset\n", "")), {"fire": 8}, says="V is never reset"),
    Submission("perms", changes("poisson", (" / 1000)", ")")), {"poisson": 6}, says="1000 times too many", hinted=True),
    Submission("counts", changes("tuning", (" / 0.5", ""), (" (Hz)", "")), {"tuning": 6}, says="a rate is per second"),
    Submission(
        "tau", changes("membrane", ("C = tau * g_L", "C = tau")), {"membrane": 4}, says="That is the time constant"
    ),
    Submission("neighbour", claims="reference", lost={"tuning": 6, "membrane": 12}, says="not the id under which"),
    # Handed in by somebody who had not seen the tests.
    Submission("formulas", writes(FORMULAS)),
    Submission("chapter", writes(CHAPTER)),
    Submission(
        "body",
        changes("nernst", ("1000 * R * kelvin / (z * F)", "26.7 / z")),
        {"nernst": 12},
        says="That is the potential at 37 °C",
        hinted=True,
    ),
    Submission(
        "words",
        changes("currents", ('"nowhere"', "0"), ('"out"', "1"), ('"in"', "-1")),
        {"currents": 6},
        says="not one of the words",
        hinted=True,
    ),
    Submission(
        "inward",
        changes("currents", ("V - E", "E - V")),
        {"currents": 9},
        says="positive when positive charge leaves",
        hinted=True,
    ),
    Submission(
        "keys",
        changes("rest", ("for ion in g) / sum(g.values())", 'for ion in ("K", "Na", "L")) / sum(g.values())')),
        {"rest": 3},
        says="chord looks for a key that is not there",
        hinted=True,
    ),
    Submission(
        "mean37",
        changes("rest", ("return RT_F", "return 26.7")),
        {"rest": 8},
        says="RT_F is given",
        hinted=True,
    ),
    Submission("microfarad", changes("ions", ("C * 1e-6", "1e-6")), {"ions": 5}, says="C is given", hinted=True),
    Submission(
        "square",
        changes("ions", ("per_um2 * 4 * np.pi * radius**2", "per_um2")),
        {"ions": 5},
        says="Those are the ions of one um2",
        hinted=True,
    ),
    Submission(
        "held",
        changes("fire", ("\n        V[k] =", HELD)),
        {"fire": 3},
        says="There is no refractory period here",
        hinted=True,
    ),
    Submission(
        "above",
        changes("fire", ("V[k] >= threshold", "V[k] > threshold")),
        {"fire": 1},
        says="V lands on the threshold",
        hinted=True,
    ),
    Submission(
        "equal",
        changes("poisson", ("rng.poisson(rate * duration / 1000)", "round(rate * duration / 1000)")),
        {"poisson": 2},
        says="equally many spikes",
        hinted=True,
    ),
    Submission(
        "inplace",
        changes(
            "poisson",
            ("intervals = np.diff", "times = np.asarray(times)\n    times /= 1000\n    intervals = np.diff"),
        ),
        {"poisson": 1},
        says="changes the array that it was given",
        hinted=True,
    ),
    Submission("zero", writes({"membrane": ZERO}), {"membrane": 4}, says="Time counts from the step", hinted=True),
    Submission(
        "hasty",
        changes("membrane", ("respond(2.0, 400.0)", "respond(2.0, 50.0)"), ("300", "45")),
        {"membrane": 8},
        says="Had V settled where you read it",
    ),
    Submission(
        "unfilled", claims="your id", lost={"tuning": 6, "membrane": 8}, says="not the id under which"
    ),  # C is alike
]
