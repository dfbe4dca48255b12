"""The built book for everyone: axe in light and dark, phones, screen readers."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from explored import settled
from pages import PAGES, SOURCES, explorers, unfold

CONTRAST = ["color-contrast"]
OF_LAYOUT = ["target-size", "scrollable-region-focusable", "meta-viewport"]
# axe would measure the contrast of thousands of texts, one by one. These take away what looks like three others on the page.
LIKE_OTHERS = """(among) => {
    const seen = {};
    const looks = /color|background|font|opacity/;
    const shown = [...document.querySelectorAll(among)].filter((one) => getComputedStyle(one).visibility === "visible");
    for (const one of shown) {
        const texts = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!texts.length) continue;
        let kind = "";
        for (let up = one; up !== document.body; up = up.parentElement) {
            kind += `${up.tagName}.${up.getAttribute("class")}[${looks.test(up.getAttribute("style")) && up.getAttribute("style")}] `;
        }
        seen[kind] = (seen[kind] ?? 0) + 1;
        if (seen[kind] <= 3) continue;
        texts.forEach((text) => text.remove());
        for (let up = one; up.matches(among) && !up.childElementCount && !up.textContent.trim(); ) {
            const over = up.parentElement;
            up.remove();
            up = over;
        }
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
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "([context, options]) => axe.run(context, options).then(({ violations }) => violations)",
        [{"exclude": [[one] for one in outside]}, options],
    )
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


VISITED = {"width": 360, "height": 740, "reduced_motion": "reduce"}  # with motion the theme's colours would fade over
every_page = pytest.mark.parametrize(
    ("visited", "name"), list(zip(PAGES, PAGES)), indirect=["visited"], ids=PAGES, scope="module"
)


@every_page
def test_a_page_says_what_it_its_figures_and_its_equations_are(visited, name):
    page = visited
    assert page.locator("h1:visible").count() == 1  # another is for print alone
    assert page.locator("h1:visible").inner_text().strip(" #")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("main").count() == 1
    assert (
        page.get_by_role("heading", name="#").count() == 0
    )  # the sign that links to a heading is not read out with it
    assert page.locator("article summary[aria-label]").count() == 0  # what a fold says is what it is called
    # Where words are laid out only when the reader comes near, a screen reader leaves some out, or reads in a circle.
    laid_out = "[...document.querySelectorAll('article :not([aria-hidden=true])')].every((one) => getComputedStyle(one).contentVisibility === 'visible')"
    assert page.evaluate(laid_out)
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


@every_page
def test_a_phone_never_scrolls_sideways_and_axe_finds_nothing_there(visited, name):
    page = visited
    explorers(page)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.mouse.wheel(300, 0)
    page.wait_for_timeout(100)
    assert page.evaluate("scrollX") == 0
    page.evaluate(LIKE_OTHERS, TOKENS)
    assert not violations(page, runOnly=OF_LAYOUT)
    assert not violations(page, outside=["article"])  # what the article is made of is looked at below


@every_page
def test_the_letters_of_drawings_can_be_read_on_a_phone(visited, name):
    unfold(visited)
    sizes = visited.locator(".sb-figure text").evaluate_all(
        """all => all.map((one) => {
            const { height } = one.ownerSVGElement.viewBox.baseVal;
            return parseFloat(getComputedStyle(one).fontSize) * one.ownerSVGElement.getBoundingClientRect().height / height;
        })"""
    )
    assert bool(sizes) == ("subplots(" in SOURCES.get(name, ""))
    assert min(sizes, default=9) > 6.5


@every_page
def test_axe_finds_nothing_in_light_and_in_dark(visited, name):
    page = visited
    page.set_viewport_size({"width": 1280, "height": 900})
    explorers(page)
    unfold(page)
    look_with_axe(page)


def test_the_keyboard_reaches_wide_equations_that_were_never_on_the_screen(visit):
    page = visit("book/appendices/equations", **VISITED)
    page.wait_for_function("""() => [...document.querySelectorAll(".katex-display .katex-html")].every(
        (one) => getComputedStyle(one).contentVisibility === "visible")""")
    settled(page)
    reached = page.locator("article .katex-display").evaluate_all(
        "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.tabIndex)"
    )
    assert len(reached) > 5 and set(reached) == {0}
    assert page.evaluate("scrollY") == 0


def test_nothing_moves_when_an_equation_is_drawn(visit):
    page = visit("book/appendices/equations", **VISITED)
    page.evaluate("document.fonts.ready")
    moved = page.locator("article .katex-display .katex-html").evaluate_all(
        """all => {
            const heights = (drawn) => {
                for (const one of all) one.style.contentVisibility = drawn;
                return all.map((one) => one.getBoundingClientRect().height);
            };
            const undrawn = heights("hidden");
            return heights("visible").map((height, i) => Math.abs(height - undrawn[i]));
        }"""
    )
    assert len(moved) > 100 and max(moved) < 3


def test_axe_would_find_what_is_wrong(visit):
    """The control of the tests above: a picture without words and text too pale to read, in an explorer's place."""
    page = visit("book/intro")
    root = explorers(page)["intro"]
    page.evaluate(LIKE_OTHERS, ALL)
    root.evaluate('root => { root.innerHTML = \'<img src="data:,"><p style="color: #ccc">pale</p><input>\'; }')
    noticed = "\n".join(violations(page))
    for rule in ("image-alt", "color-contrast", "label"):
        assert rule in noticed
