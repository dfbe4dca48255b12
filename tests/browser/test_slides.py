"""The decks of slides: what is in them, that nothing is cut, that questions come before answers and explorers live."""

import io
import subprocess
import sys

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from pages import ROOT, SOURCES, first_slider, summary

pytestmark = pytest.mark.slow

DECKS = [name for name, source in SOURCES.items() if ":class: objectives" in source]

OVERFLOWING = """() => {
  const slide = document.querySelector("section.present");
  const room = slide.getBoundingClientRect();
  const out = [...slide.querySelectorAll(".fit, .fit *:not(svg *, .katex *, .sb-sr)")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.left < room.left || box.right > room.right + 1 || box.top < room.top || box.bottom > room.bottom - 40);
  });
  for (const frame of slide.querySelectorAll("iframe")) {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = frame.contentDocument.documentElement;
    if (scrollHeight > clientHeight + 1 || scrollWidth > clientWidth) out.push(frame);
  }
  return out.map((one) => `${slide.className}: ${one.tagName} ${one.textContent.slice(0, 40)}`);
}"""


@pytest.fixture(scope="module")
def decks(site_dir):
    subprocess.run([sys.executable, "-m", "publish", "slides"], cwd=ROOT / "book", check=True)
    return site_dir / "slides"


def soup(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def stem(name):
    return name.rpartition("/")[2]


def open_deck(visit, name, **options):
    page = visit(f"slides/{stem(name)}", height=720, **options)
    page.wait_for_function("Reveal.isReady()")
    return page


def turn_to(page, kind):
    """The first slide of a kind, without starting what is on the slides before."""
    page.evaluate(
        "kind => Reveal.slide([...document.querySelectorAll('main > section')].findIndex((one) => one.classList.contains(kind)))",
        kind,
    )


def test_every_chapter_has_a_deck_in_the_list(decks):
    listed = [one["href"] for one in soup(decks / "index.html").select("li > a")]
    assert listed == [f"{stem(name)}.html" for name in DECKS] and len(DECKS) >= 13
    assert {path.name for path in decks.glob("*.html")} == {*listed, "index.html"}


@pytest.mark.parametrize("name", DECKS)
def test_a_deck_holds_what_its_chapter_shows(decks, site_dir, name):
    deck, article = soup(decks / f"{stem(name)}.html"), soup(site_dir / f"{name}.html").article

    def is_folded(one):
        fold = one.find_parent("details")
        return fold and not fold.summary.get_text().strip().startswith("Answer")

    labels = [one.svg["aria-label"] for one in article.select("figure") if not is_folded(one)]
    assert [one["aria-label"] for one in deck.select("figure svg[aria-label]")] == labels
    assert len(deck.select(".predict .question + .answer.fragment")) == len(article.select(".predict"))
    explorers = [one["data-explorer"] for one in article.select("[data-explorer]")]
    assert [one["data-src"].rpartition("=")[2] for one in deck.select("iframe")] == explorers
    equations = [one for one in article.select("div.math") if not one.find_parent("details")]
    assert len(deck.select(".equation div.math")) >= len(equations) * 0.9
    assert len(deck.select(".objectives li")) >= 3 and len(deck.select(".summary li")) >= 3
    sections = {one.find(string=True, recursive=False) for one in article.select("section section > h2")} - {
        "Further reading"
    }
    assert sections <= {one.get_text() for one in deck.select("section > h2")}
    spoken = sum(len(one.get_text().split()) for one in deck.select("aside.notes"))
    prose = sum(len(one.get_text().split()) for one in article.select("section > p"))
    assert spoken > 0.8 * prose


@pytest.mark.parametrize("name", DECKS)
def test_no_slide_is_cut(decks, visit, name):
    page = open_deck(visit, name)
    cut = []
    for number in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate(f"Reveal.slide({number}, 0, 99)")
        if frame := page.query_selector("section.present iframe"):
            frame.content_frame().locator(".sb-summary:not(:empty)").wait_for()
        cut += page.evaluate(OVERFLOWING)
    assert not cut
    page.evaluate("document.querySelector('section.present .fit').style.zoom = 3")
    assert page.evaluate(OVERFLOWING)  # or it would see nothing


def test_the_answer_waits_for_the_next_step(decks, visit):
    page = open_deck(visit, "book/synapses", scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
    turn_to(page, "predict")
    answer = page.locator("section.present .answer")
    assert page.locator("section.present .question").is_visible()
    assert answer.evaluate("one => getComputedStyle(one).visibility") == "hidden"
    page.keyboard.press("ArrowRight")
    answer.wait_for()  # until it is seen
    page.keyboard.press("d")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_an_explorer_lives_in_its_slide(decks, visit):
    page = open_deck(visit, "book/synapses")
    turn_to(page, "explorer")
    here = page.evaluate("Reveal.getIndices().h")
    explorer = page.frame_locator("section.present iframe").locator("[data-explorer]")
    explorer.locator(".sb-summary:not(:empty)").wait_for()
    before = summary(explorer)
    first_slider(explorer)[0].focus()
    page.keyboard.press("PageDown")
    assert summary(explorer) != before and page.evaluate("Reveal.getIndices().h") == here


def test_a_deck_prints_one_slide_a_page(decks, visit):
    page = visit("slides/synapses", query="?view=print", height=720)
    page.wait_for_function("document.querySelectorAll('.pdf-page').length > 20")
    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    slides = soup(decks / "synapses.html").select("main > section")
    assert len(printed) == len(slides)
    for sheet, slide in zip(printed, slides):
        assert "".join(slide.h2.get_text().split()) in "".join(sheet.get_textpage().get_text_range().split())
