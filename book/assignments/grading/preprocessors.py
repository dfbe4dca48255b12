"""What nbgrader does to a submission, in place of its own: read it whatever it is, rebuild it, run it in the sandbox, mark it."""

import base64
import hashlib
import json
import os
import re
import shutil
import stat
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer, List

from .marking import Marking
from .sandbox import Limits, Sandbox, refuse_within_reach

MOST_BYTES, MOST_CELLS = 20_000_000, 500  # of a file; in a notebook
MOST_TEXT, MOST_PROSE = 200_000, 20_000  # characters in all cells; in one that is no code
OWN_FILES, OWN_BYTES = 20, 5_000_000  # files that a student may hand in beside the notebook
BENCH = "bench.py"  # in the course's folder, and beside every notebook that is handed out or graded


class Reader(NotebookExporter):
    """Reads what was handed in. A file that is no notebook is an empty one, with a remark, and is graded as such."""

    def from_filename(self, filename, resources=None, **options):
        try:
            return super().from_filename(self._regular(filename), resources=resources, **options)
        except Unreadable as problem:
            reason = str(problem)
        return self.from_notebook_node(new_notebook(metadata={"unreadable": reason}), resources=resources, **options)

    def from_file(self, file_stream, resources=None, **options):
        try:
            raw = json.load(file_stream)
            cells = raw["cells"]
            if len(cells) > MOST_CELLS:  # before the reader looks at each
                raise Unreadable(f"The notebook has {len(cells)} cells; at most {MOST_CELLS} are read.")
            for cell in cells:
                if cell["cell_type"] == "code":
                    cell["outputs"] = []  # they are made anew
            notebook = nbformat.reads(json.dumps(raw), as_version=4)
        except Unreadable:
            raise
        except Exception as problem:  # whatever a broken file makes the reader raise
            raise Unreadable(f"The file is no notebook ({type(problem).__name__}).") from None
        notebook.metadata.pop("unreadable", None)
        return self.from_notebook_node(notebook, resources=resources, **options)

    def _regular(self, filename):
        status = os.lstat(filename)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("The file is a link to another.")
        if status.st_size > MOST_BYTES:
            raise Unreadable(f"The file has {status.st_size / 1e6:.0f} MB; at most {MOST_BYTES // 10**6} are read.")
        return filename


class Unreadable(Exception):
    pass


class Page(HTMLExporter):
    """A feedback page that asks nothing of another host: formulas are shown as they were typed."""

    def from_notebook_node(self, nb, resources=None, **options):
        page, resources = super().from_notebook_node(nb, resources=resources, **options)
        return re.sub(r"<script[^>]*\ssrc=.https?://[^>]*>\s*</script>", "", page), resources


class DropInstructorCells(NbGraderPreprocessor):
    """Cells tagged `instructor` stay with the source."""

    def preprocess(self, nb, resources):
        nb.cells = [cell for cell in nb.cells if "instructor" not in cell.metadata.get("tags", [])]
        return nb, resources


