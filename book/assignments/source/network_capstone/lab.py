"""The bench of this assignment: random numbers, example spikes, a dish of neurons of your own, and hints.

You need not read this file, and changing it changes nothing: grading uses its own copy.
"""

import matplotlib.pyplot as plt
import numpy as np
from bench import hint, numbers


def chance(N, seed=1):
    """Evenly drawn numbers between 0 and 1 for N neurons: r, shape (N,), and U, shape (N, N)."""
    rng = np.random.default_rng(seed)
    return rng.random(N), rng.random((N, N))


def some_network(N, seed=1):
    """Any N neurons, of neither kind: a dict of a, b, c, d and W that `step` must cope with."""
    rng = np.random.default_rng(seed)
    ends = {"a": (0.02, 0.1), "b": (0.2, 0.25), "c": (-65, -50), "d": (2, 8)}
    network = {name: rng.uniform(*pair, N) for name, pair in ends.items()}
    return network | {"W": rng.uniform(0.5, 2, (N, N)) * rng.choice([-1, 1], N)}


def some_state(N, seed=1):
    """Voltages and recoveries of N neurons that are quiet, and a weak input: v, u, noise."""
    rng = np.random.default_rng(seed)
    v = rng.uniform(-68, -58, N)
    return v, 0.2 * v + rng.uniform(-1, 1, N), rng.normal(0, 2, N)


def leaky_step(v, u, fired, noise, network):
    """A function like `step`, for leaky integrate-and-fire neurons that tire: v and u after 1 ms, and who fired."""
    I = noise + network["W"][:, np.asarray(fired, dtype=int)].sum(axis=1)
    v, u = v + (-65 - v) / 20 - u + I, u - u / 50
    up = np.flatnonzero(v >= -50)
    v[up] = -65
    u[up] += 0.5
    return v, u, up


def leaky_network(N, seed=1, coupling=1.0):
    """N neurons for `leaky_step`."""
    rng = np.random.default_rng(seed)
    return {"b": np.full(N, 0.01), "W": coupling * rng.uniform(0, 1, (N, N)) * rng.choice([2, 2, 2, -4], N)}


def noise_of(N, duration, seed=1, mean=0.0, spread=2.0):
    """Noise in mV/ms, one row for each ms."""
    return np.random.default_rng(seed).normal(mean, spread, (duration, N))


def example(N, n_E, duration, seed=1):
    """Made-up spikes with a rhythm: rows of (time in ms, neuron), in order of time."""
    rng = np.random.default_rng(seed)
    t = np.arange(1, duration + 1)
    period, phase = rng.uniform(60, 140), rng.uniform(0, 6)
    base = np.where(np.arange(N) < n_E, 0.008, 0.015) * rng.uniform(0.5, 1.5, N)
    rate = base * (1 + 0.9 * np.sin(2 * np.pi * t / period + phase))[:, None]
    step, neuron = np.nonzero(rng.random((duration, N)) < rate)
    return np.column_stack([step + 1, neuron])


def example_counts(N, bins, seed=1):
    """Made-up counts of N neurons: a row for each neuron, a column for each bin."""
    rng = np.random.default_rng(seed)
    shared = rng.gamma(8.0, 1 / 8.0, bins)
    return rng.poisson(rng.uniform(0.1, 1.5, N)[:, None] * shared)


