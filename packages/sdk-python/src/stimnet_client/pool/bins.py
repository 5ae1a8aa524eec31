"""Quantiles from counts in declared bins: linear within a bin, with the bins of several sites combined."""

from __future__ import annotations

import sys
from typing import Any, Mapping, Sequence

Bins = Sequence[Mapping[str, Any]]
"""Counts of rows with a value from ``from`` (included) to ``to`` (excluded)."""

_OPEN_END = sys.float_info.max
"""The representation of an open end, since JSON has no infinity."""


def quantile_of(bins: Bins, q: float) -> float | None:
    """The value below which the share q of the rows lies. None without rows, or if it lies in an open-ended or loose
    bin: then only its range is known.
    """
    total = sum(one["rows"] for one in bins)
    if total <= 0:
        return None
    below = 0
    for at, one in enumerate(bins):
        if one["rows"] > 0 and below + one["rows"] >= q * total:
            if _is_open(one) or _is_loose(bins, at):
                return None
            value: float = one["from"] + (q * total - below) / one["rows"] * (one["to"] - one["from"])
            return value
        below += one["rows"]
    return None


def lay_bins(sites: Sequence[Bins]) -> Bins | None:
    """Combines the bins of several sites. Each site's rows are assumed to be evenly distributed within its own bins,
    so the number of rows below an edge is the sum of the sites' own numbers. An edge inside a site's open-ended or
    loose bin is left out, since the position of its rows is unknown. A bin may have a fractional number of rows. None
    if the outer edges differ.
    """
    shared = pool_bins(sites)
    if shared is None or all(len(bins) == len(shared) for bins in sites):
        return shared
    rows = [one for bins in sites for one in bins if one["rows"] != 0]
    opened = [
        one
        for bins in sites
        for at, one in enumerate(bins)
        if one["rows"] > 0 and (_is_open(one) or _is_loose(bins, at))
    ]
    known = sorted({edge for bins in sites for edge in _edges(bins)})
    edges = [edge for edge in known if not any(one["from"] < edge < one["to"] for one in opened)]
    return [
        {"from": low, "to": high, "rows": sum(_rows_between(one, low, high) for one in rows)}
        for low, high in zip(edges, edges[1:])
    ]


def _is_open(one: Mapping[str, Any]) -> bool:
    return bool(abs(one["from"]) >= _OPEN_END or abs(one["to"]) >= _OPEN_END)


_LOOSE = 2
"""An outermost bin is loose if it is wider than its neighbour by more than this factor."""


def _is_loose(bins: Bins, at: int) -> bool:
    """Whether an outermost bin ends at a declared bound far from the breakpoints. Like an open end, such a bound does
    not say where people are.
    """
    if len(bins) == 1:
        return True
    if 0 < at < len(bins) - 1:
        return False
    beside = bins[1] if at == 0 else bins[-2]
    return bool(bins[at]["to"] - bins[at]["from"] > _LOOSE * (beside["to"] - beside["from"]))


def _rows_between(one: Mapping[str, Any], low: float, high: float) -> float:
    """The number of rows of a bin between two values; for an open-ended bin all or none."""
    start, end = max(low, one["from"]), min(high, one["to"])
    if start >= end:
        return 0.0
    if start == one["from"] and end == one["to"]:
        return float(one["rows"])
    return float(one["rows"] * (end - start) / (one["to"] - one["from"]))


def pool_bins(sites: Sequence[Bins], *, drawn: bool = False) -> Bins | None:
    """Adds the bins of several sites. A site may have joined neighbouring bins that were too small, so the result has
    the edges that all sites have in common. None if the outer edges differ. ``drawn``: counts with noise, which
    may be negative, and whose outer edges are the bounds of values; the widest bounds are taken.
    """
    if not sites or not all(_is_grid(bins) for bins in sites):
        return None
    first, *others = [_edges(bins) for bins in sites]
    low, high = min([first[0], *(other[0] for other in others)]), max([first[-1], *(other[-1] for other in others)])
    inner_low, inner_high = max(bins[0]["from"] for bins in sites), min(bins[-1]["to"] for bins in sites)
    if not drawn and (low, high) != (inner_low, inner_high):
        return None
    shared = [edge for edge in first if all(edge in other for other in others)]
    edges = [low, *(edge for edge in shared if inner_low < edge < inner_high), high]
    rows = [one for bins in sites for one in bins]
    return [
        {"from": low, "to": high, "rows": sum(one["rows"] for one in rows if low <= one["from"] and one["to"] <= high)}
        for low, high in zip(edges, edges[1:])
    ]


def rising_bins(bins: Bins) -> Bins:
    """The closest bins without negative counts for counts with noise, so that the number of rows below an edge only
    rises. By least squares, replacing decreasing neighbours by their mean (pool adjacent violators).
    """
    total = max(0, sum(one["rows"] for one in bins))
    blocks: list[tuple[float, int]] = []
    below = 0
    for one in bins[:-1]:
        below += one["rows"]
        mean, many = float(below), 1
        while blocks and blocks[-1][0] > mean:
            last, number = blocks.pop()
            mean, many = (last * number + mean * many) / (number + many), number + many
        blocks.append((mean, many))
    edges = [min(total, max(0.0, mean)) for mean, many in blocks for _ in range(many)]
    rows = [high - low for low, high in zip([0.0, *edges], [*edges, total])]
    return [{"from": one["from"], "to": one["to"], "rows": count} for one, count in zip(bins, rows)]


def _edges(bins: Bins) -> list[float]:
    return [one["from"] for one in bins] + [bins[-1]["to"]]


def _is_grid(bins: Bins) -> bool:
    """Whether the bins are contiguous."""
    follows = all(before["to"] == after["from"] for before, after in zip(bins, bins[1:]))
    return len(bins) > 0 and follows and all(one["from"] < one["to"] for one in bins)
