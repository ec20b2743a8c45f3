"""What agents ask: in direct messages, by a mention, the command or a message's shortcut."""

from __future__ import annotations

from typing import Any

from gateway.channels import commands
from gateway.channels.plain import cut, size
from gateway.channels.slack.incoming import is_written, mentions, written
from gateway.channels.slack.parts import Parts
from gateway.channels.slack.places import SINK, aside, direct
from gateway.channels.slack.whisper import Ear, ear_of, sentence
from gateway.normalise import MAX_CHARACTERS
from gateway.store.values import Destination

Json = dict[str, Any]


class Asking:
    """Puts what is asked into the conversation of its place, before Slack is told that it came."""

    def __init__(self, parts: Parts) -> None:
        self._app = parts

    async def message(self, body: Json) -> None:
        """Take a direct message to the app."""
        event = body["event"]
        if not is_written(event):
            return
        user, channel = event["user"], event["channel"]
        place = direct(body["team_id"], user, channel)
        async with self._app.turns.of(place.key):
            text = await self.read(body)
            await self._take(place, body["event_id"], text, Ear(user, channel, direct=True))

    async def mention(self, body: Json) -> None:
        """Take a mention in a channel; it is answered in its thread, to who wrote it alone."""
        event = body["event"]
        if not is_written(event):
            return None
        user, channel = event["user"], event["channel"]
        thread = event.get("thread_ts") or event["ts"]
        place, ear = aside(body["team_id"], channel, user, thread), Ear(user, channel, thread)
        async with self._app.turns.of(place.key):
            if text := await self.read(body):
                return await self._take(place, body["event_id"], text, ear)
        return self._app.tell(ear, self._app.own.help_mention)

    async def command(self, body: Json) -> Json | None:
        """Take /omni; return what is shown at once, where there is nothing to work on."""
        text = written(body.get("text") or "", self._app.people.me.user, {}, self._app.own.someone)
        if not text or text.casefold() in ("ajuda", "help"):
            return sentence(self._app.own.help)
        user, channel, team = body["user_id"], body["channel_id"], body["team_id"]
        # In direct messages with whomever: there the app can show nothing but to the two of us.
        if body.get("channel_name") == "directmessage":
            place = direct(team, user)
        else:
            place = aside(team, channel, user)
        ear = Ear(user, channel, url=body.get("response_url") or "")
        async with self._app.turns.of(place.key):
            await self._take(place, body["trigger_id"], text, ear)
        return None

    async def shortcut(self, body: Json) -> None:
        """Take the text of a message for the problem."""
        message, user = body["message"], body["user"]["id"]
        channel, team = body["channel"]["id"], body["team"]["id"]
        text = written(message.get("text") or "", "", {}, self._app.own.someone)
        ear = ear_of(body)
        if not text:
            return self._app.tell(ear, self._app.own.no_text)
        place = aside(team, channel, user, message.get("thread_ts") or message["ts"])
        async with self._app.turns.of(place.key):
            return await self._say_it(place, body["trigger_id"], text, ear)

    async def read(self, body: Json) -> str:
        """Return what the person of an event meant."""
        text, bot = body["event"].get("text") or "", self._app.people.bot(body)
        names = await self._app.people.names(mentions(text) - {bot})
        return written(text, bot, names, self._app.own.someone)

    async def _take(self, place: Destination, event: str, text: str, ear: Ear) -> None:
        command = commands.read_command(text)
        if command is None:
            await self._say_it(place, event, text, ear)
        elif await self._app.talks.is_new(SINK, event):
            self._app.later.do(lambda: self._app.answering.answer(command, ear))

    async def _say_it(self, place: Destination, event: str, text: str, ear: Ear) -> None:
        said = cut(text, MAX_CHARACTERS)
        known = await self._app.deliveries.find(place.sink, place.key)
        seen = known.seen_seq if known else None
        accepted = await self._app.talks.say(place, event, text=said, seen=seen)
        if size(text) > MAX_CHARACTERS and not accepted.repeated:
            self._app.tell(
                ear, self._app.own.too_long.format(most=f"{MAX_CHARACTERS:,}".replace(",", "."))
            )
