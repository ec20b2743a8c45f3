"""Serves the active bundle, and changes to another one without anybody noticing.

A new pair is started beside the one that serves, probed, and named in the file that gateways
watch. What they had begun ends on the old pair, which stays warm for a while, so that taking a
version back is a change of that file, and is then stopped.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from release.settings import ReleaseSettings
from release.shelf import Shelf, write_json
from release.wording import Refused, say
from serving.pair import NotReady, Pair, Source
from serving.process import Child

WATCH_SECONDS = 0.25
# Beyond the longest turn: gateways look into the file at each turn's beginning.
MARGIN_SECONDS = 5.0


@dataclass
class Serving:
    """The pairs: `current` serves, `waiting` are older ones with when each is stopped."""

    current: Pair
    waiting: dict[Pair, float] = field(default_factory=dict)

    def warm(self, version: str) -> Pair | None:
        """Return an older pair of that version which still runs."""
        alive = (pair for pair in self.waiting if pair.dead() is None)
        return next((pair for pair in alive if pair.source.version == version), None)


class Supervisor:
    """Keeps one pair serving. `turn_seconds`: how long a turn may take, for draining."""

    def __init__(
        self,
        settings: ReleaseSettings,
        shelf: Shelf,
        turn_seconds: float,
        from_folder: bool = False,
        make_pair: type[Pair] = Pair,
    ) -> None:
        self._settings = settings
        self._shelf = shelf
        self._keep = max(turn_seconds + MARGIN_SECONDS, 60 * settings.warm_minutes)
        self._from_folder = from_folder
        self._make_pair = make_pair
        self._serving: Serving | None = None
        self._wanted: str | None = None
        self._taking: asyncio.Task[None] | None = None
        self._failed: dict[str, str] = {}
        self._is_blind = False

    @property
    def current(self) -> Pair:
        """Return the pair that serves."""
        assert self._serving is not None
        return self._serving.current

    async def start(self) -> None:
        """Start the pair of the active version, or of the newest before it that can be used."""
        source = self._first()
        self._wanted = source.version
        self._serving = Serving(self._make_pair(source, self._settings.run))
        print(self._greeting(source), flush=True)
        await self.current.start()
        self._tell()

    async def watch(self) -> Child:
        """Follow what is activated until a process of the current pair ends; return that one."""
        while True:
            if child := self.current.dead():
                return child
            await self._follow()
            await self._retire()
            await asyncio.sleep(WATCH_SECONDS)

    async def stop(self) -> None:
        """End everything."""
        await self._cancel()
        if self._serving:
            pairs = [self.current, *self._serving.waiting]
            await asyncio.gather(*(pair.stop() for pair in pairs))
        for file in (self._settings.workers_file, self._settings.status_file):
            file.unlink(missing_ok=True)

    def _first(self) -> Source:
        stack = () if self._from_folder else self._shelf.read().stack
        refusals = []
        for version in reversed(stack):
            try:
                source = self._source(version)
            except Refused as error:
                refusals.append(str(error))
                self._shelf.withdraw(version, str(error))
                continue
            for reason in refusals:
                print(say("serve.start_refused", reason=reason, version=version), file=sys.stderr)
            return source
        if refusals:
            raise Refused("serve.start_refused", reason=" ".join(refusals), version=_name(None))
        return Source()

    def _greeting(self, source: Source) -> str:
        if source.version:
            return say("serve.version", version=source.version)
        return say("serve.folder_chosen" if self._from_folder else "serve.folder")

    def _source(self, version: str) -> Source:
        """Return where a version works, every byte checked; raise Refused."""
        bundle = self._shelf.open(version)
        return Source(self._shelf.unpack(version, bundle), version, bundle.manifest.model)

    async def _follow(self) -> None:
        active = None if self._from_folder else self._active()
        if active is None or active == self._wanted:
            return
        await self._cancel()
        self._wanted = active
        if active != self.current.source.version:
            self._taking = asyncio.create_task(self._take(active))
        self._tell()

    def _active(self) -> str | None:
        """Return the active version; the wanted one where that cannot be read: said once."""
        try:
            active = self._shelf.read().active
        except (Refused, OSError) as error:
            if not self._is_blind:
                print(error, file=sys.stderr, flush=True)
            self._is_blind = True
            return self._wanted
        self._is_blind = False
        return active

    async def _take(self, version: str) -> None:
        """Bring a version up beside the current one and switch, or keep the current one."""
        started = time.monotonic()
        print(say("serve.starting", version=version), flush=True)
        try:
            pair = await self._ready(version)
        except (NotReady, Refused, OSError) as error:
            self._give_up(version, str(error))
            return
        self._switch(pair)
        seconds = time.monotonic() - started
        print(say("serve.serving", version=version, seconds=seconds), flush=True)

    async def _ready(self, version: str) -> Pair:
        """Return a pair of that version which answers: a warm one, or a new one."""
        assert self._serving is not None
        if warm := self._serving.warm(version):
            with suppress(NotReady):
                await warm.probe()
                return warm
        source = await asyncio.to_thread(self._source, version)
        pair = self._make_pair(source, self._settings.run)
        try:
            await pair.start()
            await pair.probe()
        except BaseException:  # also where it is cancelled: another version is wanted by now
            await pair.stop()
            raise
        return pair

    def _switch(self, pair: Pair) -> None:
        assert self._serving is not None
        waiting = self._serving.waiting
        waiting.pop(pair, None)
        waiting[self.current] = time.monotonic() + self._keep
        self._serving.current = pair
        self._failed.pop(str(pair.source.version), None)  # it has come up after all
        self._tell()

    def _give_up(self, version: str, message: str) -> None:
        current = _name(self.current.source.version)
        line = say("serve.failed", version=version, message=message, current=current)
        print(line, file=sys.stderr, flush=True)
        self._failed[version] = message
        self._shelf.withdraw(version, message)
        self._wanted = self._shelf.read().active
        self._tell()

    async def _retire(self) -> None:
        """Stop older pairs whose time is over, or that have died."""
        assert self._serving is not None
        time_now = time.monotonic()
        for pair, until in list(self._serving.waiting.items()):
            if until <= time_now or pair.dead():
                del self._serving.waiting[pair]
                await pair.stop()
                print(say("serve.retired", version=_name(pair.source.version)), flush=True)

    async def _cancel(self) -> None:
        if self._taking:
            self._taking.cancel()
            await asyncio.gather(self._taking, return_exceptions=True)
            self._taking = None

    def _tell(self) -> None:
        """Write what gateways ask, and what `make release` waits for."""
        write_json(self._settings.workers_file, self.current.workers())
        status: dict[str, Any] = {
            "pid": os.getpid(),
            "version": self.current.source.version,
            "wanted": self._wanted,
            "failed": self._failed,
        }
        write_json(self._settings.status_file, status)


def _name(version: str | None) -> str:
    return version or say("serve.folder_name")
