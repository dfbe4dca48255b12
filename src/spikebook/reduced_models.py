"""Neurons in two variables or one: from the Hodgkin-Huxley neuron down to a leaky capacitor with a threshold.

Two variables, which make the spike themselves

    HODGKIN_HUXLEY_2D     the Hodgkin-Huxley neuron with m = m_inf(V) and h = h_0 - h_n n (0 where that is negative)
    MORRIS_LECAR          C dV/dt = I - g_Ca m_inf(V) (V - E_Ca) - g_K w (V - E_K) - g_L (V - E_L)
                          dw/dt = phi cosh((V - V_3) / (2 V_4)) (w_inf(V) - w)
                          m_inf, w_inf = (1 + tanh((V - V_half) / V_slope)) / 2, with V_1 and V_2, V_3 and V_4
    FITZHUGH_NAGUMO       dV/dt = V - V^3 / 3 - w + I,   dw/dt = (V + a - b w) / tau;   V, w and I have no unit

Integrate-and-fire neurons, whose spike is a reset, V = V_reset, at the threshold V_th or the peak V_peak

    LEAKY                 C dV/dt = I - g_L (V - E_L)
    QUADRATIC             C dV/dt = I + g_L (V - E_L) (V - V_c) / (V_c - E_L)
    EXPONENTIAL           C dV/dt = I - g_L (V - E_L) + g_L Delta_T exp((V - V_T) / Delta_T)
    ADAPTIVE_EXPONENTIAL  the same with - w, where tau_w dw/dt = a (V - E_L) - w; at a reset also w = w + b

V     membrane potential, mV      I, C, g_x   input, uA/cm2; capacitance, uF/cm2; conductances, mS/cm2
E_x   reversal potential, mV
w     probability that a K+ channel is open (MORRIS_LECAR), recovery (FITZHUGH_NAGUMO), adaptation current
a, b  the line on which FITZHUGH_NAGUMO's w stands still, w = (V + a) / b; in ADAPTIVE_EXPONENTIAL how strongly w
      follows V, and what a spike adds to w
V_c   where QUADRATIC begins to run to its peak without input, mV; V_T and Delta_T: where the exponential takes over
      and how gradually, mV; t_ref: ms that V stays where it was reset to; phi (1/ms), tau, tau_w (ms): the pace of w

ADAPTIVE_EXPONENTIAL is a whole cell: I, w and b are in pA, C in pF, g_L and a in nS.

An exponential neuron rises so fast near its peak (by 10^14 mV/ms) that no fixed step follows: the adaptive method does.
For LEAKY exponential Euler is exact while the current is constant from step to step.

HODGKIN_HUXLEY_2D: the line is the closest to h and n of the full neuron while it fires at 7 uA/cm2. It keeps the rest
(-65.1 mV) and the jump in the f-I curve, but as m no longer lags it is more easily excited, and faster: it goes on
firing from 4.7 uA/cm2 (full: 6.3), at 88 Hz at 10 uA/cm2 (full: 68).

Firing of MORRIS_LECAR begins at a rate well above zero (class 2); with the parameters MORRIS_LECAR_CLASSES[1] it begins at any
low rate (class 1). ADAPTIVE_EXPONENTIAL_PATTERNS has parameters, and a current in pA, for six ways to fire. They are those of Naud and
others, table 1, without two of its eight sets, which programs quote differently. Solved accurately the irregular spikes repeat
every ten; at 155 pA they do not.

Sources. MORRIS_LECAR: Morris and Lecar (1981) Biophys J 35:193, doi:10.1016/S0006-3495(81)84782-0, with the values of Rinzel and
Ermentrout (1998) in Methods in Neuronal Modeling, 2nd edition, MIT Press, chapter 7. FITZHUGH_NAGUMO: FitzHugh (1961) Biophys J
1:445, doi:10.1016/S0006-3495(61)86902-6; his -x, y and -z are V, w and I, and his c = 3 is tau = 9, in time that runs 3 times as
fast; most books take 12.5. LEAKY: Lapicque (1907), see Brunel and van Rossum (2007) Biol Cybern 97:337,
doi:10.1007/s00422-007-0190-0. QUADRATIC: Latham and others (2000) J Neurophysiol 83:808, doi:10.1152/jn.2000.83.2.808.
EXPONENTIAL: Fourcaud-Trocme and others (2003) J Neurosci 23:11628, doi:10.1523/JNEUROSCI.23-37-11628.2003.
ADAPTIVE_EXPONENTIAL: Brette and Gerstner (2005) J Neurophysiol 94:3637, doi:10.1152/jn.00686.2005; its patterns: Naud and others
(2008) Biol Cybern 99:335, doi:10.1007/s00422-008-0264-7.
"""

from dataclasses import replace

from numpy import exp, maximum, tanh

from . import hodgkin_huxley
from .hodgkin_huxley import I_L, I_Na, alpha_m, beta_m
from .model import Model, Parameter


def m_inf(V):
    return alpha_m(V) / (alpha_m(V) + beta_m(V))


