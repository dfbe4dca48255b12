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
currents = np.array([0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14])
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


CLASS = [
    # Honest work.
    Submission("reference"),
    Submission("blank", start="blank", earned={}),
    Submission("half", only(POINTS, "points", "simulate", "steps"), earned={"points": 14, "simulate": 14, "steps": 10}),
    Submission("otherwise", writes(OTHERWISE)),
    # Typical mistakes.
    Submission(
        "halved",
        changes("points", ("/ 0.08 for", "/ 0.04 for")),
        {"points": 4},
        says="divides by 2 times 0.04",
        hinted=True,
    ),
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
        "rule",
        changes("lost", ('"Hopf" if b > a else', '"Hopf" if b < a else')),
        {"lost": 3},
        says="Compare a and b",
        hinted=True,
    ),
    Submission(
        "newv",
        changes("simulate", ("v, u = v + dt * dv, u + dt * du", "v = v + dt * dv; u = u + dt * a * (b * v - u)")),
        {"simulate": 12},
        says="u is moved with the new v",
    ),
    Submission(
        "overshoot", changes("simulate", ("min(v, 30.0)", "v")), {"simulate": 3}, says="how far v had overshot", hinted=True
    ),
    Submission(
        "early", changes("simulate", ("append(k * dt)", "append((k - 1) * dt)")), {"simulate": 5}, says="one step early"
    ),
    Submission(
        "nojump",
        changes("simulate", ("c, u + d", "c, u")),
        {"simulate": 8},
        says="Is u raised by d at each spike?",
        hinted=True,
    ),
    Submission("three", changes("trains", ("3 * np.mean", "np.mean")), {"trains": 3}, says="factor of 3", hinted=True),
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
        "last",
        changes("steps", ("results[2] - second / (first / second - 1)", "results[2]")),
        {"steps": 5},
        says="it still has an error",
        hinted=True,
    ),
    Submission(
        "outside",
        changes("pattern", ("spikes = spikes[(spikes > start) & (spikes <= stop)]", "spikes = np.array(spikes)")),
        {"pattern": 2},
        says="Only spikes after `start`",
        hinted=True,
    ),
    Submission(
        "upper",
        changes("pattern", ('return "mixed mode"', 'return "tonic spiking"')),
        {"pattern": 2},
        says="the upper one gives the name",
    ),
    Submission("counts", changes("curve", (" / 0.5 for", " for")), {"curve": 4}, says="a rate is per second"),
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
    Submission("neighbour", claims="reference", lost={"curve": 6, "neuron": 12}, says="not the id under which"),
]  # fmt: skip
