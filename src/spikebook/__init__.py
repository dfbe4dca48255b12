"""Spikebook: the simulations behind an interactive textbook on spiking neurons.

import spikebook as sb
trace = sb.simulate(sb.hodgkin_huxley.MODEL, current=sb.stimuli.step(10, start=10, stop=90))
trace.plot()
"""

import importlib

from . import (
    action_potential,
    added_currents,
    balanced_network,
    channel_noise,
    choosing_a_model,
    firing_patterns,
    first_network,
    hodgkin_huxley,
    izhikevich,
    izhikevich_model,
    live_network,
    membrane_potential,
    permeability,
    phase_plane,
    receptive_fields,
    reduced_models,
    refractory_period,
    spike_trains,
    stimuli,
    synapses,
    toward_learning,
    voltage_clamp,
)
from .model import Gate, Model, Parameter
from .numbers import Numbers
from .population import Population, simulate_population
from .question import Question
from .simulation import simulate
from .sweeps import sweep
from .trace import Trace

__all__ = [
    "Gate",
    "Model",
    "Numbers",
    "Parameter",
    "Population",
    "Question",
    "Trace",
    "action_potential",
    "added_currents",
    "balanced_network",
    "channel_noise",
    "choosing_a_model",
    "explore",
    "firing_patterns",
    "first_network",
    "hodgkin_huxley",
    "izhikevich",
    "izhikevich_model",
    "live_network",
    "membrane_potential",
    "permeability",
    "phase_plane",
    "plots",
    "receptive_fields",
    "reduced_models",
    "refractory_period",
    "simulate",
    "simulate_population",
    "spike_trains",
    "stimuli",
    "sweep",
    "synapses",
    "toward_learning",
    "voltage_clamp",
]


def __getattr__(name):
    """`plots` and `explore` need more than numpy (matplotlib, anywidget, pscript), so they load when first used."""
    if name in ("plots", "explore"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
