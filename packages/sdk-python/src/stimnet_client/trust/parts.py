"""Verifies that the parts of a broadcast that a gateway shows are what the peers signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping

from ..errors import StimnetError, VerificationError
from ..models import Broadcast, BroadcastPart
from ..pool import PooledTable, pool_outputs
from ..table import Table, joined
from .receipt import VerifiedReceipt, verify_receipt


@dataclass(frozen=True)
class VerifiedPart:
    """The part of one peer: with its receipt if that is valid (including a receipt that nothing was released),
    otherwise with the code of the reason.
    """

    peer_id: str
    institution: str
    receipt: VerifiedReceipt | None
    code: str | None

    @property
    def verified(self) -> bool:
        """Whether the receipt is valid."""
        return self.receipt is not None

    @property
    def output(self) -> Mapping[str, Any] | None:
        """The signed output."""
        return None if self.receipt is None else self.receipt.output


@dataclass(frozen=True)
class VerifiedBroadcast:
    """The parts of all peers. ``complete``: every peer that was asked has a valid receipt."""

    parts: list[VerifiedPart]
    complete: bool

    def table(self) -> Table:
        """The signed rows of all parts, one part after the other, with a first column ``institution``. Raises
        MALFORMED for values that are not a table.
        """
        receipts = [(part.institution, part.receipt) for part in self.parts if part.receipt is not None]
        return joined(
            "institution", [(name, receipt.table) for name, receipt in receipts if receipt.output is not None]
        )

    def pooled(self) -> PooledTable:
        """One table, pooled here from the signed tables; the gateway's pooled answer is not read. Values and declared
        outputs of scripts, and numbers with noise, are not pooled in Python. Raises MALFORMED if nobody released a
        table.
        """
        outputs = {part.peer_id: part.output for part in self.parts if part.output is not None}
        if not any(output.get("kind") == "table" for output in outputs.values()):
            raise StimnetError("MALFORMED", "nobody released a table that could be pooled")
        missing = {part.peer_id: part.code or "INTERRUPTED" for part in self.parts if part.output is None}
        return pool_outputs(outputs, missing)


def verify_broadcast(
    broadcast: Broadcast, *, peers: Iterable[str] | None = None, request_hash: str | None = None
) -> VerifiedBroadcast:
    """Verifies the receipt of every part. An invalid receipt is reported and does not hide the valid ones. ``peers``:
    PeerIds that were asked; a part of another peer does not count, and a missing peer is reported (otherwise the
    gateway could sign with keys of its own). ``request_hash``: hash of the request, if the researcher signed it.
    Raises LIBRARY_NOT_AVAILABLE without ``cryptography``.
    """
    asked = None if peers is None else list(dict.fromkeys(peers))
    # A peer that occurs twice would be counted twice.
    first = {part.peer_id: part for part in reversed(broadcast.parts)}
    parts = [_verify(part, asked, request_hash) for part in broadcast.parts if first[part.peer_id] is part]
    missing = [peer for peer in asked or () if peer not in first]
    parts += [VerifiedPart(peer, "", None, "PEER_UNREACHABLE") for peer in missing]
    return VerifiedBroadcast(parts, len(parts) > 0 and all(part.verified for part in parts))


def _verify(part: BroadcastPart, asked: list[str] | None, request_hash: str | None) -> VerifiedPart:
    if asked is not None and part.peer_id not in asked:
        return VerifiedPart(part.peer_id, part.institution, None, "PEER_UNKNOWN")
    if part.receipt is None:
        return VerifiedPart(part.peer_id, part.institution, None, part.code or "PEER_UNREACHABLE")
    try:
        receipt = verify_receipt(part.receipt, peer=part.peer_id, request_hash=request_hash)
    except VerificationError as error:
        return VerifiedPart(part.peer_id, part.institution, None, error.code)
    return VerifiedPart(part.peer_id, part.institution, receipt, receipt.code or None)
