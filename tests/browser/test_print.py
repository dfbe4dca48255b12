"""A page on paper, and the whole book as PDF, as another program than the one that made it reads it."""

import re
import subprocess
import sys

import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from pages import CHAPTERS, EXPLORING, ROOT, explorers, hues

from spikebook import theme

PAPER_WIDTH = 605  # CSS pixels of 16 cm


def squeezed(text):
    """Text without what typesetting changes: white space, and hyphens at the ends of lines."""
    return re.sub(r"[\s\u200b\u00ad\ufffe-]", "", text)


def test_a_readers_print_is_light_open_and_whole(visit):
    page = visit("book/synapses", width=PAPER_WIDTH, scheme="dark")
    roots = explorers(page)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for root in roots.values():
        assert theme.LIGHT["ink"] in hues(root) and theme.DARK["ink"] not in hues(root)
        assert root.locator("canvas").first.is_visible() and not root.locator("input").first.is_visible()
    assert (
        not page.locator(".bd-sidebar, .bd-header-article, .prev-next-footer, .tag_hide-input pre")
        .filter(visible=True)
        .count()
    )
    folded = page.locator("article details:not(.tag_hide-input details, .sb-code) :is(p, pre):not(summary *)").all()
    assert len(folded) > 10 and all(one.is_visible() for one in folded)
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER_WIDTH
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("name", ["book/hodgkin_huxley_circuit", "book/receptive_fields"])
def test_what_was_drawn_for_a_phone_keeps_its_proportions_on_paper(visit, name):
    page = visit(name, width=390)
    for root in explorers(page).values():
        root.evaluate("root => { root.live.redraw = () => {}; }")  # a browser that prints lays out anew without a word
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER_WIDTH, "height": 900})
    stretched = page.locator("[data-explorer] canvas").evaluate_all(
        """all => all.filter((one) => one.checkVisibility())
            .map((one) => one.clientWidth / one.clientHeight / (one.width / one.height))"""
    )
    assert len(stretched) > 4 and np.allclose(stretched, 1, atol=0.03)


def test_colours_that_explorers_mix_are_printed(visit):
    page = visit("book/receptive_fields", width=PAPER_WIDTH)
    root = explorers(page)["receptive_fields_sta"]
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(hues(root)) > 30


class Printed:
    """The PDF, and the pages it was made from."""

    def __init__(self, file, site):
        import pikepdf
        import pypdfium2

        self.pdf, self.reader = pikepdf.open(file), pypdfium2.PdfDocument(file)
        self.texts = [page.get_textpage().get_text_range() for page in self.reader]
        self.bookmarks = [(one.level, one.get_title(), one.get_dest().get_index()) for one in self.reader.get_toc()]
        self.articles = {
            name: BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser").article for name in CHAPTERS
        }
        for article in self.articles.values():
            for one in article.select(".headerlink, .katex-mathml, [data-explorer]"):
                one.decompose()
        self.chapters = self.found_chapters()

    def titles(self):
        """What the bookmarks are to say. The first page stands beside the parts, all others in one."""
        for name, article in self.articles.items():
            for heading in article.select("h1, h2"):
                if len(heading.get_text()) > 1:
                    yield (
                        int(heading.name[1]) - (name == CHAPTERS[0]),
                        squeezed(heading.get_text()),
                        heading.name == "h1",
                    )

    def found_chapters(self):
        """Where the chapters start: (title, page)."""
        first = {(level, title) for level, title, is_chapter in self.titles() if is_chapter}
        return [(title, page) for level, title, page in self.bookmarks if (level, squeezed(title)) in first]

    def links(self):
        """The links: (page, the destination or address)."""
        for number, page in enumerate(self.pdf.pages):
            for one in page.get("/Annots", []):
                if one.Subtype == "/Link":
                    yield number, str(one.Dest if "/Dest" in one else one.A.URI)


@pytest.fixture(scope="module")
def book(site_dir):
    subprocess.run([sys.executable, "-m", "publish", "pdf"], cwd=ROOT / "book", check=True)
    return Printed(site_dir / "spikebook.pdf", site_dir)


