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

from .membrane_potential import _numbers, _plain, nernst
from .model import Gate, Model, Parameter, number


def x_over_one_minus_exp(x):
    """x / (1 - exp(-x)), and its limit 1 at x = 0, where the quotient itself is 0/0."""
    x = x + 1e-30  # changes nothing but 0
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


# ---- the paper's signs, and what an experimenter does to the axon


def voltage_1952(V, rest=-65.0):
    """Potentials (mV; a number or an array) in the signs of the 1952 papers, counted from rest, depolarisation
    negative: rest - V. The same function takes the papers' potentials back to those of this book.

    >>> voltage_1952(-65 + 26), voltage_1952(-26)
    (-26.0, -39.0)
    """
    return _plain(number("rest", rest, "mV") - _numbers("V", V, "mV"))


def current_1952(I):
    """Currents (uA/cm2; a number or an array) in the signs of the 1952 papers, and back: -I.

    There a current through the membrane is positive when it flows inward, here when it flows outward; a current that an
    electrode passes into the cell leaves it through the membrane, so its sign changes too.
    """
    return _plain(-_numbers("I", I, "uA/cm2"))


def sodium_replacement(fraction, celsius=6.3):
    """What replacing sodium outside by an ion that cannot pass (choline) changes, as parameters for a simulation.

    Nernst's equation moves the reversal potential: E_Na + R T / F ln(fraction), where `fraction`, above 0 and at most
    1, is the part of the sodium outside that is left. The gates do not notice. ValueError outside that range.
    Hodgkin and Huxley (1952) J Physiol 116:449, doi:10.1113/jphysiol.1952.sp004717.

    >>> {name: round(value, 1) for name, value in sodium_replacement(0.1).items()}
    {'E_Na': -5.4}
    """
    fraction = number("fraction", fraction, "of the sodium outside")
    if not 0 < fraction <= 1:
        raise ValueError(
            f"fraction = {fraction:g} of the sodium outside must be above 0 and at most 1: give 0.3 for 30 %, and "
            "block the channels, blockers(TTX=...), for no sodium current at all"
        )
    return {"E_Na": MODEL.parameters["E_Na"].value + nernst(1, fraction, 1, celsius)}


K_TTX = 5.0  # nM. Squid: 13.2 nM of 4-epitetrodotoxin, 0.39 times as potent (doi:10.1016/0041-0101(85)90002-9)
# mM, inside. One ion a channel (doi:10.1085/jgp.77.3.255); 0.3 mM has a clear effect (doi:10.1085/jgp.50.2.491).
K_TEA = 0.5


def blockers(TTX=0.0, TEA=0.0):
    """What channel blockers change, as parameters for a simulation: `sb.simulate(MODEL, ..., **blockers(TTX=30))`.

    TTX   tetrodotoxin outside, nM: closes sodium channels       g_Na / (1 + TTX / K_TTX)
    TEA   tetraethylammonium inside, mM: closes potassium channels    g_K / (1 + TEA / K_TEA)

    One molecule closes one channel, in equilibrium. Preparations differ: take K_TTX and K_TEA as known within a
    factor of three. In the squid, TEA acts from inside, on open channels, and more so at positive voltages; that it
    needs a few ms to enter is left out. ValueError for a concentration below 0.

    >>> blockers(TTX=5)
    {'g_Na': 60.0, 'g_K': 36.0}
    """
    for name, value, unit in (("TTX", TTX, "nM"), ("TEA", TEA, "mM")):
        if number(name, value, unit) < 0:
            raise ValueError(f"{name} = {value:g} {unit} is below 0; give 0 or more")
    g_Na, g_K = (MODEL.parameters[name].value for name in ("g_Na", "g_K"))
    return {"g_Na": g_Na / (1 + TTX / K_TTX), "g_K": g_K / (1 + TEA / K_TEA)}
