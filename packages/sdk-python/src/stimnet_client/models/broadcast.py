"""Broadcasts: a request, the part of each peer, and the pooled answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import StimnetError
from ..printing import printable, text_table
from ..table import Table, joined, table_of_output
from .answer import Answer
from .job import ENDED

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, eq=False, kw_only=True)
class BroadcastPart(Answer):
    """The part of one peer. ``output`` is as the gateway shows it, ``receipt`` as the institution signed it."""

    peer_id: str
    node_id: str
    institution: str
    job_id: str
    status: str
    state: str
    code: str | None
    reason: str | None
    progress: float
    output: dict[str, Any] | None
    engine: str | None
    sandbox_grade: str | None
    receipt: str | None
    warnings: list[str]
    updated_at: str

    @property
    def table(self) -> Table:
        """The output as a table. Raises StimnetError with the part's own code if there is none, MALFORMED for values
        of a script.
        """
        if self.output is None:
            raise StimnetError(self.code or "INTERRUPTED", self.reason or f"{self.institution}: {self.state}")
        return table_of_output(self.output)


@dataclass(frozen=True, eq=False, kw_only=True)
class Broadcast(Answer):
    """A broadcast in its current state. ``pooled`` is available once it has ended: ``columns, rows, sites, missing,
    notes``, and ``institutions``, the names by PeerId; for scripts with declared outputs also ``outputs``, for a
    regression ``models``. The gateway computed it; ``verify_broadcast`` shows which parts are signed.
    """

    id: str
    number: int
    title: str
    data_catalog_name: str
    script_type: str
    status: str
    state: str
    code: str | None
    reason: str | None
    progress: float
    submitted_at: str
    started_at: str | None
    completed_at: str | None
    warnings: list[str]
    parts: list[BroadcastPart]
    pooled: dict[str, Any] | None

    @property
    def ended(self) -> bool:
        """Whether the broadcast has ended, so that nothing changes any more."""
        return self.status in ENDED

    @property
    def table(self) -> Table:
        """The pooled answer as a table; ``pooled["missing"]`` lists missing institutions. A quantile has the ends of
        its range in two more columns, ``NAME from`` and ``NAME to``. A column ``only`` says which numbers are of fewer
        institutions than their row. Raises StimnetError with the broadcast's own code if it did not complete, with
        that of its parts if they say why, and MALFORMED if only declared outputs were pooled.
        """
        if self.status != "completed" or self.pooled is None:
            raise self._failure()
        table = table_of_output({"kind": "table", **self.pooled})
        return _with_fewer(_with_ranges(table, self.pooled["rows"]), self.pooled)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of ``table``; None if a number was withheld or does not pool. Raises the errors of ``table``."""
        return self.table.rows

    def _failure(self) -> StimnetError:
        """Why there is no answer: the broadcast's own reason or, without one, those of the parts with their names."""
        if self.code is not None or not self.ended:
            code = self.code or "INTERRUPTED"
            return StimnetError(code, self.reason or f"the broadcast is {self.state}")
        codes = dict.fromkeys(part.code for part in self.parts if part.code is not None)
        told: dict[str, list[str]] = {}
        for part in self.parts:
            if part.code is not None:
                told.setdefault(part.reason or part.code, []).append(part.institution or part.peer_id)
        lines = [f"{'All' if len(who) == len(self.parts) else ', '.join(who)}: {why}" for why, who in told.items()]
        detail = self.reason or "; ".join(lines) or f"the broadcast is {self.state}"
        return StimnetError(next(iter(codes), "OUTPUT_NOT_RELEASABLE"), detail)

    def parts_table(self) -> Table:
        """The rows of all parts with an output, one part after the other, with a first column ``institution``."""
        tables = [(part.institution, part.table) for part in self.parts if part.output is not None]
        return joined("institution", tables)

    def to_pandas(self) -> DataFrame:
        """The pooled rows as a pandas DataFrame, with two kinds of columns more than ``table``. ``NAME_within`` is the
        largest error of a number by rounding, or its 95 % error by noise. ``institutions`` is the number of
        institutions behind each row, if it is not that of all that were asked for every row. ``attrs`` has ``asked``,
        the number of institutions that were asked, and ``left_out``, the columns (≈) that people were left out of: an
        error there is about those who remain. Raises the errors of ``table``, and LIBRARY_NOT_AVAILABLE without pandas.
        """
        frame = self._detailed().to_pandas()
        frame.attrs.update(asked=len(self.parts), left_out=self._left_out())
        return frame

    def summary(self) -> str:
        """The rows of ``to_pandas`` and the notes as text that cannot control a terminal. Raises the errors of
        ``table``.
        """
        table = self._detailed()
        about = self._left_out()
        head = [f"≈ {name}" if name in about else name for name in table.columns]
        lines = text_table(head, [list(row.values()) for row in table.rows])
        pooled = self.pooled or {}
        lines += ["", f"{len(pooled.get('sites') or [])} of {len(self.parts)} institutions."]
        lines += list(pooled.get("notes") or [])
        return "\n".join(map(printable, lines))

    def _left_out(self) -> list[str]:
        """The columns that people were left out of."""
        return [column["name"] for column in (self.pooled or {"columns": []})["columns"] if column.get("left_out")]

    def _detailed(self) -> Table:
        """``table`` with the largest errors, and with the number of institutions of each row."""
        table = self.table
        rows = self.pooled["rows"] if self.pooled else []
        names = [column["name"] for column in self.pooled["columns"]] if self.pooled else []
        bounds = [_bounds(row, names) for row in rows]
        bounded = {name for one in bounds for name, bound in one.items() if bound is not None}
        columns: list[str] = []
        for name in table.columns:
            columns += [name, f"{name}_within"] if name in bounded else [name]
        behind = [len(row.get("sites") or []) for row in rows]
        if any(count != len(self.parts) for count in behind) and "institutions" not in columns:
            columns.append("institutions")
        shown = []
        for row, own, count in zip(table.rows, bounds, behind):
            within = {f"{name}_within": bound for name, bound in own.items()}
            told = {"institutions": count, **within, **row}
            shown.append({name: told[name] for name in columns})
        return Table(columns, shown)


