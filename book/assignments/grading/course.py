"""The course's commands, over nbgrader's own API: one process for the whole class, and no submission stops it.

python -m grading release [ASSIGNMENT ...]         source -> release, for the students
python -m grading due ASSIGNMENT "2027-03-01 23:59 UTC"
python -m grading grade ASSIGNMENT [STUDENT ...]   submitted -> autograded, marks in gradebook.db
python -m grading feedback ASSIGNMENT           autograded -> feedback, a page for each student
python -m grading export grades.csv             the marks, for a learning-management system
python -m grading summary ASSIGNMENT            marks and hardest tasks, as summary/ASSIGNMENT.svg
"""

import argparse
import contextlib
import datetime
import json
import logging
import re
import shutil
import sys
import time
import warnings
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from . import summary
from .export import Marks
from .preprocessors import clean
from .sandbox import Limits, Refused, refuse_without_confinement


class Course:
    """A course's folder: nbgrader_config.py, source/, and what the commands make beside them."""

    def __init__(self, root=".", **settings):
        """settings: further configuration, as Grade={"cell_seconds": 5}."""
        self.root = Path(root).resolve()
        if not (self.root / "nbgrader_config.py").is_file():
            raise RuntimeError(
                f"{self.root} is no course: it has no nbgrader_config.py. Go to the course's folder, or give --course."
            )
        logging.getLogger("traitlets").setLevel(logging.CRITICAL)
        warnings.filterwarnings(
            "ignore", message="Object of type", module="nbgrader"
        )  # SQLAlchemy's, about nbgrader's code
        self.config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        self.config.merge(Config(settings))
        self.config.CourseDirectory.root = str(self.root)
        self.folders = CourseDirectory(config=self.config)
        self.api = NbGraderAPI(self.folders, config=self.config)
        self.api.log_level = logging.INFO

    def gradebook(self):
        return Gradebook(self.folders.db_url, self.folders.course_id)

    @property
    def assignments(self):
        return sorted(path.name for path in (self.root / "source").iterdir() if path.is_dir())

    def check(self, assignment, students=None):
        """Refuse a name that was mistyped, which would otherwise be graded as nothing, or enter the gradebook."""
        if assignment not in self.assignments:
            raise RuntimeError(f"There is no assignment {assignment!r}. source/ has: {', '.join(self.assignments)}.")
        if unknown := sorted(set(students or ()) - set(self.handed_in(assignment))):
            raise RuntimeError(
                f"Nothing was handed in by {', '.join(unknown)}: there is no submitted/<student>/{assignment}/."
            )

    def release(self, assignment):
        self.check(assignment)
        result = self.api.generate_assignment(assignment)
        if not result["success"]:
            raise RuntimeError(f"{assignment} could not be released:\n{result.get('log', '')}{result.get('error', '')}")
        return self.root / "release" / assignment

    def handed_in(self, assignment):
        return sorted(path.parent.name for path in (self.root / "submitted").glob(f"*/{assignment}") if path.is_dir())

    def grade(self, assignment, students=None, say=print):
        """Grade everything that was handed in. Returns a dict for each student; see `grade_one`."""
        self.check(assignment, students)
        grade = self.config.Grade
        refuse_without_confinement(Limits(disposable_machine=bool(grade.get("disposable_machine", False))))
        students = students or self.handed_in(assignment)
        began, results = time.monotonic(), []
        for number, student in enumerate(students, 1):
            result = self.grade_one(assignment, student)
            results.append(result)
            say(f"[{number:3}/{len(students)}] {line_of(result)}")
        for one in closing(results, time.monotonic() - began):
            say(one)
        return results

    def grade_one(self, assignment, student):
        """Grade one submission, again if it was before."""
        began = time.monotonic()
        remarks = self.prepare(assignment, student)
        result = {"student": student, "remarks": remarks, "score": None, "max_score": None, "error": ""}
        try:
            outcome = self.api.autograde(assignment, student)
        except (Exception, SystemExit) as problem:  # of nbgrader itself: said, and the next student is graded
            outcome = {"success": False, "error": repr(problem)}
        if outcome["success"]:
            result |= self.marks(assignment, student)
            result["remarks"] = remarks + result.pop("found")
        else:
            result["error"], result["log"] = reason_of(outcome), outcome.get("log", "")
        return result | {"took": time.monotonic() - began}

    def marks(self, assignment, student):
        with self.gradebook() as gradebook:
            submission = gradebook.find_submission(assignment, student)
            found = {
                "score": submission.score - (submission.late_submission_penalty or 0.0),
                "max_score": submission.max_score,
                "by_hand": sum(
                    grade.max_score
                    for book in submission.notebooks
                    for grade in book.grades
                    if grade.needs_manual_grade
                ),
                "late": submission.total_seconds_late,
                "tasks": {grade.name: grade.auto_score for book in submission.notebooks for grade in book.grades},
            }
        path = self.root / "autograded" / student / assignment / f"{assignment}.ipynb"
        about = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("grading", {})
        return found | {
            "found": about.get("remarks", []),
            "seconds": about.get("seconds"),
            "memory": about.get("memory"),
        }

    def prepare(self, assignment, student):
        """What nbgrader would stumble over: a wrong file name, no notebook, a time that is none. Returns remarks."""
        folder = self.root / "submitted" / student / assignment
        remarks, notebook = [], folder / f"{assignment}.ipynb"
        if not notebook.exists() and not notebook.is_symlink():
            others = [path for path in sorted(folder.rglob("*.ipynb")) if path.is_file() and not path.is_symlink()]
            others = [path for path in others if ".ipynb_checkpoints" not in path.parts]
            if len(others) == 1:
                remarks.append(f"{clean(others[0].name)} was graded as {notebook.name}.")
                shutil.copyfile(others[0], notebook)
            else:
                names = ", ".join(clean(path.name) for path in others[:20]) or "none"
                reason = f"No {notebook.name} was handed in, nor a single notebook instead (found: {names})."
                notebook.write_text(reason, encoding="utf-8")
                remarks.append(reason)
        stamp = folder / "timestamp.txt"
        if stamp.exists():
            text = stamp.read_text(encoding="utf-8", errors="replace").strip()
            try:
                parse_utc(text)
            except (ValueError, OverflowError, TypeError):
                stamp.replace(folder / "timestamp-unreadable.txt")
                remarks.append(f"Its time, {text[:40]!r}, cannot be read; it counts as in time.")
        return remarks

    def feedback(self, assignment, students=None):
        self.check(assignment, students)
        for student in students or self.handed_in(assignment):
            result = self.api.generate_feedback(assignment, student)
            if not result["success"]:
                raise RuntimeError(f"No feedback for {student}:\n{result.get('log', '')}{result.get('error', '')}")
        return self.root / "feedback"

    def due(self, assignment, when):
        """Set when an assignment is due: a datetime, or a text such as 2027-03-01 23:59 UTC."""
        self.check(assignment)
        if not isinstance(when, datetime.datetime):
            try:
                when = parse_utc(when)
            except (ValueError, OverflowError, TypeError):
                raise RuntimeError(f"The time {when!r} cannot be read. Write it as 2027-03-01 23:59 UTC.") from None
        with self.gradebook() as gradebook:
            gradebook.update_or_create_assignment(assignment, duedate=when)

    def export(self, to):
        """A row for each student, a column for each assignment; see `export`."""
        with self.gradebook() as gradebook:
            Marks(config=self.config, to=str(to)).export(gradebook)

    def summary(self, assignment):
        self.check(assignment)
        with self.gradebook() as gradebook, contextlib.suppress(MissingEntry):
            return summary.draw(gradebook, assignment, self.root / "summary" / f"{assignment}.svg")


