"""The chapters' notebooks keep the form that readers and instructors rely on."""

import json
import re
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[1] / "book"
NOTEBOOKS = sorted(path for folder in (BOOK, BOOK / "appendices") for path in folder.glob("*.ipynb"))
FOLDED = {"remove-cell", "remove-input", "hide-input", "hide-cell"}


def code_cells(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            lines = [line for line in "".join(cell["source"]).splitlines() if line.strip()]
            yield f"{cell['id']} {lines[:1]}", lines, set(cell["metadata"].get("tags", [])), cell["metadata"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_code_on_the_page_is_short_and_folded_code_not_long(path):
    for name, lines, tags, _ in code_cells(path):
        assert len(lines) <= (20 if tags & FOLDED else 15), f"{path.stem}: cell {name} has {len(lines)} lines"
        if not tags & FOLDED:
            assert max(map(len, lines)) <= 88, f"{path.stem}: cell {name} is wider than the page's column"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_the_page_folds_or_removes_is_folded_in_jupyterlab_too(path):
    for name, _, tags, metadata in code_cells(path):
        folded = metadata.get("jupyter", {}).get("source_hidden", False)
        assert folded == bool(tags & FOLDED), (
            f'{path.stem}: cell {name}, tags {sorted(tags)}: a cell has "jupyter": {{"source_hidden": true}} in its '
            f"metadata when one of the tags {sorted(FOLDED)} folds or removes it on the page, and only then"
        )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_numbers_and_asserts_do_not_stand_in_the_reader_s_way(path):
    for name, lines, tags, _ in code_cells(path):
        if "remove-cell" not in tags:
            unwanted = [line for line in lines if line.lstrip().startswith(("numbers.", "assert "))]
            assert not unwanted, (
                f"{path.stem}: cell {name}: {unwanted[0].strip()!r} belongs in a cell of its own with the tag remove-cell"
            )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_is_linked_by_its_file_which_jupyterlab_opens_too(path):
    """The role `doc` leads nowhere there: write [Synapses](synapses.ipynb)."""
    assert "{doc}" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.parent == BOOK], ids=lambda path: path.stem)
def test_every_exercise_is_discussed_before_the_next(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    found = re.findall(r"^```\{(exercise)\}|^:::\{dropdown\} (Discussion)", text, re.M)
    assert ["".join(one) for one in found] == ["exercise", "Discussion"] * (len(found) // 2)


def test_the_notebooks_are_found():
    assert {path.stem for path in NOTEBOOKS} >= {"intro", "hodgkin_huxley_neuron", "trust_these_numbers"}
