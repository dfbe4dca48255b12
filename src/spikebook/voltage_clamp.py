"""The voltage clamp: the membrane follows a command, and the current that this takes is measured.

    V(t) = command                               dx/dt = speed (alpha(V) (1 - x) - beta(V) x)   for every gate x
    I_clamp = C dV/dt + sum of the currents      C (V after - V before)   at a jump, as a charge

V in mV, t in ms, currents in uA/cm2, C in uF/cm2, charges in nC/cm2. The clamp is ideal: the voltage is the
command's at once and everywhere. Where V does not change, each gate relaxes exactly,

    x(t + dt) = x_inf + (x(t) - x_inf) exp(-speed (alpha + beta) dt),

so steps of voltage are followed to rounding at any dt; where V changes within a step (ramps, sines), the rates are those
in its middle, and the error is of order 2 in dt.

Since the gates depend on the voltage alone, what a blocker takes away is the current through the channels it blocks:

    command = step(60, start=5, stop=15)
    I_Na = voltage_clamp(MODEL, command).current - voltage_clamp(MODEL, command, g_Na=0).current

Hodgkin, Huxley and Katz (1952) J Physiol 116:424, doi:10.1113/jphysiol.1952.sp004716.
"""

import numpy as np

from .compilation import array, gather, load
from .model import number
from .simulation import count_steps
from .steps import called, indented, speeds
from .stimuli import Stimulus, _finite
from .trace import Trace

__all__ = ["ClampTrace", "voltage_clamp"]

LARGEST = 300.0  # mV: beyond about this a membrane breaks down
ROUNDING = 1e-9  # mV: a smaller difference between the end of a step and the start of the next is no jump


class ClampTrace(Trace):
    """A run under voltage clamp: a Trace whose `current` is the clamp's, with

    I_C          the capacitive current C dV/dt at every t, without the jumps (uA/cm2)
    jump_times   when the command jumps (ms); at such a time V and the currents are those after the jump
    charges      what the clamp delivers at each jump, C (V after - V before), nC/cm2; no sample of `current` has it
    """

    def __init__(self, model, parameters, dt, states, current, I_C, jump_times, charges):
        super().__init__(model, parameters, "voltage clamp", dt, states, current, np.array([]))
        self.I_C, self.jump_times, self.charges = I_C, jump_times, charges

    @property
    def names(self):
        return (*super().names, "I_C")


def voltage_clamp(model, command, duration=20.0, dt=0.01, holding=-65.0, **parameters):
    """Clamp `model` to a command for `duration` ms, recording every `dt` ms, and return a ClampTrace.

    command      a stimulus, in mV on top of `holding`; or the voltage itself (mV): a number, or an array with one
                 value a step. A jump between two records acts in part at the first and in part at the second
    holding      where the membrane was held until t = 0 (mV), its gates at their steady states
    parameters   changes to the model's published values, by name

    Raises ValueError for a model without currents, for a voltage beyond 300 mV, where membranes break down, and for
    what `simulate` refuses.

    >>> from spikebook.hodgkin_huxley import MODEL
    >>> trace = voltage_clamp(MODEL, 0.0, duration=50)
    >>> round(float(trace.n[-1]), 4), trace.charges
    (0.9087, array([65.]))
    """
    if not model.currents:
        raise ValueError(f"a voltage clamp measures the currents of a membrane, and {model.name} has none")
    values = model.values(**parameters)
    duration, dt = number("duration", duration, "ms"), number("dt", dt, "ms")
    steps = count_steps(model, duration, dt, "exponential_euler")
    holding = number("holding", holding, "mV")
    samples = commanded(command, holding, steps, dt)
    records = {name: array(np.zeros(steps + 1)) for name in (*model.state, "jump", "I_C")}
    run = load(program(model), ("run_clamp",)).run_clamp
    try:
        run(steps, dt, *map(array, samples), holding, *values.values(), *records.values())
        records = {name: np.asarray(record) for name, record in records.items()}
        sound = all(np.all(np.abs(records[name] - 0.5) <= 0.5 + 1e-9) for name in model.gates)  # not so for NaN
    except (OverflowError, ZeroDivisionError):
        sound = False
    if not sound:
        raise ValueError(
            f"{model.name}: a gate's rates are not finite, or both 0 or negative, at a commanded voltage; where alpha or "
            "beta is 0/0, write its limit"
        )
    states = {name: records[name] for name in model.state}
    current = records["I_C"] + sum(model.current(name, states, values) for name in model.currents)
    jumps = np.flatnonzero(np.abs(records["jump"]) > ROUNDING)
    return ClampTrace(
        model, values, dt, states, current, records["I_C"], jumps * dt, values["C"] * records["jump"][jumps]
    )


def commanded(command, holding, steps, dt):
    """The commanded voltage (mV) at the start, in the middle and at the end of every step: three arrays."""
    if isinstance(command, Stimulus):
        samples = tuple(holding + part for part in command.sample(steps, dt))
    elif np.ndim(command) == 0:
        samples = (np.full(steps, number("command", command, "mV")),) * 3
    else:
        samples = (_finite(command, "command", "mV"),) * 3
        if len(samples[0]) != steps:
            raise ValueError(f"command has {len(samples[0])} values for {steps} steps of {dt:g} ms; give one a step")
    extreme = max((holding, *(part[np.argmax(np.abs(part))] for part in samples)), key=abs)
    if not abs(extreme) <= LARGEST:
        raise ValueError(
            f"the command reaches {extreme:g} mV, where a membrane breaks down; keep it between {-LARGEST:g} and "
            f"{LARGEST:g} mV (a stimulus is added to holding = {holding:g} mV)"
        )
    return samples


def program(model):
    """Scalar Python for the model: its functions and

    run_clamp(steps, dt, V_start, V_middle, V_end, holding, parameters..., record_V, record_gates..., jump, I_C)

    which writes the state at every step's start and at the end, each after the jump at that time, into arrays of
    `steps + 1` values; beside it the jumps of V (mV) and the capacitive current.
    """
    start, record, relax = [], [], []
    for x, gate in model.gates.items():
        rates = [
            f"opening_{x}_ = {called(gate.alpha)}",
            f"total_{x}_ = opening_{x}_ + {called(gate.beta)}",
            f"steady_{x}_ = opening_{x}_ / total_{x}_",
        ]
        speed = f" * speed_{x}_" if gate.speed else ""
        start += [*rates, f"{x} = steady_{x}_"]
        record.append(f"record_{x}_[i] = {x}")
        relax += [*rates, f"{x} = steady_{x}_ + ({x} - steady_{x}_) * exp(-dt * total_{x}_{speed})"]
    received = [*model.parameters, *(f"record_{x}_" for x in model.state), "jump_", "I_C_"]
    lines = [
        f"def run_clamp(steps, dt, V_start_, V_middle_, V_end_, V, {', '.join(received)}):",
        *indented(1, [*speeds(model), *start]),
        "    for i in range(steps):",
        "        jump_[i] = V_start_[i] - V",
        "        record_V_[i] = V_start_[i]",
        *indented(2, record),
        "        I_C_[i] = C * (4 * (V_middle_[i] - V_start_[i]) - (V_end_[i] - V_start_[i])) / dt",
        "        V = V_middle_[i]",
        *indented(2, relax),
        "        V = V_end_[i]",
        "    i = steps - 1",
        "    I_C_[steps] = C * (4 * (V_end_[i] - V_middle_[i]) - (V_end_[i] - V_start_[i])) / dt",
        "    i = steps",
        "    record_V_[i] = V",
        *indented(1, record),
    ]
    return gather(model.functions) + "\n\n" + "\n".join(lines)
