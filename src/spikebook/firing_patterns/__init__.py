"""Firing patterns: the twenty of one figure, when each deserves its name, and which other neurons can do them.

patterns      the twenty neurons and currents of the figure
criteria      when a response is the pattern
repertoire    the same patterns in other models
"""

from . import repertoire
from .criteria import CRITERIA, judged
from .patterns import ACCOMMODATING, CLASS_1, PATTERNS

__all__ = ["ACCOMMODATING", "CLASS_1", "CRITERIA", "PATTERNS", "judged", "repertoire"]
