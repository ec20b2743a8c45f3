"""The one place that speaks with Rasa and the action server."""

from __future__ import annotations

import asyncio
import logging

import httpx
from pydantic import TypeAdapter, ValidationError

from gateway.schemas import RasaMessage
from gateway.settings import Settings
from gateway.store import AcceptedMessage
from gateway.wire import BrokenJSON, read_json

PROBE_SECONDS = 2.0
_ANSWER = TypeAdapter(list[RasaMessage])
_log = logging.getLogger(__name__)


class Silence(Exception):
    """Rasa gave nothing that could be shown: it failed, took too long, or answered []."""


class Rasa:
    """A client of Rasa's private channel; `transport` stands in for the network in tests."""

    def __init__(
        self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = httpx.AsyncClient(
            transport=transport, timeout=settings.turn_timeout, trust_env=False, limits=limits
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def ask(self, message: AcceptedMessage, seconds: float) -> list[RasaMessage]:
        """Return Rasa's answer, at least one visible message; raise Silence after `seconds`."""
        body = {
            "sender": message.conversation,
            "message": message.to_rasa,
            "message_id": message.turn_id,
            "metadata": {"page": message.page} if message.page else {},
        }
        try:
            async with asyncio.timeout(seconds):
                url = f"{self._settings.rasa_url}/webhooks/gateway/webhook"
                answer = await self._http.post(url, json=body)
            return _visible(answer)
        except TimeoutError as error:
            raise Silence("timeout") from error
        except httpx.HTTPError as error:
            raise Silence(type(error).__name__) from error

    async def is_up(self) -> bool:
        """Whether Rasa's server answers."""
        return await self._answers(f"{self._settings.rasa_url}/")

    async def actions_up(self) -> bool:
        """Whether the action server answers."""
        return await self._answers(f"{self._settings.actions_url}/health")

    async def _answers(self, url: str) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return (await self._http.get(url)).status_code == httpx.codes.OK
        except (TimeoutError, httpx.HTTPError):
            return False


def _visible(answer: httpx.Response) -> list[RasaMessage]:
    if answer.status_code != httpx.codes.OK:
        raise Silence(f"status {answer.status_code}")
    try:
        messages = _ANSWER.validate_python(read_json(answer.content))
    except BrokenJSON as error:
        raise Silence("not JSON") from error
    except ValidationError as error:
        places = [".".join(map(str, fault["loc"])) for fault in error.errors()]
        _log.error("rasa broke the message schema at %s", ", ".join(places[:5]))
        raise Silence("not the message schema") from error
    shown = [message for message in messages if message.is_visible()]
    if not shown:
        raise Silence("nothing to show")
    return shown
