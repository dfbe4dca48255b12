"""The glossary and the terms that lead to it, in the built pages and without a browser."""

import importlib
import re

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from pages import CHAPTERS, ROOT

GLOSSARY = "book/appendices/glossary"
BOLD = re.compile(r'(<a class="term [^>]*>|<(?:li|td|th)[^>]*>\s*<p>)?<strong>(.*?)</strong>', re.S)
LINK = re.compile(r'<a class="term [^>]* href="[^"#]*glossary.html#(term-[^"]+)" title="([^"]+)"')
ENTRY = re.compile(r'<h2>(.)|<dt id="(term-[^"]+)">(.)|<dd>(.*?)</dd>', re.S)


@pytest.fixture(scope="module")
def articles(site_dir):
    pages = {name: (site_dir / f"{name}.html").read_text("utf-8") for name in CHAPTERS}
    return {name: page.partition("<article")[2].partition("</article>")[0] for name, page in pages.items()}


@pytest.fixture
def links(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_extensions")
    return importlib.import_module("glossary_links")


def unlinked(html):
    """What is bold, not a link, and no lead-in of a paragraph, a list item or a table's cell."""
    return [text for before, text in BOLD.findall(html) if not before and not text.endswith((".", ":", "?"))]


def test_every_bold_term_is_a_link_to_the_glossary(articles):
    assert {name: unlinked(html) for name, html in articles.items() if unlinked(html)} == {}
    assert all(LINK.search(html) for name, html in articles.items() if "/appendices/" not in name)


def test_a_bold_word_without_a_link_would_be_noticed():
    html = '<p>A <strong>gate</strong>, <a class="term x"><strong>node</strong></a>. <strong>So.</strong></p>'
    assert unlinked(html + "<li><p><strong>Lead</strong> on</p></li>") == ["gate"]


def test_every_entry_is_linked_from_a_chapter_and_leads_back_to_one(articles):
    linked = {place for name, html in articles.items() if "/appendices/" not in name for place, _ in LINK.findall(html)}
    chapters = {f"../{name.removeprefix('book/')}.html" for name in CHAPTERS if "/appendices/" not in name}
    names, entries = [], 0
    for _, name, _, definition in ENTRY.findall(articles[GLOSSARY]):
        if name:
            names.append(name)
        elif definition:
            assert linked & set(names), f"no chapter has {names} in bold"
            assert chapters & set(re.findall(r'href="([^"#]+)', definition)), f"{names} names no chapter"
            names, entries = [], entries + 1
    assert entries > 200 and len(linked) >= entries


def test_each_entry_stands_under_its_letter_and_begins_with_a_plain_sentence(articles):
    letter, first = None, True
    for heading, name, initial, _ in ENTRY.findall(articles[GLOSSARY]):
        letter = heading or letter
        assert not (name and first) or initial.upper() == letter, name
        first = not name
    for html in articles.values():
        for name, sentence in LINK.findall(html):
            assert sentence.endswith(".") and not set("\\${}") & set(sentence), name


def test_forms_of_a_term_lead_to_its_entry_and_an_unknown_bold_word_is_reported(links):
    page = publish_doctree(
        "A title with **flurble**\n=======================\n\n"
        "**Spikes** and **spiking** at **Nodes of Ranvier**, but a **flurble**, and a **spike of something**.\n\n"
        "**Why so?** **Because:** so.\n\n- **One flurble** leads."
    )
    glossary = {links.key(term): (f"there#{term}", f"What a {term} is.") for term in ("spike", "node of Ranvier")}
    assert list(links.link_terms(page, glossary)) == ["flurble", "spike of something"]
    made = [(one["refuri"], one["reftitle"], one.astext()) for one in page.findall(nodes.reference)]
    assert made == [
        ("there#spike", "What a spike is.", "Spikes"),
        ("there#spike", "What a spike is.", "spiking"),
        ("there#node of Ranvier", "What a node of Ranvier is.", "Nodes of Ranvier"),
    ]
    assert links.key("Focus") == "focus"
