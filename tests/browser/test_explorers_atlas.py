"""The atlas of firing patterns in a real browser: what it says of a pattern, and how one picks, bends and solves it."""

import numpy as np
import pytest
from explored import arrays, html, picture, root, settings, settled, summary

import spikebook as sb

NAME = "firing_patterns"


def pick(page, pattern):
    root(page, NAME).locator("select[name=pattern]").select_option(pattern)
    return summary(page, NAME)


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("0.04 *", "0.041 *", {"v", "u", "spike_times", "fixed_points", "kinds", "measured", "holds"}),
        ("(2 * longest) / 3", "(4 * longest) / 3", {"measured", "holds"}),
        ("points[2 * k] = v", "points[2 * k] = v + 0.001", {"fixed_points"}),
    ],
)
def test_a_number_that_is_wrong_in_the_page_would_be_noticed(opened, before, after, wrong):
    """The control of the comparison with Python, for the neuron, the criterion and the plane."""
    explorer = sb.explore.firing_patterns()
    explorer.pattern = "tonic bursting" if "longest" in before else "phasic spiking"
    text = html([explorer]).replace(before, after)
    assert text != html([explorer]), "rewrite this control, the translation has changed"
    theirs, ours = arrays(opened(text=text), NAME, explorer.settings), explorer.trace()
    off = {
        key
        for key in ours
        if theirs[key].shape != ours[key].shape or np.abs(theirs[key] - ours[key]).max(initial=0) > 1e-6
    }
    assert off == wrong


def test_every_pattern_by_both_schemes_is_what_python_says(opened):
    explorer = sb.explore.firing_patterns()
    page = opened(explorer)
    for pattern in sb.firing_patterns.PATTERNS:
        explorer.pattern = pattern
        for scheme in ("published", "converged"):
            explorer.scheme = scheme
            theirs, ours = arrays(page, NAME, explorer.settings), explorer.trace()
            for key in ("spike_times", "measured", "holds"):
                np.testing.assert_allclose(theirs[key], ours[key], rtol=0, atol=1e-9, err_msg=f"{pattern}, {scheme}")
            said = summary(page, NAME)
            assert said.startswith("Not " if not ours.holds[0] else pattern[0].upper()) and pattern[1:] in said


def test_a_pattern_is_picked_by_its_picture_or_its_name_and_brings_its_numbers(opened):
    page = opened(sb.explore.firing_patterns())
    assert summary(page, NAME) == "Tonic bursting: 4 bursts of 6 to 11 spikes."
    root(page, NAME).get_by_role("button", name="resonator").click()
    now = settings(page, NAME)
    assert (now["pattern"], now["a"], now["b"], now["c"], now["d"]) == ("resonator", 0.1, 0.26, -60, -1)
    assert root(page, NAME).locator("button[aria-pressed=true]").get_attribute("aria-label") == "resonator"
    assert pick(page, "rebound burst").startswith("Rebound burst: a burst of 14 spikes")
    root(page, NAME).locator("select[name=pattern]").focus()
    page.keyboard.press("ArrowDown")
    assert settings(page, NAME)["pattern"] == "threshold variability" and settings(page, NAME)["d"] == 4


def test_a_bent_pattern_holds_until_it_no_longer_does(opened):
    page = opened(sb.explore.firing_patterns())
    slider = root(page, NAME).locator("input[name=d][type=range]")
    slider.focus()
    page.keyboard.press("PageUp")
    settled(page)
    assert settings(page, NAME)["d"] == 2.5 and summary(page, NAME).startswith("Still tonic bursting: 5 bursts")
    arrays(page, NAME, {"c": -65})
    assert summary(page, NAME).startswith("No longer tonic bursting: ") and "spikes in 220 ms" in summary(page, NAME)
    arrays(page, NAME, {"c": -50, "d": 2, "strength": 0})
    assert summary(page, NAME) == "No longer tonic bursting: no spikes in 220 ms."


def test_what_the_published_step_makes_is_gone_when_it_is_solved(opened):
    page = opened(sb.explore.firing_patterns())
    pick(page, "bistability")
    assert summary(page, NAME) == "Not bistability: 7 spikes in 300 ms."
    hints = root(page, NAME).locator(".sb-hint")
    assert "a pulse at 208 ms ends it" in hints.last.inner_text()
    root(page, NAME).locator("select[name=scheme]").select_option("published")
    assert summary(page, NAME).startswith("Bistability: 5 spikes between the pulses")
    pick(page, "inhibition-induced bursting")
    assert summary(page, NAME).startswith("Inhibition-induced bursting: 2 bursts of 7")
    root(page, NAME).locator("select[name=scheme]").select_option("converged")
    assert "spikes without end" in summary(page, NAME) and len(arrays(page, NAME, {})["v"]) == 0
    arrays(page, NAME, {"d": -0.7})
    assert summary(page, NAME).startswith("Still inhibition-induced bursting: 2 bursts of 23")


def test_the_plane_follows_the_moment_that_is_pointed_at(opened):
    page = opened(sb.explore.firing_patterns())
    pick(page, "rebound spike")
    still = picture(page, NAME)
    stack = root(page, NAME).locator(".sb-panels")
    stack.focus()
    page.keyboard.press("ArrowRight")
    settled(page)
    assert "at 101.0 ms: v " in root(page, NAME).locator(".sb-reading").inner_text() and picture(page, NAME) != still
    box = root(page, NAME).locator("canvas").nth(1).bounding_box()
    page.mouse.move(box["x"] + 46 + (box["width"] - 56) * 22 / 200, box["y"] + 40)
    settled(page)
    assert "current −15" in root(page, NAME).locator(".sb-reading").inner_text()


def test_every_slider_changes_the_picture_at_opening_within_the_pattern_s_reach(opened):
    explorer = sb.explore.firing_patterns()
    page = opened(explorer)
    for control in explorer._spec["controls"]:
        if "options" in control:
            continue
        before = picture(page, NAME)
        slider = root(page, NAME).locator(f"input[name={control['name']}][type=range]")
        slider.focus()
        page.keyboard.press("PageDown")
        settled(page)
        assert picture(page, NAME) != before, control["name"]
        root(page, NAME).get_by_role("button", name="Reset").click()
        settled(page)
    d = root(page, NAME).locator("input[name=d][type=range]")
    assert (d.get_attribute("min"), d.get_attribute("max")) == ("-2", "6")
    pick(page, "depolarizing after-potential")
    assert (d.get_attribute("min"), d.get_attribute("max")) == ("-25", "-17")
