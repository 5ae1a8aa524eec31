"""Results as rows: lists of dicts, or pandas DataFrames if pandas is installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from .errors import StimnetError

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Table:
    """Columns in their order, and a dict per row; None if a number was withheld or does not pool."""

    columns: list[str]
    rows: list[dict[str, Any]]

    def to_pandas(self) -> DataFrame:
        """The rows as a DataFrame, with None as missing. Raises LIBRARY_NOT_AVAILABLE if pandas is not installed."""
        try:
            from pandas import DataFrame
        except ImportError as cause:
            text = 'pandas is not installed: pip install "stimnet-client[pandas]", or use .rows'
            raise StimnetError("LIBRARY_NOT_AVAILABLE", text) from cause
        return DataFrame(self.rows, columns=self.columns)


def table_of_result(result: Mapping[str, Any]) -> Table:
    """The table in a job's ``result_data``, whose rows are objects by column. Raises MALFORMED if it is not a table."""
    columns, rows = _list_in(result, "columns"), _list_in(result, "rows")
    if columns is None or rows is None or not _are(str, columns) or not _are(dict, rows):
        raise StimnetError("MALFORMED", "this result is no table: read result_data")
    return Table(columns, [{name: row.get(name) for name in columns} for row in rows])


def table_of_output(output: Mapping[str, Any]) -> Table:
    """The table in a safe output or a pooled answer, whose rows have values in the order of the columns. Raises
    MALFORMED.
    """
    columns, rows = _list_in(output, "columns"), _list_in(output, "rows")
    is_table = output.get("kind") == "table"
    if not is_table or columns is None or rows is None or not _are(dict, columns) or not _are(dict, rows):
        raise StimnetError("MALFORMED", "this output is no table: read output")
    names = [column.get("name") for column in columns]
    values = [row.get("values") for row in rows]
    if not _are(str, names) or not all(isinstance(v, list) and len(v) == len(names) for v in values):
        raise StimnetError("MALFORMED", "rows that do not fit their columns")
    return Table(names, [dict(zip(names, row)) for row in values])


def joined(name: str, tables: Sequence[tuple[str, Table]]) -> Table:
    """Several tables one after the other, with a first column that names the table of each row."""
    columns = list(dict.fromkeys(column for _, table in tables for column in table.columns))
    empty = dict.fromkeys(columns)
    rows = [{name: of, **empty, **row} for of, table in tables for row in table.rows]
    return Table([name, *columns], rows)


def _list_in(values: Mapping[str, Any], name: str) -> list[Any] | None:
    value = values.get(name)
    return value if isinstance(value, list) else None


def _are(kind: type, items: list[Any]) -> bool:
    return all(isinstance(item, kind) for item in items)
