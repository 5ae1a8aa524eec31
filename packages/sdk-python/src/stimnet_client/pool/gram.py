"""Gram matrices of several sites: parsed, converted to common units, added, and solved exactly in whole numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Mapping, Sequence

Matrix = list[list[int]]

_WHOLE = re.compile(r"-?\d{1,40}\Z", re.ASCII)
_WHOLE_OF_TOTALS = re.compile(r"-?\d{1,48}\Z", re.ASCII)
SIZES_MAX = 64
ROWS_EACH_MAX = 10_000
COLUMNS_MAX = 25
PEOPLE_MAX = 2**53 - 1


@dataclass(frozen=True)
class Groups:
    """All groups of one size: sums over their rows, and sums over the groups of the products of their totals."""

    size: int
    groups: int
    within: Matrix
    totals: Matrix


@dataclass(frozen=True)
class AtVisits:
    """The people with one set of visits: the ``times`` of these in whole numbers, sums over their rows, and over the
    people of the products of their totals: of each column, and then of each column times the time.
    """

    people: int
    visits: tuple[int, ...]
    times: tuple[int, ...]
    within: Matrix
    totals: Matrix


@dataclass(frozen=True)
class Time:
    """The time of visits of a random slope: its name, the decimals of its whole numbers, and whether the slope of a
    person may correlate with the intercept.
    """

    name: str
    decimals: int
    correlated: bool


@dataclass(frozen=True)
class Gram:
    """Sums of products of two columns of a design, the outcome last. ``decimals``: of each column, whose values are in
    units of 10^-decimals. ``key``: what the sites of one model have alike. ``people``: of a model with an intercept of
    each person, those with each number of rows; ``left_out``: numbers of rows that too few people have; ``rows``:
    those of everybody, left out or not, where it is told. ``time`` and ``visits``: of a model with a random slope, the
    people with each set of visits, where ``people`` is empty.
    """

    names: tuple[str, ...]
    decimals: tuple[int, ...]
    intercept: bool
    n: int
    matrix: Matrix
    formula: str
    outcome: str
    site: str
    key: str
    people: tuple[Groups, ...] | None = None
    left_out: int = 0
    rows: int | None = None
    method: str = "reml"
    interval: str = "hartung_knapp"
    restricted: bool = True
    time: Time | None = None
    visits: tuple[AtVisits, ...] = ()


def gram_of(part: Mapping[str, Any]) -> Gram | None:
    """The matrix in a signed part; None if it cannot be a matrix of squares and products of people."""
    columns, upper, n, intercept = part.get("columns"), part.get("upper"), part.get("n"), part.get("intercept")
    if not isinstance(columns, list) or not isinstance(upper, list) or type(n) is not int or not 0 < n <= PEOPLE_MAX:
        return None
    size = len(columns)
    if not isinstance(intercept, bool) or not 2 <= size <= COLUMNS_MAX or len(upper) != size * (size + 1) // 2:
        return None
    if not all(isinstance(text, str) and _WHOLE.match(text) for text in upper) or not all(map(_is_column, columns)):
        return None
    texts = [part.get(name) for name in ("formula", "outcome", "site")]
    if not all(isinstance(text, str) for text in texts) or (part.get("site") in ("fixed", "random") and not intercept):
        return None
    matrix = _matrix_of(upper, size)
    names = tuple(column["name"] for column in columns)
    if (intercept and matrix[0][0] != n) or not _is_of_squares(matrix):
        return None
    clusters = part.get("clusters")
    people: tuple[Groups, ...] | None = None
    left_out: Any = 0
    rows: Any = None
    time: Time | None = None
    visits: tuple[AtVisits, ...] = ()
    restricted = True
    if clusters is not None:
        if isinstance(clusters, dict) and "time" in clusters:
            time, found = visits_in(clusters, part.get("factors"), matrix, n)
            visits, people = found, () if found else None
        else:
            people = _people_in(clusters, matrix, n)
        if isinstance(clusters, dict) and clusters.get("likelihood") not in (None, "ml"):
            return None
        restricted = isinstance(clusters, dict) and "likelihood" not in clusters
        left_out = clusters.get("left_out") if isinstance(clusters, dict) else None
        if people is None or not _is_count(left_out) or not intercept or part.get("site") == "random":
            return None
        rows = clusters.get("rows")
        # People who are left out have rows, so there are more rows than those in the sums.
        if rows is not None and (type(rows) is not int or left_out == 0 or not n < rows <= PEOPLE_MAX):
            return None
    meta = meta_in(part)
    if meta is None or part.get("fit") is not None:
        return None
    method, interval = meta
    key = repr([texts, names, intercept, part.get("factors"), people is None, method, interval, restricted, time])
    formula, outcome, site = map(str, texts)
    decimals = tuple(column["decimals"] for column in columns)
    whose = (people, left_out, rows)
    made = Gram(names, decimals, intercept, n, matrix, formula, outcome, site, key, *whose, method, interval)
    return replace(made, restricted=restricted, time=time, visits=visits)


def meta_in(part: Mapping[str, Any]) -> tuple[str, str] | None:
    """The method by which sites' coefficients are combined, and the type of interval; None if invalid."""
    meta = part.get("meta", {"method": "reml", "interval": "hartung_knapp"})
    method, interval = (meta.get("method"), meta.get("interval")) if isinstance(meta, dict) else (None, None)
    known = method in ("reml", "dl", "pm", "fixed") and interval in ("hartung_knapp", "wald")
    return (str(method), str(interval)) if known else None


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= ROWS_EACH_MAX


