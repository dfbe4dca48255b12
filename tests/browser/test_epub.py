"""The book as ePub: what a program that reads books finds in it, and whether a phone shows it whole."""

import re
import shutil
import subprocess
import sys
import zipfile
from posixpath import basename

import pytest
import yaml
from bs4 import BeautifulSoup
from lxml import etree
from pages import CHAPTERS, EXPLORING, ROOT

pytestmark = pytest.mark.slow

NAMES = {
    "h": "http://www.w3.org/1999/xhtml",
    "m": "http://www.w3.org/1998/Math/MathML",
    "o": "http://www.idpf.org/2007/opf",
    "s": "http://www.w3.org/2000/svg",
}
CUT = """() => [...document.querySelectorAll("p, li, dt, pre, table, svg, img, math, math > *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < 0)
  .map((one) => `${document.title}: ${one.localName} ${one.textContent.trim().slice(0, 40)}`)"""


def squeezed(text):
    return re.sub(r"\s", "", text)


def words(element):
    return squeezed("".join(element.itertext()))


class Epub:
    def __init__(self, file, site):
        self.file, packed = file, zipfile.ZipFile(file)
        self.entries = packed.infolist()
        self.files = {one.filename: packed.read(one) for one in self.entries}
        self.texts = {
            name: etree.fromstring(content) for name, content in self.files.items() if name.endswith(".xhtml")
        }
        self.package = etree.fromstring(self.files["book.opf"])
        self.articles = {
            f"{basename(name)}.xhtml": BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser").article
            for name in CHAPTERS
        }

    def every(self, path):
        """The elements or attributes of all texts: (name of the text, one of them)."""
        return [(name, one) for name, text in self.texts.items() for one in text.xpath(path, namespaces=NAMES)]


@pytest.fixture(scope="module")
def book(site_dir):
    subprocess.run([sys.executable, "-m", "publish", "epub"], cwd=ROOT / "book", check=True)
    return Epub(site_dir / "spikebook.epub", site_dir)


def test_it_says_what_it_is_and_reads_in_the_order_of_the_book(book):
    assert (book.entries[0].filename, book.entries[0].compress_type) == ("mimetype", zipfile.ZIP_STORED)
    items = book.package.xpath("//o:item/@href", namespaces=NAMES)
    assert {*items, "mimetype", "book.opf", "META-INF/container.xml"} == set(book.files)
    order = book.package.xpath("//o:itemref/@idref", namespaces=NAMES)
    assert order == ["cover.xhtml", "contents.xhtml", *book.articles]
    assert book.file.stat().st_size < 15e6


def test_its_contents_are_the_parts_the_chapters_and_their_sections(book):
    [nav] = book.texts["contents.xhtml"].iter("{*}nav")
    shown = [words(one) for one in nav.iter("{*}a", "{*}span")]
    expected = []
    for part in [{"chapters": []}, *yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))["parts"]]:
        expected += [squeezed(part["caption"])] if "caption" in part else []
        for name in [one["file"] for one in part["chapters"]] or CHAPTERS[:1]:
            for heading in book.articles[f"{basename(name)}.xhtml"].select("h1, h2"):
                for one in heading.select(".headerlink, .katex-html, annotation"):
                    one.decompose()
                expected += [squeezed(heading.get_text())] if len(heading.get_text()) > 1 else []
    assert shown == expected and len(shown) > 250


def test_nothing_is_left_that_needs_the_page(book):
    left = "//h:script | //h:style | //h:button | //h:input | //h:iframe | //m:annotation | //*[@class='katex-html']"
    assert not book.every(left)
    assert not [name for name, content in book.files.items() if name.endswith(".xhtml") and b"var(--" in content]


def test_every_link_leads_somewhere(book):
    ids = {name: text.xpath("//@id") for name, text in book.texts.items()}
    assert all(len(set(some)) == len(some) for some in ids.values())
    inside = 0
    for name, target in book.every("//@href | //@src"):
        file, _, fragment = target.partition("#")
        if re.match("https?:|mailto:", file):
            continue
        assert (file or name) in book.files, f"{name}: {target}"
        assert not fragment or fragment in ids[file or name], f"{name}: {target}"
        inside += 1
    assert inside > 2000
    assert {basename(name) for name in EXPLORING} == {
        basename(target).partition(".html#")[0] for _, target in book.every("//h:figure[@class='explorer']//@href")
    }


def test_every_figure_and_equation_has_words(book):
    figures = book.every("//h:figure//s:svg[@role='img']/@aria-label | //h:img/@alt")
    assert len(figures) == len(book.every("//h:figure//s:svg | //h:img")) > 140
    assert all(len(words) > 8 for _, words in figures)
    assert len(book.every("//m:math[@alttext != '']")) == len(book.every("//m:math")) > 2000


def test_the_chapters_are_whole(book):
    for name, article in book.articles.items():
        text = words(book.texts[name])
        blocks = [one for one in article.select("p, figcaption, td, pre") if not one.select(".math, summary, p")]
        for one in blocks:
            if not one.find_parent(class_=["tag_hide-input", "toctree-wrapper", "spikebook-explorer"]) and not {
                "about-page",
                "expanded",
                "collapsed",
            } & set(one.get("class", [])):
                for link in one.select(".headerlink"):
                    link.decompose()
                assert squeezed(one.get_text()) in text, f"{name}: {one.get_text()[:80]}"
    questions = [one for _, one in book.every("//h:div[@class='question']")]
    assert len(questions) == sum(len(article.select(".sb-question")) for article in book.articles.values()) > 50
    assert all(len(one.findall("{*}ol/*")) == len(one.findall("{*}details/{*}ol/*")) > 1 for one in questions)


def test_a_phone_cuts_nothing(book, browser, tmp_path):
    zipfile.ZipFile(book.file).extractall(tmp_path)
    page = browser.new_page(viewport={"width": 360, "height": 640})
    for name in book.texts:
        page.goto((tmp_path / name).as_uri())
        page.evaluate("document.body.style.margin = '16px'")
        page.evaluate("document.fonts.ready")
        assert not page.evaluate(CUT)
    page.close()


@pytest.mark.skipif(not shutil.which("epubcheck"), reason="epubcheck is not installed")
def test_epubcheck_finds_nothing(book):
    program = shutil.which("epubcheck")
    command = ["java", "-jar", program] if zipfile.is_zipfile(program) else [program]  # Debian's is a jar
    result = subprocess.run([*command, "--failonwarnings", str(book.file)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
