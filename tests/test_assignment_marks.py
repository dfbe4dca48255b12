"""Each assignment: what is handed out holds no solution, and honest work, right or with typical mistakes, gets the marks it has earned."""

import html
import importlib
import re
import sys

import matplotlib.pyplot as plt
import pytest
from assignments.classroom import (
    ASSIGNMENTS,
    cell_of,
    course_copy,
    feedback_of,
    hand_in,
    name_of,
    read,
    secret_lines,
    solved,
    text_of,
    writes,
)

sys.path.insert(0, str(ASSIGNMENTS))

from grading.course import Course  # noqa: E402
from grading.marking import Marking, Wrong, check  # noqa: E402
from grading.plain import pack, unpack  # noqa: E402
from grading.preprocessors import load_modules  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # SQLAlchemy's, about nbgrader's code
NAMES = sorted(path.name for path in (ASSIGNMENTS / "source").iterdir() if path.is_dir())
HANDED_OUT = ("{name}.ipynb", "bench.py", "lab.py")


def is_by_hand(cell):
    about = cell["metadata"].get("nbgrader", {})
    return about.get("grade") and about.get("solution")


class Assignment:
    """An assignment in a course, and the class that hands it in."""

    def __init__(self, course, name):
        about = importlib.import_module(f"assignments.{name}")
        self.course, self.name = course, name
        self.points, self.otherwise, self.submissions = about.POINTS, about.OTHERWISE, about.CLASS
        self.source_folder = course.root / "source" / name
        self.release_folder = course.release(name)
        self.source, self.release = (
            read(folder / f"{name}.ipynb") for folder in (self.source_folder, self.release_folder)
        )

    def tests(self):
        """The test cells, as the gradebook keeps them: {name: source}."""
        with self.course.gradebook() as gradebook:
            cells = gradebook.find_notebook(self.name, self.name).source_cells
            return {cell.name: cell.source for cell in cells if cell.name.startswith("test-")}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return Course(course_copy(tmp_path_factory.mktemp("marks") / "course"), Grade={"cell_seconds": 20.0})


@pytest.fixture(scope="module", params=NAMES)
def assignment(request, course):
    return Assignment(course, request.param)


@pytest.fixture(scope="module")
def graded(assignment):
    """The class, graded at once: {student: result}."""
    for submission in assignment.submissions:
        hand_in(assignment.course.root, assignment.name, submission, assignment.source, assignment.release)
    results = assignment.course.grade(assignment.name, say=lambda line: None)
    return {result["student"]: result for result in results}


def test_the_tasks_have_points_goals_hints_and_hidden_tests(assignment):
    cells = {name_of(cell): cell for cell in assignment.source["cells"]}
    assert "After this assignment you can" in text_of(cells["title"])
    tests = {name.removeprefix("test-"): cell for name, cell in cells.items() if name.startswith("test-")}
    points = {name: cell["metadata"]["nbgrader"]["points"] for name, cell in tests.items()}
    by_hand = [cell["metadata"]["nbgrader"]["points"] for cell in cells.values() if is_by_hand(cell)]
    assert sum(points.values()) + sum(by_hand) == 100 and by_hand
    assert points == assignment.points
    for task, cell in tests.items():
        assert {task, f"hint-{task}", f"task-{task}"} <= set(cells)
        text = text_of(cell)
        assert "### BEGIN HIDDEN TESTS" in text and f"# Graded: {points[task]} points." in text
        assert f"({points[task]} points)" in text_of(cells[f"task-{task}"])


