"""A network of one's own: right solutions and typical mistakes."""

from .classroom import Submission, changes, only, put, writes

POINTS = {
    "build": 8, "step": 9, "run": 7, "trains": 8, "rhythm": 8, "synchrony": 6, "raster": 5, "dish": 9,
}  # fmt: skip


# A right solution that shares no line with ours.

OTHERWISE = {
    "build": """
def build(r, U, n_E, excitation, inhibition):
    r, n = np.array(r, float), len(r)
    net = {key: np.empty(n) for key in "abcd"}
    for k in range(n):
        few = (0.02, 0.2, 15 * r[k] ** 2 - 65, 8 - 6 * r[k] ** 2)
        if k >= n_E:
            few = 0.02 + 0.08 * r[k], 0.25 - 0.05 * r[k], -65.0, 2.0
        for key, value in zip("abcd", few):
            net[key][k] = value
    net["W"] = 1e3 / n * np.hstack([excitation * U[:, :n_E], -inhibition * U[:, n_E:]])
    net["n_E"] = n_E
    return net
""",
    "step": """
def step(v, u, fired, noise, network):
    heard = np.zeros(len(v))
    heard[np.array(fired, int)] = 1
    drive = np.array(noise) + np.dot(network["W"], heard)
    v, u = np.array(v), np.array(u)
    half = v + (0.02 * v * v + 2.5 * v + 70 - u / 2 + drive / 2)
    full = half + (0.02 * half * half + 2.5 * half + 70 - u / 2 + drive / 2)
    u += network["a"] * network["b"] * full - network["a"] * u
    up = full >= 30
    u[up] += network["d"][up]
    return np.where(up, network["c"], full), u, [j for j in range(len(v)) if up[j]]
""",
    "run": """
def run(step, network, noise):
    n = noise.shape[1]
    state = (-65 * np.ones(n), -65 * np.array(network["b"]), np.zeros(0, int))
    seen = np.zeros(noise.shape, bool)
    for k in range(noise.shape[0]):
        state = step(state[0], state[1], state[2], noise[k], network)
        seen[k, state[2]] = True
    when, who = np.where(seen)
    return np.stack([when + 1.0, who], axis=1)
""",
    "trains": """
def rates(spikes, n_E, N, start, stop):
    late = [(t, j) for t, j in spikes if start < t <= stop]
    number = sum(1 for t, j in late if j < n_E)
    Hz = 1e3 / (stop - start)
    return np.array([number * Hz / n_E, (len(late) - number) * Hz / (N - n_E)])
def irregularity(spikes, N, start, stop):
    trains = [[] for _ in range(N)]
    for t, j in spikes:
        if start < t <= stop:
            trains[j].append(t)
    gaps = [np.array(one[1:]) - one[:-1] for one in trains if len(one) > 4]
    return sum(np.sqrt(np.mean(one * 1.0 * one) / np.mean(one) ** 2 - 1) for one in gaps) / len(gaps)
def fano(spikes, N, start, stop, window):
    table = np.zeros((N, int(round((stop - start) / window))))
    for t, j in spikes:
        if start < t <= stop:
            table[j, int(np.ceil((t - start) / window)) - 1] += 1
    return float(np.mean([row.var() / row.mean() for row in table if row.sum()]))
""",
    "rhythm": """
def activity(spikes, N, start, stop, width):
    rate = np.zeros((stop - start) // width)
    for t in spikes[:, 0]:
        if start < t <= stop:
            rate[(t - start - 1) // width] += 1e3 / width / N
    return list(rate)
def spectrum(rate, width):
    n, h = len(rate), width * 1e-3
    f = np.fft.rfftfreq(n, h)
    S = np.abs(np.fft.rfft(rate)) ** 2 * 2 * h / n
    S[0] = 0
    return f, S
def peak(f, S, low, high):
    return max((power, where) for where, power in zip(f, S) if low <= where <= high)[1]
""",
    "synchrony": """
def synchrony(counts, n_E):
    z = np.array(counts, float)
    z -= z.mean(1)[:, None]
    E, I = z[:n_E], z[n_E:]
    def within(group):
        each = (group ** 2).mean(1)
        return ((group.sum(0) ** 2).mean() - each.sum()) / (np.sqrt(each).sum() ** 2 - each.sum())
    both = (E.sum(0) * I.sum(0)).mean() / (E.std(1).sum() * I.std(1).sum())
    return [within(E), within(I), both]
def crowd(counts):
    C = np.cov(counts)
    return C.sum() / np.trace(C)
""",
    "raster": """
def raster(spikes, n_E, N, start, stop, width):
    fig = plt.figure()
    bottom, top = fig.add_axes([0.1, 0.1, 0.8, 0.2]), fig.add_axes([0.1, 0.4, 0.8, 0.5])
    few = np.array([row for row in spikes if start < row[0] <= stop])
    brakes = few[:, 1] >= n_E
    top.scatter(*few[brakes].T, s=3, c="r", label="inhibitory")
    top.scatter(*few[~brakes].T, s=3, c="k", label="excitatory")
    top.axhline(n_E - 0.5, lw=0.5)
    top.legend()
    top.set(ylabel="number of the neuron", xlim=(start, stop))
    n = np.bincount((few[:, 0] - start - 1) // width, minlength=(stop - start) // width)
    bottom.bar(start + width * np.arange(len(n)), 1e3 * n / (width * N), width, align="edge")
    bottom.set(xlabel="time / ms", ylabel="spikes / s")
    return fig
""",
    "dish": """
dish = lab.Dish(student_id)
known = sum(dish.probe((), 3) - dish.probe((), -3) for _ in range(30)) / 180
moved = np.stack([dish.probe(j) + dish.probe(j) for j in range(200)]) / 2
lifts = [np.nanmedian(row) > 0 for row in moved]
inhibitory = [j for j in range(200) if not lifts[j]]
J_I = float(np.sqrt(3 * (np.nanmean((moved[inhibitory] / known) ** 2) - np.mean(0.045 / known ** 2))))
doses = np.arange(0.05, 1, 0.05)
def bursts(dose):
    at = (dish.record(1000, dose)[:, 0] - 1) // 5
    return np.bincount(at).max() > 200
shares = np.array([np.mean([bursts(dose) for _ in range(3)]) for dose in doses])
edge = 1 - 0.05 * shares.sum() - 0.025
""",
    "experiment": "# On paper.",
    "report": "**Question.** Does it? **Method.** Six seeds. **Result.** It does not. $a<b$",
}

