"""Jobs and broadcasts as things to follow: the source of their events, and the request for their state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Generic, TypeVar

from .call import Call

T = TypeVar("T")


@dataclass(frozen=True)
class Watch(Generic[T]):
    """A job or broadcast to follow."""

    events_path: str
    state: Call[T]
    is_ended: Callable[[T], bool]
    name: str
