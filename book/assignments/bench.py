"""What the benches of all assignments have in common: numbers of one's own, and hints.

You need not read this file, and changing it changes nothing: grading uses its own copy.
"""

import hashlib

import numpy as np


def numbers(assignment, what, student_id):
    """A random generator that belongs to one student and one purpose, whenever and wherever it is made."""
    text = f"{assignment}/{what}/{str(student_id).strip().lower()}"
    return np.random.default_rng(list(hashlib.sha256(text.encode()).digest()))


def hint(task, *questions):
    """Say the first thing that is wrong, or that nothing was found. A question is (what to compute, what to say or "")."""
    for compute, remark in questions:
        try:
            value = compute()
            said = remark(value)
        except NotImplementedError:
            said = "not done yet."
        except Exception as problem:  # a student's function may raise anything
            said = f"it raised {type(problem).__name__}: {problem}"
        if said:
            print(f"{task}: {said}")
            return
    print(f"{task}: no mistake found here. The graded tests look further.")
