"""How a check refuses."""

from __future__ import annotations

from ..errors import VerificationError


def refuse(code: str, what: str) -> VerificationError:
    """The error to raise: a code of the closed list, and what was being read."""
    return VerificationError(code, what)
