"""Pools one cell from the cells of the sites by the kind of its column, and checks whether a cell is consistent."""

from __future__ import annotations

import math
import re
from typing import Any, Mapping, Sequence

from .bins import Bins, lay_bins, pool_bins, quantile_of, rising_bins
from .moments import Moments, exact_sum, pool_moments, value_of
from .noisy import moments_of_noisy
from .noisy_sums import noisy_of

Cell = Mapping[str, Any]
"""The part from which a cell is pooled: ``add``, ``moments``, ``noisy``, ``share``, ``choice``, ``bins`` or ``gram``.
"""

_ADDING = ("subjects", "rows", "count", "sum")
_FROM_MOMENTS = ("mean", "variance", "sd", "skewness", "kurtosis", "covariance", "correlation")
_FORMS = ("add", "moments", "noisy", "share", "choice", "bins", "gram")
_TOLERANCE = 1e-6
"""Maximum relative difference between a shown value and the value from its part, which is due to rounding only."""


def pool_cells(column: Mapping[str, Any], cells: Sequence[Cell]) -> float | None:
    """The pooled value; None if the cells do not pool: a quantile over incompatible bins, or moments without values."""
    kind = column["kind"]
    if kind in _ADDING:
        total = exact_sum([cell["add"] for cell in cells if "add" in cell])
        # Counts with noise may be negative. They are added as they are, so that noise cancels; then a count is
        # clamped at 0, but a sum is not.
        return total if kind == "sum" else max(0, total)
    if kind in _FROM_MOMENTS:
        moments = _moments_for(kind, cells)
        return None if moments is None else value_of(kind, moments)
    if kind == "share":
        return _pool_shares(cells)
    if kind == "gram":
        # The number of people in a model; the model itself is fitted separately. With noise it can be below zero.
        return max(0.0, exact_sum([cell["gram"]["n"] for cell in cells if "gram" in cell]))
    if len(cells) == 1 and "choice" in cells[0]:
        chosen: float = cells[0]["choice"]
        return chosen
    if kind == "bins":
        return exact_sum([one["rows"] for cell in cells if "bins" in cell for one in cell["bins"]])
    q: Any = column.get("argument")
    if kind != "quantile" or not _is_number(q):
        return None
    bins = _pooled_bins(cells)
    return None if bins is None else quantile_of(bins, q)


def _moments_for(kind: str, cells: Sequence[Cell]) -> Moments | None:
    noisy = [cell["noisy"] for cell in cells if "noisy" in cell]
    if not noisy:
        return pool_moments([cell["moments"] for cell in cells if "moments" in cell])
    return moments_of_noisy(kind, noisy) if len(noisy) == len(cells) else None


def _pool_shares(cells: Sequence[Cell]) -> float | None:
    """The pooled share. Under noise, the number of people counts as at least one, since a group may be empty."""
    shares = [cell["share"] for cell in cells if "share" in cell]
    of = exact_sum([share["of"] for share in shares])
    if any(_is_drawn(cell) for cell in cells):
        of = max(1, of)
    return min(of, max(0, exact_sum([share["having"] for share in shares]))) / of if of > 0 else None


def _pooled_bins(cells: Sequence[Cell]) -> Bins | None:
    sites = [cell["bins"] for cell in cells if "bins" in cell]
    if not any(_is_drawn(cell) for cell in cells):
        return lay_bins(sites)
    # Sites do not join bins with noise, so the bins are added on common edges.
    bins = pool_bins(sites, drawn=True)
    return None if bins is None else rising_bins(bins)


def _is_drawn(cell: Cell) -> bool:
    return cell.get("sd_each") is not None


def reads_as(column: Mapping[str, Any], value: Any, cell: Cell | None) -> bool:
    """Whether a site's own part gives the value that it shows. Otherwise the site is mistaken or dishonest, and is
    not pooled.
    """
    if column["role"] == "key":
        return value is None or isinstance(value, str)
    if value is None:
        return cell is None or (_is_countable(cell) and _is_valueless(column, cell))
    if not _is_number(value) or cell is None or not _is_countable(cell):
        return False
    if "choice" in cell:
        # A value chosen at random from a grid, which does not pool.
        return bool(cell["choice"] == value)
    own = pool_cells(column, [cell])
    return own is not None and abs(own - value) <= _TOLERANCE * max(1.0, abs(value))


