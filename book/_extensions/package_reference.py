"""The page of the package, made from its docstrings: sentences as prose, tables of arguments as lists, equations in their
columns, names as links, and the examples that the tests run, with the imports that let a reader run them too.

    .. modules::                a table of the modules: what each is for, and its chapter
    .. models::                 a table of the models
    .. reference:: synapses     a module: its docstring, its constants and its entries; of a package, part by part

What a module shows is what it has in `__all__`, or else its own functions and classes that have a docstring.
"""

import ast
import builtins
import doctest
import importlib
import inspect
import re
import sys
from functools import cache

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

import spikebook

# The modules in the page's order, each with its chapters.
CHAPTERS = {
    "stimuli": [],
    "hodgkin_huxley": ["hodgkin_huxley_circuit", "hodgkin_huxley_neuron"],
    "added_currents": ["choosing_a_model", "refractory_period"],
    "reduced_models": ["choosing_a_model"],
    "izhikevich": ["izhikevich_model"],
    "membrane_potential": ["membrane_potential"],
    "permeability": ["membrane_potential"],
    "receptive_fields": ["receptive_fields"],
    "action_potential": ["action_potential"],
    "synapses": ["synapses"],
    "refractory_period": ["refractory_period"],
    "voltage_clamp": ["hodgkin_huxley_circuit"],
    "channel_noise": ["hodgkin_huxley_circuit"],
    "phase_plane": ["choosing_a_model"],
    "choosing_a_model": ["choosing_a_model"],
    "spike_trains": ["spike_trains"],
    "izhikevich_model": ["izhikevich_model"],
    "firing_patterns": ["firing_patterns"],
    "first_network": ["first_network"],
    "balanced_network": ["first_network"],
    "live_network": ["first_network"],
    "toward_learning": ["toward_learning"],
    "plots": [],
    "explore": [],
}
# Of these every function is an equation, and one without a docstring says it in its code.
EQUATIONS = {
    "hodgkin_huxley", "added_currents", "reduced_models", "izhikevich", "membrane_potential", "permeability",
    "firing_patterns.patterns",
}  # fmt: skip
# What the page describes beside them, by name, in its own blocks.
BESIDE = ["sweeps.Sweep", "sweeps.Failure", "experiments.Experiment", "experiments.Comparison"]
BESIDE_MODULES = ["methods", "model", "sweeps", "experiments"]
USUAL = {"np": "import numpy as np", "plt": "import matplotlib.pyplot as plt", "sb": "import spikebook as sb"}
LONGEST = 8  # lines of a constant that are still shown

# A line of a table: what, at least two spaces, its meaning, with no third column.
ROW = re.compile(r"(\S(?:\S| (?! ))*) {2,}((?:\S| (?! ))*)$")
PARTS = re.compile(r"(`[^`]+`|\b\w+=\"\w+\"|(?<!\w)\"\w+\"|doi:10\.\S*[^\s.,;:)])")


# ---- what is shown


def module(name):
    return importlib.import_module(f"spikebook.{name}")


def described(one):
    return inspect.isroutine(one) or inspect.isclass(one)


def parts(name):
    """The modules that a module's entries come from: itself, those that its docstring lists, and others in its `__all__`."""
    whole = module(name)
    exported = [getattr(whole, key) for key in getattr(whole, "__all__", ())]
    homes = [
        one if inspect.ismodule(one) else sys.modules[one.__module__]
        for one in exported
        if inspect.ismodule(one) or described(one)
    ]
    listed = re.findall(r"^(\w+) {2,}\S", whole.__doc__, re.MULTILINE) if hasattr(whole, "__path__") else []
    listed = [sys.modules[f"{whole.__name__}.{key}"] for key in listed if f"{whole.__name__}.{key}" in sys.modules]
    return list(dict.fromkeys([whole, *listed, *homes]))


