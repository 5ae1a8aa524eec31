"""The noisy sums of a model (P2), and its Gram matrix as combinations of them, as in ``packages/statistics``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Any, Iterator, Mapping, Sequence

from .answers import columns_of, formula_of
from .glm import fit_in
from .gram import COLUMNS_MAX, meta_in

_CELLS_MAX = 4096
_MECHANISMS = ("discrete-laplace", "discrete-gaussian")
Cell = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""The numbers of a product, the categories of a sum, and the levels that it is over."""


@dataclass(frozen=True)
class Column:
    """A column of the design: at most one number, over the people with these levels."""

    name: str
    number: str | None
    levels: Mapping[str, str]


@dataclass(frozen=True)
class Noisy:
    """What one site released. ``sums``: each value with the standard deviation of its noise. ``bounds``: centre and
    width of each number.
    """

    formula: str
    outcome: str
    site: str
    intercept: bool
    event: str | None
    n: float
    mechanism: str
    columns: tuple[Column, ...]
    sums: Mapping[Cell, tuple[float, float]]
    bounds: Mapping[str, tuple[float, float]]
    key: str
    method: str
    interval: str


def noisy_of(part: Mapping[str, Any]) -> Noisy | None:
    """A part as an institution signed it; None for one that cannot be the noisy sums of its model."""
    noisy, n, intercept = (part.get(name) for name in ("noisy", "n", "intercept"))
    texts = [part.get(name) for name in ("formula", "outcome", "site")]
    said, meta, fit = formula_of(part.get("formula")), meta_in(part), fit_in(part)
    is_other = part.get("fit") is not None and (fit is None or fit["family"] != "binomial")
    if not isinstance(noisy, dict) or said is None or meta is None or is_other or not _is_number(n):
        return None
    if not all(isinstance(text, str) for text in texts) or not isinstance(intercept, bool):
        return None
    if texts[2] not in ("none", "fixed", "meta") or (texts[2] == "fixed" and not intercept):
        return None
    if part.get("upper") != [] or any(name in part for name in ("table", "round", "clusters")):
        return None
    factors = _factors_in(part.get("factors"))
    order = said_all(said.terms, texts[1])
    if factors is None or not _is_small([*said.terms, *([] if fit is None else [order])], factors):
        return None
    names = [column.get("name") if isinstance(column, dict) else None for column in part.get("columns") or []]
    if len(names) > COLUMNS_MAX or names != columns_of(part, said):
        return None
    raw = [*_columns_in(said.terms, factors, intercept), Column("", str(texts[1]), {})]
    columns = tuple(Column(str(name), one.number, one.levels) for name, one in zip(names, raw))
    shapes = _table_of(order, factors) if fit else _shapes_of(columns, order, factors)
    sums, bounds = _sums_in(noisy, shapes), _bounds_in(noisy, shapes)
    if sums is None or bounds is None or noisy.get("mechanism") not in _MECHANISMS:
        return None
    people = [value for (numbers, by, _), (value, _) in sums.items() if not numbers and (fit or not by)]
    if not people or sum(people) != n:
        return None
    key = repr([texts, names, intercept, part.get("factors"), fit, meta, noisy["mechanism"]])
    formula, outcome, site = map(str, texts)
    event = None if fit is None else str(fit["event"])
    whose = (formula, outcome, site, intercept, event, n, noisy["mechanism"])
    return Noisy(*whose, columns, sums, bounds, key, *meta)


def said_all(terms: Sequence[Sequence[str]], outcome: Any) -> tuple[str, ...]:
    """The variables of a model in the order in which it names them, which does not depend on how they are called."""
    return tuple(dict.fromkeys([*(name for term in terms for name in term), str(outcome)]))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _factors_in(listed: Any) -> dict[str, list[str]] | None:
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return None
    return {str(one.get("name")): list(map(str, one.get("levels") or [])) for one in listed}


def _is_small(terms: Sequence[Sequence[str]], factors: Mapping[str, Sequence[str]]) -> bool:
    """Few enough columns and cells to be counted out for a site that lies."""
    return sum(math.prod(len(factors.get(name, "1")) for name in term) for term in terms) <= _CELLS_MAX


