"""Proofs about an audit log, as a gateway gives them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .answer import Answer


@dataclass(frozen=True, eq=False, kw_only=True)
class AuditProof(Answer):
    """That a record stands in a peer's log. Keep ``text()`` in a file, for ``verify_proof`` and ``stimnet verify``."""

    entry: str
    index: int
    size: int
    path: list[str]
    root: str
    record: str
    checkpoint: str

    def text(self) -> str:
        """As a file holds it."""
        return json.dumps(dict(self.raw), indent=2) + "\n"
