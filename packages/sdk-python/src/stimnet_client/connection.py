"""Settings that both clients share, and the headers that identify them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping
from urllib.parse import urlsplit

from .errors import StimnetError
from .version import VERSION

TIMEOUT_S = 30.0
"""Default maximum time of one request."""
RETRIES = 2
"""Default number of further attempts if an answer was lost."""


@dataclass
class Connection:
    """The gateway and the credentials. ``token``: the access token from `authenticate`; without one, ``api_key`` is
    sent.
    """

    base_url: str
    token: str | None = field(repr=False)
    api_key: str | None = field(repr=False)
    timeout_s: float
    retries: int

    def __post_init__(self) -> None:
        self.base_url = _checked_url(self.base_url)
        for name in ("token", "api_key"):
            secret = getattr(self, name)
            if secret is not None and not (secret.isascii() and secret.isprintable() and " " not in secret and secret):
                # The secret itself is not in the message.
                raise StimnetError("PARAMETER_INVALID", f"{name}: printable characters without spaces")
        if not 0 < self.timeout_s < float("inf"):
            raise StimnetError("PARAMETER_INVALID", "timeout: seconds, above 0")
        if not 0 <= self.retries <= 10:
            raise StimnetError("PARAMETER_INVALID", "retries: from 0 to 10")

    def headers(self) -> Mapping[str, str]:
        """Headers with the credentials. Compression is refused, so that an answer cannot be larger than it appears."""
        shown = {"user-agent": f"stimnet-client/{VERSION}", "accept-encoding": "identity"}
        if self.token is not None:
            return {**shown, "authorization": f"Bearer {self.token}"}
        return shown if self.api_key is None else {**shown, "x-api-key": self.api_key}

    def http_settings(self, *, verify_ssl: bool, transport: Any) -> dict[str, Any]:
        """Settings for httpx. Redirects are not followed, since a redirect could send the token to another server."""
        return {"verify": verify_ssl, "transport": transport, "follow_redirects": False}


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.query or parts.fragment or parts.username is not None or parts.password is not None:
        raise StimnetError("PARAMETER_INVALID", "base_url: the address of a gateway, such as http://127.0.0.1:8000")
    return url.rstrip("/")
