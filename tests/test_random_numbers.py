"""MRG32k3a against L'Ecuyer's published first numbers, against whole-number arithmetic, and against chance."""

import numpy as np
import pytest
from scipy.stats import kstest

from spikebook.compilation import array, gather, load
from spikebook.random_numbers import generator, logarithm, normals, poisson, sow, uniform


def draw_many(count, mean, state, uniforms, counts):
    for k in range(count):
        uniforms[k] = uniform(state)
        counts[k] = poisson(mean, state)


def drawn(seed, count=100_000, mean=0.8):
    uniforms, counts = array(np.empty(count)), array(np.empty(count))
    compiled = load(gather((draw_many,)), ("draw_many",))
    compiled.draw_many(count, mean, generator(seed), uniforms, counts)
    return np.asarray(uniforms), np.asarray(counts)


def whole_numbers(state, count):
    """The same recurrences in Python's whole numbers, which have no largest."""
    x, y = [int(value) for value in state[:3]], [int(value) for value in state[3:]]
    for _ in range(count):
        x = [*x[1:], (1403580 * x[1] - 810728 * x[0]) % (2**32 - 209)]
        y = [*y[1:], (527612 * y[2] - 1370589 * y[0]) % (2**32 - 22853)]
        yield ((x[2] - y[2]) % (2**32 - 209) or 2**32 - 209) / (2**32 - 208)


def test_the_first_numbers_are_the_published_ones():
    state = [12345.0] * 6  # RngStreams, L'Ecuyer, Simard, Chen and Kelton (2002), its default seed
    expected = [0.127011122046577, 0.318527565396798, 0.309186015583271]
    assert [uniform(state) for _ in range(3)] == pytest.approx(expected, rel=0, abs=1e-14)


@pytest.mark.parametrize("seed", [0, 1, 2024, 2**25])
def test_floating_point_loses_nothing(seed):
    state = [float(value) for value in generator(seed)]
    expected = list(whole_numbers(state, 20_000))
    assert [uniform(state) for _ in range(20_000)] == expected


def test_numbers_are_even_independent_and_inside():
    uniforms, _ = drawn(1)
    n = len(uniforms)
    assert 0 < uniforms.min() and uniforms.max() < 1
    assert abs(uniforms.mean() - 0.5) < 4 / np.sqrt(12 * n)
    counts = np.histogram(uniforms, 100, (0, 1))[0]
    assert abs(((counts - n / 100) ** 2 / (n / 100)).sum() - 99) < 4 * np.sqrt(2 * 99)
    for lag in (1, 2, 3, 7):
        assert abs(np.corrcoef(uniforms[lag:], uniforms[:-lag])[0, 1]) < 4 / np.sqrt(n)


def test_seeds_that_are_neighbours_give_unrelated_numbers():
    firsts = np.array([[uniform(state) for _ in range(5)] for state in map(generator, range(4000))])
    assert np.abs(firsts.mean(axis=0) - 0.5).max() < 4 / np.sqrt(12 * 4000)
    for column in firsts.T:
        assert abs(np.corrcoef(column[1:], column[:-1])[0, 1]) < 4 / np.sqrt(4000)
    assert abs(np.corrcoef(drawn(7)[0], drawn(8)[0])[0, 1]) < 4 / np.sqrt(100_000)


@pytest.mark.parametrize("mean", [0.01, 0.8, 20.0, 400.0])
def test_counts_are_poisson(mean):
    _, counts = drawn(3, mean=mean)
    n = len(counts)
    assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / n)
    assert abs(counts.var() / mean - 1) < 5 * np.sqrt((2 + 1 / mean) / n)
    assert abs((counts == 0).mean() - np.exp(-mean)) <= 4 * np.sqrt(np.exp(-mean) / n)


def test_with_one_seed_counts_grow_with_the_mean():
    few, many = (drawn(4, mean=mean) for mean in (0.5, 0.6))
    assert np.array_equal(few[0], many[0])  # the others are not shuffled
    assert np.all(many[1] >= few[1]) and np.any(many[1] > few[1])


def test_a_mean_of_zero_yields_nothing():
    assert not drawn(5, count=1000, mean=0.0)[1].any()


@pytest.mark.parametrize("seed", [-1, 0.5, 2**25 + 1, float("nan")])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(ValueError, match="seed"):
        generator(seed)


def test_a_multiplier_that_is_wrong_would_be_noticed():
    state = [12345.0] * 6
    sow(3, state)
    wrong = list(state)
    wrong[0] += 1
    assert [uniform(state) for _ in range(3)] != [uniform(wrong) for _ in range(3)]


def test_the_logarithm_is_the_logarithm():
    """From the smallest s that `normals` can meet up to 1."""
    values = [1.0, 0.7, 0.5, 0.1, *10.0 ** -np.arange(1, 20), *np.random.default_rng(1).uniform(0, 1, 5000)]
    ours = np.array([logarithm(x) for x in values])
    np.testing.assert_allclose(ours, np.log(values), rtol=2e-15, atol=2e-15)


def drawn_normals(count, seed=1):
    values = array(np.empty(count))
    load(gather((normals,)), ("normals",)).normals(count, generator(seed), values)
    return np.asarray(values)


def test_normal_numbers_are_normal_and_independent():
    values = drawn_normals(200_000)
    n = len(values)
    assert kstest(values, "norm").pvalue > 0.001
    for power, expected, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((values**power).mean() - expected) < 4 * np.sqrt(variance / n)
    for lag in (1, 2, 3):
        assert abs(np.corrcoef(values[lag:], values[:-lag])[0, 1]) < 4 / np.sqrt(n)
        assert abs(np.corrcoef(values[lag:] ** 2, values[:-lag] ** 2)[0, 1]) < 4 / np.sqrt(n)
    assert values.max() > 4 and values.min() < -4
    assert kstest(drawn(1)[0] * np.sqrt(12) - np.sqrt(3), "norm").pvalue < 1e-6  # control: even ones are not


@pytest.mark.parametrize("count", [1, 2, 7])
def test_so_many_normal_numbers_are_drawn_as_are_asked_for(count):
    values = [0.0] * (count + 1)
    normals(count, generator(3), values)
    assert all(values[:count]) and values[count] == 0
    np.testing.assert_array_equal(values[:count], drawn_normals(8, 3)[:count])
