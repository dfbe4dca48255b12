"""An explorer of any model: an electrode, knobs for its parameters, and its answer at once.

Its controls drive the model's own equations, compiled in a kernel and translated in the published page (see `translate`).
What is drawn and clicked is in `js/neuron.js`.
"""

import math
import re

import numpy as np

from .. import stimuli, theme
from ..compilation import gather
from ..methods import available, entry, flows, program, written
from ..model import arguments, number
from ..simulation import simulate
from .base import ExplorerBase
from .controls import choice, controls_for
from .translate import javascript

STIMULI = {
    "step": "step: on at once, then constant",
    "ramp": "ramp: rises, then holds",
    "pulse": "pulse: short",
    "drawn": "drawn: your own hand",
}
DRAWN_INTERVAL = 1.0  # ms that each value of a drawn current holds
MOST_PULSES = 40


class Explorer(ExplorerBase):
    """Explore `model`: stimulate it, turn its parameters, watch its state and currents.

    model      any Model whose functions the page can run, one defined in a notebook cell included
    name       stands in the page's links and as `data-explorer`; the model's name by default
    title, hint   the finding to look for, and what to try first
    panels     what is drawn below one another, as in `plots.trace`
    kinds      which stimuli are offered, of "step", "ramp", "pulse", "drawn"; the first is chosen at the start
    pulses     times (ms) of short pulses that are there from the start; a click on the trace adds one
    dt         step of the simulation, ms; by default 0.02, or the largest that the model allows if that is less
    ranges     by name, (low, high) or (low, high, value) or (low, high, value, step) for a slider, or one number to
               set a value without a slider: current, onset, width, pulse_current, pulse_width (the input), duration,
               and the model's parameters. Without any parameter named, all of them have sliders

    Every control is a trait of its name: read it, set it, observe it. `trace()` simulates the present settings.

    Raises ValueError or TypeError for unknown names, ranges beyond the model's, and code that cannot be translated.

    >>> import spikebook as sb
    >>> explorer = Explorer(sb.hodgkin_huxley.MODEL, current=(0, 20, 10), duration=50, g_K=(0, 72))
    >>> len(explorer.trace().spike_times)
    3
    """

    def __init__(
        self, model, name=None, title=None, hint="", panels=None, kinds=tuple(STIMULI), pulses=(), dt=None, **ranges
    ):
        self.model = model
        self._method = "exponential_euler" if "exponential_euler" in available(model) else model.method
        coarsest = model.coarsest(self._method)
        self._dt = min(0.02, coarsest) if dt is None else number("dt", dt, "ms")
        if not 0 < self._dt <= coarsest:
            raise ValueError(f"dt = {dt:g} ms does not suit {model.name}: use more than 0 and at most {coarsest:g} ms")
        sliders, fixed = controls_for(model, ranges)
        for kind in kinds or ["nothing"]:
            if kind not in STIMULI:
                raise ValueError(f"kinds has {kind!r}; use {', '.join(map(repr, STIMULI))}")
        longest = {**fixed, **{control["name"]: control["high"] for control in sliders}}["duration"]
        length = round(longest / DRAWN_INTERVAL)
        panels = [(panel,) if isinstance(panel, str) else tuple(panel) for panel in panels or _panels(model)]
        quantities = [*model.state, *model.currents, "current"]
        for quantity in (quantity for panel in panels for quantity in panel):
            if quantity not in quantities:
                raise ValueError(f"panels has {quantity!r}: {model.name} has {', '.join(quantities)}")
        start = None
        if not model.currents:
            start = list(model.rest(**self._parameters({**fixed, **{c["name"]: c["value"] for c in sliders}})).values())
        code = "\n\n".join(
            [program(model, [self._method]), gather(stimuli.SAMPLERS), *([flows(model)] if model.currents else [])]
        )
        super().__init__(
            "neuron",
            name or re.sub(r"\W+", "_", model.name).strip("_").lower(),
            title or model.name,
            hint,
            controls=[choice("stimulus", "stimulus", "input", {kind: STIMULI[kind] for kind in kinds}), *sliders],
            lists={
                "pulses": ([number("pulses", time, "ms") for time in pulses], MOST_PULSES),
                "drawn": (_first_drawing(length, sliders), length),
            },
            fixed=fixed,
            equations=written(model, [self._method]),
            code=javascript(code),
            entry=entry(self._method),
            parameters=list(model.parameters),
            state=list(model.state),
            currents=list(model.currents),
            start=start,
            threshold=model.threshold,
            resets=bool(model.reset),
            limits=[limit if math.isfinite(limit) else None for limit in model.current_range],
            panels=[list(panel) for panel in panels],
            quantities={key: _quantity(model, key) for panel in panels for key in panel},
            dt=self._dt,
            drawn_interval=DRAWN_INTERVAL,
        )

    def trace(self):
        """The Trace that Python computes at the present settings, with the page's method and step."""
        settings = {**self._fixed, **self.settings}
        initial = dict(zip(self.model.state, self._spec["start"])) if self._spec["start"] else None
        return simulate(
            self.model,
            _current(settings),
            settings["duration"],
            self._dt,
            self._method,
            initial,
            **self._parameters(settings),
        )

    def _parameters(self, settings):
        return {name: value for name, value in settings.items() if name in self.model.parameters}


