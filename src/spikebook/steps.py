"""One step of each method, as lines of text for any model.

A step reads the state variables by their names and leaves them moved. In between, `<x>_next_` is what a variable moves
to. `Place` says where a step stands: a loop over the steps of one neuron, or one over many neurons.

Numbers that the methods themselves introduce end in an underscore, which no name of a model may.
"""

from typing import NamedTuple

from .model import INPUT, arguments

TOLERANCE = 1e-10  # of the adaptive method: error of one of its steps, relative to 1 + |x|
MOST_TURNS = 20000  # parts into which a step may be divided


class Place(NamedTuple):
    """Where a step stands.

    inputs     what the input is at its start, in its middle and at its end
    stored     lines that store `spike_time_`
    full       a condition under which no spike can be stored any more
    given_up   what is returned for a neuron that cannot be followed
    """

    inputs: tuple[str, str, str]
    stored: tuple[str, ...]
    full: str
    given_up: str


def whole(model, method, place):
    """The lines of one step of `method`."""
    if method == "adaptive":
        return _adaptive(model, place)
    if not model.reset:
        return [*moves(model, method, place.inputs), *crossed(model, method, place), *moved(model)]
    if method == "euler":
        return _reset_on_grid(model, place)
    return divided(model, method, place)


def moves(model, method, inputs, h="dt"):
    """Lines that compute where the variables are after `h`."""
    return {"euler": _euler, "rk4": _rk4, "exponential_euler": _exponential_euler}[method](model, h, inputs)


def moved(model):
    return [f"{x} = {x}_next_" for x in model.state]


def indented(levels, lines):
    return [levels * "    " + line for line in lines]


def crossed(model, method, place):
    """What follows a step of a model without reset: a spike, if the voltage has crossed the threshold."""
    V = model.voltage
    if method == "rk4":
        end = slopes(model, "end_", [f"{x}_next_" for x in model.state], place.inputs[2])
        fraction = f"crossing({V}, {V}_next_, dt * k1_{V}_, dt * end_{V}_, threshold_)"
    else:
        end, fraction = [], f"(threshold_ - {V}) / ({V}_next_ - {V})"
    return [
        f"if {V} < threshold_ and {V}_next_ >= threshold_:",
        *indented(1, end),
        f"    spike_time_ = (i + {fraction}) * dt",
        *indented(1, place.stored),
    ]


def spike(model, place, time):
    """What happens when the voltage has reached the threshold: every new value is computed from the old ones."""
    return [
        f"spike_time_ = {time}",
        *place.stored,
        *(f"after_{x}_ = {called(function)}" for x, function in model.reset.items()),
        *(f"{x} = after_{x}_" for x in model.reset),
        *([f"wait_ = {model.refractory}"] if model.refractory else []),
    ]


def _reset_on_grid(model, place):
    """Euler's method as published scripts take it."""
    waiting = ["free_ = 0.0 if wait_ > 0.5 * dt else 1.0", "wait_ -= dt"]
    return [
        *(waiting if model.refractory else []),
        *_euler(model, "dt", place.inputs),
        *moved(model),
        f"if {model.voltage} >= threshold_:",
        *indented(1, spike(model, place, "i * dt")),
    ]


def divided(model, method, place):
    """A step of a model with reset: up to the spike, and on from there."""
    V = model.voltage
    if method == "rk4":
        end = slopes(model, "end_", [f"{x}_next_" for x in model.state], "I_end_")
        fraction = f"crossing({V}, {V}_next_, h_ * k1_{V}_, h_ * end_{V}_, threshold_)"
        there = [f"{x}_next_ = cubic({x}, {x}_next_, h_ * k1_{x}_, h_ * end_{x}_, x_)" for x in model.state]
    else:
        fraction = "reached(speed_, conductance_, threshold_ - V) / (h_ / C)"
        end, there = [], _relaxations(model, "(x_ * h_)")
    return [
        "at_ = 0.0",
        "turns_ = 0",
        "while at_ < dt:",
        "    h_ = dt - at_",
        *indented(1, _waiting(model)),
        *indented(1, _inputs(place, (("start", "at_"), ("middle", "(at_ + 0.5 * h_)"), ("end", "(at_ + h_)")))),
        *indented(1, moves(model, method, ("I_start_", "I_middle_", "I_end_"), "h_")),
        f"    fired_ = {V}_next_ >= threshold_",
        "    if fired_:",
        *indented(2, end),
        f"        x_ = {fraction}",
        *indented(2, there),
        f"        {V}_next_ = threshold_",
        "        h_ = x_ * h_",
        *indented(1, _accepted(model, place)),
    ]


