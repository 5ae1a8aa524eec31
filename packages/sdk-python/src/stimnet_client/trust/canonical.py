"""Canonical JSON (RFC 8785): each value has exactly one byte sequence, so that equal values have equal hashes."""

from __future__ import annotations

import json
import math
from typing import Any, Mapping

from .fail import refuse

DEPTH_MAX = 100
"""Maximum nesting depth; legitimate values have less."""


def canonical_json(value: Any) -> str:
    """The canonical text of a value. Raises MALFORMED for values that JSON cannot represent (NaN, infinities, lone
    surrogates, whole numbers that a double cannot represent, keys that are not texts, other classes), and for more
    than 100 levels.
    """
    return _write(value, 0)


def canonical_bytes(value: Any) -> bytes:
    """The canonical JSON of a value in UTF-8."""
    return canonical_json(value).encode()


def _write(value: Any, depth: int) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    if depth >= DEPTH_MAX:
        raise refuse("MALFORMED", "a value nested too deep")
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_write(item, depth + 1) for item in value) + "]"
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise refuse("MALFORMED", "a key that is no text")
        written = {key: _text(key) for key in value}
        # Sorted by UTF-16 code units.
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{written[key]}:{_write(value[key], depth + 1)}" for key in keys) + "}"
    raise refuse("MALFORMED", f"a {type(value).__name__} JSON cannot say")


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as cause:
        raise refuse("MALFORMED", "a text that is not Unicode") from cause
    return json.dumps(value, ensure_ascii=False)


def _number(value: int | float) -> str:
    try:
        double = float(value)
    except OverflowError as cause:
        raise refuse("MALFORMED", "a number JSON cannot say") from cause
    if not math.isfinite(double) or double != value:
        raise refuse("MALFORMED", "a number JSON cannot say")
    if double == 0:
        return "0"
    sign = "-" if double < 0 else ""
    # The shortest digits that give the same double. ECMAScript and Python agree on the digits, but not on their
    # format.
    mantissa, _, exponent = f"{abs(double)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + ("" if fraction == "0" else fraction)).lstrip("0")
    # The value is 0.digits times ten to the power of `point`.
    point = int(exponent or 0) + len(whole.lstrip("0") or "")
    if whole.strip("0") == "":
        point = int(exponent or 0) - (len(fraction) - len(fraction.lstrip("0")))
    return sign + _layout(digits.rstrip("0"), point)


def _layout(digits: str, point: int) -> str:
    """The format of ECMAScript's Number::toString for 0.digits × 10^point."""
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    exponent = point - 1
    mantissa = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{'+' if exponent > 0 else '-'}{abs(exponent)}"
