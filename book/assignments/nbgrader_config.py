"""The course's settings: for nbgrader's own commands as for `python -m grading`. See README.md."""

import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
# nbgrader starts `alembic` by its bare name, which is beside this Python even where no environment was activated.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")

from grading.preprocessors import (  # noqa: E402
    DropInstructorCells,
    Grade,
    LateByDay,
    Page,
    Reader,
    Rebuild,
    add_bench,
    remove_links,
)
from nbgrader.preprocessors import (  # noqa: E402
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    GetGrades,
    LockCells,
    SaveAutoGrades,
    SaveCells,
)

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "spikebook"
c.CourseDirectory.root = here

# The release: as nbgrader makes it, without the cells for instructors.
c.GenerateAssignment.preprocessors = [
    DropInstructorCells,
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]
c.ClearSolutions.code_stub = {"python": "# Your code here.\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "*Your answer here.*"
c.GenerateAssignment.post_convert_hook = add_bench

# Grading: nothing of a submission runs in nbgrader's own process.
c.Autograde.exporter_class = Reader
c.Autograde.sanitize_preprocessors = [Rebuild]
c.Autograde.autograde_preprocessors = [Grade, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
c.Autograde.pre_convert_hook = remove_links
c.Grade.cell_seconds = 20
c.Grade.total_seconds = 120
c.Grade.memory = 2048
c.Grade.without = ["spikebook"]

# Late work: 0.1 would take 10 % of the marks for each day begun.
c.AssignLatePenalties.plugin_class = LateByDay
c.LateByDay.share_per_day = 0.0

# Feedback shows what the tests said, and not the tests.
c.GenerateFeedback.preprocessors = [ClearHiddenTests, GetGrades]
c.GenerateFeedback.exporter_class = Page
