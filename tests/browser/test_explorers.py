"""Explorers in a real browser: they compute what Python computes, and a reader can do everything by mouse, touch or key.

The explorers stand here on a bare page, from a file, without the book around them; `test_book.py` drives the built one.
"""

import base64
import json

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

import spikebook as sb
from spikebook.explore import bundle

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


def html(explorers, **attributes):
    marked = " ".join(f'data-{name}="{value}"' for name, value in {"theme": "light", **attributes}.items())
    body = "\n".join(f"<h2>Text before</h2>{explorer._html()}<p>Text after.</p>" for explorer in explorers)
    return (
        f'<!doctype html><html lang="en" {marked}><meta charset="utf-8"><title>Explorers</title>'
        f'<meta name="viewport" content="width=device-width"><style>{bundle.stylesheet()}</style>'
        f"<body>{body}<script>{bundle.page_script()}</script></body></html>"
    )


@pytest.fixture
def opened(browser, tmp_path):
    """Open explorers on a page: `page = opened(explorer, ..., query="", width=1000)`. Errors of the page fail the test."""
    pages, errors = [], []

    def open_page(*explorers, query="", width=1000, text=None, **context):
        file = tmp_path / "page.html"
        file.write_text(text or html(explorers), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900}, **context)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "request", lambda request: request.url.startswith(("file:", "blob:", "data:")) or errors.append(request.url)
        )
        page.goto(file.as_uri() + query)
        page.wait_for_function(
            "document.querySelectorAll('[data-explorer]').length == 0 || document.querySelector('.sb-live, .sb-message')"
        )
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not errors


def root(page, name="hodgkin_huxley_neuron"):
    return page.locator(f"[data-explorer={name}]")


def settings(page, name="hodgkin_huxley_neuron"):
    return root(page, name).evaluate("root => root.explorer.settings")


def arrays(page, name, values):
    result = root(page, name).evaluate(
        """(root, values) => {
            root.explorer.settings = values;
            const bits = (array) => {
                let text = "";
                for (const byte of new Uint8Array(array.buffer)) text += String.fromCharCode(byte);
                return btoa(text);
            };
            return Object.fromEntries(Object.entries(root.explorer.trace()).map(([k, v]) => [k, bits(v)]));
        }""",
        values,
    )
    return {key: np.frombuffer(base64.b64decode(value)) for key, value in result.items()}


def random_settings(explorer, rng):
    """A random value of every trait."""
    values = {}
    for control in explorer._spec["controls"]:
        if "options" in control:
            values[control["name"]] = str(rng.choice(list(control["options"])))
        else:
            value = float(rng.uniform(control["low"], control["high"]))
            step = control["step"]
            values[control["name"]] = round(value / step) * step if control.get("whole") else value
    if "pulses" in explorer._spec["lists"]:
        longest = {**explorer._fixed, **values}["duration"]
        values["pulses"] = np.sort(rng.uniform(0, longest, rng.integers(0, 4)).round(1)).tolist()
        high = min(100, explorer.model.current_range[1] / 3)  # pulses come on top
        values["drawn"] = rng.uniform(-20, high, len(explorer.drawn)).round(1).tolist()
    assert values.keys() == explorer.settings.keys()
    return values


def every_array(explorer):
    """What the explorer's `trace()` has, by name; of what spikes, the spike times too."""
    trace = explorer.trace()
    if isinstance(trace, dict):
        return trace
    return {**{name: trace[name] for name in trace.names}, "spike_times": trace.spike_times}


def from_a_cell():
    shell = InteractiveShell.instance()
    result = shell.run_cell(CELL, store_history=True)
    result.raise_error()
    return shell.user_ns["explorer"]


