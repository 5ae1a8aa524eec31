"""Fits models to signed parts as ``packages/statistics`` does; linear models to Gram matrices."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from typing import Any, Mapping, Sequence, Union

from . import notes
from .answers import ModelAsked, unlike_asked
from .combine import OwnFit, combined_over, sites_shown
from .counts import CountTable, count_table_of, fit_counts
from .distributions import p_of_normal, p_of_t, t_of_p, z_of_p
from .gram import (
    Gram,
    Groups,
    Matrix,
    Time,
    added,
    follows_in,
    gram_of,
    in_common_units,
    independent_in,
    solved,
    with_site_columns,
)
from .meta import ERROR_SHARE
from .noisy_models import fit_noisy
from .noisy_sums import Noisy, noisy_of
from .reml import reml
from .rounds import Round, fit_rounds, round_of
from .slope import SlopeAsked, slope_fit

Fit = dict[str, Any]
_NOTHING = {"estimate": None, "error": None, "statistic": None, "p": None, "interval": None}


Part = Union[Gram, CountTable, Round, Noisy]
"""What an institution released for a model: a matrix, a table of counts, a round, or sums with noise."""


def grams_in(
    outputs: Mapping[str, Mapping[str, Any]], asked: ModelAsked | None = None
) -> tuple[dict[str, Part], dict[str, str]]:
    """The parts of the sites' outputs for a model, sorted by PeerId, and the reasons why other parts are left out:
    not a matrix of squares, or of another model than was requested or than most sites have. If no model is more
    common than the others, none is used, so that neither the order nor the names of sites decide.
    """
    found: dict[str, Part] = {}
    others: dict[str, str] = {}
    for site in sorted(outputs):
        listed = _parts_in(outputs[site])
        part = _read(listed[0]) if len(listed) == 1 else None
        unlike = None if part is None or asked is None else unlike_asked(listed[0], asked)
        if part is None:
            others[site] = "answered with nothing that a model can be fitted to"
        elif unlike is not None:
            others[site] = f"answered with a model of {unlike} than was asked"
        else:
            found[site] = part
    groups: dict[str, dict[str, Part]] = defaultdict(dict)
    for site, part in found.items():
        groups[part.key][site] = part
    first, *rest = sorted(groups.values(), key=len, reverse=True) or [{}]
    if rest and len(rest[0]) == len(first):
        tied = "answered with another model than others, or other levels, each as often as another: map the levels"
        return {}, {**others, **dict.fromkeys(found, tied)}
    unlike_rest = "answered with another model than the rest, or other levels of a category: map them"
    return first, {**others, **{site: unlike_rest for site in found if site not in first}}


def _parts_in(output: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = output.get("rows")
    found: list[Mapping[str, Any]] = []
    for row in rows if isinstance(rows, list) else []:
        parts = row.get("parts") if isinstance(row, dict) else None
        for part in parts.values() if isinstance(parts, dict) else []:
            gram = part.get("gram") if isinstance(part, dict) else None
            if isinstance(gram, dict):
                found.append(gram)
    return found


def _read(part: Mapping[str, Any]) -> Part | None:
    if "noisy" in part:
        return noisy_of(part)
    if "round" in part:
        return round_of(part)
    return count_table_of(part) if "table" in part else gram_of(part)


def fit_model(sites: Mapping[str, Part]) -> Fit:
    """Fits the model of all sites, in the format of the REST API, with each site's own fit. ``sites``: at least one,
    all of one model.
    """
    tables = {site: part for site, part in sites.items() if isinstance(part, CountTable)}
    rounds = {site: part for site, part in sites.items() if isinstance(part, Round)}
    noisy = {site: part for site, part in sites.items() if isinstance(part, Noisy)}
    if noisy:
        return fit_noisy(noisy)
    if tables:
        return fit_counts(tables)
    if rounds:
        return fit_rounds(rounds)
    return fit_grams({site: part for site, part in sites.items() if isinstance(part, Gram)})


def fit_grams(sites: Mapping[str, Gram]) -> Fit:
    """Fits a linear or mixed model."""
    first = next(iter(sites.values()))
    of_people = first.people is not None
    each = {site: _fit_of_people([gram]) if of_people else _fit_of(gram) for site, gram in sites.items()}
    own_fits = [OwnFit(site, own, follows_in(_design_of(sites[site].matrix))) for site, own in each.items()]
    if of_people and not (first.site == "meta" and len(sites) > 1):
        fit = _fit_of_people(_with_site_columns_each(sites) if first.site == "fixed" else list(sites.values()))
    elif first.site == "random" and len(sites) > 1:
        fit = _of_groups(_site_groups(in_common_units(list(sites.values()))), first, "site")
    elif first.site == "meta" and len(sites) > 1:
        fit = _combined(own_fits, first)
    else:
        fit = _fit_of(with_site_columns(sites) if first.site == "fixed" else added(list(sites.values())))
        if first.site == "random":
            fit["note"] = notes.joined(fit["note"], notes.ALONE)
    if of_people:
        _leave_out(fit, list(sites.values()))
    return {
        "kind": "mixed" if of_people or "random" in fit else "regression",
        "formula": first.formula,
        "outcome": first.outcome,
        "site": first.site,
        **fit,
        "sites": sites_shown(own_fits),
    }


def _leave_out(fit: Fit, grams: Sequence[Gram]) -> None:
    """Adds to a fit of people how many of them are in no sum, and what it says about its time."""
    leaving = [gram for gram in grams if gram.left_out > 0]
    kinds = sum(gram.left_out for gram in leaving)
    known = [gram.rows - gram.n for gram in leaving if gram.rows is not None]
    rows = sum(known) if leaving and len(known) == len(leaving) else None
    estimated = any(one["estimate"] is not None for one in fit["coefficients"])
    origin = notes.origin(grams) if estimated else ""
    fit["note"] = notes.joined(fit["note"], origin, notes.left_out(kinds, rows, fit["n"], grams[0].time))
    if fit.get("random"):
        fit["random"] |= {"left_out": kinds, **({} if rows is None else {"left_out_rows": rows})}


def _site_groups(grams: Sequence[Gram]) -> tuple[list[Groups], tuple[int, ...]]:
    """Each site as one group. Its totals are the first row of its matrix, since the first column is 1."""
    totals = [[[a * b for b in gram.matrix[0]] for a in gram.matrix[0]] for gram in grams]
    return [Groups(gram.n, 1, gram.matrix, own) for gram, own in zip(grams, totals)], grams[0].decimals


def _fit_of_people(grams: Sequence[Gram]) -> Fit:
    """The fit with an intercept of each person, and with a slope where it was asked, of the people of all sites."""
    if grams[0].time is not None:
        return _fit_of_visits(grams, grams[0].time)
    groups: list[Groups] = []
    scaled: list[Gram] = []
    for gram in grams:
        for one in gram.people or ():
            groups.append(one)
            scaled += [replace(gram, matrix=one.within), replace(gram, matrix=one.totals)]
    common = in_common_units(scaled)
    pairs = zip(groups, common[::2], common[1::2])
    made = [Groups(one.size, one.groups, within.matrix, totals.matrix) for one, within, totals in pairs]
    return _of_groups((made, common[0].decimals), common[0], "subject")


def _with_site_columns_each(sites: Mapping[str, Gram]) -> list[Gram]:
    """The sites' matrices with a column for each site except for the first; only a site's own column is not zero."""
    found = []
    for site, gram in sites.items():

        def wide(matrix: Matrix) -> Gram:
            nothing = [[0] * len(matrix) for _ in matrix]
            return with_site_columns({one: replace(gram, matrix=matrix if one == site else nothing) for one in sites})

        own = gram.people or ()
        made = [Groups(one.size, one.groups, wide(one.within).matrix, wide(one.totals).matrix) for one in own]
        # Behind the intercept a column for each site but the first, which at its own site is that of the intercept.
        columns = [0, *(0 if one == site else None for one in list(sites)[1:]), *range(1, len(gram.names))]
        both = [*columns, *(None if at is None else at + len(gram.names) for at in columns)]
        visits = [
            replace(one, within=_placed(one.within, columns), totals=_placed(one.totals, both)) for one in gram.visits
        ]
        found.append(replace(wide(gram.matrix), people=tuple(made), visits=tuple(visits)))
    return found


def _placed(matrix: Matrix, places: Sequence[int | None]) -> Matrix:
    """The rows and columns at some places; zeros where there is none."""
    return [[0 if i is None or j is None else matrix[i][j] for j in places] for i in places]


def _fit_of_visits(grams: Sequence[Gram], time: Time) -> Fit:
    """The fit with a random slope; z, p and intervals are Wald's."""
    first, finest = grams[0], [max(each) for each in zip(*(gram.decimals for gram in grams))]
    people = []
    for gram in grams:
        times = [10 ** (fine - own) for fine, own in zip(finest, gram.decimals)]
        for one in gram.visits:
            within, totals = _scaled(one.within, times), _scaled(one.totals, [*times, *times])
            people.append(replace(one, within=within, totals=totals))
    found = slope_fit(people, SlopeAsked(finest, time.decimals, time.correlated, first.restricted))
    fit: Fit = {"n": sum(len(one.times) * one.people for one in people)}
    fit |= dict.fromkeys(("df", "sigma", "r2", "adjusted_r2", "log_likelihood", "aic"))
    coefficients: list[Fit] = [{"term": term, **_NOTHING} for term in first.names[:-1]]
    if found is None:
        return {**fit, "coefficients": coefficients, "random": None, "note": notes.NO_LINES}
    for at, estimate, error in zip(found.kept, found.estimates, found.errors):
        coefficients[at] = {"term": first.names[at], **_of_normal(estimate, error)}
    spread = math.sqrt(found.intercepts * found.slopes)
    known = time.correlated and spread > 0
    slope = {
        "term": time.name,
        "tau2": found.slopes,
        "correlation": max(-1.0, min(1.0, found.covariance / spread)) if known else None,
        "correlated": time.correlated,
    }
    return {
        **fit,
        "coefficients": coefficients,
        "sigma": math.sqrt(found.residual),
        "log_likelihood": found.log_likelihood,
        "aic": 2 * (len(found.kept) + (4 if time.correlated else 3)) - 2 * found.log_likelihood,
        "note": notes.of_mixed(coefficients, first.restricted, notes.SINGULAR if found.singular else ""),
        "random": {
            **{"by": "subject", "groups": sum(one.people for one in people)},
            **{"tau2": found.intercepts, "sigma2": found.residual, "slope": slope},
            **({} if first.restricted else {"likelihood": "ml"}),
            **({"singular": True} if found.singular else {}),
        },
    }


