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
    slip("square", "build", ("15 * r**2", "15 * r"), lost=2, says="square of r"),
    slip(
        "onestep",
        "step",
        ("range(2)", "range(1)"),
        ("0.5 * (", "1.0 * ("),
        lost=2,
        says="two of 0.5 ms are asked for",
    ),
    slip("rows", "step", ("[:, fired].sum(axis=1)", "[fired].sum(axis=0)"), lost=2, says="columns", hinted=True),
    slip("noreset", "step", ('    v[fired] = network["c"][fired]\n', ""), lost=1.5, says="v is not reset", hinted=True),
    slip("early", "run", ("(k + 1, j)", "(k, j)"), lost=6, says="1 ms early"),
    slip(
        "deaf",
        "run",
        ("step(v, u, fired, drive", "step(v, u, [], drive"),
        lost=3,
        says="do not hear each other",
        hinted=True,
    ),
    slip(
        "pooled",
        "trains",
        ("(t <= stop) & (j == neuron)", "(t <= stop)"),
        lost=3,
        says="intervals between spikes of different neurons",
        hinted=True,
    ),
    slip(
        "everyone",
        "trains",
        ("E / n_E / seconds, I / (N - n_E)", "E / N / seconds, I / N"),
        lost=2,
        says="not of all",
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
    slip("counts", "raster", (" / N / width * 1000", ""), lost=2, says="The rate below is a count"),
    slip("uncalibrated", "dish", ("for j in range(dish.neurons)]) / gain", "for j in range(dish.neurons)])"), lost=3, says="Calibrate"),
    slip("halfweight", "dish", ("J_I = -2 *", "J_I = -"), lost=3, says="mean inhibitory weight"),
    slip("leftover", "dish", ("edge = (low + high) / 2", "edge = 1 - (low + high) / 2"), lost=3, says="share of inhibition that is left"),
    Submission(
        "neighbour",
        quick(lambda notebook: None),
        claims="reference",
        lost={"dish": 9},
        says="not the id under which",
    ),
]  # fmt: skip
