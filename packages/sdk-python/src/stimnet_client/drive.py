"""Performs the steps of a flow over httpx: one driver for the sync client, one for the async client."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, AsyncIterator, Callable, Generator, Iterator, Mapping, NoReturn, TypeVar

import httpx

from .call import Request
from .errors import StimnetError, TransportError
from .flow import ANSWER_BYTES_MAX, Close, Emit, Flow, Now, Open, Read, Reply, Send, Sleep, Step
from .strict_json import json_bytes

T = TypeVar("T")


@dataclass(frozen=True)
class Route:
    """The gateway, the credentials, and the maximum time of a request in seconds."""

    base_url: str
    timeout_s: float
    identity: Callable[[], Mapping[str, str]]

    def build(
        self, client: httpx.Client | httpx.AsyncClient, request: Request, *, within_s: float, read_s: float
    ) -> httpx.Request:
        """The request for httpx. Raises StimnetError PARAMETER_INVALID if it cannot be sent."""
        headers = {"accept": "application/json", **self.identity(), **request.headers}
        try:
            content = None if request.json is None else json_bytes(request.json)
            if content is not None:
                headers["content-type"] = "application/json"
            return client.build_request(
                request.method,
                f"{self.base_url}{request.path}",
                params=dict(request.query) or None,
                content=content,
                data=None if request.form is None else dict(request.form),
                headers=headers,
                timeout=httpx.Timeout(within_s, read=read_s),
            )
        except (httpx.InvalidURL, ValueError, TypeError) as cause:
            raise StimnetError("PARAMETER_INVALID", f"{request.path} cannot be sent: {cause}") from cause

    def seconds(self, within_s: float | None) -> float:
        """Maximum time of a request."""
        return self.timeout_s if within_s is None else min(self.timeout_s, within_s)


class SyncDriver:
    """Performs one flow at a time, blocking."""

    def __init__(self, client: httpx.Client, route: Route) -> None:
        self._client = client
        self._route = route
        self._open: httpx.Response | None = None
        self._chunks: Iterator[bytes] = iter(())

    def run(self, flow: Flow[T]) -> T:
        """Runs a flow that emits nothing."""
        return _result_of(self._steps(flow))

    def iterate(self, flow: Flow[None]) -> Iterator[Any]:
        """Runs a flow and yields the values that it emits."""
        return self._steps(flow)

    def _steps(self, flow: Flow[T]) -> Generator[Any, None, T]:
        try:
            step = next(flow)
            while True:
                if isinstance(step, Emit):
                    yield step.value
                    step = flow.send(None)
                    continue
                try:
                    outcome = self._perform(step)
                except StimnetError as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(outcome)
        except StopIteration as done:
            result: T = done.value
            return result
        finally:
            self._close()

    def _perform(self, step: Step) -> Any:
        if isinstance(step, Now):
            return time.monotonic()
        if isinstance(step, Sleep):
            return time.sleep(step.seconds)
        if isinstance(step, Close):
            return self._close()
        try:
            if isinstance(step, Read):
                return next(self._chunks, b"")
            if isinstance(step, Open):
                return self._send(step.request, within_s=self._route.seconds(step.silence_s), read_s=step.silence_s)
            if isinstance(step, Send):
                within_s = self._route.seconds(step.within_s)
                return self._send(step.request, within_s=within_s, read_s=within_s)
        except httpx.HTTPError as cause:
            _lost(cause)
        raise AssertionError(f"no such step: {step}")

    def _send(self, request: Request, *, within_s: float, read_s: float) -> Reply:
        """Sends a request and reads the whole answer; for an open stream, only its head."""
        self._close()
        late = time.monotonic() + within_s
        is_stream = request.headers.get("accept") == "text/event-stream"
        response = self._client.send(
            self._route.build(self._client, request, within_s=within_s, read_s=read_s), stream=True
        )
        self._open = response
        _check_encoding(response, request)
        self._chunks = response.iter_bytes()
        if is_stream and response.status_code == 200:
            return _reply(response, b"")
        body = bytearray()
        for chunk in self._chunks:
            body += chunk
            _check(len(body), late, request, time.monotonic())
        self._close()
        return _reply(response, bytes(body))

    def _close(self) -> None:
        response, self._open, self._chunks = self._open, None, iter(())
        if response is not None:
            response.close()


class AsyncDriver:
    """Performs one flow at a time, awaiting."""

    def __init__(self, client: httpx.AsyncClient, route: Route) -> None:
        self._client = client
        self._route = route
        self._open: httpx.Response | None = None
        self._chunks: AsyncIterator[bytes] | None = None

    async def run(self, flow: Flow[T]) -> T:
        """Runs a flow that emits nothing."""
        result: list[T] = []
        async for _ in self._steps(flow, result):
            raise AssertionError("this flow emits nothing")
        return result[0]

    def iterate(self, flow: Flow[None]) -> AsyncIterator[Any]:
        """Runs a flow and yields the values that it emits."""
        return self._steps(flow, [])

    async def _steps(self, flow: Flow[T], result: list[T]) -> AsyncIterator[Any]:
        try:
            step = next(flow)
            while True:
                if isinstance(step, Emit):
                    yield step.value
                    step = flow.send(None)
                    continue
                try:
                    outcome = await self._perform(step)
                except StimnetError as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(outcome)
        except StopIteration as done:
            result.append(done.value)
        finally:
            await self._close()

    async def _perform(self, step: Step) -> Any:
        if isinstance(step, Now):
            return time.monotonic()
        if isinstance(step, Sleep):
            return await asyncio.sleep(step.seconds)
        if isinstance(step, Close):
            return await self._close()
        try:
            if isinstance(step, Read):
                return await self._next_chunk()
            if isinstance(step, Open):
                return await self._send(
                    step.request, within_s=self._route.seconds(step.silence_s), read_s=step.silence_s
                )
            if isinstance(step, Send):
                within_s = self._route.seconds(step.within_s)
                return await self._send(step.request, within_s=within_s, read_s=within_s)
        except httpx.HTTPError as cause:
            _lost(cause)
        raise AssertionError(f"no such step: {step}")

    async def _next_chunk(self) -> bytes:
        return b"" if self._chunks is None else await anext(self._chunks, b"")

    async def _send(self, request: Request, *, within_s: float, read_s: float) -> Reply:
        """Sends a request and reads the whole answer; for an open stream, only its head."""
        await self._close()
        late = time.monotonic() + within_s
        is_stream = request.headers.get("accept") == "text/event-stream"
        response = await self._client.send(
            self._route.build(self._client, request, within_s=within_s, read_s=read_s), stream=True
        )
        self._open = response
        _check_encoding(response, request)
        self._chunks = response.aiter_bytes()
        if is_stream and response.status_code == 200:
            return _reply(response, b"")
        body = bytearray()
        async for chunk in self._chunks:
            body += chunk
            _check(len(body), late, request, time.monotonic())
        await self._close()
        return _reply(response, bytes(body))

    async def _close(self) -> None:
        response, self._open, self._chunks = self._open, None, None
        if response is not None:
            await response.aclose()


def _result_of(steps: Generator[Any, None, T]) -> T:
    try:
        next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("this flow emits nothing")


def _reply(response: httpx.Response, body: bytes) -> Reply:
    return Reply(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


def _check_encoding(response: httpx.Response, request: Request) -> None:
    """Refuses a compressed answer, which was not asked for. httpx would unfold it, each piece as a whole, so that a few
    kilobytes that were compressed twice fill the memory before `_check` sees a byte.
    """
    encodings = response.headers.get_list("content-encoding", split_commas=True)
    if any(encoding.lower() not in ("", "identity") for encoding in encodings):
        text = f"the answer to {request.path} has a Content-Encoding, although none was asked for"
        raise TransportError("MALFORMED", text, status=response.status_code)


def _check(length: int, late: float, request: Request, now: float) -> None:
    if length > ANSWER_BYTES_MAX:
        raise TransportError("TOO_LARGE", f"the answer to {request.path} is larger than its limit")
    if now > late:
        raise TransportError("DEADLINE", f"the answer to {request.path} takes too long", retry=True)


def _lost(cause: httpx.HTTPError) -> NoReturn:
    """Raises an httpx error as a StimnetError. The message contains no URL, which might contain a secret."""
    if isinstance(cause, httpx.TimeoutException):
        raise TransportError("DEADLINE", "the gateway did not answer in time", retry=True) from cause
    if isinstance(cause, (httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol)):
        retry = not isinstance(cause, httpx.UnsupportedProtocol)
        raise TransportError("PEER_UNREACHABLE", "the gateway could not be reached", retry=retry) from cause
    raise TransportError("INTERRUPTED", "the connection broke before the answer", retry=True) from cause
