"""Broadcasts: a request, the part of each peer, and the pooled answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import StimnetError
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
        """The pooled answer as a table; ``pooled["missing"]`` lists missing institutions. Raises StimnetError with
        the broadcast's own code if it did not complete, MALFORMED if only declared outputs were pooled.
        """
        if self.status != "completed" or self.pooled is None:
            code = self.code or ("INTERRUPTED" if not self.ended else "OUTPUT_NOT_RELEASABLE")
            raise StimnetError(code, self.reason or f"the broadcast is {self.state}")
        return table_of_output({"kind": "table", **self.pooled})

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The pooled rows; None if a column does not pool. Raises the errors of ``table``."""
        return self.table.rows

    def parts_table(self) -> Table:
        """The rows of all parts with an output, one part after the other, with a first column ``institution``."""
        tables = [(part.institution, part.table) for part in self.parts if part.output is not None]
        return joined("institution", tables)

    def to_pandas(self) -> DataFrame:
        """The pooled rows as a pandas DataFrame. Raises the errors of ``table``, and LIBRARY_NOT_AVAILABLE without
        pandas.
        """
        return self.table.to_pandas()
