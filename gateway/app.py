"""The application: routes, errors and limits put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from gateway.api import events, feedback, health, me, messages, metrics, opened, pages, sessions
from gateway.api.rates import AddressLimit
from gateway.console import pages as console
from gateway.console.errors import ErrorPages
from gateway.errors import add_error_handlers
from gateway.middleware import BodyLimit, Failures, RequestLog, SecurityHeaders
from gateway.openapi import add_examples
from gateway.origins import Origins
from gateway.services import build_services
from gateway.settings import Settings


def create_app(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """Return the gateway; `transport` replaces the network to Rasa in tests."""
    services = build_services(settings, transport)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await services.start()
        try:
            yield
        finally:
            await services.stop()

    # The interactive documentation loads from third parties, so there is none.
    app = FastAPI(
        title="Omni assistant gateway",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.services = services
    for part in (sessions, messages, events, feedback, opened, me, health, metrics, pages):
        app.include_router(part.router)
    for router in services.team.routers:
        app.include_router(router)
    app.include_router(console.router)
    pages.mount_widget(app, settings.widget_dir)
    add_error_handlers(app, services.texts)
    texts = services.texts
    app.add_middleware(BodyLimit, too_large=texts.too_large, too_slow=texts.too_slow)
    requests = services.limits.address_requests
    app.add_middleware(AddressLimit, limiter=requests, refusal=texts.too_many)
    app.add_middleware(Failures, unexpected=texts.unexpected)
    app.add_middleware(Origins, allowed=settings.access.origins, refusal=texts.foreign_origin)
    app.add_middleware(ErrorPages, look=services.console.look)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, seen=services.metrics.request)
    add_examples(app, texts)
    return app
