"""The bridge: scalar Python, as `compilation.gather` writes it, to JavaScript that computes the same.

PScript does the translation. It is silently wrong about parts of Python (negative `%`, `round`, nested unpacking,
`[0.0] * 3`, truth of a number), so what it is given is first checked against a list of what it gets right, and
anything else is refused with the function, the line and the reason. Two things it gets wrong are put right instead: it
takes some functions' names for its own (`pow`, `I_Na`), and counts loops in the loop's own variable.
"""

import ast
import math

from pscript import JSError, py2js

from ..compilation import BUILT_IN, MATHEMATICS

STATEMENTS = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.For, ast.While,
    ast.If, ast.Break, ast.Continue, ast.Pass, ast.Expr,
)  # fmt: skip
EXPRESSIONS = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.IfExp, ast.Name, ast.Constant, ast.Subscript,
    ast.Load, ast.Store,
)  # fmt: skip
OPERATORS = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.Not, ast.And, ast.Or,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
)  # fmt: skip
ALLOWED = STATEMENTS + EXPRESSIONS + OPERATORS
INSTEAD = {
    ast.Mod: "for `a % b` write a - b * floor(a / b)",
    ast.FloorDiv: "for `a // b` write floor(a / b)",
}
JAVASCRIPT_WORDS = frozenset(
    "arguments case catch const debugger default delete do enum eval export extends false function implements "
    "instanceof interface let new null package private protected public static self super switch this throw true typeof "
    "undefined var void Infinity NaN Math Object Array".split()
)


class Untranslatable(ValueError):
    """A model's code that the explorers cannot run."""


def javascript(text):
    """`text` (scalar Python functions) as JavaScript that defines functions of the same names."""
    tree = ast.parse(text)
    functions = {node.name: None for node in tree.body}  # in their order, so that the text is always the same
    for function in tree.body:
        _Check(function, functions).visit(function)
        function.body.insert(0, ast.parse("PSCRIPT_OVERLOAD = False").body[0])
    # PScript takes a call of a capitalised name, I_Na(...), for the making of an object, and pow, print, round and others
    # for Python's: functions go under other names while it looks at them.
    prefix = "call_"
    while any(name.startswith(prefix) for name in functions):
        prefix += "_"
    tree = _Plain({name: prefix + name for name in functions}).visit(tree)
    prelude = "".join(f"var {name} = Math.{name};\n" for name in sorted(set(MATHEMATICS) - BUILT_IN))
    try:
        translated = "\n".join(py2js(ast.unparse(ast.fix_missing_locations(function))) for function in tree.body)
    except JSError as error:
        raise Untranslatable(f"{error}; rename it to explore the model") from None
    return prelude + translated + "".join(f"\nvar {name} = {prefix}{name};" for name in functions)


def scope(name, text, value):
    """`text` as JavaScript in a scope of its own, of which `value`, an expression, goes under `name` to the outside."""
    return f"var {name} = (() => {{\n{javascript(text)}\nreturn {value};\n}})();"


class _Plain(ast.NodeTransformer):
    """What PScript reads right: functions under other names, and loops that count in a variable of their own."""

    def __init__(self, names):
        self.names, self.loops = names, 0

    def visit_FunctionDef(self, node):
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_Call(self, node):
        if node.func.id in self.names:
            node.func = ast.Name(self.names[node.func.id], ast.Load())
        return self.generic_visit(node)

    def visit_For(self, node):
        # As in Python: the end is computed once, what the body does to the variable changes no later turn, and the
        # variable keeps its last value.
        self.loops += 1
        count, end = f"count_{self.loops}_", f"end_{self.loops}_"
        self.generic_visit(node)
        before = ast.Assign([ast.Name(end, ast.Store())], node.iter.args[-1])
        node.iter.args[-1] = ast.Name(end, ast.Load())
        node.body.insert(0, ast.Assign([node.target], ast.Name(count, ast.Load())))
        node.target = ast.Name(count, ast.Store())
        return [before, node]


