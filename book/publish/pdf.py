"""The whole book as one PDF, printed by Chromium from the built pages.

The pages are gathered into one document, so that Chromium makes its links and tags whole: an id is
named after its page, a link to a page of the book leads to a place in the document, any other to the published site.
The document is printed twice, since the page numbers in its contents are those of the first print.
"""

import io
import re
import tempfile
from pathlib import Path
from urllib.parse import unquote

import pikepdf
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

CODE_FONT = ROOT / "book" / "_look" / "node_modules" / "@fontsource" / "source-code-pro"  # pages take the reader's own
TEXT_WIDTH = 605  # CSS pixels: print.css leaves 16 cm of A4

# Whatever is wider than the page is made smaller; what still is not narrow enough is returned.
FIT = """() => {
  const excess = (one) => one.scrollWidth / one.clientWidth;
  const wide = (what) => [...document.querySelectorAll(`article ${what}`)].filter((one) => one.scrollWidth > one.clientWidth + 1);
  for (const one of wide(".katex-display")) one.firstElementChild.style.fontSize = `${1.08 / excess(one)}em`;
  for (const one of wide(".pst-scrollable-table-container")) one.firstElementChild.style.zoom = 1 / excess(one);
  for (const one of document.querySelectorAll("figure.explorer > div")) one.style.zoom = Math.min(1, 430 / one.offsetHeight);
  const cut = wide(":is(.katex-display, .pst-scrollable-table-container, pre, figure, figure > *, p, li, dt)");
  return cut.map((one) => `${one.closest("article").id}: ${one.textContent.slice(0, 60)}`);
}"""


NUMBER = """(numbers) => {
  for (const one of document.querySelectorAll("[data-page-of]")) one.textContent = numbers[one.dataset.pageOf];
}"""


# ---- one document


def place(name, fragment):
    return f"#{name}/{fragment}" if fragment else f"#{name}"


def join(page, pages):
    """Make a page ready to stand in one document with the others."""
    page.article["id"] = page.name
    page.article["class"] = ["bd-article", page.name.replace("/", "-")]
    for one in page.article.find_all(True):
        if "id" in one.attrs:
            one["id"] = f"{page.name}/{one['id']}"
        if one.name == "a" and "href" in one.attrs:
            one["href"] = destination(page, one["href"], pages, place)
        if "xlink:href" in one.attrs:
            one["xlink:href"] = one["xlink:href"].replace("#", f"#{page.name}/")
        for attribute in ("clip-path", "style", "fill"):
            if "url(#" in one.get(attribute, ""):
                one[attribute] = one[attribute].replace("url(#", f"url(#{page.name}/")
        if re.fullmatch("h[1-5]", one.name):
            one.name = f"h{int(one.name[1]) + 1}"
    for explorer in page.article.select("[data-explorer]"):
        in_figure(explorer, page)
    return page.article


def headings(page):
    """The title of a page and those of its sections, each with its place: (level, place, words). A letter is no title."""
    for heading in page.article.select("h2, h3"):
        words = BeautifulSoup(heading.decode_contents(), "html.parser")
        if len(words.get_text()) > 1:
            for one in words.select("[id]"):
                del one["id"]
            yield (1, page.name, words) if heading.name == "h2" else (2, heading.find_parent("section")["id"], words)


def footer(page):
    """The title and the number below the pages of a chapter."""
    name, title = page.article["class"][1], " ".join(page.article.h2.get_text().split()).replace('"', r"\"")
    return (
        f'@page {name} {{ @bottom-left {{ content: "{title}"; }} @bottom-right {{ content: counter(page); }} }}\n'
        f".{name} {{ page: {name}; }}"
    )


