"""The bench of this assignment: a synapse and a neuron of your own, and hints.

You need not read this file, and changing it changes nothing: grading uses its own copy.
"""

import numpy as np
from bench import hint, numbers


class Synapse:
    """A synapse between two neurons, with an electrode in each. Nobody else has this one.

    currents = synapse.record(times, V)

    The presynaptic neuron fires at `times` (ms, in order, 1 to 50 of them), while an amplifier holds the postsynaptic voltage at V
    (mV, -100 to 50). What comes back is the synaptic current (pA, positive: out of the cell) at the peak of the response to each
    spike, with a little noise. Before each recording the synapse rests until it has recovered in full.
    """

    def __init__(self, student_id):
        draw = numbers("synapses_and_refractoriness", "synapse", student_id)
        self._U, self._tau = draw.uniform(0.25, 0.65), draw.uniform(250, 800)
        self._E = draw.uniform(-80, -57) if draw.random() < 0.5 else draw.uniform(-12, 8)
        self._g = draw.uniform(1.5, 3) / self._U
        self._noise = draw

    def record(self, times, V):
        times = np.asarray(times, dtype=float)
        if times.ndim != 1 or not 1 <= times.size <= 50 or not np.isfinite(times).all():
            raise ValueError(f"times = {times.tolist()}: give a list of 1 to 50 spike times in ms, as [0, 50]")
        if times.size > 1 and np.diff(times).min() < 5:
            raise ValueError(
                f"times has an interval of {np.diff(times).min():g} ms, too short for this axon; use 5 ms or more, in order"
            )
        if not -100 <= V <= 50:
            raise ValueError(f"V = {V} mV would kill the cell; use -100 to 50 mV")
        ready, released = 1.0, []
        for wait in np.diff(times, prepend=times[0]).tolist():
            ready += (1 - ready) * -np.expm1(-wait / self._tau)
            released.append(self._U * ready)
            ready -= released[-1]
        return self._g * np.array(released) * (V - self._E) + self._noise.normal(0, 3, times.size)


class Neuron:
    """A neuron that receives two pulses of 1 ms. Nobody else has this one.

    fired = neuron.fires(gap, strength)

    The first pulse, of 20 uA/cm2, fires the neuron. The second, of `strength` (uA/cm2, above 0, up to 200), comes `gap` ms later,
    from onset to onset (1 to 200 ms). True if the second has made a spike, too. Near the threshold chance has a little say in it.
    Before each pair the neuron rests until it has recovered in full.
    """

    def __init__(self, student_id):
        draw = numbers("synapses_and_refractoriness", "neuron", student_id)
        self._rest, self._blocked = draw.uniform(5, 9), draw.uniform(2.5, 5)
        self._fast, self._slow, self._dip = draw.uniform(2, 3.5), draw.uniform(9, 12), draw.uniform(0.15, 0.25)
        self._noise = draw

    def _threshold(self, gap):
        """Of the second pulse, in uA/cm2; infinite where there is none."""
        since = np.maximum(np.asarray(gap, dtype=float) - self._blocked, 1e-9)
        recovers = 1 / -np.expm1(-since / self._fast)
        swings = self._dip * since / self._slow * np.exp(1 - since / self._slow)
        return np.where(since > 1e-9, self._rest * (recovers - swings), np.inf)

    def fires(self, gap, strength):
        if not 1 <= gap <= 200:
            raise ValueError(f"gap = {gap} ms; the first pulse lasts 1 ms: use 1 to 200 ms, from onset to onset")
        if not 0 < strength <= 200:
            raise ValueError(f"strength = {strength} uA/cm2; this stimulator gives more than 0, up to 200 uA/cm2")
        return bool(strength >= self._threshold(gap) * (1 + self._noise.normal(0, 0.005)))


# Hints. They look at kinds of mistakes and know no answer that is marked.


def off(value, right, by=1e-6):
    return np.shape(value) != np.shape(right) or not np.allclose(value, right, rtol=by, atol=by)