def _scaled(matrix: Matrix, by: Sequence[int]) -> Matrix:
    return [[value * by[i] * by[j] for j, value in enumerate(row)] for i, row in enumerate(matrix)]


def _of_normal(estimate: float, error: float) -> Fit:
    reach, z = z_of_p(ERROR_SHARE) * error, estimate / error
    interval = [estimate - reach, estimate + reach]
    return {"estimate": estimate, "error": error, "statistic": z, "p": p_of_normal(z), "interval": interval}


def _of_groups(made: tuple[list[Groups], tuple[int, ...]], first: Gram, by: str) -> Fit:
    """The fit with a random intercept per group; z, p and intervals are Wald's."""
    groups, decimals = made
    found = reml(groups, decimals, first.restricted)
    fit: Fit = {"n": sum(one.size * one.groups for one in groups)}
    fit |= dict.fromkeys(("df", "sigma", "r2", "adjusted_r2", "log_likelihood", "aic"))
    coefficients: list[Fit] = [{"term": term, **_NOTHING} for term in first.names[:-1]]
    if found is None:
        return {**fit, "coefficients": coefficients, "random": None, "note": notes.NO_GROUPS}
    for at, estimate, error in zip(found.kept, found.estimates, found.errors):
        coefficients[at] = {"term": first.names[at], **_of_normal(estimate, error)}
    tau2, count = found.ratio * found.residual, sum(one.groups for one in groups)
    return {
        **fit,
        "coefficients": coefficients,
        "sigma": math.sqrt(found.residual),
        "log_likelihood": found.log_likelihood,
        "aic": 2 * (len(found.kept) + 2) - 2 * found.log_likelihood,
        "note": notes.of_mixed(coefficients, first.restricted, notes.no_variance(by) if found.ratio == 0 else ""),
        "random": {
            "by": by,
            "groups": count,
            "tau2": tau2,
            "sigma2": found.residual,
            "icc": found.ratio / (1 + found.ratio),
            **({} if first.restricted else {"likelihood": "ml"}),
        },
    }


