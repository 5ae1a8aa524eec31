"""Verifies that an entry is in a peer's audit log. The log itself discloses nothing about its records."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping

from . import messages
from .canonical import canonical_bytes
from .envelope import sha256_hex
from .fail import refuse
from .merkle import leaf_hash, proves_inclusion

_HOUR_MS = 3_600_000
_SAFE_INTEGER_MAX = 2**53 - 1


@dataclass(frozen=True)
class ProvenEntry:
    """An entry that is in a log of ``size`` entries with this root. ``index`` counts from 0; ``leaf`` in hex;
    ``record`` is None if the proof does not contain it.
    """

    index: int
    size: int
    leaf: str
    root: bytes
    record: Mapping[str, Any] | None


def verify_audit_proof(proof: Mapping[str, Any]) -> ProvenEntry:
    """Verifies a proof. Raises SIGNATURE_INVALID if the entry is not in the log or does not commit to the given
    record.
    """
    index, size = _count(proof["index"]), _count(proof["size"])
    leaf = leaf_hash(proof["entry"])
    if not proves_inclusion(leaf=leaf, index=index, size=size, path=proof["path"], root=proof["root"]):
        raise refuse("SIGNATURE_INVALID", "an entry that does not stand in the log")
    record = None if proof["record"] == b"" else messages.decode("AuditRecord", proof["record"])
    if record is not None and (record["sequence"] != index + 1 or _entry_of(record) != proof["entry"]):
        raise refuse("SIGNATURE_INVALID", "a record that its entry does not commit to")
    return ProvenEntry(index, size, leaf.hex(), proof["root"], record)


def _entry_of(record: Mapping[str, Any]) -> bytes:
    """The entry of a record: its number, hour and kind, and a salted commitment to the whole record."""
    committed = b"stimnet/audit/1\n" + messages.encode("AuditRecord", {**record, "hash": b""})
    at_ms = record["at_ms"]
    if not math.isfinite(at_ms):
        raise refuse("MALFORMED", "a record without a time")
    hour = math.floor(at_ms / _HOUR_MS) * _HOUR_MS
    entry = {"v": 1, "n": record["sequence"], "hour": hour, "kind": record["kind"], "commitment": sha256_hex(committed)}
    return canonical_bytes(entry)


def _count(value: float) -> int:
    if not 0 <= value <= _SAFE_INTEGER_MAX or value != int(value):
        raise refuse("SIGNATURE_INVALID", "a place in the log that is no count")
    return int(value)
