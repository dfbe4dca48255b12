"""What is seen in a real browser: `site_dir` and `site_url` are the built book, `opened` is a bare page with explorers,
`browser` is a Chromium."""

import shutil
from contextlib import contextmanager

import pytest
from explored import html
from playwright.sync_api import Error, sync_playwright
from served import SITE, served

# Containers have no sandbox, and a test wants no traffic of the browser's own.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def site_dir():
    if not (SITE / "index.html").exists():
        pytest.fail("the book is not built: run `make book` first (`make test` does)")
    return SITE


def chromium(playwright):
    """A Chromium that starts, playwright's own or the system's, and the path of its program."""
    for program in (None, *filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))):
        try:
            return playwright.chromium.launch(
                executable_path=program, args=ARGUMENTS
            ), program or playwright.chromium.executable_path
        except Error:
            continue
    pytest.fail(
        "no Chromium was found that starts: install one with `.venv/bin/playwright install chromium`, "
        "or from your system's packages (Debian: apt install chromium)"
    )


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser, _ = chromium(playwright)
        yield browser
        browser.close()


@contextmanager
def visiting(browser, site_dir, site_url):
    contexts, wrong = [], []

    def open_page(name, query="", width=1280, height=900, scheme="light", disk=False, **options):
        start = site_dir.as_uri() if disk else site_url.rstrip("/")
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()

        def note(is_wrong, what):
            if is_wrong:
                wrong.append(f"{name}: {what}")

        page.on("pageerror", lambda error: note(True, f"error: {error}"))
        page.on("console", lambda message: note(message.type == "error", message.text))
        page.on("websocket", lambda socket: note(True, f"a socket to {socket.url}"))
        page.on("response", lambda response: note(response.status >= 400, f"{response.status} {response.url}"))
        page.on(
            "requestfailed",  # what a page that is left still asked for is aborted, which is no failure
            lambda request: note(request.failure != "net::ERR_ABORTED", f"{request.failure}: {request.url}"),
        )
        context.on(
            "request",
            lambda request: note(
                not request.url.startswith((f"{start}/", "data:", "blob:")), f"asks for {request.url}"
            ),
        )
        page.goto(f"{start}/{name}.html{query}")
        return page

    open_page.wrong = wrong
    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def visit(browser, site_dir, site_url):
    """Open a page of the book: `page = visit("book/intro", width=360)`. Whatever goes wrong in it fails the test."""
    with visiting(browser, site_dir, site_url) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def visited(browser, site_dir, site_url, request):
    """A page of the book, by name, that a module's tests look at in turn, opened as its VISITED (arguments of `visit`) says."""
    with visiting(browser, site_dir, site_url) as open_page:
        yield open_page(request.param, **getattr(request.module, "VISITED", {}))


@pytest.fixture(scope="session")
def site_url(site_dir):
    with served() as address:
        yield address


@pytest.fixture
def opened(browser, tmp_path):
    """Open explorers on a page: `page = opened(explorer, ..., query="", width=1000)`. Errors of the page fail the test."""
    pages, errors = [], []

    def open_page(*explorers, query="", width=1000, text=None, **context):
        file = tmp_path / "page.html"
        file.write_text(text or html(explorers), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900}, **context)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "request", lambda request: request.url.startswith(("file:", "blob:", "data:")) or errors.append(request.url)
        )
        page.goto(file.as_uri() + query)
        page.wait_for_function(
            "document.querySelectorAll('[data-explorer]').length == 0 || document.querySelector('.sb-live, .sb-message')"
        )
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not errors
