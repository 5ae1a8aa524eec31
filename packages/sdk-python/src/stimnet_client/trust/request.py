"""Encodes a question as the message that a researcher's key signs."""

from __future__ import annotations

import math
from typing import Any, Mapping, Sequence

from ..errors import StimnetError
from ..strict_json import json_bytes, parse_json

FILTER_DEPTH_MAX = 4
"""Maximum depth of a filter. No sensible cohort needs more; the serving peer checks all other limits."""

_OPS = ("=", "!=", "in", "<", "<=", ">", ">=", "is null")
_LANGUAGES = ("python", "r", "jupyter")
_DIGITS_DEFAULT = 4
_STATISTIC_KEYS = {"name", "table", "variables", "by", "arguments"}


def program_message(script_type: str, script_content: str) -> dict[str, Any]:
    """The message of a program: a query, a statistic's call as JSON text, or a script. Raises LANGUAGE_NOT_AVAILABLE,
    PARAMETER_INVALID.
    """
    if script_type == "sql":
        return {"sql": script_content}
    if script_type in _LANGUAGES:
        return {"script": {"language": script_type, "code": script_content}}
    if script_type != "statistic":
        raise StimnetError("LANGUAGE_NOT_AVAILABLE", f"there is no script_type {script_type!r}")
    try:
        call = parse_json(script_content.encode())
    except ValueError as cause:
        raise _invalid("script_content: a statistic is a JSON object") from cause
    if not isinstance(call, dict) or set(call) - _STATISTIC_KEYS or not isinstance(call.get("name"), str):
        raise _invalid("script_content: a statistic is a JSON object: name, table, variables, by, arguments")
    statistic = {
        "name": call["name"],
        "table": call.get("table", ""),
        "variables": _texts(call.get("variables"), "variables"),
        "by": _texts(call.get("by"), "by"),
        "arguments_json": json_text(call.get("arguments", {}), "arguments"),
    }
    return {"statistic": statistic}


def filter_message(where: Mapping[str, Any], depth: int = 1) -> dict[str, Any]:
    """The message of a cohort in the full filter language: ``{"all": […]}``, ``{"any": […]}``, ``{"not": …}`` or
    ``{"column", "op", "values"}``. Raises FILTER_INVALID.
    """
    if depth > FILTER_DEPTH_MAX:
        raise StimnetError("FILTER_INVALID", f"a filter is at most {FILTER_DEPTH_MAX} levels deep")
    keys = set(where) if isinstance(where, Mapping) else set()
    for name in ("all", "any"):
        if keys == {name} and isinstance(where[name], (list, tuple)) and where[name]:
            return {name: {"filters": [filter_message(inner, depth + 1) for inner in where[name]]}}
    if keys == {"not"}:
        return {"not": filter_message(where["not"], depth + 1)}
    is_comparison = keys == {"column", "op", "values"} and isinstance(where["values"], (list, tuple))
    if not is_comparison or where["op"] not in _OPS or not isinstance(where["column"], str):
        raise StimnetError("FILTER_INVALID", "a filter is all, any or not of filters, or column, op and values")
    values = [_filter_value(value) for value in where["values"]]
    return {"compare": {"column": where["column"], "op": where["op"], "values": values}}


def privacy_message(ask: Mapping[str, Any]) -> dict[str, Any]:
    """The message of the requested assurance level and its price."""
    message = _known(ask, "privacy", {"level", "epsilon", "rho", "groups_per_subject", "rows_per_subject", "bounds"})
    bounds = message.get("bounds", [])
    return {
        **{"level": "", "groups_per_subject": 1, "rows_per_subject": 1, **message},
        "bounds": [_known(bound, "bounds", {"variable", "lower", "upper"}) for bound in bounds],
    }


def outputs_message(outputs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The messages of the typed outputs that a script declares."""
    keys = {"name", "kind", "categories", "edges", "lower", "upper", "terms", "digits", "unit", "of", "category"}
    return [{"digits": _DIGITS_DEFAULT, **_known(output, "outputs", keys)} for output in outputs]


def contract_message(contract: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The messages of the requester's definitions of variables."""
    return [_known(one, "contract", {"variable", "type", "unit", "levels", "breakpoints"}) for one in contract]


def mappings_message(mappings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The messages of the mappings of sites' variables to those of the request."""
    read = [_known(one, "mappings", {"peer", "variable", "local", "levels", "scale"}) for one in mappings]
    return [
        {**one, "levels": [_known(pair, "levels", {"local", "level"}) for pair in one.get("levels", [])]}
        for one in read
    ]


def about_message(about: Mapping[str, str]) -> dict[str, Any]:
    """The message of the description for stewards."""
    names = {"description", "priority", "estimated_duration", "selected_score", "selected_timeline"}
    requester = {f"requester_{name}" for name in ("name", "institution", "email", "affiliation")}
    return _known(about, "about", names | requester)


def json_text(value: Any, what: str) -> str:
    """The text of a JSON object. Raises PARAMETER_INVALID."""
    if not isinstance(value, Mapping):
        raise _invalid(f"{what}: a mapping")
    try:
        return json_bytes(dict(value)).decode()
    except (TypeError, ValueError) as cause:
        raise _invalid(f"{what}: {cause}") from cause


def _filter_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"truth": value}
    if isinstance(value, (int, float)) and math.isfinite(value):
        return {"number": float(value)}
    if isinstance(value, str):
        return {"text": value}
    raise StimnetError("FILTER_INVALID", "a filter compares with texts, finite numbers and truths")


def _known(value: Any, what: str, keys: set[str]) -> dict[str, Any]:
    """A mapping with permitted keys only. A misspelt key is refused, since it would be ignored silently otherwise."""
    if not isinstance(value, Mapping):
        raise _invalid(f"{what}: a mapping")
    strange = [str(key) for key in value if key not in keys]
    if strange:
        raise _invalid(f"{what}: there is no {strange[0]!r}")
    return dict(value)


def _texts(value: Any, what: str) -> list[str]:
    items = [] if value is None else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise _invalid(f"{what}: a list of texts")
    return items


def _invalid(text: str) -> StimnetError:
    return StimnetError("PARAMETER_INVALID", text)
