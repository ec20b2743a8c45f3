"""What the routes need, made once for each application."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from fastapi import Request

from gateway.console.parts import Console, build_console
from gateway.conversation.engine import Engine
from gateway.conversation.guesser import Guesser
from gateway.identity.build import build_sessions
from gateway.identity.sessions import Sessions
from gateway.identity.tokens import read_or_create_secret
from gateway.limits import Limits, build_limits
from gateway.metrics import Metrics
from gateway.privacy.erasure_log import ErasureLog
from gateway.privacy.service import Privacy, build_privacy
from gateway.rasa import Rasa
from gateway.settings import Settings
from gateway.store import Store
from gateway.store.feedback import FeedbackStore
from gateway.store.pulse import Pulse
from gateway.team import Team, build_openings, build_team
from gateway.texts import Texts, load_texts


@dataclass(frozen=True)
class Services:
    """The parts of the gateway, wired together."""

    settings: Settings
    texts: Texts
    sessions: Sessions
    limits: Limits
    feedback: FeedbackStore
    privacy: Privacy
    store: Store
    rasa: Rasa
    metrics: Metrics
    engine: Engine
    team: Team
    console: Console
    pulse: Pulse

    async def start(self) -> None:
        """Open what has to be open before the first request."""
        await self.store.start()
        await self.pulse.start()
        await self.engine.start()
        await self.team.start()
        self.privacy.jobs.start()

    def drain(self) -> None:
        """End the streams and begin no new turn, since the server is about to stop."""
        self.engine.drain()

    async def stop(self) -> None:
        """Close what `start` opened, once the turns under way have ended."""
        await self.console.stop()
        await self.team.stop()
        await self.engine.stop()
        await self.pulse.stop()
        await self.privacy.close()
        await self.rasa.close()
        await self.store.stop()


def build_services(settings: Settings, transport: httpx.AsyncBaseTransport | None) -> Services:
    """Wire the parts; `transport` replaces the network to Rasa in tests."""
    texts = load_texts()
    store = Store(settings.database)
    rasa = Rasa(settings, transport)
    metrics = Metrics()
    openings = build_openings(settings)
    guesser = Guesser() if settings.guesses else None
    engine = Engine(store, rasa, texts, openings, settings.pace, metrics, guesser)
    secret = settings.secret or read_or_create_secret(settings.secret_file)
    return Services(
        settings=settings,
        texts=texts,
        sessions=build_sessions(store.database, secret, settings.access),
        limits=build_limits(settings.access),
        feedback=FeedbackStore(store.database),
        privacy=build_privacy(
            store.database,
            rasa.workers,
            settings.access,
            ErasureLog(settings.erasures_url),
            transport,
            told=engine.hub.changed,
        ),
        store=store,
        rasa=rasa,
        metrics=metrics,
        engine=engine,
        team=build_team(settings, store, engine, openings, metrics),
        console=build_console(settings, store.database, secret),
        pulse=Pulse(store.database, engine.hub.store_away),
    )


async def services(request: Request) -> Services:
    """Return the services of the application that `request` came to (a FastAPI dependency).

    Not a plain function: FastAPI would run it in a thread, and requests would lose their order.
    """
    found: Services = request.app.state.services
    return found
