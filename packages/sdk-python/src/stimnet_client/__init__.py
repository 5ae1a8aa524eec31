"""The Python client of StimNet for researchers: submit, broadcast, follow, verify. See README.md of this package."""

from .async_client import DistributedClient
from .errors import (
    AuthenticationError,
    FieldError,
    StimnetError,
    TransportError,
    VerificationError,
    WaitTimeoutError,
)
from .model import Model, ModelRound, model_in
from .models import (
    AnalysisRequest,
    AnalysisResults,
    AnalysisSubmission,
    Answer,
    AuditProof,
    Broadcast,
    BroadcastPart,
    BroadcastSubmission,
    DataCatalog,
    FoundCatalog,
    Health,
    JobAccepted,
    JobResult,
    JobSubmission,
    Node,
    NodeInfo,
    PrivacyCost,
    RequestToSign,
)
from .pool import PooledTable
from .sync_client import SyncDistributedClient
from .printing import printable
from .table import Table
from .trust.envelope import Signer
from .trust.checkpoint import Checkpoint
from .trust.parts import VerifiedBroadcast, VerifiedPart, verify_broadcast
from .trust.proof import VerifiedProof, verify_proof
from .trust.receipt import VerifiedReceipt, verify_receipt
from .trust.sign import SignedRequest, job_id_of, sign_request
from .version import VERSION as __version__

__all__ = [
    "AnalysisRequest",
    "AnalysisResults",
    "AnalysisSubmission",
    "Answer",
    "AuditProof",
    "AuthenticationError",
    "Broadcast",
    "BroadcastPart",
    "BroadcastSubmission",
    "Checkpoint",
    "DataCatalog",
    "DistributedClient",
    "FieldError",
    "FoundCatalog",
    "Health",
    "JobAccepted",
    "JobResult",
    "JobSubmission",
    "Model",
    "ModelRound",
    "Node",
    "NodeInfo",
    "PooledTable",
    "PrivacyCost",
    "RequestToSign",
    "SignedRequest",
    "Signer",
    "StimnetError",
    "SyncDistributedClient",
    "Table",
    "TransportError",
    "VerificationError",
    "VerifiedBroadcast",
    "VerifiedPart",
    "VerifiedProof",
    "VerifiedReceipt",
    "WaitTimeoutError",
    "__version__",
    "job_id_of",
    "model_in",
    "printable",
    "sign_request",
    "verify_broadcast",
    "verify_proof",
    "verify_receipt",
]
