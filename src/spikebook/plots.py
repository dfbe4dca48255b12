"""Figures: take data, return axes. They never change data and never call `show`.

`use_book_style()` gives matplotlib the book's colours and type and shows a notebook's figures as drawings (SVG) that
follow the page's light or dark theme. `describe(axes, text)` says in words what a figure shows, for those who cannot
see it.
"""

import re
import sys
from base64 import b64decode, b64encode
from html import escape
from io import BytesIO, StringIO
from itertools import count

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from PIL import Image

from . import theme

WIDTH = 5.6  # inches: readable on a phone, where the whole width is the screen's
_drawing = count(1)


def use_book_style():
    """Draw in the book's style from here on, and show figures in notebooks as SVG in the page's colours."""
    colours = theme.LIGHT
    matplotlib.rcParams.update(
        {
            "figure.figsize": (WIDTH, 3.0),
            "figure.facecolor": "none",
            "figure.constrained_layout.use": True,
            "axes.facecolor": "none",
            "axes.edgecolor": colours["muted"],
            "axes.labelcolor": colours["ink"],
            "axes.titlecolor": colours["ink"],
            "axes.titlesize": 10.5,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.labelsize": 10,
            "axes.linewidth": 0.7,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=[colours[name] for name in ("ink", "K", "Na", "input", "I", "E", "L")]),
            "text.color": colours["ink"],
            "font.size": 10,
            "xtick.color": colours["muted"],
            "ytick.color": colours["muted"],
            "xtick.labelcolor": colours["ink"],
            "ytick.labelcolor": colours["ink"],
            "xtick.labelsize": 9,
            "ytick.labelsize": 9,
            "lines.linewidth": 1.6,
            "legend.frameon": False,
            "legend.labelcolor": "linecolor",
            "legend.fontsize": 10,
            "path.simplify_threshold": 0.1,
            "image.composite_image": False,
            "svg.fonttype": "none",
        }
    )
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()) is not None:
        if "inline" in matplotlib.get_backend():
            # The inline backend registers its own formats when it is first used, and would drop ours then.
            from matplotlib_inline.backend_inline import set_matplotlib_formats

            set_matplotlib_formats()
        shell.display_formatter.formatters["text/html"].for_type(Figure, html)


def colour(name):
    """The book's colour of a quantity or role (`"Na"`, `"V"`, `"I_K"`, `"input"`, `"muted"`), for matplotlib."""
    role = theme.QUANTITIES[name][0] if name in theme.QUANTITIES else name
    if role not in theme.LIGHT:
        raise ValueError(f"no colour is kept for {name!r}; there are {', '.join([*theme.QUANTITIES, *theme.LIGHT])}")
    return theme.LIGHT[role]


def describe(axes, text):
    """Say in words what the figure of `axes` (one or several) shows: its finding, not its looks. Returns `axes`."""
    np.ravel(axes)[0].figure.set_label(text)
    return axes


