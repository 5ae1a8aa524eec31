"""Broadcasts: one request to many peers; and what one would cost."""

from __future__ import annotations

from ..call import Call, Request, key_header, segment
from ..models import Broadcast, BroadcastSubmission, PrivacyCost
from ..models.answer import read_list
from ..trust.sign import SignedRequest
from ..watch import Watch

PATH = "/api/v1/broadcasts"


def submit(submission: BroadcastSubmission | SignedRequest, idempotency_key: str) -> Call[Broadcast]:
    """POST /api/v1/broadcasts, signed by the gateway for the account or already by oneself."""
    return Call(Request("POST", PATH, json=submission.to_json(), headers=key_header(idempotency_key)), Broadcast.read)


def read(broadcast_id: str) -> Call[Broadcast]:
    """GET /api/v1/broadcasts/{id}."""
    return Call(Request("GET", f"{PATH}/{segment(broadcast_id)}"), Broadcast.read)


def listed(limit: int) -> Call[list[Broadcast]]:
    """GET /api/v1/broadcasts, newest first, without outputs."""
    return Call(Request("GET", PATH, query={"limit": limit}), read_list(Broadcast))


def watch(broadcast_id: str) -> Watch[Broadcast]:
    """The event stream of a broadcast, and how it is read without one."""
    path = f"{PATH}/{segment(broadcast_id)}/events"
    return Watch(path, read(broadcast_id), lambda broadcast: broadcast.ended, f"broadcast {broadcast_id}")


def cost(submission: BroadcastSubmission) -> Call[PrivacyCost]:
    """POST /api/v1/privacy/cost: spends nothing, so it may be asked twice."""
    return Call(Request("POST", "/api/v1/privacy/cost", json=submission.to_json()), PrivacyCost.read)
