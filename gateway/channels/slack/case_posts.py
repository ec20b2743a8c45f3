"""A case, carried to its thread in the channel of cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.channels.slack import case as drawing
from gateway.channels.slack.message import Payload
from gateway.channels.slack.talk_posts import LOOK_BACK
from gateway.channels.slack.texts import SlackTexts
from gateway.channels.slack.web import Web
from gateway.channels.slack.whisper import sentence
from gateway.channels.texts import ChannelTexts
from gateway.delivery.outlet import Item, Retry
from gateway.handoff.cases import Cases
from gateway.schemas import OutgoingMessage
from gateway.store.values import Delivery, HandoffEvent

_FOLLOWED = ("waiting", "assistant")
_NOTICED = ("raised", "reopened")

Memory = dict[str, Any]


class CasePosts:
    """`memory`: the ts of the `card`, its `channel`, the `state` that the case was in, and the
    number of the last message that the thread has (`told`).
    """

    def __init__(self, web: Web, cases: Cases, texts: ChannelTexts, own: SlackTexts) -> None:
        self._web = web
        self._cases = cases
        self._texts = texts
        self._own = own

    def wants(self, delivery: Delivery, item: Item) -> bool:
        """Whether there is something to show: an event, or what the team did not write here."""
        message, state = item.message, delivery.memory.get("state")
        if message is None:
            return item.event is not None
        if state == "closed" or message.via == delivery.id:
            return False
        if message.sender == "assistant":
            return state in _FOLLOWED
        return message.sender in ("user", "person")

    async def deliver(self, delivery: Delivery, item: Item) -> Memory:
        """Show an event or a message; raise Retry or Refusal."""
        posts = _Posts(self._web, delivery, item)
        if item.event:
            return await self._event(delivery, item.event, posts)
        assert item.message  # as `wants` saw to
        if card := delivery.memory.get("card"):
            await self._tell(posts, card, [item.message])
        return {**delivery.memory, "told": item.message.seq}

    async def _event(self, delivery: Delivery, event: HandoffEvent, posts: _Posts) -> Memory:
        view = await self._cases.view(event.case)
        memory = {**delivery.memory, "state": event.state, "channel": delivery.address["channel"]}
        if view is None:  # erased meanwhile: there is nothing to be shown any more
            return memory
        card = delivery.memory.get("card")
        if card is None:
            card = await posts.post(drawing.draw(view, self._texts))
        else:
            await self._web.update(memory["channel"], card, drawing.draw(view, self._texts))
        if event.kind in ("opened", "reopened"):
            said = await self._cases.said_until(delivery.conversation, event.after_seq)
            await self._tell(posts, card, [m for m in said if m.seq > memory.get("told", 0)])
            memory["told"] = event.after_seq
        if event.kind in _NOTICED:
            notice = getattr(self._own, f"case_{event.kind}").format(number=event.case)
            await posts.post(sentence(notice), card, broadcast=True)
        return {**memory, "card": card}

    async def _tell(self, posts: _Posts, card: str, said: Sequence[OutgoingMessage]) -> None:
        for payload in drawing.transcript(said, self._texts):
            await posts.post(payload, card)


class _Posts:
    """The posts of one item, numbered: one that came earlier, with an answer that got lost, is
    looked for before it is sent again.
    """

    def __init__(self, web: Web, delivery: Delivery, item: Item) -> None:
        self._web = web
        self._delivery = delivery
        self._item = item
        self._count = 0
        at = item.event.at if item.event else item.message.at if item.message else None
        self._since = at.timestamp() - LOOK_BACK if at else 0.0

    async def post(self, payload: Payload, thread: str = "", broadcast: bool = False) -> str:
        """Post, unless it is there; return its ts. After the first, any failure is uncertain."""
        channel = self._delivery.address["channel"]
        mark = {"delivery": self._delivery.id, "name": f"{self._item.name}.{self._count}"}
        try:
            ts = None
            if self._item.uncertain:
                ts = await self._web.find(channel, mark, self._since, thread)
            if ts is None:
                ts = (await self._web.post(channel, payload, mark, thread, broadcast))["ts"]
        except Retry as retry:
            uncertain = retry.uncertain or self._item.uncertain or self._count > 0
            raise Retry(str(retry), retry.seconds, uncertain) from None
        self._count += 1
        return str(ts)
