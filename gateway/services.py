"""What the routes need, made once for each application."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from fastapi import Request

from gateway.rasa import Rasa
from gateway.settings import Settings
from gateway.store import Store
from gateway.texts import Texts, load_texts
from gateway.tokens import Tokens, read_or_create_secret
from gateway.turns import Turns


@dataclass(frozen=True)
class Services:
    """The parts of the gateway, wired together."""

    settings: Settings
    texts: Texts
    tokens: Tokens
    store: Store
    rasa: Rasa
    turns: Turns

    async def start(self) -> None:
        """Open what has to be open before the first request."""
        await self.store.start()

    async def stop(self) -> None:
        """Close what `start` opened."""
        await self.rasa.close()
        await self.store.stop()


def build_services(settings: Settings, transport: httpx.AsyncBaseTransport | None) -> Services:
    """Wire the parts; `transport` replaces the network to Rasa in tests."""
    texts = load_texts()
    store = Store(settings.database)
    rasa = Rasa(settings, transport)
    return Services(
        settings=settings,
        texts=texts,
        tokens=Tokens(settings.secret or read_or_create_secret(settings.secret_file)),
        store=store,
        rasa=rasa,
        turns=Turns(store, rasa, texts, settings.turn_timeout),
    )


async def services(request: Request) -> Services:
    """Return the services of the application that `request` came to (a FastAPI dependency).

    Not a plain function: FastAPI would run it in a thread, and requests would lose their order.
    """
    found: Services = request.app.state.services
    return found