def _accepted(model, place):
    """The end of a part of a step."""
    waited = ["elif wait_ > 0.0:", "    wait_ -= h_"] if model.refractory else []
    return [
        "at_ = dt if h_ >= dt - at_ else at_ + h_",
        *moved(model),
        "if fired_:",
        "    turns_ += 1",
        f"    if turns_ > {MOST_TURNS} or {place.full}:",
        f"        return {place.given_up}",
        *indented(1, spike(model, place, "i * dt + at_")),
        *waited,
    ]


def _waiting(model):
    if not model.refractory:
        return []
    return ["free_ = 1.0", "if wait_ > 0.0:", "    h_ = min(h_, wait_)", "    free_ = 0.0"]


def _inputs(place, moments):
    return [f"I_{name}_ = parabola({', '.join(place.inputs)}, {at} / dt)" for name, at in moments]


def speeds(model):
    return [f"speed_{name}_ = {called(gate.speed)}" for name, gate in model.gates.items() if gate.speed]


def total(model, renamed=None):
    return " + ".join(called(function, renamed) for function in model.currents.values())


def called(function, renamed=None):
    renamed = renamed or {}
    return f"{function.__name__}({', '.join(renamed.get(name, name) for name in arguments(function))})"


def slopes(model, prefix, at, current):
    """Lines that compute every rate of change as `<prefix><variable>_`, at the variables named `at`."""
    renamed = {**dict(zip(model.state, at)), INPUT: current}
    if model.derivatives:
        rates = {x: called(function, renamed) for x, function in model.derivatives.items()}
    else:
        total = " - ".join([current, *(called(f, renamed) for f in model.currents.values())])
        rates = {"V": f"({total}) / C"}
        for x, gate in model.gates.items():
            opening, closing = called(gate.alpha, renamed), called(gate.beta, renamed)
            speed = f"speed_{x}_ * " if gate.speed else ""
            rates[x] = f"{speed}({opening} * (1 - {renamed[x]}) - {closing} * {renamed[x]})"
    if model.refractory:
        rates[model.voltage] = f"free_ * ({rates[model.voltage]})"
    return [f"{prefix}{x}_ = {rate}" for x, rate in rates.items()]


def _euler(model, h, inputs):
    names = list(model.state)
    if not model.one_by_one:
        lines = slopes(model, "k1_", names, inputs[0])
        return lines + [f"{x}_next_ = {x} + {h} * k1_{x}_" for x in model.state]
    lines = []
    for k, x in enumerate(model.state):
        lines += [slopes(model, "k1_", names, inputs[0])[k], f"{x}_next_ = {x} + {h} * k1_{x}_"]
        names[k] = f"{x}_next_"
    return lines


def _rk4(model, h, inputs):
    start, middle, end = inputs
    lines = slopes(model, "k1_", model.state, start)
    for stage, step, current in ((2, f"0.5 * {h}", middle), (3, f"0.5 * {h}", middle), (4, h, end)):
        at = [f"{x}_{stage}_" for x in model.state]
        lines += [f"{y} = {x} + {step} * k{stage - 1}_{x}_" for x, y in zip(model.state, at)]
        lines += slopes(model, f"k{stage}_", at, current)
    return lines + [f"{x}_next_ = {x} + {h} / 6 * (k1_{x}_ + 2 * k2_{x}_ + 2 * k3_{x}_ + k4_{x}_)" for x in model.state]


