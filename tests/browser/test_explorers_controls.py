"""The controls of every explorer: by finger, in words for those who hear them, and what Reset leaves."""

import pytest
from explored import HEARING, root, scroll_with_a_finger, settings

import spikebook as sb

EVERY = [getattr(sb.explore, name) for name in sb.explore.__all__[1:]]
every_explorer = pytest.mark.parametrize("make", EVERY, ids=lambda make: make.__name__)


def test_a_finger_that_scrolls_from_a_slider_leaves_the_setting(opened):
    page = opened(sb.explore.intro(), width=360, has_touch=True)
    slider = root(page, "intro").locator("input[name=celsius]")
    slider.evaluate("one => one.scrollIntoView({ block: 'center' })")
    page.evaluate("() => { window.values = []; addEventListener('input', ({ target }) => values.push(target.value)); }")
    first = settings(page, "intro")
    box = slider.bounding_box()
    page.evaluate("document.body.style.paddingBottom = '1000px'")
    scroll_with_a_finger(page, box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    assert page.evaluate("values").pop() != str(first["celsius"])  # the browser did move it
    assert settings(page, "intro") == first
    assert slider.evaluate("one => one.valueAsNumber") == first["celsius"]


def test_a_finger_that_scrolls_from_the_input_leaves_the_setting(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron(), width=360, has_touch=True)
    box = root(page).locator("canvas").last.bounding_box()
    scroll_with_a_finger(page, box["x"] + 150, box["y"] + 10)
    assert settings(page) == sb.explore.hodgkin_huxley_neuron().settings


@pytest.mark.parametrize("name", ["hodgkin_huxley_neuron", "choosing_a_model", "action_potential"])
def test_a_screen_reader_hears_a_sliders_result_once_when_it_has_settled(opened, name):
    page = opened(getattr(sb.explore, name)())
    one = root(page, name)
    summary, reading = one.locator(".sb-summary"), one.locator(".sb-reading")
    one.evaluate(HEARING)
    one.locator("[role=application]").focus()
    page.keyboard.press("ArrowRight")
    assert reading.get_attribute("aria-live") == "polite"
    one.locator("input[type=range]").first.focus()
    assert reading.get_attribute("aria-live") == "off"
    first, seen = settings(page, name), set()
    for _ in range(10):  # a machine under load may press the keys slower than a person; then once more
        one.evaluate("(root, first) => { root.explorer.settings = first; }", first)
        page.wait_for_timeout(700)
        page.evaluate("listen()")
        for _ in range(30):
            page.keyboard.press("ArrowRight")
            seen.add(summary.inner_text())
        if page.evaluate("pause") < 400:
            break
    page.wait_for_function("heard.length")
    page.wait_for_timeout(700)
    [[text, _, delay]] = page.evaluate("heard")
    assert len(seen) > 3 and text == summary.inner_text() and delay > 400
    assert reading.get_attribute("aria-live") == "off"


@pytest.mark.parametrize(("button", "ending"), [("CSV", "csv"), ("Picture", "png")])
def test_a_screen_reader_hears_what_was_saved(opened, button, ending):
    page = opened(sb.explore.intro(), accept_downloads=True)
    one = root(page, "intro")
    one.evaluate(HEARING)
    with page.expect_download():
        one.get_by_role("button", name=button).click()
    page.wait_for_function("heard.length")
    assert page.evaluate("heard[0][0]") == f"Saved as intro.{ending}."
    status = one.get_by_role("status")
    assert status.bounding_box()["width"] == 1
    page.wait_for_function("!document.querySelector('[role=status]').textContent")


@every_explorer
def test_a_slider_and_its_number_are_called_by_symbol_and_meaning(opened, make):
    explorer, name = make(), make.__name__
    page = opened(explorer)
    for control in explorer._spec["controls"]:
        if "options" in control:
            continue
        called = control.get("label") or f"{control['name'].replace('_', ' ')}, {control['meaning']}"
        for role in ("slider", "spinbutton"):
            assert root(page, name).get_by_role(role, name=called, exact=True).count() == 1, called


# What a screen reader says of the points that are dragged, after each key.
ANSWERED = {
    "hodgkin_huxley_circuit": [
        {"ArrowUp": "-64 mV", "ArrowLeft": "-65 mV"},
        {"ArrowUp": "V step 1 mV, length 10 ms", "ArrowLeft": "V step 1 mV, length 9.9 ms"},
        {"ArrowDown": "-66 mV", "ArrowRight": "-65 mV"},
    ],
    "izhikevich_model": [{"ArrowRight": "v start -69.5 mV, u start -14 mV/ms"}],
    "receptive_fields": [
        {"ArrowRight": "x 0.9 °, y 0.2 °"},
        {"ArrowLeft": "length 3 °, angle 91 °", "ArrowUp": "length 3.1 °, angle 91 °"},
        {"ArrowUp": "0.7 °"},
    ],
    "refractory_period": [
        {"ArrowLeft": "gap 7.9 ms, strength 30 µA/cm²", "ArrowUp": "gap 7.9 ms, strength 30.5 µA/cm²"}
    ],
    "toward_learning": [{"ArrowUp": "2.02 µA/cm²", "ArrowLeft": "2 µA/cm²"}],
}


@pytest.mark.parametrize("name", ANSWERED)
def test_a_point_is_a_slider_that_answers_a_key_with_its_values(opened, name):
    explorer = getattr(sb.explore, name)()
    page = opened(explorer)
    one = root(page, name)
    points = one.locator(".sb-point").all()
    assert len(points) == len(ANSWERED[name])
    for point, answers in zip(points, ANSWERED[name]):
        assert point.get_attribute("role") == "slider"
        point.focus()
        for key, answer in answers.items():
            page.keyboard.press(key)
            assert point.get_attribute("aria-valuetext") == answer
        low, now, high = (float(point.get_attribute(f"aria-value{part}")) for part in ("min", "now", "max"))
        assert low <= now <= high and f"{now:g} " in answer


def test_reset_takes_its_link_out_of_the_address_and_no_other(opened):
    page = opened(sb.explore.intro(), sb.explore.membrane_potential(), query="#intro?celsius=20")
    fragment = "location.hash"
    root(page, "membrane_potential").get_by_role("button", name="Reset").click()
    assert page.evaluate(fragment) == "#intro?celsius=20" and settings(page, "intro")["celsius"] == 20
    root(page, "intro").get_by_role("button", name="Reset").click()
    assert page.evaluate(fragment) == "" and settings(page, "intro") == sb.explore.intro().settings
    root(page, "intro").get_by_role("slider").first.press("ArrowRight")
    root(page, "intro").get_by_role("button", name="Link").click()
    assert page.evaluate(fragment).startswith("#intro?current=")


def test_titles_and_hints_have_no_symbol_as_the_code_writes_it(opened):
    page = opened(*(make() for make in EVERY))
    for make in EVERY:
        one = root(page, make.__name__)
        one.scroll_into_view_if_needed()
        assert "_" not in one.locator(".sb-head").inner_text()
