"""Prices of answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .answer import Answer


@dataclass(frozen=True, eq=False, kw_only=True)
class PrivacyCost(Answer):
    """Price and expected error of a P2 request at each peer that offers the catalog.

    ``peers``   ``peer_id, institution, code, reason, cost, information, refusals, left``; ``cost`` has ``epsilon`` or
                ``rho`` and for each column the standard deviation of its noise (``sd``), ``error_95``, and its
                variable's ``range``
    ``pooled``  ``name, sd, error_95``: noise of the pooled sums and counts
    """

    data_catalog_name: str
    peers: list[dict[str, Any]]
    pooled: list[dict[str, Any]]

    def refusals_used(self) -> list[str]:
        """A sentence for each institution that discloses how much of the refusal allowance is used, as of its last
        answer.
        """
        used = []
        for peer in self.peers:
            refusals = peer.get("refusals")
            if refusals is not None:
                name = peer["institution"] or peer["node_id"] or peer["peer_id"]
                bits = f"{refusals['bits']:g} of {refusals['bits_max']:g} bits"
                where = f"for {self.data_catalog_name} at {name}"
                used.append(f"Refusals and withheld numbers: {bits} used {where} in thirty days.")
        return used
