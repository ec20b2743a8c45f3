"""What is noted of each turn: with its answer or not at all, once, and gone with its person."""

from __future__ import annotations

from typing import Any

import pytest
from fake_rasa import FakeRasa, answered
from fastapi import FastAPI
from sqlalchemy import select
from visitor import Visitor

from gateway.store.engine import Database
from gateway.store.reading_tables import GuideEventRow, TurnRow

pytestmark = pytest.mark.asyncio

HEARD = {
    "intent": "slowness",
    "confidence": 0.8,
    "understanding": "torn",
    "trouble": "unsure",
    "candidates": ["slowness", "licenses"],
    "situation": "slowness",
    "version": "a1b2",
    "events": [
        {"kind": "started", "situation": "slowness", "value": "sure"},
        {"kind": "shown", "situation": "slowness", "check": "rede"},
        {"kind": "article", "situation": "slowness", "check": "rede", "value": "limpeza_cache"},
    ],
}
ARTICLES = [
    {"id": "limpeza_cache", "title": "Limpar o cache", "url": "https://w/1"},
    {"title": "Página de origem", "url": "https://w/2", "link": "source"},
]


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.services.store.database
    return found


@pytest.fixture(autouse=True)
def heard(rasa: FakeRasa) -> None:
    said = [{"text": "Veja:", "custom": {"articles": ARTICLES}}]
    rasa.answer = answered(said, heard=HEARD)


async def rows(database: Database, table: type[Any]) -> list[dict[str, Any]]:
    async with database.reading() as db:
        found = await db.execute(select(*table.__table__.columns))
        return [dict(row) for row in found.mappings()]


async def open_article(visitor: Visitor, seq: int, body: Any) -> int:
    path = f"/api/v1/messages/{seq}/opened"
    response = await visitor.http.post(path, headers=visitor.headers, json=body)
    return response.status_code


async def test_a_turn_and_its_events_are_kept(ana: Visitor, database: Database) -> None:
    await ana.say("tela branca")
    (turn,) = await rows(database, TurnRow)
    for name in ("intent", "confidence", "understanding", "trouble", "candidates", "version"):
        assert turn[name] == HEARD[name]
    assert turn["conversation_id"] == ana.conversation
    events = await rows(database, GuideEventRow)
    assert {event["message_id"] for event in events} == {turn["message_id"]}
    assert [(e["n"], e["kind"], e["check_id"], e["value"]) for e in events] == [
        (0, "started", None, "sure"),
        (1, "shown", "rede", None),
        (2, "article", "rede", "limpeza_cache"),
    ]
    assert {event["at"] for event in events} == {turn["at"]}


async def test_the_same_message_again_is_noted_once(ana: Visitor, database: Database) -> None:
    sent = await ana.send("tela branca", id="0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b11")
    await ana.answers(sent["seq"])
    await ana.say("tela branca", id="0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b11")
    assert len(await rows(database, TurnRow)) == 1


async def test_an_older_worker_says_nothing_of_it(
    ana: Visitor, rasa: FakeRasa, database: Database
) -> None:
    rasa.answer = [{"text": "Olá"}]
    assert (await ana.say("oi"))[0]["text"] == "Olá"
    assert await rows(database, TurnRow) == await rows(database, GuideEventRow) == []


@pytest.mark.parametrize("heard", [{"understanding": "x"}, {"intent": "x" * 65}, {"events": [{}]}])
async def test_what_is_no_account_of_a_turn_costs_nobody_the_answer(
    ana: Visitor,
    rasa: FakeRasa,
    database: Database,
    heard: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    rasa.answer = answered([{"text": "Olá"}], heard={**HEARD, **heard})
    assert (await ana.say("oi"))[0]["text"] == "Olá"
    assert await rows(database, TurnRow) == []
    assert "schema" in caplog.text


# Opened


async def test_an_opened_article_is_noted_once(ana: Visitor, database: Database) -> None:
    (answer,) = await ana.say("tela branca")
    assert answer["articles"][0]["id"] == "limpeza_cache"
    for _ in range(2):
        assert await open_article(ana, answer["seq"], {"article": 0}) == 204
    assert await open_article(ana, answer["seq"], {"article": 1.0}) == 204
    opened = [e for e in await rows(database, GuideEventRow) if e["kind"] == "opened"]
    assert [(e["n"], e["value"], e["situation"]) for e in opened] == [
        (0, "limpeza_cache", "slowness"),
        (1, "Página de origem", "slowness"),
    ]


@pytest.mark.parametrize(
    ("seq", "body", "status"),
    [
        (1, {"article": 0}, 404),
        (2, {"article": 2}, 404),
        (3, {"article": 0}, 404),
        (2, {"article": -1}, 422),
        (2, {"article": "0"}, 422),
        (2, {"article": 0.5}, 422),
        (2, {}, 422),
        (0, {"article": 0}, 422),
    ],
)
async def test_only_what_was_offered_can_be_opened(
    ana: Visitor, database: Database, seq: int, body: Any, status: int
) -> None:
    await ana.say("tela branca")
    assert await open_article(ana, seq, body) == status
    assert not [e for e in await rows(database, GuideEventRow) if e["kind"] == "opened"]


async def test_nobody_opens_articles_of_others(
    ana: Visitor, bia: Visitor, database: Database
) -> None:
    await ana.say("tela branca")
    assert await open_article(bia, 2, {"article": 0}) == 404
    response = await ana.http.post("/api/v1/messages/2/opened", json={"article": 0})
    assert response.status_code == 401


async def test_all_of_it_goes_with_the_person(
    ana: Visitor, bia: Visitor, database: Database
) -> None:
    for visitor in (ana, bia):
        (answer,) = await visitor.say("tela branca")
        await open_article(visitor, answer["seq"], {"article": 0})
    await ana.http.delete("/api/v1/me", headers=ana.headers)
    for table in (TurnRow, GuideEventRow):
        assert {row["conversation_id"] for row in await rows(database, table)} == {bia.conversation}
