"""Analysis requests and their results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .answer import Answer


@dataclass(frozen=True, eq=False, kw_only=True)
class AnalysisRequest(Answer):
    """A request about which the stewards of one node decide. ``status``: pending, approved, denied or expired.
    ``approvals`` of the ``approvals_needed`` have been given. Its ``request_id`` is also the id of its job at the
    serving peer.
    """

    id: int
    request_id: str
    status: str
    state: str | None
    requester_name: str
    requester_institution: str
    requester_email: str
    requester_affiliation: str | None
    analysis_title: str
    analysis_description: str
    target_node_id: str
    data_catalog_name: str
    script_type: str
    script_content: str
    parameters: dict[str, Any] | None
    filters: dict[str, Any] | None
    priority: str
    approved_by: str | None
    approval_notes: str | None
    approved_at: str | None
    expires_at: str | None
    submitted_at: str
    updated_at: str
    approvals: int | None
    approvals_needed: int | None


@dataclass(frozen=True, eq=False, kw_only=True)
class AnalysisResults(Answer):
    """The results of an analysis request's job. ``result_data`` is None until the job has ended with a result."""

    request_id: str
    job_id: str | None
    status: str
    result_data: dict[str, Any] | None
