"""The colours are told apart by every reader, and stand out from the page."""

from itertools import combinations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from spikebook import theme

TOLD_APART = 10  # CIEDE2000; about 2.3 can just be seen
ROLES = ["V", "Na", "K", "Ca", "L", "input", "E", "I"]
# What is seen with one kind of cone missing, in linear sRGB: Machado, Oliveira and Fernandes (2009), severity 1.
VISION = {
    "trichromat": np.eye(3),
    "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanope": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
themes = pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])


def linear(colour):
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def seen(colour, reader):
    """A colour in CIELAB, as a reader sees it."""
    light = np.clip(np.array(VISION[reader]) @ linear(colour), 0, 1)
    return rgb2lab(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def alike(colours, names, reader):
    pairs = {
        (a, b): deltaE_ciede2000(seen(colours[a], reader), seen(colours[b], reader)) for a, b in combinations(names, 2)
    }
    return {pair: round(float(apart), 1) for pair, apart in pairs.items() if apart < TOLD_APART}


def contrast(one, other):
    bright, dark = sorted((linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@themes
@pytest.mark.parametrize("reader", VISION)
def test_every_two_quantities_have_colours_that_every_reader_tells_apart(colours, reader):
    assert alike(colours, ROLES, reader) == {}


@themes
def test_every_colour_stands_out_from_the_page_and_from_a_panel(colours):
    for role in [*ROLES, "ink", "muted", "accent"]:
        assert min(contrast(colours[role], colours[ground]) for ground in ("paper", "panel")) >= 4.5, role


def test_colours_that_only_some_readers_tell_apart_would_be_noticed():
    red_and_green = {"red": "#b04a20", "green": "#6b6b1f"}
    assert alike(red_and_green, red_and_green, "trichromat") == {} != alike(red_and_green, red_and_green, "deuteranope")
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert (
        deltaE_ciede2000(seen("#777777", "protanope"), seen("#777777", "trichromat")) < 0.5
    )  # a grey stays what it is
