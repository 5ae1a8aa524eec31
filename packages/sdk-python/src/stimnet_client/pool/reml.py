"""A linear model with a random intercept by group, by restricted or plain likelihood, as
``packages/statistics`` fits it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Callable, Sequence

from .gram import Groups, Matrix, independent_in, solved

_WEIGHT_BITS = 96
_RATIOS = [10.0**power for power in range(-6, 7)]
_STEPS_MAX = 100


@dataclass(frozen=True)
class Reml:
    """Estimates of the columns at ``kept``, the variance within groups, and the ratio of the variance between groups
    to it.
    """

    kept: list[int]
    estimates: list[float]
    errors: list[float]
    residual: float
    ratio: float
    log_likelihood: float


@dataclass(frozen=True)
class _Profile:
    ratio: float
    deviance: float
    slope: float
    bottom: int
    solution: list[int]
    inverse: Matrix
    left: int


_At = Callable[[float], "_Profile | None"]


def reml(classes: Sequence[Groups], decimals: Sequence[int], restricted: bool = True) -> Reml | None:
    """The fit; None where the sums do not say how groups differ, or a number is beyond all doubles."""
    try:
        return _fitted(classes, decimals, restricted)
    except OverflowError:
        return None


def _fitted(classes: Sequence[Groups], decimals: Sequence[int], restricted: bool) -> Reml | None:
    rows = sum(one.size * one.groups for one in classes)
    groups = sum(one.groups for one in classes)
    last = len(decimals) - 1
    whole = _sum_of([(one.within, 1) for one in classes])
    kept = independent_in([row[:last] for row in whole[:last]])
    if groups < 2 or groups == rows or rows <= len(kept):
        return None
    best = _best_of(lambda ratio: _profile_at(ratio, classes, kept, (rows, restricted), decimals))
    if best is None:
        return None
    units, own, df = [10**decimals[at] for at in kept], 10 ** decimals[last], rows - len(kept) * restricted
    variances = [
        Fraction(best.left * best.inverse[i][i] * unit**2, best.bottom**2 * df * own**2) for i, unit in enumerate(units)
    ]
    return Reml(
        kept,
        [float(Fraction(value * unit, best.bottom * own)) for value, unit in zip(best.solution, units)],
        [math.sqrt(variance) for variance in variances],
        float(Fraction(best.left, (best.bottom << _WEIGHT_BITS) * df * own**2)),
        best.ratio,
        -best.deviance / 2,
    )


def _best_of(at: _At) -> _Profile | None:
    """The lowest deviance: where its slope changes from negative to positive, or at zero variance between groups."""
    before = at(0.0)
    if before is None:
        return None
    found = [before] if before.slope >= 0 else []
    for ratio in _RATIOS:
        following = at(ratio)
        if following is None:
            return None
        if before.slope < 0 <= following.slope:
            turn = _turn_between(before, following, at)
            found += [] if turn is None else [turn]
        before = following
    # The deviance still falls at the last ratio, so it has no minimum.
    return None if before.slope < 0 or not found else min(found, key=lambda one: one.deviance)


def _turn_between(low: _Profile, high: _Profile, at: _At) -> _Profile | None:
    """The ratio at which the slope is zero, by false position; the value at an end that stays is halved (Illinois
    rule).
    """
    low_slope, high_slope, side = low.slope, high.slope, 0
    for step in range(_STEPS_MAX):
        width = high.ratio - low.ratio
        guess = low.ratio - low_slope * width / (high_slope - low_slope)
        halved = step % 4 == 3 or not low.ratio < guess < high.ratio
        following = at(low.ratio + width / 2 if halved else guess)
        if following is None or following.slope == 0 or width <= 1e-13 * high.ratio:
            return following
        if following.slope < 0:
            low, low_slope = following, following.slope
            high_slope /= 2 if side < 0 else 1
            side = -1
        else:
            high, high_slope = following, following.slope
            low_slope /= 2 if side > 0 else 1
            side = 1
    return low


def _profile_at(
    ratio: float, classes: Sequence[Groups], kept: Sequence[int], asked: tuple[int, bool], decimals: Sequence[int]
) -> _Profile | None:
    """The best fit with a ratio of the variances; None if it leaves no error."""
    rows, restricted = asked
    last, df = len(decimals) - 1, rows - len(kept) * restricted
    top, under = ratio.as_integer_ratio()
    weighted_parts, turned_parts = [], []
    for one in classes:
        own = under + one.size * top
        weighted_parts += [(one.within, 1 << _WEIGHT_BITS), (one.totals, -((top << _WEIGHT_BITS) // own))]
        turned_parts += [(one.totals, -((under**2 << _WEIGHT_BITS) // own**2))]
    weighted, turned = _sum_of(weighted_parts), _sum_of(turned_parts)
    right = [weighted[at][last] for at in kept]
    bottom, solution, inverse = solved([[weighted[i][j] for j in kept] for i in kept], right)
    left = weighted[last][last] * bottom - _dot(right, solution)
    if left <= 0 or bottom <= 0:
        return None
    trace = sum(_dot([turned[i][j] for j in kept], inverse[at]) for at, i in enumerate(kept))
    contrast, places = [*(-value for value in solution), bottom], [*kept, last]
    bend = _dot(contrast, [_dot([turned[i][j] for j in places], contrast) for i in places])
    slope = sum(one.groups * one.size / (1 + one.size * ratio) for one in classes)
    slope += restricted * float(Fraction(trace, bottom)) + df * float(Fraction(bend, bottom * left))
    error = float(Fraction(left, (bottom << _WEIGHT_BITS) * 10 ** (2 * decimals[last])))
    determinant = math.log(bottom) - len(kept) * _WEIGHT_BITS * math.log(2)
    determinant -= 2 * math.log(10) * sum(decimals[at] for at in kept)
    deviance = sum(one.groups * math.log1p(one.size * ratio) for one in classes)
    deviance += restricted * determinant + df * (1 + math.log(2 * math.pi * error / df))
    return _Profile(ratio, deviance, slope, bottom, solution, inverse, left)


def _dot(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(one, other))


def _sum_of(parts: Sequence[tuple[Matrix, int]]) -> Matrix:
    size = len(parts[0][0])
    places = range(size)
    return [[sum(weight * matrix[i][j] for matrix, weight in parts) for j in places] for i in places]
