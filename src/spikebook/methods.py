"""The numerical methods, each written once as text for any model.

`program(model)` is scalar Python: the model's functions and, for every method that suits it,

    run_<method>(steps, dt, I_start, I_middle, I_end, state..., parameters..., record..., spike_times) -> spikes

which advances the state by `steps` steps of `dt` ms, writes every state variable before each step and
after the last one into its array of `steps + 1` values, writes the times of spikes and returns their number, or -1
for a neuron that spikes more than once a step. The input is given at the start, in the middle and at the end of every
step. For conductance models there is also

    rest(parameters..., state) -> 1.0 if found      the resting state without input, written into `state`
    fastest(steps, parameters..., record...) -> rate      the largest rate, 1/ms, that a run had to follow

euler               order 1: x + dt f(x). A reset takes place at the end of the step, whose start is the spike's time:
                    the scheme of published scripts
rk4                 order 4: the classical Runge-Kutta method; spikes by cubic Hermite interpolation
exponential_euler   order 1, stable at any step: each gate, then the voltage, relaxes exactly as it would if
                    the others stood still (Rush and Larsen 1978, doi:10.1109/TBME.1978.326270); spikes by linear
                    interpolation. Without gates and with currents linear in V it is exact, resets included
adaptive            order 5: steps as long as the error allows (Dormand and Prince 1980, doi:10.1016/0771-050X(80)90013-3),
                    and ending on every spike; `dt` is only the interval of the results and of the input

Within a step, a reset divides it: the neuron is moved to the crossing of the threshold, reset, and moved on for what
is left of the step. There the input follows the parabola through its three values.

Numbers that the methods themselves introduce end in an underscore, which no name of a model may.
"""

from functools import lru_cache

from numpy import expm1, log1p

from .compilation import gather, load
from .model import INPUT, arguments

ORDER = {"euler": 1, "exponential_euler": 1, "rk4": 4, "adaptive": 5}
STABLE = {"rk4": 2.785, "euler": 2.0}  # the largest rate times dt at which a decay still decays
TOLERANCE = 1e-10  # of the adaptive method: error of one of its steps, relative to 1 + |x|
MOST_TURNS = 20000  # parts into which a step may be divided


def crossing(before, after, slope_before, slope_after, threshold):
    """Fraction of a step at which the cubic through both ends, with their slopes a step, reaches `threshold`.

    >>> crossing(-1.0, 1.0, 2.0, 2.0, 0.5)
    0.75
    """
    low = 0.0
    high = 1.0
    for _ in range(60):
        x = 0.5 * (low + high)
        if cubic(before, after, slope_before, slope_after, x) < threshold:
            low = x
        else:
            high = x
    return high


def cubic(before, after, slope_before, slope_after, x):
    """The cubic through both ends of a step, with their slopes a step, at the fraction `x` of the step."""
    return (
        before * (1 + 2 * x) * (1 - x) ** 2
        + slope_before * x * (1 - x) ** 2
        + after * x * x * (3 - 2 * x)
        + slope_after * x * x * (x - 1)
    )


def parabola(start, middle, end, x):
    """The parabola through the values at 0, 1/2 and 1, at `x`."""
    return start + x * (4 * middle - 3 * start - end + x * (2 * start - 4 * middle + 2 * end))


def relaxed(speed, rate, duration):
    """speed (1 - exp(-rate duration)) / rate: how far a variable gets whose `speed` fades at `rate`, and its limit
    speed duration at rate 0."""
    if rate == 0.0:
        return speed * duration
    return speed / rate * -expm1(-rate * duration)


def reached(speed, rate, distance):
    """The duration after which `relaxed` is `distance`."""
    if rate == 0.0:
        return distance / speed
    return -log1p(-distance * rate / speed) / rate


HELPERS = (crossing, cubic, parabola, relaxed, reached)


def available(model):
    """Names of the methods that suit the model."""
    return ("rk4", "exponential_euler", "euler", "adaptive") if model.currents else ("rk4", "euler", "adaptive")


def entry(method):
    return f"run_{method}"


def compiled(model):
    """The model's program as a module, compiled once."""
    return load(program(model), (*map(entry, available(model)), "rest", "fastest"))


def program(model, methods=None):
    """The text described above, for `methods` (all that suit the model)."""
    return _program(model, tuple(methods or available(model)), gather((*model.functions, *HELPERS)))


