"""A parser of server-sent events, in the format of the HTML standard."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from .errors import TransportError

EVENT_CHARACTERS_MAX = 64 * 1024 * 1024
"""Maximum length of one event: a broadcast with the outputs of hundreds of peers."""


@dataclass(frozen=True)
class ServerEvent:
    """One event. ``id`` is None if it has none."""

    id: str | None
    name: str
    data: str


class EventReader:
    """A parser that takes bytes as they arrive and returns the events that they complete."""

    def __init__(self, characters_max: int = EVENT_CHARACTERS_MAX) -> None:
        self._characters_max = characters_max
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        # Pieces of an unfinished line are joined only once, at its end, since there may be thousands.
        self._pieces: list[str] = []
        self._lines: list[str] = []
        self._length = 0
        self._after_return = False

    def feed(self, data: bytes) -> list[ServerEvent]:
        """Parses further bytes. Raises TransportError TOO_LARGE if an event is too long."""
        text = self._decoder.decode(data)
        # A CR LF may be split between two pieces.
        if self._after_return and text.startswith("\n"):
            text = text[1:]
        if text == "":
            return []
        self._after_return = text.endswith("\r")
        first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        events: list[ServerEvent] = []
        self._take(first)
        for piece in others:
            events.extend(self._end_line())
            self._take(piece)
        return events

    def _take(self, piece: str) -> None:
        self._length += len(piece)
        if self._length > self._characters_max:
            raise TransportError("TOO_LARGE", "an event that is larger than its limit")
        if piece != "":
            self._pieces.append(piece)

    def _end_line(self) -> list[ServerEvent]:
        line = "".join(self._pieces)
        self._pieces = []
        if line != "":
            # The end of a line counts too, so that empty fields are limited as well.
            self._length += 1
            self._lines.append(line)
            return []
        event = _event_of(self._lines)
        self._lines = []
        self._length = 0
        return [] if event is None else [event]


def _event_of(lines: list[str]) -> ServerEvent | None:
    event_id: str | None = None
    name = "message"
    data: list[str] = []
    for line in lines:
        field, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "id" and "\0" not in value:
            event_id = value
        elif field == "event":
            name = value
        elif field == "data":
            data.append(value)
    return ServerEvent(event_id, name, "\n".join(data)) if data else None
