"""Moments from sums with noise: pooled unchanged, and brought within bounds at the end."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .moments import Moments, exact_sum

Noisy = Mapping[str, Any]
"""``rows``, for one or two ``variables`` the sums about their ``centre``, and for two the sum of their ``products``."""


def moments_of_noisy(kind: str, sites: Sequence[Noisy]) -> Moments | None:
    """The moments of everybody, as if all sums had come from one site. The number of rows counts as at least what the
    kind needs; means are kept within the bounds, and spreads within what the bounds permit. None if the sites'
    sums differ in kind.
    """
    if not sites or any(_shape(site) != _shape(sites[0]) for site in sites):
        return None
    ends = [_ends(sites, at) for at in range(len(sites[0]["variables"]))]
    middles = [(low + high) / 2 for low, high in ends]
    n = max(1 if kind == "mean" else 2, exact_sum([site["rows"]["sum"] for site in sites]))
    means = [
        min(high, max(low, middle + _first(sites, at, middle) / n))
        for at, ((low, high), middle) in enumerate(zip(ends, middles))
    ]
    widths = [(high - low) / 2 for low, high in ends]
    spreads = [
        None if square is None else max(0.0, _within(square / n, widths[at] ** 2)) * n
        for at, square in enumerate(_squares(sites, at, mean) for at, mean in enumerate(means))
    ]
    third = _cubes(sites, 0, means[0])
    moments: dict[str, Any] = {"n": n, "sum": means[0] * n, "deviations": spreads[0]}
    moments["third"] = None if third is None else _within(third / n, (2 * widths[0]) ** 3) * n
    if len(means) == 2:
        cross = _within(_products(sites, means) / n, widths[0] * widths[1]) * n
        moments["deviations"] = spreads[0] or 0.0
        moments["second"] = {"sum": means[1] * n, "deviations": spreads[1] or 0.0, "cross": cross}
    return {name: value for name, value in moments.items() if value is not None}


def _shape(site: Noisy) -> list[tuple[bool, bool]]:
    return [(one.get("squares") is None, one.get("cubes") is None) for one in site["variables"]]


def _ends(sites: Sequence[Noisy], at: int) -> tuple[float, float]:
    found = [site["variables"][at] for site in sites]
    return min(one["centre"] - one["width"] for one in found), max(one["centre"] + one["width"] for one in found)


def _within(value: float, most: float) -> float:
    return min(most, max(-most, value))


# Sums of powers of x - p are those of (x - c) + (c - p), for the centre c of each site.


def _first(sites: Sequence[Noisy], at: int, about: float) -> float:
    terms: list[float] = []
    for site in sites:
        one = site["variables"][at]
        terms += [one["first"]["sum"], (one["centre"] - about) * site["rows"]["sum"]]
    return exact_sum(terms)


def _squares(sites: Sequence[Noisy], at: int, about: float) -> float | None:
    terms: list[float] = []
    for site in sites:
        one, d = site["variables"][at], site["variables"][at]["centre"] - about
        if one.get("squares") is None:
            return None
        terms += [one["squares"]["sum"], 2 * d * one["first"]["sum"], d**2 * site["rows"]["sum"]]
    return exact_sum(terms)


def _cubes(sites: Sequence[Noisy], at: int, about: float) -> float | None:
    terms: list[float] = []
    for site in sites:
        one, d = site["variables"][at], site["variables"][at]["centre"] - about
        if one.get("squares") is None or one.get("cubes") is None:
            return None
        terms += [one["cubes"]["sum"], 3 * d * one["squares"]["sum"]]
        terms += [3 * d**2 * one["first"]["sum"], d**3 * site["rows"]["sum"]]
    return exact_sum(terms)


def _products(sites: Sequence[Noisy], means: Sequence[float]) -> float:
    terms: list[float] = []
    for site in sites:
        x, y = site["variables"]
        dx, dy = x["centre"] - means[0], y["centre"] - means[1]
        terms += [site["products"]["sum"], dy * x["first"]["sum"], dx * y["first"]["sum"]]
        terms.append(dx * dy * site["rows"]["sum"])
    return exact_sum(terms)
