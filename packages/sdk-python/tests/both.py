"""Runs each test of a client with both clients, the blocking and the asynchronous one."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, Iterator
from unittest import mock

import httpx
from stimnet_client import DistributedClient, SyncDistributedClient

from .answers import Gateway

URL = "http://gateway.test:8000/"


class Caller:
    """Calls a client's methods by name and waits for their results; iterators become lists."""

    def __init__(self, kind: type, gateway: Gateway, **settings: Any) -> None:
        self.kind = kind
        self.gateway = gateway
        self.client = kind(URL, transport=gateway.transport, **settings)
        self.slept: list[float] = []

    def __call__(self, method: str, *arguments: Any, **named: Any) -> Any:
        async def doze(seconds: float) -> None:
            self.slept.append(seconds)

        with mock.patch("time.sleep", self.slept.append), mock.patch("asyncio.sleep", doze):
            outcome = getattr(self.client, method)(*arguments, **named)
            if inspect.isawaitable(outcome):
                return asyncio.run(_awaited(outcome))
            if hasattr(outcome, "__aiter__"):
                return asyncio.run(_collected(outcome))
            return list(outcome) if inspect.isgenerator(outcome) else outcome


def callers(*answers: Any, **settings: Any) -> Iterator[Caller]:
    """A caller for each client, each with its own gateway that returns these answers."""
    for kind in (SyncDistributedClient, DistributedClient):
        yield Caller(kind, Gateway(*(_fresh(answer) for answer in answers)), **settings)


def _fresh(answer: Any) -> Any:
    """A copy of a response, since a response can be read only once."""
    if not isinstance(answer, httpx.Response):
        return answer
    return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)


async def _awaited(outcome: Any) -> Any:
    return await outcome


async def _collected(outcome: Any) -> list[Any]:
    return [item async for item in outcome]
