"""Explorers in a real browser: they compute what Python computes, and a reader can do everything by mouse, touch or key.

The explorers stand here on a bare page, from a file, without the book around them; `test_book.py` drives the built one.
"""

import json

import numpy as np
import pytest
from explored import arrays, every_array, html, random_settings, root, settings, summary
from IPython.core.interactiveshell import InteractiveShell

import spikebook as sb

CELL = '''
import spikebook as sb
from numpy import sin

def dV(V, w, I):
    """The voltage of FitzHugh and Nagumo."""
    return V - V**3 / 3 - w + I

def dw(V, w, a, b, tau):
    return (V + a - b * w) / tau

cell = sb.Model(
    name="From a cell",
    parameters={
        "a": sb.Parameter(0.7, "", "offset", 0, 2),
        "b": sb.Parameter(0.8, "", "slope", 0, 2),
        "tau": sb.Parameter(12.5, "ms", "slowness", 1, 50),
    },
    derivatives={"V": dV, "w": dw},
    initial={"V": -1.2, "w": -0.6},
    current_unit="",
)
explorer = sb.explore.Explorer(cell, current=(0, 1, 0.5), a=(0.5, 1), tau=(5, 30))
'''


EVERY = [getattr(sb.explore, name) for name in sb.explore.__all__[1:]]
every_explorer = pytest.mark.parametrize("make", EVERY, ids=lambda make: make.__name__)


def from_a_cell():
    shell = InteractiveShell.instance()
    result = shell.run_cell(CELL, store_history=True)
    result.raise_error()
    return shell.user_ns["explorer"]


@pytest.mark.parametrize(
    ("make", "trials"),
    [
        (sb.explore.hodgkin_huxley_neuron, 100),
        (sb.explore.hodgkin_huxley_circuit, 100),
        (sb.explore.intro, 20),
        (sb.explore.membrane_potential, 100),
        (sb.explore.membrane_potential_integrate_and_fire, 50),
        (sb.explore.refractory_period, 60),
        (sb.explore.choosing_a_model, 60),
        (sb.explore.first_network, 30),
        (sb.explore.synapses, 60),
        (sb.explore.synapses_paired_pulse, 60),
        (sb.explore.receptive_fields, 100),
        (sb.explore.receptive_fields_sta, 60),
        (sb.explore.spike_trains, 60),
        (sb.explore.izhikevich_model, 100),
        (sb.explore.firing_patterns, 60),
        (sb.explore.toward_learning, 60),
        (from_a_cell, 20),
    ],
)
def test_browser_and_python_agree_on_every_array_at_random_settings(opened, make, trials):
    explorer = make()
    name = explorer._spec["name"]
    page = opened(explorer)
    rng = np.random.default_rng(1952)
    first = explorer.settings
    spikes, moved = 0, set()
    for _ in range(trials):
        values = random_settings(explorer, rng)
        for key, value in values.items():
            setattr(explorer, key, value)
        computed = every_array(explorer)
        theirs = arrays(page, name, values)
        assert set(theirs) == set(computed)
        for key, ours in computed.items():
            assert theirs[key].shape == ours.shape, (key, values)
            if len(ours):
                span = max(np.ptp(computed["t"] if key == "spike_times" else ours), 1e-6)
                assert np.abs(theirs[key] - ours).max() <= 1e-9 * span, (key, values)
        spikes += len(computed.get("spike_times", "1"))
        moved |= {key for key, value in values.items() if value != first[key]}
    assert spikes > trials / 2  # the settings are not all silent
    single = {c["name"] for c in explorer._spec["controls"] if len(c.get("options", "two")) == 1}
    assert moved == first.keys() - single  # every trait took part


def test_a_parameter_that_is_wrong_in_the_page_would_be_noticed(opened):
    """The control of the comparison above: one changed number in the translated code shows."""
    explorer = sb.explore.intro()
    text = html([explorer]).replace("0.125 *", "0.126 *")
    assert text != html([explorer])
    page = opened(text=text)
    theirs = arrays(page, "intro", explorer.settings)
    assert np.abs(theirs["V"] - explorer.trace().V).max() > 0.01


