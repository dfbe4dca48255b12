"""Hubel and Wiesel's bench: a screen, a bar or a spot of light on it, and a cell whose field nobody has seen yet.

    rate = max(0, baseline + gain L)                   ganglion and simple cells
    rate = baseline + gain (L^2 + L'^2)                complex cells: the energy of two Gabor fields, a quarter cycle apart

L is the linear response of `fields` with weights scaled so that a good stimulus makes about 1. A trial lasts a second; the
stimulus is on the screen for the middle half of it, and the spikes are a Poisson process of the rate.

What the page runs is scalar Python. Hubel and Wiesel (1962) J Physiol 160:106, doi:10.1113/jphysiol.1962.sp006837; Adelson
and Bergen (1985) J Opt Soc Am A 2:284, doi:10.1364/JOSAA.2.000284.
"""

from typing import NamedTuple

import numpy as np
from numpy import log, maximum

from ..compilation import array, gather, load
from ..model import number
from ..random_numbers import generator, sow, uniform
from .fields import bar, difference_of_gaussians, gabor, places, spot

__all__ = ["CELLS", "CONTRASTS", "Neuron", "Presentation", "SHAPES", "field", "firing_rate", "neuron", "presentation"]

SCREEN = 8.0  # degrees, wide and high
PIXELS = 64  # each way, over which responses are summed
REACH = 2.0  # degrees: how far from the middle of the screen a field lies at most, each way

# Kinds of cell and of stimulus, and the numbers that the scalar code knows them by.
CELLS = {"on_centre": 0, "off_centre": 1, "simple": 2, "complex": 3}
SHAPES = {"bar": 0, "spot": 1}
CONTRASTS = {"light": 1.0, "dark": -1.0}

# Degrees, of the order of a cat's fields some way from the centre of its gaze.
SIGMA_CENTRE, SIGMA_SURROUND, SURROUND = 0.4, 1.2, 0.9
PERIOD, SIGMA, ASPECT = 1.6, 0.72, 0.55
GANGLION_WEIGHT = 1.44  # 1 / 0.696, which the best spot makes of the field
CORTICAL_WEIGHT = 0.77  # a bar half a period wide and 3.5 degrees long then makes about 1

# Hz. Ganglion cells keep firing in uniform light, cortical cells hardly.
GANGLION_BASELINE, GANGLION_GAIN = 25.0, 90.0
SIMPLE_BASELINE, SIMPLE_GAIN = 4.0, 80.0
COMPLEX_BASELINE, COMPLEX_GAIN = 6.0, 80.0

TRIALS = 12
BINS, BIN = 100, 10.0  # of a trial, ms
ON, OFF = 250.0, 750.0  # ms: the stimulus is there between
MOST_SPIKES = 10_000


def find_neuron(state, found):
    """A neuron's secrets, from a state sown with its number: x and y of its field (degrees), orientation and phase
    (degrees), into `found`."""
    found[0] = REACH * (2 * uniform(state) - 1)
    found[1] = REACH * (2 * uniform(state) - 1)
    found[2] = 180 * uniform(state)
    found[3] = 360 * uniform(state)


def weight(cell, x, y, orientation, phase):
    """The field's weight (1/degree^2) at a place relative to its middle."""
    if cell < 2:
        sign = 1.0 - 2.0 * cell
        return sign * GANGLION_WEIGHT * difference_of_gaussians(x, y, SIGMA_CENTRE, SIGMA_SURROUND, SURROUND)
    return CORTICAL_WEIGHT * gabor(x, y, orientation, PERIOD, SIGMA, ASPECT, phase)


def baseline(cell):
    """The rate (Hz) while the screen is grey."""
    if cell < 2:
        return GANGLION_BASELINE
    return SIMPLE_BASELINE if cell < 3 else COMPLEX_BASELINE


def response(cell, found, shape, contrast, x, y, angle, length, width):
    """The rate (Hz) while a stimulus is on the screen."""
    area = (SCREEN / PIXELS) * (SCREEN / PIXELS)
    first = 0.0
    second = 0.0
    for row in range(PIXELS):
        at_y = SCREEN * (0.5 - (row + 0.5) / PIXELS)
        for column in range(PIXELS):
            at_x = SCREEN * ((column + 0.5) / PIXELS - 0.5)
            light = spot(at_x, at_y, x, y, length) if shape == 1 else bar(at_x, at_y, x, y, angle, length, width)
            if light > 0:
                light *= contrast * area
                first += light * weight(cell, at_x - found[0], at_y - found[1], found[2], found[3])
                if cell == 3:
                    second += light * weight(cell, at_x - found[0], at_y - found[1], found[2], found[3] + 90)
    if cell < 2:
        return maximum(0.0, GANGLION_BASELINE + GANGLION_GAIN * first)
    if cell < 3:
        return maximum(0.0, SIMPLE_BASELINE + SIMPLE_GAIN * first)
    return COMPLEX_BASELINE + COMPLEX_GAIN * (first * first + second * second)


