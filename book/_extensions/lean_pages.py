"""Pages carry only what they use: one stylesheet and one script, without what no page needs, and no icon fonts.

The theme and the extensions bring some twenty files that a page would have to wait for, nine tenths of them unused.
"""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

from mathematics import LOOK, node_program
from pygments import token
from pygments.formatters import HtmlFormatter
from sphinx.errors import ExtensionError
from sphinx.highlighting import PygmentsBridge

# Live code (thebe) is left to Binder, explorers need no state of a kernel's widgets, and no page has tabs.
UNUSED = re.compile(r"thebe|jupyter\.widget-state|design-tabs", re.IGNORECASE)
ICON_FONTS = re.compile(r"@font-face\s*{[^}]*vendor/fontawesome[^}]*}")
SHEET = re.compile(r'\s*<link(?=[^>]*rel="stylesheet")[^>]*href="([^"?]*)[^>]*>')
SCRIPT = re.compile(r'\s*<script(?: defer(?:="defer")?)? src="([^"?]*)[^>]*></script>')
OPTION = re.compile(r"\s*<script>DOCUMENTATION_OPTIONS\.[^<]*</script>")  # of the theme's search as one types
# The theme measures every box of a page at its start, which lays all of it out at once; page.js looks when a box is near.
MEASURED = re.compile(r'\["pre",\s*"\.nboutput[^\]]*\]')
ALONE = {"explorers.js", "search.js", "places.js"}  # not on every page

# The kinds of words in code that page.css tells apart. The others need no element of their own: half of a page's were theirs.
COLOURED = (token.Keyword, token.Operator.Word, token.Name.Decorator, token.String, token.Number, token.Comment)


class LeanCode(HtmlFormatter):
    """Code in which only what has a colour is marked."""

    def format_unencoded(self, tokensource, outfile):
        marked = ((kind if any(kind in one for one in COLOURED) else token.Text, text) for kind, text in tokensource)
        super().format_unencoded(marked, outfile)


def drop_unused(app, pagename, templatename, context, doctree):
    for kind in ("script_files", "css_files"):
        context[kind] = [
            item for item in context[kind] if not UNUSED.search(f"{item} {getattr(item, 'attributes', '')}")
        ]


def bundle(pages, html):
    """Join the files that search.html, which every build writes, asks for, and delete what no page asks for any more."""
    static = html / "_static"
    head = (html / "search.html").read_text(encoding="utf-8")
    sheets, scripts = (
        [html / path for path in pattern.findall(head) if Path(path).name not in ALONE] for pattern in (SHEET, SCRIPT)
    )
    for sheet in sheets:
        sheet.write_text(ICON_FONTS.sub("", sheet.read_text(encoding="utf-8")), encoding="utf-8")
    [theme] = [script for script in scripts if script.name == "pydata-sphinx-theme.js"]
    text, found = MEASURED.subn('[":not(*)"]', theme.read_text(encoding="utf-8"))
    if found != 1:
        raise ExtensionError(f"{theme.name} does not measure boxes as MEASURED in {__name__}.py says; mend the pattern")
    theme.write_text(text, encoding="utf-8")
    alone = {str(static / name): [str(static / name)] for name in sorted(ALONE)}
    work = {
        "scripts": {str(static / "script.js"): [*map(str, scripts)], **alone},
        "sheets": {str(static / "style.css"): [*map(str, sheets)]},
        "pages": [*map(str, pages)],
    }
    result = subprocess.run(
        [node_program(), LOOK / "bundle.mjs"], input=json.dumps(work), capture_output=True, encoding="utf-8"
    )
    if result.returncode:
        raise ExtensionError(f"the pages' scripts and stylesheets could not be joined: {result.stderr}")
    kept = {"style.css", "script.js", *ALONE}
    for file in static.rglob("*"):
        if file.name not in kept and (
            file.suffix in {".css", ".js", ".map"} or file.name.endswith("webpack-macros.html")
        ):
            file.unlink()
    for folder in ("vendor", "locales"):
        shutil.rmtree(static / folder, ignore_errors=True)


def lighten(page, html):
    """Let a page ask for the joined files. Their addresses change with their content, so that no browser keeps old ones."""
    text = page.read_text(encoding="utf-8")
    root = "../" * len(page.relative_to(html).parents[:-1])

    def address(name):
        content = (html / "_static" / name).read_bytes()
        return f'"{root}_static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"'

    alone = [name for path in SCRIPT.findall(text) if (name := Path(path).name) in ALONE - {"explorers.js"}]
    text = OPTION.sub("", SCRIPT.sub("", SHEET.sub("", text)))
    assets = [
        f'<link rel="stylesheet" href={address("style.css")}>',
        f"<script defer src={address('script.js')}></script>",
    ]
    if "data-explorer" in text:
        assets.append(f"<script defer src={address('explorers.js')}></script>")
    assets += [f"<script defer src={address(name)}></script>" for name in alone]
    head, end = text.split("</head>", 1)
    page.write_text(f"{head.rstrip()}\n    " + "\n    ".join(assets) + f"\n  </head>{end}", encoding="utf-8")


def lean(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    html = Path(app.outdir)
    pages = [Path(app.builder.get_outfilename(name)) for name in (*app.env.found_docs, "genindex", "search")]
    bundle(pages, html)
    for page in pages:
        lighten(page, html)


def setup(app):
    PygmentsBridge.html_formatter = LeanCode
    # After the theme and the extensions have added theirs.
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", lean, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
