"""A class that hands in: notebooks made from an assignment's source and release by small edits, and the marks each has earned."""

import copy
import datetime
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

ASSIGNMENTS = Path(__file__).parents[2] / "book" / "assignments"
DUE = datetime.datetime(2027, 3, 1, 12)
SOLUTION = re.compile(r"[ \t]*### (BEGIN|END) SOLUTION\n?")
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END", re.S)


@event.listens_for(Engine, "connect")
def hurry(connection, _):
    """The gradebook of a test need not outlive a power cut: a commit does not wait for the disk."""
    connection.execute("PRAGMA synchronous = OFF")


@dataclass
class Submission:
    """What one student hands in, and what must come of it."""

    student: str
    edit: Callable = None  # of a notebook with every task solved; returns nothing
    lost: dict = field(default_factory=dict)  # task: marks lost; everything else is full
    earned: dict = None  # instead: task: marks earned; everything else is 0
    says: str = ""  # stands in the feedback
    silent: str = ""  # must not
    start: str = "solved"  # or "blank": what is edited
    files: Callable = None  # lays the files down itself, given (folder, notebook)
    late: float = 0  # hours
    claims: str = ""  # the id that the notebook names, if not the student's
    hinted: bool = False  # the mistake is one that its task's hint must see

    def marks(self, points):
        """What each task has earned, given what each is worth."""
        if self.earned is not None:
            return {task: float(self.earned.get(task, 0)) for task in points}
        return {task: worth - float(self.lost.get(task, 0)) for task, worth in points.items()}


def course_copy(to):
    """A course's folder as an instructor has it, with nothing graded."""
    to.mkdir(parents=True)
    for name in ("nbgrader_config.py", "bench.py"):
        shutil.copy(ASSIGNMENTS / name, to)
    for name in ("source", "grading"):
        shutil.copytree(
            ASSIGNMENTS / name, to / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        )
    return to


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def name_of(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id", cell.get("id"))


def cell_of(notebook, name):
    return next(cell for cell in notebook["cells"] if name_of(cell) == name)


def text_of(cell):
    return "".join(cell["source"])


def secret_lines(source):
    """Every line that stands only inside the source's solutions, hidden tests and cells for instructors."""
    inside, outside = set(), set()
    for cell in source["cells"]:
        text = text_of(cell)
        about = cell["metadata"].get("nbgrader", {})
        whole = "instructor" in cell["metadata"].get("tags", []) or (
            about.get("solution") and cell["cell_type"] == "markdown"
        )
        hidden = [text] if whole else [found.group(2) for found in REGION.finditer(text)]
        inside.update(line.strip() for part in hidden for line in part.splitlines())
        outside.update(line.strip() for line in ("" if whole else REGION.sub("", text)).splitlines())
    return {line for line in inside - outside if len(line) > 12}


def solved(source, release):
    """The release with the source's solutions in it: what a student with full marks hands in."""
    notebook = copy.deepcopy(release)
    for cell in source["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell_of(notebook, name_of(cell))["source"] = SOLUTION.sub("", text_of(cell))
    return notebook


def put(notebook, name, source):
    cell_of(notebook, name)["source"] = source


def replace(notebook, name, *pairs):
    """In a solution, put each pair's second text for its first, which must be there."""
    cell = cell_of(notebook, name)
    text = text_of(cell)
    for old, new in pairs:
        assert old in text, f"{name} has no {old!r}"
        text = text.replace(old, new)
    cell["source"] = text


def changes(name, *pairs):
    """The edit that puts each pair's second text for its first in one solution."""
    return lambda notebook: replace(notebook, name, *pairs)


def writes(solutions):
    """The edit that puts other solutions in place: {cell: source}."""

    def edit(notebook):
        for name, source in solutions.items():
            put(notebook, name, source)

    return edit


def only(points, *tasks):
    """The edit that leaves all tasks but these undone."""
    return writes({task: "# Not done." for task in points if task not in tasks})


def feedback_of(course, assignment, student):
    """All that a student reads: the outputs and remarks in the graded notebook, without its code."""
    notebook = read(course.root / "autograded" / student / assignment / f"{assignment}.ipynb")
    found = [text_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            found += ["".join(output.get("text", "")), *output.get("traceback", []), output.get("evalue", "")]
    return "\n".join(found)


def add(notebook, source, after=None):
    """A cell of the student's own, at the top or after another."""
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": f"own{len(notebook['cells'])}",
        "metadata": {},
        "outputs": [],
    }
    cell["source"] = source
    place = notebook["cells"].index(cell_of(notebook, after)) + 1 if after else 0
    notebook["cells"].insert(place, cell)


def hand_in(course, assignment, submission, source, release):
    """Lay a submission into the course's submitted/, as nbgrader's collect does. It is due at DUE."""
    notebook = solved(source, release) if submission.start == "solved" else copy.deepcopy(release)
    notebook = json.loads(json.dumps(notebook).replace("your id", submission.claims or submission.student))
    if submission.edit:
        submission.edit(notebook)
    notebook = json.loads(json.dumps(notebook).replace("COURSE", str(course)))
    folder = course / "submitted" / submission.student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    when = DUE + datetime.timedelta(hours=submission.late)
    (folder / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC")
    if submission.files:
        submission.files(folder, notebook)
    else:
        (folder / f"{assignment}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
