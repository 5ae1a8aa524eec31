"""Requests signed with the researcher's own key, so that neither the gateway nor the asking peer need be trusted."""

from __future__ import annotations

import hashlib
import secrets
import struct
import time
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from ..errors import StimnetError
from ..models import RequestToSign, submission_of
from . import messages, request
from .envelope import REQUEST_LIFETIME_MS_MAX, Signer, seal, sha256_hex
from .keys import public_key_of


@dataclass(frozen=True)
class SignedRequest:
    """A signed request, ready for ``broadcast``. ``text`` is a compact JWS; receipts refer to the request by
    ``hash``.
    """

    text: str
    hash: str
    targets: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The JSON of the submission."""
        return {"envelope": self.text, "targets": list(self.targets)}


@dataclass(frozen=True)
class Fresh:
    """The values that are new in each request: its time (ms since 1970), 16 random bytes, and a random id for a
    broadcast.
    """

    issued_at_ms: float
    nonce: bytes
    broadcast: str

    @staticmethod
    def now() -> Fresh:
        """New values from the system's clock and random generator."""
        return Fresh(float(time.time_ns() // 1_000_000), secrets.token_bytes(16), secrets.token_hex(16))


def sign_request(
    asked: RequestToSign | Mapping[str, Any] | None = None,
    *,
    signer: Signer,
    targets: Sequence[str],
    carrier: str | None = None,
    lifetime_ms: float = REQUEST_LIFETIME_MS_MAX / 2,
    fresh: Fresh | None = None,
    **fields: Any,
) -> SignedRequest:
    """Signs a request for ``targets`` (PeerIds of the peers that may run it), given as a RequestToSign or by its
    fields. ``carrier``: the PeerId of the peer whose gateway receives the request
    (``client.health_check().peer_id``); only this peer may deliver it. Required with several targets, each of
    which has the request and could otherwise collect another target's answer. ``lifetime_ms``: validity of the
    request: default five minutes, maximum ten.

    Raises StimnetError KEY_UNSUPPORTED if a target or the carrier is not a PeerId, FILTER_INVALID, PARAMETER_INVALID,
    LANGUAGE_NOT_AVAILABLE, LIFETIME_TOO_LONG, TOO_LARGE; TypeError for an unknown field.
    """
    submission = submission_of(RequestToSign, asked, fields)
    if isinstance(targets, str) or not targets:
        raise StimnetError("PARAMETER_INVALID", "targets: a list of PeerIds, at least one")
    audience = tuple(dict.fromkeys(targets))
    for target in audience:
        public_key_of(target)
    if carrier is not None:
        public_key_of(carrier)
    elif len(audience) > 1:
        raise StimnetError("PARAMETER_INVALID", "carrier: with several targets, the PeerId of the gateway's peer")
    if not 0 <= lifetime_ms <= REQUEST_LIFETIME_MS_MAX:
        raise StimnetError("LIFETIME_TOO_LONG", "a request is valid for at most ten minutes")
    fresh = Fresh.now() if fresh is None else fresh
    text = seal(
        kind="job-request",
        body=_body_of(submission, carrier or "", fresh.broadcast if len(audience) > 1 else ""),
        signer=signer,
        issued_at_ms=fresh.issued_at_ms,
        lifetime_ms=lifetime_ms,
        nonce=fresh.nonce,
        audience=audience,
    )
    return SignedRequest(text, sha256_hex(text.encode()), audience)


def job_id_of(*, issuer: str, nonce: bytes, serving_peer: str) -> str:
    """The id of the job that a request becomes at one peer, known before the peer answers."""
    text = f"stimnet/job/1\n{issuer}\n{nonce.hex()}\n{serving_peer}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _body_of(asked: RequestToSign, carrier: str, broadcast: str) -> bytes:
    try:
        message = {
            "catalog": asked.data_catalog_name,
            "purpose": list(asked.purpose or ()),
            "project": asked.project or "",
            "permit": asked.permit or "",
            # The serving peer joins `filters` to this, since it alone knows which of them are variables.
            "cohort": None if asked.where is None else request.filter_message(asked.where),
            "program": request.program_message(asked.script_type, asked.script_content),
            "parameters_json": request.json_text(asked.parameters or {}, "parameters"),
            "filters_json": request.json_text(asked.filters or {}, "filters"),
            "wall_time_ms_max": asked.wall_time_ms_max,
            "custody": "requester",
            "title": asked.title,
            "broadcast": broadcast,
            "privacy": None if asked.privacy is None else request.privacy_message(asked.privacy),
            "outputs": request.outputs_message(asked.outputs or ()),
            "contract": request.contract_message(asked.contract or ()),
            "mappings": request.mappings_message(asked.mappings or ()),
            "review": asked.review,
            "about": None if asked.about is None else request.about_message(asked.about),
            "credentials": list(asked.credentials),
            "carrier": carrier,
            "set": None if asked.set is None else {"name": asked.set, "complete_on": [], "where": None},
        }
        return messages.encode("JobRequest", message)
    except (TypeError, AttributeError, ValueError, struct.error) as cause:
        raise StimnetError("PARAMETER_INVALID", "a value of another type than its field") from cause
