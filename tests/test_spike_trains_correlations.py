"""Correlograms, spectra and spike-triggered averages against elephant and scipy, brute force, and renewal theory."""

import math

import neo
import numpy as np
import pytest
import quantities as pq
from elephant.conversion import BinnedSpikeTrain
from elephant.spike_train_correlation import cross_correlation_histogram
from elephant.sta import spike_triggered_average as elephants_average
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import periodogram, welch
from scipy.stats import chi2

from spikebook.spike_trains import (
    autocorrelogram,
    crosscorrelogram,
    gamma,
    poisson,
    power_spectrum,
    spike_counts,
    spike_triggered_average,
)

pytestmark = pytest.mark.filterwarnings("ignore:The 'copy' argument in Quantity")  # elephant and its own dependency

PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=60)
TRAINS = st.lists(st.integers(0, 64_000 - 1), unique=True, max_size=60).map(lambda ticks: np.sort(ticks) / 64)
SOME_SPIKES = TRAINS.filter(len)


def pairs(rate, lag, spikes, length, width):
    """Counts of pairs, from the documented normalisation."""
    overlap = length - np.where(lag == 0, width / 4, np.abs(lag))
    return rate * spikes * width * overlap / length / 1000


# ---- correlograms


def test_crosscorrelogram_counts_elephants_pairs():
    rng = np.random.default_rng(1)
    a, b = (np.sort(rng.choice(500, 60, replace=False)) * 2 + 1.0 for _ in range(2))  # in the middle of 2 ms bins
    binned = [BinnedSpikeTrain(neo.SpikeTrain(x, units="ms", t_stop=1000), bin_size=2 * pq.ms) for x in (a, b)]
    expected, lags = cross_correlation_histogram(*binned, window=[-20, 20])
    lag, rate = crosscorrelogram(a, b, 0, 1000, max_lag=40, bin_width=2)
    np.testing.assert_array_equal(lag, 2.0 * lags)
    np.testing.assert_allclose(pairs(rate, lag, 60, 1000, 2), expected.magnitude[:, 0], atol=1e-9)


@PROPERTY
@given(SOME_SPIKES, TRAINS, st.sampled_from([(50, 5), (12, 1), (300, 100), (7, 7)]))
def test_crosscorrelogram_counts_all_pairs_within_reach(a, b, bins):
    max_lag, width = bins
    lag, rate = crosscorrelogram(a, b, 0, 1000, max_lag, width)
    every = np.subtract.outer(b, a).ravel()
    # Half-way between two centres belongs to the outer bin; so the bins are open towards zero's far side.
    size = np.abs(every) / width
    nearest = np.sign(every) * np.floor(size + 0.5) * width
    expected = [np.sum(nearest == centre) for centre in lag]
    np.testing.assert_allclose(pairs(rate, lag, len(a), 1000, width), expected, atol=1e-9)


@PROPERTY
@given(SOME_SPIKES, SOME_SPIKES, st.integers(-1000, 1000))
def test_correlograms_mirror_and_ignore_a_shift_of_time(a, b, shift):
    lag, forward = crosscorrelogram(a, b, 0, 1000, 60, 3)
    _, backward = crosscorrelogram(b, a, 0, 1000, 60, 3)
    np.testing.assert_allclose(forward * len(a), backward[::-1] * len(b), rtol=1e-12)
    _, shifted = crosscorrelogram(a + shift, b + shift, shift, 1000 + shift, 60, 3)
    np.testing.assert_array_equal(shifted, forward)
    _, own = autocorrelogram(a, 0, 1000, 60, 3)
    np.testing.assert_array_equal(own, own[::-1])
    assert np.all(own >= 0)


@pytest.mark.parametrize("period, width", [(25, 5), (10, 4), (0.7, 0.2), (12.5, 2.5)])
def test_a_clock_correlates_with_itself_at_multiples_of_its_period_alone(period, width):
    clock = period * np.arange(40)
    lag, rate = autocorrelogram(clock, 0, 40 * period, max_lag=round(3 * period / width) * width, bin_width=width)
    multiples = period * np.arange(-3, 4)
    on = np.any(np.abs(np.subtract.outer(lag, multiples)) <= width / 2 * (1 + 1e-9), axis=1) & (lag != 0)
    assert rate[lag == 0] == 0  # no spike pairs with itself
    assert rate[~on].sum() == 0
    np.testing.assert_array_equal(rate, rate[::-1])
    if period % width == 0:
        np.testing.assert_allclose(rate[on], 1000 / width)  # one spike in every such bin


