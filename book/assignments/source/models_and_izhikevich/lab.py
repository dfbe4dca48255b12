"""The bench of this assignment: a neuron of your own, and hints.

You need not read this file, and changing it changes nothing: grading uses its own copy.
"""

import numpy as np
from bench import hint, numbers

KINDS = ("stable node", "stable focus", "unstable node", "unstable focus", "saddle")
PATTERNS = ("phasic spiking", "phasic bursting", "mixed mode", "tonic spiking", "none of these")
CLASSES = ("RS", "IB", "CH", "FS", "LTS")
CELLS = {  # ends of a, b, c, d
    "RS": ((0.018, 0.022), (0.195, 0.205), (-66.0, -64.0), (7.2, 8.8)),
    "IB": ((0.019, 0.021), (0.195, 0.205), (-56.0, -55.2), (4.1, 4.6)),
    "CH": ((0.018, 0.022), (0.195, 0.205), (-50.5, -49.5), (1.8, 2.2)),
    "FS": ((0.090, 0.110), (0.195, 0.205), (-66.0, -64.0), (1.8, 2.2)),
    "LTS": ((0.018, 0.022), (0.246, 0.254), (-66.0, -64.0), (1.8, 2.2)),
}


class Neuron:
    """A cell of the cortex with an electrode in it. Nobody else has this one.

    spikes = neuron.fire(current, duration)

    lets it rest without current, then switches on `current` (mV/ms) at 0 ms and records until `duration`: the spike times in ms. The
    recorder's clock trembles by 0.01 ms. Currents from -20 to 20 mV/ms and up to 1000 ms are safe; between two calls the cell
    recovers.
    """

    def __init__(self, student_id):
        draw = numbers("models_and_izhikevich", "neuron", student_id)
        self._name = CLASSES[draw.integers(len(CLASSES))]
        self._cell = [draw.uniform(*ends) for ends in CELLS[self._name]]
        self._noise = draw

    def fire(self, current, duration=1000.0):
        if not abs(current) <= 20:
            raise ValueError(f"current = {current} mV/ms would harm the cell; use -20 to 20 mV/ms")
        if not 0 < duration <= 1000:
            raise ValueError(f"duration = {duration} ms; the cell lasts for more than 0 and up to 1000 ms")
        spikes = self._spikes(current, duration)
        return np.maximum(spikes + self._noise.normal(0, 0.01, len(spikes)), 0)

    def _spikes(self, current, duration):
        a, b, c, d = self._cell
        v = (b - 5 - ((5 - b) ** 2 - 22.4) ** 0.5) / 0.08
        u, spikes = b * v, []
        for k in range(1, round(duration / 0.1) + 1):
            v += 0.1 * ((0.04 * v + 5) * v + 140 - u + current)
            u += 0.1 * a * (b * v - u)
            if v >= 30:
                spikes.append(0.1 * k)
                v = c
                u += d
        return np.array(spikes)


# Hints. They look at kinds of mistakes and know no answer that is marked.


def hint_points(fixed_points, kind):
    def two(points):
        if points is None:
            return "fixed_points returns None. Does it end with `return`?"
        if np.shape(points) != (2, 2):
            return "at I = 0 and b = 0.15 there are two points, each with v and u: [[v, u], [v, u]]."
        points = np.array(points, dtype=float)
        if np.abs(points[:, 1] - 0.15 * points[:, 0]).max() > 1e-6:
            return "a fixed point lies on the line u = b v."
        if np.abs(0.04 * points[:, 0] ** 2 + 5 * points[:, 0] + 140 - points[:, 1]).max() > 1e-6:
            return "put v and u into dv/dt: it should be 0 there."
        return "the lower v comes first." if points[0, 0] > points[1, 0] else ""

    hint(
        "Task 1",
        (lambda: fixed_points(0.0, 0.15), two),
        (
            lambda: fixed_points(60.0, 0.15),
            lambda points: (
                "far beyond the saddle-node there is no fixed point: return an empty list."
                if points is None or np.size(points)
                else ""
            ),
        ),
        (
            lambda: [kind(v, 0.05, 0.22) for v in (-75.0, -61.0, -50.0)],
            lambda names: f"answer with one of {', '.join(KINDS)}." if not set(names) <= set(KINDS) else "",
        ),
        (
            lambda: kind(-80.0, 0.05, 0.22),
            lambda name: (
                "far to the left every deviation of v shrinks. What is the sign of the trace there?"
                if "unstable" in name
                else ""
            ),
        ),
        (
            lambda: kind(-45.0, 0.05, 0.22),
            lambda name: (
                "far to the right the parabola is steeper than the line, and the determinant negative."
                if name != "saddle"
                else ""
            ),
        ),
        (
            lambda: kind(-80.0, 1e-6, 0.22),
            lambda name: "if u hardly moves, v alone returns, and without a swing." if "focus" in name else "",
        ),
    )


