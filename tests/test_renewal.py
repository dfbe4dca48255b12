"""The weekly move to the newest versions, with stand-ins for make, the tests and GitHub."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RENEW = Path(__file__).parents[1] / ".ci" / "renew"
PROGRAMS = {
    "make": '#!/bin/sh\n[ -z "$NEWEST" ] || echo "numpy==$NEWEST" > requirements-dev.txt\n',
    "gh": '#!/bin/sh\n[ "$2" = close ] && exit 1\nprintf "%s|" "$@" >> "$CALLS"\n',
}


@pytest.fixture
def renewed(tmp_path):
    """Run it in a repository with one lock; what it told GitHub, its exit status, and the lock it proposes."""
    place, origin, programs = tmp_path / "book", tmp_path / "origin.git", tmp_path / "bin"

    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(["git", *who, *arguments], cwd=place, check=True, capture_output=True, text=True).stdout

    def run(newest, tests):
        (place / ".ci").mkdir(parents=True)
        programs.mkdir()
        shutil.copy(RENEW, place / ".ci" / "renew")
        for path, text in {
            **{programs / name: text for name, text in PROGRAMS.items()},
            place / ".ci" / "run": f"#!/bin/sh\nexit {tests}\n",
            place / "requirements-dev.txt": "numpy==2.4.5\n",
        }.items():
            path.write_text(text)
            path.chmod(0o755)
        subprocess.run(["git", "init", "--quiet", "--bare", origin], check=True)
        git("init", "--quiet", "--initial-branch=main")
        git("remote", "add", "origin", str(origin))
        git("add", ".")
        git("commit", "--quiet", "--message", "The book")
        calls = tmp_path / "calls"
        calls.touch()
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "CALLS": str(calls), "NEWEST": newest}
        status = subprocess.run([place / ".ci" / "renew"], env=environment, capture_output=True).returncode
        pushed = "newest-versions" in git("ls-remote", str(origin))
        return calls.read_text(), status, git("show", "newest-versions:requirements-dev.txt") if pushed else None

    return run


def test_where_nothing_is_newer_nothing_is_proposed(renewed):
    assert renewed("", tests=0) == ("", 0, None)


def test_newer_versions_with_which_the_tests_pass_are_proposed(renewed):
    calls, status, lock = renewed("2.4.6", tests=0)
    assert "|Newest versions|" in calls and "--draft" not in calls
    assert "-numpy==2.4.5\n+numpy==2.4.6" in calls
    assert (status, lock) == (0, "numpy==2.4.6\n")


def test_newer_versions_with_which_the_tests_fail_are_a_draft_and_the_job_fails(renewed):
    calls, status, lock = renewed("2.4.6", tests=1)
    assert "--draft" in calls and "the tests fail" in calls
    assert (status, lock) == (1, "numpy==2.4.6\n")
