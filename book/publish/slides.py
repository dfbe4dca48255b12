"""A deck of slides for each chapter, made from its page: objectives, figures, questions, equations, live explorers, summary.

A slide shows one thing of a section; the prose around that thing is what the speaker sees. reveal.js moves the slides,
and each explorer is the page's own, alone in a frame. What is too large for its slide is made smaller here, in Chromium.
"""

import posixpath
import shutil
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

from .pages import ROOT, browser, parts

REVEAL = ROOT / "book" / "_look" / "node_modules" / "reveal.js"
WIDTH, HEIGHT = 1168, 590  # of what a slide of 1280 x 720 holds below its title
ROWS = 9  # of a table on one slide
EQUATIONS, LEAD = 3, 400  # on one slide, and characters of the words before one
SMALLEST = 0.5

# How much each slide's content must be made smaller. All slides are laid out, one over another.
FIT = """(smallest) => {
  document.head.insertAdjacentHTML("beforeend", "<style>.reveal .slides section { display: flex !important; }</style>");
  return [...document.querySelectorAll(".fit")].map((one) => {
    const room = one.parentElement.getBoundingClientRect();
    const boxes = [one, ...one.querySelectorAll(".katex-display")];
    const isLarge = () => one.getBoundingClientRect().height > room.height || boxes.some((box) => box.scrollWidth > box.clientWidth + 1);
    let zoom = 1;
    while (isLarge() && zoom > smallest) one.style.zoom = zoom -= 0.04;
    return isLarge() ? null : zoom;
  });
}"""


class Slide:
    def __init__(self, kind, title, content=""):
        self.kind, self.title, self.content, self.notes = kind, title, content, []

    def html(self, zoom):
        notes = f'<aside class="notes">{"".join(self.notes)}</aside>' if self.notes else ""
        return (
            f'<section class="{self.kind}"><h2>{self.title}</h2>'
            f'<div class="body"><div class="fit" style="zoom: {zoom:.2f}">{self.content}</div></div>{notes}</section>'
        )


# ---- what a page gives


def blocks(section):
    """The blocks of a page, in the order of reading, without its nesting."""
    for child in section.find_all(recursive=False):
        if child.name == "section":
            yield from blocks(child)
        else:
            yield child


def prepare(page):
    """Links lead from a deck to the pages, and ids are left to the drawings that need them."""
    for one in page.article.find_all(True):
        if one.name == "a" and "href" in one.attrs and not urlsplit(one["href"]).scheme:
            base = f"{page.name}.html" if one["href"].startswith("#") else posixpath.dirname(page.name) + "/"
            one["href"] = posixpath.normpath(f"../{base}{one['href']}")
            one["target"] = "_blank"
        if one.has_attr("id") and not one.find_parent("svg"):
            del one["id"]


def words(heading):
    for one in heading.select(".section-number"):
        one.decompose()
    return heading.decode_contents()


def inside(block):
    return "".join(
        str(child) for child in block.find_all(recursive=False) if "admonition-title" not in child.get("class", [])
    )


def drawing(figure):
    """A figure with its caption below it, or beside it where it is tall."""
    svg = figure.svg
    _, _, width, height = map(float, svg["viewbox"].split())
    tall = width / height < 1.5
    room = (WIDTH * 0.62, HEIGHT) if tall else (WIDTH, HEIGHT * 0.74)
    scale = min(room[0] / width, room[1] / height)
    svg["style"] += f"; height: {scale * height:.0f}px; max-width: none; width: {scale * width:.0f}px"
    return f'<figure class="{"tall" if tall else "wide"}">{svg}<figcaption>{figure.figcaption.p.decode_contents()}</figcaption></figure>'


def tables(table):
    """A table, on as many slides as it needs."""
    rows = table.tbody.find_all("tr", recursive=False)
    for start in range(0, len(rows), ROWS):
        body = "".join(map(str, rows[start : start + ROWS]))
        yield f"<table>{table.caption or ''}{table.thead or ''}<tbody>{body}</tbody></table>"


