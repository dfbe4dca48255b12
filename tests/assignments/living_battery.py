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
    Submission(
        "upside",
        changes("nernst", ("outside / inside", "inside / outside")),
        {"nernst": 12},
        says="The sign is wrong",
        hinted=True,
    ),
    Submission("volts", changes("nernst", ("1000 * ", "")), {"nernst": 12}, says="That is in volts", hinted=True),
    Submission("valence", changes("nernst", ("(z * F)", "F")), {"nernst": 6}, says="valence", hinted=True),
    Submission(
        "inward",
        changes("currents", ("g * (V - E)", "g * (E - V)")),
        {"currents": 4},
        says="positive when positive charge leaves",
        hinted=True,
    ),
    Submission(
        "anions",
        changes("currents", ("(V - E) * z > 0", "V > E")),
        {"currents": 2.5},
        says="which way do the ions go",
        hinted=True,
    ),
    Submission(
        "chloride",
        changes("rest", ('inside["Cl"]', "X"), ('outside["Cl"]', 'inside["Cl"]'), ("X", 'outside["Cl"]')),
        {"rest": 6},
        says="Chloride is negative",
        hinted=True,
    ),
    Submission("millivolts", changes("ions", (" * 1e-3\n", "\n")), {"ions": 5}, says="1 mV is 0.001 V", hinted=True),
    Submission("noreset", changes("fire", ("            V[k] = reset\n", "")), {"fire": 8}, says="V is never reset"),
    Submission(
        "early", changes("fire", ("append(k * dt)", "append((k - 1) * dt)")), {"fire": 4}, says="one step early"
    ),
    Submission(
        "leak",
        changes("fire", ("current - g", "current + g")),
        {"fire": 16},
        says="The leak has the wrong sign",
        hinted=True,
    ),
    Submission("perms", changes("poisson", (" / 1000)", ")")), {"poisson": 6}, says="1000 times too many", hinted=True),
    Submission("counts", changes("tuning", (" / 0.5", ""), (" (Hz)", "")), {"tuning": 6}, says="a rate is per second"),
    Submission(
        "tau", changes("membrane", ("C = tau * g_L", "C = tau")), {"membrane": 4}, says="That is the time constant"
    ),
    Submission("neighbour", claims="reference", lost={"tuning": 6, "membrane": 12}, says="not the id under which"),
]
