"""Verifies a proof file: that a record is in a peer's log, as signed by the peer and its witnesses."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Mapping

from ..errors import VerificationError
from ..strict_json import parse_json
from .audit import verify_audit_proof
from .checkpoint import NOTE_CHARACTERS_MAX, Checkpoint, open_checkpoint
from .fail import refuse

PROOF_CHARACTERS_MAX = 1024 * 1024
"""Maximum length of a proof file: a record, a path of hashes and a note."""

_PATH_MAX = 64
_ORIGIN = re.compile(r"stimnet/(\S+)\n")


@dataclass(frozen=True)
class VerifiedProof:
    """The contents of a verified proof.

    ``peer``        PeerId of the log's peer
    ``sequence``    sequence number of the record, from 1
    ``record``      None if the proof does not contain it
    ``checkpoint``  the signed state of the log: size, root, witnesses
    """

    peer: str
    sequence: int
    record: Mapping[str, Any] | None
    checkpoint: Checkpoint


def verify_proof(text: str, *, peer: str | None = None) -> VerifiedProof:
    """Verifies a file from ``stimnet audit prove``, offline. Without ``peer``, it may prove a record of any log.

    Raises VerificationError: MALFORMED for an invalid file, SIGNATURE_INVALID if a signature is wrong, the record is
    not in the log, or it is the log of another peer. Raises LIBRARY_NOT_AVAILABLE without ``cryptography``.
    """
    told = _object_of(text)
    note = told.get("checkpoint")
    if not isinstance(note, str) or len(note) > NOTE_CHARACTERS_MAX:
        raise _malformed()
    origin = _ORIGIN.match(note)
    named = origin.group(1) if origin else ""
    if peer is not None and peer != named:
        raise refuse("SIGNATURE_INVALID", "a proof from another log")
    checkpoint = open_checkpoint(note, peer=named)
    path = told.get("path")
    if not isinstance(path, list) or len(path) > _PATH_MAX:
        raise _malformed()
    proof = {name: _bytes_of(told.get(name)) for name in ("entry", "root", "record")}
    index, size = _count_of(told.get("index")), _count_of(told.get("size"))
    proven = verify_audit_proof({**proof, "index": index, "size": size, "path": [_bytes_of(one) for one in path]})
    if checkpoint.size != proven.size or checkpoint.root != proven.root:
        raise refuse("SIGNATURE_INVALID", "a proof against another state of the log")
    return VerifiedProof(named, proven.index + 1, proven.record, checkpoint)


def _object_of(text: str) -> dict[str, Any]:
    if len(text) > PROOF_CHARACTERS_MAX:
        raise refuse("TOO_LARGE", "reading a proof")
    try:
        told = parse_json(text.encode())
    except ValueError as cause:
        raise _malformed() from cause
    if not isinstance(told, dict):
        raise _malformed()
    return told


def _bytes_of(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError, TypeError) as cause:
        raise _malformed() from cause


def _count_of(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _malformed()
    return value


def _malformed() -> VerificationError:
    return refuse("MALFORMED", "reading a proof")
