"""Requests signed in Python equal the test vectors byte for byte; invalid ones are refused before they are signed."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

from stimnet_client import SignedRequest, Signer, StimnetError, sign_request
from stimnet_client.trust.sign import Fresh

from .vectors import cases_of

CASES = cases_of("requests.json")
CASE = CASES[0]
SIGNER = Signer(bytes.fromhex(CASE["seed"]))


class Signing(unittest.TestCase):
    def test_a_request_is_signed_byte_for_byte_as_in_the_vectors(self) -> None:
        for case in CASES:
            fresh = Fresh(case["issuedAtMs"], bytes.fromhex(case["nonce"]), case["broadcast"])
            signed = sign_request(
                signer=SIGNER,
                targets=case["targets"],
                carrier=case.get("carrier"),
                fresh=fresh,
                **case["asked"],
            )
            self.assertEqual((signed.text, signed.hash), (case["envelope"], case["hash"]))
            self.assertEqual(signed.to_json(), {"envelope": case["envelope"], "targets": case["targets"]})

    def test_no_two_requests_are_the_same(self) -> None:
        self.assertNotEqual(self.signed().hash, self.signed().hash)

    def test_a_target_named_twice_is_asked_once(self) -> None:
        self.assertEqual(self.signed(targets=CASE["targets"] * 2).targets, tuple(CASE["targets"]))

    def test_what_does_not_fit_is_refused_with_its_code(self) -> None:
        wrong: list[tuple[str, dict[str, Any]]] = [
            ("PARAMETER_INVALID", {"targets": []}),
            ("PARAMETER_INVALID", {"targets": CASE["targets"][0]}),
            ("KEY_UNSUPPORTED", {"targets": ["node-1"]}),
            ("KEY_UNSUPPORTED", {"carrier": "node-1"}),
            ("PARAMETER_INVALID", {"targets": CASES[1]["targets"]}),
            ("LIFETIME_TOO_LONG", {"lifetime_ms": 600_001}),
            ("LIFETIME_TOO_LONG", {"lifetime_ms": float("nan")}),
            ("LANGUAGE_NOT_AVAILABLE", {"script_type": "perl"}),
            ("PARAMETER_INVALID", {"script_type": "statistic", "script_content": "mean"}),
            ("PARAMETER_INVALID", {"script_type": "statistic", "script_content": '{"name": "mean", "vars": []}'}),
            ("PARAMETER_INVALID", {"parameters": {"x": float("nan")}}),
            ("PARAMETER_INVALID", {"parameters": {"x": object()}}),
            ("PARAMETER_INVALID", {"filters": ["sex"]}),
            ("PARAMETER_INVALID", {"outputs": [{"name": "n", "kind": "count", "digit": 3}]}),
            ("PARAMETER_INVALID", {"about": {"name": "Ada"}}),
            ("PARAMETER_INVALID", {"data_catalog_name": 7}),
            ("FILTER_INVALID", {"where": {"column": "age", "op": "~", "values": [1]}}),
            ("FILTER_INVALID", {"where": {"all": []}}),
            ("FILTER_INVALID", {"where": {"column": "age", "op": "=", "values": [None]}}),
            (
                "FILTER_INVALID",
                {"where": {"not": {"not": {"not": {"not": {"column": "a", "op": "=", "values": [1]}}}}}},
            ),
            ("MALFORMED", {"title": "\ud800"}),
            ("TOO_LARGE", {"script_content": "-- " + "x" * 600_000}),
        ]
        for code, more in wrong:
            with self.assertRaises(StimnetError, msg=str(more)[:80]) as refused:
                self.signed(**more)
            self.assertEqual(refused.exception.code, code, str(more)[:80])

    def test_a_signer_does_not_show_its_key(self) -> None:
        self.assertEqual(repr(SIGNER), f"Signer({SIGNER.id})")
        self.assertNotIn(CASE["seed"], str(vars(SIGNER)))
        with self.assertRaises(StimnetError) as refused:
            Signer(b"short")
        self.assertEqual(refused.exception.code, "KEY_UNSUPPORTED")

    def test_a_key_comes_from_the_file_that_stimnet_key_made(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "key"
            file.write_text(f"{CASE['seed']}\n", encoding="ascii")
            self.assertEqual(Signer.from_file(file).id, SIGNER.id)
            for wrong in (b"", b"key", CASE["seed"][:-1].encode(), CASE["seed"].encode() + b"0", b"\xff" * 64):
                file.write_bytes(wrong)
                with self.assertRaises(StimnetError) as refused:
                    Signer.from_file(str(file))
                self.assertEqual(refused.exception.code, "KEY_UNSUPPORTED")

    def signed(self, **more: Any) -> SignedRequest:
        """The request of the first test vector, newly signed."""
        return sign_request(**{"signer": SIGNER, "targets": CASE["targets"], **CASE["asked"], **more})


if __name__ == "__main__":
    unittest.main()
