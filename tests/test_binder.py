"""Binder: its environment made from exactly the committed files, every chapter run in it, and the Dockerfile read as text."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted(
    path.relative_to(ROOT) for path in (ROOT / "book").glob("**/*.ipynb") if "assignments" not in path.parts
)
REPO2DOCKER = "jupyter-repo2docker==2026.4.0"

pytestmark = pytest.mark.slow


def run(*command, cwd, **environment):
    """Run a command that knows nothing of the environment the tests run in."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [str(part) for part in command]
    done = subprocess.run(
        command, cwd=cwd, env=kept | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """The files of the last commit, as Binder gets them."""
    folder = tmp_path_factory.mktemp("binder") / "spikebook"
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    tarfile.open(fileobj=io.BytesIO(archive)).extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def binder(committed):
    """The folder of Binder's programs, after the steps of the Dockerfile."""
    python = (committed / "runtime.txt").read_text(encoding="utf-8").strip().replace("-", "")
    if not shutil.which(python):
        pytest.fail(f"{python} was not found: Binder's environment is made with it")
    programs = committed.parent / "environment" / "bin"
    run(python, "-m", "venv", programs.parent, cwd=committed)
    run(programs / "pip", "install", "--quiet", "-r", "requirements.txt", cwd=committed)
    run(programs / "pip", "install", "--quiet", ".", cwd=committed)
    run("./postBuild", cwd=committed)
    return programs


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_runs_in_binder_s_environment(committed, binder, chapter):
    home = committed.parent / "home"
    home.mkdir(exist_ok=True)
    run(binder / "jupyter-execute", "--timeout=300", chapter, cwd=committed, HOME=str(home), XDG_CACHE_HOME=str(home))


def test_binder_s_environment_has_the_package_and_what_opens_the_chapters(committed, binder):
    found = run(binder / "python", "-c", "import spikebook; print(spikebook.__file__)", cwd=committed.parent)
    assert Path(found.strip()).is_relative_to(binder.parent)
    extensions = run(binder / "jupyter", "labextension", "list", cwd=committed)
    for name in ("anywidget", "jupyterlab-myst", "@jupyter-widgets/jupyterlab-manager"):
        assert any(name in line and "OK" in line for line in extensions.splitlines()), name
    assert not (committed / "book" / "assignments").exists()


def test_the_dockerfile_takes_the_same_steps(committed, tmp_path):
    run(sys.executable, "-m", "venv", tmp_path, cwd=tmp_path)
    run(tmp_path / "bin" / "pip", "install", "--quiet", REPO2DOCKER, cwd=tmp_path)
    printed = run(tmp_path / "bin" / "jupyter-repo2docker", "--no-build", "--debug", committed, cwd=tmp_path)
    version = (committed / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    steps = [
        f"Building conda environment for python={version}",
        "COPY --chown=0:0 src/ ${REPO_DIR}/",
        'pip install --no-cache-dir -r "requirements.txt"',
        "pip install --no-cache-dir .",
        "RUN ./postBuild",
    ]
    places = [printed.find(step) for step in steps]
    assert -1 not in places and places == sorted(places), dict(zip(steps, places))
