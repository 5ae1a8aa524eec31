"""Meta-analysis of one estimate per site: fixed effect, or random effects with the variance between sites by
restricted likelihood, DerSimonian and Laird, or Paule and Mandel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, Mapping, Sequence

from .distributions import p_of_chi_squared, p_of_normal, p_of_t, t_of_p, z_of_p

ERROR_SHARE = 0.05
_SCORINGS_MAX = 200
_HALVINGS_MAX = 2_000


@dataclass(frozen=True)
class Effect:
    """The estimate of one site and its squared standard error."""

    estimate: float
    variance: float


@dataclass(frozen=True)
class Meta:
    """The combined estimate. ``tau2``: variance between sites; ``i2``: its share of the total variability; ``q`` and
    ``q_p``: Cochran's test that all sites have the same effect; ``prediction``: 95 % interval for the effect of
    another site.
    """

    estimate: float
    error: float
    statistic: float
    p: float
    interval: tuple[float, float]
    tau2: float
    i2: float
    q: float
    q_p: float
    prediction: tuple[float, float] | None


def combine(effects: Sequence[Effect], method: str = "reml", knapp: bool = True) -> Meta | None:
    """The combined estimate; None for fewer than two sites, for a variance that is not positive, if the likelihood
    does not converge, or for numbers at the limits of a double.
    """
    if len(effects) < 2 or not all(math.isfinite(one.estimate) and one.variance > 0 for one in effects):
        return None
    try:
        return _combined(effects, method, knapp and method != "fixed")
    except (OverflowError, ZeroDivisionError, ValueError):
        return None


def _combined(effects: Sequence[Effect], method: str, knapp: bool) -> Meta | None:
    df = len(effects) - 1
    tau2 = _BETWEEN[method](effects)
    if not math.isfinite(tau2):
        return None
    weights, total, mean = _weighted(effects, tau2)
    error = math.sqrt((_scatter(effects, tau2) / df if knapp else 1) / total)
    if not error > 0:
        return None
    quantile = t_of_p(ERROR_SHARE, df) if knapp else z_of_p(ERROR_SHARE)
    reach, further = quantile * error, quantile * math.sqrt(error**2 + tau2)
    statistic = mean / error
    fixed, fixed_total, _ = _weighted(effects, 0.0)
    typical = df * fixed_total / (fixed_total**2 - math.fsum(weight**2 for weight in fixed))
    q = _scatter(effects, 0.0)
    return Meta(
        estimate=mean,
        error=error,
        statistic=statistic,
        p=p_of_t(statistic, df) if knapp else p_of_normal(statistic),
        interval=(mean - reach, mean + reach),
        tau2=tau2,
        i2=max(0.0, 1 - df / q) if method == "fixed" else tau2 / (tau2 + typical),
        q=q,
        q_p=p_of_chi_squared(q, df),
        prediction=None if method == "fixed" or df < 2 else (mean - further, mean + further),
    )


def _weighted(effects: Sequence[Effect], tau2: float) -> tuple[list[float], float, float]:
    weights = [1 / (one.variance + tau2) for one in effects]
    total = math.fsum(weights)
    return weights, total, math.fsum(weight * one.estimate for weight, one in zip(weights, effects)) / total


def _scatter(effects: Sequence[Effect], tau2: float) -> float:
    weights, _, mean = _weighted(effects, tau2)
    return math.fsum(weight * (one.estimate - mean) ** 2 for weight, one in zip(weights, effects))


def _dersimonian_laird(effects: Sequence[Effect]) -> float:
    """The variance between sites for which the observed Q equals its expected value."""
    weights, total, _ = _weighted(effects, 0.0)
    scale = total - math.fsum(weight**2 for weight in weights) / total
    return max(0.0, (_scatter(effects, 0.0) - (len(effects) - 1)) / scale)


def _paule_mandel(effects: Sequence[Effect]) -> float:
    """The variance at which Q, which decreases with it, equals the number of sites minus one."""
    wanted = len(effects) - 1
    if _scatter(effects, 0.0) <= wanted:
        return 0.0
    low, high = 0.0, 1.0
    while _scatter(effects, high) > wanted:
        high *= 2
    for _ in range(_HALVINGS_MAX):
        if high - low <= 2.0**-52 * high:
            break
        middle = (low + high) / 2
        low, high = (middle, high) if _scatter(effects, middle) > wanted else (low, middle)
    return (low + high) / 2


def _restricted_likelihood(effects: Sequence[Effect]) -> float:
    """Fisher scoring of the restricted likelihood, starting at DerSimonian and Laird's variance. Steps that reverse
    direction are halved; NaN without convergence.
    """
    tau2 = _dersimonian_laird(effects)
    share, before = 1.0, 0.0
    for _ in range(_SCORINGS_MAX):
        weights, total, mean = _weighted(effects, tau2)
        two, three = (math.fsum(weight**power for weight in weights) for power in (2, 3))
        trace = total - two / total
        squared = two - 2 * three / total + (two / total) ** 2
        apart = math.fsum((weight * (one.estimate - mean)) ** 2 for weight, one in zip(weights, effects))
        step = (apart - trace) / squared
        if step * before < 0:
            share /= 2
        before = step
        after = max(0.0, tau2 + share * step)
        if abs(after - tau2) <= 1e-14 * max(after, tau2):
            return after
        tau2 = after
    return math.nan


_BETWEEN: Mapping[str, Callable[[Sequence[Effect]], float]] = {
    "reml": _restricted_likelihood,
    "dl": _dersimonian_laird,
    "pm": _paule_mandel,
    "fixed": lambda _: 0.0,
}
