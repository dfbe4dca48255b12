"""The bench of this assignment: the book's neuron ready to run, an axon of your own under the clamp, and hints.

You need not read this file, and changing it changes nothing: grading uses its own copy.
"""

import math

import numpy as np
from bench import hint, numbers

# The neuron, kept inside in the signs of 1952.


def _rates(V):
    """(alpha, beta) of n, m and h in 1/ms, as printed in 1952: v is counted from rest, depolarisation negative."""
    if not abs(V) < 500:
        raise ValueError(f"V = {V} mV: no membrane gets there. Is each slope multiplied by dt, and is dt small?")
    v = -65.0 - V

    def ratio(u):
        return u / math.expm1(u) if u else 1.0

    return (
        (0.1 * ratio((v + 10) / 10), 0.125 * math.exp(v / 80)),
        (ratio((v + 25) / 10), 4 * math.exp(v / 18)),
        (0.07 * math.exp(v / 20), 1 / (math.exp((v + 30) / 10) + 1)),
    )


def _outward(v, n, m, h):
    """The current through all paths (uA/cm2), positive outward, for a v in the signs of 1952."""
    return -(36 * n**4 * (v - 12) + 120 * m**3 * h * (v + 115) + 0.3 * (v + 10.613))


def settled(V):
    """n, m and h of a membrane that has been at V (one number, mV) for long."""
    return tuple(alpha / (alpha + beta) for alpha, beta in _rates(V))


def slopes(V, n, m, h, I):
    """dV/dt (mV/ms), dn/dt, dm/dt and dh/dt (1/ms) of the book's neuron at 6.3 °C under the current I (uA/cm2)."""
    change = [alpha * (1 - x) - beta * x for (alpha, beta), x in zip(_rates(V), (n, m, h))]
    return (I - _outward(-65 - V, n, m, h), *change)


def run(current, duration, dt=0.02, celsius=6.3):
    """t (ms), V (mV), n, m and h at every step, from rest, under a current (uA/cm2): a number, or a function of t."""
    V, phi = -64.9964, 3 ** ((celsius - 6.3) / 10)
    state, rows = settled(V), []
    for k in range(round(duration / dt) + 1):
        rows.append((k * dt, V, *state))
        I = current(k * dt) if callable(current) else current
        V, state = _step(V, state, I, dt, phi)
    return tuple(np.array(rows).T)


def _step(V, state, I, dt, phi):
    """By the exponential Euler method, gates first."""
    moved = []
    for (alpha, beta), x in zip(_rates(V), state):
        end = alpha / (alpha + beta)
        moved.append(end + (x - end) * math.exp(-dt * phi * (alpha + beta)))
    n, m, h = moved
    G = 120 * m**3 * h + 36 * n**4 + 0.3
    V += (I - _outward(-65 - V, n, m, h)) / G * -math.expm1(-dt * G)
    return V, moved


def fires(strength, width):
    """Whether a pulse (uA/cm2) of `width` ms from rest makes the book's neuron fire."""
    V, dt = -64.9964, 0.02
    state = settled(V)
    for k in range(round((width + 20) / dt)):
        share = min(max(width / dt - k, 0), 1)  # of the step that the pulse covers
        V, state = _step(V, state, share * strength, dt, 1)
        if V >= 0:
            return True
    return False


# Stand-ins, so that a task can be marked without the others.


def other_currents(V, n, m, h):
    """Sodium, potassium and leak current of another cell (uA/cm2)."""
    return 0.8 * m * (V - 44) * h, 1.7 * n * n * (V + 81), 0.11 * (V + 59)


def other_rates(V):
    """Opening and closing rates of n, m and h of another cell (1/ms), in the order of task 1."""
    s = 1 / (1 + math.exp(-(V + 40) / 12))
    return 0.05 + 0.3 * s, 0.4 - 0.2 * s, 0.3 + 2.5 * s, 3.1 - 1.9 * s, 0.21 - 0.15 * s, 0.07 + 0.8 * s


class OtherNeuron:
    """fires(strength, width) of another neuron, which counts how often it is asked."""

    def __init__(self, least, time):
        self._least, self._time, self.calls = least, time, 0

    def __call__(self, strength, width):
        if not width > 0:
            raise ValueError(f"width = {width} ms: a pulse lasts longer than 0 ms")
        self.calls += 1
        return bool(strength * width >= self._least * (width + self._time))


