"""Two pulses to drag apart: when does the second one make a spike too?"""

from .. import stimuli
from ..compilation import gather
from ..hodgkin_huxley import MODEL
from ..methods import entry, flows, program
from ..refractory_period import OWN, WAIT, WIDTH, spike_top, thresholds, two_pulses
from ..simulation import simulate
from .base import ExplorerBase
from .controls import slider
from .translate import javascript

DURATION = 40.0  # ms
DT = 0.02  # ms
METHOD = "exponential_euler"
STRONGEST = 200.0  # uA/cm2
ROUNDS = 14  # of bisection: to 0.01 uA/cm2


class PairedPulses(ExplorerBase):
    """Two pulses of 1 ms on the Hodgkin-Huxley neuron, and a map of which second pulses fire it.

    gap, strength   the second pulse: ms after the first, onset to onset, and uA/cm2
    first           uA/cm2 of the first pulse
    celsius         temperature, degrees C

    `trace()` simulates both pulses; `threshold()` is the weakest second pulse that fires at the present gap, nan where none
    up to 200 uA/cm2 does.
    """

    def __init__(self, name, title, hint):
        controls = [
            slider("gap", "ms", "from the first pulse to the second", "second", (2, 32, 8, 0.1)),
            slider("strength", "uA/cm2", "of the second pulse", "second", (3, STRONGEST, 30, 0.1)),
            slider("first", "uA/cm2", "strength of the first pulse", "neuron", (10, 60, 20, 1)),
            slider("celsius", "degrees C", "temperature", "neuron", (0, 20, 6.3, 0.1)),
        ]
        equations = program(MODEL, [METHOD])
        super().__init__(
            "paired_pulses",
            name,
            title,
            hint,
            controls=controls,
            equations="\n\n".join([equations, gather([spike_top])]),
            code=javascript("\n\n".join([equations, gather([*stimuli.SAMPLERS, spike_top]), flows(MODEL)])),
            fixed={name: one.value for name, one in MODEL.parameters.items() if name != "celsius"},
            parameters=list(MODEL.parameters),
            state=list(MODEL.state),
            currents=list(MODEL.currents),
            entry=entry(METHOD),
            dt=DT,
            duration=DURATION,
            width=WIDTH,
            own=OWN,
            wait=WAIT,
            strongest=STRONGEST,
            rounds=ROUNDS,
        )

    def trace(self):
        current = two_pulses(self.gap, self.strength, self.first)
        return simulate(MODEL, current, DURATION, DT, METHOD, celsius=self.celsius)

    def threshold(self):
        how = {"method": METHOD, "dt": DT, "rounds": ROUNDS, "celsius": self.celsius}
        return float(thresholds([self.gap], self.first, STRONGEST, **how)[0])
