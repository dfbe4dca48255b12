"""Receptive fields against what can be worked out on paper: integrals of Gaussians, symmetry, invariance, 1 / sqrt(spikes)."""

import numpy as np
import pytest

from spikebook import receptive_fields as rf
from spikebook import spike_trains
from spikebook.receptive_fields import bench
from spikebook.receptive_fields.reverse_correlation import FRAME

SIZES = {"sigma_centre": 0.5, "sigma_surround": 1.5}


# ---- photoreceptors


@pytest.mark.parametrize("peak", rf.PEAKS.values())
def test_a_pigment_absorbs_most_at_its_peak_and_to_both_sides_less(peak):
    nm = np.arange(350, 750.0, 0.1)
    sensitivity = rf.pigment_sensitivity(nm, peak)
    assert nm[sensitivity.argmax()] == pytest.approx(peak, abs=1.5)  # the template's own accuracy
    assert sensitivity.max() == pytest.approx(1, abs=0.002)
    assert np.all(np.diff(sensitivity[nm > peak + 2]) < 0)


def test_a_pigment_follows_the_published_template():
    """Govardovskii et al. (2000), equation 1, once more."""
    x = 500 / 550
    a = 0.8795 + 0.0459 * np.exp(-(200**2) / 11940)
    terms = np.exp([69.7 * (a - x), 28 * (0.922 - x), -14.9 * (1.104 - x)])
    assert rf.pigment_sensitivity(550, 500) == pytest.approx(1 / (terms.sum() + 0.674), rel=1e-12)


def test_a_photoreceptor_confuses_wavelength_with_intensity_and_two_pigments_do_not():
    match = rf.pigment_sensitivity(530, 560) / rf.pigment_sensitivity(610, 560)
    voltages = [
        rf.photoreceptor_voltage(i * light, nm, 560) for i in (0.1, 1, 7) for light, nm in ((1, 530), (match, 610))
    ]
    np.testing.assert_allclose(voltages[::2], voltages[1::2], rtol=1e-12)
    other = [rf.photoreceptor_voltage(light, nm, 530) for light, nm in ((1, 530), (match, 610))]
    assert abs(other[0] - other[1]) > 3


def test_light_lowers_the_voltage_by_degrees_and_never_beyond_a_limit():
    light = np.logspace(-3, 6, 50)
    V = rf.photoreceptor_voltage(light, 500, 500)
    assert np.all(np.diff(V) < 0) and -40 > V[0] > -40.1 and -65 < V[-1] < -64.99


@pytest.mark.parametrize("n", [0.7, 1.0, 3.0])
def test_naka_rushton_is_half_at_half_and_a_power_far_below(n):
    assert rf.naka_rushton(20, half=20, exponent=n, largest=60) == pytest.approx(30)
    assert rf.naka_rushton(2e-4, 1, n) / rf.naka_rushton(1e-4, 1, n) == pytest.approx(2**n, rel=0.01)
    assert rf.naka_rushton(0, 1, n) == 0 and rf.naka_rushton(1e300, 1, n) == pytest.approx(1)


# ---- fields


@pytest.mark.parametrize("surround", [0.0, 0.5, 1.0])
def test_uniform_light_leaves_of_centre_and_surround_their_difference(surround):
    x, y = rf.places(24, 481)
    field = rf.difference_of_gaussians(x, y, surround=surround, **SIZES)
    total = rf.linear_response(field, np.ones_like(x), area=(24 / 481) ** 2)
    assert total == pytest.approx(1 - surround, abs=1e-9)
    assert rf.spot_response(1e3, surround=surround, **SIZES) == pytest.approx(1 - surround)


def test_a_spot_s_response_is_its_integral_and_the_best_spot_is_where_weights_change_sign():
    x, y = rf.places(12, 600)
    field = rf.difference_of_gaussians(x, y, surround=0.9, **SIZES)
    for diameter in (0.5, 1.5, 4.0):
        light = np.hypot(x, y) < diameter / 2
        assert rf.linear_response(field, light, (12 / 600) ** 2) == pytest.approx(
            float(rf.spot_response(diameter, surround=0.9, **SIZES)), abs=0.005
        )
    best = rf.best_spot(surround=0.9, **SIZES)
    diameters = np.arange(0.1, 8, 0.001)
    assert diameters[rf.spot_response(diameters, surround=0.9, **SIZES).argmax()] == pytest.approx(best, abs=0.002)
    assert rf.difference_of_gaussians(best / 2, 0.0, surround=0.9, **SIZES) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("phase", [0, 90, 217])
