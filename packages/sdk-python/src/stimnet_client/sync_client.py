"""The client of a gateway for programs without asyncio."""

from __future__ import annotations

import secrets
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence, TypeVar

import httpx

from . import calls
from .async_client import DistributedClient
from .asking import Answered, ModelQuestion, asking
from .call import Call
from .connection import RETRIES, TIMEOUT_S, Connection
from .drive import Route, SyncDriver
from .errors import StimnetError
from .flow import exchange
from .follow import Patience, follow
from .model import Model, ModelRound, check_answerable, holders
from .models import (
    AnalysisRequest,
    AnalysisResults,
    AnalysisSubmission,
    Answer,
    AuditProof,
    Broadcast,
    BroadcastSubmission,
    DataCatalog,
    FoundCatalog,
    Health,
    JobResult,
    JobSubmission,
    Node,
    NodeInfo,
    PrivacyCost,
    script_submission,
    submission_of,
)
from .trust.envelope import Signer
from .trust.parts import VerifiedBroadcast, verify_broadcast
from .trust.receipt import VerifiedReceipt, verify_receipt
from .trust.sign import SignedRequest, sign_request
from .watch import Watch

C = TypeVar("C")
T = TypeVar("T")
A = TypeVar("A", bound=Answer)


def documented_like(model: type) -> Callable[[type[C]], type[C]]:
    """A decorator that copies the docstrings of the corresponding methods of another class."""

    def document(kind: type[C]) -> type[C]:
        for name, member in vars(kind).items():
            twin = getattr(model, {"close": "aclose"}.get(name, name), None)
            plain = member.__func__ if isinstance(member, staticmethod) else member
            if not name.startswith("_") and plain.__doc__ is None:
                plain.__doc__ = getattr(twin, "__doc__", None)
        return kind

    return document


