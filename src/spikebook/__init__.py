"""Spikebook: the simulations behind an interactive textbook of spiking neurons.

import spikebook as sb
trace = sb.simulate(sb.hodgkin_huxley.MODEL, current=sb.stimuli.step(10, start=10, stop=90))
trace.plot()
"""

import importlib

from . import hodgkin_huxley, stimuli
from .model import Gate, Model, Parameter
from .numbers import Numbers
from .population import Population, simulate_population
from .simulation import simulate
from .trace import Trace

__all__ = [
    "Gate",
    "Model",
    "Numbers",
    "Parameter",
    "Population",
    "Trace",
    "explore",
    "hodgkin_huxley",
    "plots",
    "simulate",
    "simulate_population",
    "stimuli",
]


def __getattr__(name):
    """`plots` and `explore` need more than numpy (matplotlib, anywidget, pscript), so they load when first used."""
    if name in ("plots", "explore"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
