"""Bold terms lead to the glossary, and show the first sentence of their definition when pointed at.

In a notebook a term is bold where it is introduced, and that is all. A bold phrase that the glossary does not know is a
warning, unless it leads a list item or a table's cell, or ends with a full stop, a colon or a question mark.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

logger = logging.getLogger(__name__)

ENDING = re.compile(r"(?<=\w{3})(ing|ed|es|e|(?<![su])s)$")  # spike, spikes, spiking; but focus
LEFT_ALONE = (nodes.title, nodes.rubric, nodes.reference, addnodes.glossary, addnodes.literal_strong)


def key(term):
    """What the forms of a term have in common: its words in lower case, without the endings of plurals and verbs."""
    return " ".join(ENDING.sub("", word) for word in term.lower().replace("’", "'").split())


def entries(doctree):
    """The terms of the glossaries on a page: for the key of each, its place and the first sentence of its entry."""
    found = {}
    for item in doctree.findall(nodes.definition_list_item):
        if not isinstance(item.parent.parent, addnodes.glossary):
            continue
        definition = " ".join(item[-1][0].astext().split())
        for term in item.findall(nodes.term):
            if key(term.astext()) in found:
                logger.warning("the glossary has %r twice", term.astext(), location=term, type="glossary")
            found[key(term.astext())] = term["ids"][0], re.split(r"(?<=[.?!]) ", definition)[0]
    return found


def bold_text(doctree):
    """The bold text of a page, but for headings, links and the names of arguments."""
    for bold in list(doctree.findall(nodes.strong)):
        within = bold
        while within and not isinstance(within, LEFT_ALONE):
            within = within.parent
        if not within:
            yield bold


def leads(bold):
    """Whether it is a lead-in rather than a term."""
    text, block = bold.astext(), bold.parent.parent
    return text.endswith((".", ":", "?")) or (
        isinstance(block, nodes.list_item | nodes.entry) and block.astext().startswith(text)
    )


def link_terms(doctree, glossary):
    """Make a link of each term, and yield what is bold and neither a term nor a lead-in."""
    for bold in bold_text(doctree):
        if key(bold.astext()) in glossary:
            address, sentence = glossary[key(bold.astext())]
            link = nodes.reference("", internal=True, refuri=address, reftitle=sentence, classes=["term"])
            bold.replace_self(link)
            link += bold
        elif not leads(bold):
            yield bold.astext()


def collect(app, env):
    pages = sorted({page for (kind, _), (page, _) in env.get_domain("std").objects.items() if kind == "term"})
    env.glossary = {page: entries(env.get_doctree(page)) for page in pages}


def link_page(app, doctree, docname):
    glossary = {
        term: (f"{app.builder.get_relative_uri(docname, page)}#{place}", sentence)
        for page, terms in app.env.glossary.items()
        for term, (place, sentence) in terms.items()
    }
    for text in link_terms(doctree, glossary):
        remedy = "define it in the glossary, or use italics"
        logger.warning("%r is bold and not in the glossary: %s", text, remedy, location=docname, type="glossary")


def setup(app):
    app.connect("env-check-consistency", collect)
    app.connect("doctree-resolved", link_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
