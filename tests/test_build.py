"""`make book` refuses what must not be published. Each test breaks a small copy and reads what the build says."""

import importlib
import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import lxml.html
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".*", "_build", "node_modules", "tests", "benchmarks", "*.ipynb", "__pycache__")


class Copy:
    """A copy of the tree whose book is one page made of the given cells. The environment and the fonts are shared."""

    def __init__(self, root):
        self.root = root
        shutil.copytree(ROOT, root, ignore=LEFT_OUT)
        for shared in (".venv", "book/_look/node_modules"):
            (root / shared).symlink_to(ROOT / shared)
        (root / "_toc.yml").write_text("format: jb-book\nroot: book/intro\n", encoding="utf-8")

    def build(self, *cells):
        notebook = new_notebook(cells=[new_markdown_cell("# A page\n"), *cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.root / "book" / "intro.ipynb")
        # The copy's own package, and no installing: `-o` declares the shared environment up to date.
        shared = ("-o", ".venv/ready", "-o", "book/_look/node_modules/.package-lock.json")
        return subprocess.run(
            ["make", "book", *shared],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root / "src"), "MAKEFLAGS": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def page(self):
        return (self.root / "_build" / "html" / "book" / "intro.html").read_text(encoding="utf-8")


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path / "book")


def test_a_sound_page_is_built_with_its_equation_and_its_number(copy):
    result = copy.build(
        new_code_cell("from spikebook.numbers import Numbers\nnumbers = Numbers()\nnumbers.onset = '6.26'"),
        new_markdown_cell(
            "Above {eval}`numbers.onset`, $E = m c^2$.\n\n:::{note}\nThat is {eval}`numbers.onset`.\n:::\n\n"
            "From {eval}`numbers.onset`, {eval}`numbers.onset` for $x$, $y$ for $z$."
        ),
    )
    assert result.returncode == 0, result.stdout
    assert "open _build/html/index.html" in result.stdout
    assert copy.page().count(">6.26</span>") == 4
    assert '>6.26</span>, <span class="pasted-text">' in copy.page()  # its comma stays where it was
    assert "<math" in copy.page()


@pytest.mark.parametrize(
    "cell, reason",
    [
        (new_markdown_cell("See {numref}`nowhere`."), "nowhere"),
        (new_markdown_cell("It starts at {eval}`numbers.onset`."), "numbers.onset"),
        (new_markdown_cell(r"This cannot be typeset: $\frac{1}{$"), "KaTeX parse error"),
        (new_code_cell("1 / 0"), "ZeroDivisionError"),
        (new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}), "the output of cell 2 contains a traceback"),
        (
            new_code_cell("import ipywidgets\nbox = ipywidgets.Output()\nwith box:\n    1 / 0\nbox"),
            "the state of a widget (OutputModel) contains a traceback",
        ),
    ],
    ids=[
        "warning",
        "missing number",
        "bad equation",
        "failing cell",
        "traceback in an output",
        "traceback in a widget",
    ],
)
def test_a_broken_page_stops_the_build_with_the_reason(copy, cell, reason):
    result = copy.build(cell)
    assert result.returncode != 0
    assert reason in result.stdout


def test_a_change_in_the_package_leaves_no_stale_output(copy):
    module = copy.root / "src" / "spikebook" / "answer.py"
    cell = new_code_cell("from spikebook.answer import answer\nprint('the answer is', answer)", id="answer")
    for answer in (41, 42):
        module.write_text(f"answer = {answer}\n", encoding="utf-8")
        result = copy.build(cell)
        assert result.returncode == 0, result.stdout
        assert f"the answer is {answer}" in copy.page()


def test_a_courses_own_hub_gets_a_button(copy):
    config = copy.root / "_config.yml"
    empty, given = 'jupyterhub_url: ""', "jupyterhub_url: https://hub.example.edu"
    assert empty in config.read_text(encoding="utf-8")
    config.write_text(config.read_text(encoding="utf-8").replace(empty, given), encoding="utf-8")
    result = copy.build()
    assert result.returncode == 0, result.stdout
    button = lxml.html.fromstring(copy.page()).xpath("//a[starts-with(@href, 'https://hub.example.edu/')]/@href")
    asked = parse_qs(urlsplit(*button).query)
    repository = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
    assert asked["repo"] == [repository] and asked["branch"] == ["main"]
    assert asked["urlpath"] == [f"lab/tree/{repository.rsplit('/', 1)[-1]}/book/intro.ipynb"]


def test_a_doi_is_asked_of_the_register(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_extensions")
    ask = importlib.import_module("outward_links").ask_the_register
    assert ask(None, "https://doi.org/10.1109/TNN.2003.820440") == "https://doi.org/api/handles/10.1109/TNN.2003.820440"
    assert ask(None, "https://example.org/") is None
