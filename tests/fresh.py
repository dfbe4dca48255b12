"""Run a script in a fresh process, if wanted without some packages."""

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


def python(script, *arguments, without=(), folder=None, **environment):
    """What the script prints; its error becomes the test's."""
    script = BLOCKER.format(blocked=set(without)) + textwrap.dedent(script)
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True, text=True, cwd=folder, env=os.environ | environment, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
