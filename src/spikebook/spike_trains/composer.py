"""A train composed from rate, regularity, bursts, refractoriness, rhythm and a rate that wanders, and what it should look like.

    one cycle of the train:   wait for `order` ticks of a random clock; fire `burst` spikes; be dead for t_ref

    free = 1000 burst / rate - dead,   dead = (burst - 1) (t_ref + 3 ms) + t_ref
    ticks come at random, order / free of them a ms, times gain (1 + swing sin(2 pi 2 t))

rate    mean rate, Hz                         order   ticks for a spike: 1 is a Poisson process, many a clock
burst   spikes that follow one another        t_ref   refractory period, ms
swing   0 to 1: depth of a rhythm of 2 Hz     spread  sd of the gain, which is drawn anew every second, evenly around 1

The waits are gamma distributed; without bursts, rhythm and spread the train is a renewal process with

    CV^2 = (free^2 / order) / (t_ref + free)^2,    Fano factor -> CV^2 in long windows

Bursts of a fixed number of spikes leave no renewal process: a short interval tells which one comes next. There

    CV^2 = (mean of interval^2) / (mean interval)^2 - 1,    Fano factor -> burst (free^2 / order) / (dead + free)^2

and a gain that wanders adds T var(r) / mean(r) to the Fano factor of windows of T up to a second. The train begins as if it
had been going on before: time 0 falls anywhere into a cycle. Cox (1962) Renewal Theory; Cox and Lewis (1966) The Statistical
Analysis of Series of Events.
"""

from math import pi
from typing import NamedTuple

import numpy as np
from numpy import cos, exp, floor, log, sin, sqrt

from ..compilation import array, gather, load
from ..model import number
from ..random_numbers import generator, sow, uniform

ROW = 1000.0  # ms, a row of the raster
WITHIN = 3.0  # ms from spike to spike in a burst, beside t_ref
TURN = 2 * pi * 2 / ROW  # the rhythm's phase a ms: two swings a row
GAINS = 5000  # what a seed is raised by, for the gains' own random numbers
LAGS = 80  # bins of the interval histogram and of the autocorrelogram
PER_INTERVAL = 20  # of them in a mean interval
BINS = 40  # of the PSTH
WINDOWS = (2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)  # ms, of the Fano factor
MOST_ROWS = 300
MOST_SPIKES = 60000
POINTS = 17  # of an average over the gains
RANGES = {"rate": (5, 60), "order": (1, 20), "burst": (1, 5), "t_ref": (0, 10), "swing": (0, 0.9), "spread": (0, 0.5)}


def dead_part(burst, t_ref):
    """The part of a cycle that does not depend on chance, ms: the burst and the refractory period after it."""
    return (burst - 1) * (t_ref + WITHIN) + t_ref


def draw_gains(rows, spread, state, gains):
    """How fast the clock of each row runs: evenly distributed, with mean 1 and standard deviation `spread`."""
    for row in range(rows):
        gains[row] = 1 + spread * sqrt(3.0) * (2 * uniform(state) - 1)


def clock(t, swing):
    """How far the clock has run t ms into a row, as the rhythm makes it: the integral of 1 + swing sin."""
    return t + swing / TURN * (1 - cos(TURN * t))


def clock_back(reading, swing):
    """When in a row the clock shows this reading: Newton's method, held between two ends that close in."""
    t = reading
    if swing > 0:
        low = 0.0
        high = ROW
        for _ in range(60):
            error = clock(t, swing) - reading
            if error > 0:
                high = t
            else:
                low = t
            t -= error / (1 + swing * sin(TURN * t))
            if t < low or t > high:
                t = 0.5 * (low + high)
            if error * error < 1e-22:
                break
    return t


