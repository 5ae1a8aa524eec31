"""One request to many peers, each peer's share, and the pooled answer."""

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
    """One peer's share. ``output`` is as the gateway shows it, ``receipt`` as the institution signed it."""

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
        """Its output as a table. Raises StimnetError: by the part's own code where there is none, MALFORMED for a
        script's values.
        """
        if self.output is None:
            raise StimnetError(self.code or "INTERRUPTED", self.reason or f"{self.institution}: {self.state}")
        return table_of_output(self.output)


@dataclass(frozen=True, eq=False, kw_only=True)
class Broadcast(Answer):
    """A broadcast as it stands. ``pooled`` is there once it has ended: ``columns, rows, sites, missing, notes``, and
    ``institutions``, the name of each PeerId; for scripts with declared outputs also ``outputs``, for a regression
    ``models``. It is the gateway's arithmetic: ``verify_broadcast`` says which parts are signed.
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
        """Whether nothing changes any more."""
        return self.status in ENDED

    @property
    def table(self) -> Table:
        """The pooled answer as a table; who is missing stands in ``pooled["missing"]``. Raises StimnetError: by the
        broadcast's own code where it did not complete, MALFORMED where only declared outputs were pooled."""
        if self.status != "completed" or self.pooled is None:
            code = self.code or ("INTERRUPTED" if not self.ended else "OUTPUT_NOT_RELEASABLE")
            raise StimnetError(code, self.reason or f"the broadcast is {self.state}")
        return table_of_output({"kind": "table", **self.pooled})

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The pooled rows; None where a column does not pool. Raises what ``table`` raises."""
        return self.table.rows

    def parts_table(self) -> Table:
        """The rows of every part with an output, below each other, with a first column ``institution``."""
        tables = [(part.institution, part.table) for part in self.parts if part.output is not None]
        return joined("institution", tables)

    def to_pandas(self) -> DataFrame:
        """The pooled rows as a pandas DataFrame. Raises what ``table`` raises, LIBRARY_NOT_AVAILABLE without pandas."""
        return self.table.to_pandas()
