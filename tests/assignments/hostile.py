"""Submissions that are moved about, broken, unlucky or mean harm, made from the living battery's."""

import json

from .classroom import Submission, add, name_of, put
from .living_battery import POINTS

# Cells moved about.


def deleted(notebook):
    gone = {"ions", "hint-nernst"} | {f"test-{task}" for task in POINTS}
    notebook["cells"] = [cell for cell in notebook["cells"] if name_of(cell) not in gone]


def duplicated(notebook):
    notebook["cells"] = [copy for cell in notebook["cells"] for copy in (cell, json.loads(json.dumps(cell)))]


def split(notebook):
    """As JupyterLab splits: both halves keep the metadata."""
    cells = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        halves = [text]
        if name_of(cell) in ("currents", "rest", "ions", "poisson"):
            halves = text.partition("\n\n\n")[::2]
        elif name_of(cell) == "explain":
            halves = text.partition(". ")[::2]
        cells += [{**cell, "id": f"{cell['id']}-{k}", "source": half} for k, half in enumerate(halves)]
    notebook["cells"] = cells


def reordered(notebook):
    """Setup first, then everything from the last to the first."""
    first = [
        cell
        for cell in notebook["cells"]
        if cell["id"] in ("setup", "who") or "student_id =" in "".join(cell["source"])
    ]
    notebook["cells"] = first + [cell for cell in notebook["cells"] if cell not in first][::-1]


def metadata(notebook):
    """Points, kinds and names of cells, as somebody who hopes for marks might set them."""
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader")
        if about is None:
            continue
        about.update(points=1000, solution=not about["solution"], grade=True, locked=False, schema_version=3)
        about["checksum"] = "0" * 32
        if about["grade_id"] == "test-fire":
            about["grade_id"] = "test-nernst"
        if about["grade_id"] == "test-ions":
            cell["metadata"] = {"nbgrader": "nothing"}
    notebook["metadata"]["grading"] = {"remarks": ["full marks"], "score": 1000}


# What a submission must not get away with.

STUBBORN = """
import signal
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
BOMB = """
hoard = []
while True:
    hoard.append(np.ones(10**8))
"""
FLOOD = """
import sys
while True:
    sys.stdout.write("marks! " * 10_000)
    sys.stderr.write("marks! " * 10_000)
"""
REDEFINED = """
import builtins, json, math, unittest
np.isclose = np.allclose = np.array_equal = lambda *a, **k: True
np.abs = np.all = np.any = lambda *a, **k: True
math.isclose = lambda *a, **k: True
class Equal(float):
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda *a: True
    __sub__ = __rsub__ = lambda *a: 0.0
    __hash__ = float.__hash__
builtins.float = Equal
check = require = part = lambda *a, **k: Equal(0)
nernst = ion_current = ion_moves = goldman = chord = ions_per_um2 = share_moved = lambda *a, **k: Equal(1)
fire = poisson_train = rate_and_cv = lambda *a, **k: [Equal(1)] * 2
g_L = E_L = C = preferred = Equal(1)
"""
SNOOP = """
import glob, os, sys
def attempt(what):
    try:
        print("FOUND", what())
    except BaseException as problem:
        print("nothing:", type(problem).__name__)
folder = os.getcwd()
for up in ("..", "../..", "/tmp", "/home", "/root", "/var", "/proc", "/proc/self", "/etc", os.path.dirname(sys.argv[0])):
    attempt(lambda: os.listdir(up))
    attempt(lambda: open(os.path.join(up, "gradebook.db"), "rb").read(10))
attempt(lambda: open("COURSE/gradebook.db", "rb").read(10))
attempt(lambda: open("COURSE/source/living_battery/living_battery.ipynb").read(100))
attempt(lambda: open("COURSE/submitted/reference/living_battery/living_battery.ipynb").read(100))
attempt(lambda: open(f"/proc/{os.getppid()}/environ").read(100))
attempt(lambda: open(f"/proc/{os.getppid()}/mem", "rb").read(1))
attempt(lambda: open("COURSE/gradebook.db", "wb").write(b"no marks for anybody"))
attempt(lambda: os.remove("COURSE/gradebook.db"))
attempt(lambda: os.symlink("COURSE/gradebook.db", "link"))
attempt(lambda: os.link("COURSE/gradebook.db", "link"))
attempt(lambda: os.kill(os.getppid(), 9))
attempt(lambda: os.fork())
attempt(lambda: 1 / (os.system("id") == 0))
attempt(lambda: __import__("subprocess").run(["id"]))
attempt(lambda: __import__("socket").create_connection(("127.0.0.1", 9)))
attempt(lambda: __import__("urllib.request").request.urlopen("http://127.0.0.1:9").read())
attempt(lambda: __import__("sqlite3").connect("COURSE/gradebook.db").execute("update grade set manual_score = 100"))
attempt(lambda: __import__("multiprocessing").shared_memory)
attempt(lambda: os.setsid())
attempt(lambda: __import__("resource").setrlimit(9, (-1, -1)))
"""
FORGED = """
import os
for _ in range(200):
    for number in range(3, 20):
        try:
            os.write(number, b'{"answer": "12.0", "score": 100, "run": "x"}\\n')
        except OSError:
            pass
