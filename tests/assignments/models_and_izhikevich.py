"""A neuron of your own: right solutions and typical mistakes."""

from .classroom import Submission, changes, only, writes

POINTS = {
    "points": 14, "lost": 12, "simulate": 14, "trains": 12, "steps": 10, "pattern": 10, "curve": 8, "neuron": 12,
}  # fmt: skip


# A right solution that shares no line with ours.

OTHERWISE = {
    "points": """
def fixed_points(I, b):
    found = np.roots([0.04, 5 - b, I + 140])
    if abs(found.imag).max() > 1e-9:
        return np.array([])
    found = np.sort(found.real)
    return np.transpose([found, b * found])
def kind(v, a, b):
    ends = np.linalg.eigvals([[5 + v / 12.5, -1], [a * b, -a]]).astype(complex)
    grow = ends.real > 0
    if grow.any() and not grow.all():
        return "saddle"
    return ("un" if grow[0] else "") + "stable " + ("focus" if abs(ends[0].imag) > 0 else "node")
""",
    "lost": """
def rest_is_lost(a, b):
    fold = (5 - b) ** 2 / 0.16 - 140
    if a > b:
        return ["saddle-node", fold]
    return ["Hopf", fold - 6.25 * (b - a) ** 2]
def rest_is_lost_2007(C, k, v_r, v_t, a, b):
    fold = (k * (v_t - v_r) + b) ** 2 / (4 * k)
    if a * C > b:
        return ("saddle-node", fold)
    return ("Hopf", fold - (b - C * a) ** 2 / (4 * k))
""",
    "simulate": """
def simulate(I, duration, dt, a, b, c, d, v, u):
    n = int(np.rint(duration / dt))
    trace = np.zeros(n + 1)
    trace[0] = v
    at = []
    for step in range(n):
        old = v
        v = old + dt * ((0.04 * old + 5) * old + 140 + I - u)
        u = u - dt * a * (u - b * old)
        trace[step + 1] = v
        if not v < 30:
            trace[step + 1] = 30
            at.append(dt + step * dt)
            v = c
            u += d
    return trace.tolist(), np.array(at)
""",
    "trains": """
def cv_and_lv(times):
    gap = [later - earlier for earlier, later in zip(times[:-1], times[1:])]
    mean = sum(gap) / len(gap)
    square = sum(g * g for g in gap) / len(gap) - mean**2
    pairs = [((x - y) / (x + y)) ** 2 for x, y in zip(gap[:-1], gap[1:])]
    return [max(square, 0) ** 0.5 / mean, 3 * sum(pairs) / (len(times) - 2)]
def fano(times, window, duration):
    n = [0] * int(np.floor(duration / window))
    for t in times:
        if t // window < len(n):
            n[int(t // window)] += 1
    m = sum(n) / len(n)
    return sum((x - m) ** 2 for x in n) / len(n) / m
""",
    "steps": """
def order(steps, results):
    x = np.log(steps[:2])
    y = np.log(np.abs(np.diff(results)))
    return float((y[1] - y[0]) / (x[1] - x[0]))
def converged(steps, results):
    weight = (steps[1] / steps[2]) ** order(steps, results)
    return (weight * results[-1] - results[-2]) / (weight - 1)
""",
    "pattern": """
def pattern(spikes, start, stop):
    inside = [t for t in spikes if start < t <= stop]
    gap = [y - x for x, y in zip(inside, inside[1:])]
    step = stop - start
    rest = stop - inside[-1] if inside else step
    def even(some):
        return max(some) <= 1.5 * min(some)
    if len(inside) == 1 and 6 * (inside[0] - start) <= step:
        return "phasic spiking"
    if len(gap) >= 2 and rest > max(step / 2, 4 * max(gap)):
        return "phasic bursting"
    if len(gap) < 4 or rest >= 1.5 * gap[-1]:
        return "none of these"
    jump = max(range(1, len(gap) - 2), key=lambda k: gap[k] / max(gap[:k]))
    if even(gap[jump:]) and min(gap[jump:]) > 3 * max(gap[:jump]):
        return "mixed mode"
    return "tonic spiking" if even(gap[2:]) else "none of these"
""",
    "curve": """
neuron = lab.Neuron(student_id)
currents = np.array([-1, 0, 1, 2, 3, 4, 5, 6, 8, 10, 12])
fi_figure = plt.figure()
lasting = [2 * len([t for t in neuron.fire(float(I), 1000.0) if t > 500]) for I in currents]
plt.scatter(currents, lasting)
plt.xlabel("$I$ / (mV/ms)"); plt.ylabel("lasting rate / Hz")
onset = min(I for I, rate in zip(currents, lasting) if rate)
""",
    "neuron": """
cell = lab.Neuron(student_id)
tried = np.arange(0, 6, 0.25)
rheobase = next(I for I in tried if len(cell.fire(I, 300)))
for finer in (0.05, 0.005):
    while len(cell.fire(rheobase - finer, 300)):
        rheobase -= finer
runs = [np.diff(cell.fire(10)) for _ in range(4)]
ends = [np.cumsum(run) for run in runs]
first = cell.fire(10)[0]
slowing = np.mean([run[(end - run + first) > 500].mean() / run[0] for run, end in zip(runs, ends)])
last = runs[0][-20:]
name = "CH" if last.std() > 0.3 * last.mean() else "IB"
if name == "IB" and runs[0][0] > 6:
    name = "RS"
if name == "IB" and last.mean() < 20:
    name = "LTS" if rheobase < 1.5 else "FS"
""",
    "choose": "Right numbers on one current are no test. $a<b$",
}