def returned(name, call):
    """The question whether a function returns anything."""
    return call, lambda value: f"{name} returns None. Does it end with `return`?" if value is None else ""


def hint_conductance(conductance):
    t = np.linspace(0, 200, 20_001)

    def course(onset, g_max=2.0):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(conductance(t.copy(), g_max, 1.0, 5.0, onset))

    def unchanged(times):
        conductance(times, 2.0, 1.0, 5.0, 10.0)
        return times

    hint(
        "Task 1",
        returned("conductance", lambda: conductance(t.copy(), 2.0, 1.0, 5.0, 10.0)),
        (
            lambda: np.shape(conductance(t.copy(), 2.0, 1.0, 5.0, 10.0)),
            lambda shape: "for an array of times return an array of as many values." if shape != t.shape else "",
        ),
        (
            lambda: unchanged(t.copy()),
            lambda after: (
                "the function changes the array t of whoever calls it; it should stay as it is."
                if off(after, t)
                else ""
            ),
        ),
        (
            lambda: course(20.0)[t < 20],
            lambda g: "before its onset the synapse should be closed." if np.abs(g).max() > 1e-12 else "",
        ),
        (lambda: course(10.0), lambda g: "a conductance is never negative." if g.min() < -1e-12 else ""),
        (
            lambda: course(10.0).max() / course(10.0, 4.0).max(),
            lambda r: "twice g_max should give twice the peak." if off(r, 0.5) else "",
        ),
        (
            lambda: course(30.0)[5000:] - course(10.0)[3000:-2000],
            lambda d: "a later onset should shift the whole course and change nothing else." if off(d, 0 * d) else "",
        ),
        (lambda: course(10.0).max(), lambda top: "the peak is not g_max." if off(top, 2.0, 1e-3) else ""),
        (
            lambda: conductance(13.0, 2.0, 1.0, 5.0, 10.0),
            lambda g: "one time should give one number." if np.size(g) != 1 else "",
        ),
        (
            lambda: conductance(t[::700].copy(), 2.0, 1.0, 5.0, 10.0) - course(10.0)[::700],
            lambda d: (
                "the value at one time should not depend on which other times are asked." if off(d, 0 * d) else ""
            ),
        ),
        (
            lambda: course(2000.0),
            lambda g: (
                "long before its onset the synapse should be closed, too. Is some value too large for a computer?"
                if off(g, 0 * t)
                else ""
            ),
        ),
    )


def hint_balance(kind, settles, needed):
    words = ("excitatory", "inhibitory"), ("depolarises", "hyperpolarises", "neither")
    alone, at_rest = (20.0, -65.0, 0.0, -75.0), (20.0, -65.0, 0.0, -65.0)  # g_L, E_L, E_E, E_I
    hint(
        "Task 2",
        returned("kind", lambda: kind(0.0, -65.0, -50.0)),
        (
            lambda: tuple(kind(0.0, -65.0, -50.0)),
            lambda said: (
                'return two texts, the first "excitatory" or "inhibitory".'
                if len(said) != 2 or said[0] not in words[0] or said[1] not in words[1]
                else ""
            ),
        ),
        (
            lambda: (kind(-70.0, -65.0, -50.0)[0], kind(-70.0, -80.0, -50.0)[0]),
            lambda said: "the kind of a synapse should not change with the present V." if said[0] != said[1] else "",
        ),
        (
            lambda: (kind(-70.0, -65.0, -50.0)[1], kind(-70.0, -80.0, -50.0)[1]),
            lambda said: "a synapse drives V towards E, from whichever side." if said[0] == said[1] else "",
        ),
        returned("settles", lambda: settles(1.0, 0.0, *alone)),
        (
            lambda: settles(1e-9, 0.0, *alone),
            lambda V: "without synapses V should stay at rest. Does the leak count?" if off(V, -65.0) else "",
        ),
        (
            lambda: settles(1e9, 0.0, *alone),
            lambda V: "an enormous conductance should bring V to its own reversal potential." if abs(V) > 0.01 else "",
        ),
        (
            lambda: settles(5.0, 40.0, *at_rest) - settles(5.0, 0.0, *at_rest),
            lambda d: "a shunt should make V less depolarised." if d >= 0 else "",
        ),
        returned("needed", lambda: needed(10.0, -50.0, *alone)),
        (
            lambda: needed(10.0, -50.0, *alone) - needed(0.0, -50.0, *alone),
            lambda d: "with inhibition it should take more excitation." if d <= 0 else "",
        ),
        (
            lambda: needed(0.0, -65.0, *alone),
            lambda g: "to stay at rest, no excitation is needed." if off(g, 0.0) else "",
        ),
    )