class Dish:
    """A culture of 200 neurons of the chapter's two kinds, in no order. Nobody else has this one.

    spikes = dish.record(duration, dose)

    records what the neurons do by themselves for `duration` ms (100 to 5000): rows of (time in ms, neuron), in order of time. A drug
    takes the share `dose` (0 to 1) of every inhibitory weight away. No two recordings are alike.

    moved = dish.probe(fire, current)

    silences the noise and waits until all neurons rest. Then each neuron listed in `fire` spikes once, and every neuron gets `current`
    (mV/ms, -10 to 10) besides, both for 1 ms. `moved` is by how many mV each neuron's voltage has changed after this 1 ms, with a noise
    of 0.3 mV; it is NaN for the neurons that fired. No drug here, and nothing is left over from one probe to the next.
    """

    neurons = 200

    def __init__(self, student_id):
        draw = numbers("network_capstone", "dish", student_id)
        N, few = self.neurons, int(draw.integers(34, 55))
        self._J_I, about = draw.uniform(4, 6), draw.uniform(0.25, 0.75)
        self._J_E = (209 + 0.97 * few * self._J_I * (1 - about)) / (N - few)
        self._inhibitory = np.sort(draw.permutation(N)[:few])
        self._brakes = brakes = np.isin(np.arange(N), self._inhibitory)
        mix, evenly = draw.random(N), draw.random((N, N))
        self._pace, self._pull = 0.02 + brakes * 0.08 * mix, 0.2 + brakes * 0.05 * (1 - mix)
        self._landing, self._tired = -65 + ~brakes * 15 * mix**2, 2 + ~brakes * 6 * (1 - mix**2)
        self._sends = evenly * np.where(brakes, -self._J_I, self._J_E)[:, None]  # a row for each sender
        self._draw = draw

    def record(self, duration=1000, dose=0.0):
        if not 100 <= duration <= 5000:
            raise ValueError(f"duration = {duration} ms; use 100 to 5000 ms")
        if not 0 <= dose <= 1:
            raise ValueError(f"dose = {dose}; a dose is the share of inhibition that is taken away: use 0 to 1")
        before, N = 200, self.neurons
        spread = np.where(self._brakes, 2.0, 5.0)
        sends = self._sends * np.where(self._brakes, 1 - dose, 1)[:, None]
        outside = spread * self._draw.standard_normal((before + int(duration), N))
        v, u = np.full(N, -65.0), -65.0 * self._pull
        rows = []
        for now, drive in enumerate(outside):
            up = np.flatnonzero(v >= 30)
            if up.size:
                rows.append(np.column_stack([np.full(up.size, now - before), up]))
                v[up] = self._landing[up]
                u[up] += self._tired[up]
                drive = drive + sends[up].sum(axis=0)
            change = 140 - u + drive
            v += 0.5 * ((0.04 * v + 5) * v + change)
            v += 0.5 * ((0.04 * v + 5) * v + change)
            u += self._pace * (self._pull * v - u)
        spikes = np.concatenate([np.empty((0, 2), int), *rows])
        return spikes[spikes[:, 0] > 0]

    def probe(self, fire=(), current=0.0):
        who = np.unique(np.atleast_1d(np.asarray(fire, dtype=float))) if np.size(fire) else np.array([])
        if not np.all((who >= 0) & (who < self.neurons) & (who % 1 == 0)):
            raise ValueError(f"fire = {fire}; list neurons by their numbers, 0 to {self.neurons - 1}")
        if not abs(current) <= 10:
            raise ValueError(f"current = {current} mV/ms would harm the cells; use -10 to 10 mV/ms")
        who = who.astype(int)
        slope = 5 - self._pull
        rest = (-slope - np.sqrt(slope**2 - 22.4)) / 0.08
        change, v = 140 - self._pull * rest + current + self._sends[who].sum(axis=0), rest
        for half in (0.5, 0.5):
            v = v + half * ((0.04 * v + 5) * v + change)
        moved = np.minimum(v, 30) - rest + self._draw.normal(0, 0.3, self.neurons)
        moved[who] = np.nan
        return moved


# Hints. They look at kinds of mistakes and know no answer that is marked.


def hint_build(build):
    def built(n_E=6, N=8):
        return build(*chance(N), n_E, 0.5, 1.0)

    def shapes(network):
        if not isinstance(network, dict) or not set("abcdW") <= set(network):
            return "return a dict with the keys a, b, c, d and W."
        for name in "abcd":
            if np.shape(network[name]) != (8,):
                return f"{name} should have one value for each of the 8 neurons."
        return "" if np.shape(network["W"]) == (8, 8) else "W should have a row and a column for each of the 8 neurons."

    def signs(network):
        W = np.asarray(network["W"])
        if np.all(W[:6] >= 0) and np.all(W[6:] <= 0):
            return "look at the signs in W: is the column the sender?"
        if np.any(W[:, :6] < 0):
            return "an excitatory neuron should only excite."
        return "an inhibitory neuron should only silence." if np.any(W[:, 6:] > 0) else ""

    def total(network):
        return np.sum(np.asarray(network["W"], dtype=float), axis=1).mean()

    hint(
        "Task 1",
        (built, shapes),
        (
            built,
            lambda network: "a neuron lands at -65 to -50 mV after a spike." if np.max(network["c"]) > -50 else "",
        ),
        (
            lambda: np.ptp(np.asarray(built()["a"])[:6]),
            lambda spread: "all excitatory neurons recover at one pace." if spread > 1e-12 else "",
        ),
        (
            lambda: np.ptp(np.asarray(built()["c"])[6:]),
            lambda spread: "all inhibitory neurons land at one voltage." if spread > 1e-12 else "",
        ),
        (built, signs),
        (
            lambda: total(built(40, 40)) / total(built(200, 200)),
            lambda ratio: (
                "if all fire, a neuron should get about as much in a small network as in a large one."
                if not 0.8 < ratio < 1.25
                else ""
            ),
        ),
    )


