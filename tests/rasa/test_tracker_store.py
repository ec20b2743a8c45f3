"""The strict store on SQLite and PostgreSQL: it refuses, raises and mends."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from rasa.shared.core.events import SlotSet

from rasa_components.stores import rows
from rasa_components.stores.tracker import OddSender, StaleTracker
from tests.rasa.conftest import run_sql
from tests.rasa.talking import FIRST, SECOND, SENDER, THIRD, start, texts, told, turn

ODD = ["a\ud800b", "a\0b", "\ud800", "", "x" * 256, "a\nb", None, 5]


# What Rasa 3.6.21's own store ends the process with.


@pytest.mark.parametrize("sender", ODD, ids=ascii)
async def test_an_odd_id_is_refused_before_the_database(store, sender):
    for work in (
        store.retrieve(sender),
        store.retrieve_full_tracker(sender),
        store.delete(sender),
        store.export(sender),
        store.answers(sender, FIRST),
    ):
        with pytest.raises(OddSender):
            await work
    with pytest.raises(OddSender):
        await store.save(store.init_tracker(sender))


BROKEN = {
    "broken JSON": '{"event": "user", "te',
    "no JSON": "",
    "null": None,
    "a number": "5",
    "a list": "[]",
    "no event": '{"text": "oi"}',
    "unknown event": '{"event": "from_the_future", "timestamp": 1.0}',
    "user without text": '{"event": "user", "timestamp": 1.0}',
    "another event": '{"event": "slot", "timestamp": 1.0, "value": 5}',
}


async def corrupt(store, url, data, type_name="user", number=1):
    """Put `data` into the newest row but `number` of that type; return the row's id."""
    query = f"SELECT id FROM events WHERE type_name = '{type_name}' ORDER BY id DESC"
    row = run_sql(url, query)[number][0]
    run_sql(url, "UPDATE events SET data = :data WHERE id = :id", data=data, id=row)
    return row


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
async def test_a_faulty_row_takes_the_conversation_back_to_the_turn_before(store, url, data):
    for number, text in ((FIRST, "um"), (SECOND, "dois"), (THIRD, "três")):
        await turn(store, number, text, "certo", situation=text)
    row = await corrupt(store, url, data)
    tracker = await store.retrieve(SENDER)
    assert texts(tracker) == ["um"]
    assert tracker.get_slot("situation") == "um"
    assert tracker.latest_action_name == "action_listen"
    kept = run_sql(url, "SELECT event_id, data, reason, set_aside_at FROM events_aside ORDER BY id")
    assert (row, data) in [(k.event_id, k.data) for k in kept]
    assert len(kept) == 10  # two turns of five events
    assert all(k.reason and abs(k.set_aside_at - time.time()) < 60 for k in kept)


async def test_the_conversation_goes_on_after_it_was_mended(store, url):
    await turn(store, FIRST, "um", "certo")
    await turn(store, SECOND, "dois", "certo")
    await corrupt(store, url, "{", number=0)
    await turn(store, THIRD, "três", "certo")
    assert texts(await store.retrieve(SENDER)) == ["um", "três"]


@pytest.mark.parametrize("type_name", ["session_started", "user"])
async def test_without_a_whole_turn_before_it_the_conversation_starts_anew(store, url, type_name):
    await turn(store, FIRST, "um", "certo")
    run_sql(url, "DELETE FROM events WHERE action_name = 'action_listen'")
    await corrupt(store, url, "{", type_name, number=0)
    assert await store.retrieve(SENDER) is None
    assert run_sql(url, "SELECT count(*) FROM events")[0][0] == 0
    await turn(store, SECOND, "dois", "certo")
    assert texts(await store.retrieve(SENDER)) == ["dois"]


async def test_other_conversations_are_left_alone(store, url):
    await turn(store, FIRST, "um", "certo")
    run_sql(url, "INSERT INTO events (id, sender_id, type_name, data) VALUES (99, 'x', 'y', '{')")
    assert texts(await store.retrieve(SENDER)) == ["um"]
    assert run_sql(url, "SELECT count(*) FROM events_aside")[0][0] == 0


async def test_the_user_is_told_once_and_again_where_the_same_message_is_repeated(store, url):
    await turn(store, FIRST, "um", "certo")
    assert not (await told(store, FIRST)).lost
    await corrupt(store, url, "{", number=0)
    await store.retrieve(SENDER)
    assert (await told(store, SECOND)).lost
    assert not (await told(store, THIRD)).lost
    assert (await told(store, SECOND)).lost


# What a turn was answered, and what it left.


async def test_a_turn_that_is_stored_gives_its_answers(store):
    await turn(store, FIRST, "um", "certo", "mais")
    await turn(store, SECOND, "dois")
    await turn(store, THIRD, "três", "depois")
    assert [m["text"] for m in await store.answers(SENDER, FIRST)] == ["certo", "mais"]
    assert (await store.answers(SENDER, FIRST))[0]["buttons"][0]["title"] == "Sim"
    assert await store.answers(SENDER, SECOND) == []
    assert await store.answers(SENDER, SENDER) is None
    assert await store.answers(FIRST, FIRST) is None


