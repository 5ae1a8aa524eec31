"""One request to three institutions."""

from __future__ import annotations

import unittest
from importlib.util import find_spec

from stimnet_client import Signer, StimnetError, VerificationError, sign_request, verify_receipt

from .running import SQL, running

ASKED = {"data_catalog_name": "clinical_trial_data", "script_type": "sql", "script_content": SQL}


class Broadcasts(unittest.TestCase):
    def setUp(self) -> None:
        self.mesh = running()
        self.client = self.mesh.sync()
        self.addCleanup(self.client.close)

    def test_three_institutions_answer_and_their_parts_are_pooled(self) -> None:
        started = self.client.broadcast(**ASKED)
        done = self.client.wait_for_broadcast(started.id, timeout=60)
        self.assertEqual(done.status, "completed")
        self.assertEqual({part.peer_id for part in done.parts}, set(self.mesh.peers))
        rows = {row["sex"]: row for row in done.rows}
        self.assertEqual(set(rows), {"female", "male"})
        self.assertEqual(sum(row["subjects"] for row in rows.values()), 450)
        by_site = done.parts_table().rows
        self.assertEqual(sum(row["subjects"] for row in by_site), 450)
        self.assertEqual(len({row["institution"] for row in by_site}), 3)
        if find_spec("pandas") is not None:
            frame = done.to_pandas().set_index("sex")
            self.assertEqual(frame["subjects"].sum(), 450)
            self.assertEqual(frame["age"]["female"], rows["female"]["age"])
            parts = done.parts_table().to_pandas()
            self.assertEqual(parts.groupby("sex")["subjects"].sum()["male"], rows["male"]["subjects"])

    def test_a_model_is_fitted_here_to_what_was_signed_as_the_gateway_fits_it(self) -> None:
        signer = Signer(bytes.fromhex(self.mesh.seed))
        model = self.client.model("scan_quality ~ motion_score", catalog="imaging_data", site="fixed", signer=signer)
        assert model.verified is not None
        self.assertEqual((model.verified.complete, model.missing), (True, {}))
        latest = self.client.get_broadcast(self.client.list_broadcasts(limit=1)[0].id)
        [shown] = (latest.pooled or {})["models"]
        self.assertEqual(len(shown["coefficients"]), 4)
        for mine, theirs in zip(model.result["coefficients"], shown["coefficients"]):
            for name in ("estimate", "error", "p"):
                self.assertAlmostEqual(mine[name] / theirs[name], 1, 9)
        self.assertEqual({one["site"] for one in model.sites}, set(self.mesh.peers))
        if find_spec("pandas") is not None:
            self.assertEqual(list(model.to_pandas()["term"]), [row["term"] for row in model.coefficients])
        asked_before = len(self.client.list_broadcasts())
        with self.assertRaisesRegex(StimnetError, "at character 16: .*no variable"):
            self.client.model("scan_quality ~ motion", catalog="imaging_data")
        self.assertEqual(len(self.client.list_broadcasts()), asked_before)

    def test_a_logistic_model_of_a_number_is_fitted_in_rounds_whose_estimates_are_computed_here(self) -> None:
        signer = Signer(bytes.fromhex(self.mesh.seed))
        named = {"catalog": "imaging_data", "family": "binomial", "event": "DTI", "signer": signer}
        model = self.client.model("scan_type ~ motion_score", **named)
        self.assertEqual((model.result["kind"], len(model.sites)), ("glm", 3))
        # With a hundred people each, the limit on disclosed information can end the fit early, at the last complete
        # round.
        self.assertGreaterEqual(len(model.rounds), 2)
        for one in model.rounds:
            assert one.verified is not None
        slope = model.coefficients[1]
        self.assertLess(abs(slope["estimate"]), 5)
        self.assertGreater(slope["ratio_high"], slope["ratio_low"])

    def test_each_receipt_holds_offline_and_says_what_the_gateway_shows(self) -> None:
        done = self.client.wait_for_broadcast(self.client.broadcast(**ASKED).id, timeout=60)
        verified = self.client.verify_broadcast(done, peers=self.mesh.peers)
        self.assertTrue(verified.complete)
        for part, shown in zip(verified.parts, done.parts):
            assert part.receipt is not None and part.receipt.logged is not None
            self.assertEqual(part.output, shown.output)
            self.assertEqual(part.receipt.job_id, shown.job_id)
            self.assertEqual(part.receipt.custody, "gateway")
            self.assertEqual(part.receipt.logged.record["kind"], "release")
        self.assertEqual(verified.table().rows, done.parts_table().rows)

    def test_pooled_here_from_what_was_signed_it_is_what_the_gateway_pooled(self) -> None:
        programs = (
            ("sql", "clinical_trial_data", SQL),
            (
                "sql",
                "imaging_data",
                "SELECT scan_type, COUNT(*) AS scans, AVG(scan_quality) AS q FROM scan_metadata GROUP BY scan_type",
            ),
            (
                "statistic",
                "imaging_data",
                '{"name": "moments", "variables": ["scan_quality"], "arguments": {"kurtosis": true}}',
            ),
            ("statistic", "imaging_data", '{"name": "correlation", "variables": ["scan_quality", "motion_score"]}'),
            (
                "statistic",
                "clinical_trial_data",
                '{"name": "share", "variables": ["sex"], "arguments": {"level": "female"}}',
            ),
            ("statistic", "clinical_trial_data", '{"name": "histogram", "variables": ["age"]}'),
        )
        for script_type, catalog, content in programs:
            with self.subTest(content):
                asked = {"data_catalog_name": catalog, "script_type": script_type, "script_content": content}
                done = self.client.wait_for_broadcast(self.client.broadcast(**asked).id, timeout=60)
                together = self.client.verify_broadcast(done, peers=self.mesh.peers).pooled()
                self.assertEqual(set(together.sites), set(self.mesh.peers))
                self.assertEqual((together.missing, together.notes), ({}, []))
                self.assertEqual(together.table.columns, done.table.columns)
                self.assertEqual(len(together.table.rows), len(done.rows))
                for mine, theirs in zip(together.table.rows, done.rows):
                    for name, value in theirs.items():
                        if isinstance(value, (int, float)):
                            self.assertAlmostEqual(mine[name], value, 9, name)
                        else:
                            self.assertEqual(mine[name], value, name)

    def test_a_changed_byte_and_another_peer_are_refused(self) -> None:
        done = self.client.wait_for_broadcast(self.client.broadcast(**ASKED).id, timeout=60)
        first, second = done.parts[0], done.parts[1]
        assert first.receipt is not None
        with self.assertRaises(VerificationError) as refused:
            verify_receipt(first.receipt, peer=second.peer_id)
        self.assertEqual(refused.exception.code, "SIGNATURE_INVALID")
        for at in range(0, len(first.receipt), 97):
            changed = first.receipt[:at] + ("A" if first.receipt[at] != "A" else "B") + first.receipt[at + 1 :]
            with self.assertRaises(VerificationError, msg=str(at)):
                verify_receipt(changed, peer=first.peer_id)
        with self.assertRaises(VerificationError):
            verify_receipt(first.receipt, peer=first.peer_id, request_hash="0" * 64)

    def test_a_request_signed_by_the_researcher_is_answered_to_that_key(self) -> None:
        signer = Signer(bytes.fromhex(self.mesh.seed))
        carrier = self.client.health_check().peer_id
        signed = sign_request(signer=signer, targets=self.mesh.peers, carrier=carrier, title="Größe", **ASKED)
        done = self.client.wait_for_broadcast(self.client.broadcast(signed).id, timeout=60)
        self.assertEqual((done.status, done.title), ("completed", "Größe"))
        verified = self.client.verify_broadcast(done, peers=signed.targets, request_hash=signed.hash)
        self.assertTrue(verified.complete)
        for part in verified.parts:
            assert part.receipt is not None
            self.assertEqual((part.receipt.custody, part.receipt.requester), ("requester", signer.id))

    def test_a_signed_request_counts_once(self) -> None:
        signer = Signer(bytes.fromhex(self.mesh.seed))
        signed = sign_request(signer=signer, targets=self.mesh.peers[:1], **ASKED)
        first = self.client.wait_for_broadcast(self.client.broadcast(signed).id, timeout=60)
        self.assertEqual(first.status, "completed")
        self.assertEqual(self.client.broadcast(signed).id, first.id)
        with self.assertRaises(TypeError):
            self.client.broadcast(signed, title="changed")


if __name__ == "__main__":
    unittest.main()
