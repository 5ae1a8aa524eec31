"""Proofs from audit logs: valid ones in the test vectors are accepted, invalid ones refused."""

from __future__ import annotations

import base64
import hashlib
import json
import unittest

from stimnet_client import VerificationError, verify_proof
from stimnet_client.trust.checkpoint import open_checkpoint
from stimnet_client.trust.ed25519 import Ed25519Key
from stimnet_client.trust.keys import key_id_of, public_key_of

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

    def test_a_log_does_not_witness_itself_and_no_witness_lives_beyond_all_dates(self) -> None:
        key = Ed25519Key(b"\2" * 32)
        peer = key_id_of(key.public_key)
        body = "\n".join(PROOF["checkpoint"].split("\n")[:3]) + "\n"
        own = PROOF["checkpoint"].split("\n")[4]
        for seconds, holds in ((1_750_000_000, True), (8_640_000_000_001, False)):
            # The log's own key signs a line in the format of a witness.
            signature = key.sign(f"cosignature/v1\ntime {seconds}\n{body}".encode())
            kind = hashlib.sha256(f"stimnet/{peer}\n\4".encode() + public_key_of(peer)).digest()[:4]
            blob = base64.b64encode(kind + seconds.to_bytes(8, "big") + signature).decode()
            note = f"{body}\n{own}\n— stimnet/{peer} {blob}\n"
            if holds:
                self.assertEqual(open_checkpoint(note, peer=peer).witnesses, {})
                continue
            with self.assertRaises(VerificationError) as refused:
                open_checkpoint(note, peer=peer)
            self.assertEqual(refused.exception.code, "MALFORMED")

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
