"""The page of all equations says what the chapters say: each equation stands in a section that its link leads to, and what
is named of the package exists; and what the chapters display is all there."""

import json
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest

APPENDICES = Path(__file__).parents[1] / "book" / "appendices"
PAGE = (APPENDICES / "equations.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^### (.+)\n((?:(?!##).*\n)+)", PAGE, re.M))

DISPLAY = r"\$\$(.+?)\$\$"
FORMULA = re.compile(rf"{DISPLAY}|\$([^$\n]+)\$", re.S)
ROW = re.compile(r"^\|.+$", re.M)
LINK = re.compile(r"\]\(([\w./]+\.ipynb)#([\w-]+)\)")
OBJECT = re.compile(r"\{py:\w+\}`([\w.]+)`")
# Where a formula has lines or parts; what says how it is laid out, spaces and alignment; and a name below a brace.
BREAK = re.compile(r"\\\\(?:\[\w+\])?|\\q?quad|\\longrightarrow|\\(?:begin|end)\{(?:aligned|gathered)\}")
SPACE = re.compile(r"\\[,;]|[&\s]")
BRACE = re.compile(r"\\underbrace\{((?:[^{}]|\{[^{}]*\})+)\}_\{(?:[^{}]|\{[^{}]*\})+\}")


def parts(formula):
    """The parts of a formula, without layout and without the punctuation of the sentence around it."""
    return {bare for part in BREAK.split(BRACE.sub(r"\1", formula)) if (bare := SPACE.sub("", part).strip(".,"))}


def formulas(text):
    """The parts of all formulas in a text."""
    return {part for display, inline in FORMULA.findall(text) for part in parts(display or inline)}


def displayed(text):
    return {part for display in re.findall(DISPLAY, text, re.S) for part in parts(display)}


@cache
def sections(name):
    """The text of each section of a notebook, by the name that links have for its heading."""
    cells = json.loads((APPENDICES / name).read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    _, *pieces = re.split(r"^##+ (.+)$", text, flags=re.M)
    names = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in pieces[::2]]
    return dict(zip(names, pieces[1::2], strict=True))


def there(entry):
    """The parts of all formulas in the sections that an entry links to."""
    return set().union(*(formulas(sections(name)[heading]) for name, heading in LINK.findall(entry)))


@pytest.mark.parametrize("name", ENTRIES)
def test_an_equation_stands_where_its_link_leads(name):
    table = "\n".join(ROW.findall(ENTRIES[name]))
    equations, chapter = displayed(ENTRIES[name]) | formulas(table), there(ENTRIES[name])
    assert equations
    assert equations <= chapter, (
        "mend it, or its link: the sections that it leads to write it differently, or not at all"
    )
    assert {part[:-1] for part in equations}.isdisjoint(chapter), (
        "an equation that has lost its end would not be noticed"
    )


@pytest.mark.parametrize("name", sorted({name for name, _ in LINK.findall(PAGE)}))
def test_every_equation_that_a_chapter_displays_is_on_the_page(name):
    absent = displayed("".join(sections(name).values())) - formulas(PAGE)
    assert not absent, f"{name} displays {absent}: give it an entry in appendices/equations.md, under its usual name"


def test_what_the_page_names_of_the_package_exists():
    named = OBJECT.findall(PAGE)
    assert len(named) > len(ENTRIES) / 2
    for name in named:
        pkgutil.resolve_name(name)


def test_no_two_headings_are_alike():
    headings = [heading.lower() for heading in re.findall(r"^#+ (.+)$", PAGE, re.M)]
    assert len(set(headings)) == len(headings) > len(ENTRIES) == PAGE.count("\n### ")
