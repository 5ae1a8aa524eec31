"""The running mesh that tests are given: where its gateways are, and who may log in."""

from __future__ import annotations

import json
import os
import unittest
from dataclasses import dataclass
from typing import Any, Mapping

from stimnet_client import DistributedClient, SyncDistributedClient

VARIABLE = "STIMNET_TEST_MESH"
"""Names a JSON text: urls, peers, password, seed, expiring, examples. Accounts: ada and eve ask, sue decides."""

SQL = "SELECT sex, COUNT(DISTINCT subject_id) AS subjects, AVG(age) AS age FROM subjects GROUP BY sex"


@dataclass(frozen=True)
class Mesh:
    """Peers at work, by the place of their gateway in ``urls``. ``expiring``: a gateway whose tokens live for five
    seconds; ``examples``: the folder of example programs.
    """

    urls: list[str]
    peers: list[str]
    password: str
    seed: str
    expiring: str
    examples: str

    def sync(self, at: int = 0, account: str = "ada", **settings: Any) -> SyncDistributedClient:
        """Logged in."""
        client = SyncDistributedClient(self.urls[at], **settings)
        client.authenticate(account, self.password)
        return client

    async def awaiting(self, at: int = 0, account: str = "ada") -> DistributedClient:
        """Logged in."""
        client = DistributedClient(self.urls[at])
        await client.authenticate(account, self.password)
        return client


def running() -> Mesh:
    """Raises SkipTest where no mesh was started."""
    text = os.environ.get(VARIABLE)
    if text is None:
        raise unittest.SkipTest("no mesh is running: see test/interop/python-sdk.test.ts")
    told: Mapping[str, Any] = json.loads(text)
    return Mesh(told["urls"], told["peers"], told["password"], told["seed"], told["expiring"], told["examples"])
