"""What a neuron is: its state, gates, currents and parameters, as short functions in the paper's symbols.

A model is data. Its functions are plain Python and ask for what they need by name: a state variable
(`V`, `n`), a parameter (`g_K`, `E_K`) or the input current `I`. So

    def I_K(V, n, g_K, E_K):
        return g_K * n**4 * (V - E_K)

is at once the equation that a chapter prints, the code that a simulation compiles and the code that the page
translates. There are two ways to say how a state variable changes:

    conductance model    C dV/dt = I - (sum of the currents),   dx/dt = speed (alpha(V) (1 - x) - beta(V) x)
    any other model      one function a state variable that returns its rate of change

A model that does not make its spikes itself has a reset: when the voltage reaches the threshold, that is a spike, and
the variables named there jump to the values that their functions return.

Take the Hodgkin-Huxley neuron and add one current more. An h current flows inward through gates r that open, slowly,
when the voltage falls; its conductance is g_h = 0.3 mS/cm2, its reversal potential E_h = -40 mV:

    I_h = g_h r (V - E_h)      alpha_r = 0.001 / (1 + exp((V + 80) / 8))      beta_r = 0.001 / (1 + exp(-(V + 80) / 8))

>>> from numpy import exp
>>> import spikebook as sb
>>> def alpha_r(V):
...     return 0.001 / (1 + exp((V + 80) / 8))
>>> def beta_r(V):
...     return 0.001 / (1 + exp(-(V + 80) / 8))
>>> def I_h(V, r, g_h, E_h):
...     return g_h * r * (V - E_h)
>>> HH = sb.hodgkin_huxley.MODEL
>>> g_h = sb.Parameter(0.3, "mS/cm2", "largest h conductance", 0, 10)
>>> E_h = sb.Parameter(-40.0, "mV", "reversal potential of the h current", -100, 0)
>>> model = sb.Model(
...     name="Hodgkin-Huxley with an h current",
...     parameters={**HH.parameters, "g_h": g_h, "E_h": E_h},
...     gates={**HH.gates, "r": sb.Gate(alpha_r, beta_r)},
...     currents={**HH.currents, "I_h": I_h},
... )
>>> trace = sb.simulate(model, sb.stimuli.step(-5, start=50, stop=1050), duration=1200)
>>> trace.spike_times.round(2)  # a rebound, 4 ms after the hyperpolarisation has ended
array([1054.08])

A model without conductances gives a rate of change for every state variable, the voltage first. FitzHugh and
Nagumo's has two, in no units:

>>> def dV(V, w, I):
...     return V - V**3 / 3 - w + I
>>> def dw(V, w):
...     return (V + 0.7 - 0.8 * w) / 12.5
>>> start = {"V": -1.2, "w": -0.6}
>>> fhn = sb.Model("FitzHugh-Nagumo", parameters={}, derivatives={"V": dV, "w": dw}, initial=start, current_unit="")
>>> len(sb.simulate(fhn, current=0.5, duration=200).spike_times)
5

The rules, which make one function serve Numba, JavaScript and the reader:

- Arguments are names of state variables and parameters. `I`, the input, is for `derivatives` alone. `alpha` and `beta` of a
  gate ask for the voltage alone, its `speed` for parameters alone, a current or a reset for anything but `I`.
- A function is written with `def` at the top level of a notebook cell or a file: no lambda, nothing that uses variables of a
  function around it, no decorator.
- It computes with one number a name: arithmetic, comparisons, `if`, `for` over `range`, and exp, expm1, log, log1p, sqrt, sin,
  cos, tan, tanh, floor, ceil, abs, min and max (of `math` or numpy; `maximum` and `minimum` too). It may call functions of its
  own kind and use numbers that stand in its module or notebook. The explorers take neither % nor //.
- Names are letters, digits and inner underscores. Each is used once in a model, and some belong to the simulation: `I`, `t`,
  `dt`, `i`, `steps` and others that the error lists.

A model that breaks a rule is refused when it is made or first run, with the function's name and what to write instead.
"""

import difflib
import inspect
import keyword
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from .compilation import array

INPUT = "I"  # the name under which a model's functions receive the input current
RESERVED = {INPUT, "t", "dt", "i", "steps", "I_start", "I_middle", "I_end", "spike_times"}
RESERVED |= {"crossing", "cubic", "parabola", "reached", "relaxed", "expm1_beside"}  # functions that the methods call
RESERVED |= {
    "abs",
    "empty",
    "exp",
    "expm1",
    "first",
    "last",
    "log1p",
    "lowest_bit",
    "marked",
    "marks",
    "max",
    "min",
    "range",
    "room",
    "spike_ids",
    "widest_vectors",
}


