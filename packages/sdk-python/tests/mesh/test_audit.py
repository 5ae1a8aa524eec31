"""A proof from the audit log of a running institution."""

from __future__ import annotations

import unittest

from stimnet_client import StimnetError, VerificationError, verify_proof, verify_receipt

from .running import SQL, running


class Audit(unittest.TestCase):
    def setUp(self) -> None:
        self.mesh = running()

    def test_an_auditor_proves_a_release_to_somebody_who_sees_nothing_else(self) -> None:
        asked = {"data_catalog_name": "clinical_trial_data", "script_type": "sql", "script_content": SQL}
        with self.mesh.sync() as ada:
            job = ada.wait_for_job(ada.submit_job(target_node_id="node-1", **asked), timeout=60)
            receipt = verify_receipt(job.receipt or "", peer=self.mesh.peers[0])
            assert receipt.logged is not None
            proof = ada.get_audit_proof(receipt.logged.index + 1)
            with self.assertRaises(StimnetError) as refused:
                ada.get_audit_proof(10**9)
            self.assertEqual(refused.exception.status, 404)
        proven = verify_proof(proof.text(), peer=self.mesh.peers[0])
        self.assertEqual(proven.sequence, receipt.logged.index + 1)
        self.assertEqual((proven.record or {})["job_id"], receipt.job_id)
        with self.assertRaises(VerificationError):
            verify_proof(proof.text(), peer=self.mesh.peers[1])

    def test_whoever_does_not_audit_is_refused(self) -> None:
        with self.mesh.sync(account="eve") as eve, self.assertRaises(StimnetError) as refused:
            eve.get_audit_proof(1)
        self.assertEqual((refused.exception.code, refused.exception.status), ("NOT_PERMITTED", 403))


if __name__ == "__main__":
    unittest.main()
