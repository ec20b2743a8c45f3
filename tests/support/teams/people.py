"""People who write in Teams: what they do becomes activities with a genuine token."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.teams.bot_connector import BOT, GENERAL, BotConnector, Post
from tests.support.teams.signing import TENANT, claims_for

_IDS = itertools.count(1)
PATH = "/teams/messages"
# Several workers may share the machine; nothing here takes a second on an idle one.
PATIENCE = 20.0


@dataclass
class Person:
    """Someone of the tenant, at work in Teams."""

    connector: BotConnector
    http: httpx.AsyncClient
    name: str = "Bia Rocha"
    id: str = "29:bia"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def chat(self) -> str:
        """The id of their chat with the bot."""
        return self.connector.chat_of(self.id)

    def activity(self, conversation: str = "", kind: str = "personal", **more: Any) -> Any:
        """Return an activity of theirs."""
        return {
            "type": "message",
            "id": f"{next(_IDS)}-activity",
            "channelId": "msteams",
            "serviceUrl": self.connector.url,
            "from": {"id": self.id, "name": self.name, "aadObjectId": f"aad-{self.id[3:]}"},
            "recipient": {"id": BOT, "name": "Omni"},
            "conversation": {
                "id": conversation or self.chat,
                "conversationType": kind,
                "tenantId": TENANT,
            },
            "channelData": {"tenant": {"id": TENANT}},
            "textFormat": "plain",
            "locale": "pt-BR",
            **more,
        }

    async def send(self, activity: Any, token: str | None = None) -> httpx.Response:
        """Send an activity as the Bot Connector does."""
        signed = token or self.connector.signer.token(claims_for(self.connector.url))
        headers = {"Authorization": f"Bearer {signed}"}
        return await self.http.post(PATH, json=activity, headers=headers)

    async def say(self, text: str, **more: Any) -> Any:
        """Write in the chat with the bot."""
        return await self._sent(self.activity(text=text, **more))

    async def mention(self, text: str, thread: str = f"{GENERAL};messageid=1", **more: Any) -> Any:
        """Mention the bot in a channel's thread."""
        mention = {"type": "mention", "mentioned": {"id": BOT}, "text": "<at>Omni</at>"}
        entities = [mention, *more.pop("entities", [])]
        text = f"<at>Omni</at> {text}"
        made = self.activity(thread, "channel", text=text, entities=entities, **more)
        return await self._sent(made)

    async def write(self, text: str, thread: str) -> Any:
        """Write in a thread without a mention, which the bot hears by the team's consent alone."""
        return await self._sent(self.activity(thread, "channel", text=text))

    async def press(self, post: Post, title: str, **put_in: Any) -> Any:
        """Press the button with that title on a post; what is put in is merged as Teams does."""
        data = next(a["data"] for a in buttons(post.activity) if a["title"] == title)
        return await self.submit(post, {**data, **put_in})

    async def submit(self, post: Post, value: Any) -> Any:
        """Send what a card would."""
        kind = "personal" if post.conversation.startswith("a:") else "channel"
        return await self._sent(
            self.activity(post.conversation, kind, value=value, replyToId=post.id)
        )

    async def sees(self, words: str, where: str = "", seconds: float = PATIENCE) -> Post:
        """Return the newest post with `words` (in its versions) of a conversation, once there."""
        async with asyncio.timeout(seconds):
            while True:
                posts = self.connector.in_(where or self.chat)
                for post in reversed(posts):
                    if words in texts(post.activity):
                        return post
                await asyncio.sleep(0.01)

    async def _sent(self, activity: Any) -> Any:
        response = await self.send(activity)
        assert response.status_code == 202, (response.status_code, response.text)
        return activity


async def until_true(holds: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait until `holds` does; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.005)


def body(activity: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a card shows."""
    shown: list[dict[str, Any]] = activity["attachments"][0]["content"]["body"]
    return shown


def texts(activity: dict[str, Any]) -> str:
    """Return every word of a card, a line each."""
    return "\n".join(_texts(body(activity)))


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        if value and all(isinstance(v, dict) and v.get("type") == "TextRun" for v in value):
            return ["".join(v["text"] for v in value)]
        return [text for inner in value for text in _texts(inner)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return own + [t for name in ("inlines", "items", "body") for t in _texts(value.get(name))]


def buttons(activity: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every button that sends something, those that unfold too."""
    return [found for found in _every(body(activity)) if found.get("type") == "Action.Submit"]


def titles(activity: dict[str, Any]) -> list[str]:
    """Return the titles of what can be pressed at once."""
    rows = [element for element in body(activity) if element["type"] == "ActionSet"]
    return [action["title"] for row in rows for action in row["actions"]]


def _every(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for inner in value for found in _every(inner)]
    if not isinstance(value, dict):
        return []
    title = {"title": value["title"]} if value.get("type") == "Action.ShowCard" else {}
    inner = [found for name, part in value.items() if name != "data" for found in _every(part)]
    # A form's own button is called "Enviar"; people know it by what unfolds it.
    return [value, *({**found, **title} for found in inner)]