def hint_membrane(membrane):

    def course(arrivals, duration=20.0, w=1.0, E=0.0):
        return np.asarray(membrane(arrivals, duration, 0.1, 200.0, 20.0, -65.0, w, 2.0, E))

    hint(
        "Task 3",
        returned("membrane", lambda: membrane([], 20.0, 0.1, 200.0, 20.0, -65.0, 1.0, 2.0, 0.0)),
        (
            lambda: course([]).shape,
            lambda shape: (
                f"20 ms in steps of 0.1 ms make 201 values of V, counting the first; yours has the shape {shape}."
                if shape != (201,)
                else ""
            ),
        ),
        (
            lambda: course([])[-1],
            lambda V: "without a spike that arrives, V should stay at rest." if off(V, -65.0) else "",
        ),
        (
            lambda: course([5.0]).max(),
            lambda top: (
                "an excitatory synapse should lift V above rest, by less than 1 mV here." if not -65 < top < -64 else ""
            ),
        ),
        (
            lambda: course([5.0])[:51].max(),
            lambda V: "V moves before the spike has arrived." if V > -65 + 1e-9 else "",
        ),
        (
            lambda: course([5.0], E=-65.0)[-1],
            lambda V: "with E at rest there is no driving force, and V should stay." if off(V, -65.0) else "",
        ),
        (
            lambda: course([5.0], w=1e-4).max() + 65,
            lambda top: "a tiny conductance should move V by next to nothing." if top > 1e-3 else "",
        ),
        (
            lambda: course([5.0], w=500.0).max(),
            lambda top: "however much opens, V should not pass the synapse's reversal potential." if top > 0 else "",
        ),
        (
            lambda: course([5.0, 5.0]) - course([5.0], w=2.0),
            lambda d: "two spikes at the same time should open twice the conductance of one." if off(d, 0 * d) else "",
        ),
        (
            lambda: course([0.0])[:100] - course([5.0])[50:150],
            lambda d: "a spike at 0 ms should do there what one at 5 ms does later." if off(d, 0 * d) else "",
        ),
        (
            lambda: course([0.3])[3:] - course([0.0])[:-3],
            lambda d: "a spike at 0.3 ms should do what one at 0 ms does, 3 steps later." if off(d, 0 * d) else "",
        ),
        (
            lambda: course([5.0], duration=200.0, E=-80.0)[1000:].min(),
            lambda V: "long after a spike V should be back at rest." if off(V, -65.0, 0.01) else "",
        ),
    )


