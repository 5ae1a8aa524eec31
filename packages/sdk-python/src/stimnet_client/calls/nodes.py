"""Nodes, their catalogs, and login."""

from __future__ import annotations

from typing import Any

from ..call import Call, Request, given, segment
from ..models import DataCatalog, FoundCatalog, Health, Node, NodeInfo
from ..models.answer import malformed, read_list


def authenticate(username: str, password: str) -> Call[str]:
    """POST /api/v1/auth/token: an access token."""
    form = {"username": username, "password": password}
    return Call(Request("POST", "/api/v1/auth/token", form=form, repeatable=False), _token_of)


def sign_out() -> Call[None]:
    """DELETE /api/v1/auth/token."""
    return Call(Request("DELETE", "/api/v1/auth/token", repeatable=False), lambda _: None)


def health() -> Call[Health]:
    """GET /health."""
    return Call(Request("GET", "/health"), Health.read)


def discovery() -> Call[NodeInfo]:
    """GET /api/v1/discovery."""
    return Call(Request("GET", "/api/v1/discovery"), NodeInfo.read)


def nodes() -> Call[list[Node]]:
    """GET /api/v1/nodes."""
    return Call(Request("GET", "/api/v1/nodes"), read_list(Node))


def catalogs(access_level: str | None) -> Call[list[DataCatalog]]:
    """GET /api/v1/data-catalogs."""
    query = given(access_level=access_level)
    return Call(Request("GET", "/api/v1/data-catalogs", query=query), read_list(DataCatalog))


def catalog(catalog_id: int | str) -> Call[DataCatalog]:
    """GET /api/v1/data-catalogs/{id}, by number or name."""
    return Call(Request("GET", f"/api/v1/data-catalogs/{segment(catalog_id)}"), DataCatalog.read)


def search(words: str) -> Call[list[FoundCatalog]]:
    """GET /api/v1/mesh/catalogs."""
    return Call(Request("GET", "/api/v1/mesh/catalogs", query={"q": words}), read_list(FoundCatalog))


def _token_of(value: Any) -> str:
    token = value.get("access_token") if isinstance(value, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token or token == "":
        raise malformed("access_token")
    return token
