"""The built book for everyone: axe in light and dark, phones, screen readers."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import PAGES, SOURCES, explorers, unfold

CONTRAST = ["color-contrast"]
OF_LAYOUT = ["target-size", "scrollable-region-focusable", "meta-viewport"]
# axe would measure the contrast of thousands of texts, one by one. These take away what looks like three others on the page.
LIKE_OTHERS = """(among) => {
    const seen = {};
    const shown = [...document.querySelectorAll(among)].filter((one) => getComputedStyle(one).visibility === "visible");
    for (const one of shown) {
        const texts = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!texts.length) continue;
        let kind = "";
        for (let up = one; up !== document.body; up = up.parentElement) {
            kind += `${up.tagName}.${up.getAttribute("class")}[${up.getAttribute("style")}] `;
        }
        seen[kind] = (seen[kind] ?? 0) + 1;
        if (seen[kind] <= 3) continue;
        if (one.childElementCount) texts.forEach((text) => text.remove());
        else one.remove();
    }
}"""
# MathML of too few or too many parts, as KaTeX makes it of an operator that is a subscript: Firefox refuses it.
INCOMPLETE = (
    "math :is(mfrac, msub, msup, munder, mover, mroot):not(:has(> :nth-child(2):last-child)), "
    "math :is(msubsup, munderover):not(:has(> :nth-child(3):last-child))"
)
TOKENS, ALL = "article :is(.highlight, .sig) span[class]", "body *"


def violations(page, outside=(), **options):
    # Without `preload` axe itself would ask for style sheets again, some by a wrong address.
    options |= {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, context={"exclude": [[one] for one in outside]}, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def look_with_axe(page):
    """Everything once, and the contrast of texts in light and in dark."""
    page.evaluate(LIKE_OTHERS, TOKENS)
    assert not violations(page, rules={rule: {"enabled": False} for rule in CONTRAST})
    page.evaluate(LIKE_OTHERS, ALL)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.locator(f"html[data-theme={scheme}]").wait_for()
        page.wait_for_timeout(100)
        assert not violations(page, runOnly=CONTRAST)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_and_in_dark(visit, name):
    page = visit(name, reduced_motion="reduce")  # or the theme's colours would fade over
    explorers(page)
    unfold(page)
    look_with_axe(page)


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_never_scrolls_sideways_and_axe_finds_nothing_there(visit, name):
    page = visit(name, width=360, height=740)
    explorers(page)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.mouse.wheel(300, 0)
    page.wait_for_timeout(100)
    assert page.evaluate("scrollX") == 0
    page.evaluate(LIKE_OTHERS, TOKENS)
    assert not violations(page, runOnly=OF_LAYOUT)
    assert not violations(page, outside=["article"])  # what the article is made of was looked at above


def test_axe_would_find_what_is_wrong(visit):
    """The control of the tests above: a picture without words and text too pale to read, in an explorer's place."""
    page = visit("book/intro")
    root = explorers(page)["intro"]
    page.evaluate(LIKE_OTHERS, ALL)
    root.evaluate('root => { root.innerHTML = \'<img src="data:,"><p style="color: #ccc">pale</p><input>\'; }')
    noticed = "\n".join(violations(page))
    for rule in ("image-alt", "color-contrast", "label"):
        assert rule in noticed


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_it_its_figures_and_its_equations_are(visit, name):
    page = visit(name)
    assert page.locator("h1:visible").count() == 1  # another is for print alone
    assert page.locator("h1:visible").inner_text().strip(" #")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("main").count() == 1
    explorers(page)
    figures = page.locator("article :is(img, svg[role=img])")
    for description in figures.evaluate_all("all => all.map(one => one.ariaLabel ?? one.alt ?? '')"):
        assert len(description.split()) >= 5 and "/" not in description.split()[0], description
    outputs = page.locator("article .cell_output :is(img, svg):not(button *)")
    assert outputs.count() == outputs.and_(figures).count()
    assert bool(outputs.count()) == (".describe(" in SOURCES.get(name, ""))
    assert page.locator(f".katex-error, {INCOMPLETE}").count() == 0
    equations = page.locator("article .math")
    spoken = equations.evaluate_all("all => all.map(one => one.querySelector('math semantics')?.textContent ?? '')")
    assert len(spoken) == equations.count() and all(spoken)
    assert bool(spoken) == bool(re.search(r"\$[^$\n\"]+\$|{math}|\\\\begin", SOURCES.get(name, "")))
