"""python -m publish [lite] [slides] [pdf] [epub] [zip] | site: build those, or all of them and the links to them, beside the built book."""

import re
import sys
from importlib import import_module

from . import HTML

MODULES = {
    "lite": "lite",
    "slides": "slides",
    "pdf": "pdf",
    "epub": "epub",
    "zip": "archive",
}  # in the order of the site's build
WAITING = re.compile(r'<template class="of-the-site">(.*?)</template>', re.S)


def show_links():
    """Pages carry the links to what only the site has out of sight, until it is there."""
    for page in [*HTML.glob("*.html"), *(HTML / "book").rglob("*.html")]:
        text = page.read_text(encoding="utf-8")
        shown = WAITING.sub(lambda found: found[1], text)
        if shown != text:
            page.write_text(shown, encoding="utf-8")


def main(things):
    if not things or not set(things) <= {*MODULES, "site"}:
        return __doc__
    if not (HTML / "index.html").exists():
        return "the book is not built: run `make book` first"
    if "site" in things:
        show_links()
        things = list(MODULES)
    for thing in things:
        print(f"{thing}: {import_module(f'publish.{MODULES[thing]}').make(HTML)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
