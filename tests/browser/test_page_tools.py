"""What stands around the text: the reader's place, explanations of terms, citing, reporting, taking the book along."""

import json
import re
import tomllib
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from explored import settled
from pages import CHAPTERS, PAGES, explorers, first_slider, summary

ROOT = Path(__file__).parents[2]
PUBLISHED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]["Homepage"]


def frame(path):
    """A page without its article: what is said about it, its title and its tools."""
    text = path.read_text("utf-8")
    parts = [
        r"<head>.*?</head>",
        r"<h1>.*?</h1>",
        r'<p class="about-page">.*?</p>',
        r'<section class="page-tools.*?</section>',
    ]
    return BeautifulSoup("".join(found[0] for part in parts if (found := re.search(part, text, re.S))), "html.parser")


def test_the_reader_goes_on_where_reading_stopped(visit):
    page = visit("book/membrane_potential")
    marks = page.locator("nav.bd-links .read")
    assert marks.count() == 0
    sections = page.locator("article section section:has(> h2)")
    for number in range(3):
        sections.nth(number).evaluate(
            "one => scrollTo(0, one.getBoundingClientRect().bottom + scrollY - innerHeight / 2)"
        )
        page.wait_for_function(
            "count => document.querySelector('.read') && JSON.parse(localStorage['spikebook-place'])"
            ".pages['book/membrane_potential.html'].read.length > count",
            arg=number,
        )
    share = int(marks.first.text_content().removesuffix(" %"))
    assert round(300 / sections.count()) <= share < 100
    page.goto(page.url.replace("membrane_potential", "intro"))
    assert marks.first.text_content() == f"{share} %"
    link = page.locator(".about-page a")
    assert re.match("Membrane potential: .+", link.text_content())
    page.get_by_role("button", name="Forget my place").click()
    assert marks.count() == 0 and not page.locator(".about-page a").count()
    assert page.evaluate("localStorage['spikebook-place']") is None


@pytest.mark.parametrize("width, height", [(1280, 900), (390, 844)])
@pytest.mark.parametrize("leave", ["reload", "another page"])
def test_the_text_stands_where_it_stood(visit, leave, width, height):
    page = visit("book/membrane_potential", width=width, height=height)
    sections = page.locator("article section section:has(> h2)")
    page.wait_for_load_state("networkidle")
    for number in (4, 8):
        middle = sections.nth(number).locator("> p").nth(1)
        middle.evaluate("one => one.scrollIntoView({ block: 'start' })")
        page.wait_for_timeout(1500)  # explorers above have begun
        middle.evaluate("one => one.scrollIntoView({ block: 'start' })")
        top = middle.bounding_box()["y"]
        if leave == "reload":
            page.reload()
        else:
            page.goto(page.url.replace("book/membrane_potential", "book/appendices/bibliography"))
            page.wait_for_load_state("networkidle")
            page.go_back()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000)
        assert abs(middle.bounding_box()["y"] - top) < 3


def test_a_chosen_section_is_not_hidden_by_the_contents_on_a_phone(visit):
    page = visit("book/membrane_potential", width=390, height=844)
    page.get_by_label("Toggle secondary sidebar").click()
    link = page.get_by_role("dialog").get_by_role("link", name="Summary")
    link.click()
    link.wait_for(state="hidden")
    page.wait_for_url("**#summary")


def test_the_keyboard_s_place_is_seen_all_around_the_text(visit):
    page = visit("book/synapses")
    unseen, stops = set(), []
    look = """() => {
        const at = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(at);
        if (at === document.body) return ["after the last, the browser's own", true];
        const seen = at.matches("[data-explorer] *") || (outlineStyle === "solid" && parseFloat(outlineWidth) >= 2);
        return [at.outerHTML.slice(0, 120), seen];
    }"""
    for start in ("nav.bd-links", ".bd-header-article", ".bd-sidebar-secondary", ".page-tools", ".prev-next-footer"):
        first = page.locator(f"{start} :is(a, button, summary)").first
        first.focus()
        for _ in range(12):
            page.keyboard.press("Tab")
            stop, seen = page.evaluate(look)
            stops.append(stop)
            if not seen:
                unseen.add(stop)
    assert len(set(stops)) > 40 and not unseen
    assert stops.count("after the last, the browser's own") <= 1


def test_a_term_is_explained_to_the_mouse_and_the_keyboard(visit):
    page = visit("book/membrane_potential")
    term, explanation = page.locator("a.term").nth(2), page.get_by_role("tooltip")
    assert not explanation.is_visible()
    term.hover()
    assert explanation.is_visible() and len(explanation.text_content()) > 20
    assert term.evaluate("one => getComputedStyle(one).textDecorationStyle") == "solid"
    assert (
        term.evaluate("one => document.getElementById(one.getAttribute('aria-describedby')).textContent")
        == explanation.text_content()
    )
    explanation.hover()
    page.wait_for_timeout(300)
    assert explanation.is_visible()
    page.keyboard.press("Escape")
    assert not explanation.is_visible()
    page.locator("a.term").nth(1).focus()
    page.keyboard.press("Tab")
    assert term.evaluate("one => one === document.activeElement") and explanation.is_visible()
    explanation.hover()
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    assert explanation.is_visible()
    page.keyboard.press("Tab")
    assert term.get_attribute("aria-describedby") is None