@pytest.mark.parametrize(
    ("make", "trials"),
    [
        (sb.explore.hodgkin_huxley_neuron, 100),
        (sb.explore.intro, 20),
        (sb.explore.membrane_potential, 100),
        (sb.explore.membrane_potential_integrate_and_fire, 50),
        (sb.explore.refractory_period, 60),
        (sb.explore.synapses, 60),
        (sb.explore.synapses_paired_pulse, 60),
        (sb.explore.receptive_fields, 100),
        (sb.explore.receptive_fields_sta, 60),
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
        root(page).locator("[aria-live=polite]").first.inner_text(),
    )
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 30 / 180, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    after = (
        picture.evaluate("canvas => canvas.toDataURL()"),
        root(page).locator("[aria-live=polite]").first.inner_text(),
    )
    assert before[0] != after[0] and before[1] != after[1]
    assert 60 < settings(page)["current"] < 80
    assert float(root(page).locator("input[type=number]").first.input_value()) == settings(page)["current"]


def test_the_threshold_is_found_with_the_keyboard_alone(opened):
    page = opened(sb.explore.intro())
    root(page, "intro").locator("input[name=current]").focus()
    summary = root(page, "intro").locator(".sb-summary")
    assert summary.inner_text().startswith("No spike")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
        page.evaluate("new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")  # seen by now
        if not summary.inner_text().startswith("No spike"):
            break
    assert settings(page, "intro")["current"] == pytest.approx(6.9189, rel=0.02)


@every_explorer
def test_every_control_is_reached_with_tab_and_has_a_name(opened, make):
    explorer, name = make(), make.__name__
    page = opened(explorer)
    page.locator("h2").first.click()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("[document.activeElement.name || '', document.activeElement.tagName]"))
    single = {one["name"] for one in explorer._spec["controls"] if len(one.get("options", "two")) == 1}
    assert {one for one, _ in reached if one} == {*settings(page, name)} - {"pulses", "drawn"} - single
    unnamed = root(page, name).evaluate(
        "root => [...root.querySelectorAll('input, select, button')]"
        ".filter(e => !e.labels?.length && !e.getAttribute('aria-label') && !e.textContent).length"
    )
    assert unnamed == 0


def test_a_click_on_the_trace_injects_a_pulse_there(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    arrays(page, "hodgkin_huxley_neuron", {"current": 0})
    assert "No spike" in root(page).locator(".sb-summary").inner_text()
    canvas = root(page).locator("canvas").first
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + 46 + (box["width"] - 56) * 0.4, box["y"] + 60)
    assert settings(page)["pulses"] == pytest.approx([40], abs=0.3)
    assert root(page).locator(".sb-summary").inner_text().startswith("1 spike, first at 41")
    root(page).get_by_role("button", name="Remove pulses").click()
    assert "No spike" in root(page).locator(".sb-summary").inner_text()


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
    assert "spikes" in root(page).locator(".sb-summary").inner_text()


