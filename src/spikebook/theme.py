"""Colours and type, in one place, for figures, explorers and the pages, light and dark.

A quantity keeps one colour everywhere: sodium is rust, potassium blue, calcium crimson, the leak grey, the input purple,
the voltage ink, excitation ochre, inhibition teal. The gates wear the colour of their ion (m and h sodium's, n potassium's)
and are told apart by their dashes; chloride wears the colour of inhibition, which it mostly carries.

Any two of these eight differ by at least 10 in CIEDE2000 (about four times what can just be seen side by side) for every reader,
those who lack one kind of cone included, by the simulation of Machado, Oliveira and Fernandes (2009) IEEE Trans Vis Comput Graph 15:1291,
doi:10.1109/TVCG.2009.113; and each reaches at least 4.5 : 1 against the page in both themes.
"""

LIGHT = {
    "paper": "#fefdfb",
    "panel": "#f6f4ee",
    "rule": "#d9d5ca",
    "ink": "#1f242c",
    "muted": "#5a616c",
    "accent": "#0b5aa2",
    "V": "#1f242c",
    "Na": "#8c300b",
    "K": "#006bc3",
    "Ca": "#c01464",
    "L": "#666c76",
    "input": "#673281",
    "E": "#8f6612",
    "I": "#1d6552",
}

DARK = {
    "paper": "#14171c",
    "panel": "#1c2027",
    "rule": "#363c47",
    "ink": "#e8e6e0",
    "muted": "#a5abb6",
    "accent": "#86bdf2",
    "V": "#e8e6e0",
    "Na": "#ef9369",
    "K": "#9ac2ff",
    "Ca": "#c96a8c",
    "L": "#9ba3af",
    "input": "#b18cc9",
    "E": "#f7c656",
    "I": "#40d3b0",
}

# Which colour and dash a recorded quantity is drawn with: name -> (colour, dash in pixels).
QUANTITIES = {
    "V": ("V", ()),
    "m": ("Na", ()),
    "h": ("Na", (6, 3)),
    "n": ("K", ()),
    "I_Na": ("Na", ()),
    "I_K": ("K", ()),
    "I_L": ("L", ()),
    "I_A": ("K", (6, 3)),
    "I_M": ("K", (2, 2)),
    "I_Ca": ("Ca", ()),
    "I_Cl": ("I", ()),
    "Cl": ("I", ()),
    "I_C": ("muted", ()),
    "open_Na": ("Na", ()),
    "open_K": ("K", ()),
    "u": ("K", ()),
    "w": ("K", ()),
    "current": ("input", ()),
}

# What a figure or an explorer calls a quantity, where that is not its name.
LABELS = {
    "current": "input",
    "I_Na": "Na⁺",
    "I_K": "K⁺",
    "I_L": "leak",
    "I_A": "K⁺ (A)",
    "I_M": "K⁺ (M)",
    "I_Ca": "Ca²⁺",
    "I_Cl": "Cl⁻",
    "I_C": "capacity",
    "open_Na": "open Na⁺",
    "open_K": "open K⁺",
}

# "Nearly" are the fonts of book/_look/stand_in.css.
TEXT_FONT = '"Source Serif 4", "Nearly Source Serif", Charter, "Iowan Old Style", Georgia, serif'
LABEL_FONT = '"Source Sans 3", "Nearly Source Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif'
CODE_FONT = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace'


def css():
    """The theme as custom CSS properties (`--sb-ink`, `--sb-Na`, ...), for the page's light and dark themes.

    Outside the book's page (JupyterLab, Colab) the dark colours follow the notebook's theme.

    >>> "--sb-Na: #8c300b" in css()
    True
    """
    light, dark = ("; ".join(f"--sb-{name}: {value}" for name, value in colours.items()) for colours in (LIGHT, DARK))
    fonts = f"--sb-text-font: {TEXT_FONT}; --sb-label-font: {LABEL_FONT}; --sb-code-font: {CODE_FONT}"
    dim = 'html[data-theme="dark"], body[data-jp-theme-light="false"], html[theme="dark"]'
    return f":root {{ {light}; {fonts} }}\n{dim} {{ {dark} }}\n"
