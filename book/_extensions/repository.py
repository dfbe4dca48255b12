"""The addresses of the repository and of the published book, from pyproject.toml, and the branch or tag that the buttons launch."""

import subprocess
import tomllib
from pathlib import Path

# Whose simulations a browser's Python, which has no Numba, computes for more than some minutes; and the
# chapter that reads a recording from a package that browsers lack. They are in JupyterLite, and no button leads there.
TOO_MUCH_FOR_A_BROWSER = {
    "action_potential",
    "choosing_a_model",
    "first_network",
    "hodgkin_huxley_neuron",
    "refractory_period",
    "spike_trains",
    "toward_learning",
}


def version(root):
    """The tag of the commit that is built, so that a release launches itself; main for any other commit, or without git."""
    command = ["git", "describe", "--tags", "--exact-match", "--match", "v*"]
    try:
        found = subprocess.run(command, cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        return "main"
    return found.stdout.strip() if found.returncode == 0 else "main"


def set_repository(app, config):
    project = tomllib.loads((Path(app.srcdir) / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    config.html_baseurl = project["urls"]["Homepage"]
    config.html_theme_options |= {
        "repository_url": project["urls"]["Repository"],
        "repository_branch": version(app.srcdir),
    }


def lead_to_lite(app, pagename, templatename, context, doctree):
    """JupyterLite is a folder beside the pages, which only the published site has."""
    for group in context.get("header_buttons", []):
        for button in list(group.get("buttons", [])):
            if button["text"] == "JupyterLite":
                path, query = button["url"].split("?")
                button |= {"url": f"{context['pathto'](path, 1)}?{query}", "text": "This browser", "of_the_site": True}
                if Path(pagename).name in TOO_MUCH_FOR_A_BROWSER:
                    group["buttons"].remove(button)


def setup(app):
    app.connect("config-inited", set_repository)
    app.connect("html-page-context", lead_to_lite, priority=900)  # after the theme has made its buttons
    return {"parallel_read_safe": True, "parallel_write_safe": True}