def test_an_unstable_computation_is_reported_instead_of_drawn(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    many = {"pulses": [20.0] * 12, "pulse_current": 50}
    root(page).evaluate("(root, many) => { root.explorer.settings = many; }", many)
    assert "Remove a pulse" in root(page).get_by_role("alert").inner_text()
    root(page).get_by_role("button", name="Remove pulses").click()
    assert "spikes" in root(page).locator(".sb-summary").inner_text()


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
    for control in root(page, make.__name__).locator("input, select, button").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360


@every_explorer
def test_what_is_no_setting_of_its_range_is_clamped_or_left_and_the_reader_told(opened, make):
    explorer, name = make(), make.__name__
    page = opened(explorer)
    alert = root(page, name).get_by_role("alert")
    for control in explorer._spec["controls"]:
        key, first = control["name"], settings(page, name)[control["name"]]
        if "options" in control:
            arrays(page, name, {key: "nonsense"})
            assert settings(page, name)[key] == first and "There is no" in alert.inner_text()
            continue
        for value, taken in ((1e9, control["high"]), (-1e9, control["low"]), ("much", control["low"])):
            arrays(page, name, {key: value})
            assert settings(page, name)[key] == taken
            assert ("must be a number" if value == "much" else "it runs from") in alert.inner_text()
        arrays(page, name, {key: first})


def test_presets_set_the_membrane_up_and_leave_the_rest_alone(opened):
    explorer = sb.explore.membrane_potential()
    page = opened(explorer)
    name = "membrane_potential"
    root(page, name).get_by_role("button", name="Mammalian neuron").click()
    assert settings(page, name)["K_out"] == 5 and settings(page, name)["celsius"] == 37
    assert "V rests at \u221267.3 mV" in root(page, name).locator(".sb-summary").inner_text()  # tests/reference
    root(page, name).get_by_role("button", name="Sodium channels open").click()
    assert settings(page, name)["P_Na"] == 20 and settings(page, name)["K_out"] == 5
    root(page, name).get_by_role("button", name="Squid axon").click()
    assert settings(page, name) == explorer.settings
    assert "V rests at \u221257.1 mV" in root(page, name).locator(".sb-summary").inner_text()


def test_the_page_shows_the_settings_that_the_notebook_made(opened):
    explorer = sb.explore.hodgkin_huxley_neuron()
    explorer.current, explorer.stimulus, explorer.pulses = 7.5, "ramp", [30.0]
    page = opened(explorer)
    assert settings(page) == explorer.settings
    assert root(page).locator("select").input_value() == "ramp"


def test_the_same_current_fires_after_a_step_and_not_after_a_slow_ramp(opened):
    """Ramp and hold at 8 uA/cm2, between the onset of firing (6.26) and the loss of rest (9.78)."""
    page = opened(sb.explore.hodgkin_huxley_neuron())
    summary = root(page).locator(".sb-summary")
    arrays(page, "hodgkin_huxley_neuron", {"current": 8, "stimulus": "ramp", "width": 100, "duration": 200})
    assert summary.inner_text().startswith("No spike")
    current = arrays(page, "hodgkin_huxley_neuron", {})["current"]
    assert current[-1] == 8
    arrays(page, "hodgkin_huxley_neuron", {"stimulus": "step", "width": 200})
    assert int(summary.inner_text().split()[0]) > 10


def test_swings_that_do_not_reach_the_threshold_are_mentioned(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron())
    arrays(page, "hodgkin_huxley_neuron", {"current": 80})
    assert "swings stay below 0 mV" in root(page).locator(".sb-summary").inner_text()
    arrays(page, "hodgkin_huxley_neuron", {"current": 10})
    assert "swings" not in root(page).locator(".sb-summary").inner_text()


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


# ---- two pulses and their map


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
        root(page, "refractory_period").locator("[role=application]"),
        root(page, "refractory_period").locator(".sb-summary"),
    )
    assert summary.inner_text().startswith("No second spike. At this gap it takes 43.6")
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 45, steps=5)
    page.mouse.up()
    now = settings(page, "refractory_period")
    assert now["gap"] == pytest.approx(8, abs=0.2) and 60 < now["strength"] < 150
    assert summary.inner_text().startswith("A second spike ")
    point.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    assert settings(page, "refractory_period")["gap"] == pytest.approx(now["gap"] - 3)
    assert summary.inner_text().startswith("No second spike, and at this gap none up to 200")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    after = settings(page, "refractory_period")
    assert after["gap"] == pytest.approx(now["gap"] - 2.9) and after["strength"] == pytest.approx(now["strength"] - 0.5)


def test_gates_put_back_end_the_refractory_period_and_the_reader_is_told(opened):
    page = opened(sb.explore.refractory_period())
    arrays(page, "refractory_period", {"gap": 5.3, "strength": 30.0})
    one = root(page, "refractory_period")
    assert one.locator(".sb-message").text_content() == ""  # 5.3 is a multiple of the slider's step
    assert one.locator(".sb-summary").inner_text().startswith("No second spike, and at this gap none")
    one.locator("select[name=rested]").select_option("n")
    assert one.locator(".sb-summary").inner_text().startswith("A second spike ")
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
    assert one.locator("[role=application]").evaluate("point => getComputedStyle(point).touchAction") == "none"
    assert one.locator(".sb-panels").evaluate("stack => getComputedStyle(stack).touchAction") == "pan-y"
    box = one.locator("canvas").last.bounding_box()
    page.touchscreen.tap(box["x"] + 46 + (box["width"] - 56) * 0.5, box["y"] + 30)
    assert settings(page, "refractory_period")["gap"] == pytest.approx(20, abs=0.5)


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


