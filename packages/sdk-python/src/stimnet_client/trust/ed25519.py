"""Ed25519. The only module that uses the package ``cryptography``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import StimnetError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is valid. Raises LIBRARY_NOT_AVAILABLE without ``cryptography``, since an unchecked
    signature must not count.
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
    """A private key, whose bytes are not accessible. Signing the same bytes always gives the same signature."""

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
        """The 32 bytes of the public key."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._key.sign(message)


def _missing() -> StimnetError:
    text = 'cryptography is not installed: pip install "stimnet-client[verify]"'
    return StimnetError("LIBRARY_NOT_AVAILABLE", text)
