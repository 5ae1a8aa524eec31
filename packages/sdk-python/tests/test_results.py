"""Results as rows and as DataFrames, scripts from files, and errors that can be stored."""

from __future__ import annotations

import builtins
import pickle
import re
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from stimnet_client import Broadcast, JobResult, StimnetError, Table, WaitTimeoutError
from stimnet_client.models import read_script

from .answers import job
from .test_receipts import broadcast, part

OUTPUT = {"kind": "table", "columns": [{"name": "sex"}, {"name": "n"}], "rows": [{"values": ["female", 78]}]}
VALUES = {"kind": "values", "values": {"age": 61}}


def pooled(**more: Any) -> Broadcast:
    """A broadcast with a pooled answer."""
    whole = {
        "columns": OUTPUT["columns"],
        "rows": [{"values": ["female", None], "sites": []}],
        "sites": [],
        "missing": [],
    }
    return Broadcast.read({**broadcast(part(output=OUTPUT)).raw, "pooled": {**whole, **more}})


class Results(unittest.TestCase):
    def test_rows_are_dicts_and_none_stands_for_what_was_withheld(self) -> None:
        self.assertEqual(JobResult.read(job()).rows, [{"sex": "female", "n": 78}, {"sex": "male", "n": None}])
        self.assertEqual(pooled().rows, [{"sex": "female", "n": None}])
        self.assertEqual(pooled().parts_table().rows, [{"institution": "North", "sex": "female", "n": 78}])

    def test_a_job_without_a_result_has_no_rows_rather_than_none(self) -> None:
        told = {"error_message": "COHORT_NOT_RELEASABLE: Too small.", "result_data": {"message": "Too small."}}
        blocked = JobResult.read(job("blocked", code="COHORT_NOT_RELEASABLE", **told))
        with self.assertRaisesRegex(StimnetError, "^COHORT_NOT_RELEASABLE: Too small.$"):
            blocked.to_pandas()
        running = JobResult.read(job("running"))
        for result, code in ((blocked, "COHORT_NOT_RELEASABLE"), (running, "INTERRUPTED")):
            for read in (lambda r=result: r.rows, result.to_pandas):
                with self.assertRaises(StimnetError) as refused:
                    read()
                self.assertEqual(refused.exception.code, code)

    def test_a_broadcast_that_did_not_complete_has_no_pooled_rows_whatever_it_carries(self) -> None:
        for status in ("running", "failed", "blocked"):
            shown = Broadcast.read({**pooled().raw, "status": status, "state": status, "code": None, "reason": None})
            with self.assertRaises(StimnetError):
                shown.to_pandas()

    def test_a_broadcast_that_failed_everywhere_says_why_it_did(self) -> None:
        why = 'The catalog has no variable "chnge". Did you mean change?'
        unknown = {"state": "refused", "code": "VARIABLE_UNKNOWN", "output": None}
        parts = [part(**unknown, reason=why), part(**unknown, reason=why, institution="South")]
        failed = {"status": "failed", "state": "failed", "code": None, "reason": None, "pooled": None}
        shown = Broadcast.read({**broadcast(*parts).raw, **failed})
        with self.assertRaises(StimnetError) as refused:
            shown.rows  # noqa: B018
        self.assertEqual((refused.exception.code, refused.exception.detail), ("VARIABLE_UNKNOWN", f"All: {why}"))
        parts[1] = part(state="refused", code="QUEUE_FULL", reason="Too busy.", output=None, institution="South")
        with self.assertRaisesRegex(StimnetError, f"^VARIABLE_UNKNOWN: North: {re.escape(why)}; South: Too busy.$"):
            Broadcast.read({**broadcast(*parts).raw, **failed}).to_pandas()

    def test_a_number_of_fewer_institutions_than_its_row_is_marked(self) -> None:
        rows = [
            {"values": ["female", 89], "sites": ["p", "q", "r"], "column_sites": [None, ["q"]]},
            {"values": ["male", 200], "sites": ["p", "q", "r"]},
        ]
        shown = pooled(rows=rows, institutions={"p": "North", "q": "South", "r": "West"}).rows
        self.assertEqual([row["only"] for row in shown], ["n: South", None])
        self.assertNotIn("only", pooled(rows=rows[1:]).rows[0])

    def test_a_summary_has_errors_and_the_number_of_institutions(self) -> None:
        columns = [OUTPUT["columns"][0], {**OUTPUT["columns"][1], "left_out": True}]
        rows = [
            {"values": ["female", 40], "sites": ["p"], "within_remaining": [None, 4.5]},
            {"values": ["male", 50], "sites": []},
        ]
        shown = pooled(columns=columns, rows=rows, notes=["South refused.\x1b"])
        text = shown.summary()
        self.assertRegex(text, r"sex +≈ n +n_within +institutions\n")
        self.assertRegex(text, r"\nfemale +40 +4\.5 +1\nmale +50 +· +0\n")
        self.assertIn("South refused.\ufffd", text)
        self.assertNotIn("n_within", shown.rows[0], "rows stay as they are")
        try:
            frame = shown.to_pandas()
        except StimnetError as refused:
            self.assertEqual(refused.code, "LIBRARY_NOT_AVAILABLE")
        else:
            self.assertEqual(list(frame["n_within"])[0], 4.5)
            self.assertEqual(frame.attrs, {"asked": 1, "left_out": ["n"]})

    def test_a_quantile_has_its_range_beside_it(self) -> None:
        rows = [
            {"values": ["female", None], "sites": [], "ranges": [None, [1500, None]]},
            {"values": ["male", 7], "sites": []},
        ]
        told = pooled(rows=rows).rows
        self.assertEqual(told[0], {"sex": "female", "n": None, "n from": 1500, "n to": None})
        self.assertEqual(told[1], {"sex": "male", "n": 7, "n from": None, "n to": None})

    def test_values_of_a_script_are_not_taken_for_a_table(self) -> None:
        for result in (
            JobResult.read(job(result_data={"age": 61, "withheld": {}, "disclosure": {}})),
            JobResult.read(job(result_data={"columns": "age", "rows": []})),
            JobResult.read(job(result_data={"columns": ["age"], "rows": [1]})),
            pooled(rows=[{"values": [1]}]),
            pooled(columns=[{"title": "sex"}]),
        ):
            with self.assertRaises(StimnetError) as refused:
                result.to_pandas()
            self.assertEqual(refused.exception.code, "MALFORMED")
        with self.assertRaises(StimnetError):
            broadcast(part(output=VALUES)).parts_table()

    def test_parts_of_other_columns_stand_beside_each_other(self) -> None:
        other = {**OUTPUT, "columns": [{"name": "sex"}, {"name": "mean"}]}
        table = broadcast(part(output=OUTPUT), part(output=other, institution="South")).parts_table()
        self.assertEqual(table.columns, ["institution", "sex", "n", "mean"])
        self.assertEqual([row["n"] for row in table.rows], [78, None])

    def test_without_pandas_the_error_says_what_to_do(self) -> None:
        importing = builtins.__import__

        def without(name: str, *rest: Any, **more: Any) -> Any:
            if name.split(".")[0] == "pandas":
                raise ImportError(name)
            return importing(name, *rest, **more)

        with mock.patch.object(builtins, "__import__", without), self.assertRaises(StimnetError) as refused:
            Table(["n"], [{"n": 1}]).to_pandas()
        self.assertEqual(refused.exception.code, "LIBRARY_NOT_AVAILABLE")
        self.assertIn("pip install", refused.exception.detail)

    def test_with_pandas_a_result_is_a_data_frame(self) -> None:
        try:
            import pandas
        except ImportError:
            self.skipTest("pandas is not installed")
        frame = JobResult.read(job()).to_pandas()
        self.assertEqual(list(frame.columns), ["sex", "n"])
        self.assertEqual(frame["n"].sum(), 78)
        self.assertTrue(pandas.isna(frame["n"][1]))
        self.assertEqual(list(Table(["a", "b"], []).to_pandas().columns), ["a", "b"])


