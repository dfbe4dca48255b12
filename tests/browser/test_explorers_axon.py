"""The explorer of the action potential in a real browser: an axon that is stimulated, watched and played."""

import numpy as np
import pytest
from explored import arrays, html, random_settings, root, scroll_with_a_finger, settings, summary, tap

import spikebook as sb


def axon(**settings):
    explorer = sb.explore.action_potential()
    for name, value in settings.items():
        setattr(explorer, name, value)
    return explorer


def compared(page, explorer, values):
    """The largest difference between the page's arrays and Python's, relative to Python's range, for each of them."""
    for name, value in values.items():
        setattr(explorer, name, value)
    ours, theirs = explorer.trace(), arrays(page, "action_potential", values)
    assert set(theirs) == set(ours.names)
    assert all(theirs[name].shape == ours[name].shape for name in theirs)
    return {name: np.abs(theirs[name] - ours[name]).max() / max(np.ptp(ours[name]), 1e-3) for name in theirs}


def test_browser_and_python_agree_on_an_axon_at_random_settings(opened):
    explorer = axon()
    page = opened(explorer)
    rng = np.random.default_rng(1952)
    first, moved, spikes = explorer.settings, set(), 0
    for _ in range(40):
        values = random_settings(explorer, rng)
        differences = compared(page, explorer, values)
        assert max(differences.values()) <= 1e-9, (differences, values)
        moved |= {key for key, value in values.items() if value != first[key]}
        spikes += explorer.trace().run.V.max() > 0
    assert moved == set(first) and spikes > 10


def test_an_equation_of_the_axon_that_is_wrong_in_the_page_would_be_noticed(opened):
    explorer = axon()
    text = html([explorer]).replace("0.07 *", "0.071 *")
    assert text != html([explorer])
    page = opened(text=text)
    assert compared(page, explorer, {})["V"] > 1e-4


def spot(page, panel, part_x, part_y=0.5):
    """A point in one of the axon's panels: parts of what lies within its axes."""
    box = root(page, "action_potential").locator("canvas").nth(panel).bounding_box()
    bottom = box["height"] - (5 if panel == 0 else 22)
    return box["x"] + 46 + part_x * (box["width"] - 56), box["y"] + 5 + part_y * (bottom - 5)


def test_an_axon_is_stimulated_where_the_map_is_pressed_and_the_nearest_electrode_is_dragged(opened):
    page = opened(axon(place_2=90, time_2=1.5))
    page.mouse.click(*spot(page, 1, 0.3, 0.25))
    now = settings(page, "action_potential")
    assert (now["place_1"], now["place_2"]) == (pytest.approx(30, abs=1), 90)
    assert now["time_1"] == pytest.approx(3, abs=0.1)
    page.mouse.move(*spot(page, 1, 0.9, 0.125))
    page.mouse.down()
    page.mouse.move(*spot(page, 1, 0.6, 0.5), steps=5)
    page.mouse.up()
    now = settings(page, "action_potential")
    assert now["place_2"] == pytest.approx(60, abs=1) and now["time_2"] == pytest.approx(6, abs=0.1)
    assert now["place_1"] == pytest.approx(30, abs=1)


def test_listening_electrodes_and_the_moment_are_dragged_in_their_panels(opened):
    page = opened(axon())
    page.mouse.click(*spot(page, 0, 0.2))
    page.mouse.click(*spot(page, 2, 0.5))
    now = settings(page, "action_potential")
    assert now["electrode_A"] == pytest.approx(20, abs=1) and now["electrode_B"] == 75
    assert now["moment"] == pytest.approx(6, abs=0.1)
    root(page, "action_potential").locator("[role=application]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert settings(page, "action_potential")["moment"] == pytest.approx(now["moment"] + 1.1)


def test_the_axon_says_in_words_what_becomes_of_its_spikes(opened):
    page = opened(axon())
    root(page, "action_potential").get_by_role("button", name="Collision").click()
    assert "The spikes meet at 55 mm" in summary(page, "action_potential")
    root(page, "action_potential").get_by_role("button", name="One spike").click()
    run = axon(stimulus="one").trace().run
    speed = run.speed(25, 35)
    said = summary(page, "action_potential")
    assert f"Velocity {speed:.1f} m/s" in said and "meet" not in said
    assert f"B: spike at {run.spike_times(75, -30)[0]:.2f} ms" in said
    for cause in ("No sodium channels", "Too warm"):
        root(page, "action_potential").get_by_role("button", name=cause).click()
        assert "A: no spike" in summary(page, "action_potential") and "B: no" in summary(page, "action_potential")


def test_an_axon_plays_when_asked_and_stops_when_a_hand_is_laid_on_it(opened):
    page = opened(axon())
    play = root(page, "action_potential").get_by_role("button", name="Play")
    play.click()
    page.wait_for_function("document.querySelector('[data-explorer]').explorer.settings.moment > 2.8")
    root(page, "action_potential").locator("input[name=celsius]").fill("20")
    assert play.inner_text() == "Play"
    stopped = settings(page, "action_potential")["moment"]
    page.wait_for_timeout(200)
    assert settings(page, "action_potential")["moment"] == stopped


def test_with_reduced_motion_an_axon_is_stepped(opened):
    page = opened(axon(), reduced_motion="reduce")
    step = root(page, "action_potential").get_by_role("button", name="Step")
    step.click()
    page.wait_for_timeout(200)
    assert settings(page, "action_potential")["moment"] == 3.0


def test_a_finger_that_scrolls_over_the_axon_moves_nothing_and_a_tap_does(opened):
    page = opened(axon(place_2=90), width=360, has_touch=True)
    first = settings(page, "action_potential")
    scroll_with_a_finger(page, *spot(page, 1, 0.3, 0.7))
    assert settings(page, "action_potential") == first
    page.evaluate("window.scrollTo(0, 0)")
    tap(page, *spot(page, 1, 0.3, 0.25))
    assert settings(page, "action_potential")["place_1"] == pytest.approx(30, abs=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_every_control_of_the_axon(opened, theme):
    page = opened(text=html([axon()], theme=theme), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in root(page, "action_potential").locator("input, select, button").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
