"""Descriptions of nodes."""

from __future__ import annotations

from dataclasses import dataclass

from .answer import Answer
from .catalog import DataCatalog


@dataclass(frozen=True, eq=False, kw_only=True)
class Health(Answer):
    """The health of a node. ``uptime`` in seconds. Counts are rounded down to tens; ``peers``: connected peers, None
    below ten.
    """

    status: str
    node_id: str
    version: str
    uptime: float
    active_jobs: int
    total_jobs: int
    institution: str | None
    peer_id: str | None
    peers: int | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Node(Answer):
    """A node as the gateway's node knows it. ``last_seen``: ISO 8601; ``languages``: those of scripts that it runs."""

    id: int
    node_id: str
    name: str
    institution: str
    endpoint_url: str
    is_active: bool
    last_seen: str
    peer_id: str | None
    sandbox_engine: str | None
    sandbox_grade: str | None
    languages: list[str]


@dataclass(frozen=True, eq=False, kw_only=True)
class NodeInfo(Answer):
    """The nodes that a gateway's node knows, itself first, and its own catalogs."""

    nodes: list[Node]
    data_catalogs: list[DataCatalog]
