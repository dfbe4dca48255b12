"""When does a pattern deserve its name? One criterion for each of the twenty, the same for every model.

A criterion sees what an experimenter sees: the spike times, the voltage, and when the current changed. It compares spikes
with spikes and pauses with pauses, never with a number of milliseconds, so that a squid's axon and a cell of the cortex
are judged alike. `CRITERIA` has each by the pattern's name, with the same in words.

    s, n       spike times (ms) and how many there are
    V, steps, dt   the voltage, after each of so many steps of dt ms
    t          ms: start and stop of every piece of the current, in their order, and the end of the run behind them
    height     how high a spike is, in the voltage's unit
    m          what was measured, for the sentence that reports it; the two classes find in m[0] the lowest rate at which
               the neuron goes on firing under a constant current (Hz), which takes runs of its own: see `lowest_rate`

Each returns 1 where the pattern is there, else 0. They are scalar Python, so that the page's explorer runs them too.
"""

from typing import NamedTuple

import numpy as np
from numpy import floor, maximum, minimum

from ..compilation import gather, load

__all__ = ["CRITERIA", "Criterion", "judged", "lowest_rate"]

EVEN = 1.5  # intervals within this factor of each other are alike
MEASURES = 4


def count(s, n, start, stop):
    """Spikes after `start` and up to `stop`."""
    found = 0
    for k in range(n):
        if s[k] > start and s[k] <= stop:
            found += 1
    return found


def alike(s, first, last):
    """1 if the intervals between spikes number `first` and `last` are alike, and there is one; else 0."""
    if last <= first:
        return 0
    shortest = s[first + 1] - s[first]
    longest = shortest
    for k in range(first, last):
        shortest = minimum(shortest, s[k + 1] - s[k])
        longest = maximum(longest, s[k + 1] - s[k])
    return 1 if longest <= EVEN * shortest else 0


def lasts(s, n, stop):
    """1 if firing goes on up to `stop`: no more is missing there than the longer of the last two intervals and a half of it."""
    if n < 3:
        return 0
    usual = maximum(s[n - 1] - s[n - 2], s[n - 2] - s[n - 3])
    return 1 if stop - s[n - 1] < EVEN * usual else 0


def groups(s, first, last, m):
    """Bursts among the spikes number `first` to `last`: m[0] of them, of m[1] to m[2] spikes; 0 where there are none.

    In bursts every interval is either short (less than a third of the longest) or a pause (more than two thirds of it). The
    last burst may be cut off by the end of the run and does not count for m[1].
    """
    m[0] = 0.0
    m[1] = 0.0
    m[2] = 0.0
    if last <= first:
        return 0
    longest = 0.0
    for k in range(first, last):
        longest = maximum(longest, s[k + 1] - s[k])
    found = 1
    size = 1
    least = last - first + 1
    most = 0
    for k in range(first, last):
        interval = s[k + 1] - s[k]
        if interval > longest / 3 and interval < 2 * longest / 3:
            return 0
        if interval < longest / 2:
            size += 1
        else:
            least = minimum(least, size)
            most = maximum(most, size)
            found += 1
            size = 1
    most = maximum(most, size)
    if least < 2:
        return 0
    m[0] = found
    m[1] = least
    m[2] = most
    return found


def burst_and_silence(s, n, first, start, stop, m):
    """1 if all spikes from number `first` on are one burst soon after `start`, and silence follows up to `stop`."""
    m[0] = n - first
    if n - first < 3:
        return 0
    longest = 0.0
    for k in range(first, n - 1):
        longest = maximum(longest, s[k + 1] - s[k])
    m[1] = s[n - 1] - s[first]
    silence = stop - s[n - 1]
    return 1 if silence > 4 * longest and silence > 0.5 * (stop - start) else 0


def tonic_spiking(s, n, V, steps, dt, t, height, m):
    m[0] = n
    if n < 5 or s[0] < t[0]:
        return 0
    m[1] = s[n - 1] - s[n - 2]
    return 1 if alike(s, 2, n - 1) > 0 and lasts(s, n, minimum(t[1], t[2])) > 0 else 0


def phasic_spiking(s, n, V, steps, dt, t, height, m):
    m[0] = n
    if n != 1:
        return 0
    m[1] = s[0] - t[0]
    return 1 if s[0] > t[0] and s[0] - t[0] < (minimum(t[1], t[2]) - t[0]) / 6 else 0