# Two more, by somebody who had not seen the tests.

SEARCHES = {
    "points": """
def fixed_points(I, b):
    roots = np.roots([0.04, 5 - b, 140 + I])
    roots = np.sort(roots[np.isreal(roots)].real)
    return np.column_stack([roots, b * roots])
def kind(v, a, b):
    eig = np.linalg.eigvals(np.array([[0.08 * v + 5, -1], [a * b, -a]]))
    if np.iscomplex(eig).any():
        return "stable focus" if eig[0].real < 0 else "unstable focus"
    if eig[0] * eig[1] < 0:
        return "saddle"
    return "stable node" if eig.max() < 0 else "unstable node"
""",
    "lost": """
def rest_is_lost(a, b):
    def I_at(v):
        return b * v - (0.04 * v * v + 5 * v + 140)
    candidates = [("saddle-node", I_at((b - 5) / 0.08))]
    if a * (b - a) > 0:
        candidates.append(("Hopf", I_at((a - 5) / 0.08)))
    return list(min(candidates, key=lambda pair: pair[1]))
def rest_is_lost_2007(C, k, v_r, v_t, a, b):
    def steepness(v):
        return k * (2 * v - v_r - v_t)
    low, high = -1e4, 1e4
    aim = min(b, a * C)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if steepness(middle) < aim else (low, middle)
    v = (low + high) / 2
    return np.str_("saddle-node" if b < a * C else "Hopf"), np.float64(b * (v - v_r) - k * (v - v_r) * (v - v_t))
""",
    "simulate": """
def simulate(I, duration, dt, a, b, c, d, v, u):
    def advance(v, u):
        return v + dt * ((0.04 * v + 5) * v + 140 - u + I), u + dt * a * (b * v - u)
    trace, times = [v], []
    while len(trace) <= round(duration / dt):
        v, u = advance(v, u)
        if v >= 30:
            times += [len(trace) * dt]
            trace += [30.0]
            v, u = c, u + d
        else:
            trace += [v]
    return [trace, np.array(times)]
""",
    "trains": """
def cv_and_lv(times):
    I = times[1:] - times[:-1]
    total = 0.0
    for one, other in zip(I, I[1:]):
        total += ((one - other) / (one + other)) ** 2
    return np.array([I.std() / I.mean(), 3 * total / (len(times) - 2)])
def fano(times, window, duration):
    counts, k = [], 0
    while (k + 1) * window <= duration * (1 + 1e-12):
        counts.append(sum(1 for t in times if k * window <= t < (k + 1) * window))
        k += 1
    return np.var(counts) / np.mean(counts)
""",
    "steps": """
def order(steps, results):
    ab, bc = -np.diff(results)
    return (np.log(ab / bc) / -np.diff(np.log(steps)))[0]
def converged(steps, results):
    x, y, z = results
    return (x * z - y**2) / (x - 2 * y + z)
""",
    "pattern": """
def pattern(spikes, start, stop):
    s = np.array([t - start for t in spikes if start < t <= stop])
    T = stop - start
    gaps = s[1:] - s[:-1]
    names = []
    if s.size == 1 and s[0] < T / 6:
        names.append("phasic spiking")
    if s.size > 2 and T - s[-1] > max(T / 2, 4 * max(gaps)):
        names.append("phasic bursting")
    on = s.size > 1 and T - s[-1] < 1.5 * gaps[-1]
    if on and any(
        max(gaps[m:]) <= 1.5 * min(gaps[m:]) and min(gaps[m:]) > 3 * max(gaps[:m]) for m in range(1, len(gaps) - 2)
    ):
        names.append("mixed mode")
    if on and s.size >= 5 and max(gaps[2:]) / min(gaps[2:]) <= 1.5:
        names.append("tonic spiking")
    return np.array(names + ["none of these"])[0]
""",
    "curve": """
neuron = lab.Neuron(student_id)
currents = np.array([-1, 0, 1, 2, 3, 4, 5, 6, 8, 10, 12])  # mV/ms
rates = {int(I): 2 * np.count_nonzero(neuron.fire(float(I)) >= 500) for I in currents}
fi_figure = plt.figure(figsize=(4, 3))
axes = fi_figure.add_subplot()
axes.scatter(list(rates), list(rates.values()), marker="x")
axes.set(xlabel="Injected current $I$ / (mV/ms)", ylabel="Lasting firing rate [Hz]", title="f-I curve")
onset = min(I for I, rate in rates.items() if rate)
""",
    "neuron": """
cell = lab.Neuron(student_id)
# from above in ever finer steps
top = 10.0
for h in (1, 0.1, 0.01, 0.002):
    while top - h > -5 and cell.fire(top - h, 300).size:
        top -= h
rheobase = np.float32(top)
t = cell.fire(10)
begin_late = [i for i in range(len(t) - 1) if t[i] > 500]
slowing = sum(t[i + 1] - t[i] for i in begin_late) / len(begin_late) / (t[1] - t[0])
late = np.diff(t)[begin_late]
name = np.str_(
    "LTS" if rheobase < 1.5 else "CH" if late.max() > 2 * late.min() else "FS" if late.mean() < 15 else "IB" if slowing > 4 else "RS"
)
""",
}

