"""Where a cell looks: fields as functions of place, stimuli as functions of place, and what one makes of the other.

    D(x, y) = G(x, y; sigma_c) - k G(x, y; sigma_s)          centre and surround: a difference of Gaussians
    G(x, y; s) = exp(-(x^2 + y^2) / (2 s^2)) / (2 pi s^2)
    W(x, y) = exp(-(v^2 + (gamma u)^2) / (2 s^2)) cos(2 pi v / period + phase)      a Gabor function
    u = x cos(theta) + y sin(theta) along the stripes,   v = -x sin(theta) + y cos(theta) across them
    L = sum over pixels of field stimulus area               the linear response

x, y         degrees of visual angle, y upwards; the moon is half a degree wide
sigma_c, sigma_s, s   sizes of centre, surround and envelope, degrees
k            the surround's weight relative to the centre's          gamma   how much shorter the envelope is along
theta, phase   degrees, theta counter-clockwise from horizontal               than across; below 1 it is longer
period       of the stripes, a light and a dark one together, degrees
stimulus     contrast: 0 is the grey of the background, 1 the brightest light, -1 the darkest

The functions of place take numbers or arrays.

Rodieck (1965) Vision Res 5:583, doi:10.1016/0042-6989(65)90033-7; Jones and Palmer (1987) J Neurophysiol 58:1233,
doi:10.1152/jn.1987.58.6.1233.
"""

from math import pi

import numpy as np
from numpy import abs, cos, exp, maximum, minimum, sin, sqrt

from ..model import number

EDGE = 0.125  # degrees over which a stimulus goes from dark to light


def difference_of_gaussians(x, y, sigma_centre, sigma_surround, surround):
    """Weight (1/degree^2) of an on-centre field at a place: its centre sums to 1, its surround to -surround.

    >>> round(float(difference_of_gaussians(0.0, 0.0, 1.0, 3.0, 1.0)), 3)  # (1 - 1/9) / (2 pi)
    0.141
    """
    square = x * x + y * y
    centre = exp(-square / (2 * sigma_centre**2)) / (2 * pi * sigma_centre**2)
    around = exp(-square / (2 * sigma_surround**2)) / (2 * pi * sigma_surround**2)
    return centre - surround * around


def gabor(x, y, orientation, period, sigma, aspect, phase):
    """Weight (at most 1) of a striped field at a place; `phase` 0 has a light stripe in the middle, 180 a dark one,
    90 an edge.

    >>> [round(float(gabor(0.0, y, 0, period=2, sigma=1, aspect=0.5, phase=0)), 3) for y in (0.0, 1.0)]
    [1.0, -0.607]
    """
    theta = orientation * pi / 180
    along = x * cos(theta) + y * sin(theta)
    across = y * cos(theta) - x * sin(theta)
    envelope = exp(-(across * across + aspect * aspect * along * along) / (2 * sigma**2))
    return envelope * cos(2 * pi * across / period + phase * pi / 180)


def bar(x, y, centre_x, centre_y, angle, length, width):
    """Light (0 to 1) of a bar at a place; its edges rise over EDGE degrees, so that nothing jumps as it moves.

    >>> [float(bar(x, 0.0, 0.0, 0.0, angle=90, length=2, width=0.5)) for x in (0.0, 0.25, 1.0)]
    [1.0, 0.5, 0.0]
    """
    theta = angle * pi / 180
    along = (x - centre_x) * cos(theta) + (y - centre_y) * sin(theta)
    across = (y - centre_y) * cos(theta) - (x - centre_x) * sin(theta)
    return _inside(length / 2 - abs(along)) * _inside(width / 2 - abs(across))


def spot(x, y, centre_x, centre_y, diameter):
    """Light (0 to 1) of a round spot at a place, with edges like a bar's."""
    distance = sqrt((x - centre_x) * (x - centre_x) + (y - centre_y) * (y - centre_y))
    return _inside(diameter / 2 - distance)


def _inside(depth):
    return minimum(1.0, maximum(0.0, depth / EDGE + 0.5))


def grating(x, y, orientation, period, phase):
    """Contrast (-1 to 1) of light and dark stripes at a place; angles in degrees, as in `gabor`."""
    theta = orientation * pi / 180
    return cos(2 * pi * (y * cos(theta) - x * sin(theta)) / period + phase * pi / 180)


def places(size, pixels):
    """x and y (degrees) of the middles of pixels x pixels squares of a screen `size` degrees wide around 0, 0.

    Row 0 is the top, as in a photograph. ValueError for a size that is not above 0 and less than one pixel.

    >>> places(4, 2)[1]
    array([[ 1.,  1.],
           [-1., -1.]])
    """
    size = _above_zero("size", size, "degrees")
    if pixels != int(pixels) or pixels < 1:
        raise ValueError(f"pixels = {pixels!r} is no number of pixels; give a whole number from 1 on")
    middles = size * ((np.arange(int(pixels)) + 0.5) / pixels - 0.5)
    return np.meshgrid(middles, -middles)


