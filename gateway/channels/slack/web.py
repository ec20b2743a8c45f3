"""Slack's Web API: what it refuses, and what may be tried again, told apart."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from gateway.channels.slack.settings import SlackSettings
from gateway.delivery.outlet import Retry

# Below the courier's own patience, so that the fault has a name.
SECONDS = 10
MARK = "omni_message"
MOST_PAGES = 10
_PAGE = 200
# Slack's docs: it may have done some of it before it failed.
_UNCERTAIN = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_DEFAULT_WAIT = 30.0
# The libraries print addresses with tickets, and bodies with what people wrote.
quiet = logging.getLogger("gateway.channels.slack.library")
quiet.setLevel(logging.CRITICAL)

Json = dict[str, Any]


class Refusal(Exception):
    """Slack understood and said no; the text is its error, such as "not_in_channel"."""


class Web:
    """Calls that raise Refusal, or Retry where a later try may do. Nothing is sent before."""

    def __init__(self, settings: SlackSettings) -> None:
        # No handlers that try again: a message whose answer got lost would be posted twice.
        self.client = AsyncWebClient(
            token=settings.bot_token,
            base_url=settings.api,
            timeout=SECONDS,
            logger=quiet,
            retry_handlers=[],
        )

    async def start(self) -> None:
        """Keep connections from now on."""
        self.client.session = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Close them."""
        if self.client.session:
            await self.client.session.close()

    async def ask(self, call: Awaitable[AsyncSlackResponse]) -> Json:
        """Return what Slack answers to a call of `client`."""
        try:
            answer = await call
        except SlackApiError as error:
            raise _fault(error) from None
        except aiohttp.ClientConnectorError as error:
            raise Retry(type(error).__name__) from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(type(error).__name__, uncertain=True) from None
        return answer.data if isinstance(answer.data, dict) else {}

    async def post(
        self,
        channel: str,
        payload: Mapping[str, Any],
        mark: Mapping[str, str] | None = None,
        thread: str = "",
        broadcast: bool = False,
    ) -> Json:
        """Post a message that everyone there sees; `mark` is what it is found by again."""
        metadata = {"event_type": MARK, "event_payload": dict(mark)} if mark else None
        return await self.ask(
            self.client.chat_postMessage(
                channel=channel,
                text=payload["text"],
                blocks=payload["blocks"],
                thread_ts=thread or None,
                reply_broadcast=broadcast or None,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            )
        )

    async def whisper(
        self, channel: str, user: str, payload: Mapping[str, Any], thread: str = ""
    ) -> None:
        """Show a message to one person alone; Slack keeps none, so it cannot be found again."""
        await self.ask(
            self.client.chat_postEphemeral(
                channel=channel,
                user=user,
                text=payload["text"],
                blocks=payload["blocks"],
                thread_ts=thread or None,
            )
        )

    async def update(self, channel: str, ts: str, payload: Mapping[str, Any]) -> None:
        """Draw a message anew; nothing where it was deleted meanwhile."""
        try:
            await self.ask(
                self.client.chat_update(
                    channel=channel, ts=ts, text=payload["text"], blocks=payload["blocks"]
                )
            )
        except Refusal as refusal:
            if str(refusal) not in ("message_not_found", "cant_update_message"):
                raise

    async def find(
        self, channel: str, mark: Mapping[str, str], since: float, thread: str = ""
    ) -> str | None:
        """Return the ts of the message that was posted with `mark` since a time, or None."""
        query: Json = {"channel": channel, "oldest": f"{since:.6f}", "limit": _PAGE}
        query |= {"include_all_metadata": True, **({"ts": thread} if thread else {})}
        read = self.client.conversations_replies if thread else self.client.conversations_history
        for _ in range(MOST_PAGES):
            page = await self.ask(read(**query))
            for message in page.get("messages", ()):
                found = message.get("metadata") or {}
                if found.get("event_type") == MARK and found.get("event_payload") == mark:
                    return str(message["ts"])
            query["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not query["cursor"]:
                return None
        return None

    async def mark_of(self, channel: str, ts: str) -> Json:
        """Return what a message was posted with, {} where that is nothing."""
        query: Json = {"channel": channel, "ts": ts, "limit": 1, "include_all_metadata": True}
        page = await self.ask(self.client.conversations_replies(**query))
        for message in page.get("messages", ()):
            found = message.get("metadata") or {}
            if message.get("ts") == ts and found.get("event_type") == MARK:
                return dict(found.get("event_payload") or {})
        return {}


def _fault(error: SlackApiError) -> Exception:
    response: Any = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in _LIMITED:
        return Retry("ratelimited", _seconds(getattr(response, "headers", {})))
    if status >= 500 or code in _UNCERTAIN or not code:
        return Retry(code or f"status {status}", uncertain=True)
    return Refusal(code)


def _seconds(headers: Mapping[str, str]) -> float:
    found = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    return float(found) if found.isdecimal() else _DEFAULT_WAIT