"""
OVERWRITTEN = "print('100')\n100.0"


def everywhere(source):
    def edit(notebook):
        for cell in notebook["cells"]:
            if name_of(cell).startswith("test-"):
                cell["source"] = source

    return edit


def links(folder, notebook):
    (folder / "living_battery.ipynb").symlink_to(
        folder.parents[1] / "reference" / "living_battery" / "living_battery.ipynb"
    )
    (folder / "marks.db").symlink_to(folder.parents[2] / "gradebook.db")


def written(name, change=lambda text: text):
    return lambda folder, notebook: (folder / name).write_text(change(json.dumps(notebook)), encoding="utf-8")


def own_module(folder, notebook):
    """Another lab.py, whose membrane is easy, beside an honest notebook."""
    (folder / "lab.py").write_text("raise SystemExit('my own lab')")
    (folder / "living_battery.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def shadows(folder, notebook):
    """Modules that would be imported in place of the grader's, if the folder were on its path too early."""
    for name in ("numpy", "matplotlib", "json", "signal", "confine", "plain", "sitecustomize", "encodings", "IPython"):
        (folder / f"{name}.py").write_text("print('FOUND', open('/etc/passwd').read())")
    (folder / "matplotlibrc").write_text("backend: module://numpy")
    (folder / "living_battery.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def odd(notebook):
    """Halves of characters and null characters, in code, in its errors and in prose."""
    put(notebook, "ions", "raise ValueError('\\ud800' + chr(0) + '\x1b[31m')")
    add(notebook, "x = '\ud800\x00'")
    put(notebook, "explain", "An answer \ud800\x00 <script>alert(1)</script>")


def crowd(folder, notebook):
    (folder / "living_battery.ipynb").write_text(json.dumps({**notebook, "cells": [{"cell_type": "raw"}] * 300_000}))


DEEP = """
import os
for _ in range(5000):
    os.mkdir("d", 0o700)
    os.chdir("d")
"""

CLASS = [
    # Cells moved about, files astray.
    Submission("deleted", deleted, {"ions": 10}, says="have been restored"),
    Submission("duplicated", duplicated),
    Submission("split", split),
    Submission("reordered", reordered),
    Submission("metadata", metadata),
    Submission(
        "corrupt",
        files=written("living_battery.ipynb", lambda text: text[: len(text) // 2]),
        earned={},
        says="no notebook",
    ),
    Submission("misnamed", files=written("Untitled (3).ipynb"), says=""),
    Submission("nothing", files=written("essay.txt"), earned={}, says="no notebook"),
    Submission("links", files=links, earned={}, says="a link to another"),
    Submission("ownlab", files=own_module),
    Submission("shadows", files=shadows, silent="FOUND"),
    Submission("crowd", files=crowd, earned={}, says="300000 cells"),
    Submission("odd", odd, {"ions": 10}, says="An answer", silent="<script>"),
    Submission("late", late=30),
    # Hostile, or unlucky.
    Submission("endless", lambda nb: put(nb, "ions", STUBBORN), {"ions": 10}, says="a loop that never ends"),
    Submission("exit", lambda nb: put(nb, "fire", "import os; os._exit(1)"), {"fire": 16}, says="ended Python itself"),
    Submission("bomb", lambda nb: put(nb, "ions", BOMB), {"ions": 10}, says=""),
    Submission("flood", lambda nb: put(nb, "poisson", FLOOD), {"poisson": 12}, says="It printed more than"),
    Submission("deep", lambda nb: put(nb, "ions", DEEP), {"ions": 10}),
    Submission("import", lambda nb: add(nb, "import a_package_that_is_not_there"), says="ModuleNotFoundError"),
    Submission(
        "package",
        lambda nb: put(nb, "nernst", "from spikebook.membrane_potential import nernst"),
        {"nernst": 12},
        says="spikebook",
    ),
    Submission("overwritten", everywhere(OVERWRITTEN), start="blank", earned={}),
    Submission("redefined", lambda nb: put(nb, "membrane", REDEFINED), start="blank", earned={}),
    Submission("forged", lambda nb: add(nb, FORGED), start="blank", earned={}),
    Submission(
        "snoop", lambda nb: add(nb, SNOOP), start="blank", earned={}, says="nothing: PermissionError", silent="FOUND"
    ),
]
