"""Answers of a gateway, for tests that simulate one."""

from __future__ import annotations

import json
from typing import Any, Callable, Mapping

import httpx

JOB_ID = "9a356f92ccef294aa680e23d12212d1d"


def job(status: str = "completed", **more: Any) -> dict[str, Any]:
    """A job in an answer of a gateway."""
    result = {"columns": ["sex", "n"], "rows": [{"sex": "female", "n": 78}, {"sex": "male", "n": None}]}
    ended = status == "completed"
    return {
        "id": 1, "job_id": JOB_ID, "script_type": "sql", "status": status, "state": status, "progress": 1 if ended else 0,
        "result_data": result if ended else None, "error_message": None, "execution_time": 0.25 if ended else None,
        "memory_used_mb": None, "records_processed": None, "submitted_at": "2026-01-01T00:00:00.000Z", "started_at": None,
        "completed_at": None, "code": None, "title": "", "data_catalog_name": "clinical_trial_data", "warnings": [],
        "engine": "node", "sandbox_grade": None, "receipt": None, **more,
    }  # fmt: skip


def event(name: str, state: Mapping[str, Any], number: int = 1) -> str:
    """One server-sent event in the gateway's format."""
    return f"id: {number}{'-end' if name == 'end' else ''}\nevent: {name}\ndata: {json.dumps(state)}\n\n"


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    """A problem (RFC 9457)."""
    body = {"type": f"urn:stimnet:code:{code}", "status": status, "code": code, "detail": code.lower(), "retry": False}
    headers = {"content-type": "application/problem+json", "x-request-id": "r-1"}
    return httpx.Response(status, json={**body, "request_id": "r-1", **more}, headers=headers)


def stream(text: str, status: int = 200) -> httpx.Response:
    """An event stream that ends after ``text``."""
    return httpx.Response(status, text=text, headers={"content-type": "text/event-stream; charset=utf-8"})


class Gateway:
    """Answers each request with its next answer, and records the requests. An answer that is callable may raise."""

    def __init__(self, *answers: httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    @property
    def transport(self) -> httpx.MockTransport:
        """The transport for a client."""
        return httpx.MockTransport(self)

    def paths(self) -> list[str]:
        """Method and path of each recorded request."""
        return [f"{request.method} {request.url.path}" for request in self.asked]
