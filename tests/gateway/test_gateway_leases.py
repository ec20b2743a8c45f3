"""One consumer at a time answers a conversation, and only it stores the answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from fake_rasa import FakeRasa, echo
from fastapi import FastAPI
from gateway_support import ON_BOTH, QUICK
from sqlalchemy import delete, select, update
from ulid import ULID
from visitor import Visitor, until_true

from gateway.settings import Pace
from gateway.store import Reply, Store
from gateway.store.tables import ConversationRow, MessageRow, now
from gateway.store.work import LeaseLost, Work

pytestmark = ON_BOTH


async def test_a_consumer_that_lost_its_lease_stores_nothing(
    app: FastAPI, ana: Visitor, rasa: FakeRasa
) -> None:
    rasa.answer, rasa.delay = echo, 0.1
    sent = await ana.send("oi")
    await until_true(lambda: rasa.asked)
    rasa.delay = 0
    database = app.state.services.store.database
    async with database.writing() as db:
        thief = {"leased_by": str(ULID()), "leased_until": now() + timedelta(seconds=0.3)}
        await db.execute(update(ConversationRow).values(thief))
    (answer,) = await ana.answers(sent["seq"])
    assert len(await ana.history()) == 2
    assert answer["seq"] == 2
    assert len(rasa.asked) == 2  # the first answer was dropped, the second stored
    assert len({call["message_id"] for call in rasa.asked}) == 1


async def test_a_message_is_claimed_as_it_is_stored(
    app: FastAPI, ana: Visitor, rasa: FakeRasa
) -> None:
    rasa.delay = 0.5
    await ana.send("oi")
    async with app.state.services.store.database.reading() as db:
        assert await db.scalar(select(ConversationRow.leased_by))
    second = await ana.send("tudo bem?")
    rasa.delay = 0
    await ana.answers(second["seq"])
    assert rasa.texts == ["oi", "tudo bem?"]


async def test_a_message_that_the_store_lost_comes_again_as_the_same_turn(
    app: FastAPI, ana: Visitor, rasa: FakeRasa
) -> None:
    first = await ana.send("oi")
    await ana.answers(first["seq"])
    async with app.state.services.store.database.writing() as db:
        await db.execute(update(MessageRow).values(reply_to=None))
        await db.execute(delete(MessageRow))
        await db.execute(update(ConversationRow).values(last_seq=0))
    again = await ana.send("oi", id=first["id"])
    await ana.answers(again["seq"])
    assert len(rasa.asked) == 2
    assert len({call["message_id"] for call in rasa.asked}) == 1


class TestLeases:
    """The store's side of it, with two consumers."""

    @pytest.fixture
    def pace(self) -> Pace:
        return replace(QUICK, fallback=30.0)

    @pytest.fixture
    async def conversation(self, app: FastAPI, ana: Visitor) -> str:
        app.state.services.engine.drain()
        await ana.send("oi")
        await ana.send("tudo bem?")
        return ana.conversation

    @pytest.fixture
    def store(self, app: FastAPI) -> Store:
        found: Store = app.state.services.store
        return found

    async def test_one_has_it_at_a_time(self, store: Store, conversation: str) -> None:
        first, second = (Work(store.database, str(ULID()), 1.0) for _ in range(2))
        turn = await first.claim(conversation)
        assert turn
        assert turn.shown == "oi"
        assert await second.claim(conversation) is None
        assert await second.ready(10) == []
        await asyncio.sleep(1.01)
        assert await second.ready(10) == [conversation]
        taken = await second.claim(conversation)
        assert taken == turn
        assert not await first.renew(conversation)
        for store_answers in (
            first.answer(turn, [Reply("assistant", "atrasada")], None),
            first.set_aside(turn, 3, "x", [Reply("system", "desculpe")]),
            first.postpone(turn, 1, 1, "x"),
        ):
            with pytest.raises(LeaseLost):
                await store_answers
        following = await second.answer(taken, [Reply("assistant", "olá")], None)
        assert following
        assert following.shown == "tudo bem?"
        assert await second.answer(following, [Reply("assistant", "tudo")], None) is None
        page = await store.history.page(conversation, 2)
        assert page
        assert [message.text for message in page.messages] == ["olá", "tudo"]

    async def test_both_at_once(self, store: Store, conversation: str) -> None:
        rivals = [Work(store.database, str(ULID()), 5) for _ in range(8)]
        taken = await asyncio.gather(*(rival.claim(conversation) for rival in rivals))
        assert len([turn for turn in taken if turn]) == 1

    async def test_a_renewed_lease_lasts(self, store: Store, conversation: str) -> None:
        first, second = (Work(store.database, str(ULID()), 0.6) for _ in range(2))
        assert await first.claim(conversation)
        for _ in range(4):
            await asyncio.sleep(0.2)
            assert await first.renew(conversation)
        assert await second.claim(conversation) is None

    async def test_a_fallback_comes_once_and_never_after_the_answer(
        self, store: Store, conversation: str
    ) -> None:
        work = Work(store.database, str(ULID()), 5)
        reply = [Reply("system", "aguarde", mark="fallback")]
        (first, _), (second, behind) = await work.unanswered(10)
        assert (first.shown, second.shown, behind) == ("oi", "tudo bem?", False)
        found = await asyncio.gather(*(work.fall_back([(first, reply)]) for _ in range(4)))
        assert sorted(found) == [[], [], [], [first]]
        assert [(turn.shown, after) for turn, after in await work.unanswered(9)] == [
            ("tudo bem?", True)
        ]
        turn = await work.claim(conversation)
        assert turn
        following = await work.answer(turn, [Reply("assistant", "olá")], None)
        assert following
        await work.answer(following, [Reply("assistant", "tudo")], None)
        assert not await work.fall_back([(second, reply)])
        page = await store.history.page(conversation, 2)
        assert page
        marks = [(one.seq, one.text, one.late, one.fallback) for one in page.messages]
        assert marks == [
            (3, "aguarde", None, True),
            (4, "olá", True, None),
            (5, "tudo", None, None),
        ]

    async def test_of_many_fallbacks_those_are_stored_that_are_still_wanted(
        self, store: Store, conversation: str
    ) -> None:
        work = Work(store.database, str(ULID()), 5)
        reply = [Reply("system", "aguarde", mark="fallback")]
        (first, _), (second, _) = await work.unanswered(10)
        gone = replace(first, id=str(ULID()), conversation=str(ULID()))
        assert await work.fall_back([(first, reply), (gone, reply), (second, reply)]) == [
            first,
            second,
        ]
        page = await store.history.page(conversation, 2)
        assert page
        assert [(one.seq, one.reply_to) for one in page.messages] == [(3, 1), (4, 2)]
