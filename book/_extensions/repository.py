"""The addresses of the repository and of the published book, from pyproject.toml to the theme's buttons and the pages."""

import tomllib
from pathlib import Path


def set_repository(app, config):
    project = tomllib.loads((Path(app.srcdir) / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    config.html_baseurl = project["urls"]["Homepage"]
    config.html_theme_options |= {"repository_url": project["urls"]["Repository"], "repository_branch": "main"}


def setup(app):
    app.connect("config-inited", set_repository)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
