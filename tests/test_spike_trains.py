"""Statistics of spike trains against elephant and scipy, against what is known of Poisson, gamma and refractory trains,
and with every wrong input refused by name."""

import math
from importlib.resources import files

import neo
import numpy as np
import pytest
import quantities as pq
from elephant import kernels, statistics
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, variation

from spikebook.spike_trains import (
    between,
    cv,
    fano_factor,
    firing_rate,
    gamma,
    instantaneous_rate,
    isi,
    lv,
    poisson,
    psth,
    spike_counts,
)

pytestmark = pytest.mark.filterwarnings("ignore:The 'copy' argument in Quantity")  # elephant and its own dependency

PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=60)
# Times on a grid of 2^-6 ms: sums and differences are exact, so nothing is lost when a train is shifted.
TRAINS = st.lists(st.integers(0, 64_000 - 1), unique=True, max_size=60).map(lambda ticks: np.sort(ticks) / 64)


def as_neo(times, stop=2000.0):
    return neo.SpikeTrain(times, units="ms", t_start=0, t_stop=stop)


@pytest.fixture(scope="module")
def train():
    return poisson(40, 2000, seed=3)


@pytest.fixture(scope="module")
def trials():
    rng = np.random.default_rng(4)
    return [poisson([20, 80, 5, 40], 2000, seed=rng) for _ in range(30)]


def estimates(statistic, process, repeats=200):
    """Mean of a statistic over independent trains, and its standard error."""
    rng = np.random.default_rng(5)
    values = np.array([statistic(process(rng)) for _ in range(repeats)])
    return values.mean(), values.std(ddof=1) / math.sqrt(repeats)


def consistent(estimate, expected):
    mean, error = estimate
    return abs(mean - expected) < 4 * error


# ---- independent libraries


def test_counting_is_elephants(train, trials):
    ms = pq.ms
    expected = statistics.mean_firing_rate(as_neo(train), 200 * ms, 1700 * ms).rescale("Hz").item()
    assert firing_rate(train, 200, 1700) == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(isi(train), statistics.isi(as_neo(train)).magnitude, rtol=1e-12)
    rate = statistics.time_histogram(list(map(as_neo, trials)), 25 * ms, output="rate").rescale("Hz").magnitude[:, 0]
    np.testing.assert_allclose(psth(trials, 0, 2000, 25)[1], rate, rtol=1e-12)
    counts = statistics.time_histogram([as_neo(train)], 25 * ms, output="counts").magnitude[:, 0]
    np.testing.assert_array_equal(spike_counts(train, 0, 2000, 25), counts)


def test_regularity_is_elephants_and_scipys(train):
    intervals = np.diff(train)
    n = len(intervals)
    assert lv(train) == pytest.approx(statistics.lv(intervals), rel=1e-12)
    assert cv(train) == pytest.approx(variation(intervals, ddof=1), rel=1e-12)
    # elephant's denominators are n
    assert cv(train) == pytest.approx(statistics.cv(intervals) * math.sqrt(n / (n - 1)), rel=1e-12)


@pytest.mark.parametrize("number, spikes", [(1, 929), (2, 868)])
def test_of_the_recorded_ear_regularity_is_elephants(number, spikes):
    """The recording of chapter 9, 10 s of a grasshopper's ear, comes with nitime."""
    times = np.loadtxt(files("nitime") / "data" / f"grasshopper_spike_times{number}.txt") / 1000
    intervals = np.diff(times)
    assert len(times) == spikes and times[-1] < 10_000 and intervals.min() > 3
    assert cv(times) == pytest.approx(statistics.cv(intervals) * math.sqrt((spikes - 1) / (spikes - 2)), rel=1e-12)
    assert lv(times) == pytest.approx(statistics.lv(intervals), rel=1e-12)


def test_fano_factor_is_elephants(trials):
    n = len(trials)
    expected = statistics.fanofactor(list(map(as_neo, trials))) * n / (n - 1)
    assert fano_factor([len(trial) for trial in trials]) == pytest.approx(expected, rel=1e-12)


