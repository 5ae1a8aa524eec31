"""Jobs and their results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import StimnetError
from ..table import Table, table_of_result
from .answer import Answer

if TYPE_CHECKING:
    from pandas import DataFrame

ENDED = ("completed", "failed", "cancelled", "blocked")
"""The final statuses."""


@dataclass(frozen=True, eq=False, kw_only=True)
class JobAccepted(Answer):
    """The answer to a submission."""

    job_id: str
    status: str
    message: str


@dataclass(frozen=True, eq=False, kw_only=True)
class JobResult(Answer):
    """A job in its current state.

    ``status``          queued, running, completed, failed, cancelled or blocked
    ``state``           the more specific state behind it, such as pending, denied or expired
    ``progress``        0 to 1
    ``result_data``     a table ``{columns, rows, withheld, disclosure}``, the values of a script, or ``{message}`` of
                        a blocked job
    ``code``            the reason why it did not complete, from the closed list
    ``execution_time``  seconds, once it has ended
    ``receipt``         the institution's signed result, for ``verify_receipt``; None for several peers
    """

    id: int
    job_id: str
    script_type: str
    status: str
    state: str | None
    progress: float
    result_data: dict[str, Any] | None
    error_message: str | None
    execution_time: float | None
    memory_used_mb: float | None
    records_processed: int | None
    submitted_at: str
    started_at: str | None
    completed_at: str | None
    code: str | None
    title: str | None
    data_catalog_name: str | None
    warnings: list[str]
    engine: str | None
    sandbox_grade: str | None
    receipt: str | None

    @property
    def ended(self) -> bool:
        """Whether the job has ended, so that nothing changes any more."""
        return self.status in ENDED

    @property
    def table(self) -> Table:
        """The result as a table. Raises StimnetError with the job's own code if it did not complete, MALFORMED if a
        script released values that are not a table.
        """
        if self.status != "completed" or self.result_data is None:
            code = self.code or ("INTERRUPTED" if not self.ended else "OUTPUT_NOT_RELEASABLE")
            # The gateway puts the code in front of its message.
            message = (self.error_message or "").removeprefix(f"{code}: ")
            raise StimnetError(code, message or f"the job is {self.state or self.status}")
        return table_of_result(self.result_data)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of ``table``; None for a withheld number. Raises the errors of ``table``."""
        return self.table.rows

    def to_pandas(self) -> DataFrame:
        """The rows as a pandas DataFrame. Raises the errors of ``table``, and LIBRARY_NOT_AVAILABLE without pandas."""
        return self.table.to_pandas()
