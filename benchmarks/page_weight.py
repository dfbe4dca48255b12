"""What each page of the built book weighs at its first load, with an empty cache.

    .venv/bin/python benchmarks/page_weight.py

Chromium opens every page from a small server; each file it asks for counts with its size after gzip at level 6 (fonts,
which are compressed already, as they are). Requests to other hosts must be 0.
"""

import gzip
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from conftest import chromium  # noqa: E402
from pages import CHAPTERS  # noqa: E402
from served import SITE, served  # noqa: E402

KINDS = ["html", "css", "js", "fonts", "other"]
KIND_OF = {".html": "html", ".css": "css", ".js": "js", ".woff2": "fonts"}


def main():
    print(f"{'kB compressed':32}" + "".join(f"{kind:>8}" for kind in KINDS) + "     all  requests  elsewhere")
    elsewhere_at_all = 0
    with sync_playwright() as playwright, served() as address:
        browser, _ = chromium(playwright)
        for name in [*CHAPTERS, "search"]:
            page = browser.new_page()
            asked = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(f"{address}/{name}.html", wait_until="networkidle")
            page.close()
            asked = [url for url in asked if not url.startswith(("data:", "blob:"))]
            here = [url for url in asked if url.startswith(address)]
            sizes = Counter()
            for path in (SITE / unquote(urlsplit(url).path).lstrip("/") for url in dict.fromkeys(here)):
                content = path.read_bytes()
                kind = KIND_OF.get(path.suffix, "other")
                sizes[kind] += len(content) if kind == "fonts" else min(len(content), len(gzip.compress(content, 6)))
            elsewhere = len(asked) - len(here)
            elsewhere_at_all += elsewhere
            columns = "".join(f"{sizes[kind] / 1000:8.1f}" for kind in KINDS)
            print(f"{name:32}{columns}{sum(sizes.values()) / 1000:8.1f}{len(here):10}{elsewhere:11}")
        browser.close()
    return elsewhere_at_all


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