def test_smoothed_rate_is_elephants():
    times = np.sort(np.random.default_rng(0).choice(2000, 80, replace=False)).astype(float)  # on elephant's grid
    settings = dict(sampling_period=1 * pq.ms, kernel=kernels.GaussianKernel(20 * pq.ms), cutoff=8)
    plain, corrected = (
        statistics.instantaneous_rate(as_neo(times), border_correction=border, **settings).magnitude[:, 0]
        for border in (False, True)
    )
    t, rate = instantaneous_rate(times, 0, 2000, sigma=20)
    inside = (t[:-1] > 8 * 20) & (t[:-1] < 2000 - 8 * 20)
    np.testing.assert_allclose(rate[:-1][inside], plain[inside], rtol=0, atol=1e-10)
    # elephant's corrected rate is scaled as a whole to the number of spikes
    np.testing.assert_allclose(rate[:-1] / rate[:-1].mean(), corrected / corrected.mean(), rtol=1e-9)
    assert plain[0] == pytest.approx(rate[0] / 2)  # control: the edges do need it


# ---- analytic results


def test_poisson_trains_have_cv_lv_and_fano_factor_one():
    def process(rng):
        return poisson(50, 20_000, seed=rng)

    assert consistent(estimates(cv, process), 1)
    assert consistent(estimates(lv, process), 1)
    counts = spike_counts(poisson(50, 500_000, seed=6), 0, 500_000, 100)
    low, high = chi2.ppf([1e-4, 1 - 1e-4], len(counts) - 1) / (len(counts) - 1)
    assert low < fano_factor(counts) < high


def test_the_same_interval_tells_a_regular_train_from_a_poisson_one():
    """Control: shape 1.5, still irregular to the eye, is excluded."""

    def process(rng):
        return gamma(50, 20_000, shape=1.5, seed=rng)

    assert not consistent(estimates(cv, process), 1)
    assert not consistent(estimates(lv, process), 1)
    counts = spike_counts(gamma(50, 500_000, shape=1.5, seed=6), 0, 500_000, 100)
    assert fano_factor(counts) < chi2.ppf(1e-4, len(counts) - 1) / (len(counts) - 1)


@pytest.mark.parametrize("trials", [2, 3, 10])
def test_fano_factor_is_unbiased_in_few_trials(trials):
    counts = np.random.default_rng(7).poisson(20, (20_000, trials))
    factors = counts.var(axis=1, ddof=1) / counts.mean(axis=1)
    assert [fano_factor(row) for row in counts[:50]] == pytest.approx(factors[:50])
    assert abs(factors.mean() - 1) < 4 * factors.std() / math.sqrt(len(factors))


@pytest.mark.parametrize("shape", [0.5, 1, 2, 4, 16])
def test_gamma_trains_have_the_regularity_of_their_shape(shape):
    train = gamma(50, 400_000, shape, seed=8)
    n = len(train)
    assert cv(train) == pytest.approx(1 / math.sqrt(shape), abs=4 * (1 + 1 / shape) / math.sqrt(n))
    assert lv(train) == pytest.approx(3 / (2 * shape + 1), abs=4 * 1.5 / math.sqrt(n))
    counts = spike_counts(train, 0, 400_000, 2000)  # long windows: F tends to CV^2
    assert fano_factor(counts) == pytest.approx(1 / shape, rel=4 * math.sqrt(2 / len(counts)), abs=0.01)


def test_a_drifting_rate_misleads_cv_and_not_lv():
    """A clock of 10 to 100 Hz: every interval is nearly its neighbour."""
    rate = np.linspace(10, 100, 500)
    train = gamma(rate, 60_000, shape=1000, seed=9)
    assert cv(train) > 0.4
    assert lv(train) < 0.01
    poisson_like = poisson(rate, 60_000, seed=9)
    assert cv(poisson_like) > 1.1
    assert lv(poisson_like) == pytest.approx(1, abs=4 * 1.2 / math.sqrt(len(poisson_like)))


def test_a_constant_rate_is_smoothed_without_bias_up_to_the_edges():
    rng = np.random.default_rng(10)
    curves = np.array([instantaneous_rate(poisson(100, 200, seed=rng), 0, 200, 10, dt=5)[1] for _ in range(2000)])
    error = curves.std(axis=0, ddof=1) / math.sqrt(len(curves))
    z = (curves.mean(axis=0) - 100) / error
    assert np.abs(z).max() < 4
    assert error.max() < 2  # control: half the rate, without the correction, would stand out


