"""Synapses and refractoriness: right solutions and typical mistakes."""

from .classroom import Submission, changes, only, writes

POINTS = {
    "conductance": 10, "balance": 10, "membrane": 12, "depress": 12, "dead": 12, "axon": 10, "synapse": 14, "recovery": 12,
}  # fmt: skip


# A right solution that shares no line with ours.

OTHERWISE = {
    "conductance": """
def conductance(times, peak, rise, decay, start):
    def difference(s):
        return np.where(s > 0, np.exp(-np.clip(s, 0, None) / decay) - np.exp(-np.clip(s, 0, None) / rise), 0.0)
    dense = difference(np.linspace(0, 20 * max(rise, decay), 400_001))
    return peak * difference(np.asarray(times, dtype=float) - start) / dense.max()
""",
    "balance": """
def kind(E, V, threshold):
    words = ["neither", "depolarises", "hyperpolarises"]
    if not E > threshold:
        return ["inhibitory", words[int(np.sign(E - V))]]
    return ["excitatory", words[int(np.sign(E - V))]]
def settles(G_E, G_I, g_L, E_L, E_E, E_I):
    return np.average([E_L, E_E, E_I], weights=[g_L, G_E, G_I])
def needed(G_I, threshold, g_L, E_L, E_E, E_I):
    a, b = 0.0, 1e5
    for _ in range(100):
        g = (a + b) / 2
        a, b = (g, b) if settles(g, G_I, g_L, E_L, E_E, E_I) < threshold else (a, g)
    return b
""",
    "membrane": """
def membrane(arrivals, duration, dt, C, g_L, E_L, w, tau, E):
    n = int(round(duration / dt))
    at = np.bincount([int(round(one / dt)) for one in arrivals] or [0], minlength=n + 1) * (len(arrivals) > 0)
    G = [w * at[0]]
    for more in at[1:]:
        G += [G[-1] * (1 - dt / tau) + w * more]
    trace = [float(E_L)]
    for g in G[:-1]:
        v = trace[-1]
        trace += [v + (g_L * (E_L - v) + g * (E - v)) * (dt / C)]
    return trace
""",
    "depress": """
def settled(rate, U, tau_rec, tau_facil):
    u, x, dt = 0.0, 1.0, 1e3 / rate
    for _ in range(2000):
        u += U * (1 - u)
        out = u * x
        x = 1 - (1 - (x - out)) * np.exp(-dt / tau_rec)
        u *= np.exp(-dt / tau_facil) if tau_facil else 0
    return out
def jump(before, after, U, tau_rec):
    times = np.append(np.arange(-600, 1) * 1e3 / before, 1e3 / after)
    x, released = 1.0, []
    for k, t in enumerate(times):
        if k:
            x += (1 - x) * (1 - np.exp((times[k - 1] - t) / tau_rec))
        released.append(U * x)
        x *= 1 - U
    return (released[-1] * after) / (released[-2] * before)
""",
    "dead": """
def dead_train(free_rate, t_ref, duration, rng):
    candidates = np.sort(rng.uniform(0, duration, rng.poisson(free_rate / 1e3 * duration)))
    kept = []
    for t in candidates:
        if not kept or t - kept[-1] >= t_ref:
            kept.append(t)
    return kept
def dead_time(rate, CV):
    mean = 1e3 / rate
    return np.array([mean - CV * mean, 1e3 / (CV * mean), 1e3 / (mean - CV * mean)])
""",
    "axon": """
def left_over(x, radius, R_i, g):
    a, ohm_m, siemens = radius * 1e-6, R_i * 1e-2, g * 10
    return float(np.e ** (-x * 1e-3 / (a / (2 * ohm_m * siemens)) ** 0.5))
def delay(length, diameter, known_speed, known_diameter, wrapped):
    times = diameter / known_diameter
    faster = times if wrapped else times**0.5
    return length / known_speed / faster
def silent(length, speed, t_ref):
    return t_ref + (length / 1e3) / speed * 1e3
""",
    "synapse": """
mine = lab.Synapse(student_id)
voltages = np.linspace(-100, 50, 7)
I = [np.mean([mine.record([0], V)[0] for _ in range(120)]) for V in voltages]
a, b = np.polyfit(voltages, I, 1)
E_syn = -b / a
sort = ["inhibitory", "excitatory"][int(E_syn > -50)]
V = -100 if E_syn > -25 else 50
train = np.arange(12) * 40.0
both = np.concatenate([train, train[-1] + np.array([150, 400.0, 900])])
found = np.mean([mine.record(both, V) for _ in range(400)], axis=0) / (a * (V - E_syn))
def model(U, tau):
    x, out, last = 1.0, [], 0.0
    for t in both:
        x = 1 - (1 - x) * np.exp((last - t) / tau)
        out.append(U * x); x -= U * x; last = t
    return np.array(out) / U
grid = [(np.sum((model(u, tau) - found) ** 2), u, tau) for u in np.arange(0.2, 0.7, 0.01) for tau in np.arange(200, 900, 10)]
_, U, tau_rec = min(grid)
""",
    "recovery": """
cell = lab.Neuron(student_id)
def weakest(gap):
    if not cell.fires(gap, 200.0):
        return np.nan
    s, factor = 200.0, 0.8
    while factor < 0.9995:
        if cell.fires(gap, s * factor):
            s *= factor
        else:
            factor **= 0.5
    return s
rest = np.mean([weakest(200) for _ in range(20)])
x = np.r_[np.arange(2.0, 9, 0.25), np.arange(9, 41)]
y = np.array([np.mean([weakest(g) for _ in range(4)]) for g in x])
absolute = next(g for g in np.arange(1, 30, 0.02) if cell.fires(g, 30))
steps = np.arange(absolute, 25, 0.1)
above = np.array([np.mean([cell.fires(g, rest) for _ in range(20)]) for g in steps]) > 0.5
relative = steps[above][0]
recovery_figure = plt.figure()
plt.plot(x, y, "s"); plt.yscale("log")
plt.xlabel("gap / ms"); plt.ylabel(r"weakest second pulse / $\\mu$A cm$^{-2}$")
""",
    "explain": "It is a shunt, and what reverses below the threshold inhibits. $a<b$",
}