def hint_depress(settled, jump):
    hint(
        "Task 4",
        returned("settled", lambda: settled(20.0, 0.5, 800.0, 0.0)),
        (
            lambda: settled(20.0, 0.5, 800.0, 0.0),
            lambda share: "the released fraction is one number between 0 and 1." if not 0 < share < 1 else "",
        ),
        (
            lambda: settled(1.0, 0.4, 50.0, 50.0),
            lambda share: (
                "when spikes are rare, each is a first one."
                + (" ms or seconds?" if 1e-6 < share < 0.4 else " What does that release?")
                if off(share, 0.4, 1e-3)
                else ""
            ),
        ),
        (
            lambda: settled(50.0, 0.5, 800.0, 0.0) - settled(10.0, 0.5, 800.0, 0.0),
            lambda d: "at a higher rate there is less time to recover between spikes." if d >= 0 else "",
        ),
        (
            lambda: 100.0 * settled(100.0, 0.5, 800.0, 0.0),
            lambda loads: (
                "a synapse cannot release more than it recovers, one load in each tau_rec, once all has settled."
                if loads > 1.26
                else ""
            ),
        ),
        (
            lambda: settled(20.0, 0.05, 10.0, 1000.0),
            lambda share: (
                "with quick recovery and lasting facilitation the response should have grown." if share < 0.06 else ""
            ),
        ),
        returned("jump", lambda: jump(20.0, 40.0, 0.5, 800.0)),
        (
            lambda: jump(20.0, 20.0, 0.5, 800.0),
            lambda times: "if the rate stays the same, nothing jumps." if off(times, 1.0, 2e-3) else "",
        ),
        (
            lambda: jump(20.0, 40.0, 0.5, 800.0),
            lambda times: "a higher rate should release more a second, for a moment." if times <= 1.02 else "",
        ),
    )


def hint_dead(dead_train, dead_time):
    def draw(seed=1):
        return np.asarray(dead_train(100.0, 5.0, 20_000.0, np.random.default_rng(seed)))

    hint(
        "Task 5",
        returned("dead_train", lambda: dead_train(100.0, 5.0, 1000.0, np.random.default_rng(1))),
        (draw, lambda times: "return the spike times." if times.ndim != 1 else ""),
        (
            lambda: len(draw()),
            lambda n: (
                f"100 Hz at most, for 20 s, cannot give {n} spikes. Seconds or milliseconds?"
                if not 200 < n < 2300
                else ""
            ),
        ),
        (
            lambda: np.diff(draw()).min(),
            lambda gap: "some intervals are shorter than the dead time." if gap < 5 - 1e-6 else "",
        ),
        (
            lambda: draw().max(),
            lambda last: (
                "spikes should fill the duration, in ms, and not go beyond." if not 19_000 < last < 20_000 else ""
            ),
        ),
        (
            lambda: np.array_equal(draw(1), draw(2)),
            lambda same: "two seeds should give two trains. Use `rng`." if same else "",
        ),
        returned("dead_time", lambda: dead_time(50.0, 0.5)),
        (
            lambda: np.shape(dead_time(50.0, 0.5)),
            lambda shape: "dead_time returns three numbers." if shape != (3,) else "",
        ),
        (
            lambda: dead_time(50.0, 1 - 1e-9)[0],
            lambda t_ref: "a CV of 1 is chance alone, without a dead time." if abs(t_ref) > 1e-3 else "",
        ),
        (
            lambda: dead_time(50.0, 0.5)[1],
            lambda free: "the free rate should be higher than the rate with the dead time." if free <= 50 else "",
        ),
        (
            lambda: dead_time(50.0, 1e-9)[0],
            lambda t_ref: (
                "for a clock of 50 Hz the dead time is the whole interval, in ms." if off(t_ref, 20.0, 1e-3) else ""
            ),
        ),
        (
            lambda: dead_time(50.0, 1e-9)[2],
            lambda top: "a clock of 50 Hz is at its ceiling." if off(top, 50.0, 1e-3) else "",
        ),
    )