def test_a_smoothed_spike_has_area_one_and_the_width_asked_for():
    t, rate = instantaneous_rate([500.3], 0, 1000, sigma=12, dt=0.5)
    weight = rate * 0.5 / 1000
    assert weight.sum() == pytest.approx(1, abs=1e-9)
    assert weight @ t == pytest.approx(500.3, abs=1e-6)
    assert math.sqrt(weight @ (t - 500.3) ** 2) == pytest.approx(12, abs=1e-6)


def test_psth_follows_the_rate(trials):
    _, rate = psth(trials, 0, 2000, 500)
    expected = np.array([20, 80, 5, 40])
    assert np.all(np.abs(rate - expected) < 4 * np.sqrt(expected / (len(trials) * 0.5)))


# ---- conventions and limits


def test_a_spike_on_an_edge_belongs_to_the_later_bin_whatever_its_rounding():
    grid = 0.1 * np.arange(1000)  # 0.1 * 3 is not 0.3
    np.testing.assert_array_equal(spike_counts(grid, 0, 100, 0.1), np.ones(1000))
    np.testing.assert_array_equal(spike_counts(grid, 0, 100, 0.5), np.full(200, 5))
    assert len(between([0, 10, 20], 0, 20)) == 2


@PROPERTY
@given(TRAINS, st.integers(1, 5))
def test_bins_and_windows_count_every_spike_once(train, parts):
    counts = spike_counts(train, 0, 1000, 1000 / (8 * parts))
    assert counts.sum() == len(train)
    edges = np.linspace(0, 1000, parts + 1)
    rates = [firing_rate(train, start, stop) for start, stop in zip(edges[:-1], edges[1:])]
    assert np.mean(rates) == pytest.approx(len(train))


@PROPERTY
@given(TRAINS, st.integers(-1000, 1000))
def test_shifting_time_changes_nothing(train, shift):
    there = (train + shift, shift, 1000 + shift)
    assert firing_rate(*there) == firing_rate(train, 0, 1000)
    np.testing.assert_array_equal(spike_counts(*there, 25), spike_counts(train, 0, 1000, 25))
    np.testing.assert_allclose(
        instantaneous_rate(*there, 20, 10)[1], instantaneous_rate(train, 0, 1000, 20, 10)[1], rtol=1e-9, atol=1e-12
    )
    if len(train) > 2:
        assert cv(train + shift) == cv(train)
        assert lv(train + shift) == lv(train)


@PROPERTY
@given(TRAINS.filter(lambda train: len(train) > 2), st.sampled_from([0.25, 2.0, 8.0]))
def test_regularity_has_no_unit(train, factor):
    assert cv(factor * train) == pytest.approx(cv(train), rel=1e-12)
    assert lv(factor * train) == pytest.approx(lv(train), rel=1e-12)
    assert 0 <= lv(train) < 3


def test_a_clock_has_no_variation():
    clock = np.arange(5, 1000, 25.0)
    assert cv(clock) == lv(clock) == fano_factor(spike_counts(clock, 0, 1000, 50)) == 0


def test_empty_trains_and_single_spikes_have_defined_results():
    assert firing_rate([], 0, 1000) == 0
    np.testing.assert_array_equal(spike_counts([], 0, 30, 10), [0, 0, 0])
    np.testing.assert_array_equal(psth([[], []], 0, 20, 10)[1], [0, 0])
    np.testing.assert_array_equal(instantaneous_rate([], 0, 20, 10, 10)[1], [0, 0, 0])
    assert isi([]).shape == isi([3.0]).shape == between([], 0, 1).shape == (0,)


# ---- errors


@pytest.mark.parametrize("statistic, name", [(cv, "CV"), (lv, "LV")])
@pytest.mark.parametrize("train", [[], [1.0], [1.0, 5.0]])
def test_regularity_of_too_few_spikes_is_an_error(statistic, name, train):
    with pytest.raises(ValueError, match=rf"{name} of {max(0, len(train) - 1)} interspike.*at least three spikes"):
        statistic(train)


