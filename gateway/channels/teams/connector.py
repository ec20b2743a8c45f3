"""Calls to the Bot Connector, by the SDK's client, each of them ending in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from microsoft_agents.activity import Activity, ConversationParameters
from microsoft_agents.hosting.core.connector.client import ConnectorClient
from microsoft_agents.hosting.core.connector.conversations_base import ConversationsBase
from requests import RequestException

from gateway.channels.teams.incoming import Id, thread_of
from gateway.channels.teams.login import Login
from gateway.delivery.outlet import Retry

# Less than the courier gives a try; a post may follow a login (10 s).
SECONDS = 12.0
MAX_RETRY_AFTER = 3600.0
Json = dict[str, Any]


class Forbidden(Retry):
    """The bot may not: the app is not installed there, or was blocked."""


class Missing(Retry):
    """There is no such chat, channel or message (any more)."""


class Connector:
    """Posts to chats and channels. Every method raises Retry where it did not, or may not have."""

    def __init__(self, login: Login, app_id: str) -> None:
        self._login = login
        self._bot = {"id": f"28:{app_id}"}
        # One for each service URL: Microsoft has one a region.
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def post(self, service: str, conversation: str, activity: Json) -> str:
        """Post to a chat, or to a thread ("<channel>;messageid=<id>"); return the post's id."""
        async with self._calling(service) as conversations:
            made = await conversations.send_to_conversation(conversation, _activity(activity))
        return made.id or ""

    async def update(self, service: str, conversation: str, id: str, activity: Json) -> None:
        """Replace what was posted."""
        async with self._calling(service) as conversations:
            await conversations.update_activity(conversation, id, _activity({**activity, "id": id}))

    async def open_chat(self, service: str, tenant: str, person: str) -> str:
        """Return the id of the chat of a person and the bot; the same each time."""
        wanted = {
            "isGroup": False,
            "bot": self._bot,
            "members": [{"id": person}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        async with self._calling(service) as conversations:
            made = await conversations.create_conversation(_parameters(wanted))
        if not made.id:
            raise Retry("no chat")
        return made.id

    async def open_thread(self, service: str, channel: str, activity: Json) -> tuple[str, str]:
        """Begin a thread in a channel; return its id and that of its first post."""
        wanted = {
            "isGroup": True,
            "bot": self._bot,
            "channelData": {"channel": {"id": channel}},
            "activity": activity,
        }
        async with self._calling(service) as conversations:
            made = await conversations.create_conversation(_parameters(wanted))
        _, root = thread_of(made.id or "")
        if not made.id or not (made.activity_id or root):
            raise Retry("no thread", uncertain=True)
        return made.id, made.activity_id or root

    async def is_member(self, service: str, conversation: str, person: Id) -> bool:
        """Whether a person is in a chat or a channel's team."""
        try:
            async with self._calling(service) as conversations:
                await conversations.get_conversation_member(conversation, person)
        except Missing:
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    @asynccontextmanager
    async def _calling(self, service: str) -> AsyncIterator[ConversationsBase]:
        try:
            token = await self._login.token()
        except (ValueError, KeyError, RequestException, OSError) as error:
            raise Retry(f"login: {type(error).__name__}") from error
        try:
            yield ConnectorClient(service, token, session=self._session(service)).conversations
        except aiohttp.ClientResponseError as error:
            raise _of_status(error) from error
        except aiohttp.ClientConnectorError as error:
            raise Retry("no connection") from error
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            # Sent, with no answer or one that cannot be read: it may be there.
            raise Retry(type(error).__name__, uncertain=True) from error

    def _session(self, service: str) -> aiohttp.ClientSession:
        if service not in self._sessions:
            time_out = aiohttp.ClientTimeout(total=SECONDS)
            base = service if service.endswith("/") else f"{service}/"
            self._sessions[service] = aiohttp.ClientSession(
                base, timeout=time_out, trust_env=True, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._sessions[service]


def _activity(found: Json) -> Activity:
    return Activity.model_validate(found)


def _parameters(found: Json) -> ConversationParameters:
    return ConversationParameters.model_validate(found)


def _of_status(error: aiohttp.ClientResponseError) -> Retry:
    if error.status == 429:
        given = error.headers.get("Retry-After", "") if error.headers else ""
        # The other form, a date, is not used by Microsoft.
        seconds = min(float(given), MAX_RETRY_AFTER) if given.isdecimal() else None
        return Retry("too many requests", seconds)
    if error.status == 403:
        return Forbidden("forbidden")
    if error.status == 404:
        return Missing("not found")
    # A gateway in between may answer 502 or 504 for what did arrive.
    return Retry(f"status {error.status}", uncertain=error.status in (502, 504))