def tonic_bursting(s, n, V, steps, dt, t, height, m):
    found = groups(s, 0, n - 1, m)
    if found < 3 or s[0] < t[0]:
        return 0
    pause = 0.0
    for k in range(n - 1):
        pause = maximum(pause, s[k + 1] - s[k])
    return 1 if minimum(t[1], t[2]) - s[n - 1] < EVEN * pause else 0


def phasic_bursting(s, n, V, steps, dt, t, height, m):
    m[0] = n
    return 1 if n > 0 and s[0] > t[0] and burst_and_silence(s, n, 0, t[0], minimum(t[1], t[2]), m) > 0 else 0


def mixed_mode(s, n, V, steps, dt, t, height, m):
    m[0] = 0.0
    m[1] = n
    if n < 6 or s[0] < t[0]:
        return 0
    usual = s[n - 1] - s[n - 2]
    size = 1
    while size < n - 1 and s[size] - s[size - 1] < usual / 3:
        size += 1
    m[0] = size
    m[1] = n - size
    return (
        1 if size > 1 and n - size > 2 and alike(s, size - 1, n - 1) > 0 and lasts(s, n, minimum(t[1], t[2])) > 0 else 0
    )


def spike_frequency_adaptation(s, n, V, steps, dt, t, height, m):
    m[0] = n
    if n < 6 or s[0] < t[0]:
        return 0
    first = s[1] - s[0]
    m[1] = first
    m[2] = s[n - 1] - s[n - 2]
    for k in range(1, n - 1):
        if s[k + 1] - s[k] < 0.99 * (s[k] - s[k - 1]):
            return 0
    growing = 0
    for k in range(1, n - 1):
        if s[k + 1] - s[k] > 1.02 * (s[k] - s[k - 1]):
            growing += 1
    return 1 if growing > 2 and m[2] > 2 * first and lasts(s, n, minimum(t[1], t[2])) > 0 else 0


def class_1_excitable(s, n, V, steps, dt, t, height, m):
    m[1] = 1000 / (s[n - 1] - s[n - 2]) if n > 1 else 0.0
    return 1 if n > 4 and s[0] > t[0] and m[0] > 0 and m[0] < 0.1 * m[1] else 0


def class_2_excitable(s, n, V, steps, dt, t, height, m):
    m[1] = 1000 / (s[n - 1] - s[n - 2]) if n > 1 else 0.0
    return 1 if n > 4 and s[0] > t[0] and m[0] > 0.15 * m[1] else 0


def spike_latency(s, n, V, steps, dt, t, height, m):
    m[0] = n
    if n != 1:
        return 0
    m[1] = s[0] - t[1]
    return 1 if s[0] - t[1] > t[1] - t[0] else 0


def subthreshold_oscillations(s, n, V, steps, dt, t, height, m):
    m[0] = 0.0
    if n != 1 or s[0] < t[0]:
        return 0
    tops = 0
    last = 0.0
    before = 0.0
    period = 0.0
    trough = 0.0
    rising = 0
    for k in range(minimum(steps, floor(s[0] / dt) + 2), steps):
        if V[k] < V[k - 1] and V[k] <= V[k + 1]:
            trough = V[k]
            rising = 1
            if tops == 1 and before - trough < 0.005 * height:
                return 0
        if rising > 0 and V[k] > V[k - 1] and V[k] >= V[k + 1] and V[k] - trough > 0.0002 * height:
            rising = 0
            if tops > 0:
                interval = k * dt - last
                if V[k] > before or (period > 0 and (interval > EVEN * period or period > EVEN * interval)):
                    return 0
                period = interval
            last = k * dt
            before = V[k]
            tops += 1
    m[0] = tops
    m[1] = period
    return 1 if tops > 2 else 0


def resonator(s, n, V, steps, dt, t, height, m):
    m[0] = n
    m[1] = t[6] - t[4]
    m[2] = t[2] - t[0]
    return 1 if m[1] > m[2] and n > 0 and s[0] > t[6] else 0


def integrator(s, n, V, steps, dt, t, height, m):
    m[0] = n
    m[1] = t[2] - t[0]
    m[2] = t[6] - t[4]
    if n == 0 or m[1] >= m[2] or s[0] < t[2] or s[n - 1] > t[4]:
        return 0
    before = V[floor(t[4] / dt)]
    top = before
    for k in range(floor(t[4] / dt), minimum(steps, floor(t[7] / dt) + 2)):
        top = maximum(top, V[k])
    bottom = minimum(before, V[steps])
    for k in range(floor(t[7] / dt), steps + 1):
        if V[k] < bottom - 0.02 * (top - before):
            return 0
    return 1


