"""Numbers in the prose come from the code: {eval}`numbers.onset` shows what a cell stored with `numbers.onset = ...`.

In JupyterLab the role asks the running kernel. In the book it takes the text that `spikebook.Numbers` left among the
outputs; a name that no cell stored is a warning.
"""

from myst_nb.ext.glue.roles import PasteTextRole


def setup(app):
    app.add_role("eval", PasteTextRole(), override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