def test_a_gabor_s_answer_to_a_grating_is_the_fourier_transform_of_its_envelope(phase):
    sigma, wavelength, aspect = 1.0, 2.5, 0.6
    x, y = rf.places(20, 401)
    field = rf.gabor(x, y, 30, wavelength, sigma, aspect, 0.0)
    volume = 2 * np.pi * sigma**2 / aspect
    q = 2 * np.pi / wavelength
    for other in (1.8, 2.5, 4.0):
        k = 2 * np.pi / other
        sides = [np.exp(-((q - k) ** 2) * sigma**2 / 2), np.exp(-((q + k) ** 2) * sigma**2 / 2)]
        expected = 0.5 * volume * sum(sides) * np.cos(np.radians(phase))
        found = rf.linear_response(field, rf.grating(x, y, 30, other, phase), (20 / 401) ** 2)
        assert found == pytest.approx(expected, abs=1e-6)


def test_a_gabor_prefers_its_orientation_and_turning_both_changes_nothing():
    x, y = rf.places(26, 261)
    answers = {}
    for field_angle in (20, 65):
        field = rf.gabor(x, y, field_angle, 2.5, 1.0, 0.6, 0.0)
        angles = np.arange(0, 180, 5)
        answers[field_angle] = [rf.linear_response(field, rf.grating(x, y, a, 2.5, 0)) for a in angles]
        assert angles[np.argmax(answers[field_angle])] == field_angle
    np.testing.assert_allclose(np.roll(answers[20], 9), answers[65], rtol=1e-9, atol=1e-6)


def test_a_field_laid_everywhere_answers_like_one_laid_once():
    rng = np.random.default_rng(2)
    image, field = rng.normal(size=(40, 30)), rng.normal(size=(7, 5))
    found = rf.everywhere(field, image)
    assert found.shape == (34, 26)
    for row, column in ((0, 0), (33, 25), (10, 3)):
        patch = image[row : row + 7, column : column + 5]
        assert found[row, column] == pytest.approx(rf.linear_response(field, patch), abs=1e-10)


# ---- cortex


def test_a_complex_cell_does_not_care_where_the_stripes_lie_and_a_simple_cell_does():
    x, y = np.meshgrid(np.arange(64.0), -np.arange(64.0))
    phases = np.arange(0, 360, 15)
    simple = [rf.simple_cells(rf.grating(x, y, 30, 8, p), 30, 0, 8)[10, 10] for p in phases]
    complex_ = [rf.complex_cells(rf.grating(x, y, 30, 8, p), 30, 8)[10, 10] for p in phases]
    assert np.ptp(complex_) < 0.01 * np.mean(complex_)
    assert np.min(simple) == 0 and np.max(simple) > 0.9 * np.mean(complex_)
    across = rf.complex_cells(rf.grating(x, y, 120, 8, 0), 30, 8)[10, 10]
    assert across < 0.05 * np.mean(complex_)


def test_uniform_light_and_its_level_mean_nothing_to_cortical_cells():
    rng = np.random.default_rng(3)
    image = rng.normal(size=(50, 50))
    for cells in (lambda i: rf.simple_cells(i, 45, 0, 6), lambda i: rf.complex_cells(i, 45, 6)):
        np.testing.assert_allclose(cells(image), cells(image + 5), atol=1e-10)
        assert np.abs(cells(np.ones((50, 50)))).max() < 1e-12


def shape(corner, size=96):
    """A hook or its mirror image on an empty field, with its upper left corner at a place."""
    image = np.zeros((size, size))
    row, column, mirrored = corner
    patch = np.zeros((24, 24))
    patch[4:20, 4:8] = 1
    patch[16:20, 4:20] = 1
    image[row : row + 24, column : column + 24] = patch[:, ::-1] if mirrored else patch
    return image