def document(html):
    """The book as one HTML document, and what its bookmarks say: (level, place, title)."""
    book = list(parts(html))
    pages = {page.name: page for part in book for page in part.pages}
    for page in pages.values():
        join(page, pages)
    titles, body = [], []
    for number, part in enumerate(book):
        if part.title:
            titles.append((0, f"part-{number}", BeautifulSoup(part.title, "html.parser")))
            body.append(f'<section class="part" id="part-{number}"><h1>{part.title}</h1></section>')
        for page in part.pages:
            titles.extend(headings(page))
            body.append(str(page.article))
    contents = "".join(
        f'<li class="level-{level}"><a href="#{place}"><span>{words}</span><span data-page-of="{place}"></span></a></li>'
        for level, place, words in titles
    )
    fonts = "\n".join(
        f'<link rel="stylesheet" href="{(CODE_FONT / sheet).as_uri()}">'
        for sheet in ("400.css", "400-italic.css", "600.css", "600-italic.css")
    )
    style = (Path(__file__).parent / "pdf.css").read_text("utf-8") + "\n".join(map(footer, pages.values()))
    text = f"""<!doctype html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">
<title>{TITLE}: {SUBTITLE}</title>
<link rel="stylesheet" href="_static/style.css">
{fonts}
<style>{style}</style>
<script defer src="_static/explorers.js"></script>
</head><body class="bd-main"><div class="bd-content"><div class="bd-article-container">
<section class="cover">{(ROOT / "book" / "_look" / "logo.svg").read_text("utf-8")}
<h1>{TITLE}</h1><p class="subtitle">{SUBTITLE.capitalize()}</p><p>{AUTHOR}</p>
<p class="imprint">Version {PROJECT["version"]}, printed from <a href="{ADDRESS}">{ADDRESS}</a>, where its figures move and its
code runs. What draws a figure is left out here. {LICENSE}</p></section>
<section class="contents"><h2>Contents</h2><ul>{contents}</ul></section>
{"".join(body)}
</div></div></body></html>"""
    return text, [(level, place, plain(words)) for level, place, words in titles]


# ---- one PDF


def places(pdf):
    """Where in the PDF each place is that a link of the document leads to: (page counted from 0, destination)."""
    numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}
    return {unquote(name[1:]): (numbers[place[0].objgen], place) for name, place in pdf.Root.Dests.items()}


def printed(page, **options):
    return pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True, **options)))


def numbered(page):
    """Print the document, after a first print that tells the contents the numbers of its pages."""
    page.emulate_media(media="print")
    page.evaluate("document.fonts.ready")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    if cut := page.evaluate(FIT):
        raise RuntimeError(f"wider than the page, and would be cut: {'; '.join(cut)}")
    numbers = {place: number + 1 for place, (number, _) in places(printed(page)).items()}
    page.evaluate(NUMBER, numbers)
    pdf = printed(page, tagged=True)
    moved = [place for place, (number, _) in places(pdf).items() if numbers[place] != number + 1]
    if moved:
        raise RuntimeError(f"not on the page that the contents say: {', '.join(moved)}")
    return pdf


def add_bookmarks(pdf, titles):
    found = places(pdf)
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Contents", 1))
        above = [(-1, outline.root)]
        for level, place, title in titles:
            item = pikepdf.OutlineItem(title, destination=found[place][1])
            while above[-1][0] >= level:
                above.pop()
            above[-1][1].append(item)
            above.append((level, item.children))


def make(html):
    """Print the built book in `html`, into spikebook.pdf beside its pages."""
    text, titles = document(html)
    with (
        tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=html, suffix=".html") as file,
        sync_playwright() as playwright,
    ):
        file.write(text)
        file.flush()
        page = browser(playwright).new_page(
            viewport={"width": TEXT_WIDTH, "height": 900}, device_scale_factor=2, reduced_motion="reduce"
        )
        page.set_default_timeout(0)
        page.goto(Path(file.name).as_uri())
        for explorer in page.locator("[data-explorer]").all():
            settle(explorer)
        pdf = numbered(page)
    add_bookmarks(pdf, titles)
    with pdf.open_metadata() as metadata:
        metadata["dc:title"] = f"{TITLE}: {SUBTITLE}"
        metadata["dc:creator"] = [AUTHOR]
        metadata["dc:language"] = ["en"]
        metadata["pdf:Keywords"] = ", ".join(PROJECT["keywords"])
    target = html / "spikebook.pdf"
    pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target
