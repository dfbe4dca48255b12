"""What a page costs its reader before the first word: `benchmarks/page_weight.py` says it in detail."""

import pytest
from pages import PAGES

# Elements that set nothing: words of code without a colour, and groups of a drawing without a property.
IDLE = ".highlight :is(.n, .o, .p), .sb-figure g:not([aria-hidden], [class], [clip-path], [id], [opacity], [style], [transform])"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_brings_no_script_for_its_equations(browser, site_url, name):
    page = browser.new_page()
    sizes, addresses = [], []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"{site_url}/{name}.html", wait_until="networkidle")
    assert page.locator(IDLE).count() == 0
    page.close()
    assert 50_000 < sum(sizes) < 600_000  # the theme alone is 849 kB by default
    assert not [address for address in addresses if "mathjax" in address.lower()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_the_colours_of_the_reader_s_screen_before_its_scripts_come(browser, site_url, scheme):
    page = browser.new_page(color_scheme=scheme)
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(f"{site_url}/book/intro.html")
    assert page.locator("html").get_attribute("data-theme") == scheme
    page.close()


@pytest.mark.parametrize("width", [412, 1350])
@pytest.mark.parametrize(
    "name", ["book/appendices/equations", "book/appendices/beyond_the_simple_story", "book/synapses"]
)
def test_lines_stay_where_they_are_when_the_type_arrives(browser, site_url, name, width):
    context = browser.new_context(viewport={"width": width, "height": 823}, service_workers="block")
    page = context.new_page()
    held = []
    page.route("**/source-*.woff2", lambda route: held.append(route))
    page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto(f"{site_url}/{name}.html", wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    page.wait_for_function("document.readyState !== 'loading'")
    assert not page.evaluate("document.fonts.check('1em \"Source Serif 4\"')")
    while held:
        held.pop().continue_()
        page.wait_for_timeout(100)  # one type may ask for the next
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('1em \"Source Serif 4\"')")
    page.wait_for_timeout(300)  # the frame with the new type, and its report
    # Below 0.1 a page counts as still (web.dev/articles/cls); with a stand-in of another width these have 0.2.
    assert page.evaluate("shifts.reduce((sum, { value }) => sum + value, 0)") < 0.05
    context.close()