@lru_cache(maxsize=100)
def _program(model, methods, functions):
    for name in ("rest", "fastest", *map(entry, available(model))):
        if f"def {name}(" in functions:
            raise ValueError(f"{model.name}: the simulation has a function {name!r} of its own; rename yours")
    texts = [functions]
    if model.currents:
        texts.append(_rest(model))
        if set(methods) & set(STABLE):
            texts.append(_fastest(model))
    return "\n\n".join(texts + [_run(model, method) for method in methods])


def flows(model):
    """Text of `flows(steps, parameters..., record..., flow...)`: every current along a recorded run, for the page."""
    received = [
        *model.parameters,
        *(f"record_{x}_" for x in model.state),
        *(f"flow_{name}_" for name in model.currents),
    ]
    lines = [
        f"def flows(steps, {', '.join(received)}):",
        "    for i in range(steps + 1):",
        *(f"        {x} = record_{x}_[i]" for x in model.state),
        *(f"        flow_{name}_[i] = {_called(function)}" for name, function in model.currents.items()),
    ]
    return "\n".join(lines)


def _rest(model):
    """The lowest voltage from -200 to 200 mV at which the steady total current turns outward, to the last digit."""
    steady = [
        f"{x} = {_called(gate.alpha)} / ({_called(gate.alpha)} + {_called(gate.beta)})"
        for x, gate in model.gates.items()
    ]
    parameters = ", ".join(model.parameters)
    lines = [
        f"def steady_current_(V, {parameters}):",
        *(f"    {line}" for line in steady),
        f"    return {_total(model)}",
        "",
        f"def rest({parameters}, state_):",
        "    V = -200.0",
        "    outward_ = True",
        "    for i in range(401):",
        "        V = i - 200.0",
        "        before_ = outward_",
        f"        outward_ = steady_current_(V, {parameters}) > 0",
        "        if outward_ and not before_:",
        "            high_ = V",
        "            low_ = V - 1.0",
        "            for j_ in range(60):",
        "                V = 0.5 * (low_ + high_)",
        f"                if steady_current_(V, {parameters}) > 0:",
        "                    high_ = V",
        "                else:",
        "                    low_ = V",
        *(f"            {line}" for line in steady),
        *(f"            state_[{k}] = {x}" for k, x in enumerate(model.state)),
        "            return 1.0",
        "    return 0.0",
    ]
    return "\n".join(lines)


def _fastest(model):
    """The largest rate at which the voltage or a gate relaxes, at the first 16 moments and then at every 16th."""
    parameters = ", ".join(model.parameters)
    records = ", ".join(f"record_{x}_" for x in model.state)
    lines = [
        f"def fastest(steps, {parameters}, {records}):",
        *_indented(1, _speeds(model)),
        "    fastest_ = 0.0",
        "    i = 0",
        "    while i <= steps:",
        *(f"        {x} = record_{x}_[i]" for x in model.state),
        "        above_ = V + 1.0",
        f"        fastest_ = max(fastest_, ({_total(model, {'V': 'above_'})} - ({_total(model)})) / C)",
    ]
    for x, gate in model.gates.items():
        speed = f"speed_{x}_ * " if gate.speed else ""
        lines.append(f"        fastest_ = max(fastest_, {speed}({_called(gate.alpha)} + {_called(gate.beta)}))")
    return "\n".join([*lines, "        i += 1 if i < 16 else 16", "    return fastest_"])


def _run(model, method):
    if method == "adaptive":
        step = _adaptive(model)
    elif not model.reset:
        step = _plain(model, method)
    elif method == "euler":
        step = _reset_on_grid(model)
    else:
        step = _divided(model, method)
    received = [*model.state, *model.parameters, "threshold_", *(f"record_{x}_" for x in model.state), "spike_times"]
    lines = [
        f"def {entry(method)}(steps, dt, I_start, I_middle, I_end, {', '.join(received)}):",
        *_indented(1, _speeds(model)),
        "    spikes_ = 0",
        *(["    wait_ = 0.0"] if model.refractory else []),
        *(["    try_ = dt"] if method == "adaptive" else []),
        *(f"    record_{x}_[0] = {x}" for x in model.state),
        "    for i in range(steps):",
        *_indented(2, step),
        *(f"        record_{x}_[i + 1] = {x}" for x in model.state),
        "    return spikes_",
    ]
    return "\n".join(lines)


def _indented(levels, lines):
    return [levels * "    " + line for line in lines]


def _moved(model):
    return [f"{x} = {x}_next_" for x in model.state]


