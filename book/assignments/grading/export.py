"""Marks as a table for a learning-management system: a row for each student, a column for each assignment."""

import csv

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin

ABOUT = ("student_id", "last_name", "first_name", "email")


class Marks(ExportPlugin):
    """`nbgrader export --exporter=grading.export.Marks --to=marks.csv`. What was not handed in is empty, not 0."""

    def export(self, gradebook):
        with open(self.to or "marks.csv", "w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            assignments = [one for one in gradebook.assignments if not self.assignment or one.name in self.assignment]
            table.writerow([*ABOUT, *(f"{one.name} (of {one.max_score:g})" for one in assignments)])
            for student in gradebook.students:
                if not self.student or student.id in self.student:
                    marks = [self.mark(gradebook, one.name, student.id) for one in assignments]
                    about = (student.id, student.last_name, student.first_name, student.email)
                    table.writerow(["" if value is None else value for value in (*about, *marks)])

    def mark(self, gradebook, assignment, student):
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return None
        return round(max(0.0, submission.score - (submission.late_submission_penalty or 0.0)), 2)


def read(path):
    """The table again: {student: {assignment: marks, or None}}."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in (rows[0] if rows else {}) if name not in ABOUT]
    names = {column: column.rpartition(" (of ")[0] for column in columns}
    return {
        row["student_id"]: {names[column]: float(row[column]) if row[column] else None for column in columns}
        for row in rows
    }
