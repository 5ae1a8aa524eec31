"""Pools the tables of several sites, with remarks for the reader."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from ..printing import printable
from ..table import Table
from .cells import Cell, pool_cells, reads_as
from .ranges import Range, pooled_range
from .rounding import pooled_within

Output = Mapping[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class PooledTable:
    """One table over several institutions.

    ``table``             the pooled rows; None if a column does not pool, or no site released a number
    ``sites``             PeerIds of the sites whose tables were pooled
    ``missing``           PeerIds of the other sites, with the code
    ``notes``             remarks for the reader: withheld cells and groups, columns that do not pool
    ``within``            for each row, by column: the maximum distance from the number that unrounded parts would
                          give. A column is absent if nothing was rounded or no bound is known; quantiles have
                          ``ranges``
    ``left_out``          columns that people were left out of for privacy. The distance of their numbers from those
                          of all people is unknown, so they are not in ``within``
    ``within_remaining``  as ``within``, for the columns in ``left_out``: the distance from the numbers of the people
                          who remain
    ``ranges``            for each row, by column of quantiles: the ends of the bins that hold the exact quantile, None
                          for an open end. A quantile in an outermost bin that ends at a declared bound far from the
                          breakpoints has a range and no value. Of the people who remain, for columns in ``left_out``
    """

    table: Table
    sites: list[str]
    missing: dict[str, str]
    notes: list[str]
    within: list[dict[str, float]]
    left_out: list[str]
    within_remaining: list[dict[str, float]]
    ranges: list[dict[str, Range]]


def pool_outputs(outputs: Mapping[str, Output], missing: Mapping[str, str]) -> PooledTable:
    """Pools tables by PeerId: counts and sums by adding, means to correlations from moments, shares from their cells,
    quantiles from bins. A site whose columns differ from most sites, or whose numbers contradict their own parts,
    is left out and named. The answer does not depend on the order of the sites.
    """
    without = dict(missing)
    tables = {site: outputs[site] for site in sorted(outputs)}
    agreed = _same_columns({site: table for site, table in tables.items() if _has_columns(table)})
    sound = {site: table for site, table in agreed.items() if _is_sound(table)}
    for site in tables:
        if site not in sound:
            without[site] = "MALFORMED" if site in agreed else "PARAMETER_INVALID"
    columns = next(iter(sound.values()))["columns"] if sound else []
    unpooled: set[str] = set()
    found = [_rows_of(key, columns, list(sound.values())) for key in _row_keys(sound)]
    rows = [_pool_row(columns, same, unpooled) for same in found]
    notes = [f"{site} is not in it ({code})." for site, code in sorted(without.items())]
    if not agreed and sum(map(_has_columns, tables.values())) > 1:
        notes.append("They answered with different columns, each as often as another: nobody can tell which are right.")
    notes += _withheld_notes(columns, sound)
    notes += [f"{name} could not be pooled in every row." for name in sorted(unpooled)]
    left_out = sorted(
        {
            column["name"]
            for table in sound.values()
            for column in table["columns"]
            if column["role"] != "key" and column.get("left_out")
        }
    )
    unknown = "people were left out for privacy. How far it is from the number of all people is not known."
    notes += [f"{name}: {unknown}" for name in left_out]
    bounds = [_within_row(columns, same) for same in found]
    within = [{name: bound for name, bound in row.items() if name not in left_out} for row in bounds]
    remaining = [{name: bound for name, bound in row.items() if name in left_out} for row in bounds]
    table = Table([column["name"] for column in columns], rows)
    told = list(map(printable, notes))
    ranges = [_ranges_in(columns, same) for same in found]
    return PooledTable(table, list(sound), without, told, within, left_out, remaining, ranges)


def _has_columns(table: Output) -> bool:
    columns, rows = table.get("columns"), table.get("rows")
    if table.get("kind") != "table" or not isinstance(columns, list) or not isinstance(rows, list):
        return False
    are_named = all(
        isinstance(column, dict) and all(isinstance(column.get(name), str) for name in ("name", "role", "kind"))
        for column in columns
    )
    return are_named and len({column["name"] for column in columns}) == len(columns)


def _same_columns(tables: Mapping[str, Output]) -> dict[str, Output]:
    """The sites that have the most common columns. Without a majority nobody can tell which sites are right, so none
    is pooled: a wrong answer that looks right is worse than none.
    """
    by_shape: dict[str, dict[str, Output]] = defaultdict(dict)
    for site, table in tables.items():
        asked = ("name", "role", "kind", "unit", "argument")
        by_shape[repr([[column.get(name) for name in asked] for column in table["columns"]])][site] = table
    most = sorted(by_shape.values(), key=len, reverse=True)
    return {} if not most or (len(most) > 1 and len(most[0]) == len(most[1])) else most[0]


def _is_sound(table: Output) -> bool:
    """Whether a table has as many values as columns, no row twice, and for each measure the part that gives its
    value.
    """
    columns, rows = table["columns"], table["rows"]
    for row in rows:
        is_row = isinstance(row, dict) and isinstance(row.get("values"), list) and isinstance(row.get("parts"), dict)
        if not is_row or len(row["values"]) != len(columns):
            return False
        if not all(cell is None or isinstance(cell, dict) for cell in row["parts"].values()):
            return False
        if not all(
            reads_as(column, row["values"][at], row["parts"].get(column["name"])) for at, column in enumerate(columns)
        ):
            return False
    return len({_key_of(columns, row) for row in rows}) == len(rows)


def _key_of(columns: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> Key:
    return tuple(row["values"][at] for at, column in enumerate(columns) if column["role"] == "key")


def _row_keys(tables: Mapping[str, Output]) -> list[Key]:
    """The keys of all sites' rows, each after the row that it follows at the site that has it first."""
    order: list[Key] = []
    for table in tables.values():
        before = -1
        for row in table["rows"]:
            key = _key_of(table["columns"], row)
            if key in order:
                before = order.index(key)
            else:
                order.insert(before + 1, key)
                before += 1
    return _in_order_of_bins(order)


