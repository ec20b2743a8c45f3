"""What Rasa's tracker store holds of a conversation, by the private routes of our channel."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import httpx

from gateway.privacy.stores import STORE_SECONDS, StoreDown
from gateway.rasa import CHANNEL
from gateway.replicas import CANNOT_CONNECT, Replicas, patience
from gateway.wire import BrokenJSON, read_json
from gateway.workers import Workers


class TrackerStore:
    """The trackers of the Rasa that answers now; `transport` replaces the network in tests."""

    def __init__(self, workers: Workers, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._workers = workers
        self._replicas = Replicas()
        self._http = httpx.AsyncClient(
            transport=transport, timeout=patience(STORE_SECONDS), trust_env=False
        )

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
        """Ask one Rasa after another, within STORE_SECONDS: all of them have the same store."""
        urls = self._replicas.in_order(self._workers.current().rasas)
        try:
            async with asyncio.timeout(STORE_SECONDS):
                for url in urls[:-1]:
                    with suppress(*CANNOT_CONNECT):
                        return await self._ask_one(url, method, conversation)
                    self._replicas.failed(url)
                return await self._ask_one(urls[-1], method, conversation)
        except (httpx.HTTPError, TimeoutError) as error:
            raise StoreDown(type(error).__name__) from error

    async def _ask_one(self, url: str, method: str, conversation: str) -> httpx.Response:
        path = f"{CHANNEL}/conversations/{conversation}"
        return await self._http.request(method, f"{url}{path}")
