"""Catalogs of institutions: descriptions of data, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .answer import Answer


@dataclass(frozen=True, eq=False, kw_only=True)
class DataCatalog(Answer):
    """A catalog of the node that answers.

    ``total_records``      number of subjects, rounded down to tens
    ``schema_definition``  tables with their variables: type, unit, declared levels or breakpoints, and the share of
                           rows without a value (``missing_share``; None if it is not disclosed); ``derivation``
                           describes how a derived variable is computed
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
    """A catalog found in the mesh, with its holder."""

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
