"""A linear model with a random intercept and slope of each person, by restricted or by maximum likelihood, as
``packages/statistics`` fits it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Callable, Sequence, Union

from .gram import AtVisits, Matrix, independent_in, solved

Rows = Sequence[Sequence[float]]
Factor = tuple[float, float, float]
"""The lower triangle of the factor of the relative covariance of intercept and slope: [[a, 0], [b, c]]."""

_SINGULAR, _NOTHING, _FACTOR_MAX = 1e-4, 1e-9, 1e3
_STARTS: list[Factor] = [
    (a, b * c, c) for a in (0.1, 0.5, 2.0, 8.0) for c in (0.1, 0.5, 2.0) for b in (-0.5, 0.0, 0.5)
]
_STARTS_KEPT, _STEPS_MAX = 3, 200


@dataclass(frozen=True)
class Slope:
    """Estimates of the columns at ``kept``; variances within people, of intercepts, of slopes, and their covariance."""

    kept: list[int]
    estimates: list[float]
    errors: list[float]
    residual: float
    intercepts: float
    slopes: float
    covariance: float
    singular: bool
    log_likelihood: float


@dataclass(frozen=True)
class SlopeAsked:
    """``decimals``: of each column, ``time_decimals``: of the times."""

    decimals: Sequence[int]
    time_decimals: int
    correlated: bool
    restricted: bool


@dataclass(frozen=True)
class _Prepared:
    """Sums of people with one set of visits in doubles: columns are nearly orthogonal, the time is about its centre."""

    people: int
    visits: tuple[float, float, float]
    within: Rows
    totals: tuple[Rows, Rows, Rows]


@dataclass(frozen=True)
class _Transformed:
    groups: list[_Prepared]
    rows: int
    kept: list[int]
    start: list[float]
    basis: Rows
    factor: float
    centre: int
    scale: float


@dataclass(frozen=True)
class _Profile:
    at: Factor
    deviance: float
    slope: Factor
    estimates: list[float]
    inverse: Rows
    left: float
    log_determinant: float


_At = Callable[[Factor], Union[_Profile, None]]


def slope_fit(people: Sequence[AtVisits], asked: SlopeAsked) -> Slope | None:
    """The fit; None where the sums do not say it, or a number is beyond all doubles."""
    try:
        made = _prepared(people, asked.correlated)
        if made is None:
            return None
        best = _best_of(lambda at: _profile_at(at, made, asked.restricted), asked.correlated)
        if best is None or any(abs(one) > _FACTOR_MAX for one in best.at):
            return None
        return _in_units(best, made, asked)
    except (OverflowError, ZeroDivisionError):
        return None


def _prepared(people: Sequence[AtVisits], centred: bool) -> _Transformed | None:
    whole = _combined([(one.within, 1) for one in people])
    last = len(whole) - 1
    kept = independent_in([row[:last] for row in whole[:last]])
    rows = sum(one.people * len(one.times) for one in people)
    count = sum(one.people for one in people)
    if count < 2 or rows <= 2 * count or not kept or rows <= len(kept):
        return None
    places = [*kept, last]
    columns: list[list[Fraction]] = []
    for i, place in enumerate(places):
        before = places[:i]
        right = [whole[one][place] for one in before]
        bottom, solution, _ = solved([[whole[a][b] for b in before] for a in before], right)
        left = whole[place][place] * bottom - sum(a * b for a, b in zip(right, solution))
        if left <= 0:
            return None
        length = math.sqrt(Fraction(left, bottom))
        own = [-float(Fraction(one, bottom)) / length for one in solution] + [1 / length]
        columns.append([Fraction(*one.as_integer_ratio()) for one in own] + [Fraction(0)] * (len(places) - i - 1))
    centre, scale = _time_unit(people, rows, centred)
    groups = [_prepared_of(one, places, columns, (centre, scale)) for one in people]
    factor = float(columns[-1][-1])
    start = [-float(one) / factor for one in columns[-1][:-1]]
    basis = [[float(column[i]) for column in columns[:-1]] for i in range(len(kept))]
    return _Transformed(groups, rows, kept, start, basis, factor, centre, scale)


def _time_unit(people: Sequence[AtVisits], rows: int, centred: bool) -> tuple[int, float]:
    mean = sum(one.people * sum(one.times) for one in people) / rows
    centre = math.floor(mean + 0.5) if centred else 0
    spread = math.sqrt(sum(one.people * sum((time - centre) ** 2 for time in one.times) for one in people) / rows)
    return centre, 2.0 ** math.floor(math.log2(spread) + 0.5) if spread > 0 else 1.0


def _prepared_of(
    one: AtVisits, places: Sequence[int], columns: Sequence[Sequence[Fraction]], unit: tuple[int, float]
) -> _Prepared:
    centre, scale = unit
    size = len(one.within)

    def block(i: int, j: int) -> Matrix:
        return [[one.totals[a + i * size][b + j * size] for b in places] for a in places]

    plain, right, left, both = block(0, 0), block(0, 1), block(1, 0), block(1, 1)
    crossed = _combined([(right, 1), (left, 1), (plain, -2 * centre)])
    weighted = _combined([(both, 1), (right, -centre), (left, -centre), (plain, centre * centre)])
    moved = [(time - centre) / scale for time in one.times]
    within = [[one.within[a][b] for b in places] for a in places]

    def turned(matrix: Matrix, by: float) -> Rows:
        half = [[sum(a * b for a, b in zip(row, own)) for row in matrix] for own in columns]
        return [[float(sum(a * b for a, b in zip(row, own))) / by for own in columns] for row in half]

    visits = (float(len(moved)), math.fsum(moved), math.fsum(time * time for time in moved))
    totals = (turned(plain, 1), turned(crossed, scale), turned(weighted, scale * scale))
    return _Prepared(one.people, visits, turned(within, 1), totals)


def _profile_at(at: Factor, made: _Transformed, restricted: bool) -> _Profile | None:
    a, b, c = at
    covariance = (a * a, a * b, b * b + c * c)
    columns = len(made.kept)
    weighted = [[0.0] * (columns + 1) for _ in range(columns + 1)]
    determinants = 0.0
    inverses: list[tuple[float, float, float, float]] = []
    for group in made.groups:
        determinant, inverse, weights = _part_of(group.visits, covariance)
        determinants += group.people * math.log(determinant)
        inverses.append(inverse)
        for i, row in enumerate(weighted):
            for j in range(columns + 1):
                row[j] += group.within[i][j] - sum(w * t[i][j] for w, t in zip(weights, group.totals))
    found = _solved(weighted)
    if found is None:
        return None
    estimates, inverse_of, left, log_determinant = found
    freedom = made.rows - columns if restricted else made.rows
    contrast = [*(-one for one in estimates), 1.0]
    by_entry = [0.0, 0.0, 0.0]
    for group, k in zip(made.groups, inverses):
        forms = [_form(matrix, contrast) for matrix in group.totals]
        traces = [_trace(matrix, inverse_of) if restricted else 0.0 for matrix in group.totals]
        for entry, (weights, turn) in enumerate(_turns(k, group.visits)):
            bend = -sum(w * one for w, one in zip(weights, forms))
            trace = -sum(w * one for w, one in zip(weights, traces))
            by_entry[entry] += group.people * turn + trace + freedom * bend / left
    first, mixed, second = by_entry
    deviance = determinants + (log_determinant if restricted else 0.0) + _likelihood(left, freedom)
    slope = (2 * a * first + b * mixed, a * mixed + 2 * b * second, 2 * c * second)
    return _Profile(at, deviance, slope, estimates, inverse_of, left, log_determinant)


def _part_of(
    visits: tuple[float, float, float], covariance: Factor
) -> tuple[float, tuple[float, float, float, float], Factor]:
    """The determinant of I + A·D, the inverse K of I + D·A, and K·D."""
    (m, s, q), (d, e, f) = visits, covariance
    p11, p12, p21, p22 = 1 + d * m + e * s, d * s + e * q, e * m + f * s, 1 + e * s + f * q
    determinant = p11 * p22 - p12 * p21
    k = (p22 / determinant, -p12 / determinant, -p21 / determinant, p11 / determinant)
    return determinant, k, (k[0] * d + k[1] * e, k[0] * e + k[1] * f, k[2] * e + k[3] * f)


def _turns(k: tuple[float, float, float, float], visits: tuple[float, float, float]) -> list[tuple[Factor, float]]:
    """How the weights and the logarithm of the determinant change with each entry of the covariance."""
    n, o, r = visits
    found: list[tuple[Factor, float]] = []
    for x, y, z in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
        t11, t12 = k[0] * x + k[1] * y, k[0] * y + k[1] * z
        t21, t22 = k[2] * x + k[3] * y, k[2] * y + k[3] * z
        turned = (t11 * k[0] + t12 * k[1], t11 * k[2] + t12 * k[3], t21 * k[2] + t22 * k[3])
        found.append((turned, t11 * n + t12 * o + t21 * o + t22 * r))
    return found


def _best_of(at: _At, correlated: bool) -> _Profile | None:
    """The lowest deviance that is found from several starts."""
    profiles = [at(start) for start in _STARTS if correlated or start[1] == 0]
    starts = sorted((one for one in profiles if one is not None), key=lambda one: one.deviance)[:_STARTS_KEPT]
    found = [_descended(one, at, correlated) for one in starts]
    return min(found, key=lambda one: one.deviance) if found else None


def _descended(best: _Profile, at: _At, correlated: bool) -> _Profile:
    """Newton's steps, damped where the deviance is not convex."""
    free, damping = ([0, 1, 2] if correlated else [0, 2]), 1e-3
    for _ in range(_STEPS_MAX):
        curvature = _curvature_at(best.at, at, free)
        if curvature is None:
            return best
        move = _step_of(curvature, [best.slope[i] for i in free], damping)
        following = None if move is None else at(_moved(best.at, free, move))
        size = max(map(abs, move), default=0.0) if move else 0.0
        steeper = following is not None and _steepness(following, free) >= _steepness(best, free)
        # Below this, what the deviance falls by is lost in its digits: the slope decides.
        if following is not None and (following.deviance < best.deviance or (size < 1e-5 and not steeper)):
            best, damping = following, max(damping / 10, 1e-12)
            if size < 1e-12 * (1 + max(map(abs, best.at))):
                return best
        elif damping > 1e8:
            return best
        else:
            damping = max(damping * 10, 1e-9)
    return best


