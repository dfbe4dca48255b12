"""No stale numbers: what a notebook printed is kept only while the code and the stored numbers it used are unchanged.

myst-nb keeps outputs under a hash of the notebook alone, so an edited equation in `src/` would be published with the
numbers of the old one. Here the folder of kept outputs is named after all that. That name is also a setting
on which Sphinx's own memory of the pages depends: when it changes, every page is read and run again.
"""

import hashlib
import shutil
import sys
from pathlib import Path


def digest_of_code(root):
    """A name for this state of the package, of the numbers it is compared with, of its dependencies and of Python."""
    digest = hashlib.sha256(sys.version.encode())
    sources = [path for path in (root / "src").rglob("*") if path.suffix in {".py", ".js", ".css"}]
    stored = [*root.glob("benchmarks/*.json"), *root.glob("tests/reference/*.json")]
    for path in sorted([*sources, *stored, *root.glob("requirements*.txt")]):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def set_cache(app, config):
    kept = Path(app.outdir).parent / "outputs"
    current = kept / digest_of_code(Path(app.srcdir))
    for outdated in kept.glob("*"):
        if outdated != current:
            shutil.rmtree(outdated)
    config.nb_execution_cache_path = str(current)


def setup(app):
    app.connect("config-inited", set_cache)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
