"""Permissions of accounts to see and to decide."""

from __future__ import annotations

import time
import unittest

from stimnet_client import AuthenticationError, StimnetError, SyncDistributedClient

from .running import SQL, running

ASKED = {"data_catalog_name": "clinical_trial_data", "script_type": "sql", "script_content": SQL}


class People(unittest.TestCase):
    def setUp(self) -> None:
        self.mesh = running()

    def test_a_wrong_password_and_an_unknown_name_are_refused_alike(self) -> None:
        with SyncDistributedClient(self.mesh.urls[0]) as client:
            told = []
            for name, password in (("ada", "wrong"), ("nobody", self.mesh.password)):
                with self.assertRaises(AuthenticationError) as refused:
                    client.authenticate(name, password)
                told.append((refused.exception.code, refused.exception.detail))
            self.assertEqual(told[0], told[1])
            self.assertEqual(told[0][0], "CREDENTIALS_INVALID")
            with self.assertRaises(AuthenticationError) as refused:
                client.list_jobs()
            self.assertEqual(refused.exception.code, "UNAUTHENTICATED")

    def test_a_token_that_expired_is_told_and_a_new_login_helps(self) -> None:
        with SyncDistributedClient(self.mesh.expiring) as client:
            client.authenticate("ada", self.mesh.password)
            job_id = client.submit_job(target_node_id="node-9", **ASKED)
            for _ in range(100):
                try:
                    client.list_jobs()
                except AuthenticationError:
                    break
                time.sleep(0.2)
            for ask in (client.list_jobs, lambda: client.get_job_status(job_id), lambda: client.wait_for_job(job_id)):
                with self.assertRaises(AuthenticationError) as refused:
                    ask()
                self.assertEqual(refused.exception.code, "UNAUTHENTICATED")
            client.authenticate("ada", self.mesh.password)
            self.assertEqual(client.wait_for_job(job_id, timeout=30).status, "completed")

    def test_a_token_serves_as_api_key_and_is_worth_nothing_elsewhere(self) -> None:
        with self.mesh.sync() as client:
            token = client.token
        with SyncDistributedClient(self.mesh.urls[0], api_key=token) as client:
            client.list_jobs()
        for named in ({"token": token}, {"api_key": token}):
            with SyncDistributedClient(self.mesh.urls[1], **named) as client, self.assertRaises(AuthenticationError):
                client.list_jobs()

    def test_a_job_of_somebody_else_is_as_if_it_were_not_there(self) -> None:
        with self.mesh.sync() as ada, self.mesh.sync(account="eve") as eve:
            job_id = ada.submit_job(target_node_id="node-1", **ASKED)
            told = set()
            for ask in (
                lambda one: eve.get_job_status(one),
                lambda one: eve.cancel_job(one),
                lambda one: eve.wait_for_job(one, timeout=5),
                lambda one: eve.wait_for_job(one),
                lambda one: list(eve.follow(one)),
                lambda one: eve.get_broadcast(one),
                lambda one: list(eve.follow_broadcast(one)),
            ):
                for one in (job_id, "0" * 32):
                    with self.assertRaises(StimnetError) as refused:
                        ask(one)
                    told.add((refused.exception.code, refused.exception.detail))
            self.assertEqual({code for code, _ in told}, {"JOB_UNKNOWN"})
            self.assertEqual(len(told), 1)
            self.assertNotIn(job_id, [one.job_id for one in eve.list_jobs()])
            self.assertEqual(ada.wait_for_job(job_id, timeout=60).status, "completed")

    def test_an_analysis_is_asked_for_approved_by_a_steward_and_run(self) -> None:
        with self.mesh.sync() as ada, self.mesh.sync(account="sue") as sue:
            asked = ada.request_analysis(
                target_node_id="node-1",
                requester_name="Ada",
                requester_institution="North",
                requester_email="ada@example.org",
                analysis_title="Sexes",
                analysis_description="To describe the sample.",
                priority="high",
                **ASKED,
            )
            self.assertEqual((asked.status, asked.priority), ("pending", "high"))
            for _ in range(100):
                waiting = [one.request_id for one in sue.list_analysis_requests("pending")]
                if asked.request_id in waiting:
                    break
                time.sleep(0.1)
            with self.assertRaises(StimnetError) as refused:
                ada.decide_analysis_request(asked.request_id, "approved")
            self.assertEqual(refused.exception.code, "NOT_PERMITTED")
            decided = sue.decide_analysis_request(asked.request_id, "approved", approval_notes="Aggregates only.")
            self.assertEqual(decided.status, "approved")
            for _ in range(100):
                results = ada.get_analysis_results(asked.request_id)
                if results.result_data is not None:
                    break
                time.sleep(0.1)
            self.assertEqual(len((results.result_data or {})["rows"]), 2)
            self.assertEqual(ada.get_analysis_request(asked.request_id).approval_notes, "Aggregates only.")


if __name__ == "__main__":
    unittest.main()
