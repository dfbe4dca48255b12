"""The bench of this assignment: a membrane and a recording of your own, and hints.

You need not read this file, and changing it changes nothing: grading uses its own copy.
"""

import numpy as np
from bench import hint, numbers


class Membrane:
    """A patch of membrane with an electrode in it. Nobody else has this one.

    t, V = membrane.respond(current, duration)

    steps the current (uA/cm2, positive: into the cell) from 0 to `current` at t = 20 ms and records until `duration`: t in ms, V in mV,
    every 0.1 ms. The amplifier adds a little noise. Currents beyond 3 uA/cm2 would tear the patch.
    """

    def __init__(self, student_id):
        draw = numbers("living_battery", "membrane", student_id)
        self._g, self._C, self._E = draw.uniform(0.06, 0.25), draw.uniform(0.8, 1.6), draw.uniform(-80, -58)
        self._noise = draw

    def respond(self, current, duration=300.0):
        if not abs(current) <= 3:
            raise ValueError(f"current = {current} uA/cm2 would tear the patch; use -3 to 3 uA/cm2")
        if not 20 < duration <= 2000:
            raise ValueError(f"duration = {duration} ms; the step comes at 20 ms: use more than that, up to 2000 ms")
        t = np.arange(0, duration, 0.1)
        tau = self._C / self._g
        V = self._E - current / self._g * np.expm1(-np.maximum(t - 20, 0) / tau)
        return t, V + self._noise.normal(0, 0.05, t.size)


def recording(student_id):
    """Spikes of one cortical cell, counted in 0.5 s while a bar was shown: (angles in degrees, counts).

    `counts` has a row for each of 20 presentations and a column for each angle.
    """
    draw = numbers("living_battery", "recording", student_id)
    angles = np.arange(10, 190, 15)  # none is the number of its column
    best, base, top, width = draw.uniform(0, 180), draw.uniform(2, 5), draw.uniform(25, 40), draw.uniform(2, 4)
    rate = base + top * np.exp(width * (np.cos(2 * np.radians(angles - best)) - 1))
    return angles, draw.poisson(rate * 0.5, (20, angles.size))


# Hints. They look at kinds of mistakes and know no answer that is marked.


def returned(name):
    """The remark on a function that returns nothing."""
    return lambda value: f"{name} returns None. Does it end with `return`?" if value is None else ""


def own_id(student_id):
    """The question whether an id was written into the notebook."""
    unwritten = str(student_id).strip().lower() in ("your id", "")
    return lambda: unwritten, lambda it_is: "write your own id in the cell with `student_id`." if it_is else ""


def hint_nernst(nernst):
    def potassium(E):
        if E is None:
            return "nernst returns None. Does it end with `return`?"
        if np.ndim(E):
            return "one ion gives one number."
        if E > 0:
            return "K+ is crowded inside; when it leaves, the inside becomes negative. Look at the ratio."
        if abs(E) < 1:
            return "the potential is 1000 times too small. Volts or millivolts?"
        return ""

    hint(
        "Task 1",
        (lambda: nernst(1, 5.0, 140.0, 37.0), potassium),
        (
            lambda: nernst(1, 5.0, 140.0, 0.0),
            lambda E: "at 0 °C ions still move. Which temperature scale does the equation want?" if abs(E) < 1 else "",
        ),
        (
            lambda: nernst(1, 10.0, 1.0, 20.0),
            lambda E: (
                "a tenfold ratio is worth 58 mV at 20 °C, says the chapter. Which logarithm, and which temperature?"
                if not 57.5 < E < 58.5
                else ""
            ),
        ),
        (
            lambda: nernst(-1, 110.0, 10.0, 37.0) - nernst(1, 10.0, 110.0, 37.0),
            lambda d: "an ion of valence -1 should feel the opposite of one of +1." if abs(d) > 1e-6 else "",
        ),
        (
            lambda: nernst(2, 1.5, 1e-4, 37.0) / nernst(1, 1.5, 1e-4, 37.0),
            lambda r: "two charges on an ion should halve the potential." if abs(r - 0.5) > 1e-6 else "",
        ),
    )