def _columns_in(
    terms: Sequence[Sequence[str]], factors: Mapping[str, Sequence[str]], intercept: bool
) -> Iterator[Column]:
    if intercept:
        yield Column("(Intercept)", None, {})
    whole = None if intercept else next((term for term in terms if len(term) == 1 and term[0] in factors), None)
    for term in terms:
        found: list[tuple[str | None, dict[str, str]]] = [(None, {})]
        # The first variable varies fastest.
        for name in reversed(term):
            if name not in factors:
                found = [(name, levels) for _, levels in found]
                continue
            own = factors[name][0 if term is whole else 1 :]
            found = [(number, {**levels, name: level}) for number, levels in found for level in own]
        yield from (Column("", number, levels) for number, levels in found)


def entry_of(one: Column, other: Column, order: Sequence[str]) -> Cell | None:
    """The sum behind the entry of two columns; None where they need two levels of one variable."""
    if any(other.levels.get(name, level) != level for name, level in one.levels.items()):
        return None
    levels = {**one.levels, **other.levels}
    by = tuple(sorted(levels, key=order.index))
    numbers = [number for number in (one.number, other.number) if number is not None]
    return tuple(sorted(numbers, key=order.index)), by, tuple(levels[name] for name in by)


Shape = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...]]
"""The numbers of a product, the categories, and the levels of each that there are sums of."""


def _shapes_of(columns: Sequence[Column], order: Sequence[str], factors: Mapping[str, Sequence[str]]) -> list[Shape]:
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[set[str]]] = {}
    for i, one in enumerate(columns):
        for other in columns[i:]:
            entry = entry_of(one, other, order)
            if entry is None:
                continue
            numbers, by, levels = entry
            for part in _parts_of(numbers):
                used = found.setdefault((part, by), [set() for _ in by])
                for known, level in zip(used, levels):
                    known.add(level)
    return [
        (numbers, by, tuple(tuple(one for one in factors[name] if one in own) for name, own in zip(by, used)))
        for (numbers, by), used in found.items()
    ]


