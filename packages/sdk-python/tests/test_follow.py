"""Following a job: by events, over broken connections, and without events, but never past its deadline."""

from __future__ import annotations

import json
import unittest

from stimnet_client import AuthenticationError, StimnetError, TransportError, WaitTimeoutError
from stimnet_client.calls import jobs
from stimnet_client.flow import Close, Open, Read, Reply, Send, Sleep
from stimnet_client.follow import STREAM_FAILURES_MAX, Patience, follow

from .answers import JOB_ID, event, job
from .player import Player, head

BROKEN = TransportError("INTERRUPTED", "broken", retry=True)
RUNNING = event("change", job("running"), 1).encode()
END = event("end", job(), 2).encode()


def state(status: str, **more: Any) -> Reply:
    """A reply with the state of a job."""
    return Reply(200, {"content-type": "application/json"}, json.dumps(job(status, **more)).encode())


def refusal(status: int, code: str, retry: bool = False) -> Reply:
    """A reply with a problem."""
    return Reply(
        status, {"content-type": "application/problem+json"}, json.dumps({"code": code, "retry": retry}).encode()
    )


def played(player: Player, timeout_s: float | None = None, poll_interval_s: float = 5.0) -> list[str]:
    """The statuses that a follower receives."""
    player.play(follow(jobs.watch(JOB_ID), Patience(timeout_s, poll_interval_s)))
    return [one.status for one in player.emitted]


class ByEvents(unittest.TestCase):
    def test_each_state_comes_until_the_end_and_the_stream_is_let_go(self) -> None:
        player = Player(opens=[head()], reads=[RUNNING + END[:30], END[30:]])
        self.assertEqual(played(player), ["running", "completed"])
        self.assertIsInstance(player.steps[-1], Close)
        self.assertEqual(player.count(Send), 0)

    def test_a_stream_that_drops_midway_is_taken_up_where_it_broke(self) -> None:
        player = Player(opens=[head()], reads=[RUNNING + END[:40], b"", RUNNING, BROKEN, END])
        self.assertEqual(played(player), ["running", "completed"])
        opened = [step.request.headers.get("last-event-id") for step in player.steps if isinstance(step, Open)]
        self.assertEqual(opened, [None, "1", "1"])
        self.assertEqual(player.count(Close), 3)

    def test_streams_that_bring_nothing_new_give_way_to_asking(self) -> None:
        player = Player(
            opens=[head()], reads=[RUNNING, b""], sends=[state("running"), state("running"), state("completed")]
        )
        self.assertEqual(played(player), ["running", "completed"])
        self.assertEqual(player.count(Open), STREAM_FAILURES_MAX)

    def test_streams_that_drop_but_bring_news_are_taken_up_without_end(self) -> None:
        news = [event("change", job("running", progress=at / 100), at).encode() for at in range(1, 30)]
        reads = [one for state in news for one in (state, b"")]
        player = Player(opens=[head()], reads=[*reads, END])
        self.assertEqual(played(player), ["running"] * 29 + ["completed"])
        self.assertEqual((player.count(Open), player.count(Send)), (30, 0))

    def test_a_gateway_or_proxy_without_streams_is_asked(self) -> None:
        for other in (head(404), head(405), head(204), head(200, {"content-type": "text/html"}, b"<html>")):
            player = Player(opens=[other], sends=[state("queued"), state("completed")])
            self.assertEqual(played(player), ["queued", "completed"], other)
            self.assertEqual(player.count(Open), 1)

    def test_a_gateway_that_is_gone_for_a_while_is_waited_for(self) -> None:
        gone = TransportError("PEER_UNREACHABLE", "gone", retry=True)
        player = Player(opens=[gone, refusal(503, "BUSY", retry=True), head()], reads=[END])
        self.assertEqual(played(player), ["completed"])
        self.assertGreater(player.now, 1_000.5)

    def test_a_refusal_ends_it_at_once(self) -> None:
        for reply, kind in (
            (refusal(401, "UNAUTHENTICATED"), AuthenticationError),
            (refusal(403, "NOT_PERMITTED"), StimnetError),
            (refusal(400, "MALFORMED"), StimnetError),
        ):
            player = Player(opens=[reply])
            with self.assertRaises(kind):
                played(player)
            self.assertEqual(player.count(Open), 1)

    def test_a_problem_within_the_stream_is_the_answer_unless_it_may_pass(self) -> None:
        final = b'event: problem\ndata: {"code": "JOB_UNKNOWN", "retry": false}\n\n'
        with self.assertRaises(StimnetError) as refused:
            played(Player(opens=[head()], reads=[final]))
        self.assertEqual(refused.exception.code, "JOB_UNKNOWN")
        passing = b'event: problem\ndata: {"code": "INTERNAL", "retry": true}\n\n'
        self.assertEqual(played(Player(opens=[head()], reads=[passing, END])), ["completed"])

    def test_events_that_are_no_job_are_refused(self) -> None:
        for data in (b"data: {\nevent: change\n\n", b"event: end\ndata: []\n\n", b'event: end\ndata: {"id": 1}\n\n'):
            with self.assertRaises(TransportError) as refused:
                played(Player(opens=[head()], reads=[data]))
            self.assertEqual(refused.exception.code, "MALFORMED")

    def test_events_of_other_names_are_passed_over(self) -> None:
        self.assertEqual(
            played(Player(opens=[head()], reads=[b"event: advice\ndata: []\n\n: alive\n\n", END])), ["completed"]
        )


