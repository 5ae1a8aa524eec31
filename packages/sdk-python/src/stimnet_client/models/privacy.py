"""What a differentially private answer costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .answer import Answer


@dataclass(frozen=True, eq=False, kw_only=True)
class PrivacyCost(Answer):
    """Price and expected error of a P2 request, at each peer that offers the catalog.

    ``peers``   ``peer_id, institution, code, reason, cost, left``; ``cost`` tells ``epsilon`` or ``rho`` and for each
                column the standard deviation of its noise (``sd``), ``error_95``, and its variable's ``range``
    ``pooled``  ``name, sd, error_95``: noise of the sums and counts of all together
    """

    data_catalog_name: str
    peers: list[dict[str, Any]]
    pooled: list[dict[str, Any]]
