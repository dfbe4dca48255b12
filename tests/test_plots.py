"""Figures show the data they are given, unchanged, in the colours of the theme, in words for those who cannot see them,
and side by side on one page."""

import re
from base64 import b64decode
from io import BytesIO
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")
import matplotlib.pyplot as plt

import spikebook as sb
from spikebook import Model, plots, theme
from spikebook.hodgkin_huxley import MODEL


@pytest.fixture(scope="module")
def run():
    return sb.simulate(MODEL, sb.stimuli.step(10, start=5, stop=15), duration=20)


@pytest.fixture(autouse=True)
def book_style():
    with matplotlib.rc_context():
        plots.use_book_style()
        yield
    plt.close("all")


def test_a_trace_draws_its_voltage_and_input_and_returns_the_axes(run):
    axes = run.plot()
    assert [line.get_label() for ax in axes for line in ax.lines] == ["V", "input"]
    for ax, name in zip(axes, ("V", "current"), strict=True):
        np.testing.assert_array_equal(ax.lines[0].get_xydata(), np.column_stack([run.t, run[name]]))
    assert "mV" in axes[0].get_ylabel()
    assert "µA/cm²" in axes[1].get_ylabel()
    assert "ms" in axes[1].get_xlabel()


def test_drawing_changes_nothing_in_the_trace(run):
    before = {name: run[name].copy() for name in run.names}
    plots.html(run.plot(["V", ("m", "h", "n"), ("I_Na", "I_K", "I_L"), "current"])[0].figure)
    for name, values in before.items():
        np.testing.assert_array_equal(run[name], values)


def test_one_name_is_one_panel(run):
    (ax,) = run.plot("I_Na")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), run.I_Na)


def test_a_trace_draws_in_the_axes_it_is_given(run):
    _, ax = plt.subplots()
    (drawn,) = run.plot("V", axes=ax)
    assert drawn is ax
    with pytest.raises(ValueError, match="axes has 1 panels for 2 entries"):
        run.plot(["V", "n"], axes=ax)


def test_an_unknown_quantity_is_refused_before_a_figure_is_made(run):
    figures = plt.get_fignums()
    with pytest.raises(KeyError, match="I_Na.*not 'I_Ca'"):
        run.plot(["V", "I_Ca"])
    assert plt.get_fignums() == figures


def test_a_quantity_has_one_colour_and_the_gates_that_of_their_ion(run):
    axes = run.plot([("m", "h", "n"), ("I_Na", "I_K")])
    colours = {line.get_label(): line.get_color() for ax in axes for line in ax.lines}
    assert colours["m"] == colours["h"] == colours["Na⁺"] == plots.colour("Na")
    assert colours["n"] == colours["K⁺"] == plots.colour("I_K")
    assert colours["m"] != colours["n"]
    dashes = {line.get_label(): line.get_linestyle() for line in axes[0].lines}
    assert dashes["m"] != dashes["h"]


def test_an_unknown_colour_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="no colour is kept for 'Mg'.*Na.*input"):
        plots.colour("Mg")


def dV(V, I):
    return I - V


def test_a_dimensionless_model_is_drawn_without_units():
    model = Model(name="m", parameters={}, derivatives={"V": dV}, current_unit="")
    axes = sb.simulate(model, 1.0, duration=5).plot()
    assert [ax.get_ylabel() for ax in axes] == ["V", "input"]


def test_a_drawing_has_its_colours_as_properties_of_the_page(run):
    """Every theme colour stands as var(--sb-..., its light value), so that a dark page can turn it."""
    drawing = plots.html(run.plot(["V", ("m", "n"), "current"])[0].figure)
    for name in ("ink", "Na", "K", "input", "muted"):
        assert re.search(rf"var\(--sb-{name}, [^;]*{theme.LIGHT[name]}\)", drawing)
    outside = re.sub(r"var\(--sb-[^;\"]*\)", "", drawing)
    assert not re.search(r"#[0-9a-f]{6}\b", outside)
    assert "var(--sb-label-font" in drawing


def test_a_colour_outside_the_theme_stays_as_it_is():
    _, ax = plt.subplots()
    ax.plot([0, 1], color="#123456")
    assert "stroke: #123456" in plots.html(ax.figure)


