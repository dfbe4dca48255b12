"""Cells that look at photographs: simple and complex cells at every place, and a small hierarchy on top of them.

    simple    S = max(0, W * image)                              a Gabor field at every place, rectified
    complex   C = sqrt((W_0 * image)^2 + (W_90 * image)^2)       the same whichever way light and dark lie in the stripe
    pooled    P = max of C over a small neighbourhood            the same for small shifts
    top       T = max over places of corr(P around the place, what was learned)     the same wherever it stands

W * image is the linear response at every place (`fields.everywhere`); corr is Pearson's correlation over all orientations
and places of the learned pattern. Degrees here are pixels.

Fukushima (1980) Biol Cybern 36:193, doi:10.1007/BF00344251; Riesenhuber and Poggio (1999) Nat Neurosci 2:1019,
doi:10.1038/14819.
"""

import numpy as np

from ..model import number
from .fields import _picture, everywhere, gabor

ORIENTATIONS = (0.0, 45.0, 90.0, 135.0)


def gabor_field(orientation, phase, wavelength, sigma=None, aspect=0.7):
    """A Gabor field on pixels, wide enough to hold it, without its mean: uniform light makes nothing of it.

    wavelength, sigma   pixels; sigma is 0.4 wavelengths unless you say. ValueError for a wavelength below 2 pixels, which
                        no picture can hold
    """
    wavelength = number("wavelength", wavelength, "pixels")
    if wavelength < 2:
        raise ValueError(f"wavelength = {wavelength:g} pixels is too fine for a picture; give 2 pixels or more")
    sigma = 0.4 * wavelength if sigma is None else number("sigma", sigma, "pixels")
    if sigma <= 0:
        raise ValueError(f"sigma = {sigma:g} pixels must be above 0")
    half = int(np.ceil(2.5 * sigma / min(1, aspect)))
    x, y = np.meshgrid(np.arange(-half, half + 1.0), -np.arange(-half, half + 1.0))
    field = gabor(x, y, orientation, wavelength, sigma, aspect, phase)
    envelope = gabor(x, y, orientation, 1e9, sigma, aspect, 0.0)
    field = field - envelope * field.sum() / envelope.sum()
    return field / envelope.sum()  # the same for every phase


def simple_cells(image, orientation, phase, wavelength):
    """Responses (0 on) of simple cells of one kind at every place of `image`, smaller than it by the field less 1."""
    return np.maximum(0.0, everywhere(gabor_field(orientation, phase, wavelength), image))


def complex_cells(image, orientation, wavelength):
    """Responses (0 on) of complex cells of one orientation at every place: the root of the energy."""
    even, odd = (everywhere(gabor_field(orientation, phase, wavelength), image) for phase in (0.0, 90.0))
    return np.sqrt(even**2 + odd**2)


def pooled_cells(image, wavelength=6.0, pool=4):
    """The maximum of complex cells over squares of `pool` pixels, side by side, of four orientations: (4, rows, columns)."""
    maps = np.stack([complex_cells(image, orientation, wavelength) for orientation in ORIENTATIONS])
    pool = int(number("pool", pool, "pixels"))
    rows, columns = (size // pool for size in maps.shape[1:])
    if pool < 1 or not rows or not columns:
        raise ValueError(
            f"pool = {pool} pixels does not fit into maps of {maps.shape[1:]} pixels; use 1 or more, or a larger image"
        )
    tiles = maps[:, : rows * pool, : columns * pool].reshape(len(maps), rows, pool, columns, pool)
    return tiles.max(axis=(2, 4))


def learn(image, wavelength=6.0, pool=4):
    """What a unit at the top remembers of an image: the pooled cells' pattern."""
    return pooled_cells(image, wavelength, pool)


def top_unit(image, learned, wavelength=6.0, pool=4):
    """How well (at most 1) any place of an image matches what was learned. ValueError for an image smaller than that.

    >>> square = np.zeros((48, 48)); square[12:36, 12:36] = 1
    >>> round(top_unit(square, learn(square)), 6)
    1.0
    """
    pattern = pooled_cells(_picture("image", image), wavelength, pool)
    learned = np.asarray(learned, dtype=float)
    if any(l > p for l, p in zip(learned.shape, pattern.shape)):
        raise ValueError(
            f"what was learned, {learned.shape}, is larger than what this image makes, {pattern.shape}; give a larger image"
        )
    windows = np.lib.stride_tricks.sliding_window_view(pattern, learned.shape)[0]
    places = windows.reshape(windows.shape[0], windows.shape[1], -1)
    places = places - places.mean(axis=-1, keepdims=True)
    wanted = learned.ravel() - learned.mean()
    lengths = np.linalg.norm(places, axis=-1) * np.linalg.norm(wanted)
    with np.errstate(invalid="ignore", divide="ignore"):
        match = places @ wanted / lengths
    return float(np.max(np.where(lengths > 0, match, 0.0)))
