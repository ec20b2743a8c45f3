"""What is kept about me: seen, taken along, judged, erased at my wish."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fake_rasa import FakeRasa, answered
from fastapi import FastAPI
from sqlalchemy import func, insert, select
from ulid import ULID
from visitor import Visitor, until_true

from assistant.cases import CaseStore
from gateway.review.deciding import Deciding
from gateway.settings import Pace, Settings
from gateway.store.engine import Database
from gateway.store.handoffs import Handoffs, open_case
from gateway.store.labels import Labels
from gateway.store.tables import Base, ErasureRow, MessageRow, now
from gateway.store.values import Agent, Change, Destination, Opening

pytestmark = pytest.mark.asyncio

ME, EXPORT = "/api/v1/me", "/api/v1/me/export"
SENTINEL = "sentinela-7f3a"
STRANGER = "equipe@exemplo.com.br"


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.services.store.database
    return found


@pytest.fixture
def cases(settings: Settings) -> CaseStore:
    return CaseStore(settings.access.cases_url)


@pytest.fixture
async def ana(ana: Visitor, rasa: FakeRasa, cases: CaseStore, database: Database) -> Visitor:
    """Someone of whom something is kept everywhere."""
    button = {"title": f"{SENTINEL} opção", "payload": f'/choose{{"option": "{SENTINEL}"}}'}
    said = [{"text": f"{SENTINEL} resposta", "buttons": [button], "custom": {"copy": "x"}}]
    events = [{"kind": "started", "situation": "slowness"}]
    heard = {"intent": "slowness", "confidence": 0.5, "understanding": "sure", "events": events}
    rasa.answer = answered(said, heard=heard)
    await ana.say(f"{SENTINEL} pergunta", page=f"{SENTINEL} página")
    judged = {"helpful": False, "reason": f"{SENTINEL} motivo"}
    await ana.http.put("/api/v1/messages/2/feedback", headers=ana.headers, json=judged)
    rasa.trackers[ana.conversation] = [{"event": "user", "text": f"{SENTINEL} rastro"}]
    cases.open(f"{ana.conversation}:1", ana.conversation, [f"{SENTINEL} ficha"], {"a": SENTINEL})
    await hand_over(ana, database)
    async with database.reading() as db:
        asked = str(await db.scalar(select(MessageRow.id).where(MessageRow.seq == 1)))
    await Deciding(database).decide({asked: 0}, "example", "bia", "slowness")
    return ana


async def hand_over(visitor: Visitor, database: Database) -> None:
    """Let the case wait for the team, somebody of which noted something about it."""
    place = Destination("email", f"1 {STRANGER}", {"to": STRANGER})
    async with database.writing() as db:
        await open_case(db, visitor.conversation, Opening(1, destinations=[place]), 2)
    agent = Agent("slack:T1:U1", "Rui da equipe")
    note = Change("relabelled", "waiting", agent, reason=f"{SENTINEL} anotação")
    await Handoffs(database).change(1, lambda _: note)
    labels = Labels(database)
    await labels.add(visitor.conversation, f"{SENTINEL} exemplo", None, "slowness", agent.id)


def files_with(text: str, folder: Path) -> Iterator[str]:
    """Return the tables of the database files in `folder` that hold `text`."""
    for file in folder.glob("*.db"):
        with sqlite3.connect(file) as db:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
                if text in str(db.execute(f'SELECT * FROM "{name}"').fetchall()):
                    yield f"{file.name}: {name}"


async def erase(visitor: Visitor) -> httpx.Response:
    return await visitor.http.delete(ME, headers=visitor.headers)


async def finish(app: FastAPI, after: timedelta = timedelta(hours=1)) -> int:
    """Do the job's round as of some time from now; return how many erasures failed."""
    failed: int = await app.state.services.privacy.eraser.finish(now() + after)
    return failed


# Seen and taken along


async def test_about_me(ana: Visitor) -> None:
    about = (await ana.http.get(ME, headers=ana.headers)).json()
    assert about.pop("since").endswith("Z")
    assert about == {
        "messages": 2,
        "cases": 1,
        "feedback": 1,
        "retention_days": 90,
        "identified": False,
    }