def _plain(model, method):
    """One step of a model without reset."""
    V = model.voltage
    if method == "rk4":
        end = _slopes(model, "end_", [f"{x}_next_" for x in model.state], "I_end[i]")
        fraction = f"crossing({V}, {V}_next_, dt * k1_{V}_, dt * end_{V}_, threshold_)"
    else:
        end = []
        fraction = f"(threshold_ - {V}) / ({V}_next_ - {V})"
    return [
        *WRITERS[method](model, "dt", ("I_start[i]", "I_middle[i]", "I_end[i]")),
        f"if {V} < threshold_ and {V}_next_ >= threshold_:",
        *_indented(1, end),
        f"    spike_times[spikes_] = (i + {fraction}) * dt",
        "    spikes_ += 1",
        *_moved(model),
    ]


def _reset_on_grid(model):
    """One step of Euler's method as published scripts take it."""
    waiting = ["free_ = 0.0 if wait_ > 0.5 * dt else 1.0", "wait_ -= dt"]
    return [
        *(waiting if model.refractory else []),
        *_euler(model, "dt", ["I_start[i]"]),
        *_moved(model),
        f"if {model.voltage} >= threshold_:",
        *_indented(1, _spike(model, "i * dt")),
    ]


def _spike(model, time):
    """What happens when the voltage has reached the threshold: every new value is computed from the old ones."""
    return [
        f"spike_times[spikes_] = {time}",
        "spikes_ += 1",
        *(f"after_{x}_ = {_called(function)}" for x, function in model.reset.items()),
        *(f"{x} = after_{x}_" for x in model.reset),
        *([f"wait_ = {model.refractory}"] if model.refractory else []),
    ]


def _divided(model, method):
    """One step of a model with reset: up to the spike, and on from there."""
    V = model.voltage
    if method == "rk4":
        fraction = f"crossing({V}, {V}_next_, h_ * k1_{V}_, h_ * end_{V}_, threshold_)"
        end = _slopes(model, "end_", [f"{x}_next_" for x in model.state], "I_end_")
        crossed = [f"{x}_next_ = cubic({x}, {x}_next_, h_ * k1_{x}_, h_ * end_{x}_, x_)" for x in model.state]
    else:
        fraction = "reached(speed_, conductance_, threshold_ - V) / (h_ / C)"
        end, crossed = [], _relaxations(model, "(x_ * h_)")
    return [
        "at_ = 0.0",
        "turns_ = 0",
        "while at_ < dt:",
        "    h_ = dt - at_",
        *_indented(1, _waiting(model)),
        *_indented(1, _inputs((("start", "at_"), ("middle", "(at_ + 0.5 * h_)"), ("end", "(at_ + h_)")))),
        *_indented(1, WRITERS[method](model, "h_", ("I_start_", "I_middle_", "I_end_"))),
        f"    fired_ = {V}_next_ >= threshold_",
        "    if fired_:",
        *_indented(2, end),
        f"        x_ = {fraction}",
        *_indented(2, crossed),
        f"        {V}_next_ = threshold_",
        "        h_ = x_ * h_",
        *_indented(1, _accepted(model)),
    ]


def _accepted(model):
    """The end of a part of a step."""
    waited = ["elif wait_ > 0.0:", "    wait_ -= h_"] if model.refractory else []
    return [
        "at_ = dt if h_ >= dt - at_ else at_ + h_",
        *_moved(model),
        "if fired_:",
        "    turns_ += 1",
        f"    if spikes_ == steps or turns_ > {MOST_TURNS}:",
        "        return -1",
        *_indented(1, _spike(model, "i * dt + at_")),
        *waited,
    ]


def _waiting(model):
    if not model.refractory:
        return []
    return ["free_ = 1.0", "if wait_ > 0.0:", "    h_ = min(h_, wait_)", "    free_ = 0.0"]


def _inputs(moments):
    return [f"I_{name}_ = parabola(I_start[i], I_middle[i], I_end[i], {at} / dt)" for name, at in moments]


def _speeds(model):
    return [f"speed_{name}_ = {_called(gate.speed)}" for name, gate in model.gates.items() if gate.speed]


def _total(model, renamed=None):
    return " + ".join(_called(function, renamed) for function in model.currents.values())


def _called(function, renamed=None):
    renamed = renamed or {}
    return f"{function.__name__}({', '.join(renamed.get(name, name) for name in arguments(function))})"


