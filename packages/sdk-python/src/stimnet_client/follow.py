"""Follows a job or broadcast until its end: by its event stream, with reconnection, or by polling."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Generic, TypeVar

from .call import Request
from .errors import StimnetError, TransportError, WaitTimeoutError, error_of
from .events import EventReader, ServerEvent
from .flow import Close, Emit, Flow, Now, Open, Read, Reply, Sleep, ask_once, json_of, may_help, pause_s
from .models import Answer
from .watch import Watch

A = TypeVar("A", bound=Answer)

SILENCE_S_MAX = 45.0
"""Maximum silence. The gateway sends a heartbeat every 15 s; after three missing ones the connection counts as
broken.
"""

SILENCE_S_MAX_IN_HASTE = 20.0
"""Maximum silence if there is a deadline: so short that a silent stream cannot exceed it. The last seconds are spent
polling.
"""

STREAM_FAILURES_MAX = 4
"""Number of connections in a row without news after which polling begins."""

ASK_FAILURES_MAX = 8
_FIRST_ASK_S = 0.1


@dataclass(frozen=True)
class Patience:
    """``timeout_s``: maximum total wait, None for no limit. ``poll_interval_s``: maximum time between two polls."""

    timeout_s: float | None
    poll_interval_s: float

    def __post_init__(self) -> None:
        if self.timeout_s is not None and not 0 <= self.timeout_s < math.inf:
            raise StimnetError("PARAMETER_INVALID", "timeout: seconds, from 0 on; None waits without end")
        if not 0 < self.poll_interval_s < math.inf:
            raise StimnetError("PARAMETER_INVALID", "poll_interval: seconds, above 0")


@dataclass
class _Progress(Generic[A]):
    """The progress of a follower."""

    deadline: float | None
    last_id: str | None = None
    failures: int = 0
    ended: bool = False
    streamable: bool = True
    seen: A | None = None

    def is_news(self, state: A) -> bool:
        """Whether the state differs from the previous one. After a reconnection, the gateway sends the last state
        again.
        """
        is_news = self.seen is None or self.seen.raw != state.raw
        self.seen = state
        return is_news

    def left(self) -> Flow[float]:
        """Seconds until the deadline."""
        return math.inf if self.deadline is None else self.deadline - (yield Now())


def follow(watch: Watch[A], patience: Patience) -> Flow[None]:
    """Emits each state; the last one is the end. Raises WaitTimeoutError, and the gateway's refusals."""
    timeout = patience.timeout_s
    progress: _Progress[A] = _Progress(None if timeout is None else (yield Now()) + timeout)
    while not progress.ended and progress.streamable and (yield from progress.left()) > SILENCE_S_MAX_IN_HASTE:
        error = yield from _stream(watch, progress)
        if error is not None:
            progress.failures += 1
            progress.streamable = progress.failures < STREAM_FAILURES_MAX
            yield Sleep(min(pause_s(progress.failures - 1, error), max(0.0, (yield from progress.left()))))
    if not progress.ended:
        yield from _ask(watch, progress, patience)


def _stream(watch: Watch[A], progress: _Progress[A]) -> Flow[StimnetError | None]:
    """Reads one connection. Returns the error that broke it; None after the end, and if polling must take over.
    Raises an error for which a retry cannot help.
    """
    try:
        error = yield from _read_stream(watch, progress)
    except StimnetError as raised:
        yield Close()
        if isinstance(raised, TransportError) and raised.retry:
            return raised
        raise
    yield Close()
    return error


def _read_stream(watch: Watch[A], progress: _Progress[A]) -> Flow[StimnetError | None]:
    headers = {"accept": "text/event-stream"}
    if progress.last_id is not None:
        headers["last-event-id"] = progress.last_id
    silence_s = SILENCE_S_MAX if progress.deadline is None else SILENCE_S_MAX_IN_HASTE
    reply: Reply = yield Open(Request("GET", watch.events_path, headers=headers), silence_s)
    if not _is_stream(reply):
        return _other_than_stream(reply, progress)
    reader = EventReader()
    while True:
        data: bytes = yield Read()
        if data == b"":
            return TransportError("INTERRUPTED", f"the events of {watch.name} broke off", retry=True)
        for event in reader.feed(data):
            yield from _take(event, watch, progress)
            if progress.ended:
                return None
        if (yield from progress.left()) <= SILENCE_S_MAX_IN_HASTE:
            return None


def _take(event: ServerEvent, watch: Watch[A], progress: _Progress[A]) -> Flow[None]:
    progress.last_id = event.id if event.id is not None else progress.last_id
    if event.name == "problem":
        problem = error_of(500, {}, event.data.encode())
        # A problem that may pass counts as a broken connection; any other problem is the answer.
        raise TransportError(problem.code, problem.detail, retry=True) if problem.retry else problem
    if event.name not in ("change", "end"):
        return
    state = watch.state.read(json_of(Reply(200, {}, event.data.encode())))
    progress.ended = event.name == "end"
    if progress.is_news(state) or progress.ended:
        progress.failures = 0
        yield Emit(state)


def _is_stream(reply: Reply) -> bool:
    return reply.status == 200 and reply.headers.get("content-type", "").lower().startswith("text/event-stream")


def _other_than_stream(reply: Reply, progress: _Progress[A]) -> StimnetError | None:
    """A proxy may not support streams, and 204 means that there are no further events. Then the state is polled,
    which also shows whether the job exists.
    """
    if 200 <= reply.status < 300 or reply.status in (404, 405, 406, 501):
        progress.streamable = False
        return None
    error = error_of(reply.status, reply.headers, reply.body)
    if may_help(error):
        return error
    raise error


def _ask(watch: Watch[A], progress: _Progress[A], patience: Patience) -> Flow[None]:
    """Polls the state, frequently at first, then every ``poll_interval_s``."""
    pause, failures = _FIRST_ASK_S, 0
    while True:
        error: StimnetError | None = None
        left = yield from progress.left()
        try:
            # Polled at least once, however little time is left.
            state = yield from ask_once(watch.state, within_s=None if left == math.inf else max(left, 1.0))
        except StimnetError as raised:
            failures += 1
            if not may_help(raised) or failures >= ASK_FAILURES_MAX:
                raise
            error = raised
        else:
            failures = 0
            progress.ended = watch.is_ended(state)
            if progress.is_news(state) or progress.ended:
                pause = _FIRST_ASK_S
                yield Emit(state)
            if progress.ended:
                return
        left = yield from progress.left()
        if left <= 0:
            text = f"{watch.name} has not ended within {patience.timeout_s:g} s"
            raise WaitTimeoutError("DEADLINE", text, retry=True)
        asked = pause_s(failures - 1, error) if error else 0.0
        yield Sleep(min(max(min(pause, patience.poll_interval_s), asked), left))
        pause *= 1.5
