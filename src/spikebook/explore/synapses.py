"""The explorers of synapses: a neuron under thousands of them, and one whose strength changes from spike to spike.

Their views, `js/bombardment.js` and `js/plasticity.js`, draw what `spikebook.synapses` computes, translated.
"""

import numpy as np

from ..compilation import array, gather
from ..synapses import bombardment, plasticity
from .base import ExplorerBase
from .controls import slider
from .translate import javascript

START = 50.0  # ms, the first spike of a train
AFTER = 150.0  # ms that are shown after the last
STEPS = 4000
RESPONSE = {"A": 20.0, "tau_s": 3.0, "tau_m": 20.0}  # mV, ms, ms


def whole(*arguments):
    """A control that takes whole multiples of its step."""
    return {**slider(*arguments), "whole": True}


class BombardmentExplorer(ExplorerBase):
    """An integrate-and-fire neuron under thousands of excitatory and inhibitory synapses.

    Every control is a trait of its name: read it, set it, observe it. `trace()` computes the present settings.
    """

    def __init__(self, name, title, hint, presets):
        values = bombardment.neuron_values({})
        code = gather((bombardment.bombard,))
        super().__init__(
            "bombardment",
            name,
            title,
            hint,
            controls=[
                whole("n_E", "", "excitatory synapses", "excitation", (0, 8000, 1600, 10)),
                slider("r_E", "Hz", "rate of each", "excitation", (0, 20, 5.5, 0.1)),
                slider("w_E", "nS", "strength of each", "excitation", (0, 3, 1, 0.05)),
                whole("n_I", "", "inhibitory synapses", "inhibition", (0, 2000, 400, 10)),
                slider("r_I", "Hz", "rate of each", "inhibition", (0, 40, 10, 0.2)),
                slider("w_I", "nS", "strength of each", "inhibition", (0, 4, 1, 0.05)),
                slider("E_I", "mV", "reversal of inhibition", "inhibition", (-90, -50, values["E_I"], 1)),
                whole("duration", "ms", "simulated time", "run", (500, 3000, 1000, 100)),
                whole("seed", "", "other random spikes", "run", (1, 50, 1, 1)),
            ],
            presets=presets,
            fixed={name: value for name, value in values.items() if name != "E_I"},
            equations=code,
            code=javascript(code),
            parameters=list(values),
            dt=bombardment.DT,
        )

    def trace(self):
        """The TugOfWar that Python computes at the present settings."""
        return bombardment.tug_of_war(**self.settings)


class PlasticityExplorer(ExplorerBase):
    """One synapse under a train of spikes and a last one after a pause.

    Every control is a trait of its name: read it, set it, observe it. `trace()` computes the present settings.
    """

    def __init__(self, name, title, hint, presets):
        code = gather(plasticity.FUNCTIONS)
        super().__init__(
            "plasticity",
            name,
            title,
            hint,
            controls=[
                slider("rate", "Hz", "of the train", "train", (2, 100, 20, 0.5)),
                whole("n", "", "spikes in the train", "train", (2, 14, 8, 1)),
                slider("pause", "ms", "before one last spike", "train", (10, 3000, 500, 10)),
                slider("U", "", "released by a first spike", "synapse", (0.02, 1, 0.5, 0.01)),
                slider("tau_rec", "ms", "recovery", "synapse", (0, 2000, 800, 10)),
                slider("tau_facil", "ms", "facilitation", "synapse", (0, 2000, 0, 10)),
            ],
            presets=presets,
            fixed=RESPONSE,
            equations=code,
            code=javascript(code),
            start=START,
            after=AFTER,
            steps=STEPS,
        )

    def trace(self):
        """The TrainOfReleases that Python computes at the present settings."""
        return TrainOfReleases(self.settings)


class TrainOfReleases:
    """What the synapse did: arrays that are attributes and items.

    t             ms          V           mV above rest, the postsynaptic potential
    u, x          the part of what is available that a spike would release, and the fraction available
    spike_times   ms, of the presynaptic neuron
    released      fraction released by each of those spikes
    """

    names = ("t", "V", "u", "x")

    def __init__(self, settings):
        run = plasticity.compiled()
        n, tau_rec, tau_facil = int(settings["n"]), settings["tau_rec"], settings["tau_facil"]
        times, u, x = (array(np.empty(n + 1)) for _ in range(3))
        run.lay_out(n, settings["rate"], START, settings["pause"], times)
        run.release_train(n + 1, times, settings["U"], tau_rec, tau_facil, u, x)
        use, available, V = (array(np.empty(STEPS + 1)) for _ in range(3))
        dt = (times[n] + AFTER) / STEPS
        run.sample_train(
            STEPS, dt, n + 1, times, settings["U"], tau_rec, tau_facil, *RESPONSE.values(), u, x, use, available, V
        )
        self.t, self.spike_times, self.released = np.arange(STEPS + 1) * dt, np.asarray(times), np.multiply(u, x)
        self.V, self.u, self.x = map(np.asarray, (V, use, available))

    def __getitem__(self, name):
        if name not in self.names:
            raise KeyError(f"there are {', '.join(self.names)}, not {name!r}")
        return getattr(self, name)