def poisson_train(rates, bins, width, state, times, counts, total):
    """Spike times (ms) of a Poisson process whose rate (Hz) is held for `width` ms in each bin, into `times` from `total` on,
    and counted bin by bin into `counts`; returns the total after the last. One random number a spike, so that a higher rate
    draws the same spikes closer together."""
    clock = 0.0
    due = -log(uniform(state))
    for k in range(bins):
        begin = clock
        clock += rates[k] * width / 1000
        while due < clock and total < MOST_SPIKES:
            times[total] = width * (k + (due - begin) / (clock - begin))
            counts[k] += 1
            total += 1
            due -= log(uniform(state))
    return total


def run_trials(before, during, state, rates, counts, times, trial):
    """TRIALS presentations: rate and spikes in each bin, spike times (ms) and the trial of each; returns how many spikes."""
    for k in range(BINS):
        middle = (k + 0.5) * BIN
        rates[k] = during if middle > ON and middle < OFF else before
        counts[k] = 0.0
    total = 0
    for k in range(TRIALS):
        first = total
        total = poisson_train(rates, BINS, BIN, state, times, counts, total)
        for i in range(first, total):
            trial[i] = k
    return total


SCALAR = (sow, find_neuron, weight, baseline, response, run_trials)  # what the page runs


class Neuron(NamedTuple):
    """A neuron on the bench: what a reader is to find out. Degrees."""

    x: float
    y: float
    orientation: float
    phase: float


class Presentation(NamedTuple):
    """What TRIALS presentations of one stimulus gave.

    t             begin of each bin, ms          rate          of the Poisson process in each bin, Hz
    counts        spikes of all trials in each bin
    spike_times   ms from each trial's begin, trial after trial; `trial` says which
    """

    t: np.ndarray
    rate: np.ndarray
    counts: np.ndarray
    trial: np.ndarray
    spike_times: np.ndarray


def neuron(number_of_neuron):
    """The field of the bench's neuron of this number; ValueError for one that is no whole number from 0 on.

    >>> abs(neuron(1).x) <= REACH and 0 <= neuron(1).orientation < 180
    True
    """
    found = [0.0] * 4
    find_neuron(generator(number_of_neuron), found)
    return Neuron(*map(float, found))


def field(cell, number_of_neuron):
    """A bench neuron's field (1/degree^2) on the screen's pixels, top row first. The field of a complex cell stands for
    two: this one, and one whose stripes are moved on by a quarter of a cycle."""
    x, y = places(SCREEN, PIXELS)
    one = neuron(number_of_neuron)
    return weight(_code("cell", cell, CELLS), x - one.x, y - one.y, one.orientation, one.phase)


def firing_rate(cell, number_of_neuron, shape, contrast, x, y, angle=0.0, length=1.0, width=1.0):
    """The rate (Hz) of a bench neuron while a bar, or a spot of diameter `length`, is on the screen.

    cell       "on_centre", "off_centre", "simple" or "complex"         shape   "bar" or "spot"
    contrast   "light" or "dark"          x, y, length, width   degrees     angle   degrees, counter-clockwise

    ValueError for an unknown name and a length or width not above 0.

    >>> one = neuron(1)
    >>> best = firing_rate("on_centre", 1, "spot", "light", one.x, one.y, length=1.8)
    >>> round(best), round(firing_rate("off_centre", 1, "spot", "light", one.x, one.y, length=1.8))
    (116, 0)
    """
    place = [number(name, value, "degrees") for name, value in (("x", x), ("y", y), ("angle", angle))]
    size = [number(name, value, "degrees") for name, value in (("length", length), ("width", width))]
    for name, value in zip(("length", "width"), size):
        if value <= 0:
            raise ValueError(f"{name} = {value:g} degrees must be above 0")
    codes = _code("cell", cell, CELLS), _code("shape", shape, SHAPES), _code("contrast", contrast, CONTRASTS)
    program = load(gather((response,)), ("response",))
    return float(program.response(codes[0], array(neuron(number_of_neuron)), *codes[1:], *place, *size))


def presentation(cell, number_of_neuron, shape, contrast, x, y, angle=0.0, length=1.0, width=1.0):
    """Twelve presentations of a stimulus, on the screen from 250 to 750 ms; arguments as in `firing_rate`."""
    during = firing_rate(cell, number_of_neuron, shape, contrast, x, y, angle, length, width)
    rates, counts, times, trial = [0.0] * BINS, [0.0] * BINS, [0.0] * MOST_SPIKES, [0.0] * MOST_SPIKES
    total = run_trials(baseline(CELLS[cell]), during, generator(number_of_neuron), rates, counts, times, trial)
    return Presentation(BIN * np.arange(BINS), *map(np.array, (rates, counts, trial[:total], times[:total])))


def _code(name, value, codes):
    if value not in codes:
        raise ValueError(f"{name} = {value!r} is unknown; use {', '.join(map(repr, codes))}")
    return codes[value]