class Scripts(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_scripts_type_is_told_by_its_name(self) -> None:
        for name, kind in (
            ("a.py", "python"),
            ("b.R", "r"),
            ("c.sql", "sql"),
            ("d.ipynb", "jupyter"),
            ("e.json", "statistic"),
        ):
            (self.folder / name).write_text("größe", encoding="utf-8")
            self.assertEqual(read_script(self.folder / name), (kind, "größe"))

    def test_other_files_are_refused(self) -> None:
        wrong = {"a.exe": b"x", "b.py": b"\xff", "c.py": b"x" * (256 * 1024 + 1), "d": b"x"}
        codes = []
        for name, content in wrong.items():
            (self.folder / name).write_bytes(content)
            with self.assertRaises(StimnetError) as refused:
                read_script(self.folder / name)
            codes.append(refused.exception.code)
        self.assertEqual(codes, ["LANGUAGE_NOT_AVAILABLE", "MALFORMED", "TOO_LARGE", "LANGUAGE_NOT_AVAILABLE"])
        with self.assertRaises(OSError):
            read_script(self.folder / "missing.py")


class Errors(unittest.TestCase):
    def test_an_error_survives_the_way_between_processes(self) -> None:
        for error in (StimnetError("BUSY", "later", status=503, retry=True), WaitTimeoutError("DEADLINE", "late")):
            again = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(again), vars(again), str(again)), (type(error), vars(error), str(error)))


if __name__ == "__main__":
    unittest.main()
