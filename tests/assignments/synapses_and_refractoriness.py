"""Synapses and refractoriness: right solutions and typical mistakes."""

from .classroom import Submission, changes, only, replace, writes

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


# Handed in by somebody who had not seen the tests.

FRESH = {
    "conductance": """
def conductance(t, g_max, tau_rise, tau_decay, onset):
    peak = tau_rise * tau_decay / (tau_decay - tau_rise) * np.log(tau_decay / tau_rise)
    N = 1 / (np.exp(-peak / tau_decay) - np.exp(-peak / tau_rise))
    s = np.maximum(np.asarray(t, dtype=float) - onset, 0)
    return g_max * N * (np.exp(-s / tau_decay) - np.exp(-s / tau_rise))
""",
    "membrane": """
def membrane(arrivals, duration, dt, C, g_L, E_L, w, tau, E):
    steps = round(duration / dt)
    arriving = np.zeros(steps + 1)
    for time in arrivals:
        arriving[round(time / dt)] += 1
    V = np.zeros(steps + 1)
    G = np.zeros(steps + 1)
    V[0] = E_L
    G[0] = w * arriving[0]
    for k in range(1, steps + 1):
        V[k] = V[k - 1] + dt * (-g_L * (V[k - 1] - E_L) - G[k - 1] * (V[k - 1] - E)) / C
        G[k] = G[k - 1] - dt * G[k - 1] / tau + w * arriving[k]
    return V
""",
    "depress": """
def settled(rate, U, tau_rec, tau_facil):
    interval = 1000 / rate
    stays = np.exp(-interval / tau_facil) if tau_facil > 0 else 0.0
    u = U / (1 - (1 - U) * stays)
    missing = np.exp(-interval / tau_rec)
    x = (1 - missing) / (1 - (1 - u) * missing)
    return u * x


def jump(before, after, U, tau_rec):
    old = settled(before, U, tau_rec, 0)
    x = old / U
    x_after_last = x - old
    x_next = 1 - (1 - x_after_last) * np.exp(-1000 / after / tau_rec)
    return after * U * x_next / (before * old)
""",
    "dead": """
def dead_train(free_rate, t_ref, duration, rng):
    times = []
    t = rng.exponential(1000 / free_rate)
    while t < duration:
        times.append(t)
        t = t + t_ref + rng.exponential(1000 / free_rate)
    return np.array(times)


def dead_time(rate, CV):
    t_ref = (1 - CV) / rate  # s
    free = rate / (1 - rate * t_ref)
    return 1000 * t_ref, free, 1 / t_ref
""",
    "synapse": """
synapse = lab.Synapse(student_id)

held = np.arange(-100, 51, 25)
first = [np.mean([synapse.record([0], V)[0] for _ in range(100)]) for V in held]
slope, offset = np.polyfit(held, first, 1)
E_syn = -offset / slope
sort = "excitatory" if E_syn > -50 else "inhibitory"

far = 50 if abs(50 - E_syn) > abs(-100 - E_syn) else -100
waits = np.array([10, 100, 200, 400, 800])
ratios = []
for wait in waits:
    mean = np.mean([synapse.record([0, wait], far) for _ in range(300)], axis=0)
    ratios.append(mean[1] / mean[0])
lost = 1 - np.array(ratios)  # U exp(-wait / tau_rec)
slope, offset = np.polyfit(waits, np.log(lost), 1, w=lost)
U = np.exp(offset)
tau_rec = -1 / slope
""",
    "recovery": """
neuron = lab.Neuron(student_id)


def threshold_at(gap):
    if not neuron.fires(gap, 200):
        return np.nan
    low, high = 0.0, 200.0
    for _ in range(16):
        middle = (low + high) / 2
        if neuron.fires(gap, middle):
            high = middle
        else:
            low = middle
    return (low + high) / 2


gaps = np.arange(1, 40.1, 0.5)
thresholds = np.array([np.mean([threshold_at(gap) for _ in range(10)]) for gap in gaps])
rest = np.mean([threshold_at(200) for _ in range(50)])

low, high = 1.0, 40.0
for _ in range(20):
    middle = (low + high) / 2
    if np.mean([neuron.fires(middle, 30) for _ in range(15)]) > 0.5:
        high = middle
    else:
        low = middle
absolute = (low + high) / 2

low, high = absolute, gaps[np.nanargmin(thresholds)]
for _ in range(12):
    middle = (low + high) / 2
    if np.mean([threshold_at(middle) for _ in range(30)]) < rest:
        high = middle
    else:
        low = middle
relative = (low + high) / 2

recovery_figure, ax = plt.subplots()
ax.plot(gaps, thresholds, "o-")
ax.set_xlabel("gap between the pulses (ms)")
ax.set_ylabel("threshold of the second pulse (µA/cm²)")
""",
}

