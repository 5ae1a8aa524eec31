"""Every request of the API that the clients send, as descriptions that both share."""

from . import analyses, broadcasts, jobs, nodes
from .submissions import script_submission, submission_of

__all__ = ["analyses", "broadcasts", "jobs", "nodes", "script_submission", "submission_of"]
