"""Keys, canonical JSON, messages and envelopes: valid ones in the test vectors are accepted, invalid ones refused."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import unittest
from typing import Any

from stimnet_client import Signer, VerificationError, job_id_of
from stimnet_client.trust import messages
from stimnet_client.trust.canonical import canonical_json
from stimnet_client.trust.ed25519 import Ed25519Key
from stimnet_client.trust.envelope import open_sealed, seal
from stimnet_client.trust.keys import key_id_of, public_key_of
from stimnet_client.trust.merkle import leaf_hash, proves_inclusion
from stimnet_client.trust.request import filter_message

from .vectors import ROOT, cases_of


class Vectors(unittest.TestCase):
    def test_a_key_has_the_id_of_the_vectors(self) -> None:
        for case in cases_of("keys.json"):
            key = Ed25519Key(bytes.fromhex(case["seed"]))
            self.assertEqual(key.public_key.hex(), case["publicKey"])
            self.assertEqual(key_id_of(key.public_key), case["keyId"])
            self.assertEqual(public_key_of(case["keyId"]).hex(), case["publicKey"])

    def test_a_weak_key_is_none(self) -> None:
        weak = json.loads((ROOT / "test/vectors/keys.json").read_text())["weak"]
        self.assertEqual(len(weak), 48)
        for case in weak:
            for refused in (
                lambda case=case: public_key_of(case["keyId"]),
                lambda case=case: key_id_of(bytes.fromhex(case["publicKey"])),
            ):
                with self.assertRaises(VerificationError, msg=case["publicKey"]) as raised:
                    refused()
                self.assertEqual(raised.exception.code, "KEY_UNSUPPORTED")

    def test_canonical_json_is_that_of_the_vectors(self) -> None:
        for case in cases_of("canonical.json"):
            written = canonical_json(case["value"])
            self.assertEqual(written, case["canonical"])
            self.assertEqual(hashlib.sha256(written.encode()).hexdigest(), case["sha256"])

    def test_an_envelope_is_sealed_byte_for_byte_as_in_the_vectors_and_opens(self) -> None:
        for case in cases_of("envelope.json"):
            lifetime = math.inf if case["lifetimeMs"] is None else case["lifetimeMs"]
            sealed = seal(
                kind=case["type"],
                body=bytes.fromhex(case["body"]),
                signer=Signer(bytes.fromhex(case["seed"])),
                issued_at_ms=case["issuedAtMs"],
                lifetime_ms=lifetime,
                nonce=bytes.fromhex(case["nonce"]),
                audience=case["audience"],
            )
            self.assertEqual(sealed, case["envelope"])
            opened = open_sealed(sealed, kind=case["type"], issuer=case["issuer"])
            self.assertEqual((opened.hash, opened.body.hex()), (case["hash"], case["body"]))
            job = job_id_of(issuer=case["issuer"], nonce=opened.nonce, serving_peer=case["servingPeer"])
            self.assertEqual(job, case["jobId"])

    def test_a_filter_is_encoded_byte_for_byte_as_in_the_vectors_and_reads_back(self) -> None:
        for case in cases_of("filter.json"):
            message = {"cohort": filter_message(case["filter"])}
            data = messages.encode("JobRequest", message)
            self.assertEqual(data.hex(), case["request"])
            self.assertEqual(messages.encode("JobRequest", messages.decode("JobRequest", data)), data)


class Refusals(unittest.TestCase):
    def setUp(self) -> None:
        self.case = cases_of("envelope.json")[0]

    def refused(self, jws: str, issuer: str | None = None, kind: str = "job-request") -> str:
        with self.assertRaises(VerificationError) as refused:
            open_sealed(jws, kind=kind, issuer=issuer or self.case["issuer"])
        return refused.exception.code

    def test_every_changed_character_of_an_envelope_is_refused(self) -> None:
        jws = self.case["envelope"]
        for at, character in enumerate(jws):
            self.refused(jws[:at] + ("A" if character != "A" else "B") + jws[at + 1 :])
            self.refused(jws[:at] + jws[at + 1 :])

    def test_another_spelling_of_the_same_signature_is_refused(self) -> None:
        jws = self.case["envelope"]
        # Only two bits of the last character of a signature carry data.
        last = jws[-1]
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        same_bits = alphabet[alphabet.index(last) ^ 1]
        for spelled in (jws[:-1] + same_bits, jws + "=", jws + "\n", " " + jws, jws + ".", jws.replace("_", "/")):
            self.assertEqual(self.refused(spelled), "MALFORMED", spelled[-4:])

    def test_another_issuer_and_another_kind_are_refused(self) -> None:
        jws = self.case["envelope"]
        self.assertEqual(self.refused(jws, issuer=self.case["servingPeer"]), "SIGNATURE_INVALID")
        self.assertEqual(self.refused(jws, kind="job-result"), "TYPE_MISMATCH")

    def test_a_header_chooses_neither_algorithm_nor_extension(self) -> None:
        good = {"alg": "Ed25519", "kid": self.case["issuer"], "typ": "stimnet+jws"}
        changes = {
            "SIGNATURE_INVALID": [{"alg": "none"}, {"alg": "HS256"}, {"alg": "EdDSA"}],
            "MALFORMED": [{"crit": ["exp"]}, {"b64": False}],
            "TYPE_MISMATCH": [{"typ": "JWT"}],
            "KEY_UNSUPPORTED": [{"kid": 7}, {"kid": "12D3KooW"}, {"kid": self.case["issuer"] + "1"}],
        }
        for code, headers in changes.items():
            for header in headers:
                self.assertEqual(self.refused(self.signed({**good, **header})), code, str(header))

    def test_what_is_no_statement_is_refused(self) -> None:
        header = {"alg": "Ed25519", "kid": self.case["issuer"], "typ": "stimnet+jws"}
        payload = bytes.fromhex(self.case["statement"])
        wrong = [
            b"\xff" * 20,
            payload[:-1],
            payload + payload,
            payload.replace(b"stimnet/1", b"stimnet/2"),
        ]
        for data in wrong:
            self.assertIn(self.refused(self.signed(header, data)), ("MALFORMED", "TYPE_MISMATCH"))

    def test_a_statement_that_names_another_issuer_than_its_key_is_refused(self) -> None:
        header = {"alg": "Ed25519", "kid": self.case["issuer"], "typ": "stimnet+jws"}
        told = messages.decode("Statement", bytes.fromhex(self.case["statement"]))
        changes: list[tuple[str, dict[str, Any]]] = [
            ("SIGNATURE_INVALID", {"issuer": self.case["servingPeer"]}),
            ("MALFORMED", {"nonce": b""}),
            ("MALFORMED", {"nonce": b"\0" * 17}),
            ("MALFORMED", {"issued_at_ms": math.inf, "expires_at_ms": math.inf}),
            ("MALFORMED", {"issued_at_ms": math.nan}),
            ("MALFORMED", {"expires_at_ms": math.nan}),
            ("MALFORMED", {"expires_at_ms": told["issued_at_ms"] - 1}),
        ]
        for code, change in changes:
            payload = messages.encode("Statement", {**told, **change})
            self.assertEqual(self.refused(self.signed(header, payload)), code, str(change))

    def test_messages_that_lie_about_themselves_are_refused(self) -> None:
        deep = b""
        for _ in range(40):
            deep = b"\x1a" + _varint(len(deep)) + deep
        lies = {
            "cut off": b"\x0a\x05abc",
            "a number without an end": b"\xff" * 11,
            "a group": b"\x0b",
            "a number where a text should be": b"\x08\x01",
            "a text where a number should be": b"\x42\x01a",
            "a text that is not UTF-8": b"\x0a\x01\xff",
            "a text that stands twice": b"\x0a\x01a\x0a\x01a",
            "a filter that never ends": b"\x22" + _varint(len(deep)) + deep,
        }
        for name, data in lies.items():
            with self.assertRaises(VerificationError, msg=name) as refused:
                messages.decode("JobRequest", data)
            self.assertEqual(refused.exception.code, "MALFORMED", name)
        # Fields of a newer version are skipped, whatever they contain.
        newer = b"\x0a\x01a" + b"\xf8\x07\x01" + b"\xf9\x07" + b"\0" * 8 + b"\xfd\x07" + b"\0" * 4 + b"\xfa\x07\x02hi"
        self.assertEqual(messages.decode("JobRequest", newer)["catalog"], "a")

    def test_a_key_of_another_kind_or_spelling_is_none(self) -> None:
        key_id = self.case["issuer"]
        other_kind = "12D3KooW" + "1" * 44
        # The PeerId of another type of key has other bytes before the key, and the same length.
        wrong = [
            "",
            "1",
            key_id[:-1],
            key_id + "1",
            "1" + key_id,
            " " + key_id,
            key_id.replace("K", "l"),
            "0" * 52,
            other_kind,
        ]
        number = int.from_bytes(bytes((0, 0x24, 0x08, 0x02, 0x12, 0x20)) + bytes(range(32)), "big")
        digits = ""
        while number:
            number, digit = divmod(number, 58)
            digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + digits
        for text in [*wrong, "1" + digits]:
            with self.assertRaises(VerificationError, msg=text) as refused:
                public_key_of(text)
            self.assertEqual(refused.exception.code, "KEY_UNSUPPORTED")

    def test_a_request_that_lives_too_long_is_refused(self) -> None:
        sealed = seal(
            kind="job-request",
            body=b"",
            signer=Signer(bytes.fromhex(self.case["seed"])),
            issued_at_ms=1.0,
            lifetime_ms=600_001,
            nonce=b"\0" * 16,
            audience=[],
        )
        self.assertEqual(self.refused(sealed), "LIFETIME_TOO_LONG")

    def test_canonical_json_refuses_what_json_cannot_say(self) -> None:
        deep: Any = []
        for _ in range(101):
            deep = [deep]
        for value in (math.nan, math.inf, 2**53 + 1, 10**400, "\ud800", {1: 2}, {"\udfff": 1}, {1, 2}, b"x", deep):
            with self.assertRaises(VerificationError):
                canonical_json(value)

    def test_numbers_are_written_as_ecmascript_writes_them(self) -> None:
        expected = {
            1.0: "1", -0.0: "0", 0.1: "0.1", -2.5: "-2.5", 123456.789: "123456.789", 1e20: "100000000000000000000",
            1e21: "1e+21", 1.5e21: "1.5e+21", 1e-6: "0.000001", 1e-7: "1e-7", 1.25e-7: "1.25e-7", 5e-324: "5e-324",
            2.0**53: "9007199254740992", 0.00001234: "0.00001234", 1e16: "10000000000000000", 1.7e16: "17000000000000000",
        }  # fmt: skip
        self.assertEqual({value: canonical_json(value) for value in expected}, expected)

    def signed(self, header: dict[str, Any], payload: bytes | None = None) -> str:
        """A statement with a valid signature of the vector's key, whatever its content."""
        data = bytes.fromhex(self.case["statement"]) if payload is None else payload
        parts = [json.dumps(header).encode(), data]
        text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
        signature = Ed25519Key(bytes.fromhex(self.case["seed"])).sign(text.encode())
        return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


