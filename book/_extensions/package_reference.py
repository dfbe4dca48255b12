"""The docstrings of the package: sentences as prose, tables of arguments as lists, equations in their columns, and the
examples that the tests run."""

import re

# A line of a table: what, at least two spaces, its meaning, with no third column.
ROW = re.compile(r"(\S(?:\S| (?! ))*) {2,}((?:\S| (?! ))*)$")


def typeset(app, what, name, obj, options, lines):
    """Turn a docstring of plain text into reStructuredText."""
    blocks = []
    for paragraph in "\n".join(lines).strip().split("\n\n"):
        if paragraph.lstrip().startswith(">>>"):
            blocks.append(code("pycon", paragraph))
        elif table := listed(paragraph.split("\n")):
            blocks.append(table)
        elif paragraph.startswith(" ") or "   " in paragraph:
            blocks.append(code("text", paragraph))
        else:
            blocks.append(prose(paragraph))
    lines[:] = "\n\n".join(blocks).split("\n")


def prose(text):
    """Names in backticks and words in straight quotes as code, references as links, and no other markup."""
    parts = re.split(r"(`[^`]+`|(?<![\w=])\"\w+\"|doi:10\.\S+[^\s.,;)])", text)
    return "".join(marked(part) if k % 2 else re.sub(r"([\\*|_])", r"\\\1", part) for k, part in enumerate(parts))


def marked(part):
    if part.startswith("doi:"):
        return f"`{part} <https://doi.org/{part[4:]}>`__"
    return f"``{part.strip('`')}``"


def code(language, paragraph):
    return f".. code-block:: {language}\n\n{indented(paragraph)}"


def indented(text):
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


def listed(rows):
    """A table as a definition list, or nothing where its columns say more than that."""
    margin = min(len(row) - len(row.lstrip()) for row in rows)
    items = []
    for row in (row[margin:] for row in rows):
        if row.startswith(" ") and items:
            items[-1][1] += " " + row.strip()
        elif match := ROW.match(row):
            items.append([match[1], match[2]])
        else:
            return None
    return "\n".join(f"``{what}``\n{indented(prose(meaning))}" for what, meaning in items)


def leave_out(app, what, name, obj, skip, options):
    """Fields of a tuple are in its docstring already; Python's own words on them say nothing."""
    return skip or (getattr(obj, "__doc__", None) or "").startswith("Alias for field number")


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.config.autodoc_default_options = {"members": True, "member-order": "bysource"}
    app.config.autodoc_preserve_defaults = True
    app.config.autodoc_typehints = "none"
    app.config.toc_object_entries = False
    app.config.add_module_names = False
    app.connect("autodoc-process-docstring", typeset)
    app.connect("autodoc-skip-member", leave_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
