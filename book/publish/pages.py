"""The pages of the built book for what is made from them, and a browser to make it with."""

import shutil
import tomllib
from collections import namedtuple
from pathlib import Path

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Error

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ADDRESS = PROJECT["urls"]["Homepage"]

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
    return Page(name, article, {one["id"] for one in article.select("[id]")})


def browser(playwright):
    for program in (None, *filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))):
        try:
            return playwright.chromium.launch(executable_path=program)
        except Error:
            continue
    raise RuntimeError("no Chromium was found that starts: install one with `.venv/bin/playwright install chromium`")