async def test_about_me_before_anything_was_said(bia: Visitor) -> None:
    about = (await bia.http.get(ME, headers=bia.headers)).json()
    assert (about["messages"], about["cases"], about["feedback"]) == (0, 0, 0)


async def test_the_export_is_a_file_with_everything(ana: Visitor, tmp_path: Path) -> None:
    response = await ana.http.get(EXPORT, headers=ana.headers)
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    found = response.json()
    assert found["conversation"] == ana.conversation
    assert [row["text"] for row in found["messages"]] == [
        f"{SENTINEL} pergunta",
        f"{SENTINEL} resposta",
    ]
    kept = ("pergunta", "página", "resposta", "opção", "motivo", "rastro", "ficha", "anotação")
    for word in (*kept, "exemplo"):
        assert f"{SENTINEL} {word}" in response.text
    assert found["tracker"] == [{"event": "user", "text": f"{SENTINEL} rastro"}]
    assert (found["feedback"][0]["helpful"], len(found["cases"])) == (False, 1)
    # Whichever table knows something is in it.
    for place in files_with(SENTINEL, tmp_path):
        assert found[place.partition(": ")[2]], place


async def test_who_of_the_team_it_was_is_told_by_name_alone(ana: Visitor) -> None:
    response = await ana.http.get(EXPORT, headers=ana.headers)
    found = response.json()
    assert [event["who_name"] for event in found["handoff_events"]] == [None, "Rui da equipe"]
    assert [place["sink"] for place in found["deliveries"]] == ["email"]
    assert "slack:T1:U1" not in response.text
    assert STRANGER not in response.text


async def test_the_export_has_nothing_of_others(ana: Visitor, bia: Visitor) -> None:
    await bia.say("da Bia")
    text = (await bia.http.get(EXPORT, headers=bia.headers)).text
    assert SENTINEL not in text.replace(f"{SENTINEL} resposta", "").replace(f"{SENTINEL} opção", "")
    assert ana.conversation not in text


@pytest.mark.parametrize("answer", [503, httpx.ConnectError("x"), b"x"])
async def test_half_an_export_is_none(ana: Visitor, rasa: FakeRasa, answer: Any) -> None:
    if answer == b"x":
        rasa.trackers[ana.conversation] = None
    elif answer == 503:
        rasa._tracker = lambda *_: httpx.Response(503)  # type: ignore[method-assign]
    else:
        rasa.answer = answer
    response = await ana.http.get(EXPORT, headers=ana.headers)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert SENTINEL not in response.text


# Judging


async def test_a_judgement_is_kept_and_the_newest_counts(ana: Visitor) -> None:
    assert (await ana.history())[1]["feedback"] is False
    put = await ana.http.put(
        "/api/v1/messages/2/feedback", headers=ana.headers, json={"helpful": True}
    )
    assert put.status_code == 204
    assert (await ana.history())[1]["feedback"] is True
    kept = (await ana.http.get(EXPORT, headers=ana.headers)).json()["feedback"]
    assert [(row["helpful"], row["reason"]) for row in kept] == [(True, None)]


@pytest.mark.parametrize(("seq", "status"), [(1, 404), (3, 404), (0, 422), (2**31, 422)])
async def test_only_the_assistants_messages_are_judged(ana: Visitor, seq: int, status: int) -> None:
    path = f"/api/v1/messages/{seq}/feedback"
    response = await ana.http.put(path, headers=ana.headers, json={"helpful": True})
    assert response.status_code == status


async def test_judgements_at_once_are_one(ana: Visitor) -> None:
    path = "/api/v1/messages/2/feedback"
    body = {"helpful": True, "reason": "ok\x00\u202e"}
    put = [ana.http.put(path, headers=ana.headers, json=body) for _ in range(5)]
    assert {response.status_code for response in await asyncio.gather(*put)} == {204}
    kept = (await ana.http.get(EXPORT, headers=ana.headers)).json()["feedback"]
    assert len(kept) == 1
    assert "\x00" not in kept[0]["reason"]


# Erasing


