"""From short Python functions to one fast module.

The functions of a model are gathered with everything they call into one text of scalar Python. Numba compiles
that text when it is installed; without Numba it runs as it is and gives the same numbers; the explorers
translate it to JavaScript. The text is stored under the hash of itself, so that Numba's cache finds
it again in the next process and an edited equation can never meet code compiled from the old one.
"""

import ast
import builtins
import hashlib
import importlib.util
import inspect
import math
import os
import sys
import tempfile
import textwrap
from functools import cache
from pathlib import Path

import numpy as np

# The mathematics that Python, Numba and JavaScript all have, under the name that the gathered text uses.
# numpy's versions are welcome in a model's functions (they take arrays); the text is scalar.
MATHEMATICS = {
    name: {function for module in (math, np) if (function := getattr(module, other, None))}
    for name, other in [
        *((name, name) for name in "exp expm1 log log1p sqrt sin cos tan tanh floor ceil".split()),
        ("abs", "fabs"),
        ("min", "minimum"),
        ("max", "maximum"),
    ]
}
MATHEMATICS["abs"] |= {abs, np.abs}
MATHEMATICS["min"] |= {min}
MATHEMATICS["max"] |= {max}
BUILT_IN = {"abs", "min", "max", "range"}
RANDOM = {"standard_normal", "random"}
LONGEST_PRODUCT = 6  # m**3 becomes m * m * m, up to this power: the same everywhere, and fast in JavaScript

# What loops over many neurons need: so without Numba, and as fast as they can be in `fast_math`.


def empty(n):
    """An array to fill."""
    return [0.0] * n


def marks(n):
    """An array of marks, none of them set."""
    return [False] * n


def marked(values, first):
    """A number whose bit k says whether values[first + k] is marked, for k = 0 ... 63."""
    return sum(1 << k for k in range(64) if values[first + k])


def lowest_bit(bits):
    """Index of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1


def widest_vectors():
    """Let the calling function use the widest vectors that the processor has."""


OF_MANY = (empty, marks, marked, lowest_bit, widest_vectors)
_remembered = {}  # functions -> their text, and every function in it with its code and the globals it used


def gather(functions):
    """The text of `functions` and all they call, callees first, in scalar Python without decoration.

    Raises ValueError with the function's name and line for anything that has no source, closes over local
    variables, or uses a global that is neither a number, a function of this kind nor known mathematics.
    """
    functions = tuple(functions)
    text, origins = _remembered.get(functions, ("", ()))
    # A notebook can define a callee or a number anew, and %autoreload a function, behind a model's back.
    current = (
        function.__code__ is code and all(function.__globals__.get(name) is value for name, value in used.items())
        for function, code, used in origins
    )
    if not origins or not all(current):
        texts, gathered = {}, {}
        for function in functions:
            _gather(function, texts, gathered)
        text = "\n\n".join(texts.values())
        _remembered[functions] = text, tuple(gathered.values())
    return text


def _gather(function, texts, gathered):
    name = function.__name__
    if name in gathered:
        if gathered[name][1] is not function.__code__:
            raise ValueError(f"two different functions are called {name!r}; rename one of them")
        return
    if name in MATHEMATICS or name in BUILT_IN:
        raise ValueError(f"a function called {name!r} would hide the mathematics of that name; rename it")
    used = {}
    gathered[name] = function, function.__code__, used
    if name == "<lambda>" or function.__closure__:
        raise ValueError(
            f"{name} is a lambda or uses variables of an enclosing function; write it with def at the top level "
            "and take what it needs as arguments"
        )
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        if getattr(tree, "name", None) != name:
            raise OSError("what stands there is something else")
    except (OSError, TypeError, SyntaxError):
        raise ValueError(f"the source of {name} cannot be read; define it in a notebook cell or in a file") from None
    tree = _Scalar(function, used).visit(tree)
    for other in tree.callees:
        _gather(other, texts, gathered)
    texts[name] = ast.unparse(ast.fix_missing_locations(tree))


class _Scalar(ast.NodeTransformer):
    """One function's syntax tree: names resolved, documentation dropped, small powers written as products."""

    def __init__(self, function, used):
        self.function, self.used = function, used
        self.local = set(function.__code__.co_varnames)
        self.globals = {**vars(builtins), **function.__globals__}
        self.callees = []

    def fail(self, node, message):
        line = self.function.__code__.co_firstlineno + getattr(node, "lineno", 1) - 1
        raise ValueError(f"{self.function.__name__}, line {line}: {message}")

    def visit_FunctionDef(self, node):
        if node.decorator_list:
            self.fail(node, "a model's function takes no decorator")
        body = node.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:] or [ast.Pass()]
        node.returns = None
        for argument in node.args.args:
            argument.annotation = None
        node.body = [self.visit(statement) for statement in body]
        node.callees = self.callees
        return node

    def visit_Name(self, node):
        if node.id in self.local:
            return node
        if node.id in self.function.__globals__:
            self.used[node.id] = self.globals[node.id]
        return self.resolve(node, node.id, self.globals.get(node.id, self))

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id in self.local and node.attr in RANDOM:
            return node  # of a generator of random numbers among the arguments
        if isinstance(node.value, ast.Name) and inspect.ismodule(self.globals.get(node.value.id)):
            module = self.globals[node.value.id]
            return self.resolve(node, f"{node.value.id}.{node.attr}", getattr(module, node.attr, self))
        self.fail(node, f"{ast.unparse(node)!r}: only functions of math and numpy may be reached with a dot")

    def resolve(self, node, name, value):
        if value is self:
            self.fail(node, f"{name!r} is not defined")
        if isinstance(value, (bool, int, float, np.integer, np.floating)):
            value = value.item() if isinstance(value, np.generic) else value
            # -3.0 ** 2 would be -9: a negative constant must be a negation, which ast.unparse puts in brackets.
            constant = ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)
            return ast.copy_location(constant, node)
        if value is range or value in OF_MANY:
            return node
        for canonical, functions in MATHEMATICS.items():
            if any(value is function for function in functions):
                return ast.copy_location(ast.Name(canonical, ast.Load()), node)
        if inspect.isfunction(value):
            self.callees.append(value)
            return ast.copy_location(ast.Name(value.__name__, ast.Load()), node)
        self.fail(
            node,
            f"{name!r} cannot be used here: numbers, functions written with def, and "
            f"{', '.join(MATHEMATICS)} from math or numpy can",
        )

    def visit_BinOp(self, node):
        self.generic_visit(node)
        power = node.right.value if isinstance(node.right, ast.Constant) else None
        if isinstance(node.op, ast.Pow) and isinstance(node.left, ast.Name) and power in range(2, LONGEST_PRODUCT + 1):
            return ast.copy_location(_product(node.left.id, int(power)), node)
        return node


