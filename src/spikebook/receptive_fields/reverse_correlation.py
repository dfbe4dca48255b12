"""Finding a field by showing noise: the linear-nonlinear-Poisson neuron, and the average stimulus before its spikes.

    L = sum over pixels of w s                      the linear response
    m = mean f(L),   n ~ Poisson(m)                 spikes in a frame
    f(L) = sqrt(2 pi) max(0, L)                     one filter: threshold-linear, a simple or a ganglion cell
    f(L, L') = (L^2 + L'^2) / 2                     two filters: the energy, a complex cell
    sta = sum n s / sum n                           the spike-triggered average

s      stimulus: independent Gaussian pixels of mean 0 and variance 1, new in every frame
w      filter of unit length, sum w^2 = 1, so that L is Gaussian with variance 1 and f(L) has mean 1
mean   expected spikes a frame

As spikes accumulate, sta tends to w mean(f L) / mean(f): to sqrt(pi / 2) w for the threshold-linear neuron, to 0 for the energy
and for any other f with mean(f L) = 0. Each pixel's error is sqrt(sum n^2) / sum n: it falls as 1 / sqrt(spikes), and is just that where
no frame holds two spikes, which would share one stimulus.

Chichilnisky (2001) Network 12:199, doi:10.1080/713663221.
"""

from math import pi
from typing import NamedTuple

import numpy as np
from numpy import cos, log, maximum, sin, sqrt

from ..compilation import array, gather, load
from ..model import number
from ..random_numbers import generator, poisson, sow, uniform
from .fields import difference_of_gaussians, gabor

__all__ = ["CELLS", "Experiment", "experiment"]

PIXELS = 12  # each way
PAIRS = PIXELS * PIXELS // 2
FRAME = 20.0  # ms
MOST_FRAMES = 6000
SPIKES = 1000  # what a seed is raised by, for the spikes' own random numbers: they do not shuffle the noise
EXPECTED_GAIN = sqrt(pi / 2)

CELLS = {"on_centre": 0, "simple": 1, "complex": 2}

# In pixels.
SIGMA_CENTRE, SIGMA_SURROUND, SURROUND = 1.2, 3.0, 0.9
PERIOD, SIGMA, ASPECT = 6.0, 2.0, 0.6


def make_filters(cell, orientation, filters):
    """The filter of a cell and, for a complex cell, its twin a quarter of a cycle on, each of unit length, one after the
    other into `filters`, rows from the top."""
    for twin in range(2):
        begin = twin * PIXELS * PIXELS
        square = 0.0
        for row in range(PIXELS):
            y = (PIXELS - 1) / 2 - row
            for column in range(PIXELS):
                x = column - (PIXELS - 1) / 2
                if cell == 0:
                    value = difference_of_gaussians(x, y, SIGMA_CENTRE, SIGMA_SURROUND, SURROUND)
                else:
                    value = gabor(x, y, orientation, PERIOD, SIGMA, ASPECT, 90.0 * twin)
                filters[begin + row * PIXELS + column] = value
                square += value * value
        for p in range(PIXELS * PIXELS):
            filters[begin + p] /= sqrt(square)


def threshold_linear(L):
    """f(L) = sqrt(2 pi) max(0, L): of mean 1 for an L of variance 1."""
    return sqrt(2 * pi) * maximum(0.0, L)


def energy(even, odd):
    """f(L, L') = (L^2 + L'^2) / 2: of mean 1 for responses of variance 1; the stimulus and its negative give the same."""
    return (even * even + odd * odd) / 2


def draw_noise(first, last, state, stimulus):
    """The pixels of frames `first` to `last`: normal numbers, two at a time by Box and Muller's formula."""
    for k in range(first * PAIRS, last * PAIRS):
        radius = sqrt(-2 * log(uniform(state)))
        turn = 2 * pi * uniform(state)
        stimulus[2 * k] = radius * cos(turn)
        stimulus[2 * k + 1] = radius * sin(turn)


