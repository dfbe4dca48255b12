"""No search for garbage while the book is built: it took a quarter of the time, and a build ends soon.

With Python's collector off, a build of all pages needs 1 GB of memory instead of 0.4. Notebooks run in processes of
their own, which keep theirs.
"""

import gc


def setup(app):
    gc.disable()
    return {"parallel_read_safe": True, "parallel_write_safe": True}
