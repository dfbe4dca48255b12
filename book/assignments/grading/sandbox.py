"""A student's notebook, running where it can do no harm: cells go in, output and plain answers come out.

    with Sandbox(limits, files={"lab.py": path}) as sandbox:
        sandbox.run(0, "x = 6 * 7")        # -> Outcome
        sandbox.ask("x")                   # -> 42

A cell or a question that ends the process, or outlasts its limit, costs only itself: the notebook is run again without that
cell, `restarts` times at most. From then on nothing is answered, and `over` says why.
"""

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from .confine import missing
from .plain import BYTES, NotPlain, unpack

KEPT, FLOOD = 20_000, 10_000_000  # bytes of a cell's output that are shown; at which the process is stopped
WATCH = 0.1  # s between looks at the folder's size
BUSY = 3  # times its limit of processor time that anything may take by the clock: others may be using the machine


@dataclass
class Limits:
    """What one submission may use."""

    cell_seconds: float = 20  # of processor time, for a cell or a question; BUSY times as much by the clock
    total_seconds: float = 120  # the same for all of it, restarts included
    start_seconds: float = 60  # the same for Python and its libraries
    memory: int = 2048  # MB of addresses
    folder: int = 32  # MB that it may write
    files: int = 200  # that it may leave in its folder
    restarts: int = 4
    disposable_machine: bool = False  # without Landlock, only the limits hold: say so if nothing is to be lost


@dataclass
class Outcome:
    """What came of a cell."""

    text: str = ""
    error: str = ""  # the traceback, or why it was stopped
    pictures: list = field(default_factory=list)


class Unanswered(Exception):
    """A question without an answer, and why; `missing` if a name was not defined (yet)."""

    def __init__(self, reason, missing=False):
        super().__init__(reason)
        self.missing = missing


class Stopped(Exception):
    """The process is gone, and why."""


class Refused(Exception):
    """This machine must not run submissions."""


def refuse_without_confinement(limits):
    if missing() and not limits.disposable_machine:
        raise Refused(
            f"Submissions are not run here, because this machine cannot confine them: {missing()}.\n"
            "Grade on Linux 5.13 or later. On a machine that holds nothing worth keeping (a fresh container), you may say in "
            "nbgrader_config.py:\n    c.Grade.disposable_machine = True"
        )


def refuse_within_reach(root):
    """The course must not lie where submissions may read."""
    for path in readable():
        if Path(root).resolve().is_relative_to(Path(path).resolve()):
            raise Refused(
                f"The course lies in {path}, which submissions may read, as Python is there. Move it elsewhere."
            )


