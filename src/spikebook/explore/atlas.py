"""The atlas: twenty firing patterns, each under its own current in its own phase plane, to be bent until it breaks.

The neurons and currents are those of `firing_patterns.patterns`; whether the pattern is still there is judged by
`firing_patterns.criteria`. The view is `js/atlas.js`.
"""

from dataclasses import replace

import numpy as np

from .. import stimuli
from ..compilation import gather
from ..experiments import add_sampled
from ..firing_patterns import ACCOMMODATING, CLASS_1, CRITERIA, PATTERNS, judged
from ..firing_patterns.criteria import MEASURES, count, lasts, lowest_rate
from ..izhikevich import MODEL
from ..izhikevich_model import (
    KINDS,
    coefficients,
    fast_nullcline,
    fixed_points,
    kind,
    slow_nullcline,
    still,
    velocity,
)
from ..methods import entry, program, written
from ..simulation import Diverged, simulate
from .base import Arrays, ExplorerBase
from .controls import choice, slider
from .translate import javascript, scope

DT = 0.05  # ms, of the converged solution
LONG, COARSE, ROUNDS = (
    1000.0,
    0.1,
    10,
)  # of the runs that look for the lowest rate: ms, ms, how often the range is halved
MODELS = (MODEL, CLASS_1, ACCOMMODATING)
SCHEMES = {"converged": "the equations, solved", "published": "the author's script, step for step"}
PLANE = (velocity, fast_nullcline, slow_nullcline, still, kind)
CLOSE = [[-76, -44], [-18, -11]]  # v and u around a resting point
HIGH = [[-90, 35], [50, 80]]  # where u runs away from b v
WINDOWS = {**dict.fromkeys("JKP", CLOSE), **dict.fromkeys("GL", [[-90, 35], [0, 26]]), **dict.fromkeys("ST", HIGH)}
RANGES = {"a": (-0.1, 1, 0.001), "b": (-1, 1, 0.005), "c": (-75, -40, 0.5), "d": (-25, 10, 0.05)}


class Atlas(ExplorerBase):
    """Twenty patterns: which one, its a, b, c and d, how strong its current is, and how it is solved.

    Every control is a trait of its name; a new `pattern` brings its own a, b, c, d and strength. `trace()` has, over `t`,
    both variables and the current; the spike times; v and u of the fixed points at the last current and their kinds, as
    numbers in `KINDS`; what the criterion measured, and whether the pattern is there. Where the neuron spikes without end
    or runs away, v and u are empty.
    """

    def __init__(self, name, title, hint, pattern, window):
        first = PATTERNS[pattern]
        units = {key: one.unit for key, one in MODEL.parameters.items()}
        picked = {one.name: {**one.parameters, "strength": 100} for one in PATTERNS.values()}
        names = {one.name: f"{one.panel} · {one.name}" for one in PATTERNS.values()}
        controls = [
            {**choice("pattern", "pattern", "pattern", names), "value": pattern, "sets": picked},
            slider("strength", "%", "of the published current", "input", (0, 200, 100, 1)),
            *(
                slider(
                    key, units[key], MODEL.parameters[key].meaning, "neuron", (low, high, first.parameters[key], step)
                )
                for key, (low, high, step) in RANGES.items()
            ),
            choice("scheme", "solved by", "run", SCHEMES),
        ]
        super().__init__(
            "atlas",
            name,
            title,
            hint,
            controls=controls,
            equations="\n\n".join([written(MODEL, ["rk4", "euler"]), gather([one.holds for one in CRITERIA.values()])]),
            code="\n".join(
                [
                    javascript(gather([stimuli.add_ramp, add_sampled])),
                    *(_neuron(k, model) for k, model in enumerate(MODELS)),
                    scope("criteria", gather(_judges()), _object(one.__name__ for one in _judges())),
                ]
            ),
            runs={"converged": entry("rk4"), "published": entry("euler")},
            parameters=list(MODEL.parameters),
            state=list(MODEL.state),
            units=[units["c"], units["d"]],
            threshold=MODEL.threshold,
            window=[list(window[key]) for key in MODEL.state],
            kinds=KINDS,
            measures=MEASURES,
            dt=DT,
            probe=[LONG, COARSE, ROUNDS],
            patterns={one.name: _described(one) for one in PATTERNS.values()},
        )
        self.observe(self._picked, "pattern")

    def _picked(self, change):
        for key, value in {**PATTERNS[change.new].parameters, "strength": 100.0}.items():
            setattr(self, key, value)

    def trace(self):
        """What Python computes at the present settings."""
        settings = self.settings
        published, part = PATTERNS[settings["pattern"]], settings["strength"] / 100
        parameters = {key: settings[key] for key in MODEL.parameters}
        bent = replace(
            published,
            pieces=tuple((first * part, last * part, *times) for first, last, *times in published.pieces),
            parameters=parameters,
            initial={"v": published.initial["v"], "u": _start(published)(settings["b"])},
            converged={},
        )
        solved = settings["scheme"] == "converged"
        how = {"dt": DT} if solved else {}
        steps = round(bent.duration / (DT if solved else bent.step))
        t = bent.duration / steps * np.arange(steps + 1)
        try:
            run = bent.simulate(settings["scheme"], **how)
        except Diverged:
            current = bent.current.sample(steps, DT)[0] if solved else bent.published_current
            last = bent.current.sample(steps, DT)[2][-1] if solved else current[-1]
            nothing = np.zeros(0)
            found = {"current": np.append(current, last), "v": nothing, "u": nothing, "spike_times": nothing}
            holds, measured = False, np.zeros(MEASURES)
        else:
            found = {name: run[name] for name in ("v", "u", "current")} | {"spike_times": run.spike_times}
            slowest = self._slowest(bent, solved) if _probed(published) else 0.0
            holds, measured = judged(published.name, run, bent.pieces, bent.duration, slowest=slowest)
        points = fixed_points(bent.model, found["current"][-1], **parameters)
        return Arrays(
            t=t,
            **found,
            fixed_points=np.array([value for point in points for value in (point.v, point.u)]),
            kinds=np.array([float(KINDS.index(point.kind)) for point in points]),
            measured=measured,
            holds=np.array([float(holds)]),
        )

    def _slowest(self, bent, solved):
        dt, method = (COARSE, "rk4") if solved else (bent.step, "euler")

        def spikes(current):
            try:
                run = simulate(bent.model, current, LONG, dt, method, bent.initial, **bent.parameters)
            except Diverged:
                return np.zeros(0), LONG
            return run.spike_times, LONG

        ((_, top, _, _),) = bent.pieces
        return lowest_rate(spikes, bent.background, bent.background + top, ROUNDS)


