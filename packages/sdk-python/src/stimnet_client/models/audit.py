"""Proofs about an audit log."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .answer import Answer


@dataclass(frozen=True, eq=False, kw_only=True)
class AuditProof(Answer):
    """A proof that a record is in a peer's log. Save ``text()`` to a file, for ``verify_proof`` and ``stimnet
    verify``.
    """

    entry: str
    index: int
    size: int
    path: list[str]
    root: str
    record: str
    checkpoint: str

    def text(self) -> str:
        """The text of a proof file."""
        return json.dumps(dict(self.raw), indent=2) + "\n"