def test_the_top_unit_keeps_its_preference_when_the_image_shifts_and_a_cell_below_does_not():
    learned = rf.learn(shape((0, 0, False), size=48)[:44, :44])
    home = shape((30, 30, False))
    field = rf.complex_cells(home, 0, 6)
    place = np.unravel_index(field.argmax(), field.shape)
    kept = []
    for shift in ((0, 0), (4, 8), (7, -9), (-12, 5), (13, 13)):
        there, mirrored = (shape((30 + shift[0], 30 + shift[1], flip)) for flip in (False, True))
        assert rf.top_unit(there, learned) > rf.top_unit(mirrored, learned) + 0.1
        kept.append(rf.complex_cells(there, 0, 6)[place] / field.max())
    assert kept[0] == 1 and max(kept[1:]) < 0.6


def test_the_best_match_is_the_correlation_at_the_best_place_whatever_light_and_contrast():
    rng = np.random.default_rng(5)
    maps = rng.normal(size=(2, 20, 17)) + 40
    learned = 3 * maps[:, 6:12, 4:9] - 7
    assert rf.best_match(maps, learned) == pytest.approx(1, abs=1e-9)
    maps[:, 8, 6] += 1.0
    by_hand = max(
        np.corrcoef(maps[:, i : i + 6, j : j + 5].ravel(), learned.ravel())[0, 1] for i in range(15) for j in range(13)
    )
    assert by_hand < 0.999 and rf.best_match(maps, learned) == pytest.approx(by_hand, abs=1e-9)
    assert rf.best_match(np.full((2, 20, 17), 0.3), learned) == 0
    assert rf.best_match(-maps, learned) < 0.8  # pixels do not forget the sign


def test_a_photograph_is_shrunk_by_means_and_colour_becomes_grey():
    whole, small = rf.photograph("camera"), rf.photograph("camera", shrink=4)
    assert whole.shape == (512, 512) and small.shape == (128, 128) and 0 <= whole.min() < whole.max() <= 1
    assert small[3, 5] == pytest.approx(whole[12:16, 20:24].mean())
    assert rf.photograph("chelsea", shrink=3).shape == (100, 150)


# ---- the bench


def test_centres_of_opposite_sign_answer_light_and_dark_alike():
    for x in (0.0, 0.6, 1.5):
        place = {"x": bench.neuron(3).x + x, "y": bench.neuron(3).y, "length": 1.4}
        light = bench.firing_rate("on_centre", 3, "spot", "light", **place)
        assert light == pytest.approx(bench.firing_rate("off_centre", 3, "spot", "dark", **place))
    assert bench.firing_rate("on_centre", 3, "spot", "dark", bench.neuron(3).x, bench.neuron(3).y, length=1.4) == 0


def test_the_bench_s_sums_are_those_of_its_field():
    x, y = rf.places(bench.SCREEN, bench.PIXELS)
    light = rf.bar(x, y, 0.5, -0.25, 35, 2.0, 0.7)
    drive = rf.linear_response(bench.field("simple", 7), light, (bench.SCREEN / bench.PIXELS) ** 2)
    expected = max(0.0, bench.SIMPLE_BASELINE + bench.SIMPLE_GAIN * drive)
    assert bench.firing_rate("simple", 7, "bar", "light", 0.5, -0.25, 35, 2.0, 0.7) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("number", [1, 7, 20])
def test_a_complex_cell_answers_light_and_dark_alike_and_anywhere_across_its_field(number):
    one = bench.neuron(number)
    across = np.radians(one.orientation + 90)
    rates = [
        bench.firing_rate(
            "complex",
            number,
            "bar",
            contrast,
            one.x + d * np.cos(across),
            one.y + d * np.sin(across),
            one.orientation,
            3,
            0.5,
        )
        for d in (-0.4, 0.0, 0.4)
        for contrast in ("light", "dark")
    ]
    np.testing.assert_allclose(rates[::2], rates[1::2])
    assert min(rates) > 5 * bench.COMPLEX_BASELINE
    turned = bench.firing_rate("complex", number, "bar", "light", one.x, one.y, one.orientation + 90, 3, 0.5)
    assert turned < 0.4 * min(rates)


def test_uniform_light_hardly_moves_a_cortical_cell():
    for cell, low, high in (("simple", 0, 12), ("complex", 6, 8), ("on_centre", 25, 40)):
        assert low <= bench.firing_rate(cell, 7, "spot", "light", 0, 0, length=12) <= high


