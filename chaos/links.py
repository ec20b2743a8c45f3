"""A TCP proxy on each link between servers, which delays, breaks or swallows what passes.

It runs in a thread of its own, so that nothing the talkers do slows a link down.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from serving.ports import free_port

CHUNK = 65536
# A socket closed with this sends RST, as a machine does that knows nothing of the connection.
_ABORT = struct.pack("ii", 1, 0)
# Is shown a connection's number, whether it goes to the server, and the bytes; True breaks it.
Watch = Callable[[int, bool, bytes], bool]


@dataclass
class Weather:
    """How a link is: seconds that each piece takes, the share of pieces that break it, a hole."""

    delay: float = 0.0
    breaks: float = 0.0
    hole: bool = False


class Link:
    """One server behind a port of ours. Connections are broken with RST, in both directions."""

    def __init__(self, name: str, target: int, chance: random.Random) -> None:
        self.name = name
        self.target = target
        self.port = free_port()
        self.weather = Weather()
        self.watch: Watch | None = None
        # Connections broken; pieces, and connections that open, which were slowed down or held.
        self.broken = self.met = 0
        self._chance = chance
        self._open: set[asyncio.StreamWriter] = set()
        self._numbers = count()

    async def serve(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._came, "127.0.0.1", self.port)

    async def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry both directions until one ends; in a hole nothing is carried, nor refused."""
        await self._through()
        try:
            there, onward = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _abort(writer)
            return
        pair, number = {writer, onward}, next(self._numbers)
        self._open |= pair
        with contextlib.suppress(OSError):
            tasks = [
                asyncio.ensure_future(self._carry(number, True, reader, onward)),
                asyncio.ensure_future(self._carry(number, False, there, writer)),
            ]
            done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in (*done, *left):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._open -= pair
        for one in pair:
            _abort(one)

    async def _carry(
        self, number: int, inward: bool, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        while data := await source.read(CHUNK):
            await self._through()
            if self._breaks(number, inward, data):
                self.broken += 1
                raise ConnectionResetError
            sink.write(data)
            await sink.drain()
        with contextlib.suppress(OSError):
            sink.write_eof()

    def _breaks(self, number: int, inward: bool, data: bytes) -> bool:
        if self.watch and self.watch(number, inward, data):
            return True
        return self._chance.random() < self.weather.breaks

    async def _through(self) -> None:
        self.met += self.weather.hole or self.weather.delay > 0
        while self.weather.hole:
            await asyncio.sleep(0.05)
        if self.weather.delay:
            await asyncio.sleep(self.weather.delay * self._chance.uniform(0.5, 1.5))

    async def cut(self) -> None:
        """Break every open connection."""
        self.broken += len(self._open) // 2
        for writer in list(self._open):
            _abort(writer)
        self._open.clear()  # each is broken once


class Links:
    """All links of an installation, by the names that Cluster gives them."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._links: dict[str, Link] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def via(self, name: str, port: int) -> int:
        """Return the port that leads to `port` through the link of that name."""
        if name not in self._links:
            link = Link(name, port, random.Random(f"{self._seed}-{name}"))
            self._run(link.serve())
            self._links[name] = link
        return self._links[name].port

    def named(self, start: str) -> list[Link]:
        """Return the links whose names begin so: "rasa" for those to both Rasas."""
        return [link for name, link in self._links.items() if name.startswith(start)]

    def cut(self, start: str) -> None:
        """Break every open connection of some links."""
        for link in self.named(start):
            self._run(link.cut())

    @contextlib.contextmanager
    def weather(self, start: str, weather: Weather) -> Iterator[None]:
        """Let some links be so while the block runs."""
        links = self.named(start)
        for link in links:
            link.weather = weather
        try:
            yield
        finally:
            for link in links:
                link.weather = Weather()

    @contextlib.contextmanager
    def watched(self, start: str, watching: Callable[[str], Watch]) -> Iterator[None]:
        """Show what passes some links to what `watching` returns for each, by its name."""
        links = self.named(start)
        for link in links:
            link.watch = watching(link.name)
        try:
            yield
        finally:
            for link in links:
                link.watch = None

    def broken(self, start: str) -> int:
        """Return how many connections of some links were broken, so far."""
        return sum(link.broken for link in self.named(start))

    def struck(self, start: str) -> int:
        """Return how often the weather of some links met anything, so far."""
        return sum(link.broken + link.met for link in self.named(start))

    def stop(self) -> None:
        """Carry nothing any more."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


def _abort(writer: asyncio.StreamWriter) -> None:
    handle = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        if handle is not None:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
    writer.transport.abort()