def entries(whole, part):
    """(full name, object) of every function and class of `part` that is shown with the module `whole`."""
    own = {
        key: one
        for key, one in vars(part).items()
        if described(one) and getattr(one, "__module__", None) == part.__name__
    }
    exported = set(getattr(whole, "__all__", own))
    alone = whole is part or part in [getattr(whole, key, None) for key in exported]  # a module of its own
    equations = part.__name__.removeprefix("spikebook.") in EQUATIONS
    for key, one in own.items():
        if getattr(whole, key, None) is one and key in exported and whole is not part:
            yield f"{whole.__name__}.{key}", one
        elif key.startswith("_") or not (one.__doc__ or equations):
            continue
        elif (
            key in getattr(part, "__all__", ())
            or not hasattr(part, "__all__")
            and (alone or equations or inspect.isclass(one) and part.__name__.startswith(whole.__name__))
        ):
            yield f"{part.__name__}.{key}", one


@cache
def places():
    """The full name of every function and class on the page, and the modules on it."""
    named = {getattr(spikebook, key): f"spikebook.{key}" for key in spikebook.__all__ if key[0].isupper()}
    named |= {getattr(spikebook, key): f"spikebook.{key}" for key in ("simulate", "simulate_population", "sweep")}
    modules = [module(name) for name in BESIDE_MODULES]
    for name in BESIDE:
        home, _, key = name.rpartition(".")
        named[getattr(module(home), key)] = f"spikebook.{name}"
    for name in CHAPTERS:
        for part in parts(name):
            modules.append(part)
            named |= {one: full for full, one in entries(module(name), part)}
    return named, modules


def constants(part, shown, tables):
    """The lines of code that give values to constants: those that are exported or named in what is shown, and tables."""
    lines = inspect.getsource(part).split("\n")
    for statement in ast.parse("\n".join(lines)).body:
        if not isinstance(statement, ast.Assign) or statement.end_lineno - statement.lineno >= LONGEST:
            continue
        names = [one.id for one in ast.walk(statement.targets[0]) if isinstance(one, ast.Name)]
        values = [getattr(part, name) for name in names]
        if not all(re.fullmatch(r"[A-Z][A-Z_\d]*", name) for name in names) or not all(map(plain, values)):
            continue
        exported = set(names) & set(getattr(part, "__all__", ()))
        if (
            exported
            or tables
            and any(isinstance(one, dict) for one in values)
            or any(re.search(rf"\b{x}\b", shown) for x in names)
        ):
            first = statement.lineno - 1
            while first and lines[first - 1].startswith("# ") and not lines[first - 1].startswith("# ----"):
                first -= 1
            yield from lines[first : statement.end_lineno]


def plain(value):
    """Whether a value is made of numbers and words."""
    if isinstance(value, dict):
        return all(map(plain, value.values()))
    if isinstance(value, tuple | list):
        return all(map(plain, value))
    return isinstance(value, int | float | str | type(None))


# ---- directives


class Generated(SphinxDirective):
    """A directive that stands for other text."""

    has_content = False

    def run(self):
        node = nodes.section()
        node.document = self.state.document
        self.state.nested_parse(StringList("\n".join(self.text()).split("\n"), self.get_source_info()[0]), 0, node)
        return node.children


class Reference(Generated):
    required_arguments = 1

    def text(self):
        name = self.arguments[0]
        whole = module(name)
        if CHAPTERS[name]:
            yield f"Chapter: {', '.join(chapter(one) for one in CHAPTERS[name])}.\n"
        for part in parts(name):
            if part is not whole:
                yield f".. rubric:: ``{part.__name__.removeprefix('spikebook.')}``\n"
            yield f".. automodule:: {part.__name__}\n   :no-members:\n"
            described = list(entries(whole, part))
            shown = "\n".join([part.__doc__, *(f"{one.__doc__}{signature(one)}" for _, one in described)])
            if lines := list(constants(part, shown, part is whole)):
                yield code("python", "\n".join(lines)) + "\n"
            for full, one in described:
                yield f".. auto{'class' if inspect.isclass(one) else 'function'}:: {full}\n"


class Modules(Generated):
    def text(self):
        yield ".. list-table::\n   :header-rows: 1\n   :widths: auto\n   :class: names\n"
        yield "   * - module\n     - what it is for\n     - chapter"
        for name, chapters in CHAPTERS.items():
            purpose = re.split(r"(?<=\.) ", " ".join(module(name).__doc__.split("\n\n")[0].split()))[0]
            yield f"   * - :py:mod:`{name} <spikebook.{name}>`\n     - {prose(purpose)}"
            yield f"     - {', '.join(chapter(one) for one in chapters) or 'all'}"


