"""The whole book as one ePub, for programs that read books and run no scripts.

Each page is a file of its own. Figures stay drawings, in their light colours; an equation is its MathML alone; an
explorer is a picture, with a link to where it moves; an answer stays folded. Chromium takes the pictures, and writes
the pages as the XHTML that an ePub asks for.
"""

import re
import zipfile
from html import escape
from pathlib import Path

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

from .pages import (
    ADDRESS,
    AUTHOR,
    LICENSE,
    PROJECT,
    ROOT,
    SUBTITLE,
    TITLE,
    browser,
    destination,
    in_figure,
    parts,
    plain,
    settle,
)

LOOK = ROOT / "book" / "_look"
STYLE = Path(__file__).with_name("epub.css")
TYPES = {".xhtml": "application/xhtml+xml", ".css": "text/css", ".png": "image/png", ".woff2": "font/woff2"}
COLOUR = re.compile(r"var\(--[\w-]+, ([^()]*)\)")  # with what it is where the page sets no other: the light theme's
LEFT_OUT = (
    "style, .tag_hide-input > details, .toctree-wrapper, .katex-html, summary .expanded, summary svg, "
    ".citation > :is(.label, .backrefs)"
)

NARROW = 328  # CSS pixels of text on a phone

# A table or formula that is wider than a phone's column is made smaller. Readers that lay a book out in pages would cut it,
# and would tell a style that asks for it how wide all their pages are together.
FIT = """() => {
  const size = (one) => parseFloat(getComputedStyle(one).fontSize);
  for (const one of document.querySelectorAll("table, div.math")) {
    const excess = one.scrollWidth / one.parentElement.clientWidth;
    if (excess > 1) one.style.fontSize = `${(0.98 * size(one) / size(one.parentElement) / excess).toFixed(2)}em`;
  }
  return new XMLSerializer().serializeToString(document);
}"""
ALONE = ".spikebook-explorer .sb-head, .spikebook-explorer .sb-live::after { display: none !important; }"

CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""

ACCESSIBILITY = {
    "accessMode": ["textual", "visual"],
    "accessModeSufficient": ["textual", "textual,visual"],
    "accessibilityFeature": ["alternativeText", "MathML", "structuralNavigation", "tableOfContents", "readingOrder"],
    "accessibilityHazard": ["none"],
    "accessibilitySummary": ["Every figure has a description in words, and every equation is MathML."],
}


# ---- pages


def file_of(name, fragment=""):
    return f"{name.rpartition('/')[2]}.xhtml" + (f"#{fragment}" if fragment else "")


def question(field):
    """A question whose answer unfolds; in a page it answers the choice that is made."""
    choices, reasons = (
        "".join(f"<li>{one.decode_contents()}</li>" for one in field.select(what))
        for what in ("label > span", "[role=status] > p")
    )
    text = f"""<div class="question"><p>{field.legend.decode_contents()}</p><ol>{choices}</ol>
<details><summary>Answer</summary><ol>{reasons}</ol></details></div>"""
    return BeautifulSoup(text, "html.parser")


def prepare(page, pages, pictures):
    """Make a page one that needs no style and no script of the book."""
    article = page.article
    for one in article.select(LEFT_OUT):
        one.decompose()
    for one in article.select("[id=exercise-content]"):  # the same in every exercise
        del one["id"]
    for one in article.select("a[href]"):
        one["href"] = destination(page, one["href"], pages, file_of)
    for math in article.select("math"):
        math["alttext"] = " ".join(math.annotation.extract().get_text().split())
        math.semantics.unwrap()
        for fence in math.select("mo[fence=true]:not([stretchy])"):
            fence["stretchy"] = "true"  # of a bar no program knows it
    for one in article.select(".sb-question"):
        one.replace_with(question(one))
    for one in article.select("summary"):
        one.string = one.get_text().strip()
    for explorer in article.select("[data-explorer]"):
        in_figure(explorer, page)
        name = explorer["data-explorer"]
        picture = BeautifulSoup("", "html.parser").new_tag("img", src=f"{name}.png", alt=pictures[name])
        explorer.replace_with(picture)


def headings(page):
    """The title of a page and those of its sections, each with its place: (words, place). A letter is no title."""
    for heading in page.article.select("h1, h2"):
        if len(heading.get_text()) > 1:
            fragment = "" if heading.name == "h1" else heading.find_parent("section")["id"]
            yield plain(BeautifulSoup(str(heading), "html.parser")), file_of(page.name, fragment)


def document(title, body):
    return f"""<!doctype html><html xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en"><head><meta charset="utf-8">
<title>{escape(title)}</title><link rel="stylesheet" href="book.css"></head><body>{body}</body></html>"""


# ---- the book


def contents(book):
    """The book's contents: its parts, their chapters, and the sections of these."""

    def listed(page):
        links = [f'<a href="{place}">{escape(words)}</a>' for words, place in headings(page)]
        sections = "".join(f"<li>{link}</li>" for link in links[1:])
        return f"<li>{links[0]}<ol>{sections}</ol></li>" if sections else f"<li>{links[0]}</li>"

    chapters = ["".join(map(listed, part.pages)) for part in book]
    entries = [
        f"<li><span>{part.title}</span><ol>{ch}</ol></li>" if part.title else ch for part, ch in zip(book, chapters)
    ]
    return f'<nav epub:type="toc" role="doc-toc"><h1>Contents</h1><ol>{"".join(entries)}</ol></nav>'


