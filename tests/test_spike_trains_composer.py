"""A composed train has the rate, the intervals and the counts that theory says, and what the explorer measures is what numpy
and the package measure."""

import math

import numpy as np
import pytest
from scipy.stats import gamma, kstest, poisson

from spikebook import spike_trains
from spikebook.compilation import gather
from spikebook.spike_trains import composer

NAMES = ("rate", "order", "burst", "t_ref", "spread")
STEADY = [
    dict(rate=20, order=1),
    dict(rate=20, order=4),
    dict(rate=20, order=20),
    dict(rate=60, order=1, t_ref=10),
    dict(rate=30, order=3, t_ref=5),
    dict(rate=20, order=1, burst=3),
    dict(rate=20, order=20, burst=3),
    dict(rate=60, order=2, burst=4, t_ref=10),
]
WANDERING = [dict(rate=40, order=1, spread=0.3), dict(rate=60, order=4, spread=0.5), dict(rate=50, t_ref=8, spread=0.3)]


def how(kind):
    return [{"order": 1, "burst": 1, "t_ref": 0, "spread": 0, **kind}[name] for name in NAMES]


def several(kind, count=4):
    return [spike_trains.compose(rows=300, seed=seed, **kind) for seed in range(1, count + 1)]


@pytest.mark.parametrize("kind", [*STEADY, *WANDERING], ids=str)
def test_the_rate_is_the_one_asked_for(kind):
    found = np.mean([len(one.times) for one in several(kind)]) / 300
    gains = np.linspace(-1, 1, 2001) * math.sqrt(3) * kind.get("spread", 0) + 1
    expected = np.mean(
        [composer.rate_at(gain, kind["rate"], kind.get("burst", 1), kind.get("t_ref", 0)) for gain in gains]
    )
    fano = composer.expected_fano(1000.0, *how(kind))
    assert found == pytest.approx(expected, abs=4 * math.sqrt(fano * kind["rate"] / 1200) + 0.005)
    if not kind.get("t_ref"):
        assert expected == pytest.approx(kind["rate"], rel=1e-6)


@pytest.mark.parametrize("kind", STEADY, ids=str)
def test_intervals_have_the_cv_of_theory(kind):
    found = np.mean([one.cv for one in several(kind)])
    assert found == pytest.approx(composer.expected_cv(*how(kind)), rel=0.03)


@pytest.mark.parametrize("kind", WANDERING, ids=str)
def test_a_wandering_rate_raises_the_cv_as_theory_says(kind):
    found = np.mean([one.cv for one in several(kind)])
    steady = composer.expected_cv(*how({**kind, "spread": 0}))
    assert found == pytest.approx(composer.expected_cv(*how(kind)), rel=0.04) and found > 1.02 * steady


@pytest.mark.parametrize("kind", [*STEADY, *WANDERING], ids=str)
def test_counts_of_a_second_have_the_fano_factor_of_theory(kind):
    """The limit of long windows and, for single spikes, the next term by Cox's expansion; bursts that take time have less of it."""
    rate, order, burst, t_ref, _ = how(kind)
    dead = composer.dead_part(burst, t_ref)
    free = 1000 * burst / rate - dead
    cv = free / math.sqrt(order) / (dead + free)
    next_term = burst**2 * (1 / 6 + cv**4 / 2 - 2 / math.sqrt(order) * cv**3 / 3) / rate
    found = np.mean([one.fano[-1] for one in several(kind)])
    limit = composer.expected_fano(1000.0, *how(kind))
    error = 4 * math.sqrt(2 / 1200) * found
    if burst == 1:
        assert found == pytest.approx(limit + next_term, abs=error)
    assert limit - error < found < limit + next_term + error


def test_the_formulas_are_those_of_the_textbook():
    assert composer.expected_cv(20, 4, 1, 0, 0) == pytest.approx(0.5)
    assert composer.expected_fano(1000.0, 20, 4, 1, 0, 0) == pytest.approx(0.25)
    assert composer.expected_cv(50, 1, 1, 6, 0) == pytest.approx(1 - 50 * 0.006)
    assert composer.expected_fano(1000.0, 50, 1, 1, 6, 0) == pytest.approx((1 - 50 * 0.006) ** 2)
    for window in (100.0, 1000.0):  # doubly stochastic: 1 + T var(r) / r
        assert composer.expected_fano(window, 20, 1, 1, 0, 0.3) == pytest.approx(1 + window / 1000 * 20 * 0.3**2)
    # bursts of three, 3 ms from spike to spike, once in 150 ms at random
    assert composer.expected_fano(1000.0, 20, 1, 3, 0, 0) == pytest.approx(3 * (144 / 150) ** 2)
    assert composer.expected_cv(20, 1, 3, 0, 0) ** 2 == pytest.approx((2 * 9 + 2 * 144**2) / 3 / 50**2 - 1)


