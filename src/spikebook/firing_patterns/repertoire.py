"""Which other neurons can do the twenty patterns: a search, what it found, and where it is hopeless.

The question goes to every model in the same words: the current of the published pattern, its times stretched and its
heights chosen anew, and the criterion of `criteria`. `search` draws parameters, time scale and heights at random from
a seed; what it has found is kept in `found.json` and can be checked in a moment by
`Entry.holds`. Where it finds nothing, that is no proof: a parameter set may exist that it has missed. `IMPOSSIBLE` has
the proofs.
"""

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import hodgkin_huxley, izhikevich, reduced_models, stimuli
from ..experiments import Experiment
from ..model import Model
from ..simulation import simulate
from .criteria import MEASURES, judged, lowest_rate
from .patterns import PATTERNS

__all__ = [
    "Entry",
    "FAMILIES",
    "FIXED",
    "FLAT",
    "Family",
    "GUESSES",
    "IMPOSSIBLE",
    "LINE",
    "ONE",
    "found",
    "plausible",
    "search",
]

DIGITS = 5  # of what is drawn
LATER = 5  # how many times as long as the pattern the runs are that look for lasting firing


class Family(NamedTuple):
    """A model with what a search may choose: parameters (low, high), how much the times are stretched at most and at
    least, a typical current, and known parameter sets from which half of the draws start."""

    label: str
    model: Model
    method: str
    step: float
    height: float
    parameters: dict
    times: tuple
    current: float
    known: tuple = ({},)


ADEX = tuple(
    {key: value for key, value in given.items() if key != "current"}
    for given in reduced_models.ADAPTIVE_EXPONENTIAL_PATTERNS.values()
)
FAMILIES = {
    "LIF": Family(
        "leaky", reduced_models.LEAKY, "exponential_euler", 0.05, 100.0,
        {"C": (0.5, 3), "g_L": (0.03, 0.3), "V_reset": (-80, -51), "t_ref": (0, 5)}, (0.2, 5), 1.5,
    ),
    "QIF": Family(
        "quadratic", reduced_models.QUADRATIC, "rk4", 0.05, 100.0,
        {"C": (0.5, 3), "g_L": (0.03, 0.3), "V_reset": (-80, -30)}, (0.2, 5), 0.4,
    ),
    "AdEx": Family(
        "AdEx", reduced_models.ADAPTIVE_EXPONENTIAL, "adaptive", 0.05, 100.0,
        {
            "C": (50, 300), "g_L": (2, 30), "a": (-15, 60), "b": (0, 200), "tau_w": (5, 400), "V_reset": (-75, -42),
            "Delta_T": (0.8, 5),
        }, (0.3, 5), 300.0, ({}, *ADEX),
    ),
    "Izhikevich": Family(
        "Izhikevich", izhikevich.MODEL, "rk4", 0.05, 100.0,
        {"a": (0.005, 1), "b": (-0.2, 1), "c": (-70, -45), "d": (-5, 10)}, (0.5, 3), 5.0,
        tuple(pattern.parameters for pattern in PATTERNS.values() if pattern.model is izhikevich.MODEL),
    ),
    "FHN": Family(
        "FitzHugh-Nagumo", reduced_models.FITZHUGH_NAGUMO, "rk4", 0.05, 4.0,
        {"a": (0, 1.2), "b": (0, 2), "tau": (2, 60)}, (0.2, 5), 0.4,
    ),
    "ML": Family(
        "Morris-Lecar", reduced_models.MORRIS_LECAR, "rk4", 0.1, 80.0,
        {"g_Ca": (3, 8), "g_K": (4, 12), "V_3": (-10, 20), "V_4": (12, 35), "phi": (0.01, 0.2)}, (0.3, 10), 60.0,
        tuple(reduced_models.MORRIS_LECAR_CLASSES.values()),
    ),
    "HH": Family(
        "Hodgkin-Huxley", hodgkin_huxley.MODEL, "exponential_euler", 0.02, 100.0,
        {
            "g_Na": (40, 240), "g_K": (5, 72), "g_L": (0.05, 1), "E_K": (-100, -50), "E_L": (-70, -45),
            "celsius": (2, 22),
        }, (0.2, 4), 8.0,
    ),
}  # fmt: skip

ONE = "one variable: more current never means less voltage, and every spike erases all that was before"
FLAT = "two variables that never jump: the paths of a plane cannot cross, so that from spike to spike the state moves one way"
FIXED = "its threshold is a number: after a pulse the voltage only falls"
LINE = "a straight line: below the threshold it has one resting state, and every reset leads back to it"

