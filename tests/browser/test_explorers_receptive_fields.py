"""The two explorers of receptive fields in a real browser: the stimulus on its screen, and the average out of noise."""

import json

import numpy as np
import pytest
from explored import arrays, drag, html, root, scroll_with_a_finger, settings, summary, tap

import spikebook as sb

# ---- Hubel and Wiesel's bench


def on_screen(page, x, y):
    """Where a place of the bench's screen (degrees) is on the page."""
    box = root(page, "receptive_fields").locator("canvas").first.bounding_box()
    return box["x"] + (x / 8 + 0.5) * box["width"], box["y"] + (0.5 - y / 8) * box["height"]


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_page_and_python_draw_exactly_the_same_random_numbers(opened):
    """Whole numbers that chance decides: the spikes in each bin, and in each frame of noise."""
    for make, name in ((sb.explore.receptive_fields, "neuron"), (sb.explore.receptive_fields_sta, "seed")):
        explorer = make()
        page = opened(explorer)
        seen = []
        for value in (1.0, 2.0, 33.0):
            setattr(explorer, name, value)
            theirs = arrays(page, explorer._spec["name"], {name: value})["counts"]
            assert np.array_equal(theirs, explorer.trace().counts) and theirs.sum() > 10
            seen.append(theirs)
        assert not np.array_equal(seen[0], seen[1])


def test_a_field_that_is_wrong_in_the_page_would_be_noticed(opened):
    explorer = sb.explore.receptive_fields()
    code = json.dumps(explorer._spec["code"])[1:-1]
    assert code.count("0.72") == 1
    page = opened(text=html([explorer]).replace(code, code.replace("0.72", "0.74")))
    theirs = arrays(page, "receptive_fields", explorer.settings)
    assert np.abs(theirs["rate"] - explorer.trace().rate).max() > 0.1


def test_a_bar_is_dragged_turned_and_resized_by_its_handles_until_the_cell_fires(opened):
    page = opened(sb.explore.receptive_fields())
    body, end, side = root(page, "receptive_fields").locator(".sb-point").all()
    one = sb.receptive_fields.bench.neuron(9)
    drag(page, middle(body), on_screen(page, one.x, one.y))
    now = settings(page, "receptive_fields")
    assert (now["x"], now["y"], now["angle"]) == pytest.approx((one.x, one.y, 90), abs=0.08)
    x, y = on_screen(page, now["x"], now["y"])
    turn = np.radians(one.orientation)
    reach = middle(end)[1] - y
    drag(page, middle(end), (x - reach * np.cos(turn), y + reach * np.sin(turn)))
    now = settings(page, "receptive_fields")
    assert now["angle"] == pytest.approx(one.orientation, abs=2) and now["length"] == pytest.approx(3, abs=0.2)
    said = summary(page, "receptive_fields")
    assert int(said.split(" Hz")[0]) > 60 and "more than the 4 Hz" in said
    before = middle(side)
    drag(page, before, (x + 2 * (before[0] - x), y + 2 * (before[1] - y)))
    assert settings(page, "receptive_fields")["width"] > now["width"] + 0.5


def test_the_stimulus_obeys_the_keyboard(opened):
    page = opened(sb.explore.receptive_fields())
    body, end, side = root(page, "receptive_fields").locator(".sb-point").all()
    body.focus()
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    end.focus()
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
    side.focus()
    page.keyboard.press("ArrowUp")
    now = settings(page, "receptive_fields")
    expected = {"x": -0.1, "y": 0.3, "angle": 81, "length": 3.1, "width": 0.7}
    assert {name: now[name] for name in expected} == pytest.approx(expected)
    root(page, "receptive_fields").locator("select[name=shape]").select_option("spot")
    assert side.is_hidden() and root(page, "receptive_fields").locator("input[name=angle]").first.is_disabled()
    end.focus()
    page.keyboard.press("ArrowLeft")
    assert settings(page, "receptive_fields") == {**now, "shape": "spot"}


