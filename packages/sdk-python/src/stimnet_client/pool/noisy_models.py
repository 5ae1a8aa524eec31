"""Models from noisy sums (P2), as ``packages/statistics`` fits them: errors hold for people and noise together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Mapping, Sequence

from .combine import NOTHING, Fit, OwnFit, combined_over, sites_shown
from .distributions import p_of_normal, p_of_t, t_of_p, z_of_p
from .glm import with_ratio
from .meta import ERROR_SHARE
from .noisy_sums import GramColumn, Noisy, NoisyGram, NoisySum, noisy_gram_of

_OWN_SDS_MIN = 4
"""What a column has beyond the others must be this many standard deviations of its noise."""

_OWN_MIN = 2
_NOISE_SDS_MIN = 3
_STEPS_MAX, _CHANGE_MIN, _CHANGE_MAX, _ESTIMATE_MAX = 50, 1e-10, 2, 8
_UNKNOWN = ("df", "sigma", "r2", "adjusted_r2", "log_likelihood", "aic")
_OTHERS = "The intervals of the others are wide enough for any effect of these."
_OTHERS_OF_COUNTS = "The others are estimated without the people who have these."

Vector = list[float]


def fit_noisy(sites: Mapping[str, Noisy]) -> Fit:
    """The model of the noisy sums of all sites."""
    first, *_ = sites.values()
    each = [OwnFit(site, _fit({site: part}, False), []) for site, part in sites.items()]
    if first.site == "meta" and len(sites) > 1:
        fit = {**dict.fromkeys(_UNKNOWN), **combined_over(each, first.method, first.interval)}
        if first.event is not None:
            fit["coefficients"] = [_as_ratio(one) for one in fit["coefficients"]]
    else:
        fit = _fit(sites, first.site == "fixed" and len(sites) > 1)
    return {
        "kind": "regression" if first.event is None else "glm",
        "formula": first.formula,
        "outcome": first.outcome,
        "site": first.site,
        **fit,
        **({} if first.event is None else {"family": "binomial", "event": first.event}),
        "noise": {"mechanism": first.mechanism, "sums": len(first.sums)},
        "sites": sites_shown(each),
    }


def _as_ratio(one: Fit) -> Fit:
    return one if one["estimate"] is None else {**one, **with_ratio(one["term"], one["estimate"], one["interval"])}


def _fit(sites: Mapping[str, Noisy], fixed: bool) -> Fit:
    first, *_ = sites.values()
    return _linear(noisy_gram_of(sites, fixed)) if first.event is None else _logistic(sites, fixed)


def _nothing_left(names: Sequence[str], n: float, advice: str = "") -> Fit:
    fit = _told([{"term": term, **NOTHING} for term in names], n, "")
    return {**fit, "note": " ".join(text for text in (fit["note"], advice) if text)}


def _told(coefficients: list[Fit], n: float, others: str) -> Fit:
    """The fit with what it says of itself."""
    fit: Fit = {**dict.fromkeys(_UNKNOWN), "coefficients": coefficients, "n": n, "note": ""}
    lost = [one["term"] for one in coefficients if one["estimate"] is None]
    if lost:
        rest = f" {others}" if len(lost) < len(coefficients) else ""
        fit |= {"note": f"Too noisy to be estimated: {', '.join(lost)}.{rest}", "code": "TOO_NOISY"}
    return fit


def _reach_of(df: float, kurtosis: float) -> float:
    """How many errors an interval reaches: further where Laplace noise makes far values more likely."""
    quantile = z_of_p(ERROR_SHARE) if df == math.inf else t_of_p(ERROR_SHARE, df)
    return quantile + (quantile**3 - 3 * quantile) * (kurtosis / 24)


def _tested(estimate: float, error: float, df: float, kurtosis: float) -> Fit:
    reach, statistic = _reach_of(df, kurtosis) * error, estimate / error
    interval = [estimate - reach, estimate + reach]
    p = p_of_normal(statistic) if df == math.inf else p_of_t(statistic, df)
    return {"estimate": estimate, "error": error, "statistic": statistic, "p": p, "interval": interval}


@dataclass(frozen=True)
class _Fitted:
    inverse: list[Vector]
    estimates: Vector
    moves: list[tuple[NoisySum, Vector]]
    squares: float
    sd_of_squares: float


def _linear(gram: NoisyGram) -> Fit:
    size = len(gram.columns)
    names = [column.name for column in gram.columns[:-1]]
    matrix = _matrix_of(size, gram.sums)
    kept = _kept_in(gram, matrix)
    lost = [at for at in range(size - 1) if at not in kept]
    df = gram.n - len(names)
    # A number has little of its own where people fill a small part of its bounds. Then no range bounds its slope.
    numbers = [names[at] for at in lost if gram.columns[at].has_number]
    advice = f"Give narrower bounds of {', '.join(numbers)}, or leave it out." if numbers else ""
    if df <= 0 or (lost and (not gram.intercept or 0 in lost or numbers)):
        return _nothing_left(names, gram.n, advice)
    fit = _fitted_at(gram, matrix, kept)
    spread = max(fit.squares, fit.sd_of_squares) / df
    doubt = 2 * spread**2 / df + (fit.sd_of_squares / df) ** 2
    outcome = gram.columns[-1]
    coefficients: list[Fit] = []
    for at, term in enumerate(names):
        if at in lost:
            coefficients.append({"term": term, **NOTHING})
            continue
        weights = _weights_of(at, gram.columns)
        line = _times(fit.inverse, [weights[place] for place in kept])
        drawn = [math.sqrt(one.variance) * _dot(line, moved) for one, moved in fit.moves]
        own = _dot([weights[place] for place in kept], line)
        opened = [_open_by(place, gram, matrix, kept, line, weights[place]) for place in lost]
        noise = _dot(drawn, drawn)
        variance = spread * own + _most_of([drawn, *(one for _, one in opened)])
        if not (own > 0 and variance > 0):
            coefficients.append({"term": term, **NOTHING})
            continue
        estimate = sum(weights[place] * fit.estimates[i] for i, place in enumerate(kept)) * outcome.unit
        estimate += outcome.centre if gram.intercept and at == 0 else 0.0
        far = sum(one.fourth * _dot(line, moved) ** 4 for one, moved in fit.moves)
        kurtosis = gram.kurtosis * far / variance**2
        own_df = min(df, 2 * variance**2 / (own**2 * doubt))
        # The effect of a column without an estimate can be anything that the range of the outcome allows.
        error = math.sqrt(variance) + sum(shift for shift, _ in opened) / _reach_of(own_df, kurtosis)
        told = _tested(estimate, error * outcome.unit, own_df, kurtosis)
        coefficients.append({"term": term, **told, "noise": math.sqrt(noise) * outcome.unit})
    return {**_told(coefficients, gram.n, _OTHERS), "df": df, "sigma": math.sqrt(spread) * outcome.unit}


def _kept_in(gram: NoisyGram, matrix: Sequence[Vector]) -> list[int]:
    """The columns that have enough of their own. Those that have least are left out first."""
    kept = list(range(len(gram.columns) - 1))
    while kept:
        inverse = _inverse_at(matrix, kept)
        shares = [0.0 if inverse is None else _own_share(i, inverse, gram.sums, kept) for i in range(len(kept))]
        least = min(shares)
        if least > _OWN_SDS_MIN:
            break
        kept = [at for at, share in zip(kept, shares) if share > least]
    return kept


def _own_share(at: int, inverse: Sequence[Vector], sums: Sequence[NoisySum], kept: Sequence[int]) -> float:
    line = inverse[at]
    own = _over(line[at])
    if not own > 0:
        return own if own > -math.inf else 0.0
    direction = [one * own for one in line]
    variance = sum(one.variance * _dot(direction, _moved_by(one, kept, direction)) ** 2 for one in sums)
    return own / math.sqrt(variance) if variance > 0 else math.inf


def _over(value: float) -> float:
    return 1 / value if value != 0 else math.inf


def _fitted_at(gram: NoisyGram, matrix: Sequence[Vector], kept: Sequence[int]) -> _Fitted:
    last = len(gram.columns) - 1
    right = [matrix[at][last] for at in kept]
    inverse = _inverse_at(matrix, kept) or []
    solution = _times(inverse, right)
    direction = [*(-one for one in solution), 1.0]
    moves = [(one, _moved_by(one, [*kept, last], direction)) for one in gram.sums]
    added = sum(one.variance * _dot(moved[:-1], _times(inverse, moved[:-1])) for one, moved in moves)
    variance = sum(one.variance * _dot(direction, moved) ** 2 for one, moved in moves)
    # To second order, estimates from a noisy inverse are off by this.
    estimates = list(solution)
    for one, moved in moves:
        again = _moved_by(one, kept, _times(inverse, moved[:-1]))
        for i, value in enumerate(_times(inverse, again)):
            estimates[i] += one.variance * value
    squares = matrix[last][last] - _dot(solution, right) + added
    return _Fitted(inverse, estimates, [(one, moved[:-1]) for one, moved in moves], squares, math.sqrt(variance))


def _weights_of(at: int, columns: Sequence[GramColumn]) -> Vector:
    """What each fitted column counts in a coefficient that is told: a number from zero on, in its own unit."""
    weights = [-column.centre / column.unit if column.beside == at else 0.0 for column in columns[:-1]]
    weights[at] = 1 / columns[at].unit
    return weights


def _open_by(
    place: int, gram: NoisyGram, matrix: Sequence[Vector], kept: Sequence[int], line: Vector, weight: float
) -> tuple[float, Vector]:
    """How far at most a column that is not fitted moves a coefficient, and the noises in that."""
    most = 2 ** gram.columns[place].levels
    slope = weight - _dot(line, [matrix[at][place] for at in kept])
    only = [*(0.0 for _ in kept), 1.0]
    drawn = [
        most * math.sqrt(one.variance) * _dot(line, _moved_by(one, [*kept, place], only)[:-1]) for one in gram.sums
    ]
    return most * abs(slope), drawn


def _most_of(noises: Sequence[Vector]) -> float:
    """The largest variance of a sum of noises of which each but the first may count up to once, to either side."""
    return sum(sum(abs(_dot(one, other)) for other in noises) for one in noises)


def _matrix_of(size: int, sums: Sequence[NoisySum]) -> list[Vector]:
    matrix = [[0.0] * size for _ in range(size)]
    for one in sums:
        for (i, j), weight in one.places.items():
            matrix[i][j] += weight * one.value
            if i != j:
                matrix[j][i] += weight * one.value
    return matrix


def _moved_by(one: NoisySum, at: Sequence[int], vector: Sequence[float]) -> Vector:
    """How far one unit of the noise of a sum moves the matrix at some places times a vector."""
    moved = [0.0] * len(at)
    index = {place: i for i, place in enumerate(at)}
    for (i, j), weight in one.places.items():
        own, other = index.get(i), index.get(j)
        if own is None or other is None:
            continue
        moved[own] += weight * vector[other]
        if i != j:
            moved[other] += weight * vector[own]
    return moved


def _times(matrix: Sequence[Vector], vector: Sequence[float]) -> Vector:
    return [_dot(row, vector) for row in matrix]


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    total = 0.0
    for a, b in zip(one, other):
        total += a * b
    return total


def _inverse_at(matrix: Sequence[Vector], kept: Sequence[int]) -> list[Vector] | None:
    return _solved([[matrix[i][j] for j in kept] for i in kept], [0.0] * len(kept))[1]


def _solved(matrix: Sequence[Vector], right: Vector) -> tuple[Vector, list[Vector] | None]:
    """Gauss and Jordan with pivots; no inverse of a singular matrix."""
    size = len(right)
    rows = [[*row, right[i], *(1.0 if i == j else 0.0 for j in range(size))] for i, row in enumerate(matrix)]
    for at in range(size):
        best = max(range(at, size), key=lambda i: abs(rows[i][at]))
        rows[at], rows[best] = rows[best], rows[at]
        pivot = rows[at][at]
        if not abs(pivot) > 0 or not math.isfinite(pivot):
            return [], None
        rows[at] = [value / pivot for value in rows[at]]
        for i, row in enumerate(rows):
            if i != at and row[at] != 0:
                factor = row[at]
                rows[i] = [value - factor * own for value, own in zip(row, rows[at])]
    return [row[size] for row in rows], [row[size + 1 :] for row in rows]


@dataclass(frozen=True)
class _Cell:
    """People with some levels: those with the event and the others, each with the variance of its noise."""

    line: tuple[float, ...]
    events: float
    others: float
    variance_of_events: float
    variance_of_others: float

    def mean(self, estimates: Sequence[float]) -> float:
        value = -_dot(self.line, estimates)
        return 1 / (1 + math.exp(value)) if value < 700 else 0.0


def _logistic(sites: Mapping[str, Noisy], fixed: bool) -> Fit:
    first, *_ = sites.values()
    others = [f"site[{site}]" for site in list(sites)[1:]] if fixed else []
    own = [column.name for column in first.columns[:-1]]
    names = [*own[:1], *others, *own[1:]]
    cells: list[_Cell] = []
    for at, part in enumerate(sites.values()):
        for cell in _cells_of(part):
            of_site = [1.0 if i == at - 1 else 0.0 for i in range(len(others))]
            line = (*cell.line[:1], *of_site, *cell.line[1:])
            cells.append(replace(cell, line=line))
    n = sum(part.n for part in sites.values())
    found = _logistic_fit(cells, list(range(len(names))), first.intercept)
    if found is None:
        return _nothing_left(names, n)
    kept, estimates, inverse, used = found
    information = _information_of(used, estimates, floor=True)
    noises = _noises_of(used, estimates)
    excess = 3.0 if first.mechanism == "discrete-laplace" else 0.0
    coefficients: list[Fit] = []
    for at, term in enumerate(names):
        if at not in kept:
            coefficients.append({"term": term, **NOTHING})
            continue
        own_line = inverse[kept.index(at)]
        drawn = [_dot(own_line, one) for one in noises]
        noise = _dot(drawn, drawn)
        variance = max(0.0, _dot(own_line, _times(information, own_line))) + noise
        kurtosis = excess * sum(one**4 for one in drawn) / variance**2
        estimate = estimates[kept.index(at)]
        told = _tested(estimate, math.sqrt(variance), math.inf, kurtosis)
        is_intercept = at == 0 and first.intercept
        ratio = {} if is_intercept else with_ratio(term, estimate, told["interval"])
        coefficients.append({"term": term, **told, **ratio, "noise": math.sqrt(noise)})
    return _told(coefficients, n, _OTHERS_OF_COUNTS)


def _cells_of(part: Noisy) -> list[_Cell]:
    found: dict[tuple[str, ...], _Cell] = {}
    for (_, by, levels), (value, sd) in part.sums.items():
        own = dict(zip(by, levels))
        line = tuple(
            1.0 if all(own[name] == level for name, level in column.levels.items()) else 0.0
            for column in part.columns[:-1]
        )
        known = found.get(levels[:-1], _Cell(line, 0.0, 0.0, 0.0, 0.0))
        events, variances = (value, sd**2) if levels[-1] == part.event else (0.0, 0.0)
        others, of_others = (0.0, 0.0) if levels[-1] == part.event else (value, sd**2)
        found[levels[:-1]] = _Cell(
            line,
            known.events + events,
            known.others + others,
            known.variance_of_events + variances,
            known.variance_of_others + of_others,
        )
    return list(found.values())


_FittedCounts = tuple[list[int], Vector, list[Vector], list[_Cell]]


def _logistic_fit(every: Sequence[_Cell], columns: Sequence[int], intercept: bool) -> _FittedCounts | None:
    """Without columns that have too little of their own, and without the people of these."""
    kept = list(columns)
    while kept:
        out = [at for at in columns if at not in kept]
        within = [one for one in every if all(one.line[at] == 0 for at in out)]
        cells = [replace(one, line=tuple(one.line[at] for at in kept)) for one in within]
        estimates, inverse = _newton(cells, len(kept))
        shares = [_share_of_counts(at, cells, estimates, inverse) for at in range(len(kept))]
        least = min(shares)
        if inverse is not None and least > 1:
            return kept, estimates, inverse, cells
        kept = [at for at, share in zip(kept, shares) if share > least]
        if intercept and 0 not in kept:
            return None
    return None


def _newton(cells: Sequence[_Cell], size: int) -> tuple[Vector, list[Vector] | None]:
    """Newton's steps from no effect at all."""
    estimates = [0.0] * size
    inverse: list[Vector] | None = None
    for _ in range(_STEPS_MAX):
        weighed = [(cell, cell.mean(estimates)) for cell in cells]
        score = [
            sum(cell.line[i] * (cell.events * (1 - mean) - cell.others * mean) for cell, mean in weighed)
            for i in range(size)
        ]
        step, inverse = _solved(_information_of(cells, estimates), score)
        if inverse is None:
            return estimates, None
        most = max(abs(one) for one in step)
        shorter = min(1.0, _CHANGE_MAX / most) if most > 0 else 1.0
        estimates = [one + shorter * own for one, own in zip(estimates, step)]
        if most < _CHANGE_MIN or any(not abs(one) < 3 * _ESTIMATE_MAX for one in estimates):
            break
    return estimates, inverse


