"""Receptors: how much of a postsynaptic channel population is open after transmitter has come and gone.

    dr/dt = alpha T (1 - r) - beta r                          AMPA, NMDA and GABA_A: the receptor is the channel
    dr/dt = K1 T (1 - r) - K2 r                               GABA_B: the receptor activates
    ds/dt = K3 r - K4 s                                       a G-protein, of which
    open fraction = s^n / (s^n + KD)                          several must bind to open a potassium channel
    B(V) = 1 / (1 + exp(-0.062 V) Mg / 3.57)                  NMDA: the part that magnesium leaves free

r      fraction of receptors that have bound transmitter      s, KD   G-protein, uM, and uM^n
T      transmitter in the cleft, mM                           t       ms
V      membrane potential, mV                                 Mg      magnesium outside, mM
alpha, K1   1/(mM ms)      beta, K2, K4   1/ms                K3      uM/ms

The current of all of them is I = g_max (open fraction) (V - E). GABA_A.E is the -80 mV of the source; the book's neurons
(NEURON of `bombardment`) have -75 mV. Destexhe, Mainen and Sejnowski (1994) Neural Comput 6:14,
doi:10.1162/neco.1994.6.1.14 (values: their ModelDB entry 18500); Jahr and Stevens (1990) J Neurosci 10:3178,
doi:10.1523/JNEUROSCI.10-09-03178.1990.
"""

from typing import NamedTuple

import numpy as np

from ..membrane_potential import _above_zero, _numbers, _plain
from ..model import number


class Receptor(NamedTuple):
    """A receptor that is a channel: rates of opening (1/(mM ms)) and closing (1/ms), and its reversal potential (mV)."""

    alpha: float
    beta: float
    E: float


class Cascade(NamedTuple):
    """A receptor that opens channels through a G-protein: K1 (1/(mM ms)), K2 and K4 (1/ms), K3 (uM/ms), KD (uM^n), n, and
    the reversal potential E (mV), as in the equations of `receptors`."""

    K1: float
    K2: float
    K3: float
    K4: float
    KD: float
    n: float
    E: float


AMPA = Receptor(alpha=1.1, beta=0.19, E=0.0)
NMDA = Receptor(alpha=0.072, beta=0.0066, E=0.0)
GABA_A = Receptor(alpha=5.0, beta=0.18, E=-80.0)
GABA_B = Cascade(K1=0.52, K2=0.0013, K3=0.098, K4=0.033, KD=100.0, n=4.0, E=-95.0)


def open_fraction(t, receptor, concentration=1.0, duration=1.0, onsets=(0.0,)):
    """Fraction of AMPA, NMDA or GABA_A receptors that are open at the times t (ms; a number or an array).

    Transmitter of `concentration` (mM) stands in the cleft for `duration` (ms) from each of the `onsets` (ms). The
    solution is exact: in between, r approaches alpha T / (alpha T + beta), or 0, exponentially. ValueError for
    pulses that are out of order or overlap, and for what is below 0.

    >>> round(open_fraction(1.0, AMPA), 6)
    0.617986
    """
    if not isinstance(receptor, Receptor):
        raise TypeError(f"receptor must be a Receptor such as AMPA, NMDA or GABA_A, not {receptor!r}")
    return _plain(_bound(t, receptor.alpha, receptor.beta, concentration, duration, onsets)[0])


def g_protein(t, receptor=GABA_B, concentration=0.5, duration=0.3, onsets=(0.0,)):
    """Activated G-protein s (uM) at the times t (ms) after pulses of GABA, as for `open_fraction`; exact.

    >>> round(g_protein(102.17), 4)
    0.1952
    """
    if not isinstance(receptor, Cascade):
        raise TypeError(f"receptor must be a Cascade such as GABA_B, not {receptor!r}")
    K4 = number("K4", receptor.K4, "1/ms")
    _, s = _bound(t, receptor.K1, receptor.K2, concentration, duration, onsets, (receptor.K3, K4))
    return _plain(s)


def channels_opened(s, receptor=GABA_B):
    """Fraction of potassium channels that s (uM) of G-protein opens: s^n / (s^n + KD).

    >>> round(channels_opened(100 ** (1 / 4)), 3)
    0.5
    """
    s = _numbers("s", s, "uM")
    if np.any(s < 0):
        raise ValueError(f"s = {s.min():g} uM is below 0; give 0 or more")
    return _plain(s**receptor.n / (s**receptor.n + receptor.KD))


def magnesium_block(V, magnesium=1.0):
    """The part of the NMDA receptors' conductance that magnesium (mM) leaves at V (mV; a number or an array).

    >>> round(magnesium_block(-65), 6), magnesium_block(-65, magnesium=0)
    (0.059668, 1.0)
    """
    magnesium = _numbers("magnesium", magnesium, "mM")
    if np.any(magnesium < 0):
        raise ValueError(f"magnesium = {magnesium.min():g} mM is below 0; give 0 or more")
    V = np.maximum(_numbers("V", V, "mV"), -1e4)  # below it the exponential overflows, and the block is complete
    return _plain(1 / (1 + np.exp(-0.062 * V) * magnesium / 3.57))


def _bound(t, alpha, beta, concentration, duration, onsets, following=None):
    """r, and the s that follows it by ds/dt = K3 r - K4 s, at the times t: segment by segment, each solved exactly."""
    t = _numbers("t", t, "ms")
    concentration, duration = number("concentration", concentration, "mM"), _above_zero("duration", duration, "ms")
    onsets = np.atleast_1d(_numbers("onsets", onsets, "ms"))
    if concentration < 0:
        raise ValueError(f"concentration = {concentration:g} mM is below 0; give 0 or more")
    if np.any(np.diff(onsets) < duration):
        raise ValueError(f"onsets must be in order, each at least {duration:g} ms, the pulse's length, after the last")
    K3, K4 = following or (0.0, 1.0)
    result, s_result = np.zeros_like(t), np.zeros_like(t)
    edges = np.ravel(np.column_stack([onsets, onsets + duration]))
    r = s = 0.0
    for k, start in enumerate(edges):
        rate = alpha * concentration * (1 - k % 2)
        towards, speed = rate / (rate + beta), rate + beta

        def after(time, r=r, s=s, towards=towards, speed=speed):
            decayed = np.exp(-speed * time)
            # s: a part that follows where r is going, and a part that follows r's approach
            held = -K3 * towards / K4 * np.expm1(-K4 * time)
            moving = K3 * (r - towards) * two_decays(K4, speed, time)
            return towards + (r - towards) * decayed, s * np.exp(-K4 * time) + held + moving

        inside = t >= start
        at = after(np.where(inside, t - start, 0.0))
        result, s_result = (np.where(inside, new, old) for new, old in zip(at, (result, s_result)))
        if k + 1 < len(edges):
            r, s = after(edges[k + 1] - start)
    return result, s_result


def two_decays(a, b, t):
    """(exp(-a t) - exp(-b t)) / (b - a), and its limit t exp(-a t) where the rates a and b are equal."""
    slower, apart = np.minimum(a, b), np.abs(b - a)
    safe = np.where(apart == 0, 1.0, apart)
    return np.exp(-slower * t) * np.where(apart == 0, t, -np.expm1(-safe * t) / safe)