LISTS = {
    "conductance": """
def conductance(t, g_max, tau_rise, tau_decay, onset):
    if np.ndim(t):
        return [conductance(one, g_max, tau_rise, tau_decay, onset) for one in t]
    if t <= onset:
        return 0
    r = tau_rise / tau_decay
    top = r ** (r / (1 - r)) - r ** (1 / (1 - r))
    return g_max / top * (np.exp((onset - t) / tau_decay) - np.exp((onset - t) / tau_rise))
""",
    "balance": """
def kind(E, V, threshold):
    return np.array([["inhibitory", "excitatory"][int(E > threshold)], ["hyperpolarises", "neither", "depolarises"][int(np.sign(E - V)) + 1]])


def settles(G_E, G_I, g_L, E_L, E_E, E_I):
    return np.average([E_E, E_I, E_L], weights=[G_E, G_I, g_L])


def needed(G_I, threshold, g_L, E_L, E_E, E_I):
    # settles is monotonic in G_E: halve
    low, high = 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        if settles(middle, G_I, g_L, E_L, E_E, E_I) < threshold:
            low = middle
        else:
            high = middle
    return np.array(middle)
""",
    "membrane": """
def membrane(arrivals, duration, dt, C, g_L, E_L, w, tau, E):
    count = int(duration / dt + 0.5) + 1
    spikes = np.bincount(np.rint(np.asarray(arrivals, dtype=float) / dt).astype(int), minlength=count)
    course, G = [E_L], w * spikes[0]
    for came in spikes[1:]:
        V = course[-1]
        course.append(V + dt / C * (g_L * (E_L - V) + G * (E - V)))
        G = G * (1 - dt / tau) + w * came
    return course
""",
    "depress": """
def settled(rate, U, tau_rec, tau_facil):
    wait, u, x, old = 1e3 / rate, 0.0, 1.0, -1.0
    while True:
        u += U * (1 - u)
        new = u * x
        if abs(new - old) < 1e-13:
            return new
        x = 1 - (1 - x + new) * np.exp(-wait / tau_rec)
        u *= np.exp(-wait / tau_facil) if tau_facil else 0
        old = new


def jump(before, after, U, tau_rec):
    keeps = np.exp(-1000 / before / tau_rec)
    x = (1 - keeps) / (1 - keeps * (1 - U))
    return after / before * (1 - (1 - x * (1 - U)) * np.exp(-1000 / after / tau_rec)) / x
""",
    "dead": """
def dead_train(free_rate, t_ref, duration, rng):
    free = np.sort(rng.random(rng.poisson(free_rate * duration / 1000)) * duration)
    stay = []
    for t in free:
        if not stay or t - stay[-1] >= t_ref:
            stay.append(float(t))
    return stay


def dead_time(rate, CV):
    mean = 1000 / rate
    return np.array([mean - CV * mean, 1000 / (CV * mean), 1000 / (mean - CV * mean)])
""",
    "axon": """
def left_over(x, radius, R_i, g):
    # in SI
    reach = ((radius * 1e-6) / (2 * (R_i * 1e-2) * (g * 10))) ** 0.5
    return 2.718281828459045 ** (-(x * 1e-3) / reach)


def delay(length, diameter, known_speed, known_diameter, wrapped):
    return length / known_speed * (known_diameter / diameter) ** (1 if wrapped else 0.5)


def silent(length, speed, t_ref):
    return np.array([t_ref + length / speed])[0]
""",
    "synapse": """
synapse = lab.Synapse(student_id)
# one train at two voltages tells all: pairs of neighbours follow x' = 1 - (1 - x (1 - U)) e
times = np.concatenate([np.arange(5) * 20.0, [400.0, 800.0, 1600.0]])
low = np.mean([synapse.record(times, -100) for _ in range(400)], axis=0)
high = np.mean([synapse.record(times, 50) for _ in range(400)], axis=0)
E_syn = float(-100 + 150 * low[0] / (low[0] - high[0]))
measured = (high - low) / (high[0] - low[0])


def course(U, tau):
    x, shares = 1.0, []
    for k, t in enumerate(times):
        if k:
            x = 1 - (1 - x) * np.exp(-(t - times[k - 1]) / tau)
        shares.append(x)
        x = x * (1 - U)
    return np.array(shares)


misfit, U, tau_rec = min(
    (((course(U, tau) - measured) ** 2).sum(), U, tau) for U in np.arange(0.1, 0.9, 0.005) for tau in np.arange(150, 1000, 5)
)
sort = np.where(E_syn > -50, "excitatory", "inhibitory")
""",
    "recovery": """
neuron = lab.Neuron(student_id)


def weakest(gap, tries=8):
    found = []
    for _ in range(tries):
        a, b = 0.01, 200.0
        if not neuron.fires(gap, b):
            continue
        while b / a > 1.001:
            m = (a * b) ** 0.5
            a, b = (a, m) if neuron.fires(gap, m) else (m, b)
        found.append(b)
    return np.median(found) if found else None


table = [(g, weakest(g)) for g in np.arange(1.0, 40.01, 0.25)]
table = [(g, T) for g, T in table if T is not None]
x, y = np.array(table, dtype=float).T
at_rest = weakest(200, 60)
absolute = np.interp(-30, -y[: y.argmin()], x[: y.argmin()])
fine = np.arange(absolute, x[y.argmin()], 0.1)
smooth = np.polynomial.Polynomial.fit(fine, [np.log(weakest(g, 10)) for g in fine], 8)(fine)
relative = fine[np.argmax(smooth < np.log(at_rest))]

recovery_figure = plt.figure()
plt.scatter(x, y)
plt.yscale("log")
plt.xlabel("Gap, onset to onset / ms")
plt.ylabel(r"Threshold / $\\mu$A cm$^{-2}$")
""",
}