WRONG_TRAINS = [
    ([1.0, 5.0, 3.0], ValueError, r"spike_times\[2\] = 3 ms is earlier than spike_times\[1\] = 5 ms.*np.sort"),
    ([1.0, math.nan], ValueError, r"spike_times\[1\] = nan ms is not finite"),
    ([1.0, math.inf], ValueError, r"spike_times\[1\] = inf ms is not finite"),
    ([[1.0, 2.0]], ValueError, r"spike_times has shape \(1, 2\)"),
    ([[1.0], [2.0, 3.0]], TypeError, "spike_times must be a row of numbers in ms"),
    ("spikes", TypeError, "spike_times must be a row of numbers in ms"),
    (7.0, ValueError, "spike_times has shape"),
]


@pytest.mark.parametrize("train, error, match", WRONG_TRAINS)
def test_what_is_no_train_is_refused_everywhere(train, error, match):
    calls = (
        lambda: firing_rate(train, 0, 10),
        lambda: spike_counts(train, 0, 10, 1),
        lambda: instantaneous_rate(train, 0, 10, 2),
        *(lambda statistic=statistic: statistic(train) for statistic in (isi, cv, lv)),
    )
    for call in calls:
        with pytest.raises(error, match=match):
            call()


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda: firing_rate([], 10, 0), ValueError, "stop = 0 ms is not later than start = 10 ms"),
        (lambda: firing_rate([], 10, 10), ValueError, "stop = 10 ms is not later"),
        (lambda: firing_rate([], 0, math.inf), ValueError, "stop = inf ms is not finite"),
        (lambda: firing_rate([], math.nan, 1), ValueError, "start = nan ms is not finite"),
        (lambda: firing_rate([], "a", 1), TypeError, "start must be one number in ms"),
        (lambda: spike_counts([], 0, 10, 0), ValueError, "bin_width = 0 ms must be more than 0"),
        (lambda: spike_counts([], 0, 10, -1), ValueError, "bin_width = -1 ms must be more than 0"),
        (
            lambda: spike_counts([], 0, 100, 30),
            ValueError,
            "stop - start = 100 ms.*use stop - start = 90 ms or another",
        ),
        (lambda: spike_counts([], 0, 10, 20), ValueError, "stop - start = 10 ms is not a whole number"),
        (lambda: spike_counts([], 0, 10, 1e-300), ValueError, "another bin_width"),
        (lambda: psth([1.0, 2.0], 0, 10, 1), ValueError, r"put a single train in brackets: \[spike_times\]"),
        (lambda: psth([], 0, 10, 1), ValueError, "at least one train"),
        (lambda: psth(3, 0, 10, 1), ValueError, "trials must be a list"),
        (lambda: psth([[1.0], [math.nan]], 0, 10, 1), ValueError, "nan ms"),
        (lambda: instantaneous_rate([], 0, 10, 0), ValueError, "sigma = 0 ms must be more than 0"),
        (lambda: instantaneous_rate([], 0, 10, 1, dt=2), ValueError, "dt = 2 ms is too coarse for sigma = 1 ms"),
        (lambda: instantaneous_rate([5, 10], 0, 10, 1), ValueError, r"spike_times\[1\] = 10 ms lies outside.*between"),
        (lambda: instantaneous_rate([-1], 0, 10, 1), ValueError, r"spike_times\[0\] = -1 ms lies outside"),
        (lambda: isi([1.0, 2.0, 2.0]), ValueError, r"spike_times\[1\] and \[2\] are both 2 ms"),
        (lambda: fano_factor([4]), ValueError, "at least two counts"),
        (lambda: fano_factor([0, 0]), ValueError, "0 spikes in all is undefined"),
        (lambda: fano_factor([1.5, 2]), ValueError, "counts must be whole numbers.*count first"),
        (lambda: fano_factor([-1, 2]), ValueError, "counts must be whole numbers"),
        (lambda: fano_factor([[1.0, 2.0], [3.0]]), TypeError, "counts must be a row of numbers"),
    ],
)
def test_wrong_input_is_named_with_its_remedy(call, error, match):
    with pytest.raises(error, match=match):
        call()