def reason_of(outcome):
    """Why nbgrader failed: the last line of the first traceback in its log, or what it said itself."""
    _, _, trace = outcome.get("log", "").partition("Traceback (most recent call last):")
    lines = [line.strip() for line in trace.partition("\n[")[0].splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Exit|Interrupt|Wrong)\b", line)]
    return (raised or lines[-1:] or str(outcome.get("error") or "nbgrader gave no reason").strip().splitlines())[-1][
        :1000
    ]


def line_of(result):
    if result["error"]:
        return f"{result['student']:20} NOT GRADED: {result['error'][:120]}"
    text = f"{result['student']:20} {result['score']:6.2f} of {result['max_score']:g}"
    if result["by_hand"]:
        text += f", {result['by_hand']:g} to mark by hand"
    if result["late"] > 0:
        text += f", {result['late'] / 3600:.1f} h late"
    text += f"  ({result['took']:.1f} s, {result['memory']} MB)"
    return text + "".join(f"\n{'':10}{remark}" for remark in result["remarks"])


def closing(results, seconds):
    graded = [result for result in results if not result["error"]]
    if not results:
        yield "Nothing was handed in: submissions are looked for in submitted/<student>/<assignment>/."
        return
    yield f"{len(graded)} of {len(results)} submissions graded in {seconds:.0f} s."
    if graded:
        scores = sorted(result["score"] for result in graded)
        middle = (scores[(len(scores) - 1) // 2] + scores[len(scores) // 2]) / 2
        yield f"Marks from {scores[0]:g} to {scores[-1]:g}, median {middle:g}, before what is marked by hand."
    nothing = [result["student"] for result in graded if result["score"] == 0]
    if nothing:
        yield f"No marks: {', '.join(nothing)}."
    for result in results:
        if result["error"]:
            yield f"NOT GRADED: {result['student']}. Earlier marks are kept. {result['error']}"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m grading", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--course", default=".", help="the folder with nbgrader_config.py; here if not given")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("release").add_argument("assignments", nargs="*")
    for name in ("grade", "feedback"):
        command = commands.add_parser(name)
        command.add_argument("assignment")
        command.add_argument("students", nargs="*")
    due = commands.add_parser("due")
    due.add_argument("assignment")
    due.add_argument("when")
    commands.add_parser("export").add_argument("to")
    package = commands.add_parser("package")
    package.add_argument("to")
    package.add_argument("--requirements", help="a list of versions to put beside the course")
    commands.add_parser("summary").add_argument("assignment")
    given = parser.parse_args(arguments)
    try:
        course = Course(given.course)
        if given.command == "release":
            for assignment in given.assignments or course.assignments:
                print(course.release(assignment))
        elif given.command == "grade":
            results = course.grade(given.assignment, given.students)
            return 1 if any(result["error"] for result in results) else 0
        elif given.command == "feedback":
            print(course.feedback(given.assignment, given.students))
        elif given.command == "due":
            course.due(given.assignment, given.when)
        elif given.command == "export":
            course.export(given.to)
        elif given.command == "package":
            from .package import package

            print(*package(given.to, given.requirements), sep="\n")
        else:
            print(course.summary(given.assignment))
    except (Refused, RuntimeError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0