# An axon of one's own.


class Axon:
    """A squid's axon under the voltage clamp, at 6.3 °C. Nobody else has this one.

    t, I = axon.clamp(V, duration=20.0, holding=-80.0, TTX=False)

    holds the axon at `holding` (mV) until its gates have settled, jumps to V (mV) at t = 0 and stays there until `duration` (ms). t in
    ms, every 0.02 ms from 0 on; I is the current of the clamp in uA/cm2, positive outward. The charge that the jump puts on the
    capacitor is left out. With TTX=True no sodium channel opens. The amplifier adds noise of about 1 uA/cm2. Voltages beyond
    -150 or 150 mV would destroy the axon, and it does not bear more than 100 ms at a time.
    """

    def __init__(self, student_id):
        draw = numbers("hodgkin_huxley", "squid", student_id)
        self._g_Na, self._g_K, self._g_L = draw.uniform(80, 140), draw.uniform(22, 50), draw.uniform(0.3, 0.6)
        self._E_Na, self._E_K, self._E_L = draw.uniform(38, 62), -77.0, draw.uniform(-64, -46)
        self._noise = draw

    def clamp(self, V, duration=20.0, holding=-80.0, TTX=False):
        for name, level in (("V", V), ("holding", holding)):
            if not abs(level) <= 150:
                raise ValueError(f"{name} = {level} mV would destroy the axon; use -150 to 150 mV")
        if not 0 < duration <= 100:
            raise ValueError(f"duration = {duration} ms; use more than 0, up to 100 ms")
        t = np.arange(round(duration / 0.02) + 1) * 0.02
        I_Na, I_K, I_L = self._currents(t, V, holding)
        I = I_K + I_L if TTX else I_Na + I_K + I_L
        return t, I + self._noise.normal(0, 1.0, t.size)

    def _currents(self, t, V, holding):
        return (
            self._g_Na * open_part("Na", t, V, holding) * (V - self._E_Na),
            self._g_K * open_part("K", t, V, holding) * (V - self._E_K),
            self._g_L * (V - self._E_L) * np.ones(t.size),
        )


def open_part(ion, t, V, holding=-80.0):
    """The part of the channels for "Na" (m^3 h) or "K" (n^4) that is open at the times t (ms) after a jump from `holding` to V (mV)."""
    if ion not in ("Na", "K"):
        raise ValueError(f"ion = {ion!r}: use 'Na' or 'K'")
    gates = []
    for (alpha, beta), start in zip(_rates(V), settled(holding)):
        end = alpha / (alpha + beta)
        gates.append(end + (start - end) * np.exp(-(alpha + beta) * np.asarray(t, dtype=float)))
    n, m, h = gates
    return m**3 * h if ion == "Na" else n**4


# Hints. They look at kinds of mistakes and know no answer that is marked.


def _off(value, limit, by):
    return not abs(value - limit) <= by


def hint_rates(rates):
    def counted(found):
        if found is None:
            return "rates returns None. Does it end with `return`?"
        return "" if len(found) == 6 else f"rates should return six rates; it returns {len(found)}."

    def at(V, which):
        return np.asarray(rates(V)[which]).item()

    hint(
        "Task 1",
        (lambda: rates(-60.0), counted),
        (
            lambda: min(at(-60.0, which) for which in range(6)),
            lambda least: "a rate cannot be negative." if least < 0 else "",
        ),
        (
            lambda: [np.shape(one) for one in rates(np.array([-90.0, -60.0, 10.0]))],
            lambda shapes: (
                "an array of three voltages should give six arrays of three." if set(shapes) != {(3,)} else ""
            ),
        ),
        (
            lambda: [at(100.0, k) - at(-120.0, k) for k in (0, 2, 5)],
            lambda d: (
                "depolarisation should open n and m and close h. Look at the signs, and at the order of the six."
                if min(d) <= 0
                else ""
            ),
        ),
        (
            lambda: [at(100.0, k) - at(-120.0, k) for k in (1, 3, 4)],
            lambda d: (
                "hyperpolarisation should close n and m and open h. Look at the signs, and at the order of the six."
                if max(d) >= 0
                else ""
            ),
        ),
        (
            lambda: [np.isfinite(rates(np.array([V]))[k]).all() for V, k in ((-55.0, 0), (-40.0, 2))],
            lambda whole: (
                "there is a hole: one rate is not a number where its neighbours are." if not all(whole) else ""
            ),
        ),
        (
            lambda: [at(V, k) / at(V + 0.01, k) for V, k in ((-55.0, 0), (-40.0, 2))],
            lambda ratio: (
                "a hole is filled with a value that does not fit its neighbours."
                if any(_off(one, 1, 0.01) for one in ratio)
                else ""
            ),
        ),
    )


