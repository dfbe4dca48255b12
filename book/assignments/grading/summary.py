"""One page for an assignment: how the marks are spread, and which tasks were hardest, from the gradebook."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402


def table(gradebook, assignment):
    """({student: share of the marks}, {task: mean share, of those that are marked}, {task: how many wait for a reader})."""
    students, tasks, waiting = {}, {}, {}
    for submission in gradebook.assignment_submissions(assignment):
        students[submission.student.id] = submission.score / submission.max_score if submission.max_score else 0.0
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                task = grade.name.removeprefix("test-")
                if grade.needs_manual_grade:
                    waiting[task] = waiting.get(task, 0) + 1
                elif grade.max_score:
                    tasks.setdefault(task, []).append(grade.score / grade.max_score)
    return students, {task: float(np.mean(shares)) for task, shares in tasks.items()}, waiting


def draw(gradebook, assignment, to):
    students, tasks, waiting = table(gradebook, assignment)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=(1, 1.2), layout="constrained")
    shares = [100 * share for share in students.values()]
    left.hist(shares, bins=np.arange(0, 101, 10), color="#4477aa", edgecolor="white")
    left.set(xlabel="marks (% of all)", ylabel="students", title=f"{len(students)} submissions")
    left.yaxis.get_major_locator().set_params(integer=True)
    read = sorted((task for task in tasks if task not in waiting), key=tasks.get, reverse=True)
    right.barh(read, [100 * tasks[task] for task in read], color="#4477aa")
    right.set(xlabel="mean marks (% of the task's)", xlim=(0, 100), title="Hardest tasks at the top")
    if waiting:
        left.set_title(f"{len(students)} submissions; {sum(waiting.values())} answers wait for a reader")
    figure.suptitle(assignment.replace("_", " "))
    to.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(to)
    plt.close(figure)
    return to
