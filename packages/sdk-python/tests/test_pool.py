"""Pooling in Python gives the same results as in TypeScript; incompatible tables are left out and named."""

from __future__ import annotations

import copy
import sys
import unittest
from typing import Any

from stimnet_client import StimnetError, verify_broadcast
from stimnet_client.pool import PooledTable, pool_outputs
from stimnet_client.pool.cells import pool_cells, reads_as
from stimnet_client.pool.moments import value_of

from .test_receipts import PEER, broadcast, part
from .vectors import vectors

FILE = vectors("pools.json")
TABLES = FILE["tables"]
CASES = {case["name"]: case for case in FILE["cases"]}


def pooled(case: dict[str, Any]) -> PooledTable:
    """The parts of a test vector, pooled."""
    outputs = {one["site"]: TABLES[one["table"]] for one in case["parts"] if one["table"] in TABLES}
    missing = {one["site"]: one["table"] for one in case["parts"] if one["table"] not in TABLES}
    return pool_outputs(outputs, missing)


def bins_in(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The bins of all parts of a test vector."""
    tables = [TABLES[one["table"]] for one in case["parts"] if one["table"] in TABLES]
    cells = [cell for table in tables for row in table["rows"] for cell in row["parts"].values()]
    return [cell for cell in cells if "bins" in cell]


class Pool(unittest.TestCase):
    def test_each_vector_gives_the_rows_that_typescript_gives(self) -> None:
        numbers = 0
        for name, case in CASES.items():
            with self.subTest(name):
                mine, expected = pooled(case), case["pooled"]
                self.assertEqual(mine.table.columns, expected["columns"])
                self.assertEqual(mine.sites, expected["sites"])
                self.assertEqual(mine.missing, {one["site"]: one["code"] for one in expected["missing"]})
                self.assertEqual(len(mine.table.rows), len(expected["rows"]))
                for row, values in zip(mine.table.rows, expected["rows"]):
                    for column, value in zip(mine.table.columns, values):
                        if not isinstance(value, (int, float)):
                            self.assertEqual(row[column], value, column)
                            continue
                        numbers += 1
                        self.assertAlmostEqual(row[column], value, None, column, 1e-9 * abs(value))
                ranges = expected.get("ranges") or [[None] * len(mine.table.columns)] * len(mine.ranges)
                for ends, values in zip(mine.ranges, ranges):
                    if any(cell.get("sd_each") for cell in bins_in(case)):
                        continue
                    told = [list(ends[name]) if name in ends else None for name in mine.table.columns]
                    self.assertEqual(told, values or [None] * len(told))
                expected_within = expected.get("within") or [[None] * len(mine.table.columns)] * len(mine.within)
                for bounds, values in zip(mine.within, expected_within):
                    self.assertEqual([bounds.get(column) for column in mine.table.columns], values)
        self.assertGreater(numbers, 120)

    def test_counts_stay_whole_numbers(self) -> None:
        row = pooled(CASES["three sites"]).table.rows[0]
        self.assertEqual((row["subjects"], type(row["subjects"])), (125, int))

    def test_the_order_of_the_sites_changes_nothing(self) -> None:
        case = CASES["a cell and a group withheld by one"]
        turned = {**case, "parts": case["parts"][::-1]}
        self.assertEqual(pooled(turned), pooled(case))

    def test_what_is_withheld_or_left_out_is_told(self) -> None:
        notes = pooled(CASES["a cell and a group withheld by one"]).notes
        self.assertEqual(notes, ["site-b withheld cells of mean: those are pooled without it."])
        notes = pooled(CASES["a site that refused"]).notes
        self.assertEqual(notes, ["site-c is not in it (QUEUE_FULL)."])
        self.assertIn(
            "quantile could not be pooled in every row.", pooled(CASES["bins on grids that do not meet"]).notes
        )

    def test_columns_that_people_were_left_out_of_are_named_with_how_far_off_they_are_about_who_remains(self) -> None:
        less = next(case for case in CASES.values() if "within_remaining" in case["pooled"])
        both = pooled(less)
        self.assertEqual(both.left_out, ["mean"])
        self.assertTrue(all(set(row) == {"mean"} for row in both.within_remaining))
        self.assertTrue(all("mean" not in row for row in both.within))
        columns = less["pooled"]["columns"]
        for row, expected in zip(both.within_remaining, less["pooled"]["within_remaining"], strict=True):
            self.assertAlmostEqual(row["mean"], expected[columns.index("mean")])

    def test_tables_of_any_shape_are_left_out_and_never_an_error(self) -> None:
        good = TABLES["a"]
        wrong: list[tuple[tuple[Any, ...], Any]] = [
            (("columns",), 7), (("columns", 0), 7), (("columns", 0, "name"), None), (("columns", 1, "name"), "sex"),
            (("rows",), {}), (("rows", 0), 7), (("rows", 0, "values"), 7), (("rows", 0, "values"), []),
            (("rows", 0, "values", 0), 7), (("rows", 0, "values", 1), "40"), (("rows", 0, "values", 1), True),
            (("rows", 0, "parts"), []), (("rows", 0, "parts", "subjects"), 40), (("rows", 0, "parts", "subjects"), {}),
            (("rows", 0, "parts", "subjects", "add"), float("inf")), (("rows", 0, "parts", "subjects", "add"), 41),
            (("rows", 0, "parts", "subjects"), {"add": 40, "choice": 40}), (("rows", 0, "parts", "mean", "moments"), []),
            (("rows", 0, "parts", "mean", "moments", "n"), 0), (("rows", 0, "parts", "sd", "moments", "deviations"), -1),
            (("rows", 0, "parts", "covariance", "moments", "second"), {"sum": 1}), (("rows", 0, "parts", "share", "share", "of"), 0),
            (("rows", 0, "parts", "share", "share", "having"), 999), (("rows", 0, "parts", "quantile", "bins"), [7]),
            (("rows", 0, "parts", "quantile", "bins", 0, "rows"), -5), (("rows", 1, "values", 0), "female"), (("kind",), "rows"),
        ]  # fmt: skip
        for path, value in wrong:
            bad = copy.deepcopy(good)
            place = bad
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
            both = pool_outputs({"a": good, "b": good, "c": bad}, {})
            self.assertEqual(both.sites, ["a", "b"], f"{path} {value}")
            self.assertEqual(list(both.missing), ["c"])
            self.assertEqual(both.table.rows[0]["subjects"], 80)

    def test_parts_that_nobody_can_have_counted_are_refused_though_they_give_the_value(self) -> None:
        pair = {"n": 10, "sum": 50, "deviations": 4, "second": {"sum": 20, "deviations": -9, "cross": 2}}
        impossible: list[tuple[str, float, dict[str, Any]]] = [
            ("share", 2.5, {"share": {"having": 25, "of": 10}}),
            ("share", -0.5, {"share": {"having": -5, "of": 10}}),
            ("mean", 5.0, {"moments": {"n": -10, "sum": -50}}),
            ("covariance", 2 / 9, {"moments": pair}),
            ("variance", -1.0, {"moments": {"n": 10, "sum": 50, "deviations": -9}}),
            ("sum", float("inf"), {"add": float("inf")}),
            ("quantile", 0.625, {"bins": [{"from": 0, "to": 5, "rows": 20}, {"from": 5, "to": 9, "rows": -10}]}),
            ("quantile", 1.5, {"bins": [{"from": 0, "to": 5, "rows": 20}, {"from": 6, "to": 9, "rows": 0}]}),
            ("quantile", 5.0, {"choice": True}),
        ]
        for kind, value, cell in impossible:
            column = {"name": kind, "role": "measure", "kind": kind, "argument": 0.25}
            self.assertFalse(reads_as(column, value, cell), f"{kind} {cell}")
        possible = {"bins": [{"from": 0, "to": 5, "rows": 20}, {"from": 5, "to": 9, "rows": 0}]}
        self.assertTrue(
            reads_as({"name": "q", "role": "measure", "kind": "quantile", "argument": 0.125}, 0.625, possible)
        )

    def test_the_people_of_a_model_are_added_and_a_matrix_without_its_sums_is_refused(self) -> None:
        column = {"name": "n", "role": "measure", "kind": "gram"}
        columns = [{"name": "(Intercept)", "decimals": 0}, {"name": "y", "decimals": 0}]
        gram = {"columns": columns, "intercept": True, "n": 30, "upper": ["30", "-60", "200"]}
        self.assertTrue(reads_as(column, 30, {"gram": gram}))
        self.assertEqual(pool_cells(column, [{"gram": gram}, {"gram": {**gram, "n": 12}}]), 42)
        wrong: list[Any] = [
            {**gram, "n": 29}, {**gram, "upper": ["30", "-60"]}, {**gram, "upper": ["30", "-60", "-200"]},
            {**gram, "upper": [30, -60, 200]}, {"n": 30}, {**gram, "columns": None}, 30,
        ]  # fmt: skip
        for bad in wrong:
            self.assertFalse(reads_as(column, 30, {"gram": bad}), f"{bad}")

    def test_a_quantile_beyond_the_last_breakpoint_has_no_value_but_its_rows_count(self) -> None:
        end = sys.float_info.max
        columns = [{"name": "q", "role": "measure", "kind": "quantile", "argument": 0.5}]
        low = {"bins": [{"from": 0, "to": 10, "rows": 30}, {"from": 10, "to": end, "rows": 0}]}
        high = {"bins": [{"from": 0, "to": 10, "rows": 0}, {"from": 10, "to": end, "rows": 20}]}
        tables = {
            "a": {"kind": "table", "columns": columns, "rows": [{"values": [5.0], "parts": {"q": low}}]},
            "b": {"kind": "table", "columns": columns, "rows": [{"values": [None], "parts": {"q": high}}]},
        }
        together = pool_outputs(tables, {})
        self.assertEqual(together.sites, ["a", "b"])
        self.assertAlmostEqual(together.table.rows[0]["q"], 25 / 30 * 10)
        only = pool_outputs({"b": tables["b"]}, {})
        self.assertEqual((only.table.rows, only.notes, only.ranges), ([{"q": None}], [], [{"q": (10, None)}]))

    def test_a_correlation_stays_within_its_bounds_whatever_was_rounded(self) -> None:
        second = {"sum": 1, "deviations": 1, "cross": 1.0000001}
        self.assertEqual(value_of("correlation", {"n": 9, "sum": 1, "deviations": 1, "second": second}), 1.0)

    def test_rows_stand_where_the_site_that_named_them_first_has_them(self) -> None:
        columns = [{"name": "g", "role": "key", "kind": "level"}]

        def of(*groups: str) -> dict[str, Any]:
            return {"kind": "table", "columns": columns, "rows": [{"values": [one], "parts": {}} for one in groups]}

        together = pool_outputs({"a": of("1", "4"), "b": of("1", "2", "4", "5"), "c": of("4", "4b")}, {})
        self.assertEqual([row["g"] for row in together.table.rows], ["1", "2", "4", "4b", "5"])
        twice = {**of("1"), "columns": columns * 2, "rows": [{"values": ["1", "1"], "parts": {}}]}
        self.assertEqual(pool_outputs({"a": of("1"), "b": twice, "c": of("1")}, {}).sites, ["a", "c"])
        self.assertEqual(pool_outputs({"b": twice}, {}).sites, [])

    def test_only_signed_tables_are_pooled(self) -> None:
        verified = verify_broadcast(broadcast(part(), part(peer_id="12D3KooWforged", receipt="a.b.c")))
        together = verified.pooled()
        # The vector's output has no roles for keys, and a withheld cell has no part.
        self.assertEqual(together.sites, [PEER])
        self.assertEqual(together.table.rows, [{"sex": "female", "n": 78}, {"sex": "<b>male</b>", "n": None}])
        self.assertEqual(list(together.missing), ["12D3KooWforged"])
        with self.assertRaises(StimnetError):
            verify_broadcast(broadcast(part(receipt=None, code="QUEUE_FULL"))).pooled()


if __name__ == "__main__":
    unittest.main()