def hint_gates(settles, gate_after, rates_from):
    hint(
        "Task 2",
        (
            lambda: settles(0.2, 0.3, 6.3),
            lambda both: "return two things: x_inf and tau." if np.size(both) != 2 else "",
        ),
        (
            lambda: settles(1.0, 0.0, 6.3)[0],
            lambda x: "gates that never close should all be open in the end." if _off(x, 1, 1e-9) else "",
        ),
        (
            lambda: settles(0.2, 0.3, 26.3)[0] - settles(0.2, 0.3, 6.3)[0],
            lambda d: (
                "warmth makes both rates faster by the same factor: what becomes of x_inf?" if _off(d, 0, 1e-9) else ""
            ),
        ),
        (
            lambda: settles(0.2, 0.3, 16.3)[1] / settles(0.2, 0.3, 6.3)[1],
            lambda r: "warm gates should be faster, which means a shorter tau." if r >= 1 else "",
        ),
        (
            lambda: settles(0.5, 0.5, 6.3)[1],
            lambda tau: (
                "at 6.3 °C the rates are what they are: phi should change nothing." if _off(tau, 1, 1e-6) else ""
            ),
        ),
        (
            lambda: settles(0.2, 0.3, 16.3)[1] / settles(0.2, 0.3, 6.3)[1],
            lambda r: "ten degrees should make a factor of 3. Look at the exponent." if _off(r, 1 / 3, 1e-6) else "",
        ),
        (
            lambda: gate_after(0.0, 0.7, 0.2, 0.3, 6.3),
            lambda x: "at t = 0 a gate is still where it started." if _off(x, 0.7, 1e-9) else "",
        ),
        (
            lambda: gate_after(1e4, 0.7, 0.2, 0.3, 6.3) - settles(0.2, 0.3, 6.3)[0],
            lambda d: "after very long a gate should be at its steady value." if _off(d, 0, 1e-6) else "",
        ),
        (
            lambda: np.shape(gate_after(np.array([0.0, 1.0, 2.0]), 0.7, 0.2, 0.3, 6.3)),
            lambda shape: "an array of three times should give an array of three." if shape != (3,) else "",
        ),
        (
            lambda: rates_from(*settles(0.2, 0.3, 16.3), 16.3),
            lambda back: (
                "rates_from should undo settles, at any temperature."
                if any(_off(one, true, 1e-6) for one, true in zip(back, (0.2, 0.3)))
                else ""
            ),
        ),
    )


def hint_currents(currents, rest):
    hint(
        "Task 3",
        (
            lambda: currents(0.0, 0.5, 0.5, 0.5),
            lambda three: "return three currents: sodium, potassium, leak." if np.size(three) != 3 else "",
        ),
        (
            lambda: [currents(V, 0.5, 0.5, 0.5)[k] for V, k in ((50.0, 0), (-77.0, 1), (-54.387, 2))],
            lambda none: (
                "at its own battery a path carries no current." if any(_off(one, 0, 1e-9) for one in none) else ""
            ),
        ),
        (
            lambda: currents(60.0, 0.5, 0.5, 0.5),
            lambda three: "above every battery all currents are outward. Which sign is that?" if min(three) < 0 else "",
        ),
        (
            lambda: [currents(0.0, 1.0, 1.0, 0.5)[k] / currents(0.0, 0.5, 0.5, 0.5)[k] for k in (1, 0)],
            lambda r: (
                "twice as many open gates of one kind: how many more channels are then open? Look at the powers."
                if _off(r[0], 16, 1e-6) or _off(r[1], 8, 1e-6)
                else ""
            ),
        ),
        (
            lambda: currents(0.0, 0.5, 0.5, 0.0)[0],
            lambda none: "with every h gate shut no sodium flows." if _off(none, 0, 1e-9) else "",
        ),
        (
            lambda: currents(-90.0, 0.5, 0.5, 0.5, E_K=-90.0)[1],
            lambda none: "potassium's battery is the argument E_K." if _off(none, 0, 1e-9) else "",
        ),
        (
            lambda: rest(lambda V: (0.9, 0.0, 0.0), -70.0),
            lambda V: "with potassium channels wide open, V should rest close to E_K." if _off(V, -70, 1) else "",
        ),
        (
            lambda: rest(lambda V: (0.3 + 0.005 * (V + 65), 0.0, 0.0), -95.0),
            lambda V: "the gates belong to each voltage that you try: ask `settle` there." if _off(V, -70.5, 1) else "",
        ),
    )


