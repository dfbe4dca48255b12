"""Spike distances are elephant's, are metrics, and are what their definitions say, by grid and by exhaustive search."""

import itertools
import math

import neo
import numpy as np
import pytest
import quantities as pq
from elephant.spike_train_dissimilarity import van_rossum_distance, victor_purpura_distance
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebook.spike_trains import poisson, van_rossum, victor_purpura, victor_purpura_table

pytestmark = pytest.mark.filterwarnings("ignore:The 'copy' argument in Quantity")  # elephant and its own dependency

PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=100)
TRAINS = st.lists(st.integers(0, 64_000 - 1), max_size=12).map(lambda ticks: np.sort(ticks) / 64)  # ties allowed
DISTANCES = [
    *(lambda a, b, tau=tau: van_rossum(a, b, tau) for tau in (0.1, 10.0, 1e4)),
    *(lambda a, b, cost=cost: victor_purpura(a, b, cost) for cost in (0.0, 0.05, 20.0)),
]


@pytest.mark.parametrize("scale", [0.5, 5, 50, 500])
def test_distances_are_elephants(scale):
    rng = np.random.default_rng(1)
    trains = [poisson(rate, 1000, seed=rng) for rate in (0, 2, 10, 40, 40, 100)]
    as_neo = [neo.SpikeTrain(train, units="ms", t_stop=1000) for train in trains]
    kernel = van_rossum_distance(as_neo, scale * pq.ms)
    edit = victor_purpura_distance(as_neo, 1 / (scale * pq.ms))
    for i, j in itertools.product(range(len(trains)), repeat=2):
        assert van_rossum(trains[i], trains[j], scale) == pytest.approx(kernel[i, j], rel=1e-9, abs=1e-6)
        assert victor_purpura(trains[i], trains[j], 1 / scale) == pytest.approx(edit[i, j], rel=1e-9, abs=1e-9)


def test_van_rossum_is_the_integral_that_defines_it():
    a, b, tau = np.array([3.0, 10, 11, 40]), np.array([5.0, 10.5, 38]), 8.0
    t = np.arange(0, 300, 1e-3) + 5e-4

    def filtered(train):
        since = t[:, None] - train
        return np.sum(np.where(since >= 0, np.exp(-np.maximum(since, 0) / tau), 0), axis=1)

    squared = 2 / tau * np.sum((filtered(a) - filtered(b)) ** 2) * 1e-3
    assert van_rossum(a, b, tau) == pytest.approx(math.sqrt(squared), rel=1e-6)


@PROPERTY
@given(TRAINS.map(lambda train: train[:5]), TRAINS.map(lambda train: train[:5]), st.sampled_from([0.001, 0.01, 0.2]))
def test_victor_purpura_is_the_cheapest_of_all_ways(a, b, cost):
    """Spikes that are moved keep their order, so a way is a choice of as many spikes from either train."""
    ways = (
        len(a) + len(b) - 2 * k + cost * np.abs(np.subtract(moved, to)).sum()
        for k in range(min(len(a), len(b)) + 1)
        for moved in itertools.combinations(a, k)
        for to in itertools.combinations(b, k)
    )
    assert victor_purpura(a, b, cost) == pytest.approx(min(ways), rel=1e-12, abs=1e-12)


@PROPERTY
@given(
    st.lists(TRAINS, min_size=1, max_size=4), st.lists(TRAINS, min_size=1, max_size=4), st.sampled_from([0, 0.05, 20])
)
def test_the_table_holds_the_distance_of_every_pair(new, known, cost):
    """Trains of different lengths lie side by side; a neighbour's length changes nothing."""
    pairs = [[victor_purpura(a, b, cost) for b in known] for a in new]
    assert np.array_equal(victor_purpura_table(new, known, cost), pairs)


@PROPERTY
@given(TRAINS, TRAINS, TRAINS)
def test_distances_are_metrics(a, b, c):
    for distance in DISTANCES:
        ab = distance(a, b)
        assert distance(a, a) == 0
        assert distance(b, a) == pytest.approx(ab, rel=1e-9, abs=1e-12)
        assert distance(a, c) <= (ab + distance(b, c)) * (1 + 1e-9)
    for distance in DISTANCES[:3] + DISTANCES[4:]:  # cost 0 sees the number of spikes alone
        assert (distance(a, b) > 0) == (not np.array_equal(a, b))