def I_Na_instant(V, n, g_Na, E_Na, h_0, h_n):
    return I_Na(V, m_inf(V), maximum(0.0, h_0 - h_n * n), g_Na, E_Na)


HODGKIN_HUXLEY_2D = replace(
    hodgkin_huxley.MODEL,
    name="Hodgkin-Huxley in two variables",
    parameters={
        **hodgkin_huxley.MODEL.parameters,
        "C": Parameter(1.0, "uF/cm2", "membrane capacitance", 0.5, 10),
        "g_Na": Parameter(120.0, "mS/cm2", "largest sodium conductance", 0, 240),
        "h_0": Parameter(0.89, "", "h where n is 0", 0, 1.2),
        "h_n": Parameter(1.1, "", "how much less h is for each unit of n", 0, 2),
    },
    gates={"n": hodgkin_huxley.MODEL.gates["n"]},
    currents={**hodgkin_huxley.MODEL.currents, "I_Na": I_Na_instant},
)


def opening(V, V_half, V_slope):
    return 0.5 * (1 + tanh((V - V_half) / V_slope))


def dV_morris_lecar(V, w, I, C, g_Ca, E_Ca, g_K, E_K, g_L, E_L, V_1, V_2):
    return (I - g_Ca * opening(V, V_1, V_2) * (V - E_Ca) - g_K * w * (V - E_K) - I_L(V, g_L, E_L)) / C


def dw_morris_lecar(V, w, V_3, V_4, phi):
    x = (V - V_3) / (2 * V_4)
    return phi * 0.5 * (exp(x) + exp(-x)) * (opening(V, V_3, V_4) - w)


MORRIS_LECAR = Model(
    name="Morris-Lecar",
    parameters={
        "C": Parameter(20.0, "uF/cm2", "membrane capacitance", 5, 100),
        "g_Ca": Parameter(4.4, "mS/cm2", "largest calcium conductance", 0, 20),
        "g_K": Parameter(8.0, "mS/cm2", "largest potassium conductance", 1, 40),
        "g_L": Parameter(2.0, "mS/cm2", "leak conductance", 1, 10),
        "E_Ca": Parameter(120.0, "mV", "calcium reversal potential", 0, 150),
        "E_K": Parameter(-84.0, "mV", "potassium reversal potential", -100, -40),
        "E_L": Parameter(-60.0, "mV", "leak reversal potential", -100, 0),
        "V_1": Parameter(-1.2, "mV", "where half of the calcium channels are open", -40, 40),
        "V_2": Parameter(18.0, "mV", "how gradually they open", 5, 50),
        "V_3": Parameter(2.0, "mV", "where half of the potassium channels are open", -40, 40),
        "V_4": Parameter(30.0, "mV", "how gradually they open", 12, 50),
        "phi": Parameter(0.04, "1/ms", "pace of the potassium channels", 0.001, 0.2),
    },
    derivatives={"V": dV_morris_lecar, "w": dw_morris_lecar},
    near_rest={"V": -60.0, "w": 0.0},
    current_range=(-100, 300),
    largest_step={"rk4": 0.5, "euler": 0.1},
)

# What makes its firing begin at any low rate (class 1) or at a rate of its own (class 2).
MORRIS_LECAR_CLASSES = {1: {"g_Ca": 4.0, "V_3": 12.0, "V_4": 17.4, "phi": 1 / 15}, 2: {}}


def dV_fitzhugh_nagumo(V, w, I):
    return V - V**3 / 3 - w + I


def dw_fitzhugh_nagumo(V, w, a, b, tau):
    return (V + a - b * w) / tau


FITZHUGH_NAGUMO = Model(
    name="FitzHugh-Nagumo",
    parameters={
        "a": Parameter(0.7, "", "offset of recovery", 0, 2),
        "b": Parameter(0.8, "", "how strongly recovery holds itself back", 0, 2),
        "tau": Parameter(12.5, "", "how slow recovery is", 1, 100),
    },
    derivatives={"V": dV_fitzhugh_nagumo, "w": dw_fitzhugh_nagumo},
    near_rest={"V": -3.0, "w": -1.0},
    current_range=(-3, 3),
    current_unit="",
    largest_step={"rk4": 0.2, "euler": 0.1},
)

# ---- integrate and fire


def I_quadratic(V, g_L, E_L, V_c):
    return g_L * (V - E_L) * (V_c - V) / (V_c - E_L)


def I_exponential(V, g_L, V_T, Delta_T):
    return -g_L * Delta_T * exp((V - V_T) / Delta_T)


def dV_adaptive(V, w, I, C, g_L, E_L, V_T, Delta_T):
    return (I - I_L(V, g_L, E_L) - I_exponential(V, g_L, V_T, Delta_T) - w) / C


def dw_adaptive(V, w, E_L, a, tau_w):
    return (a * (V - E_L) - w) / tau_w


def reset_V(V_reset):
    return V_reset


def reset_w(w, b):
    return w + b


