"""What stands in time with a spike: other spikes (correlograms), rhythms (the spectrum), the stimulus before it.

    rate(lag) = N(lag) T / (n bin_width (T - |lag|))         S(f) = 2 |A(f)|^2 / duration of A

N(lag)  pairs of a reference spike and a spike that follows it after `lag`      T   length of the recording, ms
n       number of reference spikes                                             A   Fourier transform of the rate

A correlogram is the rate in Hz at which the target fires `lag` ms after a spike of the reference. It is the target's
mean rate where the two are independent, at all lags alike: the factor T / (T - |lag|) makes up for pairs that the ends
of the recording cut off.

Perkel, Gerstein and Moore (1967) Biophys J 7:419, doi:10.1016/S0006-3495(67)86597-4.
"""

import numpy as np

from ..stimuli import _finite
from .statistics import as_train, positive, recorded, spike_counts, whole


def crosscorrelogram(reference, target, start, stop, max_lag, bin_width):
    """The rate (Hz) of `target` at every lag from a spike of `reference`; both trains in ms.

    Returns the lags in ms, the centres of bins from -max_lag to max_lag with one on zero, and the rate. Positive lags:
    the target fires after the reference. A lag halfway between two centres belongs to the outer bin, so exchanging
    the trains mirrors the counts exactly. ValueError for a reference without spikes and for a spike outside start <= t <
    stop.

    >>> lag, rate = crosscorrelogram([10.0, 50.0], [13.0, 53.0], 0, 100, max_lag=3, bin_width=3)
    >>> rate.round(1)  # one spike in 3 ms is 333 Hz, times 100 / (100 - 3)
    array([  0. ,   0. , 343.6])
    """
    reference, target = recorded(reference, start, stop, "reference"), recorded(target, start, stop, "target")
    return _correlogram(reference, target, stop - start, max_lag, bin_width, own=0)


def autocorrelogram(spike_times, start, stop, max_lag, bin_width):
    """The rate (Hz) of a train at every lag from one of its own spikes, each spike's pair with itself left out.

    Like `crosscorrelogram` of the train with itself, with the same errors; symmetric in the lag.

    >>> lag, rate = autocorrelogram([0.0, 10.0, 20.0], 0, 30, max_lag=10, bin_width=5)
    >>> lag, rate
    (array([-10.,  -5.,   0.,   5.,  10.]), array([200.,   0.,   0.,   0., 200.]))
    """
    times = recorded(spike_times, start, stop)
    return _correlogram(times, times, stop - start, max_lag, bin_width, own=len(times))