def test_the_square_of_a_metric_would_fail_the_triangle_inequality():
    """Control."""
    a, b, c = [], [5.0], [5.0, 6.0]
    assert van_rossum(a, c, 100) ** 2 > van_rossum(a, b, 100) ** 2 + van_rossum(b, c, 100) ** 2


@PROPERTY
@given(TRAINS, TRAINS, st.integers(-1000, 1000))
def test_shifting_both_trains_changes_nothing(a, b, shift):
    for distance in DISTANCES:
        assert distance(a + shift, b + shift) == distance(a, b)


@PROPERTY
@given(TRAINS, st.floats(0, 1000))
def test_one_spike_more_has_distance_one(train, extra):
    more = np.sort(np.append(train, extra))
    for distance in DISTANCES:
        assert distance(train, more) == pytest.approx(1, rel=1e-9)
        assert distance([], train[:1]) == len(train[:1])


@pytest.mark.parametrize("shift", [0.01, 1, 10, 100])
def test_a_moved_spike_costs_what_theory_says(shift):
    a, b = [200.0], [200.0 + shift]
    assert van_rossum(a, b, 10) == pytest.approx(math.sqrt(2 * (1 - math.exp(-shift / 10))), rel=1e-9)
    assert victor_purpura(a, b, 0.1) == pytest.approx(min(0.1 * shift, 2), rel=1e-9)


@PROPERTY
@given(TRAINS, TRAINS)
def test_the_extremes_count_spikes_or_coincidences(a, b):
    assert victor_purpura(a, b, 0) == abs(len(a) - len(b))
    assert van_rossum(a, b, 1e12) == pytest.approx(abs(len(a) - len(b)), abs=1e-3)
    multiset = {t: np.sum(a == t) - np.sum(b == t) for t in {*a, *b}}
    assert victor_purpura(a, b, 1e6) == sum(map(abs, multiset.values()))
    assert van_rossum(a, b, 1e-6) ** 2 == pytest.approx(sum(n**2 for n in multiset.values()))


def test_a_jitter_far_below_the_time_scale_is_not_lost_in_rounding():
    """The sum of all pairs would cancel to 1e-7 at best."""
    train = poisson(50, 10_000, seed=2)
    moved = train + 1e-9
    expected = math.sqrt(
        2 * len(train) * 1e-9 / 10
    )  # each pair adds 2 (1 - exp(-1e-9 / 10)) where spikes do not overlap
    assert van_rossum(train, moved, 1e-3) == pytest.approx(expected * math.sqrt(10 / 1e-3), rel=1e-2)


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda: van_rossum([1], [2], 0), ValueError, "tau = 0 ms must be more than 0"),
        (lambda: van_rossum([1], [2], math.inf), ValueError, "tau = inf ms is not finite"),
        (lambda: van_rossum([2, 1], [2], 5), ValueError, r"a\[1\] = 1 ms is earlier than a\[0\] = 2 ms"),
        (lambda: van_rossum([1], [math.nan], 5), ValueError, r"b\[0\] = nan ms"),
        (lambda: victor_purpura([1], [2], -1), ValueError, "cost = -1 1/ms is negative"),
        (lambda: victor_purpura([1], [2], "1"), TypeError, "cost must be one number in 1/ms"),
        (lambda: victor_purpura([1], [3, 2], 1), ValueError, r"b\[1\] = 2 ms is earlier"),
        (lambda: victor_purpura_table([], [[1]], 1), ValueError, "new must be a list of at least one train"),
        (lambda: victor_purpura_table([[1]], [1, 2], 1), ValueError, "known must be a list .* in brackets"),
        (lambda: victor_purpura_table([[1]], [[], [3, 2]], 1), ValueError, r"known\[1\]\[1\] = 2 ms is earlier"),
        (lambda: victor_purpura_table([[1]], [[2]], -1), ValueError, "cost = -1 1/ms is negative"),
    ],
)
def test_wrong_input_is_named_with_its_remedy(call, error, match):
    with pytest.raises(error, match=match):
        call()