def hint_axon(left_over, delay, silent):
    hint(
        "Task 6",
        returned("left_over", lambda: left_over(1.0, 200.0, 35.0, 0.5)),
        (
            lambda: left_over(0.0, 200.0, 35.0, 0.5),
            lambda share: "at the place itself all of the voltage is there: 1." if off(share, 1.0) else "",
        ),
        (
            lambda: left_over(2.0, 200.0, 35.0, 0.5) - left_over(1.0, 200.0, 35.0, 0.5) ** 2,
            lambda d: "over twice the distance the same share should be lost twice." if off(d, 0.0) else "",
        ),
        (
            lambda: left_over(1.0, 200.0, 35.0, 0.5) - left_over(2.0, 800.0, 35.0, 0.5),
            lambda d: "four times the radius should reach twice as far." if off(d, 0.0) else "",
        ),
        (
            lambda: -1.0 / np.log(left_over(1.0, 238.0, 35.4, 0.677)),
            lambda reach: (
                "the squid's axon has a length constant of millimetres. Are µm, cm and mm, and mS, in order?"
                if not 2 < reach < 20
                else ""
            ),
        ),
        returned("delay", lambda: delay(100.0, 10.0, 2.0, 10.0, False)),
        (
            lambda: delay(100.0, 10.0, 2.0, 10.0, False),
            lambda ms: "100 mm at 2 m/s take 50 ms, whatever the fibre." if off(ms, 50.0) else "",
        ),
        (
            lambda: delay(100.0, 40.0, 2.0, 10.0, False) - delay(100.0, 10.0, 2.0, 10.0, False),
            lambda d: "a thicker axon should be faster." if d >= 0 else "",
        ),
        (
            lambda: delay(100.0, 40.0, 2.0, 10.0, False) - delay(100.0, 40.0, 2.0, 10.0, True),
            lambda d: "to be wrapped or bare should make a difference for how speed grows." if d <= 0 else "",
        ),
        returned("silent", lambda: silent(50.0, 5.0, 3.0)),
        (
            lambda: silent(50.0, 5.0, 3.0) - silent(50.0, 5.0, 1.0),
            lambda d: "a longer recovery should lengthen the silence by as much." if off(d, 2.0) else "",
        ),
        (
            lambda: silent(50.0, 5.0, 1.0) - silent(50.0, 10.0, 1.0),
            lambda d: "on a faster axon the silence should be shorter." if d <= 0 else "",
        ),
    )


def hint_synapse(student_id, E_syn, U, tau_rec, sort):
    synapse = Synapse(student_id)
    hint(
        "Task 7",
        (
            lambda: E_syn,
            lambda E: (
                "E_syn should be within the voltages that the amplifier can hold, in mV." if not -100 < E < 50 else ""
            ),
        ),
        (
            lambda: [
                np.mean([synapse.record([0], np.clip(E_syn + far, -100, 50)) for _ in range(20)]) for far in (-18, 18)
            ],
            lambda sides: (
                "hold V well below and well above your E_syn: should the current not turn round?"
                if sides[0] >= 0 or sides[1] <= 0
                else ""
            ),
        ),
        (lambda: U, lambda share: "U is a fraction, above 0 and below 1." if not 0 < share < 1 else ""),
        (lambda: tau_rec, lambda ms: "expect hundreds of ms for tau_rec, above 0." if not 50 < ms < 5000 else ""),
        (
            lambda: sort,
            lambda word: 'sort is "excitatory" or "inhibitory".' if word not in ("excitatory", "inhibitory") else "",
        ),
    )


def hint_recovery(student_id, figure, absolute, relative):
    neuron = Neuron(student_id)
    hint(
        "Task 8",
        (lambda: figure.axes, lambda axes: "draw on one pair of axes." if len(axes) != 1 else ""),
        (
            lambda: figure.axes[0].get_xlabel(),
            lambda label: "say on the x axis what is drawn, and in ms." if "ms" not in label else "",
        ),
        (
            lambda: figure.axes[0].get_ylabel(),
            lambda label: (
                "say on the y axis what is drawn, and in µA/cm²." if "A" not in label or "cm" not in label else ""
            ),
        ),
        (lambda: absolute, lambda gap: "absolute is a gap in ms, of a few ms." if not 1 <= gap <= 40 else ""),
        (
            lambda: neuron.fires(max(1.0, absolute - 1.0), 30.0),
            lambda fired: "1 ms earlier than `absolute` a pulse of 30 µA/cm² still fires this neuron." if fired else "",
        ),
        (
            lambda: relative - absolute,
            lambda longer: "the relative refractory period ends after the absolute one." if longer <= 0 else "",
        ),
    )
