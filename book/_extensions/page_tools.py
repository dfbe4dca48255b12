"""What stands around the text of a page: how long it takes to read, how to cite it, where to report an error, what to download.

Templates show it (`_templates/layout.html`, `_templates/sections/`); page.js keeps the reader's place.
"""

import json
import shutil
import tomllib
from pathlib import Path
from urllib.parse import quote

import matplotlib
import yaml
from docutils import nodes
from mathematics import LOOK
from matplotlib.figure import Figure

import spikebook as sb
from spikebook import theme

WORDS_A_MINUTE, MINUTES_A_FIGURE, MINUTES_AN_EXPLORER = 200, 0.5, 3
NOT_PROSE = (nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.comment)
LEFT_OUT = {"_sources", "lite", "slides"}  # of what a reader keeps for reading offline


def reading_time(doctree):
    """How long the page takes, with a look at each figure and a while at each explorer, in words."""
    exercises = {
        id(node)
        for section in doctree.findall(nodes.section)
        if "exercises" in section["ids"]
        for node in section.findall()
    }
    read = [node for node in doctree.findall() if id(node) not in exercises]
    words = sum(
        len(node.split()) for node in read if isinstance(node, nodes.Text) and not isinstance(node.parent, NOT_PROSE)
    )
    figures = sum(isinstance(node, nodes.figure) for node in read)
    explorers = sum(isinstance(node, nodes.raw) and "data-explorer=" in node.astext() for node in read)
    minutes = round(words / WORDS_A_MINUTE + MINUTES_A_FIGURE * figures + MINUTES_AN_EXPLORER * explorers)
    return f"About {minutes} minutes to read{', without the exercises' if exercises else ''}"


def citation(book, title, address):
    """Of a page: in words, and for BibTeX."""
    authors = " and ".join(author["name"] for author in book["authors"])
    year, version = book["date-released"].year, book["version"]
    name = book["title"].split(":")[0]
    key = title.lower().replace(" ", "_").replace("-", "_").replace("’", "")
    return {
        "text": f"{authors} ({year}). {title}. In {book['title']}, version {version}. {address}",
        "bibtex": f"@incollection{{{name.lower()}_{key},\n  author = {{{{{authors}}}}},\n  title = {{{title}}},\n"
        f"  booktitle = {{{book['title']}}},\n  year = {{{year}}},\n  note = {{Version {version}}},\n  url = {{{address}}}\n}}",
    }


def add_tools(app, pagename, templatename, context, doctree):
    urls = tomllib.loads((Path(app.srcdir) / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
    context["paper"] = {"light": theme.LIGHT["paper"], "dark": theme.DARK["paper"]}
    context["social_image"] = f"{urls['Homepage']}_static/social.png"
    if doctree is None:
        return
    title = next(doctree.findall(nodes.title)).astext()
    context["page_description"] = " ".join(context["page_description"].removeprefix(title).split())
    book = yaml.safe_load((Path(app.srcdir) / "CITATION.cff").read_text(encoding="utf-8"))
    if pagename == app.config.root_doc:
        context["title"], context["docstitle"] = book["title"], ""
    address = f"{urls['Homepage']}{app.builder.get_target_uri(pagename)}"
    report = f"On the page “{title}” ({address}):\n\nWhat is wrong, and how you know:\n"
    is_notebook = Path(app.env.doc2path(pagename)).suffix == ".ipynb"
    if is_notebook:  # the first page's line is for the reader's place
        about = "" if pagename == app.config.root_doc else reading_time(doctree)
        context["body"] = context["body"].replace("</h1>", f'</h1>\n<p class="about-page">{about}</p>', 1)
    context["tools"] = {
        "cite": citation(book, title, address),
        "report": f"{urls['Repository']}/issues/new?title={quote(f'{title}: ')}&body={quote(report)}",
        "notebook": is_notebook,
    }


def draw_social_picture(path):
    """What other sites show beside a link to the book: its name, and spikes."""
    trace = sb.simulate(sb.hodgkin_huxley.MODEL, current=10, duration=90)
    with matplotlib.rc_context({"font.family": "DejaVu Serif"}):
        figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=theme.LIGHT["paper"])
        axes = figure.add_axes((0.07, 0.1, 0.86, 0.42))
        axes.plot(trace.t, trace.V, color=theme.LIGHT["Na"], linewidth=4)
        axes.axis("off")
        figure.text(0.07, 0.74, "Spikebook", fontsize=64, weight="bold", color=theme.LIGHT["ink"])
        figure.text(0.07, 0.62, "An interactive textbook on spiking neurons", fontsize=27, color=theme.LIGHT["muted"])
        figure.savefig(path)


def list_files(app, exception):
    """For search engines the addresses of all pages, for reading offline those of all files, for an app its name and icon."""
    if exception is not None or app.builder.format != "html":
        return
    html = Path(app.outdir)
    home = app.config.html_baseurl
    pages = sorted(app.builder.get_target_uri(name) for name in app.env.found_docs)
    entries = "\n".join(f"<url><loc>{home}{page}</loc></url>" for page in pages)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    (html / "sitemap.xml").write_text(
        f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{namespace}">\n{entries}\n</urlset>\n',
        encoding="utf-8",
    )
    (html / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {home}sitemap.xml\n", encoding="utf-8")
    (html / "book.webmanifest").write_text(
        json.dumps(
            {
                "name": "Spikebook: spiking neurons",
                "short_name": "Spikebook",
                "start_url": "book/intro.html",
                "display": "standalone",
                "background_color": theme.LIGHT["paper"],
                "theme_color": theme.LIGHT["paper"],
                "icons": [{"src": "_static/favicon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
            },
            indent=1,
        ),
        encoding="utf-8",
    )
    if not (html / "_static" / "social.png").exists():
        draw_social_picture(html / "_static" / "social.png")
    files = [path.relative_to(html) for path in sorted(html.rglob("*")) if path.is_file()]
    kept = [
        path.as_posix()
        for path in files
        if path.parts[0] not in LEFT_OUT
        and path.suffix not in {".pdf", ".epub", ".zip", ".inv"}
        and path.name not in {"worker.js", "files.json"}
        and not path.name.startswith(".")
    ]
    (html / "files.json").write_text(json.dumps(kept, indent=0), encoding="utf-8")
    shutil.copy(LOOK / "worker.mjs", html / "worker.js")


def setup(app):
    app.connect("html-page-context", add_tools)
    app.connect("build-finished", list_files, priority=950)  # after lean_pages
    return {"parallel_read_safe": True, "parallel_write_safe": True}
