"""The page of the package: its examples run as they are printed, and its prose becomes the markup that is meant."""

import ast
import builtins
import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "book" / "appendices" / "the_package.md").read_text(encoding="utf-8")


@pytest.fixture
def reference(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_extensions")
    return importlib.import_module("package_reference")


def examples(reference):
    """(full name, object, docstring) of what the page shows, methods included."""
    named, modules = reference.places()
    shown = [(full, one) for one, full in named.items()] + [(one.__name__, one) for one in modules]
    for full, one in shown:
        yield full, one, inspect.getdoc(one)
        if inspect.isclass(one):
            for key, method in vars(one).items():
                if inspect.isfunction(method) and not key.startswith("_"):
                    yield f"{full}.{key}", method, inspect.getdoc(method)


def unresolved(text):
    """The names in the examples of a text that these neither import nor make."""
    tree = list(ast.walk(ast.parse("".join(one.source for one in doctest.DocTestParser().get_examples(text)))))
    used = {one.id for one in tree if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    made = {one.id for one in tree if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    made |= {one.asname or one.name for one in tree if isinstance(one, ast.alias)}
    made |= {one.arg for one in tree if isinstance(one, ast.arg)}
    made |= {one.name for one in tree if isinstance(one, ast.FunctionDef)}
    return used - made - set(vars(builtins))


def test_every_example_has_the_imports_it_needs(reference):
    found, helped = 0, 0
    for full, one, text in examples(reference):
        names = reference.Names(full, one)
        bare = [part for part in (text or "").split("\n\n") if part.lstrip().startswith(">>>")]
        assert not unresolved("\n\n".join(map(names.with_imports, bare))), full
        found, helped = found + bool(bare), helped + bool(unresolved("\n\n".join(bare)))
    assert found >= helped > 100


@pytest.mark.parametrize("full", ["spikebook.membrane_potential.nernst", "spikebook.synapses.alpha", "spikebook.sweep"])
def test_an_example_runs_as_it_is_printed_and_would_not_without_its_imports(reference, full):
    place, _, key = full.rpartition(".")
    one = getattr(importlib.import_module(place), key)
    text = next(part for part in inspect.getdoc(one).split("\n\n") if part.startswith(">>>"))
    printed = reference.Names(full, one).with_imports(text)
    assert printed.startswith(f">>> from {place} import {key}\n")
    for example, fails in ((printed, 0), (text, 1)):
        test = doctest.DocTestParser().get_doctest(example, {}, full, None, 0)
        assert min(1, doctest.DocTestRunner(verbose=False).run(test, out=lambda said: None).failed) == fails


def test_a_model_of_ones_own_runs_as_the_page_prints_it():
    import spikebook.model

    result = doctest.testmod(spikebook.model)
    assert result.attempted > 10 and not result.failed


def test_every_module_that_a_reader_reaches_is_on_the_page(reference):
    import spikebook as sb

    modules = {name for name in sb.__all__ if inspect.ismodule(getattr(sb, name))}
    listed = set(reference.CHAPTERS)
    assert modules == listed, (
        f"{modules ^ listed}: name it in CHAPTERS, in book/_extensions/package_reference.py, or no more"
    )
    on_page = re.findall(r"reference:: (\S+)", PAGE)
    assert sorted(on_page) == sorted(listed), f"{listed ^ set(on_page)}: give it a section in appendices/the_package.md"
    chapters = {name for names in reference.CHAPTERS.values() for name in names}
    assert all((ROOT / "book" / f"{name}.ipynb").exists() for name in chapters)


def test_prose_has_links_without_the_punctuation_that_follows(reference):
    said = reference.prose(
        "Berry (1998), doi:10.1523/JNEUROSCI.18-06-02200.1998: what it is for, doi:10.1016/S0006(01)2)."
    )
    assert "<https://doi.org/10.1523/JNEUROSCI.18-06-02200.1998>`__: what" in said
    assert "<https://doi.org/10.1016/S0006(01)2>`__)." in said


def test_a_name_leads_to_its_entry_and_an_arguments_name_does_not(reference):
    import spikebook as sb

    names = reference.Names("spikebook.simulate", sb.simulate)
    assert names.link("spike_trains.poisson") == ":py:obj:`spike_trains.poisson <spikebook.spike_trains.poisson>`"
    assert names.link("methods") == ":py:mod:`methods <spikebook.methods>`"
    electrodes = reference.Names("spikebook.toward_learning.electrodes", sb.toward_learning.electrodes)
    assert electrodes.link("action_potential.Propagation.outside").endswith(
        "<spikebook.action_potential.Propagation.outside>`"
    )
    assert names.link("model") is None and names.link("simulate") is None and names.link("nonsense") is None
