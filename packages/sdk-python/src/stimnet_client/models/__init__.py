"""Requests and answers as typed values."""

from .analysis import AnalysisRequest, AnalysisResults
from .answer import Answer
from .audit import AuditProof
from .broadcast import Broadcast, BroadcastPart
from .catalog import DataCatalog, FoundCatalog
from .job import ENDED, JobAccepted, JobResult
from .node import Health, Node, NodeInfo
from .privacy import PrivacyCost
from .submission import (
    AnalysisSubmission,
    BroadcastSubmission,
    JobSubmission,
    RequestToSign,
    read_script,
    script_submission,
    submission_of,
)

__all__ = [
    "ENDED",
    "AnalysisRequest",
    "AnalysisResults",
    "AnalysisSubmission",
    "Answer",
    "AuditProof",
    "Broadcast",
    "BroadcastPart",
    "BroadcastSubmission",
    "DataCatalog",
    "FoundCatalog",
    "Health",
    "JobAccepted",
    "JobResult",
    "JobSubmission",
    "Node",
    "NodeInfo",
    "PrivacyCost",
    "RequestToSign",
    "read_script",
    "script_submission",
    "submission_of",
]
