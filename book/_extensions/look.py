"""The look of the pages: the theme's colours and type, the book's stylesheets, icons and fonts, and the explorers.

Everything is gathered in one folder of the build and served from there; no page asks another host for anything.
"""

import re
import shutil
from itertools import product
from pathlib import Path
from urllib.parse import quote

from mathematics import KATEX, LOOK
from sphinx.errors import ExtensionError

from spikebook import theme
from spikebook.explore import bundle

FONTS = LOOK / "node_modules" / "@fontsource"
FAMILIES = ("source-serif-4", "source-sans-3")
WEIGHTS = ("400.css", "400-italic.css", "600.css", "600-italic.css")  # a page fetches those it uses


def font_faces(assets):
    """Copy the subsets of the fonts that English prose needs, and return their @font-face rules."""
    rules = []
    for family, sheet in product(FAMILIES, WEIGHTS):
        for rule in re.findall(r"@font-face \{.*?\}", (FONTS / family / sheet).read_text(encoding="utf-8"), re.S):
            file = re.search(r"[\w-]+\.woff2", rule)[0]
            if re.search(r"-(latin|latin-ext|greek)-\d", file):
                shutil.copy(FONTS / family / "files" / file, assets / "fonts" / file)
                rules.append(re.sub(r"url\(.*\)", f"url(fonts/{file})", rule))
    return "\n".join(rules)


def icon_rules():
    """The theme names its icons by Font Awesome's classes; each is drawn by one of the files in icons/."""
    rules = []
    for path in sorted((LOOK / "icons").glob("*.svg")):
        drawing = quote(path.read_text(encoding="utf-8").strip(), safe=" =:/'")
        rules.append(f':root {{ --icon-{path.stem}: url("data:image/svg+xml,{drawing}"); }}')
        rules.append(f".fa-{path.stem} {{ --icon: var(--icon-{path.stem}); }}")
    return "\n".join(rules)


def gather(app, config):
    if not FONTS.exists():
        raise ExtensionError("the pages' fonts are missing: run `make book`, or `npm ci` in book/_look")
    assets = Path(app.outdir).parent / "look"
    shutil.rmtree(assets, ignore_errors=True)
    (assets / "fonts").mkdir(parents=True)
    for font in (KATEX / "fonts").glob("*.woff2"):
        shutil.copy(font, assets / "fonts" / font.name)
    shutil.copy(KATEX / "katex.min.css", assets / "katex.css")
    shutil.copy(KATEX / "contrib" / "copy-tex.min.js", assets / "copy-tex.js")
    sheets = [font_faces(assets), theme.css(), icon_rules()]
    sheets += [path.read_text(encoding="utf-8") for path in sorted(LOOK.glob("*.css"))]
    (assets / "book.css").write_text("\n".join(sheets), encoding="utf-8")
    (assets / "explorers.css").write_text(bundle.stylesheet(), encoding="utf-8")
    (assets / "explorers.js").write_text(bundle.page_script(), encoding="utf-8")
    shutil.copy(LOOK / "page.js", assets / "page.js")
    library = (LOOK / "node_modules" / "minisearch" / "dist" / "umd" / "index.js").read_text(encoding="utf-8")
    (assets / "search.js").write_text(library + (LOOK / "search.js").read_text(encoding="utf-8"), encoding="utf-8")
    config.html_static_path.append(str(assets))


def setup(app):
    app.connect("config-inited", gather)
    for sheet in ("katex.css", "explorers.css", "book.css"):
        app.add_css_file(sheet, priority=800)
    for script in ("copy-tex.js", "explorers.js", "page.js"):
        app.add_js_file(script, defer="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
