"""The numerical methods, each written once as text for any model.

`program(model)` is scalar Python: the model's functions and, for every method that suits it,

    run_<method>(steps, dt, I_start, I_middle, I_end, state..., parameters..., record..., spike_times) -> spikes

which advances the state by `steps` steps of `dt` ms, writes every state variable before each step and
after the last one into its array of `steps + 1` values, writes the times of spikes and returns their number. The
input is given at the start, in the middle and at the end of every step. For conductance models there is also

    rest(parameters..., state) -> 1.0 if found      the resting state without input, written into `state`
    fastest(steps, parameters..., record...) -> rate      the largest rate, 1/ms, that a run had to follow

euler               order 1: x + dt f(x)
rk4                 order 4: the classical Runge-Kutta method; spikes by cubic Hermite interpolation
exponential_euler   order 1, stable at any step: each gate, then the voltage, relaxes exactly as it would if
                    the others stood still (Rush and Larsen 1978, doi:10.1109/TBME.1978.326270); spikes by linear
                    interpolation

Numbers that the methods themselves introduce end in an underscore, which no name of a model may.
"""

from functools import lru_cache

from numpy import expm1

from .compilation import gather, load
from .model import INPUT, arguments

STABLE = {"rk4": 2.785, "euler": 2.0}  # the largest rate times dt at which a decay still decays


def crossing(before, after, slope_before, slope_after, threshold):
    """Fraction of a step at which the cubic through both ends, with their slopes a step, reaches `threshold`.

    >>> crossing(-1.0, 1.0, 2.0, 2.0, 0.5)
    0.75
    """
    low = 0.0
    high = 1.0
    for _ in range(60):
        x = 0.5 * (low + high)
        y = (
            before * (1 + 2 * x) * (1 - x) ** 2
            + slope_before * x * (1 - x) ** 2
            + after * x * x * (3 - 2 * x)
            + slope_after * x * x * (x - 1)
        )
        if y < threshold:
            low = x
        else:
            high = x
    return high


def relaxed(speed, rate, duration):
    """speed (1 - exp(-rate duration)) / rate: how far a variable gets whose `speed` fades at `rate`, and its limit
    speed duration at rate 0."""
    if rate == 0.0:
        return speed * duration
    return speed / rate * -expm1(-rate * duration)


def available(model):
    """Names of the methods that suit the model."""
    return ("rk4", "exponential_euler", "euler") if model.currents else ("rk4", "euler")


def entry(method):
    return f"run_{method}"


def compiled(model):
    """The model's program as a module, compiled once."""
    return load(program(model), (*map(entry, available(model)), "rest", "fastest"))


def program(model, methods=None):
    """The text described above, for `methods` (all that suit the model)."""
    return _program(model, tuple(methods or available(model)), gather((*model.functions, crossing, relaxed)))


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
    writers = {"euler": _euler, "rk4": _rk4, "exponential_euler": _exponential_euler}
    return "\n\n".join(texts + [_run(model, method, writers[method](model)) for method in methods])


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
        *_speeds(model),
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


def _run(model, method, step):
    state = model.state
    V = model.voltage
    if method == "rk4":
        end = [f"            {line}" for line in _slopes(model, "end_", [f"{x}_next_" for x in state], "I_end[i]")]
        fraction = f"crossing({V}, {V}_next_, dt * k1_{V}_, dt * end_{V}_, threshold_)"
    else:
        end = []
        fraction = f"(threshold_ - {V}) / ({V}_next_ - {V})"
    received = [*state, *model.parameters, "threshold_", *(f"record_{x}_" for x in state), "spike_times"]
    lines = [
        f"def {entry(method)}(steps, dt, I_start, I_middle, I_end, {', '.join(received)}):",
        *_speeds(model),
        "    spikes_ = 0",
        *(f"    record_{x}_[0] = {x}" for x in state),
        "    for i in range(steps):",
        *(f"        {line}" for line in step),
        f"        if {V} < threshold_ and {V}_next_ >= threshold_:",
        *end,
        f"            spike_times[spikes_] = (i + {fraction}) * dt",
        "            spikes_ += 1",
        *(f"        {x} = {x}_next_" for x in state),
        *(f"        record_{x}_[i + 1] = {x}" for x in state),
        "    return spikes_",
    ]
    return "\n".join(lines)


def _speeds(model):
    return [f"    speed_{name}_ = {_called(gate.speed)}" for name, gate in model.gates.items() if gate.speed]


def _total(model, renamed=None):
    return " + ".join(_called(function, renamed) for function in model.currents.values())


def _called(function, renamed=None):
    renamed = renamed or {}
    return f"{function.__name__}({', '.join(renamed.get(name, name) for name in arguments(function))})"


def _slopes(model, prefix, at, current):
    """Lines that compute every rate of change as `<prefix><variable>_`, at the variables named `at`."""
    renamed = {**dict(zip(model.state, at)), INPUT: current}
    if model.derivatives:
        return [f"{prefix}{x}_ = {_called(f, renamed)}" for x, f in model.derivatives.items()]
    total = " - ".join([current, *(_called(f, renamed) for f in model.currents.values())])
    lines = [f"{prefix}V_ = ({total}) / C"]
    for x, gate in model.gates.items():
        opening, closing = _called(gate.alpha, renamed), _called(gate.beta, renamed)
        speed = f"speed_{x}_ * " if gate.speed else ""
        lines.append(f"{prefix}{x}_ = {speed}({opening} * (1 - {renamed[x]}) - {closing} * {renamed[x]})")
    return lines


def _euler(model):
    lines = _slopes(model, "k1_", model.state, "I_start[i]")
    return lines + [f"{x}_next_ = {x} + dt * k1_{x}_" for x in model.state]


def _rk4(model):
    lines = _slopes(model, "k1_", model.state, "I_start[i]")
    for stage, step, current in ((2, "0.5 * dt", "I_middle[i]"), (3, "0.5 * dt", "I_middle[i]"), (4, "dt", "I_end[i]")):
        at = [f"{x}_{stage}_" for x in model.state]
        lines += [f"{y} = {x} + {step} * k{stage - 1}_{x}_" for x, y in zip(model.state, at)]
        lines += _slopes(model, f"k{stage}_", at, current)
    return lines + [f"{x}_next_ = {x} + dt / 6 * (k1_{x}_ + 2 * k2_{x}_ + 2 * k3_{x}_ + k4_{x}_)" for x in model.state]


def _exponential_euler(model):
    """Gates first, then the voltage. The slope of the currents over V is their difference over 1 mV, which is exact
    for currents that are linear in V, as ohmic ones are."""
    rates, relaxations = [], []  # apart, so that a processor works on several exponentials at once
    for x, gate in model.gates.items():
        speed = f"speed_{x}_ * " if gate.speed else ""
        rates += [
            f"opening_{x}_ = {_called(gate.alpha)}",
            f"total_{x}_ = opening_{x}_ + {_called(gate.beta)}",
            f"steady_{x}_ = opening_{x}_ / total_{x}_",
        ]
        relaxations.append(f"{x}_next_ = steady_{x}_ + ({x} - steady_{x}_) * exp(-{speed}dt * total_{x}_)")
    renamed = {x: f"{x}_next_" for x in model.gates}
    return (
        rates
        + relaxations
        + [
            "above_ = V + 1.0",
            f"outward_ = {_total(model, renamed)}",
            f"conductance_ = {_total(model, {**renamed, 'V': 'above_'})} - outward_",
            "V_next_ = V + relaxed(I_middle[i] - outward_, conductance_, dt / C)",
        ]
    )
