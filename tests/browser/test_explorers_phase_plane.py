"""The phase plane in a real browser: what it says of rest and of spikes, and the plane and the traces by hand, key and finger."""

import numpy as np
import pytest
from explored import arrays, drag, html, picture, root, scroll_with_a_finger, settings, settled, summary, tap

import spikebook as sb

NAME = "izhikevich_model"


def on_plane(page, v, u):
    """A place of the plane in the page's pixels, by its axes as they are drawn."""
    box = root(page, NAME).locator("canvas").first.bounding_box()
    x, y = root(page, NAME).evaluate(
        "(root, at) => { const [plane] = root.live.view.canvases; return [plane.x(at[0]), plane.y(at[1])]; }", [v, u]
    )
    return box["x"] + x, box["y"] + y


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("0.04 *", "0.041 *", {"v", "u", "spike_times", "fixed_points", "kinds", "rest_is_lost"}),
        ("under = (Q * Q)", "under = (1.001 * Q * Q)", {"fixed_points"}),
        ("points[2 * k] = v", "points[2 * k] = v + 0.001", {"fixed_points"}),
    ],
)
def test_a_number_that_is_wrong_in_the_page_would_be_noticed(opened, before, after, wrong):
    """The control of the comparison with Python, for the neuron and for the plane."""
    explorer = sb.explore.izhikevich_model()
    text = html([explorer]).replace(before, after)
    assert text != html([explorer]), "rewrite this control, the translation has changed"
    theirs, ours = arrays(opened(text=text), NAME, explorer.settings), explorer.trace()
    off = {key for key in ours if theirs[key].shape != ours[key].shape or np.abs(theirs[key] - ours[key]).max() > 1e-6}
    assert off == wrong


def test_the_two_fixed_points_are_named_and_vanish_and_the_neuron_fires_for_ever(opened):
    page = opened(sb.explore.izhikevich_model())
    first = summary(page, NAME)
    assert "2 spikes in 200 ms" in first and "Stable focus at v = −62.7, saddle at v = −57.3." in first
    assert "Rest is lost at a current of 3.80 (Andronov-Hopf); the fixed points meet at 4.00 (saddle-node)." in first
    slider = root(page, NAME).locator("input[name=current]")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        settled(page)
    assert settings(page, NAME)["current"] == 3.85 and "Unstable focus" in summary(page, NAME)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        settled(page)
    assert "No fixed point." in summary(page, NAME)
    arrays(page, NAME, {"a": 0.1, "b": 0.05})
    assert "Rest is lost at a current of 13.14 (saddle-node)." in summary(page, NAME)


def test_every_slider_changes_the_picture_at_opening(opened):
    explorer = sb.explore.izhikevich_model()
    page = opened(explorer)
    for control in explorer._spec["controls"]:
        if "options" in control:
            continue
        before = [picture(page, NAME, k) for k in range(2)]
        root(page, NAME).locator(f"input[name={control['name']}]").focus()
        page.keyboard.press("PageDown")
        settled(page)
        assert [picture(page, NAME, k) for k in range(2)] != before, control["name"]
        root(page, NAME).get_by_role("button", name="Reset").click()
        settled(page)


def test_a_click_starts_the_trajectory_anywhere_and_a_drag_carries_it(opened):
    page = opened(sb.explore.izhikevich_model())
    page.mouse.click(*on_plane(page, -40, 0))
    now = settings(page, NAME)
    assert now["v_start"] == pytest.approx(-40, abs=1) and now["u_start"] == pytest.approx(0, abs=0.5)
    trace = arrays(page, NAME, {})
    assert (trace["v"][0], trace["u"][0]) == (now["v_start"], now["u_start"])
    drag(page, on_plane(page, now["v_start"], now["u_start"]), on_plane(page, -80, -10))
    now = settings(page, NAME)
    assert now["v_start"] == pytest.approx(-80, abs=1) and now["u_start"] == pytest.approx(-10, abs=0.5)


