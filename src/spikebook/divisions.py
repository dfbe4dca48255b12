"""Fewer divisions in generated text.

A processor divides ten times slower than it multiplies. Quotients that do not need one another can share one division:
a/b and c/d are a d r and c b r with r = 1/(b d). Where b d is too large for a number the results are no
numbers, never wrong ones, and the caller must take the text as it was.

`merged(text)` does that within the straight parts of loops over neurons, where the operations of one neuron do not
wait for each other.
"""

import ast
from itertools import count

MOST = 3  # quotients that share a division


def merged(text):
    """`text` with as few divisions as can be."""
    tree = ast.parse(text)
    names = (f"d{i}_" for i in count(1))
    for function in tree.body:
        for loop in ast.walk(function):
            if isinstance(loop, ast.For) and not any(isinstance(part, ast.For) for part in loop.body):
                loop.body = _loop(loop.body, names)
    return ast.unparse(ast.fix_missing_locations(tree))


def _loop(statements, names):
    """The body of a loop, its first run of assignments to different names rearranged."""
    straight = []
    for statement in statements:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if not isinstance(target, ast.Name) or any(target.id == other.targets[0].id for other in straight):
            break
        straight.append(statement)
    return _rearranged(straight, names) + statements[len(straight) :]


def _rearranged(statements, names):
    assigned = {statement.targets[0].id for statement in statements}
    steps = []  # (name, expression), or (name, (numerator, denominator)) of a quotient
    for statement in statements:
        value = _Quotients(assigned, names, steps).visit(statement.value)
        steps.append((statement.targets[0].id, value))
    levels, result = {}, []
    for name, value in steps:  # a quotient is ready one level after what it is made of
        parts = value if isinstance(value, tuple) else (value,)
        used = [levels.get(part.id, 0) for value in parts for part in ast.walk(value) if isinstance(part, ast.Name)]
        levels[name] = max(used, default=0) + (len(parts) == 2)
    for level in range(max(levels.values(), default=0) + 1):
        quotients = [(name, value) for name, value in steps if isinstance(value, tuple) and levels[name] == level]
        for first in range(0, len(quotients), MOST):
            result += _together(quotients[first : first + MOST], names)
        result += [_set(name, value) for name, value in steps if not isinstance(value, tuple) and levels[name] == level]
    return result


class _Quotients(ast.NodeTransformer):
    """An expression whose quotients by what the loop computes have become names; `steps` gets what these are."""

    def __init__(self, assigned, names, steps):
        self.assigned, self.names, self.steps = assigned, names, steps

    def visit_IfExp(self, node):
        return node  # what is not always computed stays where it is

    visit_BoolOp = visit_IfExp

    def visit_BinOp(self, node):
        self.generic_visit(node)
        used = {part.id for part in ast.walk(node.right) if isinstance(part, ast.Name)}
        if not isinstance(node.op, ast.Div) or not used & self.assigned:
            return node
        name, denominator = next(self.names), next(self.names)
        self.steps.append((denominator, node.right))
        self.steps.append((name, (node.left, ast.Name(denominator, ast.Load()))))
        self.assigned |= {name, denominator}
        return ast.Name(name, ast.Load())


def _together(quotients, names):
    """Quotients by one division: its divisor is the product of theirs, and each multiplies it by those of the others."""
    if len(quotients) == 1:
        [(name, (numerator, denominator))] = quotients
        return [_set(name, ast.BinOp(numerator, ast.Div(), denominator))]
    numerators = [ast.unparse(numerator) for _, (numerator, _) in quotients]
    divisors = [denominator.id for _, (_, denominator) in quotients]
    product, one = next(names), next(names)
    lines = [
        f"{product} = {' * '.join(divisors)}",
        f"{one} = 1.0 / {product} + ({product} - {product})",  # no number if the product is infinite
    ]
    for k, (name, _) in enumerate(quotients):
        others = [divisor for i, divisor in enumerate(divisors) if i != k]
        lines.append(f"{name} = ({numerators[k]}) * ({one} * ({' * '.join(others)}))")
    return ast.parse("\n".join(lines)).body


def _set(name, value):
    return ast.Assign([ast.Name(name, ast.Store())], value)