class Trees(unittest.TestCase):
    def test_two_hashes_that_are_cut_elsewhere_prove_nothing(self) -> None:
        leaf, sibling = leaf_hash(b"a"), leaf_hash(b"b")
        root = _root([leaf, sibling])
        self.assertTrue(proves_inclusion(leaf=leaf, index=0, size=2, path=[sibling], root=root))
        # The hashed bytes are the same.
        moved = {"leaf": leaf + sibling[:1], "path": [sibling[1:]]}
        self.assertFalse(proves_inclusion(index=0, size=2, root=root, **moved))

    def test_each_leaf_of_each_small_tree_is_proven_and_no_other(self) -> None:
        for size in range(1, 18):
            leaves = [leaf_hash(f"entry {at}".encode()) for at in range(size)]
            root = _root(leaves)
            for index in range(size):
                path = _path(index, leaves)
                whole = {"leaf": leaves[index], "index": index, "size": size, "path": path, "root": root}
                self.assertTrue(proves_inclusion(**whole))
                for wrong in (
                    {"leaf": leaf_hash(b"another")},
                    {"index": index + 1},
                    {"root": leaf_hash(b"")},
                    {"path": [*path, root]},
                    {"path": [one[:-1] for one in path] or [b""]},
                ):
                    self.assertFalse(proves_inclusion(**{**whole, **wrong}), f"{index} of {size}: {list(wrong)}")


def _varint(value: int) -> bytes:
    return bytes((value & 0x7F | 0x80, value >> 7)) if value > 0x7F else bytes((value,))


def _root(leaves: list[bytes]) -> bytes:
    """The root as defined in RFC 6962, 2.1, literally."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _root(leaves[:split]) + _root(leaves[split:])).digest()


def _path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*_path(index, leaves[:split]), _root(leaves[split:])]
    return [*_path(index - split, leaves[split:]), _root(leaves[:split])]


if __name__ == "__main__":
    unittest.main()