def test_release_has_no_solution_and_no_hidden_test(assignment):
    secret = secret_lines(assignment.source)
    assert len(secret) > 150  # lines of solutions and tests were found at all
    lines = {line.strip() for cell in assignment.release["cells"] for line in text_of(cell).splitlines()}
    assert not secret & lines
    folder = assignment.release_folder
    assert {path.name for path in folder.iterdir()} == {name.format(name=assignment.name) for name in HANDED_OUT}
    for path in folder.glob("*.py"):
        assert not secret & {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
    first = next(iter(assignment.points))
    assert {line.strip() for line in text_of(cell_of(assignment.source, first)).splitlines()} & secret  # the control


def test_published_book_holds_nothing_of_an_assignment(assignment):
    """No line of a solution or a hidden test in any file of the built book, and no page for an assignment."""
    book = ASSIGNMENTS.parents[1] / "_build" / "html"
    assert book.exists(), "the book is not built: run `make book` first (`make test` does)"
    secret = [line for line in secret_lines(assignment.source) if len(line) > 40]
    assert len(secret) > 80
    for path in book.rglob("*"):
        assert path.name.partition(".")[0] != assignment.name
        if path.suffix in (".html", ".js", ".ipynb", ".md", ".txt", ".py", ".json"):
            text = html.unescape(path.read_text(encoding="utf-8", errors="ignore"))
            assert not [line for line in secret if line in text], path


@pytest.fixture
def hints(assignment, monkeypatch, capsys):
    """What the hint cells say, of a notebook that is run in this process."""

    def say(notebook, stops=()):
        monkeypatch.syspath_prepend(str(assignment.release_folder))
        sys.modules.pop("lab", None)
        names = {"__name__": "notebook"}
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and not name_of(cell).startswith("test-"):
                try:
                    exec(text_of(cell).replace("your id", "s0000042"), names)
                except stops:
                    pass
        plt.close("all")
        return capsys.readouterr().out

    return say


def test_hints_of_the_release_say_not_done(assignment, hints):
    said = hints(assignment.release, stops=(NotImplementedError, NameError))
    written = re.findall(r"Task (\d+): not done yet\.", said)
    assert len(written) >= len(assignment.points) / 2 and "Traceback" not in said


def test_hints_find_nothing_in_the_solution_and_something_in_the_mistakes(assignment, hints):
    fine = "no mistake found here"
    assert hints(solved(assignment.source, assignment.release)).count(fine) == len(assignment.points)
    notebook = solved(assignment.source, assignment.release)
    writes(assignment.otherwise)(notebook)
    assert hints(notebook).count(fine) == len(assignment.points)
    caught = [submission for submission in assignment.submissions if submission.hinted]
    assert len(caught) >= 4
    for submission in caught:
        notebook = solved(assignment.source, assignment.release)
        submission.edit(notebook)
        assert hints(notebook, stops=Exception).count(fine) < len(assignment.points), submission.student


@pytest.mark.parametrize("written", ["as ours", "otherwise"])
def test_a_right_solution_has_full_marks_whatever_inputs_are_drawn(assignment, written):
    notebook = solved(assignment.source, assignment.release)
    if written == "otherwise":
        writes(assignment.otherwise)(notebook)
    tests, modules = assignment.tests(), load_modules(assignment.source_folder)
    assert set(tests) == {f"test-{task}" for task in assignment.points}
    for number in range(5):
        student, names = f"s{number:07}", {"__name__": "notebook"}
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and not name_of(cell).startswith(("test-", "hint-")):
                exec(text_of(cell).replace("your id", student), names)
        for name, text in tests.items():
            seed = f"{assignment.name}/{name}/{student}"
            marking = Marking(lambda question, names=names: unpack(pack(eval(question, names))), student, seed)
            exec(text, marking.names() | modules)
            assert marking.share == 1, (student, marking.report())
        plt.close("all")


def test_marks_are_those_that_were_earned_and_feedback_names_the_mistake(assignment, graded):
    assert set(graded) == {submission.student for submission in assignment.submissions}
    for submission in assignment.submissions:
        result = graded[submission.student]
        assert not result["error"], result
        found = {task: result["tasks"][f"test-{task}"] for task in assignment.points}
        feedback = feedback_of(assignment.course, assignment.name, submission.student)
        assert found == pytest.approx(submission.marks(assignment.points)), f"{submission.student}\n{feedback}"
        assert submission.says in feedback, f"{submission.student}\n{feedback}"
        assert not submission.silent or submission.silent not in feedback
        assert result["score"] == pytest.approx(sum(found.values()))


def test_the_class_has_right_work_blank_work_and_many_mistakes(assignment):
    by_name = {submission.student: submission for submission in assignment.submissions}
    assert {"reference", "otherwise", "blank", "half", "neighbour"} <= set(by_name)
    assert set(assignment.otherwise) >= set(assignment.points)  # every task is written in another way, too
    mistakes = [one for one in assignment.submissions if one.says and sum(one.marks(assignment.points).values())]
    assert len(mistakes) >= 8
    hurt = {
        task
        for one in mistakes
        for task, worth in assignment.points.items()
        if one.marks(assignment.points)[task] < worth
    }
    assert hurt == set(assignment.points)  # of every task


def test_a_regrade_gives_the_same_marks(assignment, graded):
    for student in ("half", assignment.submissions[-1].student):
        assert assignment.course.grade_one(assignment.name, student)["tasks"] == graded[student]["tasks"], student


SAID = {  # what is said of a wrong number: found, right, rel, abs
    "1,000 times too large": [(5000, 5, 1e-6, 1e-9), (5200, 5, 0, 0.4), ([2000, 4000], [2, 4], 1e-6, 0.1)],
    "1,000 times too small": [(0.005, 5, 1e-6, 1e-9), (-0.07, -70, 0, 0.5)],
    "its sign is wrong": [(70.2, -70, 0, 0.5), ([1, -2], [-1, 2], 1e-6, 1e-9)],
    "upside down": [(4, 0.25, 1e-6, 1e-9), (4, 0.25, 0, 0.02)],
    "too large": [(50, 0.2, 0, 0.5), (2, 0, 0, 0.5), (300, 0.01, 0, 0.5), (0.7, -0.1, 0, 0.5)],  # of no kind
    "too small": [(0.0, 5, 0, 0.02), (1, 50, 0, 5), (-0.45, 0.1, 0, 0.5), (-3, 0, 0, 0.5)],
    "index 1": [([1, 0.2], [1, 0.0], 0, 0.1), ([0, 9], [0, 0.3], 0, 0.5)],
}
SAID = [(words, case) for words, cases in SAID.items() for case in cases]


@pytest.mark.parametrize(("words", "case"), SAID, ids=[f"{words}: {case}" for words, case in SAID])
def test_what_is_said_of_a_wrong_number_is_true(words, case):
    found, right, rel, abs = case
    with pytest.raises(Wrong) as problem:
        check(found, right, rel=rel, abs=abs)
    said = str(problem.value)
    assert words in said
    assert ("which units" in said) == ("times" in words) and ("sign" in said) == ("sign" in words)
    assert ("upside down" in said) == ("upside" in words)
