"""Pages carry only what they use: neither the scripts of features this book leaves out nor the theme's icon fonts."""

import re
import shutil
from pathlib import Path

# Live code (thebe) is left to Binder, and explorers come as HTML that needs no state of a kernel's widgets.
UNUSED = re.compile(r"thebe|jupyter\.widget-state", re.IGNORECASE)
ICON_FONTS = re.compile(r"@font-face\s*{[^}]*vendor/fontawesome[^}]*}")


def drop_unused(app, pagename, templatename, context, doctree):
    for kind in ("script_files", "css_files"):
        context[kind] = [
            item for item in context[kind] if not UNUSED.search(f"{item} {getattr(item, 'attributes', '')}")
        ]


def delete_unused(app, exception):
    static = Path(app.outdir) / "_static"
    if exception is None:
        (static / "scripts" / "fontawesome.js").unlink(missing_ok=True)
        shutil.rmtree(static / "vendor", ignore_errors=True)
        for sheet in (static / "styles").glob("*.css"):  # a page without scripts would ask for them
            sheet.write_text(ICON_FONTS.sub("", sheet.read_text("utf-8")), "utf-8")
        for source_map in static.rglob("*.map"):
            source_map.unlink()


def setup(app):
    # After the theme and the extensions have added theirs.
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", delete_unused, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
