"""Every request of the API that the clients send, as descriptions that both share."""

from . import analyses, audit, broadcasts, jobs, nodes

__all__ = ["analyses", "audit", "broadcasts", "jobs", "nodes"]