def hint_currents(ion_current, ion_moves):
    hint(
        "Task 2",
        (lambda: ion_current(0.5, -60.0, -60.0), returned("ion_current")),
        (
            lambda: ion_current(0.5, -60.0, -60.0),
            lambda current: "at its own potential an ion carries no current." if abs(current) > 1e-12 else "",
        ),
        (
            lambda: ion_current(0.5, 0.0, -90.0),
            lambda current: "above E, positive charge leaves. Which sign does that have here?" if current < 0 else "",
        ),
        (lambda: ion_moves(1, 0.0, -90.0), returned("ion_moves")),
        (
            lambda: ion_moves(1, 0.0, -90.0),
            lambda where: 'answer with "in", "out" or "nowhere".' if where not in ("in", "out", "nowhere") else "",
        ),
        (
            lambda: ion_moves(1, 0.0, -90.0) == ion_moves(-1, 0.0, -90.0),
            lambda same: "one current, carried by K+ or by Cl-: do the ions move the same way?" if same else "",
        ),
        (
            lambda: ion_moves(1, -90.0, -90.0),
            lambda where: (
                "at its own potential an ion is in balance. Where does it go then?" if where != "nowhere" else ""
            ),
        ),
    )


def hint_rest(goldman, chord):
    one = {"K": 5.0, "Na": 145.0, "Cl": 110.0}, {"K": 140.0, "Na": 15.0, "Cl": 10.0}
    swapped = one[::-1]

    def named(*names):
        try:
            return chord(dict.fromkeys(names, 1.0), dict.fromkeys(names, -60.0))
        except KeyError:
            return "a key"

    hint(
        "Task 3",
        (lambda: goldman({"K": 1.0, "Na": 0.0, "Cl": 0.0}, *one, 26.7), returned("goldman")),
        (
            lambda: goldman({"K": 1.0, "Na": 0.0, "Cl": 0.0}, *one, 26.7),
            lambda V: "if K+ alone may cross, V is its own potential, below 0." if not -120 < V < -50 else "",
        ),
        (
            lambda: goldman({"K": 0.0, "Na": 0.0, "Cl": 1.0}, *one, 26.7),
            lambda V: "Cl- is negative: its two sides stand the other way round." if V > 0 else "",
        ),
        (
            lambda: (
                goldman({"K": 1, "Na": 0.1, "Cl": 0.3}, *one, 26.7)
                + goldman({"K": 1, "Na": 0.1, "Cl": 0.3}, *swapped, 26.7)
            ),
            lambda total: (
                "swapping inside and outside should change the sign and nothing else." if abs(total) > 1e-6 else ""
            ),
        ),
        (
            lambda: (
                goldman({"K": 1.0, "Na": 0.1, "Cl": 0.3}, *one, 20.0)
                - 2 * goldman({"K": 1.0, "Na": 0.1, "Cl": 0.3}, *one, 10.0)
            ),
            lambda d: "twice RT/F should give twice the potential." if abs(d) > 1e-6 else "",
        ),
        (lambda: named("K", "Na", "L"), returned("chord")),
        (
            lambda: named("a", "b"),
            lambda V: "chord asks for a key that `g` and `E` need not have." if V == "a key" else "",
        ),
        (
            lambda: chord({"a": 3.0, "b": 1.0}, {"a": -80.0, "b": 40.0}),
            lambda V: "the mean of -80 and 40 lies between them." if not -80 <= V <= 40 else "",
        ),
        (
            lambda: chord({"a": 3.0, "b": 1.0}, {"a": -80.0, "b": 40.0}),
            lambda V: "the larger conductance should pull harder." if V > -20.001 else "",
        ),
        (
            lambda: (
                chord({"a": 6.0, "b": 2.0}, {"a": -80.0, "b": 40.0})
                - chord({"a": 3.0, "b": 1.0}, {"a": -80.0, "b": 40.0})
            ),
            lambda d: "twice of every conductance should change nothing." if abs(d) > 1e-9 else "",
        ),
    )


