"""What Rasa's tracker store holds of a conversation, by the private routes of our channel."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from gateway.privacy.stores import STORE_SECONDS, StoreDown
from gateway.wire import BrokenJSON, read_json


class TrackerStore:
    """Rasa's trackers, at `rasa_url`; `transport` stands in for the network in tests."""

    def __init__(self, rasa_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = f"{rasa_url}/webhooks/gateway/conversations"
        self._http = httpx.AsyncClient(transport=transport, timeout=STORE_SECONDS, trust_env=False)

    async def read(self, conversation: str) -> list[dict[str, Any]]:
        """Return Rasa's events; raise StoreDown."""
        answer = await self._ask("GET", conversation)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return []
        try:
            events = read_json(answer.content)["events"]
        except (BrokenJSON, KeyError, TypeError) as error:
            raise StoreDown(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK or not isinstance(events, list):
            raise StoreDown(f"status {answer.status_code}")
        return events

    async def erase(self, conversation: str) -> None:
        """Delete the tracker, once no turn of the conversation is under way; raise StoreDown."""
        answer = await self._ask("DELETE", conversation)
        if answer.status_code != httpx.codes.NO_CONTENT:
            raise StoreDown(f"status {answer.status_code}")

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def _ask(self, method: str, conversation: str) -> httpx.Response:
        try:
            async with asyncio.timeout(STORE_SECONDS):
                return await self._http.request(method, f"{self._url}/{conversation}")
        except (httpx.HTTPError, TimeoutError) as error:
            raise StoreDown(type(error).__name__) from error