def test_the_book_is_read_without_a_network_once_it_is_kept(visit):
    page = visit("book/intro")
    page.get_by_text("Take it along").click()
    page.get_by_role("button", name="Keep the whole book").click()
    page.get_by_text("All of it is kept.").wait_for()
    page.context.set_offline(True)
    page.goto(page.url.replace("intro", "first_network"))  # never opened before
    root = next(iter(explorers(page).values()))
    slider, _ = first_slider(root)
    before = summary(root)
    slider.fill(slider.get_attribute("max"))
    settled(page)
    assert summary(root) != before
    page.goto(page.url.replace("book/first_network", "search") + "?q=rheobase")
    page.locator("#search-results li a[href*=membrane_potential]").first.wait_for()


def test_what_was_read_is_read_again_without_a_network_and_what_was_not_is_said(browser, site_url):
    root = site_url.rstrip("/")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{root}/book/synapses.html")  # the first page comes before the worker that keeps
    page.wait_for_function(
        "async address => await (await caches.open('spikebook')).match(address)", arg=f"{root}/book/synapses.html"
    )
    page.wait_for_load_state("networkidle")
    page.goto(f"{root}/")
    page.wait_for_url("**/book/intro.html")
    page.wait_for_load_state("networkidle")
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    context.set_offline(True)
    page.goto(f"{root}/book/synapses.html")
    assert len(explorers(page)) >= 1
    page.goto(f"{root}/book/first_network.html")
    assert page.get_by_role("heading").inner_text() == "This page was not kept"
    page.get_by_role("link", name="4. Synapses", exact=True).click()
    page.wait_for_url("**/book/synapses.html")
    page.goto(f"{root}/index.html")
    page.wait_for_url("**/book/intro.html")
    context.close()


def test_a_page_that_cannot_be_kept_is_shown(visit):
    page = visit("book/intro")
    page.evaluate("navigator.serviceWorker.ready")
    worker = page.context.service_workers[0]
    worker.evaluate("() => { Cache.prototype.put = () => Promise.reject(new Error('no space')); }")
    page.reload()
    assert len(explorers(page)) >= 1


def test_a_page_is_cited_reported_and_taken_along(site_dir):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    released = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert str(released["version"]) == version
    start = " ".join((site_dir / "book" / "intro.html").read_text("utf-8").split())
    assert f"({released['date-released'].year}). <em>{released['title']}</em>, version {version}" in start
    for name in CHAPTERS:
        page = frame(site_dir / f"{name}.html")
        title = re.sub(r"^[\d.\s]+|#$", "", page.h1.get_text()).strip()
        tools = page.find(class_="page-tools")
        address = f"{PUBLISHED}{name}.html"
        assert f"{title}. In {released['title']}, version {version}. {address}" in tools.p.get_text()
        assert re.search(
            rf"@incollection{{\w+,.*title = {{{re.escape(title)}}}.*url = {{{re.escape(address)}}}",
            tools.pre.get_text(),
            re.S,
        )
        report = parse_qs(urlsplit(tools.find("a", string="Report an error here")["href"]).query)
        assert title in report["title"][0] and address in report["body"][0]
        assert page.find("link", rel="canonical")["href"] == address
        notebook = tools.find("a", string="This page as a notebook")
        assert bool(notebook) == (ROOT / f"{name}.ipynb").exists()
        assert (
            not notebook
            or json.loads((site_dir / name / ".." / notebook["href"]).resolve().read_text("utf-8"))["cells"]
        )
        if name != "book/intro" and notebook:
            about = page.find(class_="about-page").get_text()
            minutes, without = re.fullmatch(r"About (\d+) minutes to read(, without the exercises)?", about).groups()
            assert bool(without) == ('id="exercises"' in (site_dir / f"{name}.html").read_text("utf-8"))
            is_chapter = not name.startswith("book/appendices/")
            assert 20 <= int(minutes) <= 40 if is_chapter else 5 <= int(minutes) < 180


def test_other_sites_and_search_engines_find_every_page(site_dir):
    listed = re.findall("<loc>(.*?)</loc>", (site_dir / "sitemap.xml").read_text("utf-8"))
    assert set(listed) == {f"{PUBLISHED}{name}.html" for name in PAGES} - {
        f"{PUBLISHED}{name}.html" for name in ("search", "genindex")
    }
    described = set()
    for name in CHAPTERS:
        page = frame(site_dir / f"{name}.html")
        described.add(page.find("meta", property="og:description")["content"])
        picture = page.find("meta", property="og:image")["content"].removeprefix(PUBLISHED)
        assert (site_dir / picture).read_bytes()[:4] == b"\x89PNG"
        app = json.loads(
            (site_dir / name / ".." / page.find("link", rel="manifest")["href"]).resolve().read_text("utf-8")
        )
        assert (site_dir / app["start_url"]).exists() and (site_dir / app["icons"][0]["src"]).exists()
    assert len(described) == len(CHAPTERS)


def test_the_zip_is_the_book(browser, site_dir, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book")
    from publish import archive

    packed = archive.make(site_dir)
    with zipfile.ZipFile(packed) as files:
        files.extractall(tmp_path)
    packed.unlink()
    page = browser.new_page()
    page.goto((tmp_path / "spikebook" / "index.html").as_uri())
    page.wait_for_url("**/spikebook/book/intro.html")
    assert len(explorers(page)) >= 1
    page.close()


@pytest.mark.parametrize("thing", ["", "pfd"])
def test_publishing_says_what_it_can_make(thing, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book")
    from publish.__main__ import main

    assert "python -m publish" in main([thing] if thing else [])