@documented_like(DistributedClient)
class SyncDistributedClient:
    """The blocking counterpart of DistributedClient, with the same methods. Use the client in ``with``, or
    call ``close``.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        verify_ssl: bool = True,
        *,
        token: str | None = None,
        timeout: float = TIMEOUT_S,
        retries: int = RETRIES,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._connection = Connection(base_url, token, api_key, timeout, retries)
        settings = self._connection.http_settings(verify_ssl=verify_ssl, transport=transport)
        self._http = httpx.Client(**settings)

    def __enter__(self) -> SyncDistributedClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    @property
    def base_url(self) -> str:
        return self._connection.base_url

    @property
    def token(self) -> str | None:
        return self._connection.token

    def _driver(self) -> SyncDriver:
        connection = self._connection
        return SyncDriver(self._http, Route(connection.base_url, connection.timeout_s, connection.headers))

    def _ask(self, call: Call[T]) -> T:
        return self._driver().run(exchange(call, self._connection.retries))

    def _follow(self, watch: Watch[A], patience: Patience) -> Iterator[A]:
        return self._driver().iterate(follow(watch, patience))

    def _last(self, watch: Watch[A], patience: Patience) -> A:
        last: A | None = None
        for state in self._follow(watch, patience):
            last = state
        if last is None:
            raise StimnetError("INTERRUPTED", f"{watch.name} ended without a state")
        return last

    def authenticate(self, username: str, password: str) -> bool:
        token = self._ask(calls.nodes.authenticate(username, password))
        self._connection.token = token
        return True

    def sign_out(self) -> None:
        self._ask(calls.nodes.sign_out())
        self._connection.token = None

    def health_check(self) -> Health:
        return self._ask(calls.nodes.health())

    def discover_node(self) -> NodeInfo:
        return self._ask(calls.nodes.discovery())

    def list_nodes(self) -> list[Node]:
        return self._ask(calls.nodes.nodes())

    def list_data_catalogs(self, access_level: str | None = None) -> list[DataCatalog]:
        return self._ask(calls.nodes.catalogs(access_level))

    def get_data_catalog(self, catalog_id: int | str) -> DataCatalog:
        return self._ask(calls.nodes.catalog(catalog_id))

    def search_catalogs(self, words: str = "") -> list[FoundCatalog]:
        return self._ask(calls.nodes.search(words))

    def submit_job(
        self, job: JobSubmission | Mapping[str, Any] | None = None, *, idempotency_key: str | None = None, **fields: Any
    ) -> str:
        submission = submission_of(JobSubmission, job, fields)
        accepted = self._ask(calls.jobs.submit(submission, idempotency_key or secrets.token_hex(16)))
        return accepted.job_id

    def submit_script_file(self, script_path: str | Path, *, idempotency_key: str | None = None, **fields: Any) -> str:
        submission = script_submission(script_path, fields)
        return self.submit_job(submission, idempotency_key=idempotency_key)

    def get_job_status(self, job_id: str) -> JobResult:
        return self._ask(calls.jobs.read(job_id))

    def wait_for_job(self, job_id: str, timeout: float | None = 3600, poll_interval: float = 5) -> JobResult:
        return self._last(calls.jobs.watch(job_id), Patience(timeout, poll_interval))

    def follow(self, job_id: str, timeout: float | None = None, poll_interval: float = 5) -> Iterator[JobResult]:
        return self._follow(calls.jobs.watch(job_id), Patience(timeout, poll_interval))

    def cancel_job(self, job_id: str) -> bool:
        try:
            self._ask(calls.jobs.cancel(job_id))
        except StimnetError as error:
            if error.code != "JOB_ENDED":
                raise
            return False
        return True

    def list_jobs(self, status: str | None = None, limit: int = 100) -> list[JobResult]:
        return self._ask(calls.jobs.listed(status, limit))

    def broadcast(
        self,
        submission: BroadcastSubmission | SignedRequest | Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Broadcast:
        if isinstance(submission, SignedRequest):
            if fields:
                raise TypeError("a signed request cannot be changed")
            # A signed request is identified by its signature, however often it is sent.
            return self._ask(calls.broadcasts.submit(submission, idempotency_key or submission.hash))
        asked = submission_of(BroadcastSubmission, submission, fields)
        return self._ask(calls.broadcasts.submit(asked, idempotency_key or secrets.token_hex(16)))

    def get_broadcast(self, broadcast_id: str) -> Broadcast:
        return self._ask(calls.broadcasts.read(broadcast_id))

    def list_broadcasts(self, limit: int = 100, to_one: bool = False) -> list[Broadcast]:
        return self._ask(calls.broadcasts.listed(limit, to_one))

    def wait_for_broadcast(
        self, broadcast_id: str, timeout: float | None = 3600, poll_interval: float = 5
    ) -> Broadcast:
        return self._last(calls.broadcasts.watch(broadcast_id), Patience(timeout, poll_interval))

    def follow_broadcast(
        self, broadcast_id: str, timeout: float | None = None, poll_interval: float = 5
    ) -> Iterator[Broadcast]:
        return self._follow(calls.broadcasts.watch(broadcast_id), Patience(timeout, poll_interval))

    def model(
        self,
        formula: str,
        *,
        catalog: str,
        site: str = "none",
        family: str = "gaussian",
        event: str | None = None,
        time: str | None = None,
        where: Mapping[str, Any] | None = None,
        targets: Sequence[str] | None = None,
        signer: Signer | None = None,
        timeout: float | None = 3600,
        poll_interval: float = 5,
        on_round: Callable[[ModelRound], Any] | None = None,
        **fields: Any,
    ) -> Model:
        given = fields if where is None else {**fields, "where": where}
        question = ModelQuestion(formula, catalog, site, family, event, time, given)
        peers = holders(self.search_catalogs(catalog), catalog, targets)
        check_answerable(self.privacy_cost(**question.submission(sorted(peers)), targets=peers))
        # A roster must be the targets, even if another institution offers the catalog meanwhile.
        named: Any = "*" if targets is None and family == "gaussian" else peers
        steps = asking(question, peers, on_round)
        asked = next(steps)
        while True:
            request_hash = None
            if signer is None:
                started = self.broadcast(**asked, targets=named)
            else:
                carrier = self.health_check().peer_id
                signed = sign_request(signer=signer, targets=peers, carrier=carrier, **asked)
                request_hash, started = signed.hash, self.broadcast(signed)
            done = self.wait_for_broadcast(started.id, timeout, poll_interval)
            try:
                asked = steps.send(Answered(done, request_hash))
            except StopIteration as ended:
                fitted: Model = ended.value
                return fitted

    def privacy_cost(
        self,
        submission: BroadcastSubmission | Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        **fields: Any,
    ) -> PrivacyCost:
        return self._ask(calls.broadcasts.cost(submission_of(BroadcastSubmission, submission, fields), key))

    def request_analysis(
        self,
        submission: AnalysisSubmission | Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> AnalysisRequest:
        asked = submission_of(AnalysisSubmission, submission, fields)
        return self._ask(calls.analyses.submit(asked, idempotency_key or secrets.token_hex(16)))

    def get_analysis_request(self, request_id: str) -> AnalysisRequest:
        return self._ask(calls.analyses.read(request_id))

    def get_analysis_results(self, request_id: str) -> AnalysisResults:
        return self._ask(calls.analyses.results(request_id))

    def list_analysis_requests(
        self, status: str | None = None, limit: int = 100, *, brief: bool = False
    ) -> list[AnalysisRequest]:
        return self._ask(calls.analyses.listed(status, limit, brief))

    def decide_analysis_request(
        self,
        request_id: str,
        status: str,
        *,
        approval_notes: str | None = None,
        standing: Mapping[str, Any] | None = None,
    ) -> AnalysisRequest:
        given = {"status": status, "approval_notes": approval_notes, "standing": standing}
        decision = {name: value for name, value in given.items() if value is not None}
        return self._ask(calls.analyses.decide(request_id, decision))

    def get_audit_proof(self, sequence: int) -> AuditProof:
        return self._ask(calls.audit.proof(sequence))

    @staticmethod
    def verify_receipt(receipt: str, *, peer: str, request_hash: str | None = None) -> VerifiedReceipt:
        return verify_receipt(receipt, peer=peer, request_hash=request_hash)

    @staticmethod
    def verify_broadcast(
        broadcast: Broadcast, *, peers: Iterable[str] | None = None, request_hash: str | None = None
    ) -> VerifiedBroadcast:
        return verify_broadcast(broadcast, peers=peers, request_hash=request_hash)
