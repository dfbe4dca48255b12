"""Cells that look at photographs: simple and complex cells at every place, and a small hierarchy on top of them.

    simple    S = max(0, W * image)                              a Gabor field at every place, rectified
    complex   C = sqrt((W_0 * image)^2 + (W_90 * image)^2)       the same whichever way light and dark lie in the stripe
    pooled    P = max of C over a small neighbourhood            the same for small shifts
    top       T = max over places of corr(P around the place, what was learned)     the same wherever it stands

W * image is the linear response at every place (`fields.everywhere`); corr is Pearson's correlation over all maps (of P one
for each orientation) and all places of the learned pattern. Searching every place serves any maps, plain pixels too; pooling
is what bears small changes that a search cannot undo. Degrees here are pixels.

Fukushima (1980) Biol Cybern 36:193, doi:10.1007/BF00344251; Riesenhuber and Poggio (1999) Nat Neurosci 2:1019,
doi:10.1038/14819.
"""

import numpy as np

from ..model import number
from .fields import _picture, everywhere, gabor

ORIENTATIONS = (0.0, 45.0, 90.0, 135.0)


def gabor_field(orientation, phase, period, sigma=None, aspect=0.7):
    """A Gabor field on pixels, wide enough to hold it, without its mean: uniform light makes nothing of it.

    period, sigma   pixels; sigma is 0.4 periods unless you say. ValueError for a period below 2 pixels, which
                        no picture can hold
    """
    period = number("period", period, "pixels")
    if period < 2:
        raise ValueError(f"period = {period:g} pixels is too fine for a picture; give 2 pixels or more")
    sigma = 0.4 * period if sigma is None else number("sigma", sigma, "pixels")
    if sigma <= 0:
        raise ValueError(f"sigma = {sigma:g} pixels must be above 0")
    half = int(np.ceil(2.5 * sigma / min(1, aspect)))
    x, y = np.meshgrid(np.arange(-half, half + 1.0), -np.arange(-half, half + 1.0))
    field = gabor(x, y, orientation, period, sigma, aspect, phase)
    envelope = gabor(x, y, orientation, 1e9, sigma, aspect, 0.0)
    field = field - envelope * field.sum() / envelope.sum()
    return field / envelope.sum()  # the same for every phase


def simple_cells(image, orientation, phase, period):
    """Responses (0 on) of simple cells of one kind at every place of `image`, smaller than it by the field less 1."""
    return np.maximum(0.0, everywhere(gabor_field(orientation, phase, period), image))


def complex_cells(image, orientation, period):
    """Responses (0 on) of complex cells of one orientation at every place: the root of the energy."""
    even, odd = (everywhere(gabor_field(orientation, phase, period), image) for phase in (0.0, 90.0))
    return np.sqrt(even**2 + odd**2)


def pooled_cells(image, period=6.0, pool=4):
    """The maximum of complex cells over squares of `pool` pixels, side by side, of four orientations: (4, rows, columns)."""
    maps = np.stack([complex_cells(image, orientation, period) for orientation in ORIENTATIONS])
    pool = int(number("pool", pool, "pixels"))
    rows, columns = (size // pool for size in maps.shape[1:])
    if pool < 1 or not rows or not columns:
        raise ValueError(
            f"pool = {pool} pixels does not fit into maps of {maps.shape[1:]} pixels; use 1 or more, or a larger image"
        )
    tiles = maps[:, : rows * pool, : columns * pool].reshape(len(maps), rows, pool, columns, pool)
    return tiles.max(axis=(2, 4))


def learn(image, period=6.0, pool=4):
    """What a unit at the top remembers of an image: the pooled cells' pattern."""
    return pooled_cells(image, period, pool)


def best_match(maps, learned):
    """The largest correlation (at most 1) of a learned pattern with any place of some maps, both (maps, rows, columns).

    A place where the maps are uniform matches nothing: 0. ValueError for maps that are fewer or smaller than the pattern.

    >>> hook = np.array([[[1.0, 0.0], [1.0, 1.0]]])
    >>> round(best_match(np.pad(5 * hook + 2, ((0, 0), (3, 1), (0, 4)), constant_values=2), hook), 9)
    1.0
    """
    maps, learned = np.asarray(maps, dtype=float), np.asarray(learned, dtype=float)
    if maps.ndim != 3 or maps.shape[0] != learned.shape[0] or any(l > m for l, m in zip(learned.shape, maps.shape)):
        raise ValueError(
            f"what was learned, {learned.shape}, is larger than what this image makes, {maps.shape}; give a larger image "
            "and the same maps"
        )
    maps = maps - maps.mean()  # which changes no correlation, and loses no digits to a common level
    wanted = learned - learned.mean()
    window = np.ones(learned.shape[1:])
    product = sum(everywhere(one, image) for one, image in zip(wanted, maps))
    total = sum(everywhere(window, image) for image in maps)
    square = sum(everywhere(window, image**2) for image in maps) - total**2 / learned.size
    uniform = square < 1e-12 * max(1e-300, np.sum(maps**2))
    match = product / np.sqrt(np.where(uniform, 1.0, square) * max(1e-300, np.sum(wanted**2)))
    return float(np.max(np.where(uniform, 0.0, match)))


def top_unit(image, learned, period=6.0, pool=4):
    """How well (at most 1) any place of an image matches what was learned. ValueError for an image smaller than that.

    >>> square = np.zeros((48, 48)); square[12:36, 12:36] = 1
    >>> round(top_unit(square, learn(square)), 6)
    1.0
    """
    return best_match(pooled_cells(_picture("image", image), period, pool), learned)


def photograph(name, shrink=1):
    """A photograph that scikit-image ships, in grey from 0 to 1, each pixel the mean of shrink x shrink.

    name   "camera", "astronaut", "chelsea" (a cat) or "coffee"

    It needs scikit-image. ValueError for another name, and a `shrink` that is no whole number from 1 on.

    >>> photograph("camera", shrink=4).shape
    (128, 128)
    """
    from skimage import data

    if name not in ("camera", "astronaut", "chelsea", "coffee"):
        raise ValueError(f"name = {name!r} is no photograph here; use 'camera', 'astronaut', 'chelsea' or 'coffee'")
    count = number("shrink", shrink, "")
    if count != int(count) or count < 1:
        raise ValueError(f"shrink = {count:g} cannot be done; give a whole number from 1 on")
    image, tile = getattr(data, name)() / 255, int(count)
    image = image if image.ndim == 2 else image @ [0.2125, 0.7154, 0.0721]  # the share of red, green and blue in grey
    rows, columns = (size // tile for size in image.shape)
    return image[: rows * tile, : columns * tile].reshape(rows, tile, columns, tile).mean(axis=(1, 3))
