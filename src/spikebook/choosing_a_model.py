"""Choosing a model: the same current into six of them, how well one predicts another's spikes, and what each costs.

Models count their input in units that have nothing to do with one another. What can be compared is the current as a
multiple of the rheobase, here the weakest step of 300 ms that makes a model at rest spike.

    Gamma = (N_coinc - <N_coinc>) / ((N_data + N_model) / 2) / (1 - 2 nu Delta)        <N_coinc> = 2 nu Delta N_model

Gamma          coincidence factor: 1 for the same spikes, 0 for as many coincidences as chance gives
N_coinc        spikes of the data that have a spike of the model within Delta, each spike in one pair at most
N_data, N_model   numbers of spikes            nu       rate of the data, 1/ms            Delta    precision, ms

Kistler, Gerstner and van Hemmen (1997) Neural Comput 9:1015, doi:10.1162/neco.1997.9.5.1015, whose chance level takes the
rate of the model's spikes for nu; Jolivet and others (2008) J Neurosci Methods 169:417,
doi:10.1016/j.jneumeth.2007.11.006, the data's.

The operation counts are those of Izhikevich (2004) IEEE Trans Neural Netw 15:1063, doi:10.1109/TNN.2004.832719, figure 2: how
many additions, multiplications and the like it takes to compute 1 ms, at the steps that he thought right.
"""

import math
import time
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy import maximum, minimum, sqrt

from . import hodgkin_huxley, izhikevich, reduced_models, stimuli
from .compilation import array, gather, load
from .model import Model, number
from .population import simulate_population
from .random_numbers import generator, uniform
from .simulation import simulate
from .spike_trains.statistics import as_train, positive

__all__ = ["RUNNERS", "Runner", "coincidence", "cost", "race", "rheobase", "wandering"]

LONG = 300.0  # ms, of the step that defines a rheobase
FINE = 0.01  # ms, the step at which rheobases are found
ROUNDS = 30  # of bisection


class Runner(NamedTuple):
    """A model in the race: its name, equations and method, a current that certainly fires it, and the operations that
    Izhikevich counted for 1 ms (None: the model is younger than the count)."""

    label: str
    model: Model
    method: str
    strong: float
    operations: int | None


RUNNERS = {
    "HH": Runner("Hodgkin-Huxley", hodgkin_huxley.MODEL, "exponential_euler", 20.0, 1200),
    "FHN": Runner("FitzHugh-Nagumo", reduced_models.FITZHUGH_NAGUMO, "rk4", 1.0, 72),
    "LIF": Runner("leaky", reduced_models.LEAKY, "exponential_euler", 10.0, 5),
    "QIF": Runner("quadratic", reduced_models.QUADRATIC, "rk4", 10.0, 7),
    "AdEx": Runner("AdEx", reduced_models.ADAPTIVE_EXPONENTIAL, "adaptive", 2000.0, None),
    "Izhikevich": Runner("Izhikevich", izhikevich.MODEL, "rk4", 20.0, 13),
}


@cache
def rheobase(name):
    """The weakest step of 300 ms that makes the runner `name` spike, in its own unit, to four digits.

    >>> rheobase("HH"), rheobase("LIF")
    (2.24, 1.5)
    """
    runner = RUNNERS[name]
    low, high = 0.0, runner.strong
    for _ in range(ROUNDS):
        middle = 0.5 * (low + high)
        fires = len(simulate(runner.model, middle, LONG, FINE, runner.method).spike_times) > 0
        low, high = (low, middle) if fires else (middle, high)
    return float(f"{high:.4g}")


def wander(count, state, values):
    """Fill `values` with noise that wanders: mean 0, standard deviation 1, each value 0.8 times the one before and a new draw.

    A draw is the sum of twelve even ones, close to a normal one; nothing exceeds 3.
    """
    x = 0.0
    for k in range(count):
        draw = -6.0
        for _ in range(12):
            draw += uniform(state)
        x = draw if k == 0 else 0.8 * x + sqrt(1 - 0.8 * 0.8) * draw
        values[k] = minimum(maximum(x, -3.0), 3.0)


def wandering(count, seed):
    """`count` values of noise that wanders: mean 0, standard deviation 1, each value 0.8 times the one before and a new
    draw, none beyond 3. The same seed gives the same values.

    >>> wandering(3, seed=1).round(2)
    array([-1.35, -2.73, -1.69])
    """
    values = array(np.empty(count))
    load(gather((wander,)), ("wander",)).wander(count, generator(seed), values)
    return np.asarray(values)


