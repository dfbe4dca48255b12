"""The built book as a reader meets it: every page of `_build/html` in real Chromium, from a server and from the disk."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from sphinx_external_toc.parsing import parse_toc_yaml

from spikebook import theme

ROOT = Path(__file__).parents[2]
CHAPTERS = list(parse_toc_yaml(ROOT / "_toc.yml"))
PAGES = [*CHAPTERS, "search", "genindex"]
SOURCES = {name: path.read_text("utf-8") for name in CHAPTERS if (path := ROOT / f"{name}.ipynb").exists()}
EXPLORING = [name for name, source in SOURCES.items() if ".explore." in source]
PREDICTING = [name for name, source in SOURCES.items() if ":class: predict" in source]
COUNTING = [name for name, source in SOURCES.items() if "{eval}" in source]
BOOK_TITLE = "Spikebook"


@pytest.fixture
def visit(browser, site_dir, site_url):
    """Open a page of the book: `page = visit("book/intro", width=360)`. Whatever goes wrong in it fails the test."""
    contexts, wrong = [], []

    def open_page(name, query="", width=1280, height=900, scheme="light", disk=False, **options):
        start = site_dir.as_uri() if disk else site_url.rstrip("/")
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()

        def note(is_wrong, what):
            if is_wrong:
                wrong.append(f"{name}: {what}")

        page.on("pageerror", lambda error: note(True, f"error: {error}"))
        page.on("console", lambda message: note(message.type == "error", message.text))
        page.on("websocket", lambda socket: note(True, f"a socket to {socket.url}"))
        page.on("response", lambda response: note(response.status >= 400, f"{response.status} {response.url}"))
        page.on("requestfailed", lambda request: note(not request.url.startswith("blob:"), f"failed: {request.url}"))
        context.on(
            "request",
            lambda request: note(
                not request.url.startswith((f"{start}/", "data:", "blob:")), f"asks for {request.url}"
            ),
        )
        page.goto(f"{start}/{name}.html{query}")
        return page

    open_page.wrong = wrong
    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


def explorers(page):
    """The roots of the page's explorers, each come to life, by name."""
    roots = {root.get_attribute("data-explorer"): root for root in page.locator("[data-explorer]").all()}
    for root in roots.values():
        root.scroll_into_view_if_needed()
        root.locator("[aria-live=polite]:not(:empty)").first.wait_for()
    return roots


def unfold(page):
    for closed in page.locator("details:not([open]) > summary").element_handles():
        closed.click()


def settings(root):
    return root.evaluate("root => root.explorer.settings")


def first_slider(root):
    """An explorer's first slider, which every teacher makes one that matters, and its trait."""
    slider = root.locator("input[type=range]").first
    return slider, slider.get_attribute("name")


def summary(root):
    return root.locator("[aria-live=polite]").first.inner_text()


def picture(root):
    return root.evaluate("root => [...root.querySelectorAll('canvas')].map(canvas => canvas.toDataURL())")


def hues(root):
    """The colours in the explorer's canvases, as '#rrggbb'."""
    return set(
        root.evaluate(
            """root => [...new Set([...root.querySelectorAll('canvas')].flatMap(canvas => {
                const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                const seen = new Set();
                for (let i = 0; i < data.length; i += 4) {
                    if (data[i + 3] === 255) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
                }
                return [...seen].map(colour => '#' + colour.toString(16).padStart(6, '0'));
            }))]"""
        )
    )


