"""Broadcasts, which are requests to several peers, and their prices."""

from __future__ import annotations

from typing import Any

from ..call import Call, Request, key_header, segment
from ..models import Broadcast, BroadcastSubmission, PrivacyCost
from ..models.answer import read_list
from ..trust.sign import SignedRequest
from ..watch import Watch

PATH = "/api/v1/broadcasts"


def submit(submission: BroadcastSubmission | SignedRequest, idempotency_key: str) -> Call[Broadcast]:
    """POST /api/v1/broadcasts, signed by the gateway for the account, or already by the researcher."""
    return Call(Request("POST", PATH, json=submission.to_json(), headers=key_header(idempotency_key)), Broadcast.read)


def read(broadcast_id: str) -> Call[Broadcast]:
    """GET /api/v1/broadcasts/{id}."""
    return Call(Request("GET", f"{PATH}/{segment(broadcast_id)}"), Broadcast.read)


def listed(limit: int, to_one: bool) -> Call[list[Broadcast]]:
    """GET /api/v1/broadcasts, newest first, without outputs."""
    query: dict[str, Any] = {"limit": limit, **({"to_one": "true"} if to_one else {})}
    return Call(Request("GET", PATH, query=query), read_list(Broadcast))


def watch(broadcast_id: str) -> Watch[Broadcast]:
    """The event stream of a broadcast, and the request for its state."""
    path = f"{PATH}/{segment(broadcast_id)}/events"
    return Watch(path, read(broadcast_id), lambda broadcast: broadcast.ended, f"broadcast {broadcast_id}")


def cost(submission: BroadcastSubmission, key: str | None) -> Call[PrivacyCost]:
    """POST /api/v1/privacy/cost. It spends nothing, so it may be sent again."""
    question = {**submission.to_json(), **({} if key is None else {"key": key})}
    return Call(Request("POST", "/api/v1/privacy/cost", json=question), PrivacyCost.read)
