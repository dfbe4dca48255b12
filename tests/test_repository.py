"""What is written in several places agrees: addresses, names, versions, and chapters with their modules and tests."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_extensions"))
import repository  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHAPTERS = [
    chapter["file"] for part in TOC["parts"] for chapter in part["chapters"] if "appendices/" not in chapter["file"]
]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "LICENSE", "CITATION.cff", "book/intro.ipynb"])
def test_repository_addresses_agree(name):
    address = PROJECT["urls"]["Repository"]
    host, owner = re.match(r"(https://[^/]+)/([^/]+)/", address).groups()
    for found in re.findall(rf"{host}/[\w.-]+/[\w.-]+", (ROOT / name).read_text(encoding="utf-8")):
        assert found == address, f"{name} names {found}; the address is pyproject.toml's"


def test_citation_agrees_with_the_package():
    assert CITATION["repository-code"] == PROJECT["urls"]["Repository"]
    assert CITATION["version"] == PROJECT["version"]
    assert [author["name"] for author in CITATION["authors"]] == [author["name"] for author in PROJECT["authors"]]


def test_the_newest_release_is_the_same_everywhere():
    released = re.findall(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert released[0] == (PROJECT["version"], str(CITATION["date-released"]))
    assert released == sorted(released, key=lambda one: one[1], reverse=True)


def test_a_link_that_says_a_chapters_number_has_it_from_the_contents():
    numbers = {f"{Path(chapter).name}.ipynb": str(number) for number, chapter in enumerate(CHAPTERS, 1)}
    link = re.compile(r"\[chapter (\d+)\]\([./]*(\w+\.ipynb)", re.I)
    paths = [path for ending in ("ipynb", "md") for path in (ROOT / "book").glob(f"**/*.{ending}")]
    found = {
        path.name: link.findall(path.read_text(encoding="utf-8")) for path in paths if "node_modules" not in path.parts
    }
    assert sum(map(len, found.values())) > 20
    wrong = [f"{name}: {file}" for name, links in found.items() for number, file in links if number != numbers[file]]
    assert not wrong, f"these say another number than _toc.yml gives the chapter: {wrong}"


def test_binder_uses_a_supported_python():
    version = (ROOT / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert version in {"3.11", "3.12", "3.13"}


def test_binder_has_no_solutions(tmp_path):
    (tmp_path / "book" / "assignments" / "source").mkdir(parents=True)
    (tmp_path / "book" / "intro.ipynb").touch()
    subprocess.run([ROOT / "postBuild"], cwd=tmp_path, check=True)
    assert [path.name for path in (tmp_path / "book").iterdir()] == ["intro.ipynb"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_its_module_and_its_test(chapter):
    """The module, a file or a folder, is the chapter's namesake, or begins its name: hodgkin_huxley for hodgkin_huxley_neuron."""
    stem = Path(chapter).name
    modules = [path.stem for path in (ROOT / "src" / "spikebook").iterdir() if stem.startswith(path.stem)]
    tests = [path.stem for path in (ROOT / "tests").glob("*.py")]
    assert modules
    assert any(f"test_{name}" in tests for name in [stem, *modules])
    assert (ROOT / f"{chapter}.ipynb").exists()


LOCKS = ["requirements.txt", "requirements-dev.txt", "book/publish/lite-requirements.txt"]


@pytest.mark.parametrize("name", [*LOCKS, "book/_look/package-lock.json"])
def test_locks_name_versions_and_no_place_to_fetch_from(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"--(extra-)?index-url|--find-links|resolved|@ (file|https?):", text)
    assert re.search(r"==\d|\"integrity\"", text)


def locked(name):
    """The packages that a lock names, each with its version."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {tuple(line.partition(" ;")[0].split("==")) for line in lines if "==" in line}  # after ; : on which machines


def test_builders_and_the_browser_get_the_readers_versions():
    readers, builders, browser = map(locked, LOCKS)
    assert readers <= builders
    shared = {(name, version) for name, version in browser if name in dict(readers)}
    assert len(shared) > 50 and shared <= readers


MADE_IN_GRADING = {"release", "submitted", "autograded"}  # folders of book/assignments that git ignores
NOTEBOOKS = [path for path in sorted((ROOT / "book").rglob("*.ipynb")) if not MADE_IN_GRADING & set(path.parts)]


CELLS = {path.stem: json.loads(path.read_text(encoding="utf-8"))["cells"] for path in NOTEBOOKS}
INSTALL = "".join(next(cell["source"] for cell in CELLS["intro"] if cell["id"] == "install"))


def test_a_chapter_that_is_opened_elsewhere_first_installs_the_package():
    for stem, cells in CELLS.items():
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        if any("import spikebook" in source for source in code):
            assert code[0] == INSTALL, f"{stem}: its first code cell must be the one of book/intro.ipynb, word for word"


@pytest.mark.parametrize(
    "there, platform, expected",
    [
        (True, "linux", []),
        (True, "emscripten", []),
        (False, "emscripten", ["spikebook[figures,explorers]"]),
        (False, "linux", [f"spikebook[chapters] @ git+{PROJECT['urls']['Repository']}@{repository.version(ROOT)}"]),
    ],
    ids=["installed", "installed in a browser", "browser", "elsewhere"],
)
def test_what_the_first_cell_installs(monkeypatch, there, platform, expected):
    """From the branch that the launch buttons name: a release's chapters bring the release."""
    monkeypatch.setattr("importlib.util.find_spec", {"spikebook": there}.get)
    monkeypatch.setattr("sys.platform", platform)
    asked = []
    shell = SimpleNamespace(run_line_magic=lambda magic, line: asked.append((magic, shlex.split(line))))
    exec(TransformerManager().transform_cell(INSTALL), {"get_ipython": lambda: shell})
    assert asked == [("pip", ["install", "-q", requirement]) for requirement in expected]
    for _, (*_, requirement) in asked:
        assert Requirement(requirement).extras <= PROJECT["optional-dependencies"].keys()


def test_the_buttons_launch_the_tag_of_a_release_and_main_otherwise(tmp_path):
    def git(*command):
        subprocess.run(["git", "-c", "user.name=me", "-c", "user.email=me@here", *command], cwd=tmp_path, check=True)

    assert repository.version(tmp_path) == "main"
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "one")
    git("tag", "thanks")
    assert repository.version(tmp_path) == "main"
    git("tag", "v1.0")
    assert repository.version(tmp_path) == "v1.0"
    git("commit", "-q", "--allow-empty", "-m", "two")
    assert repository.version(tmp_path) == "main"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    ran = [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count")]
    assert not ran, f"{path.name} carries outputs: make format removes them"