def _fit_of(gram: Gram) -> Fit:
    """Least squares, in whole numbers up to the last step."""
    last = len(gram.names) - 1
    kept = independent_in(_design_of(gram.matrix))
    right = [gram.matrix[at][last] for at in kept]
    bottom, solution, inverse = solved([[gram.matrix[i][j] for j in kept] for i in kept], right)
    squares = gram.matrix[last][last]
    # The sum of squared residuals, multiplied by the determinant, as all numbers here.
    left = squares * bottom - sum(value * one for value, one in zip(right, solution))
    df = gram.n - len(kept)
    units = [10**decimals for decimals in gram.decimals]
    own = units[last]
    coefficients: list[Fit] = []
    for at, term in enumerate(gram.names[:last]):
        if at not in kept:
            coefficients.append({"term": term, **_NOTHING})
            continue
        place = kept.index(at)
        estimate = _number(solution[place] * units[at], bottom * own)
        if df <= 0 or left <= 0:
            coefficients.append({"term": term, **_NOTHING, "estimate": estimate})
            continue
        variance = _number(left * inverse[place][place] * units[at] ** 2, bottom**2 * df * own**2)
        coefficients.append({"term": term, **_tested(estimate, math.sqrt(variance), df)})
    note = notes.joined(notes.aliased(coefficients), notes.PERFECT if left == 0 else "")
    measures = _measures(gram, left, bottom, len(kept))
    return {"coefficients": coefficients, "n": gram.n, "df": df, **measures, "note": note}


