"""Posts every event of a case, and what user and team say to each other, to a ticket system."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from gateway.delivery.addresses import is_loopback
from gateway.delivery.outlet import Item, Retry
from gateway.delivery.webhook.body import of_event, of_message, sign
from gateway.delivery.webhook.settings import WebhookSettings
from gateway.handoff.cases import Cases
from gateway.handoff.opening import Place
from gateway.privacy.stores import StoreDown
from gateway.store.values import Delivery, Destination, HandoffEvent

SINK = "webhook"
SECONDS = 10.0
LONGEST_WAIT = 3600.0
# Events that bring the transcript along: the ticket begins with it.
_WITH_TRANSCRIPT = frozenset({"opened", "reopened"})
_TALK = frozenset({"user", "person"})


def places() -> Sequence[Place]:
    """Return the one place of each case."""
    return [lambda case: Destination(SINK, f"{case}")]


class WebhookOutlet:
    """Delivers to the address of the settings; `clock` gives the time of a signature."""

    sink = SINK

    def __init__(
        self,
        settings: WebhookSettings,
        cases: Cases,
        clock: Callable[[], float] = time.time,
        seconds: float = SECONDS,
    ) -> None:
        self._settings = settings
        self._cases = cases
        self._clock = clock
        # A proxy of the environment is not for this machine.
        outside = not is_loopback(urlsplit(settings.url).hostname)
        self._http = httpx.AsyncClient(timeout=seconds, trust_env=outside)

    async def start(self) -> None:
        """Nothing: connections open as they are needed."""

    async def stop(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    def wants(self, delivery: Delivery, item: Item) -> bool:
        """Whether it is an event, or said between user and team."""
        return item.event is not None or (item.message is not None and item.message.sender in _TALK)

    async def deliver(self, delivery: Delivery, item: Item) -> dict[str, Any]:
        """Post it; its id is the same at every try, so that a repeat is recognised."""
        id = f"{delivery.id}.{item.name.replace(' ', '-')}"
        body = await self._body(id, delivery, item)
        if body is not None:
            await self._post(id, body)
        return delivery.memory

    async def _body(self, id: str, delivery: Delivery, item: Item) -> bytes | None:
        if item.message:
            return of_message(id, delivery.case or 0, item.message)
        assert item.event is not None
        try:
            return await self._of_event(id, delivery, item.event)
        except StoreDown as error:
            raise Retry(f"cases: {error}") from error

    async def _of_event(self, id: str, delivery: Delivery, event: HandoffEvent) -> bytes | None:
        case = await self._cases.view(event.case)
        if case is None:  # erased meanwhile
            return None
        facts = await self._cases.facts(event.case)
        begins = event.kind in _WITH_TRANSCRIPT
        conversation, seq = delivery.conversation, event.after_seq
        said = await self._cases.said_until(conversation, seq) if begins else ()
        return of_event(id, event, case, facts, said)

    async def _post(self, id: str, body: bytes) -> None:
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "Omni-Id": id,
            "Omni-Timestamp": timestamp,
            "Omni-Signature": sign(self._settings.secret, timestamp, body),
        }
        try:
            answer = await self._http.post(self._settings.url, content=body, headers=headers)
        except httpx.ConnectError as error:
            raise Retry(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Retry(type(error).__name__, uncertain=True) from error
        if not answer.is_success:
            raise Retry(f"HTTP {answer.status_code}", _wait(answer))


def _wait(answer: httpx.Response) -> float | None:
    """Return the seconds that the server asks to wait, if it says so."""
    value = answer.headers.get("Retry-After", "")
    return min(float(value), LONGEST_WAIT) if value.isdecimal() and len(value) < 9 else None