def test_spikes_on_the_bench_are_poisson():
    one = bench.neuron(5)
    shown = [bench.presentation("on_centre", n, "spot", "light", one.x, one.y, length=1.8) for n in range(200)]
    before = [((s.spike_times[s.trial == k] < bench.ON).sum()) for s in shown for k in range(bench.TRIALS)]
    expected = bench.GANGLION_BASELINE * bench.ON / 1000
    assert np.mean(before) == pytest.approx(expected, abs=5 * np.sqrt(expected / len(before)))
    assert np.var(before) / np.mean(before) == pytest.approx(1, abs=5 * np.sqrt(2 / len(before)))
    for s in shown[:3]:
        assert s.counts.sum() == len(s.spike_times)
        np.testing.assert_array_equal(s.counts, np.histogram(s.spike_times, np.arange(0, 1001, 10))[0])


# ---- reverse correlation


@pytest.mark.parametrize("cell", ["simple", "on_centre"])
def test_the_average_before_a_spike_is_the_filter_times_the_expected_gain(cell):
    found = rf.experiment(cell, 6000, seed=4)
    spikes = found.counts.sum()
    error = found.sta - np.sqrt(np.pi / 2) * found.filter
    expected = np.sqrt(np.sum(found.counts**2)) / spikes
    assert np.sqrt(np.mean(error**2)) == pytest.approx(expected, rel=4 / np.sqrt(2 * error.size))
    assert 1 / np.sqrt(spikes) < expected < 1.6 / np.sqrt(spikes)
    assert np.sum(found.filter**2) == pytest.approx(1)
    assert spikes == pytest.approx(0.3 * 6000, abs=6 * np.sqrt(0.3 * 6000))
    assert found.correlation[-1] > 0.9


def test_the_same_average_comes_out_of_spike_trains():
    found = rf.experiment("simple", 800, seed=2)
    frames = np.repeat(np.arange(800), found.counts.astype(int))
    times = frames * FRAME + np.linspace(0, 1, len(frames))  # in order, within their frames
    _, sta = spike_trains.spike_triggered_average(times, found.stimulus, FRAME, window=FRAME)
    late = found.counts[1:]  # the window of a spike in the first frame would begin before the stimulus
    expected = np.tensordot(late, found.stimulus[1:], axes=1) / late.sum()
    np.testing.assert_allclose(sta[-1], expected, atol=1e-12)
    np.testing.assert_allclose(
        np.tensordot(found.counts, found.stimulus, axes=1) / found.counts.sum(), found.sta, atol=1e-12
    )


def test_noise_is_white_and_gaussian():
    stimulus = rf.experiment("simple", 3000, seed=9).stimulus
    assert stimulus.mean() == pytest.approx(0, abs=5 / np.sqrt(stimulus.size))
    assert stimulus.var() == pytest.approx(1, abs=5 * np.sqrt(2 / stimulus.size))
    assert np.mean(stimulus**4) == pytest.approx(3, abs=0.05)
    assert np.mean(stimulus[:, :, 1:] * stimulus[:, :, :-1]) == pytest.approx(0, abs=5 / np.sqrt(stimulus.size))


def errors(cell, gain, frames, seeds):
    root = []
    for count in frames:
        runs = [rf.experiment(cell, count, seed=seed) for seed in range(seeds)]
        spikes = np.mean([run.counts.sum() for run in runs])
        root.append((spikes, np.sqrt(np.mean([(run.sta - gain * run.filter) ** 2 for run in runs]))))
    return np.log(np.array(root)).T


def test_the_error_falls_as_one_over_the_root_of_the_spikes():
    spikes, error = errors("simple", np.sqrt(np.pi / 2), (150, 600, 2400, 6000), seeds=8)
    slope, _ = np.polyfit(spikes, error, 1)
    assert slope == pytest.approx(-0.5, abs=0.04)


