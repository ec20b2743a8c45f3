"""The courier: all of it, in order, once at a time for each place, until it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from desk_support import (
    ANA,
    CASE,
    FakeOutlet,
    begin,
    change,
    hand_over,
    place,
    said,
    tell,
    write,
)
from sqlalchemy import select
from ulid import ULID
from visitor import until_true

from gateway.delivery.courier import Courier
from gateway.delivery.news import MOST_EVENTS
from gateway.delivery.outlet import Item, Retry
from gateway.delivery.settings import CourierPace
from gateway.store import Store
from gateway.store.deliveries import Deliveries
from gateway.store.desk_tables import DeliveryRow
from gateway.store.erasure import Erasures
from gateway.store.history import MOST_AT_ONCE
from gateway.store.values import Destination, Reply

QUICK = CourierPace(
    attempt=0.5, lease=2.0, poll=0.02, pause=0.0, first_wait=0.01, longest_wait=0.05, grace=0.2
)


@asynccontextmanager
async def carrying(
    store: Store, *outlets: FakeOutlet, pace: CourierPace = QUICK
) -> AsyncIterator[Courier]:
    courier = Courier(store, outlets, pace)
    await courier.start()
    try:
        yield courier
    finally:
        await courier.stop()


async def rows(store: Store) -> list[Any]:
    async with store.database.reading() as db:
        return list(await db.execute(select(*DeliveryRow.__table__.columns)))


async def delivered(outlet: FakeOutlet, *expected: str) -> None:
    await until_true(lambda: len(outlet.got) >= len(expected))
    await asyncio.sleep(0.1)  # nothing comes after it
    assert outlet.got == list(expected)


@pytest.fixture
async def conversation(store: Store) -> str:
    """Somebody whose case waits."""
    found = await begin(store)
    await write(store, found, "antes")
    await hand_over(store, found)
    return found


async def test_events_and_messages_come_in_the_order_in_which_they_happened(
    store: Store, conversation: str
) -> None:
    outlet = FakeOutlet()
    await write(store, conversation, "oi")
    await change(store, kind="assumed", state="person", who=ANA, said=[Reply("system", "Ana")])
    await write(store, conversation, "ainda não vai")
    reply = Reply("person", "tente isto", {"author": "Ana"})
    await change(store, kind="replied", state="person", who=ANA, said=[reply])
    async with carrying(store, outlet):
        await delivered(
            outlet, "opened", "user: oi", "system: Ana", "assumed", "user: ainda não vai",
            "person: tente isto", "replied",
        )  # fmt: skip
        await write(store, conversation, "obrigado")
        await until_true(lambda: outlet.got[-1] == "user: obrigado")
    (row,) = await rows(store)
    assert row.memory == {"count": 8}
    assert (row.attempting, row.attempts, row.leased_by, row.fault) == (None, 0, None, None)
    assert not any(item.uncertain for item in outlet.tries)


async def test_what_is_not_wanted_is_passed_over_however_much_it_is(
    store: Store, conversation: str
) -> None:
    many = [f"m{n}" for n in range(2 * MOST_AT_ONCE + 7)]
    await tell(store, conversation, *many)
    await write(store, conversation, "no fim")
    outlet = FakeOutlet(
        wanted=lambda item: bool(item.event or item.message and item.message.sender == "user")
    )
    # Nobody looks again: it is all one round.
    async with carrying(store, outlet, pace=replace(QUICK, poll=60.0)):
        await delivered(outlet, "opened", "user: no fim")
    (row,) = await rows(store)
    assert row.seen_seq == len(many) + 2


async def test_more_events_than_are_read_at_once(store: Store, conversation: str) -> None:
    for n in range(MOST_EVENTS + 5):
        await change(store, kind="relabelled", state="waiting", reason=str(n))
    await write(store, conversation, "depois")
    outlet = FakeOutlet()
    async with carrying(store, outlet):
        await delivered(outlet, "opened", *["relabelled"] * (MOST_EVENTS + 5), "user: depois")


async def test_what_fails_is_tried_until_it_arrives_and_nothing_overtakes_it(
    store: Store, conversation: str
) -> None:
    await write(store, conversation, "um", "dois")
    faults = [Retry("x"), RuntimeError("o texto não se registra"), OSError(), Retry("HTTP 500")]
    outlet = FakeOutlet(faults=list(faults))
    async with carrying(store, outlet):
        await delivered(outlet, "opened", "user: um", "user: dois")
    assert [item.name for item in outlet.tries[:5]] == ["event 1"] * 5
    # What raised anything else may have been delivered, and that is not forgotten.
    assert [item.uncertain for item in outlet.tries[:5]] == [False, False, True, True, True]


async def test_the_waits_grow_until_the_longest(
    store: Store, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def fail(self: Any, delivery: Any, fault: str, retry_at: Any, *, uncertain: bool) -> None:
        waited.append(retry_at.timestamp())

    outlet = FakeOutlet(faults=[Retry("x")] * 10)
    courier = Courier(store, [outlet], replace(QUICK, first_wait=1.0, longest_wait=300.0))
    monkeypatch.setattr(Deliveries, "fail", fail)
    delivery = await claimed(store)
    moment = 1_000_000.0
    monkeypatch.setattr("gateway.delivery.courier.now", lambda: datetime.fromtimestamp(moment, UTC))
    for attempts in (0, 1, 5, 12, 5000):
        await courier._try(replace(delivery, attempts=attempts), Item("event 1"))
    seconds = [round(one - moment, 1) for one in waited]
    for found, expected in zip(seconds, (1, 2, 32, 300, 300), strict=True):
        assert 0.8 * expected <= found <= 1.2 * expected


async def test_a_wait_that_the_platform_asks_for_is_kept(store: Store, conversation: str) -> None:
    outlet = FakeOutlet(faults=[Retry("HTTP 429", seconds=0.3)])
    async with carrying(store, outlet):
        await until_true(lambda: outlet.tries)
        await asyncio.sleep(0.2)
        assert len(outlet.tries) == 1
        await delivered(outlet, "opened")


async def test_failures_behind_what_is_passed_over_count_too(
    store: Store, conversation: str
) -> None:
    """The back-off must grow although there is something to pass over before each try."""
    await tell(store, conversation, "pulada")
    await write(store, conversation, "esta")
    unwanted = ("opened", "assistant: pulada")
    outlet = FakeOutlet(faults=[Retry("x")] * 3, wanted=lambda item: said(item) not in unwanted)
    async with carrying(store, outlet, pace=replace(QUICK, longest_wait=30.0)):
        await until_true(lambda: len(outlet.tries) >= 3)
        for row in await rows(store):
            assert row.attempts in (2, 3)
        await delivered(outlet, "user: esta")


async def test_an_outlet_that_hangs_is_cut_off(store: Store, conversation: str) -> None:
    outlet = FakeOutlet(delay=60.0)
    async with carrying(store, outlet, pace=replace(QUICK, attempt=0.05)):
        await until_true(lambda: len(outlet.tries) >= 2)
        outlet.delay = 0.0
        await delivered(outlet, "opened")
    assert outlet.tries[-1].uncertain


async def test_one_that_hangs_holds_up_no_other_sink(store: Store) -> None:
    both = (place(CASE), Destination("email", "x", {"to": "a@b.c"}))
    await hand_over(store, await begin(store), places=both)
    stuck, free = FakeOutlet(delay=60.0), FakeOutlet(sink="email")
    async with carrying(store, stuck, free):
        await until_true(lambda: free.got == ["opened"])
        assert stuck.got == []


async def test_wants_may_raise_too(store: Store, conversation: str) -> None:
    def raises(item: Item) -> bool:
        raise KeyError("o texto não se registra")

    outlet = FakeOutlet(wanted=raises)
    async with carrying(store, outlet):
        async with asyncio.timeout(5):
            while not (await rows(store))[0].attempts:
                await asyncio.sleep(0.01)
        assert (await rows(store))[0].fault == "KeyError"
        outlet.wanted = lambda item: True
        await delivered(outlet, "opened")


async def test_two_couriers_deliver_it_once(store: Store, conversation: str) -> None:
    await write(store, conversation, *[f"m{n}" for n in range(20)])
    outlet = FakeOutlet(delay=0.005)
    outlet_too = FakeOutlet(delay=0.005)
    outlet_too.got, outlet_too.tries = outlet.got, outlet.tries
    async with carrying(store, outlet), carrying(store, outlet_too):
        await delivered(outlet, "opened", *[f"user: m{n}" for n in range(20)])
    assert len(outlet.tries) == 21


async def test_one_place_gets_one_thing_at_a_time(store: Store, conversation: str) -> None:
    await write(store, conversation, "a", "b", "c")
    outlet = FakeOutlet(delay=0.01)
    async with carrying(store, outlet) as courier:
        for _ in range(20):
            courier.wake()
            await asyncio.sleep(0.005)
        await delivered(outlet, "opened", "user: a", "user: b", "user: c")
    assert outlet.most_at_once == 1


async def claimed(store: Store) -> Any:
    """Claim the one delivery as a courier would that dies then."""
    deliveries = Deliveries(store.database, str(ULID()), 0.2)
    (id,) = await deliveries.ready(["slack"], 10)
    found = await deliveries.claim(id)
    assert found
    return found


async def test_what_a_dead_courier_was_sending_is_uncertain(
    store: Store, conversation: str
) -> None:
    await write(store, conversation, "oi")
    deliveries = Deliveries(store.database, str(ULID()), 0.2)
    (id,) = await deliveries.ready(["slack"], 10)
    found = await deliveries.claim(id)
    assert found
    assert await deliveries.begin(found, "event 1")
    # It is killed here, after it was sent and before that was noted.
    outlet = FakeOutlet()
    async with carrying(store, outlet):
        await delivered(outlet, "opened", "user: oi")
    assert [item.uncertain for item in outlet.tries] == [True, False]


async def test_who_lost_the_lease_moves_no_cursor(store: Store, conversation: str) -> None:
    slow = Deliveries(store.database, str(ULID()), 0.01)
    (id,) = await slow.ready(["slack"], 10)
    first = await slow.claim(id)
    assert first
    await asyncio.sleep(0.02)
    other = Deliveries(store.database, str(ULID()), 10.0)
    assert await other.claim(id)
    assert await slow.claim(id) is None
    assert not await slow.begin(first, "event 1")
    assert not await slow.done(first, 9, 9, {"x": 1})
    (row,) = await rows(store)
    assert (row.seen_event, row.memory) == (0, {})


async def test_a_stop_waits_for_what_is_being_sent(store: Store, conversation: str) -> None:
    outlet = FakeOutlet(delay=0.1)
    async with carrying(store, outlet):
        await until_true(lambda: outlet.tries)
    assert outlet.got == ["opened"]
    assert (await rows(store))[0].seen_event == 1


async def test_a_stop_does_not_wait_for_ever_and_frees_the_place(
    store: Store, conversation: str
) -> None:
    outlet = FakeOutlet(delay=60.0)
    async with asyncio.timeout(5), carrying(store, outlet, pace=replace(QUICK, attempt=30.0)):
        await until_true(lambda: outlet.tries)
    (row,) = await rows(store)
    assert (row.leased_by, row.attempting, row.seen_event) == (None, "event 1", 0)


async def test_what_is_erased_is_not_delivered_any_more(store: Store, conversation: str) -> None:
    outlet = FakeOutlet(faults=[Retry("x")] * 3)
    async with carrying(store, outlet):
        await until_true(lambda: outlet.tries)
        await Erasures(store.database).erase(conversation, "asked", [])
        await asyncio.sleep(0.2)
        assert outlet.got == []
    assert await rows(store) == []


async def test_down_for_long_and_then_all_of_it_once_in_order(
    store: Store, conversation: str
) -> None:
    """As many tries fail as ten minutes of them have, in waits made short."""
    outlet = FakeOutlet(faults=[Retry("ConnectError")] * 12)
    async with carrying(store, outlet):
        for n in range(10):
            await write(store, conversation, f"m{n}")
            await asyncio.sleep(0.02)
        await delivered(outlet, "opened", *[f"user: m{n}" for n in range(10)])
    assert len(outlet.tries) == 12 + 11


async def test_how_much_waits_and_fails_is_counted(store: Store, conversation: str) -> None:
    outlet = FakeOutlet(faults=[Retry("x")] * 500)
    async with carrying(store, outlet, FakeOutlet(sink="email")) as courier:
        await until_true(lambda: outlet.tries)
        async with asyncio.timeout(5):
            while not (await courier.overdue())["slack"].failing:
                await asyncio.sleep(0.01)
        found = await courier.overdue()
    assert (found["slack"].waiting, found["slack"].failing) == (1, 1)
    assert (found["email"].waiting, found["email"].failing) == (0, 0)


async def test_without_an_outlet_nothing_is_done(store: Store, conversation: str) -> None:
    async with carrying(store) as courier:
        courier.wake()
        await asyncio.sleep(0.05)
        assert await courier.overdue() == {}
    assert (await rows(store))[0].attempts == 0
