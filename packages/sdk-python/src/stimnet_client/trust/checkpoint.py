"""Checkpoints: the state of a log, signed by its peer and cosigned by others (C2SP signed-note, tlog-checkpoint and
tlog-cosignature).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from ..errors import VerificationError
from .ed25519 import is_signed
from .fail import refuse
from .keys import public_key_of

NOTE_CHARACTERS_MAX = 16_384
"""Maximum length of a note, which has a few lines; a federation has few witnesses."""

_SIGNATURES_MAX = 64
_TYPE_SIGNATURE, _TYPE_COSIGNATURE = 0x01, 0x04
_ID_BYTES, _TIME_BYTES, _SIGNATURE_BYTES = 4, 8, 64
_SECONDS_MAX = 8_640_000_000_000
_COUNT = re.compile(r"0|[1-9][0-9]{0,15}")
_SAFE_INTEGER_MAX = 2**53 - 1


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint with verified signatures. ``witnesses``: peers that cosigned this state, with the time (ms since
    1970). The reader must judge whether a witness is an independent institution.
    """

    peer: str
    size: int
    root: bytes
    witnesses: dict[str, int]


def open_checkpoint(note: str, *, peer: str) -> Checkpoint:
    """Verifies a checkpoint. Raises MALFORMED if it is not a checkpoint of ``peer``, SIGNATURE_INVALID if the peer's
    own signature is missing or any signature is wrong.
    """
    body, lines = _split(note)
    origin, size, root, *rest = [*body.split("\n"), "", ""]
    if origin != f"stimnet/{peer}" or rest != ["", "", ""] or not _COUNT.fullmatch(size):
        raise _malformed()
    root_bytes = _bytes_of(root)
    if len(root_bytes) != 32 or int(size) > _SAFE_INTEGER_MAX:
        raise _malformed()
    is_own, witnesses = False, {}
    for line in lines:
        name, at_ms = _verified(line, body)
        if name == peer and at_ms is None:
            is_own = True
        elif name != peer and at_ms is not None:
            # A peer cannot be a witness of its own log.
            witnesses[name] = at_ms
    if not is_own:
        raise refuse("SIGNATURE_INVALID", "a checkpoint without its own signature")
    return Checkpoint(peer, int(size), root_bytes, witnesses)


def _verified(line: str, body: str) -> tuple[str, int | None]:
    """The signer of a line and, for a witness, the time."""
    words = line.split(" ")
    if len(words) != 3 or words[0] != "—" or not words[1].startswith("stimnet/"):
        raise _malformed()
    peer = words[1].removeprefix("stimnet/")
    key, blob = public_key_of(peer), _bytes_of(words[2])
    key_hash, rest = blob[:_ID_BYTES], blob[_ID_BYTES:]
    if len(rest) == _SIGNATURE_BYTES and key_hash == _key_hash(words[1], key, _TYPE_SIGNATURE):
        _assert_signed(key, body.encode(), rest)
        return peer, None
    if len(rest) == _TIME_BYTES + _SIGNATURE_BYTES and key_hash == _key_hash(words[1], key, _TYPE_COSIGNATURE):
        seconds = int.from_bytes(rest[:_TIME_BYTES], "big")
        if seconds > _SECONDS_MAX:
            raise _malformed()
        _assert_signed(key, f"cosignature/v1\ntime {seconds}\n{body}".encode(), rest[_TIME_BYTES:])
        return peer, seconds * 1_000
    raise refuse("SIGNATURE_INVALID", "a signature of another key or kind")


def _assert_signed(key: bytes, message: bytes, signature: bytes) -> None:
    if not is_signed(key, message, signature):
        raise refuse("SIGNATURE_INVALID", "a checkpoint whose signature does not fit")


def _key_hash(name: str, key: bytes, kind: int) -> bytes:
    """The first four bytes of a hash over name, kind and key. They only tell keys apart; they prove nothing."""
    return hashlib.sha256(f"{name}\n".encode() + bytes((kind,)) + key).digest()[:_ID_BYTES]


def _split(note: str) -> tuple[str, list[str]]:
    at = note.find("\n\n")
    if len(note) > NOTE_CHARACTERS_MAX or at < 0 or not note.endswith("\n"):
        raise _malformed()
    lines = note[at + 2 : -1].split("\n")
    if len(lines) > _SIGNATURES_MAX:
        raise _malformed()
    return note[: at + 1], lines


def _bytes_of(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise _malformed() from cause
    # Only the canonical spelling is accepted, as for all signed data.
    if base64.b64encode(data).decode() != text:
        raise _malformed()
    return data


def _malformed() -> VerificationError:
    return refuse("MALFORMED", "reading a checkpoint")
