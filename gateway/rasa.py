"""The one place that speaks with Rasa and the action server.

Where there are several Rasas, any of them can run any turn: the lock in Redis and the tracker store
keep two of them off one conversation. One that cannot be connected to has not run anything, so the
next is asked at once; after any other failure the turn's next try goes to another one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import httpx
from pydantic import ValidationError

from gateway.replicas import CANNOT_CONNECT, Replicas, patience
from gateway.schemas import RasaAnswer
from gateway.settings import Settings
from gateway.store.values import Turn
from gateway.wire import BrokenJSON, read_json
from gateway.workers import Pair, Workers

PROBE_SECONDS = 2.0
CHANNEL = "/webhooks/gateway"
# Rasa closes idle connections after five seconds; one that it closes while we write looks as if
# it had died in the middle of a turn.
KEEP_ALIVE_SECONDS = 2.0
_log = logging.getLogger(__name__)


class Unavailable(Exception):
    """Rasa, its model or the action server is not there: the turn was not run."""


class Failed(Exception):
    """The turn may have been run, and gave nothing that could be shown; says which kind."""


class Silent(Failed):
    """Rasa answered, with nothing to show."""


class Unstored(Failed):
    """Rasa answered, and its tracker store does not hold the turn."""


class Rasa:
    """A client of Rasa's private channel; `transport` stands in for the network in tests."""

    def __init__(
        self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        fixed = Pair(rasa_url=settings.rasa_url, actions_url=settings.actions_url)
        self.workers = Workers(settings.workers_file, fixed)
        self._replicas = Replicas()
        self._seconds = settings.pace.turn
        limits = httpx.Limits(
            max_connections=200,
            max_keepalive_connections=50,
            keepalive_expiry=KEEP_ALIVE_SECONDS,
        )
        self._http = httpx.AsyncClient(
            transport=transport, timeout=patience(self._seconds), trust_env=False, limits=limits
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def ask(self, turn: Turn) -> RasaAnswer:
        """Return Rasa's answer, stored and with something to show; raise Unavailable or Failed."""
        metadata = {"page": turn.page, "request_id": turn.request_id}
        body = {
            "sender": turn.conversation,
            "message": turn.to_rasa,
            "message_id": turn.turn_id,
            "metadata": {name: value for name, value in metadata.items() if value},
        }
        headers = {"X-Request-ID": turn.request_id} if turn.request_id else {}
        answer = _read(await self._post(body, headers))
        if not answer.visible():
            raise Silent("silent")
        if not answer.stored:
            raise Unstored("unstored")
        return answer

    async def is_up(self) -> bool:
        """Whether a Rasa answers and has a model."""
        return await self._any(self._channels())

    async def model(self) -> str | None:
        """Return the id of the model that a Rasa has loaded, None where none has."""
        for channel in self._channels():
            try:
                async with asyncio.timeout(PROBE_SECONDS):
                    found = read_json((await self._http.get(channel)).content)
            except (TimeoutError, httpx.HTTPError, BrokenJSON):
                continue
            if isinstance(found, dict) and found.get("model"):
                return str(found["model"])
        return None

    async def actions_up(self) -> bool:
        """Whether an action server answers."""
        return await self._any([f"{url}/health" for url in self.workers.current().actions])

    def _channels(self) -> list[str]:
        return [f"{url}{CHANNEL}/" for url in self.workers.current().rasas]

    async def _post(self, body: dict[str, Any], headers: dict[str, str]) -> bytes:
        """Return what the first Rasa that can be connected to answers."""
        for url in self._replicas.in_order(self.workers.current().rasas):
            try:
                return await self._post_to(url, body, headers)
            except CANNOT_CONNECT:
                self._replicas.failed(url)
            except (Unavailable, Failed):
                self._replicas.failed(url)
                raise
        raise Unavailable("rasa")

    async def _post_to(self, url: str, body: dict[str, Any], headers: dict[str, str]) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                found = await self._http.post(f"{url}{CHANNEL}/webhook", json=body, headers=headers)
        except CANNOT_CONNECT:
            raise
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Failed("timeout") from error
        except httpx.HTTPError as error:
            raise Failed("connection") from error
        if found.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise Unavailable("model")
        if found.status_code != httpx.codes.OK:
            raise Failed(f"status {found.status_code}")
        return found.content

    async def _any(self, urls: Sequence[str]) -> bool:
        return any(await asyncio.gather(*(self._answers(url) for url in urls)))

    async def _answers(self, url: str) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return (await self._http.get(url)).status_code == httpx.codes.OK
        except (TimeoutError, httpx.HTTPError):
            return False


def _read(content: bytes) -> RasaAnswer:
    try:
        return RasaAnswer.model_validate(read_json(content))
    except BrokenJSON as error:
        raise Failed("not JSON") from error
    except ValidationError as error:
        places = [".".join(map(str, fault["loc"])) for fault in error.errors()]
        _log.error("rasa broke the message schema at %s", ", ".join(places[:5]))
        raise Failed("schema") from error
