"""A spike train to compose, with all its statistics: raster, intervals, correlogram, counts and Fano factor."""

import numpy as np

from ..compilation import gather
from ..spike_trains import composer
from .base import Arrays, ExplorerBase
from .controls import slider
from .translate import javascript


class ComposerExplorer(ExplorerBase):
    """A neuron that is made of chance and a few rules, recorded for many seconds.

    rate    mean rate, Hz                      order   ticks of a random clock for a spike
    burst   spikes that follow one another     t_ref   refractory period, ms
    swing   depth of a rhythm of 2 Hz          spread  sd of a gain that is drawn anew every second
    rows    seconds that are recorded          seed    of the random numbers

    `trace()` composes and measures the same train in Python: `t` (begin of each second, ms), `counts` (spikes in each),
    `spike_times`, `psth`, `intervals`, `rates` (the autocorrelogram), `fano` (for each window) and `measured` (CV, correlation
    of neighbouring intervals).
    """

    def __init__(self, name, title, hint, presets):
        def whole(*arguments):
            return {**slider(*arguments), "whole": True}

        controls = [
            slider("rate", "Hz", "mean", "train", (*composer.RANGES["rate"], 20, 1)),
            whole("order", "", "ticks for a spike", "train", (*composer.RANGES["order"], 4, 1)),
            whole("burst", "", "spikes in a burst", "train", (*composer.RANGES["burst"], 1, 1)),
            slider("t_ref", "ms", "refractory period", "train", (*composer.RANGES["t_ref"], 0, 0.5)),
            slider("swing", "", "rhythm of 2 Hz", "rate", (*composer.RANGES["swing"], 0, 0.01)),
            slider("spread", "", "sd of the gain", "rate", (*composer.RANGES["spread"], 0, 0.01)),
            whole("rows", "s", "recorded", "recording", (20, composer.MOST_ROWS, 100, 10)),
            whole("seed", "", "another recording", "recording", (1, 100, 1, 1)),
        ]
        equations = gather(composer.SCALAR)
        super().__init__(
            "composer",
            name,
            title,
            hint,
            controls=controls,
            presets=presets,
            equations=equations,
            code=javascript(equations),
            row=composer.ROW,
            gains=composer.GAINS,
            lags=composer.LAGS,
            per_interval=composer.PER_INTERVAL,
            bins=composer.BINS,
            windows=list(composer.WINDOWS),
            most_rows=composer.MOST_ROWS,
            most_spikes=composer.MOST_SPIKES,
        )

    def trace(self):
        found = composer.compose(**{name: getattr(self, name) for name in self.settings})
        return Arrays(
            t=composer.ROW * np.arange(found.rows),
            counts=found.counts,
            spike_times=found.times,
            psth=found.psth,
            intervals=found.intervals,
            rates=found.rates,
            fano=found.fano,
            measured=np.array([found.cv, found.serial]),
        )
