"""A request signed by the researcher's own key, so that neither gateway nor asking peer need be trusted."""

from __future__ import annotations

import hashlib
import secrets
import struct
import time
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from ..errors import StimnetError
from . import messages, request
from .envelope import REQUEST_LIFETIME_MS_MAX, Signer, seal, sha256_hex
from .keys import public_key_of


@dataclass(frozen=True)
class SignedRequest:
    """A signed request, ready for ``broadcast``: ``text`` is a compact JWS; by ``hash`` a receipt names the request it answers."""

    text: str
    hash: str
    targets: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As it is sent."""
        return {"envelope": self.text, "targets": list(self.targets)}


@dataclass(frozen=True)
class Fresh:
    """What makes a request this one: when it is signed (ms since 1970), 16 random bytes, and a random name for a broadcast."""

    issued_at_ms: float
    nonce: bytes
    broadcast: str

    @staticmethod
    def now() -> Fresh:
        """From the system's clock and dice."""
        return Fresh(float(time.time_ns() // 1_000_000), secrets.token_bytes(16), secrets.token_hex(16))


def sign_request(
    *,
    signer: Signer,
    targets: Sequence[str],
    data_catalog_name: str,
    script_type: str,
    script_content: str,
    parameters: Mapping[str, Any] | None = None,
    filters: Mapping[str, Any] | None = None,
    where: Mapping[str, Any] | None = None,
    purpose: Sequence[str] = (),
    project: str = "",
    privacy: Mapping[str, Any] | None = None,
    outputs: Sequence[Mapping[str, Any]] = (),
    contract: Sequence[Mapping[str, Any]] = (),
    mappings: Sequence[Mapping[str, Any]] = (),
    title: str = "",
    review: bool = False,
    about: Mapping[str, str] | None = None,
    credentials: Sequence[str] = (),
    wall_time_ms_max: int = 0,
    lifetime_ms: float = REQUEST_LIFETIME_MS_MAX / 2,
    fresh: Fresh | None = None,
) -> SignedRequest:
    """Signs a request for ``targets`` (PeerIds; nobody else may run it). The other words are those of ``BroadcastSubmission``.

    ``review``            people decide first, also where the catalog would run it by itself; ``about`` is for them
    ``credentials``       JWTs of institutions that vouch for the signer; see ``stimnet vouch``
    ``wall_time_ms_max``  0: each catalog's own limit
    ``lifetime_ms``       how long a peer may still accept it: five minutes, at most ten

    Raises StimnetError KEY_UNSUPPORTED for a target that is no PeerId, FILTER_INVALID, PARAMETER_INVALID,
    LIFETIME_TOO_LONG, TOO_LARGE."""
    asked = tuple(dict.fromkeys(targets))
    if not asked or isinstance(targets, str):
        raise StimnetError("PARAMETER_INVALID", "targets: a list of PeerIds, at least one")
    for target in asked:
        public_key_of(target)
    if not 0 <= lifetime_ms <= REQUEST_LIFETIME_MS_MAX:
        raise StimnetError("LIFETIME_TOO_LONG", "a request is valid for at most ten minutes")
    fresh = Fresh.now() if fresh is None else fresh
    message = {
        "catalog": data_catalog_name,
        "purpose": list(purpose),
        "project": project,
        # The serving peer joins `filters` to this, since it alone knows which of them are variables.
        "cohort": None if where is None else request.filter_message(where),
        "program": request.program_message(script_type, script_content),
        "parameters_json": request.json_text(parameters or {}, "parameters"),
        "filters_json": request.json_text(filters or {}, "filters"),
        "wall_time_ms_max": wall_time_ms_max,
        "custody": "requester",
        "title": title,
        "broadcast": fresh.broadcast if len(asked) > 1 else "",
        "privacy": None if privacy is None else request.privacy_message(privacy),
        "outputs": request.outputs_message(outputs),
        "contract": request.contract_message(contract),
        "mappings": request.mappings_message(mappings),
        "review": review,
        "about": None if about is None else request.about_message(about),
        "credentials": list(credentials),
    }
    text = seal(
        kind="job-request",
        body=_encoded(message),
        signer=signer,
        issued_at_ms=fresh.issued_at_ms,
        lifetime_ms=lifetime_ms,
        nonce=fresh.nonce,
        audience=asked,
    )
    return SignedRequest(text, sha256_hex(text.encode()), asked)


def job_id_of(*, issuer: str, nonce: bytes, serving_peer: str) -> str:
    """The id of the job that a request becomes at one peer, known before the answer."""
    text = f"stimnet/job/1\n{issuer}\n{nonce.hex()}\n{serving_peer}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _encoded(message: Mapping[str, Any]) -> bytes:
    try:
        return messages.encode("JobRequest", message)
    except (TypeError, AttributeError, ValueError, struct.error) as cause:
        raise StimnetError("PARAMETER_INVALID", "a value of another type than its field") from cause
