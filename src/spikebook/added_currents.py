"""One current more: Hodgkin-Huxley neurons with an A, an M or a calcium current.

    C dV/dt = I - I_Na - I_K - I_L - (the added current)      dx/dt = alpha_x (1 - x) - beta_x x

CONNOR_STEVENS   I_A  = g_A a^3 b (V - E_A)       transient K+: fires as slowly as one likes, after a long wait
ADAPTING         I_M  = g_M p (V - E_K)           slow K+ that stays open: the firing slows down
BURSTING         I_M and I_Ca = g_Ca q^2 r (V - E_Ca)   high-threshold Ca2+: spikes come in bursts

V in mV, t in ms, I in uA/cm2, g in mS/cm2, E in mV, rates in 1/ms. Where a paper gives a steady state x_inf and a time
constant tau_x, the rates here are alpha_x = x_inf / tau_x and beta_x = (1 - x_inf) / tau_x: the same equation.

CONNOR_STEVENS is a crustacean walking-leg axon, 18 degrees C: Connor, Walter and McKown (1977) Biophys J 18:81,
doi:10.1016/S0006-3495(77)85598-7, with the numbers of Dayan and Abbott (2001) Theoretical Neuroscience, section 6.9.
The others are cells of the cortex, 36 degrees C: Pospischil et al. (2008) Biol Cybern 99:427,
doi:10.1007/s00422-008-0263-8, with the numbers of their programs (ModelDB 123623). Na+ and K+ there follow Traub and
Miles, I_M Yamada, Koch and Adams (1989), I_Ca Reuveni et al. (1993), doi:10.1523/JNEUROSCI.13-11-04609.1993.
"""

from numpy import exp, minimum

from .hodgkin_huxley import I_K, I_L, I_Na, x_over_one_minus_exp
from .model import Gate, Model, Parameter

# ---- a crab's axon


def alpha_n_crab(V):
    """0.02 (V + 45.7) / (1 - exp(-(V + 45.7) / 10))"""
    return 0.2 * x_over_one_minus_exp((V + 45.7) / 10)


def beta_n_crab(V):
    return 0.25 * exp(-0.0125 * (V + 55.7))


def alpha_m_crab(V):
    """0.38 (V + 29.7) / (1 - exp(-(V + 29.7) / 10))"""
    return 3.8 * x_over_one_minus_exp((V + 29.7) / 10)


def beta_m_crab(V):
    return 15.2 * exp(-0.0556 * (V + 54.7))


def alpha_h_crab(V):
    return 0.266 * exp(-0.05 * (V + 48))


def beta_h_crab(V):
    return 3.8 / (1 + exp(-0.1 * (V + 18)))


def a_inf(V):
    """(0.0761 exp(0.0314 (V + 94.22)) / (1 + exp(0.0346 (V + 1.17))))^(1/3), at most 1.

    The published fit passes 1, by up to 1.3 %, between 40 and 97 mV. A probability may not; this moves spikes by 2 us.
    """
    return minimum((0.0761 * exp(0.0314 * (V + 94.22)) / (1 + exp(0.0346 * (V + 1.17)))) ** (1 / 3), 1.0)


def tau_a(V):
    return 0.3632 + 1.158 / (1 + exp(0.0497 * (V + 55.96)))


def alpha_a(V):
    return a_inf(V) / tau_a(V)


def beta_a(V):
    return (1 - a_inf(V)) / tau_a(V)


def b_inf(V):
    return 1 / (1 + exp(0.0688 * (V + 53.3))) ** 4


def tau_b(V):
    return 1.24 + 2.678 / (1 + exp(0.0624 * (V + 50)))


def alpha_b(V):
    return b_inf(V) / tau_b(V)


def beta_b(V):
    return (1 - b_inf(V)) / tau_b(V)


def I_A(V, a, b, g_A, E_A):
    return g_A * a**3 * b * (V - E_A)


CONNOR_STEVENS = Model(
    name="Connor-Stevens",
    parameters={
        "C": Parameter(1.0, "uF/cm2", "membrane capacitance", 0.1, 10),
        "g_Na": Parameter(120.0, "mS/cm2", "largest sodium conductance", 0, 500),
        "g_K": Parameter(20.0, "mS/cm2", "largest delayed potassium conductance", 0, 500),
        "g_A": Parameter(47.7, "mS/cm2", "largest A-type potassium conductance", 0, 500),
        "g_L": Parameter(0.3, "mS/cm2", "leak conductance", 0.1, 10),
        "E_Na": Parameter(55.0, "mV", "sodium reversal potential", -100, 150),
        "E_K": Parameter(-72.0, "mV", "potassium reversal potential", -150, 50),
        "E_A": Parameter(-75.0, "mV", "reversal potential of the A current", -150, 50),
        "E_L": Parameter(-17.0, "mV", "leak reversal potential", -150, 50),
    },
    gates={
        "n": Gate(alpha_n_crab, beta_n_crab),
        "m": Gate(alpha_m_crab, beta_m_crab),
        "h": Gate(alpha_h_crab, beta_h_crab),
        "a": Gate(alpha_a, beta_a),
        "b": Gate(alpha_b, beta_b),
    },
    currents={"I_Na": I_Na, "I_K": I_K, "I_A": I_A, "I_L": I_L},
    current_range=(-200, 200),
    largest_step=0.05,
)

