"""Pools the signed tables and fits the models of several institutions, with the arithmetic of
``packages/statistics``.
"""

from .tables import PooledTable, pool_outputs

__all__ = ["PooledTable", "pool_outputs"]
