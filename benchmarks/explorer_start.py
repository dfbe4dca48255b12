"""How long a page's explorers take from the request of the page until they answer, with an empty cache.

    .venv/bin/python benchmarks/explorer_start.py

Every page with explorers is opened from a server that compresses, in a new Chromium, three times; an explorer answers
when its picture is drawn and its sentence says what it shows. Then the same with the processor slowed 4 times.
"""

import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from conftest import chromium  # noqa: E402
from pages import EXPLORING  # noqa: E402
from served import served  # noqa: E402

RUNS = 3
WATCH = """
const look = () => {
    const root = document.querySelector("[data-explorer]");
    const says = root?.explorer && root.querySelector("[aria-live=polite]")?.textContent;
    if (says && root.querySelector("canvas")) window.answered = performance.now();
    else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def measure(browser, address, slowed):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(address)
    page.wait_for_function("window.answered", timeout=60_000)
    took = page.evaluate("window.answered")
    context.close()
    return took


def main():
    print(f"{'ms until the first explorer answers':40}{'':>8}{'4 times slower':>16}")
    with sync_playwright() as playwright, served() as site:
        browser, _ = chromium(playwright)
        for name in EXPLORING:
            address = f"{site}/{name}.html"
            usual, slowed = (statistics.median(measure(browser, address, rate) for _ in range(RUNS)) for rate in (1, 4))
            print(f"{name.removeprefix('book/'):40}{usual:8.0f}{slowed:16.0f}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
