"""A neuron's f-I curve beside the unit of an artificial network that comes closest to it."""

import numpy as np

from ..compilation import gather
from ..reduced_models import LEAKY
from ..toward_learning import activation, units
from .base import Arrays, ExplorerBase
from .controls import choice, slider
from .translate import javascript

KINDS = {"ReLU": "ReLU: max(0, x)", "softplus": "softplus: a soft corner", "sigmoid": "sigmoid: from 0 to a ceiling"}
SEED = 1


class ActivationExplorer(ExplorerBase):
    """A leaky neuron's rate against its input, and the closest unit of each kind.

    sigma, q, t_ref, g_L, V_th   the neuron's, as in `toward_learning.activation`
    unit                         which unit is drawn: "ReLU", "softplus" or "sigmoid"
    current                      uA/cm2: at which the neuron's voltage is shown

    `trace()` has the curve, `I` (uA/cm2) and `rate` (Hz), the units fitted to it by name, how far each is off (`errors`, Hz), and
    half a second of the neuron at `current`: `t` (ms), `V` (mV) and `spike_times` (ms).
    """

    def __init__(self, name, title, hint, presets):
        values = LEAKY.values()
        equations = gather([*activation.SCALAR, units.activation, units.fit])
        super().__init__(
            "activation",
            name,
            title,
            hint,
            controls=[
                slider("sigma", "mV", "noise", "neuron", (0, 8, 1, 0.05)),
                slider("q", "nC/cm2", "adaptation", "neuron", (0, 60, 0, 0.5)),
                slider("t_ref", "ms", "refractory period", "neuron", (0, 20, 2, 0.1)),
                slider("g_L", "mS/cm2", "leak", "neuron", (0.04, 0.3, values["g_L"], 0.002)),
                slider("V_th", "mV", "threshold", "neuron", (-60, -40, values["V_th"], 0.1)),
                slider(
                    "current", "uA/cm2", "whose spikes are shown", "shown", (activation.LOW, activation.HIGH, 2, 0.02)
                ),
                choice("unit", "unit", "shown", KINDS),
            ],
            presets=presets,
            fixed={key: values[key] for key in ("C", "E_L", "V_reset")},
            equations=equations,
            code=javascript(equations),
            neuron=list(activation.NEURON),
            units=units.UNITS,
            low=activation.LOW,
            high=activation.HIGH,
            points=activation.POINTS,
            nodes=activation.NODES,
            duration=activation.DURATION,
            dt=activation.DT,
            tau_w=activation.TAU_W,
            seed=SEED,
        )

    def trace(self):
        """What Python computes at the present settings."""
        settings = {**self._fixed, **self.settings}
        neuron = {name: settings[name] for name in activation.NEURON}
        I, rate = activation.curve(**neuron)
        closest = [units.closest(kind, I, rate) for kind in KINDS]
        t, V, spikes = activation.train(self.current, seed=SEED, **neuron)
        return Arrays(
            t=t,
            V=V,
            I=I,
            rate=rate,
            **{unit.kind: unit(I) for unit in closest},
            errors=np.array([unit.error for unit in closest]),
            spike_times=spikes,
        )