def hint_slopes(slopes):
    def still(*ions):
        return lambda V, n, m, h: ions

    def half(V):
        return (1.0,) * 6

    hint(
        "Task 4",
        (
            lambda: slopes(-60.0, 0.3, 0.1, 0.6, 0.0, still(0, 0, 0), half),
            lambda four: "return four slopes: of V, n, m and h." if np.size(four) != 4 else "",
        ),
        (
            lambda: slopes(-60.0, 0.3, 0.1, 0.6, 5.0, still(1, 1, 3), half)[0],
            lambda d: (
                "what the electrode brings and the paths take away cancels here; V should stay."
                if _off(d, 0, 1e-9)
                else ""
            ),
        ),
        (
            lambda: slopes(-60.0, 0.3, 0.1, 0.6, 5.0, still(0, 0, 0), half)[0],
            lambda d: "a positive current I should raise V." if d <= 0 else "",
        ),
        (
            lambda: slopes(-60.0, 0.3, 0.1, 0.6, 5.0, still(0, 0, 0), half, C=2.0)[0],
            lambda d: "a larger capacitor is slower to charge." if d >= 5 else "",
        ),
        (
            lambda: slopes(-60.0, 0.0, 0.0, 0.0, 0.0, still(0, 0, 0), lambda V: (0, 1, 0, 1, 0, 1))[1:],
            lambda d: "when all gates are shut, none can close." if any(_off(one, 0, 1e-9) for one in d) else "",
        ),
        (
            lambda: slopes(-60.0, 1.0, 1.0, 1.0, 0.0, still(0, 0, 0), lambda V: (1, 0, 1, 0, 1, 0))[1:],
            lambda d: "when all gates are open, none can open." if any(_off(one, 0, 1e-9) for one in d) else "",
        ),
        (
            lambda: slopes(-60.0, 0.3, 0.1, 0.6, 5.0, still(0, 0, 0), half, celsius=26.3)[0],
            lambda d: "warmth speeds the gates up, and not the capacitor." if _off(d, 5, 1e-9) else "",
        ),
        (
            lambda: slopes(-60.0, 0.3, 0.1, 0.6, 5.0, still(0, 0, 0), half, celsius=16.3)[1],
            lambda d: "ten degrees should make every gate 3 times as fast." if _off(d, 1.2, 1e-9) else "",
        ),
    )