def when(t, mass, swing, rows, gains):
    """The moment (ms) at which the clock has run on by `mass` since t; the end of the recording if that comes first."""
    row = floor(t / ROW)
    while row < rows:
        begin = row * ROW
        read = clock(t - begin, swing)
        left = gains[row] * (ROW - read)
        if mass < left:
            return begin + clock_back(read + mass / gains[row], swing)
        mass -= left
        row += 1
        t = row * ROW
    return rows * ROW


def ticks(count, state):
    """The time that `count` ticks take, at one tick per unit of time on average."""
    product = 1.0
    for _ in range(count):
        product *= uniform(state)
    return -log(product)


def compose_train(rows, rate, order, burst, t_ref, swing, gains, state, times):
    """The spike times (ms) of `rows` seconds, into `times`; returns how many there are."""
    within = t_ref + WITHIN
    dead = dead_part(burst, t_ref)
    cycle = ROW * burst / rate
    scale = (cycle - dead) / order
    n = 0
    age = cycle * uniform(state)
    waiting = floor(order * uniform(state)) + 1
    t = 0.0
    if age < dead:  # time 0 falls into a burst, or into the dead time after it
        for k in range(1, burst):
            if k * within >= age:
                times[n] = k * within - age
                n += 1
        t = dead - age
        waiting = order
    end = rows * ROW
    while t < end:
        t = when(t, scale * ticks(waiting, state), swing, rows, gains)
        waiting = order
        for k in range(burst):
            if t + k * within < end:
                times[n] = t + k * within
                n += 1
        t += dead
    return n


def sort_intervals(n, times, width, shares):
    """Which part of the intervals falls into each bin of `width` ms, into `shares`."""
    for k in range(LAGS):
        shares[k] = 0.0
    for i in range(1, n):
        k = floor((times[i] - times[i - 1]) / width)
        if k < LAGS:
            shares[k] += 1.0 / (n - 1)


def correlate(n, times, rows, width, rates):
    """The rate (Hz) at each lag after a spike, in bins of `width` ms, into `rates`."""
    for k in range(LAGS):
        rates[k] = 0.0
    for i in range(n):
        j = i + 1
        while j < n and times[j] - times[i] < LAGS * width:
            k = floor((times[j] - times[i]) / width)
            if k < LAGS:
                rates[k] += 1.0
            j += 1
    for k in range(LAGS):
        length = rows * ROW
        rates[k] *= 1000.0 / (n * width) * length / (length - (k + 0.5) * width)


def cv_of(n, times):
    """Standard deviation of the intervals over their mean."""
    mean = (times[n - 1] - times[0]) / (n - 1)
    square = 0.0
    for i in range(1, n):
        square += (times[i] - times[i - 1] - mean) * (times[i] - times[i - 1] - mean)
    return sqrt(square / (n - 2)) / mean


def serial_correlation(n, times):
    """The correlation of each interval with the next one."""
    mean = (times[n - 1] - times[0]) / (n - 1)
    square = 0.0
    product = 0.0
    for i in range(1, n):
        here = times[i] - times[i - 1] - mean
        square += here * here
        if i > 1:
            product += here * (times[i - 1] - times[i - 2] - mean)
    return product / square if square > 0 else 0.0


def fano_of(n, times, rows, window, counts, sums, squares):
    """Fano factor of windows of `window` ms: the variance across rows of the count at each place, added up over places,
    over the mean count."""
    places = floor(ROW / window)
    for p in range(places):
        sums[p] = 0.0
        squares[p] = 0.0
    i = 0
    for row in range(rows):
        for p in range(places):
            counts[p] = 0.0
        while i < n and times[i] < (row + 1) * ROW:
            p = floor((times[i] - row * ROW) / window)
            if p < places:
                counts[p] += 1.0
            i += 1
        for p in range(places):
            sums[p] += counts[p]
            squares[p] += counts[p] * counts[p]
    mean = 0.0
    variance = 0.0
    for p in range(places):
        mean += sums[p] / rows
        variance += (squares[p] - sums[p] * sums[p] / rows) / (rows - 1)
    return variance / mean


