"""One answer out of what several institutions signed: the arithmetic of ``packages/statistics``, for tables."""

from .tables import PooledTable, pool_outputs

__all__ = ["PooledTable", "pool_outputs"]