def rebound_spike(s, n, V, steps, dt, t, height, m):
    m[0] = n
    if n != 1:
        return 0
    m[1] = s[0] - t[1]
    return 1 if s[0] > t[1] else 0


def rebound_burst(s, n, V, steps, dt, t, height, m):
    m[0] = n
    return 1 if n > 0 and s[0] > t[1] and burst_and_silence(s, n, 0, t[1], t[2], m) > 0 else 0


def threshold_variability(s, n, V, steps, dt, t, height, m):
    m[0] = n
    return 1 if n > 0 and s[0] > t[4] else 0


def bistability(s, n, V, steps, dt, t, height, m):
    started = count(s, n, t[0], t[2])
    m[0] = started
    m[1] = count(s, n, t[3], t[4])
    if started < 4 or started < n - 1 or s[0] < t[0]:
        return 0
    usual = s[started - 1] - s[started - 2]
    return (
        1
        if alike(s, 1, started - 1) > 0
        and t[2] - s[started - 1] < EVEN * usual
        and t[4] - s[n - 1] > 1.5 * usual
        and t[4] - t[3] > EVEN * usual
        else 0
    )


def depolarizing_after_potential(s, n, V, steps, dt, t, height, m):
    m[0] = n
    if n != 1 or s[0] < t[0]:
        return 0
    rest = V[0]
    down = floor(s[0] / dt) + 1
    while down < steps and V[down] > rest + 0.25 * height:
        down += 1
    end = down
    while end < steps and V[end] > rest + 0.02 * height:
        end += 1
    m[1] = (end - down) * dt
    back = V[steps] - rest
    falling = down * dt - s[0]
    return 1 if m[1] > t[1] - t[0] and m[1] > 2 * falling and back < 0.01 * height and back > -0.01 * height else 0


def accommodation(s, n, V, steps, dt, t, height, m):
    m[0] = n
    m[1] = count(s, n, 0.0, t[2])
    return 1 if n > 0 and s[0] > t[2] and t[3] - t[2] < t[1] - t[0] else 0


def inhibition_induced_spiking(s, n, V, steps, dt, t, height, m):
    m[0] = n
    if n < 3 or s[0] < t[1]:
        return 0
    half = 0.5 * (s[1] - s[0])
    return 1 if s[n - 1] < t[2] + half and alike(s, 0, n - 1) > 0 and lasts(s, n, t[2]) > 0 else 0


def inhibition_induced_bursting(s, n, V, steps, dt, t, height, m):
    found = groups(s, 0, n - 1, m)
    return 1 if found > 1 and m[1] > 2 and s[0] > t[1] and s[n - 1] < t[2] else 0


class Criterion(NamedTuple):
    """What must be seen, in words; what is reported where it is, with what was measured in {0}, {1}, ...; the function."""

    words: str
    report: str
    holds: object