HELPERS = {
    "conductance": """
def shape(s, rise, decay):
    return np.exp(-s / decay) - np.exp(-s / rise)


def conductance(t, g_max, tau_rise, tau_decay, onset):
    s_top = np.log(tau_decay / tau_rise) / (1 / tau_rise - 1 / tau_decay)
    late = np.clip(t - onset, 0, None)
    return np.where(t > onset, g_max * shape(late, tau_rise, tau_decay) / shape(s_top, tau_rise, tau_decay), 0.0)
""",
    "balance": """
def kind(E, V, threshold):
    drive = E - V
    second = "neither" if drive == 0 else ("depolarises" if drive > 0 else "hyperpolarises")
    return [("inhibitory" if E < threshold else "excitatory"), second]


def settles(G_E, G_I, g_L, E_L, E_E, E_I):
    g, E = np.array([G_E, G_I, g_L]), np.array([E_E, E_I, E_L])
    return g @ E / g.sum()


def needed(G_I, threshold, g_L, E_L, E_E, E_I):
    out = g_L * (threshold - E_L) + G_I * (threshold - E_I)
    return -out / (threshold - E_E)
""",
    "membrane": """
def membrane(arrivals, duration, dt, C, g_L, E_L, w, tau, E):
    times = sorted(arrivals)
    V, G, out = E_L, 0.0, []
    for k in range(round(duration / dt) + 1):
        if k:
            V, G = V + dt * (g_L * (E_L - V) + G * (E - V)) / C, G - dt * G / tau
        while times and round(times[0] / dt) == k:
            G += w
            times.pop(0)
        out.append(V)
    return np.array(out)
""",
    "dead": """
def dead_train(free_rate, t_ref, duration, rng):
    many = int(duration / 1000 * free_rate * 2 + 100)
    gaps = t_ref + rng.exponential(1000 / free_rate, many)
    gaps[0] -= t_ref
    times = gaps.cumsum()
    return times[times < duration]


def dead_time(rate, CV):
    free = rate / CV
    dead = 1 / rate - 1 / free
    return [dead * 1e3, free, 1 / dead]
""",
}

ONE_RECORDING = {
    "synapse": """
synapse = lab.Synapse(student_id)
low = synapse.record([0], -60)[0]
high = synapse.record([0], -50)[0]
slope = (high - low) / 10
E_syn = -60 - low / slope
first, second = synapse.record([0, 10], -40)
U = 1 - second / first
first, third = synapse.record([0, 500], -40)
tau_rec = -500 / np.log(np.clip((1 - third / first) / U, 0.01, 0.99))
sort = "excitatory" if E_syn > -50 else "inhibitory"
""",
}

TEN_SPIKES = """
def settled(rate, U, tau_rec, tau_facil):
    u, x = 0.0, 1.0
    for i in range(10):
        if i > 0:
            x = 1 - (1 - x) * np.exp(-1000 / rate / tau_rec)
            u = u * np.exp(-1000 / rate / tau_facil) if tau_facil > 0 else 0.0
        u = u + U * (1 - u)
        released = u * x
        x = x - released
    return released


"""


