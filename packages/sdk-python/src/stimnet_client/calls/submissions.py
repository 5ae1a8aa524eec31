"""A submission however it was given: whole, as a mapping, by its fields, or its script in a file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, Mapping, TypeVar

from ..models import JobSubmission, read_script
from ..models.submission import Asked

S = TypeVar("S", bound=Asked)


def submission_of(kind: type[S], whole: S | Mapping[str, Any] | None, by_field: Mapping[str, Any]) -> S:
    """Fields given one by one go before those of the whole. Raises TypeError for a field there is not, or a missing one."""
    if isinstance(whole, kind):
        if not by_field:
            return whole
        whole = {one.name: getattr(whole, one.name) for one in fields(whole)}
    return kind(**{**(whole or {}), **by_field})  # type: ignore[dict-item]


def script_submission(path: str | Path, by_field: Mapping[str, Any]) -> JobSubmission:
    """A job whose script is in a file. Raises what ``read_script`` raises."""
    script_type, content = read_script(path)
    return submission_of(JobSubmission, {"script_type": script_type, **by_field, "script_content": content}, {})
