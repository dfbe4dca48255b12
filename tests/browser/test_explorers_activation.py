"""The explorer of a neuron's curve and its units in a real browser: its words, its point on the curve, and a phone."""

import numpy as np
import pytest
from explored import arrays, drag, html, root, scroll_with_a_finger, settings, summary

import spikebook as sb

NAME = "toward_learning"


def off(page, **values):
    """How far each unit is from the curve, as a part of the largest rate."""
    found = arrays(page, NAME, values)
    return dict(zip(("ReLU", "softplus", "sigmoid"), found["errors"] / found["rate"].max()))


def test_a_number_that_is_wrong_in_the_translated_formula_would_be_noticed(opened):
    """The control of the comparison with Python."""
    explorer = sb.explore.toward_learning()
    text = html([explorer]).replace("2 * y_th - u", "2.001 * y_th - u").replace("(2 * y_th) - u", "(2.001 * y_th) - u")
    assert text != html([explorer])
    theirs, ours = arrays(opened(text=text), NAME, explorer.settings), explorer.trace()
    assert np.abs(theirs["rate"] - ours["rate"]).max() > 1e-3 and np.abs(theirs["I"] - ours["I"]).max() < 1e-12


def test_what_the_chapter_says_of_the_curve_is_what_the_explorer_shows(opened):
    page = opened(sb.explore.toward_learning())
    bare, adapting = off(page, sigma=0), off(page, sigma=0, q=40)
    refractory = off(page, sigma=4, q=0, t_ref=15)
    assert adapting["ReLU"] < 0.4 * bare["ReLU"] and refractory["sigmoid"] < 0.5 * refractory["ReLU"]
    silent = arrays(page, NAME, {"g_L": 0.3, "V_th": -40, "sigma": 0, "q": 0})
    assert silent["rate"].max() == 0
    assert summary(page, NAME) == "The neuron is silent at every input shown."


def test_the_summary_and_the_table_say_the_same(opened):
    page = opened(sb.explore.toward_learning())
    shares = root(page, NAME).locator(".sb-table td:last-child").all_inner_texts()
    assert summary(page, NAME).startswith(
        f"Off by ReLU {shares[0]} %, softplus {shares[1]} %, sigmoid {shares[2]} % of "
    )
    ours = sb.explore.toward_learning().trace()
    assert shares == [f"{share:.1f}" for share in 100 * ours.errors / ours.rate.max()]
    assert f"{len(ours.spike_times)} spikes in this half second" in summary(page, NAME)


def test_the_point_moves_along_the_curve_by_mouse_and_key(opened):
    page = opened(sb.explore.toward_learning())
    point = root(page, NAME).locator(".sb-point")
    box = point.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    drag(page, middle, (middle[0] + 100, middle[1]))
    moved = settings(page, NAME)["current"]
    assert 2.5 < moved < 4.5
    point.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    assert np.isclose(settings(page, NAME)["current"], moved - 11 * 0.02)


def test_the_curve_is_kept_while_the_point_moves(opened):
    page = opened(sb.explore.toward_learning())
    first, second = (arrays(page, NAME, {"current": current}) for current in (1.0, 4.0))
    for name in ("rate", "ReLU", "softplus", "sigmoid", "errors"):
        assert np.array_equal(first[name], second[name])
    assert len(first["spike_times"]) < len(second["spike_times"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_every_control_and_a_finger_scrolls_over_the_curve(opened, theme):
    page = opened(text=html([sb.explore.toward_learning()], theme=theme), width=360, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in page.locator("input, select, button, table").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    before = settings(page, NAME)["current"]
    box = page.locator("canvas").first.bounding_box()
    scroll_with_a_finger(page, box["x"] + 100, box["y"] + 120)
    assert settings(page, NAME)["current"] == before