def spot_response(diameter, sigma_centre, sigma_surround, surround=1.0):
    """What a centred spot of light makes of a difference of Gaussians, by integration over the plane.

    L = (1 - exp(-r^2 / (2 sigma_c^2))) - k (1 - exp(-r^2 / (2 sigma_s^2))),   r = diameter / 2

    Degrees; numbers or arrays. ValueError for sizes that are not above 0 and a surround not wider than its centre.

    >>> round(float(spot_response(1000, 1, 3, surround=0.9)), 6)  # uniform light: 1 - k
    0.1
    """
    sigma_centre, sigma_surround = _sizes(sigma_centre, sigma_surround)
    square = np.square(diameter) / 4
    centre, around = (-np.expm1(-square / (2 * sigma**2)) for sigma in (sigma_centre, sigma_surround))
    return centre - surround * around


def best_spot(sigma_centre, sigma_surround, surround=1.0):
    """Diameter (degrees) of the spot that excites a difference of Gaussians most.

    It covers the field exactly as far as the weights are positive: r^2 = 2 ln(sigma_s^2 / (k sigma_c^2)) / (1 / sigma_c^2 -
    1 / sigma_s^2). ValueError as in `spot_response`, and for a `surround` not above 0: then no spot is too large.

    >>> round(best_spot(1, 3), 2)
    4.45
    """
    sigma_centre, sigma_surround = _sizes(sigma_centre, sigma_surround)
    surround = _above_zero("surround", surround, "")
    if surround >= (sigma_surround / sigma_centre) ** 2:
        raise ValueError(f"surround = {surround:g} outweighs the centre everywhere: no spot excites; use less")
    ratio = sigma_surround**2 / (surround * sigma_centre**2)
    return float(2 * np.sqrt(2 * np.log(ratio) / (sigma_centre**-2 - sigma_surround**-2)))


def linear_response(field, stimulus, area=1.0):
    """L = sum over pixels of field x stimulus x area, for one stimulus (rows, columns) or many (..., rows, columns).

    area   of a pixel, degree^2, where the field is a weight per degree^2. ValueError when their sizes differ.

    >>> float(linear_response([[1, -1]], [[0.5, 0.25]]))
    0.25
    """
    field, stimulus = np.asarray(field, dtype=float), np.asarray(stimulus, dtype=float)
    if field.ndim != 2 or stimulus.shape[-2:] != field.shape:
        raise ValueError(
            f"field has {field.shape} pixels and stimulus {stimulus.shape[-2:]}; sample both at the same places"
        )
    return np.tensordot(stimulus, field, axes=2) * area


def everywhere(field, image):
    """The linear response of a cell of this field at every place of an image where the field lies wholly within it.

    field, image   (rows, columns); the result has image - field + 1 of each, and its element [0, 0] is the response of
                   the field laid into the image's upper left corner (a correlation; the field is not turned round)

    ValueError for a field larger than its image, and for `NaN`.

    >>> everywhere([[1.0, -1.0]], [[0.0, 0.0, 1.0]]).round(9) + 0.0
    array([[ 0., -1.]])
    """
    field, image = _picture("field", field), _picture("image", image)
    if field.shape[0] > image.shape[0] or field.shape[1] > image.shape[1]:
        raise ValueError(
            f"field of {field.shape} pixels is larger than its image of {image.shape}; use a smaller field or more of "
            "the image"
        )
    rows, columns = (i - f + 1 for i, f in zip(image.shape, field.shape))
    spectrum = np.fft.rfft2(image) * np.conj(np.fft.rfft2(field, image.shape))
    return np.fft.irfft2(spectrum, image.shape)[:rows, :columns]


def _picture(name, values):
    values = np.asarray(values, dtype=float)
    if values.ndim != 2 or not values.size:
        raise ValueError(f"{name} has shape {values.shape}; give rows and columns of grey values")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} holds values that are not finite; give grey values")
    return values


def _above_zero(name, value, unit):
    value = number(name, value, unit)
    if value <= 0:
        raise ValueError(f"{name} = {value:g} {unit} must be above 0")
    return value


def _sizes(sigma_centre, sigma_surround):
    sigma_centre = _above_zero("sigma_centre", sigma_centre, "degrees")
    sigma_surround = _above_zero("sigma_surround", sigma_surround, "degrees")
    if sigma_surround <= sigma_centre:
        raise ValueError(
            f"sigma_surround = {sigma_surround:g} degrees is not above sigma_centre = {sigma_centre:g} degrees; "
            "a surround reaches further than its centre"
        )
    return sigma_centre, sigma_surround
