"""Spike trains: what a list of spike times says, and trains made by chance to compare it with.

statistics        rate, counts, PSTH, intervals, CV, LV, Fano factor
correlations      correlograms, spectrum, spike-triggered average
distances         how far apart two trains are
information       bits per spike, entropy, mutual information
decoding          tuning curves, the most likely stimulus, Fisher information
point_processes   Poisson and gamma processes
composer          a train composed from rate, regularity, bursts and more, as in the explorer

A spike train is one row of times in ms, in order; trials are a list of trains. Intervals are half open: start <= t < stop.
"""

from .composer import compose
from .correlations import autocorrelogram, crosscorrelogram, power_spectrum, spike_triggered_average
from .decoding import fisher_information, most_likely, tuned_rate, tuned_slope
from .distances import van_rossum, victor_purpura, victor_purpura_table
from .information import entropy, extrapolated_information, information_per_spike, mutual_information
from .point_processes import gamma, poisson
from .statistics import (
    between,
    cv,
    fano_factor,
    firing_rate,
    instantaneous_rate,
    isi,
    lv,
    psth,
    spike_counts,
)

__all__ = [
    "autocorrelogram",
    "between",
    "compose",
    "crosscorrelogram",
    "cv",
    "entropy",
    "extrapolated_information",
    "fano_factor",
    "firing_rate",
    "fisher_information",
    "gamma",
    "information_per_spike",
    "instantaneous_rate",
    "isi",
    "lv",
    "most_likely",
    "mutual_information",
    "poisson",
    "power_spectrum",
    "psth",
    "spike_counts",
    "spike_triggered_average",
    "tuned_rate",
    "tuned_slope",
    "van_rossum",
    "victor_purpura",
    "victor_purpura_table",
]
