"""Functions that logistic and Poisson models share, whether they are fitted from a table or in rounds."""

from __future__ import annotations

import math
from typing import Any, Mapping, Sequence

from .combine import NOTHING, Fit, OwnFit, combined_over
from .distributions import p_of_normal, z_of_p
from .meta import ERROR_SHARE

_UNKNOWN = ("sigma", "r2", "adjusted_r2", "log_likelihood", "aic")
_UNKNOWN_OF_COUNTS = ("deviance", "null_deviance", "deviance_df", "dispersion")
UNKNOWN_FIT: Fit = dict.fromkeys([*_UNKNOWN, *_UNKNOWN_OF_COUNTS])


def fit_in(part: Mapping[str, Any]) -> dict[str, Any] | None:
    """The kind of fit: ``family``, of a logistic or Cox model ``event``, of a Cox model ``time``. None for a linear
    model, or if it is invalid.
    """
    fit = part.get("fit")
    if not isinstance(fit, dict) or fit.get("family") not in ("binomial", "poisson", "cox"):
        return None
    needed = {"binomial": ("event",), "poisson": (), "cox": ("event", "time")}[fit["family"]]
    return fit if all(isinstance(fit.get(name), str) for name in needed) else None


def coefficient(term: str, estimate: float, error: float) -> Fit:
    """A coefficient with Wald's interval, and with its ratio unless it is the intercept."""
    reach = z_of_p(ERROR_SHARE) * error
    statistic = estimate / error
    own = {"term": term, "estimate": estimate, "error": error, "statistic": statistic, "p": p_of_normal(statistic)}
    return {**own, **with_ratio(term, estimate, (estimate - reach, estimate + reach))}


def with_ratio(term: str, estimate: float, interval: Sequence[float]) -> Fit:
    """The interval of a term, and its odds, rate or hazard ratio."""
    if term == "(Intercept)":
        return {"interval": list(interval)}
    ratio = {"estimate": _exp(estimate), "interval": [_exp(end) for end in interval]}
    return {"interval": list(interval), "ratio": ratio}


def _exp(value: float) -> float:
    return math.exp(value) if value < 709 else math.inf


def combined_counts(fits: Sequence[OwnFit], method: str, interval: str) -> Fit:
    """The combined fit of separate fits, which have no common likelihood."""
    found = combined_over(fits, method, interval)
    coefficients = [
        {**one, **({} if one["estimate"] is None else with_ratio(one["term"], one["estimate"], one["interval"]))}
        for one in found["coefficients"]
    ]
    return {**found, "coefficients": coefficients, **UNKNOWN_FIT}
