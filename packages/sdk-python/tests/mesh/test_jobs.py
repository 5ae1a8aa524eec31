"""The documented methods, each with a running gateway."""

from __future__ import annotations

import unittest
from pathlib import Path
from unittest import mock

from stimnet_client import JobSubmission, StimnetError, TransportError, verify_receipt

from .running import SQL, running

ASKED = {"data_catalog_name": "clinical_trial_data", "script_type": "sql", "script_content": SQL}


class Jobs(unittest.TestCase):
    def setUp(self) -> None:
        self.mesh = running()
        self.client = self.mesh.sync()
        self.addCleanup(self.client.close)

    def test_who_is_there_and_what_they_offer(self) -> None:
        health = self.client.health_check()
        self.assertEqual((health["status"], health.node_id, health.peer_id), ("healthy", "node-1", self.mesh.peers[0]))
        info = self.client.discover_node()
        self.assertEqual({node.peer_id for node in info.nodes}, set(self.mesh.peers))
        self.assertEqual([node.node_id for node in self.client.list_nodes()], [node.node_id for node in info.nodes])
        catalogs = self.client.list_data_catalogs("public")
        self.assertEqual(catalogs[0].name, "clinical_trial_data")
        self.assertEqual([one.name for one in catalogs], [one.name for one in info.data_catalogs])
        self.assertEqual(catalogs[0].total_records % 10, 0)
        for key in (catalogs[0].id, "clinical_trial_data"):
            self.assertEqual(self.client.get_data_catalog(key).name, "clinical_trial_data")
        found = self.client.search_catalogs("parkinson updrs")
        self.assertEqual({one.peer_id for one in found}, set(self.mesh.peers))
        self.assertEqual(self.client.search_catalogs("no-such-word"), [])
        with self.assertRaises(StimnetError) as refused:
            self.client.get_data_catalog("no_such_catalog")
        self.assertEqual((refused.exception.code, refused.exception.status), ("CATALOG_UNKNOWN", 404))

    def test_a_job_from_its_submission_to_its_receipt(self) -> None:
        job_id = self.client.submit_job(JobSubmission(target_node_id="node-1", **ASKED))
        job = self.client.wait_for_job(job_id, timeout=60)
        self.assertEqual((job.job_id, job.status, job.progress), (job_id, "completed", 1.0))
        self.assertEqual({row["sex"] for row in job.rows}, {"female", "male"})
        self.assertEqual(sum(row["subjects"] for row in job.rows), 150)
        assert job.receipt is not None
        signed = verify_receipt(job.receipt, peer=self.mesh.peers[0])
        self.assertEqual(signed.table.rows, job.rows)
        self.assertEqual(self.client.get_job_status(job_id).rows, job.rows)
        listed = self.client.list_jobs(status="completed", limit=1)
        self.assertEqual([one.job_id for one in listed], [job_id])
        self.assertFalse(self.client.cancel_job(job_id))

    def test_another_institution_and_all_of_them_are_asked_in_the_same_way(self) -> None:
        for target, subjects in ((self.mesh.peers[1], 150), ("node-3", 150), ("*", 450)):
            job = self.client.wait_for_job(self.client.submit_job(target_node_id=target, **ASKED), timeout=60)
            self.assertEqual(sum(row["subjects"] for row in job.rows), subjects, target)

    def test_script_files_are_sent_as_what_they_are(self) -> None:
        examples = Path(self.mesh.examples)
        for name, catalog, kind in (
            ("change-by-sex.sql", "clinical_trial_data", "sql"),
            ("quality-by-scan.json", "imaging_data", "statistic"),
            ("age-sex-summary.py", "clinical_trial_data", "python"),
        ):
            job_id = self.client.submit_script_file(examples / name, target_node_id="node-1", data_catalog_name=catalog)
            job = self.client.wait_for_job(job_id, timeout=60)
            self.assertEqual((job.script_type, job.status), (kind, "completed"), job.error_message)
            if kind == "python":
                self.assertEqual((job.result_data or {})["share female"], 0.52)
                with self.assertRaises(StimnetError):
                    job.to_pandas()
            else:
                self.assertGreater(len(job.rows), 1)

    def test_the_same_key_is_the_same_job(self) -> None:
        ids = {
            self.client.submit_job(target_node_id="node-1", idempotency_key=key, **ASKED)
            for key in ("once", "once", "twice")
        }
        self.assertEqual(len(ids), 2)
        with self.assertRaises(StimnetError):
            self.client.submit_job(target_node_id="node-2", idempotency_key="once", **ASKED)

    def test_following_tells_each_state_and_the_end_with_the_result(self) -> None:
        job_id = self.client.submit_job(target_node_id="node-1", **ASKED)
        asking = mock.patch("stimnet_client.follow.ask_once", side_effect=AssertionError("events tell it all"))
        with asking:
            states = list(self.client.follow(job_id, timeout=60))
        self.assertEqual(states[-1].status, "completed")
        self.assertIsNotNone(states[-1].result_data)
        again = list(self.client.follow(job_id))
        self.assertEqual([one.status for one in again], ["completed"])
        # Without events, polling returns the same states.
        with (
            mock.patch("stimnet_client.follow.STREAM_FAILURES_MAX", 1),
            mock.patch(
                "stimnet_client.follow.EventReader", side_effect=TransportError("INTERRUPTED", "cut", retry=True)
            ),
        ):
            asked = list(self.client.follow(job_id, poll_interval=0.2))
        self.assertEqual(asked[-1].rows, states[-1].rows)

    def test_a_filter_makes_the_cohort_and_a_misspelt_one_is_told(self) -> None:
        job_id = self.client.submit_job(target_node_id="node-1", filters={"sex": "female"}, **ASKED)
        self.assertEqual([row["sex"] for row in self.client.wait_for_job(job_id, timeout=60).rows], ["female"])
        with self.assertRaises(StimnetError) as refused:
            done = self.client.wait_for_job(
                self.client.submit_job(target_node_id="node-1", filters={"sexx": "female"}, **ASKED), timeout=60
            )
            done.to_pandas()
        self.assertEqual(refused.exception.code, "VARIABLE_UNKNOWN")

    def test_a_field_that_does_not_fit_is_named(self) -> None:
        with self.assertRaises(StimnetError) as refused:
            self.client.submit_job(target_node_id="", **ASKED)
        self.assertEqual((refused.exception.code, refused.exception.status), ("BODY_INVALID", 422))
        self.assertEqual(refused.exception.fields[0].field, "target_node_id")
        self.assertIsNotNone(refused.exception.request_id)

    def test_html_in_a_title_comes_back_as_it_went(self) -> None:
        evil = "<img src=x onerror=alert(1)>"
        job_id = self.client.submit_job(target_node_id="node-1", title=evil, **ASKED)
        self.assertEqual(self.client.wait_for_job(job_id, timeout=60).title, evil)

    def test_a_price_is_told_and_nothing_is_spent(self) -> None:
        cost = self.client.privacy_cost(privacy={"level": "P2", "epsilon": "0.5"}, **ASKED)
        self.assertEqual({peer["peer_id"] for peer in cost.peers}, set(self.mesh.peers))
        for peer in cost.peers:
            # One person may be at two institutions of a broadcast; in total, the charge is the requested one.
            self.assertEqual(peer["cost"]["epsilon"] * peer["cost"]["sites_per_person"], 0.5)
        self.assertTrue(all(one["sd"] > 0 for one in cost.pooled if one["name"] == "subjects"))
        self.assertIn("subjects", [one["name"] for one in cost.pooled])

    def test_an_address_where_no_gateway_is_answers_with_an_error_of_ours(self) -> None:
        with self.mesh.sync() as client, self.assertRaises((StimnetError, TransportError)) as refused:
            client.get_job_status("x" * 500)
        self.assertEqual(refused.exception.code, "JOB_UNKNOWN")


if __name__ == "__main__":
    unittest.main()
