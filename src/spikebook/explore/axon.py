"""The explorer of an axon: stimulate it anywhere, and watch where the spike goes.

Its view, `js/axon.js`, draws what `action_potential.propagate` computes, translated.
"""

import numpy as np

from ..action_potential import Pulse, program, propagate, simulate
from ..cable import FUNCTIONS
from ..compilation import gather
from ..hodgkin_huxley import MODEL
from ..methods import resting
from .base import ExplorerBase
from .controls import choice, slider
from .translate import javascript

LENGTH, COMPARTMENTS, AXIAL_RESISTIVITY = 100.0, 200, 35.4  # mm; ohm cm
DURATION, STEPS, EVERY = 12.0, 600, 2  # ms
PULSE = {"duration": 0.2, "width": 2.0}  # ms and mm
ARRIVED = -30.0  # mV: a voltage that a spike reaches even in the warm, where its peak is below 0


class AxonExplorer(ExplorerBase):
    """An axon of 100 mm with two electrodes that stimulate, 1 and 2, and two that listen, A and B.

    Every control is a trait of its name: read it, set it, observe it. `trace()` computes the present settings.
    """

    def __init__(self, name, title, hint, presets):
        values = MODEL.values()
        stimuli = {"two": "1 and 2", "one": "1 alone"}
        super().__init__(
            "axon",
            name,
            title,
            hint,
            controls=[
                slider("current", "uA/cm2", "under 1 and 2, 0.2 ms", "stimulus", (0, 1000, 500, 5)),
                slider("moment", "ms", "shown along the axon", "stimulus", (0, DURATION, 2.5, 0.1)),
                choice("stimulus", "electrodes that stimulate", "stimulus", stimuli),
                slider("place_1", "mm", "where 1 stimulates", "stimulus", (0, LENGTH, 10, 1)),
                slider("time_1", "ms", "and when", "stimulus", (0, 8, 1, 0.1)),
                slider("place_2", "mm", "where 2 stimulates", "stimulus", (0, LENGTH, 10, 1)),
                slider("time_2", "ms", "and when", "stimulus", (0, 8, 6, 0.1)),
                slider("radius", "um", "of the axon", "axon", (50, 500, 238, 1)),
                slider("celsius", "degrees C", "temperature", "axon", (5, 36, 18.5, 0.1)),
                slider("g_Na", "mS/cm2", MODEL.parameters["g_Na"].meaning, "axon", (0, 240, 120, 1)),
                slider("electrode_A", "mm", "where A listens", "listening", (0, LENGTH, 30, 1)),
                slider("electrode_B", "mm", "where B listens", "listening", (0, LENGTH, 75, 1)),
            ],
            presets=presets,
            equations=gather((propagate,)),
            code=javascript("\n\n".join([program(), gather(FUNCTIONS), resting(MODEL)])),
            parameters=list(MODEL.parameters),
            membrane={name: value for name, value in values.items() if name not in ("g_Na", "celsius")},
            length=LENGTH,
            compartments=COMPARTMENTS,
            axial_resistivity=AXIAL_RESISTIVITY,
            duration=DURATION,
            steps=STEPS,
            every=EVERY,
            pulse=PULSE,
            arrived=ARRIVED,
        )

    def trace(self):
        """The AxonTrace that Python computes at the present settings, in the page's compartments and steps."""
        numbers = ("1", "2") if self.stimulus == "two" else ("1",)
        pulses = [
            Pulse(getattr(self, f"place_{n}"), getattr(self, f"time_{n}"), self.current, **PULSE) for n in numbers
        ]
        run = simulate(
            pulses,
            DURATION,
            LENGTH,
            self.radius,
            AXIAL_RESISTIVITY,
            COMPARTMENTS,
            DURATION / STEPS,
            EVERY,
            celsius=self.celsius,
            g_Na=self.g_Na,
        )
        return AxonTrace(run, self.electrode_A, self.electrode_B, self.moment)


class AxonTrace:
    """What the axon's explorer shows, as arrays that are attributes and items.

    t, V_A, V_B   time (ms), and the voltage at electrodes A and B (mV)
    x, V_along    centres of the compartments (mm), and the voltage along the axon at the moment shown
    V             the voltage at every t (rows) and x, one row after another
    run           all of it, as a Propagation
    """

    names = ("t", "V_A", "V_B", "x", "V_along", "V")

    def __init__(self, run, electrode_A, electrode_B, moment):
        self.run = run
        self.t, self.x, self.V = run.t, run.x, run.V.ravel()
        self.V_A, self.V_B = run.at(electrode_A), run.at(electrode_B)
        self.V_along = run.V[int(np.floor(moment / (DURATION / STEPS * EVERY) + 0.5))]

    def __getitem__(self, name):
        if name not in self.names:
            raise KeyError(f"an axon's trace has {', '.join(self.names)}, not {name!r}")
        return getattr(self, name)
