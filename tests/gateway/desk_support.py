"""What the tests of the desk share: an outlet in memory, conversations with a case, databases."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from fake_rasa import echo
from sqlalchemy import text
from visitor import Visitor, until

from assistant.cases import CaseStore
from gateway import team
from gateway.delivery.outlet import Item
from gateway.store import Store
from gateway.store.engine import sqlite_file
from gateway.store.handoffs import Handoffs, open_case
from gateway.store.messages import add_replies, add_user_message, advance
from gateway.store.people import People
from gateway.store.values import (
    Agent,
    Change,
    Delivery,
    Destination,
    Handoff,
    NewMessage,
    Opening,
    Reply,
)

SHEET = [
    "Situação: Lentidão (88 %)",
    "Relato: «está lento às vezes»",
    "Próximo passo sugerido: ver",
]
ANA, RUI = Agent("slack:T:ana", "Ana"), Agent("slack:T:rui", "Rui")
CASE = 12
HANDED = "Registrei o caso"
SINK = "slack"


def place(case: int) -> Destination:
    """Where a case goes in the outlet of these tests."""
    return Destination(SINK, f"C1 {case}", {"channel": "C1"})


@dataclass
class FakeOutlet:
    """Keeps what it is given; `faults` are raised first, one for each try."""

    sink: str = SINK
    faults: list[Any] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    tries: list[Item] = field(default_factory=list)
    delay: float = 0.0
    wanted: Callable[[Item], bool] = lambda item: True
    at_once: int = 0
    most_at_once: int = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def wants(self, delivery: Delivery, item: Item) -> bool:
        return self.wanted(item)

    async def deliver(self, delivery: Delivery, item: Item) -> dict[str, Any]:
        self.tries.append(item)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.delay)
            if self.faults and (fault := self.faults.pop(0)):
                raise fault
        finally:
            self.at_once -= 1
        self.got.append(said(item))
        return {"count": delivery.memory.get("count", 0) + 1}


def said(item: Item) -> str:
    """Return an item as a test reads it: "user: oi", "assumed"."""
    if item.event:
        return item.event.kind
    assert item.message
    return f"{item.message.sender}: {item.message.text}"


async def begin(store: Store) -> str:
    """Store somebody's conversation and return its id."""
    return (await People(store.database).open_anonymous()).conversation


async def write(store: Store, conversation: str, *texts: str) -> int:
    """Store messages of the user's that wait for nothing; return the last one's number."""
    last = 0
    for words in texts:
        new = NewMessage(str(uuid4()), words, words)
        async with store.database.writing() as db:
            last = await advance(db, conversation, 1) or 0
            await add_user_message(db, conversation, last, new)
            await db.execute(text("UPDATE messages SET state = 'done'"))
    return last


async def tell(store: Store, conversation: str, *texts: str) -> int:
    """Store messages of the assistant's."""
    async with store.database.writing() as db:
        last = await advance(db, conversation, len(texts)) or 0
        await add_replies(db, conversation, None, last, [Reply("assistant", one) for one in texts])
    return last


async def hand_over(
    store: Store,
    conversation: str,
    case: int = CASE,
    places: tuple[Destination, ...] | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Let a case of the conversation wait for the team."""
    found = (place(case),) if places is None else places
    opening = Opening(case, due_at=due_at, destinations=found, continues=f"continua em {case}")
    async with store.database.writing() as db:
        last = await advance(db, conversation, 0) or 0
        return await open_case(db, conversation, opening, last)


async def change(store: Store, case: int = CASE, **values: Any) -> Handoff:
    """Store a change of a case, whatever its state."""
    _, after = await Handoffs(store.database).change(case, lambda _: Change(**values))
    return after


async def kinds(store: Store, case: int = CASE) -> list[str]:
    """Return what happened to a case."""
    return [event.kind for event in await Handoffs(store.database).events(case, 0)]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """Open a store."""
    store = Store(url)
    await store.start()
    try:
        yield store
    finally:
        await store.stop()


def failures(store: Store) -> bool:
    """Whether a try failed at least twice; asked of the file, beside the store's connections."""
    with sqlite3.connect(str(sqlite_file(store.database.url))) as db:
        return bool(db.execute("SELECT 1 FROM deliveries WHERE attempts > 1").fetchone())


def use_outlet(monkeypatch: pytest.MonkeyPatch) -> FakeOutlet:
    """Let every gateway of a test deliver its cases to one outlet, and return that."""
    made = FakeOutlet()
    monkeypatch.setattr(team, "_places", lambda settings: [place])
    monkeypatch.setattr(team, "_outlets", lambda *parts: [made])
    return made


def handing_over(cases: CaseStore) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    """Return what answers like Rasa: a case for who wants a person, an echo for anything else."""

    def answer(call: dict[str, Any]) -> list[dict[str, Any]]:
        if call["message"] != "quero uma pessoa":
            return echo(call)
        sender = call["sender"]
        key = f"{sender}:{call['message_id']}"
        number = cases.open(key, sender, ["Situação: x"], {"situation": "slowness"})
        return [{"text": HANDED, "custom": {"case": number}}]

    return answer


async def settled(visitor: Visitor, seq: int) -> dict[str, Any]:
    """Wait until a message of the user's is done with, and return it."""

    async def done() -> dict[str, Any] | None:
        message = (await visitor.history(after=seq - 1))[0]
        return message if message["state"] != "pending" else None

    found = await until(done)
    assert found
    return found
