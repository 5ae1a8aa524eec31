"""The asynchronous client with a running mesh: many calls at once."""

from __future__ import annotations

import asyncio
import unittest

from stimnet_client import DistributedClient, StimnetError

from .running import SQL, Mesh, running

ASKED = {"data_catalog_name": "clinical_trial_data", "script_type": "sql", "script_content": SQL}


class Awaiting(unittest.IsolatedAsyncioTestCase):
    mesh: Mesh
    client: DistributedClient

    async def asyncSetUp(self) -> None:
        self.mesh = running()
        self.client = await self.mesh.awaiting()

    async def asyncTearDown(self) -> None:
        if hasattr(self, "client"):
            await self.client.aclose()

    async def test_jobs_are_submitted_and_awaited_side_by_side(self) -> None:
        ids = await asyncio.gather(*(self.client.submit_job(target_node_id=f"node-{n}", **ASKED) for n in (1, 2, 3)))
        jobs = await asyncio.gather(*(self.client.wait_for_job(job_id, timeout=60) for job_id in ids))
        self.assertEqual([job.status for job in jobs], ["completed"] * 3)
        self.assertEqual([sum(row["subjects"] for row in job.rows) for job in jobs], [150] * 3)

    async def test_a_broadcast_is_followed_while_other_things_go_on(self) -> None:
        started = await self.client.broadcast(targets="*", title="async", **ASKED)
        seen: list[str] = []

        async def follow() -> None:
            async for state in self.client.follow_broadcast(started.id):
                seen.append(state.status)

        health, _ = await asyncio.gather(self.client.health_check(), follow())
        self.assertEqual((health.status, seen[-1]), ("healthy", "completed"))
        done = await self.client.get_broadcast(started.id)
        self.assertTrue(self.client.verify_broadcast(done, peers=self.mesh.peers).complete)
        self.assertIn(started.id, [one.id for one in await self.client.list_broadcasts(5)])

    async def test_refusals_are_the_same_as_those_of_the_blocking_client(self) -> None:
        with self.assertRaises(StimnetError) as refused:
            await self.client.wait_for_job("0" * 32, timeout=5)
        self.assertEqual(refused.exception.code, "JOB_UNKNOWN")


if __name__ == "__main__":
    unittest.main()