def html(figure):
    """The figure as an SVG drawing for a web page, in the page's own colours and type."""
    alternative = figure.get_label()
    with matplotlib.rc_context({"svg.hashsalt": f"spikebook {next(_drawing)}"}):
        file = StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = file.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    width, _ = figure.get_size_inches()
    label = f'role="img" aria-label="{escape(alternative)}"' if alternative else 'role="img"'
    # Rules and ids would reach beyond the drawing: other drawings of the page have a "figure_1" too.
    drawing = re.sub(r"<defs>\s*<style[^>]*>\*{[^}]*}</style>\s*</defs>", "", drawing)
    used = set(re.findall(r"#([\w.-]+)", drawing))
    drawing = re.sub(r' id="([^"]*)"', lambda found: found.group() if found[1] in used else "", drawing)
    drawing = _as_masks(_with_light_pictures(_ungrouped(drawing)))
    # A hundredth of a point is finer than any screen shows, and further digits are most of a drawing's weight.
    drawing = re.sub(r' (?:d|x|y)="[^"]*"', lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found.group()), drawing)
    # What is read out is the description: Firefox would go on with the numbers along the axes.
    drawing = re.sub(
        r'<svg [^>]*?viewBox="([^"]*)"[^>]*>(.*)</svg>',
        lambda found: (
            f'<svg viewBox="{found[1]}" {label} style="width: 100%; max-width: {width * 7:.3g}rem; '
            'stroke-linejoin: round; stroke-linecap: butt" '
            'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
            f'<g aria-hidden="true">{found[2]}</g></svg>'
        ),
        drawing,
        flags=re.DOTALL,
    )
    names = {value: name for name, value in reversed(theme.LIGHT.items())}
    drawing = re.sub(
        r"#[0-9a-f]{6}\b", lambda found: _themed(names.get(found.group()), found.group()), drawing, flags=re.IGNORECASE
    )
    drawing = re.sub(r"'DejaVu Sans'[^;\"]*", f"var(--sb-label-font, {_quoted(theme.LABEL_FONT)})", drawing)
    return f'<div class="sb-figure">{drawing}</div>'


def dots(axes, x, y, name, columns=800, rows=400):
    """Thousands of dots, such as the spikes of a raster, as one small picture in the colour of `name`; returns the axes.

    They fill the axes' present limits, so set those first; a dot is one of `columns` by one of `rows` high.

    >>> axes = dots(plt.subplots()[1], x=[0.1, 0.5], y=[0.2, 0.8], name="E")
    """
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    here = np.histogram2d(y, x, (rows, columns), ((bottom, top), (left, right)))[0] > 0
    picture = np.zeros((rows, columns, 4))
    picture[:] = to_rgba(colour(name), 0)
    picture[here, 3] = 1
    axes.imshow(picture, origin="lower", extent=(left, right, bottom, top), aspect="auto", interpolation="none")
    return axes


def _ungrouped(drawing):
    """The drawing without the groups that set nothing: a page would have to keep thousands of elements for them."""
    kept, opened = [], []
    for part in re.split(r"(<g\b[^>]*>|</g>)", re.sub(r"<g\b[^>]*/>", "", drawing)):
        is_group = part.startswith(("<g>", "<g "))
        if is_group:
            opened.append(part != "<g>")
        if opened.pop() if part == "</g>" else not is_group or opened[-1]:
            kept.append(part)
    return "".join(kept)


def _with_light_pictures(drawing):
    """Pictures of at most 256 colours, as maps and dots are, name each colour once: half the weight, and nothing lost."""

    def light(found):
        pixels = np.asarray(Image.open(BytesIO(b64decode(found[0]))).convert("RGBA"))
        colours, numbers = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
        if len(colours) > 256:
            return found[0]
        picture = Image.fromarray(numbers.reshape(pixels.shape[:2]).astype(np.uint8))
        picture.putpalette(colours.tobytes(), "RGBA")
        file = BytesIO()
        picture.save(file, format="png", optimize=True)
        return b64encode(file.getvalue()).decode()

    return re.sub(r"(?<=data:image/png;base64,)[^\"]*", light, drawing)


def _as_masks(drawing):
    """A picture of one colour, as `dots` makes them, becomes a rectangle of this colour that shows where the picture does."""

    def masked(found):
        data, size, place, style = found.groups()
        picture = plt.imread(BytesIO(b64decode(data)))
        if np.ptp(picture[..., :3], axis=(0, 1)).any():
            return found.group()
        name = f"dots-{next(_drawing)}"
        return (
            f'<mask id="{name}" style="mask-type: alpha" maskUnits="userSpaceOnUse" x="0" y="0" {size}>'
            f'<image xlink:href="data:image/png;base64,{data}" {size} {style}/></mask>'
            f'<rect {size} {place} mask="url(#{name})" style="fill: {to_hex(picture[0, 0, :3])}"/>'
        )

    png = r'<image xlink:href="data:image/png;base64,([^"]*)" (width="\d+" height="\d+") (transform="[^"]*") (style="[^"]*")/>'
    return re.sub(png, masked, drawing)


