"""Ranges of pooled quantiles: the ends of the bins that certainly hold them."""

from __future__ import annotations

import math
import sys
from typing import Any, Callable, Mapping, Sequence

from .bins import pool_bins
from .cells import Cell

Range = tuple[float | None, float | None]
"""The two ends; None for an open end."""

_SLACK = 1e-9
"""Room for the rounding of a product, so that 0.1 times 30 is 3."""


def pooled_range(column: Mapping[str, Any], cells: Sequence[Cell]) -> Range | None:
    """The range of a quantile. None for any other column, for bins that do not pool, and for counts with noise."""
    q = column.get("argument")
    parts = [cell for cell in cells if "bins" in cell]
    is_quantile = column["kind"] == "quantile" and isinstance(q, (int, float)) and not isinstance(q, bool)
    if not is_quantile or not parts or any(part.get("sd_each") is not None for part in parts):
        return None
    return None if pool_bins([part["bins"] for part in parts]) is None else _range_of(parts, q)


def _range_of(parts: Sequence[Cell], q: Any) -> Range | None:
    """From the last edge that is certainly not above the quantile to the first edge that is certainly not below it. The
    definitions of Hyndman and Fan (The American Statistician 1996, 50: 361) take values of ranks between q·n and
    q·n + max(q, 1 - q), rounded outwards.
    """
    edges = sorted({edge for part in parts for one in part["bins"] for edge in (one["from"], one["to"])})
    total, _ = _sum_of(parts, lambda one: True)
    if total <= 0:
        return None

    def is_above(edge: float) -> bool:
        rows, off = _sum_of(parts, lambda one: bool(one["from"] < edge))
        _, other = _sum_of(parts, lambda one: bool(one["from"] >= edge))
        below = rows + off
        n = below + max(0, total - rows - other)
        return bool(below <= max(1, math.floor(q * n + _SLACK)) - 1)

    def is_below(edge: float) -> bool:
        rows, off = _sum_of(parts, lambda one: bool(one["to"] <= edge))
        _, other = _sum_of(parts, lambda one: bool(one["to"] > edge))
        below = max(0, rows - off)
        n = below + total - rows + other
        return bool(below >= min(n, math.ceil(q * n + max(q, 1 - q) - _SLACK)))

    low = next((edge for edge in reversed(edges) if is_above(edge)), edges[0])
    high = next((edge for edge in edges if is_below(edge)), edges[-1])
    return _end_of(low), _end_of(high)


def _sum_of(parts: Sequence[Cell], is_in: Callable[[Mapping[str, Any]], bool]) -> tuple[float, float]:
    """The number of rows in some of the bins, and the largest error of that number."""
    rows: float = 0
    off: float = 0
    for part in parts:
        inside = [one for one in part["bins"] if is_in(one)]
        accuracy = part.get("accuracy") or {}
        rows += sum(one["rows"] for one in inside)
        off += min(accuracy.get("sum", 0), accuracy.get("each", 0) * len(inside))
    return rows, off


def _end_of(edge: float) -> float | None:
    return None if abs(edge) >= sys.float_info.max else edge