def count_rows(n, times, rows, counts, rates):
    """Spikes of each row, into `counts`, and the rate (Hz) over the course of a row, into `rates`."""
    for row in range(rows):
        counts[row] = 0.0
    for k in range(BINS):
        rates[k] = 0.0
    for i in range(n):
        row = floor(times[i] / ROW)
        counts[row] += 1.0
        k = floor((times[i] - row * ROW) * BINS / ROW)
        if k < BINS:
            rates[k] += BINS / rows * 1000.0 / ROW


def rate_at(gain, rate, burst, t_ref):
    """The rate (Hz) while the clock runs `gain` times as fast as usual."""
    dead = dead_part(burst, t_ref)
    return 1000.0 * burst / (dead + (1000.0 * burst / rate - dead) / gain)


def rate_over(t, rate, burst, t_ref, swing):
    """The rate (Hz) t ms into a row, when the rhythm is slow beside the intervals."""
    return rate_at(1 + swing * sin(TURN * t), rate, burst, t_ref)


def gain_at(point, spread):
    """The gain at a point, 0 to POINTS - 1, of its range."""
    return 1 + spread * sqrt(3.0) * (2.0 * point / (POINTS - 1) - 1)


def weight_at(point):
    """Simpson's weight of that point in an average over the range."""
    weight = 2.0
    if point == 0 or point == POINTS - 1:
        weight = 1.0
    else:
        if 2 * floor(point / 2) < point:
            weight = 4.0
    return weight / (3 * (POINTS - 1))


def poisson_share(count, mean):
    """Probability that a Poisson process of this mean yields `count`."""
    share = exp(-mean)
    for k in range(count):
        share *= mean / (k + 1)
    return share


def waited_share(x, order, scale):
    """Probability that `order` ticks, `scale` ms apart on average, have all come by x: 1 - sum of Poisson shares."""
    if x <= 0:
        return 0.0
    share = exp(-x / scale)
    total = share
    for k in range(1, order):
        share *= x / scale / k
        total += share
    return 1 - total


def interval_share(x, rate, order, burst, t_ref, spread):
    """Probability that an interval is at most x ms, without a rhythm."""
    dead = dead_part(burst, t_ref)
    free = 1000.0 * burst / rate - dead
    total = 0.0
    mean = 0.0
    for point in range(POINTS):
        gain = gain_at(point, spread)
        weight = weight_at(point) * rate_at(gain, rate, burst, t_ref)
        mean += weight
        share = waited_share(x - t_ref, order, free / gain / order) / burst
        if x >= t_ref + WITHIN:
            share += (burst - 1) / burst
        total += weight * share
    return total / mean


def expected_cv(rate, order, burst, t_ref, spread):
    """CV of the intervals, without a rhythm."""
    dead = dead_part(burst, t_ref)
    free = 1000.0 * burst / rate - dead
    within = t_ref + WITHIN
    square = 0.0
    mean = 0.0
    for point in range(POINTS):
        gap = free / gain_at(point, spread)
        weight = weight_at(point) * rate_at(gain_at(point, spread), rate, burst, t_ref)
        mean += weight
        square += weight * ((burst - 1) * within * within + (t_ref + gap) * (t_ref + gap) + gap * gap / order) / burst
    return sqrt(square / mean * (mean / 1000.0) * (mean / 1000.0) - 1)


def expected_fano(window, rate, order, burst, t_ref, spread):
    """What the Fano factor tends to as windows grow, without a rhythm: that of the cycles, and what the gain adds."""
    dead = dead_part(burst, t_ref)
    free = 1000.0 * burst / rate - dead
    mean = 0.0
    square = 0.0
    inner = 0.0
    for point in range(POINTS):
        gap = free / gain_at(point, spread)
        now = rate_at(gain_at(point, spread), rate, burst, t_ref)
        mean += weight_at(point) * now
        square += weight_at(point) * now * now
        inner += weight_at(point) * now * burst * gap * gap / order / ((dead + gap) * (dead + gap))
    return inner / mean + window / 1000.0 * (square - mean * mean) / mean