async def test_erasing_reaches_everything(
    app: FastAPI, ana: Visitor, rasa: FakeRasa, cases: CaseStore, tmp_path: Path
) -> None:
    assert len(list(files_with(SENTINEL, tmp_path))) >= 4
    response = await erase(ana)
    assert (response.status_code, response.json()) == (202, {"erased": True, "pending": []})
    assert list(files_with(SENTINEL, tmp_path)) == []
    # All that still knows the conversation's id is the list of what was erased.
    assert list(files_with(ana.conversation, tmp_path)) == ["gateway.db: erasures"]
    assert rasa.trackers == {}


async def test_a_case_keeps_its_number_alone(ana: Visitor, cases: CaseStore) -> None:
    await erase(ana)
    case = cases.get(1)
    assert case is not None
    assert (case["conversation"], case["sheet"], case["facts"]) == ("", [""], {})
    assert case["opened_at"]
    assert cases.open("other", "c", [], {}) == 2


def _of_a_person() -> list[str]:
    personal = {"conversation_id", "visitor_id"}
    return [
        table.name
        for table in Base.metadata.sorted_tables
        if table.name == "visitors" or personal & set(table.c.keys())
    ]


async def test_no_table_is_forgotten(ana: Visitor, database: Database) -> None:
    tables = [Base.metadata.tables[name] for name in _of_a_person() if name != "erasures"]
    assert len(tables) >= 6

    async def rows() -> dict[str, int]:
        async with database.reading() as db:
            counts = {t.name: await db.scalar(select(func.count()).select_from(t)) for t in tables}
        return {name: count or 0 for name, count in counts.items()}

    # A table that is empty here would be taken for erased: this has to fill each new one.
    assert all((await rows()).values()), "a table of people that these tests put nothing into"
    await erase(ana)
    assert not any((await rows()).values())


async def test_old_tokens_open_nothing(ana: Visitor) -> None:
    await erase(ana)
    assert (await ana.http.get("/api/v1/messages", headers=ana.headers)).status_code == 401
    assert (await ana.post({"id": str(uuid4()), "text": "oi"})).status_code == 401
    assert (await erase(ana)).status_code == 401
    renewed = await ana.http.post("/api/v1/sessions/renew", json={"renewal": ana.renewal})
    assert renewed.status_code == 401


class TestStreams:
    """Told at once, not when the hub next looks into the store."""

    @pytest.fixture
    def pace(self, pace: Pace) -> Pace:
        return replace(pace, poll=60.0, follow=60.0)

    async def test_open_streams_are_told(self, ana: Visitor) -> None:
        async with ana.listen(after=2) as ear:
            await ear.next("working")
            await erase(ana)
            assert [event.kind for event in await ear.rest()][-1] == "erased"


async def test_others_are_not_touched(ana: Visitor, bia: Visitor, rasa: FakeRasa) -> None:
    await bia.say("da Bia")
    rasa.trackers[bia.conversation] = [{"event": "user"}]
    await erase(ana)
    assert (await bia.history())[0]["text"] == "da Bia"
    assert list(rasa.trackers) == [bia.conversation]


class TestTurnUnderWay:
    """Rasa and the action server store what they have at the end of the turn."""

    @pytest.fixture
    def pace(self, pace: Pace) -> Pace:
        return replace(pace, turn=30.0, fallback=30.0)

    @pytest.fixture
    def ending(self, ana: Visitor, rasa: FakeRasa, cases: CaseStore) -> asyncio.Event:
        """Hold the next turn until this is set."""
        ending, answered = asyncio.Event(), rasa._turn

        async def held(call: dict[str, Any]) -> httpx.Response:
            rasa.at_once += 1
            await ending.wait()
            rasa.trackers[ana.conversation] = [{"event": "user", "text": SENTINEL}]
            cases.open(f"{ana.conversation}:2", ana.conversation, [SENTINEL], {})
            return await answered(call)

        rasa._turn = held  # type: ignore[method-assign]
        return ending

    async def test_it_cannot_write_it_back(
        self,
        app: FastAPI,
        ana: Visitor,
        rasa: FakeRasa,
        database: Database,
        ending: asyncio.Event,
        tmp_path: Path,
    ) -> None:
        await ana.send(f"{SENTINEL} em andamento")
        await until_true(lambda: rasa.at_once)
        assert (await erase(ana)).json()["pending"] == []
        ending.set()
        await until_true(lambda: not app.state.services.engine._consumer._running)
        places = set(files_with(SENTINEL, tmp_path))
        assert places == {"cases.db: cases"}
        assert ana.conversation in rasa.trackers
        # What the turn left in other stores is gone after the job's next round.
        assert await finish(app, after=timedelta(seconds=1)) == 0
        assert list(files_with(SENTINEL, tmp_path)) == []
        assert rasa.trackers == {}
        # A turn may end later than that: it is looked after until none can.
        assert (await _erasures(database))[0][2:] == (["log", "tracker", "cases"], False)
        assert await finish(app) == 0
        assert (await _erasures(database))[0][2:] == ([], True)


