"""The controls of every explorer: by finger, in words for those who hear them, and what Reset leaves."""

import pytest
from explored import root, scroll_with_a_finger, settings

import spikebook as sb

every_explorer = pytest.mark.parametrize(
    "make", [getattr(sb.explore, name) for name in sb.explore.__all__[1:]], ids=lambda make: make.__name__
)


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


# What the explorer's status is given to say, and how long after the last key (ms).
HEARING = """root => {
    window.heard = [];
    let last = 0;
    addEventListener("keydown", () => { last = performance.now(); }, { capture: true });
    const status = root.querySelector("[role=status]");
    new MutationObserver(() => status.textContent && heard.push([status.textContent, performance.now() - last]))
        .observe(status, { childList: true, characterData: true, subtree: true });
}"""


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
    seen = set()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
        seen.add(summary.inner_text())
    page.wait_for_function("heard.length")
    page.wait_for_timeout(700)
    [[text, delay]] = page.evaluate("heard")
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
