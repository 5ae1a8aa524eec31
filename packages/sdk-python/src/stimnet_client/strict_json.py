"""JSON as others read it: UTF-8, and no number that JSON cannot say."""

from __future__ import annotations

import json
import math
from typing import Any


def parse_json(data: bytes) -> Any:
    """Raises ValueError for whatever is no JSON; numbers beyond a double's range are none."""
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except RecursionError as cause:
        raise ValueError("nested too deep") from cause


def json_bytes(value: Any) -> bytes:
    """In UTF-8. Raises ValueError or TypeError for what JSON cannot say."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except RecursionError as cause:
        raise ValueError("nested too deep") from cause


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)


def _refuse(text: str) -> float:
    raise ValueError(f"JSON has no {text}")