def shown(block):
    """What a block puts on slides: (kind, content), ..."""
    kinds = block.get("class", [])
    if "math" in kinds:
        yield "equation", str(block)
    elif "cell" in kinds or "pst-scrollable-table-container" in kinds:
        for one in block.select("figure, [data-explorer], table"):
            fold = one.find_parent("details")
            if fold and not fold.summary.get_text().strip().startswith("Answer"):
                continue
            if one.name == "figure":
                yield "figure", drawing(one)
            elif one.name == "table":
                yield from (("table", content) for content in tables(one))
            else:
                yield "explorer", one["data-explorer"]


def slides(page):
    """The slides of a page. The prose before a section's first slide, and after each one, is its notes."""
    prepare(page)
    title = section = words(page.article.h1)
    deck, waiting, leads, tasks = [Slide("opening", title)], [], [], []

    def add(kind, content):
        last = deck[-1]
        if kind == "equation" and before:
            content = f"{before}{content}"
        if (
            kind == last.kind == "equation"
            and last.title == section
            and last.content.count('<div class="math"') < EQUATIONS
        ):
            last.content += content
        else:
            deck.append(Slide(kind, section, content))
            deck[-1].notes += waiting
            waiting.clear()

    def close():
        """A section without anything to show is told by its first sentences, or by the terms that lead its list."""
        if deck[-1].title != section and waiting and section != "Further reading":
            add("told", f"<ul>{''.join(f'<li>{lead}</li>' for lead in leads)}</ul>" if leads else waiting[0])
        waiting.clear()
        leads.clear()

    before = ""  # the words that lead to an equation
    for block in blocks(page.article.section):
        kinds = block.get("class", [])
        if block.name == "h1":
            continue
        if block.name == "h2":
            close()
            section = words(block)
        elif "objectives" in kinds:
            section = block.p.get_text()
            add("objectives", inside(block))
            section = title
        elif "summary" in kinds:
            add("summary", inside(block))
        elif "predict" in kinds:
            add("predict", f'<div class="question">{inside(block)}</div>')
        elif "exercise" in kinds:
            if not tasks:
                add("told", "<ul></ul>")
                tasks.append(deck[-1])
            tasks[0].content = tasks[0].content.replace("</ul>", f"<li>{escape(block.p.get_text())}</li></ul>")
        elif block.name == "details":
            if (
                deck[-1].kind == "predict"
                and "fragment" not in deck[-1].content
                and block.summary.get_text().strip() == "Answer"
            ):
                answer = block.select_one(".sd-summary-content")
                deck[-1].content += f'<div class="answer fragment">{answer.decode_contents()}</div>'
        elif things := list(shown(block)):
            for kind, content in things:
                add(kind, content)
        elif block.name in ("p", "ul", "ol", "blockquote", "dl", "aside") or "admonition" in kinds:
            if deck[-1].kind == "opening" and not deck[0].content:
                deck[0].content = str(block)
            else:
                leads += [one.decode_contents().rstrip(".") for one in block.select("li > p > strong:first-child")]
                (deck[-1].notes if deck[-1].title == section else waiting).append(str(block))
        before = str(block) if block.name == "p" and len(block.get_text()) < LEAD else ""
    close()
    return title, deck


# ---- what becomes of it


