"""The race of six models in a real browser: what it says in words, what it measures, and by hand, key and finger."""

import numpy as np
import pytest
from explored import arrays, html, root, scroll_with_a_finger, settled, summary

import spikebook as sb

NAME = "choosing_a_model"
MODELS = ("HH", "FHN", "LIF", "QIF", "AdEx", "Izhikevich")


def counts(page, **settings):
    return dict(zip(MODELS, arrays(page, NAME, settings)["spike_counts"].astype(int).tolist()))


def test_a_number_that_is_wrong_in_one_models_program_would_be_noticed(opened):
    """The control of the comparison with Python: the leak of one of the six is changed, and only that one moves."""
    explorer = sb.explore.choosing_a_model()
    text = html([explorer]).replace(
        '"values":[1.0,0.1,-65.0,-50.0,-65.0,2.0]', '"values":[1.0,0.101,-65.0,-50.0,-65.0,2.0]'
    )
    assert text != html([explorer])
    theirs, ours = arrays(opened(text=text), NAME, explorer.settings), explorer.trace()
    wrong = [name for name in MODELS if np.abs(theirs[name] - ours[name]).max() > 1e-6]
    assert wrong == ["LIF"]


def test_at_its_rheobase_each_model_fires_and_just_below_none_does(opened):
    page = opened(sb.explore.choosing_a_model())
    assert set(counts(page, strength=0.98).values()) == {0}
    assert min(counts(page, strength=1.1).values()) == 1


def test_what_one_step_tells_apart(opened):
    """Class 2: one spike at twice the rheobase, a train at three times. A slow ramp never fires those two."""
    page = opened(sb.explore.choosing_a_model())
    twice, thrice, ramp = counts(page), counts(page, strength=3), counts(page, stimulus="ramp", strength=3)
    for name in ("HH", "FHN"):
        assert twice[name] == 1 and thrice[name] >= 5 and ramp[name] == 0
    for name in ("LIF", "QIF", "AdEx", "Izhikevich"):
        assert twice[name] >= 3 and ramp[name] >= 2


def test_the_summary_says_every_models_spikes_and_the_table_too(opened):
    page = opened(sb.explore.choosing_a_model())
    assert "Hodgkin-Huxley 1, FitzHugh-Nagumo 1, leaky 22" in summary(page, NAME)
    slider = root(page, NAME).locator("input[name=strength]")
    slider.focus()
    for _ in range(50):
        page.keyboard.press("ArrowRight")
    settled(page)
    expected = dict(zip(MODELS, sb.choosing_a_model.race(strength=3)[0].values()))
    fired = [str(len(trace.spike_times)) for trace in expected.values()]
    assert root(page, NAME).locator(".sb-table td:nth-child(2)").all_inner_texts() == fired
    assert f"Hodgkin-Huxley {fired[0]}, " in summary(page, NAME)


def test_the_cost_is_measured_once_the_hand_rests_and_changes_no_result(opened):
    page = opened(sb.explore.choosing_a_model())
    before = arrays(page, NAME, {"stimulus": "another"})
    page.wait_for_function(
        "[...document.querySelectorAll('.sb-table td:last-child')].every((cell) => Number(cell.textContent) > 0)"
    )
    after = root(page, NAME).evaluate("root => Object.values(root.explorer.trace()).map((values) => [...values])")
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(before.values(), after))
    operations = root(page, NAME).locator(".sb-table td:nth-child(3)").all_inner_texts()
    assert operations == ["1200", "72", "5", "7", "not counted", "13"]
    costs = [float(cost) for cost in root(page, NAME).locator(".sb-table td:last-child").all_inner_texts()]
    assert costs[2] < costs[0]  # a leaky neuron costs less than Hodgkin and Huxley's


def test_values_over_time_are_read_by_key(opened):
    page = opened(sb.explore.choosing_a_model())
    page.locator("[role=application]").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator(".sb-reading").inner_text()
    page.keyboard.press("Shift+ArrowRight")
    assert "ms: Hodgkin-Huxley " in first and page.locator(".sb-reading").inner_text() != first


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_every_control_and_a_finger_scrolls_over_the_race(opened, theme):
    page = opened(text=html([sb.explore.choosing_a_model()], theme=theme), width=360, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in page.locator("input, select, button, table").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    box = page.locator("canvas").first.bounding_box()
    scroll_with_a_finger(page, box["x"] + 150, box["y"] + 30)