def test_the_average_of_a_complex_cell_shrinks_to_nothing():
    """The control: with an even nonlinearity there is nothing to find, however many spikes."""
    spikes, size = errors("complex", 0.0, (150, 600, 2400, 6000), seeds=8)
    assert np.polyfit(spikes, size, 1)[0] == pytest.approx(-0.5, abs=0.06)
    correlations = [rf.experiment("complex", 6000, seed=seed).correlation[-1] for seed in range(8)]
    assert np.abs(correlations).max() < 0.35 and abs(np.mean(correlations)) < 0.15


def test_a_shorter_experiment_is_the_beginning_of_a_longer_one():
    short, long = (rf.experiment("simple", frames, seed=5) for frames in (300, 900))
    np.testing.assert_array_equal(short.stimulus, long.stimulus[:300])
    np.testing.assert_array_equal(short.counts, long.counts[:300])
    np.testing.assert_array_equal(short.correlation, long.correlation[:300])


# ---- what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rf.everywhere(np.ones((5, 5)), np.ones((4, 9))), ["field of (5, 5)", "larger than its image", "use"]),
        (lambda: rf.everywhere([[np.nan]], np.ones((4, 9))), ["field", "not finite"]),
        (lambda: rf.everywhere([1.0, 2.0], np.ones((4, 9))), ["field has shape (2,)", "rows and columns"]),
        (lambda: rf.linear_response(np.ones((3, 3)), np.ones((4, 3))), ["(3, 3)", "(4, 3)", "same places"]),
        (lambda: rf.spot_response(1, -1, 2), ["sigma_centre = -1 degrees", "above 0"]),
        (lambda: rf.spot_response(1, 2, 2), ["sigma_surround = 2 degrees", "further than its centre"]),
        (lambda: rf.best_spot(1, 3, 9), ["surround = 9", "no spot excites"]),
        (lambda: rf.best_spot(1, 3, 0), ["surround = 0", "above 0"]),
        (lambda: rf.places(-2, 10), ["size = -2 degrees"]),
        (lambda: rf.places(2, 2.5), ["pixels = 2.5", "whole number"]),
        (lambda: rf.gabor_field(0, 0, 1), ["period = 1 pixels", "2 pixels or more"]),
        (lambda: rf.gabor_field(0, 0, 6, sigma=0), ["sigma = 0 pixels"]),
        (lambda: rf.pooled_cells(np.ones((20, 20)), pool=100), ["pool = 100 pixels", "larger image"]),
        (lambda: rf.top_unit(np.ones((24, 24)), np.ones((4, 50, 50))), ["larger than what this image makes"]),
        (lambda: rf.best_match(np.ones((3, 9, 9)), np.ones((4, 2, 2))), ["(4, 2, 2)", "(3, 9, 9)", "the same maps"]),
        (lambda: rf.photograph("mona lisa"), ["name = 'mona lisa'", "'camera'"]),
        (lambda: rf.photograph("camera", 2.5), ["shrink = 2.5", "whole number"]),
        (lambda: rf.pigment_sensitivity(500, 700), ["peak = 700 nm", "350 to 630 nm"]),
        (lambda: rf.pigment_sensitivity(200, 500), ["wavelength", "200 nm", "300 nm"]),
        (lambda: rf.naka_rushton(-1, 1), ["intensity = -1", "from 0 on"]),
        (lambda: rf.naka_rushton(1, 0), ["half = 0", "above 0"]),
        (lambda: bench.firing_rate("cone", 1, "bar", "light", 0, 0), ["cell = 'cone'", "'simple'"]),
        (lambda: bench.firing_rate("simple", 1, "star", "light", 0, 0), ["shape = 'star'", "'spot'"]),
        (lambda: bench.firing_rate("simple", 1, "bar", "light", 0, 0, width=0), ["width = 0 degrees", "above 0"]),
        (lambda: bench.firing_rate("simple", 1.5, "bar", "light", 0, 0), ["1.5", "whole number"]),
        (lambda: rf.experiment("cone", 10), ["cell = 'cone'", "'complex'"]),
        (lambda: rf.experiment("simple", 10_000), ["frames = 10000", "1 to 6000"]),
        (lambda: rf.experiment("simple", 10, mean=0), ["mean = 0 spikes a frame"]),
    ],
)
def test_what_cannot_be_computed_is_refused_with_name_value_unit_and_remedy(call, words):
    with pytest.raises(ValueError) as refusal:
        call()
    for word in words:
        assert word in str(refusal.value)
