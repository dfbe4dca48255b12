"""What a screen reader is told: a fold's own words, and headings without the sign that links to them."""

FOLD = '<summary aria-label="Toggle hidden content">'  # myst-nb's, over words that say what is folded
SIGN = '<a class="headerlink" '


def mend(app, pagename, templatename, context, doctree):
    if body := context.get("body"):
        context["body"] = body.replace(FOLD, "<summary>").replace(SIGN, f'{SIGN}aria-hidden="true" tabindex="-1" ')


def setup(app):
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