def fire(cell, filters, mean, first, last, state, stimulus, counts):
    """The spikes that each of the frames `first` to `last` makes."""
    pixels = PIXELS * PIXELS
    for frame in range(first, last):
        even = 0.0
        odd = 0.0
        for q in range(pixels):
            even += filters[q] * stimulus[frame * pixels + q]
            odd += filters[pixels + q] * stimulus[frame * pixels + q]
        expected = energy(even, odd) if cell == 2 else threshold_linear(even)
        counts[frame] = poisson(mean * expected, state)


def average(filters, frames, stimulus, counts, sta, correlation):
    """The spike-triggered average of the first `frames`, into `sta`, and its correlation with the true filter after each of
    them: 0 before the first spike, 1 for the same shape. Returns the number of spikes."""
    pixels = PIXELS * PIXELS
    spikes = 0.0
    now = 0.0
    for q in range(pixels):
        sta[q] = 0.0
    for frame in range(frames):
        if counts[frame] > 0:
            spikes += counts[frame]
            match = 0.0
            square = 0.0
            for q in range(pixels):
                sta[q] += counts[frame] * stimulus[frame * pixels + q]
                match += sta[q] * filters[q]
                square += sta[q] * sta[q]
            now = match / sqrt(square)
        correlation[frame] = now
    for q in range(pixels):
        sta[q] /= max(1.0, spikes)
    return spikes


SCALAR = (sow, make_filters, draw_noise, fire, average)  # what the page runs


class Experiment(NamedTuple):
    """What white noise told of a cell.

    t             begin of each frame, ms               stimulus      (frames, 12, 12)
    counts        spikes in each frame                  filter, sta   the truth and the estimate, (12, 12)
    correlation   of estimate and truth after each frame
    """

    t: np.ndarray
    stimulus: np.ndarray
    counts: np.ndarray
    filter: np.ndarray
    sta: np.ndarray
    correlation: np.ndarray


def experiment(cell, frames, mean=0.3, orientation=45.0, seed=1):
    """Show `frames` frames of white noise to a cell and average what preceded its spikes, as in the page's explorer.

    cell   "on_centre", "simple" or "complex"    mean   spikes a frame    orientation   degrees    seed   of the noise

    ValueError for an unknown cell, frames that are no whole number from 1 to 6000, a mean not above 0 or beyond 10.

    >>> [abs(round(float(experiment(cell, 3000).correlation[-1]), 1)) for cell in ("simple", "complex")]
    [0.9, 0.1]
    """
    if cell not in CELLS:
        raise ValueError(f"cell = {cell!r} is unknown; use {', '.join(map(repr, CELLS))}")
    count, mean = number("frames", frames, ""), number("mean", mean, "spikes a frame")
    if count != int(count) or not 1 <= count <= MOST_FRAMES:
        raise ValueError(f"frames = {count:g} cannot be shown; give a whole number from 1 to {MOST_FRAMES}")
    if not 0 < mean <= 10:
        raise ValueError(f"mean = {mean:g} spikes a frame is outside what the neuron fires; give more than 0, up to 10")
    frames, code, pixels = int(count), CELLS[cell], PIXELS * PIXELS
    program = load(gather((draw_noise, fire, average)), ("draw_noise", "fire", "average"))
    filters, sta = array(np.zeros(2 * pixels)), array(np.zeros(pixels))
    stimulus, counts, correlation = array(np.zeros(frames * pixels)), array(np.zeros(frames)), array(np.zeros(frames))
    make_filters(code, number("orientation", orientation, "degrees"), filters)
    program.draw_noise(0, frames, generator(seed), stimulus)
    program.fire(code, filters, mean, 0, frames, generator(seed + SPIKES), stimulus, counts)
    program.average(filters, frames, stimulus, counts, sta, correlation)
    square = (PIXELS, PIXELS)
    return Experiment(
        FRAME * np.arange(frames),
        np.reshape(stimulus, (frames, *square)),
        np.array(counts),
        np.reshape(filters[:pixels], square),
        np.reshape(sta, square),
        np.array(correlation),
    )