@pytest.mark.parametrize("disk", [False, True], ids=["http", "file"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_and_all_its_controls_work_without_errors_and_without_other_hosts(visit, name, disk):
    page = visit(name, disk=disk)
    assert BOOK_TITLE in page.title()
    for root in explorers(page).values():
        first = settings(root), summary(root)
        for select in root.locator("select").all():
            for value in select.locator("option").evaluate_all("options => options.map(option => option.value)"):
                select.select_option(value)
                assert summary(root)
        for slider in root.locator("input[type=range]:enabled").all():
            for end in ("min", "max"):
                slider.fill(slider.get_attribute(end))
                assert summary(root), (slider.get_attribute("name"), end)
            root.get_by_role("button", name="Reset").click()
        for box in root.locator("input[type=number]:enabled").all():
            box.fill("12.3")
            box.press("Enter")
            assert summary(root), box.get_attribute("aria-label")
        for button in root.get_by_role("button").all():
            button.click()
        root.get_by_role("button", name="Reset").click()
        assert (settings(root), summary(root)) == first
    unfold(page)
    for button in page.locator("button:visible:not([data-explorer] *)").all():
        if button.is_visible():  # the one before may have covered or folded it
            button.click()
            page.keyboard.press("Escape")
    page.wait_for_timeout(200)


def test_a_page_that_fails_or_asks_another_host_would_be_noticed(visit):
    """The control of what `visit` watches for."""
    page = visit("book/intro")
    page.route("https://example.org/**", lambda route: route.abort())
    page.evaluate(
        """() => {
            document.body.append(Object.assign(new Image(), { src: 'https://example.org/pixel.png' }));
            document.body.append(Object.assign(new Image(), { src: 'missing.png' }));
            setTimeout(() => { throw new Error('on purpose'); });
        }"""
    )
    page.wait_for_timeout(300)
    noticed = "\n".join(visit.wrong)
    visit.wrong.clear()
    for sign in ("asks for https://example.org/pixel.png", "404", "on purpose"):
        assert sign in noticed


@pytest.mark.parametrize("name", EXPLORING)
def test_every_slider_of_every_explorer_answers_the_mouse(visit, name):
    page = visit(name)
    roots = explorers(page)
    assert roots
    for root in roots.values():
        sliders = root.locator("input[type=range]")
        assert sliders.count() >= 2
        changed = set()
        for slider in sliders.all():
            root.get_by_role("button", name="Reset").click()
            if (inject := root.get_by_role("button", name="Inject a pulse")).count():
                inject.click()  # so that the sliders of pulses have something to change
            trait = slider.get_attribute("name")
            before = settings(root), summary(root), picture(root)
            low, high = float(slider.get_attribute("min")), float(slider.get_attribute("max"))
            now = (before[0][trait] - low) / (high - low)
            target = 0.25 if now > 0.5 else 0.75
            slider.scroll_into_view_if_needed()
            box = slider.bounding_box()

            def place(part, box=box):
                return {"x": 8 + (box["width"] - 16) * part, "y": box["height"] / 2}

            slider.hover(position=place(now))
            page.mouse.down()
            page.mouse.move(box["x"] + place(target)["x"], box["y"] + place(target)["y"], steps=6)
            page.mouse.up()
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            after = settings(root), summary(root), picture(root)
            assert after[0][trait] == pytest.approx(low + target * (high - low), abs=0.03 * (high - low))
            assert {**after[0], trait: 0} == {**before[0], trait: 0}
            assert after[1]
            assert after[2] != before[2], trait
            changed |= {trait} if after[1] != before[1] else set()
        assert first_slider(root)[1] in changed
        assert len(changed) > sliders.count() / 2


def violations(page):
    # Without `preload` axe itself would ask for style sheets again, some by a wrong address.
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_and_in_dark(visit, name, width):
    page = visit(name, width=width)
    explorers(page)
    unfold(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.locator(f"html[data-theme={scheme}]").wait_for()
        page.wait_for_timeout(800)  # the theme's colours fade over
        assert not violations(page)


def test_axe_would_find_what_is_wrong(visit):
    """The control of the test above: a picture without words and text too pale to read, in an explorer's place."""
    page = visit("book/intro")
    root = explorers(page)["intro"]
    root.evaluate('root => { root.innerHTML = \'<img src="data:,"><p style="color: #ccc">pale</p><input>\'; }')
    noticed = "\n".join(violations(page))
    for rule in ("image-alt", "color-contrast", "label"):
        assert rule in noticed


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_never_scrolls_sideways(visit, name):
    page = visit(name, width=360, height=740)
    explorers(page)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.mouse.wheel(300, 0)
    page.wait_for_timeout(100)
    assert page.evaluate("scrollX") == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_it_is_to_a_screen_reader(visit, name):
    page = visit(name)
    assert page.locator("h1:visible").count() == 1  # another is for print alone
    assert page.locator("h1:visible").inner_text().strip(" #")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("main").count() == 1


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_figure_is_described_and_every_equation_has_mathml(visit, name):
    page = visit(name)
    explorers(page)
    figures = page.locator("article :is(img, svg[role=img])")
    for description in figures.evaluate_all("all => all.map(one => one.ariaLabel ?? one.alt ?? '')"):
        assert len(description.split()) >= 5 and "/" not in description.split()[0], description
    outputs = page.locator("article .cell_output :is(img, svg):not(button *)")
    assert outputs.count() == outputs.and_(figures).count()
    assert bool(outputs.count()) == (".describe(" in SOURCES.get(name, ""))
    assert page.locator(".katex-error").count() == 0
    equations = page.locator("article .math")
    spoken = equations.evaluate_all("all => all.map(one => one.querySelector('math semantics')?.textContent ?? '')")
    assert len(spoken) == equations.count() and all(spoken)
    assert bool(spoken) == bool(re.search(r"\$[^$\n\"]+\$|{math}|\\\\begin", SOURCES.get(name, "")))


SHOWN_BEFORE_THE_ANSWER = """() => {
    const flow = [...document.querySelectorAll("article .predict, article details, article .cell_output, article .sb-figure")];
    const shown = [];
    for (const question of document.querySelectorAll("article .predict")) {
        for (const next of flow.slice(flow.indexOf(question) + 1)) {
            const title = next.querySelector("summary")?.textContent.trim();
            if (title === "Answer") break;
            if (next.matches(".predict")) { shown.push("no answer to: " + question.textContent.trim().slice(0, 60)); break; }
            if (next.matches(".cell_output, .sb-figure") && !next.closest("details")) shown.push(next.textContent.slice(0, 60));
        }
    }
    return shown;
}"""


@pytest.mark.parametrize("name", PREDICTING)
def test_nothing_is_shown_between_a_prediction_and_its_answer(visit, name):
    assert visit(name).evaluate(SHOWN_BEFORE_THE_ANSWER) == []


def test_an_output_that_answers_a_prediction_too_soon_would_be_noticed(visit):
    page = visit(PREDICTING[0])
    page.evaluate(
        """() => document.querySelector("article .predict").insertAdjacentHTML(
            "afterend", "<div class='cell_output'>47 mV</div>")"""
    )
    assert page.evaluate(SHOWN_BEFORE_THE_ANSWER) == ["47 mV"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_markup_is_left_in_the_text(visit, name):
    page = visit(name)
    text = page.locator("article").evaluate(
        """article => {
            const copy = article.cloneNode(true);
            for (const one of copy.querySelectorAll('pre, code, script, style, .math, [data-explorer]')) one.remove();
            return copy.textContent;
        }"""
    )
    assert len(text.split()) > 20 or name.endswith("bibliography")
    assert not re.findall(
        r"{[a-z:-]+}`?|\$[^\s\d]|\${2}|:::|```|\*\*|\\[a-z]+|\[\?|\bundefined\b|\bNaN\b|\[@|^#+ ", text, re.M
    )


@pytest.mark.parametrize("name", COUNTING)
def test_the_numbers_in_the_text_are_those_that_were_computed(visit, site_dir, name):
    computed = json.loads((site_dir.parent / "jupyter_execute" / f"{name}.glue.json").read_text("utf-8"))
    wanted = re.findall(r"{eval}`([^`]+)`", SOURCES[name])
    shown = visit(name).locator(".pasted-text").all_text_contents()
    values = [computed[key]["data"]["text/plain"].strip("'") for key in wanted]
    assert Counter(shown) == Counter(values)
    assert any(character.isdigit() for value in shown for character in value)


@pytest.mark.parametrize("name", EXPLORING)
def test_without_javascript_the_text_still_reads(visit, name):
    page = visit(name, java_script_enabled=False)
    assert page.locator("[data-explorer]").first.inner_text().endswith("needs JavaScript.")
    assert page.locator("article p").count() > 5
    for equation in page.locator("article .math").all()[:3]:
        assert equation.bounding_box()["height"] > 5


@pytest.mark.parametrize("name", EXPLORING)
def test_the_first_screen_has_an_explorer_to_touch(visit, name):
    page = visit(name)
    page.locator("[data-explorer] canvas").first.wait_for()
    box = first_slider(page.locator("[data-explorer]").first)[0].bounding_box()
    assert box["y"] + box["height"] < 900


@pytest.mark.parametrize("name", EXPLORING)
def test_an_embedded_explorer_stands_alone(visit, name):
    for stem in explorers(visit(name)):
        page = visit(name, query=f"?embed={stem}", width=360)
        root = page.locator(f"[data-explorer={stem}]")
        root.locator("[aria-live=polite]:not(:empty)").first.wait_for()
        shown = page.evaluate(
            "[...document.body.children].filter(one => one.getClientRects().length).map(one => one.dataset.explorer)"
        )
        assert shown == [stem]
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        before = summary(root)
        first_slider(root)[0].focus()
        page.keyboard.press("PageUp")
        assert summary(root) != before


@pytest.mark.parametrize("disk", [False, True], ids=["http", "file"])
@pytest.mark.parametrize("name", EXPLORING)
def test_an_address_sets_an_explorer_up(visit, name, disk):
    for stem, root in explorers(visit(name)).items():
        slider, trait = first_slider(root)
        low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
        wanted = round(low + 0.4 * (high - low), 1)
        page = visit(name, query=f"#{stem}?{trait}={wanted}", disk=disk)
        other = explorers(page)[stem]
        assert settings(other) == {**settings(root), trait: wanted}
        assert summary(other) != summary(root)
        page.evaluate(f"location.hash = '#{stem}?{trait}={low}'")
        page.wait_for_function(f"document.querySelector('[data-explorer={stem}]').explorer.settings.{trait} === {low}")


@pytest.mark.parametrize("name", EXPLORING)
def test_the_theme_button_redraws_every_explorer(visit, name):
    page = visit(name, scheme="light")
    roots = explorers(page)
    for stem, root in roots.items():
        root.scroll_into_view_if_needed()
        assert theme.LIGHT["V"] in hues(root) and theme.DARK["V"] not in hues(root), stem
    for _ in range(3):  # automatic, light, dark
        page.locator(".theme-switch-button:visible").first.click()
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
    for stem, root in explorers(page).items():
        page.wait_for_timeout(100)
        assert theme.DARK["V"] in hues(root) and theme.LIGHT["V"] not in hues(root), stem


@pytest.mark.parametrize("disk", [False, True], ids=["http", "file"])
def test_the_search_finds_the_chapter_of_a_word(visit, disk):
    page = visit("search", query="?q=Hodgkin", disk=disk)
    for name in ("hodgkin_huxley_neuron", "intro"):  # results come one after another
        page.locator(f"#search-results li a[href*={name}]").first.wait_for()
    if not disk:  # from a disk no page may read another: there the results come without excerpts
        page.locator("#search-results li .context").first.wait_for()
    none = visit("search", query="?q=zzyzx", disk=disk)
    none.get_by_text("did not match any documents").wait_for()
    assert none.locator("#search-results li a").count() == 0


class Links(HTMLParser):
    """What a page points to (`href`, `src`, `data-src`), and the names that can be pointed to."""

    def __init__(self, path):
        super().__init__()
        self.targets, self.names = [], set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.targets += [value for key in ("href", "src") if (value := attributes.get(key))]
        self.names |= {value for key in ("id", "name") if (value := attributes.get(key))}


def broken_links(site_dir):
    pages = {path: Links(path) for path in site_dir.rglob("*.html") if "_static" not in path.parts}
    for path, links in pages.items():
        for target in links.targets:
            address = urlsplit(target)
            if address.scheme or address.netloc:
                continue
            file = (path.parent / unquote(address.path)).resolve() if address.path else path
            fragment = unquote(address.fragment)
            if not file.is_file():
                yield f"{path.name}: {target} is no file"
            elif fragment and file in pages and "?" not in fragment and fragment not in pages[file].names:
                yield f"{path.name}: {target} is not on that page"


def test_every_link_within_the_book_leads_somewhere(site_dir):
    site_dir = site_dir.resolve()
    assert {site_dir / f"{name}.html" for name in PAGES} <= set(site_dir.rglob("*.html"))
    assert not list(broken_links(site_dir))


def test_a_broken_link_would_be_noticed(tmp_path):
    (tmp_path / "page.html").write_text('<a href="gone.html">a</a><a href="#gone">b</a><a id="here" href="#here">c</a>')
    assert sorted(broken_links(tmp_path)) == ["page.html: #gone is not on that page", "page.html: gone.html is no file"]


def test_every_page_is_in_the_book_and_the_start_leads_to_the_first(visit, site_dir):
    built = {
        str(path.relative_to(site_dir).with_suffix(""))
        for path in site_dir.rglob("*.html")
        if "_static" not in path.parts
    }
    assert built == {*PAGES, "index"}
    page = visit("index", disk=True)
    page.wait_for_url(f"**/{CHAPTERS[0]}.html")
    listed = page.locator("nav a").evaluate_all("all => all.map(one => one.href)")
    assert all(any(address.split("#")[0].endswith(f"/{name}.html") for address in listed) for name in CHAPTERS[1:])
