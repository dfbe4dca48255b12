"""No stale numbers: what a notebook printed is kept only while the code and the stored numbers it used are unchanged.

Notebooks that have to run do so beside one another, on all cores, before myst-nb asks for them one by one.

myst-nb keeps outputs under a hash of the notebook alone, so an edited equation in `src/` would be published with the
numbers of the old one. Here the folder of kept outputs is named after all that. That name is also a setting
on which Sphinx's own memory of the pages depends: when it changes, every page is read and run again.
"""

import hashlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from gate import tracebacks
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from sphinx.util import logging
from traitlets.config import Config

logger = logging.getLogger(__name__)

ENCRYPTED = Config(KernelManager={"transport_encryption": "auto"})  # else every notebook's kernel warns that it is not


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


def run_together(app, env, docnames):
    cache = get_cache(app.config.nb_execution_cache_path)
    waiting = {}
    for path in (Path(env.doc2path(name)) for name in docnames):
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            try:
                cache.match_cache_notebook(notebook)
            except KeyError:
                waiting[path] = notebook

    def run(path):
        timeout = app.config.nb_execution_timeout
        where = {"cwd": str(path.parent), "config": ENCRYPTED}
        return single_nb_execution(waiting[path], **where, allow_errors=False, timeout=timeout)

    # The longest first, as far as their length tells.
    paths = sorted(waiting, key=lambda path: -path.stat().st_size)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, result in zip(paths, pool.map(run, paths)):
            if result.err is None and not any(tracebacks(waiting[path])):  # others run again, to be reported
                logger.info("%s: executed in %.1f s", path.stem, result.time)
                bundle = CacheBundleIn(waiting[path], str(path), data={"execution_seconds": result.time})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def setup(app):
    app.connect("config-inited", set_cache)
    app.connect("env-before-read-docs", run_together)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
