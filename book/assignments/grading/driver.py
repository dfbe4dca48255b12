"""Runs a notebook's cells, one at a time, in a confined process, and answers questions about what they defined.

`sandbox` starts one server for all submissions: it loads numpy and matplotlib once and forks a process for each, which gives up
its rights before it sees a line of the submission. That process gets lines of JSON and answers each with one. It knows neither tests
nor marks, and nothing that it says is believed beyond being an answer.
"""

import ast
import base64
import contextlib
import io
import json
import os
import signal
import socket
import sys
import time
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
    """Forks a process for each job that comes, with its pipes, over a socket; ends it, and says how, when told."""
    control = socket.socket(fileno=int(sys.argv[1]))
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import matplotlib
    import numpy
    from confine import confine, limit_resources
    from plain import NotPlain, pack

    matplotlib.use("agg")
    import matplotlib.pyplot  # noqa: F401

    del sys.path[0]
    while True:
        message, pipes, _, _ = socket.recv_fds(control, 2**20, 4)
        if not message:  # the grader has gone
            return
        job = json.loads(message)
        if "end" in job:
            control.send(json.dumps(end(job["end"], job["patience"])).encode())
            continue
        pid = os.fork()
        if pid:
            for pipe in pipes:
                os.close(pipe)
            control.send(json.dumps({"pid": pid}).encode())
            continue
        control.close()
        os.setsid()
        requests, replies = take_pipes(pipes)
        os.environ.clear()
        os.environ.update(job["environment"])
        numpy.random.seed()
        for name in job["without"]:
            sys.modules[name] = None
        if job["confined"]:
            confine(job["readable"], [job["folder"]], job["limits"])
        else:
            limit_resources(**job["limits"])
        # Only now is there anything of the submission in reach.
        os.chdir(job["folder"])
        sys.path.insert(0, job["folder"])
        kernel = Kernel()
        serve(requests, replies, kernel, answering(kernel, pack, NotPlain))
        os._exit(0)


def take_pipes(pipes):
    """The process's pipes in place of the server's, and nothing else open."""
    nothing = os.open("/dev/null", os.O_RDONLY)
    high = [
        os.dup2(pipe, 200 + number) for number, pipe in enumerate((nothing, pipes[2], pipes[3], pipes[0], pipes[1]))
    ]
    for number, pipe in enumerate(high):
        os.dup2(pipe, number)
    os.closerange(5, 256)
    return os.fdopen(3, "r"), os.fdopen(4, "w")


def end(pid, patience):
    """Wait for a process as long as `patience` (s) says, then kill it and all that it started: [how it ended, MB it used]."""
    until = time.monotonic() + patience
    ended = 0
    while not ended and time.monotonic() < until:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        time.sleep(0.005)
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    if not ended:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
    return [os.waitstatus_to_exitcode(status), used.ru_maxrss / 1024]


def serve(requests, replies, kernel, answer):
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