# Handed in by somebody who had not seen the tests: two more ways.

AT_ONCE = {
    "build": """
def build(r, U, n_E, excitation, inhibition):
    E = np.arange(r.size) < n_E
    table = dict(a=(0.02, 0.02 + 0.08 * r), b=(0.2, 0.25 - 0.05 * r), c=(-65 + 15 * r * r, -65), d=(8 - 6 * r * r, 2))
    largest = np.where(E, excitation, -inhibition) * 1000 / r.size
    return {"W": U @ np.diag(largest)} | {key: np.where(E, *pair) for key, pair in table.items()}
""",
    "step": """
def step(v, u, fired, noise, network):
    spikes = np.bincount(np.asarray(fired, dtype=int), minlength=len(v))
    I = noise + network["W"] @ spikes
    for _ in "12":
        v = np.polyval([0.02, 3.5, 70], v) + 0.5 * (I - u)
    u = u + network["a"] * (network["b"] * v - u)
    up = (v >= 30).astype(int)
    return v + up * (network["c"] - v), u + up * network["d"], np.nonzero(up)[0]
""",
    "run": """
def run(step, network, noise):
    table = np.zeros(noise.shape, dtype=bool)
    state = np.full(noise.shape[1], -65.0), -65.0 * np.asarray(network["b"]), np.array([], dtype=int)
    for row, one in zip(table, noise):
        state = step(*state, one, network)
        row[state[2]] = True
    return np.argwhere(table) + [1, 0]
""",
    "trains": """
def rates(spikes, n_E, N, start, stop):
    per = np.bincount(spikes[(spikes[:, 0] > start) & (spikes[:, 0] <= stop), 1].astype(int), minlength=N)
    return np.array([per[:n_E].mean(), per[n_E:].mean()]) * 1e3 / (stop - start)


def irregularity(spikes, N, start, stop):
    late = spikes[(start < spikes[:, 0]) * (spikes[:, 0] <= stop)]
    late = late[np.lexsort((late[:, 0], late[:, 1]))]
    trains = [np.diff(one) for one in np.split(late[:, 0], np.flatnonzero(np.diff(late[:, 1])) + 1)]
    return np.mean([x.std() / x.mean() for x in trains if x.size > 3])


def fano(spikes, N, start, stop, window):
    inside = spikes[(start < spikes[:, 0]) & (spikes[:, 0] <= stop)]
    bins = int(round((stop - start) / window))
    at = np.ceil((inside[:, 0] - start) / window).astype(int) - 1
    table = np.bincount(inside[:, 1].astype(int) * bins + at, minlength=N * bins).reshape(N, bins)
    table = table[np.any(table, axis=1)]
    return (np.var(table, axis=1) / np.mean(table, axis=1)).mean()
""",
    "rhythm": """
def activity(spikes, N, start, stop, width):
    edges = np.linspace(start, stop, round((stop - start) / width) + 1) + 0.5
    return np.histogram(spikes[:, 0], edges)[0] * (1000 / width / N)


def spectrum(rate, width):
    n, dt = len(rate), width * 1e-3
    f = np.fft.rfftfreq(n, dt)
    wave = np.exp(-2j * np.pi * np.outer(f, np.arange(n) * dt))
    return f, 2 * dt / n * abs(wave @ (np.array(rate) - sum(rate) / n)) ** 2


def peak(f, S, low, high):
    f, S = np.array(f), np.array(S)
    return f[np.where((f < low) | (f > high), -np.inf, S).argmax()]
""",
    "synchrony": """
def synchrony(counts, n_E):
    n = np.array(counts, dtype=float)
    s = n.std(axis=1)

    def of(rows):
        return (n[rows].sum(axis=0).var() - np.sum(s[rows] ** 2)) / 2, (s[rows].sum() ** 2 - np.sum(s[rows] ** 2)) / 2

    E, I, both = of(slice(n_E)), of(slice(n_E, None)), of(slice(None))
    return np.array([E[0] / E[1], I[0] / I[1], (both[0] - E[0] - I[0]) / (both[1] - E[1] - I[1])])


def crowd(counts):
    C = np.cov(counts)
    return C.sum() / np.trace(C)
""",
    "raster": """
def raster(spikes, n_E, N, start, stop, width):
    figure = plt.figure()
    upper, lower = figure.add_subplot(211), figure.add_subplot(212)
    t, j = spikes.T
    shown = (t > start) & (t <= stop)
    for kind, colour in ((j < n_E, "C3"), (j >= n_E, "C0")):
        upper.scatter(t[shown & kind], j[shown & kind], s=1, color=colour)
    edges = np.arange(start, stop + 1, width)
    r = np.histogram(t, edges + 0.5)[0] * 1000 / (width * N)
    lower.stairs(r, edges)
    upper.set(ylabel="neuron", xlabel="ms")
    lower.set(ylabel="rate in Hz", xlabel="time (ms)")
    return figure
""",
    "dish": """
dish = lab.Dish(student_id)
N = dish.neurons
E = np.full((N, N), np.nan)
for j in range(N):
    E[j] = np.mean([dish.probe(j) for _ in range(2)], axis=0)
inhibitory = [j for j in range(N) if np.nanmedian(E[j]) < 0]
levels = np.linspace(-8, 0, 9)
known = np.array([np.mean([dish.probe([], I) for _ in range(6)], axis=0) for I in levels])
found = []
for i in range(N):
    law = np.polyfit(known[:, i], levels, 3)
    found += [np.polyval(law, E[j, i]) for j in inhibitory if j != i]
J_I = float(-2 * np.median(found))
doses = np.linspace(0, 1, 21)
share = []
for dose in doses:
    many = [dish.record(dose=dose)[:, 0] for _ in range(5)]
    share.append(np.mean([np.bincount((t - 1) // 5).max() > N for t in many]))
edge = 1 - np.trapezoid(share, doses)
""",
}

