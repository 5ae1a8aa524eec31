"""The error of a failed verification."""

from __future__ import annotations

from ..errors import VerificationError


def refuse(code: str, what: str) -> VerificationError:
    """The error to raise. ``code``: from the closed list; ``what``: the data that were being read."""
    return VerificationError(code, what)
