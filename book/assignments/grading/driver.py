"""The confined process: runs a notebook's cells, one at a time, and answers questions about what they defined.

It is started by `sandbox`, which sends lines of JSON and gets one line for each. It knows neither tests nor marks, and nothing
that it says is believed beyond being an answer.
"""

import ast
import base64
import contextlib
import io
import json
import os
import sys
import traceback
import types

TRACEBACK, REPR, PICTURES = 4_000, 4_000, 3


class Kernel:
    """As much of IPython as an assignment needs: the last expression is shown, magics are skipped."""

    def __init__(self):
        self.module = types.ModuleType("__main__")
        self.names = self.module.__dict__
        self.names.update(display=display, get_ipython=lambda: self)
        sys.modules["__main__"] = self.module

    def run(self, source, name):
        try:
            tree = ast.parse(self.python(source))
        except (SyntaxError, ValueError, RecursionError) as problem:
            return {"error": short_traceback(problem)}
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        try:
            exec(compile(tree, name, "exec"), self.names)
            if last and (value := eval(compile(ast.Expression(last.value), name, "eval"), self.names)) is not None:
                display(value)
        except BaseException as problem:  # SystemExit and KeyboardInterrupt are the student's, too
            return {"error": short_traceback(problem)}
        return {}

    def python(self, source):
        """IPython's magics, as calls of the methods below."""
        try:
            ast.parse(source)
            return source
        except SyntaxError:
            from IPython.core.inputtransformer2 import TransformerManager

            return TransformerManager().transform_cell(source)

    def run_line_magic(self, name, *arguments, **_):
        print(f"%{name} was skipped")

    def run_cell_magic(self, name, line, cell):
        print(f"%%{name} was skipped")
        exec(compile(cell, "<cell>", "exec"), self.names)

    def system(self, command):
        raise PermissionError("a notebook that is graded cannot start other programs")

    getoutput = system


def display(*values):
    for value in values:
        print(repr(value)[:REPR])


def short_traceback(problem):
    try:
        lines = traceback.format_exception(type(problem), problem, problem.__traceback__, limit=-5)
        return "".join(line for line in lines if __file__ not in line)[-TRACEBACK:]
    except BaseException:  # an exception whose own text raises
        return type(problem).__name__


def pictures():
    """The figures that the cell has left open, as PNG, and close them."""
    plt = sys.modules.get("matplotlib.pyplot")
    found = []
    if plt is None:
        return found
    with contextlib.suppress(BaseException):
        for number in plt.get_fignums()[:PICTURES]:
            image = io.BytesIO()
            plt.figure(number).savefig(image, format="png", dpi=60)
            found.append(base64.b64encode(image.getvalue()).decode())
        plt.close("all")
    return found


def main():
    job = json.loads(sys.argv[1])
    requests, replies = os.fdopen(job["requests"], "r"), os.fdopen(job["replies"], "w")
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from confine import confine, limit_resources
    from plain import NotPlain, pack

    sys.path[0] = job["folder"]
    # Loaded while everything can still be read: matplotlib looks for fonts and its settings.
    import matplotlib
    import numpy  # noqa: F401

    matplotlib.use("agg")
    import matplotlib.pyplot  # noqa: F401

    for name in job["without"]:
        sys.modules[name] = None
    if job["confined"]:
        confine(job["readable"], [job["folder"]], job["limits"])
    else:
        limit_resources(**job["limits"])

    kernel = Kernel()
    answer = answering(kernel, pack, NotPlain)
    replies.write('{"ready": true}\n')
    replies.flush()
    for line in requests:
        request = json.loads(line)
        if "run" in request:
            reply = kernel.run(request["run"], request["name"])
            reply["pictures"] = pictures()
        else:
            reply = answer(request["ask"])
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):
                stream.flush()
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def answering(kernel, pack, NotPlain):
    def answer(expression):
        try:
            value = eval(compile(expression, "<question>", "eval"), kernel.names)
        except NameError as problem:
            return {"error": short_traceback(problem), "missing": str(problem)[:200]}
        except BaseException as problem:
            return {"error": short_traceback(problem)}
        try:
            return {"answer": pack(value)}
        except NotPlain as problem:
            return {"refused": str(problem)}
        except BaseException as problem:
            return {"refused": f"looking at it raised {type(problem).__name__}"}

    return answer


if __name__ == "__main__":
    main()
