"""Whether what a gateway shows of a broadcast is what the peers signed."""

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
    """One peer's share: with its receipt where that holds, also one that says that nothing was released; else with the
    code that says why not."""

    peer_id: str
    institution: str
    receipt: VerifiedReceipt | None
    code: str | None

    @property
    def verified(self) -> bool:
        """Whether the receipt holds."""
        return self.receipt is not None

    @property
    def output(self) -> Mapping[str, Any] | None:
        """The output as signed."""
        return None if self.receipt is None else self.receipt.output


@dataclass(frozen=True)
class VerifiedBroadcast:
    """Each peer's share. ``complete``: every peer that was asked has a receipt that holds."""

    parts: list[VerifiedPart]
    complete: bool

    def table(self) -> Table:
        """The signed rows of every part, below each other, with a first column ``institution``. Raises MALFORMED for
        values that are no table.
        """
        receipts = [(part.institution, part.receipt) for part in self.parts if part.receipt is not None]
        return joined(
            "institution", [(name, receipt.table) for name, receipt in receipts if receipt.output is not None]
        )

    def pooled(self) -> PooledTable:
        """One table, pooled here from what the institutions signed; nothing that the gateway says of it is read.
        Scripts' values and declared outputs are not pooled in Python, nor is noise added up. Raises MALFORMED
        where nobody released a table.
        """
        outputs = {part.peer_id: part.output for part in self.parts if part.output is not None}
        if not any(output.get("kind") == "table" for output in outputs.values()):
            raise StimnetError("MALFORMED", "nobody released a table that could be pooled")
        missing = {part.peer_id: part.code or "INTERRUPTED" for part in self.parts if part.output is None}
        return pool_outputs(outputs, missing)


def verify_broadcast(
    broadcast: Broadcast, *, peers: Iterable[str] | None = None, request_hash: str | None = None
) -> VerifiedBroadcast:
    """Checks the receipt of every part. A bad one is named and does not hide the good ones. ``peers``: PeerIds that
    were asked; a part of anybody else does not count, and one that is missing is named (a gateway could sign with
    keys of its own). ``request_hash``: of the request that you signed. Raises LIBRARY_NOT_AVAILABLE without
    ``cryptography``.
    """
    asked = None if peers is None else list(dict.fromkeys(peers))
    # The same peer twice would count its people twice.
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
