"""How long an explorer takes from a hand's move to changed pixels, on the built chapter, in headless Chromium.

    .venv/bin/python benchmarks/explorer_latency.py [page] [explorer]

60 moves of a held mouse on the first slider, at the longest duration and with every panel in view. The clock
starts with the time stamp of the browser's pointer event. `pixels` is when the canvases, read back, show the new
picture; `frame` is when the next frame after that has been painted. Then the same with the processor slowed 4 times.
"""

import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from conftest import chromium  # noqa: E402
from served import SITE  # noqa: E402

MOVES = 60

MEASURE = """root => {
    const canvases = [...root.querySelectorAll("canvas")];
    const pixels = () => canvases.map((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let sum = 0;
        for (let i = 0; i < data.length; i += 4) sum = (sum * 31 + data[i] + data[i + 1] * 7 + data[i + 3] * 13) | 0;
        return sum;
    }).join();
    let start = 0, before = pixels();
    window.measured = [];
    addEventListener("pointermove", (event) => { start = event.timeStamp; }, true);
    addEventListener("input", () => {
        for (const canvas of canvases) canvas.getContext("2d").getImageData(0, 0, 1, 1);  // waits for the drawing
        const drawn = performance.now() - start;
        const after = pixels();
        const one = { drawn, changed: after !== before, frame: null };
        before = after;
        window.measured.push(one);
        const from = start;
        requestAnimationFrame(() => requestAnimationFrame(() => { one.frame = performance.now() - from; }));
    });
}"""


def measure(page, root):
    slider = root.locator("input[type=range]").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    low, high = box["x"] + 0.2 * box["width"], box["x"] + 0.9 * box["width"]
    page.mouse.move(low, y)
    page.mouse.down()
    page.wait_for_timeout(500)
    page.evaluate("window.measured = []")
    for x in np.random.default_rng(1).permutation(np.linspace(low, high, MOVES)):
        page.mouse.move(float(x), y)
        page.wait_for_timeout(120)
    page.mouse.up()
    return [one for one in page.evaluate("window.measured") if one["frame"] is not None]


def line(what, milliseconds):
    print(f"{what:28}{np.median(milliseconds):8.1f}{np.percentile(milliseconds, 95):8.1f}{max(milliseconds):8.1f}")


def main(page_name="hodgkin_huxley_neuron", stem=None):
    with sync_playwright() as playwright:
        browser, _ = chromium(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.goto((SITE / "book" / f"{page_name}.html").as_uri())
        root = page.locator(f"[data-explorer={stem or page_name}]")
        root.scroll_into_view_if_needed()
        root.locator("canvas").first.wait_for()
        most = root.locator("input[name=duration]")
        longest = float(most.get_attribute("max")) if most.count() else None
        if longest:
            known = root.evaluate("root => Object.keys(root.explorer.settings)")
            wanted = {name: value for name, value in {"duration": longest, "width": 200}.items() if name in known}
            root.evaluate("(root, wanted) => { root.explorer.settings = wanted; }", wanted)
        root.evaluate(MEASURE)
        steps = root.evaluate("root => root.explorer.trace().t.length - 1")
        print(
            f"{stem or page_name}: {steps:,} steps, {root.locator('canvas').count()} panels, Chromium {browser.version}"
        )
        print(f"{'ms':28}{'median':>8}{'95 %':>8}{'most':>8}")
        session = page.context.new_cdp_session(page)
        for slowed in (1, 4):
            session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
            found = measure(page, root)
            words = f"{'4 times slower, ' if slowed > 1 else ''}"
            line(f"{words}pixels", [one["drawn"] for one in found])
            line(f"{words}frame", [one["frame"] for one in found])
            print(f"{words}{len(found)} moves, {sum(one['changed'] for one in found)} changed the picture")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
