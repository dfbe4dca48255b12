"""The search finds places rather than pages: sections, terms of the glossary, functions of the package, works that are cited.

Their names and words are gathered from the built pages into one script, so that the search works from a disk too;
`_look/search.js` looks through it.
"""

import json
from pathlib import Path

from lxml import html

# What is read at one go: a row of a table, and otherwise what holds no smaller paragraph.
PARAGRAPHS = (
    "descendant::tr | descendant::*[self::p or self::pre or self::figcaption or self::li or self::dd]"
    "[not(ancestor::tr or descendant::p or descendant::pre or descendant::li)]"
)
HEADINGS = {"h1", "h2", "h3", "h4"}
# What is folded, and what a question asks and answers, is for the reader who comes to it.
UNSEEN = {"script", "style", "svg", "annotation", "details"}
UNSAID = {"headerlink", "katex-html", "about-page", "spikebook-explorer", "sb-question", "highlight-pycon"}
WRITTEN = {"msub": "_", "msup": "^", "mfrac": "/"}  # between the two parts of a formula
# Who looks for a word wants it explained before it is used by the package or stands in a title.
WEIGHTS = {"the_package": 0.2, "for_instructors": 0.5, "bibliography": 0.25}


def words(element):
    return " ".join(element.text_content().replace("\N{FUNCTION APPLICATION}", "").split())


def classes(element):
    return set(element.get("class", "").split())


def name(element):
    """What a place is called: a section by its heading, a function in full, a term, a work's label. Else it is no place."""
    if not element.get("id"):
        return None
    if element.tag == "section":
        return next((words(child) for child in element if child.tag in HEADINGS), None)
    if element.tag == "dt":
        return element.get("id") if "sig" in classes(element) else words(element)
    if "citation" in classes(element):
        return words(element[0]).strip("[]")


def place_of(paragraph, found):
    """Where a paragraph belongs: beside the term that it explains, or within its section."""
    for element in (paragraph, *paragraph.iterancestors()):
        place = element.getprevious() if element.tag == "dd" else element
        if place in found:
            return found[place]


def places(text):
    """The name of a page, and of each of its places the anchor, the name, the paragraphs and the code."""
    [article] = html.fromstring(text).find_class("bd-article")
    for element in list(article.iter("*")):
        if element.tag in UNSEEN or UNSAID & classes(element):
            element.drop_tree()
        elif element.tag in WRITTEN:
            element[0].tail = WRITTEN[element.tag]
    for form in article.xpath("descendant::dt[preceding-sibling::*[1][self::dt]]"):
        form.getprevious().append(html.fromstring(f"<span>, {words(form)}</span>"))
        form.drop_tree()
    found = {place: (place.get("id"), name(place), [], []) for place in article.iter("*") if name(place)}
    for paragraph in article.xpath(PARAGRAPHS):
        if said := words(paragraph):
            place_of(paragraph, found)[3 if paragraph.tag == "pre" else 2].append(said)
    return words(next(article.iter("h1"))), list(found.values())


def gather(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    pages = []
    for docname in sorted(app.env.found_docs):
        title, found = places(Path(app.builder.get_outfilename(docname)).read_text(encoding="utf-8"))
        weight = WEIGHTS.get(docname.rsplit("/", 1)[-1], 1)
        pages.append(
            {"address": app.builder.get_target_uri(docname), "title": title, "weight": weight, "places": found}
        )
    script = f"var PAGES = {json.dumps(pages, ensure_ascii=False, separators=(',', ':'))};\n"
    (Path(app.outdir) / "_static" / "places.js").write_text(script, encoding="utf-8")


def setup(app):
    # Sphinx makes no index of its own; the page on which one searches is among the additional ones.
    app.connect("builder-inited", lambda app: setattr(app.builder, "search", False))
    app.connect("config-inited", lambda app, config: config.html_additional_pages.setdefault("search", "search.html"))
    app.connect("build-finished", gather, priority=800)  # before lean_pages
    return {"parallel_read_safe": True, "parallel_write_safe": True}
