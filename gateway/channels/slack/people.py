"""Who is who in Slack: the app itself, agents' names, who may see cases."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gateway.channels.plain import one_line
from gateway.channels.slack.web import Refusal, Web
from gateway.delivery.outlet import Retry
from gateway.store.values import Agent

# Slack wants its answer in three seconds, and a name is not worth missing that.
NAME_SECONDS = 1.5
KEPT_SECONDS = 3600.0
MEMBERS_SECONDS = 60.0
MAX_NAME = 80
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Self:
    """The app in its workspace; empty until Slack was reached. `url` ends with a slash."""

    user: str = ""
    url: str = ""


class People:
    """Asks Slack and remembers; what is not known in time is done without."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self.me = Self()
        self._names: dict[str, tuple[float, str]] = {}
        self._members: tuple[float, str, frozenset[str]] = (0.0, "", frozenset())
        self._asking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Find out who the app is, for as long as that takes."""
        self._asking = asyncio.create_task(self._ask_until_known())

    async def stop(self) -> None:
        """Stop asking."""
        if self._asking:
            self._asking.cancel()
            with suppress(asyncio.CancelledError):
                await self._asking

    def bot(self, body: dict[str, Any]) -> str:
        """Return the app's own user id, as an event names it or as Slack said before."""
        named = (one.get("user_id") for one in body.get("authorizations") or ())
        return str(next(named, None) or self.me.user)

    async def agent(self, team: str, user: str, otherwise: str = "") -> Agent:
        """Return who acts; `otherwise` is the name where Slack does not say one in time."""
        name = (await self.names([user])).get(user) or otherwise or user
        return Agent(f"slack:{team}:{user}", one_line(name, MAX_NAME))

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """Return how people are called, as far as that is found in time."""
        found = await asyncio.gather(*(self._name(user) for user in users))
        return {user: name for user, name in found if name}

    async def is_member(self, channel: str, user: str) -> bool:
        """Whether `user` is in a channel; raise Retry or Refusal."""
        since, known, members = self._members
        if known != channel or time.monotonic() - since > MEMBERS_SECONDS or user not in members:
            members = await self._read_members(channel)
            self._members = (time.monotonic(), channel, members)
        return user in members

    async def _name(self, user: str) -> tuple[str, str]:
        since, name = self._names.get(user, (0.0, ""))
        if name and time.monotonic() - since < KEPT_SECONDS:
            return user, name
        with suppress(Retry, Refusal, TimeoutError):
            async with asyncio.timeout(NAME_SECONDS):
                answer = await self._web.ask(self._web.client.users_info(user=user))
            name = _called(answer.get("user") or {})
            self._names[user] = (time.monotonic(), name)
        return user, name

    async def _read_members(self, channel: str) -> frozenset[str]:
        members: list[str] = []
        cursor: str | None = None
        while True:
            answer = await self._web.ask(
                self._web.client.conversations_members(channel=channel, cursor=cursor, limit=1000)
            )
            members += answer.get("members", [])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return frozenset(members)

    async def _ask_until_known(self) -> None:
        wait = _FIRST_WAIT
        while not self.me.user:
            try:
                answer = await self._web.ask(self._web.client.auth_test())
                self.me = Self(answer.get("user_id", ""), answer.get("url", ""))
                _log.info("Slack: connected to workspace %s", answer.get("team_id"))
                return
            except (Retry, Refusal) as fault:
                _log.warning("Slack: auth.test failed: %s; again in %.0f s", fault, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)


def _called(user: dict[str, Any]) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("name"))
    return next((name for name in names if name), "")
