"""Strict JSON: UTF-8, and only numbers that JSON can represent."""

from __future__ import annotations

import json
import math
from typing import Any


def parse_json(data: bytes) -> Any:
    """Parses JSON. Raises ValueError for invalid JSON, including numbers beyond the range of a double."""
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except RecursionError as cause:
        raise ValueError("nested too deep") from cause


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8. Raises ValueError or TypeError for values that JSON cannot represent."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except RecursionError as cause:
        raise ValueError("nested too deep") from cause


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)


def _refuse(text: str) -> float:
    raise ValueError(f"JSON has no {text}")
