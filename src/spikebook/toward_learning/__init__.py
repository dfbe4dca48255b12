"""From neurons to learning: what a unit keeps of a neuron, how a synapse learns, and how an electrode reads and writes.

activation    the f-I curve of a leaky neuron, with noise, refractoriness and adaptation
units         ReLU, softplus and sigmoid, and which of them comes closest to a curve
dendrite      a branch whose response falls when its input grows too strong, and what one neuron computes with it
stdp          spike-timing-dependent plasticity, and a neuron that learns by it
electrodes    a cell heard from outside, and an axon fired from outside
"""

from . import activation, dendrite, electrodes, stdp, units

__all__ = ["activation", "dendrite", "electrodes", "stdp", "units"]