@pytest.mark.parametrize("order, t_ref", [(1, 0), (5, 0), (1, 8), (12, 4)])
def test_intervals_are_distributed_as_the_blue_line_says(order, t_ref):
    intervals = np.diff(spike_trains.compose(rate=30, order=order, t_ref=t_ref, rows=300, seed=3).times)

    def cdf(x, order=order):
        return np.array([composer.interval_share(one, 30, order, 1, t_ref, 0) for one in np.atleast_1d(x)])

    assert kstest(intervals, cdf).pvalue > 1e-4
    assert kstest(intervals, lambda x: cdf(x, order + max(1, order // 3))).pvalue < 1e-4  # control


def test_the_share_of_a_wandering_or_bursting_train_is_the_measured_one():
    for kind in (
        dict(rate=40, spread=0.4),
        dict(rate=30, burst=3, order=3),
        dict(rate=30, burst=2, t_ref=4, spread=0.2),
    ):
        intervals = np.concatenate([np.diff(one.times) for one in several(kind)])
        for x in (2.9, 3.1, 7.5, 20, 45, 90):
            expected = composer.interval_share(x, *how(kind))
            assert np.mean(intervals <= x) == pytest.approx(expected, abs=0.012), (kind, x)


@pytest.mark.parametrize("order", [1, 2, 7, 20])
def test_waiting_for_ticks_is_gamma_distributed(order):
    for x in (0.5, 3, 20, 80):
        assert composer.waited_share(x, order, 2.5) == pytest.approx(gamma(order, scale=2.5).cdf(x), abs=1e-12)
    assert composer.waited_share(-1.0, order, 2.5) == 0


def test_counts_of_a_poisson_process():
    for count in range(12):
        assert composer.poisson_share(count, 4.2) == pytest.approx(poisson(4.2).pmf(count), rel=1e-12)


@pytest.mark.parametrize("kind", [dict(order=10), dict(burst=3, order=6), dict(t_ref=10, rate=60)], ids=str)
def test_a_train_begins_as_if_it_had_been_going_on(kind):
    """The first milliseconds have the mean rate, and no echo of a first spike."""
    kind = {"rate": 20, **kind}
    first = np.concatenate(
        [one.times[one.times < 60] for one in (spike_trains.compose(rows=3, seed=s, **kind) for s in range(1, 2001))]
    )
    found = np.histogram(first, np.arange(0, 61, 10))[0] / 2000 / 0.010
    spread = 3 * kind.get("burst", 1)
    assert np.abs(found - kind["rate"]).max() < 4 * math.sqrt(spread * kind["rate"] / (2000 * 0.010))
    restarted = np.concatenate(
        [one.times - one.times[0] for one in (spike_trains.compose(rows=3, seed=s, **kind) for s in range(1, 2001))]
    )
    echo = np.histogram(restarted[restarted > 0], np.arange(0, 61, 10))[0] / 2000 / 0.010
    assert np.abs(echo - kind["rate"]).max() > 10  # control: started with a spike, it would not be flat


def test_bursts_are_exact_and_the_refractory_period_is_kept():
    intervals = np.diff(spike_trains.compose(rate=40, burst=3, t_ref=6, rows=100, seed=2).times)
    within = np.isclose(intervals, 9)
    assert np.mean(within) == pytest.approx(2 / 3, abs=0.01) and intervals.min() >= 6
    assert (
        spike_trains.compose(rate=60, t_ref=10, rows=100).times[1:].size
        and np.diff(spike_trains.compose(rate=60, t_ref=10, rows=100).times).min() >= 10
    )


def test_a_rhythm_shows_in_the_course_and_not_in_the_fano_factor():
    found = several(dict(rate=60, swing=0.9), count=6)
    course = np.mean([one.psth for one in found], axis=0)
    middle = (np.arange(composer.BINS) + 0.5) * 25
    expected = np.array([composer.rate_over(t, 60, 1, 0, 0.9) for t in middle])
    assert expected == pytest.approx(60 * (1 + 0.9 * np.sin(2 * np.pi * middle / 500)))
    assert np.abs(course - expected).max() < 4.5 * np.sqrt(expected.max() / (1800 * 0.025)) + 1
    assert np.mean([one.fano[-1] for one in found]) == pytest.approx(1, abs=0.1)
    assert np.mean([one.cv for one in found]) > 1.2  # which the CV takes for irregularity


@pytest.mark.parametrize("swing", [0, 0.3, 0.9])
def test_the_clock_is_read_forwards_and_backwards(swing):
    for t in np.linspace(0, 999, 313):
        assert composer.clock_back(composer.clock(t, swing), swing) == pytest.approx(t, abs=1e-8)


def test_statistics_are_numpys_and_the_packages():
    one = spike_trains.compose(rate=25, order=2, burst=2, spread=0.2, rows=80, seed=5)
    intervals, width = np.diff(one.times), 1000 / 25 / 20
    edges = width * np.arange(composer.LAGS + 1)
    assert one.intervals == pytest.approx(np.histogram(intervals, edges)[0] / len(intervals))
    assert one.cv == pytest.approx(spike_trains.cv(one.times), rel=1e-12)
    assert one.serial == pytest.approx(np.corrcoef(intervals[1:], intervals[:-1])[0, 1], abs=0.01)
    differences = (one.times[None, :] - one.times[:, None])[np.triu_indices(len(one.times), 1)]
    pairs = np.histogram(differences, edges)[0]
    middle = edges[:-1] + width / 2
    rates = 1000 * pairs / (len(one.times) * width) * 80_000 / (80_000 - middle)
    assert one.rates == pytest.approx(rates, rel=1e-9)
    assert one.counts == pytest.approx(spike_trains.spike_counts(one.times, 0, 80_000, 1000))
    assert one.fano[-1] == pytest.approx(spike_trains.fano_factor(one.counts), rel=1e-12)
    places = np.reshape(spike_trains.spike_counts(one.times, 0, 80_000, 50), (80, 20))
    fano = places.var(axis=0, ddof=1).sum() / places.mean(axis=0).sum()
    assert one.fano[composer.WINDOWS.index(50)] == pytest.approx(fano, rel=1e-9)
    assert one.psth.mean() == pytest.approx(len(one.times) / 80)


def test_plain_python_and_compiled_code_compose_the_same_train():
    """What the page is given, run as it stands."""
    plain = {}
    exec(f"from math import *\n{gather(composer.SCALAR)}", plain)
    gains, times, state = [0.0] * 20, [0.0] * 5000, [0.0] * 6
    plain["sow"](4 + composer.GAINS, state)
    plain["draw_gains"](20, 0.3, state, gains)
    plain["sow"](4, state)
    n = plain["compose_train"](20, 30.0, 3, 2, 2.0, 0.5, gains, state, times)
    ours = spike_trains.compose(rate=30, order=3, burst=2, t_ref=2, swing=0.5, spread=0.3, rows=20, seed=4)
    assert n == len(ours.times) and np.abs(np.array(times[:n]) - ours.times).max() < 1e-9


def test_a_longer_recording_goes_on_where_a_shorter_one_ended():
    short, long = (spike_trains.compose(order=3, spread=0.2, rows=rows, seed=7).times for rows in (40, 90))
    assert np.array_equal(long[: len(short) - 3], short[:-3])
    assert not np.array_equal(
        spike_trains.compose(seed=8, rows=40).times[:20], spike_trains.compose(seed=9, rows=40).times[:20]
    )


@pytest.mark.parametrize(
    "given, words",
    [
        (dict(rate=80), "rate = 80 Hz cannot be composed; give from 5 to 60 Hz"),
        (dict(order=2.5), "order = 2.5 cannot be composed; give a whole number from 1 to 20"),
        (dict(burst=0), "burst = 0"),
        (dict(t_ref=-1), "t_ref = -1 ms"),
        (dict(swing=1), "swing = 1 cannot be composed; give from 0 to 0.9"),
        (dict(spread=0.6), "spread = 0.6"),
        (dict(rows=2), "rows = 2"),
        (dict(seed=-1), "seed"),
        (dict(rate=math.nan), "rate = nan"),
    ],
)
def test_what_cannot_be_composed_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        spike_trains.compose(**given)
