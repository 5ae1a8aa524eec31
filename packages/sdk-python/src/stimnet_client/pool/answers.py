"""Checks that the signed answer of an institution belongs to the requested model, as ``packages/statistics`` does,
since a dishonest institution may sign the answer to another model.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

_ALIASES = ("regression", "glm", "mixed_model")
_TOKEN = re.compile(r"\s*(?:([^\W\d]\w*(?:\.[^\W\d]\w*)?)|(\d+)|([~+:*()|-]))")
_CROSSED_MAX = 4
_FORMULA_CHARACTERS_MAX = 1_000


@dataclass(frozen=True)
class ModelAsked:
    """A regression as it was requested. ``contract``: the definitions of variables; ``estimates``: for a round after
    the first, the estimates that follow from the previous round.
    """

    arguments: Mapping[str, Any]
    contract: Sequence[Mapping[str, Any]] = ()
    estimates: Sequence[str] | None = None


def model_asked(question: Any, estimates: Sequence[str] | None = None) -> ModelAsked | None:
    """The regression in a submission; None for any other question, and for one that cannot be parsed."""
    if not isinstance(question, Mapping) or question.get("script_type") != "statistic":
        return None
    try:
        call = json.loads(str(question.get("script_content")))
    except ValueError:
        return None
    if not isinstance(call, dict) or call.get("name") not in _ALIASES or not isinstance(call.get("arguments"), dict):
        return None
    contract = question.get("contract")
    listed = contract if isinstance(contract, (list, tuple)) else ()
    return ModelAsked(call["arguments"], [one for one in listed if isinstance(one, Mapping)], estimates)


def unlike_asked(part: Mapping[str, Any], asked: ModelAsked) -> str | None:
    """The difference between a parsed part and the question, such as ``another formula``; None if there is none.
    Names are compared without their tables, which a question may leave out.
    """
    given, contract = asked.arguments, asked.contract
    own: Mapping[str, Any] = part.get("round") or {}
    if asked.estimates is not None and list(own.get("estimates", [])) != list(asked.estimates):
        return "other estimates"
    factors = part.get("factors") or []
    if not isinstance(factors, list) or not all(map(_is_factor, factors)):
        return "other categories"
    if any(_has_other_levels(factor, contract) for factor in factors):
        return "other levels of a category"
    wanted, said = formula_of(given.get("formula")), formula_of(part.get("formula"))
    # A question that no institution could parse cannot be compared with answers.
    if wanted is None:
        return None
    if said is None or said.alike != wanted.alike or _short(str(part.get("outcome"))) != wanted.outcome:
        return "another formula"
    if [column.get("name") for column in part.get("columns") or []] != columns_of(part, said):
        return "other columns"
    fit: Mapping[str, Any] = part.get("fit") or {}
    if fit.get("family", "gaussian") != given.get("family", "gaussian"):
        return "another family"
    levels = _levels_of(str(part.get("outcome")), contract) or []
    event = given.get("event", levels[1] if len(levels) > 1 else None)
    if fit.get("family") == "cox" and _short(str(fit.get("time"))) != _short(str(given.get("time"))):
        return "another time"
    if fit.get("family") in ("binomial", "cox") and event is not None and fit.get("event") != event:
        return "another event"
    site = "random" if "site" in wanted.random else given.get("site", "none")
    if part.get("site") != site or (site == "meta" and _meta_of(part.get("meta") or {}) != _meta_of(given)):
        return "another treatment of the institutions"
    clusters = part.get("clusters")
    if (clusters is not None) != ("subject" in wanted.random):
        return "another random intercept"
    of_people: Mapping[str, Any] = clusters if isinstance(clusters, Mapping) else {}
    if of_people.get("likelihood", "reml") != given.get("likelihood", "reml"):
        return "another likelihood"
    if not _is_of_slope(of_people, said):
        return "another random slope"
    return None if _is_of_round(own, given) else "another round or other institutions"


def _is_of_slope(clusters: Mapping[str, Any], said: Formula) -> bool:
    """Whether the sums are by the time that the formula has as a slope."""
    if "time" not in clusters or said.slope is None:
        return "time" not in clusters and said.slope is None
    name, correlated = said.slope
    return _short(str(clusters["time"])) == _short(name) and clusters.get("correlated") is correlated


def _is_of_round(own: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    number = given.get("round", 0)
    return bool(number == 0 if not own else own.get("round") == number and own.get("roster") == given.get("roster"))


@dataclass(frozen=True)
class Formula:
    """A formula as it is compared. ``terms``: as they are written, with their tables. ``slope``: the time of a random
    slope, and whether it may correlate with the intercept.
    """

    outcome: str
    alike: tuple[Any, ...]
    random: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    slope: tuple[str, bool] | None = None


def formula_of(text: Any) -> Formula | None:
    """A formula, parsed; None if it cannot be parsed."""
    if not isinstance(text, str) or len(text) > _FORMULA_CHARACTERS_MAX:
        return None
    words: list[str] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        words.append(token.group(0).strip())
        at = token.end()
    if len(words) < 3 or words[1] != "~" or not _is_name(words[0]):
        return None
    outcome = _short(words[0])
    terms: list[tuple[str, ...]] = []
    random: list[str] = []
    slope: tuple[str, bool] | None = None
    intercept, sign, rest = True, "+", words[2:]
    while rest:
        if rest[0] == "1":
            intercept, rest = sign == "+", rest[1:]
        elif rest[0] == "(" and sign == "+":
            found = _random_of(rest)
            if found is None:
                return None
            group, own, rest = found
            random, slope = [*random, group], own or slope
        else:
            made, rest = _crossing_of(rest)
            if not made or sign == "-":
                return None
            terms += made
        # A sign must be followed by a term.
        if rest and (rest[0] not in ("+", "-") or len(rest) == 1):
            return None
        sign, rest = (rest[0], rest[1:]) if rest else (sign, rest)
    people = tuple(one for one in random if one != "site")
    products = {":".join(sorted({_short(name) for name in term})) for term in terms}
    alike = None if slope is None else (_short(slope[0]), slope[1])
    compared = (outcome, intercept, tuple(sorted(products)), people, alike)
    return Formula(outcome, compared, tuple(random), tuple(terms), slope)


def _random_of(words: Sequence[str]) -> tuple[str, tuple[str, bool] | None, list[str]] | None:
    """The group and the slope of ``(1 | group)``, ``(1 + time | group)``, ``(time | group)``, with ``||`` where the
    slope does not correlate with the intercept, and what follows; None for anything else.
    """
    inside = list(words[1 : words.index(")")]) if ")" in words else []
    rest = list(words[len(inside) + 2 :])
    if "|" not in inside:
        return None
    bar = inside.index("|")
    effects, group = inside[:bar], inside[bar + 1 :]
    correlated = group[:1] != ["|"]
    group = group if correlated else group[1:]
    effects = effects[2:] if effects[:2] == ["1", "+"] else effects
    if len(group) != 1 or not _is_name(group[0]) or len(effects) != 1:
        return None
    if effects == ["1"]:
        return group[0], None, rest
    return (group[0], (effects[0], correlated), rest) if _is_name(effects[0]) else None


def _crossing_of(words: Sequence[str]) -> tuple[list[tuple[str, ...]], list[str]]:
    """Parses terms joined by ``*``, each of which is names joined by ``:``, and returns them with the rest of the
    words; no terms if there is a syntax error.
    """
    products: list[tuple[str, ...]] = []
    at, joint = 0, "*"
    while joint in ("*", ":"):
        if at >= len(words) or not _is_name(words[at]):
            return [], list(words)
        name = (words[at],)
        products = [*products, name] if joint == "*" else [*products[:-1], (*products[-1], *name)]
        joint, at = (words[at + 1], at + 2) if at + 1 < len(words) else ("", at + 1)
    if len(products) > _CROSSED_MAX:
        return [], list(words)
    terms: list[tuple[str, ...]] = []
    for product in products:
        terms += [product, *((*term, *product) for term in terms)]
    return terms, list(words[at - 1 if joint else at :])


def columns_of(part: Mapping[str, Any], formula: Formula) -> list[str]:
    """The names of the columns that follow from the formula and the factors of a part, the outcome last. Without an
    intercept, the first category that is a term by itself has a column for each level, as in R.
    """
    time = None if formula.slope is None else formula.slope[0]
    factors = {one["name"]: list(one["levels"]) for one in part.get("factors") or [] if one["name"] != time}
    intercept = part.get("intercept")
    # The levels of a Cox model compare with the first, as if there were an intercept.
    compared = intercept or (part.get("fit") or {}).get("family") == "cox"
    whole = None if compared else next((term for term in formula.terms if len(term) == 1 and term[0] in factors), None)
    columns = ["(Intercept)"] if intercept else []
    for term in formula.terms:
        found = [""]
        # The first variable varies fastest.
        for name in reversed(term):
            levels = factors.get(name, [])[0 if term is whole else 1 :]
            own = [f"{name}[{level}]" for level in levels] if name in factors else [name]
            found = [f"{text}:{rest}" if rest else text for rest in found for text in own]
        columns += found
    return [*columns, str(part.get("outcome"))]


def _is_name(word: str) -> bool:
    return word[:1].isalpha() or word[:1] == "_"


def _short(name: str) -> str:
    return name.split(".", 1)[-1]


def _is_factor(factor: Any) -> bool:
    if not isinstance(factor, Mapping) or not isinstance(factor.get("name"), str):
        return False
    levels = factor.get("levels")
    return isinstance(levels, list) and all(isinstance(level, str) for level in levels)


def _has_other_levels(factor: Mapping[str, Any], contract: Sequence[Mapping[str, Any]]) -> bool:
    levels = _levels_of(str(factor["name"]), contract)
    return levels is not None and list(factor["levels"]) != levels


def _levels_of(name: str, contract: Sequence[Mapping[str, Any]]) -> list[Any] | None:
    """The levels of a category in the contract; None if it has none, or if two variables have the name."""
    found = [one for one in contract if name in (one.get("variable"), _short(str(one.get("variable"))))]
    levels = found[0].get("levels") if len(found) == 1 else None
    return list(levels) if isinstance(levels, (list, tuple)) and levels else None


def _meta_of(given: Mapping[str, Any]) -> tuple[Any, Any]:
    method = given.get("method", "reml")
    return method, given.get("interval", "wald" if method == "fixed" else "hartung_knapp")
