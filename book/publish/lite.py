"""The chapters as notebooks that run in the reader's browser: JupyterLite, in the folder `lite` of the built book.

    cd book
    python -m publish.lite                      # Python itself (Pyodide) comes from its publisher's host
    python -m publish.lite --pyodide FOLDER     # or from the site: an unpacked release of Pyodide, or an archive's URL

JupyterLab, the chapters, this package and what it needs beside Pyodide's own packages are part of the site.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "_build"
LOCK = Path(__file__).with_name("lite-requirements.txt")

# A notebook may read what stands beside the book.
CONTENTS = [
    "book/*.ipynb",
    "book/appendices/*.ipynb",
    "book/appendices/*.md",
    "_toc.yml",
    "benchmarks/*.json",
    "tests/reference/*.json",
]

# What explorers need and Pyodide lacks. The versions are those of the lock, whose extensions of JupyterLab they talk to.
WHEELS = ["anywidget", "comm", "ipywidgets", "jupyterlab-widgets", "pscript", "psygnal"]

SETTINGS = {"@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}}}


def environment():
    """The Python of an environment of its own: JupyterLite takes in all extensions of JupyterLab that it finds in one."""
    folder = BUILT / "lite-environment"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    installed = folder / LOCK.name
    if not installed.exists() or installed.read_bytes() != LOCK.read_bytes():
        run(sys.executable, "-m", "venv", "--clear", folder)
        run(python, "-m", "pip", "install", "--quiet", "--requirement", LOCK)
        shutil.copy(LOCK, installed)
    return python


def run(*command, cwd=None):
    """Run a command in silence; one that fails says everything."""
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    if done.returncode:
        raise SystemExit(f"{done.stdout}\n{' '.join(map(str, command))}\nfailed (exit {done.returncode}): see above")
    return done.stdout


def pyodide_version():
    """The version of Pyodide that the kernel is made for."""
    ask = "from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION; print(PYODIDE_VERSION)"
    return run(environment(), "-c", ask).strip()


def copy(patterns, target):
    for pattern in patterns:
        for path in ROOT.glob(pattern):
            to = target / path.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)


def make(html, pyodide=None):
    """Build JupyterLite into `html/lite`, with Pyodide in it if a folder or an archive's URL is given."""
    python = environment()
    site = Path(html).resolve() / "lite"
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        copy(CONTENTS, project / "files")
        # The package is built from a copy, since building leaves files where it is done.
        copy(["pyproject.toml", "README.md", "LICENSE"], project / "package")
        shutil.copytree(ROOT / "src", project / "package" / "src", ignore=shutil.ignore_patterns("*.egg-info"))
        pip = [python, "-m", "pip", "--quiet"]
        run(*pip, "wheel", "--no-deps", "--wheel-dir", project / "pypi", project / "package")
        pure = ["--no-deps", "--only-binary=:all:", "--platform=any", "--constraint", LOCK]
        run(*pip, "download", *pure, "--dest", project / "pypi", *WHEELS)

        options = ["--apps=lab", "--no-sourcemaps", "--no-unused-shared-packages", "--contents=files"]
        if pyodide and Path(pyodide).is_dir():
            shutil.copytree(pyodide, project / "static" / "pyodide")
        elif pyodide:
            options.append(f"--pyodide={pyodide}")
        (project / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
        shutil.rmtree(site, ignore_errors=True)
        run(python, "-m", "jupyterlite_core", "build", *options, f"--output-dir={site}", cwd=project)
    return site


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pyodide", help="an unpacked release of Pyodide, or the URL of its archive")
    made = make(BUILT / "html", parser.parse_args().pyodide)
    print(f"JupyterLite is ready: {made / 'index.html'}. Its Python is Pyodide {pyodide_version()}.")
