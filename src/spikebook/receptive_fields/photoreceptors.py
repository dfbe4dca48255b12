"""Photoreceptors: which light they catch, and how far their voltage falls.

    S(x) = 1 / (exp(A (a - x)) + exp(B (b - x)) + exp(C (c - x)) + D),   x = peak / wavelength
    a = 0.8795 + 0.0459 exp(-(peak - 300)^2 / 11940)
    r / largest = I^n / (I^n + half^n)                      Naka and Rushton
    V = V_dark - largest I^n / (I^n + half^n)

S     sensitivity relative to its peak; A = 69.7, B = 28, b = 0.922, C = -14.9, c = 1.104, D = 0.674
I     intensity of the light that is caught (photons a second, any unit)     half   the intensity of half the largest response
n     steepness, about 1 in photoreceptors                                   V      mV; light lowers it

Naka and Rushton measured potentials of a fish's retina beyond the receptors, and n = 1 fitted. Photoreceptors follow the curve
for flashes in the dark; in steady light cones adapt, which moves `half` and is left out here.

The template is the main band of a visual pigment with retinal A1; a second, lower band in the ultraviolet is left out, and so
are the lens and the macular pigment, which take away blue light before it arrives.

Govardovskii, Fyhrquist, Reuter, Kuzmin and Donner (2000) Vis Neurosci 17:509, doi:10.1017/S0952523800174036;
Naka and Rushton (1966) J Physiol 185:536, doi:10.1113/jphysiol.1966.sp008001.
"""

import numpy as np

from ..model import number

# Where human pigments absorb most, nm: Bowmaker and Dartnall (1980) J Physiol 298:501, doi:10.1113/jphysiol.1980.sp013097.
PEAKS = {"S": 420.3, "M": 533.8, "L": 562.8, "rod": 497.6}
# A vertebrate photoreceptor in round numbers, mV: its voltage in the dark, and how far bright light lowers it.
V_DARK = -40.0
LARGEST_FALL = 25.0


def pigment_sensitivity(wavelength, peak):
    """Sensitivity (0 to 1) of a pigment that absorbs most at `peak` nm, to light of `wavelength` nm (number or array).

    ValueError for a wavelength below 300 nm, where the template ends, and a peak outside 350 to 630 nm.

    >>> [round(float(pigment_sensitivity(nm, peak=562.8)), 2) for nm in (450, 563, 650)]
    [0.1, 1.0, 0.12]
    """
    wavelength = _light("wavelength", wavelength, "nm")
    peak = number("peak", peak, "nm")
    if not 350 <= peak <= 630:
        raise ValueError(f"peak = {peak:g} nm is outside the template of Govardovskii et al.: use 350 to 630 nm")
    if np.any(wavelength < 300):
        raise ValueError(f"wavelength goes down to {np.min(wavelength):g} nm; the template begins at 300 nm: use more")
    x = peak / wavelength
    a = 0.8795 + 0.0459 * np.exp(-((peak - 300) ** 2) / 11940)
    # Far in the infrared the first exponential is larger than any float: the sensitivity is then 0, as it should be.
    with np.errstate(over="ignore"):
        rising = np.exp(69.7 * (a - x)) + np.exp(28 * (0.922 - x)) + np.exp(-14.9 * (1.104 - x))
    return 1 / (rising + 0.674)


def naka_rushton(intensity, half, exponent=1.0, largest=1.0):
    """A response that grows with intensity and saturates: largest I^n / (I^n + half^n).

    Numbers or arrays; ValueError for a negative intensity, a `half` or `exponent` that is not above 0.

    >>> float(naka_rushton(50, half=50, largest=80))
    40.0
    """
    intensity = _light("intensity", intensity, "")
    half, exponent = _above_zero("half", half), _above_zero("exponent", exponent)
    largest = number("largest", largest, "")
    # I^n / (I^n + half^n) without powers that overflow.
    with np.errstate(divide="ignore", over="ignore"):
        return largest / (1 + (half / np.asarray(intensity)) ** exponent)


def photoreceptor_voltage(intensity, wavelength, peak, half=1.0, exponent=1.0):
    """The voltage (mV) that light brings a photoreceptor to from the dark: graded, highest in the dark, without spikes.

    intensity    of the light, in the unit of `half`: the intensity that lowers the voltage halfway, at the peak wavelength
    wavelength   of the light, nm; it decides only how much is caught: intensity and wavelength are then
                 indistinguishable (the principle of univariance, Rushton 1972, doi:10.1113/jphysiol.1972.sp009719)

    Errors as in `pigment_sensitivity` and `naka_rushton`.

    >>> [round(float(photoreceptor_voltage(light, wavelength=560, peak=560)), 1) for light in (0, 1, 1e9)]
    [-40.0, -52.5, -65.0]
    """
    caught = _light("intensity", intensity, "") * pigment_sensitivity(wavelength, peak)
    return V_DARK - naka_rushton(caught, half, exponent, LARGEST_FALL)


def _light(name, value, unit):
    try:
        value = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number or an array of numbers, not {value!r}") from None
    bad = value[~(np.isfinite(value) & (value >= 0))]
    if bad.size:
        raise ValueError(f"{name} = {bad.flat[0]:g} {unit} is no light: give finite numbers from 0 on")
    return value


def _above_zero(name, value):
    value = number(name, value, "")
    if value <= 0:
        raise ValueError(f"{name} = {value:g} must be above 0")
    return value
