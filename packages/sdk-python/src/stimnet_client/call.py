"""One request of the REST API and how its answer is read: a description, nothing is sent here."""

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
    """A request relative to the gateway's address.

    ``repeatable``: sent twice it does no more than once, so that a lost answer may be asked for again.
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
    """A request, and what its answer's JSON means."""

    request: Request
    read: Callable[[Any], T]


def segment(value: str | int) -> str:
    """An id as one segment of a path, whatever is in it. Raises NOT_FOUND for what a server would resolve away."""
    text = str(value)
    if text in ("", ".", ".."):
        raise StimnetError("NOT_FOUND", "an id that is no segment of an address")
    return quote(text, safe="")


def given(**values: str | int | None) -> dict[str, str | int]:
    """Those that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def key_header(idempotency_key: str) -> dict[str, str]:
    """The header by which a submission that is sent twice is one. Raises PARAMETER_INVALID."""
    if not _KEY.fullmatch(idempotency_key):
        raise StimnetError("PARAMETER_INVALID", "an idempotency key has 1 to 128 printable characters without spaces")
    return {"idempotency-key": idempotency_key}
