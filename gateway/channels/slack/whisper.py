"""What the app says to one person alone, beside conversations: results, refusals, hints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from gateway.channels.slack import blocks as kit
from gateway.channels.slack.mrkdwn import escape
from gateway.channels.slack.web import SECONDS, Refusal, Web, quiet
from gateway.delivery.outlet import Retry

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Ear:
    """Where someone hears the app: by the `url` that Slack gave, or in a channel; in their direct
    messages (`direct`) everything is between the two anyway.
    """

    user: str
    channel: str
    thread: str = ""
    url: str = ""
    direct: bool = False


def sentence(text: str) -> dict[str, Any]:
    """Return a sentence of ours as a message."""
    shown = escape(text)
    return {"text": shown, "blocks": [kit.section(shown)]}


def ear_of(body: Mapping[str, Any]) -> Ear:
    """Return where the person who clicked, or chose a shortcut, hears the app."""
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    thread = container.get("thread_ts") or message.get("thread_ts") or ""
    # The first message of a thread names itself: what answers it stays beside it.
    thread = "" if thread == message.get("ts") else thread
    return Ear(body["user"]["id"], channel, thread, body.get("response_url") or "")


class Whisper:
    """Says things to one person."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def say(self, ear: Ear, payload: Payload) -> None:
        """Show `payload`; in their direct messages where the channel is closed to the app."""
        if ear.url:
            where = {"thread_ts": ear.thread} if ear.thread else {}
            told = {**payload, **where, "replace_original": False, "response_type": "ephemeral"}
            return await self._respond(ear.url, told)
        if ear.direct:
            await self._web.post(ear.channel, payload)
            return None
        try:
            await self._web.whisper(ear.channel, ear.user, payload, ear.thread)
        except Refusal:
            await self._web.post(ear.user, payload)

    async def replace(self, ear: Ear, payload: Payload) -> None:
        """Draw the message anew whose button was pressed; the only way where it is private."""
        where = {"thread_ts": ear.thread} if ear.thread else {}
        await self._respond(ear.url, {**payload, **where, "replace_original": True})

    async def _respond(self, url: str, body: dict[str, Any]) -> None:
        session = self._web.client.session
        hook = AsyncWebhookClient(
            url, timeout=SECONDS, session=session, logger=quiet, retry_handlers=[]
        )
        try:
            answer = await hook.send_dict(body)
        except aiohttp.ClientConnectorError as error:
            raise Retry(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(type(error).__name__, uncertain=True) from None
        if answer.status_code == 429:
            raise Retry("ratelimited", float(answer.headers.get("Retry-After", "1")))
        if answer.status_code >= 500:
            raise Retry(f"status {answer.status_code}", uncertain=True)
        if answer.status_code >= 400:
            raise Refusal(answer.body[:40])
