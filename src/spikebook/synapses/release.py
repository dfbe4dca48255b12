"""Quantal release: transmitter comes in packets, and each of n sites releases its packet with probability p.

    P(k packets) = n! / (k! (n - k)!) p^k (1 - p)^(n - k)       binomial
    P(k packets) = m^k exp(-m) / k!                             Poisson: its limit for large n and small p, m = n p
    mean amplitude       M = n p q
    its variance         Var = n q^2 (p (1 - p) + p cv^2) = q (1 + cv^2) M - M^2 / n
    failures             P(0) = (1 - p)^n; for Poisson m = ln(trials / failures)

n   release sites      p   probability that a site releases at a spike      q   response to one packet, mV (or pA, nS)
m   quantal content, the mean number of packets       cv   standard deviation of one packet's response, divided by q

del Castillo and Katz (1954) J Physiol 124:560, doi:10.1113/jphysiol.1954.sp005129, tested the Poisson limit at a
muscle with little calcium; variance against mean: Clements and Silver (2000) Trends Neurosci 23:105,
doi:10.1016/S0166-2236(99)01520-9.
"""

import math

import numpy as np

from ..membrane_potential import _plain
from ..model import number

MOST_SITES = 10_000


def amplitudes(n, p, q, trials=1000, cv=0.0, noise=0.0, seed=None):
    """Responses (in q's unit) to `trials` spikes: the sum of those packets that were released, and of recording noise.

    Each packet's response is drawn from a normal distribution of mean q and standard deviation cv q, the noise from one
    of standard deviation `noise`. ValueError outside of n >= 1 (whole), 0 <= p <= 1, q > 0, cv >= 0, noise >= 0.

    >>> round(float(amplitudes(10, 0.3, 0.5, trials=20000, seed=1).mean()), 2)
    1.5
    """
    n, p, q, cv, noise = _checked(n, p, q, cv, noise)
    rng = np.random.default_rng(seed)
    packets = rng.binomial(n, p, _whole("trials", trials, 1))
    return packets * q + rng.normal(size=len(packets)) * np.sqrt(packets * (cv * q) ** 2 + noise**2)


def binomial(k, n, p):
    """Probability of k packets (a number or an array) from n sites.

    >>> binomial([0, 1, 2], n=2, p=0.5)
    array([0.25, 0.5 , 0.25])
    """
    n, p, *_ = _checked(n, p)
    return _plain(np.vectorize(lambda k: math.comb(n, k) * p**k * (1 - p) ** (n - k), otypes=[float])(_counts(k)))


def poisson_limit(k, m):
    """Probability of k packets (a number or an array) where the mean is m and no site is used up.

    >>> round(poisson_limit(0, m=2.3), 3)
    0.1
    """
    m = number("m", m, "packets")
    if m <= 0:
        raise ValueError(f"m = {m:g} packets is not above 0; give the mean number of packets a spike")
    return _plain(
        np.vectorize(lambda k: math.exp(k * math.log(m) - m - math.lgamma(k + 1)), otypes=[float])(_counts(k))
    )


def amplitude_density(a, n, p, q, cv=0.0, noise=0.1):
    """The probability density of the amplitudes a that `amplitudes` draws: a sum of bells, one for each number of packets.

    ValueError where cv and noise are 0: there is no density then, only the probabilities of `binomial`.

    >>> a = np.linspace(-1, 4, 2001)
    >>> round(float(np.trapezoid(amplitude_density(a, 5, 0.4, 0.5, cv=0.2), a)), 6)
    1.0
    """
    n, p, q, cv, noise = _checked(n, p, q, cv, noise)
    if noise == 0:
        raise ValueError("noise = 0 makes all failures the same; give a noise above 0, or use binomial")
    k = np.arange(n + 1)[:, None]
    width = np.sqrt(k * (cv * q) ** 2 + noise**2)
    bells = np.exp(-0.5 * ((np.asarray(a, dtype=float) - k * q) / width) ** 2) / (width * math.sqrt(2 * math.pi))
    return (binomial(k, n, p) * bells).sum(axis=0)


def content_from_failures(trials, failures):
    """Quantal content m = ln(trials / failures), which holds for Poisson's statistics alone.

    ValueError without a failure, or where more fail than were tried.

    >>> round(content_from_failures(trials=198, failures=18), 2)
    2.4
    """
    trials, failures = _whole("trials", trials, 1), _whole("failures", failures, 0)
    if not 0 < failures <= trials:
        raise ValueError(
            f"failures = {failures} of {trials} trials: the method needs at least one, and no more than all"
        )
    return math.log(trials / failures)


def sites_and_quantum(means, variances, cv=0.0):
    """n and q from the mean and the variance of the amplitude at several release probabilities.

    As p grows, variance against mean is the parabola q (1 + cv^2) M - M^2 / n; least squares on variance / mean
    give its slopes. Take recording noise out of the variances first. ValueError for fewer than two means, and where the
    points do not bend as the parabola does.

    >>> n, q = sites_and_quantum([1.0, 2.5, 4.0], [0.4, 0.625, 0.4])
    >>> round(n, 6), round(q, 6)
    (10.0, 0.5)
    """
    means, variances = np.asarray(means, dtype=float), np.asarray(variances, dtype=float)
    if means.ndim != 1 or means.shape != variances.shape or len(np.unique(means)) < 2 or not np.all(means > 0):
        raise ValueError(
            "means and variances must be two rows of one length, with two different means above 0 at least"
        )
    slope, start = np.polyfit(means, variances / means, 1)
    if slope >= 0:
        raise ValueError(
            "variance / mean does not fall as the mean grows, so n cannot be told: record at higher release probabilities"
        )
    return float(-1 / slope), float(start / (1 + number("cv", cv, "") ** 2))


def _checked(n, p, q=1.0, cv=0.0, noise=0.0):
    n, p, q = _whole("n", n, 1, MOST_SITES), number("p", p, ""), number("q", q, "mV")
    cv, noise = number("cv", cv, ""), number("noise", noise, "mV")
    if not 0 <= p <= 1:
        raise ValueError(f"p = {p:g} is no probability; give 0 to 1")
    if q <= 0:
        raise ValueError(f"q = {q:g} mV is no response; give more than 0 mV")
    for name, value in (("cv", cv), ("noise", noise)):
        if value < 0:
            raise ValueError(f"{name} = {value:g} is below 0; give 0 or more")
    return n, p, q, cv, noise


def _whole(name, value, least, most=10**9):
    value = number(name, value, "")
    if value != int(value) or not least <= value <= most:
        raise ValueError(f"{name} = {value:g} must be a whole number from {least} to {most:g}")
    return int(value)


def _counts(k):
    counts = np.asarray(k)
    if not np.all((counts == np.floor(counts)) & (counts >= 0)):
        raise ValueError("k counts packets: give whole numbers from 0 on")
    return counts.astype(int)