LEAKY = Model(
    name="leaky integrate-and-fire",
    parameters={
        "C": Parameter(1.0, "uF/cm2", "membrane capacitance", 0.1, 10),
        "g_L": Parameter(0.1, "mS/cm2", "leak conductance", 0.01, 10),
        "E_L": Parameter(-65.0, "mV", "leak reversal potential", -100, -20),
        "V_th": Parameter(-50.0, "mV", "threshold", -60, 0),
        "V_reset": Parameter(-65.0, "mV", "voltage after a spike", -100, -50),
        "t_ref": Parameter(2.0, "ms", "refractory period", 0, 100),
    },
    currents={"I_L": I_L},
    threshold="V_th",
    reset={"V": reset_V},
    refractory="t_ref",
    current_range=(-100, 100),
    largest_step={"rk4": 0.1, "euler": 0.1},
)

QUADRATIC = Model(
    name="quadratic integrate-and-fire",
    parameters={
        "C": Parameter(1.0, "uF/cm2", "membrane capacitance", 0.5, 10),
        "g_L": Parameter(0.1, "mS/cm2", "conductance at rest", 0.02, 1),
        "E_L": Parameter(-65.0, "mV", "resting potential", -100, -60),
        "V_c": Parameter(-50.0, "mV", "voltage that tips over without input", -55, -20),
        "V_peak": Parameter(30.0, "mV", "where a spike is cut off", 0, 60),
        "V_reset": Parameter(-65.0, "mV", "voltage after a spike", -100, -20),
    },
    currents={"I_quadratic": I_quadratic},
    threshold="V_peak",
    reset={"V": reset_V},
    current_range=(-50, 50),
    largest_step={"rk4": 0.1, "exponential_euler": 0.1, "euler": 0.1},
)

EXPONENTIAL = Model(
    name="exponential integrate-and-fire",
    parameters={
        "C": Parameter(1.0, "uF/cm2", "membrane capacitance", 0.5, 10),
        "g_L": Parameter(0.1, "mS/cm2", "leak conductance", 0.02, 1),
        "E_L": Parameter(-65.0, "mV", "leak reversal potential", -100, -55),
        "V_T": Parameter(-59.9, "mV", "where the exponential takes over", -60, -30),
        "Delta_T": Parameter(3.48, "mV", "how gradually it does", 0.5, 10),
        "V_peak": Parameter(-30.0, "mV", "where a spike is cut off", -30, 40),
        "V_reset": Parameter(-68.0, "mV", "voltage after a spike", -100, -60),
        "t_ref": Parameter(1.7, "ms", "refractory period", 0, 100),
    },
    currents={"I_L": I_L, "I_exponential": I_exponential},
    threshold="V_peak",
    reset={"V": reset_V},
    refractory="t_ref",
    current_range=(-50, 50),
    method="adaptive",
    largest_step={"rk4": 0.01, "exponential_euler": 0.01, "euler": 0.01},
)

ADAPTIVE_EXPONENTIAL = Model(
    name="adaptive exponential integrate-and-fire",
    parameters={
        "C": Parameter(281.0, "pF", "membrane capacitance", 50, 1000),
        "g_L": Parameter(30.0, "nS", "leak conductance", 1, 100),
        "E_L": Parameter(-70.6, "mV", "leak reversal potential", -100, -50),
        "V_T": Parameter(-50.4, "mV", "where the exponential takes over", -60, -30),
        "Delta_T": Parameter(2.0, "mV", "how gradually it does", 0.5, 10),
        "tau_w": Parameter(144.0, "ms", "time constant of adaptation", 5, 1000),
        "a": Parameter(4.0, "nS", "how strongly adaptation follows the voltage", -20, 100),
        "b": Parameter(80.5, "pA", "what a spike adds to adaptation", 0, 1000),
        "V_peak": Parameter(20.0, "mV", "where a spike is cut off", -30, 40),
        "V_reset": Parameter(-70.6, "mV", "voltage after a spike", -100, -40),
    },
    derivatives={"V": dV_adaptive, "w": dw_adaptive},
    near_rest={"V": -120.0, "w": 0.0},
    threshold="V_peak",
    reset={"V": reset_V, "w": reset_w},
    current_range=(-5000, 5000),
    current_unit="pA",
    method="adaptive",
    largest_step={"euler": 0.01},
)

ADAPTIVE_EXPONENTIAL_PATTERNS = {
    name: {"V_T": -50, "Delta_T": 2, "V_peak": 0, **dict(zip("C g_L E_L a tau_w b V_reset current".split(), values))}
    for name, values in {
        "tonic spiking": (200, 10, -70, 2, 30, 0, -58, 500),
        "adaptation": (200, 12, -70, 2, 300, 60, -58, 500),
        "initial burst": (130, 18, -58, 4, 150, 120, -50, 400),
        "regular bursting": (200, 10, -58, 2, 120, 100, -46, 210),
        "delayed accelerating": (200, 12, -70, -10, 300, 0, -58, 300),
        "irregular spiking": (100, 12, -60, -11, 130, 30, -48, 160),
    }.items()
}