def _information_of(cells: Sequence[_Cell], estimates: Sequence[float], floor: bool = False) -> list[Vector]:
    weights = []
    for cell in cells:
        people, mean = cell.events + cell.others, cell.mean(estimates)
        weights.append((max(0.0, people) if floor else people) * mean * (1 - mean))
    size = range(len(estimates))
    pairs = list(zip(cells, weights))
    return [[sum(weight * cell.line[i] * cell.line[j] for cell, weight in pairs) for j in size] for i in size]


def _noises_of(cells: Sequence[_Cell], estimates: Sequence[float]) -> list[Vector]:
    """One standard deviation of each noise, as it moves the equations."""
    found = []
    for cell in cells:
        mean = cell.mean(estimates)
        for sd in (math.sqrt(cell.variance_of_events) * (1 - mean), math.sqrt(cell.variance_of_others) * mean):
            found.append([one * sd for one in cell.line])
    return found


def _share_of_counts(
    at: int, cells: Sequence[_Cell], estimates: Sequence[float], inverse: Sequence[Vector] | None
) -> float:
    """What a column has beyond the others, as a share of what it needs. Above 1 it is fitted."""
    if inverse is None:
        return 0.0
    line = inverse[at]
    own = _over(line[at])
    if not own > 0:
        return own if own > -math.inf else 0.0
    if not abs(estimates[at]) < _ESTIMATE_MAX:
        return 0.0
    direction = [one * own for one in line]
    variance = 0.0
    for cell in cells:
        mean = cell.mean(estimates)
        part = mean * (1 - mean) * _dot(direction, cell.line) ** 2
        variance += (cell.variance_of_events + cell.variance_of_others) * part**2
    enough = own / (_OWN_SDS_MIN * math.sqrt(variance)) if variance > 0 else math.inf
    # The events, or those without one, can be fewer than their noise where the people are many.
    of_noise = 0.0
    for cell in cells:
        mean = cell.mean(estimates)
        one = cell.variance_of_events * (1 - mean) ** 2 + cell.variance_of_others * mean**2
        of_noise += one * _dot(direction, cell.line) ** 2
    beyond = own / (_NOISE_SDS_MIN * math.sqrt(of_noise)) if of_noise > 0 else math.inf
    return min(enough, own / _OWN_MIN, beyond)

