"""Two pulses to drag apart: when does the second one make a spike too?"""

from .. import stimuli
from ..compilation import gather
from ..hodgkin_huxley import MODEL
from ..methods import entry, flows, program, written
from ..refractory_period import OWN, WAIT, WIDTH, simulate_pair, spike_top, thresholds
from .base import ExplorerBase
from .controls import choice, slider
from .translate import javascript

DURATION = 40.0  # ms
DT = 0.02  # ms
METHOD = "exponential_euler"
STRONGEST = 200.0  # uA/cm2
ROUNDS = 14  # of bisection: to 0.01 uA/cm2
WORDS = {
    "none": "nothing",
    "h": "h, at the second pulse",
    "n": "n, at the second pulse",
    "both": "h and n, at the second pulse",
    "V": "V, at the second pulse",
}
RESTED = {"none": (), "h": ("h",), "n": ("n",), "both": ("h", "n"), "V": ("V",)}


class PairedPulses(ExplorerBase):
    """Two pulses of 1 ms on the Hodgkin-Huxley neuron, and a map of which second pulses fire it.

    gap, strength   the second pulse: ms after the first, onset to onset, and uA/cm2
    first           uA/cm2 of the first pulse
    celsius         temperature, degrees C
    rested          what is put back to rest when the second pulse begins: "none", "h", "n", "both" (gates) or "V"

    `trace()` simulates both pulses; `threshold()` is the weakest second pulse that fires at the present gap, nan where none
    up to 200 uA/cm2 does.
    """

    def __init__(self, name, title, hint):
        controls = [
            {**slider("gap", "ms", "after the first pulse", "second", (2, 32, 8, 0.1)), "whole": True},
            slider("strength", "uA/cm2", "of the second pulse", "second", (3, STRONGEST, 30, 0.1)),
            slider("first", "uA/cm2", "strength, first pulse", "neuron", (10, 60, 20, 1)),
            slider("celsius", "degrees C", "temperature", "neuron", (0, 20, 6.3, 0.1)),
            choice("rested", "put back to rest", "neuron", WORDS),
        ]
        super().__init__(
            "paired_pulses",
            name,
            title,
            hint,
            controls=controls,
            equations="\n\n".join([written(MODEL, [METHOD]), gather([spike_top])]),
            code=javascript(
                "\n\n".join([program(MODEL, [METHOD]), gather([*stimuli.SAMPLERS, spike_top]), flows(MODEL)])
            ),
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
            rested=RESTED,
        )

    def trace(self):
        return simulate_pair(self.gap, self.strength, duration=DURATION, **self._how)

    def threshold(self):
        return float(thresholds([self.gap], strongest=STRONGEST, rounds=ROUNDS, **self._how)[0])

    @property
    def _how(self):
        rested = RESTED[self.rested]
        return {"first": self.first, "rested": rested, "method": METHOD, "dt": DT, "celsius": self.celsius}
