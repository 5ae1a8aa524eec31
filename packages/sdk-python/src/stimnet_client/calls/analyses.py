"""Analysis requests, about which stewards decide."""

from __future__ import annotations

from typing import Any, Mapping

from ..call import Call, Request, given, key_header, segment
from ..models import AnalysisRequest, AnalysisResults, AnalysisSubmission
from ..models.answer import read_list

PATH = "/api/v1/analysis-requests"


def submit(submission: AnalysisSubmission, idempotency_key: str) -> Call[AnalysisRequest]:
    """POST /api/v1/analysis-requests."""
    request = Request("POST", PATH, json=submission.to_json(), headers=key_header(idempotency_key))
    return Call(request, AnalysisRequest.read)


def read(request_id: str) -> Call[AnalysisRequest]:
    """GET /api/v1/analysis-requests/{id}."""
    return Call(Request("GET", f"{PATH}/{segment(request_id)}"), AnalysisRequest.read)


def results(request_id: str) -> Call[AnalysisResults]:
    """GET /api/v1/analysis-requests/{id}/results."""
    return Call(Request("GET", f"{PATH}/{segment(request_id)}/results"), AnalysisResults.read)


def listed(status: str | None, limit: int, brief: bool) -> Call[list[AnalysisRequest]]:
    """GET /api/v1/analysis-requests, newest first."""
    query = given(status=status, limit=limit, brief="true" if brief else None)
    return Call(Request("GET", PATH, query=query), read_list(AnalysisRequest))


def decide(request_id: str, decision: Mapping[str, Any]) -> Call[AnalysisRequest]:
    """PUT /api/v1/analysis-requests/{id}, for stewards."""
    request = Request("PUT", f"{PATH}/{segment(request_id)}", json=dict(decision), repeatable=False)
    return Call(request, AnalysisRequest.read)
