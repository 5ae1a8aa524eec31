"""Server-sent events, however the bytes are split."""

from __future__ import annotations

import random
import unittest

from stimnet_client import TransportError
from stimnet_client.events import EventReader, ServerEvent

TEXT = (
    '\ufeff: alive\n\nid: 1\nevent: change\ndata: {"a":\ndata:1}\n\r\n'
    "data:  two spaces\r\ndata: and more\r\rid: 2\nid\ndata: ü😀\n\nevent: change\n\nid: 3\0\nevent: end\ndata\n\nretry: 5\ndata: cut off"
)
EXPECTED = [
    ServerEvent("1", "change", '{"a":\n1}'),
    ServerEvent(None, "message", " two spaces\nand more"),
    ServerEvent("", "message", "ü😀"),
    ServerEvent(None, "end", ""),
]


class Events(unittest.TestCase):
    def test_events_are_the_same_however_their_bytes_are_cut(self) -> None:
        data = TEXT.encode()
        dice = random.Random(7)
        for size in [1, 2, 3, 5, len(data), *(0 for _ in range(200))]:
            reader, events, at = EventReader(), [], 0
            while at < len(data):
                step = size or dice.randint(1, 12)
                events += reader.feed(data[at : at + step])
                at += step
            self.assertEqual(events, EXPECTED, size)

    def test_bytes_that_are_no_utf_8_do_no_harm(self) -> None:
        self.assertEqual(EventReader().feed(b"data: \xff\xfe\n\n"), [ServerEvent(None, "message", "\ufffd\ufffd")])

    def test_an_event_without_an_end_is_given_up(self) -> None:
        for flood in (b"data: " + b"x" * 90, b"data: x\n", b"x\n", b":\n"):
            reader = EventReader(characters_max=1_000)
            with self.assertRaises(TransportError) as refused:
                for _ in range(1_000):
                    reader.feed(flood)
            self.assertEqual(refused.exception.code, "TOO_LARGE")

    def test_the_bound_is_for_one_event_not_for_the_stream(self) -> None:
        reader = EventReader(characters_max=100)
        self.assertEqual(sum(len(reader.feed(b"data: 12345678\n\n")) for _ in range(1_000)), 1_000)


if __name__ == "__main__":
    unittest.main()