def _parts_of(numbers: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A product of numbers and all products of some of them, down to 1."""
    return [(), *((one,) for one in numbers), *([numbers] if len(numbers) > 1 else [])]


def _table_of(order: Sequence[str], factors: Mapping[str, Sequence[str]]) -> list[Shape]:
    by = tuple(name for name in order if name in factors)
    return [((), by, tuple(tuple(factors[name]) for name in by))]


def _sums_in(noisy: Mapping[str, Any], shapes: Sequence[Shape]) -> dict[Cell, tuple[float, float]] | None:
    listed = noisy.get("sums")
    if not isinstance(listed, list) or len(listed) != len(shapes):
        return None
    found: dict[Cell, tuple[float, float]] = {}
    for one, (numbers, by, levels) in zip(listed, shapes):
        cells = list(product(*levels))
        values, sd = (one.get(name) for name in ("values", "sd")) if isinstance(one, dict) else (None, None)
        if not isinstance(values, list) or len(values) != len(cells) or not _is_number(sd):
            return None
        if sd is None or sd <= 0 or one.get("numbers") != list(numbers) or one.get("by") != list(by):
            return None
        if not all(map(_is_number, values)):
            return None
        found |= {(numbers, by, cell): (value, sd) for cell, value in zip(cells, values)}
    return found


def _bounds_in(noisy: Mapping[str, Any], shapes: Sequence[Shape]) -> dict[str, tuple[float, float]] | None:
    listed = noisy.get("variables")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return None
    found = {str(one.get("name")): (one.get("centre"), one.get("width")) for one in listed}
    used = {name for numbers, _, _ in shapes for name in numbers}
    if len(found) < len(listed) or not used <= set(found):
        return None
    if not all(_is_number(centre) and _is_number(width) and width > 0 for centre, width in found.values()):
        return None
    return found


@dataclass(frozen=True)
class NoisySum:
    """One released sum, or several of different sites that are in the same places, and its weight in each place of the
    upper triangle of the matrix. ``fourth``: the squares of the variances of its noises, added up.
    """

    value: float
    variance: float
    fourth: float
    places: Mapping[tuple[int, int], float]


@dataclass(frozen=True)
class GramColumn:
    """A column of the matrix. ``beside``: the place of the column with the same levels and no number."""

    name: str
    unit: float
    centre: float
    beside: int | None
    levels: int
    has_number: bool = False


@dataclass(frozen=True)
class NoisyGram:
    """The matrix of all rows together; with an intercept, numbers count from the middle of their bounds."""

    columns: tuple[GramColumn, ...]
    intercept: bool
    n: float
    sums: tuple[NoisySum, ...]
    kurtosis: float


def noisy_gram_of(sites: Mapping[str, Noisy], fixed: bool) -> NoisyGram:
    """``fixed``: with a column for each site but the first, after the intercept."""
    first, *_ = sites.values()
    others = list(sites)[1:] if fixed else []
    scales = {name: _scale_of(name, list(sites.values()), first.intercept) for name in first.bounds}

    def place_of(at: int) -> int:
        return at if at == 0 else at + len(others)

    columns: list[GramColumn] = []
    for column in first.columns:
        unit, centre = (1.0, 0.0) if column.number is None else scales[column.number]
        alone = [i for i, one in enumerate(first.columns) if one.number is None and one.levels == column.levels]
        beside = place_of(alone[0]) if column.number is not None and alone else None
        columns.append(GramColumn(column.name, unit, centre, beside, len(column.levels), column.number is not None))
    of_sites = [GramColumn(f"site[{site}]", 1.0, 0.0, None, 1) for site in others]
    sums: list[NoisySum] = []
    for at, site in enumerate(sites.values()):
        sums += _placed(site, scales, len(others), at if fixed and at > 0 else None)
    kurtosis = 3.0 if first.mechanism == "discrete-laplace" else 0.0
    whole = (columns[0], *of_sites, *columns[1:])
    n = sum(one.n for one in sites.values())
    return NoisyGram(whole, first.intercept, n, _together(sums), kurtosis)


def _together(sums: Sequence[NoisySum]) -> tuple[NoisySum, ...]:
    """Sums that are in the same places, as those of sites with the same bounds, as one."""
    found: dict[tuple[tuple[tuple[int, int], float], ...], NoisySum] = {}
    for one in sums:
        key = tuple(one.places.items())
        known = found.get(key, NoisySum(0.0, 0.0, 0.0, one.places))
        total = (known.value + one.value, known.variance + one.variance, known.fourth + one.fourth)
        found[key] = NoisySum(*total, one.places)
    return tuple(found.values())


def _scale_of(name: str, sites: Sequence[Noisy], intercept: bool) -> tuple[float, float]:
    """Unit and centre: half of the distance and the middle of all bounds or, without an intercept, the largest value
    and zero.
    """
    low = min(site.bounds[name][0] - site.bounds[name][1] for site in sites)
    high = max(site.bounds[name][0] + site.bounds[name][1] for site in sites)
    return ((high - low) / 2, (low + high) / 2) if intercept else (max(abs(low), abs(high)), 0.0)


def _placed(
    part: Noisy, scales: Mapping[str, tuple[float, float]], others: int, own: int | None
) -> list[NoisySum]:
    """The sums of one site, and where they are in the matrix. ``own``: the place of its column, if it has one."""
    said = formula_of(part.formula)
    assert said is not None
    order = said_all(said.terms, part.outcome)
    places: dict[Cell, dict[tuple[int, int], float]] = {cell: {} for cell in part.sums}
    shifts = {name: (part.bounds[name][0] - centre) / unit for name, (unit, centre) in scales.items()}

    def put(i: int, j: int, cell: Cell, weight: float) -> None:
        places[cell][i, j] = places[cell].get((i, j), 0.0) + weight

    def place_of(at: int) -> int:
        return at if at == 0 else at + others

    for i, one in enumerate(part.columns):
        for rest, other in enumerate(part.columns[i:]):
            entry = entry_of(one, other, order)
            if entry is None:
                continue
            numbers, by, levels = entry
            for product_, weight in _expanded(numbers, shifts):
                cell = (product_, by, levels)
                put(place_of(i), place_of(i + rest), cell, weight)
                if own is None or i > 0:
                    continue
                # The column of a site is its intercept: its sums with any column are those of the intercept.
                if rest == 0:
                    put(own, own, cell, weight)
                there = place_of(rest)
                put(min(own, there), max(own, there), cell, weight)
    found = []
    for cell, (value, sd) in part.sums.items():
        unit = math.prod(scales[name][0] for name in cell[0])
        variance = (sd / unit) ** 2
        found.append(NoisySum(value / unit, variance, variance**2, places[cell]))
    return found


def _expanded(numbers: tuple[str, ...], shifts: Mapping[str, float]) -> list[tuple[tuple[str, ...], float]]:
    """A product of distances from common centres as products of those from the centres of a site."""
    if not numbers:
        return [((), 1.0)]
    c = shifts[numbers[0]]
    if len(numbers) == 1:
        return [(numbers, 1.0), ((), c)]
    d = shifts[numbers[1]]
    return [(numbers, 1.0), (numbers[:1], d), (numbers[1:], c), ((), c * d)]