CRITERIA = {
    "tonic spiking": Criterion(
        "at least five spikes from the onset to the end of the step, the intervals from the third on within a "
        "factor of 1.5",
        "{0} spikes, the last {1} ms apart",
        tonic_spiking,
    ),
    "phasic spiking": Criterion(
        "one spike, in the first sixth of the step, and silence up to its end",
        "one spike, {1} ms after the onset",
        phasic_spiking,
    ),
    "tonic bursting": Criterion(
        "at least three bursts up to the end of the step: every interval is short or a pause three times as long "
        "or more",
        "{0} bursts of {1} to {2} spikes",
        tonic_bursting,
    ),
    "phasic bursting": Criterion(
        "three spikes or more in one burst, and silence for the rest of the step: more than half of it, and more "
        "than four times the longest interval",
        "one burst of {0} spikes, {1} ms long",
        phasic_bursting,
    ),
    "mixed mode": Criterion(
        "a burst, then at least three single spikes at even intervals three times as long or more, up to the end "
        "of the step",
        "a burst of {0} spikes, then {1} single ones",
        mixed_mode,
    ),
    "spike frequency adaptation": Criterion(
        "at least six spikes up to the end of the step, no interval shorter than the one before, the last more "
        "than twice the first",
        "{0} spikes, the intervals grow from {1} to {2} ms",
        spike_frequency_adaptation,
    ),
    "class 1 excitable": Criterion(
        "the lowest rate at which it can go on firing is below 10 % of the rate at the end of the ramp",
        "it can fire at {0} Hz; at the end of the ramp it does at {1} Hz",
        class_1_excitable,
    ),
    "class 2 excitable": Criterion(
        "the lowest rate at which it can go on firing is above 15 % of the rate at the end of the ramp",
        "it cannot fire below {0} Hz; at the end of the ramp it does at {1} Hz",
        class_2_excitable,
    ),
    "spike latency": Criterion(
        "one spike, later after the pulse than the pulse is long",
        "one spike, {1} ms after the end of the pulse",
        spike_latency,
    ),
    "subthreshold oscillations": Criterion(
        "one spike, and after it at least three evenly spaced, ever lower tops of the voltage",
        "one spike, then {0} tops of the voltage, {1} ms apart",
        subthreshold_oscillations,
    ),
    "resonator": Criterion(
        "no spike for the close pair of pulses, a spike for the wide one",
        "pulses {1} ms apart fire it, pulses {2} ms apart do not",
        resonator,
    ),
    "integrator": Criterion(
        "a spike for the close pair of pulses, none for the wide one, after which the voltage falls back without swinging below rest",
        "pulses {1} ms apart fire it, pulses {2} ms apart do not",
        integrator,
    ),
    "rebound spike": Criterion(
        "one spike, after the end of the inhibition",
        "one spike, {1} ms after the inhibition ends",
        rebound_spike,
    ),
    "rebound burst": Criterion(
        "three spikes or more after the end of the inhibition, in one burst, and silence for more than half of "
        "the rest",
        "a burst of {0} spikes after the inhibition",
        rebound_burst,
    ),
    "threshold variability": Criterion(
        "the first pulse makes no spike, the equal one after an inhibition does",
        "the pulse that failed fires it after the inhibition",
        threshold_variability,
    ),
    "bistability": Criterion(
        "silence up to the first pulse, even firing up to the second, and silence after it",
        "{0} spikes between the pulses, none without",
        bistability,
    ),
    "depolarizing after-potential": Criterion(
        "one spike that falls to within a quarter of its height above rest, and a voltage that stays above rest, by at least 2 % "
        "of it, for longer than the pulse lasted and twice as long as the fall, and then comes to rest",
        "one spike, then {1} ms above rest",
        depolarizing_after_potential,
    ),
    "accommodation": Criterion(
        "no spike on the slow ramp, a spike on the steep one",
        "the slow ramp passes without a spike, the steep one fires it",
        accommodation,
    ),
    "inhibition-induced spiking": Criterion(
        "at least three spikes at even intervals while the current is low, up to its end, and none later than half an interval after it",
        "{0} spikes while the current is low",
        inhibition_induced_spiking,
    ),
    "inhibition-induced bursting": Criterion(
        "at least two bursts of three spikes or more while the current is low, and no spike at other times",
        "{0} bursts of {1} to {2} spikes while the current is low",
        inhibition_induced_bursting,
    ),
}


def judged(name, trace, pieces, duration, height=100.0, slowest=0.0):
    """Whether `trace` has the pattern `name`, and what was measured: (bool, array).

    pieces, duration   of the current, as an Experiment has them: the criterion looks at its starts and stops
    height             of a spike, in the voltage's unit
    slowest            Hz, for the two classes

    >>> from spikebook.firing_patterns import PATTERNS
    >>> pattern = PATTERNS["tonic bursting"]
    >>> holds, measured = judged("tonic bursting", pattern.simulate(), pattern.pieces, pattern.duration)
    >>> holds, measured[:3].tolist()
    (True, [4.0, 6.0, 11.0])
    """
    V = trace[trace.model.voltage].tolist()
    t = [*(moment for *_, start, stop in pieces for moment in (start, stop)), duration]
    measured = np.zeros(MEASURES)
    measured[0] = slowest
    # As plain Python, since a look at one trace takes less than to compile twenty functions.
    judges = [one.holds for one in CRITERIA.values()]
    judge = getattr(load(gather(judges), (), plain=True), CRITERIA[name].holds.__name__)
    s = trace.spike_times.tolist()
    found = judge(s, len(s), V, len(V) - 1, trace.dt, t, height, measured)
    return bool(found), measured


def lowest_rate(spikes, low, high, rounds=12):
    """The lowest lasting rate (Hz) as the current is lowered from `high`, where it fires, towards `low`, where it does not.

    spikes(I)   the spike times of a run at the constant current I, and its duration (ms)
    """
    rate = 0.0
    for _ in range(rounds):
        middle = 0.5 * (low + high)
        s, duration = spikes(middle)
        if len(s) > 3 and lasts(s, len(s), duration):
            rate, high = 1000 / (s[-1] - s[-2]), middle
        else:
            low = middle
    return rate