def hint_ions(ions_per_um2, share_moved):
    hint(
        "Task 4",
        (lambda: ions_per_um2(100.0, 1.0), returned("ions_per_um2")),
        (
            lambda: ions_per_um2(100.0, 1.0),
            lambda n: (
                "expect thousands of ions on a square micrometre: check mV, µF and cm²." if not 100 < n < 1e5 else ""
            ),
        ),
        (
            lambda: ions_per_um2(100.0, 2.0) / ions_per_um2(100.0, 1.0),
            lambda r: "twice the capacitance needs twice the charge." if abs(r - 2) > 0.01 else "",
        ),
        (lambda: share_moved(5000.0, 10.0, 140.0), returned("share_moved")),
        (
            lambda: share_moved(5000.0, 10.0, 140.0),
            lambda share: "a share is a number between 0 and 1, and here a small one." if not 0 < share < 0.01 else "",
        ),
        (
            lambda: share_moved(5000.0, 5.0, 140.0) / share_moved(5000.0, 10.0, 140.0),
            lambda r: "half the radius halves the volume behind each µm² of membrane." if abs(r - 2) > 0.01 else "",
        ),
        (
            lambda: share_moved(5000.0, 10.0, 70.0) / share_moved(5000.0, 10.0, 140.0),
            lambda r: "half the concentration should double the share." if abs(r - 2) > 0.01 else "",
        ),
        (
            lambda: share_moved(5000.0, 10.0, 140.0) / share_moved(2500.0, 10.0, 140.0),
            lambda r: "twice as many on each µm² should double the share." if abs(r - 2) > 0.01 else "",
        ),
    )


def hint_fire(fire):
    about = {"C": 1.0, "g": 0.1, "E": -65.0, "threshold": -50.0, "reset": -70.0}

    def first_step(C):
        return fire(0.5, 10.0, 0.1, **{**about, "C": C})[0][1] + 65

    def every_step():  # so strong that each of 10 steps fires
        return list(np.round(fire(2000.0, 1.0, 0.1, **about)[1], 6))

    hint(
        "Task 5",
        (lambda: fire(0.0, 10.0, 0.1, **about), returned("fire")),
        (
            lambda: fire(0.0, 10.0, 0.1, **about),
            lambda both: "return two things: V and the spike times." if not np.iterable(both) or len(both) != 2 else "",
        ),
        (
            lambda: fire(0.0, 10.0, 0.1, **about)[0],
            lambda V: (
                f"10 ms in steps of 0.1 ms make 101 values, counting the first; you have {len(V)}."
                if len(V) != 101
                else ""
            ),
        ),
        (
            lambda: fire(0.0, 10.0, 0.1, **about)[0][-1],
            lambda V: "without current, V should stay at E." if abs(V + 65) > 1e-9 else "",
        ),
        (
            lambda: fire(0.5, 100.0, 0.1, **about)[0][-1],
            lambda V: (
                "a weak current should lift V to a steady value. Does the leak pull back to E?"
                if not -65 < V < -55
                else ""
            ),
        ),
        (
            lambda: first_step(2.0) / first_step(1.0),
            lambda r: "twice the capacitance should halve the first step." if abs(r - 0.5) > 1e-6 else "",
        ),
        (
            lambda: fire(3.0, 100.0, 0.1, **about),
            lambda both: "a strong current should make spikes." if not len(both[1]) else "",
        ),
        (
            lambda: np.max(fire(3.0, 100.0, 0.1, **about)[0]),
            lambda V: "V should never be seen above the threshold: it is reset in the same step." if V >= -50 else "",
        ),
        (
            lambda: np.min(fire(3.0, 100.0, 0.1, **about)[0]),
            lambda V: "after a spike V should start from `reset`, which is below E here." if abs(V + 70) > 1e-6 else "",
        ),
        (
            lambda: len(every_step()),
            lambda n: (
                f"a current that fires in each of 10 steps gives 10 spikes, not {n}. Is V held after a spike?"
                if n != 10
                else ""
            ),
        ),
        (
            lambda: every_step()[-1],
            lambda last: (
                f"if every step fires, the last spike comes at the end of the last step, at 1 ms, not at {last:g}."
                if abs(last - 1) > 1e-6
                else ""
            ),
        ),
        (
            lambda: fire(4.0, 1.0, 1.0, C=1.0, g=0.5, E=-64.0, threshold=-60.0, reset=-80.0)[0][1],
            lambda V: "a V that lands on the threshold has reached it." if V == -60 else "",
        ),
    )


