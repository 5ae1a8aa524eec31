"""What logistic and Poisson models have alike, whether they are fitted from a table or in rounds."""

from __future__ import annotations

import math
from typing import Any, Mapping, Sequence

from .distributions import p_of_normal, z_of_p
from .meta import ERROR_SHARE, Effect, combine

Fit = dict[str, Any]
NOTHING: Fit = {"estimate": None, "error": None, "statistic": None, "p": None, "interval": None}
_UNKNOWN = ("sigma", "r2", "adjusted_r2", "log_likelihood", "aic")
_UNKNOWN_OF_COUNTS = ("deviance", "null_deviance", "deviance_df", "dispersion")
UNKNOWN_FIT: Fit = dict.fromkeys([*_UNKNOWN, *_UNKNOWN_OF_COUNTS])


def fit_in(part: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is fitted: ``family`` and, of a logistic model, ``event``. None for a linear model and for what is none."""
    fit = part.get("fit")
    if not isinstance(fit, dict) or fit.get("family") not in ("binomial", "poisson"):
        return None
    return fit if fit["family"] == "poisson" or isinstance(fit.get("event"), str) else None


def coefficient(term: str, estimate: float, error: float) -> Fit:
    """A coefficient with Wald's interval, and as a ratio unless it is the intercept."""
    reach = z_of_p(ERROR_SHARE) * error
    statistic = estimate / error
    own = {"term": term, "estimate": estimate, "error": error, "statistic": statistic, "p": p_of_normal(statistic)}
    return {**own, **with_ratio(term, estimate, (estimate - reach, estimate + reach))}


def with_ratio(term: str, estimate: float, interval: Sequence[float]) -> Fit:
    """The interval, and the odds or rate ratio of a term."""
    if term == "(Intercept)":
        return {"interval": list(interval)}
    ratio = {"estimate": _exp(estimate), "interval": [_exp(end) for end in interval]}
    return {"interval": list(interval), "ratio": ratio}


def _exp(value: float) -> float:
    return math.exp(value) if value < 709 else math.inf


def combined_counts(fits: Sequence[Fit], method: str, interval: str) -> Fit:
    """Each coefficient over the sites that estimate it; there is no common likelihood."""
    knapp = interval == "hartung_knapp" and method != "fixed"
    coefficients: list[Fit] = []
    for at, first in enumerate(fits[0]["coefficients"]):
        term = first["term"]
        own = [fit["coefficients"][at] for fit in fits]
        effects = [Effect(one["estimate"], one["error"] ** 2) for one in own if one["error"] is not None]
        made = combine(effects, method, knapp)
        if made is None:
            coefficients.append({"term": term, **NOTHING})
            continue
        further = {} if made.prediction is None else {"prediction": list(made.prediction)}
        numbers = {"estimate": made.estimate, "error": made.error, "statistic": made.statistic, "p": made.p}
        between = {"tau2": made.tau2, "i2": made.i2, "q": made.q, "q_p": made.q_p, **further}
        ratio = with_ratio(term, made.estimate, made.interval)
        coefficients.append({"term": term, **numbers, **ratio, "between": between})
    df = len(fits) - 1 if knapp else None
    return {"coefficients": coefficients, "n": sum(fit["n"] for fit in fits), "df": df, **UNKNOWN_FIT}
