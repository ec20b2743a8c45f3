"""People who talk to a system: each door in its own way, timed until the answer is there."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from typing import Any, Protocol

import aiohttp

TURN_SECONDS = 120.0
_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Silent(Exception):
    """A turn that was answered with nothing."""


class Talker(Protocol):
    """One conversation."""

    async def open(self) -> None:
        """Begin it; not part of any turn."""

    async def say(self, text: str) -> int:
        """Send a text, wait for its answer; return the HTTP status (200: answered)."""

    async def close(self) -> None:
        """Leave."""


class RestTalker:
    """Rasa's own REST channel."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, f"{url}/webhooks/rest/webhook"
        self._sender = secrets.token_hex(8)

    async def open(self) -> None:
        """Do nothing: whoever writes is there."""

    async def say(self, text: str) -> int:
        """Post a message; the answer is the response's body."""
        body = {"sender": self._sender, "message": text}
        async with self._http.post(self._url, json=body) as answer:
            if answer.status == 200 and not await answer.json():
                raise Silent
            return answer.status

    async def close(self) -> None:
        """Do nothing."""


class ChannelTalker:
    """The private channel of our Rasa, as the gateway uses it."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, f"{url}/webhooks/gateway/webhook"
        self._sender = ulid()

    async def open(self) -> None:
        """Do nothing."""

    async def say(self, text: str) -> int:
        """Post a turn; the answer is the response's body."""
        body = {"sender": self._sender, "message": text, "message_id": ulid()}
        async with self._http.post(self._url, json=body) as answer:
            found = await answer.json()
            if answer.status == 200 and not (found["messages"] and found["stored"]):
                raise Silent
            return answer.status

    async def close(self) -> None:
        """Do nothing."""


class GatewayTalker:
    """The public API: a message is accepted, and its answer comes by the stream of events."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, f"{url}/api/v1"
        self.accepted = 0.0  # when the newest message was, by the monotonic clock
        self._headers: dict[str, str] = {}
        self._waiting: dict[int, asyncio.Event] = {}
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open a session and listen to its events."""
        async with self._http.post(f"{self._url}/sessions") as answer:
            session = await answer.json()
        self._headers = {"Authorization": f"Bearer {session['token']}"}
        ready = asyncio.Event()
        self._listening = asyncio.create_task(self._listen(ready))
        await ready.wait()

    async def say(self, text: str) -> int:
        """Send a message, and wait until the first of its answers came by the stream."""
        body = {"id": str(uuid.uuid4()), "text": text}
        url = f"{self._url}/messages"
        async with self._http.post(url, json=body, headers=self._headers) as answer:
            if answer.status != 202:
                return answer.status
            self.accepted = time.perf_counter()
            seq = int((await answer.json())["message"]["seq"])
        await asyncio.wait_for(self._heard(seq).wait(), TURN_SECONDS)
        return 200

    async def close(self) -> None:
        """Leave the stream."""
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    def _heard(self, seq: int) -> asyncio.Event:
        return self._waiting.setdefault(seq, asyncio.Event())

    async def _listen(self, ready: asyncio.Event) -> None:
        forever = aiohttp.ClientTimeout(total=None)
        url = f"{self._url}/events"
        async with self._http.get(url, headers=self._headers, timeout=forever) as answer:
            ready.set()
            async for line in answer.content:
                if line.startswith(b"data:") and b'"reply_to"' in line:
                    self._hear(json.loads(line[5:]))

    def _hear(self, message: dict[str, Any]) -> None:
        if message.get("reply_to") is not None and message["from"] == "assistant":
            self._heard(message["reply_to"]).set()


async def timed(talker: Talker, text: str) -> tuple[float, int]:
    """Return the milliseconds until the answer, and the status; 0 where none came."""
    start = time.perf_counter()
    try:
        status = await talker.say(text)
    except (aiohttp.ClientError, asyncio.TimeoutError, Silent):
        status = 0
    return 1000 * (time.perf_counter() - start), status


def ulid() -> str:
    """Return an id of the gateway's form."""
    return "".join(secrets.choice(_ULID) for _ in range(26))