def _themed(name, value):
    if name is None:
        return value
    lab = {"ink": "--jp-content-font-color1", "muted": "--jp-content-font-color2", "rule": "--jp-border-color2"}
    fallback = f"var({lab[name]}, {value})" if name in lab else value
    return f"var(--sb-{name}, {fallback})"


def _quoted(fonts):
    return fonts.replace('"', "'")


def quantity(axes, t, values, name):
    """Draw one recorded quantity over time in its own colour and dash; returns the line."""
    role, dash = theme.QUANTITIES.get(name, ("ink", ()))
    style = {"linestyle": (0, [d / 1.6 for d in dash])} if dash else {}
    (line,) = axes.plot(t, values, color=theme.LIGHT[role], label=theme.LABELS.get(name, name), **style)
    return line


def trace(trace, names=None, axes=None):
    """Draw quantities of a Trace in panels below one another, over a common time axis; returns the axes (array).

    names   one entry a panel: a name, or a tuple of names that share it, e.g. ["V", ("m", "h", "n"), "current"];
            the voltage and the input by default
    axes    axes to draw in, one a panel; a new figure by default
    """
    voltage = trace.model.voltage
    names = [names] if isinstance(names, str) else names or [voltage, "current"]
    panels = [(panel,) if isinstance(panel, str) else tuple(panel) for panel in names]
    for name in (name for panel in panels for name in panel):
        trace[name]  # an unknown name is reported before anything is drawn
    if axes is None:
        heights = [2.2 if voltage in panel else 1.0 if panel == ("current",) else 1.5 for panel in panels]
        _, axes = plt.subplots(
            len(panels), sharex=True, squeeze=False, figsize=(WIDTH, 0.75 + sum(heights) * 0.8), height_ratios=heights
        )
    axes = np.ravel(axes)
    if len(axes) != len(panels):
        raise ValueError(f"axes has {len(axes)} panels for {len(panels)} entries of names; give one for each")
    for panel, ax in zip(panels, axes):
        for name in panel:
            quantity(ax, *_with_spikes(trace, name), name)
        ax.set_ylabel(_axis_label(trace.model, panel))
        if len(panel) > 1:
            ax.legend(loc="lower right", bbox_to_anchor=(1, 0.97), ncols=len(panel), handlelength=1.6, borderpad=0)
    axes[-1].set_xlabel("t (ms)")
    axes[-1].set_xlim(trace.t[0], trace.t[-1])
    return axes


def _with_spikes(trace, name):
    """Time and values to draw. Where a model leaves its spikes out (it jumps from the threshold to its reset), the voltage
    is drawn up to the threshold at each."""
    if not trace.model.reset or name != trace.model.voltage or not len(trace.spike_times):
        return trace.t, trace[name]
    after = np.searchsorted(trace.t, trace.spike_times, side="right").clip(max=len(trace.t) - 1)
    threshold = trace.parameters.get(trace.model.threshold, trace.model.threshold)
    landing = trace[name][after]
    pairs = np.column_stack([np.full_like(landing, threshold), landing]).ravel()
    where = np.repeat(after, 2)
    return np.insert(trace.t, where, np.repeat(trace.spike_times, 2)), np.insert(trace[name], where, pairs)


def _axis_label(model, panel):
    unit = f"\n({model.current_unit.replace('uA/cm2', 'µA/cm²')})" if model.current_unit else ""
    if set(panel) <= set(model.gates):
        return "open\nprobability"
    if panel == ("current",):
        return f"input{unit}"
    if set(panel) <= {*model.currents, "I_C"}:
        return f"current{unit}"
    if panel == (model.voltage,) and model.currents:
        return "V (mV)"
    return ", ".join(panel)
