"""Someone in the fake Slack: writes, presses, picks, sends windows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fake_slack import BOT, TEAM, FakeSlack
from visitor import until_true as until_true_within

# Two servers and a socket take part, and the machine may be busy.
PATIENCE = 20.0
Json = dict[str, Any]


async def until_true(holds: Callable[[], Any]) -> None:
    """Wait until `holds` does."""
    await until_true_within(holds, PATIENCE)


@dataclass
class Person:
    """`dm` is the channel of their direct messages with the app."""

    slack: FakeSlack
    id: str = "UANA"

    @property
    def dm(self) -> str:
        return f"D{self.id}"

    async def write(self, text: str, channel: str = "", thread: str = "", **more: Any) -> Json:
        """Write a message; return the event, for it to be repeated."""
        channel = channel or self.dm
        sent = self.post(text, channel, thread)
        kind = "im" if channel == self.dm else "channel"
        event = {**sent, "channel": channel, "channel_type": kind, **more}
        if thread:
            event["parent_user_id"] = self.slack.find(channel, thread).get("user")
        body = self.slack.event(event)
        await self.slack.tell(body)
        if f"<@{BOT}>" in text and kind == "channel":
            body = self.slack.event({**event, "type": "app_mention"})
            await self.slack.tell(body)
        return body

    def post(self, text: str, channel: str, thread: str = "") -> Json:
        """Put a message there that the app is not told of."""
        sent: Json = {"type": "message", "user": self.id, "text": text, "ts": self.slack.new_ts()}
        sent |= {"thread_ts": thread} if thread else {}
        self.slack.messages[channel].append(sent)
        return sent

    async def command(self, text: str, channel: str, name: str = "geral") -> Json:
        """Write /omni; return what is shown at once."""
        place = {"channel": channel, "user": self.id}
        body = {
            "command": "/omni",
            "text": text,
            "user_id": self.id,
            "user_name": self.id.lower(),
            "team_id": TEAM,
            "channel_id": channel,
            "channel_name": name,
            "trigger_id": self.slack.new_trigger(),
            "response_url": self.slack.new_response_url({"place": place}),
        }
        return await self.slack.tell(body, "slash_commands")

    async def shortcut(self, channel: str, message: Json) -> None:
        """Choose "Ver procedimento" at a message."""
        body = self._acts() | {
            "type": "message_action",
            "callback_id": "ver_procedimento",
            "message_ts": message["ts"],
            "channel": {"id": channel, "name": "canal"},
            "message": message,
            "response_url": self.slack.new_response_url(
                {"place": {"channel": channel, "user": self.id}}
            ),
        }
        await self.slack.tell(body, "interactive")

    async def press(self, message: Json, label: str, channel: str = "") -> Json:
        """Press the button, or pick the option, that is called `label`; return the payload."""
        block, element, option = _find(message, label)
        chosen = {"selected_option": option} if option else {"value": element.get("value")}
        action = {k: element[k] for k in ("action_id", "type")} | chosen
        action |= {"block_id": block, "action_ts": str(time.time())}
        body = self._pressed(message, channel or message.get("channel", self.dm), action)
        await self.slack.tell(body, "interactive")
        return body

    def _pressed(self, message: Json, channel: str, action: Json) -> Json:
        private = "user" in message and message.get("bot_id") is None
        container: Json = {"type": "message", "message_ts": message["ts"], "channel_id": channel}
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        place = {"channel": channel, "user": self.id, "thread_ts": message.get("thread_ts", "")}
        target = {"message": message, "place": place}
        body = self._acts() | {
            "type": "block_actions",
            "container": {**container, "is_ephemeral": private},
            "channel": {"id": channel, "name": "canal"},
            "state": {"values": {}},
            "response_url": self.slack.new_response_url(target),
            "actions": [action],
        }
        # Slack sends along what everyone sees, and not what one person sees alone.
        return body if private else {**body, "message": message}

    async def submit(self, window: Json, value: str) -> Json:
        """Send a window, with a value picked or written; return what it answers."""
        field = next(block for block in window["blocks"] if block["type"] == "input")
        element = field["element"]
        if element["type"] == "static_select":
            option = next(o for o in _options(element) if value in (o["value"], o["text"]["text"]))
            given: Json = {"type": "static_select", "selected_option": option}
        else:
            given = {"type": "plain_text_input", "value": value or None}
        values = {field["block_id"]: {element["action_id"]: given}}
        view = {**window, "id": "V1", "state": {"values": values}}
        body = self._acts() | {"type": "view_submission", "view": view}
        return await self.slack.tell(body, "interactive")

    async def open_home(self) -> None:
        """Open the app's home."""
        event = {"type": "app_home_opened", "user": self.id, "channel": self.dm, "tab": "home"}
        await self.slack.tell(self.slack.event(event))

    async def sees(self, count: int = 1, channel: str = "") -> list[Json]:
        """Return the bot's messages in a channel, once there are at least `count`."""
        there = self.slack.messages[channel or self.dm]
        await until_true(lambda: sum(1 for m in there if m.get("bot_id")) >= count)
        return [m for m in there if m.get("bot_id")]

    async def hears(self, count: int = 1) -> list[Json]:
        """Return what the app showed to this person alone, once that is `count` messages."""

        def mine() -> list[Json]:
            return [m for m in self.slack.private if m["user"] == self.id]

        await until_true(lambda: len(mine()) >= count)
        return mine()

    async def window(self, count: int = 1) -> Json:
        """Return the window that opened, the `count`th of all."""
        await until_true(lambda: len(self.slack.windows) >= count)
        return self.slack.windows[count - 1]

    def _acts(self) -> Json:
        user = {"id": self.id, "username": self.id.lower(), "name": self.id.lower()}
        trigger = self.slack.new_trigger()
        team = {"id": TEAM, "domain": "omni-teste"}
        return {"user": {**user, "team_id": TEAM}, "team": team, "trigger_id": trigger}


def labels(message: Json) -> list[str]:
    """Return what can be pressed or picked in a message."""
    return [label for _, element in _elements(message) for label in _labels(element)]


def shown(message: Json) -> str:
    """Return all the words in a message's blocks."""
    return "\n".join(_words(message["blocks"]))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


def _elements(message: Json) -> Iterator[tuple[str, Json]]:
    for block in message["blocks"]:
        if block["type"] == "actions":
            for element in block["elements"]:
                yield block["block_id"], element


def _labels(element: Json) -> list[str]:
    if element["type"] == "button":
        return [element["text"]["text"]]
    return [option["text"]["text"] for option in _options(element)]


def _options(element: Json) -> list[Json]:
    groups = element.get("option_groups") or [element]
    return [option for group in groups for option in group["options"]]


def _find(message: Json, label: str) -> tuple[str, Json, Json | None]:
    for block, element in _elements(message):
        if element["type"] == "button" and element["text"]["text"] == label:
            return block, element, None
        if element["type"] != "button":
            for option in _options(element):
                if option["text"]["text"] == label:
                    return block, element, option
    raise AssertionError(f"no {label!r} among {labels(message)}")
