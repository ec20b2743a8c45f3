"""The gateway asks the pair that the file of workers names, from the next turn on."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fake_rasa import FakeRasa, answered, echo
from visitor import Visitor, arrive

from gateway.app import create_app
from gateway.settings import Settings
from gateway.workers import Pair, Workers

OLD, NEW = "http://127.0.0.1:5005", "http://127.0.0.1:6006"


def write(file: Path, url: str = NEW, **more: Any) -> None:
    part = file.with_suffix(".part")
    part.write_text(json.dumps({"rasa_url": url, "actions_url": url, **more}))
    part.replace(file)


class Two:
    """Two Rasas, told apart by their address."""

    def __init__(self) -> None:
        self.old = FakeRasa(answer=lambda call: self._said("2026-11-29.1", "m1", call))
        self.new = FakeRasa(answer=lambda call: self._said("2026-11-29.2", "m2", call))

    @staticmethod
    def _said(version: str, model: str, call: dict[str, Any]) -> Any:
        return answered(echo(call), version=version, model=model)

    def transport(self) -> httpx.MockTransport:
        async def handle(request: httpx.Request) -> httpx.Response:
            rasa = self.new if str(request.url).startswith(NEW) else self.old
            return await rasa.transport().handle_async_request(request)

        return httpx.MockTransport(handle)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write(tmp_path / "workers.json", OLD, version="2026-11-29.1")
    return tmp_path / "workers.json"


@pytest.fixture
def settings(settings: Settings, file: Path) -> Settings:
    return replace(settings, workers_file=file)


@pytest.fixture
def two() -> Two:
    return Two()


@pytest_asyncio.fixture
async def ana(settings: Settings, two: Two) -> Any:
    made = create_app(settings, two.transport())
    async with made.router.lifespan_context(made):
        transport = httpx.ASGITransport(made)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield await arrive(client)


def test_without_a_file_it_is_always_the_same_pair() -> None:
    fixed = Pair(rasa_url=OLD, actions_url=OLD)
    assert Workers(None, fixed).current() == fixed


def test_the_file_is_read_again_when_it_changes(file: Path) -> None:
    workers = [Workers(file, Pair(rasa_url="x", actions_url="x")) for _ in range(2)]
    assert {one.current().rasa_url for one in workers} == {OLD}
    write(file, NEW, version="2026-11-29.2", knowledge="/somewhere")
    assert {one.current().rasa_url for one in workers} == {NEW}
    assert workers[0].current().knowledge == Path("/somewhere")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"rasa_url": 3}', None])
def test_a_broken_or_missing_file_leaves_the_pair_as_it_was(
    file: Path, content: str | None
) -> None:
    workers = Workers(file, Pair(rasa_url="x", actions_url="x"))
    workers.current()
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
    assert workers.current().rasa_url == OLD
    write(file, NEW)
    assert workers.current().rasa_url == NEW


async def test_the_next_turn_goes_to_the_new_pair_and_each_answer_says_which(
    ana: Visitor, two: Two, file: Path, tmp_path: Path
) -> None:
    await ana.say("um")
    write(file, NEW, version="2026-11-29.2")
    await ana.say("dois")
    assert (two.old.texts, two.new.texts) == (["um"], ["dois"])
    with sqlite3.connect(tmp_path / "gateway.db") as db:
        query = "SELECT sender, version, model FROM messages ORDER BY seq"
        stamped = db.execute(query).fetchall()
    assert stamped == [
        ("user", None, None),
        ("assistant", "2026-11-29.1", "m1"),
        ("user", None, None),
        ("assistant", "2026-11-29.2", "m2"),
    ]


async def test_the_export_says_which_version_answered(ana: Visitor) -> None:
    await ana.say("um")
    found = (await ana.http.get("/api/v1/me/export", headers=ana.headers)).json()
    versions = [(row["sender"], row["version"], row["model"]) for row in found["messages"]]
    assert versions == [("user", None, None), ("assistant", "2026-11-29.1", "m1")]


async def test_a_turn_under_way_ends_where_it_began(ana: Visitor, two: Two, file: Path) -> None:
    two.old.delay = 0.2
    first = asyncio.create_task(ana.say("um"))
    while not two.old.asked:
        await asyncio.sleep(0.01)
    write(file, NEW, version="2026-11-29.2")
    await first
    await ana.say("dois")
    assert two.old.finished == ["um"]
    assert (two.old.texts, two.new.texts) == (["um"], ["dois"])


async def test_readiness_names_the_version_and_asks_the_new_pair(
    ana: Visitor, two: Two, file: Path
) -> None:
    two.old.answer = 503
    write(file, NEW, version="2026-11-29.2")
    found = await ana.http.get("/readyz")
    assert found.status_code == 200
    assert found.json()["version"] == "2026-11-29.2"


async def test_erasure_goes_to_the_new_pair(ana: Visitor, two: Two, file: Path) -> None:
    await ana.say("um")
    write(file, NEW)
    two.old.trackers[ana.conversation] = two.new.trackers[ana.conversation] = [{"event": "user"}]
    await ana.http.delete("/api/v1/me", headers=ana.headers)
    async with asyncio.timeout(5):
        while ana.conversation in two.new.trackers:
            await asyncio.sleep(0.01)
    assert ana.conversation in two.old.trackers
