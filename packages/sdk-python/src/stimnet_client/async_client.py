"""A gateway as its researcher sees it, for programs that await."""

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
    """One gateway. Every method raises StimnetError by the gateway's code; AuthenticationError where name, password
    or token are not accepted; TransportError where there is no answer that can be read.

    ``base_url``    of a gateway, such as http://127.0.0.1:8000
    ``api_key``     sent as X-API-Key until ``authenticate`` has got a token
    ``verify_ssl``  False takes any certificate, also one of somebody in between
    ``token``       an access token, instead of ``authenticate``
    ``timeout``     longest time of one request, seconds
    ``retries``     how often a request is sent again whose answer was lost; a submission carries a key by which it
                    counts once
    ``transport``   of httpx, for tests and proxies

    Use it in ``async with``, or call ``aclose``; within one event loop.
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
        """Closes its connections."""
        await self._http.aclose()

    @property
    def base_url(self) -> str:
        """The gateway's address, without a slash at its end."""
        return self._connection.base_url

    @property
    def token(self) -> str | None:
        """The access token in use; keep it as you keep a password."""
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
        """Gets a token and uses it from then on. True; raises AuthenticationError where name or password is wrong."""
        token = await self._ask(calls.nodes.authenticate(username, password))
        self._connection.token = token
        return True

    async def sign_out(self) -> None:
        """Ends the token at the gateway, and forgets it."""
        await self._ask(calls.nodes.sign_out())
        self._connection.token = None

    async def health_check(self) -> Health:
        """How the gateway's node is. Needs no token."""
        return await self._ask(calls.nodes.health())

    async def discover_node(self) -> NodeInfo:
        """The nodes it knows, its own first, and the catalogs of its own node."""
        return await self._ask(calls.nodes.discovery())

    async def list_nodes(self) -> list[Node]:
        """The nodes it knows, its own first."""
        return await self._ask(calls.nodes.nodes())

    async def list_data_catalogs(self, access_level: str | None = None) -> list[DataCatalog]:
        """Catalogs of its own node; ``access_level`` public, restricted or private narrows them."""
        return await self._ask(calls.nodes.catalogs(access_level))

    async def get_data_catalog(self, catalog_id: int | str) -> DataCatalog:
        """One catalog of its own node, by number or name. Raises CATALOG_UNKNOWN."""
        return await self._ask(calls.nodes.catalog(catalog_id))

    async def search_catalogs(self, words: str = "") -> list[FoundCatalog]:
        """Catalogs of the whole mesh that match every word; all of them without one."""
        return await self._ask(calls.nodes.search(words))

    async def submit_job(
        self, job: JobSubmission | Mapping[str, Any] | None = None, *, idempotency_key: str | None = None, **fields: Any
    ) -> str:
        """Submits a job, given as a JobSubmission or by its fields; gives its id. With the same ``idempotency_key``
        the same account gets the same job, however often it is sent; without one each call is a job of its own.
        """
        submission = submission_of(JobSubmission, job, fields)
        accepted = await self._ask(calls.jobs.submit(submission, idempotency_key or secrets.token_hex(16)))
        return accepted.job_id

    async def submit_script_file(
        self, script_path: str | Path, *, idempotency_key: str | None = None, **fields: Any
    ) -> str:
        """Submits the script in a file: .py, .r, .sql, .ipynb, or .json for a statistic. ``fields``: the others of
        JobSubmission.
        """
        submission = script_submission(script_path, fields)
        return await self.submit_job(submission, idempotency_key=idempotency_key)

    async def get_job_status(self, job_id: str) -> JobResult:
        """A job with its result. Raises JOB_UNKNOWN, the same for one that is not there and one of somebody else."""
        return await self._ask(calls.jobs.read(job_id))

    async def wait_for_job(self, job_id: str, timeout: float | None = 3600, poll_interval: float = 5) -> JobResult:
        """The job once it has ended, however it ended: told by the gateway's events, else asked for every
        ``poll_interval`` seconds. Raises WaitTimeoutError (a TimeoutError) after ``timeout`` seconds; the job goes
        on.
        """
        return await self._last(calls.jobs.watch(job_id), Patience(timeout, poll_interval))

    def follow(self, job_id: str, timeout: float | None = None, poll_interval: float = 5) -> AsyncIterator[JobResult]:
        """Each state of a job until its end; takes a broken stream up again by itself. Raises as ``wait_for_job``."""
        return self._follow(calls.jobs.watch(job_id), Patience(timeout, poll_interval))

    async def cancel_job(self, job_id: str) -> bool:
        """True where the job is being cancelled, False where it had ended already. Raises JOB_UNKNOWN."""
        try:
            await self._ask(calls.jobs.cancel(job_id))
        except StimnetError as error:
            if error.code != "JOB_ENDED":
                raise
            return False
        return True

    async def list_jobs(self, status: str | None = None, limit: int = 100) -> list[JobResult]:
        """Your jobs, newest first, at most a thousand; ``status`` narrows them."""
        return await self._ask(calls.jobs.listed(status, limit))

    async def broadcast(
        self,
        submission: BroadcastSubmission | SignedRequest | Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Broadcast:
        """Asks many peers at once: those in ``targets``, else every one that offers the catalog. Give a
        BroadcastSubmission or its fields, and the gateway signs for your account; or what ``sign_request`` made,
        and nobody else signs.
        """
        if isinstance(submission, SignedRequest):
            if fields:
                raise TypeError("a signed request cannot be changed")
            # It is one request by its signature, however often it is sent.
            return await self._ask(calls.broadcasts.submit(submission, idempotency_key or submission.hash))
        asked = submission_of(BroadcastSubmission, submission, fields)
        return await self._ask(calls.broadcasts.submit(asked, idempotency_key or secrets.token_hex(16)))

    async def get_broadcast(self, broadcast_id: str) -> Broadcast:
        """Each peer's state, output and receipt, and the pooled answer. Raises JOB_UNKNOWN."""
        return await self._ask(calls.broadcasts.read(broadcast_id))

    async def list_broadcasts(self, limit: int = 100, to_one: bool = False) -> list[Broadcast]:
        """Your broadcasts, newest first, without outputs; with ``to_one`` also what was sent to one peer alone."""
        return await self._ask(calls.broadcasts.listed(limit, to_one))

    async def wait_for_broadcast(
        self, broadcast_id: str, timeout: float | None = 3600, poll_interval: float = 5
    ) -> Broadcast:
        """The broadcast once every peer has ended. Raises as ``wait_for_job``."""
        return await self._last(calls.broadcasts.watch(broadcast_id), Patience(timeout, poll_interval))

    def follow_broadcast(
        self, broadcast_id: str, timeout: float | None = None, poll_interval: float = 5
    ) -> AsyncIterator[Broadcast]:
        """Each state of a broadcast until its end; outputs and receipts come with the last. Raises as
        ``wait_for_job``.
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
                     of each; meta: one fit each, combined by random effects (``method`` reml, dl, pm or fixed;
                     ``interval`` hartung_knapp or wald)
        ``family``   gaussian, binomial (of a category; ``event`` is the level that is modelled, the second unless
                     given) or poisson (of a count). With a number among the terms the institutions fit it together in
                     up to four rounds; ``on_round`` is called after each, and ``timeout`` is of each
        ``where``    the cohort; everybody in the catalog unless given
        ``targets``  names or PeerIds; every institution that offers the catalog unless given
        ``signer``   your own key: then only receipts of this very request count
        ``fields``   further fields of a submission, such as ``title`` or ``purpose``

        A price is asked for first, which reads no data: a formula that no institution would take is refused with its
        place before anything is asked. The model is fitted here, to what the institutions signed; in rounds the
        estimates of each are computed here as well, from the receipts of the round before. Raises NO_PROVIDERS, what
        the price or all institutions refuse with, and what ``wait_for_broadcast`` raises.
        """
        given = fields if where is None else {**fields, "where": where}
        question = ModelQuestion(formula, catalog, site, family, event, given)
        peers = holders(await self.search_catalogs(catalog), catalog, targets)
        check_answerable(await self.privacy_cost(**question.submission(sorted(peers)), targets=peers))
        # A roster must be asked as it is, also where a further institution offers the catalog meanwhile.
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
        """What a P2 request would cost at each peer, and how far off its answer would be. Spends nothing. ``key``: the
        id of the key that would sign it, for which what is left is told."""
        return await self._ask(calls.broadcasts.cost(submission_of(BroadcastSubmission, submission, fields), key))

    async def request_analysis(
        self,
        submission: AnalysisSubmission | Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> AnalysisRequest:
        """Asks the stewards of one node to approve an analysis; they answer in their own time."""
        asked = submission_of(AnalysisSubmission, submission, fields)
        return await self._ask(calls.analyses.submit(asked, idempotency_key or secrets.token_hex(16)))

    async def get_analysis_request(self, request_id: str) -> AnalysisRequest:
        """Where an analysis request stands. Raises JOB_UNKNOWN."""
        return await self._ask(calls.analyses.read(request_id))

    async def get_analysis_results(self, request_id: str) -> AnalysisResults:
        """The results of its job, for whoever asked. Raises JOB_UNKNOWN."""
        return await self._ask(calls.analyses.results(request_id))

    async def list_analysis_requests(
        self, status: str | None = None, limit: int = 100, *, brief: bool = False
    ) -> list[AnalysisRequest]:
        """Your own, and for a steward those made to this node; newest first. ``status``: pending, approved, denied,
        expired. ``brief``: programs, descriptions and terms are left empty, for a list that is looked at often.
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
        """For stewards: ``status`` approved or denied. ``standing`` (runs, days, …) lets the same code run again
        without asking.
        """
        given = {"status": status, "approval_notes": approval_notes, "standing": standing}
        decision = {name: value for name, value in given.items() if value is not None}
        return await self._ask(calls.analyses.decide(request_id, decision))

    async def get_audit_proof(self, sequence: int) -> AuditProof:
        """Proves one record of the gateway's audit log to somebody who sees nothing else of it; for auditors. Raises
        NOT_FOUND.
        """
        return await self._ask(calls.audit.proof(sequence))

    @staticmethod
    def verify_receipt(receipt: str, *, peer: str, request_hash: str | None = None) -> VerifiedReceipt:
        """Checks a receipt offline: see ``stimnet_client.verify_receipt``."""
        return verify_receipt(receipt, peer=peer, request_hash=request_hash)

    @staticmethod
    def verify_broadcast(
        broadcast: Broadcast, *, peers: Iterable[str] | None = None, request_hash: str | None = None
    ) -> VerifiedBroadcast:
        """Checks the receipts of every part offline: see ``stimnet_client.verify_broadcast``."""
        return verify_broadcast(broadcast, peers=peers, request_hash=request_hash)
