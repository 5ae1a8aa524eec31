"""Tail probabilities of t, z and χ² and their inverses, by the same functions as in ``packages/statistics``."""

from __future__ import annotations

import math
import sys
from statistics import NormalDist
from typing import Callable

_STEPS_MAX = 100_000
_TINY = 1e-300
_EPSILON = 1e-15


def p_of_t(t: float, df: float) -> float:
    """Probability of a |t| at least as large."""
    whole = df + t * t
    return _beta(df / 2, 0.5, df / whole, t * t / whole)


def t_of_p(p: float, df: float) -> float:
    """The t with the two-sided tail probability ``p``: 2.228 for 0.05 and ten degrees of freedom."""
    high = 1.0
    while p_of_t(high, df) > p:
        high *= 2
    low = 0.0
    for _ in range(200):
        if high - low <= sys.float_info.epsilon * high:
            break
        middle = (low + high) / 2
        if p_of_t(middle, df) > p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def p_of_normal(z: float) -> float:
    """Two-sided tail probability of the normal distribution."""
    return math.erfc(abs(z) / math.sqrt(2))


def z_of_p(p: float) -> float:
    """The z with the two-sided tail probability ``p``."""
    return NormalDist().inv_cdf(1 - p / 2)


def p_of_chi_squared(value: float, df: float) -> float:
    """Probability of a χ² at least as large."""
    return 1.0 if value <= 0 else _upper_gamma(df / 2, value / 2)


def _beta(a: float, b: float, x: float, rest: float) -> float:
    """The regularised incomplete beta function of x. ``rest`` is 1 - x, given separately because a subtraction would
    lose digits.
    """
    if x <= 0:
        return 0.0
    if rest <= 0:
        return 1.0
    whole = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(a * math.log(x) + b * math.log(rest) + whole)
    # The fraction converges below the mean; above it, the complement is used.
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, rest) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    def numerator(step: int) -> float:
        m = step // 2
        if step % 2 == 0:
            return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))

    return 1 / _fraction(1.0, numerator, lambda step: 1.0)


def _upper_gamma(a: float, x: float) -> float:
    """The regularised upper gamma function, by its series or by its continued fraction, whichever converges faster."""
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x >= a + 1:
        first = x + 1 - a
        return front / _fraction(first, lambda step: -step * (step - a), lambda step: first + 2 * step)
    term = total = 1 / a
    for step in range(1, _STEPS_MAX):
        term *= x / (a + step)
        total += term
        if term <= total * _EPSILON:
            return 1 - front * total
    return math.nan


def _fraction(first: float, top: Callable[[int], float], bottom: Callable[[int], float]) -> float:
    """A continued fraction ``first + top(1) / (bottom(1) + top(2) / …)``, by Lentz' method. NaN if it does not
    converge, never a wrong number.
    """
    value = c = first if abs(first) >= _TINY else _TINY
    d, still = 0.0, 0
    for step in range(1, _STEPS_MAX):
        d = bottom(step) + top(step) * d
        d = 1 / (d if abs(d) >= _TINY else _TINY)
        c = bottom(step) + top(step) / c
        c = c if abs(c) >= _TINY else _TINY
        value *= c * d
        # A step without a change may be followed by a step with one, so convergence needs several.
        still = still + 1 if abs(c * d - 1) <= _EPSILON else 0
        if still == 2:
            return value
    return math.nan
