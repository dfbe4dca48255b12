"""Every built page: nothing is fetched from elsewhere, nothing fails, everyone can read it."""

from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).parents[2]


def pages():
    """The book's pages by _toc.yml, and the search page."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [toc["root"], *chapters, "search"]


@pytest.fixture
def address(request, site_dir, site_url):
    return {"http": site_url, "file": site_dir.as_uri()}[request.param]


@pytest.mark.parametrize("page_name", pages())
@pytest.mark.parametrize("address", ["http", "file"], indirect=True)
def test_page_asks_no_other_host_and_has_no_errors(browser, address, page_name):
    page = browser.new_page()
    requests, problems = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}"))
    page.on("response", lambda response: problems.append(response.url) if response.status >= 400 else None)
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{address}/{page_name}.html", wait_until="networkidle")
    page.close()
    assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []
    assert problems == []


@pytest.mark.parametrize("page_name", pages())
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_page_is_accessible_and_fits(browser, site_url, page_name, scheme, width):
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page.goto(f"{site_url}/{page_name}.html", wait_until="networkidle")
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    violations = Axe().run(page).response["violations"]
    page.close()
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in violations] == []


def test_axe_would_notice(browser):
    """The control: a page with an unnamed button and grey text on grey."""
    page = browser.new_page()
    page.set_content('<html lang="en"><main><button></button><p style="color: #aaa">pale</p></main></html>')
    found = {violation["id"] for violation in Axe().run(page).response["violations"]}
    page.close()
    assert {"button-name", "color-contrast"} <= found


def test_equations_need_no_script(browser, site_url):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site_url}/book/hodgkin_huxley_neuron.html")
    equations = page.locator(".katex")
    assert equations.count() > 0
    assert equations.first.locator("math").count() == 1
    assert page.locator("script[src*=athjax i]").count() == 0
    page.context.close()


def test_first_load_is_light(browser, site_url):
    """With cold caches a chapter with its figures weighs less than the theme alone by default (849 kB, compressed)."""
    page = browser.new_page()
    sizes = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(f"{site_url}/book/hodgkin_huxley_neuron.html", wait_until="networkidle")
    page.close()
    assert 50_000 < sum(sizes) < 600_000