def test_a_description_is_the_drawings_label_whatever_signs_it_holds(run):
    axes = run.plot()
    text = r'V "jumps" at \alpha & <5 ms'
    assert plots.describe(axes, text) is axes
    drawing = plots.html(axes[0].figure)
    assert r'role="img" aria-label="V &quot;jumps&quot; at \alpha &amp; &lt;5 ms"' in drawing


def test_the_numbers_along_the_axes_are_not_read_out_after_the_description(run):
    drawing = ElementTree.fromstring(plots.html(run.plot()[0].figure))
    svg = next(one for one in drawing.iter() if one.tag.endswith("}svg"))
    [content] = svg
    assert svg.get("role") == "img" and svg.get("aria-hidden") is None and content.get("aria-hidden") == "true"
    assert any(one.tag.endswith("}text") for one in content.iter())


def test_two_drawings_share_a_page(run):
    """No id stands twice, each reference is answered within its own drawing, and no style rule reaches the page."""
    drawings = [plots.html(run.plot()[0].figure) for _ in range(2)]
    ids = [re.findall(r'\bid="([^"]*)"', drawing) for drawing in drawings]
    assert len(set(ids[0] + ids[1])) == len(ids[0] + ids[1])
    for drawing, own in zip(drawings, ids, strict=True):
        references = re.findall(r'(?:href="|url\()#([^")]+)', drawing)
        assert references
        assert set(references) <= set(own)
        assert "<style" not in drawing
        assert "<script" not in drawing


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", [name for name in theme.LIGHT if name not in ("paper", "panel", "rule")])
def test_every_colour_is_readable_on_the_page(name, colours):
    for ground in ("paper", "panel"):
        low, high = sorted([luminance(colours[name]), luminance(colours[ground])])
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_light_and_dark_have_the_same_names():
    assert list(theme.LIGHT) == list(theme.DARK)
    for name in theme.LIGHT:
        assert f"--sb-{name}: {theme.LIGHT[name]}" in theme.css()
        assert f"--sb-{name}: {theme.DARK[name]}" in theme.css()


def test_dots_are_a_small_picture_in_the_pages_colour():
    axes = plt.subplots()[1]
    axes.set(xlim=(0, 100), ylim=(0, 10))
    plots.dots(axes, [0.5, 50.5, 50.5], [0.5, 5.5, 5.7], "E", columns=100, rows=10)
    drawing = plots.html(axes.figure)
    assert len(drawing) < 40_000 and "var(--sb-E" in drawing
    mask = re.search(r'<mask id="(dots-\d+)"[^>]*><image xlink:href="data:image/png;base64,([^"]*)"', drawing)
    assert f'mask="url(#{mask[1]})"' in drawing
    shown = plt.imread(BytesIO(b64decode(mask[2])))[..., 3]
    assert shown.shape == (10, 100) and shown.sum() == 2
    rows, columns = np.nonzero(shown)
    assert sorted(columns) == [0, 50] and sorted(rows) in ([0, 5], [4, 9])


def test_dots_fill_the_present_limits_and_leave_them():
    axes = plt.subplots()[1]
    axes.set(xlim=(10, 20), ylim=(-1, 1))
    plots.dots(axes, [5, 15], [0, 0], "V")
    assert axes.get_xlim() == (10, 20) and axes.get_ylim() == (-1, 1)


@pytest.mark.parametrize(("levels", "most_bytes"), [(6, 1000), (2000, 40_000)])
def test_a_picture_of_several_colours_stays_what_it_is(levels, most_bytes):
    values = np.arange(10_000).reshape(100, 100) % levels / levels
    picture = np.stack([values, values**2, 1 - values, np.ones_like(values)], axis=2)
    axes = plt.subplots()[1]
    axes.imshow(picture, interpolation="none")
    drawing = plots.html(axes.figure)
    assert "<mask" not in drawing
    embedded = b64decode(re.search(r'<image xlink:href="data:image/png;base64,([^"]*)"', drawing)[1])
    assert np.abs(plt.imread(BytesIO(embedded)) - picture).max() <= 1 / 255
    assert len(embedded) <= most_bytes
