"""All errors of the clients, as one kind of exception with a code of StimNet's closed list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from .printing import printable, printable_lines
from .strict_json import parse_json

DETAIL_CHARACTERS_MAX = 2_000
FIELDS_MAX = 20

# For responses that are not problems of a gateway, such as a proxy's page.
_CODE_OF_STATUS: Mapping[int, str] = {
    401: "UNAUTHENTICATED",
    403: "NOT_PERMITTED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "BODY_TOO_LARGE",
    415: "MEDIA_TYPE_UNSUPPORTED",
    429: "RATE_LIMITED",
    502: "INTERRUPTED",
    503: "BUSY",
    504: "DEADLINE",
}


@dataclass(frozen=True)
class FieldError:
    """An invalid field of a request: its name, such as ``filters.age``, and the reason."""

    field: str
    message: str


class StimnetError(Exception):
    """The base class of all errors.

    ``code``         one of the closed list in ``packages/protocol/src/errors.ts``
    ``detail``       a text about the request, never about data; it cannot control a terminal, whoever wrote it
    ``status``       the HTTP status; None if there was no answer
    ``retry``        whether the same request, unchanged, may succeed later
    ``request_id``   id under which the node's operator finds the request; None if there was no answer
    ``fields``       the invalid fields of the request
    ``incident``     id under which the operator finds the cause in the node's log, if the node failed
    ``retry_after``  seconds that the gateway asks to wait; None if it does not state any
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int | None = None,
        retry: bool = False,
        request_id: str | None = None,
        fields: tuple[FieldError, ...] = (),
        incident: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.code = printable(code)
        self.detail = printable_lines(detail)
        super().__init__(self.code, self.detail)
        self.status = status
        self.retry = retry
        self.request_id = request_id
        self.fields = fields
        self.incident = incident
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class AuthenticationError(StimnetError):
    """Name or password is wrong (``CREDENTIALS_INVALID``), or the token is missing or no longer valid
    (``UNAUTHENTICATED``).
    """


class TransportError(StimnetError):
    """There is no answer, or it cannot be read: ``PEER_UNREACHABLE``, ``DEADLINE``, ``INTERRUPTED``, ``TOO_LARGE``,
    ``MALFORMED``.
    """


class VerificationError(StimnetError):
    """A receipt or proof is invalid: ``SIGNATURE_INVALID``, ``MALFORMED``, ``TYPE_MISMATCH``, …"""


class WaitTimeoutError(StimnetError, TimeoutError):
    """The time limit of waiting was exceeded (``DEADLINE``); the job or broadcast itself continues."""


def error_of(status: int, headers: Mapping[str, str], body: bytes) -> StimnetError:
    """The error of an unsuccessful answer. Never raises, whatever the body is."""
    if 300 <= status < 400:
        return TransportError(
            "PEER_UNREACHABLE", f"{status}: a redirect is not followed, a token could go to somebody else"
        )
    problem = _object_of(body)
    said_code = _text(problem, "code", 64)
    code = _CODE_OF_STATUS.get(status, "INTERNAL") if said_code is None else said_code
    said = problem.get("retry")
    kind = AuthenticationError if status == 401 else StimnetError
    detail = _text(problem, "detail", DETAIL_CHARACTERS_MAX)
    return kind(
        code,
        f"the gateway answered {status}" if detail is None else detail,
        status=status,
        retry=said if isinstance(said, bool) else status in (429, 502, 503, 504),
        request_id=_text(problem, "request_id", 64) or headers.get("x-request-id"),
        fields=_fields_of(problem.get("errors")),
        incident=_text(problem, "incident", 64),
        retry_after=_seconds_of(headers.get("retry-after")),
    )


def _object_of(body: bytes) -> dict[str, Any]:
    try:
        value = parse_json(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _text(problem: Mapping[str, Any], name: str, characters_max: int) -> str | None:
    value = problem.get(name)
    return value[:characters_max] if isinstance(value, str) and value != "" else None


def _fields_of(errors: Any) -> tuple[FieldError, ...]:
    if not isinstance(errors, list):
        return ()
    pairs: list[tuple[Any, Any]] = [
        (one.get("field"), one.get("message")) for one in errors[:FIELDS_MAX] if isinstance(one, dict)
    ]
    texts = [(f, m) for f, m in pairs if isinstance(f, str) and isinstance(m, str)]
    return tuple(FieldError(printable(f), printable_lines(m)) for f, m in texts)


def _seconds_of(header: str | None) -> float | None:
    return float(header) if header is not None and header.isascii() and header.isdigit() and len(header) < 10 else None
