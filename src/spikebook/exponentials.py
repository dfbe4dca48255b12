"""Fewer exponentials in generated text.

The rates of a neuron's gates are full of exponentials, which take most of a simulation's time. Those of one variable
whose slopes differ by a power of two can share one call: exp(-V/20) is exp(-V/80) squared twice, and exp(-(V + 65)/80)
is exp(-V/80) times a number. So the equations can be written as in the paper and still run as
fast as if a careful programmer had rearranged them.

`shared(text)` does that for a text of scalar Python functions. Between two branches, loops or calls that it cannot look
into, calls of functions of the text itself are replaced by their bodies, and the exponentials are collected.
"""

import ast
import math
from functools import cache
from itertools import count

MOST_SQUARINGS = 4
LARGEST_OFFSET = 50.0  # exp(offset) and its inverse are numbers of ordinary size
EXPONENTIALS = ("exp", "expm1")


def expm1_beside(x, exp_x):
    """exp(x) - 1 to 14 digits, where exp(x) is known."""
    low = 1.0 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120))))
    high = 1 / 720 + x * (1 / 5040 + x * (1 / 40320 + x * (1 / 362880 + x * (1 / 3628800))))
    return x * (low + x**5 * high) if abs(x) < 0.1 else exp_x - 1.0


@cache
def shared(text):
    """`text` with as few exponentials as can be; it defines and computes the same. It may call `expm1_beside`."""
    tree = ast.parse(text)
    functions = {function.name: function for function in tree.body}
    names = (f"e{i}_" for i in count(1))
    for function in tree.body:
        function.body = _block(function.body, functions, names)
    return ast.unparse(ast.fix_missing_locations(tree))


def _block(statements, functions, names):
    result, straight = [], []
    for statement in statements:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            straight.append(statement)
            continue
        result += _straight(straight, functions, names)
        straight = []
        for part in ("body", "orelse"):
            if getattr(statement, part, None):
                setattr(statement, part, _block(getattr(statement, part), functions, names))
        result.append(statement)
    return result + _straight(straight, functions, names)


def _straight(statements, functions, names):
    """Assignments one after another: their calls looked into, and their exponentials shared."""
    flat = []
    for statement in statements:
        value = _Inlined(functions, names, flat).visit(_copy(statement.value))
        flat.append((statement.targets[0].id, value))
    groups = _groups(flat)
    if not groups:
        return statements
    result, known = [], _Known()
    for name, value in flat:
        result.append(_assignment(name, _Replaced(groups, known, names, result).visit(_copy(value))))
        known.assign(name, value)
    return result


class _Inlined(ast.NodeTransformer):
    """An expression in which calls of straight functions are replaced by what they return; `before` gets their steps."""

    def __init__(self, functions, names, before):
        self.functions, self.names, self.before = functions, names, before

    def visit_IfExp(self, node):
        return node  # what is not always computed stays where it is

    visit_BoolOp = visit_IfExp

    def visit_Call(self, node):
        self.generic_visit(node)
        function = self.functions.get(node.func.id)
        if function is None or not _is_straight(function):
            return node
        local = {}
        for argument, value in zip(function.args.args, node.args):
            local[argument.arg] = value if isinstance(value, (ast.Name, ast.Constant)) else self._kept(value)
        for statement in function.body[:-1]:
            value = self.visit(_Renamed(local).visit(_copy(statement.value)))
            local[statement.targets[0].id] = self._kept(value)
        return self.visit(_Renamed(local).visit(_copy(function.body[-1].value)))

    def _kept(self, value):
        name = next(self.names)
        self.before.append((name, value))
        return ast.Name(name, ast.Load())


class _Renamed(ast.NodeTransformer):
    def __init__(self, local):
        self.local = local

    def visit_Call(self, node):
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_Name(self, node):
        return _copy(self.local.get(node.id, node))


def _is_straight(function):
    *steps, last = function.body
    return isinstance(last, ast.Return) and all(
        isinstance(step, ast.Assign) and isinstance(step.targets[0], ast.Name) for step in steps
    )