def _matrix_of(upper: Sequence[str], size: int) -> Matrix:
    """A symmetric matrix from its upper triangle, row by row."""
    matrix = [[0] * size for _ in range(size)]
    places = ((i, j) for i in range(size) for j in range(i, size))
    for (i, j), text in zip(places, upper):
        matrix[i][j] = matrix[j][i] = int(text)
    return matrix


def _people_in(clusters: Any, whole: Matrix, n: int) -> tuple[Groups, ...] | None:
    """The sums by number of rows; None if they cannot be sums of people that add up to the whole."""
    listed = clusters.get("sizes") if isinstance(clusters, dict) else None
    if not isinstance(listed, list) or not 1 <= len(listed) <= SIZES_MAX:
        return None
    found = [_groups_in(one, len(whole)) for one in listed]
    groups = tuple(one for one in found if one is not None)
    if len(groups) < len(found) or len({one.size for one in groups}) < len(groups):
        return None
    added_up = [[sum(values) for values in zip(*rows)] for rows in zip(*(one.within for one in groups))]
    return groups if added_up == whole and sum(one.size * one.groups for one in groups) == n else None


def _groups_in(one: Any, columns: int) -> Groups | None:
    if not isinstance(one, dict):
        return None
    size, people, within, totals = (one.get(name) for name in ("size", "people", "within", "totals"))
    if "visits" in one or type(size) is not int or not 1 <= size <= ROWS_EACH_MAX:
        return None
    if type(people) is not int or not 0 < people <= PEOPLE_MAX:
        return None
    for texts, pattern in ((within, _WHOLE), (totals, _WHOLE_OF_TOTALS)):
        if not isinstance(texts, list) or len(texts) != columns * (columns + 1) // 2:
            return None
        if not all(isinstance(text, str) and pattern.match(text) for text in texts):
            return None
    rows, of_totals = _matrix_of(within or [], columns), _matrix_of(totals or [], columns)
    if rows[0][0] != size * people or of_totals[0][0] != size * size * people:
        return None
    # Sums within people: the rows' sums minus those of the people's means.
    inside = [[size * a - b for a, b in zip(*lines)] for lines in zip(rows, of_totals)]
    return Groups(size, people, rows, of_totals) if _is_of_squares(of_totals) and _is_of_squares(inside) else None


_TIME = re.compile(r"-?\d{1,6}(?:\.(\d{1,4}))?\Z", re.ASCII)


def times_of(levels: Any) -> tuple[list[int], int] | None:
    """The times that levels name, in whole numbers, and the decimals of these; None where they are not all different
    numbers.
    """
    if not isinstance(levels, list) or not levels or not all(isinstance(level, str) for level in levels):
        return None
    read = [_TIME.match(level) for level in levels]
    if not all(read):
        return None
    decimals = max(len((one and one.group(1)) or "") for one in read)
    units = [int(Fraction(level) * 10**decimals) for level in levels]
    return (units, decimals) if len(set(units)) == len(units) else None