def test_independent_trains_correlate_at_the_mean_rate_at_all_lags():
    """Even at lags of half the recording, where half of the pairs are cut off."""
    rng = np.random.default_rng(2)
    rates = []
    for _ in range(2000):
        a, b = poisson(50, 300, seed=rng), poisson(80, 300, seed=rng)
        if len(a):
            lag, rate = crosscorrelogram(a, b, 0, 300, 150, 10)
            rates.append(rate)
    z = (np.mean(rates, axis=0) - 80) / (np.std(rates, axis=0) / math.sqrt(len(rates)))
    assert np.abs(z).max() < 4
    # control: without the factor for the ends they would be told apart
    assert np.abs((np.mean(rates, axis=0) * (1 - np.abs(lag) / 300) - 80)[[0, -1]]).min() > 30


def test_a_copied_spike_shows_as_a_peak_at_its_delay():
    a = poisson(20, 50_000, seed=3)
    lag, rate = crosscorrelogram(a, a + 7, 0, 50_007, 20, 1)
    assert lag[np.argmax(rate)] == 7
    assert rate.max() == pytest.approx(1000 + 20, rel=0.02)


def test_autocorrelogram_is_the_renewal_density():
    """Of a gamma train of shape 2: rate (1 - exp(-4 rate lag)). Of a refractory train: nothing within t_ref."""
    train = gamma(50, 1_000_000, shape=2, seed=4)
    lag, rate = autocorrelogram(train, 0, 1_000_000, 60, 2)
    r = 0.05
    after = lag > 0
    # the mean over each bin
    left, right = lag[after] - 1, lag[after] + 1
    expected = 50 * (1 - (np.exp(-4 * r * left) - np.exp(-4 * r * right)) / (4 * r * 2))
    error = np.sqrt(expected * 1000 / (len(train) * 2))
    z = (rate[after] - expected) / error
    assert np.abs(z).max() < 4
    assert np.abs((rate[after] - 50) / error).max() > 20  # control: a Poisson train's would be flat
    lag, rate = autocorrelogram(poisson(100, 100_000, t_ref=5, seed=4), 0, 100_000, 20, 1)
    assert rate[np.abs(lag) < 5].sum() == 0
    assert np.all(rate[np.abs(lag) > 5] > 0)


def test_few_spikes_have_defined_correlograms():
    assert crosscorrelogram([5.0], [], 0, 100, 10, 5)[1].sum() == 0
    assert autocorrelogram([5.0], 0, 100, 10, 5)[1].sum() == 0


# ---- spectrum


@pytest.fixture(scope="module")
def population():
    """500 neurons, 20 Hz on average, that follow a rhythm of 40 Hz."""
    t = np.arange(0, 8000) + 0.5
    return poisson(500 * 20 * (1 + 0.3 * np.cos(2 * np.pi * 0.04 * t)), 8000, seed=5)


