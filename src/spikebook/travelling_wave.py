"""How fast a spike travels along an endless axon: the wave that keeps its shape.

If the spike moves with velocity theta, V depends on t - x / theta alone, and the cable equation becomes an ordinary one:

    D d2V/dt2 = C dV/dt + I_Na + I_K + I_L,     D = 10 a / (2 R_i theta^2)

theta is in m/s (which is mm/ms), a in um, R_i in ohm cm, D in uF ms/cm2; the rest is as in `action_potential`.

Starting from rest, V runs off to plus or minus infinity unless theta is right: theta is found by halving between a
value at which V runs off one way and a value at which it runs off the other. This is how Hodgkin and Huxley found
18.8 m/s, with a desk calculator.

Hodgkin and Huxley (1952) J Physiol 117:500, doi:10.1113/jphysiol.1952.sp004764.
"""

from math import sqrt

from .compilation import gather, load
from .hodgkin_huxley import I_K, I_L, MODEL, I_Na, alpha_h, alpha_m, alpha_n, beta_h, beta_m, beta_n, phi
from .membrane_potential import _above_zero

START = 1e-4  # mV above rest
MOST_STEPS = 100_000
FASTEST, SLOWEST = (
    50.0,
    0.1,
)  # m/s, of an axon whose radius in um equals its resistivity in ohm cm: where the search runs
SCAN = 1.01  # from one trial of the velocity to the next, downwards
PRECISION = 1e-7


def ionic_current(V, n, m, h, g_Na, g_K, g_L, E_Na, E_K, E_L):
    return I_Na(V, m, h, g_Na, E_Na) + I_K(V, n, g_K, E_K) + I_L(V, g_L, E_L)


def conductance_at_rest(values, rest):
    """Of a membrane with its gates at rest, mS/cm2: numbers, or arrays."""
    return values["g_Na"] * rest["m"] ** 3 * rest["h"] + values["g_K"] * rest["n"] ** 4 + values["g_L"]


def runs_off(D, growth, V, n, m, h, C, g_Na, g_K, g_L, E_Na, E_K, E_L, celsius):
    """The voltage (mV), beyond all reversal potentials, with which the wave that leaves rest at the rate `growth` (1/ms)
    runs off."""
    speed = phi(celsius)
    dt = 0.05 / max(growth, 3.0 * speed)
    # Beyond all reversal potentials every current has one sign, and nothing turns V back.
    low = min(E_Na, E_K, E_L)
    high = max(E_Na, E_K, E_L)
    V += START
    W = START * growth
    for _ in range(MOST_STEPS):
        # Runge-Kutta of order 4
        V_ = V
        W_ = W
        n_ = n
        m_ = m
        h_ = h
        to_V = 0.0
        to_W = 0.0
        to_n = 0.0
        to_m = 0.0
        to_h = 0.0
        for stage in range(4):
            dV = W_
            dW = (C * W_ + ionic_current(V_, n_, m_, h_, g_Na, g_K, g_L, E_Na, E_K, E_L)) / D
            dn = speed * (alpha_n(V_) * (1 - n_) - beta_n(V_) * n_)
            dm = speed * (alpha_m(V_) * (1 - m_) - beta_m(V_) * m_)
            dh = speed * (alpha_h(V_) * (1 - h_) - beta_h(V_) * h_)
            weight = dt / 6 if stage == 0 or stage == 3 else dt / 3
            to_V += weight * dV
            to_W += weight * dW
            to_n += weight * dn
            to_m += weight * dm
            to_h += weight * dh
            ahead = dt if stage == 2 else 0.5 * dt
            V_ = V + ahead * dV
            W_ = W + ahead * dW
            n_ = n + ahead * dn
            m_ = m + ahead * dm
            h_ = h + ahead * dh
        V += to_V
        W += to_W
        n += to_n
        m += to_m
        h += to_h
        if V < low or V > high:
            return V
    return V


def conduction_velocity(radius=238.0, axial_resistivity=35.4, celsius=18.5, **membrane):
    """How fast a spike travels along an endless Hodgkin-Huxley axon, in m/s, to about 1 part in 100,000.

    radius              of the axon, um; the velocity grows as its square root
    axial_resistivity   of what is inside, ohm cm; the velocity falls as its square root
    celsius, membrane   temperature, and changes to the squid's C, g_Na, g_K, g_L, E_Na, E_K, E_L

    ValueError for values out of range, and where no wave keeps its shape: in the warm, or with few sodium channels.
    Of two waves the faster is meant; the slower one is unstable.

    >>> round(conduction_velocity(radius=238, axial_resistivity=35.4, celsius=18.5), 2)
    18.73
    """
    values = MODEL.values(celsius=celsius, **membrane)
    rest = MODEL.rest(**values)
    size = _above_zero("radius", radius, "um") / _above_zero("axial_resistivity", axial_resistivity, "ohm cm")
    C, conductance = values["C"], conductance_at_rest(values, rest)
    arguments = [
        *rest.values(),
        *(values[name] for name in ("C", "g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L", "celsius")),
    ]
    run = load(gather((runs_off,)), ("runs_off",), contract=True).runs_off

    def growth(D):
        return (C + sqrt(C**2 + 4 * D * conductance)) / (2 * D)

    def too_fast(velocity):
        D = 5 * size / velocity**2
        return run(D, growth(D), *arguments) > rest["V"]

    high = FASTEST * sqrt(size)
    while too_fast(high / SCAN):
        high /= SCAN
        if growth(5 * size / high**2) < SLOWEST * phi(values["celsius"]):
            raise ValueError(
                f"no spike travels along this axon at celsius = {values['celsius']:g} degrees C with g_Na = "
                f"{values['g_Na']:g} mS/cm2; cool it, or bring it nearer to the squid's membrane"
            )
    low = high / SCAN
    while high - low > PRECISION * low:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if too_fast(middle) else (middle, high)
    return 0.5 * (low + high)
