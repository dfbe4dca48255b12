"""Hubel and Wiesel's bench: drag a bar or a spot of light over a screen until you know what a cell is waiting for."""

from ..compilation import gather
from ..receptive_fields import bench
from .base import Arrays, ExplorerBase
from .controls import choice, slider
from .translate import javascript

CELLS = {
    "simple": "simple cell (visual cortex)",
    "complex": "complex cell (visual cortex)",
    "on_centre": "on-centre ganglion cell (retina)",
    "off_centre": "off-centre ganglion cell (retina)",
}
HALF = bench.SCREEN / 2


class LightBench(ExplorerBase):
    """A cell that sees a screen of 8 by 8 degrees, and a stimulus to drag over it.

    x, y, angle, length, width   the stimulus: degrees; the length of a spot is its diameter
    shape, contrast              "bar" or "spot"; "light" or "dark"
    cell, neuron                 the kind of cell, and which one of its kind: where its field lies and how it is turned
    field                        whether the field is drawn: "hidden" or "shown"

    `trace()` presents the stimulus twelve times: `t` (begin of each bin of 10 ms), `rate` (Hz), `counts` (spikes in each bin),
    `trial` and `spike_times` (ms) of each spike.
    """

    def __init__(self, name, title, hint):
        controls = [
            slider("x", "degrees", "to the right", "stimulus", (-HALF, HALF, 0.8, 0.05)),
            slider("y", "degrees", "upwards", "stimulus", (-HALF, HALF, 0.2, 0.05)),
            slider("angle", "degrees", "counter-clockwise", "stimulus", (0, 180, 90, 1)),
            slider("length", "degrees", "or a spot's diameter", "stimulus", (0.2, 8, 3, 0.05)),
            slider("width", "degrees", "of the bar", "stimulus", (0.1, 4, 0.6, 0.05)),
            choice("shape", "shape", "kind", {"bar": "bar", "spot": "spot"}),
            choice(
                "contrast", "contrast", "kind", {"light": "lighter than the screen", "dark": "darker than the screen"}
            ),
            choice("cell", "cell", "cell", CELLS),
            {**slider("neuron", "", "which of its kind", "cell", (1, 40, 9, 1)), "whole": True},
            choice("field", "true field", "cell", {"hidden": "hidden: find it yourself", "shown": "shown"}),
        ]
        equations = gather(bench.SCALAR)
        super().__init__(
            "light_bench",
            name,
            title,
            hint,
            controls=controls,
            equations=equations,
            code=javascript(equations),
            codes={"cell": bench.CELLS, "shape": bench.SHAPES, "contrast": bench.CONTRASTS},
            screen=bench.SCREEN,
            pixels=bench.PIXELS,
            trials=bench.TRIALS,
            bins=bench.BINS,
            bin=bench.BIN,
            on=bench.ON,
            off=bench.OFF,
            most_spikes=bench.MOST_SPIKES,
        )

    def trace(self):
        stimulus = {name: value for name, value in self.settings.items() if name not in ("cell", "neuron", "field")}
        return Arrays(**bench.presentation(self.cell, self.neuron, **stimulus)._asdict())