def _product(name, power):
    """x^4 as (x x) (x x), which is ready sooner than ((x x) x) x."""
    if power == 1:
        return ast.Name(name, ast.Load())
    return ast.BinOp(_product(name, power - power // 2), ast.Mult(), _product(name, power // 2))


@cache
def load(text, entries, contract=False, plain=False):
    """Import `text` (scalar Python) as a module, compiled by Numba when that is installed.

    entries    names of the functions that are called from outside; those keep their compiled form on disk
    plain      leave it as it is: to compile takes longer than to run a short search once
    contract   whether a product and a sum may be rounded together, and a division by a number become a product: faster,
               and different from plain Python in the last digit

    The text may call the functions `OF_MANY`; if it calls `widest_vectors()` its exponentials are those for many neurons.
    """
    if has_numba() and not plain:
        number = "many" if "widest_vectors()" in text else "one"
        # As text, since a set is printed in another order by another process, which would then not find this one's cache.
        fastmath = '{"contract", "arcp"}' if contract else "False"
        header = (
            f"{Path(__file__).with_name('fast_math.py').read_text(encoding='utf-8')}\n\n"
            f"from numpy import empty\n\n\nexp, expm1 = exp_of_{number}, expm1_of_{number}\n"
            f'inner = njit(error_model="numpy", fastmath={fastmath}, forceinline=True, **BELOW)\n'
            f'entry = njit(error_model="numpy", fastmath={fastmath}, cache=True, nogil=True, no_cfunc_wrapper=True)\n'
        )
        for name in {line[4:].split("(")[0] for line in text.splitlines() if line.startswith("def ")}:
            text = text.replace(f"def {name}(", f"@{'entry' if name in entries else 'inner'}\ndef {name}(")
    else:
        header = f"from {__name__} import {', '.join(function.__name__ for function in OF_MANY)}"
    imported = ", ".join(name for name in MATHEMATICS if name not in BUILT_IN)
    text = f"from math import {imported}\n\n{header}\n\n{text}\n"
    name = "spikebook_" + hashlib.sha256(text.encode()).hexdigest()[:20]
    path = _folder() / f"{name}.py"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(text)
        os.replace(file.name, path)  # at once, so that a process beside this one never reads half a file
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # where Numba looks when it reads its cache
    specification.loader.exec_module(module)
    return module


@cache
def has_numba():
    """Whether Numba is installed. Without it everything works, slower."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


def array(values):
    """`values` as compiled code wants them: a float64 array, or a list where plain Python runs (30 times faster
    there than elements of an array)."""
    values = np.ascontiguousarray(values, dtype=float)
    return values if has_numba() else values.tolist()


@cache
def _folder():
    """The folder of gathered modules: in the user's cache, or a temporary one where that cannot be written."""
    caches = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    folder = Path(caches) / "spikebook"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="spikebook-"))
    return folder