CLOSED = {
    "points": """
import cmath
def fixed_points(I, b):
    r = cmath.sqrt((5 - b) ** 2 / 0.0064 - (140 + I) / 0.04)
    if r.imag != 0:
        return ()
    m = (b - 5) / 0.08
    return (m - r.real, b * (m - r.real)), (m + r.real, b * (m + r.real))
def kind(v, a, b):
    slope = 0.08 * v + 5
    tr, det = slope - a, a * (b - slope)
    root = cmath.sqrt(tr * tr - 4 * det)
    l1, l2 = (tr + root) / 2, (tr - root) / 2
    if l1.imag == 0 and l1.real * l2.real < 0:
        return "saddle"
    return f"{'un' if l1.real > 0 else ''}stable {'focus' if l1.imag else 'node'}"
""",
    "lost": """
def rest_is_lost_2007(C, k, v_r, v_t, a, b):
    s = min(a * C, b)  # slope of the parabola where rest is lost
    x = (s / k + v_t - v_r) / 2  # v - v_r
    return ["saddle-node", "Hopf"][int(b > a * C)], x * (b - k * (x + v_r - v_t))
def rest_is_lost(a, b):
    v_1, v_2 = np.sort(np.roots([0.04, 5, 140]).real)
    name, I = rest_is_lost_2007(1.0, 0.04, v_1, v_2, a, b)
    return name, I + b * v_1
""",
    "simulate": """
def simulate(I, duration, dt, a, b, c, d, v, u):
    steps = int(round(duration / dt))
    V = np.full(steps + 1, np.nan)
    V[0] = v
    state = np.array([v, u], dtype=float)
    for k in range(steps):
        v, u = state
        state = state + dt * np.array([0.04 * v**2 + 5 * v + 140 - u + I, a * (b * v - u)])
        V[k + 1] = min(state[0], 30)
        if state[0] >= 30:
            state = np.array([c, state[1] + d])
    return V, list(np.flatnonzero(V == 30) * dt)
""",
}


