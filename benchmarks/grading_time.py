"""How long an assignment takes to be graded, how much memory, and how both grow with the number of submissions.

    .venv/bin/python benchmarks/grading_time.py [submissions ...]

For every assignment, classes of 24 and of 100 (or as asked), made of the tests' own: right work in several ways and
typical mistakes, without what attacks the grader. Each class is graded in a process of its own, as
`python -m grading grade` does it. The processes that run a submission are counted with `largest`: the peak of any.
"""

import copy
import importlib
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ASSIGNMENTS = (
    "living_battery",
    "synapses_and_refractoriness",
    "hodgkin_huxley",
    "models_and_izhikevich",
    "network_capstone",
)


def grade(assignment, submissions, folder):
    sys.path.insert(0, str(ROOT / "tests"))
    from assignments.classroom import course_copy, hand_in, read

    root = course_copy(Path(folder) / "course")
    sys.path.insert(0, str(root))
    from grading.course import Course

    course = Course(root)
    release = read(course.release(assignment) / f"{assignment}.ipynb")
    source = read(root / "source" / assignment / f"{assignment}.ipynb")
    kinds = [one for one in importlib.import_module(f"assignments.{assignment}").CLASS if one.files is None]
    for number in range(submissions):
        submission = copy.copy(kinds[number % len(kinds)])
        submission.student = f"student{number:03}"
        hand_in(root, assignment, submission, source, release)
    said, began = [], time.monotonic()
    results = course.grade(assignment, say=said.append)
    took = time.monotonic() - began
    began = time.monotonic()
    course.feedback(assignment)
    pages = time.monotonic() - began
    ungraded = [result["student"] for result in results if result["error"]]
    assert not ungraded, ungraded
    print(
        f"| `{assignment}` | {submissions} | {took:.0f} s | {took / submissions:.1f} s "
        f"| {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB | {max(result['memory'] for result in results)} MB "
        f"| {(root / 'gradebook.db').stat().st_size / 1e6:.1f} MB | {pages / submissions:.2f} s |",
        flush=True,
    )


if __name__ == "__main__":
    print(
        "| assignment | submissions | time | each | grader's memory | largest submission | gradebook | feedback, each |"
    )
    print("|:--|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    for name in ASSIGNMENTS:
        for count in map(int, sys.argv[1:] or ("24", "100")):
            with tempfile.TemporaryDirectory() as folder:
                process = multiprocessing.get_context("spawn").Process(target=grade, args=(name, count, folder))
                process.start()
                process.join()
                if process.exitcode:
                    sys.exit(f"{name} with {count} submissions was not graded: see above")