PLAIN = {
    "build": """
def build(r, U, n_E, excitation, inhibition):
    N = len(r)
    a, b, c, d = [], [], [], []
    for i, x in enumerate(r):
        kind = (0.02, 0.2, -65 + 15 * x**2, 8 - 6 * x**2) if i < n_E else (0.02 + 0.08 * x, 0.25 - 0.05 * x, -65, 2)
        for values, value in zip((a, b, c, d), kind):
            values.append(value)
    W = [[U[i][j] * (excitation if j < n_E else -inhibition) * 1000 / N for j in range(N)] for i in range(N)]
    return {"a": a, "b": b, "c": c, "d": d, "W": W}
""",
    "step": """
def step(v, u, fired, noise, network):
    a, b, c, d, W = (network[key] for key in ("a", "b", "c", "d", "W"))
    after, tired, who = [], [], []
    for i in range(len(v)):
        x, y = float(v[i]), float(u[i])
        drive = noise[i] + sum(W[i][j] for j in fired)
        for half in range(2):
            x += (0.04 * x * x + 5 * x + 140 - y + drive) / 2
        y += a[i] * (b[i] * x - y)
        if x >= 30:
            who.append(i)
            x, y = c[i], y + d[i]
        after.append(x)
        tired.append(y)
    return after, tired, who
""",
    "run": """
def run(step, network, noise):
    def go(k, v, u, fired, so_far):
        if k == len(noise):
            return so_far
        v, u, fired = step(v, u, fired, noise[k], network)
        return go(k + 1, v, u, fired, so_far + [[float(k + 1), float(j)] for j in fired])

    import sys

    sys.setrecursionlimit(20_000)
    N = len(noise[0])
    spikes = go(0, -65.0 * np.ones(N), -65.0 * np.array(network["b"]), [], [])
    return np.array(spikes) if spikes else np.zeros((0, 2))
""",
    "trains": """
def trains_of(spikes, N, start, stop):
    trains = [[] for _ in range(N)]
    for t, j in spikes:
        if start < t <= stop:
            trains[int(j)].append(t)
    return trains


def average(values):
    return sum(values) / len(values)


def rates(spikes, n_E, N, start, stop):
    each = [1000 * len(one) / (stop - start) for one in trains_of(spikes, N, start, stop)]
    return [average(each[:n_E]), average(each[n_E:])]


def irregularity(spikes, N, start, stop):
    cvs = []
    for one in trains_of(spikes, N, start, stop):
        gaps = [y - x for x, y in zip(one, one[1:])]
        if len(gaps) > 3:
            m = average(gaps)
            cvs.append(average([(g - m) ** 2 for g in gaps]) ** 0.5 / m)
    return average(cvs)


def fano(spikes, N, start, stop, window):
    factors = []
    for one in trains_of(spikes, N, start, stop):
        if one:
            n, left = [], start
            while left < stop:
                n.append(sum(left < t <= left + window for t in one))
                left += window
            m = average(n)
            factors.append(average([k * k for k in n]) / m - m)
    return average(factors)
""",
    "rhythm": """
def activity(spikes, N, start, stop, width):
    bins = [0] * round((stop - start) / width)
    for t, j in spikes:
        if start < t <= stop:
            bins[int(-((start - t) // width)) - 1] += 1
    return [1000 * n / width / N for n in bins]


def spectrum(rate, width):
    T = len(rate) * width / 1000
    total = np.fft.fft(np.array(rate) - np.mean(rate))[: len(rate) // 2 + 1] * (width / 1000)
    return [k / T for k in range(len(total))], [2 / T * abs(x) ** 2 for x in total]


def peak(f, S, low, high):
    return max((power, x) for x, power in zip(f, S) if low <= x <= high)[1]
""",
    "synchrony": """
def synchrony(counts, n_E):
    counts = np.asarray(counts, dtype=float)
    N = len(counts)
    mean, s = counts.mean(axis=1), counts.std(axis=1)
    sums = {"EE": [0, 0], "II": [0, 0], "EI": [0, 0]}
    for i in range(N):
        for j in range(i):
            key = "EE" if i < n_E else "II" if j >= n_E else "EI"
            sums[key][0] += np.mean(counts[i] * counts[j]) - mean[i] * mean[j]
            sums[key][1] += s[i] * s[j]
    return [above / below for above, below in sums.values()]


def crowd(counts):
    return np.var(sum(counts)) / sum(np.var(one) for one in counts)
""",
    "raster": """
def raster(spikes, n_E, N, start, stop, width):
    figure, pair = plt.subplots(2, sharex=True)
    kinds = {"excitatory": [], "inhibitory": []}
    for t, j in spikes:
        if start < t <= stop:
            kinds["excitatory" if j < n_E else "inhibitory"].append((t, j))
    for name, dots in kinds.items():
        pair[0].plot([t for t, j in dots], [j for t, j in dots], linestyle="", marker="|", label=name)
    left = [start + k * width for k in range(round((stop - start) / width))]
    both = kinds["excitatory"] + kinds["inhibitory"]
    rate = [sum(x < t <= x + width for t, j in both) / N / (width / 1000) for x in left]
    pair[1].hist(left, bins=left + [stop], weights=rate, histtype="step")
    pair[0].set_ylabel("Neuron")
    pair[1].set_xlabel("Time [ms]")
    pair[1].set_ylabel("Rate [Hz]")
    return figure
""",
}


