"""The built book for who enlarges it, spaces its text, or replaces its colours by the system's."""

from io import BytesIO

import numpy as np
import pytest
from pages import EXPLORING, PAGES, explorers, unfold
from skimage.io import imread
from test_accessibility import look_with_axe

import spikebook as sb

# WCAG 2.2, 1.4.12: what a reader may set, with nothing lost.
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
# Text that is cut off: what it stands in is smaller than the text and does not scroll. Left out: what is hidden from sight on
# purpose.
CUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
    const style = getComputedStyle(one);
    if (one.closest(".math, svg, .visually-hidden, .sr-only") || !one.innerText?.trim()) return false;
    if (one.clientWidth < 3 || style.visibility !== "visible") return false;
    const cuts = (overflow) => ["hidden", "clip"].includes(overflow);
    return (cuts(style.overflowX) && one.scrollWidth > one.clientWidth + 2) || (cuts(style.overflowY) && one.scrollHeight > one.clientHeight + 2);
}).map((one) => `${one.tagName}.${one.className}: ${one.innerText.trim().slice(0, 60)}`)"""


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.slow
@pytest.mark.parametrize("width, height, scale", [(640, 512, 2), (360, 740, 1)], ids=["at 200 %", "on a phone"])
@pytest.mark.parametrize("name", PAGES)
def test_an_enlarged_page_loses_nothing(visit, name, width, height, scale):
    page = visit(name, width=width, height=height, device_scale_factor=scale, reduced_motion="reduce")
    explorers(page)
    unfold(page)
    assert sideways(page) <= 0 and page.evaluate(CUT) == []
    assert page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length") == 0
    style = page.add_style_tag(content=SPACED)
    assert sideways(page) <= 0 and page.evaluate(CUT) == []
    style.evaluate("style => style.remove()")
    look_with_axe(page)


def test_text_that_is_cut_off_would_be_noticed(visit):
    page = visit("book/appendices/bibliography", width=640, height=512)
    assert page.evaluate(CUT) == []
    page.locator("article p").first.evaluate("one => Object.assign(one.style, { height: '5px', overflow: 'hidden' })")
    assert len(page.evaluate(CUT)) == 1


def colours(locator):
    """How many colours are seen in an element."""
    picture = imread(BytesIO(locator.screenshot()))[..., :3]
    return len(np.unique(picture.reshape(-1, 3) // 32, axis=0))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_the_system_s_colours_figures_explorers_icons_and_the_focus_are_seen(visit, scheme):
    page = visit(EXPLORING[1], scheme=scheme, forced_colors="active", reduced_motion="reduce")
    (root, *_) = explorers(page).values()
    assert colours(root.locator("canvas").first) > 3
    assert colours(page.locator(".sb-figure svg").first) > 3
    for button in page.locator("header.bd-header-article button:visible, .bd-header-article a.btn:visible").all():
        assert colours(button) > 1, button.evaluate("one => one.outerHTML")
    page.locator("[data-explorer] input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    outline = page.evaluate(
        "(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))"
    )
    assert outline == ["solid", "2px"]


def test_in_the_system_s_colours_the_keys_still_name_the_lines(opened):
    page = opened(sb.explore.hodgkin_huxley_neuron(), forced_colors="active")
    keys = page.locator(".sb-key").evaluate_all(
        "all => all.map(one => getComputedStyle(one, '::before').borderTopColor)"
    )
    assert len(set(keys)) == 3  # sodium's, potassium's, the leak's