async def test_a_turn_run_again_is_answered_by_its_last_run(store):
    await turn(store, FIRST, "um")
    await turn(store, FIRST, "um", "certo")
    assert [m["text"] for m in await store.answers(SENDER, FIRST)] == ["certo"]


async def test_an_unreadable_answer_counts_as_none(store, url):
    await turn(store, FIRST, "um", "certo")
    await corrupt(store, url, "{", "bot", number=0)
    assert await store.answers(SENDER, FIRST) == []


async def test_no_text_can_pass_for_a_message_id(store):
    await turn(store, FIRST, f'"message_id": "{SECOND}"', f'"message_id": "{SECOND}"')
    assert await store.answers(SENDER, SECOND) is None


async def test_slots_are_those_of_the_last_turn(store):
    assert (await told(store, SECOND, ["situation"])).slots == {"situation": None}
    await turn(store, FIRST, "um", situation="slowness", check="rede")
    await turn(store, SECOND, "dois", check="cache")
    names = ["situation", "check", "case"]
    expected = {"situation": "slowness", "check": "cache", "case": None}
    assert (await told(store, SECOND, names)).slots == expected


async def test_slots_of_an_older_session_count_where_they_were_carried_over(store):
    tracker = await turn(store, FIRST, "um", situation="slowness", check="rede")
    start(tracker)
    tracker.update(SlotSet("situation", "slowness"))
    await store.save(tracker)
    expected = {"situation": "slowness", "check": None}
    assert (await told(store, SECOND, ["situation", "check"])).slots == expected


async def test_a_clock_set_back_hides_no_event(store, url):
    await turn(store, FIRST, "um", "certo")
    later = time.time() + 3600
    run_sql(url, "UPDATE events SET timestamp = :t WHERE type_name = 'session_started'", t=later)
    await turn(store, SECOND, "dois", "certo")
    assert texts(await store.retrieve(SENDER)) == ["um", "dois"]


async def test_a_long_conversation_is_asked_by_an_index(store, url):
    await turn(store, FIRST, "um " * 300, "certo")
    copy = "INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data) "
    copy += "SELECT sender_id, type_name, timestamp, intent_name, action_name, "
    copy += "replace(data, :first, 'another') FROM events WHERE data LIKE '%user%'"
    for _ in range(10):
        run_sql(url, copy, first=FIRST)
    assert await store.answers(SENDER, SECOND) is None
    plan = "EXPLAIN QUERY PLAN " if url.startswith("sqlite") else "EXPLAIN "
    found = str(run_sql(url, f"{plan}SELECT id FROM events WHERE sender_id = 'x' ORDER BY id DESC"))
    assert "ix_events_sender_id" in found or "Index Scan" in found


async def test_two_writers_of_one_conversation_do_not_both_succeed(store, monkeypatch):
    await turn(store, FIRST, "um", "certo")
    read = rows.newest_row

    def read_slowly(*arguments):
        newest = read(*arguments)
        time.sleep(0.1)  # long enough for the other to read the same, unless one has to wait
        return newest

    monkeypatch.setattr(rows, "newest_row", read_slowly)
    mine, other = await store.retrieve(SENDER), await store.retrieve(SENDER)
    mine.update(SlotSet("check", "a"))
    other.update(SlotSet("check", "b"))
    results = await asyncio.gather(store.save(mine), store.save(other), return_exceptions=True)
    assert sorted(type(r) for r in results if r) == [StaleTracker]
    assert len((await store.retrieve(SENDER)).events) == len(mine.events)


async def test_a_tracker_may_be_saved_twice(store):
    tracker = await turn(store, FIRST, "um", "certo")
    tracker.update(SlotSet("check", "a"))
    await store.save(tracker)
    assert len((await store.retrieve(SENDER)).events) == len(tracker.events) - 1


# Privacy.


async def test_export_and_delete_reach_all_sessions_and_what_was_set_aside(store, url):
    tracker = await turn(store, FIRST, "um", "certo")
    start(tracker)
    await store.save(tracker)
    await turn(store, SECOND, "dois", "certo")
    await corrupt(store, url, "{", number=0)
    await store.retrieve(SENDER)
    events = await store.export(SENDER)
    assert [e["text"] for e in events if e["event"] == "user"] == ["um"]
    assert "{" in [e["data"] for e in events if e["event"] == "set_aside"]
    json.dumps(events)
    await store.delete(SENDER)
    assert await store.export(SENDER) == []
    assert run_sql(url, "SELECT count(*) FROM events_aside")[0][0] == 0
    await store.delete(SENDER)


async def test_export_gives_a_row_that_cannot_be_read_as_it_is(store, url):
    await turn(store, FIRST, "um", "certo")
    await corrupt(store, url, "{", number=0)
    assert {"event": "unreadable", "data": "{"} in await store.export(SENDER)
