"""What a test cell is written with.

    with part(3, "calcium"):                                  # 3 points, all or none; what went wrong is said and the next part runs
        E = ask(f"nernst(2, {outside}, {inside}, 20.0)")      # asks the student's process
        check(E, expected, rel=1e-3, unit="mV", mistakes={"The temperature is in kelvin: add 273.15.": wrong})
        require(E > 0, "Calcium is crowded outside: ...")

`mistakes` holds what a typical mistake would have given; the sentence is said when the answer agrees with it. `rng` draws inputs, the
same for a student at each grading; `student()` is who handed in, `claimed()` the id that the notebook names. The cell's points are nbgrader's; a part's are its share of them.
"""

import contextlib
import hashlib
import math

import numpy as np

from .sandbox import Unanswered


class Wrong(Exception):
    """A check that failed, and what to tell the student."""


class Marking:
    def __init__(self, ask, student, seed):
        self._ask, self._student, self.parts = ask, student, []
        self.rng = np.random.default_rng(list(hashlib.sha256(seed.encode()).digest()))
        self.asked = None
        self.deferred = False  # a name was asked for that is not there yet

    def names(self):
        """What a test cell finds defined."""
        common = {"ask": self.ask, "part": self.part, "check": check, "require": require}
        return common | {"rng": self.rng, "student": self.student, "claimed": self.claimed, "Wrong": Wrong, "np": np}

    def ask(self, expression):
        if self.asked is None:
            raise RuntimeError(f"ask({expression!r}) stands outside a part, where no answer costs the whole cell")
        self.asked = expression
        try:
            return self._ask(expression)
        except Unanswered as problem:
            self.deferred |= problem.missing
            reason = str(problem).strip()
            if "NotImplementedError" in reason:
                raise Wrong("Not done yet.") from None
            raise Wrong(f"`{expression}` gave no answer.\n{reason}") from None

    def student(self):
        return self._student

    def claimed(self):
        """The id that the notebook names, which need not be the student's."""
        try:
            return str(self._ask("str(student_id)"))
        except Unanswered:
            return self._student

    @contextlib.contextmanager
    def part(self, points, title):
        self.asked = ""  # the last question, of a part that is being marked
        try:
            yield
        except Wrong as problem:
            self.parts.append((points, title, str(problem)))
        except Exception as problem:  # an answer of a form that the test did not think of
            form = (
                f"The answer to `{self.asked}` has a form that cannot be marked ({type(problem).__name__}: {problem})."
            )
            self.parts.append((points, title, form[:600]))
        else:
            self.parts.append((points, title, ""))
        finally:
            self.asked = None

    @property
    def share(self):
        """Of the cell's points."""
        total = sum(points for points, _, _ in self.parts)
        return sum(points for points, _, wrong in self.parts if not wrong) / total if total else 0.0

    def report(self, maximum=None):
        """A line for each part, scaled to the cell's maximum."""
        total = sum(points for points, _, _ in self.parts)
        scale = (maximum / total) if maximum is not None and total else 1.0
        lines = []
        for points, title, wrong in self.parts:
            points = points * scale
            lines.append(f"{'✗' if wrong else '✓'} {0 if wrong else points:.3g} of {points:.3g}: {title}")
            lines += [f"    {line}" for line in wrong.splitlines()]
        return "\n".join(lines)


def require(condition, message):
    if not condition:
        raise Wrong(message)


def check(value, expected, rel=1e-6, abs=1e-9, unit="", mistakes=None, name="The answer"):
    """Wrong, with a reason that points to the mistake, unless the value is as expected."""
    unit = f" {unit}" if unit else ""
    if isinstance(expected, str):
        if isinstance(value, str) and value.strip().lower() == expected:
            return
        for sentence, wrong in (mistakes or {}).items():
            require(not (isinstance(value, str) and value.strip().lower() == wrong), sentence)
        raise Wrong(f"{name} is {value!r}, and that is not right.")
    require(value is not None, f"{name} is None: does the function end with `return`?")
    require(not isinstance(value, (bool, str)), f"{name} is {value!r}, not a number.")
    try:
        found, right = np.asarray(value, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise Wrong(f"{name} is no number or list of numbers.") from None
    if found.shape != right.shape and found.size == right.size == 1:
        found, right = found.reshape(()), right.reshape(())
    require(not np.isnan(found).any(), f"{name} is not a number (NaN) somewhere.")
    if found.shape == right.shape and agree(found, right, rel, abs):
        return
    for sentence, wrong in (mistakes or {}).items():
        if np.shape(wrong) == found.shape and agree(found, np.asarray(wrong, dtype=float), rel, abs):
            raise Wrong(f"{sentence}{shown(found, unit)}")
    if found.shape != right.shape:
        raise Wrong(f"{name} has {describe(found)}; expected {describe(right)}.")
    raise Wrong(f"{name} is not right{shown(found, unit)} {tendency(found, right, rel, abs)}".rstrip())


def agree(found, right, rel, abs):
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(found - right) <= np.maximum(rel * np.abs(right), abs)))


def describe(array):
    return "one value" if array.ndim == 0 else f"{' x '.join(map(str, array.shape))} values"


def shown(found, unit):
    return f" (You have {float(found):.6g}{unit}.)" if found.ndim == 0 else "."


def tendency(found, right, rel, abs):
    """What kind of error it is, without the answer. However loose `abs` is, a kind must fit to a tenth of the largest value."""
    fit = min(abs, 0.1 * float(np.max(np.abs(right), initial=0.0)))
    if agree(-found, right, rel, fit):
        return "Its size is right and its sign is wrong."
    for power in (3, -3, 6, -6, 9, -9, 1, -1, 2, -2, 4, -4, 8, -8):
        if agree(found / 10.0**power, right, min(max(rel, 0.01), 0.1), fit):
            size = f"{10 ** math.fabs(power):,.0f} times too {'large' if power > 0 else 'small'}"
            return f"It is {size}: which units are meant?"
    if agree(1 / np.where(found == 0, np.nan, found), right, rel, fit):
        return "It is upside down: the inverse would be right."
    if found.ndim:
        wrong = np.abs(found - right) > np.maximum(rel * np.abs(right), abs)
        first = ", ".join(map(str, np.unravel_index(np.argmax(wrong), wrong.shape)))
        return f"The first difference is at index {first}."
    return "It is too large." if found > right else "It is too small."
