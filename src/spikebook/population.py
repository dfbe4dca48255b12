"""Run many neurons of one model at once: each with its own input and parameters, none connected to another."""

import math
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np

from .blocks import BLOCK, compiled
from .compilation import array, has_numba
from .methods import STABLE
from .model import number, numbers
from .simulation import Diverged, check_current, check_method, count_steps, endless, starting, unstable
from .stimuli import Stimulus, as_samples

MOST_STORED = 4e9  # bytes of input, or of what is recorded
SHARES = 8  # for each thread, since those of quiet neurons are done sooner
USUAL_RATE = 200  # Hz; room is made for so many spikes at first, and what stays empty takes none


class Population:
    """What the neurons of a population did.

    spike_counts   spikes of each neuron, shape (n,)
    spike_times    ms, of all spikes, in order of time; each at the crossing of the threshold, as in `simulate`
    spike_ids      which neuron fired each of them, counted from 0
    state          the state variables at the end, name -> shape (n,)
    V, n, ...      the recorded variables, shape (n, steps + 1); t is their time in ms
    model, parameters, method, dt, duration   how the run was made
    """

    def __init__(self, model, parameters, method, dt, steps, state, spikes, counts, records):
        self.model, self.parameters, self.method, self.dt = model, parameters, method, dt
        self.duration = steps * dt
        self.state = state
        self.spike_counts = counts
        self._steps, self._spikes, self._records = steps, spikes, records

    def __len__(self):
        return len(self.state[self.model.voltage])

    @cached_property
    def _sorted(self):
        times, ids = (np.concatenate(parts) for parts in zip(*self._spikes))
        order = np.argsort(times, kind="stable")
        return times[order], ids[order]

    @property
    def spike_times(self):
        return self._sorted[0]

    @property
    def spike_ids(self):
        return self._sorted[1]

    @property
    def t(self):
        return np.arange(self._steps + 1) * self.dt

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        recorded = self.model.voltage if name == "V" else name
        if recorded in self._records:
            return self._records[recorded]
        raise AttributeError(f"{name!r} was not recorded; ask for it with record=[{name!r}]")

    def __repr__(self):
        neurons, spikes = len(self), int(self.spike_counts.sum())
        return (
            f"<Population of {neurons} {self.model.name} neuron{'s' * (neurons != 1)}: {self.duration:g} ms, "
            f"{spikes} spike{'s' * (spikes != 1)}, {self.method}, dt = {self.dt:g} ms>"
        )


def simulate_population(
    model, current=0.0, duration=100.0, dt=0.01, method=None, initial=None, record=(), threads=None, **parameters
):
    """Simulate many unconnected neurons of `model` and return a Population.

    current     one number or stimulus for all; an array with one number a neuron; a list with one stimulus a neuron; or an
                array of shape (n, steps); in the unit `model.current_unit`, as in `simulate`
    method      as in `simulate`, with another default: "exponential_euler" for models with gates, and `model.method`
                for the others
    initial     starting values by state variable, numbers or arrays of shape (n,); the others rest
    record      names of state variables to keep at every step, e.g. ["V"]
    threads     how many processors work on it: all by default. The result does not depend on it
    parameters  changes to the model's values, by name: numbers, or arrays of shape (n,)

    Raises ValueError or TypeError that names the argument, its value and unit and the remedy.

    >>> import numpy as np, spikebook as sb
    >>> run = sb.simulate_population(sb.hodgkin_huxley.MODEL, current=np.array([2.0, 5.0, 10.0]), duration=100)
    >>> run.spike_counts
    array([0, 1, 7])
    """
    threads = os.cpu_count() or 1 if threads is None else threads
    if not isinstance(threads, (int, np.integer)) or threads < 1:
        raise ValueError(f"threads = {threads!r} is no number of processors; give 1 or more, or None for all")
    check_method(model, method)
    method = method or ("exponential_euler" if model.gates else model.method)
    duration, dt = number("duration", duration, "ms"), number("dt", dt, "ms")
    steps = count_steps(model, duration, dt, method)
    kind, samples = _inputs(model, current, steps, dt)
    n = _neurons(kind, samples, parameters, initial)
    values = _values(model, parameters)
    start = starting(model, initial, values, numbers)
    start = {name: np.array(np.broadcast_to(value, n), dtype=float) for name, value in start.items()}
    records = _records(model, record, n, steps)
    varying = [name for name, value in values.items() if np.ndim(value)]
    fixed = [*map(_as_compiled, values.values()), _as_compiled(values.get(model.threshold, model.threshold))]
    samples = [array(sample) if sample.ndim == 1 else sample for sample in samples]

    def run(quick):
        """The final state, the spikes and their counts, computed the quick way or the safe one."""
        advance = compiled(model, method, kind, varying, records, quick)
        state = [array(value.copy()) for value in start.values()]

        def share(first, last):
            """The spikes of these neurons, in as many runs as it takes to store them, and the largest rate met."""
            parts, fastest, room = [], 0.0, max(1024, math.ceil((last - first) * duration * USUAL_RATE / 1000))
            while first < last:
                times = array(np.empty(room))
                ids = np.empty(room, np.int32) if has_numba() else [0] * room
                given = (*samples, *state, *fixed, times, ids, room, *records.values())
                spikes, reached, rate = advance(first, last, steps, dt, *given)
                together = 1 if method == "adaptive" else min(BLOCK, last - first)
                if spikes < 0 or reached == first and room > together * steps:  # more than one a step
                    runaway = -1 - spikes if spikes < 0 else np.bincount(ids).argmax()
                    raise Diverged(f"neuron {runaway}: {endless(model, method, dt)}")
                parts.append((np.array(times[:spikes]), np.array(ids[:spikes], dtype=np.int32)))
                room = 4 * room if reached == first else room
                first, fastest = reached, max(fastest, rate)
            return parts, fastest

        try:
            shares = _shared_out(share, n, threads)
        except (OverflowError, ZeroDivisionError):
            raise Diverged(unstable(model, method, dt, "somewhere")) from None
        final = {name: np.asarray(values) for name, values in zip(model.state, state)}
        for name, value in final.items():
            bounds = (-1e-9, 1 + 1e-9) if name in model.gates else (-sys.float_info.max, sys.float_info.max)
            for bad in np.flatnonzero(~((value >= bounds[0]) & (value <= bounds[1])))[:1]:
                raise Diverged(unstable(model, method, dt, f"in neuron {bad}"))
        fastest = max(fastest for _, fastest in shares)
        if method in STABLE and fastest * dt > STABLE[method]:
            raise Diverged(unstable(model, method, dt, f"where a rate reaches {fastest:.3g} / ms"))
        spikes = [part for parts, _ in shares for part in parts]
        counts = np.bincount(np.concatenate([ids for _, ids in spikes]), minlength=n)
        for bad in np.flatnonzero(counts > steps)[:1]:
            raise Diverged(f"neuron {bad}: {endless(model, method, dt)}")
        return final, spikes, counts

    try:
        results = run(quick=True)
    except Diverged:
        results = run(quick=False)
    return Population(model, values, method, dt, steps, *results, records)


