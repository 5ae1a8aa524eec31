"""The messages of ``proto/`` that are signed, encoded and decoded by name."""

from __future__ import annotations

from typing import Any, Mapping

from . import protobuf
from .shapes import SHAPES


def encode(name: str, values: Mapping[str, Any]) -> bytes:
    """See ``protobuf.encode``."""
    return protobuf.encode(SHAPES, name, values)


def decode(name: str, data: bytes) -> dict[str, Any]:
    """See ``protobuf.decode``."""
    return protobuf.decode(SHAPES, name, data)
