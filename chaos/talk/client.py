"""Someone with a browser that writes everything down: what they sent, what they saw, and when."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import httpx

from chaos.talk.log import Log, Message, Sent, new_id

AGAIN_SECONDS = 0.3
PATIENCE = 60.0
# As the widget does (widget/core/env.js): how long a stream may be silent, and how long it may keep
# back a message that was accepted.
SILENCE, HELD_BACK, AWAITED = 35.0, 4.0, 4.5
CATCH_UP, REQUEST = 4.0, 10.0
STREAM = httpx.Timeout(10.0, read=SILENCE)
# What passes: the store is away, or too many messages.
PASSING = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS)


class Client:
    """Sends until it is stored; listens and reads again from where it was, whatever breaks.

    With `cuts`, (least, most) seconds, its own network breaks as often as that.
    """

    def __init__(
        self, url: str, chance: random.Random, cuts: tuple[float, float] | None = None
    ) -> None:
        self._http = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=REQUEST)
        self._chance = chance
        self._cuts = cuts
        self._anew = asyncio.Event()
        self._lost = 0
        self._bytes_at = 0.0
        self.log = Log()
        self.token = ""

    @asynccontextmanager
    async def visiting(self) -> AsyncIterator[Client]:
        """Open a session and listen, by events and by reading, while the block runs."""
        await self._arrive()
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._read_on())]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            await self._http.aclose()
        assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended

    async def _arrive(self) -> None:
        """Open a session, as often as it takes."""
        while not self.token:
            answer = await self.try_to("POST", "/sessions")
            if answer and answer.is_success:
                session = answer.json()
                self.log.conversation, self.token = session["conversation"], session["token"]
            else:
                await asyncio.sleep(AGAIN_SECONDS)
        self._http.headers["Authorization"] = f"Bearer {self.token}"

    async def send(self, **body: str) -> Sent:
        """Send a message, as often as it takes until it is stored."""
        sent = Sent(new_id(self._chance))
        self.log.sent.append(sent)
        began = time.monotonic()
        while sent.accepted is None:
            answer = await self.try_to("POST", "/messages", json={"id": sent.id, **body})
            if answer and answer.status_code < httpx.codes.BAD_REQUEST:
                sent.accepted, sent.seq = time.monotonic(), answer.json()["message"]["seq"]
                sent.took = sent.accepted - began
                asyncio.get_running_loop().call_later(HELD_BACK, self._expect, sent)
                asyncio.get_running_loop().call_later(AWAITED, self._await_word, sent)
            elif answer and answer.status_code not in PASSING:
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

    async def try_to(
        self, method: str, path: str, stream: bool = False, **more: Any
    ) -> httpx.Response | None:
        """Send a request; None where no answer came. A stream is to be closed."""
        try:
            request = self._http.build_request(method, path, **more)
            answer = await self._http.send(request, stream=stream)
        except httpx.HTTPError as error:
            self.log.failed.append(f"{method} {path}: {type(error).__name__}")
            return None
        if answer.is_server_error:
            self.log.failed.append(f"{method} {path}: {answer.status_code}")
        self.log.refused += answer.status_code == httpx.codes.TOO_MANY_REQUESTS
        return answer

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
            self._anew.clear()
            if await self._is_there():
                with suppress(httpx.HTTPError, TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._until_anew()
            await asyncio.sleep(AGAIN_SECONDS * max(1, self._lost))

    async def _is_there(self) -> bool:
        """Read before listening, as the widget does; its banner says so where that fails twice."""
        seconds = min(REQUEST, CATCH_UP * (1 + self._lost))
        place = {"after": self._last("heard")}
        answer = await self.try_to("GET", "/messages", params=place, timeout=seconds)
        if answer and answer.status_code == httpx.codes.OK:
            self._lost = 0
            found = answer.json()
            if found["note"] or any(message["from"] != "user" for message in found["messages"]):
                self.log.words.append(time.monotonic())
            return True
        self._lost += 1
        if self._lost > 1:
            self.log.offline.append(time.monotonic())
        return False

    async def _until_anew(self) -> None:
        """Listen until the stream ends, or is worth nothing."""
        tasks = [asyncio.create_task(self._one_stream()), asyncio.create_task(self._anew.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done():
                tasks[0].result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _expect(self, sent: Sent) -> None:
        if not any(message["seq"] == sent.seq for message in self.log.heard):
            self._anew.set()

    def _await_word(self, sent: Sent) -> None:
        is_settled = sent.seq in self.log.states
        is_mute = self._bytes_at < (sent.accepted or 0) + AWAITED / 3
        if is_mute and not is_settled:
            self._anew.set()

    async def _one_stream(self) -> None:
        last = self._last("heard")
        headers = {"Last-Event-ID": str(last)} if last else {}
        answer = await self.try_to("GET", "/events", True, headers=headers, timeout=STREAM)
        if answer is None:
            return
        async with aclosing(answer):
            if answer.status_code == httpx.codes.OK:
                self.log.streams += 1
                async for kind, data in self._events(answer):
                    self._hear(kind, data)
            elif answer.is_client_error:
                self.log.failed.append(f"GET /events: {answer.status_code}")

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

    async def _events(self, answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
        """Yield whole events; one that was cut off before its empty line never was."""
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            self._bytes_at = time.monotonic()
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
            elif not line and fields:
                data = json.loads(fields["data"])
                assert "id" not in fields or int(fields["id"]) == data["seq"]
                yield fields["event"], data
                fields = {}