def _slopes(model, prefix, at, current):
    """Lines that compute every rate of change as `<prefix><variable>_`, at the variables named `at`."""
    renamed = {**dict(zip(model.state, at)), INPUT: current}
    if model.derivatives:
        rates = {x: _called(function, renamed) for x, function in model.derivatives.items()}
    else:
        total = " - ".join([current, *(_called(f, renamed) for f in model.currents.values())])
        rates = {"V": f"({total}) / C"}
        for x, gate in model.gates.items():
            opening, closing = _called(gate.alpha, renamed), _called(gate.beta, renamed)
            speed = f"speed_{x}_ * " if gate.speed else ""
            rates[x] = f"{speed}({opening} * (1 - {renamed[x]}) - {closing} * {renamed[x]})"
    if model.refractory:
        rates[model.voltage] = f"free_ * ({rates[model.voltage]})"
    return [f"{prefix}{x}_ = {rate}" for x, rate in rates.items()]


def _euler(model, h, inputs):
    if not model.one_by_one:
        lines = _slopes(model, "k1_", model.state, inputs[0])
        return lines + [f"{x}_next_ = {x} + {h} * k1_{x}_" for x in model.state]
    lines, names = [], {}
    for x, function in model.derivatives.items():
        lines.append(f"{x}_next_ = {x} + {h} * {_called(function, {**names, INPUT: inputs[0]})}")
        names[x] = f"{x}_next_"
    return lines


def _rk4(model, h, inputs):
    start, middle, end = inputs
    lines = _slopes(model, "k1_", model.state, start)
    for stage, step, current in ((2, f"0.5 * {h}", middle), (3, f"0.5 * {h}", middle), (4, h, end)):
        at = [f"{x}_{stage}_" for x in model.state]
        lines += [f"{y} = {x} + {step} * k{stage - 1}_{x}_" for x, y in zip(model.state, at)]
        lines += _slopes(model, f"k{stage}_", at, current)
    return lines + [f"{x}_next_ = {x} + {h} / 6 * (k1_{x}_ + 2 * k2_{x}_ + 2 * k3_{x}_ + k4_{x}_)" for x in model.state]


def _exponential_euler(model, h, inputs):
    """Gates first, then the voltage. The slope of the currents over V is their difference over 1 mV, which is exact
    for currents that are linear in V, as ohmic ones are."""
    rates = []
    for x, gate in model.gates.items():
        rates += [
            f"opening_{x}_ = {_called(gate.alpha)}",
            f"total_{x}_ = opening_{x}_ + {_called(gate.beta)}",
            f"steady_{x}_ = opening_{x}_ / total_{x}_",
        ]
    renamed = {x: f"{x}_next_" for x in model.gates}
    return (
        rates
        + _relaxations(model, h)  # after all rates, so that a processor works on several exponentials at once
        + [
            "above_ = V + 1.0",
            f"outward_ = {_total(model, renamed)}",
            f"conductance_ = {_total(model, {**renamed, 'V': 'above_'})} - outward_",
            f"speed_ = {'free_ * ' if model.refractory else ''}({inputs[1]} - outward_)",
            f"V_next_ = V + relaxed(speed_, conductance_, {h} / C)",
        ]
    )


def _relaxations(model, h):
    return [
        f"{x}_next_ = steady_{x}_ + ({x} - steady_{x}_) * exp(-{f'speed_{x}_ * ' if gate.speed else ''}{h} * total_{x}_)"
        for x, gate in model.gates.items()
    ]


WRITERS = {"euler": _euler, "rk4": _rk4, "exponential_euler": _exponential_euler}

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


def _adaptive(model):
    """One interval of results, in as many steps as the error asks for. A step over a spike is taken again, shorter, until
    it ends on it."""
    V = model.voltage
    stages = []
    for stage, (moment, weights) in enumerate(zip(MOMENTS, STAGES), 1):
        at = [f"{x}_next_" for x in model.state] if stage == 7 else [f"{x}_{stage}_" for x in model.state]
        stages += _inputs([("now", f"(at_ + {moment!r} * h_)")])
        stages += [f"{y} = {x} + h_ * ({_weighted(weights, x)})" for x, y in zip(model.state, at)]
        stages += _slopes(model, f"k{stage}_", at, "I_now_")
    return [
        "at_ = 0.0",
        "aim_ = dt",
        "turns_ = 0",
        "while at_ < dt:",
        "    turns_ += 1",
        f"    if turns_ > {MOST_TURNS}:",
        "        return -1",
        "    h_ = min(try_, aim_, dt - at_)",
        *_indented(1, _waiting(model)),
        *_indented(1, stages),
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
        *_indented(1, _accepted(model)),
    ]


def _weighted(weights, x):
    return " + ".join(f"{w!r} * k{stage}_{x}_" for stage, w in enumerate(weights, 1) if w) or "0.0"
