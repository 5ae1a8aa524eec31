"""Ed25519 public keys as libp2p writes them (12D3Koo…), for peers and researchers alike."""

from __future__ import annotations

from .fail import refuse

# A PeerId of an Ed25519 key is the identity multihash of a protobuf: 0x00 0x24 | 0x08 0x01 0x12 0x20 | 32 bytes.
_PREFIX = bytes((0x00, 0x24, 0x08, 0x01, 0x12, 0x20))
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_CHARACTERS_MAX = 60

_FIELD = 2**255 - 19
# The y of every point of small order. With such a public key, a signature can be valid although nobody made it with a
# private key.
_SMALL_ORDER = frozenset(
    (
        0,
        1,
        _FIELD - 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        _FIELD - 2707385501144840649318225287225658788936804267575313519463743609750303402022,
    )
)


def key_id_of(public_key: bytes) -> str:
    """The key id of a public key of 32 bytes. Raises KEY_UNSUPPORTED."""
    if len(public_key) != 32:
        raise refuse("KEY_UNSUPPORTED", "a public key has 32 bytes")
    _assert_sound(public_key)
    return _base58(_PREFIX + public_key)


def public_key_of(key_id: str) -> bytes:
    """The 32 bytes of the public key in a key id. Raises KEY_UNSUPPORTED unless it is the canonical spelling of a
    sound key.
    """
    data = _from_base58(key_id) if isinstance(key_id, str) and 0 < len(key_id) <= _CHARACTERS_MAX else b""
    if len(data) != len(_PREFIX) + 32 or not data.startswith(_PREFIX):
        raise refuse("KEY_UNSUPPORTED", "reading a key id")
    public_key = data[len(_PREFIX) :]
    _assert_sound(public_key)
    return public_key


def _assert_sound(public_key: bytes) -> None:
    y = int.from_bytes(public_key, "little") & (2**255 - 1)
    # A y of at least the field's size is a second encoding of a smaller y.
    if y >= _FIELD or y in _SMALL_ORDER:
        raise refuse("KEY_UNSUPPORTED", "a weak public key")


def _base58(data: bytes) -> str:
    number = int.from_bytes(data, "big")
    digits = ""
    while number > 0:
        number, digit = divmod(number, 58)
        digits = _ALPHABET[digit] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + digits


def _from_base58(text: str) -> bytes:
    number = 0
    for character in text:
        digit = _ALPHABET.find(character)
        if digit < 0:
            return b""
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
