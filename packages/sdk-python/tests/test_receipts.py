"""Receipts: valid ones in the test vectors are accepted, invalid ones refused; parts of a broadcast are
distinguished.
"""

from __future__ import annotations

import base64
import builtins
import hashlib
import json
import unittest
from typing import Any
from unittest import mock

from stimnet_client import Broadcast, Signer, StimnetError, VerificationError, verify_broadcast, verify_receipt
from stimnet_client.trust import messages
from stimnet_client.trust.envelope import seal

from .vectors import vectors

FILE = vectors("receipts.json")
PEER, REQUEST = FILE["peer"], FILE["requestHash"]
RECEIPT = FILE["cases"][0]["receipt"]
OTHER_PEER = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"


def part(**more: Any) -> dict[str, Any]:
    """A part as a gateway shows it."""
    shown = {
        "peer_id": PEER, "node_id": "node-1", "institution": "North", "job_id": FILE["jobId"], "status": "completed",
        "state": "completed", "code": None, "reason": None, "progress": 1, "output": None, "receipt": RECEIPT,
        "warnings": [], "updated_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    return {**shown, **more}


def broadcast(*parts: dict[str, Any]) -> Broadcast:
    """A broadcast as a gateway shows it."""
    return Broadcast.read(
        {
            "id": "b", "number": 1, "title": "", "data_catalog_name": "c", "script_type": "sql", "status": "completed",
            "state": "completed", "progress": 1, "submitted_at": "2026-01-01T00:00:00Z", "warnings": [], "parts": list(parts),
        }  # fmt: skip
    )


class Receipts(unittest.TestCase):
    def test_each_receipt_of_the_vectors_holds_or_is_refused_with_its_code(self) -> None:
        held = 0
        for case in FILE["cases"]:
            with self.subTest(case["name"]):
                if case["code"] is None:
                    receipt = verify_receipt(case["receipt"], peer=PEER, request_hash=REQUEST)
                    self.assertEqual((receipt.job_id, receipt.issued_at_ms), (FILE["jobId"], FILE["issuedAtMs"]))
                    expected = FILE["output"] if receipt.state == "completed" else None
                    self.assertEqual(receipt.output, expected)
                    held += 1
                    continue
                with self.assertRaises(VerificationError) as refused:
                    verify_receipt(case["receipt"], peer=PEER, request_hash=REQUEST)
                self.assertEqual(refused.exception.code, case["code"])
        self.assertEqual(held, 5)

    def test_what_is_logged_is_told(self) -> None:
        told = {}
        for case in FILE["cases"][:4]:
            logged = verify_receipt(case["receipt"], peer=PEER).logged
            told[case["name"]] = logged and (logged.index, logged.size, logged.record and logged.record["kind"])
        self.assertEqual(list(told.values()), [(4, 7, "release"), (4, 7, None), None, (4, 7, "end")], msg=str(told))

    def test_an_output_larger_than_an_output_may_be_is_refused(self) -> None:
        signer = Signer(b"\2" * 32)
        self.assertEqual(signer.id, PEER)
        for pad, holds in ((0, True), (70_000, False)):
            data = json.dumps({**FILE["output"], "pad": "x" * pad}).encode()
            receipt = {"request_hash": REQUEST, "output_hash": hashlib.sha256(data).hexdigest()}
            result = {"job_id": "j", "state": "completed", "output_json": data, "receipt": receipt}
            body = messages.encode("JobResult", result)
            sealed = seal(
                kind="job-result",
                body=body,
                signer=signer,
                issued_at_ms=1,
                lifetime_ms=1,
                nonce=b"\0" * 16,
                audience=[],
            )
            if holds:
                self.assertIsNotNone(verify_receipt(sealed, peer=PEER).output)
                continue
            with self.assertRaises(VerificationError) as refused:
                verify_receipt(sealed, peer=PEER)
            self.assertEqual(refused.exception.code, "TOO_LARGE")

    def test_base64url_around_a_receipt_is_taken_off(self) -> None:
        wrapped = base64.urlsafe_b64encode(RECEIPT.encode()).rstrip(b"=").decode()
        self.assertEqual(verify_receipt(wrapped, peer=PEER).output, FILE["output"])

    def test_every_changed_character_is_refused(self) -> None:
        for at in range(len(RECEIPT)):
            changed = RECEIPT[:at] + ("A" if RECEIPT[at] != "A" else "B") + RECEIPT[at + 1 :]
            with self.assertRaises(VerificationError, msg=str(at)):
                verify_receipt(changed, peer=PEER, request_hash=REQUEST)

    def test_another_peer_and_what_is_no_receipt_are_refused(self) -> None:
        wrong = {
            RECEIPT: ("SIGNATURE_INVALID", OTHER_PEER),
            "": ("MALFORMED", PEER),
            "a.b.c": ("MALFORMED", PEER),
            "ü.b.c": ("MALFORMED", PEER),
            "A" * 2_000_000: ("TOO_LARGE", PEER),
            "." * 600_000: ("TOO_LARGE", PEER),
        }
        for text, (code, peer) in wrong.items():
            with self.assertRaises(VerificationError) as refused:
                verify_receipt(text, peer=peer)
            self.assertEqual(refused.exception.code, code, text[:20])

    def test_rows_are_as_signed_and_html_in_them_is_data(self) -> None:
        rows = verify_receipt(RECEIPT, peer=PEER).table.rows
        self.assertEqual(rows, [{"sex": "female", "n": 78}, {"sex": "<b>male</b>", "n": None}])

    def test_a_receipt_of_a_refusal_has_no_table(self) -> None:
        with self.assertRaises(StimnetError) as refused:
            verify_receipt(FILE["cases"][3]["receipt"], peer=PEER).table  # noqa: B018
        self.assertEqual(refused.exception.code, "COHORT_NOT_RELEASABLE")

    def test_without_cryptography_nothing_holds(self) -> None:
        importing = builtins.__import__

        def without(name: str, *rest: Any, **more: Any) -> Any:
            if name.startswith("cryptography"):
                raise ImportError(name)
            return importing(name, *rest, **more)

        with mock.patch.object(builtins, "__import__", without), self.assertRaises(StimnetError) as refused:
            verify_receipt(RECEIPT, peer=PEER)
        self.assertEqual(refused.exception.code, "LIBRARY_NOT_AVAILABLE")


class Parts(unittest.TestCase):
    def test_a_bad_receipt_is_named_and_does_not_hide_the_good_ones(self) -> None:
        shown = broadcast(part(), part(peer_id=OTHER_PEER, institution="South"))
        verified = verify_broadcast(shown)
        self.assertEqual(
            [(one.verified, one.code) for one in verified.parts], [(True, None), (False, "SIGNATURE_INVALID")]
        )
        self.assertFalse(verified.complete)
        self.assertEqual({row["institution"] for row in verified.table().rows}, {"North"})

    def test_a_peer_counts_once_and_only_where_it_was_asked(self) -> None:
        twice = verify_broadcast(broadcast(part(), part(institution="North again")), peers=[PEER])
        self.assertEqual([one.institution for one in twice.parts], ["North"])
        self.assertTrue(twice.complete)
        strange = verify_broadcast(broadcast(part()), peers=[OTHER_PEER])
        self.assertEqual([one.code for one in strange.parts], ["PEER_UNKNOWN", "PEER_UNREACHABLE"])
        self.assertFalse(strange.complete)

    def test_an_answer_to_another_request_does_not_count(self) -> None:
        verified = verify_broadcast(broadcast(part()), request_hash="0" * 64)
        self.assertEqual([one.code for one in verified.parts], ["SIGNATURE_INVALID"])

    def test_nobody_is_not_everybody(self) -> None:
        self.assertFalse(verify_broadcast(broadcast()).complete)
        none = verify_broadcast(broadcast(part(receipt=None, code="QUEUE_FULL")))
        self.assertEqual([one.code for one in none.parts], ["QUEUE_FULL"])


if __name__ == "__main__":
    unittest.main()