class Sandbox:
    def __init__(self, limits=None, files=None, without=()):
        """files: the name of each file to lay into the folder, and where to copy it from; without: modules kept away."""
        self.limits = limits or Limits()
        refuse_without_confinement(self.limits)
        self.files, self.without = files or {}, list(without)
        self.ran, self.broken = [], set()  # cells in order, and which of them ended the process
        self.process, self.over, self.restarts = None, "", -1
        self.began, self.used, self.memory = time.monotonic(), 0.0, 0  # s; s of processor time in ended processes; MB

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()

    @property
    def seconds(self):
        return time.monotonic() - self.began

    def _processor(self):
        """Processor time (s) of the submission so far."""
        if self.process is None:
            return self.used
        try:
            user, system = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()[11:13]
        except OSError:  # without /proc the clock must do
            return self.used + time.monotonic() - self.started
        return self.used + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def run(self, name, source):
        """Run a cell under a name of its own."""
        if self.over:
            return Outcome(error=self.over)
        try:
            self._ready()
            self.ran.append((name, source))
            return self._run(name, source)
        except Stopped as reason:
            self.broken.add(name)
            return Outcome(text=self._text(), error=str(reason))

    def ask(self, expression):
        """The value of an expression, as plain values. Unanswered if there is none."""
        if self.over:
            raise Unanswered(self.over)
        try:
            self._ready()
            reply = self._request({"ask": expression})
        except Stopped as reason:
            raise Unanswered(str(reason)) from None
        if "answer" in reply:
            try:
                return unpack(reply["answer"])
            except NotPlain as problem:
                raise Unanswered(str(problem)) from None
        if "refused" in reply:
            raise Unanswered(str(reply["refused"])[:500])
        raise Unanswered(str(reply.get("error", "no reason given"))[-2000:], missing="missing" in reply)

    def _run(self, name, source):
        reply = self._request({"run": source, "name": f"<cell {name}>"})
        pictures = reply.get("pictures", [])
        pictures = [one for one in pictures if isinstance(one, str)] if isinstance(pictures, list) else []
        return Outcome(self._text(), str(reply.get("error", ""))[:KEPT], pictures[:3])

    def _ready(self):
        """A process in which every cell so far has run, but for those that ended one."""
        while self.process is None:
            self.restarts += 1
            if self.restarts > self.limits.restarts:
                self.over = f"The notebook was stopped {self.restarts} times; the rest of it was not run."
                raise Stopped(self.over)
            self._start()
            for name, source in self.ran:
                if name not in self.broken:
                    try:
                        self._run(name, source)
                    except Stopped:
                        self.broken.add(name)
                        break

    def _start(self):
        self.folder = Path(tempfile.mkdtemp(prefix="submission-"))
        for name, path in self.files.items():
            place = self.folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        limits = self.limits
        job = {
            "folder": str(self.folder),
            "without": self.without,
            "confined": not missing(),
            "readable": readable(),
            "environment": environment(self.folder),
            "limits": {
                "memory": limits.memory,
                "seconds": limits.total_seconds,
                "file_size": limits.folder,
                "files": 64,
            },
        }
        theirs, ours = zip(*[os.pipe()] + [os.pipe()[::-1] for _ in range(3)])
        self.requests, self.replies, *self.streams = ours
        self.unread, self.output, self.shown = b"", 0, b""
        try:
            self.process, self.started = server().start(job, theirs), time.monotonic()
        finally:
            for pipe in theirs:
                os.close(pipe)
        for pipe in ours:
            os.set_blocking(pipe, False)
        began, used = time.monotonic(), self._processor()
        try:
            reply = self._reply(limits.start_seconds)
        except Stopped as reason:
            raise RuntimeError(f"The sandbox did not start: {reason}\n{self._text()}") from None
        if reply != {"ready": True}:
            raise RuntimeError("The sandbox did not start")
        # The machine's own time, not the student's.
        self.began += time.monotonic() - began
        self.used -= self._processor() - used
        self.shown = b""

    def _request(self, request):
        total = self.limits.total_seconds
        left = min(total - self._processor(), BUSY * total - self.seconds)
        if left <= 0:
            self.over = f"The notebook took more than {total:g} s in all; the rest of it was not run."
            self._end()
            raise Stopped(self.over)
        self.shown = b""
        line = (json.dumps(request) + "\n").encode()
        seconds = min(self.limits.cell_seconds, left)
        expired = self._watch(seconds)
        while line:  # a process that does not read must not hold the grader up
            try:
                line = line[os.write(self.requests, line) :]
            except BlockingIOError:
                self._look(expired, seconds)
            except BrokenPipeError:
                self._stop(None)
        return self._reply(seconds)

    def _watch(self, seconds):
        """Whether so much processor time has gone by since, or BUSY times as much by the clock."""
        began, used = time.monotonic(), self._processor()
        return lambda: self._processor() - used > seconds or time.monotonic() - began > BUSY * seconds

    def _reply(self, seconds):
        """One line of JSON from the process, while its output is read and its folder watched."""
        expired = self._watch(seconds)
        while b"\n" not in self.unread:
            self._look(expired, seconds)
        line, _, self.unread = self.unread.partition(b"\n")
        self._read_output()
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict):
            self._stop("It wrote into the grader's own channel.")
        return reply

    def _look(self, expired, seconds):
        select.select([*self.streams, self.replies], [], [], WATCH)
        self._read_output()
        with contextlib.suppress(BlockingIOError):
            chunk = os.read(self.replies, 2**16)
            self.unread += chunk
            if not chunk:
                self._stop(None)
        if len(self.unread) > 3 * BYTES:
            self._stop("It wrote into the grader's own channel.")
        if self.output > FLOOD:
            self._stop(f"It printed more than {FLOOD // 10**6} MB.")
        if self._written() > self.limits.folder * 2**20:
            self._stop(f"It wrote more than {self.limits.folder} MB, or {self.limits.files} files.")
        if expired():
            self._stop(f"It took longer than {seconds:.3g} s and was stopped: is there a loop that never ends?")

    def _read_output(self):
        for stream in self.streams:
            with contextlib.suppress(BlockingIOError):
                while (chunk := os.read(stream, 2**16)) and self.output <= FLOOD:
                    self.output += len(chunk)
                    self.shown += chunk[: max(0, KEPT - len(self.shown))]

    def _text(self):
        text = self.shown.decode("utf-8", "replace")
        return text + "\n... the rest of the output was cut ..." if len(self.shown) >= KEPT else text

    def _written(self):
        bytes_written, number, unread = 0, 0, []
        for folder, folders, names in os.walk(self.folder, onerror=unread.append):
            number += len(folders) + len(names)
            if number > self.limits.files or unread:  # a folder that cannot be looked into may hold anything
                return 2**62
            for name in names:
                with contextlib.suppress(OSError):
                    bytes_written += os.lstat(os.path.join(folder, name)).st_blocks * 512
        return 2**62 if unread else bytes_written

    def _stop(self, reason):
        code = self._end()
        if reason is None:
            if code == -signal.SIGXCPU or code == -signal.SIGKILL:
                reason = "It used more processor time than is allowed and was stopped."
            elif code < 0:
                reason = f"It crashed Python ({signal.Signals(-code).name})."
            else:
                reason = f"It ended Python itself (exit code {code})."
        raise Stopped(reason)

    def _end(self):
        """Kill the process and all it has started, and throw its folder away. Returns its exit code."""
        if self.process is None:
            return 0
        patience = 0.2 if self._closed() else 0  # one that is ending by itself may say its own exit code
        used = self._processor()
        code, memory = server().end(self.process, patience)
        self.memory = max(self.memory, memory)
        self.process, self.used = None, used
        self._read_output()
        for pipe in (self.requests, self.replies, *self.streams):
            os.close(pipe)
        remove(self.folder)
        return code

    def _closed(self):
        try:
            return os.read(self.replies, 1) == b""
        except OSError:
            return False


