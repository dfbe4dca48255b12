"""What is handed out: each assignment's release, and the course for those who teach it. Made beside the source, never in it."""

import shutil
import tempfile
import zipfile
from pathlib import Path

from .course import Course

COURSE = ("README.md", "nbgrader_config.py", "bench.py", "grading", "hub", "source")  # what an instructor gets
HERE = Path(__file__).parents[1]


def package(to, requirements=None):
    """Into `to`: release/, a zip of each assignment for students, and instructors.zip. Returns the files."""
    to = Path(to).resolve()
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        for name in COURSE:
            place = copy / name
            if (HERE / name).is_dir():
                shutil.copytree(HERE / name, place, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
            else:
                place.parent.mkdir(exist_ok=True)
                shutil.copy(HERE / name, place)
        if requirements:
            shutil.copy(requirements, copy / "requirements.txt")
        made = [pack(copy, to / "instructors.zip", "spikebook-assignments")]  # before there is anything but the source
        course = Course(copy)
        for assignment in course.assignments:
            release = course.release(assignment)
            shutil.copytree(release, to / "release" / assignment)
            made.append(pack(release, to / f"{assignment}.zip", assignment))
    return made


def pack(folder, to, name):
    """A zip with one folder in it, the same bytes for the same files."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", (2027, 1, 1, 0, 0, 0))
                entry.external_attr = 0o644 << 16
                file.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return to
