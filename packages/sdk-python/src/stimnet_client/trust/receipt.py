"""Verifies receipts: an institution's signature over the end of a job, checked offline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from ..errors import StimnetError
from ..strict_json import parse_json
from ..table import Table, table_of_output
from . import messages
from .audit import ProvenEntry, verify_audit_proof
from .envelope import ENVELOPE_BYTES_MAX, from_base64url, open_sealed, sha256_hex
from .fail import refuse

OUTPUT_BYTES_MAX = 64 * 1024
"""Maximum size of a safe output: thousands of cells, and far too little for a data set."""

_ENDED = ("completed", "blocked", "failed", "cancelled", "denied", "expired")
_OUTPUT_LISTS = {"table": ("columns", "rows"), "typed": ("outputs",), "values": ()}


@dataclass(frozen=True)
class VerifiedReceipt:
    """A result with verified signature and hashes.

    ``peer``          PeerId of the signer
    ``state``         completed, blocked, failed, cancelled, denied or expired; ``code`` and ``reason`` unless
                      completed
    ``output``        the signed output; None if the job did not complete
    ``request_hash``  hash of the request: ``SignedRequest.hash``
    ``custody``       the holder of the key that signed the request: requester or gateway
    ``issued_at_ms``  time of the signature, ms since 1970
    ``logged``        the log entry about the end of the job; None for a peer that does not prove it
    ``details``       epoch, code_hash, image, policy_hash, engine, grade, …
    """

    peer: str
    job_id: str
    state: str
    code: str
    reason: str
    output: Mapping[str, Any] | None
    request_hash: str
    requester: str
    custody: str
    issued_at_ms: float
    logged: ProvenEntry | None
    details: Mapping[str, Any]

    @property
    def table(self) -> Table:
        """The signed output as a table. Raises StimnetError with the result's code if there is none, MALFORMED for
        values of a script.
        """
        if self.output is None:
            raise StimnetError(self.code or "OUTPUT_NOT_RELEASABLE", self.reason or f"the job is {self.state}")
        return table_of_output(self.output)


def verify_receipt(receipt: str, *, peer: str, request_hash: str | None = None) -> VerifiedReceipt:
    """Opens a sealed job result (a compact JWS, or base64url of it) and verifies offline that ``peer`` signed these
    very bytes, that the receipt is about this output, that it belongs to the request with this hash (any request
    if no hash is given), and that the end of the job is in the peer's log.

    Raises VerificationError: SIGNATURE_INVALID if another key signed, a byte was changed, or it belongs to another
    request; MALFORMED, TOO_LARGE, TYPE_MISMATCH or KEY_UNSUPPORTED if it is not a result. Raises
    LIBRARY_NOT_AVAILABLE without the package ``cryptography``.
    """
    opened = open_sealed(_jws_of(receipt), kind="job-result", issuer=peer)
    result = messages.decode("JobResult", opened.body)
    signed, state = result["receipt"], result["state"]
    if signed is None or state not in _ENDED:
        raise refuse("MALFORMED", "a result without an end")
    if signed["output_hash"] != sha256_hex(result["output_json"]):
        raise refuse("SIGNATURE_INVALID", "a receipt of another output")
    if request_hash is not None and signed["request_hash"] != request_hash:
        raise refuse("SIGNATURE_INVALID", "a receipt of another request")
    proof = signed.pop("audit")
    logged = None if proof is None else _verify_logged(signed, proof, result)
    return VerifiedReceipt(
        peer=opened.issuer,
        job_id=result["job_id"],
        state=state,
        code=result["code"],
        reason=result["reason"],
        output=_output_of(result["output_json"]) if state == "completed" else None,
        request_hash=signed["request_hash"],
        requester=signed["requester"],
        custody=signed["custody"],
        issued_at_ms=opened.issued_at_ms,
        logged=logged,
        details=signed,
    )


def _verify_logged(signed: Mapping[str, Any], proof: Mapping[str, Any], result: Mapping[str, Any]) -> ProvenEntry:
    """Verifies that this end of the job is in the log; for a release, also its output, rules and request."""
    proven = verify_audit_proof(proof)
    fits = proven.leaf == signed["audit_head"] and proven.index + 1 == signed["audit_sequence"]
    if not fits or (proven.record is not None and not _speaks_of(proven.record, signed, result)):
        raise refuse("SIGNATURE_INVALID", "a receipt that its log entry does not speak of")
    return proven


def _speaks_of(record: Mapping[str, Any], signed: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    detail = _json(record["detail_json"].encode() or b"{}", "the detail of a record")
    if not isinstance(detail, dict):
        raise refuse("MALFORMED", "reading the detail of a record")
    told = [detail.get(name) for name in ("state", "output", "request", "policy")]
    expected = [result["state"], signed["output_hash"], signed["request_hash"], signed["policy_hash"]]
    told.append(detail.get("permit", ""))
    expected.append(signed["permit"])
    is_release = record["kind"] == "release"
    return record["job_id"] == result["job_id"] and is_release == (result["state"] == "completed") and told == expected


def _jws_of(receipt: str) -> str:
    if len(receipt) > 2 * ENVELOPE_BYTES_MAX:
        raise refuse("TOO_LARGE", "reading a receipt")
    if not receipt.isascii():
        raise refuse("MALFORMED", "reading a receipt")
    if "." in receipt:
        return receipt
    inner = from_base64url(receipt.rstrip("="))
    if not inner.isascii():
        raise refuse("MALFORMED", "reading a receipt")
    return inner.decode()


def _output_of(data: bytes) -> Mapping[str, Any]:
    if len(data) > OUTPUT_BYTES_MAX:
        raise refuse("TOO_LARGE", "reading an output")
    output = _json(data, "an output")
    kind = output.get("kind") if isinstance(output, dict) else None
    lists = _OUTPUT_LISTS.get(kind) if isinstance(kind, str) else None
    if lists is None or not all(isinstance(output.get(name), list) for name in lists):
        raise refuse("MALFORMED", "reading an output")
    if not isinstance(output.get("disclosure"), dict) or not isinstance(output.get("withheld"), dict):
        raise refuse("MALFORMED", "reading an output")
    checked: Mapping[str, Any] = output
    return checked


def _json(data: bytes, what: str) -> Any:
    try:
        return parse_json(data)
    except ValueError as cause:
        raise refuse("MALFORMED", f"reading {what}") from cause