# ---- cells of the cortex


def alpha_n_cortex(V):
    """0.032 (V + 40) / (1 - exp(-(V + 40) / 5))"""
    return 0.16 * x_over_one_minus_exp((V + 40) / 5)


def beta_n_cortex(V):
    return 0.5 * exp(-(V + 45) / 40)


def alpha_m_cortex(V):
    """0.32 (V + 42) / (1 - exp(-(V + 42) / 4))"""
    return 1.28 * x_over_one_minus_exp((V + 42) / 4)


def beta_m_cortex(V):
    """0.28 (V + 15) / (exp((V + 15) / 5) - 1)"""
    return 1.4 * x_over_one_minus_exp(-(V + 15) / 5)


def alpha_h_cortex(V):
    return 0.128 * exp(-(V + 38) / 18)


def beta_h_cortex(V):
    return 4 / (1 + exp(-(V + 15) / 5))


def p_inf(V):
    return 1 / (1 + exp(-(V + 35) / 10))


def faster_p(V):
    """3.3 exp((V + 35) / 20) + exp(-(V + 35) / 20): how much faster than with tau_max the gate p relaxes at V."""
    return 3.3 * exp((V + 35) / 20) + exp(-(V + 35) / 20)


def alpha_p(V):
    return p_inf(V) * faster_p(V)


def beta_p(V):
    return (1 - p_inf(V)) * faster_p(V)


def speed_p(tau_max):
    return 1 / tau_max


def I_M(V, p, g_M, E_K):
    return g_M * p * (V - E_K)


def alpha_q(V):
    """0.055 (V + 27) / (1 - exp(-(V + 27) / 3.8))"""
    return 0.209 * x_over_one_minus_exp((V + 27) / 3.8)


def beta_q(V):
    return 0.94 * exp(-(V + 75) / 17)


def alpha_r(V):
    return 0.000457 * exp(-(V + 13) / 50)


def beta_r(V):
    return 0.0065 / (1 + exp(-(V + 15) / 28))


def I_Ca(V, q, r, g_Ca, E_Ca):
    return g_Ca * q**2 * r * (V - E_Ca)


CORTEX = {
    "C": Parameter(1.0, "uF/cm2", "membrane capacitance", 0.1, 10),
    "g_Na": Parameter(50.0, "mS/cm2", "largest sodium conductance", 0, 500),
    "g_K": Parameter(5.0, "mS/cm2", "largest delayed potassium conductance", 0, 500),
    "g_M": Parameter(0.07, "mS/cm2", "largest M-type potassium conductance", 0, 10),
    "g_L": Parameter(0.1, "mS/cm2", "leak conductance", 0.01, 10),
    "E_Na": Parameter(50.0, "mV", "sodium reversal potential", -100, 150),
    "E_K": Parameter(-100.0, "mV", "potassium reversal potential", -150, 50),
    "E_L": Parameter(-70.0, "mV", "leak reversal potential", -150, 50),
    "tau_max": Parameter(1000.0, "ms", "sets the pace of the M current", 100, 10000),
}
CORTEX_GATES = {
    "n": Gate(alpha_n_cortex, beta_n_cortex),
    "m": Gate(alpha_m_cortex, beta_m_cortex),
    "h": Gate(alpha_h_cortex, beta_h_cortex),
    "p": Gate(alpha_p, beta_p, speed_p),
}

ADAPTING = Model(
    name="adapting neuron",
    parameters=CORTEX,
    gates=CORTEX_GATES,
    currents={"I_Na": I_Na, "I_K": I_K, "I_M": I_M, "I_L": I_L},
    current_range=(-100, 100),
    largest_step=0.05,
)

BURSTING = Model(
    name="bursting neuron",
    parameters={
        **CORTEX,
        "g_M": CORTEX["g_M"]._replace(value=0.03),
        "g_L": CORTEX["g_L"]._replace(value=0.01),
        "E_L": CORTEX["E_L"]._replace(value=-85.0),
        "g_Ca": Parameter(0.22, "mS/cm2", "largest high-threshold calcium conductance", 0, 10),
        "E_Ca": Parameter(120.255, "mV", "calcium reversal potential: 0.24 uM inside, 2 mM outside", 50, 200),
    },
    gates={**CORTEX_GATES, "q": Gate(alpha_q, beta_q), "r": Gate(alpha_r, beta_r)},
    currents={"I_Na": I_Na, "I_K": I_K, "I_M": I_M, "I_Ca": I_Ca, "I_L": I_L},
    current_range=(-100, 100),
    largest_step=0.05,
)
