"""Run a script in a fresh process, if wanted without some packages, and ask how much memory it has held."""

import os
import subprocess
import sys
import textwrap

BLOCKER = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocker())
"""

# What a script of its own needs to call peak_memory(): /proc's answer, since `getrusage` starts from the parent's memory.
PEAK_MEMORY = """
def peak_memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
"""
HAS_PEAK_MEMORY = os.path.exists("/proc/self/status")


def python(script, *arguments, without=(), folder=None, **environment):
    """What the script prints; its error becomes the test's."""
    script = BLOCKER.format(blocked=set(without)) + PEAK_MEMORY + textwrap.dedent(script)
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True, text=True, cwd=folder, env=os.environ | environment, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