def _exponential_euler(model, h, inputs):
    """Gates first, then the voltage. The slope of the currents over V is their difference over 1 mV, which is exact
    for currents that are linear in V, as ohmic ones are."""
    rates = []
    for x, gate in model.gates.items():
        rates += [
            f"opening_{x}_ = {called(gate.alpha)}",
            f"total_{x}_ = opening_{x}_ + {called(gate.beta)}",
            f"steady_{x}_ = opening_{x}_ / total_{x}_",
        ]
    renamed = {x: f"{x}_next_" for x in model.gates}
    return (
        rates
        + _relaxations(model, h)  # after all rates, so that a processor works on several exponentials at once
        + [
            "above_ = V + 1.0",
            f"outward_ = {total(model, renamed)}",
            f"conductance_ = {total(model, {**renamed, 'V': 'above_'})} - outward_",
            f"speed_ = {'free_ * ' if model.refractory else ''}({inputs[1]} - outward_)",
            f"V_next_ = V + relaxed(speed_, conductance_, {h} / C)",
        ]
    )


def _relaxations(model, h):
    return [
        f"{x}_next_ = steady_{x}_ + ({x} - steady_{x}_) * exp(-{f'speed_{x}_ * ' if gate.speed else ''}{h} * total_{x}_)"
        for x, gate in model.gates.items()
    ]


# Dormand and Prince 1980, table 2: when the stages look, what they are made of, and how far the method of order 4 with the
# same stages is off.
MOMENTS = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
STAGES = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


def _adaptive(model, place):
    """One interval of results, in as many steps as the error asks for. A step over a spike is taken again, shorter, until
    it ends on it."""
    V = model.voltage
    stages = []
    for stage, (moment, weights) in enumerate(zip(MOMENTS, STAGES), 1):
        at = [f"{x}_next_" for x in model.state] if stage == 7 else [f"{x}_{stage}_" for x in model.state]
        stages += _inputs(place, [("now", f"(at_ + {moment!r} * h_)")])
        stages += [f"{y} = {x} + h_ * ({_weighted(weights, x)})" for x, y in zip(model.state, at)]
        stages += slopes(model, f"k{stage}_", at, "I_now_")
    return [
        "at_ = 0.0",
        "aim_ = dt",
        "turns_ = 0",
        "while at_ < dt:",
        "    turns_ += 1",
        f"    if turns_ > {MOST_TURNS}:",
        f"        return {place.given_up}",
        "    h_ = min(try_, aim_, dt - at_)",
        *indented(1, _waiting(model)),
        *indented(1, stages),
        "    error_ = 0.0",
        *(f"    error_ += abs(h_ * ({_weighted(ERROR, x)})) / (1.0 + abs({x}))" for x in model.state),
        f"    scale_ = 0.9 * (error_ / {TOLERANCE!r} + 1e-6) ** -0.2",
        "    if not scale_ > 0.9:",
        "        try_ = h_ * (scale_ if scale_ > 0.1 else 0.1)",
        "        continue",
        f"    fired_ = {V} < threshold_ and {V}_next_ >= threshold_",
        f"    if fired_ and {V}_next_ > threshold_ + 1e-8 and h_ > 1e-9 * dt:",
        f"        aim_ = max(h_ * crossing({V}, {V}_next_, h_ * k1_{V}_, h_ * k7_{V}_, threshold_), 1e-9 * dt)",
        "        continue",
        "    try_ = max(try_, h_ * scale_) if h_ < try_ else h_ * scale_",
        "    aim_ = dt",
        *indented(1, _accepted(model, place)),
    ]


def _weighted(weights, x):
    return " + ".join(f"{w!r} * k{stage}_{x}_" for stage, w in enumerate(weights, 1) if w) or "0.0"
