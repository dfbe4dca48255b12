"""What is written in several places agrees: addresses, names, versions, and chapters with their modules and tests."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
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


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "book/_look/package-lock.json"])
def test_locks_name_versions_and_no_place_to_fetch_from(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"--(extra-)?index-url|--find-links|resolved|@ (file|https?):", text)
    assert re.search(r"==\d|\"integrity\"", text)


def test_builders_get_the_readers_versions():
    def versions(name):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {line.partition(" ;")[0] for line in lines if "==" in line}  # what follows says on which machines

    assert versions("requirements.txt") <= versions("requirements-dev.txt")


MADE_IN_GRADING = {"release", "submitted", "autograded"}  # folders of book/assignments that git ignores
NOTEBOOKS = [path for path in sorted((ROOT / "book").rglob("*.ipynb")) if not MADE_IN_GRADING & set(path.parts)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    ran = [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count")]
    assert not ran, f"{path.name} carries outputs: make format removes them"
