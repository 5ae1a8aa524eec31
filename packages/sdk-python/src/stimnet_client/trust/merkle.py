"""The Merkle tree of RFC 6962 over an append-only log: verification that an entry is in the log."""

from __future__ import annotations

import hashlib
from typing import Sequence

_HASH_BYTES = 32


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: a zero byte, then the entry. The first byte distinguishes leaves from nodes."""
    return hashlib.sha256(b"\0" + entry).digest()


def proves_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``leaf`` (the hash of a leaf) is number ``index`` in the tree of ``size`` leaves with this root (RFC
    9162, 2.1.3.2).
    """
    hashes = [leaf, root, *path]
    if not 0 <= index < size or any(len(one) != _HASH_BYTES for one in hashes):
        return False
    node, last, current = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node % 2 == 1 or node == last:
            current = _node_hash(sibling, current)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            current = _node_hash(current, sibling)
        node, last = node // 2, last // 2
    return last == 0 and current == root


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