def hint_lost(rest_is_lost, rest_is_lost_2007):
    v_r, v_t = np.sort(np.roots([0.04, 5, 140]))

    def form(answer):
        if not np.iterable(answer) or len(answer) != 2:
            return "return two things: the name and the current."
        return 'name it "Hopf" or "saddle-node".' if str(answer[0]) not in ("Hopf", "saddle-node") else ""

    def both(a, b):
        old, new = rest_is_lost(a, b), rest_is_lost_2007(50.0, 2.0, v_r, v_t, a, 50 * b)
        return old[0] == new[0] and abs(new[1] / 50 + b * v_r - old[1]) < 1e-3

    hint(
        "Task 2",
        (lambda: rest_is_lost(0.03, 0.22), form),
        (lambda: rest_is_lost_2007(100.0, 1.0, -65.0, -40.0, 0.03, 1.0), form),
        (
            lambda: rest_is_lost(1e-9, 0.22)[0],
            lambda name: (
                "a u that hardly moves cannot hold v: with a nearly 0, which is lost first as I grows, the stability or the "
                "fixed point?"
                if name != "Hopf"
                else ""
            ),
        ),
        (
            lambda: rest_is_lost(0.1, 0.1 + 1e-7)[1] - rest_is_lost(0.1, 0.1 - 1e-7)[1],
            lambda d: "where a = b the two currents should be one." if abs(d) > 1e-3 else "",
        ),
        (
            lambda: both(0.03, 0.22) and both(0.2, 0.05),
            lambda same: (
                "a neuron of 2003 written in the form of 2007 should lose rest in the same way and at the same current, "
                "up to C and the shift of the chapter."
                if not same
                else ""
            ),
        ),
    )


def hint_simulate(simulate):
    about = {"a": 0.02, "b": 0.2, "c": -65.0, "d": 8.0, "v": -70.0, "u": -14.0}

    def peaks(V):
        V = np.asarray(V, dtype=float)
        if V.max() != 30:
            return "at a spike V should record 30 exactly, and never more."
        following = V[np.flatnonzero(V[:-1] == 30) + 1]
        return "the step after a spike should start from c." if np.abs(following + 65).max() > 5 else ""

    hint(
        "Task 3",
        (
            lambda: simulate(0.0, 10.0, 0.1, **about),
            lambda both: "return two things: V and the spike times." if not np.iterable(both) or len(both) != 2 else "",
        ),
        (
            lambda: len(simulate(0.0, 10.0, 0.1, **about)[0]),
            lambda n: (
                f"10 ms in steps of 0.1 ms make 101 values, counting the first; you have {n}." if n != 101 else ""
            ),
        ),
        (
            lambda: len(simulate(0.0, 0.3, 0.1, **about)[0]),
            lambda n: (
                f"0.3 ms in steps of 0.1 ms make 4 values; you have {n}. What is 0.3 / 0.1 here?" if n != 4 else ""
            ),
        ),
        (
            lambda: np.ptp(simulate(0.0, 10.0, 0.1, **about)[0]),
            lambda moved: "v = -70, u = -14 is a fixed point at I = 0: V should stay." if moved > 1e-6 else "",
        ),
        (
            lambda: len(simulate(12.0, 300.0, 0.1, **about)[1]),
            lambda n: (
                "12 mV/ms should make spikes."
                if n == 0
                else "there are far too many spikes. Is u raised at each?"
                if n > 30
                else ""
            ),
        ),
        (lambda: simulate(12.0, 300.0, 0.1, **about)[0], peaks),
        (
            lambda: np.max(simulate(12.0, 300.0, 0.1, **about)[1]),
            lambda last: "spike times should be in ms." if not 100 < last <= 300 else "",
        ),
    )


def hint_trains(cv_and_lv, fano):
    clock, pairs = np.arange(5.0, 1000.0, 10.0), np.cumsum(np.tile([1.0, 1e6], 50))
    hint(
        "Task 4",
        (
            lambda: cv_and_lv(clock),
            lambda both: "return two numbers: CV and LV." if not np.iterable(both) or len(both) != 2 else "",
        ),
        (
            lambda: np.abs(cv_and_lv(clock)),
            lambda both: "a clock's intervals do not vary: both are 0." if max(both) > 1e-9 else "",
        ),
        (
            lambda: np.abs(np.subtract(cv_and_lv(3 * clock**2), cv_and_lv(clock**2))),
            lambda d: "three times as slow a train should have the same CV and LV." if max(d) > 1e-9 else "",
        ),
        (
            lambda: cv_and_lv(pairs)[1],
            lambda lv: (
                "if of two neighbours one is always far longer, LV is nearly 3, however many there are."
                if abs(lv - 3) > 1e-3
                else ""
            ),
        ),
        (
            lambda: fano(clock, 100.0, 1000.0),
            lambda F: "ten spikes in every window: nothing varies, and F is 0." if abs(F) > 1e-9 else "",
        ),
        (
            lambda: fano(np.append(clock, [1005.0, 1015.0]), 100.0, 1030.0),
            lambda F: "the last window is not whole here: leave it out." if abs(F) > 1e-9 else "",
        ),
        (
            lambda: fano(clock**2 / 1000, 50.0, 1000.0) / fano(np.repeat(clock**2 / 1000, 2), 50.0, 1000.0),
            lambda r: "twice the spikes in every window should double F." if abs(r - 0.5) > 1e-9 else "",
        ),
    )