def hint_step(step):
    def stepped(**changed):
        v, u, noise = some_state(12)
        given = {"v": v, "u": u, "fired": [], "noise": noise, "network": some_network(12)} | changed
        return step(**{name: value.copy() if hasattr(value, "copy") else value for name, value in given.items()})

    def at_rest():
        rest = np.full(12, -70.0)
        calm = some_network(12) | {"b": np.full(12, 0.2)}
        return np.asarray(stepped(v=rest, u=0.2 * rest, noise=np.zeros(12), network=calm)[0]) - rest

    def sent():
        """A voltage for each neuron, after neuron 3 alone has sent something to neuron 7 alone."""
        W = np.zeros((12, 12))
        W[7, 3] = 2.0
        one, none = (stepped(fired=who, network=some_network(12) | {"W": W})[0] for who in ([3], []))
        return np.flatnonzero(np.abs(np.asarray(one) - np.asarray(none)) > 1e-9).tolist()

    def pushed():
        noise = np.zeros(12)
        noise[4] = 150.0
        v, u, fired = stepped(noise=noise)
        return v, np.atleast_1d(fired).tolist()

    def touched():
        """What was given, after and before."""
        v, u, noise = some_state(12)
        noise[4] = 150.0
        given, network = (v, u, noise), some_network(12)
        before = [one.copy() for one in given]
        step(v, u, [0, 3], noise, network)
        return [name for name, one, old in zip(("v", "u", "noise"), given, before) if not np.array_equal(one, old)]

    hint(
        "Task 2",
        (stepped, lambda three: "return three things: v, u, fired." if not len(three) == 3 else ""),
        (
            lambda: stepped()[0],
            lambda v: "v should have one value for each neuron." if np.shape(v) != (12,) else "",
        ),
        (
            at_rest,
            lambda moved: (
                "without input a neuron at -70 mV, with b = 0.2 and u = b v, should stay there."
                if np.abs(moved).max() > 1e-9
                else ""
            ),
        ),
        (
            sent,
            lambda moved: (
                "when neuron 3 has fired and only W[7, 3] is not 0, neuron 7 and no other should notice."
                if moved != [7]
                else ""
            ),
        ),
        (
            pushed,
            lambda both: (
                "a strong input to neuron 4 alone should make it fire, and `fired` should be its number, in a list."
                if both[1] != [4]
                else ""
            ),
        ),
        (
            pushed,
            lambda both: "a neuron that has fired should be seen below 30 mV." if np.max(both[0]) >= 30 else "",
        ),
        (touched, lambda names: f"leave what you are given as it is: {names[0]} is changed." if names else ""),
    )


def hint_run(run):
    def clock(v, u, fired, noise, network):
        """Neuron 1 fires in the step 3, 6, 9 ...; neuron 0 one step after neuron 1. v[2] counts the steps."""
        v = np.array(v, dtype=float)
        v[2] += 1
        up = [0] if 1 in list(fired) else []
        return v, u, np.array(up + [1] if round(v[2] + 65) % 3 == 0 else up, dtype=int)

    def ran():
        return np.asarray(run(clock, {"b": np.full(3, 0.2), "W": np.zeros((3, 3))}, np.zeros((10, 3))))

    def never(v, u, fired, noise, network):
        return v, u, np.array([], dtype=int)

    def of(neuron):
        spikes = ran()
        return spikes[spikes[:, 1] == neuron, 0].tolist()

    hint(
        "Task 3",
        (
            ran,
            lambda spikes: (
                "return an array with two columns, time and neuron."
                if spikes.shape[1:] != (2,) or not len(spikes)
                else ""
            ),
        ),
        (ran, lambda spikes: "is the time in the first column?" if set(spikes[:, 0].tolist()) <= {0, 1} else ""),
        (
            lambda: of(1),
            lambda times: (
                "what happens in the first step happens at 1 ms: it is the end of the step that counts."
                if times and times[0] == 2
                else ""
            ),
        ),
        (lambda: len(of(1)), lambda n: "v and u of one step should go into the next." if n != 3 else ""),
        (lambda: len(of(0)), lambda n: "who fired in one step should be told to the next." if n != 3 else ""),
        (
            lambda: np.shape(run(never, {"b": np.full(3, 0.2), "W": np.zeros((3, 3))}, np.zeros((4, 3)))),
            lambda shape: (
                f"if nobody fires, two columns are left, without a row: not {shape}." if shape != (0, 2) else ""
            ),
        ),
    )


