"""JupyterLab, started for real: a chapter run in Chromium, explorers moved by hand and read back in Python."""

import ast
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell

import spikebook as sb

ROOT = Path(__file__).parents[2]
STEM = "hodgkin_huxley_neuron"

# What a reader might add at the end of the chapter.
ADDED = [
    f"import spikebook as sb\nexplorer = sb.explore.{STEM}()\nexplorer",
    "explorer.settings",
    "explorer.current, explorer.stimulus, explorer.pulses = 42.5, 'ramp', [30.0]",
    "{name: explorer.trace()[name][::50].tolist() for name in ('t', 'V', 'h', 'I_Na', 'current')}",
    "moves = []\nexplorer.observe(lambda change: moves.append(change.new), names='celsius')",
    "moves",
    "{name: vars(numbers)[name] for name in sorted(vars(numbers))}",
]
EXPLORER, SETTINGS, SET, TRACE, _, MOVES, NUMBERS = range(-len(ADDED), 0)

# A notebook with all explorers of the book.
EVERY = sb.explore.__all__[1:]
TOGETHER = [
    f"import spikebook as sb\nexplorers = [getattr(sb.explore, name)() for name in {EVERY}]",
    *(f"explorers[{k}]" for k in range(len(EVERY))),
    "[one.settings for one in explorers]",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab whose only document is `chapter.ipynb`, and the path of that document."""
    home = tmp_path_factory.mktemp("lab")
    chapter = nbformat.read(ROOT / "book" / f"{STEM}.ipynb", as_version=4)
    chapter.cells += [new_code_cell(source) for source in ADDED]
    (home / "work").mkdir()
    nbformat.write(chapter, home / "work" / "chapter.ipynb")
    together = nbformat.v4.new_notebook(cells=[new_code_cell(source) for source in TOGETHER], metadata=chapter.metadata)
    nbformat.write(together, home / "work" / "explorers.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += [
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        "--LabApp.news_url=None",
        "--ServerApp.port_retries=0",
    ]
    command += [
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--ServerApp.root_dir={home / 'work'}",
    ]
    with open(home / "log", "w") as log:
        server = subprocess.Popen(
            command,
            env={**os.environ, **{name: str(home / name.lower()) for name in folders}},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/api/status").close()
            break
        except OSError:
            assert server.poll() is None, (home / "log").read_text()
            time.sleep(0.2)
    yield address, home / "work" / "chapter.ipynb"
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def notebook(browser, lab):
    """The chapter, open, with every cell run from the menu and saved."""
    address, file = lab
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(60_000)
    elsewhere = []
    page.on(
        "request", lambda request: request.url.startswith((address, "data:", "blob:")) or elsewhere.append(request.url)
    )
    page.goto(f"{address}/lab/tree/{file.name}?reset")
    idle(page)
    menu(page, "Run", "Run All Cells")
    idle(page)
    # What stands far below is laid out late, and a number there asks the kernel when its text is rendered.
    menu(page, "Run", "Render All Markdown Cells")
    idle(page)
    cell(page, EXPLORER).scroll_into_view_if_needed()
    explorer(page).locator(".sb-summary:not(:empty)").wait_for()
    yield page
    page.close()
    assert not elsewhere


def idle(page):
    """Wait until the kernel has been idle for a second."""
    quiet = 0
    for _ in range(1200):
        quiet = quiet + 1 if page.get_by_text("| Idle").is_visible() else 0
        if quiet == 10:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the kernel was busy for two minutes")


def menu(page, *names):
    for name in names:
        page.get_by_role("menuitem", name=name, exact=True).click()


def cell(page, index):
    return page.locator(".jp-CodeCell").nth(index)


def explorer(page):
    return cell(page, EXPLORER).locator(f"[data-explorer={STEM}]")


def run(page, index):
    """Run a cell with Control+Enter and return the value it shows."""
    one = cell(page, index)
    one.scroll_into_view_if_needed()
    before = one.locator(".jp-InputPrompt").inner_text()
    one.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    for _ in range(100):
        prompt = one.locator(".jp-InputPrompt").first.inner_text()
        if prompt != before and re.fullmatch(r"\[\d+\]:", prompt):
            break
        page.wait_for_timeout(100)
    idle(page)
    shown = one.locator(".jp-OutputArea-output pre")
    return ast.literal_eval(shown.first.inner_text()) if shown.count() else None


def settings(page):
    return explorer(page).evaluate("root => root.explorer.settings")


def test_every_cell_ran_without_an_error(notebook, lab):
    notebook.keyboard.press("Control+s")
    code = []
    for _ in range(100):
        notebook.wait_for_timeout(100)
        try:
            code = [one for one in nbformat.read(lab[1], as_version=4).cells if one.cell_type == "code"]
        except nbformat.reader.NotJSONError:  # being written
            continue
        if all(one.execution_count for one in code):
            break
    outputs = [output for one in code for output in one.outputs]
    assert all(one.execution_count for one in code)
    assert not [output.ename for output in outputs if output.output_type == "error"]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    assert sum("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs) >= 2


def test_a_slider_dragged_in_the_page_is_read_in_python(notebook):
    before = explorer(notebook).locator(".sb-summary").inner_text()
    slider = explorer(notebook).locator("input[name=current]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    notebook.mouse.move(box["x"] + 8 + (box["width"] - 16) * 30 / 180, box["y"] + box["height"] / 2)
    notebook.mouse.down()
    notebook.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2, steps=5)
    notebook.mouse.up()
    assert explorer(notebook).locator(".sb-summary").inner_text() != before
    slider.press("ArrowRight")
    in_page, in_python = settings(notebook), run(notebook, SETTINGS)
    assert 60 < in_python["current"] < 80
    assert in_python == in_page


def test_a_trait_set_in_python_moves_the_slider_and_the_picture(notebook):
    before = explorer(notebook).locator(".sb-summary").inner_text()
    run(notebook, SET)
    explorer(notebook).scroll_into_view_if_needed()
    notebook.wait_for_function(
        f"document.querySelectorAll('[data-explorer={STEM}] input[name=current]')[1].value === '42.5'"
    )
    assert explorer(notebook).locator("select[name=stimulus]").input_value() == "ramp"
    assert settings(notebook)["pulses"] == [30.0]
    assert explorer(notebook).locator(".sb-summary").inner_text() != before
    in_page = explorer(notebook).evaluate(
        "root => Object.fromEntries(Object.entries(root.explorer.trace()).map(([name, values]) => [name, [...values]]))"
    )
    for name, ours in run(notebook, TRACE).items():
        theirs = np.array(in_page[name][::50])
        assert np.abs(theirs - ours).max() <= 1e-9 * np.ptp(ours), name


def test_python_is_told_of_a_change_made_in_the_page(notebook):
    explorer(notebook).locator("input[name=celsius]").focus()
    notebook.keyboard.press("ArrowRight")
    notebook.keyboard.press("PageUp")
    assert run(notebook, MOVES) == [6.4, 7.4]


def test_the_numbers_in_the_text_are_those_of_the_kernel(notebook):
    computed = run(notebook, NUMBERS)
    source = (ROOT / "book" / f"{STEM}.ipynb").read_text("utf-8")
    texts = ["".join(one["source"]) for one in json.loads(source)["cells"] if one["cell_type"] == "markdown"]
    wanted = [name for text in texts for name in re.findall(r"{eval}`numbers\.(\w+)`", text)]
    left, shown = notebook.evaluate(
        """() => {
            const cells = [...document.querySelectorAll('.jp-MarkdownCell')];
            const code = cells.flatMap(one => [...one.querySelectorAll('code')]).map(one => one.textContent);
            return [code.filter(text => text.startsWith('numbers.')), cells.map(one => one.textContent).join('\\n')];
        }"""
    )
    assert wanted
    assert not left
    for name in wanted:
        assert computed[name] in shown, name


def test_every_explorer_lives_and_tells_python_what_it_is_set_to(browser, lab):
    address, _ = lab
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{address}/lab/tree/explorers.ipynb?reset")
    idle(page)
    menu(page, "Run", "Run All Cells")
    idle(page)
    in_page = []
    for k, name in enumerate(EVERY):
        one = cell(page, k + 1).locator(f"[data-explorer={name}]")
        one.scroll_into_view_if_needed()
        one.locator(".sb-summary:not(:empty)").wait_for()
        before = one.evaluate("root => root.explorer.settings")
        one.locator("input[type=range]").first.press("ArrowRight")
        in_page.append(one.evaluate("root => root.explorer.settings"))
        assert sum(before[key] != value for key, value in in_page[-1].items()) == 1, name
    assert run(page, -1) == in_page
    page.close()