def package(files, order):
    """What the book says of itself, and what is in it."""
    released = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["date-released"]
    items = []
    for name, content in files.items():
        properties = [kind for kind, mark in (("mathml", b"<math"), ("svg", b"<svg")) if mark in content]
        properties += {"contents.xhtml": ["nav"], "cover.png": ["cover-image"]}.get(name, [])
        more = f' properties="{" ".join(properties)}"' if properties else ""
        items.append(f'<item id="{name}" href="{name}" media-type="{TYPES[Path(name).suffix]}"{more}/>')
    access = "\n".join(
        f'<meta property="schema:{kind}">{value}</meta>' for kind, values in ACCESSIBILITY.items() for value in values
    )
    subjects = "".join(f"<dc:subject>{word}</dc:subject>" for word in PROJECT["keywords"])
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{ADDRESS}#{PROJECT["version"]}</dc:identifier>
<dc:title>{TITLE}: {SUBTITLE}</dc:title><dc:language>en</dc:language><dc:creator>{AUTHOR}</dc:creator>
<dc:source>{ADDRESS}</dc:source><dc:date>{released}</dc:date><dc:rights>{LICENSE}</dc:rights>{subjects}
<meta property="dcterms:modified">{released}T00:00:00Z</meta>
{access}
</metadata>
<manifest>{"".join(items)}</manifest>
<spine>{"".join(f'<itemref idref="{name}"/>' for name in order)}</spine>
</package>"""


def cover():
    return f"""<style>body {{ background: var(--sb-paper); color: var(--sb-ink); font: 28px/1.4 var(--sb-text-font);
padding: 150px 60px 0 }} svg {{ width: 150px }} h1 {{ font-size: 92px; letter-spacing: -0.03em; margin: 50px 0 20px }}
</style>{(LOOK / "logo.svg").read_text("utf-8")}<h1>{TITLE}</h1><p>{SUBTITLE.capitalize()}</p>"""


def pictures(browsing, html, book):
    """The explorers as they open, and the cover: (name, picture, what it shows in words)."""
    browsing.emulate_media(media="print", color_scheme="light", reduced_motion="reduce")
    for page in (page for part in book for page in part.pages if page.article.select("[data-explorer]")):
        browsing.goto((html / f"{page.name}.html").as_uri())
        browsing.add_style_tag(content=ALONE)
        browsing.evaluate("document.fonts.ready")
        browsing.evaluate("dispatchEvent(new Event('beforeprint'))")
        for root in browsing.locator("[data-explorer]").all():
            words = root.locator(".sb-summary:not(:empty)")
            words.wait_for(state="attached")
            settle(root)
            yield root.get_attribute("data-explorer"), root.screenshot(), words.text_content()
    browsing.set_viewport_size({"width": 600, "height": 900})
    browsing.evaluate("(cover) => { document.body.innerHTML = cover; }", cover())
    yield "cover", browsing.screenshot(), f"{TITLE}: {SUBTITLE}"


def documents(book, words):
    """The texts of the book as HTML, in their order: name -> document. `words` say what the explorers' pictures show."""
    pages = {page.name: page for part in book for page in part.pages}
    for page in pages.values():
        prepare(page, pages, words)
    imprint = f"""<section class="cover"><img src="cover.png" alt="{TITLE}: {SUBTITLE}"><p>{AUTHOR}</p>
<p>Version {PROJECT["version"]}, made from <a href="{ADDRESS}">{ADDRESS}</a>, where its figures move and its code runs.
What draws a figure is left out here. {LICENSE}</p></section>"""
    texts = {"cover.xhtml": document(TITLE, imprint), "contents.xhtml": document("Contents", contents(book))}
    for part in book:
        for page in part.pages:
            opening = f'<p class="part">{part.title}</p>' if part.title and page is part.pages[0] else ""
            texts[file_of(page.name)] = document(next(headings(page))[0], f"{opening}{page.article}")
    return {name: COLOUR.sub(r"\1", COLOUR.sub(r"\1", text)) for name, text in texts.items()}


def fitted(browsing, texts, files):
    """The texts as XHTML, laid out once on a phone's width to see what is too wide."""
    address = "http://book/"
    kinds = TYPES | {".xhtml": "text/html"}

    def serve(route):
        name = route.request.url.removeprefix(address)
        route.fulfill(body=texts.get(name) or files[name], content_type=kinds[Path(name).suffix])

    browsing.route(f"{address}**", serve)
    browsing.emulate_media(media="screen")
    browsing.set_viewport_size({"width": NARROW, "height": 900})
    for name in texts:
        browsing.goto(f"{address}{name}")
        browsing.evaluate("document.body.style.margin = 0")
        browsing.evaluate("document.fonts.ready")
        yield name, browsing.evaluate(FIT).encode()


def make(html):
    """Make spikebook.epub beside the pages of the built book in `html`."""
    book = list(parts(html))
    files = {"book.css": STYLE.read_bytes()}
    for font in re.findall(r'url\("(.*?)"\)', STYLE.read_text("utf-8")):
        [path] = LOOK.glob(f"node_modules/@fontsource/*/files/{font}")
        files[font] = path.read_bytes()
    with sync_playwright() as playwright:
        browsing = browser(playwright).new_page(viewport={"width": 480, "height": 900}, device_scale_factor=2)
        words = {}
        for name, picture, shown in pictures(browsing, html, book):
            files[f"{name}.png"], words[name] = picture, shown
        texts = documents(book, words)
        files |= fitted(browsing, texts, files)
    target = html / "spikebook.epub"
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr(zipfile.ZipInfo("mimetype"), "application/epub+zip")  # first and as it is, says the standard
        for name, content in {"META-INF/container.xml": CONTAINER, "book.opf": package(files, texts), **files}.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target
