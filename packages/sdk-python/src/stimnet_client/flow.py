"""The logic of the clients as generators ("flows"), which yield the steps to perform and receive their results.

A driver of the sync client and one of the async client perform the steps (``drive.py``). Nothing here waits, reads a
clock or uses the network, so that a test can simulate any server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generator, Mapping, TypeVar, Union

from .call import Call, Request
from .errors import StimnetError, TransportError, error_of
from .strict_json import parse_json

T = TypeVar("T")

ANSWER_BYTES_MAX = 96 * 1024 * 1024
"""Maximum size of an answer: a list of a thousand jobs with outputs of 64 KiB each."""

WAIT_S_MAX = 60.0
"""Maximum pause that is waited for. If a gateway asks for a longer one, the error is raised instead."""

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
    """Sends a request and reads the whole answer; returns a Reply. If there is no answer, a TransportError is thrown
    into the flow. ``within_s``: a shorter time limit than the client's own.
    """

    request: Request
    within_s: float | None = None


@dataclass(frozen=True)
class Open:
    """Sends a request and reads the head of the answer; returns a Reply, with its body unless the status is 200.
    ``silence_s``: maximum wait for the next bytes.
    """

    request: Request
    silence_s: float


@dataclass(frozen=True)
class Read:
    """Reads the next bytes of the open answer; empty at its end."""


@dataclass(frozen=True)
class Close:
    """Closes the open answer, if there is one."""


@dataclass(frozen=True)
class Sleep:
    """Waits for a number of seconds."""

    seconds: float


@dataclass(frozen=True)
class Now:
    """Reads a monotonic clock, in seconds."""


@dataclass(frozen=True)
class Emit:
    """Passes a value to the follower."""

    value: Any


Step = Union[Send, Open, Read, Close, Sleep, Now, Emit]
Flow = Generator[Step, Any, T]


def exchange(call: Call[T], retries: int) -> Flow[T]:
    """Performs one call. It is repeated at most ``retries`` times if the answer was lost or asks for a retry, and if
    repeating has no further effect. Raises StimnetError.
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
    """Performs one call once. Raises StimnetError."""
    reply: Reply = yield Send(call.request, within_s)
    if 200 <= reply.status < 300:
        return call.read(json_of(reply))
    raise error_of(reply.status, reply.headers, reply.body)


def may_help(error: StimnetError) -> bool:
    """Whether a retry can help. A refusal is final, even if its code says that a later request may succeed."""
    passing = error.status in (429, 502, 503, 504) if error.status is not None else True
    return error.retry and passing and (error.retry_after or 0.0) <= WAIT_S_MAX


def pause_s(attempt: int, error: StimnetError | None = None) -> float:
    """Seconds before the next attempt, counted from 0; at least as long as the gateway asks for."""
    asked_for = 0.0 if error is None or error.retry_after is None else error.retry_after
    return max(min(_FIRST_PAUSE_S * 2.0 ** min(attempt, 10), _PAUSE_S_MAX), asked_for)


def json_of(reply: Reply) -> Any:
    """Parses the JSON of an answer. Raises TransportError MALFORMED."""
    try:
        return parse_json(reply.body)
    except ValueError as cause:
        raise TransportError("MALFORMED", "the answer is not JSON", status=reply.status) from cause