class Rebuild(NbGraderPreprocessor):
    """The submission anew: its text and code in its order; tests, points and everything that nbgrader reads from the gradebook."""

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(about["notebook"], about["assignment"])
            self.sources = {cell.name: (cell.cell_type, cell.source, cell.checksum) for cell in notebook.source_cells}
            self.points = {cell.name: cell.max_score for cell in notebook.grade_cells}
            self.solutions = {cell.name for cell in notebook.solution_cells}
        remarks = []
        if "unreadable" in nb.metadata:
            remarks.append(str(nb.metadata["unreadable"]))
        cells, where = self.written(nb, remarks)
        self.place_tests(cells, where)
        rebuilt = [cell for _, cell in cells]
        if remarks:
            text = "**Remarks of the grader**\n\n" + "\n".join(f"- {remark}" for remark in remarks)
            rebuilt.insert(0, new_markdown_cell(text))
        kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        nb.cells, nb.metadata = rebuilt, nbformat.from_dict({"kernelspec": kernel, "grading": {"remarks": remarks}})
        nb.nbformat, nb.nbformat_minor = 4, 5
        return nb, resources

    def written(self, nb, remarks):
        """The student's own cells as (position, cell), and where the cells that are not theirs stood."""
        cells, where, last, length = [], {}, {}, 0
        sanitize = SanitizeHTML().sanitize_html_tags
        for position, cell in enumerate(nb.cells):
            source = clean(str(cell.source))
            length += len(source)
            if length > MOST_TEXT:
                remarks.append(f"Only the first {position} of {len(nb.cells)} cells were read: it is too long.")
                break
            name = grade_id(cell)
            if name in self.sources and name not in self.solutions:  # a test or a hint: the gradebook's own is used
                where[name] = position
                continue
            if name in self.solutions:
                kind = self.sources[name][0]
            else:
                name, kind = None, cell.cell_type
            if kind == "code":
                own = new_code_cell(source)
            else:
                if len(source) > MOST_PROSE:
                    source = source[:MOST_PROSE]
                    remarks.append(f"A text was cut after {MOST_PROSE} characters.")
                own = new_markdown_cell(sanitize(source) if source != self.sources.get(name, (0, 0))[1] else source)
            if name in last:  # split or copied: code runs piece by piece; a text that is marked by hand is joined
                earlier = last[name]
                if kind == "markdown":
                    earlier.source = f"{earlier.source}\n\n{own.source}"
                    continue
                earlier.metadata = nbformat.from_dict({})
            if name:
                own.metadata = self.metadata(name)
                last[name] = own
                where[name] = position
            cells.append((position, own))
        missing = sorted((self.solutions | set(self.points)) - set(where))
        if missing and len(nb.cells):
            remarks.append(f"Cells were missing and have been restored empty: {', '.join(missing)}.")
        return cells, where

    def place_tests(self, cells, where):
        """Put each test after its task's last cell, or at the end; likewise texts that were deleted."""
        for name in self.points:
            if name in where and name in self.solutions:
                continue
            task = name.removeprefix("test-")
            spots = [where[other] for other in (name, task) if other in where]
            kind, source, _ = self.sources[name]
            cell = (new_code_cell if kind == "code" else new_markdown_cell)(source)
            cell.metadata = self.metadata(name)
            after = max(spots, default=len(cells) + MOST_CELLS) + 0.5
            cells.append((after, cell))
        cells.sort(key=lambda one: one[0])

    def metadata(self, name):
        kind, _, checksum = self.sources[name]
        grade, solution = name in self.points, name in self.solutions
        about = {
            "grade_id": name,
            "grade": grade,
            "solution": solution,
            "locked": grade and not solution,
            "task": False,
            "cell_type": kind,
            "checksum": checksum,
            "schema_version": 3,
        }
        return nbformat.from_dict({"nbgrader": about | ({"points": self.points[name]} if grade else {})})


def grade_id(cell):
    about = cell.metadata.get("nbgrader")
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else None