SCALAR = (
    sow, draw_gains, compose_train, sort_intervals, correlate, cv_of, serial_correlation, fano_of, count_rows, rate_over,
    poisson_share, interval_share, expected_cv, expected_fano,
)  # fmt: skip
COMPILED = (draw_gains, compose_train, sort_intervals, correlate, cv_of, serial_correlation, fano_of, count_rows)


class Composition(NamedTuple):
    """A composed train and its statistics.

    times      spikes, ms                            rows       seconds
    counts     spikes of each second                 psth       Hz, in 40 bins of a second
    lag        ms, the begin of 80 bins              intervals  part of the intervals in each bin
    rates      Hz at each lag from a spike           serial     correlation of neighbouring intervals
    cv         of the intervals                      fano       Fano factor in windows of WINDOWS ms
    """

    times: np.ndarray
    rows: int
    counts: np.ndarray
    psth: np.ndarray
    lag: np.ndarray
    intervals: np.ndarray
    rates: np.ndarray
    serial: float
    cv: float
    fano: np.ndarray


def compose(rate=20.0, order=1, burst=1, t_ref=0.0, swing=0.0, spread=0.0, rows=100, seed=1):
    """Compose a train of `rows` seconds as in the page's explorer, and measure it.

    rate 5 to 60 Hz; order 1 to 20 and burst 1 to 5, whole numbers; t_ref 0 to 10 ms; swing 0 to 0.9; spread 0 to 0.5; rows
    3 to 300; seed a whole number from 1 on. ValueError for what lies outside.

    >>> found = compose(rate=20, order=4, rows=300)
    >>> round(found.cv, 1), round(float(found.fano[-1]), 1)  # 1 / sqrt(4), and its square, nearly
    (0.5, 0.3)
    """
    given = {
        "rate": rate,
        "order": order,
        "burst": burst,
        "t_ref": t_ref,
        "swing": swing,
        "spread": spread,
        "rows": rows,
    }
    units = {"rate": "Hz", "t_ref": "ms"}
    for name, (low, high) in {**RANGES, "rows": (3, MOST_ROWS)}.items():
        value = number(name, given[name], units.get(name, ""))
        if not low <= value <= high or (name in ("order", "burst", "rows") and value != int(value)):
            kind = "a whole number " if name in ("order", "burst", "rows") else ""
            unit = f" {units[name]}" if name in units else ""
            raise ValueError(f"{name} = {value:g}{unit} cannot be composed; give {kind}from {low} to {high}{unit}")
    rows, order, burst, width = int(rows), int(order), int(burst), 1000.0 / rate / PER_INTERVAL
    run = load(gather(COMPILED), tuple(function.__name__ for function in COMPILED))
    gains, times = array(np.zeros(rows)), array(np.zeros(MOST_SPIKES))
    run.draw_gains(rows, float(spread), generator(seed + GAINS), gains)
    n = run.compose_train(rows, float(rate), order, burst, float(t_ref), float(swing), gains, generator(seed), times)
    intervals, rates, counts, psth = (array(np.zeros(size)) for size in (LAGS, LAGS, rows, BINS))
    run.sort_intervals(n, times, width, intervals)
    run.correlate(n, times, rows, width, rates)
    run.count_rows(n, times, rows, counts, psth)
    places = [array(np.zeros(int(ROW / WINDOWS[0]))) for _ in range(3)]
    fano = [run.fano_of(n, times, rows, window, *places) for window in WINDOWS]
    return Composition(
        np.array(times[:n]),
        rows,
        np.array(counts),
        np.array(psth),
        width * np.arange(LAGS),
        np.array(intervals),
        np.array(rates),
        run.serial_correlation(n, times),
        run.cv_of(n, times),
        np.array(fano),
    )
