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
"""

from functools import lru_cache

from numpy import expm1, log1p

from .compilation import gather, load
from .exponentials import expm1_beside, shared
from .steps import Place, called, indented, speeds, total, whole

ORDER = {"euler": 1, "exponential_euler": 1, "rk4": 4, "adaptive": 5}
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
    decay = rate * duration + 1e-30  # changes nothing but 0
    return speed * duration / decay * -expm1(-decay)


def reached(speed, rate, distance):
    """The duration after which `relaxed` is `distance`."""
    part = rate * distance / speed + 1e-30
    return distance / speed * -log1p(-part) / part


HELPERS = (crossing, cubic, parabola, relaxed, reached, expm1_beside)


def available(model):
    """Names of the methods that suit the model."""
    return ("rk4", "exponential_euler", "euler", "adaptive") if model.currents else ("rk4", "euler", "adaptive")


def entry(method):
    return f"run_{method}"


def compiled(model, *methods):
    """The model's program with these methods alone, as a module compiled once: the text of all takes its time."""
    return load(program(model, methods), (*map(entry, methods), "rest", "fastest"), bool(model.gates))


def plain(model):
    """The search for rest as plain Python: a millisecond for each, where Numba needs a second to compile it."""
    return load(program(model, ()), (), plain=True)


def program(model, methods=None):
    """The text described above, for `methods` (all that suit the model), with as few exponentials as can be."""
    return _shared(written(model, methods))


_shared = lru_cache(maxsize=100)(shared)


def written(model, methods=None):
    """That text for a reader: every exponential stands where the equation has it."""
    methods = available(model) if methods is None else tuple(methods)
    return _written(model, methods, gather((*model.functions, *HELPERS)))


@lru_cache(maxsize=100)
def _written(model, methods, functions):
    for name in ("rest", "fastest", *map(entry, available(model))):
        if f"def {name}(" in functions:
            raise ValueError(f"{model.name}: the simulation has a function {name!r} of its own; rename yours")
    texts = [functions]
    if model.currents:
        texts.append(resting(model))
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
        *(f"        flow_{name}_[i] = {called(function)}" for name, function in model.currents.items()),
    ]
    return "\n".join(lines)


def resting(model):
    """Text of `rest`: the lowest voltage from -200 to 200 mV at which the steady current turns outward, to the last digit."""
    steady = [
        f"{x} = {called(gate.alpha)} / ({called(gate.alpha)} + {called(gate.beta)})" for x, gate in model.gates.items()
    ]
    parameters = ", ".join(model.parameters)
    lines = [
        f"def steady_current_(V, {parameters}):",
        *(f"    {line}" for line in steady),
        f"    return {total(model)}",
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
        *indented(1, speeds(model)),
        "    fastest_ = 0.0",
        "    i = 0",
        "    while i <= steps:",
        *(f"        {x} = record_{x}_[i]" for x in model.state),
        *indented(2, fastest_rates(model)),
        "        i += 1 if i < 16 else 16",
        "    return fastest_",
    ]
    return "\n".join(lines)


def fastest_rates(model):
    """Lines that raise `fastest_` to the rates at which the voltage and the gates relax."""
    lines = [
        "above_ = V + 1.0",
        f"fastest_ = max(fastest_, ({total(model, {'V': 'above_'})} - ({total(model)})) / C)",
    ]
    for x, gate in model.gates.items():
        speed = f"speed_{x}_ * " if gate.speed else ""
        lines.append(f"fastest_ = max(fastest_, {speed}({called(gate.alpha)} + {called(gate.beta)}))")
    return lines


ONE = Place(
    ("I_start[i]", "I_middle[i]", "I_end[i]"),
    ("spike_times[spikes_] = spike_time_", "spikes_ += 1"),
    "spikes_ == steps",
    "-1",
)


def _run(model, method):
    received = [*model.state, *model.parameters, "threshold_", *(f"record_{x}_" for x in model.state), "spike_times"]
    lines = [
        f"def {entry(method)}(steps, dt, I_start, I_middle, I_end, {', '.join(received)}):",
        *indented(1, speeds(model)),
        "    spikes_ = 0",
        *(["    wait_ = 0.0"] if model.refractory else []),
        *(["    try_ = dt"] if method == "adaptive" else []),
        *(f"    record_{x}_[0] = {x}" for x in model.state),
        "    for i in range(steps):",
        *indented(2, whole(model, method, ONE)),
        *(f"        record_{x}_[i + 1] = {x}" for x in model.state),
        "    return spikes_",
    ]
    return "\n".join(lines)
