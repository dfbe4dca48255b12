"""Receptive fields: which light a cell waits for, from photoreceptors to a unit that answers a face.

photoreceptors        wavelength and intensity: pigments, saturation, graded voltage
fields                where a cell looks: difference of Gaussians, Gabor functions; stimuli; linear responses
cortex                simple and complex cells on photographs, and a hierarchy
bench                 Hubel and Wiesel's experiment
reverse_correlation   white noise, and the spike-triggered average

Each file states its equations, symbols, units and sources.
"""

from . import bench, reverse_correlation
from .cortex import (
    best_match,
    complex_cells,
    gabor_field,
    learn,
    photograph,
    pooled_cells,
    simple_cells,
    top_unit,
)
from .fields import (
    bar,
    best_spot,
    difference_of_gaussians,
    everywhere,
    gabor,
    grating,
    linear_response,
    places,
    spot,
    spot_response,
)
from .photoreceptors import PEAKS, naka_rushton, photoreceptor_voltage, pigment_sensitivity
from .reverse_correlation import experiment

__all__ = [
    "PEAKS",
    "bar",
    "bench",
    "best_match",
    "best_spot",
    "complex_cells",
    "difference_of_gaussians",
    "everywhere",
    "experiment",
    "gabor",
    "gabor_field",
    "grating",
    "learn",
    "linear_response",
    "naka_rushton",
    "photograph",
    "photoreceptor_voltage",
    "pigment_sensitivity",
    "places",
    "pooled_cells",
    "reverse_correlation",
    "simple_cells",
    "spot",
    "spot_response",
    "top_unit",
]
