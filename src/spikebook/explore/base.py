"""What every explorer is: controls that are traits, a description for the page, and `trace()`.

An explorer of a new kind is a subclass that hands over its controls, the code that the page runs and whatever its view
needs, and computes the same in Python:

    class Bench(ExplorerBase):
        def __init__(self):
            controls = [slider("x", "mm", "where it hangs", "spring", (0, 10))]
            equations = gather([force])
            super().__init__("bench", "bench", "A spring", controls=controls, equations=equations, code=javascript(equations))

        def trace(self):
            return Arrays(t=np.zeros(1), F=np.array([force(self.x)]))

The first argument names its view, here `js/bench.js`: a file registered in `views.js` that draws what the translated
code computes. In a kernel the explorer is an ipywidget; in a published page the same controls drive the same equations.
"""

import json
import re
from html import escape

import anywidget
import traitlets

from .bundle import stylesheet, widget_module
from .controls import Choice, Setting


class Arrays(dict):
    """Named arrays, `t` among them: `arrays.V` and `arrays["V"]`."""

    __getattr__ = dict.__getitem__

    @property
    def names(self):
        return tuple(self)


class ExplorerBase(anywidget.AnyWidget):
    """An explorer of any kind.

    view        which view in `js/` draws it
    name        stands in the page's links and as `data-explorer`
    title, hint   the finding to look for, and what to try first
    controls    sliders and choices, as `controls.slider` and `controls.choice` make them: each is a trait of its name
    lists       name -> (values, most): settings that hold up to so many numbers and have no control
    presets     label -> settings that a button of that label makes
    fixed       settings without a control: name -> number
    equations, code   what the page runs: for readers, in Python; for the browser, in JavaScript, with shared exponentials
    more        what else the view needs

    `trace()` computes the present settings: an object with named arrays, `t` among them, the same as in the page.
    """

    _esm = widget_module()
    _css = stylesheet()
    _spec = traitlets.Dict().tag(sync=True)

    def __init__(
        self, view, name, title, hint="", *, controls, equations, code, lists=None, presets=None, fixed=None, **more
    ):
        if not re.fullmatch(r"\w+", name):
            raise ValueError(f"name = {name!r} stands in addresses: use letters, digits and underscores")
        self._fixed, lists = fixed or {}, lists or {}
        self.add_traits(
            **{one["name"]: Choice(one) if "options" in one else Setting(one) for one in controls},
            **{key: _numbers(values, most) for key, (values, most) in lists.items()},
        )
        spec = {
            "view": view,
            "name": name,
            "title": title,
            "hint": hint,
            "controls": controls,
            "lists": {key: {"value": list(values), "most": most} for key, (values, most) in lists.items()},
            "presets": presets or {},
            "fixed": self._fixed,
            "equations": equations,
            "code": code,
        }
        super().__init__(_spec={**spec, **more})

    @property
    def settings(self):
        """All settings as they stand: name -> value."""
        names = [*(control["name"] for control in self._spec["controls"]), *self._spec["lists"]]
        return {name: getattr(self, name) for name in names}

    def trace(self):
        """What Python computes at the present settings."""
        raise NotImplementedError(f"{type(self).__name__} must say what it computes")

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/html": self._html()}, metadata

    def _html(self):
        """The explorer for a page without a kernel: what it needs to know, for the page's script to bring to life."""
        spec = json.dumps({**self._spec, "settings": self.settings}, separators=(",", ":"), allow_nan=False).replace(
            "</", "<\\/"
        )
        name, title = escape(self._spec["name"]), escape(self._spec["title"])
        return (
            f'<div class="spikebook-explorer" data-explorer="{name}">'
            f'<script type="application/json">{spec}</script>'
            f"<p>{title}: this explorer computes in the page and needs JavaScript.</p></div>"
        )


def _numbers(values, most):
    return traitlets.List(traitlets.Float(), list(values), maxlen=most).tag(sync=True)