class Server:
    """The process that has loaded Python's libraries and forks one for each run."""

    def __init__(self, seconds):
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-B", str(Path(__file__).with_name("driver.py")), str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            cwd="/",
            env=environment("/nonexistent"),
            start_new_session=True,
        )
        theirs.close()
        self.control.settimeout(seconds)

    def start(self, job, pipes):
        socket.send_fds(self.control, [json.dumps(job).encode()], list(pipes))
        return self._answer()["pid"]

    def end(self, pid, patience):
        self.control.send(json.dumps({"end": pid, "patience": patience}).encode())
        return self._answer()

    def _answer(self):
        message = self.control.recv(2**16)
        if not message:
            raise RuntimeError(f"The sandbox's server ended (exit code {self.process.wait()})")
        return json.loads(message)

    def stop(self):
        self.control.close()
        self.process.kill()
        self.process.wait()


def server(seconds=120):
    """The one server of this process, started when it is first needed."""
    global _server
    if _server is None or _server.process.poll() is not None:
        _server = Server(seconds)
        atexit.register(_server.stop)
    return _server


_server = None


def remove(folder):
    """Even what was made to resist it: folders in folders in folders, and folders that nobody may read."""
    if subprocess.run(["rm", "-rf", "--", folder], stderr=subprocess.DEVNULL).returncode:
        subprocess.run(["chmod", "-R", "u+rwX", "--", folder], stderr=subprocess.DEVNULL)
        subprocess.run(["rm", "-rf", "--", folder], stderr=subprocess.DEVNULL)


def readable():
    """Where Python and its libraries are, and no folder beside them."""
    python = {sys.prefix, sys.base_prefix, *(sysconfig.get_paths()[name] for name in ("stdlib", "platlib", "purelib"))}
    system = {"/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share", "/lib", "/lib64", "/etc/ld.so.cache"}
    files = {"/etc/localtime", "/dev/null", "/dev/urandom", "/dev/random", "/dev/zero"}
    return sorted(python | system | files | {str(caches())})


def environment(folder):
    """What the process knows of its surroundings: nothing of the grader's."""
    return {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(caches()),
        "NUMBA_CACHE_DIR": str(folder),
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
    }


def caches():
    """Matplotlib's list of fonts, made once for all submissions, before any of them can read or write it."""
    folder = Path(tempfile.gettempdir()) / f"spikebook-grading-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise RuntimeError(f"{folder} belongs to somebody else; remove it")
    return folder
