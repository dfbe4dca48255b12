"""A traceback is never published: not in an output, and not in the state of a widget.

A failing cell already stops the build. An exception can also be caught on its way, by an `ipywidgets.Output` or by a
cell that is allowed to fail, and would then be printed on the page. Each one found is a warning, and
`make book` stops at warnings.
"""

import json
from pathlib import Path

from sphinx.util import logging

logger = logging.getLogger(__name__)

SIGN = "Traceback (most recent call last)"
WIDGETS = "application/vnd.jupyter.widget-state+json"


def has_traceback(value):
    """Whether an error or the text of a traceback is anywhere in a value read from JSON."""
    if isinstance(value, dict):
        return value.get("output_type") == "error" or any(map(has_traceback, value.values()))
    if isinstance(value, list):
        return any(map(has_traceback, value))
    return isinstance(value, str) and SIGN in value


def tracebacks(notebook):
    """Where an executed notebook shows tracebacks, in words."""
    for number, cell in enumerate(notebook["cells"], start=1):
        if has_traceback(cell.get("outputs", [])):
            yield f"the output of cell {number} contains a traceback"
    widgets = notebook["metadata"].get("widgets", {}).get(WIDGETS, {}).get("state", {})
    for widget in widgets.values():
        if has_traceback(widget):
            yield f"the state of a widget ({widget['model_name']}) contains a traceback"


def check_notebooks(app, env):
    for docname in env.found_docs:
        executed = Path(env.mystnb_config.output_folder) / f"{docname}.ipynb"
        if executed.exists():
            for complaint in tracebacks(json.loads(executed.read_text(encoding="utf-8"))):
                logger.warning(complaint, location=docname, type="gate")


def setup(app):
    app.connect("env-check-consistency", check_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