_ONE = (
    "phasic spiking", "tonic bursting", "phasic bursting", "mixed mode", "spike frequency adaptation",
    "subthreshold oscillations", "resonator", "rebound spike", "rebound burst", "threshold variability", "accommodation",
    "inhibition-induced spiking", "inhibition-induced bursting",
)  # fmt: skip
IMPOSSIBLE = {
    **{(model, pattern): ONE for model in ("LIF", "QIF") for pattern in _ONE},
    ("LIF", "spike latency"): FIXED,
    ("LIF", "bistability"): LINE,
    ("FHN", "tonic bursting"): FLAT,
    ("ML", "tonic bursting"): FLAT,
}


# Where theory says what to try, it is tried first: parameters, current, background, duration. R's slope detector is what
# slow recovery along a steep line makes; the two bistable ones rest just below a subcritical Hopf point.
GUESSES = {
    ("Izhikevich", "accommodation"): (
        {"a": 0.005, "b": 1.0, "c": -55.0, "d": 4.0}, ((0.0, 4.0, 0.0, 800.0), (0.0, 2.0, 1200.0, 1250.0)), -50.2377, 1600.0,
    ),
    ("HH", "bistability"): ({}, ((6.0, 6.0, 20.0, 22.0), (3.0, 3.0, 117.6, 119.6)), 6.6, 300.0),
    ("FHN", "bistability"): (
        {"a": 0.6, "b": 1.0, "tau": 12.5}, ((0.4, 0.4, 20.0, 32.4), (0.02, 0.02, 299.6, 306.0)), 0.297856, 604.6,
    ),
}  # fmt: skip

SHORTEST = 1.0  # ms between two spikes
DEEPEST = 0.6  # heights of a spike below the start


def plausible(trace, family, blocked=False):
    """Whether a response looks like one of a neuron: nothing that is half a spike, no plateau instead of a rest.

    Spikes are 1 ms apart or more, where the model counts ms. A model that makes its own spikes rises to at least half of
    `height`, and its tops are spikes (above 80 % of the highest) or small (below half of it). Unless it may be `blocked`,
    silent because too strong a current keeps it up, the voltage stays within 60 % of a spike's height below its start,
    starts in the lower half and spends less than 60 % of the time in the upper one.
    """
    V, s = trace[trace.model.voltage], trace.spike_times
    if not blocked and V.min() < V[0] - DEEPEST * family.height:
        return False
    if family.model is not reduced_models.FITZHUGH_NAGUMO and np.any(np.diff(s) < SHORTEST):
        return False
    if family.model.reset:
        return True
    low, span = V.min(), np.ptp(V)
    part = (V - low) / span
    tops = part[1:-1][(part[1:-1] > part[:-2]) & (part[1:-1] >= part[2:])]
    halves = (tops > 0.5) & (tops < 0.8)
    up = np.mean(part > 0.5)
    return span > 0.5 * family.height and not halves.any() and (blocked or (up < 0.6 and part[0] < 0.5))


class Entry(NamedTuple):
    """A pattern in another model: an Experiment of that model, and the pattern it is for."""

    family: str
    pattern: str
    experiment: Experiment

    def trace(self, step=None):
        family, experiment = FAMILIES[self.family], self.experiment
        return simulate(
            family.model, experiment.current, experiment.duration, step or family.step, family.method,
            experiment.initial, **experiment.parameters,
        )  # fmt: skip

    def holds(self, step=None):
        """Whether the criterion is fulfilled, and what was measured."""
        return self.judge(self.trace(step))

    def judge(self, trace):
        family, experiment = FAMILIES[self.family], self.experiment
        if not plausible(trace, family, blocked=self.pattern.startswith("inhibition")):
            return False, np.zeros(MEASURES)
        slowest = 0.0
        if self.pattern.startswith("class") and len(trace.spike_times) > 4:
            top = max(last for _, last, _, _ in experiment.pieces)
            slowest = lowest_rate(self.steady, experiment.background, experiment.background + top)
        return judged(self.pattern, trace, experiment.pieces, experiment.duration, family.height, slowest)

    def steady(self, current):
        """Spike times and the duration of a long run at one current."""
        family, duration = FAMILIES[self.family], LATER * self.experiment.duration
        run = simulate(
            family.model, current, duration, family.step, family.method, self.experiment.initial,
            **self.experiment.parameters,
        )  # fmt: skip
        return run.spike_times, duration


def entry(family, pattern, parameters, pieces, background, initial, duration):
    model, step = FAMILIES[family].model, FAMILIES[family].step
    pieces = tuple(map(tuple, pieces))
    experiment = Experiment("", f"{pattern}, {family}", model, parameters, initial, duration, step, pieces, background)
    return Entry(family, pattern, experiment)


