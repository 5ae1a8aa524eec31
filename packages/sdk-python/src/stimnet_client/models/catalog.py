"""What an institution offers: descriptions of data, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .answer import Answer


@dataclass(frozen=True, eq=False, kw_only=True)
class DataCatalog(Answer):
    """A catalog of the node asked.

    ``total_records``      subjects, rounded down to tens
    ``schema_definition``  tables with their variables: type, unit, declared levels or breakpoints, and what share of
                           its rows has none (``missing_share``; None where it is not told); ``derivation`` says what
                           a derived variable is made of
    ``access_level``       public, restricted or private
    ``data_use``           GA4GH DUO terms; empty: unrestricted
    """

    id: int
    name: str
    description: str | None
    data_type: str
    schema_definition: dict[str, Any] | None
    access_level: str
    total_records: int
    last_updated: str
    title: str | None
    keywords: list[str]
    programs: list[str]
    data_use: list[str]


@dataclass(frozen=True, eq=False, kw_only=True)
class FoundCatalog(Answer):
    """A catalog found in the mesh, with who holds it."""

    name: str
    title: str | None
    description: str | None
    data_type: str
    schema_definition: dict[str, Any] | None
    access_level: str
    total_records: int
    last_updated: str
    keywords: list[str]
    programs: list[str]
    data_use: list[str]
    peer_id: str
    node_id: str
    institution: str
