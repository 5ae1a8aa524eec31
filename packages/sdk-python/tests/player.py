"""Simulates the environment of a flow: answers, bytes, and a clock that moves only during waits."""

from __future__ import annotations

from typing import Any

from stimnet_client import StimnetError
from stimnet_client.flow import Close, Emit, Flow, Now, Open, Read, Reply, Send, Sleep

EVENTS = {"content-type": "text/event-stream"}


class Player:
    """``opens``: a head or an error for each Open; ``reads``: bytes or an error for each Read, with the seconds until
    then; ``sends``: a reply or an error for each Send. The last item of each list is repeated.
    """

    def __init__(self, *, opens: list[Any] = [], reads: list[Any] = [], sends: list[Any] = []) -> None:  # noqa: B006
        self._left = {Open: list(opens), Read: list(reads), Send: list(sends)}
        self.steps: list[Any] = []
        self.emitted: list[Any] = []
        self.now = 1_000.0

    def play(self, flow: Flow[Any]) -> Any:
        """Runs the flow to its end; returns its result."""
        outcome: Any = None
        step = next(flow)
        try:
            while True:
                outcome = self._perform(step)
                failed = isinstance(outcome, StimnetError)
                step = flow.throw(outcome) if failed else flow.send(outcome)
        except StopIteration as done:
            return done.value

    def count(self, kind: type) -> int:
        """The number of steps of one kind that were performed."""
        return sum(isinstance(step, kind) for step in self.steps)

    def _perform(self, step: Any) -> Any:
        self.steps.append(step)
        if len(self.steps) > 10_000:
            raise AssertionError("a flow without an end")
        if isinstance(step, Now):
            return self.now
        if isinstance(step, Sleep):
            self.now += step.seconds
            return None
        if isinstance(step, Emit):
            self.emitted.append(step.value)
            return None
        if isinstance(step, Close):
            return None
        left = self._left[type(step)]
        outcome = left.pop(0) if len(left) > 1 else left[0]
        seconds, outcome = outcome if isinstance(outcome, tuple) else (0.0, outcome)
        self.now += seconds
        return outcome


def head(status: int = 200, headers: dict[str, str] = EVENTS, body: bytes = b"") -> Reply:  # noqa: B006
    """The head of an answer."""
    return Reply(status, headers, body)