class Models(Generated):
    def text(self):
        yield ".. list-table::\n   :header-rows: 1\n   :widths: auto\n   :class: names\n"
        yield "   * - model\n     - state\n     - current in\n     - method\n     - largest step, ms"
        seen = []
        for name in CHAPTERS:
            for key, model in vars(module(name)).items():
                if isinstance(model, spikebook.Model) and not any(model is one for one in seen):
                    seen.append(model)
                    step = model.largest_step
                    steps = (
                        f"{step:g}" if not hasattr(step, "items") else ", ".join(f"{m} {h:g}" for m, h in step.items())
                    )
                    yield f"   * - ``{name}.``\\ ``{key}``\n     - {', '.join(model.state)}\n     - {model.current_unit or 'no unit'}"
                    yield f"     - ``{model.method}``\n     - {prose(steps.replace('inf', 'any'))}"


def chapter(name):
    return f":doc:`/book/{name}`"


def signature(one):
    """The parameters of a function or class as its code has them, with the names of constants."""
    try:
        source = inspect.getsource(one.__init__ if inspect.isclass(one) and inspect.isfunction(one.__init__) else one)
    except (OSError, TypeError):
        return ""
    return source.partition('"""')[0]


# ---- docstrings


def typeset(app, what, name, obj, options, lines):
    """Turn a docstring of plain text into reStructuredText."""
    here = Names(name, obj)
    if not any(lines) and inspect.isfunction(obj):
        lines[:] = in_code(obj).split("\n")
        return
    blocks = []
    for paragraph in "\n".join(lines).strip().split("\n\n"):
        if paragraph.lstrip().startswith(">>>"):
            blocks.append(code("pycon", here.with_imports(paragraph)))
        elif table := listed(paragraph.split("\n"), here):
            blocks.append(table)
        elif paragraph.startswith(" ") or "   " in paragraph:
            blocks.append(code("text", paragraph))
        else:
            blocks.append(prose(paragraph, here))
    lines[:] = "\n\n".join(blocks).split("\n")


