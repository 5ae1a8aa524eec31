"""Jobs: submit, read, list, cancel, follow."""

from __future__ import annotations

from ..call import Call, Request, given, key_header, segment
from ..models import JobAccepted, JobResult, JobSubmission
from ..models.answer import read_list
from ..watch import Watch

PATH = "/api/v1/jobs"


def submit(job: JobSubmission, idempotency_key: str) -> Call[JobAccepted]:
    """POST /api/v1/jobs."""
    return Call(Request("POST", PATH, json=job.to_json(), headers=key_header(idempotency_key)), JobAccepted.read)


def read(job_id: str) -> Call[JobResult]:
    """GET /api/v1/jobs/{id}."""
    return Call(Request("GET", f"{PATH}/{segment(job_id)}"), JobResult.read)


def cancel(job_id: str) -> Call[JobAccepted]:
    """DELETE /api/v1/jobs/{id}."""
    return Call(Request("DELETE", f"{PATH}/{segment(job_id)}", repeatable=False), JobAccepted.read)


def listed(status: str | None, limit: int) -> Call[list[JobResult]]:
    """GET /api/v1/jobs, newest first."""
    return Call(Request("GET", PATH, query=given(status=status, limit=limit)), read_list(JobResult))


def watch(job_id: str) -> Watch[JobResult]:
    """The event stream of a job, and the request for its state."""
    return Watch(f"{PATH}/{segment(job_id)}/events", read(job_id), lambda job: job.ended, f"job {job_id}")
