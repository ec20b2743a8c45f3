"""The talkers' streams: one that cannot be opened is a failed request, not a silent new try."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from chaos.talk import client as talking
from chaos.talk.client import Client
from chaos.talk.log import Log

Handler = Callable[[httpx.Request], httpx.Response]


class Stream(httpx.AsyncByteStream):
    """One message, and then a break, or nothing more."""

    def __init__(self, breaks: bool) -> None:
        self.breaks, self.is_closed = breaks, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'event: message\nid: 1\ndata: {"seq": 1, "from": "user"}\n\n'
        if self.breaks:
            raise httpx.ReadError("broken")

    async def aclose(self) -> None:
        self.is_closed = True


async def listened(monkeypatch: pytest.MonkeyPatch, events: Handler) -> Log:
    """Let somebody listen for a moment; return what they know."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/events"):
            return events(request)
        return httpx.Response(200, json={"messages": [], "note": None})

    person = Client("http://gateway", random.Random(1))
    person._http = httpx.AsyncClient(
        base_url="http://gateway/api/v1", transport=httpx.MockTransport(answer)
    )
    monkeypatch.setattr(talking, "AGAIN_SECONDS", 60)
    listening = asyncio.create_task(person._listen())
    await asyncio.sleep(0.05)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    return person.log


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens")


@pytest.mark.parametrize(
    ("events", "failed"),
    [
        (away, "ConnectError"),
        (lambda request: httpx.Response(503), "503"),
        (lambda request: httpx.Response(401), "401"),
    ],
    ids=["no answer", "5xx", "refused"],
)
async def test_a_stream_that_is_not_opened_counts_once(
    monkeypatch: pytest.MonkeyPatch, events: Handler, failed: str
) -> None:
    log = await listened(monkeypatch, events)
    assert log.failed == [f"GET /events: {failed}"]
    assert log.streams == 0


@pytest.mark.parametrize("breaks", [True, False])
async def test_a_stream_that_was_opened_is_no_failed_request(
    monkeypatch: pytest.MonkeyPatch, breaks: bool
) -> None:
    stream = Stream(breaks)
    log = await listened(monkeypatch, lambda request: httpx.Response(200, stream=stream))
    assert (log.failed, log.streams, len(log.heard)) == ([], 1, 1)
    assert stream.is_closed