CLASS = [
    # Honest work.
    Submission("reference"),
    Submission("blank", start="blank", earned={}),
    Submission(
        "half",
        only(POINTS, "balance", "dead", "synapse"),
        earned={"balance": 10, "dead": 12, "synapse": 14},
    ),
    Submission("otherwise", writes(OTHERWISE)),
    # Typical mistakes.
    Submission(
        "norise",
        changes("conductance", ("g_max * N", "g_max")),
        {"conductance": 8},
        says="the factor N is missing",
        hinted=True,
    ),
    Submission(
        "onset",
        changes("conductance", ("np.maximum(t - onset, 0)", "t - onset")),
        {"conductance": 2},
        says="go on into the past",
        hinted=True,
    ),
    Submission(
        "presentV",
        changes("balance", ("E > threshold", "E > V")),
        {"balance": 1.5},
        says="What decides is E and the threshold",
        hinted=True,
    ),
    Submission(
        "noleak",
        changes("balance", ("(g_L * E_L + G_E", "(G_E"), ("(g_L + G_E", "(G_E")),
        {"balance": 4},
        says="The leak is a conductance like the others",
        hinted=True,
    ),
    Submission(
        "linear",
        changes("membrane", ("G * (V[k] - E)", "G * (E_L - E)")),
        {"membrane": 10},
        says="The driving force shrinks as V moves",
        hinted=True,
    ),
    Submission(
        "once",
        changes(
            "membrane",
            (
                "np.add.at(opened, [round(time / dt) for time in arrivals], w)",
                "opened[[round(time / dt) for time in arrivals]] += w",
            ),
        ),
        {"membrane": 6},
        says="Each spike counts",
        hinted=True,
    ),
    Submission(
        "seconds",
        changes("depress", ("gap = 1000 / rate", "gap = 1 / rate"), ("-1000 / after", "-1 / after")),
        {"depress": 12},
        says="The interval between spikes is 1000 / rate",
        hinted=True,
    ),
    Submission(
        "lingers",
        changes("depress", ("np.exp(-gap / tau_facil) if tau_facil > 0 else 0.0", "0.0")),
        {"depress": 3},
        says="what lingers from earlier spikes",
        hinted=True,
    ),
    Submission(
        "onespike",
        changes("depress", ("after * new / (before * old)", "new / old")),
        {"depress": 4},
        says="compare what is released in a second",
        hinted=True,
    ),
    Submission(
        "alive",
        changes("dead", (" + t_ref * np.arange(most)", "")),
        {"dead": 6},
        says="as many spikes as without a dead time",
        hinted=True,
    ),
    Submission(
        "permillisecond",
        changes("dead", ("1000 * seconds, rate", "seconds, rate")),
        {"dead": 2},
        says="That is in seconds",
        hinted=True,
    ),
    Submission(
        "centimetres",
        changes("axon", ("(10 * cm)", "cm")),
        {"axon": 4},
        says="x is in mm",
        hinted=True,
    ),
    Submission(
        "thick",
        changes("axon", ("1.0 if wrapped else 0.5", "0.5")),
        {"axon": 2},
        says="Is that the law of bare axons?",
        hinted=True,
    ),
    Submission(
        "remains",
        changes("synapse", ("1 - pair[1] / pair[0]", "pair[1] / pair[0]")),
        {"synapse": 8},
        says="tau_rec is negative",
        hinted=True,
    ),
    Submission(
        "strongest",
        changes("recovery", ("strengths <= 30", "strengths <= 200")),
        {"recovery": 3},
        says="here 30 is the strongest allowed",
    ),
    Submission(
        "multiples",
        changes(
            "recovery", ("semilogy(all_gaps, strengths)", "semilogy(all_gaps, strengths / resting)"), (" (µA/cm²)", "")
        ),
        {"recovery": 6},
        says="multiples of the resting threshold",
        hinted=True,
    ),
    # Their synapses are of one sort by chance.
    Submission("neighbour", claims="reference", lost={"synapse": 12, "recovery": 10}, says="not the id under which"),
]