def hint_trains(rates, irregularity, fano):
    def clock(*neurons, period=10, late=0):
        """These neurons fire every `period` ms, for a second."""
        return np.array([(t + late, j) for t in range(period, 1001, period) for j in neurons])

    hint(
        "Task 4",
        (
            lambda: rates(clock(0, 1, 2, 3), 3, 4, 0, 1000),
            lambda both: "return two rates." if np.shape(both) != (2,) else "",
        ),
        (
            lambda: np.max(np.abs(np.subtract(rates(clock(0, 1, 2, 3), 3, 4, 0, 1000), 100))),
            lambda off: "if each neuron fires every 10 ms, both rates should be 100 Hz." if off > 1e-6 else "",
        ),
        (
            lambda: rates(clock(0), 1, 2, 0, 1000)[1],
            lambda I: "a kind that is silent should have the rate 0." if abs(I) > 1e-9 else "",
        ),
        (
            lambda: rates(clock(0), 1, 2, 500, 1000)[0],
            lambda E: "half of the recording should give a clock's rate as the whole does." if abs(E - 100) > 3 else "",
        ),
        (
            lambda: irregularity(clock(0, 1), 4, 0, 1000),
            lambda cv: "clocks beside neurons that are silent should give 0." if not abs(cv) < 1e-9 else "",
        ),
        (
            lambda: irregularity(
                np.array(sorted([*clock(0).tolist(), *clock(1, period=40, late=3).tolist()])), 2, 0, 1100
            ),
            lambda cv: "two clocks, each for itself, should give 0." if not abs(cv) < 1e-9 else "",
        ),
        (
            lambda: fano(clock(0, 1), 4, 0, 1000, 100),
            lambda F: "clocks beside neurons that are silent should give 0." if not abs(F) < 1e-9 else "",
        ),
        (
            lambda: fano(np.array([(5, 0)]), 1, 0, 100, 10),
            lambda F: (
                "one spike in one of ten windows: mean 0.1, variance 0.1 times 0.9." if not abs(F - 0.9) < 1e-9 else ""
            ),
        ),
    )


def hint_rhythm(activity, spectrum, peak):
    every = np.array([(t, j) for t in range(1, 101) for j in range(5)])
    t = np.arange(501) * 0.002
    wave = 10 + 3 * np.cos(2 * np.pi * 20 / 1.002 * t)  # 20 swings in 1.002 s

    hint(
        "Task 5",
        (
            lambda: activity(every, 5, 0, 100, 4),
            lambda rate: f"100 ms have 25 bins of 4 ms; you have {np.size(rate)}." if np.shape(rate) != (25,) else "",
        ),
        (
            lambda: np.max(np.abs(np.subtract(activity(every, 5, 0, 100, 4), 1000))),
            lambda off: "if every neuron fires every ms, the rate should be 1000 Hz in each bin." if off > 1e-6 else "",
        ),
        (
            lambda: spectrum(wave, 2.0),
            lambda both: "return two arrays, f and S, of one length." if len(both) != 2 or np.ndim(both) != 2 else "",
        ),
        (
            lambda: spectrum(wave, 2.0)[0],
            lambda f: "with bins of 2 ms, f should end near 250 Hz." if not 240 < np.max(f) < 260 else "",
        ),
        (lambda: spectrum(wave, 2.0)[1][0], lambda S: "is the mean taken off?" if S > 1e-6 else ""),
        (
            lambda: np.sum(spectrum(wave, 2.0)[1]) / 1.002 / np.var(wave),
            lambda ratio: (
                "the power, summed and divided by T, should be the variance of the rate. Are all times in s?"
                if not 0.95 < ratio < 1.05
                else ""
            ),
        ),
        (
            lambda: peak(np.array([0.0, 5.0, 10.0, 15.0]), np.array([9.0, 1.0, 2.0, 8.0]), 4, 12),
            lambda f: "between 4 and 12 Hz only 5 and 10 Hz are to choose from." if f not in (5, 10) else "",
        ),
    )