CLASS = [
    # Honest work.
    Submission("reference"),
    Submission("blank", start="blank", earned={}),
    Submission("half", only(POINTS, "points", "simulate", "steps"), earned={"points": 14, "simulate": 14, "steps": 10}),
    Submission("otherwise", writes(OTHERWISE)),
    # Typical mistakes.
    Submission(
        "turning", changes("points", ("trace**2 <", "trace**2 >")), {"points": 8}, says="Does it turn?", hinted=True
    ),
    Submission(
        "capacitance",
        changes("lost", ("min(a * C, b)", "min(a, b)"), ("b > a * C", "b > a")),
        {"lost": 5},
        says="The rule has C in it",
        hinted=True,
    ),
    Submission(
        "newv",
        changes("simulate", ("v, u = v + dt * dv, u + dt * du", "v = v + dt * dv; u = u + dt * a * (b * v - u)")),
        {"simulate": 12},
        says="u is moved with the new v",
    ),
    Submission(
        "rest",
        changes("trains", ("int(duration // window) + 1", "int(duration // window) + 2")),
        {"trains": 6},
        says="what is left at the end is not used",
        hinted=True,
    ),
    Submission(
        "halving",
        changes("steps", ("np.log(first / second) / np.log(steps[0] / steps[1])", "np.log2(first / second)")),
        {"steps": 3},
        says="only if the steps are halved",
        hinted=True,
    ),
    Submission(
        "ongoing",
        changes("neuron", ("len(neuron.fire(middle, 300))", "np.any(neuron.fire(middle, 1000) > 500)")),
        {"neuron": 4},
        says="for the rheobase one spike is enough",
        hinted=True,
    ),
    Submission(
        "inverse",
        changes("neuron", ("np.mean(means) / np.mean(firsts)", "np.mean(firsts) / np.mean(means)"), ("slowing > 6", "1 / slowing > 6")),
        {"neuron": 4},
        says="upside down",
        hinted=True,
    ),
    # Handed in by somebody who had not seen the tests.
    Submission("searches", writes(SEARCHES)),
    Submission("closed", writes(CLOSED)),
    Submission(
        "noline",
        changes("points", ("under = (5 - b) ** 2", "under = 5**2"), ("[(b - 5 + sign", "[(-5 + sign")),
        {"points": 6},
        says="The line u = b v is missing",
        hinted=True,
    ),
    Submission(
        "absolute",
        changes("points", ("slope - a, a * (b - slope)", "slope - a, abs(a) * (b - slope)")),
        {"points": 2},
        says="The sign of a counts",
    ),
    Submission(
        "voltage",
        changes("lost", ("b * v - 0.04 * v**2 - 5 * v - 140", "v"), ("b * (v - v_r) - k * (v - v_r) * (v - v_t)", "v")),
        {"lost": 8},
        says="That is the voltage at which it happens",
        hinted=True,
    ),
    Submission(
        "cutoff",
        changes("simulate", ("round(duration / dt)", "int(duration / dt)")),
        {"simulate": 2},
        says="`int` cuts off",
        hinted=True,
    ),
    Submission(
        "early", changes("simulate", ("append(k * dt)", "append((k - 1) * dt)")), {"simulate": 5}, says="one step early"
    ),
    Submission(
        "intervals",
        changes("trains", ("3 * np.mean(unlike**2)", "3 / (len(I) - 2) * np.sum(unlike**2)")),
        {"trains": 3},
        says="n is the number of spikes, not of intervals",
        hinted=True,
    ),
    Submission(
        "first",
        changes("steps", ("second / (first / second - 1)", "second / (steps[1] / steps[2] - 1)")),
        {"steps": 5},
        says="for one of first order",
    ),
    Submission(
        "sixth",
        changes("pattern", ("spikes[0] - start <= (stop - start) / 6", "spikes[0] <= stop / 6")),
        {"pattern": 4},
        says="begins at `start` and not at 0",
    ),
    Submission(
        "inplace",
        changes("pattern", ("    spikes = spikes[", "    spikes -= start\n    spikes = start + spikes["), ("> start) & (spikes <= stop)", "> 0) & (spikes <= stop - start)")),
        {"pattern": 2},
        says="it changes the array it is given",
        hinted=True,
    ),
    Submission(
        "index", changes("curve", ("currents[np.argmax(rates > 0)]", "np.argmax(rates > 0)")), {"curve": 2}, says="the place in the list"
    ),
    Submission(
        "second", changes("curve", ("np.sum(neuron.fire(I, 1000) > 500) / 0.5", "len(neuron.fire(I, 1000))")), {"curve": 6}, says="spikes of the whole step"
    ),
    Submission(
        "coarse",
        changes("neuron", ("rheobase = high\n", "rheobase = np.ceil(high)\n"), ("rheobase < 1:", "high < 1:")),
        {"neuron": 4},
        says="it is asked to 0.01",
    ),
    Submission("neighbour", claims="reference", lost={"curve": 6, "neuron": 12}, says="not the id under which"),
]  # fmt: skip