# ---- the axon


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
    page = opened(axon())
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
    summary = root(page, "action_potential").locator(".sb-summary")
    assert "The spikes meet at 55 mm" in summary.inner_text()
    root(page, "action_potential").get_by_role("button", name="One spike").click()
    run = axon(stimulus="one").trace().run
    speed = run.speed(25, 35)
    assert f"Velocity {speed:.1f} m/s" in summary.inner_text() and "meet" not in summary.inner_text()
    assert f"B: spike at {run.spike_times(75, -30)[0]:.2f} ms" in summary.inner_text()
    for cause in ("No sodium channels", "Too warm"):
        root(page, "action_potential").get_by_role("button", name=cause).click()
        assert "A: no spike" in summary.inner_text() and "B: no" in summary.inner_text()


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
    page = opened(axon(), width=360, has_touch=True)
    first = settings(page, "action_potential")
    x, y = spot(page, 1, 0.3, 0.7)
    session = page.context.new_cdp_session(page)
    for kind, dy in [("touchStart", 0), *(("touchMove", -20 * k) for k in range(1, 8)), ("touchEnd", None)]:
        points = [] if dy is None else [{"x": x, "y": y + dy}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_timeout(300)
    assert settings(page, "action_potential") == first
    page.evaluate("window.scrollTo(0, 0)")
    page.touchscreen.tap(*spot(page, 1, 0.3, 0.25))
    assert settings(page, "action_potential")["place_1"] == pytest.approx(30, abs=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_every_control_of_the_axon(opened, theme):
    page = opened(text=html([axon()], theme=theme), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in root(page, "action_potential").locator("input, select, button").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360


# ---- synapses


def arrived(G, w, tau):
    """How many spikes arrived in each step, from the conductance that they opened."""
    dt = sb.synapses.bombardment.DT
    return (G[1:] - G[:-1] * np.exp(-dt / tau)) / (w * sb.synapses.bombardment.mean_over(dt, tau))


def test_page_and_python_draw_exactly_the_same_random_numbers_for_synapses(opened):
    explorer = sb.explore.synapses()
    page = opened(explorer)
    for seed in (1, 2, 50):
        theirs = arrays(page, "synapses", {"seed": seed})
        explorer.seed = seed
        ours = explorer.trace()
        for name, w, tau in (("G_E", explorer.w_E, 2.0), ("G_I", explorer.w_I, 8.0)):
            counts = arrived(theirs[name], w, tau)
            assert np.abs(counts - counts.round()).max() < 1e-9  # whole spikes
            assert np.array_equal(counts.round(), arrived(ours[name], w, tau).round())
            assert counts.sum() > 3000


def test_a_generator_that_is_wrong_in_the_page_would_be_noticed(opened):
    explorer = sb.explore.synapses()
    text = html([explorer]).replace("1403580", "1403581")
    assert text != html([explorer])
    page = opened(text=text)
    assert np.abs(arrays(page, "synapses", {})["G_E"] - explorer.trace().G_E).max() > 1


def test_inhibition_that_shunts_silences_the_neuron_in_the_page_too(opened):
    page = opened(sb.explore.synapses())
    summary = root(page, "synapses").locator(".sb-summary")
    root(page, "synapses").get_by_role("button", name="Excitation alone").click()
    rates = [float(summary.inner_text().split(": ")[1].split(" Hz")[0])]
    root(page, "synapses").get_by_role("button", name="Shunting").click()
    rates.append(float(summary.inner_text().split(": ")[1].split(" Hz")[0]))
    assert rates[1] < 0.8 * rates[0]
    assert arrays(page, "synapses", {})["V"].min() >= -65 - 1e-9
    root(page, "synapses").locator("input[name=r_I]").fill("40")
    assert summary.inner_text().startswith("No spike") or float(summary.inner_text().split()[0]) < 0.2 * rates[0]


def test_a_synapse_says_in_words_whether_it_depresses(opened):
    page = opened(sb.explore.synapses_paired_pulse())
    name = "synapses_paired_pulse"
    summary = root(page, name).locator(".sb-summary")
    expected = 1 - 0.5 * np.exp(-50 / 800)
    assert f"Second response {expected:.3g} times the first: depression" in summary.inner_text()
    root(page, name).get_by_role("button", name="Facilitating").click()
    assert "facilitation" in summary.inner_text()
    arrays(page, name, {"tau_facil": 0, "tau_rec": 0})
    assert "Second response 1 times the first: no change" in summary.inner_text()


@pytest.mark.parametrize("make", [sb.explore.synapses, sb.explore.synapses_paired_pulse])
def test_values_over_time_are_read_by_key(opened, make):
    page = opened(make())
    page.locator("[role=application]").focus()
    reading = page.locator(".sb-reading")
    page.keyboard.press("ArrowRight")
    first = reading.inner_text()
    page.keyboard.press("Shift+ArrowRight")
    assert "ms: V " in first and reading.inner_text() != first


@pytest.mark.parametrize("make", [sb.explore.synapses, sb.explore.synapses_paired_pulse])
def test_a_phone_shows_every_control_of_the_synapses_and_a_finger_scrolls_over_them(opened, make):
    page = opened(make(), width=360, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in page.locator("input, select, button").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    before = page.evaluate("document.querySelector('[data-explorer]').explorer.settings")
    box = page.locator("canvas").first.bounding_box()
    session = page.context.new_cdp_session(page)
    x, y = box["x"] + 150, box["y"] + 60
    for kind, dy in [("touchStart", 0), *(("touchMove", -20 * k) for k in range(1, 8)), ("touchEnd", None)]:
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if dy is None else [{"x": x, "y": y + dy}]},
        )
    page.wait_for_function("window.scrollY > 50")
    assert page.evaluate("document.querySelector('[data-explorer]').explorer.settings") == before


# ---- Hubel and Wiesel's bench


def on_screen(page, x, y):
    """Where a place of the bench's screen (degrees) is on the page."""
    box = root(page, "receptive_fields").locator("canvas").first.bounding_box()
    return box["x"] + (x / 8 + 0.5) * box["width"], box["y"] + (0.5 - y / 8) * box["height"]


def drag(page, start, stop):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*stop, steps=5)
    page.mouse.up()


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
    body, end, side = root(page, "receptive_fields").locator("[role=application]").all()
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
    summary = root(page, "receptive_fields").locator(".sb-summary").inner_text()
    assert int(summary.split(" Hz")[0]) > 60 and "more than the 4 Hz" in summary
    before = middle(side)
    drag(page, before, (x + 2 * (before[0] - x), y + 2 * (before[1] - y)))
    assert settings(page, "receptive_fields")["width"] > now["width"] + 0.5


def test_the_stimulus_obeys_the_keyboard(opened):
    page = opened(sb.explore.receptive_fields())
    body, end, side = root(page, "receptive_fields").locator("[role=application]").all()
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
    for point in root(page, "receptive_fields").locator("[role=application]").all():
        assert point.evaluate("point => getComputedStyle(point).touchAction") == "none"
    assert (
        root(page, "receptive_fields").locator(".sb-panels").evaluate("one => getComputedStyle(one).touchAction")
        == "pan-y"
    )
    page.touchscreen.tap(*on_screen(page, -2, 2))
    now = settings(page, "receptive_fields")
    assert (now["x"], now["y"]) == pytest.approx((-2, 2), abs=0.1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


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
    summary = root(page, "receptive_fields_sta").locator(".sb-summary").inner_text()
    assert "6000 pictures (120 s)" in summary and "complex cell" in summary


def test_a_longer_experiment_goes_on_where_a_shorter_one_ended(opened):
    page = opened(sb.explore.receptive_fields_sta())
    short = arrays(page, "receptive_fields_sta", {"frames": 200})
    long = arrays(page, "receptive_fields_sta", {"frames": 1000})
    again = arrays(page, "receptive_fields_sta", {"frames": 200})
    assert np.array_equal(long["counts"][:200], short["counts"])
    assert np.array_equal(again["sta"], short["sta"])