def hint_synchrony(synchrony, crowd):
    beat = np.tile([1, 0, 2, 0], 50)
    flip = np.tile([0, 1, 0, 2], 50)

    hint(
        "Task 6",
        (
            lambda: synchrony(np.array([beat] * 5), 3),
            lambda three: "return three numbers." if np.shape(three) != (3,) else "",
        ),
        (
            lambda: np.max(np.abs(np.subtract(synchrony(np.array([beat] * 5), 3), 1))),
            lambda off: "neurons that are all alike should have correlations of 1." if off > 1e-9 else "",
        ),
        (
            lambda: np.abs(np.subtract(synchrony(np.array([beat, beat, beat, flip, flip]), 3)[:2], 1)).max(),
            lambda off: "the first two numbers are those within a kind." if off > 1e-9 else "",
        ),
        (
            lambda: synchrony(np.array([beat, beat, beat, flip, flip]), 3)[2],
            lambda rho: (
                "if one kind fires when the other does not, they should go against each other." if rho > 0 else ""
            ),
        ),
        (
            lambda: np.max(np.abs(synchrony(np.random.default_rng(3).poisson(1.0, (6, 5000)), 3))),
            lambda rho: (
                "neurons that do not know of each other should have correlations near 0. Is a pair of a neuron with itself in?"
                if rho > 0.1
                else ""
            ),
        ),
        (
            lambda: crowd(np.array([beat] * 5)),
            lambda ratio: (
                "five neurons, all alike, should vary five times as much as independent ones."
                if abs(ratio - 5) > 1e-9
                else ""
            ),
        ),
    )


def hint_raster(raster):
    spikes = example(20, 15, 200)

    seen = []

    def drawn():
        if not seen:
            before = set(plt.get_fignums())
            seen.append(raster(spikes, 15, 20, 0, 200, 10))
            for number in set(plt.get_fignums()) - before:
                plt.close(number)
        return seen[0]

    hint(
        "Task 7",
        (drawn, lambda figure: "return the figure." if not hasattr(figure, "axes") else ""),
        (
            drawn,
            lambda figure: "draw the raster and the rate on two pairs of axes." if len(figure.axes) < 2 else "",
        ),
        (
            lambda: [ax.get_xlabel() for ax in drawn().axes],
            lambda labels: (
                "say on the lower x axis what is drawn, and in ms." if not any("ms" in one for one in labels) else ""
            ),
        ),
        (
            lambda: [ax.get_ylabel() for ax in drawn().axes],
            lambda labels: "say on both y axes what is drawn." if sum(map(bool, labels)) < 2 else "",
        ),
        (
            lambda: [ax.get_ylabel() for ax in drawn().axes],
            lambda labels: (
                "the rate is in Hz."
                if not any("hz" in one.lower() or "/s" in one.replace(" ", "") for one in labels)
                else ""
            ),
        ),
    )


def hint_dish(student_id, inhibitory, J_I, edge):
    hint(
        "Task 8",
        (
            lambda: np.asarray(inhibitory),
            lambda who: (
                "`inhibitory` should be a list of neurons' numbers." if who.ndim != 1 or who.dtype == bool else ""
            ),
        ),
        (
            lambda: len(inhibitory),
            lambda n: "in this dish, too, fewer neurons silence than excite." if not 0 < n < Dish.neurons / 2 else "",
        ),
        (
            lambda: J_I,
            lambda J: (
                "J_I is a size, in mV/ms: more than 0. A network of 200 needs larger weights than one of 1000."
                if not 1 < J < 20
                else ""
            ),
        ),
        (
            lambda: edge,
            lambda dose: "a dose lies between 0 and 1, and at neither end here." if not 0 < dose < 1 else "",
        ),
    )
