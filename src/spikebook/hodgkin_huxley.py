"""The Hodgkin-Huxley neuron: the membrane of the squid's giant axon.

    C dV/dt = I - I_Na - I_K - I_L
    I_Na = g_Na m^3 h (V - E_Na)      I_K = g_K n^4 (V - E_K)      I_L = g_L (V - E_L)
    dx/dt = phi (alpha_x(V) (1 - x) - beta_x(V) x),   x = n, m, h      phi = 3^((celsius - 6.3) / 10)

V       membrane potential, inside minus outside, mV            t      time, ms
C       capacitance, uF/cm2                                     I      current into the cell, uA/cm2
g_x     largest conductance, mS/cm2                             E_x    reversal potential, mV
n, m, h probability that one gate of a kind is open             alpha, beta   opening and closing rates, 1/ms
phi     how much faster gates are than at 6.3 degrees C (Q10 = 3)

Hodgkin and Huxley (1952) J Physiol 117:500, doi:10.1113/jphysiol.1952.sp004764. They counted V from rest and
depolarisation as negative; here V is absolute and depolarisation positive, with rest near -65 mV.
"""

from numpy import exp, expm1

from .model import Gate, Model, Parameter


def x_over_one_minus_exp(x):
    """x / (1 - exp(-x)), and its limit 1 at x = 0, where the quotient itself is 0/0."""
    x = x + 1e-300  # changes nothing but 0
    return -x / expm1(-x)


def alpha_n(V):
    """0.01 (V + 55) / (1 - exp(-(V + 55) / 10))"""
    return 0.1 * x_over_one_minus_exp((V + 55) / 10)


def beta_n(V):
    return 0.125 * exp(-(V + 65) / 80)


def alpha_m(V):
    """0.1 (V + 40) / (1 - exp(-(V + 40) / 10))"""
    return x_over_one_minus_exp((V + 40) / 10)


def beta_m(V):
    return 4 * exp(-(V + 65) / 18)


def alpha_h(V):
    return 0.07 * exp(-(V + 65) / 20)


def beta_h(V):
    return 1 / (1 + exp(-(V + 35) / 10))


def phi(celsius):
    return 3 ** ((celsius - 6.3) / 10)


def I_Na(V, m, h, g_Na, E_Na):
    return g_Na * m**3 * h * (V - E_Na)


def I_K(V, n, g_K, E_K):
    return g_K * n**4 * (V - E_K)


def I_L(V, g_L, E_L):
    return g_L * (V - E_L)


MODEL = Model(
    name="Hodgkin-Huxley",
    parameters={
        "C": Parameter(1.0, "uF/cm2", "membrane capacitance", 0.1, 10),
        "g_Na": Parameter(120.0, "mS/cm2", "largest sodium conductance", 0, 1000),
        "g_K": Parameter(36.0, "mS/cm2", "largest potassium conductance", 0, 1000),
        "g_L": Parameter(0.3, "mS/cm2", "leak conductance", 0.1, 10),
        "E_Na": Parameter(50.0, "mV", "sodium reversal potential", -100, 150),
        "E_K": Parameter(-77.0, "mV", "potassium reversal potential", -150, 50),
        "E_L": Parameter(-54.387, "mV", "leak reversal potential", -150, 50),
        "celsius": Parameter(6.3, "degrees C", "temperature", 0, 40),
    },
    gates={
        "n": Gate(alpha_n, beta_n, phi),
        "m": Gate(alpha_m, beta_m, phi),
        "h": Gate(alpha_h, beta_h, phi),
    },
    currents={"I_Na": I_Na, "I_K": I_K, "I_L": I_L},
    current_range=(-500, 500),
    largest_step=0.05,
)
