"""Logistic, Poisson and Cox models that institutions fit together in rounds, computed from the signed answers of one
round. The next estimates follow from the answers in whole numbers, so that nobody has to be trusted about them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any, Mapping, Sequence

from . import notes
from .combine import NOTHING, Fit, OwnFit, sites_shown
from .decimals import decimal_of, fraction_of, is_decimal
from .glm import UNKNOWN_FIT, coefficient, combined_counts, fit_in
from .gram import COLUMNS_MAX, PEOPLE_MAX, FollowsFrom, Matrix, followers_in, meta_in, solved

_WHOLE = re.compile(r"\d{1,40}\Z", re.ASCII)
_OWN_PART_MIN = 10**10
_ENTRY_SLACK = 1e-9
_ROSTER_MAX = 16


@dataclass(frozen=True)
class Round:
    """The numbers that one site released in a round. ``estimates``: the values at which ``score``, ``information``
    (its upper triangle, row by row) and ``deviance`` were computed; ``total``: number of people with the event, or
    the sum of the outcome.
    """

    family: str
    event: str | None
    names: tuple[str, ...]
    intercept: bool
    n: int
    formula: str
    outcome: str
    site: str
    key: str
    method: str
    interval: str
    roster: tuple[str, ...]
    round: int
    estimates: tuple[str, ...]
    score: tuple[str, ...]
    information: tuple[str, ...]
    deviance: str
    total: int


@dataclass(frozen=True)
class Step:
    """The estimates after a round. ``kept``: the columns that are estimated; ``moved``: the changes from the
    estimates of the round, None after round 0; ``change``: the largest of these in standard errors.
    """

    estimates: list[str]
    kept: list[int]
    errors: list[float]
    moved: list[float] | None
    change: float | None


def round_of(part: Mapping[str, Any]) -> Round | None:
    """The round in a signed part; None if it cannot be a round of its model."""
    fit, meta, own = fit_in(part), meta_in(part), part.get("round")
    columns, n, intercept = part.get("columns"), part.get("n"), part.get("intercept")
    texts = [part.get(name) for name in ("formula", "outcome", "site")]
    if fit is None or meta is None or not isinstance(own, dict) or part.get("upper") != [] or "table" in part:
        return None
    if not all(isinstance(text, str) for text in texts) or texts[2] not in ("none", "meta"):
        return None
    if not isinstance(intercept, bool) or type(n) is not int or not 0 < n <= PEOPLE_MAX:
        return None
    if not isinstance(columns, list) or not 2 <= len(columns) <= COLUMNS_MAX:
        return None
    names = [column.get("name") if isinstance(column, dict) else None for column in columns]
    if not all(isinstance(name, str) for name in names) or not _is_round(own, len(names) - 1):
        return None
    # In a logistic model a person's weight is at most a quarter, and at most all people have the event.
    total = int(own["total"])
    if fit["family"] == "binomial":
        if total > n or (intercept and float(own["information"][0]) > n / 4 * (1 + 1e-9)):
            return None
    if fit["family"] == "cox" and (intercept or total > n):
        return None
    of = [own["fit"], own["round"], own["answers"], [] if own["round"] == 0 else own["estimates"]]
    key = repr([texts, names, intercept, part.get("factors"), fit, meta, of])
    formula, outcome, site = map(str, texts)
    return Round(
        family=fit["family"],
        event=fit.get("event"),
        names=tuple(str(name) for name in names[:-1]),
        intercept=intercept,
        n=n,
        formula=formula,
        outcome=outcome,
        site=site,
        key=key,
        method=meta[0],
        interval=meta[1],
        roster=tuple(own["roster"]),
        round=own["round"],
        estimates=tuple(own["estimates"]),
        score=tuple(own["score"]),
        information=tuple(own["information"]),
        deviance=own["deviance"],
        total=total,
    )


def _is_round(own: Mapping[str, Any], columns: int) -> bool:
    roster, epochs, first = own.get("roster"), own.get("epochs"), own.get("round") == 0
    lists = [own.get(name) for name in ("estimates", "score", "information")]
    if type(own.get("round")) is not int or not 0 <= own["round"] <= 3 or not isinstance(epochs, list):
        return False
    if not isinstance(roster, list) or not 1 <= len(roster) <= _ROSTER_MAX or not all(map(_is_text, roster)):
        return False
    if sorted(set(roster)) != roster or not all(map(_is_text, (own.get("fit"), own.get("answers")))):
        return False
    if first != (own["answers"] == "") or len(epochs) != (0 if first else len(roster)):
        return False
    for one, length in zip(lists, (columns, columns, columns * (columns + 1) // 2)):
        if not isinstance(one, list) or len(one) != length or not all(map(is_decimal, one)):
            return False
    total = own.get("total")
    if not is_decimal(own.get("deviance")) or float(own["deviance"]) < 0:
        return False
    if not isinstance(total, str) or not _WHOLE.match(total) or (first and any(map(float, own["score"]))):
        return False
    numbers = [float(text) for text in own["information"]]
    entry = [[numbers[_upper_at(columns, *sorted((i, j)))] for j in range(columns)] for i in range(columns)]
    pairs = ((i, j) for i in range(columns) for j in range(i, columns))
    return all(entry[i][j] ** 2 <= entry[i][i] * entry[j][j] * (1 + _ENTRY_SLACK) for i, j in pairs)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _upper_at(size: int, i: int, j: int) -> int:
    """The index of the entry of two columns in an upper triangle; i is at most j."""
    return i * size - i * (i - 1) // 2 + (j - i)


def step_after(rounds: Sequence[Round]) -> Step:
    """The estimates after a round of these institutions: after round 0 their own estimates, weighted by their
    information; after a later round one Newton step from the estimates at which all of them evaluated it.
    """
    first = rounds[0]
    size = len(first.names)
    information = [sum(map(fraction_of, texts), Fraction(0)) for texts in zip(*(one.information for one in rounds))]
    if first.round == 0:
        right = [sum((_times(one, i) for one in rounds), Fraction(0)) for i in range(size)]
    else:
        right = [sum(map(fraction_of, texts), Fraction(0)) for texts in zip(*(one.score for one in rounds))]
    solution, kept, errors = _solved(information, right)
    if first.round == 0:
        return Step([decimal_of(value) for value in solution], kept, errors, None, None)
    at = [fraction_of(text) if i in kept else Fraction(0) for i, text in enumerate(first.estimates)]
    moved = [float(value) for value in solution]
    change = max((abs(moved[i]) / errors[i] for i in kept), default=0.0)
    return Step([decimal_of(a + b) for a, b in zip(at, solution)], kept, errors, moved, change)


def _times(one: Round, i: int) -> Fraction:
    """A row of a site's information matrix times the site's own estimates."""
    size = len(one.estimates)
    texts = ((one.information[_upper_at(size, *sorted((i, j)))], one.estimates[j]) for j in range(size))
    return sum((fraction_of(entry) * fraction_of(estimate) for entry, estimate in texts), Fraction(0))


def _solved(upper: Sequence[Fraction], right: Sequence[Fraction]) -> tuple[list[Fraction], list[int], list[float]]:
    """The solution, with 0 for columns that follow from others; the other columns; standard errors, NaN for columns
    that follow from others.
    """
    size = len(right)
    unit, side_unit = _unit_of(upper), _unit_of(right)
    sides = [int(value * side_unit) for value in right]
    matrix = _matrix_of([int(value * unit) for value in upper], size)
    kept = _kept_in(matrix)
    bottom, solution, inverse = solved([[matrix[i][j] for j in kept] for i in kept], [sides[i] for i in kept])
    found = [Fraction(0)] * size
    errors = [math.nan] * size
    for place, at in enumerate(kept):
        found[at] = Fraction(solution[place] * unit, bottom * side_unit)
        errors[at] = math.sqrt(Fraction(inverse[place][place] * unit, bottom))
    return found, kept, errors


def _follows_in(one: Round) -> list[FollowsFrom]:
    """The columns that follow from other columns, within the precision of doubles."""
    upper = [fraction_of(text) for text in one.information]
    unit = _unit_of(upper)
    matrix = _matrix_of([int(value * unit) for value in upper], len(one.names))
    return [
        own
        for own in followers_in(matrix, _kept_in(matrix))
        if matrix[own.origin][own.origin] * own.top**2 * _OWN_PART_MIN
        >= matrix[own.column][own.column] * own.bottom**2
    ]


def _matrix_of(upper: Sequence[int], size: int) -> Matrix:
    return [[upper[_upper_at(size, *sorted((i, j)))] for j in range(size)] for i in range(size)]


def _unit_of(values: Sequence[Fraction]) -> int:
    return reduce(math.lcm, (value.denominator for value in values), 1)


def _kept_in(matrix: Matrix) -> list[int]:
    """The columns that are kept. A column with a remainder of less than 1 in 10^10 follows from earlier columns;
    doubles are not more precise.
    """
    rows = [row[:] for row in matrix]
    found: list[int] = []
    before = 1
    for at, line in enumerate(rows):
        pivot = line[at]
        if pivot <= 0 or pivot * _OWN_PART_MIN < matrix[at][at] * before:
            continue
        found.append(at)
        for row in rows[at + 1 :]:
            factor = row[at]
            row[at:] = [(value * pivot - factor * other) // before for value, other in zip(row[at:], line[at:])]
        before = pivot
    return found


def fit_rounds(sites: Mapping[str, Round]) -> Fit:
    """Fits the model after one round. After round 0, all institutions of the roster are needed."""
    rounds = list(sites.values())
    first = rounds[0]
    each = {site: _own_fit(one) for site, one in sites.items()} if first.round == 0 else {}
    own_fits = [OwnFit(site, own, _follows_in(sites[site])) for site, own in each.items()]
    if first.site == "meta" and len(each) > 1:
        fit = combined_counts(own_fits, first.method, first.interval)
    else:
        fit = _pooled(rounds)
    return {
        "kind": "glm",
        "family": first.family,
        **({} if first.event is None else {"event": first.event}),
        **{"formula": first.formula, "outcome": first.outcome, "site": first.site},
        "rounds": {"last": first.round, "change": None},
        **fit,
        **({"sites": sites_shown(own_fits)} if own_fits else {}),
    }


def _own_fit(one: Round) -> Fit:
    """The fit of one institution to its own people."""
    zeros = [Fraction(0)] * len(one.names)
    _, kept, errors = _solved([fraction_of(text) for text in one.information], zeros)
    df = one.n - len(kept)
    fit = {"n": one.n, "df": df, **UNKNOWN_FIT, "deviance": float(one.deviance), "deviance_df": df}
    return {**fit, "coefficients": _coefficients(one.names, one.estimates, errors)}


def _pooled(rounds: Sequence[Round]) -> Fit:
    first = rounds[0]
    n = sum(one.n for one in rounds)
    unknown = [{"term": term, **NOTHING} for term in first.names]
    nothing: Fit = {"coefficients": unknown, "n": n, "df": None, **UNKNOWN_FIT, "note": ""}
    whole = len(first.roster)
    if first.round > 0 and len(rounds) < whole:
        why = f"Round {first.round} of a model of {whole} institutions: without all of them it says nothing."
        return {**nothing, "note": why}
    try:
        step = step_after(rounds)
    except OverflowError:
        return nothing
    df = n - len(step.kept)
    deviance = _deviance_after(rounds, step)
    binomial = first.family == "binomial"
    likelihood = None if first.family == "poisson" or deviance is None else -deviance / 2
    coefficients = _coefficients(first.names, step.estimates, step.errors)
    return {
        **UNKNOWN_FIT,
        "n": n,
        "df": df,
        "coefficients": coefficients,
        "log_likelihood": likelihood,
        "aic": None if likelihood is None else 2 * len(step.kept) - 2 * likelihood,
        "deviance": deviance,
        "null_deviance": _null_deviance(n, rounds) if binomial and first.intercept else None,
        "deviance_df": None if deviance is None else df,
        "rounds": {"last": first.round, "change": step.change},
        "note": notes.joined(notes.aliased(coefficients), *_notes_of(first, whole - len(rounds))),
    }


def _notes_of(first: Round, missing: int) -> list[str]:
    alone = "From the fits of the institutions by themselves, weighted by what each knows: no round has improved it."
    lacking = f"{missing} of the {len(first.roster)} institutions of its roster are not in it."
    return [alone if first.round == 0 and len(first.roster) > 1 else "", lacking if missing > 0 else ""]


def _coefficients(names: Sequence[str], estimates: Sequence[str], errors: Sequence[float]) -> list[Fit]:
    found = []
    for term, estimate, error in zip(names, estimates, errors):
        found.append({"term": term, **NOTHING} if math.isnan(error) else coefficient(term, float(estimate), error))
    return found


def _deviance_after(rounds: Sequence[Round], step: Step) -> float | None:
    """The deviance at the estimates after the step: it decreases by the gradient along the step, up to the third
    power of its length.
    """
    if step.moved is None:
        return float(rounds[0].deviance) if len(rounds) == 1 else None
    falls = (float(text) * moved for one in rounds for text, moved in zip(one.score, step.moved))
    return math.fsum(float(one.deviance) for one in rounds) - math.fsum(falls)


def _null_deviance(n: int, rounds: Sequence[Round]) -> float:
    """The deviance of the intercept alone."""
    events = sum(one.total for one in rounds)
    return -2 * sum(count * math.log(count / n) for count in (events, n - events) if count)