def visits_in(
    clusters: Mapping[str, Any], factors: Any, whole: Matrix, n: int
) -> tuple[Time | None, tuple[AtVisits, ...]]:
    """The sums by set of visits; none for what cannot be sums of people that add up to the whole."""
    name, correlated, listed = (clusters.get(key) for key in ("time", "correlated", "sizes"))
    known = factors if isinstance(factors, list) else []
    named = [one for one in known if isinstance(one, dict) and one.get("name") == name]
    times = times_of(named[0].get("levels")) if len(named) == 1 else None
    if times is None or type(correlated) is not bool or not isinstance(listed, list):
        return None, ()
    if not 1 <= len(listed) <= SIZES_MAX:
        return None, ()
    found = [_at_visits_in(one, times[0], len(whole)) for one in listed]
    groups = tuple(one for one in found if one is not None)
    if len(groups) < len(found) or len({one.visits for one in groups}) < len(groups):
        return None, ()
    added_up = [[sum(values) for values in zip(*rows)] for rows in zip(*(one.within for one in groups))]
    if added_up != whole or sum(len(one.times) * one.people for one in groups) != n:
        return None, ()
    return Time(str(name), times[1], correlated), groups


def _at_visits_in(one: Any, units: Sequence[int], columns: int) -> AtVisits | None:
    if not isinstance(one, dict):
        return None
    size, people, visits, within, totals = (one.get(name) for name in ("size", "people", "visits", "within", "totals"))
    if type(people) is not int or not 0 < people <= PEOPLE_MAX or not isinstance(visits, list) or not visits:
        return None
    if not all(type(at) is int and 0 <= at < len(units) for at in visits) or len(visits) != size:
        return None
    if any(later <= earlier for earlier, later in zip(visits, visits[1:])):
        return None
    for texts, pattern, width in ((within, _WHOLE, columns), (totals, _WHOLE_OF_TOTALS, 2 * columns)):
        if not isinstance(texts, list) or len(texts) != width * (width + 1) // 2:
            return None
        if not all(isinstance(text, str) and pattern.match(text) for text in texts):
            return None
    rows, both = _matrix_of(within or [], columns), _matrix_of(totals or [], 2 * columns)
    times = tuple(units[at] for at in visits)
    found = AtVisits(people, tuple(visits), times, rows, both)
    return found if _is_of_visits(found) else None


def _is_of_visits(one: AtVisits) -> bool:
    """Whether the sums of the intercept are those of the times, and what they leave of the rows is of squares."""
    count, added_up, squares = len(one.times), sum(one.times), sum(time * time for time in one.times)
    size = len(one.within)
    said = (one.within[0][0], one.totals[0][0], one.totals[0][size], one.totals[size][size])
    wanted = (count, count * count, count * added_up, added_up * added_up)
    if said != tuple(one.people * value for value in wanted):
        return False
    # Of one visit a person has a value, of more a line over time.
    bottom = count * squares - added_up * added_up if count > 1 else 1
    inverse = [[squares, -added_up], [-added_up, count]] if count > 1 else [[1]]
    places = range(len(inverse))
    inside = [
        [
            bottom * value - sum(inverse[i][j] * one.totals[a + i * size][b + j * size] for i in places for j in places)
            for b, value in enumerate(row)
        ]
        for a, row in enumerate(one.within)
    ]
    return _is_of_squares(one.totals) and _is_of_squares(inside)


def _is_column(column: Any) -> bool:
    if not isinstance(column, dict) or not isinstance(column.get("name"), str):
        return False
    return type(column.get("decimals")) is int and 0 <= column["decimals"] <= 18


def in_common_units(grams: Sequence[Gram]) -> list[Gram]:
    """The matrices with each column in the finest unit that any site uses."""
    finest = tuple(max(each) for each in zip(*(gram.decimals for gram in grams)))
    scaled = []
    for gram in grams:
        times = [10 ** (fine - own) for fine, own in zip(finest, gram.decimals)]
        matrix = [[value * times[i] * times[j] for j, value in enumerate(row)] for i, row in enumerate(gram.matrix)]
        scaled.append(replace(gram, decimals=finest, matrix=matrix))
    return scaled