def power_spectrum(spike_times, start, stop, neurons=1, bin_width=1.0, segment=500.0):
    """Power spectrum of the rate of a neuron, or of the mean rate of a population.

    S(f) = 2 |sum over t of w(t) (r(t) - mean) exp(-2 pi i f t) bin_width|^2 / (bin_width sum of w^2)

    r is the rate in Hz, spikes / (neurons bin_width), in segments of `segment` ms that overlap by half, each
    without its mean and under a Hann window w; S is averaged over the segments (Welch 1967,
    doi:10.1109/TAU.1967.1161901). spike_times holds the spikes of all `neurons` in one row, in ms.

    Returns the frequency in Hz, 0 to 500 / bin_width in steps of 1000 / segment, and S, one-sided, in Hz^2 / Hz = Hz.
    Independent Poisson neurons have S = 2 rate / neurons at every frequency; rhythms stand out above it. The first
    two values are lowered, since the mean is taken out of each segment. ValueError for spikes outside start <= t < stop
    and a segment longer than the recording.

    >>> f, power = power_spectrum(np.arange(0.5, 1000, 50), 0, 1000)  # a clock of 20 Hz, and its harmonics
    >>> f[power > 0.9 * power.max()][:3]
    array([20., 40., 60.])
    """
    times = recorded(spike_times, start, stop)
    neurons = positive("neurons", neurons, "")
    counts = spike_counts(times, start, stop, bin_width)
    length = whole("segment", segment, "bin_width", bin_width)
    if length > len(counts):
        raise ValueError(
            f"segment = {segment:g} ms is longer than the recording of {stop - start:g} ms; use a shorter segment"
        )
    rate = 1000 * counts / (neurons * bin_width)
    pieces = np.lib.stride_tricks.sliding_window_view(rate, length)[:: length - length // 2]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    amplitude = np.fft.rfft((pieces - pieces.mean(axis=1, keepdims=True)) * window)
    power = 2 * np.mean(np.abs(amplitude) ** 2, axis=0) * (bin_width / 1000) / np.sum(window**2)
    power[0] /= 2  # neither zero nor, in an even segment, the last frequency has a negative twin
    if length % 2 == 0:
        power[-1] /= 2
    return np.fft.rfftfreq(length, bin_width / 1000), power


def spike_triggered_average(spike_times, stimulus, dt, window):
    """The average stimulus in the `window` ms before a spike.

    sta(lag) = mean over spikes of stimulus(t_k + lag),   lag = -window ... 0

    stimulus has a value every `dt` ms from t = 0, shape (steps,), or one picture, shape (steps, ...); a value holds for
    dt, and lag 0 is the value during the spike. Spikes so early that the window would begin before the stimulus are
    left out. Returns the lags in ms and the average, shape (window / dt + 1, ...).

    For white Gaussian noise of variance v that drives a neuron through a linear filter and any nonlinearity that is not
    even, the average is the filter up to scale, with an error of sqrt(v / spikes) in each value (Chichilnisky 2001,
    doi:10.1080/713663221). ValueError for spikes after the stimulus, or when no spike is late enough.

    >>> lag, sta = spike_triggered_average([2.0, 4.0], [0, 1, 0, 5, 0, 0], dt=1, window=1)
    >>> lag, sta
    (array([-1.,  0.]), array([3., 0.]))
    """
    times = as_train(spike_times)
    values = np.atleast_1d(_finite(np.ravel(stimulus), "stimulus", "").reshape(np.shape(stimulus)))
    steps = whole("window", window, "dt", dt)
    index = np.floor(times / dt + 1e-9).astype(int)  # a spike within a billionth of a step of a sample is on it
    if np.any(index < 0) or np.any(index >= len(values)):
        k = int(np.flatnonzero((index < 0) | (index >= len(values)))[0])
        raise ValueError(
            f"spike_times[{k}] = {times[k]:g} ms lies outside the stimulus, 0 to {len(values) * dt:g} ms; give the "
            "stimulus from t = 0, and the spikes that it covers"
        )
    index = index[index >= steps]
    if not len(index):
        raise ValueError(
            f"none of the {len(times)} spikes is later than window = {window:g} ms; use a shorter window or more spikes"
        )
    average = [values[index - before].mean(axis=0) for before in range(steps, -1, -1)]
    return dt * np.arange(-steps, 1.0), np.array(average)


def _correlogram(reference, target, length, max_lag, bin_width, own):
    """Lags and rates; `own` is how many pairs are a spike and itself."""
    if not len(reference):
        raise ValueError("a correlogram counts from the spikes of the reference, which has none; give at least one")
    bins = whole("max_lag", max_lag, "bin_width", bin_width)
    reach = (bins + 0.5) * bin_width
    if reach > length:
        raise ValueError(
            f"max_lag = {max_lag:g} ms and half a bin are longer than the recording of {length:g} ms; use a shorter max_lag"
        )
    first, last = np.searchsorted(target, reference - reach), np.searchsorted(target, reference + reach, "right")
    partners = last - first
    nth = np.arange(partners.sum()) - np.repeat(np.cumsum(partners) - partners, partners)
    lags = target[np.repeat(first, partners) + nth] - np.repeat(reference, partners)
    # Halfway, give or take rounding, goes outwards on both sides: so the histogram of -lags is the mirror image.
    index = np.trunc(lags / bin_width + np.copysign(0.5 + 1e-9, lags)).astype(int) + bins
    pairs = np.bincount(index[(index >= 0) & (index <= 2 * bins)], minlength=2 * bins + 1)
    pairs[bins] -= own
    lag = bin_width * np.arange(-bins, bins + 1.0)
    overlap = length - np.abs(lag)
    overlap[bins] -= bin_width / 4  # the mean of |lag| over the bin around zero
    return lag, 1000 * pairs / (len(reference) * bin_width) * length / overlap
