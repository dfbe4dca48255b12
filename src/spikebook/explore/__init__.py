"""Explorers: a model to touch, in a notebook's kernel and in the published page alike."""

from .chapters import (
    action_potential,
    choosing_a_model,
    firing_patterns,
    first_network,
    hodgkin_huxley_circuit,
    hodgkin_huxley_neuron,
    intro,
    izhikevich_model,
    membrane_potential,
    membrane_potential_integrate_and_fire,
    receptive_fields,
    receptive_fields_sta,
    refractory_period,
    spike_trains,
    synapses,
    synapses_paired_pulse,
    toward_learning,
)
from .explorer import Explorer

__all__ = [
    "Explorer",
    "action_potential",
    "choosing_a_model",
    "firing_patterns",
    "first_network",
    "hodgkin_huxley_circuit",
    "hodgkin_huxley_neuron",
    "intro",
    "izhikevich_model",
    "membrane_potential",
    "membrane_potential_integrate_and_fire",
    "receptive_fields",
    "receptive_fields_sta",
    "refractory_period",
    "spike_trains",
    "synapses",
    "synapses_paired_pulse",
    "toward_learning",
]