def frame(page, stem, name, target, browsing):
    """An explorer in a frame that shows it whole, and its picture for paper."""
    browsing.goto(f"{(target.parent / f'{stem}.html').as_uri()}?embed={name}")
    for width in range(WIDTH, 2 * WIDTH, 100):
        browsing.set_viewport_size({"width": width, "height": 100})
        browsing.locator(".sb-summary:not(:empty)").wait_for()
        height = browsing.evaluate("document.documentElement.scrollHeight")
        scale = min(WIDTH / width, HEIGHT / height)
        if height * WIDTH / width <= HEIGHT:
            break
    browsing.set_viewport_size({"width": width, "height": height})
    browsing.screenshot(path=target / f"{name}.png")
    label = escape(browsing.title())
    size = f"height: {height * scale:.0f}px; width: {width * scale:.0f}px"
    return (
        f'<div class="explorer" style="{size}"><img src="{name}.png" alt="{label}" loading="lazy" style="{size}">'
        f'<iframe data-src="../{stem}.html?embed={name}" title="{label}" '
        f'style="height: {height}px; transform: scale({scale:.4f}); width: {width}px"></iframe></div>'
    )


def document(page, title, deck, zooms):
    body = "\n".join(slide.html(zoom) for slide, zoom in zip(deck, zooms))
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{BeautifulSoup(title, "html.parser").get_text()}: slides of Spikebook</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/style.css"><link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="slides.css">
<script src="reveal/reveal.js"></script><script src="reveal/notes.js"></script><script src="slides.js" defer></script>
</head><body><div class="reveal"><main class="slides">
{body}
</main><p class="imprint"><a href="../{page.name}.html">Spikebook: {title}</a></p></div></body></html>"""


def contents(decks):
    """The list of decks."""
    rows = "\n".join(
        f'<li><a href="{file}">{title}</a> <span>{count} slides, <a href="{file}?view=print">to print</a></span></li>'
        for file, title, count in decks
    )
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Slides of Spikebook</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/style.css"><link rel="stylesheet" href="slides.css"><script src="slides.js" defer></script>
</head><body><main class="decks"><h1>Slides</h1>
<p>A deck for each chapter of <a href="../index.html">Spikebook</a>: its figures, its questions with the answer on the next
step, its equations, its explorers alive. What the chapter says beside them is in the speaker's notes.</p>
<p>Arrow keys move, <kbd>S</kbd> opens the speaker's notes, <kbd>F</kbd> fills the screen, <kbd>D</kbd> changes between light
and dark, <kbd>Esc</kbd> shows all slides, <kbd>?</kbd> the other keys. All may be copied and changed (CC BY 4.0).</p>
<ol>{rows}</ol></main></body></html>"""


def make(html):
    """Make the decks of the built book in `html`, in its folder slides."""
    target = html / "slides"
    shutil.rmtree(target, ignore_errors=True)
    (target / "reveal").mkdir(parents=True)
    for file in ("dist/reveal.js", "dist/reveal.css", "dist/plugin/notes.js", "LICENSE"):
        shutil.copy(REVEAL / file, target / "reveal")
    for file in ("slides.css", "slides.js"):
        shutil.copy(Path(__file__).with_name(file), target)
    decks = []
    with sync_playwright() as playwright:
        browsing = browser(playwright).new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
        for page in (page for part in parts(html) for page in part.pages if page.article.select_one(".objectives")):
            title, deck = slides(page)
            for slide in deck:
                if slide.kind == "explorer":
                    slide.content = frame(page, page.name, slide.content, target, browsing)
            file = target / f"{posixpath.basename(page.name)}.html"
            file.write_text(document(page, title, deck, [1] * len(deck)), "utf-8")
            browsing.set_viewport_size({"width": 1280, "height": 720})
            browsing.goto(file.as_uri())
            browsing.evaluate("document.fonts.ready")
            zooms = browsing.evaluate(FIT, SMALLEST)
            if None in zooms:
                slide = deck[zooms.index(None)]
                raise RuntimeError(
                    f"{page.name}, slide {zooms.index(None) + 1} ({slide.kind}, {slide.title}) holds too much: split it in slides.py"
                )
            file.write_text(document(page, title, deck, zooms), "utf-8")
            decks.append((file.name, title, len(deck)))
    (target / "index.html").write_text(contents(decks), "utf-8")
    return target
