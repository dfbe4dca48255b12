"""The explorer of the refractory period in a real browser: two pulses, and the map of the thresholds of the second."""

import re

import numpy as np
import pytest
from explored import arrays, random_settings, root, scroll_with_a_finger, settings, tap
from playwright.sync_api import expect

import spikebook as sb


def curve(page):
    """The map's thresholds once all are there: gap -> uA/cm2, NaN where there is none."""
    page.wait_for_function("document.querySelector('[data-explorer]').live.view.map().waiting.length === 0")
    points = root(page, "refractory_period").evaluate(
        "root => root.live.view.map().curve.map(({ gap, threshold }) => [gap, threshold])"
    )
    return dict(points)


def test_the_thresholds_in_the_page_are_python_s(opened):
    """For one gap at any setting, where the same bisection is done, and for the whole map against the fine solution."""
    explorer = sb.explore.refractory_period()
    page = opened(explorer)
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(30):
        values = random_settings(explorer, rng)
        for key, value in values.items():
            setattr(explorer, key, value)
        theirs = root(page, "refractory_period").evaluate(
            "(root, values) => { root.explorer.settings = values; root.explorer.trace(); return root.live.result.threshold; }",
            values,
        )
        assert theirs == pytest.approx(explorer.threshold(), rel=1e-9, nan_ok=True), values
        found += not np.isnan(theirs)
    assert 10 < found < 30  # some gaps have a threshold, some have none
    root(page, "refractory_period").get_by_role("button", name="Reset").click()
    theirs = curve(page)
    ours = sb.refractory_period.thresholds([*theirs], strongest=200)
    np.testing.assert_allclose([*theirs.values()], ours, rtol=0.01)
    assert np.isnan(ours[0]) and len(ours) == 121


def test_the_second_pulse_is_dragged_over_the_map_and_moved_by_keys(opened):
    page = opened(sb.explore.refractory_period())
    point, summary = (
        root(page, "refractory_period").locator(".sb-point"),
        root(page, "refractory_period").locator(".sb-summary"),
    )
    expect(summary).to_have_text(re.compile(r"^No second spike\. At this gap it takes 43\.6"))
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 45, steps=5)
    page.mouse.up()
    now = settings(page, "refractory_period")
    assert now["gap"] == pytest.approx(8, abs=0.2) and 60 < now["strength"] < 150
    expect(summary).to_have_text(re.compile("^A second spike "))
    point.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    assert settings(page, "refractory_period")["gap"] == pytest.approx(now["gap"] - 3)
    expect(summary).to_have_text(re.compile("^No second spike, and at this gap none up to 200"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    after = settings(page, "refractory_period")
    assert after["gap"] == pytest.approx(now["gap"] - 2.9) and after["strength"] == pytest.approx(now["strength"] - 0.5)


def test_gates_put_back_end_the_refractory_period_and_the_reader_is_told(opened):
    page = opened(sb.explore.refractory_period())
    arrays(page, "refractory_period", {"gap": 5.3, "strength": 30.0})
    one = root(page, "refractory_period")
    assert one.locator(".sb-message").text_content() == ""  # 5.3 is a multiple of the slider's step
    expect(one.locator(".sb-summary")).to_have_text(re.compile("^No second spike, and at this gap none"))
    one.locator("select[name=rested]").select_option("n")
    expect(one.locator(".sb-summary")).to_have_text(re.compile("^A second spike "))
    assert "µA/cm² with n put back" in one.locator(".sb-summary").inner_text()


def test_a_click_on_the_map_moves_the_second_pulse_there(opened):
    page = opened(sb.explore.refractory_period())
    box = root(page, "refractory_period").locator("canvas").last.bounding_box()
    page.mouse.click(box["x"] + 46 + (box["width"] - 56) * 0.5, box["y"] + 40)
    now = settings(page, "refractory_period")
    assert now["gap"] == pytest.approx(20, abs=0.3) and now["strength"] > 50


def test_a_finger_moves_the_point_and_scrolls_the_page_beside_it(opened):
    page = opened(sb.explore.refractory_period(), width=360, has_touch=True)
    one = root(page, "refractory_period")
    assert one.locator(".sb-point").evaluate("point => getComputedStyle(point).touchAction") == "none"
    assert one.locator(".sb-panels").evaluate("stack => getComputedStyle(stack).touchAction") == "pan-y"
    box = one.locator("canvas").last.bounding_box()
    tap(page, box["x"] + 46 + (box["width"] - 56) * 0.5, box["y"] + 30)
    now = settings(page, "refractory_period")
    assert now["gap"] == pytest.approx(20, abs=0.5)
    scroll_with_a_finger(page, box["x"] + 100, box["y"] + 100)
    assert settings(page, "refractory_period") == now


def test_the_map_is_kept_while_the_second_pulse_moves_and_made_anew_for_another_first(opened):
    page = opened(sb.explore.refractory_period())
    before = curve(page)
    arrays(page, "refractory_period", {"gap": 12.0, "strength": 80.0})
    waiting = "root => root.live.view.map().waiting.length"
    assert root(page, "refractory_period").evaluate(waiting) == 0
    arrays(page, "refractory_period", {"celsius": 12.0})
    assert root(page, "refractory_period").evaluate(waiting) > 0
    after = curve(page)
    assert after[8.0] < 0.5 * before[8.0] and after.keys() == before.keys()