def _bounds(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The largest error of each number of a pooled row by rounding, or its 95 % error by noise."""
    empty = [None] * len(names)
    found = zip(*(row.get(key) or empty for key in ("error_95", "within", "within_remaining")))
    return {name: next((one for one in own if one is not None), None) for name, own in zip(names, found)}


def _with_ranges(table: Table, rows: list[dict[str, Any]]) -> Table:
    """The table with the ends of the ranges of its quantiles."""
    ranges = [row.get("ranges") or [None] * len(table.columns) for row in rows]
    ranged = [name for at, name in enumerate(table.columns) if any(one[at] for one in ranges)]
    columns: list[str] = []
    for name in table.columns:
        columns += [name, f"{name} from", f"{name} to"] if name in ranged else [name]

    def whole(row: dict[str, Any], ends: list[Any]) -> dict[str, Any]:
        told = dict(row)
        for name, pair in zip(table.columns, ends):
            told[f"{name} from"], told[f"{name} to"] = pair or (None, None)
        return {name: told[name] for name in columns}

    return Table(columns, [whole(row, ends) for row, ends in zip(table.rows, ranges)])


def _with_fewer(table: Table, pooled: dict[str, Any]) -> Table:
    """The table with a column ``only``, if numbers are of fewer institutions than their row."""
    names = pooled.get("institutions") or {}
    columns = [column["name"] for column in pooled["columns"]]

    def fewer(row: dict[str, Any]) -> str | None:
        of = len(row.get("sites") or [])
        behind = zip(columns, row.get("column_sites") or [])
        told = [
            f"{name}: {', '.join(names.get(site, site) for site in sites)}"
            for name, sites in behind
            if sites and len(sites) < of
        ]
        return "; ".join(told) or None

    marks = [fewer(row) for row in pooled["rows"]]
    if not any(marks) or "only" in table.columns:
        return table
    return Table([*table.columns, "only"], [{**row, "only": mark} for row, mark in zip(table.rows, marks)])
