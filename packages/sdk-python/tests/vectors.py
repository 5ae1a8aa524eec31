"""The golden test vectors of all languages, in ``test/vectors``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def vectors(name: str) -> dict[str, Any]:
    """One whole file."""
    whole: dict[str, Any] = json.loads((ROOT / "test" / "vectors" / name).read_text(encoding="utf-8"))
    return whole


def cases_of(name: str) -> list[dict[str, Any]]:
    """The cases of one file."""
    cases: list[dict[str, Any]] = vectors(name)["cases"]
    return cases
