"""POST /teams/messages: what the Bot Connector sends, taken by the SDK's adapter once checked."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from microsoft_agents.hosting.core import Agent, TurnContext
from microsoft_agents.hosting.core.authorization import ClaimsIdentity
from microsoft_agents.hosting.core.channel_service_client_factory_base import (
    ChannelServiceClientFactoryBase,
)
from microsoft_agents.hosting.fastapi import CloudAdapter
from pydantic import ValidationError

from gateway.channels.teams.incoming import Incoming, read_incoming
from gateway.channels.teams.intake import Intake
from gateway.channels.teams.keys import KeysAway
from gateway.channels.teams.tokens import Claims, Refused, Tokens
from gateway.errors import RETRY_AFTER_SECONDS, ApiError
from gateway.texts import Texts
from gateway.wire import BrokenJSON, read_json

PATH = "/teams/messages"


class Door:
    """Checks who is there before anything is made of what they bring."""

    def __init__(self, tokens: Tokens, intake: Intake, texts: Texts) -> None:
        self._tokens = tokens
        self._intake = intake
        self._texts = texts
        self._adapter = CloudAdapter(channel_service_client_factory=_Nothing())
        # The SDK's own would send the exception's words to whoever wrote, and print them.
        self._adapter.on_turn_error = None

    def router(self) -> APIRouter:
        """Return the route; it is Microsoft's protocol, and not in our API's description."""
        router = APIRouter()
        router.add_api_route(PATH, self.take, methods=["POST"], include_in_schema=False)
        return router

    async def take(self, request: Request) -> Response:
        """Answer 202 once an activity is stored; 400, 401, 403, or 503 where keys are away."""
        try:
            body = read_json(await request.body())
        except BrokenJSON as error:
            raise ApiError(400, self._texts.broken_json) from error
        incoming = read_incoming(body)
        if incoming is None:
            raise ApiError(400, self._texts.invalid_body)
        # Where the SDK's adapter looks for it, as its own middleware would leave it.
        request.state.claims_identity = ClaimsIdentity(dict(await self._check(request, incoming)))
        try:
            answer = await self._adapter.process(request, _Turn(self._intake, incoming))
        except ValidationError as error:
            raise ApiError(400, self._texts.invalid_body) from error
        return answer or Response(status_code=202)

    async def _check(self, request: Request, incoming: Incoming) -> Claims:
        try:
            return await self._tokens.check(request.headers.get("authorization"), incoming)
        except Refused as refused:
            headers = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else None
            raise ApiError(refused.status, self._texts.teams_refused, headers) from refused
        except KeysAway as away:
            headers = {"Retry-After": RETRY_AFTER_SECONDS}
            raise ApiError(503, self._texts.teams_keys_away, headers) from away


class _Turn(Agent):
    """One activity; the SDK's context is not needed, since answers come by the courier."""

    def __init__(self, intake: Intake, incoming: Incoming) -> None:
        self._intake = intake
        self._incoming = incoming

    async def on_turn(self, context: TurnContext) -> None:
        await self._intake.take(self._incoming)


class _Nothing(ChannelServiceClientFactoryBase):
    """No clients: the SDK would fetch two tokens before it hands an activity over."""

    async def create_connector_client(self, *args: Any, **kwargs: Any) -> Any:
        return _Closed()

    async def create_user_token_client(self, *args: Any, **kwargs: Any) -> Any:
        return _Closed()


class _Closed:
    async def close(self) -> None:
        pass
