"""The audit log, for auditors."""

from __future__ import annotations

from ..call import Call, Request, segment
from ..models import AuditProof


def proof(sequence: int) -> Call[AuditProof]:
    """GET /api/v1/audit/proofs/{sequence}."""
    return Call(Request("GET", f"/api/v1/audit/proofs/{segment(sequence)}"), AuditProof.read)