def added(grams: Sequence[Gram]) -> Gram:
    """The matrix of all rows together."""
    scaled = in_common_units(grams)
    matrix = [[sum(values) for values in zip(*rows)] for rows in zip(*(gram.matrix for gram in scaled))]
    return replace(scaled[0], n=sum(gram.n for gram in grams), matrix=matrix)


def with_site_columns(sites: Mapping[str, Gram]) -> Gram:
    """The matrix with the site as a factor: after the intercept, a column for each site except for the first. The
    sums of a site's column with any column are those of the site's own intercept.
    """
    scaled = in_common_units(list(sites.values()))
    whole = added(scaled)
    own = scaled[1:]
    columns = [[gram.matrix[0][0] for gram in own]]
    columns += [[gram.matrix[0][j] for gram in own] for j in range(1, len(whole.names))]
    matrix = [row[:1] + columns[i] + row[1:] for i, row in enumerate(whole.matrix)]
    lines = []
    for at, gram in enumerate(own):
        people = gram.matrix[0][0]
        lines.append([people, *(people if place == at else 0 for place in range(len(own))), *gram.matrix[0][1:]])
    return replace(
        whole,
        names=whole.names[:1] + tuple(f"site[{site}]" for site in list(sites)[1:]) + whole.names[1:],
        decimals=whole.decimals[:1] + (0,) * len(own) + whole.decimals[1:],
        matrix=matrix[:1] + lines + matrix[1:],
    )


def independent_in(matrix: Matrix) -> list[int]:
    """The positions of the columns that do not follow from earlier columns."""
    rows = [row[:] for row in matrix]
    found, before = [], 1
    for at in range(len(rows)):
        pivot = rows[at][at]
        if pivot == 0:
            continue
        found.append(at)
        _eliminate_below(rows, at, before)
        before = pivot
    return found


@dataclass(frozen=True)
class FollowsFrom:
    """An earlier column from which a column follows, with its factor ``top`` over ``bottom``, which is not zero."""

    column: int
    origin: int
    top: int
    bottom: int


def followers_in(matrix: Matrix, kept: Sequence[int]) -> list[FollowsFrom]:
    """The earlier columns of which each column that is not kept consists; ``kept``: positions from
    ``independent_in``.
    """
    if len(kept) == len(matrix):
        return []
    bottom, _, inverse = solved([[matrix[i][j] for j in kept] for i in kept], [0] * len(kept))
    found = []
    for column, line in enumerate(matrix):
        for place, origin in enumerate(kept if column not in kept else ()):
            top = sum(value * line[at] for value, at in zip(inverse[place], kept))
            found += [FollowsFrom(column, origin, top, bottom)] if top else []
    return found


def follows_in(design: Matrix) -> list[FollowsFrom]:
    """The columns of a design that follow from other columns."""
    return followers_in(design, independent_in(design))


def _is_of_squares(matrix: Matrix) -> bool:
    """Whether a matrix is ZᵀZ of some Z: no pivot is negative, and nothing remains beside a pivot of zero."""
    rows = [row[:] for row in matrix]
    before = 1
    for at in range(len(rows)):
        pivot = rows[at][at]
        if pivot < 0 or (pivot == 0 and any(rows[at][at:])):
            return False
        if pivot > 0:
            _eliminate_below(rows, at, before)
            before = pivot
    return True


def _eliminate_below(rows: Matrix, at: int, before: int) -> None:
    line, pivot = rows[at], rows[at][at]
    for row in rows[at + 1 :]:
        factor = row[at]
        # Exact: every number in this elimination (Bareiss) is a minor of the matrix.
        row[at:] = [(value * pivot - factor * other) // before for value, other in zip(row[at:], line[at:])]


def solved(matrix: Matrix, right: Sequence[int]) -> tuple[int, list[int], Matrix]:
    """The determinant, and the solution and the inverse multiplied by it, for a ZᵀZ with independent columns."""
    size = len(matrix)
    rows = [[*row, right[i], *(1 if i == j else 0 for j in range(size))] for i, row in enumerate(matrix)]
    before = 1
    for at in range(size):
        line, pivot = rows[at], rows[at][at]
        for i, row in enumerate(rows):
            if i != at:
                factor = row[at]
                rows[i] = [(value * pivot - factor * other) // before for value, other in zip(row, line)]
        before = pivot
    return before, [row[size] for row in rows], [row[size + 1 :] for row in rows]