class InTime(unittest.TestCase):
    def test_a_job_that_does_not_end_is_given_up_at_the_deadline_and_not_later(self) -> None:
        for timeout_s in (0, 0.5, 7, 19, 21, 33.3, 100):
            beats = [(0.0, RUNNING), (15.0, b": alive\n\n")]
            player = Player(opens=[head()], reads=beats, sends=[state("running")])
            with self.assertRaises(WaitTimeoutError) as late:
                played(player, timeout_s)
            self.assertAlmostEqual(player.now - 1_000, timeout_s, 6)
            self.assertIsInstance(late.exception, TimeoutError)
            self.assertEqual(late.exception.code, "DEADLINE")

    def test_a_silent_stream_does_not_carry_the_wait_past_its_deadline(self) -> None:
        silent = TransportError("DEADLINE", "silent", retry=True)
        player = Player(opens=[head()], reads=[(0.0, RUNNING), (20.0, silent)], sends=[state("running")])
        with self.assertRaises(WaitTimeoutError):
            played(player, 60)
        self.assertEqual(player.now - 1_000, 60)
        self.assertTrue(all(step.silence_s <= 20 for step in player.steps if isinstance(step, Open)))

    def test_short_waits_ask_often_at_first_and_then_at_the_interval(self) -> None:
        player = Player(sends=[*[state("running")] * 12, state("completed")])
        self.assertEqual(played(player, 20, poll_interval_s=2.0), ["running", "completed"])
        pauses = [step.seconds for step in player.steps if isinstance(step, Sleep)]
        self.assertEqual(pauses[0], 0.1)
        self.assertEqual(max(pauses), 2.0)
        self.assertEqual(player.count(Read), 0)

    def test_an_asking_that_fails_for_a_while_is_repeated_and_then_told(self) -> None:
        self.assertEqual(
            played(Player(sends=[BROKEN, refusal(503, "BUSY", retry=True), state("completed")]), 10), ["completed"]
        )
        with self.assertRaises(TransportError):
            played(Player(sends=[BROKEN]), 20, poll_interval_s=0.1)

    def test_no_asking_takes_longer_than_what_is_left(self) -> None:
        player = Player(sends=[state("running")])
        with self.assertRaises(WaitTimeoutError):
            played(player, 12)
        self.assertTrue(all(step.within_s <= 12 for step in player.steps if isinstance(step, Send)))

    def test_what_is_no_time_is_refused(self) -> None:
        for timeout_s, poll_interval_s in (
            (-1, 5),
            (float("nan"), 5),
            (float("inf"), 5),
            (1, 0),
            (1, -1),
            (1, float("nan")),
        ):
            with self.assertRaises(StimnetError) as refused:
                Patience(timeout_s, poll_interval_s)
            self.assertEqual(refused.exception.code, "PARAMETER_INVALID")


if __name__ == "__main__":
    unittest.main()
