"""The race: the same current into six models, their voltages one under the other, and what each costs."""

import numpy as np

from .. import stimuli
from ..choosing_a_model import DT, DURATION, INTERVAL, ONSET, RUNNERS, SEEDS, STOP, race, rheobase, wander
from ..compilation import gather
from ..methods import entry, program, written
from ..random_numbers import sow
from .base import Arrays, ExplorerBase
from .controls import choice, slider
from .translate import javascript, scope

STIMULI = {
    "step": "step: on at once, then constant",
    "ramp": "ramp: grows from nothing",
    "sine": "sine: to and fro",
    "noise": "noise: wanders",
    "another": "noise: another",
}
STEPS = {step: f"{step} ms" for step in ("0.01", "0.02", "0.05")}
FEET = {"LIF": -50.0, "QIF": -40.0, "AdEx": -40.0, "Izhikevich": -40.0}  # from where the spikes of a reset are drawn


class RaceExplorer(ExplorerBase):
    """One current, in units of each model's own rheobase, into six models.

    Every control is a trait of its name: read it, set it, observe it. `trace()` computes the present settings: the current
    (rheobases), every model's voltage under its name, all spike times one model after another, and how many each has.
    """

    def __init__(self, name, title, hint, presets):
        shared = gather([*stimuli.SAMPLERS, sow, wander])
        super().__init__(
            "race",
            name,
            title,
            hint,
            controls=[
                choice("stimulus", "stimulus", "input", STIMULI),
                slider("strength", "rheobases", "of the current", "input", (0, 4, 2, 0.02)),
                {**slider("width", "ms", "how long; a sine's period", "input", (5, 200, 200, 1)), "whole": True},
                {**choice("step", "step of the methods", "run", STEPS), "value": str(DT)},
            ],
            presets=presets,
            equations=_each_once(),
            code="\n".join([javascript(shared), *map(_alone, RUNNERS)]),
            runners=[_described(name) for name in RUNNERS],
            onset=ONSET,
            duration=DURATION,
            stop=STOP,
            interval=INTERVAL,
            seeds=SEEDS,
        )

    def trace(self):
        """What Python computes at the present settings."""
        settings = dict(self.settings)
        traces, current = race(dt=float(settings.pop("step")), **settings)
        return Arrays(
            t=traces["HH"].t,
            current=current,
            **{name: trace.V for name, trace in traces.items()},
            spike_times=np.concatenate([trace.spike_times for trace in traces.values()]),
            spike_counts=np.array([float(len(trace.spike_times)) for trace in traces.values()]),
        )


def _each_once():
    """All programs for a reader: what several models share stands with the first."""
    seen, texts = set(), []
    for runner in RUNNERS.values():
        parts = written(runner.model, [runner.method]).split("\n\n")
        texts += [f"# ---- {runner.label}", *(part for part in parts if part not in seen)]
        seen |= set(parts)
    return "\n\n".join(texts)


def _alone(name):
    """A model's program in a scope of its own, since models share names: `run_HH` and so on."""
    model, method = RUNNERS[name].model, RUNNERS[name].method
    return scope(f"run_{name}", program(model, [method]), entry(method))


def _described(name):
    label, model, method, _, operations = RUNNERS[name]
    values = model.values()
    return {
        "name": name,
        "label": label,
        "unit": "mV" if name != "FHN" else "",
        "input": f"{rheobase(name):g} {model.current_unit}".strip(),
        "rheobase": rheobase(name),
        "method": method.replace("_", " ").replace("rk4", "Runge-Kutta"),
        "operations": operations,
        "start": list(model.rest().values()),
        "values": list(values.values()),
        "threshold": values.get(model.threshold, model.threshold),
        "foot": FEET.get(name),
        "base": [-90, 40] if name != "FHN" else [-2.4, 2.4],
    }