def _in_order_of_bins(keys: list[Key]) -> list[Key]:
    """Rows by bins of one variable, in the order of the bins' lower ends, a missing value last. Other rows are not
    sorted.
    """
    ends = [_lower_end_of(key) for key in keys]
    known = [(end, at) for at, end in enumerate(ends) if end is not None]
    return [keys[at] for _, at in sorted(known)] if len(known) == len(keys) else keys


_BIN = re.compile(r"(<|>=|\[)(-?\d[\d.e+-]*)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _lower_end_of(key: Key) -> float | None:
    """The lower end of the bin in a row's key; None if the key is not a bin."""
    if len(key) != 1 or isinstance(key[0], (int, float)):
        return None
    if key[0] is None:
        return float("inf")
    bin_ = _BIN.match(key[0])
    if bin_ is None:
        return None
    side, text = bin_.groups()
    try:
        # Dates as digits have the same order as the dates.
        start = float(text.replace("-", "") if _DAY.fullmatch(text) else text)
    except ValueError:
        return None
    return float("-inf") if side == "<" else start


def _rows_of(key: Key, columns: Sequence[Mapping[str, Any]], tables: Sequence[Output]) -> list[Mapping[str, Any]]:
    return [row for table in tables for row in table["rows"] if _key_of(columns, row) == key]


def _pool_row(
    columns: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]], unpooled: set[str]
) -> dict[str, Any]:
    pooled: dict[str, Any] = {}
    for at, column in enumerate(columns):
        name = column["name"]
        if column["role"] == "key":
            pooled[name] = found[0]["values"][at]
            continue
        cells = [cell for row in found for cell in _cells_of(column, row)]
        pooled[name] = pool_cells(column, cells) if cells else None
        if cells and pooled[name] is None and pooled_range(column, cells) is None:
            unpooled.add(name)
    return pooled


def _within_row(columns: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    bounds = {
        column["name"]: pooled_within(column, [cell for row in found for cell in _cells_of(column, row)])
        for column in columns
        if column["role"] != "key"
    }
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _ranges_in(columns: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> dict[str, Range]:
    ranges = {
        column["name"]: pooled_range(column, [cell for row in found for cell in _cells_of(column, row)])
        for column in columns
        if column["role"] != "key"
    }
    return {name: ends for name, ends in ranges.items() if ends is not None}


def _cells_of(column: Mapping[str, Any], row: Mapping[str, Any]) -> list[Cell]:
    """The cells of a column; none where it was withheld. A quantile beyond the last breakpoint has no value, but its
    bins count.
    """
    cell = row["parts"].get(column["name"])
    return [] if cell is None else [cell]


def _withheld_notes(columns: Sequence[Mapping[str, Any]], tables: Mapping[str, Output]) -> list[str]:
    notes = []
    for site, table in tables.items():
        groups = table.get("withheld", {}).get("groups", 0)
        if groups:
            many = "1 group" if groups == 1 else f"{groups} groups"
            missing = f"rows without {site} among their institutions may be without people of it"
            notes.append(f"{site} withheld {many}: {missing}.")
        lacking = [
            column["name"]
            for column in columns
            if column["role"] != "key" and any(not _cells_of(column, row) for row in table["rows"])
        ]
        if lacking:
            notes.append(f"{site} withheld cells of {', '.join(lacking)}: those are pooled without it.")
    return notes
