"""Logistic and Poisson regression on categories, from tables of counts, which give the same estimates as the rows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from . import notes
from .combine import NOTHING, Fit, OwnFit, sites_shown
from .glm import UNKNOWN_FIT, coefficient, combined_counts, fit_in
from .gram import COLUMNS_MAX, PEOPLE_MAX, Matrix, follows_in, independent_in, meta_in

_WHOLE = re.compile(r"\d{1,40}\Z", re.ASCII)
_STEPS_MAX = 60
_CHANGE_MIN = 1e-13
_END = 1e-9
_CELLS_MAX = 4096


@dataclass(frozen=True)
class Cell:
    """One cell of the table: its row of the design, its people, and its events or the sum of its outcomes."""

    line: tuple[int, ...]
    n: int
    total: int


@dataclass(frozen=True)
class CountTable:
    """The table of one site. ``names``: the columns of the design."""

    family: str
    event: str | None
    names: tuple[str, ...]
    cells: tuple[Cell, ...]
    intercept: bool
    n: int
    formula: str
    outcome: str
    site: str
    key: str
    method: str
    interval: str


def count_table_of(part: Mapping[str, Any]) -> CountTable | None:
    """The table in a signed part; None if it cannot be a table of counts of its model."""
    table, columns, n, intercept = (part.get(name) for name in ("table", "columns", "n", "intercept"))
    fit = fit_in(part)
    factors = _factors_in(part.get("factors"))
    meta = meta_in(part)
    texts = [part.get(name) for name in ("formula", "outcome", "site")]
    if fit is None or fit["family"] == "cox" or factors is None or meta is None or part.get("upper") != []:
        return None
    if not isinstance(table, dict):
        return None
    if not all(isinstance(text, str) for text in texts) or not isinstance(intercept, bool):
        return None
    if not isinstance(columns, list) or not 2 <= len(columns) <= COLUMNS_MAX or type(n) is not int:
        return None
    names = [column["name"] if isinstance(column, dict) and "name" in column else None for column in columns]
    by, terms, listed = table.get("by"), table.get("terms"), table.get("cells")
    if not _are_texts(names) or not isinstance(by, list) or not _are_texts(by):
        return None
    if not isinstance(terms, list) or not isinstance(listed, list):
        return None
    if not all(_are_texts(term) and all(one in by and one in factors for one in term) for term in terms):
        return None
    cells = [_cell_in(cell, fit["family"], [factors.get(name, []) for name in by]) for cell in listed[: _CELLS_MAX + 1]]
    found = [cell for cell in cells if cell is not None]
    if len(found) < len(listed) or len({levels for levels, _, _ in found}) < len(found):
        return None
    if n > PEOPLE_MAX or sum(people for _, people, _ in found) != n:
        return None
    if texts[2] in ("fixed", "random") and not intercept:
        return None
    lines = [Cell(_line_of(levels, by, terms, factors, intercept), people, total) for levels, people, total in found]
    if any(len(cell.line) != len(names) - 1 for cell in lines) or not lines:
        return None
    key = repr([texts, names, intercept, part.get("factors"), fit, by, terms, meta])
    formula, outcome, site = map(str, texts)
    whose = (intercept, n, formula, outcome, site, key, *meta)
    return CountTable(fit["family"], fit.get("event"), tuple(map(str, names[:-1])), tuple(lines), *whose)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _factors_in(listed: Any) -> dict[str, list[str]] | None:
    if not isinstance(listed, list):
        return None
    found: dict[str, list[str]] = {}
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str) or not _are_texts(one.get("levels")):
            return None
        found[one["name"]] = one["levels"]
    return found


def _cell_in(cell: Any, family: str, levels: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], int, int] | None:
    if not isinstance(cell, dict):
        return None
    own, n, total = (cell.get(name) for name in ("levels", "n", "sum"))
    if not isinstance(own, list) or len(own) != len(levels) or type(n) is not int or not 0 < n <= PEOPLE_MAX:
        return None
    if any(level not in known for level, known in zip(own, levels)):
        return None
    if not isinstance(total, str) or not _WHOLE.match(total) or (family == "binomial" and int(total) > n):
        return None
    return tuple(own), n, int(total)


def _line_of(
    levels: Sequence[str],
    by: Sequence[str],
    terms: Sequence[Sequence[str]],
    factors: Mapping[str, Sequence[str]],
    intercept: bool,
) -> tuple[int, ...]:
    """The row of the design for a cell. Without an intercept, the first category that is a term by itself has a
    column for each level, as in R.
    """
    whole = None if intercept else next((term for term in terms if len(term) == 1), None)
    line: list[int] = []
    for term in terms:
        columns = [1]
        # The first variable varies fastest, as in the names of the columns.
        for name in reversed(term):
            own = levels[list(by).index(name)]
            known = factors[name][0 if term is whole else 1 :]
            columns = [value * (1 if level == own else 0) for value in columns for level in known]
        line += columns
    return tuple(line)


def fit_counts(sites: Mapping[str, CountTable]) -> Fit:
    """Fits the model to the tables of all sites."""
    tables = list(sites.values())
    first = tables[0]
    each = {site: _fit_of(table.names, table.cells, table.family) for site, table in sites.items()}
    follows = {site: follows_in(_design_of(len(first.names), table.cells)) for site, table in sites.items()}
    own_fits = [OwnFit(site, own, follows[site]) for site, own in each.items()]
    if first.site == "meta" and len(tables) > 1:
        fit = combined_counts(own_fits, first.method, first.interval)
    elif first.site == "fixed":
        fit = _fit_of(*_with_sites(sites), first.family)
    else:
        fit = _fit_of(first.names, [cell for table in tables for cell in table.cells], first.family)
    return {
        "kind": "glm",
        "family": first.family,
        **({} if first.event is None else {"event": first.event}),
        **{"formula": first.formula, "outcome": first.outcome, "site": first.site},
        **fit,
        "sites": sites_shown(own_fits),
    }


def _with_sites(sites: Mapping[str, CountTable]) -> tuple[tuple[str, ...], list[Cell]]:
    """The tables with a column for each site except for the first, after the intercept."""
    names = next(iter(sites.values())).names
    others = [f"site[{site}]" for site in list(sites)[1:]]
    cells = []
    for at, table in enumerate(sites.values()):
        own = tuple(1 if place + 1 == at else 0 for place in range(len(others)))
        cells += [Cell(cell.line[:1] + own + cell.line[1:], cell.n, cell.total) for cell in table.cells]
    return (*names[:1], *others, *names[1:]), cells


def _joined(cells: Sequence[Cell]) -> list[Cell]:
    found: dict[tuple[int, ...], Cell] = {}
    for cell in cells:
        known = found.get(cell.line, Cell(cell.line, 0, 0))
        found[cell.line] = Cell(cell.line, known.n + cell.n, known.total + cell.total)
    return list(found.values())


def _fit_of(names: Sequence[str], tables: Sequence[Cell], family: str) -> Fit:
    cells = _joined(tables)
    kept = independent_in(_design_of(len(names), cells))
    own = [Cell(tuple(cell.line[at] for at in kept), cell.n, cell.total) for cell in cells]
    n = sum(cell.n for cell in cells)
    df = n - len(kept)
    made = _maximum_of(family, own, len(kept))
    if made is None:
        coefficients = [{"term": term, **NOTHING} for term in names]
        unknown = {"n": n, "df": df, "coefficients": coefficients, **UNKNOWN_FIT}
        return {**unknown, "code": "SEPARATED", "note": notes.SEPARATION}
    estimates, variances, means = made
    coefficients = [{"term": term, **NOTHING} for term in names]
    for at, estimate, variance in zip(kept, estimates, variances):
        coefficients[at] = coefficient(names[at], estimate, math.sqrt(variance))
    total = sum(cell.total for cell in cells)
    deviance = 2 * math.fsum(_apart(family, cell, mean) for cell, mean in zip(own, means))
    freedoms = len(cells) - len(kept)
    pearson = math.fsum(_pearson(family, cell, mean) for cell, mean in zip(own, means))
    likelihood = -deviance / 2 if family == "binomial" else None
    return {
        **UNKNOWN_FIT,
        "n": n,
        "df": df,
        "coefficients": coefficients,
        "log_likelihood": likelihood,
        "aic": None if likelihood is None else 2 * len(kept) - 2 * likelihood,
        "deviance": deviance,
        "null_deviance": 2 * math.fsum(_apart(family, cell, total / n) for cell in own),
        "deviance_df": df if family == "binomial" else freedoms,
        "dispersion": pearson / freedoms if freedoms > 0 else None,
        "note": notes.aliased(coefficients),
    }


def _design_of(size: int, cells: Sequence[Cell]) -> Matrix:
    """The sums of products of the columns over the people in the cells."""
    return [[sum(cell.n * cell.line[i] * cell.line[j] for cell in cells) for j in range(size)] for i in range(size)]


def _maximum_of(
    family: str, cells: Sequence[Cell], size: int
) -> tuple[list[float], list[float], list[float]] | None:
    """The estimates, their variances, and the expected share or mean of each cell, by iteratively reweighted least
    squares; None if there is no finite maximum.
    """
    binomial = family == "binomial"
    predictors = [_start(binomial, cell) for cell in cells]
    solution: list[float] = []
    variances: list[float] = []
    try:
        for _ in range(_STEPS_MAX):
            parts = []
            for cell, predictor in zip(cells, predictors):
                mean = _mean(binomial, predictor)
                weight = mean * (1 - mean) if binomial else mean
                parts.append((cell, cell.n * weight, predictor + (cell.total / cell.n - mean) / weight))
            solution, variances = _least_squares(parts, size)
            after = [math.fsum(value * own for value, own in zip(cell.line, solution)) for cell in cells]
            change = max(abs(new - old) / (1 + abs(new)) for new, old in zip(after, predictors))
            predictors = after
            means = [_mean(binomial, predictor) for predictor in predictors]
            if any(mean < _END or (binomial and mean > 1 - _END) for mean in means):
                return None
            if change < _CHANGE_MIN:
                break
    except (OverflowError, ZeroDivisionError):
        return None
    return solution, variances, [_mean(binomial, predictor) for predictor in predictors]


def _start(binomial: bool, cell: Cell) -> float:
    if binomial:
        share = (cell.total + 0.5) / (cell.n + 1)
        return math.log(share / (1 - share))
    return math.log((cell.total + 0.1) / cell.n)


def _mean(binomial: bool, predictor: float) -> float:
    return 1 / (1 + math.exp(-predictor)) if binomial else math.exp(predictor)


def _least_squares(parts: Sequence[tuple[Cell, float, float]], size: int) -> tuple[list[float], list[float]]:
    """The solution and the diagonal of the inverse of the normal equations. Raises ZeroDivisionError."""
    rows = []
    for i in range(size):
        left = [math.fsum(weight * cell.line[i] * cell.line[j] for cell, weight, _ in parts) for j in range(size)]
        right = math.fsum(weight * cell.line[i] * response for cell, weight, response in parts)
        rows.append([*left, right, *(1.0 if i == j else 0.0 for j in range(size))])
    for at in range(size):
        best = max(range(at, size), key=lambda i: abs(rows[i][at]))
        rows[at], rows[best] = rows[best], rows[at]
        pivot = rows[at][at]
        rows[at] = [value / pivot for value in rows[at]]
        for i, row in enumerate(rows):
            if i != at and row[at] != 0:
                factor = row[at]
                rows[i] = [value - factor * other for value, other in zip(row, rows[at])]
    return [row[size] for row in rows], [row[size + 1 + i] for i, row in enumerate(rows)]


def _apart(family: str, cell: Cell, mean: float) -> float:
    """Half of the deviance of a cell: of its people for ``binomial``, of its sum for ``poisson``. 0 · log 0 counts as
    0.
    """
    n, total = cell.n, cell.total
    if family == "binomial":
        having = total * math.log(mean) if total else 0.0
        return -(having + ((n - total) * math.log1p(-mean) if n > total else 0.0))
    return (total * math.log(total / (n * mean)) if total else 0.0) - (total - n * mean)


def _pearson(family: str, cell: Cell, mean: float) -> float:
    variance = cell.n * mean * (1 - mean) if family == "binomial" else cell.n * mean
    return (cell.total - cell.n * mean) ** 2 / variance
