"""Ed25519, the one door to the package ``cryptography``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import StimnetError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature fits. Raises LIBRARY_NOT_AVAILABLE without ``cryptography``: what cannot be checked does
    not hold.
    """
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as cause:
        raise _missing() from cause
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Ed25519Key:
    """A private key. It is not shown, and the signature of the same bytes is always the same."""

    def __init__(self, seed: bytes) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        except ImportError as cause:
            raise _missing() from cause
        if len(seed) != 32:
            raise StimnetError("KEY_UNSUPPORTED", "an Ed25519 private key has 32 bytes")
        self._key: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """Its 32 public bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(message)


def _missing() -> StimnetError:
    text = 'cryptography is not installed: pip install "stimnet-client[verify]"'
    return StimnetError("LIBRARY_NOT_AVAILABLE", text)
