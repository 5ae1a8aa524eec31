"""Moments of the union of several groups, and the measures that follow from them."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Mapping, Sequence

Moments = Mapping[str, Any]
"""``n``, ``sum`` and, if known, ``deviations``, ``third``, ``fourth`` and ``second`` (sum, deviations, cross)."""


def exact_sum(terms: Sequence[float]) -> float:
    """The sum, rounded once at the end; whole numbers stay whole."""
    return sum(terms) if all(isinstance(term, int) for term in terms) else math.fsum(terms)


def pool_moments(parts: Sequence[Moments]) -> Moments | None:
    """Pools moments after Chan, Golub & LeVeque: the deviations within the parts, plus those of their means from the
    common mean; third and fourth powers after Pébay. A moment that one part lacks is missing in the result. None
    without values.
    """
    filled = [part for part in parts if part["n"] > 0]
    n = exact_sum([part["n"] for part in filled])
    if n == 0:
        return None
    total = exact_sum([part["sum"] for part in filled])
    offsets = _offsets(filled)
    union: dict[str, Any] = {"n": n, "sum": total}
    union["deviations"] = _known(map(_second_powers, filled, offsets))
    union["third"] = _known(map(_third_powers, filled, offsets))
    union["fourth"] = _known(map(_fourth_powers, filled, offsets))
    union["second"] = _pool_second(filled, offsets)
    return {name: value for name, value in union.items() if value is not None}


def value_of(kind: str, moments: Moments) -> float | None:
    """The value of a measure: sample variance, standard deviation and covariance; population skewness and kurtosis;
    Pearson's r. None if it is undefined.
    """
    n, deviations = moments["n"], moments.get("deviations")
    if kind == "mean":
        mean: float = moments["sum"] / n
        return mean
    if n < 2 or deviations is None:
        return None
    if kind in ("variance", "sd"):
        variance: float = deviations / (n - 1)
        return variance if kind == "variance" else math.sqrt(variance)
    if kind in ("skewness", "kurtosis"):
        return _shape_of(kind, moments, deviations / n)
    return _pair_value_of(kind, moments, deviations)


def _offsets(parts: Sequence[Moments]) -> list[float]:
    """The differences of the parts' means from the common mean, rounded once. The difference of two quotients would
    lose the digits that large numbers have in common.
    """
    sums = [Fraction(part["sum"] if part.get("sum_exact") is None else part["sum_exact"]) for part in parts]
    counts = [Fraction(part["n"]) for part in parts]
    mean = sum(sums) / sum(counts)
    return [float(own / n - mean) for own, n in zip(sums, counts)]


def _second_powers(part: Moments, offset: float) -> list[float | None]:
    return [part.get("deviations"), part["n"] * offset**2]


def _third_powers(part: Moments, offset: float) -> list[float | None]:
    return [part.get("third"), _times(3 * offset, part.get("deviations")), part["n"] * offset**3]


def _fourth_powers(part: Moments, offset: float) -> list[float | None]:
    third, second = _times(4 * offset, part.get("third")), _times(6 * offset**2, part.get("deviations"))
    return [part.get("fourth"), third, second, part["n"] * offset**4]


def _times(factor: float, value: float | None) -> float | None:
    return None if value is None else factor * value


def _known(lists: Any) -> float | None:
    """The sum of the terms; None if one of them is None."""
    terms = [term for terms in lists for term in terms]
    return None if None in terms else exact_sum(terms)


def _pool_second(parts: Sequence[Moments], offsets_x: Sequence[float]) -> Moments | None:
    if any(part.get("second") is None for part in parts):
        return None
    seconds = [{"n": part["n"], **part["second"]} for part in parts]
    deviations: list[float] = []
    cross: list[float] = []
    for part, offset, offset_x in zip(seconds, _offsets(seconds), offsets_x):
        deviations += [part["deviations"], part["n"] * offset**2]
        cross += [part["cross"], part["n"] * offset * offset_x]
    total = exact_sum([part["sum"] for part in seconds])
    return {"sum": total, "deviations": exact_sum(deviations), "cross": exact_sum(cross)}


def _shape_of(kind: str, moments: Moments, square: float) -> float | None:
    power, exponent = (moments.get("third"), 1.5) if kind == "skewness" else (moments.get("fourth"), 2.0)
    if power is None or not square > 0:
        return None
    shape: float = power / moments["n"] / square**exponent
    return shape


def _pair_value_of(kind: str, moments: Moments, deviations: float) -> float | None:
    second = moments.get("second")
    if second is None:
        return None
    if kind == "covariance":
        covariance: float = second["cross"] / (moments["n"] - 1)
        return covariance
    product = math.sqrt(deviations) * math.sqrt(second["deviations"])
    return min(1.0, max(-1.0, second["cross"] / product)) if product > 0 else None
