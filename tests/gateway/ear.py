"""Listens to the gateway's events, piece by piece (httpx's ASGI transport waits for the end)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message

PATH = "/api/v1/events"
PATIENCE = 5.0


@dataclass(frozen=True)
class Event:
    """One event: its kind, its id where it has one, and its JSON."""

    kind: str
    id: int | None
    data: Any


class Ear:
    """An open stream; within the block `status` and `headers` are known; `raw` is all that came."""

    def __init__(self, app: ASGIApp, headers: dict[str, str], query: str = "") -> None:
        self._app = app
        self._headers = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
        self._query = query.encode()
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._started = asyncio.Event()
        self._gone = asyncio.Event()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.raw = ""
        self._rest = ""

    async def __aenter__(self) -> Ear:
        self._task = asyncio.create_task(self._run())
        async with asyncio.timeout(PATIENCE):
            await self._started.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._gone.set()
        async with asyncio.timeout(PATIENCE):
            await self._task

    async def next(self, *kinds: str) -> Event | None:
        """Return the next event (of these kinds), or None once the stream has ended."""
        async with asyncio.timeout(PATIENCE):
            while True:
                event = await self._events.get()
                if event is None or not kinds or event.kind in kinds:
                    return event

    async def messages(self, count: int) -> list[dict[str, Any]]:
        """Return the next messages."""
        found = []
        while len(found) < count:
            event = await self.next("message")
            assert event, "the stream ended"
            assert event.id == event.data["seq"]
            found.append(event.data)
        return found

    async def rest(self) -> list[Event]:
        """Return what comes until the stream ends."""
        found = []
        while event := await self.next():
            found.append(event)
        return found

    async def _run(self) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": self._query,
            "root_path": "",
            "headers": self._headers,
            "client": ("127.0.0.1", 1),
            "server": ("gateway", 80),
        }
        await self._app(scope, self._receive, self._send)
        self._events.put_nowait(None)

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
            self._started.set()
            return
        text = bytes(message.get("body", b"")).decode()
        self.raw += text
        *whole, self._rest = (self._rest + text).split("\n\n")
        for block in whole:
            if event := _read(block):
                self._events.put_nowait(event)


def _read(block: str) -> Event | None:
    fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
    if not fields:
        return None
    id = int(fields["id"]) if "id" in fields else None
    return Event(fields["event"], id, json.loads(fields["data"]))
