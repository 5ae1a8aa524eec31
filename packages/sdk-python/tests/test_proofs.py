"""Proofs from audit logs: those of the vectors hold or are refused."""

from __future__ import annotations

import json
import unittest

from stimnet_client import VerificationError, verify_proof

from .vectors import vectors

FILE = vectors("proofs.json")
PROOF = FILE["cases"][0]["proof"]


class Proofs(unittest.TestCase):
    def test_each_proof_of_the_vectors_holds_or_is_refused_with_its_code(self) -> None:
        held = 0
        for case in FILE["cases"]:
            with self.subTest(case["name"]):
                text = json.dumps(case["proof"])
                if case["code"] is None:
                    proof = verify_proof(text, peer=FILE["peer"])
                    self.assertEqual((proof.sequence, proof.checkpoint.size), (FILE["sequence"], FILE["size"]))
                    self.assertEqual(proof.checkpoint.witnesses, {FILE["witness"]: FILE["atMs"]})
                    held += 1
                    continue
                with self.assertRaises(VerificationError) as refused:
                    verify_proof(text, peer=FILE["peer"])
                self.assertEqual(refused.exception.code, case["code"])
        self.assertEqual(held, 2)

    def test_an_open_record_is_told_and_a_closed_one_is_not(self) -> None:
        opened, closed = (verify_proof(json.dumps(case["proof"])) for case in FILE["cases"][:2])
        self.assertEqual(opened.record and opened.record["detail_json"], FILE["detailJson"])
        self.assertIsNone(closed.record)

    def test_every_changed_character_of_the_signed_state_is_refused(self) -> None:
        note = PROOF["checkpoint"]
        for at, character in enumerate(note):
            changed = note[:at] + ("A" if character != "A" else "B") + note[at + 1 :]
            with self.assertRaises(VerificationError, msg=f"{at}: {character!r}"):
                verify_proof(json.dumps({**PROOF, "checkpoint": changed}))

    def test_what_is_no_proof_is_refused(self) -> None:
        wrong = [
            "",
            "[]",
            "{}",
            "7",
            "\ud800",
            "[" * 100_000,
            json.dumps({**PROOF, "path": PROOF["path"] * 40}),
            "x" * 2_000_000,
        ]
        for index in (True, -1, 2**60, 4.5, None):
            wrong.append(json.dumps({**PROOF, "index": index}))
        for text in wrong:
            with self.assertRaises(VerificationError, msg=text[:40]):
                verify_proof(text)


if __name__ == "__main__":
    unittest.main()