def _judges():
    return [*(one.holds for one in CRITERIA.values()), lasts, count]


def _object(names):
    return f"{{ {', '.join(names)} }}"


def _neuron(k, model):
    """A neuron's program and plane in a scope of its own, since the three differ in one equation each."""
    methods = ["rk4", "euler"]
    text = "\n\n".join([program(model, methods), gather(PLANE), coefficients(model)])
    return scope(f"neuron_{k}", text, _object([*map(entry, methods), *(one.__name__ for one in PLANE), "coefficients"]))


def _probed(pattern):
    return pattern.name.startswith("class")


def _start(pattern):
    """u at the start as a function of b: the scripts have b v; where u has no line to rest on, a number."""
    return (lambda b: pattern.initial["u"]) if pattern.model is ACCOMMODATING else (lambda b: b * pattern.initial["v"])


def _reach(pattern):
    """The part of each parameter's range that its slider covers while this pattern is shown."""
    a, b, _, d = pattern.parameters.values()
    wide = {
        "a": (min(0.001, 3 * a), max(0.1, 3 * a)),
        "b": (b - 0.1 - 0.4 * abs(b), b + 0.1 + 0.4 * abs(b)),
        "d": (d - 4, d + 4),
    }
    return {key: [max(RANGES[key][0], low), min(RANGES[key][1], high)] for key, (low, high) in wide.items()}


def _described(pattern):
    criterion = CRITERIA[pattern.name]
    return {
        "panel": pattern.panel,
        "neuron": MODELS.index(pattern.model),
        "start": [pattern.initial["v"], pattern.initial["u"] if pattern.model is ACCOMMODATING else None],
        "duration": pattern.duration,
        "step": pattern.step,
        "background": pattern.background,
        "pieces": [list(piece) for piece in pattern.pieces],
        "judge": criterion.holds.__name__,
        "probed": _probed(pattern),
        "words": criterion.words,
        "report": criterion.report,
        "note": pattern.note,
        "reach": _reach(pattern),
        "window": WINDOWS.get(pattern.panel),
    }
