"""Requests of the REST API and how to parse their answers, as descriptions; nothing is sent here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable, Generic, Mapping, TypeVar
from urllib.parse import quote

from .errors import StimnetError

T = TypeVar("T")

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True)
class Request:
    """A request relative to the gateway's URL.

    ``repeatable``: sending it twice has no more effect than once, so that it may be sent again if its answer is lost.
    """

    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request and the function that parses its answer's JSON."""

    request: Request
    read: Callable[[Any], T]


def segment(value: str | int) -> str:
    """An id encoded as one segment of a path. Raises NOT_FOUND for dot segments, which a server would resolve."""
    text = str(value)
    if text in ("", ".", ".."):
        raise StimnetError("NOT_FOUND", "an id that is no segment of an address")
    return quote(text, safe="")


def given(**values: str | int | None) -> dict[str, str | int]:
    """The values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def key_header(idempotency_key: str) -> dict[str, str]:
    """The header that makes a repeated submission count once. Raises PARAMETER_INVALID."""
    if not _KEY.fullmatch(idempotency_key):
        raise StimnetError("PARAMETER_INVALID", "an idempotency key has 1 to 128 printable characters without spaces")
    return {"idempotency-key": idempotency_key}
