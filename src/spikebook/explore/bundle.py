"""The explorers' front end as one file: for a page (a script) and for a kernel's widget (a module).

The files in `js/` are ordinary modules that import from one another, so that editors and linters understand them. To
run from `file://`, inside JupyterLab and in a page with one request, they are joined here in an order in which
each stands behind what it imports, without their `import` and `export` words and without lines of comment, which every
notebook would carry.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from .. import theme

FOLDER = Path(__file__).parent


@cache
def _joined():
    files = {path.name: path.read_text() for path in sorted((FOLDER / "js").glob("*.js"))}
    imports = r'^import \{[^}]*\} from "\./([\w.-]+)";\n'
    order = []
    while waiting := [name for name in files if name not in order]:
        ready = [name for name in waiting if set(re.findall(imports, files[name], re.M)) <= set(order)]
        if not ready:
            raise ValueError(f"these modules import one another in a circle: {', '.join(waiting)}")
        order += ready
    texts = (re.sub(imports, "", files[name], flags=re.M) for name in order)
    joined = "\n".join(re.sub(r"^export |^ *//.*\n", "", text, flags=re.M) for text in texts)
    names = Counter(re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", joined, re.M))
    if twice := [name for name, count in names.items() if count > 1]:
        raise ValueError(
            f"joined, the modules of js/ share one scope: rename {', '.join(twice)} in all but one of them"
        )
    return joined


def page_script():
    """A classic script that brings every explorer on its page to life."""
    return f'(() => {{\n"use strict";\n{_joined()}\nbringToLife(document);\n}})();\n'


def widget_module():
    """A module for anywidget: `render({ model, el })`."""
    return f"{_joined()}\nexport default {{ render }};\n"


def stylesheet():
    """What explorers look like, on a page and in a notebook, in the theme's colours."""
    return theme.css() + (FOLDER / "explorer.css").read_text()
