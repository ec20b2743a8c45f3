"""Someone with a browser that writes everything down: what they sent, what they saw, and when."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

AGAIN_SECONDS = 0.3
PATIENCE = 60.0
# A ping comes every 15 seconds.
STREAM = httpx.Timeout(5.0, read=40.0)
Message = dict[str, Any]


@dataclass
class Sent:
    """A message of theirs; `accepted` is when its 202, or a repeat's 200, came."""

    id: str
    accepted: float | None = None
    seq: int | None = None


@dataclass
class Log:
    """What one client knows. Times are of time.monotonic().

    `heard` came by events, over as many streams as it took; `read` by GET, each from the last
    known number on. `words` is when anything was said to them: a note, a fallback, an answer.
    """

    conversation: str = ""
    sent: list[Sent] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)
    heard_at: list[float] = field(default_factory=list)
    read: list[Message] = field(default_factory=list)
    words: list[float] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)
    endings: list[str] = field(default_factory=list)
    streams: int = 0


class Client:
    """Sends until it is stored; listens and reads again from where it was, whatever breaks.

    With `cuts`, (least, most) seconds, its own network breaks as often as that.
    """

    def __init__(
        self, url: str, chance: random.Random, cuts: tuple[float, float] | None = None
    ) -> None:
        self._http = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=10)
        self._chance = chance
        self._cuts = cuts
        self.log = Log()
        self.token = ""

    @asynccontextmanager
    async def visiting(self) -> AsyncIterator[Client]:
        """Open a session and listen, by events and by reading, while the block runs."""
        session = (await self._http.post("/sessions")).json()
        self.log.conversation, self.token = session["conversation"], session["token"]
        self._http.headers["Authorization"] = f"Bearer {self.token}"
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._read_on())]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            await self._http.aclose()
        assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended

    async def send(self, **body: str) -> Sent:
        """Send a message, as often as it takes until it is stored."""
        sent = Sent(str(uuid.UUID(int=self._chance.getrandbits(128), version=4)))
        self.log.sent.append(sent)
        while sent.accepted is None:
            answer = await self.try_to("POST", "/messages", json={"id": sent.id, **body})
            if answer and answer.status_code < httpx.codes.BAD_REQUEST:
                sent.accepted, sent.seq = time.monotonic(), answer.json()["message"]["seq"]
            elif answer and answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise AssertionError(f"{answer.status_code}: {answer.text}")
            else:
                await asyncio.sleep(AGAIN_SECONDS)
        return sent

    async def repeat(self, sent: Sent, **body: str) -> None:
        """Send a stored message once more, as a client does that did not see the 202."""
        answer = await self.try_to("POST", "/messages", json={"id": sent.id, **body})
        assert answer is None or answer.status_code in (200, 503), answer.text
        if answer and answer.status_code == httpx.codes.OK:
            assert answer.json()["message"]["seq"] == sent.seq

    async def try_to(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """Send a request; None where no answer came."""
        with suppress(httpx.HTTPError):
            return await self._http.request(method, path, **more)
        return None

    async def until(
        self, found: Callable[[Log], Any], seconds: float = PATIENCE, what: str = ""
    ) -> Any:
        """Wait for something in the log; fail after `seconds`."""
        end = time.monotonic() + seconds
        while not (answer := found(self.log)):
            assert time.monotonic() < end, what or f"not seen within {seconds} s"
            await asyncio.sleep(0.05)
        return answer

    async def settled(self, seconds: float = PATIENCE) -> None:
        """Wait until nothing of theirs waits for an answer and both ways have shown it all."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = await self.try_to("GET", "/messages", params={"after": self._last("read")})
            stands = answer.json() if answer and answer.status_code == httpx.codes.OK else {}
            ends = {self._last("read"), self._last("heard"), stands.get("last")}
            if stands.get("working") is False and len(ends) == 1:
                return
            await asyncio.sleep(0.2)
        raise AssertionError(f"{self.log.conversation} is not settled after {seconds} s")

    def newest_choice(self) -> str | None:
        """Return one of the choices that the assistant offered last."""
        for message in reversed(self.log.heard):
            if message["from"] == "assistant" and message.get("choices"):
                return str(self._chance.choice(message["choices"])["id"])
        return None

    def _last(self, way: str) -> int:
        seen: list[Message] = getattr(self.log, way)
        return seen[-1]["seq"] if seen else 0

    async def _listen(self) -> None:
        while True:
            seconds = self._chance.uniform(*self._cuts) if self._cuts else None
            with suppress(httpx.HTTPError, TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._one_stream()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _one_stream(self) -> None:
        last = self._last("heard")
        headers = {"Last-Event-ID": str(last)} if last else {}
        async with self._http.stream("GET", "/events", headers=headers, timeout=STREAM) as answer:
            if answer.status_code != httpx.codes.OK:
                return
            self.log.streams += 1
            async for kind, data in _events(answer):
                self._hear(kind, data)

    def _hear(self, kind: str, data: Any) -> None:
        if kind == "message":
            self.log.heard.append(data)
            self.log.heard_at.append(time.monotonic())
        elif kind == "state":
            self.log.states[data["seq"]] = data["state"]
        elif kind not in ("working", "held"):
            self.log.endings.append(kind)
        if kind == "message" and data["from"] != "user" or kind == "working" and data["note"]:
            self.log.words.append(time.monotonic())

    async def _read_on(self) -> None:
        while True:
            after = self._last("read")
            answer = await self.try_to("GET", "/messages", params={"after": after, "limit": 7})
            if answer and answer.status_code == httpx.codes.OK:
                self.log.read += answer.json()["messages"]
            await asyncio.sleep(self._chance.uniform(1, 3))


async def _events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """Yield whole events; one that was cut off before its empty line never was."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and fields:
            data = json.loads(fields["data"])
            assert "id" not in fields or int(fields["id"]) == data["seq"]
            yield fields["event"], data
            fields = {}
