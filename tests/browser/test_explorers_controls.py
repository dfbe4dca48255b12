"""The controls of every explorer: by finger, in words for those who hear them, and what Reset leaves."""

from explored import root, scroll_with_a_finger, settings

import spikebook as sb


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