def _current(settings):
    """The stimulus that the settings describe; the page's `stimulusParts` says the same."""
    kind, onset, strength = settings["stimulus"], settings["onset"], settings["current"]
    if kind == "ramp":
        top = onset + settings["width"]
        current = stimuli.ramp(0.0, strength, onset, top) + stimuli.step(strength, top)
    elif kind == "drawn":
        current = stimuli.from_array(settings["drawn"], DRAWN_INTERVAL)
    else:
        length = settings["pulse_width"] if kind == "pulse" else settings["width"]
        current = stimuli.step(strength, onset, onset + length)
    for time in settings["pulses"]:
        current = current + stimuli.pulses(settings["pulse_current"], time, settings["pulse_width"])
    return current


def _first_drawing(length, controls):
    """A smooth hill and a dip, so that a drawn current is something to begin with."""
    high = next((control["high"] for control in controls if control["name"] == "current"), 10.0)
    t = np.arange(length) * DRAWN_INTERVAL
    shape = np.exp(-(((t - 30) / 12) ** 2)) - 0.5 * np.exp(-(((t - 70) / 8) ** 2))
    return np.round(min(high, 20.0) * shape, 2).tolist()


def _panels(model):
    """The voltage, the gates or other state, the currents, the input."""
    rest = [tuple(model.gates)] if model.gates else [(name,) for name in model.state[1:]]
    return [(model.voltage,), *rest, *([tuple(model.currents)] if model.currents else []), ("current",)]


def _quantity(model, name):
    """How the page draws and names a quantity."""
    role, dash = theme.QUANTITIES.get(name, ("ink", ()))
    kind, unit = "state", ""
    if name == model.voltage and model.currents:
        kind, unit = "voltage", "mV"
    elif name in model.gates:
        kind = "gate"
    elif name in model.currents:
        kind, unit = "current", model.current_unit
    elif name == "current":
        kind, unit = "input", model.current_unit
    shown = {"colour": role, "dash": list(dash), "label": theme.LABELS.get(name, name), "kind": kind, "unit": unit}
    return {**shown, "base": _below_threshold(model)} if name == model.voltage and model.reset else shown


def _below_threshold(model):
    """The scale for a voltage that is reset: from below where it lands to where its spikes are drawn to."""
    values = model.values()
    lands = model.reset[model.voltage]
    landing = lands(*(values.get(name, 0.0) for name in arguments(lands)))
    threshold = values.get(model.threshold, model.threshold)
    margin = 0.5 * (threshold - landing)
    return [landing - margin, threshold + 2 * margin]
