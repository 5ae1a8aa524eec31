"""What a fit says about itself, in the words of ``packages/statistics``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Mapping, Sequence

from .gram import Gram, Time

PERFECT = "The model fits without any error: it has no standard errors."
ALONE = "One institution alone has no variance between institutions: it is fitted without their intercepts."
SEPARATION = (
    "Separation: for some levels the outcome is the same for everybody, so there are no finite estimates. "
    "Leave a term out, or join levels."
)
NO_GROUPS = "No fit: the sums do not say how much of the variance is between the groups and how much within them."
NO_LINES = (
    "No fit: the sums do not say how the lines of people differ and how far rows are from them. An intercept and a "
    "slope of each person need people with three visits or more: take (1 | subject)."
)
SINGULAR = (
    "Singular fit: a variance of zero, or a correlation of 1 or -1, is estimated. The data do not tell all random "
    "terms apart: take (1 | subject), or || in place of |."
)
_WALD = "z, p and intervals take the normal distribution (Wald); with few groups they are too sure."
_RESTRICTED = "The likelihood is the restricted one: compare it between models of the same terms alone."


def joined(*notes: str) -> str:
    """The notes as one text, without those that are empty."""
    return " ".join(note for note in notes if note)


def aliased(coefficients: Sequence[Mapping[str, Any]]) -> str:
    """The terms that are not estimated; empty if all of them are."""
    terms = [str(one["term"]) for one in coefficients if one["estimate"] is None]
    return f"Not estimated, because they follow from the terms before them: {', '.join(terms)}." if terms else ""


def of_mixed(coefficients: Sequence[Mapping[str, Any]], restricted: bool, *more: str) -> str:
    """The note of a fit with random effects."""
    return joined(aliased(coefficients), *more, _WALD, _RESTRICTED if restricted else "")


def no_variance(by: str) -> str:
    """The note of a fit with a variance of zero between its groups."""
    return f"No variance between the {'institutions' if by == 'site' else 'people'} is estimated."


def origin(grams: Sequence[Gram]) -> str:
    """The note of a model without a correlation of intercepts and slopes, whose time is not zero within the visits:
    with another origin of time it is another model. Empty for other models.
    """
    time = grams[0].time
    units = sorted({unit for gram in grams for one in gram.visits for unit in one.times})
    if time is None or time.correlated or len(units) < 2 or units[0] < 0 < units[-1]:
        return ""
    middle = (units[0] + units[-1]) // 2
    return (
        f"The correlation of intercepts and slopes is taken to be zero where {time.name} is 0, which is not between "
        f"the first and the last of the visits ({_texts(units, time)}): another origin of time makes another model. "
        f"Take | in place of ||, or a time with 0 in the middle of the visits, such as "
        f"{_texts([unit - middle for unit in units], time)}."
    )


def _texts(units: Sequence[int], time: Time) -> str:
    return ", ".join(format(Decimal(unit).scaleb(-time.decimals).normalize(), "f") for unit in units)


def left_out(kinds: int, rows: int | None, n: int, time: Time | None) -> str:
    """A note about people who are in no sum, because too few have the same number of rows or visits. ``rows``: how
    many rows they have; None if an institution does not disclose it.
    """
    if kinds == 0:
        return ""
    if rows is None:
        share = "; not every institution says how many rows these are"
    else:
        percent = format(Decimal(f"{100 * rows / (n + rows):.1e}").normalize(), "f")
        share = f": {rows} of {n + rows} rows ({percent} %)"
    groups = "1 group" if kinds == 1 else f"{kinds} groups"
    by = "how many rows they have" if time is None else f"the visits that they have ({time.name})"
    return (
        f"People are grouped by {by}, and groups of too few people are left out, here {groups}{share}. "
        "Where only a few would be left out, the next smallest group is left out as well."
    )
