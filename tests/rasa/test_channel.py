"""The private channel: each turn once, stored or refused aloud; the statuses it answers with."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rasa.core.lock_store import LockError, LockStore
from rasa.core.tracker_store import InMemoryTrackerStore

from rasa_components.channel import HISTORY_LOST, refuse_other_stores
from rasa_components.stores.tracker import NotStrict, StrictTrackerStore
from tests.rasa.serving import Client, FakeAgent, serving
from tests.rasa.talking import FIRST, SECOND, SENDER, THIRD

EVENTS = f"/conversations/{SENDER}"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "tracker.db"


@pytest.fixture
def agent(database: Path, domain) -> FakeAgent:
    return FakeAgent(StrictTrackerStore(host=f"sqlite:///{database}", domain=domain))


@pytest.fixture
async def rasa(agent: FakeAgent) -> AsyncIterator[Client]:
    async with serving(agent) as client:
        yield client


def sql(database: Path, statement: str) -> list[tuple]:
    with sqlite3.connect(database) as connection:
        return connection.execute(statement).fetchall()


async def test_a_turn_is_answered_and_stored(rasa):
    status, body = await rasa.say(SENDER, FIRST, "bom dia")
    assert status == 200
    assert body.pop("heard")["intent"] == "greet"
    said = {"text": "eco: bom dia", "buttons": [{"title": "Sim", "payload": "/a"}]}
    assert body == {
        "messages": [said],
        "guide": {"situation": "slowness", "check": "rede"},
        "stored": True,
        "repeated": False,
        "model": "a model",
        "version": None,
    }


async def test_a_repeated_message_gets_the_same_answer_without_a_run(rasa, agent):
    _, first = await rasa.say(SENDER, FIRST, "um")
    await rasa.say(SENDER, SECOND, "dois")
    status, again = await rasa.say(SENDER, FIRST, "um")
    assert (status, again) == (200, {**first, "repeated": True})
    assert agent.processor.run == [FIRST, SECOND]


async def test_the_same_message_twice_at_once_is_run_once(rasa, agent):
    both = await asyncio.gather(rasa.say(SENDER, FIRST), rasa.say(SENDER, FIRST))
    assert sorted(body["repeated"] for _, body in both) == [False, True]
    assert agent.processor.run == [FIRST]


async def test_what_was_heard_is_read_off_its_own_turn(rasa, agent, database):
    _, first = await rasa.say(SENDER, FIRST, "um")
    _, second = await rasa.say(SENDER, SECOND, "dois")
    assert (first["heard"]["situation"], first["heard"]["version"]) == ("slowness", "a model")
    _, again = await rasa.say(SENDER, FIRST, "um")
    assert again["heard"] == first["heard"]
    assert [turn["heard"]["intent"] for turn in (first, second)] == ["greet", "greet"]


async def test_a_turn_that_cannot_be_read_for_the_figures_is_answered(
    rasa, agent, database, monkeypatch, caplog
):
    def spoilt(**_found):
        raise KeyError("um texto de alguém")

    monkeypatch.setattr("rasa_components.heard.heard", spoilt)
    status, body = await rasa.say(SENDER, FIRST)
    assert (status, body["heard"], body["stored"]) == (200, None, True)
    assert "KeyError" in caplog.text and "alguém" not in caplog.text


async def test_a_turn_without_an_answer_is_run_again(rasa, agent, database):
    agent.processor.silent = 1
    status, body = await rasa.say(SENDER, FIRST)
    assert body.pop("heard")["events"] == []
    expected = {"messages": [], "guide": None, "stored": True, "repeated": False}
    expected |= {"model": "a model", "version": None}
    assert (status, body) == (200, expected)
    status, body = await rasa.say(SENDER, FIRST)
    assert body["messages"] and body["stored"] and not body["repeated"]
    status, body = await rasa.say(SENDER, FIRST)
    assert body["repeated"]
    assert agent.processor.run == [FIRST, FIRST]


async def test_a_turn_that_is_run_again_is_kept_once(rasa, agent, database):
    await rasa.say(SENDER, FIRST)
    agent.processor.silent = 2
    for _ in range(3):
        await rasa.say(SENDER, SECOND)
    kept = sql(database, "SELECT type_name FROM events WHERE type_name IN ('user', 'bot')")
    assert [name for (name,) in kept] == ["user", "bot", "user", "bot"]


async def test_a_turn_that_raises_is_a_500_and_can_be_run_again(rasa, agent):
    agent.processor.fails = [KeyError("um texto de alguém")]
    assert await rasa.say(SENDER, FIRST) == (500, {"detail": "KeyError"})
    status, body = await rasa.say(SENDER, FIRST)
    assert (status, body["repeated"]) == (200, False)


async def test_a_turn_that_rasa_did_not_store_is_said_to_be_unstored(rasa, agent):
    class Forgetful:
        async def handle_message(self, message):
            await message.output_channel.send_response("x", {"text": "oi"})

    agent.processor = Forgetful()
    _, body = await rasa.say(SENDER, FIRST)
    assert (body["stored"], body["messages"]) == (False, [{"text": "oi"}])


async def test_a_locked_database_is_a_503_and_nothing_is_kept_elsewhere(rasa, agent, database):
    await rasa.say(SENDER, FIRST)
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert await rasa.say(SENDER, SECOND) == (503, {"detail": "OperationalError"})
    holder.execute("ROLLBACK")
    status, body = await rasa.say(SENDER, SECOND)
    assert (status, body["stored"], body["repeated"]) == (200, True, False)
    assert isinstance(agent.tracker_store, StrictTrackerStore)


async def test_a_lock_that_is_not_to_be_had_is_a_503(agent):
    class Held(LockStore):
        @asynccontextmanager
        async def lock(self, *_arguments, **_more):
            raise LockError("held")
            yield

    agent.lock_store = Held()
    async with serving(agent) as rasa:
        assert await rasa.say(SENDER, FIRST) == (503, {"detail": "LockError"})
        assert (await rasa.ask("DELETE", EVENTS))[0] == 503


async def test_health_names_the_model(rasa, agent):
    assert await rasa.ask("GET", "/") == (200, {"status": "ok", "model": "a model"})


async def test_without_a_model_health_and_turns_are_503(rasa, agent):
    agent.processor = None
    assert await rasa.ask("GET", "/") == (503, {"status": "no model", "model": None})
    assert await rasa.say(SENDER, FIRST) == (503, {"detail": "NoModel"})


async def test_another_store_ends_the_start_and_answers_nothing(rasa, agent):
    agent.tracker_store = InMemoryTrackerStore(None)
    assert await rasa.say(SENDER, FIRST) == (503, {"detail": "NotStrict"})
    assert agent.processor.run == []
    with pytest.raises(NotStrict):
        async with serving(agent):
            pytest.fail("it serves")


async def test_the_store_is_checked_as_the_server_starts(agent):
    class App:
        ctx = type("Context", (), {"agent": agent})

    await refuse_other_stores(App, None)
    assert isinstance(agent.processor.tracker_store, StrictTrackerStore)


@pytest.mark.parametrize("kept", [0, 1])
async def test_lost_history_is_told_before_the_answer_once(rasa, agent, database, domain, kept):
    await rasa.say(SENDER, FIRST)
    await rasa.say(SENDER, SECOND)
    broken = "SELECT id FROM events WHERE type_name = 'user' ORDER BY id"
    number = sql(database, broken)[kept][0]
    sql(database, f"UPDATE events SET data = '{{' WHERE id = {number}")
    note = {"text": domain.responses[HISTORY_LOST][0]["text"]}
    status, body = await rasa.say(SENDER, THIRD)
    assert status == 200
    assert body["messages"][0] == note and len(body["messages"]) == 2
    _, repeated = await rasa.say(SENDER, THIRD)
    assert repeated["repeated"] and repeated["messages"] == body["messages"]
    _, later = await rasa.say(SENDER, "01J9ZK4T5V6W7X8Y9ZABCDEF03")
    assert note not in later["messages"]


async def test_a_conversation_is_exported_and_erased(rasa):
    await rasa.say(SENDER, FIRST, "um")
    status, body = await rasa.ask("GET", EVENTS)
    assert status == 200
    users = [e for e in body["events"] if e["event"] == "user"]
    assert [(e["text"], e["message_id"]) for e in users] == [("um", FIRST)]
    assert (await rasa.ask("DELETE", EVENTS))[0] == 204
    assert (await rasa.ask("GET", EVENTS))[0] == 404
    assert (await rasa.ask("DELETE", EVENTS))[0] == 204


async def test_erasing_waits_for_the_turn_under_way(rasa, agent):
    turn = asyncio.create_task(rasa.say(SENDER, FIRST))
    while not agent.processor.run:
        await asyncio.sleep(0)
    assert (await rasa.ask("DELETE", EVENTS))[0] == 204
    assert (await turn)[0] == 200
    assert (await rasa.ask("GET", EVENTS))[0] == 404


@pytest.mark.parametrize("sender", ["x", FIRST.lower(), FIRST + "A", "a%00b", "%ED%A0%80", "..%2f"])
async def test_only_our_ids_name_a_conversation(rasa, sender):
    for method in ("GET", "DELETE"):
        status, _ = await rasa.ask(method, f"/conversations/{sender}")
        assert status in (404, 422)


async def test_the_request_id_and_the_page_reach_the_tracker(rasa):
    metadata = {"page": "E-mail", "request_id": "req-0001", "other": 1}
    await rasa.say(SENDER, FIRST, metadata=metadata)
    message = {"sender": SENDER, "message": "oi", "message_id": SECOND, "metadata": 5}
    await rasa.ask("POST", "/webhook", json=message, headers={"X-Request-ID": "req-0002"})
    _, body = await rasa.ask("GET", EVENTS)
    kept = [e["metadata"] for e in body["events"] if e["event"] == "user"]
    assert kept == [{"page": "E-mail", "request_id": "req-0001"}, {"request_id": "req-0002"}]
