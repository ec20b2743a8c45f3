"""Cases in the store, SQLite's and PostgreSQL's: one writer at a time, one live case at a time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from desk_support import ANA, CASE, RUI, begin, change, hand_over, kinds, place, tell, write
from sqlalchemy import select, text, update
from ulid import ULID

from gateway.handoff.states import Actions, Refused
from gateway.handoff.texts import load_desk_texts
from gateway.store import Store
from gateway.store.deliveries import Deliveries
from gateway.store.erasure import Erasures
from gateway.store.handoffs import Handoffs, UnknownCase
from gateway.store.tables import ConversationRow, now
from gateway.store.values import Agent, Destination, Opening, Reply
from gateway.store.work import Work

ACTIONS = Actions(load_desk_texts(), lambda state, raised: None)
SECONDS = 20.0


async def row_of(store: Store, conversation: str) -> Any:
    async with store.database.reading() as db:
        query = select(*ConversationRow.__table__.columns)
        return (await db.execute(query.where(ConversationRow.id == conversation))).one()


async def waiting_turn(store: Store, conversation: str) -> tuple[Work, Any]:
    """A turn that a consumer is answering."""
    await write(store, conversation, "chama alguém")
    async with store.database.writing() as db:
        await db.execute(text("UPDATE messages SET state = 'pending' WHERE sender = 'user'"))
        await db.execute(update(ConversationRow).values(waiting=True))
    work = Work(store.database, str(ULID()), 10.0)
    turn = await work.claim(conversation)
    assert turn
    return work, turn


async def test_of_many_at_once_exactly_one_assumes(store: Store, url: str) -> None:
    await hand_over(store, await begin(store))
    other = store if url.startswith("sqlite") else Store(url)
    gateways = [Handoffs(store.database), Handoffs(other.database)]
    agents = [Agent(f"slack:T:{n}", f"N{n}") for n in range(12)]
    tries = [gateways[n % 2].change(CASE, ACTIONS.assume(one)) for n, one in enumerate(agents)]
    async with asyncio.timeout(SECONDS):
        found = await asyncio.gather(*tries, return_exceptions=True)
    refused = [one for one in found if isinstance(one, Refused)]
    assert len(refused) == len(agents) - 1, found
    assert await kinds(store) == ["opened", "assumed"]
    if other is not store:
        await other.stop()


async def test_nobody_waits_for_ever_whoever_comes_first(store: Store) -> None:
    """Answers, agents, reminders and erasures lock the conversation first: no deadlock."""
    conversation = await begin(store)
    await hand_over(store, conversation)
    handoffs = Handoffs(store.database)

    async def assume(agent: Agent) -> None:
        for _ in range(8):
            for decision in (ACTIONS.assume(agent), ACTIONS.pass_on(agent), ACTIONS.end(agent, "")):
                with suppress(Refused):
                    await handoffs.change(CASE, decision)

    async def open_again() -> None:
        for n in range(20):
            await tell(store, conversation, f"m{n}")
            await hand_over(store, conversation)

    async def remind() -> None:
        for _ in range(10):
            await handoffs.person_is_asked(conversation, now())
            await handoffs.change(CASE, ACTIONS.raise_again(now()))

    async with asyncio.timeout(SECONDS):
        await asyncio.gather(
            assume(ANA), assume(RUI), remind(), remind(), open_again(), open_again()
        )
        await Erasures(store.database).erase(conversation, "asked", [])
    assert await handoffs.find(CASE) is None


async def test_events_are_numbered_without_a_gap(store: Store) -> None:
    await hand_over(store, await begin(store))
    changes = (change(store, kind="relabelled", state="waiting", reason=str(n)) for n in range(9))
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*changes)
    events = await Handoffs(store.database).events(CASE, 0)
    assert [event.n for event in events] == list(range(1, 11))
    assert {event.reason for event in events[1:]} == {str(n) for n in range(9)}


async def test_an_event_stands_after_what_is_said_of_it(store: Store) -> None:
    conversation = await begin(store)
    last = await write(store, conversation, "oi", "chama alguém")
    await hand_over(store, conversation)
    await change(store, kind="assumed", state="person", who=ANA, said=[Reply("system", "Ana")])
    events = await Handoffs(store.database).events(CASE, 0)
    assert [event.after_seq for event in events] == [last, last + 1]
    assert (events[1].who, events[1].state) == (ANA, "person")


async def test_a_case_is_opened_once_and_reopened_after_its_end(store: Store) -> None:
    conversation = await begin(store)
    assert await hand_over(store, conversation)
    assert not await hand_over(store, conversation)
    await change(store, kind="closed", state="closed", who=ANA)
    assert await hand_over(store, conversation)
    assert await kinds(store) == ["opened", "closed", "reopened"]
    assert (await row_of(store, conversation)).holder == "waiting"


async def test_a_newer_case_ends_the_older_one(store: Store) -> None:
    conversation = await begin(store)
    await hand_over(store, conversation)
    await hand_over(store, conversation, CASE + 1)
    events = await Handoffs(store.database).events(CASE, 0)
    assert [event.kind for event in events] == ["opened", "closed"]
    assert (events[1].who, events[1].reason) == (None, f"continua em {CASE + 1}")
    row = await row_of(store, conversation)
    assert (row.holder, row.case_number) == ("waiting", CASE + 1)
    with pytest.raises(Refused):
        await Handoffs(store.database).change(CASE, ACTIONS.assume(ANA))


async def test_a_sink_configured_since_hears_from_the_reopening_on(store: Store) -> None:
    conversation = await begin(store)
    await hand_over(store, conversation, places=())
    await change(store, kind="closed", state="closed", who=ANA)
    await hand_over(store, conversation)
    await change(store, kind="closed", state="closed", who=ANA)
    await hand_over(store, conversation)
    deliveries = Deliveries(store.database, str(ULID()), 10.0)
    (id,) = await deliveries.ready(["slack"], 10)
    found = await deliveries.get(id)
    assert found
    assert found.seen_event == 2


async def test_a_case_of_another_conversation_is_left_alone(store: Store) -> None:
    await hand_over(store, await begin(store))
    other = await begin(store)
    assert not await hand_over(store, other)
    assert (await row_of(store, other)).holder == "assistant"


async def test_a_reminder_that_says_nothing_keeps_no_conversation_alive(store: Store) -> None:
    conversation = await begin(store)
    await hand_over(store, conversation)
    before = await row_of(store, conversation)
    after = await change(store, kind="raised", state="waiting")
    assert await row_of(store, conversation) == before
    assert after.raised == 1


async def test_since_when_it_waits_outlives_reminders(store: Store) -> None:
    await hand_over(store, await begin(store))
    first = await Handoffs(store.database).find(CASE)
    raised = await change(store, kind="raised", state="waiting")
    taken = await change(store, kind="assumed", state="person", who=ANA)
    assert first
    assert raised.changed_at == first.changed_at < taken.changed_at


async def test_a_correction_does_not_begin_the_reminders_anew(store: Store) -> None:
    await hand_over(store, await begin(store))
    await change(store, kind="raised", state="waiting")
    assert (await change(store, kind="relabelled", state="waiting", who=ANA)).raised == 1
    assert (await change(store, kind="assumed", state="person", who=ANA)).raised == 0


async def test_times_of_another_zone_are_stored_as_the_same_time(store: Store) -> None:
    conversation = await begin(store)
    there = datetime(2026, 11, 30, 8, 15, tzinfo=timezone(timedelta(hours=-3)))
    await hand_over(store, conversation, due_at=there)
    handoffs = Handoffs(store.database)
    found = await handoffs.find(CASE)
    assert found
    assert found.due_at == there
    assert await handoffs.due(datetime(2026, 11, 30, 11, 14, tzinfo=UTC)) == []
    assert await handoffs.due(datetime(2026, 11, 30, 11, 15, tzinfo=UTC)) == [CASE]


async def test_what_the_assistant_says_too_late_is_not_said(store: Store) -> None:
    """Somebody assumed while Rasa was still thinking."""
    conversation = await begin(store)
    await hand_over(store, conversation)
    work, turn = await waiting_turn(store, conversation)
    await change(store, kind="assumed", state="person", who=ANA)
    assert await work.unanswered(10) == []
    assert not await work.fall_back([(turn, [Reply("system", "demora")])])
    opening = Opening(CASE + 1, said=[Reply("system", "x")], destinations=[place(CASE + 1)])
    assert await work.answer(turn, [Reply("assistant", "tarde")], None, opening) is None
    page = await store.history.page(conversation, 0)
    assert page
    assert [(one.sender, one.state) for one in page.messages] == [("user", "done")]
    assert (page.held.by, page.held.name, page.held.case) == ("person", "Ana", CASE)
    assert await Handoffs(store.database).find(CASE + 1) is None


async def test_the_same_answer_opens_the_case_with_it(store: Store) -> None:
    conversation = await begin(store)
    work, turn = await waiting_turn(store, conversation)
    two = [Destination("slack", "a"), Destination("email", "b", {"to": "x"})]
    opening = Opening(CASE, said=[Reply("system", "A equipe foi avisada")], destinations=two)
    await work.answer(turn, [Reply("assistant", "Registrei", {"case": CASE})], None, opening)
    page = await store.history.page(conversation, 0)
    assert page
    assert [one.sender for one in page.messages] == ["user", "assistant", "system"]
    assert page.held.by == "waiting"
    deliveries = Deliveries(store.database, str(ULID()), 10.0)
    assert len(await deliveries.ready(["slack", "email"], 10)) == 2
    assert len(await deliveries.ready(["email"], 10)) == 1


async def test_a_person_who_is_asked_has_a_deadline(store: Store) -> None:
    conversation = await begin(store)
    await hand_over(store, conversation)
    handoffs, first = Handoffs(store.database), now()
    await handoffs.person_is_asked(conversation, first)
    assert (await handoffs.find(CASE)).due_at is None  # type: ignore[union-attr]
    await change(store, kind="assumed", state="person", who=ANA)
    await handoffs.person_is_asked(conversation, first)
    await handoffs.person_is_asked(conversation, first + timedelta(hours=1))
    assert (await handoffs.find(CASE)).due_at == first  # type: ignore[union-attr]


async def test_what_was_erased_is_unknown(store: Store) -> None:
    conversation = await begin(store)
    await hand_over(store, conversation)
    await change(store, kind="assumed", state="person", who=ANA, said=[Reply("system", "Ana")])
    assert await Erasures(store.database).erase(conversation, "asked", [])
    with pytest.raises(UnknownCase):
        await Handoffs(store.database).change(CASE, ACTIONS.assume(ANA))
    assert await Deliveries(store.database, str(ULID()), 9.0).ready(["slack"], 10) == []