class Grade(NbGraderPreprocessor):
    """Runs the student's cells in the sandbox, in order; marks each test cell here, by what the sandbox answers."""

    cell_seconds = Float(
        20, help="of processor time, for a cell or a question of a test; three times as many by the clock"
    ).tag(config=True)
    total_seconds = Float(120, help="the same for a submission").tag(config=True)
    start_seconds = Float(60, help="for Python and its libraries to start").tag(config=True)
    memory = Integer(2048, help="MB of addresses").tag(config=True)
    folder = Integer(32, help="MB that a submission may write").tag(config=True)
    restarts = Integer(4, help="how often a submission that breaks its process is run again without the cell").tag(
        config=True
    )
    without = List([], help="modules that are kept from submissions").tag(config=True)
    disposable_machine = Bool(
        False, help="grade where submissions cannot be confined: nothing here is worth keeping"
    ).tag(config=True)

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        student, assignment = about["student"], about["assignment"]
        refuse_within_reach(self.parent.parent.coursedir.root)
        limits = Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__ if name != "files"})
        with Sandbox(limits, self.files(assignment, student), self.without) as sandbox:
            later = []
            for position, cell in enumerate(nb.cells):
                if cell.cell_type != "code":
                    continue
                if utils.is_grade(cell):
                    if self.mark(cell, sandbox, student, assignment).deferred:
                        later.append(cell)
                else:
                    self.run(cell, sandbox, position)
            for cell in later:  # what they asked for may have been defined further down
                self.mark(cell, sandbox, student, assignment)
        remarks = nb.metadata.grading.remarks
        nb.metadata.grading.update(
            seconds=round(sandbox.seconds, 2),
            memory=round(sandbox.memory),
            restarts=max(sandbox.restarts, 0),
            over=sandbox.over,
        )
        if sandbox.over:
            remarks.append(sandbox.over)
            nb.cells.insert(0, new_markdown_cell(f"**Remarks of the grader**\n\n- {sandbox.over}"))
        return nb, resources

    def files(self, assignment, student):
        """What lies in the folder of the run: the student's own small files, and the assignment's, which come first."""
        course = self.parent.parent.coursedir
        found = {}
        submitted = Path(course.format_path(course.submitted_directory, student, assignment))
        source = Path(course.format_path(course.source_directory, ".", assignment))
        total = 0
        for path in sorted(submitted.rglob("*")):
            name = path.relative_to(submitted)
            status = path.lstat()
            if (
                not stat.S_ISREG(status.st_mode)
                or path.suffix == ".ipynb"
                or any(part.startswith(".") for part in name.parts)
            ):
                continue
            total += status.st_size
            if len(found) < OWN_FILES and total < OWN_BYTES:
                found[str(name)] = path
        for path in source.rglob("*"):
            if path.is_file() and path.suffix != ".ipynb" and "__pycache__" not in path.parts:
                found[str(path.relative_to(source))] = path
        return found | {BENCH: Path(course.root) / BENCH}

    def run(self, cell, sandbox, position):
        outcome = sandbox.run(position, cell.source)
        cell.outputs = []
        if outcome.text:
            cell.outputs.append(new_output("stream", name="stdout", text=printable(outcome.text)))
        for picture in outcome.pictures:
            if is_png(picture):
                cell.outputs.append(new_output("display_data", data={"image/png": picture}, metadata={}))
        if outcome.error:
            lines = printable(outcome.error).strip().splitlines()
            name, _, value = lines[-1].partition(":")
            cell.outputs.append(new_output("error", ename=name[:100], evalue=value[:1000], traceback=lines))

    def mark(self, cell, sandbox, student, assignment):
        """Runs a test cell. It is the instructor's, and sees the student's work through `ask` alone."""
        name, maximum = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
        marking = Marking(sandbox.ask, student, seed=f"{assignment}/{name}/{student}")
        exec(
            compile(cell.source, f"<{name}>", "exec"),
            marking.names() | {"__name__": "tests", **self.modules(assignment)},
        )
        score = min(maximum, round(marking.share * maximum, 4))
        before = [output for output in cell.outputs if output.output_type == "execute_result"]
        if not before or float(before[0].data["text/plain"]) <= score:
            cell.outputs = [
                new_output("stream", name="stdout", text=printable(marking.report(maximum))),
                new_output("execute_result", data={"text/plain": str(score)}, metadata={}, execution_count=1),
            ]
        return marking

    def modules(self, assignment):
        """The assignment's own modules (lab.py), as its source has them, for the tests."""
        course = self.parent.parent.coursedir
        source = Path(course.format_path(course.source_directory, ".", assignment))
        return load_modules(source)


def load_modules(source):
    """Every module of a folder, loaded anew under its own name, and importable by that name in the tests."""
    import importlib.util
    import sys

    loaded = {}
    for path in sorted(source.glob("*.py")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        module = sys.modules.get(path.stem)
        if getattr(module, "__digest__", None) != digest:
            spec = importlib.util.spec_from_file_location(path.stem, path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            module.__digest__ = digest
            sys.modules[path.stem] = module
        loaded[path.stem] = module
    return loaded


def clean(text):
    """Without halves of characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def printable(text):
    """Without the control characters that a terminal or a database would act on."""
    text = clean(text)
    return re.sub(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]", "�", re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)).replace(
        "\x1b", "�"
    )


def is_png(text):
    try:
        return len(text) < 2_000_000 and base64.b64decode(text, validate=True).startswith(b"\x89PNG\r\n")
    except ValueError:
        return False


def add_bench(assignment, student, notebooks):
    """Into a release, what the benches of all assignments have in common."""
    for notebook in notebooks:
        course = Path(notebook).parents[2]
        shutil.copy(course / BENCH, course / "release" / assignment)


def remove_links(assignment, student, notebooks):
    """nbgrader copies every file of a submission, and would follow a link out of it. Before it does, links are removed."""
    for folder in {os.path.dirname(notebook) for notebook in notebooks}:
        for path in Path(folder).rglob("*"):
            if not stat.S_ISREG(path.lstat().st_mode) and not (path.is_dir() and not path.is_symlink()):
                if path.suffix != ".ipynb":
                    path.unlink()


class LateByDay(LateSubmissionPlugin):
    """A share of the marks is lost with each day begun; none unless the course says so."""

    share_per_day = Float(0.0, help="0.1 takes 10 % of the marks for each day begun").tag(config=True)

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        days = -(-total_seconds_late // 86400)
        return min(1.0, self.share_per_day * days) * score or None
