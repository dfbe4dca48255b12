"""Random numbers that every machine draws alike: here, compiled, and in the published page.

MRG32k3a combines two recurrences and keeps the six numbers of its state in an array:

    x_n = (1403580 x_(n-2) - 810728 x_(n-3)) mod m_1         m_1 = 2^32 - 209
    y_n = (527612 y_(n-1) - 1370589 y_(n-3)) mod m_2         m_2 = 2^32 - 22853
    u_n = ((x_n - y_n) mod m_1) / (m_1 + 1), and m_1 / (m_1 + 1) where that is 0

Every product stays below 2^53, so that floating-point numbers hold it exactly. L'Ecuyer (1999) Oper Res 47:159,
doi:10.1287/opre.47.1.159.
"""

from numpy import exp, floor, sqrt

from .compilation import array
from .model import number

M_1 = 4294967087.0
M_2 = 4294944443.0
LARGEST_MEAN = 500.0  # of `poisson`, whose exp(-mean) must not vanish
PRIME = 67108859.0  # below 2^26, so that squares stay below 2^53
LARGEST_SEED = 2**25
LN_2 = 0.6931471805599453


def generator(seed):
    """The state of a generator of random numbers, for `uniform`, `poisson` and `normals`; one seed, one sequence.

    ValueError for a seed that is not a whole number from 0 on.

    >>> state = generator(1)
    >>> round(float(uniform(state)), 6)
    0.398385
    """
    seed = number("seed", seed, "")
    if seed != int(seed) or not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"seed = {seed:g} is no seed; give a whole number from 0 to {LARGEST_SEED}")
    state = array([0.0] * 6)
    sow(seed, state)
    return state


def sow(seed, state):
    """Fill the state from a seed: with the seed itself, so that no two seeds share a sequence, and with squares of squares
    of it, since MRG32k3a is linear and would leave the sequences of neighbouring seeds correlated."""
    state[0] = seed + 1.0
    x = seed + 1.0
    for k in range(1, 9):
        x = x * x + 12345.0
        x -= PRIME * floor(x / PRIME)
        if k > 3:
            state[k - 3] = 61.0 * x + 1.0


def uniform(state):
    """The next number, evenly distributed between 0 and 1, both excluded."""
    x = 1403580.0 * state[1] - 810728.0 * state[0]
    x -= M_1 * floor(x / M_1)
    y = 527612.0 * state[5] - 1370589.0 * state[3]
    y -= M_2 * floor(y / M_2)
    state[0] = state[1]
    state[1] = state[2]
    state[2] = x
    state[3] = state[4]
    state[4] = state[5]
    state[5] = y
    if x > y:
        return (x - y) / (M_1 + 1.0)
    return (x - y + M_1) / (M_1 + 1.0)


def poisson(mean, state):
    """How many events a Poisson process of this mean yields: the smallest k with P(at most k) >= u, for the next u.

    One number is drawn for each count whatever the mean, so that with one seed the count grows with the mean and a
    slider that moves the mean does not shuffle the rest.
    """
    u = uniform(state)
    k = 0.0
    p = exp(-mean)
    total = p
    while u > total and k < 4.0 * LARGEST_MEAN:
        k += 1.0
        p *= mean / k
        total += p
    return k


def logarithm(x):
    """The natural logarithm for 0 < x <= 1, to 15 digits, by nothing but sums, products and a division.

    log(x) = 2 (z + z^3 / 3 + z^5 / 5 + ...) - k log(2)     z = (y - 1) / (y + 1),  y = 2^k x from 0.7 to 1.4

    Python's `log` and a browser's may differ in the last digit; a network that amplifies every difference would go other
    ways after half a second.
    """
    k = 0.0
    while x < 0.7:
        x *= 2.0
        k += 1.0
    z = (x - 1.0) / (x + 1.0)
    y = z * z
    term = z
    total = 0.0
    for j in range(10):
        total += term / (2.0 * j + 1.0)
        term *= y
    return 2.0 * total - k * LN_2


def normals(count, state, values):
    """Fill `values` with `count` independent normal numbers of mean 0 and variance 1.

    A point drawn evenly from the disc of radius 1, at distance s^1/2 from its middle, gives two: its coordinates times
    (-2 log(s) / s)^1/2. Marsaglia and Bray (1964) SIAM Rev 6:260, doi:10.1137/1006063.
    """
    k = 0
    while k < count:
        x = 2.0 * uniform(state) - 1.0
        y = 2.0 * uniform(state) - 1.0
        s = x * x + y * y
        if s < 1.0 and s > 0.0:
            stretch = sqrt(-2.0 * logarithm(s) / s)
            values[k] = stretch * x
            k += 1
            if k < count:
                values[k] = stretch * y
                k += 1
