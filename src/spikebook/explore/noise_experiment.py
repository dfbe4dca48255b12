"""White noise on a cell, and the average of what preceded its spikes: a field comes out of the noise."""

from ..compilation import gather
from ..receptive_fields import reverse_correlation
from .base import Arrays, ExplorerBase
from .controls import choice, slider
from .translate import javascript

CELLS = {
    "simple": "simple cell: threshold-linear",
    "on_centre": "on-centre ganglion cell: threshold-linear",
    "complex": "complex cell: energy",
}


class NoiseExperiment(ExplorerBase):
    """A linear-nonlinear-Poisson cell that is shown white noise, a new picture every 20 ms.

    frames   how many pictures         mean   expected spikes a frame
    angle    of the stripes, degrees   seed   of the noise
    cell     "simple", "on_centre" or "complex"

    `trace()` repeats the experiment: `t` (begin of each frame, ms), `counts` (spikes in each), `correlation` (of the average so
    far with the true field, after each frame), and `sta` and `filter`, pixel by pixel, rows from the top.
    """

    def __init__(self, name, title, hint):
        controls = [
            {
                **slider("frames", "", "pictures shown", "experiment", (100, reverse_correlation.MOST_FRAMES, 400, 20)),
                "whole": True,
            },
            slider("mean", "", "spikes a picture", "experiment", (0.05, 1, 0.3, 0.05)),
            {**slider("seed", "", "another noise", "experiment", (1, 100, 1, 1)), "whole": True},
            choice("cell", "cell", "cell", CELLS),
            slider("angle", "degrees", "of the stripes", "cell", (0, 180, 60, 1)),
        ]
        equations = gather(reverse_correlation.SCALAR)
        super().__init__(
            "noise_experiment",
            name,
            title,
            hint,
            controls=controls,
            equations=equations,
            code=javascript(equations),
            codes=reverse_correlation.CELLS,
            pixels=reverse_correlation.PIXELS,
            frame=reverse_correlation.FRAME,
            most=reverse_correlation.MOST_FRAMES,
            spikes=reverse_correlation.SPIKES,
            gain=reverse_correlation.EXPECTED_GAIN,
        )

    def trace(self):
        found = reverse_correlation.experiment(self.cell, self.frames, self.mean, self.angle, int(self.seed))
        return Arrays(
            t=found.t,
            counts=found.counts,
            correlation=found.correlation,
            sta=found.sta.ravel(),
            filter=found.filter.ravel(),
        )
