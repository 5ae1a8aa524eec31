"""The running mesh for the tests: the URLs of its gateways and its accounts."""

from __future__ import annotations

import json
import os
import unittest
from dataclasses import dataclass
from typing import Any, Mapping

from stimnet_client import DistributedClient, SyncDistributedClient

VARIABLE = "STIMNET_TEST_MESH"
"""Environment variable with a JSON text: urls, peers, password, seed, expiring, examples. Accounts: ada and eve are
researchers, sue is a steward.
"""

SQL = "SELECT sex, COUNT(DISTINCT subject_id) AS subjects, AVG(age) AS age FROM subjects GROUP BY sex"


@dataclass(frozen=True)
class Mesh:
    """Running peers, in the order of their gateways in ``urls``. ``expiring``: a gateway whose tokens are valid for
    five seconds; ``examples``: the folder of example programs.
    """

    urls: list[str]
    peers: list[str]
    password: str
    seed: str
    expiring: str
    examples: str

    def sync(self, at: int = 0, account: str = "ada", **settings: Any) -> SyncDistributedClient:
        """A client that is logged in."""
        client = SyncDistributedClient(self.urls[at], **settings)
        client.authenticate(account, self.password)
        return client

    async def awaiting(self, at: int = 0, account: str = "ada") -> DistributedClient:
        """An asynchronous client that is logged in."""
        client = DistributedClient(self.urls[at])
        await client.authenticate(account, self.password)
        return client


def running() -> Mesh:
    """The running mesh. Raises SkipTest if none was started."""
    text = os.environ.get(VARIABLE)
    if text is None:
        raise unittest.SkipTest("no mesh is running: see test/interop/python-sdk.test.ts")
    told: Mapping[str, Any] = json.loads(text)
    return Mesh(told["urls"], told["peers"], told["password"], told["seed"], told["expiring"], told["examples"])