def test_the_starting_point_is_moved_by_keys(opened):
    page = opened(sb.explore.izhikevich_model())
    root(page, NAME).locator(".sb-point").focus()
    for key in ("ArrowRight", "Shift+ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    now = settings(page, NAME)
    assert now["v_start"] == -69.5 and now["u_start"] == pytest.approx(-14 + 1.0 - 0.1)


def test_a_place_in_the_plane_is_a_moment_of_the_voltage_and_the_other_way_round(opened):
    page = opened(sb.explore.izhikevich_model())
    still = picture(page, NAME)
    trace = arrays(page, NAME, {})
    k = int(np.searchsorted(trace["t"], 60))
    page.mouse.move(*on_plane(page, trace["v"][k], trace["u"][k]))
    settled(page)
    reading = root(page, NAME).locator(".sb-reading").inner_text()
    moment = float(reading.split()[1])
    i = int(round(moment / 0.05))
    assert np.hypot(trace["v"][i] - trace["v"][k], 5 * (trace["u"][i] - trace["u"][k])) < 1
    assert picture(page, NAME) != still
    page.mouse.move(5, 5)
    settled(page)
    assert picture(page, NAME) == still
    root(page, NAME).locator(".sb-panels").focus()
    page.keyboard.press("ArrowRight")
    settled(page)
    assert "at 101.0 ms: v " in root(page, NAME).locator(".sb-reading").inner_text() and picture(page, NAME) != still


def test_during_a_pulse_the_plane_is_that_of_its_current(opened):
    page = opened(sb.explore.izhikevich_model())
    branch = "root => root.live.view.canvases[0].scale"
    root(page, NAME).locator(".sb-panels").focus()
    for _ in range(31):
        page.keyboard.press("ArrowRight")
    before = picture(page, NAME)
    page.keyboard.press("Shift+ArrowRight")
    assert picture(page, NAME) != before and root(page, NAME).evaluate(branch)[1] >= 10


def test_pulses_are_injected_by_click_by_key_and_by_button(opened):
    page = opened(sb.explore.izhikevich_model())
    root(page, NAME).get_by_role("button", name="Remove pulses").click()
    assert settings(page, NAME)["pulses"] == []
    box = root(page, NAME).locator("canvas").nth(1).bounding_box()
    page.mouse.click(box["x"] + 46 + (box["width"] - 56) * 0.5, box["y"] + 40)
    assert settings(page, NAME)["pulses"] == pytest.approx([100], abs=0.5)
    root(page, NAME).locator(".sb-panels").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert len(settings(page, NAME)["pulses"]) == 1
    root(page, NAME).get_by_role("button", name="Inject a pulse at").click()
    assert settings(page, NAME)["pulses"][0] == 15


def test_the_current_is_dragged_over_the_fixed_points(opened):
    page = opened(sb.explore.izhikevich_model())
    canvas = root(page, NAME).locator("canvas").last
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    across = box["width"] - 56
    y = box["y"] + 40
    drag(page, (box["x"] + 46 + 0.2 * across, y), (box["x"] + 46 + 0.8 * across, y))
    assert settings(page, NAME)["current"] == pytest.approx(14, abs=0.4)


def test_presets_fire_as_the_cells_do(opened):
    page = opened(sb.explore.izhikevich_model())
    counts = {}
    for label in sb.explore.izhikevich_model()._spec["presets"]:
        root(page, NAME).get_by_role("button", name=label, exact=True).click()
        settled(page)
        counts[label] = len(arrays(page, NAME, {"duration": 200})["spike_times"])
    assert counts["Fast spiking"] > 2 * counts["Regular spiking"] > 0
    assert counts["The same, released"] == 7 and counts["Resonator"] == 0
    arrays(page, NAME, {"pulses": [20.0, 62.0]})
    assert summary(page, NAME).startswith("1 spike in")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_finger_scrolls_over_the_plane_and_a_tap_starts_there(opened, theme):
    page = opened(text=html([sb.explore.izhikevich_model()], theme=theme), width=360, has_touch=True)
    x, y = on_plane(page, -30, -18)
    tap(page, x, y)
    assert settings(page, NAME)["v_start"] == pytest.approx(-30, abs=1.5)
    scroll_with_a_finger(page, *on_plane(page, -20, -5))
    assert settings(page, NAME)["v_start"] == pytest.approx(-30, abs=1.5)
