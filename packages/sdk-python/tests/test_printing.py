"""Texts of institutions and gateways, which cannot control a terminal wherever this package prints them."""

from __future__ import annotations

import json
import unicodedata
import unittest
from dataclasses import replace

from stimnet_client import StimnetError, model_in, printable
from stimnet_client.asking import _notes
from stimnet_client.errors import error_of
from stimnet_client.model import ModelRound
from stimnet_client.pool.tables import pool_outputs

from .test_model import answer_of, without_cryptography
from .test_receipts import broadcast, part

STEERING = "\x1b]0;pwned\x07\x1b[2J\r\n\x9b1A\u202e\u2028\ud800"


def controls(text: str) -> list[str]:
    """The characters in a text that could control a terminal."""
    steering = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return [one for one in text if unicodedata.category(one) in steering and one not in "\n\t"]


class Printing(unittest.TestCase):
    def test_control_characters_are_replaced_and_words_are_not(self) -> None:
        self.assertEqual(controls(printable(STEERING)), [])
        self.assertNotIn("\n", printable(STEERING))
        for words in ("Universitätsklinik Köln", "95\u00a0%", "東京", "a — b"):
            self.assertEqual(printable(words), words)

    def test_a_summary_holds_no_control_characters_whatever_columns_and_institutions_are_called(self) -> None:
        with without_cryptography():
            model = model_in(answer_of("one fit each, combined"))
        lines = model.summary().count("\n")
        for one in (model.result, *model.result["sites"]):
            for number, coefficient in enumerate(one["coefficients"]):
                coefficient["term"] += STEERING
                if number == 1:
                    coefficient |= dict.fromkeys(("estimate", "error", "statistic", "p", "interval"))
        model.result["formula"] += STEERING
        names = {site: name + STEERING for site, name in model.names.items()}
        hostile = replace(model, names=names, missing={"P9": "CODE" + STEERING}, notes=[STEERING])
        self.assertEqual(controls(hostile.summary()), [])
        # Nor can they add lines: the missing institution and the note have one line each.
        self.assertEqual(hostile.summary().count("\n"), lines + 2)

    def test_errors_hold_none_either(self) -> None:
        refused = part(receipt=None, output=None, institution=STEERING, code="NOT_PERMITTED", reason=STEERING)
        with without_cryptography(), self.assertRaises(StimnetError) as caught:
            model_in(broadcast(refused))
        problem = {"code": STEERING, "detail": STEERING, "errors": [{"field": STEERING, "message": STEERING}]}
        told = error_of(400, {}, json.dumps(problem).encode())
        for error in (caught.exception, told):
            self.assertEqual(controls(f"{error} {error!r} {error.code} {error.detail}"), [])
        self.assertEqual(controls(told.fields[0].field + told.fields[0].message), [])

    def test_notes_hold_none_either(self) -> None:
        columns = [{"name": STEERING, "role": "measure", "kind": "count"}]
        table = {"kind": "table", "columns": columns, "rows": [{"values": [None], "parts": {}}]}
        pooled = pool_outputs({"P1": table}, {"P2": STEERING})
        self.assertEqual(controls("".join(pooled.notes)), [])
        lost = ModelRound(1, broadcast(part()), None, {"P1": STEERING}, None)
        self.assertEqual(controls("".join(_notes([lost], {"P1": STEERING}))), [])