def test_probing_everywhere_maps_the_cell_as_python_does_and_moving_leaves_marks(opened):
    page = opened(sb.explore.receptive_fields())
    values = {"cell": "on_centre", "shape": "spot", "length": 0.5}
    arrays(page, "receptive_fields", {**values, "x": 1.0, "y": 1.0})
    arrays(page, "receptive_fields", {"x": 2.0, "y": 1.0})
    marks = """root => {
        const { map } = root.live.view;
        return [...map(root.live.result.settings)].map(one => Number.isNaN(one) ? null : one);
    }"""
    assert sum(mark is not None for mark in root(page, "receptive_fields").evaluate(marks)) == 2
    root(page, "receptive_fields").get_by_role("button", name="Probe everywhere").click()
    page.wait_for_function(f"!({marks})(document.querySelector('[data-explorer]')).includes(null)")
    found = np.reshape(root(page, "receptive_fields").evaluate(marks), (32, 32))
    for row, column in ((3, 5), (10, 21), (11, 20), (16, 16)):
        x, y = 8 * ((column + 0.5) / 32 - 0.5), 8 * (0.5 - (row + 0.5) / 32)
        rate = sb.receptive_fields.bench.firing_rate("on_centre", 9, "spot", "light", x, y, length=0.5)
        assert found[row, column] == pytest.approx(rate - 25, abs=1e-9)
    one = sb.receptive_fields.bench.neuron(9)
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert (8 * ((column + 0.5) / 32 - 0.5), 8 * (0.5 - (row + 0.5) / 32)) == pytest.approx((one.x, one.y), abs=0.25)
    root(page, "receptive_fields").get_by_role("button", name="Wipe the marks").click()
    assert set(root(page, "receptive_fields").evaluate(marks)) == {None}


def test_the_true_field_is_hidden_until_it_is_asked_for(opened):
    page = opened(sb.explore.receptive_fields())
    canvas = root(page, "receptive_fields").locator("canvas").first
    hidden = canvas.evaluate("canvas => canvas.toDataURL()")
    root(page, "receptive_fields").locator("select[name=field]").select_option("shown")
    assert canvas.evaluate("canvas => canvas.toDataURL()") != hidden


def test_sound_comes_only_when_asked_for_and_stops_when_asked(opened):
    page = opened(sb.explore.receptive_fields())
    page.evaluate(
        """() => {
            window.started = 0;
            const { start } = AudioBufferSourceNode.prototype;
            AudioBufferSourceNode.prototype.start = function (...all) { window.started++; start.apply(this, all); };
        }"""
    )
    arrays(page, "receptive_fields", {"cell": "on_centre"})
    page.wait_for_timeout(300)
    assert page.evaluate("window.started") == 0
    listen = root(page, "receptive_fields").get_by_role("button", name="Listen")
    listen.click()
    page.wait_for_function("window.started > 5")  # clicks at 25 Hz and more
    stop = root(page, "receptive_fields").get_by_role("button", name="Stop the sound")
    assert stop.get_attribute("aria-pressed") == "true"
    stop.click()
    heard = page.evaluate("window.started")
    page.wait_for_timeout(300)
    assert page.evaluate("window.started") == heard


def test_a_finger_drags_the_stimulus_and_scrolls_the_page_beside_it(opened):
    page = opened(sb.explore.receptive_fields(), width=360, has_touch=True)
    for point in root(page, "receptive_fields").locator(".sb-point").all():
        assert point.evaluate("point => getComputedStyle(point).touchAction") == "none"
    assert (
        root(page, "receptive_fields").locator(".sb-panels").evaluate("one => getComputedStyle(one).touchAction")
        == "pan-y"
    )
    tap(page, *on_screen(page, -2, 2))
    now = settings(page, "receptive_fields")
    assert (now["x"], now["y"]) == pytest.approx((-2, 2), abs=0.1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    scroll_with_a_finger(page, *on_screen(page, 2, -2))
    assert settings(page, "receptive_fields") == now


# ---- a field out of noise


def test_more_pictures_bring_the_average_closer_and_never_for_a_complex_cell(opened):
    page = opened(sb.explore.receptive_fields_sta())
    last = {}
    for cell in ("simple", "on_centre", "complex"):
        for frames in (100, 6000):
            last[cell, frames] = arrays(page, "receptive_fields_sta", {"cell": cell, "frames": frames})["correlation"][
                -1
            ]
    for cell in ("simple", "on_centre"):
        assert last[cell, 100] < 0.6 and last[cell, 6000] > 0.93
    assert abs(last["complex", 6000]) < 0.35
    said = summary(page, "receptive_fields_sta")
    assert "6000 pictures (120 s)" in said and "complex cell" in said


def test_a_longer_experiment_goes_on_where_a_shorter_one_ended(opened):
    page = opened(sb.explore.receptive_fields_sta())
    short = arrays(page, "receptive_fields_sta", {"frames": 200})
    long = arrays(page, "receptive_fields_sta", {"frames": 1000})
    again = arrays(page, "receptive_fields_sta", {"frames": 200})
    assert np.array_equal(long["counts"][:200], short["counts"])
    assert np.array_equal(again["sta"], short["sta"])
