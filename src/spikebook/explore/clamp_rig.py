"""A voltage-clamp rig: command a voltage, block channels, and see which branch of the circuit carries the current.

Its view, `js/clamp_rig.js`, draws what `voltage_clamp` computes, translated.
"""

import numpy as np

from .. import stimuli
from ..compilation import gather
from ..hodgkin_huxley import I_K, MODEL, I_Na, sodium_replacement
from ..membrane_potential import E_ion
from ..methods import flows
from ..voltage_clamp import program, voltage_clamp
from .base import Arrays, ExplorerBase
from .controls import slider
from .translate import javascript

DURATION, DT, ONSET = 20.0, 0.01, 2.0  # ms
RECORDED = ("V", "n", "m", "h", "I_Na", "I_K", "I_L", "current", "G_Na", "G_K")


def E_Na_left(E_Na, sodium, celsius):
    """Sodium's reversal potential when `sodium` per cent of it are left outside."""
    return E_Na + E_ion(1.0, sodium / 100, 1.0, celsius)


def unblocked(g, blocked):
    """The largest conductance when `blocked` per cent of the channels are shut for good."""
    return g * (1 - blocked / 100)


def conductances(steps, g_Na, g_K, n, m, h, G_Na, G_K):
    """What is open at every time, in mS/cm2: the current that 1 mV of driving force would make."""
    for i in range(steps + 1):
        G_Na[i] = I_Na(1.0, m[i], h[i], g_Na, 0.0)
        G_K[i] = I_K(1.0, n[i], g_K, 0.0)


def add_up(steps, Na, K, L, charging, current):
    """What the clamp passes: all the currents of the membrane."""
    for i in range(steps + 1):
        current[i] = charging[i] + Na[i] + K[i] + L[i]


class ClampRig(ExplorerBase):
    """A squid axon under voltage clamp: V_hold until 2 ms, V_step for `length` ms, then V_back.

    V_hold, V_step, V_back   the command, mV
    length                   of the step, ms
    TTX, TEA                 per cent of the sodium and of the potassium channels that are blocked
    sodium                   per cent of the sodium outside that is left, the rest replaced by choline
    celsius                  temperature, degrees C
    moment                   ms; the circuit is drawn as it is then

    `trace()` has, over `t`, the command V, the gates, the three currents and their sum `current`, and the conductances
    G_Na and G_K.
    """

    def __init__(self, name, title, hint, presets):
        whole = {"whole": True}
        super().__init__(
            "clamp_rig",
            name,
            title,
            hint,
            controls=[
                slider("V_step", "mV", "during the step", "command", (-120, 80, 0, 1)),
                slider("V_hold", "mV", "before it", "command", (-120, 0, -65, 1)),
                slider("V_back", "mV", "after it", "command", (-120, 80, -65, 1)),
                {**slider("length", "ms", "of the step", "command", (0.2, 16, 10, 0.1)), **whole},
                slider("TTX", "%", "of Na⁺ channels blocked", "bath", (0, 100, 0, 1)),
                slider("TEA", "%", "of K⁺ channels blocked", "bath", (0, 100, 0, 1)),
                slider("sodium", "%", "of the Na⁺ outside left", "bath", (1, 100, 100, 1)),
                slider("celsius", "degrees C", "temperature", "bath", (0, 25, 6.3, 0.1)),
                slider("moment", "ms", "shown in the circuit", "bath", (0, DURATION, 2.6, 0.01)),
            ],
            presets=presets,
            fixed={name: one.value for name, one in MODEL.parameters.items() if name != "celsius"},
            equations="\n\n".join([program(MODEL), gather([E_Na_left, unblocked, conductances])]),
            code=javascript(
                "\n\n".join(
                    [
                        program(MODEL),
                        gather([*stimuli.SAMPLERS, E_Na_left, unblocked, conductances, add_up]),
                        flows(MODEL),
                    ]
                )
            ),
            parameters=list(MODEL.parameters),
            gates=list(MODEL.gates),
            currents=list(MODEL.currents),
            recorded=RECORDED,
            duration=DURATION,
            onset=ONSET,
            dt=DT,
            forever=stimuli.FOR_EVER,
        )

    def clamp(self):
        """The ClampTrace at the present settings."""
        off = ONSET + self.length
        command = stimuli.step(self.V_step - self.V_hold, ONSET, off) + stimuli.step(self.V_back - self.V_hold, off)
        changes = {
            "g_Na": unblocked(MODEL.parameters["g_Na"].value, self.TTX),
            "g_K": unblocked(MODEL.parameters["g_K"].value, self.TEA),
            **sodium_replacement(self.sodium / 100, self.celsius),
        }
        return voltage_clamp(MODEL, command, DURATION, DT, self.V_hold, celsius=self.celsius, **changes)

    def trace(self):
        run = self.clamp()
        arrays = {name: np.array(run[name]) for name in RECORDED if not name.startswith("G_")}
        arrays["G_Na"] = I_Na(1.0, run.m, run.h, run.parameters["g_Na"], 0.0)
        arrays["G_K"] = I_K(1.0, run.n, run.parameters["g_K"], 0.0)
        return Arrays(t=run.t, **{name: arrays[name] for name in RECORDED})