def coincidence(data, model, precision=2.0, duration=None):
    """The coincidence factor Gamma between the spikes (ms) of the data and those of a model.

    precision   ms: how close two spikes must be to coincide
    duration    ms of the data; by default up to the last spike of either

    ValueError for trains that are no increasing times, and where the data fire so fast that chance coincides always.

    >>> round(coincidence([10, 50, 90], [11, 52, 70], precision=2, duration=100), 3)
    0.621
    """
    data, model = as_train(data, "data"), as_train(model, "model")
    precision = positive("precision", precision, "ms")
    last = max([*data[-1:], *model[-1:], precision])
    duration = positive("duration", last if duration is None else duration, "ms")
    chance = 2 * precision * len(data) / duration
    if chance >= 1:
        raise ValueError(
            f"with {len(data)} spikes in {duration:g} ms every moment is within precision = {precision:g} ms of one; "
            f"ask for less than {duration / (2 * len(data)):.3g} ms"
        )
    if not len(data) + len(model):
        return 1.0
    found = _pairs(data.tolist(), model.tolist(), precision)
    return (found - chance * len(model)) / (0.5 * (len(data) + len(model))) / (1 - chance)


def _pairs(data, model, precision):
    """How many spikes can be paired, each once, within `precision`: the earliest that fit."""
    found = i = k = 0
    while i < len(data) and k < len(model):
        if abs(data[i] - model[k]) <= precision:
            found, i, k = found + 1, i + 1, k + 1
        elif data[i] < model[k]:
            i += 1
        else:
            k += 1
    return found


def cost(model, current, dt, method, duration=1000.0, neurons=200, rounds=3, **parameters):
    """Microseconds of computing on this machine for 1 ms of one neuron among `neurons` that are computed together.

    The best of `rounds` runs on one processor, after one that compiles; currents differ by up to 1 %, so that the neurons
    do not all spike at once. Errors as for `simulate_population`.
    """
    currents = number("current", current, model.current_unit) * np.linspace(1, 1.01, neurons)
    best = math.inf
    for _ in range(rounds + 1):
        start = time.perf_counter()
        simulate_population(model, currents, duration, dt, method, threads=1, **parameters)
        best = min(best, time.perf_counter() - start)
    return 1e6 * best / (duration * neurons)


# ---- the race of the explorer

DT = 0.05  # ms, the step unless another is asked for
ONSET = 20.0  # ms
DURATION = 250.0  # ms
STOP = 220.0  # ms
INTERVAL = 1.0  # ms that each value of the noise holds
SEEDS = {"noise": 1, "another": 2}


def shape(stimulus, strength, width):
    """The current of the race as a list of (sampler, arguments); the page's view says the same.

    step, ramp and noise last for `width` ms; that is the period of a sine, which goes on. A sine has the amplitude
    `strength`; noise wanders about half of it, as far.
    """
    stop = ONSET + width
    if stimulus == "ramp":
        return [(stimuli.add_ramp, (ONSET, stop, 0.0, strength))]
    if stimulus == "sine":
        return [(stimuli.add_sine, (ONSET, STOP, strength, 1000 / width, 0.0))]
    if stimulus in SEEDS:
        count = round(width / INTERVAL)
        values = 0.5 * strength * (1 + wandering(count, SEEDS[stimulus]))
        return [(stimuli.add_held, (ONSET, INTERVAL, count, values))]
    return [(stimuli.add_ramp, (ONSET, stop, strength, strength))]


def race(stimulus="step", strength=2.0, width=200.0, dt=DT):
    """The same current, in units of each model's rheobase, into all six: name -> Trace, and the current.

    >>> traces, _ = race("step", strength=2)
    >>> {name: len(trace.spike_times) for name, trace in traces.items()}["HH"]
    1
    """
    traces = {}
    for name, runner in RUNNERS.items():
        current = stimuli.Stimulus(shape(stimulus, strength * rheobase(name), width))
        traces[name] = simulate(runner.model, current, DURATION, dt, runner.method)
    start, _, end = stimuli.Stimulus(shape(stimulus, strength, width)).sample(round(DURATION / dt), dt)
    return traces, np.append(start, end[-1])