class Names:
    """What names mean in the docstring of an object that the page shows under a full name."""

    def __init__(self, full, obj):
        self.full, self.obj = full, obj
        self.home = obj if inspect.ismodule(obj) else sys.modules.get(getattr(obj, "__module__", None), spikebook)
        self.known = set()
        try:
            self.arguments = set(inspect.signature(obj).parameters)
        except (TypeError, ValueError):
            self.arguments = set()

    def link(self, text):
        """A role that leads to what `text` names, or nothing."""
        if not re.fullmatch(r"[A-Za-z_][\w.]*", text) or text in self.arguments:
            return None
        named, modules = places()
        for start in (self.home, spikebook, sys.modules.get(self.home.__name__.rpartition(".")[0])):
            found, above = start, None
            for key in text.removeprefix("sb.").removeprefix("spikebook.").split("."):
                above, found = found, getattr(found, key, None) if found is not None else None
            if inspect.ismodule(found) and found in modules and found is not self.obj:
                return f":py:mod:`{text} <{found.__name__}>`"
            if described(found):
                if found in named and named[found] != self.full:
                    return f":py:obj:`{text} <{named[found]}>`"
                if inspect.isclass(above) and above in named and found.__doc__:
                    return f":py:obj:`{text} <{named[above]}.{text.rpartition('.')[2]}>`"
        return None

    def with_imports(self, paragraph):
        """An example with the imports on top that it needs to run by itself, after those of the docstring before it."""
        source = "".join(example.source for example in doctest.DocTestParser().get_examples(paragraph))
        margin = re.match(" *", paragraph)[0]
        lines = [f"{margin}>>> {line}" for line in self.imports(source)]
        return "\n".join([*lines, paragraph])

    def imports(self, source):
        tree = list(ast.walk(ast.parse(source)))
        loaded = [one.id for one in tree if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
        self.known |= {one.id for one in tree if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        self.known |= {one.arg for one in tree if isinstance(one, ast.arg)}
        self.known |= {one.name for one in tree if isinstance(one, ast.FunctionDef)}
        self.known |= {one.asname or one.name for one in tree if isinstance(one, ast.alias)}
        needed = [name for name in dict.fromkeys(loaded) if name not in self.known and not hasattr(builtins, name)]
        self.known |= set(needed)
        origins = {}
        for name in sorted(needed):
            if name not in USUAL:
                origins.setdefault(self.origin(name), []).append(name)
        return [
            *(USUAL[name] for name in sorted(set(needed) & set(USUAL))),
            *(f"from {place} import {', '.join(names)}" for place, names in sorted(origins.items())),
        ]

    def origin(self, name):
        """The module from which a reader imports a name of an example."""
        one = getattr(self.home, name)  # an example whose names are not its module's would fail as a test
        if described(one):
            return places()[0].get(one, f"{one.__module__}.").rpartition(".")[0]
        above = sys.modules.get(self.home.__name__.rpartition(".")[0])
        return (
            above.__name__ if above is not spikebook and name in getattr(above, "__all__", ()) else self.home.__name__
        )


def in_code(function):
    """What a function without a docstring returns, as its code has it."""
    body = ast.parse(inspect.getsource(function)).body[0].body
    if len(body) == 1 and isinstance(body[0], ast.Return):
        return f"``{ast.unparse(body[0].value)}``"
    return code("python", "\n".join(map(ast.unparse, body)))


def prose(text, names=None):
    """Names in backticks and words in straight quotes as code or as links, references as links, and no other markup."""
    pieces = PARTS.split(text)
    return "".join(marked(one, names) if k % 2 else re.sub(r"([\\*|_])", r"\\\1", one) for k, one in enumerate(pieces))


def marked(part, names=None):
    if part.startswith("doi:"):
        return f"`{part} <https://doi.org/{part[4:]}>`__"
    text = part.strip("`")
    return (names and part.startswith("`") and names.link(text)) or f"``{text}``"


def code(language, paragraph):
    return f".. code-block:: {language}\n\n{indented(paragraph)}"


def indented(text):
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


def listed(rows, names):
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
    if margin and any(" = " in meaning for _, meaning in items):  # equations beside equations
        return None
    linked = names.link if inspect.ismodule(names.obj) else lambda what: None
    return "\n".join(f"{linked(what) or f'``{what}``'}\n{indented(prose(meaning, names))}" for what, meaning in items)


def sign(app, what, name, obj, options, arguments, returns):
    """Classes whose signature would be that of a class above them: their own, or none."""
    if arguments and "<factory>" in arguments:  # of a dataclass: all of them are dicts
        return arguments.replace("<factory>", "{}"), returns
    if what == "class" and inspect.isclass(obj) and not hasattr(obj, "_fields"):
        own = vars(obj).get("__init__")
        if own is None:
            return "", returns
        given = list(inspect.signature(own).parameters.values())[1:]
        if arguments == "(*args, **kwargs)":
            return str(inspect.Signature(given)), returns
    return None


def leave_out(app, what, name, obj, skip, options):
    """Fields of a tuple are in its docstring already; Python's own words on them say nothing."""
    return skip or (getattr(obj, "__doc__", None) or "").startswith("Alias for field number")


def setup(app):
    for extension in ("sphinx.ext.autodoc", "sphinx_copybutton"):
        app.setup_extension(extension)
    app.config.autodoc_default_options = {"members": True, "member-order": "bysource"}
    app.config.autodoc_preserve_defaults = True
    app.config.autodoc_typehints = "none"
    app.config.toc_object_entries = False
    app.config.add_module_names = False
    # An example is copied without its prompts and its results.
    app.config.copybutton_prompt_text = r">>> |\.\.\. "
    app.config.copybutton_prompt_is_regexp = True
    for directive in (Reference, Modules, Models):
        app.add_directive(directive.__name__.lower(), directive)
    app.connect("autodoc-process-docstring", typeset)
    app.connect("autodoc-process-signature", sign)
    app.connect("autodoc-skip-member", leave_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