async def test_a_message_that_arrives_while_erasing_is_refused_or_erased(
    ana: Visitor, tmp_path: Path
) -> None:
    sent = [ana.post({"id": str(uuid4()), "text": SENTINEL}) for _ in range(5)]
    *responses, erased = await asyncio.gather(*sent, erase(ana))
    assert erased.status_code == 202
    assert {response.status_code for response in responses} <= {202, 401}
    assert list(files_with(SENTINEL, tmp_path)) == []


async def test_erasing_twice_at_once_is_erasing_once(ana: Visitor, tmp_path: Path) -> None:
    both = await asyncio.gather(*(erase(ana) for _ in range(3)))
    assert {response.status_code for response in both} <= {202, 401}
    assert list(files_with(SENTINEL, tmp_path)) == []


# What could not be erased yet


async def test_what_is_down_is_erased_later(
    app: FastAPI, ana: Visitor, rasa: FakeRasa, database: Database, tmp_path: Path
) -> None:
    rasa.answer = httpx.ConnectError("fora")
    response = await erase(ana)
    assert (response.status_code, response.json()["pending"]) == (202, ["tracker"])
    assert list(files_with(SENTINEL, tmp_path)) == []
    assert await finish(app) == 1
    assert await _erasures(database) == [(ana.conversation, "asked", ["tracker"], False)]
    rasa.answer = []
    assert await finish(app) == 0
    assert rasa.trackers == {}
    assert await _erasures(database) == [(ana.conversation, "asked", [], True)]


async def test_cases_that_are_locked_are_erased_later(
    app: FastAPI, ana: Visitor, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = sqlite3.connect(tmp_path / "cases.db")
    lock.execute("BEGIN IMMEDIATE")
    with monkeypatch.context() as impatient:
        impatient.setattr("gateway.privacy.cases.STORE_SECONDS", 0.05)
        assert (await erase(ana)).json()["pending"] == ["cases"]
    lock.close()
    assert await finish(app) == 0
    assert list(files_with(SENTINEL, tmp_path)) == []


async def test_many_are_finished_though_one_never_is(
    app: FastAPI, rasa: FakeRasa, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.privacy.eraser.BATCH", 3)
    ids = [str(ULID()) for _ in range(10)]
    async with database.writing() as db:
        rows = [{"conversation_id": id, "reason": "asked", "left": ["tracker"]} for id in ids]
        await db.execute(insert(ErasureRow), rows)
    refused = min(ids)
    plain = rasa._tracker
    rasa._tracker = lambda method, id: (  # type: ignore[method-assign]
        httpx.Response(500) if id == refused else plain(method, id)
    )
    assert await finish(app) == 1
    left = [row for row in await _erasures(database) if not row[3]]
    assert [row[0] for row in left] == [refused]


async def _erasures(database: Database) -> list[tuple[str, str, list[str], bool]]:
    row = ErasureRow
    query = select(row.conversation_id, row.reason, row.left, row.done_at.is_not(None))
    async with database.reading() as db:
        return [(a, b, c, bool(d)) for a, b, c, d in await db.execute(query)]


async def test_the_log_has_ids_alone(
    app: FastAPI, ana: Visitor, rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="gateway"):
        await ana.http.get(EXPORT, headers=ana.headers)
        rasa.answer = httpx.ConnectError(SENTINEL)
        await erase(ana)
        await finish(app)
    assert ana.conversation in caplog.text
    assert SENTINEL not in caplog.text
    assert json.dumps(ana.token) not in caplog.text