def fresh(name, *pairs):
    """The edit that puts their own solution in, with a mistake."""

    def edit(notebook):
        writes(FRESH)(notebook)
        replace(notebook, name, *pairs)

    return edit


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
        "presentV",
        changes("balance", ("E > threshold", "E > V")),
        {"balance": 1.5},
        says="What decides is E and the threshold",
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
        "alive",
        changes("dead", (" + t_ref * np.arange(most)", "")),
        {"dead": 6},
        says="as many spikes as without a dead time",
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
        "remains",
        changes("synapse", ("1 - pair[1] / pair[0]", "pair[1] / pair[0]")),
        {"synapse": 8},
        says="tau_rec is negative",
        hinted=True,
    ),
    # Handed in by somebody who had not seen the tests.
    Submission("lists", writes(LISTS)),
    Submission("helpers", writes(FRESH | HELPERS)),
    Submission(
        "alpha",
        fresh(
            "conductance",
            ("tau_rise * tau_decay / (tau_decay - tau_rise) * np.log(tau_decay / tau_rise)", "tau_rise"),
        ),
        {"conductance": 8},
        says="as it would for an alpha function",
        hinted=True,
    ),
    Submission(
        "overflow",
        fresh(
            "conductance",
            ("s = np.maximum(np.asarray(t, dtype=float) - onset, 0)", "s = np.asarray(t, dtype=float) - onset"),
            ("return g_max", "return (s >= 0) * g_max"),
        ),
        {"conductance": 2},
        says="0 times infinity is not 0",
        hinted=True,
    ),
    Submission(
        "inplace",
        fresh(
            "conductance",
            (
                "s = np.maximum(np.asarray(t, dtype=float) - onset, 0)",
                "s = np.asarray(t, dtype=float)\n    s -= onset\n    s[s < 0] = 0",
            ),
        ),
        {"conductance": 2},
        says="work on a copy",
        hinted=True,
    ),
    Submission(
        "decayed",
        fresh(
            "membrane",
            ("G[k - 1] * (V[k - 1] - E)", "(1 - dt / tau) * G[k - 1] * (V[k - 1] - E)"),
        ),
        {"membrane": 10},
        says="not from a G that has already decayed",
    ),
    Submission(
        "atzero",
        fresh("membrane", ("G[0] = w * arriving[0]", "G[0] = 0")),
        {"membrane": 3},
        says="A spike at time 0 counts, too",
        hinted=True,
    ),
    Submission(
        "cut",
        fresh("membrane", ("arriving[round(time / dt)]", "arriving[int(time / dt)]")),
        {"membrane": 3},
        says="int cuts",
        hinted=True,
    ),
    Submission(
        "lastvalue",
        fresh("membrane", ("    return V", "    return V[:-1]")),
        {"membrane": 2},
        says="300 steps make 301",
        hinted=True,
    ),
    Submission(
        "tenspikes",
        fresh("depress", (FRESH["depress"].split("def jump")[0], TEN_SPIKES)),
        {"depress": 10},
        says="After 10 spikes the train has not settled",
        hinted=True,
    ),
    Submission(
        "waits",
        fresh("dead", ("    t = rng.exponential", "    t = t_ref + rng.exponential")),
        {"dead": 2},
        says="at 0 the neuron is able to fire",
    ),
    Submission(
        "thereandback",
        changes("axon", ("return length / speed + t_ref", "return 2 * length / speed + t_ref")),
        {"axon": 2},
        says="the spike goes that way once",
    ),
    Submission(
        "onerecording",
        writes(ONE_RECORDING),
        {"synapse": 12},
        says="Are there enough recordings",
    ),
    Submission(
        "halftime",
        fresh("synapse", ("-1 / slope", "-np.log(2) / slope")),
        {"synapse": 4},
        says="the half-time of the recovery",
    ),
    Submission(
        "notatrest",
        fresh("recovery", ("threshold_at(200) for", "threshold_at(40) for")),
        {"recovery": 3},
        says="At 40 ms the neuron is not yet at rest",
    ),
    Submission(
        "nothreshold",
        fresh("recovery", ("        return np.nan", "        return 200.0")),
        {"recovery": 4},
        says="no pulse of up to 200 µA/cm² fires the neuron: leave them out",
    ),
    # Their synapses are of one sort by chance.
    Submission("neighbour", claims="reference", lost={"synapse": 12, "recovery": 10}, says="not the id under which"),
]
