"""All requests that the clients send, as descriptions that both clients share."""

from . import analyses, audit, broadcasts, jobs, nodes

__all__ = ["analyses", "audit", "broadcasts", "jobs", "nodes"]
