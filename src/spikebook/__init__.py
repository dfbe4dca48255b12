"""Spikebook: the simulations behind an interactive textbook of spiking neurons.

    import spikebook as sb
    trace = sb.simulate(sb.hodgkin_huxley.MODEL, current=sb.stimuli.step(10, start=10, stop=90))
    trace.plot()
"""

from . import hodgkin_huxley, stimuli
from .model import Gate, Model, Parameter
from .simulation import simulate
from .trace import Trace

__all__ = ["Gate", "Model", "Parameter", "Trace", "hodgkin_huxley", "simulate", "stimuli"]