@pytest.mark.parametrize("segment, bin_width", [(500, 1), (333, 1), (1000, 0.5), (1024, 2)])
def test_spectrum_is_scipys(population, segment, bin_width):
    rate = 1000 * spike_counts(population, 0, 8000, bin_width) / (500 * bin_width)
    length = round(segment / bin_width)
    expected_f, expected = welch(rate, fs=1000 / bin_width, window="hann", nperseg=length, noverlap=length // 2)
    f, power = power_spectrum(population, 0, 8000, 500, bin_width, segment)
    np.testing.assert_allclose(f, expected_f, rtol=1e-12)
    np.testing.assert_allclose(power, expected, rtol=1e-9, atol=1e-15)


def test_one_segment_is_scipys_periodogram(population):
    counts = spike_counts(population, 0, 8000, 1)
    _, expected = periodogram(1000 * counts / 500, fs=1000, window="hann")
    np.testing.assert_allclose(
        power_spectrum(population, 0, 8000, 500, segment=8000)[1], expected, rtol=1e-9, atol=1e-15
    )


def test_a_rhythm_stands_above_the_poisson_floor(population):
    f, power = power_spectrum(population, 0, 8000, 500)
    assert f[np.argmax(power)] == 40
    # (20 x 0.3)^2 / 2 is the variance of the rhythm; a Hann window spreads it over 1.5 bins of 2 Hz
    assert power.max() == pytest.approx(18 / (1.5 * 2), rel=0.1)
    # 8 s have 8 independent values a Hz, each of them exponentially distributed
    floor = power[f > 50].mean()
    assert floor == pytest.approx(2 * 20 / 500, rel=4 / math.sqrt(8 * 450))
    # the area under the spectrum is the variance of the rate
    rate = 1000 * spike_counts(population, 0, 8000, 1) / 500
    assert power.sum() * f[1] == pytest.approx(rate.var(), rel=0.02)


@pytest.mark.parametrize("shape", [1, 4, 16])
def test_spectrum_of_a_renewal_process_is_the_theorys(shape):
    """S = 2 rate (1 - |p|^2) / |1 - p|^2, p the Fourier transform of the interval's density; at 0 it is 2 rate CV^2."""
    rate = 40
    f, power = power_spectrum(gamma(rate, 2_000_000, shape, seed=6), 0, 2_000_000, segment=1000)
    keep = (f > 2) & (f < 150)  # far below where bins of 1 ms smooth
    p = (1 + 2j * np.pi * f[keep] / (rate * shape)) ** -shape
    expected = 2 * rate * (1 - np.abs(p) ** 2) / np.abs(1 - p) ** 2
    z = (power[keep] / expected - 1) * math.sqrt(
        2_000_000 / 1000
    )  # half-overlapping segments: a little better than this
    assert np.abs(z).max() < 4.5
    assert power[keep][0] == pytest.approx(2 * rate / shape, rel=0.15)


def test_a_sampled_white_spectrum_has_the_spread_of_chi_squared():
    f, power = power_spectrum(poisson(200, 100_000, seed=7), 0, 100_000, segment=100_000)
    inner = 2 * power[2:-2] / 400
    low, high = chi2.ppf([0.05, 0.95], 2)
    assert np.mean((inner > low) & (inner < high)) == pytest.approx(0.9, abs=0.01)


def test_an_empty_population_has_no_power():
    assert power_spectrum([], 0, 1000)[1].sum() == 0


# ---- spike-triggered average


def test_average_is_elephants():
    rng = np.random.default_rng(8)
    stimulus, dt = rng.normal(size=2000), 0.5
    times = np.sort(rng.choice(1998, 100, replace=False)) * dt
    signal = neo.AnalogSignal(stimulus[:, None], units="mV", sampling_period=dt * pq.ms)
    train = neo.SpikeTrain(times, units="ms", t_stop=1000)
    expected = elephants_average(signal, train, (-20 * pq.ms, dt * pq.ms))
    lag, sta = spike_triggered_average(times, stimulus, dt, window=20)
    np.testing.assert_allclose(lag, expected.times.rescale("ms").magnitude, atol=1e-9)
    np.testing.assert_allclose(sta, expected.magnitude[:, 0], rtol=1e-12)
    assert expected.annotations["used_spikes"].item() == np.sum(times >= 20) < 100


FILTER = 0.5 * np.exp(-np.arange(20) / 5) * np.sin(np.arange(20) / 3)  # of the samples 0, 1, 2... before the spike


def linear_nonlinear_poisson(steps, nonlinearity, seed, mean=0.02):
    """White noise of variance 1 through FILTER and a nonlinearity: the stimulus, and a spike time for every spike."""
    rng = np.random.default_rng(seed)
    stimulus = rng.normal(size=steps)
    drive = nonlinearity(np.convolve(stimulus, FILTER)[:steps])
    counts = rng.poisson(mean * drive / drive.mean())
    return stimulus, np.repeat(np.arange(steps) + 0.5, counts)


@pytest.mark.parametrize("steps", [50_000, 200_000, 800_000])
def test_average_recovers_a_filter_with_an_error_of_one_over_root_spikes(steps):
    """With exp as nonlinearity it is the filter itself, each value with the stimulus' variance / spikes."""
    stimulus, times = linear_nonlinear_poisson(steps, np.exp, seed=9)
    lag, sta = spike_triggered_average(times, stimulus, dt=1, window=19)
    misfit = len(times) * np.sum((sta[::-1] - FILTER) ** 2)
    low, high = chi2.ppf([1e-4, 1 - 1e-4], len(FILTER))
    assert low < misfit < high
    assert len(times) * np.sum(FILTER**2) > 2 * high  # control: silence instead of the filter would be found out


def test_average_of_a_neuron_that_ignores_the_sign_is_zero():
    stimulus, times = linear_nonlinear_poisson(400_000, np.square, seed=10)
    _, sta = spike_triggered_average(times, stimulus, dt=1, window=19)
    variance = stimulus[times.astype(int)].var()
    assert len(times) * np.sum(sta**2) / variance < 3 * chi2.ppf(1 - 1e-4, 20)
    assert np.abs(sta @ FILTER[::-1]) < 0.2 * FILTER @ FILTER


def test_average_of_pictures_has_their_shape():
    rng = np.random.default_rng(11)
    movie = rng.normal(size=(500, 4, 3))
    times = np.sort(rng.uniform(0, 500, 80))
    _, sta = spike_triggered_average(times, movie, dt=1, window=5)
    assert sta.shape == (6, 4, 3)
    np.testing.assert_allclose(sta[:, 2, 1], spike_triggered_average(times, movie[:, 2, 1], 1, 5)[1], rtol=1e-12)


def test_average_finds_the_moment_of_a_pulse_whatever_the_rounding_of_times():
    stimulus = np.zeros(1000)
    stimulus[[300, 700]] = 1
    lag, sta = spike_triggered_average([0.1 * 303, 0.1 * 703], stimulus, dt=0.1, window=1)  # 30.3 / 0.1 is below 303
    assert lag[sta == 1] == pytest.approx([-0.3])
    assert np.count_nonzero(sta) == 1


def test_early_spikes_are_left_out():
    stimulus = np.arange(10.0)
    late = spike_triggered_average([5.0, 8.0], stimulus, 1, 4)
    np.testing.assert_array_equal(late, spike_triggered_average([0.5, 3.9, 5.0, 8.0], stimulus, 1, 4))


# ---- errors


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda: crosscorrelogram([], [5.0], 0, 100, 10, 5), ValueError, "give at least one"),
        (lambda: autocorrelogram([], 0, 100, 10, 5), ValueError, "give at least one"),
        (lambda: crosscorrelogram([5, 3], [5.0], 0, 100, 10, 5), ValueError, r"reference\[1\] = 3 ms is earlier"),
        (lambda: crosscorrelogram([5], [math.nan], 0, 100, 10, 5), ValueError, r"target\[0\] = nan ms"),
        (lambda: crosscorrelogram([5], [100], 0, 100, 10, 5), ValueError, r"target\[0\] = 100 ms lies outside"),
        (lambda: autocorrelogram([5], 10, 100, 10, 5), ValueError, r"spike_times\[0\] = 5 ms lies outside.*between"),
        (lambda: autocorrelogram([5], 0, -1, 10, 5), ValueError, "stop = -1 ms is not later"),
        (lambda: autocorrelogram([5], 0, 100, 10, 0), ValueError, "bin_width = 0 ms must be more than 0"),
        (lambda: autocorrelogram([5], 0, 100, 10, 4), ValueError, "max_lag = 10 ms.*use max_lag = 8 ms"),
        (lambda: autocorrelogram([5], 0, 100, 100, 5), ValueError, "max_lag = 100 ms.*use a shorter max_lag"),
        (lambda: power_spectrum([5], 0, 1000, segment=2000), ValueError, "segment = 2000 ms is longer"),
        (lambda: power_spectrum([5], 0, 1000, neurons=0), ValueError, "neurons = 0 must be more than 0"),
        (lambda: power_spectrum([5], 0, 1000, bin_width=-1), ValueError, "bin_width = -1 ms must be more"),
        (lambda: power_spectrum([2000], 0, 1000), ValueError, "lies outside the recording"),
        (lambda: power_spectrum([7, 5], 0, 1000), ValueError, "np.sort"),
        (lambda: spike_triggered_average([5], np.ones(10), 0, 2), ValueError, "dt = 0 ms must be more than 0"),
        (lambda: spike_triggered_average([5], np.ones(10), 1, -2), ValueError, "window = -2 ms must be more than 0"),
        (lambda: spike_triggered_average([5], np.ones(10), 1, 2.5), ValueError, "window = 2.5 ms.*another dt"),
        (lambda: spike_triggered_average([10], np.ones(10), 1, 2), ValueError, "outside the stimulus, 0 to 10 ms"),
        (
            lambda: spike_triggered_average([-1], np.ones(10), 1, 2),
            ValueError,
            r"spike_times\[0\] = -1 ms lies outside",
        ),
        (lambda: spike_triggered_average([1], np.ones(10), 1, 2), ValueError, "none of the 1 spikes is later than"),
        (lambda: spike_triggered_average([], np.ones(10), 1, 2), ValueError, "none of the 0 spikes"),
        (lambda: spike_triggered_average([5], [1, math.nan] * 5, 1, 2), ValueError, r"stimulus\[1\] = nan"),
    ],
)
def test_wrong_input_is_named_with_its_remedy(call, error, match):
    with pytest.raises(error, match=match):
        call()
