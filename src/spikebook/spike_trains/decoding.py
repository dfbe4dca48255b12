"""Reading a stimulus from the spike counts of tuned neurons, and how well that can be done at all.

    f(s) = base + (top - base) exp(sharpness (cos(s - preferred) - 1))            tuning curve, Hz
    log L(s) = sum over neurons of n log(f(s) T) - f(s) T, and what does not depend on s
    J(s) = T sum over neurons of f'(s)^2 / f(s)                                   Fisher information, 1/degree^2

s   direction of the stimulus, degrees       n   spikes that a neuron fired in the time T, s (functions take ms)
L   likelihood of s, for independent Poisson counts

No unbiased estimate of s has a standard deviation below 1 / sqrt(J) (Cramer and Rao). The most likely s comes down to it
where spikes are many; where they are few it errs by more, since now and then it is far off.

Seung and Sompolinsky (1993) PNAS 90:10749, doi:10.1073/pnas.90.22.10749.
"""

import numpy as np

from ..stimuli import _finite
from .statistics import positive


def tuned_rate(direction, preferred, base, top, sharpness):
    """A bell-shaped tuning curve over the circle, Hz; direction and preferred in degrees, arrays that fit together.

    >>> float(tuned_rate(90, preferred=90, base=2, top=40, sharpness=2))
    40.0
    """
    return base + (top - base) * _bell(direction, preferred, sharpness)


def tuned_slope(direction, preferred, base, top, sharpness):
    """The derivative of `tuned_rate`, Hz per degree.

    >>> round(float(tuned_slope(60, preferred=90, base=2, top=40, sharpness=2)), 2)
    0.51
    """
    away = np.radians(np.subtract(direction, preferred))
    bell = _bell(direction, preferred, sharpness)
    return -(top - base) * sharpness * np.sin(away) * bell * np.pi / 180


def fisher_information(rates, slopes, duration):
    """Fisher information (1/degree^2) of independent Poisson neurons about the direction.

    rates, slopes   Hz and Hz per degree of every neuron, along the last axis     duration   ms of counting

    ValueError for a rate that is not above 0.

    >>> fisher_information([20.0, 20.0], [1.0, -1.0], duration=500)  # 0.5 s (1 / 20 + 1 / 20)
    np.float64(0.05)
    """
    rates, slopes = np.asarray(rates, float), np.asarray(slopes, float)
    if not np.all(rates > 0):
        raise ValueError(
            f"rates go down to {rates.min():g} Hz; the information needs rates above 0 Hz: give a baseline"
        )
    return positive("duration", duration, "ms") / 1000 * np.sum(slopes**2 / rates, axis=-1)


def most_likely(counts, rates, duration):
    """Which of several stimuli makes these spike counts most likely, for independent Poisson neurons.

    counts   spikes of every neuron in every trial, shape (trials, neurons)
    rates    Hz of every neuron for every stimulus, shape (stimuli, neurons), above 0
    duration   ms of counting

    Returns the index of a stimulus for each trial; of equals, the first.

    >>> most_likely([[9, 1], [0, 8]], rates=[[90.0, 10.0], [10.0, 90.0]], duration=100)
    array([0, 1])
    """
    rates = np.atleast_2d(np.asarray(rates, float))
    counts = np.atleast_2d(np.asarray(counts, float))
    if not np.all(rates > 0):
        raise ValueError(f"rates go down to {rates.min():g} Hz; a likelihood needs rates above 0 Hz: give a baseline")
    if counts.shape[1] != rates.shape[1]:
        raise ValueError(
            f"counts of {counts.shape[1]} neurons do not fit rates of {rates.shape[1]}; give both, trials or stimuli by "
            "neurons"
        )
    if np.any(_finite(counts.ravel(), "counts", "spikes") < 0):
        raise ValueError("counts must be 0 spikes or more")
    expected = rates * positive("duration", duration, "ms") / 1000
    return np.argmax(counts @ np.log(expected).T - expected.sum(axis=1), axis=1)


def _bell(direction, preferred, sharpness):
    return np.exp(sharpness * (np.cos(np.radians(np.subtract(direction, preferred))) - 1))
