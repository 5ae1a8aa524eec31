"""The client of a gateway for programs that use asyncio."""

from __future__ import annotations

import secrets
from pathlib import Path
from types import TracebackType
from typing import Any, AsyncIterator, Callable, Iterable, Mapping, Sequence, TypeVar

import httpx

from . import calls
from .asking import Answered, ModelQuestion, asking
from .call import Call
from .connection import RETRIES, TIMEOUT_S, Connection
from .drive import AsyncDriver, Route
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

T = TypeVar("T")
A = TypeVar("A", bound=Answer)


class DistributedClient:
    """A client of one gateway. Every method raises StimnetError with the gateway's code; AuthenticationError if name,
    password or token are not accepted; TransportError if there is no readable answer.

    ``base_url``    URL of the gateway, such as http://127.0.0.1:8000
    ``api_key``     sent as X-API-Key until ``authenticate`` has obtained a token
    ``verify_ssl``  False accepts any certificate, including that of an attacker
    ``token``       an access token, instead of ``authenticate``
    ``timeout``     maximum time of one request, seconds
    ``retries``     how often a request is sent again if its answer was lost; a submission has an idempotency key, so
                    that it counts once
    ``transport``   httpx transport, for tests and proxies

    Use the client in ``async with``, or call ``aclose``; within one event loop.
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
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._connection = Connection(base_url, token, api_key, timeout, retries)
        settings = self._connection.http_settings(verify_ssl=verify_ssl, transport=transport)
        self._http = httpx.AsyncClient(**settings)

    async def __aenter__(self) -> DistributedClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the client's connections."""
        await self._http.aclose()

    @property
    def base_url(self) -> str:
        """The gateway's URL, without a final slash."""
        return self._connection.base_url

    @property
    def token(self) -> str | None:
        """The current access token; protect it like a password."""
        return self._connection.token

    def _driver(self) -> AsyncDriver:
        connection = self._connection
        return AsyncDriver(self._http, Route(connection.base_url, connection.timeout_s, connection.headers))

    async def _ask(self, call: Call[T]) -> T:
        return await self._driver().run(exchange(call, self._connection.retries))

    def _follow(self, watch: Watch[A], patience: Patience) -> AsyncIterator[A]:
        return self._driver().iterate(follow(watch, patience))

    async def _last(self, watch: Watch[A], patience: Patience) -> A:
        last: A | None = None
        async for state in self._follow(watch, patience):
            last = state
        if last is None:
            raise StimnetError("INTERRUPTED", f"{watch.name} ended without a state")
        return last

    async def authenticate(self, username: str, password: str) -> bool:
        """Obtains a token and uses it from then on. Returns True; raises AuthenticationError if name or password is
        wrong.
        """
        token = await self._ask(calls.nodes.authenticate(username, password))
        self._connection.token = token
        return True

    async def sign_out(self) -> None:
        """Invalidates the token at the gateway and forgets it."""
        await self._ask(calls.nodes.sign_out())
        self._connection.token = None

    async def health_check(self) -> Health:
        """The health of the gateway's node. Needs no token."""
        return await self._ask(calls.nodes.health())

    async def discover_node(self) -> NodeInfo:
        """The nodes that the gateway's node knows, itself first, and its own catalogs."""
        return await self._ask(calls.nodes.discovery())

    async def list_nodes(self) -> list[Node]:
        """The nodes that the gateway's node knows, itself first."""
        return await self._ask(calls.nodes.nodes())

    async def list_data_catalogs(self, access_level: str | None = None) -> list[DataCatalog]:
        """Catalogs of the gateway's node; ``access_level``: only public, restricted or private ones."""
        return await self._ask(calls.nodes.catalogs(access_level))

    async def get_data_catalog(self, catalog_id: int | str) -> DataCatalog:
        """A catalog of the gateway's node, by number or name. Raises CATALOG_UNKNOWN."""
        return await self._ask(calls.nodes.catalog(catalog_id))

    async def search_catalogs(self, words: str = "") -> list[FoundCatalog]:
        """Catalogs of the whole mesh that match every word; all catalogs if there are no words."""
        return await self._ask(calls.nodes.search(words))

    async def submit_job(
        self, job: JobSubmission | Mapping[str, Any] | None = None, *, idempotency_key: str | None = None, **fields: Any
    ) -> str:
        """Submits a job, given as a JobSubmission or by its fields; returns its id. With the same ``idempotency_key``
        the same account gets the same job, however often it is sent; without a key, each call creates a job.
        """
        submission = submission_of(JobSubmission, job, fields)
        accepted = await self._ask(calls.jobs.submit(submission, idempotency_key or secrets.token_hex(16)))
        return accepted.job_id

    async def submit_script_file(
        self, script_path: str | Path, *, idempotency_key: str | None = None, **fields: Any
    ) -> str:
        """Submits the script in a file: .py, .r, .sql, .ipynb, or .json for a statistic. ``fields``: the other fields
        of JobSubmission.
        """
        submission = script_submission(script_path, fields)
        return await self.submit_job(submission, idempotency_key=idempotency_key)

    async def get_job_status(self, job_id: str) -> JobResult:
        """A job with its result. Raises JOB_UNKNOWN, the same for a missing job and for one of another account."""
        return await self._ask(calls.jobs.read(job_id))

    async def wait_for_job(self, job_id: str, timeout: float | None = 3600, poll_interval: float = 5) -> JobResult:
        """Waits until the job has ended, whatever the result: by the gateway's events, or else by polling every
        ``poll_interval`` seconds. Raises WaitTimeoutError (a TimeoutError) after ``timeout`` seconds; the job
        itself continues.
        """
        return await self._last(calls.jobs.watch(job_id), Patience(timeout, poll_interval))

    def follow(self, job_id: str, timeout: float | None = None, poll_interval: float = 5) -> AsyncIterator[JobResult]:
        """Yields each state of a job until its end; reconnects automatically. Raises the errors of ``wait_for_job``."""
        return self._follow(calls.jobs.watch(job_id), Patience(timeout, poll_interval))

    async def cancel_job(self, job_id: str) -> bool:
        """Cancels a job. True if it is being cancelled, False if it had ended already. Raises JOB_UNKNOWN."""
        try:
            await self._ask(calls.jobs.cancel(job_id))
        except StimnetError as error:
            if error.code != "JOB_ENDED":
                raise
            return False
        return True

    async def list_jobs(self, status: str | None = None, limit: int = 100) -> list[JobResult]:
        """The account's jobs, newest first, at most a thousand; ``status``: only jobs with this status."""
        return await self._ask(calls.jobs.listed(status, limit))

    async def broadcast(
        self,
        submission: BroadcastSubmission | SignedRequest | Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Broadcast:
        """Sends a request to several peers: those in ``targets``, or all that offer the catalog. A
        BroadcastSubmission, or its fields, is signed by the gateway for the account; a request from
        ``sign_request`` is already signed.
        """
        if isinstance(submission, SignedRequest):
            if fields:
                raise TypeError("a signed request cannot be changed")
            # A signed request is identified by its signature, however often it is sent.
            return await self._ask(calls.broadcasts.submit(submission, idempotency_key or submission.hash))
        asked = submission_of(BroadcastSubmission, submission, fields)
        return await self._ask(calls.broadcasts.submit(asked, idempotency_key or secrets.token_hex(16)))

    async def get_broadcast(self, broadcast_id: str) -> Broadcast:
        """A broadcast with the state, output and receipt of each peer, and the pooled answer. Raises JOB_UNKNOWN."""
        return await self._ask(calls.broadcasts.read(broadcast_id))

    async def list_broadcasts(self, limit: int = 100, to_one: bool = False) -> list[Broadcast]:
        """The account's broadcasts, newest first, without outputs; ``to_one``: also requests to a single peer."""
        return await self._ask(calls.broadcasts.listed(limit, to_one))

    async def wait_for_broadcast(
        self, broadcast_id: str, timeout: float | None = 3600, poll_interval: float = 5
    ) -> Broadcast:
        """Waits until every peer of the broadcast has ended. Raises the errors of ``wait_for_job``."""
        return await self._last(calls.broadcasts.watch(broadcast_id), Patience(timeout, poll_interval))

    def follow_broadcast(
        self, broadcast_id: str, timeout: float | None = None, poll_interval: float = 5
    ) -> AsyncIterator[Broadcast]:
        """Yields each state of a broadcast until its end; outputs and receipts come with the last state. Raises the
        errors of ``wait_for_job``.
        """
        return self._follow(calls.broadcasts.watch(broadcast_id), Patience(timeout, poll_interval))

    async def model(
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
        """Fits a regression over institutions and waits for it: ``client.model("y ~ a + b * c", catalog=…)``.

        ``site``     none: all institutions as one sample; fixed: the institution as a factor; random: an intercept
                     per institution; meta: one fit per institution, combined by random effects (``method`` reml, dl,
                     pm or fixed; ``interval`` hartung_knapp or wald)
        ``family``   gaussian, binomial (for a category; ``event``: the level that is modelled, default the second),
                     poisson (for a count) or cox (for a category; ``time``: the number that says until when each person
                     was seen). A Cox model, and another one with a numeric term, is fitted by the institutions together
                     in up to four rounds; ``on_round`` is called after each, and ``timeout`` applies to each
        ``where``    the cohort; default: everybody in the catalog
        ``targets``  node ids or PeerIds; default: every institution that offers the catalog
        ``signer``   the researcher's own key; then only receipts of this very request count
        ``fields``   further fields of a submission, such as ``title`` or ``purpose``

        The price is requested first, which reads no data: a formula that no institution would accept is refused with
        its position before anything is asked. The model is fitted here, to the signed answers of the institutions; in
        rounds, the estimates of each round are computed here as well, from the receipts of the previous round. Raises
        NO_PROVIDERS, the refusal of the price or of all institutions, and the errors of ``wait_for_broadcast``.
        """
        given = fields if where is None else {**fields, "where": where}
        question = ModelQuestion(formula, catalog, site, family, event, time, given)
        peers = holders(await self.search_catalogs(catalog), catalog, targets)
        check_answerable(await self.privacy_cost(**question.submission(sorted(peers)), targets=peers))
        # A roster must be the targets, even if another institution offers the catalog meanwhile.
        named: Any = "*" if targets is None and family == "gaussian" else peers
        steps = asking(question, peers, on_round)
        asked = next(steps)
        while True:
            request_hash = None
            if signer is None:
                started = await self.broadcast(**asked, targets=named)
            else:
                carrier = (await self.health_check()).peer_id
                signed = sign_request(signer=signer, targets=peers, carrier=carrier, **asked)
                request_hash, started = signed.hash, await self.broadcast(signed)
            done = await self.wait_for_broadcast(started.id, timeout, poll_interval)
            try:
                asked = steps.send(Answered(done, request_hash))
            except StopIteration as ended:
                fitted: Model = ended.value
                return fitted

    async def privacy_cost(
        self,
        submission: BroadcastSubmission | Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        **fields: Any,
    ) -> PrivacyCost:
        """The price of a P2 request at each peer, and its expected error. Spends nothing. ``key``: id of the key that
        would sign; the remaining budget is that of this key.
        """
        return await self._ask(calls.broadcasts.cost(submission_of(BroadcastSubmission, submission, fields), key))

    async def request_analysis(
        self,
        submission: AnalysisSubmission | Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> AnalysisRequest:
        """Asks the stewards of one node to approve an analysis; they decide in their own time."""
        asked = submission_of(AnalysisSubmission, submission, fields)
        return await self._ask(calls.analyses.submit(asked, idempotency_key or secrets.token_hex(16)))

    async def get_analysis_request(self, request_id: str) -> AnalysisRequest:
        """An analysis request with its state. Raises JOB_UNKNOWN."""
        return await self._ask(calls.analyses.read(request_id))

    async def get_analysis_results(self, request_id: str) -> AnalysisResults:
        """The results of an analysis request's job, for its requester. Raises JOB_UNKNOWN."""
        return await self._ask(calls.analyses.results(request_id))

    async def list_analysis_requests(
        self, status: str | None = None, limit: int = 100, *, brief: bool = False
    ) -> list[AnalysisRequest]:
        """The account's analysis requests, and for stewards those made to this node; newest first. ``status``:
        pending, approved, denied or expired. ``brief``: programs, descriptions and terms are left empty, for
        frequent use.
        """
        return await self._ask(calls.analyses.listed(status, limit, brief))

    async def decide_analysis_request(
        self,
        request_id: str,
        status: str,
        *,
        approval_notes: str | None = None,
        standing: Mapping[str, Any] | None = None,
    ) -> AnalysisRequest:
        """For stewards: decides about an analysis request; ``status``: approved or denied. ``standing`` (runs, days,
        …) lets the same code run again without asking.
        """
        given = {"status": status, "approval_notes": approval_notes, "standing": standing}
        decision = {name: value for name, value in given.items() if value is not None}
        return await self._ask(calls.analyses.decide(request_id, decision))

    async def get_audit_proof(self, sequence: int) -> AuditProof:
        """For auditors: a proof of one record of the gateway's audit log, for somebody who sees nothing else of it.
        Raises NOT_FOUND.
        """
        return await self._ask(calls.audit.proof(sequence))

    @staticmethod
    def verify_receipt(receipt: str, *, peer: str, request_hash: str | None = None) -> VerifiedReceipt:
        """Verifies a receipt offline; see ``stimnet_client.verify_receipt``."""
        return verify_receipt(receipt, peer=peer, request_hash=request_hash)

    @staticmethod
    def verify_broadcast(
        broadcast: Broadcast, *, peers: Iterable[str] | None = None, request_hash: str | None = None
    ) -> VerifiedBroadcast:
        """Verifies the receipts of all parts offline; see ``stimnet_client.verify_broadcast``."""
        return verify_broadcast(broadcast, peers=peers, request_hash=request_hash)