def quick(edit):
    """The edit, and no experiment, which is what takes longest."""

    def both(notebook):
        put(notebook, "experiment", "# Left out.")
        edit(notebook)

    return both


def slip(student, name, *pairs, lost, says, hinted=False):
    """One typical mistake in one task."""
    return Submission(student, quick(changes(name, *pairs)), {name: lost}, says=says, hinted=hinted)


CLASS = [
    # Honest work.
    Submission("reference"),
    Submission("blank", start="blank", earned={}),
    Submission("half", quick(only(POINTS, "build", "run", "rhythm")), earned={"build": 8, "run": 7, "rhythm": 8}),
    Submission("otherwise", writes(OTHERWISE)),
    # Typical mistakes.
    slip(
        "transposed",
        "build",
        ('"W": U * largest', '"W": U * largest[:, None]'),
        lost=2,
        says="W[i, j] belongs to the sender j",
        hinted=True,
    ),
    slip("unscaled", "build", (" * 1000 / N", ""), lost=2, says="scale them with 1000 / N", hinted=True),
    slip("early", "run", ("(k + 1, j)", "(k, j)"), lost=3, says="1 ms early"),
    slip(
        "deaf",
        "run",
        ("step(v, u, fired, drive", "step(v, u, [], drive"),
        lost=3,
        says="do not hear each other",
        hinted=True,
    ),
    slip("ms", "rhythm", ("dt = width / 1000", "dt = width"), lost=4, says="`width` is in ms", hinted=True),
    slip(
        "selves",
        "synchrony",
        (" & ~np.eye(len(s), dtype=bool)", ""),
        lost=3,
        says="pair with itself does not count",
        hinted=True,
    ),
    slip("onecloud", "raster", ("((j < n_E, \"tab:blue\"), (j >= n_E, \"tab:red\"))", "((j < N, \"k\"),)"), lost=2, says="one cloud"),
    slip("uncalibrated", "dish", ("for j in range(dish.neurons)]) / gain", "for j in range(dish.neurons)])"), lost=3, says="Calibrate"),
    slip("leftover", "dish", ("edge = (low + high) / 2", "edge = 1 - (low + high) / 2"), lost=3, says="share of inhibition that is left"),
    Submission(
        "neighbour",
        quick(lambda notebook: None),
        claims="reference",
        lost={"dish": 9},
        says="not the id under which",
    ),
    # Handed in by somebody who had not seen the tests.
    Submission("at_once", quick(writes(AT_ONCE))),
    Submission("plain", quick(writes(PLAIN))),
    slip("replaced", "step", ("u[fired] += ", "u[fired] = "), lost=1, says="u is not set to d"),
    slip("touching", "step", ("v = v + 0.5 *", "v += 0.5 *"), lost=0.5, says="changes the array v", hinted=True),
    slip("flat", "run", ("dtype=int).reshape(-1, 2)", "dtype=int)"), lost=1, says="np.array([]) has the shape (0,)", hinted=True),
    slip("fourspikes", "trains", (">= 4", ">= 3"), lost=3, says="not at least four spikes"),
    slip(
        "onepot",
        "trains",
        ("np.mean(np.var(counts, axis=1) / np.mean(counts, axis=1))", "np.var(counts) / np.mean(counts)"),
        lost=3,
        says="each neuron's Fano factor first",
    ),
    slip("starts", "trains", ("(t > start) & (t <= stop)", "(t >= start) & (t < stop)"), lost=2, says="and one at `stop` is"),
    slip("edges", "rhythm", (" + 0.5  # spikes lie on whole ms", ""), lost=2.5, says="those of np.histogram", hinted=True),
    slip(
        "quotients",
        "synchrony",
        ("np.cov(counts, bias=True), np.std(counts, axis=1)", "np.corrcoef(counts), np.ones(len(counts))"),
        lost=4.5,
        says="the quotient of the means is asked for",
    ),
    slip("lookalike", "raster", ("tab:red", "tab:blue"), lost=0.5, says="The two kinds have one colour"),
    slip("wholefilm", "raster", ("[inside & kind]", "[kind]"), lost=1.5, says="from outside of the stretch"),
    slip("receivers", "dish", ("np.nanmean(weights, axis=1)", "np.nanmean(weights, axis=0)"), lost=6, says="not at what is done to it"),
    Submission(
        "unsigned",
        quick(lambda notebook: put(notebook, "student-id", 'student_id = "your id"')),
        {"dish": 9},
        says="is not filled in",
    ),
]  # fmt: skip