class _Known:
    """Which names are straight lines over which variables: name -> (variable, slope, offset). A variable that is assigned
    anew is another one."""

    def __init__(self):
        self.lines, self.age = {}, {}

    def assign(self, name, value):
        line = self.line(value)
        self.age[name] = self.age.get(name, 0) + 1
        self.lines.pop(name, None)
        if line and line[0] is not None:
            self.lines[name] = line

    def is_present(self, variable):
        name, age = variable
        return self.age.get(name, 0) == age

    def line(self, node):
        """(variable, slope, offset) of an expression; the variable of a constant is None; None for anything else."""
        if isinstance(node, ast.Constant):
            return None, 0.0, node.value
        if isinstance(node, ast.Name):
            return self.lines.get(node.id, ((node.id, self.age.get(node.id, 0)), 1.0, 0.0))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            line = self.line(node.operand)
            return line and (line[0], -line[1], -line[2])
        if not isinstance(node, ast.BinOp):
            return None
        left, right = self.line(node.left), self.line(node.right)
        if left is None or right is None:
            return None
        if isinstance(node.op, (ast.Add, ast.Sub)) and (left[0] == right[0] or None in (left[0], right[0])):
            sign = 1 if isinstance(node.op, ast.Add) else -1
            return left[0] or right[0], left[1] + sign * right[1], left[2] + sign * right[2]
        if isinstance(node.op, ast.Mult) and None in (left[0], right[0]):
            (variable, slope, offset), factor = (left, right[2]) if right[0] is None else (right, left[2])
            return variable, slope * factor, offset * factor
        if isinstance(node.op, ast.Div) and right[0] is None and right[2]:
            return left[0], left[1] / right[2], left[2] / right[2]
        return None

    def exponent(self, node):
        """The line in a call of exp or expm1 that can be shared, or None."""
        if not (isinstance(node, ast.Call) and node.func.id in EXPONENTIALS):
            return None
        line = self.line(node.args[0])
        if line and line[0] and line[1] and self.is_present(line[0]) and abs(line[2]) <= LARGEST_OFFSET:
            return line
        return None


class _Group:
    """Exponentials of one variable whose slopes are `slope` times a power of two."""

    def __init__(self, variable, slope):
        self.variable, self.slope, self.calls, self.squarings, self.powers = variable, slope, 0, 0, None

    def squared(self, variable, slope):
        """How often exp(slope variable) of the group is squared for this one, or None."""
        ratio = slope / self.slope
        if variable != self.variable or not 0.5 < ratio < 2 ** (MOST_SQUARINGS + 0.5):
            return None
        times = round(math.log2(ratio))
        return times if abs(ratio / 2**times - 1) < 1e-12 else None

    def definitions(self, names):
        self.powers = [next(names) for _ in range(self.squarings + 1)]
        exponent = ast.BinOp(_number(self.slope), ast.Mult(), ast.Name(self.variable[0], ast.Load()))
        lines = [_assignment(self.powers[0], ast.Call(ast.Name("exp", ast.Load()), [exponent], []))]
        for power, square in zip(self.powers, self.powers[1:]):
            lines.append(_assignment(square, ast.BinOp(ast.Name(power), ast.Mult(), ast.Name(power))))
        return lines


def _groups(flat):
    """The groups of two calls or more."""
    known, exponents = _Known(), []
    for name, value in flat:
        exponents += filter(None, map(known.exponent, _certain(value)))
        known.assign(name, value)
    groups = []
    for variable, slope, _ in sorted(exponents, key=lambda line: abs(line[1])):
        for group in groups:
            times = group.squared(variable, slope)
            if times is not None:
                break
        else:
            group, times = _Group(variable, slope), 0
            groups.append(group)
        group.calls += 1
        group.squarings = max(group.squarings, times)
    return [group for group in groups if group.calls > 1]


class _Replaced(ast.NodeTransformer):
    """An expression with its exponentials taken from the groups; `before` gets the definition of a group met first."""

    def __init__(self, groups, known, names, before):
        self.groups, self.known, self.names, self.before = groups, known, names, before

    def visit_IfExp(self, node):
        return node

    visit_BoolOp = visit_IfExp

    def visit_Call(self, node):
        line = self.known.exponent(node)
        for group in self.groups if line else ():
            times = group.squared(*line[:2])
            if times is not None:
                if group.powers is None:
                    self.before += group.definitions(self.names)
                value = ast.Name(group.powers[times], ast.Load())
                if line[2]:
                    value = ast.BinOp(_number(math.exp(line[2])), ast.Mult(), value)
                if node.func.id == "exp":
                    return value
                return ast.Call(ast.Name("expm1_beside", ast.Load()), [node.args[0], value], [])
        return self.generic_visit(node)


def _certain(node):
    """The parts of an expression that are computed in any case."""
    yield node
    if not isinstance(node, (ast.IfExp, ast.BoolOp)):
        for part in ast.iter_child_nodes(node):
            yield from _certain(part)


def _assignment(name, value):
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _number(value):
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _copy(node):
    if isinstance(node, ast.AST):
        return type(node)(**{name: _copy(value) for name, value in ast.iter_fields(node)})
    return [_copy(part) for part in node] if isinstance(node, list) else node