def _design_of(matrix: Matrix) -> Matrix:
    """The sums of products of the columns, without the outcome."""
    return [row[:-1] for row in matrix[:-1]]


def _number(top: int, bottom: int) -> float:
    """A ratio as the nearest double; infinite if it is too large."""
    try:
        return float(Fraction(top, bottom))
    except OverflowError:
        return math.inf if (top > 0) == (bottom > 0) else -math.inf


def _tested(estimate: float, error: float, df: int) -> Fit:
    if error == 0:
        return {**_NOTHING, "estimate": estimate}
    reach = t_of_p(ERROR_SHARE, df) * error
    statistic = estimate / error
    interval = [estimate - reach, estimate + reach]
    p = p_of_t(statistic, df)
    return {"estimate": estimate, "error": error, "statistic": statistic, "p": p, "interval": interval}


def _measures(gram: Gram, left: int, bottom: int, kept: int) -> Fit:
    """Measures of fit. With an intercept, R² is relative to the mean."""
    last = len(gram.names) - 1
    n, df, own = gram.n, gram.n - kept, 10 ** gram.decimals[last]
    squares, total_sum = gram.matrix[last][last], gram.matrix[0][last]
    total, times = (squares * n - total_sum**2, n) if gram.intercept else (squares, 1)
    r2 = None if total == 0 else 1 - _number(left * times, bottom * total)
    has_error = df > 0 and left > 0
    likelihood = None
    mean_square = _number(left, bottom * n * own**2)
    if has_error and mean_square > 0:
        likelihood = -(n / 2) * (math.log(2 * math.pi * mean_square) + 1)
    freedoms = n - (1 if gram.intercept else 0)
    return {
        "sigma": math.sqrt(_number(left, bottom * df * own**2)) if df > 0 else None,
        "r2": r2,
        "adjusted_r2": None if r2 is None or df <= 0 else 1 - (1 - r2) * (freedoms / df),
        "log_likelihood": likelihood,
        "aic": None if likelihood is None else 2 * (kept + 1) - 2 * likelihood,
    }


def _combined(fits: Sequence[OwnFit], first: Gram) -> Fit:
    """The combined fit of separate fits, which has no common sigma, R² or AIC."""
    found = combined_over(fits, first.method, first.interval)
    return {**found, **dict.fromkeys(("sigma", "r2", "adjusted_r2", "log_likelihood", "aic"))}