def _steepness(one: _Profile, free: Sequence[int]) -> float:
    return math.hypot(*(one.slope[i] for i in free))


def _moved(at: Factor, free: Sequence[int], by: Sequence[float]) -> Factor:
    moved = list(at)
    for i, one in zip(free, by):
        moved[i] += one
    return moved[0], moved[1], moved[2]


def _curvature_at(at: Factor, profile: _At, free: Sequence[int]) -> list[list[float]] | None:
    rows: list[list[float]] = []
    for place, i in enumerate(free):
        width = 1e-5 * max(1e-2, abs(at[i]))
        by = [width if j == place else 0.0 for j in range(len(free))]
        high, low = profile(_moved(at, free, by)), profile(_moved(at, free, [-one for one in by]))
        if high is None or low is None:
            return None
        rows.append([(high.slope[j] - low.slope[j]) / (2 * width) for j in free])
    return [[(value + rows[j][i]) / 2 for j, value in enumerate(row)] for i, row in enumerate(rows)]


def _step_of(curvature: list[list[float]], slopes: Sequence[float], damping: float) -> list[float] | None:
    largest = max(1e-300, *(abs(value) for row in curvature for value in row))
    rows = [
        [*(v + damping * max(abs(v), 1e-3 * largest) if i == j else v for j, v in enumerate(row)), -slopes[i]]
        for i, row in enumerate(curvature)
    ]
    for at, line in enumerate(rows):
        if not line[at] > 1e-14 * largest:
            return None
        for i, row in enumerate(rows):
            times = 0.0 if i == at else row[at] / line[at]
            row[at:] = [value - times * other for value, other in zip(row[at:], line[at:])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def _in_units(best: _Profile, made: _Transformed, asked: SlopeAsked) -> Slope:
    """The fit in the units of the columns, with time from its own origin."""
    units = [10.0 ** asked.decimals[place] for place in made.kept]
    own, factor, basis = 10.0 ** asked.decimals[-1], made.factor, made.basis
    freedom = made.rows - len(made.kept) if asked.restricted else made.rows
    variance = best.left / freedom
    estimates = [
        (start + _dot(line, best.estimates) / factor) * unit / own
        for start, line, unit in zip(made.start, basis, units)
    ]
    spreads = [_dot(line, [_dot(row, line) for row in best.inverse]) for line in basis]
    errors = [math.sqrt(spread * variance) / factor / own * unit for spread, unit in zip(spreads, units)]
    # What is left of a variance of zero after the last step.
    a, b, c = (0.0 if abs(one) < _NOTHING else one for one in best.at)
    first, mixed, second = a * a, a * b, b * b + c * c
    residual, shift = variance / (factor * own) ** 2, made.centre / made.scale
    turn = 10.0**asked.time_decimals / made.scale
    logs = sum(math.log(abs(basis[i][i])) + math.log(unit) for i, unit in enumerate(units))
    determinants = best.deviance - (best.log_determinant if asked.restricted else 0.0) - _likelihood(best.left, freedom)
    restricted = best.log_determinant - 2 * logs if asked.restricted else 0.0
    return Slope(
        made.kept,
        estimates,
        errors,
        residual,
        residual * (first - 2 * shift * mixed + shift * shift * second),
        residual * second * turn * turn,
        residual * turn * (mixed - shift * second),
        abs(a) < _SINGULAR or abs(c) < _SINGULAR,
        -(determinants + restricted + _likelihood(best.left / (factor * own) ** 2, freedom)) / 2,
    )


def _likelihood(left: float, freedom: int) -> float:
    return freedom * (1 + math.log(2 * math.pi * left / freedom))


def _solved(matrix: Rows) -> tuple[list[float], list[list[float]], float, float] | None:
    """Solves the equations of a matrix of products with the outcome last; None where it is not positive."""
    size = len(matrix)
    root = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            value = matrix[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            if i == j and not value > 0:
                return None
            root[i][j] = math.sqrt(value) if i == j else value / root[j][j]
    last = size - 1
    inner = [[0.0] * last for _ in range(last)]
    for j in range(last):
        for i in range(j, last):
            value = (1.0 if i == j else 0.0) - sum(root[i][k] * inner[k][j] for k in range(j, i))
            inner[i][j] = value / root[i][i]
    inverse = [[sum(row[i] * row[j] for row in inner) for j in range(last)] for i in range(last)]
    estimates = [sum(one * matrix[j][last] for j, one in enumerate(row)) for row in inverse]
    return estimates, inverse, root[last][last] ** 2, 2 * sum(math.log(root[i][i]) for i in range(last))


def _form(matrix: Rows, vector: Sequence[float]) -> float:
    return sum(a * sum(b * value for b, value in zip(vector, row)) for a, row in zip(vector, matrix))


def _trace(matrix: Rows, inverse: Rows) -> float:
    return sum(one * matrix[i][j] for i, row in enumerate(inverse) for j, one in enumerate(row))


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other))


def _combined(parts: Sequence[tuple[Matrix, int]]) -> Matrix:
    places = range(len(parts[0][0]))
    return [[sum(weight * matrix[i][j] for matrix, weight in parts) for j in places] for i in places]