def test_dragging_a_slider_changes_picture_number_and_summary(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    slider = root(page).locator("input[name=current]")
    picture = root(page).locator("canvas").first
    before = (
        picture.evaluate("canvas => canvas.toDataURL()"),
        summary(page),
    )
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 30 / 180, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    after = (
        picture.evaluate("canvas => canvas.toDataURL()"),
        summary(page),
    )
    assert before[0] != after[0] and before[1] != after[1]
    assert 60 < settings(page)["current"] < 80
    assert float(root(page).locator("input[type=number]").first.input_value()) == settings(page)["current"]


@every_explorer
def test_every_control_is_reached_with_tab_and_has_a_name(opened, make):
    explorer, name = make(), make.__name__
    page = opened(explorer)
    page.locator("h2").first.click()
    page.evaluate(
        "() => { window.reached = []; addEventListener('focusin', ({ target }) => reached.push(target.name)); }"
    )
    for _ in range(60):
        page.keyboard.press("Tab")
    single = {one["name"] for one in explorer._spec["controls"] if len(one.get("options", "two")) == 1}
    assert set(filter(None, page.evaluate("reached"))) == {*settings(page, name)} - {"pulses", "drawn"} - single
    unnamed = root(page, name).evaluate(
        "root => [...root.querySelectorAll('input, select, button')]"
        ".filter(e => !e.labels?.length && !e.getAttribute('aria-label') && !e.textContent).length"
    )
    assert unnamed == 0


def test_a_click_on_the_trace_injects_a_pulse_there(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    arrays(page, "hodgkin_huxley_neuron", {"current": 0})
    assert "No spike" in summary(page)
    canvas = root(page).locator("canvas").first
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + 46 + (box["width"] - 56) * 0.4, box["y"] + 60)
    assert settings(page)["pulses"] == pytest.approx([40], abs=0.3)
    assert summary(page).startswith("1 spike, first at 41")
    root(page).get_by_role("button", name="Remove pulses").click()
    assert "No spike" in summary(page)


def test_pulses_are_injected_and_removed_by_key(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    root(page).locator("[role=application]").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert settings(page)["pulses"] == [52]
    page.keyboard.press("Delete")
    assert settings(page)["pulses"] == []


def test_a_current_is_drawn_by_hand(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    root(page).locator("select[name=stimulus]").select_option("drawn")
    box = root(page).locator("canvas").last.bounding_box()
    page.mouse.move(box["x"] + 46 + (box["width"] - 56) * 0.5, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 46 + (box["width"] - 56) * 0.8, box["y"] + 8, steps=4)
    page.mouse.up()
    drawn = settings(page)["drawn"]
    assert min(drawn[51:79]) > 10
    assert drawn[90] == sb.explore.hodgkin_huxley_neuron().drawn[90]


def test_the_input_itself_is_dragged(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    box = root(page).locator("canvas").last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40, steps=5)
    page.mouse.up()
    assert 3 < settings(page)["current"] < 7
    assert settings(page)["pulses"] == []


def test_a_value_out_of_range_is_clamped_and_the_reader_told(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    box = root(page).locator("input[type=number]").first
    box.fill("1000")
    box.press("Enter")
    assert settings(page)["current"] == 160
    assert "runs from -20 to 160" in root(page).get_by_role("alert").inner_text()
    box.fill("")
    box.press("Enter")
    assert settings(page)["current"] == 160


@every_explorer
def test_reset_brings_every_setting_back(opened, make):
    explorer, name = make(), make.__name__
    page = opened(explorer)
    first = settings(page, name)
    arrays(page, name, random_settings(explorer, np.random.default_rng(3)))
    assert settings(page, name) != first
    root(page, name).get_by_role("button", name="Reset").click()
    assert settings(page, name) == first == explorer.settings


@every_explorer
def test_a_link_reproduces_the_settings(opened, make):
    explorer, name = make(), make.__name__
    page = opened(explorer)
    arrays(page, name, random_settings(explorer, np.random.default_rng(4)))
    address = root(page, name).evaluate("root => root.explorer.link()")
    other = opened(explorer, query="#" + address.split("#")[1])
    assert settings(other, name) == settings(page, name) != explorer.settings


def test_traces_and_picture_are_saved(opened, tmp_path):
    explorer = sb.explore.hodgkin_huxley_neuron()
    page = opened(explorer, accept_downloads=True)
    with page.expect_download() as download:
        root(page).get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "trace.csv")
    header, *_ = (tmp_path / "trace.csv").read_text().splitlines()
    table = np.loadtxt(tmp_path / "trace.csv", delimiter=",", skiprows=1)
    assert header.startswith("t (ms),V (mV)")
    assert np.allclose(table[:, 1], explorer.trace().V, rtol=0, atol=1e-9)
    with page.expect_download() as download:
        root(page).get_by_role("button", name="Picture").click()
    download.value.save_as(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def test_embedding_shows_one_explorer_alone(opened):
    page = opened(sb.explore.intro(), sb.explore.hodgkin_huxley_neuron(), query="?embed=hodgkin_huxley_neuron")
    page.wait_for_selector("[data-explorer=hodgkin_huxley_neuron] .sb-summary:not(:empty)")
    visible = page.evaluate(
        "[...document.body.children].filter(e => e.getClientRects().length).map(e => e.dataset.explorer)"
    )
    assert visible == ["hodgkin_huxley_neuron"]
    wrong = opened(sb.explore.intro(), query="?embed=nothing")
    assert "has no explorer" in wrong.get_by_role("alert").first.inner_text()


def test_a_broken_explorer_says_so_in_its_own_box_and_leaves_the_page_readable(opened):
    good, bad = sb.explore.hodgkin_huxley_neuron(), sb.explore.intro()
    before, after = html([good, bad]).rsplit(json.dumps(bad._spec["code"])[1:-1], 1)
    page = opened(text=before + "this is no JavaScript" + after)
    page.locator("[data-explorer=intro]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-explorer=intro] [role=alert]")
    assert "could not start" in root(page, "intro").inner_text()
    assert page.get_by_text("Text after.").count() == 2
    root(page).scroll_into_view_if_needed()
    assert "spikes" in summary(page)


def test_an_unstable_computation_is_reported_instead_of_drawn(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    many = {"pulses": [20.0] * 12, "pulse_current": 50}
    root(page).evaluate("(root, many) => { root.explorer.settings = many; }", many)
    assert "Remove a pulse" in root(page).get_by_role("alert").inner_text()
    root(page).get_by_role("button", name="Remove pulses").click()
    assert "spikes" in summary(page)


def test_an_explorer_off_screen_costs_nothing(opened):
    explorer = sb.explore.hodgkin_huxley_neuron()
    page = opened(text=html([explorer]).replace("<p>Text after.", "<p style='margin-top: 4000px'>Text after."))
    page.wait_for_selector(".sb-summary:not(:empty)")
    page.mouse.wheel(0, 4000)
    page.wait_for_function("window.scrollY > 3000")
    page.wait_for_timeout(200)
    drawn = (
        "root => { let n = 0; const draw = root.live.view.draw; root.live.view.draw = (...a) => { n++; draw(...a); };"
        " root.explorer.settings = { current: 33 }; return n; }"
    )
    assert root(page).evaluate(drawn) == 0
    page.mouse.wheel(0, -5000)
    explorer.current = 33
    spikes = len(explorer.trace().spike_times)
    page.wait_for_function(f"document.querySelector('.sb-summary').textContent.startsWith('{spikes} spikes')")


@every_explorer
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_every_control_without_scrolling_sideways(opened, theme, make):
    page = opened(text=html([make()], theme=theme), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = (
        root(page, make.__name__)
        .locator("input, select, button")
        .evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(({ left, right, width }) => [left, right, width])"
        )
    )
    assert boxes
    for left, right, width in boxes:
        assert left >= 0 and right <= 360 and width


# What was set, and what the reader was told; what has changed is computed, so that an end at which that fails is noticed.
SETS_IN_TURN = """(root, [key, values]) => values.map((value) => {
    const before = root.explorer.settings[key];
    root.explorer.settings = { [key]: value };
    if (root.explorer.settings[key] !== before) root.explorer.trace();
    return [root.explorer.settings[key], root.querySelector("[role=alert]").innerText];
})"""


@every_explorer
def test_what_is_no_setting_of_its_range_is_clamped_or_left_and_the_reader_told(opened, make):
    explorer, name = make(), make.__name__
    page = opened(explorer)
    for control in explorer._spec["controls"]:
        key, first = control["name"], settings(page, name)[control["name"]]
        values = ["nonsense", first] if "options" in control else [1e9, -1e9, "much", first]
        found = root(page, name).evaluate(SETS_IN_TURN, [key, values])
        if "options" in control:
            assert found[0][0] == first and "There is no" in found[0][1]
            continue
        for (taken, said), value, right in zip(found, values, (control["high"], control["low"], control["low"])):
            assert taken == right
            assert ("must be a number" if value == "much" else "it runs from") in said


def test_presets_set_the_membrane_up_and_leave_the_rest_alone(opened):
    explorer = sb.explore.membrane_potential()
    page = opened(explorer)
    name = "membrane_potential"
    root(page, name).get_by_role("button", name="Mammalian neuron").click()
    assert settings(page, name)["K_out"] == 5 and settings(page, name)["celsius"] == 37
    assert "V rests at \u221267.3 mV" in summary(page, name)  # tests/reference
    root(page, name).get_by_role("button", name="Sodium channels open").click()
    assert settings(page, name)["P_Na"] == 20 and settings(page, name)["K_out"] == 5
    root(page, name).get_by_role("button", name="Squid axon").click()
    assert settings(page, name) == explorer.settings
    assert "V rests at \u221257.1 mV" in summary(page, name)


def test_the_page_shows_the_settings_that_the_notebook_made(opened):
    explorer = sb.explore.hodgkin_huxley_neuron()
    explorer.current, explorer.stimulus, explorer.pulses = 7.5, "ramp", [30.0]
    page = opened(explorer)
    assert settings(page) == explorer.settings
    assert root(page).locator("select").input_value() == "ramp"


def test_the_same_current_fires_after_a_step_and_not_after_a_slow_ramp(opened):
    """Ramp and hold at 8 uA/cm2, between the onset of firing (6.26) and the loss of rest (9.78)."""
    page = opened(sb.explore.hodgkin_huxley_neuron())
    arrays(page, "hodgkin_huxley_neuron", {"current": 8, "stimulus": "ramp", "width": 100, "duration": 200})
    assert summary(page).startswith("No spike")
    current = arrays(page, "hodgkin_huxley_neuron", {})["current"]
    assert current[-1] == 8
    arrays(page, "hodgkin_huxley_neuron", {"stimulus": "step", "width": 200})
    assert int(summary(page).split()[0]) > 10


def test_swings_that_do_not_reach_the_threshold_are_mentioned(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    arrays(page, "hodgkin_huxley_neuron", {"current": 80})
    assert "swings stay below 0 mV" in summary(page)
    arrays(page, "hodgkin_huxley_neuron", {"current": 10})
    assert "swings" not in summary(page)


def test_a_link_within_the_page_sets_up_its_explorer_from_scratch(opened):
    explorer = sb.explore.hodgkin_huxley_neuron()
    page = opened(
        text=html([explorer]).replace(
            "Text after.", "<a href='#hodgkin_huxley_neuron?current=8&amp;stimulus=ramp'>Try</a>"
        )
    )
    arrays(page, "hodgkin_huxley_neuron", {"g_K": 20, "pulses": [3.0]})
    page.get_by_text("Try").click()
    page.wait_for_function("document.querySelector('[data-explorer]').explorer.settings.current == 8")
    assert settings(page) == {**explorer.settings, "current": 8, "stimulus": "ramp"}
