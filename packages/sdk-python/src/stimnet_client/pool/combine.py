"""Combines coefficients of separate fits by random effects, over the institutions where they mean the same, as
``packages/statistics`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from .gram import FollowsFrom
from .meta import Effect, combine

Fit = dict[str, Any]
NOTHING: Fit = {"estimate": None, "error": None, "statistic": None, "p": None, "interval": None}
_WIDE = "Of two institutions the interval of Hartung and Knapp has one degree of freedom and is very wide"
_ROUNDING = 1e-4


@dataclass(frozen=True)
class OwnFit:
    """The fit of one institution to its own people. ``follows``: columns that follow from other columns there. The
    coefficient of a column includes the effect of each column that follows from it: if nobody has the reference
    level of a category, the intercept and the other levels are compared with its last level.
    """

    site: str
    fit: Fit
    follows: Sequence[FollowsFrom]


def combined_over(fits: Sequence[OwnFit], method: str, interval: str) -> Fit:
    """Each coefficient, combined over the institutions that estimate it and where it means what its name says. None
    for a coefficient of fewer than two such institutions.
    """
    knapp = interval == "hartung_knapp" and method != "fixed"
    told = [{one.origin for one in own.follows} for own in fits]
    coefficients: list[Fit] = []
    unknown, left, of_two = [], [], []
    sizes: set[int] = set()
    for at, first in enumerate(fits[0].fit["coefficients"]):
        term = first["term"]
        known = [(own.fit["coefficients"][at], at in others) for own, others in zip(fits, told)]
        known = [(one, other) for one, other in known if one["error"] is not None]
        alike = [Effect(one["estimate"], one["error"] ** 2) for one, other in known if not other]
        made = combine(alike, method, knapp)
        unknown += [term] if len(known) < len(fits) or (made is None and len(alike) > 1) else []
        left += [term] if len(alike) < 2 else []
        of_two += [term] if len(alike) == 2 else []
        if made is None:
            coefficients.append({"term": term, **NOTHING})
            continue
        sizes.add(len(alike))
        further = {} if made.prediction is None else {"prediction": list(made.prediction)}
        numbers = {"estimate": made.estimate, "error": made.error, "statistic": made.statistic, "p": made.p}
        between = {"tau2": made.tau2, "i2": made.i2, "q": made.q, "q_p": made.q_p, **further}
        coefficients.append({"term": term, **numbers, "interval": list(made.interval), "between": between})
    notes = [
        *_listed("Not estimated by every institution", unknown),
        *(note for own in fits for note in _left_out_of(own)),
        *_listed("Not combined, since fewer than two institutions are left", left),
    ]
    if knapp:
        notes += [f"{_WIDE}."] if len(fits) == 2 else _listed(_WIDE, of_two)
    # Coefficients of different numbers of institutions have no common degrees of freedom.
    df = sizes.pop() - 1 if knapp and len(sizes) == 1 else None
    n = sum(own.fit["n"] for own in fits)
    return {"coefficients": coefficients, "n": n, "df": df, "note": " ".join(notes)}


def sites_shown(fits: Sequence[OwnFit]) -> list[Fit]:
    """The institutions' fits as a result shows them. With several institutions, coefficients that do not mean what
    their name says are marked.
    """
    shown = []
    for own in fits:
        others = {one.origin for one in own.follows} if len(fits) > 1 else set()
        coefficients = [
            {**one, "not_comparable": True} if at in others and one["estimate"] is not None else one
            for at, one in enumerate(own.fit["coefficients"])
        ]
        numbers = {"n": own.fit["n"], "sigma": own.fit.get("sigma")}
        shown.append({"site": own.site, **numbers, "coefficients": coefficients})
    return shown


def _left_out_of(own: OwnFit) -> list[str]:
    """A note about the coefficients of an institution that are not combined, with the other effects that each of them
    includes.
    """
    coefficients = own.fit["coefficients"]
    terms = []
    for at, one in enumerate(coefficients):
        others = [(coefficients[each.column]["term"], each) for each in own.follows if each.origin == at]
        if not others or one["error"] is None:
            continue
        against = [name for name, each in others if _is_taken_off(each)]
        within = [name for name, each in others if not _is_taken_off(each)]
        words = [f"includes {', '.join(within)}"] if within else []
        words += [f"compares with {', '.join(against)}"] if against else []
        terms.append(f"{one['term']} {' and '.join(words)}")
    if not terms:
        return []
    return [f"Not combined of {own.site}, where they mean something else than their names say: {'; '.join(terms)}."]


def _is_taken_off(one: FollowsFrom) -> bool:
    """Whether the column's effect is subtracted exactly once, as for a reference level. Smaller differences are lost
    in sums of doubles.
    """
    return abs(one.top + one.bottom) < _ROUNDING * abs(one.bottom)


def _listed(what: str, terms: Sequence[str]) -> list[str]:
    return [f"{what}: {', '.join(terms)}."] if terms else []