def hint_poisson(poisson_train, rate_and_cv):
    def draw(seed=1):
        return poisson_train(40.0, 10_000.0, np.random.default_rng(seed))

    long = [100.0, 200.0, 500.0]

    def kept():
        times = np.array([100.0, 200.0, 400.0])
        rate_and_cv(times, 1000.0)
        return times.tolist() == [100.0, 200.0, 400.0]

    hint(
        "Task 6",
        (draw, returned("poisson_train")),
        (draw, lambda times: "return the list of spike times." if not np.iterable(times) else ""),
        (
            lambda: len(draw()),
            lambda n: (
                f"40 Hz for 10 s should give about 400 spikes, not {n}. Seconds or milliseconds?"
                if not 300 < n < 500
                else ""
            ),
        ),
        (lambda: np.diff(draw()), lambda isi: "spike times should come in order." if (isi < 0).any() else ""),
        (
            lambda: np.max(draw()),
            lambda last: "times should be in ms, below the duration." if not 9000 < last < 10_000 else "",
        ),
        (
            lambda: list(draw(1)) == list(draw(2)),
            lambda same: "two seeds should give two trains. Use `rng`." if same else "",
        ),
        (
            lambda: list(draw(1)) == list(draw(1)),
            lambda same: "" if same else "one seed should give one train. Is all chance from `rng`?",
        ),
        (
            lambda: len({len(draw(seed)) for seed in range(5)}),
            lambda kinds: (
                "five trains have equally many spikes. Is their number not due to chance?" if kinds == 1 else ""
            ),
        ),
        (lambda: rate_and_cv([100.0, 200.0, 300.0, 400.0], 1000.0), returned("rate_and_cv")),
        (
            lambda: rate_and_cv([100.0, 200.0, 300.0, 400.0], 1000.0)[0],
            lambda rate: "4 spikes in 1000 ms are how many a second?" if abs(rate - 4) > 1e-9 else "",
        ),
        (
            lambda: rate_and_cv([100.0, 200.0, 300.0, 400.0], 1000.0)[1],
            lambda cv: "a clock's intervals do not vary: its CV is 0." if abs(cv) > 1e-9 else "",
        ),
        (
            lambda: rate_and_cv(long, 1000.0)[1] - rate_and_cv([0.1 * t for t in long], 100.0)[1],
            lambda d: "a CV has no unit: ten times as long intervals should not change it." if abs(d) > 1e-9 else "",
        ),
        (
            kept,
            lambda same: "" if same else "rate_and_cv changes the times that it was given.",
        ),
    )


def hint_tuning(student_id, figure, preferred):
    angles, counts = recording(student_id)
    hint(
        "Task 7",
        own_id(student_id),
        (
            lambda: hasattr(figure, "savefig"),
            lambda it_is: "" if it_is else "`tuning_figure` is no figure: use fig, ax = plt.subplots(), and keep fig.",
        ),
        (lambda: figure.axes, lambda axes: "draw on one pair of axes." if len(axes) != 1 else ""),
        (
            lambda: figure.axes[0].get_xlabel(),
            lambda label: (
                "say on the x axis what is drawn, and in which unit."
                if not any(unit in label for unit in ("°", "deg", "circ"))
                else ""
            ),
        ),
        (
            lambda: figure.axes[0].get_ylabel(),
            lambda label: "say on the y axis what is drawn, and in Hz." if "Hz" not in label else "",
        ),
        (
            lambda: preferred,
            lambda angle: "the preferred angle is one of those that were shown." if angle not in angles else "",
        ),
    )


def hint_membrane(student_id, g_L, E_L, C):
    t, V = Membrane(student_id).respond(0.0, 100.0)
    hint(
        "Task 8",
        own_id(student_id),
        (lambda: E_L, lambda E: "where does V stay without current?" if abs(E - V.mean()) > 5 else ""),
        (
            lambda: g_L,
            lambda g: "expect hundredths to tenths of mS/cm2. Is it a resistance?" if not 0.01 < g < 1 else "",
        ),
        (lambda: C, lambda c: "expect about 1 uF/cm2. Is it the time constant?" if not 0.3 < c < 3 else ""),
    )
