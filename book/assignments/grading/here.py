"""The tests in the source notebook, where they ask the notebook's own kernel and a part that fails stops it."""

import contextlib

import __main__

from . import marking
from .plain import NotPlain, pack, unpack
from .sandbox import Unanswered


def _ask(expression):
    try:
        return unpack(pack(eval(expression, __main__.__dict__)))
    except NotPlain as problem:
        raise Unanswered(str(problem)) from None


_marking = marking.Marking(_ask, student="", seed="here")
ask, check, require, rng, Wrong = _marking.ask, marking.check, marking.require, _marking.rng, marking.Wrong


def student():
    return __main__.student_id


claimed = student


@contextlib.contextmanager
def part(points, title):
    _marking.asked = title
    yield
    _marking.asked = None
    print(f"✓ {points}: {title}")