def hint_run(run, spike_times):
    def still(V, n, m, h, I):
        return I, 0.0, 0.0, 0.0

    def made(current=lambda t: 0.0):
        return run(still, (-60.0, 0.3, 0.1, 0.6), current, 10.0, 0.1)

    t = np.arange(7.0)
    hint(
        "Task 5",
        (made, lambda both: "return two things: t and V." if len(both) != 2 else ""),
        (
            lambda: [len(one) for one in made()],
            lambda n: (
                f"10 ms in steps of 0.1 ms make 101 values, counting the first; you have {n}."
                if n != [101, 101]
                else ""
            ),
        ),
        (
            lambda: made()[0][-1],
            lambda last: "t should be in ms and end at the duration." if _off(last, 10, 1e-6) else "",
        ),
        (lambda: made()[1][-1], lambda V: "where every slope is 0, V should stay." if _off(V, -60, 1e-9) else ""),
        (
            lambda: made(lambda t: 2.0)[1][-1],
            lambda V: "a slope of 2 mV/ms for 10 ms should move V by 20 mV." if _off(V, -40, 0.3) else "",
        ),
        (
            lambda: made(lambda t: 2.0 if t < 5 else 0.0)[1][-1],
            lambda V: (
                "the same slope for the first 5 ms only: ask `current` at each time, in ms."
                if _off(V, -50, 0.5)
                else ""
            ),
        ),
        (
            lambda: run(lambda V, n, m, h, I: (h, 0.0, 0.0, 1.0), (-60.0, 0.0, 0.0, 0.0), lambda t: 0.0, 10.0, 0.01)[1][
                -1
            ],
            lambda V: "all four variables should move, each by its own slope." if _off(V, -10, 0.5) else "",
        ),
        (
            lambda: list(spike_times(t, np.array([-70.0, -70, 20, 20, -70, 20, -70]))),
            lambda found: (
                f"a trace that rises through 0 mV twice has two spikes, not {len(found)}." if len(found) != 2 else ""
            ),
        ),
        (
            lambda: list(spike_times(t / 10, np.array([-70.0, -70, -70, -70, 20, 20, -70]))),
            lambda found: "spike times should be in ms: look them up in t." if _off(found[0], 0.35, 0.051) else "",
        ),
    )


def hint_threshold(threshold_charge, chronaxie):
    def charge(width):
        return threshold_charge(OtherNeuron(4.0, 0.0), width)

    def counted():
        neuron = OtherNeuron(4.0, 1.0)
        threshold_charge(neuron, 2.0)
        return neuron.calls

    hint(
        "Task 6",
        (
            lambda: charge(4.0) / charge(2.0),
            lambda r: (
                "a neuron that fires from one strength on, however long: twice the width needs twice the charge."
                if _off(r, 2, 0.01)
                else ""
            ),
        ),
        (
            counted,
            lambda n: f"{n} calls of `fires` for one threshold are too many: halve an interval." if n > 60 else "",
        ),
        (
            lambda: chronaxie(lambda strength, width: strength * width >= 6, 1.0),
            lambda w: (
                "a neuron that fires from a charge of 6 nC/cm2 on: how long must 2 uA/cm2 last?"
                if _off(w, 3, 0.02)
                else ""
            ),
        ),
        (
            lambda: threshold_charge(lambda strength, width: strength >= 900, 0.02) / 0.02,
            lambda s: "very short pulses may need up to 1000 uA/cm2." if _off(s, 900, 5) else "",
        ),
    )


def hint_axon(mine):
    usual = {
        "g_L": (0.05, 2, "expect some tenths of mS/cm2. Is it a resistance, or is more open than the leak?"),
        "E_L": (-90, -30, "the leak's battery of a squid's axon lies some ten mV from its rest, and is negative."),
        "E_Na": (20, 90, "sodium's battery is positive: more of it is outside."),
        "g_K": (10, 100, "expect tens of mS/cm2."),
        "g_Na": (30, 400, "expect about a hundred mS/cm2, more than for potassium."),
    }

    def said(name):
        low, high, remark = usual[name]
        return lambda value: "" if low < float(value) < high else f"{name}: {remark}"

    hint("Task 7", *((lambda name=name: mine[name], said(name)) for name in usual))


def hint_curve(figure, most_inward):
    hint(
        "Task 8",
        (
            lambda: figure.axes,
            lambda axes: f"draw on one pair of axes; iv_figure has {len(axes)}." if len(axes) != 1 else "",
        ),
        (
            lambda: figure.axes[0].get_xlabel(),
            lambda label: "say on the x axis what is drawn, and in mV." if "mv" not in label.lower() else "",
        ),
        (
            lambda: figure.axes[0].get_ylabel(),
            lambda label: (
                "say on the y axis what is drawn, and in µA/cm²." if "cm" not in label.lower() or len(label) < 6 else ""
            ),
        ),
        (
            lambda: np.shape(most_inward),
            lambda shape: "most_inward is one voltage." if shape not in ((), (1,)) else "",
        ),
        (
            lambda: float(np.squeeze(most_inward)),
            lambda V: "most_inward is one of the 15 voltages, in mV." if V not in range(-60, 81, 10) else "",
        ),
    )
