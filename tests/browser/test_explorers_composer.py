"""The composed spike train in a real browser: the same random numbers, theory beside measurement, and by hand, key, ear and finger."""

import json

import numpy as np
import pytest
from explored import arrays, html, root, scroll_with_a_finger, settings, settled, summary

import spikebook as sb

NAME = "spike_trains"
PLAIN = {"order": 1, "burst": 1, "t_ref": 0, "swing": 0, "spread": 0}


def rows_of_table(page):
    """What the table says: name -> (measured, theory), None where there is no theory."""
    found = {}
    for line in root(page, NAME).locator(".sb-table tbody tr").all():
        cells = line.locator("td").all_inner_texts()
        numbers = [None if cell == "–" else float(cell.replace("−", "-")) for cell in cells]
        found[line.locator("th").inner_text()] = tuple(numbers)
    return found


def test_page_and_python_draw_exactly_the_same_random_numbers(opened):
    explorer = sb.explore.spike_trains()
    page = opened(explorer)
    seen = []
    for values in (PLAIN, {"order": 7}, {"burst": 3, "t_ref": 4}, {"spread": 0.4, "swing": 0.5}, {"seed": 9}):
        for name, value in values.items():
            setattr(explorer, name, value)
        theirs, ours = arrays(page, NAME, values), explorer.trace()
        assert np.array_equal(theirs["counts"], ours.counts) and len(theirs["spike_times"]) > 1500
        assert np.abs(theirs["spike_times"] - ours.spike_times).max() < 1e-8
        seen.append(theirs["counts"])
    assert not any(np.array_equal(one, other) for k, one in enumerate(seen) for other in seen[:k])


def test_a_burst_that_is_wrong_in_the_page_would_be_noticed(opened):
    """The control of the comparison with Python: the interval within a burst is half a millisecond longer."""
    explorer = sb.explore.spike_trains()
    explorer.burst = 3
    code = json.dumps(explorer._spec["code"])[1:-1]
    assert code.count("within = t_ref + 3.0") > 0
    text = html([explorer]).replace(code, code.replace("within = t_ref + 3.0", "within = t_ref + 3.5"))
    theirs = arrays(opened(text=text), NAME, explorer.settings)
    assert np.abs(theirs["measured"] - explorer.trace().measured).max() > 1e-3


def test_every_slider_changes_the_picture_as_it_opens(opened):
    page = opened(sb.explore.spike_trains())
    pictures = "root => [...root.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join()"
    first = root(page, NAME).evaluate(pictures)
    for slider in root(page, NAME).locator("input[type=range]").all():
        assert slider.is_enabled()
        slider.focus()
        page.keyboard.press("ArrowRight")
        settled(page)
        assert root(page, NAME).evaluate(pictures) != first, slider.get_attribute("name")
        root(page, NAME).get_by_role("button", name="Reset").click()
        settled(page)
        assert root(page, NAME).evaluate(pictures) == first


def test_more_ticks_make_the_train_regular_by_key_alone(opened):
    page = opened(sb.explore.spike_trains())
    root(page, NAME).locator("input[name=order]").focus()
    for _ in range(16):
        page.keyboard.press("ArrowRight")
    settled(page)
    assert settings(page, NAME)["order"] == 20
    table = rows_of_table(page)
    assert table["CV of the intervals"] == pytest.approx((0.22, 0.22), abs=0.03)
    assert table["Fano factor of a second"] == pytest.approx((0.06, 0.05), abs=0.03)
    assert "CV 0.2" in summary(page, NAME)


@pytest.mark.parametrize(
    "values, cv, fano",
    [
        (PLAIN, 1, 1),
        ({**PLAIN, "order": 16}, 0.25, 0.0625),
        ({**PLAIN, "rate": 50, "t_ref": 10}, 0.5, 0.25),
        ({**PLAIN, "burst": 3, "order": 20}, 1.38, 0.14),
        ({**PLAIN, "spread": 0.3}, 1.1, 2.8),
    ],
)
def test_theory_stands_beside_what_is_measured(opened, values, cv, fano):
    page = opened(sb.explore.spike_trains())
    arrays(page, NAME, {**values, "rows": 300})
    table = rows_of_table(page)
    assert table["CV of the intervals"][1] == pytest.approx(cv, abs=0.01)
    assert table["Fano factor of a second"][1] == pytest.approx(fano, abs=0.01)
    assert table["CV of the intervals"][0] == pytest.approx(cv, rel=0.06)
    assert table["Fano factor of a second"][0] == pytest.approx(fano, rel=0.35, abs=0.09)


def test_where_there_is_no_simple_theory_none_is_shown(opened):
    page = opened(sb.explore.spike_trains())
    arrays(page, NAME, {**PLAIN, "swing": 0.9})
    table = rows_of_table(page)
    assert table["CV of the intervals"][1] is None and table["CV of the intervals"][0] > 1.15
    arrays(page, NAME, {**PLAIN, "burst": 3})
    assert rows_of_table(page)["correlation of neighbours"][1] is None
    arrays(page, NAME, PLAIN)
    assert rows_of_table(page)["correlation of neighbours"][1] == 0


def test_sound_comes_only_when_asked_for_follows_the_train_and_stops_when_asked(opened):
    page = opened(sb.explore.spike_trains())
    page.evaluate(
        """() => {
            window.started = [];
            const { start } = AudioBufferSourceNode.prototype;
            AudioBufferSourceNode.prototype.start = function (at) { window.started.push(at); start.call(this, at); };
        }"""
    )
    times = arrays(page, NAME, {**PLAIN, "rate": 40})["spike_times"]
    page.wait_for_timeout(300)
    assert page.evaluate("window.started.length") == 0
    assert page.locator(".sb-dot").is_hidden()
    root(page, NAME).get_by_role("button", name="Listen").click()
    page.wait_for_function("window.started.length > 20")
    heard = 1000 * np.array(page.evaluate("window.started.slice(0, 20)"))
    assert np.all(np.diff(heard) > 0)
    # A busy machine wakes the page too late for some spikes, which then stay silent; each click is a spike of the train.
    aligned = [np.abs((heard - heard[0] + first)[:, None] - times).min(axis=1).max() for first in times[:20]]
    assert min(aligned) < 1e-3
    assert page.locator(".sb-dot").is_visible()
    root(page, NAME).get_by_role("button", name="Stop the sound").click()
    count = page.evaluate("window.started.length")
    page.wait_for_timeout(300)
    assert page.evaluate("window.started.length") == count
    assert page.locator(".sb-dot").is_hidden()


def test_nothing_runs_along_the_raster_for_who_wants_less_motion(opened):
    page = opened(sb.explore.spike_trains(), reduced_motion="reduce")
    root(page, NAME).get_by_role("button", name="Listen").click()
    page.wait_for_timeout(300)
    assert page.locator(".sb-dot").is_hidden()


def test_the_table_to_save_has_the_train_and_its_statistics(opened):
    page = opened(sb.explore.spike_trains())
    csv = root(page, NAME).evaluate("root => root.live.csv()").splitlines()
    assert csv[0].startswith("spike (ms),lag (ms),part of intervals")
    assert len(csv) == 1 + len(sb.explore.spike_trains().trace().spike_times)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_every_control_and_a_finger_scrolls_over_the_plots(opened, theme):
    page = opened(text=html([sb.explore.spike_trains()], theme=theme), width=360, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in page.locator("input, select, button, table, canvas").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    box = page.locator("canvas").first.bounding_box()
    scroll_with_a_finger(page, box["x"] + 150, box["y"] + 30)
