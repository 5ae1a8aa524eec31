"""JSON objects in answers as typed values. Each class declares its fields, from which its parser follows."""

from __future__ import annotations

import math
import types
import typing
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Iterator, Mapping, TypeVar, Union

from ..errors import TransportError

A = TypeVar("A", bound="Answer")


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer(Mapping[str, Any]):
    """A JSON object from a gateway. Its fields are attributes; every field that was sent, including those of a newer
    gateway, is also available by key: ``job.status`` and ``job["status"]`` are the same. Texts are unchanged:
    escape them before you show them as HTML.
    """

    raw: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, key: str) -> Any:
        return self.raw[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)

    @classmethod
    def read(cls: type[A], value: Any) -> A:
        """Creates the value from parsed JSON. Raises TransportError MALFORMED naming the invalid field."""
        return _object(cls, value, cls.__name__)


def read_list(kind: type[A]) -> typing.Callable[[Any], list[A]]:
    """Returns a parser of a JSON list of ``kind`` objects."""
    return lambda value: _value(list[kind], value, f"list of {kind.__name__}")  # type: ignore[valid-type]


def malformed(where: str) -> TransportError:
    """The error for an answer of another shape."""
    return TransportError("MALFORMED", f"the answer does not have the documented shape: {where}")


@lru_cache(maxsize=None)
def _hints(cls: type[Answer]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {one.name: hints[one.name] for one in fields(cls) if one.name != "raw"}


def _object(cls: type[A], value: Any, where: str) -> A:
    if not isinstance(value, dict):
        raise malformed(where)
    read = {name: _value(hint, value.get(name), f"{where}.{name}") for name, hint in _hints(cls).items()}
    return cls(raw=value, **read)


def _value(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _value(arguments[0], value, where)
    if origin is list:
        # A gateway of an older version does not send newer lists.
        items = [] if value is None else value
        if not isinstance(items, list):
            raise malformed(where)
        return [_value(arguments[0], item, f"{where}[{at}]") for at, item in enumerate(items)]
    if origin is dict:
        if not isinstance(value, dict):
            raise malformed(where)
        return value
    if issubclass(hint, Answer):
        return _object(hint, value, where)
    return _plain(hint, value, where)


def _plain(hint: type, value: Any, where: str) -> Any:
    # In Python, True is a number; in JSON it is not.
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if hint is float and is_number:
        return float(value)
    if hint is int and is_number and int(value) == value:
        return int(value)
    if hint in (str, bool) and isinstance(value, hint):
        return value
    raise malformed(where)