class _Check(ast.NodeVisitor):
    def __init__(self, function, functions):
        self.function, self.functions = function.name, functions
        self.callable = {*functions, *MATHEMATICS}

    def refuse(self, node, reason):
        raise Untranslatable(
            f"{self.function}: `{ast.unparse(node)}` cannot run in a web page: {reason}. The simulation itself is not "
            "affected; rewrite this line to explore the model"
        )

    def visit(self, node):
        for part in (node, *filter(None, [getattr(node, "op", None)]), *getattr(node, "ops", ())):
            if not isinstance(part, ALLOWED):
                instead = INSTEAD.get(type(part), f"{type(part).__name__} is not among what is translated exactly")
                self.refuse(node, instead)
        super().visit(node)

    def visit_FunctionDef(self, node):
        self.check_name(node.args, node.name)
        if node.args.defaults or node.args.vararg or node.args.kwarg or node.args.kwonlyargs or node.args.posonlyargs:
            self.refuse(node.args, "arguments must be plain names without defaults")
        self.generic_visit(node)

    def visit_arg(self, node):
        self.check_name(node, node.arg)

    def visit_Name(self, node):
        self.check_name(node, node.id)

    def check_name(self, node, name):
        if name in JAVASCRIPT_WORDS:
            self.refuse(node, f"{name!r} is a word of JavaScript; choose another name")

    def visit_Constant(self, node):
        if not isinstance(node.value, (bool, int, float)) or not math.isfinite(node.value):
            self.refuse(node, "only finite numbers are computed with")

    def visit_Expr(self, node):
        call = node.value
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in self.functions:
            self.refuse(
                node, "Expr is not among what is translated exactly, but for a call of a function written with def"
            )
        self.generic_visit(node)

    def visit_Assign(self, node):
        if len(node.targets) != 1 or not isinstance(node.targets[0], (ast.Name, ast.Subscript)):
            self.refuse(node, "assign one value to one name at a time")
        self.generic_visit(node)

    def visit_For(self, node):
        call = node.iter
        is_range = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"
        if not is_range or len(call.args) > 2 or call.keywords or node.orelse or not isinstance(node.target, ast.Name):
            self.refuse(call, "a loop must be `for name in range(stop)` or `range(start, stop)`, without else")
        for part in [node.target, *call.args, *node.body]:
            self.visit(part)

    def visit_While(self, node):
        if node.orelse:
            self.refuse(node.test, "a loop takes no else")
        self.check_condition(node.test)
        self.generic_visit(node)

    def visit_If(self, node):
        self.check_condition(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node):
        self.check_condition(node.test)
        self.generic_visit(node)

    def visit_BoolOp(self, node):
        for value in node.values:
            self.check_condition(value)
        self.generic_visit(node)

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.Not):
            self.check_condition(node.operand)
        self.generic_visit(node)

    def check_condition(self, node):
        is_truth = (
            isinstance(node, (ast.Compare, ast.BoolOp, ast.Name))
            or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))
            or (isinstance(node, ast.Constant) and isinstance(node.value, bool))
        )
        if not is_truth:
            self.refuse(node, "compare it with something, so that it is true or false")

    def visit_Compare(self, node):
        if len(node.ops) != 1:
            self.refuse(node, "compare two numbers at a time and join the comparisons with `and`")
        self.generic_visit(node)

    def visit_Call(self, node):
        if not isinstance(node.func, ast.Name) or node.func.id not in self.callable:
            self.refuse(node, f"call functions written with def, or {', '.join(MATHEMATICS)}")
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            self.refuse(node, "give arguments by position")
        several = node.func.id in ("min", "max")
        if node.func.id in MATHEMATICS and (len(node.args) > 1) != several:
            self.refuse(node, f"{node.func.id} takes {'two numbers or more' if several else 'one number'}")
        for argument in node.args:
            self.visit(argument)

    def visit_Subscript(self, node):
        index = node.slice
        if not isinstance(node.value, ast.Name) or isinstance(index, (ast.Slice, ast.Tuple)):
            self.refuse(node, "take one element of an array by one index")
        if isinstance(index, ast.UnaryOp):
            self.refuse(node, "an index counts from 0; negative ones mean nothing in JavaScript")
        self.generic_visit(node)
