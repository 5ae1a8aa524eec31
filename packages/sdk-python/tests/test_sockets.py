"""Both clients with a server on a real socket that disconnects, sends slowly, sends too much or sends nothing."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import time
import unittest
import zlib
from typing import Any, Callable
from unittest import mock

from stimnet_client import DistributedClient, StimnetError, SyncDistributedClient, TransportError, WaitTimeoutError

from .answers import JOB_ID, event, job
from .server import Script, Server, head, writes

EVENTS = head("text/event-stream")
RUNNING = event("change", job("running"), 1).encode()
END = event("end", job(), 2).encode()


def both(work: Callable[..., Any], *scripts: Script, **settings: Any) -> list[Any]:
    """The result or error of ``work`` with each client, each with its own server."""
    outcomes: list[Any] = []
    for runner in (_blocking, _awaiting):
        with Server(*scripts) as server:
            try:
                outcomes.append(runner(server.url, work, settings))
            except StimnetError as error:
                outcomes.append(error)
            outcomes[-1] = (outcomes[-1], server.heads)
    return outcomes


def _blocking(url: str, work: Callable[..., Any], settings: dict[str, Any]) -> Any:
    with SyncDistributedClient(url, **settings) as client:
        return work(client)


def _awaiting(url: str, work: Callable[..., Any], settings: dict[str, Any]) -> Any:
    async def run() -> Any:
        async with DistributedClient(url, **settings) as client:
            return await work(client)

    return asyncio.run(run())


class Sockets(unittest.TestCase):
    def test_a_stream_that_is_cut_midway_is_taken_up_again(self) -> None:
        scripts = (writes(EVENTS + RUNNING + END[:50]), writes(b""), writes(EVENTS + END))
        for job_or_error, heads in both(lambda client: client.wait_for_job(JOB_ID, timeout=60), *scripts):
            self.assertEqual(job_or_error.status, "completed")
            self.assertEqual(["last-event-id: 1" in one.lower() for one in heads], [False, True, True])

    def test_an_answer_that_is_cut_midway_is_asked_for_again(self) -> None:
        whole = json.dumps(job()).encode()
        length = f"content-length: {len(whole)}"
        scripts = (
            writes(head("application/json", length) + whole[:99]),
            writes(head("application/json", length) + whole),
        )
        for outcome, heads in both(lambda client: client.get_job_status(JOB_ID), *scripts):
            self.assertEqual((outcome.status, len(heads)), ("completed", 2))

    def test_a_flood_is_cut_off_at_its_limit(self) -> None:
        written: list[int] = []

        def flood(connection: socket.socket, _: bytes) -> None:
            connection.sendall(head("application/json"))
            for at in range(2_000):
                connection.sendall(b" " * 65_536)
                written.append(at)

        with mock.patch("stimnet_client.drive.ANSWER_BYTES_MAX", 1_000_000):
            for outcome, _ in both(lambda client: client.list_jobs(), flood):
                self.assertIsInstance(outcome, TransportError)
                self.assertEqual(outcome.code, "TOO_LARGE")
        self.assertNotIn(1_999, written)

    def test_an_answer_that_is_compressed_unasked_is_refused_before_it_unfolds(self) -> None:
        # 5 GB, compressed twice, are 12 KB: a limit on what has been unfolded comes too late.
        bomb = gzip.compress(gzip.compress(b" " * 4_000_000))
        opened: list[bytes] = []
        real = zlib.decompressobj

        def watched(*settings: Any) -> Any:
            opened.append(b"")
            return real(*settings)

        for encoding in ("gzip, gzip", "gzip", "deflate", "br", "x-unknown", "identity, gzip"):
            script = writes(head("application/json", f"content-encoding: {encoding}") + bomb)
            with mock.patch("zlib.decompressobj", watched):
                for outcome, heads in both(lambda client: client.list_jobs(), script):
                    self.assertIsInstance(outcome, TransportError, encoding)
                    self.assertEqual((outcome.code, outcome.retry), ("MALFORMED", False))
                    self.assertIn("Content-Encoding", outcome.detail)
                    self.assertIn("accept-encoding: identity", heads[0].lower())
                    self.assertEqual(len(heads), 1)
        self.assertEqual(opened, [])

    def test_no_problem_and_no_event_stream_is_unpacked(self) -> None:
        bomb = gzip.compress(b" " * 4_000_000)
        refused = head("application/problem+json", "content-encoding: gzip").replace(b"200 OK", b"400 Bad Request")
        for outcome, _ in both(lambda client: client.list_jobs(), writes(refused + bomb)):
            self.assertEqual((outcome.code, outcome.status), ("MALFORMED", 400))
        events = head("text/event-stream", "content-encoding: gzip") + gzip.compress(RUNNING + END)
        for outcome, heads in both(lambda client: client.wait_for_job(JOB_ID, timeout=60), writes(events)):
            self.assertEqual((outcome.code, len(heads)), ("MALFORMED", 1))

    def test_an_answer_that_says_that_it_is_as_it_is_can_be_read(self) -> None:
        script = writes(head("application/json", "content-encoding: Identity") + json.dumps(job()).encode())
        for outcome, _ in both(lambda client: client.get_job_status(JOB_ID), script):
            self.assertEqual(outcome.status, "completed")

    def test_an_answer_that_drips_does_not_last_longer_than_its_deadline(self) -> None:
        def drip(connection: socket.socket, _: bytes) -> None:
            connection.sendall(head("application/json"))
            for _at in range(200):
                connection.sendall(b" ")
                time.sleep(0.05)

        started = time.monotonic()
        for outcome, _ in both(lambda client: client.list_jobs(), drip, timeout=0.4, retries=0):
            self.assertEqual((outcome.code, outcome.retry), ("DEADLINE", True))
        self.assertLess(time.monotonic() - started, 8)

    def test_a_server_that_says_nothing_is_given_up(self) -> None:
        def silent(connection: socket.socket, _: bytes) -> None:
            time.sleep(1)

        for outcome, _ in both(lambda client: client.health_check(), silent, timeout=0.2, retries=0):
            self.assertEqual(outcome.code, "DEADLINE")

    def test_a_wait_ends_at_its_deadline(self) -> None:
        body = json.dumps(job("running")).encode()
        script = writes(head("application/json") + body)
        started = time.monotonic()
        for outcome, _ in both(lambda client: client.wait_for_job(JOB_ID, timeout=0.5, poll_interval=0.1), script):
            self.assertIsInstance(outcome, WaitTimeoutError)
        self.assertGreaterEqual(time.monotonic() - started, 1.0)

    def test_nobody_there_is_told(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with SyncDistributedClient(url, retries=0) as client, self.assertRaises(TransportError) as refused:
            client.health_check()
        self.assertEqual((refused.exception.code, refused.exception.retry), ("PEER_UNREACHABLE", True))

    def test_leaving_a_stream_early_lets_its_connection_go(self) -> None:
        gone: list[bytes] = []

        def watched(connection: socket.socket, _: bytes) -> None:
            connection.sendall(EVENTS + RUNNING)
            connection.settimeout(5)
            gone.append(connection.recv(1))

        with Server(watched) as server, SyncDistributedClient(server.url) as client:
            for state in client.follow(JOB_ID):
                self.assertEqual(state.status, "running")
                break
            self.until(lambda: gone == [b""])

        async def leave() -> None:
            async with DistributedClient(server.url) as client:
                states = client.follow(JOB_ID)
                self.assertEqual((await anext(states)).status, "running")
                await states.aclose()  # type: ignore[attr-defined]
                self.until(lambda: gone == [b"", b""])

        with Server(watched) as server:
            asyncio.run(leave())

    def until(self, condition: Callable[[], bool]) -> None:
        """Waits for a condition, with ample time, since speed is not tested."""
        end = time.monotonic() + 5
        while not condition() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertTrue(condition())

    def test_a_wait_that_is_cancelled_lets_its_connection_go(self) -> None:
        def held(connection: socket.socket, _: bytes) -> None:
            connection.sendall(EVENTS + RUNNING)
            time.sleep(0.5)

        async def cancel() -> None:
            async with DistributedClient(server.url) as client:
                waiting = asyncio.create_task(client.wait_for_job(JOB_ID))
                await asyncio.sleep(0.2)
                waiting.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await waiting

        with Server(held) as server:
            asyncio.run(cancel())


if __name__ == "__main__":
    unittest.main()