def hint_steps(order, converged):
    steps = np.array([1.0, 0.1, 0.01])
    hint(
        "Task 5",
        (
            lambda: order(steps, 7 + 3 * steps),
            lambda p: (
                "the error of these falls with the first power of the step: the order is 1."
                if abs(p - 1) > 1e-6
                else ""
            ),
        ),
        (
            lambda: order(steps, 7 + 3 * steps) - order(steps, 7 - 3 * steps),
            lambda d: "early or late, the order should be the same." if abs(d) > 1e-6 else "",
        ),
        (
            lambda: converged(steps, 7 + 3 * steps),
            lambda t: "subtract the rest of the error, too: the last result is not yet the limit." if t > 7.001 else "",
        ),
        (
            lambda: converged(steps, 1007 + 3 * steps) - converged(steps, 7 + 3 * steps),
            lambda d: (
                "1000 ms later in all three should be 1000 ms later in the limit." if abs(d - 1000) > 1e-6 else ""
            ),
        ),
    )


def hint_pattern(pattern):
    clock = np.arange(110.0, 500.0, 20.0)

    def changed():
        given = clock.copy()
        pattern(given, 100.0, 500.0)
        return not np.array_equal(given, clock)

    hint(
        "Task 6",
        (
            lambda: [pattern(clock[:n].copy(), 100.0, 500.0) for n in (1, 2, 4, 20)],
            lambda names: (
                f"answer with one of these: {', '.join(PATTERNS)}." if not set(map(str, names)) <= set(PATTERNS) else ""
            ),
        ),
        (changed, lambda yes: "it changes the array that it is given; make a new one." if yes else ""),
        (
            lambda: pattern(np.array([]), 100.0, 500.0),
            lambda name: "no spike is none of these." if name != "none of these" else "",
        ),
        (
            lambda: pattern(clock, 100.0, 500.0),
            lambda name: "a clock that ticks through the whole step is tonic." if name != "tonic spiking" else "",
        ),
        (
            lambda: (
                pattern(np.concatenate([clock - 500, clock, clock + 500]), 100.0, 500.0) == pattern(clock, 100.0, 500.0)
            ),
            lambda same: "spikes before and after the step should change nothing." if not same else "",
        ),
        (
            lambda: (
                [pattern(np.array(train) + 1000, 1100.0, 1500.0) for train in ([110.0], [310.0, 313.0, 317.0], clock)]
                == [pattern(np.array(train), 100.0, 500.0) for train in ([110.0], [310.0, 313.0, 317.0], clock)]
            ),
            lambda same: "the same response a second later should have the same name." if not same else "",
        ),
        (
            lambda: [
                pattern(k * np.array(train), k * 100.0, k * 500.0)
                for k in (1, 1000)
                for train in ([110.0], [110.0, 113.0, 117.0], clock)
            ],
            lambda names: (
                "a rule compares intervals with intervals: a thousand times slower, the name should be the same."
                if names[:3] != names[3:]
                else ""
            ),
        ),
    )


def hint_curve(figure, onset, currents):
    hint(
        "Task 7",
        (lambda: figure.axes, lambda axes: "draw on one pair of axes." if len(axes) != 1 else ""),
        (
            lambda: figure.axes[0].get_xlabel().lower(),
            lambda label: (
                "say on the x axis what is drawn, and in mV/ms." if "mv" not in label or "ms" not in label else ""
            ),
        ),
        (
            lambda: figure.axes[0].get_ylabel().lower().replace(" ", ""),
            lambda label: (
                "say on the y axis what is drawn, and in Hz."
                if not any(unit in label for unit in ("hz", "/s", "s^{-1}"))
                else ""
            ),
        ),
        (
            lambda: onset,
            lambda current: "the onset is one of the currents of the list." if current not in list(currents) else "",
        ),
    )


def hint_neuron(student_id, rheobase, slowing, name):
    neuron = Neuron(student_id)
    hint(
        "Task 8",
        (
            lambda: len(neuron.fire(rheobase + 0.3, 300.0)),
            lambda n: "0.3 mV/ms above your rheobase the neuron does not spike." if n == 0 else "",
        ),
        (
            lambda: len(neuron.fire(rheobase - 0.3, 300.0)),
            lambda n: "0.3 mV/ms below your rheobase the neuron still spikes within 300 ms." if n else "",
        ),
        (
            lambda: slowing,
            lambda ratio: "the late intervals are the longer ones. Is the ratio upside down?" if ratio < 1 else "",
        ),
        (lambda: name, lambda said: f"answer with one of {', '.join(CLASSES)}." if said not in CLASSES else ""),
    )