@pytest.mark.slow
class TestBookAsPdf:
    def test_it_names_itself_and_is_tagged(self, book):
        metadata = book.reader.get_metadata_dict()
        assert metadata["Title"].startswith("Spikebook: ") and metadata["Author"] == "The Spikebook contributors"
        assert book.pdf.Root.Lang == "en" and book.pdf.Root.MarkInfo.Marked
        figures = [
            one
            for one in book.pdf.objects
            if isinstance(one, dict | type(book.pdf.Root)) and one.get("/S") == "/Figure"
        ]
        pictures = sum(len(article.select("figure svg")) for article in book.articles.values())
        assert sum("/Alt" in one for one in figures) >= pictures > 100

    def test_bookmarks_are_the_chapters_and_their_sections(self, book):
        parts = {
            "Contents",
            *(part["caption"] for part in yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))["parts"]),
        }
        marked = [(level, squeezed(title)) for level, title, _ in book.bookmarks if level or title not in parts]
        assert marked == [(level, title) for level, title, _ in book.titles()]
        for _, title, page in book.bookmarks:
            assert squeezed(title) in squeezed(book.texts[page]), title

    def test_contents_name_the_pages_of_the_bookmarks(self, book):
        first = book.chapters[0][1]
        contents = squeezed("".join(book.texts[1:first]))
        for _, title, page in book.bookmarks[1:]:
            assert f"{squeezed(title)}{page + 1}" in contents

    def test_each_page_has_its_number_and_its_chapter_below(self, book):
        for (title, start), (_, end) in zip(book.chapters, [*book.chapters[1:], ("", len(book.texts))]):
            footer = f"{title} {start + 1}"
            assert footer in book.texts[start]
            middle = (start + end) // 2
            assert re.search(rf"\b{middle + 1}\b", book.texts[middle])

    def test_links_between_pages_stay_inside(self, book):
        targets = {name: place for name, place in book.pdf.Root.Dests.items()}
        index = {page.objgen: number for number, page in enumerate(book.pdf.pages)}
        leads = {target: index[targets[target][0].objgen] for _, target in book.links() if target.startswith("/")}
        assert len(leads) > 500
        starts = dict(zip(CHAPTERS, [page for _, page in book.chapters]))
        figure = book.articles["book/hodgkin_huxley_neuron"].select_one("figure[id]")
        page = leads[f"/book/hodgkin_huxley_neuron/{figure['id']}"]
        assert squeezed(figure.figcaption.get_text())[:60] in squeezed(book.texts[page])
        assert "axon" in book.texts[leads["/book/appendices/glossary/term-axon"]]
        references = [page for name, page in leads.items() if name.startswith("/book/appendices/bibliography/")]
        assert len(references) > 100 and min(references) >= starts["book/appendices/bibliography"]

    def test_other_links_lead_to_the_web(self, book):
        outward = {target for _, target in book.links() if not target.startswith("/")}
        assert all(re.match("https?://|mailto:", target) for target in outward)
        assert any(target.startswith("https://doi.org/") for target in outward)
        for name in EXPLORING:
            assert any(f"/{name}.html#" in target for target in outward), name

    def test_the_text_is_whole_and_typeset(self, book):
        text = squeezed("".join(book.texts))
        assert not re.findall(r"\\[a-z]{2,}[{_^ ]|\$\$|\bundefined\b|needsJavaScript|ClicktoShow", text)
        in_code = sum(
            one.get_text().count("{eval}") for article in book.articles.values() for one in article.select("code, pre")
        )
        assert text.count("{eval}") == in_code
        captions = [
            squeezed(one.get_text())
            for name in CHAPTERS
            for one in book.articles[name].select("figcaption:not(:has(.math))")
        ]
        assert len(captions) > 80
        missing = [caption for caption in captions if caption[:50] not in text]
        assert not missing

    def test_an_explorer_that_moves_has_come_to_rest(self, book):
        assert "Inthelastsecond:excitatory" in squeezed("".join(book.texts))

    def test_margins_are_free(self, book):
        left, right = 24.5 / 210, 185.5 / 210
        reaching = []
        for number, page in enumerate(book.reader):
            dark = page.render(scale=0.5).to_numpy().min(axis=2) < 160
            width = dark.shape[1]
            columns = np.flatnonzero(dark.any(axis=0))
            if columns.size and not left * width - 1 <= columns[0] <= columns[-1] <= right * width + 1:
                reaching.append(number + 1)
        assert not reaching

    def test_pages_are_full(self, book):
        """A page with little on it is the last one of a chapter, or a part's title."""
        starts = {page for level, _, page in book.bookmarks if level < 2}
        ends = {page - 1 for page in starts}
        bare = [n + 1 for n, text in enumerate(book.texts) if n > 1 and len(text) < 150 and n not in starts | ends]
        assert not bare
