"""Error bounds of pooled numbers from rounded parts: the maximum distance from the number that the exact parts would
give.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

from .cells import Cell, pool_cells
from .moments import Moments, pool_moments, value_of


def pooled_within(column: Mapping[str, Any], cells: Sequence[Cell]) -> float | None:
    """The bound, rounded up to two digits. None if no part was rounded, and for quantiles, for which no bound is
    known.
    """
    within = _within_of(column, cells)
    if within is None or not math.isfinite(within) or within == 0:
        return None
    unit = 10.0 ** (math.floor(math.log10(within)) - 1)
    return float(f"{math.ceil(within / unit - 1e-9) * unit:.2g}")


def _within_of(column: Mapping[str, Any], cells: Sequence[Cell]) -> float | None:
    if any("add" in cell for cell in cells):
        return math.fsum(cell.get("accuracy") or 0 for cell in cells if "add" in cell)
    if column["kind"] == "bins":
        return math.fsum((cell.get("accuracy") or {}).get("sum", 0) for cell in cells if "bins" in cell)
    shares = [cell for cell in cells if "share" in cell]
    if shares:
        return _within_of_shares(shares)
    parts: list[Moments] = [cell["moments"] for cell in cells if "moments" in cell]
    if len(parts) < len(cells) or all(part.get("accuracy") is None for part in parts):
        return None
    union = pool_moments(parts)
    if union is None:
        return None
    kind, n = column["kind"], union["n"]
    x = _over_all([_side_of(part, part, part.get("accuracy") or {}) for part in parts], n)
    if kind == "mean":
        return x.of_mean
    if kind == "variance":
        return x.of_variance
    if kind == "sd":
        return _root_moves(pool_cells({**column, "kind": "variance"}, cells) or 0, x.of_variance)
    if kind in ("skewness", "kurtosis"):
        return _within_of_shape(kind, parts)
    if kind not in ("covariance", "correlation") or any(part.get("second") is None for part in parts):
        return None
    y = _over_all([_other_side_of(part) for part in parts], n)
    return _within_of_pair(kind, parts, union, x, y)


def _within_of_shares(cells: Sequence[Cell]) -> float | None:
    """The bound of a share, which is a mean of zeros and ones."""
    if all(cell.get("accuracy") is None for cell in cells):
        return None
    sides = []
    for cell in cells:
        share, off = cell["share"], cell.get("accuracy") or {"share": 0, "of": 0}
        sides.append(_Side(share["of"], share["having"] / share["of"], 0, off["of"], off["share"], 0))
    return _over_all(sides, math.fsum(side.n for side in sides)).of_mean


_TOGETHER = 1.25
"""Factor for the joint effect of changes in several moments, which may exceed the sum of their separate effects."""


def _within_of_shape(kind: str, parts: Sequence[Moments]) -> float | None:
    """Changes each moment of each institution separately to both ends of its possible range, and adds the resulting
    changes of the pooled number.
    """

    def value(moved: Sequence[Moments]) -> float | None:
        union = pool_moments(moved)
        return None if union is None else value_of(kind, union)

    at_rest = value(parts)
    if at_rest is None:
        return None
    moves = []
    for i, part in enumerate(parts):
        for ends in _pairs_of_ends(part):
            values = [value([*parts[:i], end, *parts[i + 1 :]]) for end in ends]
            if None in values:
                return None
            moves.append(max(abs(one - at_rest) for one in values if one is not None))
    return _TOGETHER * math.fsum(moves)


def _pairs_of_ends(part: Moments) -> list[tuple[Moments, Moments]]:
    """The part with one number at a time at the ends of its possible range. Third and fourth moments were rounded as
    skewness and kurtosis, so they change along with the spread and the number of values.
    """
    n, accuracy = part["n"], part.get("accuracy") or {}
    plain = {"n": n, "sum": part["sum"], **{name: part.get(name) or 0 for name in ("deviations", "third", "fourth")}}

    def at(name: str, off: float) -> Moments:
        if name == "n":
            grown = {key: plain[key] * (n + off) / n for key in ("sum", "third", "fourth")}
            return {**plain, **grown, "n": n + off, "deviations": plain["deviations"] * (n + off - 1) / (n - 1)}
        if name != "deviations":
            return {**plain, name: plain[name] + off}
        ratio = 1 + off / plain["deviations"]
        powers = {"deviations": 1.0, "third": 1.5, "fourth": 2.0}
        return {**plain, **{key: plain[key] * ratio**power for key, power in powers.items()}}

    named = ((name, accuracy.get(name) or 0) for name in ("n", "sum", "deviations", "third", "fourth"))
    return [(at(name, -off), at(name, off)) for name, off in named if off]


@dataclass(frozen=True)
class _Side:
    """One variable at one institution. ``n_off``, ``mean_off``, ``deviations_off``: the maximum error of each."""

    n: float
    mean: float
    deviations: float
    n_off: float
    mean_off: float
    deviations_off: float


@dataclass(frozen=True)
class _OverAll:
    """One variable over all institutions, with error bounds of its mean, squared deviations and variance."""

    of_mean: float
    mean: float
    spread: float
    of_spread: float
    of_variance: float


def _side_of(part: Moments, side: Mapping[str, Any], off: Mapping[str, Any]) -> _Side:
    n = part["n"]
    return _Side(
        n,
        side["sum"] / n,
        side.get("deviations") or 0,
        (part.get("accuracy") or {}).get("n") or 0,
        (off.get("sum") or 0) / n,
        off.get("deviations") or 0,
    )


def _other_side_of(part: Moments) -> _Side:
    return _side_of(part, part["second"], (part.get("accuracy") or {}).get("second") or {})


def _over_all(sides: Sequence[_Side], n: float) -> _OverAll:
    """The mean M = Σ n·m / N changes by at most Σ n·δm/N, and by (m − M)·δn/N if an n has an error. The squared
    deviations Σ D + n·(m − M)² change by the errors of the D, by 2·n·|m − M|·δm for each mean, and by (D/n + (m −
    M)² − V)·δn. The rest is of second order; using the largest change of a mean covers it.
    """
    mean = math.fsum(side.n * side.mean for side in sides) / n

    def total(term: Callable[[_Side, float], float]) -> float:
        return math.fsum(term(side, abs(side.mean - mean)) for side in sides)

    least = max(1, n - math.fsum(side.n_off for side in sides))
    of_mean = total(lambda side, off: side.n * side.mean_off + off * side.n_off) / least
    spread = total(lambda side, off: side.deviations + side.n * off**2)
    variance = spread / max(1, n - 1)

    def moved(side: _Side, off: float) -> float:
        far = off + side.mean_off + of_mean
        each = side.deviations / side.n + far**2
        return side.deviations_off + side.n * (far**2 - off**2) + side.n_off * max(each, abs(each - variance))

    of_spread = total(moved)
    return _OverAll(of_mean, mean, spread, of_spread, of_spread / max(1, least - 1))


def _within_of_pair(kind: str, parts: Sequence[Moments], union: Moments, x: _OverAll, y: _OverAll) -> float | None:
    of_cross = math.fsum(_cross_moves(part, x, y) for part in parts)
    if kind == "covariance":
        off = math.fsum((part.get("accuracy") or {}).get("n") or 0 for part in parts)
        return of_cross / max(1.0, float(union["n"]) - 1 - off)
    dx, dy = x.spread - x.of_spread, y.spread - y.of_spread
    if dx <= 0 or dy <= 0:
        return None
    cross: float = (union.get("second") or {}).get("cross") or 0
    size = abs(cross) / math.sqrt(x.spread * y.spread)
    most = (abs(cross) + of_cross) / math.sqrt(dx * dy)
    fewest = max(0, abs(cross) - of_cross) / math.sqrt((x.spread + x.of_spread) * (y.spread + y.of_spread))
    # The correlation may change its sign, but never exceeds one.
    down = size - fewest if abs(cross) > of_cross else size + (of_cross - abs(cross)) / math.sqrt(dx * dy)
    return float(max(min(1, most) - size, down))


def _cross_moves(part: Moments, x: _OverAll, y: _OverAll) -> float:
    one, other = _side_of(part, part, part.get("accuracy") or {}), _other_side_of(part)
    off_x, off_y = abs(one.mean - x.mean), abs(other.mean - y.mean)
    by_x, by_y = one.mean_off + x.of_mean, other.mean_off + y.of_mean
    own_cross: float = part["second"].get("cross") or 0
    own = abs(own_cross) / one.n + (off_x + by_x) * (off_y + by_y)
    stated: float = ((part.get("accuracy") or {}).get("second") or {}).get("cross") or 0
    return stated + one.n * (off_x * by_y + off_y * by_x + by_x * by_y) + one.n_off * own


def _root_moves(variance: float, error: float) -> float:
    """The largest change of a standard deviation whose variance has the error ``error``. It is larger downwards than
    upwards.
    """
    root = math.sqrt(variance)
    return max(root - math.sqrt(max(0, variance - error)), math.sqrt(variance + error) - root)
