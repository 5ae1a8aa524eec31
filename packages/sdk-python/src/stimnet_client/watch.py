"""What can be followed: where its events come from, and how its state is read without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Generic, TypeVar

from .call import Call

T = TypeVar("T")


@dataclass(frozen=True)
class Watch(Generic[T]):
    """A job or a broadcast to follow."""

    events_path: str
    state: Call[T]
    is_ended: Callable[[T], bool]
    name: str
