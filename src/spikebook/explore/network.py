"""A thousand neurons, alive: raster, rates, one neuron's voltage and the spectrum, while their synapses are turned up and down."""

from .. import live_network
from ..compilation import gather
from ..random_numbers import sow
from .base import Arrays, ExplorerBase
from .controls import choice, slider
from .translate import javascript

PACES = {"1": "as fast as life", "0.1": "ten times slower"}


class NetworkExplorer(ExplorerBase):
    """The network of Izhikevich (2003), running.

    excitation, inhibition   largest excitatory and inhibitory weight, mV/ms
    thalamic_E, thalamic_I   standard deviation of the input from outside, mV/ms
    n_inhibitory   how many of the 1,000 neurons are inhibitory
    seed           which network, and which input
    neuron         whose voltage is drawn; those from 1000 - n_inhibitory on are inhibitory
    pace           "1" or "0.1" of life

    In the page settings change while the network runs. `trace()` runs it from its seed, for one second at the present
    settings: what the page shows at first, and after each change while it is paused.
    """

    def __init__(self, name, title, hint, presets):
        n = live_network.N
        program = gather([sow, *live_network.PROGRAM])
        super().__init__(
            "network",
            name,
            title,
            hint,
            controls=[
                slider("excitation", "mV/ms", "largest weight", "synapses", (0, 0.65, 0.5, 0.01)),
                slider("inhibition", "mV/ms", "largest weight", "synapses", (0, 2, 1, 0.01)),
                slider("thalamic_E", "mV/ms", "noise into excitatory", "input", (0, 8, 5, 0.1)),
                slider("thalamic_I", "mV/ms", "noise into inhibitory", "input", (0, 8, 2, 0.1)),
                {**slider("n_inhibitory", "", f"of {n} neurons", "network", (100, 400, 200, 5)), "whole": True},
                {**slider("seed", "", "which network, which noise", "network", (1, 100, 1, 1)), "whole": True},
                {**slider("neuron", "", "whose voltage is drawn", "network", (0, n - 1, 100, 1)), "whole": True},
                choice("pace", "pace", "pace", PACES),
            ],
            presets=presets,
            equations=program,
            code=javascript(program),
            n=n,
            duration=live_network.DURATION,
            highest=live_network.HIGHEST,
            too_strong=live_network.too_strong(0).split(" at t")[0],
        )

    def trace(self):
        settings = {name: value for name, value in self.settings.items() if name != "pace"}
        return Arrays(**live_network.run(**settings))
