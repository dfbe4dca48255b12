"""The pages of the built book for what is made from them, and a browser to make it with."""

import json
import posixpath
import re
import shutil
import tomllib
from collections import namedtuple
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Error

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ADDRESS = PROJECT["urls"]["Homepage"]
TITLE, SUBTITLE = "Spikebook", "an interactive textbook on spiking neurons"
AUTHOR = PROJECT["authors"][0]["name"]
LICENSE = "Text and figures: CC BY 4.0; code: MIT license."

Part = namedtuple("Part", "title pages")
Page = namedtuple("Page", "name article ids")


def parts(html):
    """The parts of the book as _toc.yml has them, with what their pages say."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    yield Part(None, [read(html, toc["root"])])
    for part in toc["parts"]:
        yield Part(part["caption"], [read(html, chapter["file"]) for chapter in part["chapters"]])


def read(html, name):
    article = BeautifulSoup((html / f"{name}.html").read_text("utf-8"), "html.parser").article
    for one in article.select(".about-page, .headerlink, .copybtn, :not([data-explorer]) > script"):
        one.decompose()
    for label in article.select("summary .collapsed"):
        label.string = re.sub("^Show the (.)", lambda match: match[1].upper(), label.get_text())
    return Page(name, article, {one["id"] for one in article.select("[id]")})


def destination(page, href, pages, place):
    """Where a link of a page leads: to a `place(name, fragment)` in what holds all `pages`, or out of it."""
    path, fragment = urlsplit(href).path, unquote(urlsplit(href).fragment)
    if urlsplit(href).scheme:
        return href
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path)) if path else f"{page.name}.html"
    other = pages.get(target.removesuffix(".html"))
    if other and (not fragment or fragment in other.ids):
        return place(other.name, fragment)
    return f"{ADDRESS}{target}" + (f"#{urlsplit(href).fragment}" if fragment else "")


def in_figure(explorer, page):
    """Set an explorer, which does not move here, into a figure whose caption says where it does."""
    new, name = BeautifulSoup("", "html.parser").new_tag, explorer["data-explorer"]
    address = f"{ADDRESS}{page.name}.html#{name}"
    title = json.loads(explorer.script.string)["title"].rstrip(".")
    caption = new("figcaption")
    caption.extend(
        [
            f"{title}: an explorer as it opens. On its page it moves: ",
            new("a", href=f"{address}?", string=address.removeprefix("https://")),
        ]
    )
    figure = explorer.wrap(new("figure", attrs={"class": "explorer"}))
    figure.append(caption)


def plain(words):
    """A title in characters alone; of its formulas, what KaTeX has for screen readers."""
    for one in words.select(".katex-html, annotation"):
        one.decompose()
    return " ".join(words.get_text().split())


def browser(playwright):
    for program in (None, *filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))):
        try:
            return playwright.chromium.launch(executable_path=program)
        except Error:
            continue
    raise RuntimeError("no Chromium was found that starts: install one with `.venv/bin/playwright install chromium`")


SEEN = "one => one.innerText + [...one.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join()"


def settle(explorer):
    """Wait until an explorer stands still, as it does after a while where less motion is asked for."""
    explorer.scroll_into_view_if_needed()
    seen = None
    for _ in range(60):
        before, seen = seen, explorer.evaluate(SEEN)
        if seen == before:
            return
        explorer.page.wait_for_timeout(1000)
    name = explorer.get_attribute("data-explorer")
    raise RuntimeError(f"the explorer {name} still moves after a minute: let it stand where less motion is asked for")