def _is_valueless(column: Mapping[str, Any], cell: Cell) -> bool:
    """Whether a cell counts in the pooled value although its own site has no value: a quantile in an open-ended bin,
    or a correlation of a variable without variation.
    """
    if "bins" in cell or "noisy" in cell:
        return True
    return "moments" in cell and cell["moments"]["n"] > 0 and pool_cells(column, [cell]) is None


def _is_countable(cell: Cell) -> bool:
    forms = [form for form in _FORMS if form in cell]
    if len(forms) != 1:
        return False
    form, content = forms[0], cell[forms[0]]
    if form in ("add", "choice"):
        return _is_number(content)
    if form == "bins":
        return isinstance(content, list) and all(
            _are_numbers(one, ("from", "to", "rows")) and (_is_drawn(cell) or one["rows"] >= 0) for one in content
        )
    if form == "share":
        if not _are_numbers(content, ("having", "of")):
            return False
        return _is_drawn(cell) or (0 <= content["having"] <= content["of"] and content["of"] > 0)
    if form == "noisy":
        return _is_noisy(content)
    if form == "gram":
        return _is_gram(content)
    return _is_moments(content)


def _is_gram(gram: Any) -> bool:
    """Whether it is sums with noise, or has people, as many sums as its columns need, and no square below zero."""
    if isinstance(gram, dict) and "noisy" in gram:
        return noisy_of(gram) is not None
    if not _are_numbers(gram, ("n",)) or gram["n"] <= 0:
        return False
    columns, upper = gram.get("columns"), gram.get("upper")
    if not isinstance(columns, list) or not isinstance(upper, list):
        return False
    size = len(columns)
    if size < 2 or len(upper) != size * (size + 1) // 2 or not all(isinstance(one, str) for one in upper):
        return False
    diagonal = [upper[at * size - at * (at - 1) // 2] for at in range(size)]
    return all(one.isdecimal() for one in diagonal) and (not gram.get("intercept") or upper[0] == str(gram["n"]))


def _is_moments(moments: Any) -> bool:
    if not _are_numbers(moments, ("n", "sum")):
        return False
    second = moments.get("second")
    if second is not None and (not _are_numbers(second, ("sum", "deviations", "cross")) or second["deviations"] < 0):
        return False
    if not _is_same_sum(moments) or (second is not None and not _is_same_sum(second)):
        return False
    known = [name for name in ("deviations", "third", "fourth") if moments.get(name) is not None]
    spreads = [moments[name] for name in known if name != "third"]
    return _are_numbers(moments, known) and all(spread >= 0 for spread in spreads)


def _is_same_sum(moments: Mapping[str, Any]) -> bool:
    """Whether `sum` is the exact sum, rounded, to its last digit."""
    text = moments.get("sum_exact")
    if text is None:
        return True
    if not isinstance(text, str) or re.fullmatch(r"-?[0-9]{1,40}(\.[0-9]{1,9})?", text) is None:
        return False
    return bool(abs(float(text) - moments["sum"]) <= 1e-12 * abs(moments["sum"]))


def _is_noisy(noisy: Any) -> bool:
    variables = noisy.get("variables") if isinstance(noisy, Mapping) else None
    if not isinstance(variables, list) or len(variables) not in (1, 2):
        return False
    if not all(_are_numbers(one, ("centre", "width", "step")) for one in variables):
        return False
    optional = [noisy.get("products")] + [one.get(name) for one in variables for name in ("squares", "cubes")]
    sums = [noisy.get("rows"), *(one.get("first") for one in variables), *(one for one in optional if one is not None)]
    is_pair = noisy.get("products") is not None
    spreads = [one["width"] for one in variables] + [one["step"] for one in variables]
    return (
        all(_are_numbers(one, ("sum", "sd")) and one["sd"] >= 0 for one in sums)
        and all(spread >= 0 for spread in spreads)
        and is_pair == (len(variables) == 2)
    )


def _are_numbers(values: Any, names: Sequence[str]) -> bool:
    return isinstance(values, Mapping) and all(_is_number(values.get(name)) for name in names)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
