"""The pages of the book for the tests: which there are, and what their explorers show."""

from pathlib import Path

from explored import settled
from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).parents[2]
CHAPTERS = list(parse_toc_yaml(ROOT / "_toc.yml"))
PAGES = [*CHAPTERS, "search", "genindex"]
SOURCES = {
    name: path.read_text("utf-8")
    for name in CHAPTERS
    for kind in ("ipynb", "md")
    if (path := ROOT / f"{name}.{kind}").exists()
}
EXPLORING = [name for name, source in SOURCES.items() if ".explore." in source]
PREDICTING = [name for name, source in SOURCES.items() if ":class: predict" in source]
COUNTING = [name for name, source in SOURCES.items() if "{eval}" in source]
BOOK_TITLE = "Spikebook"


def built_pages(site_dir):
    """The files of the book's pages, without what the published site has beside them."""
    return [*site_dir.glob("*.html"), *(site_dir / "book").rglob("*.html")]


def explorers(page, among="[data-explorer]"):
    """The roots of the page's explorers, or of some, each come to life, by name."""
    roots = {root.get_attribute("data-explorer"): root for root in page.locator(among).all()}
    for root in roots.values():
        # What comes later above it, type or another explorer, may move it out of sight before it has begun.
        root.page.wait_for_function(
            "root => { root.scrollIntoView({ block: 'center' }); return root.querySelector('.sb-summary')?.textContent; }",
            arg=root.element_handle(),
        )
    return roots


def unfold(page):
    """Open everything."""
    page.evaluate(
        """() => {
            document.querySelectorAll("details").forEach((one) => { one.open = true; });
            return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }"""
    )


def settings(root):
    return root.evaluate("root => root.explorer.settings")


def first_slider(root):
    """An explorer's first slider, which every teacher makes one that matters, and its trait."""
    slider = root.locator("input[type=range]").first
    return slider, slider.get_attribute("name")


def summary(root):
    settled(root.page)
    return root.locator(".sb-summary").inner_text()


def picture(root):
    settled(root.page)
    return root.evaluate("root => [...root.querySelectorAll('canvas')].map(canvas => canvas.toDataURL())")


def hues(root):
    """The colours in the explorer's canvases, as '#rrggbb'; where lines meet their ground, a few pixels may have any."""
    return set(
        root.evaluate(
            """root => {
                const pixels = new Map();
                for (const canvas of root.querySelectorAll('canvas')) {
                    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                    for (let i = 0; i < data.length; i += 4) {
                        if (data[i + 3] !== 255) continue;
                        const colour = data[i] << 16 | data[i + 1] << 8 | data[i + 2];
                        pixels.set(colour, (pixels.get(colour) ?? 0) + 1);
                    }
                }
                return [...pixels].filter(([, count]) => count > 8).map(([colour]) => '#' + colour.toString(16).padStart(6, '0'));
            }"""
        )
    )