MANY = 1000  # resting states to be searched for: then it saves time to compile the search


class Parameter(NamedTuple):
    """One parameter: its published value, unit and meaning, and the range in which the model is documented."""

    value: float
    unit: str
    meaning: str
    low: float = -math.inf
    high: float = math.inf


class Gate(NamedTuple):
    """A two-state gate: it opens at rate alpha(V) and closes at rate beta(V), both in 1/ms.

    `speed` multiplies both rates; it may depend on parameters alone (temperature).
    """

    alpha: Callable
    beta: Callable
    speed: Callable | None = None

    def steady_state(self, V):
        """Open probability after a long time at V (mV): alpha / (alpha + beta)."""
        return self.alpha(V) / (self.alpha(V) + self.beta(V))

    def time_constant(self, V, speed=1.0):
        """Time constant in ms at V (mV): 1 / (speed (alpha + beta))."""
        return 1 / (speed * (self.alpha(V) + self.beta(V)))


@dataclass(frozen=True, eq=False)
class Model:
    """A neuron's equations and parameters.

    name        what errors and figures call it
    parameters  name -> Parameter
    gates       name -> Gate (conductance models)
    currents    name -> function, in `current_unit`, outward positive (conductance models; needs the parameter `C`)
    derivatives   name -> function, rate of change per ms (any other model; the voltage first)
    initial     starting values; without them a simulation starts at rest
    near_rest   values from which the resting state is searched for (other models than those of conductances)
    threshold   a spike is an upward crossing of this value by the voltage: a number, or the name of a parameter
    reset       name -> function, the variable's value after a spike; it asks for the values just before
    refractory  name of the parameter that says for how many ms after a spike the voltage stays where it was reset to
    one_by_one  whether Euler's method moves a variable with the newest values of those before it, as the published
                scripts of some models do
    method      how it is simulated unless another method is asked for: "rk4", or "adaptive" for very steep equations
    current_range, current_unit   the input that the model is documented for
    largest_step   ms; simulations refuse a coarser one. One number, or one for each method
    """

    name: str
    parameters: Mapping[str, Parameter]
    gates: Mapping[str, Gate] = field(default_factory=dict)
    currents: Mapping[str, Callable] = field(default_factory=dict)
    derivatives: Mapping[str, Callable] = field(default_factory=dict)
    initial: Mapping[str, float] = field(default_factory=dict)
    near_rest: Mapping[str, float] = field(default_factory=dict)
    threshold: float | str = 0.0
    reset: Mapping[str, Callable] = field(default_factory=dict)
    refractory: str | None = None
    one_by_one: bool = False
    method: str = "rk4"
    current_range: tuple[float, float] = (-math.inf, math.inf)
    current_unit: str = "uA/cm2"
    largest_step: float | Mapping[str, float] = math.inf

    def __post_init__(self):
        for name in ("parameters", "gates", "currents", "derivatives", "initial", "near_rest", "reset"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for kind, things in ((Parameter, self.parameters), (Gate, self.gates)):
            for name, thing in things.items():
                if not isinstance(thing, kind):
                    fields = ", ".join(kind._fields[: 3 if kind is Parameter else 2])
                    raise TypeError(f"{self.name}: {name} must be a {kind.__name__}({fields}), not {thing!r}")
        if bool(self.currents) == bool(self.derivatives):
            raise ValueError(
                f"{self.name}: give either currents (and gates) or derivatives, the rates of change of every "
                "state variable"
            )
        if self.currents and "C" not in self.parameters:
            raise ValueError(f"{self.name}: a model with currents needs the capacitance as parameter 'C'")
        if self.gates and not self.currents:
            raise ValueError(f"{self.name}: gates belong to a model with currents")
        names = [*self.state, *self.currents, *self.parameters]
        for name in names:
            if not name.isidentifier() or keyword.iskeyword(name) or name in RESERVED or name.endswith("_"):
                raise ValueError(
                    f"{self.name}: {name!r} cannot be a name here; use letters, digits and inner underscores, "
                    f"and leave {', '.join(sorted(RESERVED))} to the simulation"
                )
            if names.count(name) > 1:
                raise ValueError(f"{self.name}: the name {name!r} is used twice")
        for kind, names in (("initial", self.initial), ("near_rest", self.near_rest), ("reset", self.reset)):
            for name in names:
                if name not in self.state:
                    raise ValueError(f"{self.name}: {kind} value for {name!r}, which is no state variable")
        if self.reset and self.voltage not in self.reset:
            raise ValueError(f"{self.name}: reset must bring the voltage {self.voltage!r} below the threshold")
        if self.refractory and not self.reset:
            raise ValueError(f"{self.name}: a refractory period holds the voltage at its reset, and there is none")
        for kind, name in (("threshold", self.threshold), ("refractory", self.refractory)):
            if isinstance(name, str) and name not in self.parameters:
                raise ValueError(f"{self.name}: {kind} = {name!r} is no parameter; use {', '.join(self.parameters)}")
        given = {*self.parameters, *self.state, INPUT}
        for gate in self.gates.values():
            for rate in (gate.alpha, gate.beta):
                _check_arguments(self.name, rate, {self.voltage})
            if gate.speed is not None:
                _check_arguments(self.name, gate.speed, set(self.parameters))
        for function in (*self.currents.values(), *self.reset.values()):
            _check_arguments(self.name, function, given - {INPUT})
        for function in self.derivatives.values():
            _check_arguments(self.name, function, given)
        for function in self.functions:
            if function.__name__ in given | RESERVED:
                raise ValueError(
                    f"{self.name}: {function.__name__!r} is both a function and a number; rename one of them"
                )

    def __reduce__(self):
        """How pickle sends a model to another process: as its fields, since it cannot send their read-only views."""
        values = (getattr(self, each.name) for each in fields(self))
        return type(self), tuple(dict(value) if isinstance(value, MappingProxyType) else value for value in values)

    @property
    def state(self) -> tuple[str, ...]:
        """Names of the state variables, the voltage first."""
        return ("V", *self.gates) if self.currents else tuple(self.derivatives)

    @property
    def functions(self) -> tuple[Callable, ...]:
        """Every function of the model, each once."""
        rates = [function for gate in self.gates.values() for function in gate if function]
        return tuple(dict.fromkeys([*self.derivatives.values(), *self.currents.values(), *rates, *self.reset.values()]))

    @property
    def voltage(self) -> str:
        """The state variable whose upward crossings of `threshold` are spikes."""
        return self.state[0]

    def coarsest(self, method) -> float:
        """The largest step, ms, that `method` may take."""
        if isinstance(self.largest_step, Mapping):
            return self.largest_step.get(method, math.inf)
        return self.largest_step

    def values(self, **changes) -> dict[str, float]:
        """All parameters as numbers, the published ones unless changed.

        Raises ValueError or TypeError for an unknown name, a value that is no finite number and a value
        outside the documented range.
        """
        values = {name: float(parameter.value) for name, parameter in self.parameters.items()}
        values |= {name: self.in_range(name, value) for name, value in changes.items()}
        self.check_reset(values)
        return values

    def in_range(self, name, value) -> float:
        """`value` as a number for the parameter `name`, or the errors of `values`."""
        if name not in self.parameters:
            small = {known.lower(): known for known in self.parameters}  # g_k means g_K, not g_L
            near = difflib.get_close_matches(name.lower(), small, n=1, cutoff=0.4)
            hint = f"did you mean {small[near[0]]!r}? " if near else ""
            raise ValueError(f"unknown parameter {name!r}: {hint}{self.name} has {', '.join(self.parameters)}")
        parameter = self.parameters[name]
        value = number(name, value, parameter.unit)
        if not parameter.low <= value <= parameter.high:
            raise ValueError(
                f"{name} = {value:g} {parameter.unit} is outside the range of {self.name}: use "
                f"{parameter.low:g} to {parameter.high:g} {parameter.unit} ({parameter.meaning})"
            )
        return value

    def check_reset(self, values):
        """Raise ValueError where a spike would leave the voltage at the threshold; `values` are numbers or arrays."""
        lands = self.reset.get(self.voltage)
        if lands is None or not set(arguments(lands)) <= set(values):
            return
        threshold, landing = np.broadcast_arrays(values.get(self.threshold, self.threshold), _call(lands, values))
        for bad in np.flatnonzero(landing >= threshold)[:1]:
            raise ValueError(
                f"{self.name} is reset to {landing.flat[bad]:g} mV ({', '.join(arguments(lands))}), which is not below its "
                f"threshold of {threshold.flat[bad]:g} mV: it would spike without end. Lower the one or raise the other"
            )

    def rest(self, **changes) -> dict[str, float]:
        """The resting state without input: every rate of change is zero.

        Of several resting states of a conductance model it is the one at the lowest voltage at which the
        total current turns outward, the first that a hyperpolarised cell comes to. Other models are
        searched from `near_rest` (or else `initial`); ValueError when that search finds nothing.
        """
        return {name: float(value) for name, value in self.resting(self.values(**changes)).items()}

    def resting(self, values):
        """The resting state as `rest` gives it, from all parameters: numbers, or arrays with one value a neuron."""
        if self.derivatives:
            return self._search_rest(values)
        from .methods import compiled, plain  # the search is one more text made from the model

        columns = np.broadcast_arrays(*values.values())
        each = np.array([column.ravel() for column in columns], dtype=float).T
        different, which = np.unique(each, axis=0, return_inverse=True)
        search = (plain(self) if len(different) < MANY else compiled(self)).rest
        states = np.empty((len(different), len(self.state)))
        for k, parameters in enumerate(different.tolist()):
            state = array([0.0] * len(self.state))
            if not search(*parameters, state):
                raise ValueError(
                    f"{self.name} has no resting voltage between -200 and 200 mV with these parameters; "
                    "give initial={'V': ...} to start elsewhere"
                )
            states[k] = state
        return {name: column[which.ravel()].reshape(columns[0].shape) for name, column in zip(self.state, states.T)}

    def rates_of_change(self, state, values, I=0.0):
        """Rate of change per ms of every state variable, as a dict; numbers or arrays of one shape."""
        known = {**values, **state, INPUT: I}
        if self.derivatives:
            return {name: _call(function, known) for name, function in self.derivatives.items()}
        total = sum(_call(function, known) for function in self.currents.values())
        change = {"V": (I - total) / values["C"]}
        for name, gate in self.gates.items():
            speed = _call(gate.speed, known) if gate.speed else 1.0
            opening, closing = _call(gate.alpha, known), _call(gate.beta, known)
            change[name] = speed * (opening * (1 - state[name]) - closing * state[name])
        return change

    def current(self, name, state, values):
        """The current called `name`, from arrays or numbers of the state variables."""
        return _call(self.currents[name], {**values, **state})

    def _search_rest(self, values):
        """Newton's method, for all neurons of a population together."""
        guess = {**self.initial, **self.near_rest}
        shape = np.broadcast_shapes(*(np.shape(value) for value in values.values()))
        point = np.array([np.full(shape, guess.get(name, 0.0)) for name in self.state])

        def change(point):
            rates = self.rates_of_change(dict(zip(self.state, point)), values)
            return np.array([np.broadcast_to(rates[name], shape) for name in self.state])

        with np.errstate(all="ignore"):
            for _ in range(100):
                here = change(point)
                jacobian = np.empty((*shape, len(point), len(point)))
                for k in range(len(point)):
                    moved = point.copy()
                    moved[k] += 1e-6 * np.maximum(1.0, np.abs(point[k]))
                    jacobian[..., k] = np.moveaxis((change(moved) - here) / (moved[k] - point[k]), 0, -1)
                if not np.all(np.isfinite(jacobian)):
                    break
                move = -np.moveaxis(np.linalg.pinv(jacobian) @ np.moveaxis(here, 0, -1)[..., None], -2, 0)[..., 0]
                point = point + move
                if np.all(np.abs(move) <= 1e-10 * np.maximum(1.0, np.abs(point))):
                    return dict(zip(self.state, point))
        raise ValueError(
            f"{self.name}: no resting state found from {guess}; say where to start instead, initial={{{self.voltage!r}: "
            "...}, or give the model values near_rest"
        )


def number(name, value, unit):
    """`value` as a finite float, or an error that names the argument, the value and the unit."""
    if isinstance(value, (str, bytes)) or np.ndim(value) != 0:
        raise TypeError(f"{name} must be one number in {unit or 'no unit'}, not {type(value).__name__}")
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name} must be one number in {unit or 'no unit'}, not {value!r}") from None
    if not math.isfinite(result):
        raise ValueError(f"{name} = {result} {unit} is not finite; give a number in {unit or 'no unit'}")
    return result


def numbers(name, value, unit):
    """`value` as a finite float, or as an array of one a neuron, or an error that names what is wrong with it."""
    if isinstance(value, (str, bytes)) or np.ndim(value) == 0:
        return number(name, value, unit)
    try:
        result = np.array(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be one number in {unit or 'no unit'}, or a row of them, one a neuron") from None
    if result.ndim != 1 or not len(result):
        raise ValueError(f"{name} has shape {result.shape}; give one number in {unit or 'no unit'}, or one a neuron")
    for bad in np.flatnonzero(~np.isfinite(result))[:1]:
        raise ValueError(f"{name}[{bad}] = {result[bad]} {unit} is not finite; give numbers in {unit or 'no unit'}")
    return result


@cache
def arguments(function):
    """The names that a model's function asks for."""
    return tuple(inspect.signature(function).parameters)


def _call(function, known):
    return function(*(known[name] for name in arguments(function)))


def _check_arguments(model, function, given):
    if not inspect.isfunction(function):
        raise TypeError(f"{model}: {function!r} is not a function; write it with def")
    for name in arguments(function):
        if name not in given:
            raise ValueError(
                f"{model}: {function.__name__} asks for {name!r}, which is not among {', '.join(sorted(given))}"
            )
