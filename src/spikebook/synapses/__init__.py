"""Synapses: from transmitter to conductance to voltage, and from thousands of inputs to spikes.

receptors     AMPA, NMDA, GABA_A, GABA_B: how many channels are open; magnesium block
potentials    alpha and double-exponential conductances, postsynaptic potentials, summation
release       quanta: n sites, probability p, size q
plasticity    short-term depression and facilitation
bombardment   a neuron under thousands of excitatory and inhibitory synapses; a circuit of three

Times are ms, voltages mV; conductances nS, currents pA and capacitances pF, of a whole neuron.
"""

from .bombardment import NEURON, steady_rate, three_neurons, tug_of_war
from .plasticity import responses, steady_state
from .potentials import (
    alpha,
    double_exponential,
    membrane_response,
    peak_time,
    psp_of_alpha_current,
    psp_of_double_exponential_current,
)
from .receptors import (
    AMPA,
    GABA_A,
    GABA_B,
    NMDA,
    Receptor,
    channels_opened,
    g_protein,
    magnesium_block,
    open_fraction,
)
from .release import (
    amplitude_density,
    amplitudes,
    binomial,
    content_from_failures,
    poisson_limit,
    sites_and_quantum,
)

__all__ = [
    "AMPA",
    "GABA_A",
    "GABA_B",
    "NEURON",
    "NMDA",
    "Receptor",
    "alpha",
    "amplitude_density",
    "amplitudes",
    "binomial",
    "channels_opened",
    "content_from_failures",
    "double_exponential",
    "g_protein",
    "magnesium_block",
    "membrane_response",
    "open_fraction",
    "peak_time",
    "poisson_limit",
    "psp_of_alpha_current",
    "psp_of_double_exponential_current",
    "responses",
    "sites_and_quantum",
    "steady_rate",
    "steady_state",
    "three_neurons",
    "tug_of_war",
]
