"""Submissions, with the field names of the REST API."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Mapping, Sequence, TypeVar

from ..errors import StimnetError

S = TypeVar("S", bound="Asked")

SCRIPT_BYTES_MAX = 256 * 1024
"""Maximum size of a script that a person can still review."""

_TYPE_OF_SUFFIX = {".py": "python", ".r": "r", ".sql": "sql", ".ipynb": "jupyter", ".json": "statistic"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The fields that all submissions have.

    ``script_type``   python, r, sql, jupyter or statistic
    ``script_content`` the query or script; for a statistic its call as JSON text: ``{"name", "variables", "by"}``
    ``parameters``    what a script finds as its parameters
    ``filters``       the cohort: column to value or list of values, all of which must hold
    ``where``         the cohort in the full filter language, joined to ``filters`` by and
    ``set``           an analysis set of the catalog, to which the cohort is restricted
    ``purpose``       GA4GH DUO terms
    ``permit``        the id of the data permit under which it is asked
    ``privacy``       which claim is asked for, such as ``{"level": "P2", "epsilon": "0.5"}``; P1 unless given
    ``outputs``       typed outputs that a script promises
    ``contract``      what each variable is taken to be; a peer that differs refuses
    ``mappings``      how a site's own variables read in the request's
    """

    data_catalog_name: str
    script_type: str
    script_content: str
    parameters: Mapping[str, Any] | None = None
    filters: Mapping[str, Any] | None = None
    where: Mapping[str, Any] | None = None
    set: str | None = None
    purpose: Sequence[str] | None = None
    project: str | None = None
    permit: str | None = None
    privacy: Mapping[str, Any] | None = None
    outputs: Sequence[Mapping[str, Any]] | None = None
    contract: Sequence[Mapping[str, Any]] | None = None
    mappings: Sequence[Mapping[str, Any]] | None = None

    def to_json(self) -> dict[str, Any]:
        """The JSON of the submission, without fields that were not given."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: _plain(value) for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class JobSubmission(Asked):
    """A job for one node by name or PeerId, or with ``"*"`` for every peer that offers the catalog."""

    target_node_id: str
    title: str | None = None
    uploaded_file_ids: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class BroadcastSubmission(Asked):
    """A request to several peers that the gateway signs with the account's key. ``targets``: node ids or PeerIds, or
    ``"*"``.
    """

    targets: str | Sequence[str] = "*"
    title: str | None = None


@dataclass(frozen=True, kw_only=True)
class RequestToSign(Asked):
    """A request that the researcher signs.

    ``review``            stewards decide first, even if the catalog would run the program without asking; ``about``
                          is for them
    ``credentials``       JWTs of institutions that vouch for the signer; see ``stimnet vouch``
    ``wall_time_ms_max``  0: the catalog's own limit
    """

    title: str = ""
    review: bool = False
    about: Mapping[str, str] | None = None
    credentials: Sequence[str] = ()
    wall_time_ms_max: int = 0


@dataclass(frozen=True, kw_only=True)
class AnalysisSubmission(Asked):
    """A request about which stewards decide. ``priority``: low, normal, high or urgent."""

    target_node_id: str
    requester_name: str
    requester_institution: str
    requester_email: str
    analysis_title: str
    analysis_description: str
    requester_affiliation: str | None = None
    priority: str | None = None
    estimated_duration: str | None = None
    selected_score: str | None = None
    selected_timeline: str | None = None


def submission_of(kind: type[S], whole: S | Mapping[str, Any] | None, by_field: Mapping[str, Any]) -> S:
    """The submission from ``whole`` and single fields, which take precedence. Raises TypeError for an unknown or
    missing field.
    """
    if isinstance(whole, kind):
        if not by_field:
            return whole
        whole = {one.name: getattr(whole, one.name) for one in fields(whole)}
    return kind(**{**(whole or {}), **by_field})  # type: ignore[dict-item]


def script_submission(path: str | Path, by_field: Mapping[str, Any]) -> JobSubmission:
    """A job whose script is in a file. Raises the errors of ``read_script``."""
    script_type, content = read_script(path)
    return submission_of(JobSubmission, {"script_type": script_type, **by_field, "script_content": content}, {})


def read_script(path: str | Path) -> tuple[str, str]:
    """The type of a script, by its file extension (.py .r .sql .ipynb, .json for a statistic), and its text (UTF-8).

    Raises LANGUAGE_NOT_AVAILABLE, TOO_LARGE, MALFORMED; OSError if the file cannot be read.
    """
    file = Path(path)
    script_type = _TYPE_OF_SUFFIX.get(file.suffix.lower())
    if script_type is None:
        known = " ".join(_TYPE_OF_SUFFIX)
        raise StimnetError("LANGUAGE_NOT_AVAILABLE", f"{file.name}: a script's name ends in one of {known}")
    with file.open("rb") as opened:
        content = opened.read(SCRIPT_BYTES_MAX + 1)
    if len(content) > SCRIPT_BYTES_MAX:
        raise StimnetError("TOO_LARGE", f"{file.name}: a script has at most {SCRIPT_BYTES_MAX // 1024} KiB")
    try:
        return script_type, content.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise StimnetError("MALFORMED", f"{file.name} is not UTF-8") from cause


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
