"""One page for an assignment: how the marks are spread, and which tasks were hardest, from the gradebook."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402


def table(gradebook, assignment):
    """({student: share of the marks}, {task: mean share}), of what was handed in and marked."""
    students, tasks = {}, {}
    for submission in gradebook.assignment_submissions(assignment):
        students[submission.student.id] = submission.score / submission.max_score if submission.max_score else 0.0
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                if not grade.needs_manual_grade and grade.max_score:
                    tasks.setdefault(grade.name.removeprefix("test-"), []).append(grade.score / grade.max_score)
    return students, {task: float(np.mean(shares)) for task, shares in tasks.items()}


def draw(gradebook, assignment, to):
    students, tasks = table(gradebook, assignment)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=(1, 1.2), layout="constrained")
    left.hist(
        [100 * share for share in students.values()], bins=np.arange(0, 101, 10), color="#4477aa", edgecolor="white"
    )
    left.set(xlabel="marks (% of all)", ylabel="students", title=f"{len(students)} submissions")
    left.yaxis.get_major_locator().set_params(integer=True)
    ordered = sorted(tasks, key=tasks.get, reverse=True)
    right.barh(ordered, [100 * tasks[task] for task in ordered], color="#4477aa")
    right.set(xlabel="mean marks (% of the task's)", xlim=(0, 100), title="Hardest tasks at the top")
    figure.suptitle(assignment.replace("_", " "))
    to.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(to)
    plt.close(figure)
    return to
