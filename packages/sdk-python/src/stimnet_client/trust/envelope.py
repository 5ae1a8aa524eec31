"""Signed statements (``seal``), and their verification with the id of the Ed25519 key alone (``open_sealed``)."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Sequence

from ..errors import StimnetError
from ..strict_json import parse_json
from . import messages
from .ed25519 import Ed25519Key, is_signed
from .fail import refuse
from .keys import key_id_of, public_key_of

DOMAIN = "stimnet/1"
"""The domain of every statement. Signatures for another domain are refused."""
ENVELOPE_BYTES_MAX = 512 * 1024
"""Maximum size of an envelope: a script and its parameters, in the base64 of a JWS."""
REQUEST_LIFETIME_MS_MAX = 10 * 60_000
"""Maximum validity of a request: enough for a slow broadcast, and so short that a stolen request soon becomes
useless.
"""

_HEADER_TYPE = "stimnet+jws"
_LIFETIME_MS_MAX = {"job-request": REQUEST_LIFETIME_MS_MAX, "cancel": REQUEST_LIFETIME_MS_MAX}
_SEED = re.compile(rb"[0-9a-f]{64}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
# Extensions that change the signed content or that must be understood.
_HEADERS_REFUSED = ("crit", "b64")


class Signer:
    """A researcher's private key, created from its 32 secret bytes."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519Key(seed)
        self.id: str = key_id_of(self._key.public_key)

    @staticmethod
    def from_file(path: str | Path) -> Signer:
        """Reads a key file made by ``stimnet key``: 64 hexadecimal digits. Raises KEY_UNSUPPORTED for any other
        content, OSError if the file cannot be read.
        """
        with Path(path).expanduser().open("rb") as opened:
            text = opened.read(100).strip()
        if not _SEED.fullmatch(text):
            raise StimnetError("KEY_UNSUPPORTED", "a key file holds 64 hexadecimal digits")
        return Signer(bytes.fromhex(text.decode()))

    def sign(self, payload: bytes) -> str:
        """Signs ``payload`` as a compact JWS."""
        header = json.dumps({"alg": "Ed25519", "kid": self.id, "typ": _HEADER_TYPE}, separators=(",", ":"))
        signed = f"{base64url(header.encode())}.{base64url(payload)}"
        return f"{signed}.{base64url(self._key.sign(signed.encode()))}"

    def __repr__(self) -> str:
        return f"Signer({self.id})"


@dataclass(frozen=True)
class Opened:
    """A statement with verified signature and type. Times in ms since 1970. Decisions and receipts refer to a
    statement by its ``hash`` (SHA-256 of the JWS, hex).
    """

    issuer: str
    audience: list[str]
    issued_at_ms: float
    expires_at_ms: float
    nonce: bytes
    body: bytes
    hash: str


def seal(
    *,
    kind: str,
    body: bytes,
    signer: Signer,
    issued_at_ms: float,
    lifetime_ms: float,
    nonce: bytes,
    audience: Sequence[str],
) -> str:
    """Signs ``body`` as a statement of the given kind; returns a compact JWS. Raises TOO_LARGE."""
    statement = {
        "domain": DOMAIN,
        "type": kind,
        "issuer": signer.id,
        "audience": list(audience),
        "issued_at_ms": issued_at_ms,
        "expires_at_ms": issued_at_ms + lifetime_ms,
        "nonce": nonce,
        "body": body,
    }
    jws = signer.sign(messages.encode("Statement", statement))
    if len(jws) > ENVELOPE_BYTES_MAX:
        raise StimnetError("TOO_LARGE", f"sealing a {kind}: it is larger than {ENVELOPE_BYTES_MAX // 1024} KiB")
    return jws


def open_sealed(jws: str, *, kind: str, issuer: str) -> Opened:
    """Verifies a sealed statement over the exact characters received, and only then decodes it. Its validity in time
    is not checked, since evidence is read later. Raises VerificationError TOO_LARGE, MALFORMED, KEY_UNSUPPORTED,
    SIGNATURE_INVALID, TYPE_MISMATCH, LIFETIME_TOO_LONG.
    """
    if len(jws) > ENVELOPE_BYTES_MAX:
        raise refuse("TOO_LARGE", f"opening a {kind}")
    key_id, payload = _verified(jws, kind)
    statement = messages.decode("Statement", payload)
    if statement["domain"] != DOMAIN or statement["type"] != kind:
        raise refuse("TYPE_MISMATCH", f"opening a {kind}")
    if statement["issuer"] != key_id or issuer != key_id:
        raise refuse("SIGNATURE_INVALID", f"opening a {kind}: another key signed it")
    if len(statement["nonce"]) != 16:
        raise refuse("MALFORMED", f"opening a {kind}")
    _check_times(statement, kind)
    return Opened(
        issuer=key_id,
        audience=statement["audience"],
        issued_at_ms=statement["issued_at_ms"],
        expires_at_ms=statement["expires_at_ms"],
        nonce=statement["nonce"],
        body=statement["body"],
        hash=sha256_hex(jws.encode()),
    )


def base64url(data: bytes) -> str:
    """Encodes base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Decodes base64url. Raises MALFORMED for any other character, including padding."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise refuse("MALFORMED", "reading base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha256_hex(data: bytes) -> str:
    """SHA-256 as lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _verified(jws: str, kind: str) -> tuple[str, bytes]:
    parts = jws.split(".")
    if len(parts) != 3:
        raise refuse("MALFORMED", f"opening a {kind}: it is no compact JWS")
    header = _header(from_base64url(parts[0]), kind)
    payload, signature = from_base64url(parts[1]), from_base64url(parts[2])
    # The signature covers the spelling of header and payload, but not its own: each statement must have only one
    # spelling.
    if base64url(signature) != parts[2]:
        raise refuse("MALFORMED", f"reading the spelling of a {kind}")
    key_id = header.get("kid")
    if not isinstance(key_id, str):
        raise refuse("KEY_UNSUPPORTED", f"opening a {kind}")
    if not is_signed(public_key_of(key_id), f"{parts[0]}.{parts[1]}".encode(), signature):
        raise refuse("SIGNATURE_INVALID", f"opening a {kind}: the signature does not fit")
    return key_id, payload


def _header(data: bytes, kind: str) -> dict[str, Any]:
    try:
        header = parse_json(data)
    except ValueError as cause:
        raise refuse("MALFORMED", f"reading the header of a {kind}") from cause
    if not isinstance(header, dict) or any(name in header for name in _HEADERS_REFUSED):
        raise refuse("MALFORMED", f"reading the header of a {kind}")
    # The algorithm is fixed: a header must not choose how it is verified.
    if header.get("alg") != "Ed25519":
        raise refuse("SIGNATURE_INVALID", f"opening a {kind}: another algorithm")
    if header.get("typ") != _HEADER_TYPE:
        raise refuse("TYPE_MISMATCH", f"opening a {kind}")
    return header


def _check_times(statement: dict[str, Any], kind: str) -> None:
    issued, expires = statement["issued_at_ms"], statement["expires_at_ms"]
    if not math.isfinite(issued) or math.isnan(expires) or expires < issued:
        raise refuse("MALFORMED", f"reading the times of a {kind}")
    if expires - issued > _LIFETIME_MS_MAX.get(kind, math.inf):
        raise refuse("LIFETIME_TOO_LONG", f"opening a {kind}")