def _as_compiled(value):
    return array(value) if np.ndim(value) else float(value)


def _shared_out(advance, n, threads):
    """What `advance` returns for all neurons, worked on by several threads: compiled code lets others run beside it."""
    blocks = math.ceil(n / BLOCK)
    parts = min(SHARES * threads, blocks) if threads > 1 and has_numba() else 1
    edges = [min(n, BLOCK * round(blocks * k / parts)) for k in range(parts + 1)]
    if parts == 1:
        return [advance(0, n)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(advance, edges[:-1], edges[1:]))


def _neurons(kind, samples, parameters, initial):
    """How many neurons there are: as many as every array has values."""
    starts = initial.items() if isinstance(initial, Mapping) else ()
    given = {**parameters, **{f"initial {name}": value for name, value in starts}}
    lengths = {name: len(value) for name, value in given.items() if np.ndim(value)}
    if kind != "common":
        lengths["current"] = samples[0].shape[-1]
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"arrays of different numbers of neurons: {said}; give each one value a neuron")
    return max(lengths.values(), default=1)


def _values(model, parameters):
    """All parameters, numbers or arrays of one value a neuron, each inside its documented range."""
    values = {}
    for name, value in parameters.items():
        if name not in model.parameters:
            model.values(**{name: value})  # says what there is instead
        values[name] = numbers(name, value, model.parameters[name].unit)
    arrays = [value for value in values.values() if np.ndim(value)]
    for neuron in sorted({find(value) for value in arrays for find in (np.argmin, np.argmax)} or {0}):
        try:
            own = model.values(**{name: value[neuron] if np.ndim(value) else value for name, value in values.items()})
        except ValueError as error:
            raise ValueError(f"neuron {neuron}: {error}" if arrays else error) from None
    values = {**own, **values}
    model.check_reset(values)
    return values


def _inputs(model, current, steps, dt):
    """The kind of input (see `blocks`) and its arrays."""
    listed = current if isinstance(current, (list, tuple)) else ()
    stimuli = any(isinstance(one, Stimulus) for one in listed)
    if stimuli or any(map(np.ndim, listed)) or np.ndim(current) > 1 and len(current):
        columns = (
            3 if stimuli else 1
        )  # a row of values is the same at the start, in the middle and at the end of a step
        _check_size(f"current of {len(current)} neurons", columns * len(current) * steps)
        kind, samples = "own", [np.empty((steps, len(current))) for _ in range(columns)] * (3 // columns)
        for neuron, one in enumerate(current):
            try:
                values = as_samples(one, steps, dt)
            except (TypeError, ValueError) as error:
                raise type(error)(f"neuron {neuron}: {error}") from None
            for sample, value in zip(samples[:columns], values):
                sample[:, neuron] = value
    elif np.ndim(current) == 0:
        kind, samples = "common", as_samples(current, steps, dt)
    else:
        kind, samples = "constant", [numbers("current", current, model.current_unit)]
    check_current(model, min(map(np.min, samples)), max(map(np.max, samples)))
    return kind, samples


def _records(model, names, n, steps):
    """Arrays for the state variables to keep; "V" is the voltage also where the model has another name for it."""
    if not isinstance(names, (str, list, tuple)):
        raise TypeError(f"record = {names!r} must be a list of names among {', '.join(model.state)}")
    names = [model.voltage if name == "V" else name for name in ([names] if isinstance(names, str) else names)]
    for name in names:
        if name not in model.state:
            raise ValueError(f"record has {name!r}, which {model.name} has not: use {', '.join(model.state)}")
    names = dict.fromkeys(names)
    _check_size(f"record = {[*names]} of {n} neurons", len(names) * n * (steps + 1))
    return {name: np.empty((n, steps + 1)) for name in names}


def _check_size(what, count):
    if 8 * count > MOST_STORED:
        raise ValueError(
            f"{what} would fill {8e-9 * count:.1f} GB; use fewer at a time, a shorter duration or a larger dt"
        )
