"""From submissions to marks, through nbgrader and its gradebook, with a class that also moves cells about, breaks things or means harm.

Nobody gets marks that were not earned, no submission stops the class, and the same work gets the same marks again.
What the tests of each assignment find in honest work is in test_assignment_marks.py.
"""

import csv
import re
import sys
import time
import zipfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from assignments import hostile, living_battery
from assignments.classroom import (
    ASSIGNMENTS,
    DUE,
    Submission,
    course_copy,
    feedback_of,
    hand_in,
    name_of,
    read,
    secret_lines,
    text_of,
)

sys.path.insert(0, str(ASSIGNMENTS))

from grading import course as commands  # noqa: E402
from grading.course import Course  # noqa: E402
from grading.export import read as read_marks  # noqa: E402
from grading.package import package  # noqa: E402
from grading.plain import NotPlain, pack, unpack  # noqa: E402
from grading.sandbox import Limits, Refused, Sandbox, Unanswered, refuse_within_reach, refuse_without_confinement  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore::nbformat.validator.DuplicateCellId"),  # of the submission that copies cells
    pytest.mark.filterwarnings("ignore:Object of type"),  # SQLAlchemy's, about nbgrader's code
]
NAME = "living_battery"
SHORT = {"cell_seconds": 6.0, "total_seconds": 60.0, "memory": 1500}  # so that the hostile ones are over soon
CLASS = living_battery.CLASS + hostile.CLASS
TASKS = living_battery.POINTS
SOURCES = sorted((ASSIGNMENTS / "source").glob("*/*.ipynb"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(course_copy(tmp_path_factory.mktemp("assignments") / "course"), Grade=SHORT)
    course.release(NAME)
    course.due(NAME, DUE)
    return course


@pytest.fixture(scope="module")
def source(course):
    return read(course.root / "source" / NAME / f"{NAME}.ipynb")


@pytest.fixture(scope="module")
def release(course):
    return read(course.root / "release" / NAME / f"{NAME}.ipynb")


@pytest.fixture(scope="module")
def graded(course, source, release):
    """The whole class, graded at once: {student: result}, and what was said meanwhile."""
    for submission in CLASS:
        hand_in(course.root, NAME, submission, source, release)
    said = []
    results = course.grade(NAME, say=said.append)
    return {result["student"]: result for result in results}, said


# What is handed out.


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    package(folder / "made", ASSIGNMENTS.parents[1] / "requirements-dev.txt")
    return folder / "made"


def test_zips_hold_what_they_should_and_students_get_no_solution(packages, source):
    secret = secret_lines(source)
    names = {}
    for path in packages.glob("*.zip"):
        with zipfile.ZipFile(path) as file:
            names[path.stem] = {name.partition("/")[2] for name in file.namelist()}
            text = "\n".join(file.read(name).decode("utf-8") for name in file.namelist())
        lines = {line.strip().strip('",').removesuffix("\\n").replace('\\"', '"').strip() for line in text.splitlines()}
        assert bool(secret & lines) == (path.stem == "instructors"), path.name
    assert names[NAME] == {f"{NAME}.ipynb", "bench.py", "lab.py"}
    assert {"README.md", "nbgrader_config.py", "bench.py", "requirements.txt", f"source/{NAME}/{NAME}.ipynb"} <= names[
        "instructors"
    ]
    assert not [name for name in names["instructors"] if name.endswith((".db", ".pyc")) or "autograded" in name]
    assert {path.name for path in (packages / "release").iterdir()} == {path.stem for path in SOURCES}


# What comes back.


def test_everybody_is_graded_and_progress_and_a_summary_are_said(graded):
    results, said = graded
    assert set(results) == {submission.student for submission in CLASS}
    assert not [result["error"] for result in results.values() if result["error"]]
    assert sum(bool(re.match(r"\[ *\d+/\d+\]", line)) for line in said) == len(CLASS)
    assert any(f"{len(CLASS)} of {len(CLASS)} submissions graded" in line for line in said)


@pytest.mark.parametrize("submission", CLASS, ids=lambda submission: submission.student)
def test_marks_are_those_that_were_earned(graded, course, submission):
    result = graded[0][submission.student]
    found = {task: result["tasks"][f"test-{task}"] for task in TASKS}
    feedback = feedback_of(course, NAME, submission.student)
    assert found == pytest.approx(submission.marks(TASKS)), feedback
    assert submission.says in feedback
    assert not submission.silent or submission.silent not in feedback
    assert result["score"] == sum(found.values())


def test_no_submission_takes_more_than_it_may(graded):
    for result in graded[0].values():
        assert result["memory"] < SHORT["memory"] and result["seconds"] < SHORT["total_seconds"] + SHORT["cell_seconds"]


def test_written_answers_wait_for_a_reader_and_blank_ones_score_0(graded):
    for submission in CLASS:
        result = graded[0][submission.student]
        if submission.start == "blank" or submission.earned == {}:
            assert result["tasks"]["explain"] == 0.0 and result["by_hand"] == 0
        elif submission.student != "metadata":
            assert result["by_hand"] == 6


def test_a_split_or_copied_written_answer_is_all_there(course, graded):
    for student in ("reference", "split", "duplicated", "reordered"):
        notebook = read(course.root / "autograded" / student / NAME / f"{NAME}.ipynb")
        answers = [cell for cell in notebook["cells"] if name_of(cell) == "explain"]
        assert len(answers) == 1 and "Right: potassium outside rises" in text_of(answers[0])
        assert "It is nearer to its threshold" in text_of(answers[0])


def test_nothing_of_the_class_s_is_lost_and_nothing_is_left_running(course, graded):
    assert (course.root / "submitted" / "reference" / NAME / f"{NAME}.ipynb").stat().st_size > 10_000
    assert not list((course.root / "autograded" / "links" / NAME).glob("*.db"))
    assert sum(path.stat().st_size for path in (course.root / "autograded").rglob("*") if path.is_file()) < 20e6
    here = {path.name for path in Path("/proc").iterdir() if path.name.isdigit()}
    running = []
    for name in here:
        try:
            running.append(Path(f"/proc/{name}/cmdline").read_bytes())
        except OSError:
            continue
    assert not [line for line in running if b"driver.py" in line and str(course.root).encode() in line]


def test_a_regrade_gives_the_same_marks(course, graded):
    for student in ("reference", "half", "perms", "tau", "exit"):
        again = course.grade_one(NAME, student)
        assert again["tasks"] == graded[0][student]["tasks"], student


def test_full_marks_are_100_once_the_answer_is_marked_by_hand(course, graded):
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("explain", NAME, NAME, "otherwise")
        grade.manual_score, grade.needs_manual_grade = 6, False
        gradebook.db.commit()
        submission = gradebook.find_submission(NAME, "otherwise")
        assert submission.score == submission.max_score == 100
    assert course.grade_one(NAME, "otherwise")["score"] == 100  # and a regrade keeps it


def test_late_work_is_said_and_penalised_as_the_course_says(course, graded):
    assert graded[0]["late"]["late"] == 30 * 3600 and graded[0]["late"]["score"] == 94
    strict = Course(course.root, Grade=SHORT, LateByDay={"share_per_day": 0.1})
    assert strict.grade_one(NAME, "late")["score"] == pytest.approx(0.8 * 94)  # a second day has begun
    assert course.grade_one(NAME, "late")["score"] == 94


def test_the_last_of_repeated_hand_ins_counts(course, graded, source, release):
    again = Submission("half", late=-1)
    hand_in(course.root, NAME, again, source, release)
    assert course.grade_one(NAME, "half")["score"] == 94
    with course.gradebook() as gradebook:
        assert len([one for one in gradebook.assignment_submissions(NAME) if one.student.id == "half"]) == 1


def test_points_can_be_changed_after_the_release(course, graded):
    """The cell's points are the instructor's to set; a part's are its share of them."""
    with course.gradebook() as gradebook:
        gradebook.find_grade_cell("test-nernst", NAME, NAME).max_score = 24.0
        gradebook.db.commit()
    try:
        assert course.grade_one(NAME, "reference")["tasks"]["test-nernst"] == 24
        assert course.grade_one(NAME, "valence")["tasks"]["test-nernst"] == 12
    finally:
        with course.gradebook() as gradebook:
            gradebook.find_grade_cell("test-nernst", NAME, NAME).max_score = 12.0
            gradebook.db.commit()
        course.grade_one(NAME, "reference")
        course.grade_one(NAME, "valence")


def test_feedback_shows_what_was_said_and_no_test_and_asks_no_other_host(course, graded, source):
    course.feedback(NAME, ["celsius"])
    page = (course.root / "feedback" / "celsius" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "the equation wants kelvin" in page
    text = (
        re.sub(r"<[^>]+>", "", page)
        .replace("&quot;", '"')
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
    )
    hidden = [
        line for line in secret_lines(source) if "check(" in line or "with part" in line or "rng.uniform(*" in line
    ]
    assert len(hidden) > 15 and not [line for line in hidden if line in text]
    assert not re.findall(r"(?:src|href)=[\"']?https?://[^\"' >]+", page)


def test_marks_survive_the_way_to_a_learning_management_system(course, graded, tmp_path):
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("half", last_name='Doe, "the" Third', first_name="Zoë")
        gradebook.update_or_create_student("absent", email="absent@example.org")
        marks = {one.student.id: one.score for one in gradebook.assignment_submissions(NAME)}
    course.export(tmp_path / "marks.csv")
    found = read_marks(tmp_path / "marks.csv")
    assert found == {student: {NAME: pytest.approx(mark)} for student, mark in marks.items()} | {"absent": {NAME: None}}
    with (tmp_path / "marks.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["student_id"] == "half")
    assert (row["last_name"], row["first_name"]) == ('Doe, "the" Third', "Zoë")


def test_the_summary_is_made_of_the_gradebook(course, graded):
    from grading.summary import table

    with course.gradebook() as gradebook:
        students, tasks, waiting = table(gradebook, NAME)
    assert len(students) == len(CLASS) and set(tasks) == {*TASKS, "explain"} and set(waiting) == {"explain"}
    assert tasks["nernst"] < tasks["currents"]  # more of this class stumble over the first
    text = course.summary(NAME).read_text(encoding="utf-8")
    assert text.lstrip().startswith("<?xml") and len(text) > 5000


def test_the_command_says_what_went_wrong_and_goes_on(course, graded, monkeypatch, capsys):
    """A failure of the machine is no mark of 0: earlier marks are kept, the rest of the class is graded."""
    ran = Sandbox._start

    def start(self):
        if "volts.txt" in self.files:
            raise RuntimeError("no space left on the device")
        return ran(self)

    monkeypatch.setattr(Sandbox, "_start", start)
    folder = course.root / "submitted" / "volts" / NAME
    (folder / "volts.txt").write_text("a file of my own")
    said = []
    results = {result["student"]: result for result in course.grade(NAME, ["volts", "tau"], say=said.append)}
    assert "no space left" in results["volts"]["error"] and results["tau"]["score"] == 90
    assert "Earlier marks are kept" in said[-1]
    with course.gradebook() as gradebook:
        assert gradebook.find_submission(NAME, "volts").score == 82


@pytest.mark.parametrize(
    "mistyped, says",
    [
        (["release", "living_batery"], "source/ has: hodgkin_huxley, living_battery,"),
        (["grade", "living_batery"], "no assignment 'living_batery'"),
        (["grade", NAME, "tau", "tua"], "handed in by tua:"),
        (["feedback", NAME, "tua"], "handed in by tua:"),
        (["due", "living_batery", "2027-03-01 12:00 UTC"], "no assignment 'living_batery'"),
        (["due", NAME, "next Monday or so"], "'next Monday or so' cannot be read"),
        (["summary", "living_batery"], "no assignment 'living_batery'"),
    ],
)
def test_a_mistyped_name_is_refused_and_nothing_is_graded(course, graded, capsys, mistyped, says):
    assert commands.main(["--course", str(course.root), *mistyped]) == 1
    said = capsys.readouterr()
    assert says in said.err and not said.out
    with course.gradebook() as gradebook:
        assert [one.name for one in gradebook.assignments] == [NAME]


def test_a_folder_that_is_no_course_is_named(tmp_path, capsys):
    assert commands.main(["--course", str(tmp_path), "grade", NAME]) == 1
    assert f"{tmp_path} is no course: it has no nbgrader_config.py" in capsys.readouterr().err


# The sandbox by itself.


def test_a_machine_that_cannot_confine_refuses(monkeypatch, capsys, course):
    monkeypatch.setattr("grading.sandbox.missing", lambda: "its kernel has no Landlock")
    with pytest.raises(Refused, match="no Landlock"):
        refuse_without_confinement(Limits())
    refuse_without_confinement(Limits(disposable_machine=True))
    assert commands.main(["--course", str(course.root), "grade", NAME]) == 1
    assert "disposable_machine" in capsys.readouterr().err


def test_a_course_within_reach_of_submissions_is_refused(tmp_path):
    refuse_within_reach(tmp_path)
    with pytest.raises(Refused, match="Move it elsewhere"):
        refuse_within_reach(Path(sys.prefix) / "course")


def test_only_plain_values_cross_and_no_more_than_fit():
    with Sandbox(Limits(cell_seconds=5)) as sandbox:
        sandbox.run(
            0,
            "import numpy as np\nclass Own(float): pass\nx = [1, (2.5, np.nan), {'a': np.arange(3)}, None, True, 'µ']",
        )
        found = sandbox.ask("x")
        assert found[0] == 1 and found[1][1] != found[1][1] and found[2:] == [{"a": [0, 1, 2]}, None, True, "µ"]
        for question in (
            "Own(1)",
            "print",
            "np.zeros(10**6)",
            "10**4000",
            "[[[[[[[[[[1]]]]]]]]]]",
            "np.array([print])",
        ):
            with pytest.raises(Unanswered):
                sandbox.ask(question)
        with pytest.raises(Unanswered) as problem:
            sandbox.ask("not_there")
        assert problem.value.missing


def test_a_figure_crosses_as_what_is_drawn():
    """Bars, stairs and histograms of every style are bars: the middle, width and height of each step."""
    edges, heights = [0, 1, 2, 4], [3, 3, 0.5]
    middles = [{"x": x, "width": width, "y": y} for x, width, y in zip((0.5, 1.5, 3), (1, 1, 2), heights)]
    ways = [lambda ax: ax.bar(edges[:-1], heights, np.diff(edges), align="edge"), lambda ax: ax.stairs(heights, edges)]
    for style in ("bar", "step", "stepfilled"):
        ways.append(lambda ax, style=style: ax.hist(edges[:-1], edges, weights=heights, histtype=style))
    for way in ways:
        figure, ax = plt.subplots()
        way(ax)
        assert unpack(pack(figure))[0]["bars"] == middles
    figure, ax = plt.subplots()
    ax.stairs(heights, edges, orientation="horizontal")
    ax.fill([0, 1, 2], [0, 2, 0])  # no staircase
    for colour in ("r", "red", "b"):
        ax.plot([1, 2], [3, 4], "o", color=colour)
        ax.scatter([1, 2], [3, 4], c=colour)
    found = unpack(pack(figure))[0]
    assert found["bars"] == []
    for kind in ("lines", "points"):
        one, same, other = (curve["colour"] for curve in found[kind])
        assert one == same != other and found[kind][2]["x"] == [1, 2] and found[kind][2]["y"] == [3, 4]
    plt.close("all")


FORGERIES = [
    '{"dict": 5}',
    '{"float": []}',
    '{"float": "12"}',
    '{"x": 1}',
    "[" * 10**5,
    "9" * 10**5,
    "",
    "{",
    12,
    None,
    ["[1]"],
    '"\\ud800',
]


@pytest.mark.parametrize("text", FORGERIES, ids=range(len(FORGERIES)))
def test_what_no_packing_made_is_not_plain(text):
    with pytest.raises(NotPlain):
        unpack(text)


def test_a_process_that_answers_for_itself_gets_no_further():
    """Code that takes over its own process can give any answer, and no more than an answer."""
    takeover = 'import json\njson.dumps = lambda *a, **k: \'{"answer": "{\\\\"dict\\\\": 5}", "score": 100}\''
    with Sandbox(Limits(cell_seconds=5)) as sandbox:
        sandbox.run(0, takeover)
        with pytest.raises(Unanswered):
            sandbox.ask("1 + 1")


def test_the_processor_s_time_is_limited_and_three_times_that_of_the_clock():
    """A busy machine costs nobody marks: waiting for it is like sleeping."""
    with Sandbox(Limits(cell_seconds=1)) as sandbox:
        assert not sandbox.run(0, "import time\ntime.sleep(2)").error
        for endless in ("time.sleep(60)", "while True: pass"):
            began = time.monotonic()
            assert "took longer than 1 s" in sandbox.run(endless, endless).error
            assert time.monotonic() - began < 30


def test_disk_is_bounded_and_the_folder_is_thrown_away():
    with Sandbox(Limits(cell_seconds=10, folder=4)) as sandbox:
        assert not sandbox.run(0, "open('notes.txt', 'w').write('mine')").error
        folder = sandbox.folder
        fill = "for k in range(10**6):\n    with open(f'f{k}', 'wb') as f:\n        f.write(bytes(10**6))"
        assert "It wrote more than 4 MB" in sandbox.run(1, fill).error
        assert not folder.exists()
        assert sandbox.ask("open('notes.txt').read()") == "mine"  # run again, without the cell that broke it
