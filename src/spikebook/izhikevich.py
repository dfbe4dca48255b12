"""The Izhikevich neuron: two equations and a reset, and most of the ways in which cortical neurons fire. The chapter on it
is `izhikevich_model`, like the module that solves its phase plane.

    dv/dt = 0.04 v^2 + 5 v + 140 - u + I        when v reaches 30:  v = c
    du/dt = a (b v - u)                                             u = u + d

v   membrane potential, mV        I   input (the paper gives it no unit; with v in mV and t in ms it is mV/ms)
u   recovery, mV/ms: stands for the opening of K+ and the closing of Na+ channels together
a   rate at which u recovers, 1/ms         c   v after a spike, mV
b   how strongly u follows v, 1/ms         d   what a spike adds to u, mV/ms

30 mV is where the spike is cut off; its threshold lies far below and depends on u. The quadratic was fitted to the
onset of spikes of a cortical neuron, not derived term by term. Between two spikes u recovers by less than a (30 - c)
however low it is: with d below -a (30 - c), or a below 0, spikes may follow each other ever faster, without end, and a
simulation refuses to follow.

Izhikevich (2003) IEEE Trans Neural Netw 14:1569, doi:10.1109/TNN.2003.820440.

The form of 2007 gives the same equations their units: C in pF, k in nS/mV, u, d and I in pA, b in nS.

    C dv/dt = k (v - v_r) (v - v_t) - u + I     when v reaches v_peak:  v = c
    du/dt = a (b (v - v_r) - u)                                         u = u + d

v_r  resting potential, mV        v_t  where it tips over when it is raised quickly, mV

Izhikevich (2007) Dynamical Systems in Neuroscience, MIT Press, chapter 8, doi:10.7551/mitpress/2526.001.0001.
"""

from .experiments import Experiment
from .model import Model, Parameter


def dv(v, u, I):
    return 0.04 * v**2 + 5 * v + 140 - u + I


def du(v, u, a, b):
    return a * (b * v - u)


def reset_v(c):
    return c


def reset_u(u, d):
    return u + d


def dv_2007(v, u, I, C, k, v_r, v_t):
    return (k * (v - v_r) * (v - v_t) - u + I) / C


def du_2007(v, u, a, b, v_r):
    return a * (b * (v - v_r) - u)


MODEL = Model(
    name="Izhikevich",
    parameters={
        "a": Parameter(0.02, "1/ms", "rate of recovery", -0.1, 1),
        "b": Parameter(0.2, "1/ms", "how strongly u follows v", -1, 1),
        "c": Parameter(-65.0, "mV", "voltage after a spike", -100, 0),
        "d": Parameter(8.0, "mV/ms", "what a spike adds to recovery", -25, 25),
    },
    derivatives={"v": dv, "u": du},
    near_rest={"v": -100.0, "u": -20.0},  # below both resting points, so that the search ends on the stable one
    threshold=30.0,
    reset={"v": reset_v, "u": reset_u},
    one_by_one=True,
    current_range=(-500, 500),
    current_unit="",
    largest_step={"rk4": 0.1, "euler": 0.5},
)

MODEL_2007 = Model(
    name="Izhikevich (2007)",
    parameters={
        "C": Parameter(100.0, "pF", "membrane capacitance", 20, 1000),
        "k": Parameter(0.7, "nS/mV", "steepness of the parabola", 0.1, 3),
        "v_r": Parameter(-60.0, "mV", "resting potential", -100, -50),
        "v_t": Parameter(-40.0, "mV", "instantaneous threshold", -50, 0),
        "v_peak": Parameter(35.0, "mV", "where a spike is cut off", 0, 60),
        "a": Parameter(0.03, "1/ms", "rate of recovery", 0, 1),
        "b": Parameter(-2.0, "nS", "how strongly u follows v", -20, 20),
        "c": Parameter(-50.0, "mV", "voltage after a spike", -100, -20),
        "d": Parameter(100.0, "pA", "what a spike adds to recovery", 0, 500),
    },
    derivatives={"v": dv_2007, "u": du_2007},
    near_rest={"v": -150.0, "u": 0.0},
    threshold="v_peak",
    reset={"v": reset_v, "u": reset_u},
    current_range=(-2000, 2000),
    current_unit="pA",
    largest_step={"rk4": 0.1, "euler": 0.5},
)

# The cells of the book that have exactly these equations; its LTS, FS, TC and RTN cells bend them (a peak or a reset
# that depends on u, a b that depends on v).
CELLS_2007 = {
    "RS": dict(C=100, k=0.7, v_r=-60, v_t=-40, v_peak=35, a=0.03, b=-2, c=-50, d=100),
    "IB": dict(C=150, k=1.2, v_r=-75, v_t=-45, v_peak=50, a=0.01, b=5, c=-56, d=130),
    "CH": dict(C=50, k=1.5, v_r=-60, v_t=-40, v_peak=25, a=0.03, b=1, c=-40, d=150),
}


def _cell(panel, name, a, b, c, d, v, *pieces, duration=150, background=0.0):
    parameters, initial = dict(a=a, b=b, c=c, d=d), dict(v=v, u=b * v)
    return Experiment(panel, name, MODEL, parameters, initial, duration, 0.25, pieces, background)


# Figure 2 of 2003, by the author's script (izhi2003.m at github.com/OpenSourceBrain/IzhikevichModel), whose currents differ
# from cell to cell.
CELLS = {
    cell.panel: cell
    for cell in (
        _cell("RS", "regular spiking", 0.02, 0.2, -65, 8, -63, (14, 14, 15, 150)),
        _cell("IB", "intrinsically bursting", 0.02, 0.2, -55, 4, -70, (11, 11, 15, 150)),
        _cell("CH", "chattering", 0.02, 0.2, -50, 2, -70, (10, 10, 15, 150)),
        _cell("FS", "fast spiking", 0.1, 0.2, -65, 2, -70, (10, 10, 15, 150)),
        _cell("TC", "thalamo-cortical", 0.02, 0.25, -65, 0.05, -63, (1.5, 1.5, 30, 150)),
        _cell("TCb", "thalamo-cortical burst", 0.02, 0.25, -65, 0.05, -87, (25, 25, 45, 150), background=-25),
        _cell(
            "RZ", "resonator", 0.1, 0.26, -65, 2, -70, (1.5, 1.5, 10, 100), (10.5, 10.5, 60, 65),
            duration=100, background=-2,
        ),
        _cell("LTS", "low-threshold spiking", 0.02, 0.25, -65, 2, -63, (10, 10, 25, 250), duration=250),
    )
}  # fmt: skip
