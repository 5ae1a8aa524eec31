"""What the clients do, written once: generators that say what they need done and are given its outcome.

A driver of the sync client and one of the async client perform the steps (``drive.py``); nothing here waits, reads a
clock or touches the network, so a test can play any server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generator, Mapping, TypeVar, Union

from .call import Call, Request
from .errors import StimnetError, TransportError, error_of
from .strict_json import parse_json

T = TypeVar("T")

ANSWER_BYTES_MAX = 96 * 1024 * 1024
"""A list of a thousand jobs with outputs of 64 KiB each."""

WAIT_S_MAX = 60.0
"""A gateway that asks for a longer pause is not waited for: the caller is told."""

_FIRST_PAUSE_S = 0.25
_PAUSE_S_MAX = 8.0


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Send:
    """Send a request and read its whole answer; gives a Reply. A TransportError is thrown in where there is none.
    ``within_s``: no longer than that, where the client's own timeout is longer."""

    request: Request
    within_s: float | None = None


@dataclass(frozen=True)
class Open:
    """Send a request and read the head of its answer; gives a Reply, whole unless it is 200. ``silence_s``: longest
    wait for the next bytes."""

    request: Request
    silence_s: float


@dataclass(frozen=True)
class Read:
    """The next bytes of the open answer; none at its end."""


@dataclass(frozen=True)
class Close:
    """Let go of the open answer, if there is one."""


@dataclass(frozen=True)
class Sleep:
    """Wait that many seconds."""

    seconds: float


@dataclass(frozen=True)
class Now:
    """Seconds of a clock that never goes back."""


@dataclass(frozen=True)
class Emit:
    """Hand a value to whoever follows."""

    value: Any


Step = Union[Send, Open, Read, Close, Sleep, Now, Emit]
Flow = Generator[Step, Any, T]


def exchange(call: Call[T], retries: int) -> Flow[T]:
    """One call. Asked again, at most ``retries`` times, where the answer was lost or asks to be, and asking twice
    cannot do more than asking once. Raises StimnetError.
    """
    for attempt in range(retries + 1):
        try:
            return (yield from ask_once(call))
        except StimnetError as error:
            if attempt == retries or not call.request.repeatable or not may_help(error):
                raise
            pause = pause_s(attempt, error)
        yield Sleep(pause)
    raise AssertionError("retries is not negative")


def ask_once(call: Call[T], within_s: float | None = None) -> Flow[T]:
    """One call, asked once. Raises StimnetError."""
    reply: Reply = yield Send(call.request, within_s)
    if 200 <= reply.status < 300:
        return call.read(json_of(reply))
    raise error_of(reply.status, reply.headers, reply.body)


def may_help(error: StimnetError) -> bool:
    """Whether asking again can help. A refusal is final, also where its code says that it may pass later."""
    passing = error.status in (429, 502, 503, 504) if error.status is not None else True
    return error.retry and passing and (error.retry_after or 0.0) <= WAIT_S_MAX


def pause_s(attempt: int, error: StimnetError | None = None) -> float:
    """Seconds before the next attempt, the first being 0; as long as the gateway asks for at least."""
    asked_for = 0.0 if error is None or error.retry_after is None else error.retry_after
    return max(min(_FIRST_PAUSE_S * 2.0 ** min(attempt, 10), _PAUSE_S_MAX), asked_for)


def json_of(reply: Reply) -> Any:
    """The JSON of an answer. Raises TransportError MALFORMED."""
    try:
        return parse_json(reply.body)
    except ValueError as cause:
        raise TransportError("MALFORMED", "the answer is not JSON", status=reply.status) from cause
