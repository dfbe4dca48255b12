"""What may cross from a student's process to the grader: plain values, of bounded size, and nothing that runs.

number, text, None, list, dict with texts for keys     as they are; NaN and infinity by name
tuple, set, range, numpy array or scalar               as lists and numbers
matplotlib figure or axes                              what is drawn: lines, points, bars, stairs, labels, limits
anything else                                          refused, with its type's name
"""

import json
import math

NUMBERS, TEXT, DEPTH = 50_000, 20_000, 8  # values in all, characters of a text, lists in lists
BYTES = 4_000_000  # of an answer


class NotPlain(Exception):
    """A value that does not cross."""


def pack(value):
    """The value as JSON text."""
    text = json.dumps(_plain(value, [0], 0), allow_nan=False)
    if len(text) > BYTES:
        raise NotPlain(f"it takes {len(text)} bytes, more than {BYTES}")
    return text


def unpack(text):
    """The value again. NotPlain for a text that `pack` did not make."""
    try:
        return _value(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise NotPlain(f"it is no plain value: {type(problem).__name__}") from None


def _value(packed):
    if isinstance(packed, list):
        return [_value(one) for one in packed]
    if isinstance(packed, dict):
        if set(packed) == {"float"}:
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[packed["float"]]
        return {_value(str(name)): _value(one) for name, one in packed["dict"].items()}
    if isinstance(packed, str):
        return packed.encode("utf-8", "replace").decode("utf-8")
    return packed


def _plain(value, count, depth):
    count[0] += 1
    if count[0] > NUMBERS:
        raise NotPlain(f"it holds more than {NUMBERS} values")
    if depth > DEPTH:
        raise NotPlain(f"it is nested more than {DEPTH} deep")
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        if abs(value) >= 10**300:
            raise NotPlain("it is an integer of more than 300 digits")
        return value
    if kind is float:
        return value if math.isfinite(value) else {"float": str(value)}
    if kind is str:
        return value[:TEXT].encode("utf-8", "replace").decode("utf-8")
    module = kind.__module__.partition(".")[0]
    if module == "numpy":
        return _plain_array(value, count, depth)
    if module == "matplotlib":
        return _plain(drawn(value), count, depth)
    if isinstance(value, dict):
        return {"dict": {str(name)[:200]: _plain(one, count, depth + 1) for name, one in value.items()}}
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return [_plain(one, count, depth + 1) for one in value]
    raise NotPlain(f"it is of type {kind.__name__}, not a number, text, list or array")


def _plain_array(value, count, depth):
    if not hasattr(value, "tolist"):
        raise NotPlain(f"it is of type {type(value).__name__}, not a number, text, list or array")
    if getattr(value, "size", 1) > NUMBERS:
        raise NotPlain(f"it is an array of {value.size} values, more than {NUMBERS}")
    return _plain(value.tolist(), count, depth)


def drawn(figure):
    """What a figure's axes show, as the tests read it: one dict for each axes."""
    import numpy as np
    from matplotlib.colors import to_hex

    if hasattr(figure, "get_axes") and hasattr(figure, "savefig"):
        every = figure.get_axes()
    elif hasattr(figure, "get_xlabel"):
        every = [figure]
    else:
        raise NotPlain(f"it is of type {type(figure).__name__}, not a figure")

    def pairs(points):
        points = np.ma.filled(np.ma.asarray(points, dtype=float), np.nan)
        return {"x": points[:, 0].tolist(), "y": points[:, 1].tolist()}

    def colours(*every):
        return " ".join(to_hex(one, keep_alpha=True) for one in every)

    def line_of(line):
        inks = line.get_color(), line.get_markerfacecolor(), line.get_markeredgecolor()
        return pairs(line.get_xydata()) | {"label": str(line.get_label()), "colour": colours(*inks)}

    def cloud_of(cloud):
        cloud.update_scalarmappable()
        return pairs(cloud.get_offsets()) | {"colour": colours(*cloud.get_facecolor()[:1], *cloud.get_edgecolor()[:1])}

    def bars_of(patch):
        """A bar, and each step of a staircase: of `stairs`, and of `hist` as an outline."""
        if hasattr(patch, "get_width"):
            steps = [(patch.get_x(), patch.get_x() + patch.get_width(), patch.get_y() + patch.get_height())]
        elif hasattr(patch, "get_data"):
            values, edges, _ = patch.get_data()
            steps = zip(edges[:-1], edges[1:], values) if patch.orientation == "vertical" else []
        else:
            corners = getattr(patch, "get_xy", lambda: [])()
            sides = list(zip(corners[:-1], corners[1:]))
            upright = all(a[0] == b[0] or a[1] == b[1] for a, b in sides)
            steps = [(a[0], b[0], a[1]) for a, b in sides if upright and a[0] < b[0]]
        return [{"x": float(a + b) / 2, "width": float(b - a), "y": float(y)} for a, b, y in steps]

    return [
        {
            "title": ax.get_title(),
            "xlabel": ax.get_xlabel(),
            "ylabel": ax.get_ylabel(),
            "xscale": ax.get_xscale(),
            "yscale": ax.get_yscale(),
            "xlim": list(ax.get_xlim()),
            "ylim": list(ax.get_ylim()),
            "lines": [line_of(line) for line in ax.get_lines()],
            "points": [cloud_of(cloud) for cloud in ax.collections if len(cloud.get_offsets())],
            "bars": [bar for patch in ax.patches for bar in bars_of(patch)],
        }
        for ax in every[:20]
    ]