def search(family, pattern, tries=2500, seed=1):
    """The first of `tries` random draws that has the pattern, as an Entry; None if none has.

    A draw chooses the parameters over the family's ranges (half of the draws change a known set in some of them), stretches
    the times of the published current by one factor, and chooses its heights and the background. The neuron starts from
    where that background has brought it. The first try is a guess (`GUESSES`) or the published pattern itself. What fulfils the criterion must do so too in half the step.

    >>> search("LIF", "tonic spiking", tries=200).pattern
    'tonic spiking'
    >>> search("LIF", "rebound spike", tries=200)
    """
    rng = np.random.default_rng([seed, *map(ord, family + pattern)])
    published = PATTERNS[pattern]
    for attempt in range(tries):
        try:
            if attempt == 0 and (family, pattern) in GUESSES:
                candidate = _settled(family, pattern, *GUESSES[family, pattern])
            elif attempt == 0 and published.model is FAMILIES[family].model:
                as_published = {**published.parameters, **published.converged}
                candidate = Entry(family, pattern, replace(published, parameters=as_published))
            else:
                candidate = _settled(family, pattern, *_draw(FAMILIES[family], pattern, rng))
            if candidate and all(candidate.holds(part * FAMILIES[family].step)[0] for part in (1, 0.5)):
                return candidate
        except ValueError:
            continue  # outside a parameter's range, or spikes without end
    return None


def _draw(family, pattern, rng):
    published = PATTERNS[pattern]
    parameters = dict(family.known[rng.integers(len(family.known))])
    moved = rng.uniform() if rng.uniform() < 0.5 else 1.0
    for name, (low, high) in family.parameters.items():
        if rng.uniform() < moved:
            log = low > 0 and high / low > 5
            drawn = math.exp(rng.uniform(math.log(low), math.log(high))) if log else rng.uniform(low, high)
            parameters[name] = _rounded(drawn)
    low, high = family.times
    stretch = _rounded(math.exp(rng.uniform(math.log(low), math.log(high))), 2)
    height = family.current * math.exp(rng.uniform(math.log(0.1), math.log(20)))
    background = family.current * float(rng.choice([0.0, rng.uniform(-2, 2), rng.uniform(0, 1), rng.uniform(-15, 30)]))
    largest = max(abs(first) for first, *_ in published.pieces) or max(abs(last) for _, last, *_ in published.pieces)
    across = 1.0  # the second piece's height, beside the published proportion
    if pattern in ("threshold variability", "bistability") and rng.uniform() < 0.8:
        across = rng.uniform(0.3, 3) * (rng.choice([-1, 1]) if pattern == "bistability" else 1)
    shift = rng.uniform(-0.15, 0.15) if pattern == "bistability" else 0.0
    pieces = []
    for k, (first, last, start, stop) in enumerate(published.pieces):
        scale = height / largest * (across if k == 1 else 1)
        off = shift * published.duration if k == 1 else 0.0
        pieces.append(
            (_rounded(first * scale), _rounded(last * scale), *(_grid((x + off) * stretch) for x in (start, stop)))
        )
    return parameters, tuple(pieces), _rounded(background), _grid(published.duration * stretch)


def _settled(family, pattern, parameters, pieces, background, duration):
    """The candidate, started where the current at time 0 has brought it, or None where that is no rest."""
    of = FAMILIES[family]
    first = background + sum(height for height, _, start, stop in pieces if start <= 0 < stop)
    start = None
    try:
        of.model.rest(**parameters)
    except ValueError:  # without a background it has no rest
        start = of.model.near_rest
    # Slowly, since a sudden step may set off a firing that goes on.
    half = _grid(0.5 * duration)
    slowly = stimuli.ramp(0, first, 0, half) + stimuli.step(first, half)
    wait = simulate(of.model, slowly, duration, of.step, of.method, start, **parameters)
    late = wait[of.model.voltage][3 * len(wait.t) // 4 :]
    if np.any(wait.spike_times > 0.6 * duration) or np.ptp(late) > 0.002 * of.height:
        return None
    initial = {name: _rounded(float(wait[name][-1]), 7) for name in of.model.state}
    return entry(family, pattern, parameters, pieces, background, initial, duration)


def _rounded(value, digits=DIGITS):
    return float(f"{value:.{digits}g}")


def _grid(time):
    """A time that is a whole number of every family's steps."""
    return round(round(time / 0.2) * 0.2, 6)


@cache
def found():
    """What searches have found, as a dict (family, pattern) -> Entry."""
    text = Path(__file__).with_name("found.json").read_text(encoding="utf-8")
    entries = (entry(**one) for one in json.loads(text))
    return {(one.family, one.pattern): one for one in entries}
