"""One part is away: people are told, shown what they can do, and answered once it is back."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest_asyncio

from chaos.places.embedded import Stack
from chaos.talk import oracle
from chaos.talk.client import Client
from chaos.talk.evidence import collect
from chaos.talk.load import Crowd
from chaos.talk.log import Log, Message
from chaos.talk.place import SENTINEL

OPENING = f"os emails de zilda.{SENTINEL}@example.com não chegam"
NOTE_SECONDS, FALLBACK_SECONDS, STOP_SECONDS = 3.0, 8.0, 15.0
# What a busy machine adds to a moment that the gateway keeps by its own clock.
SLACK = 2.0
GUESS_SECONDS = 120.0


@pytest_asyncio.fixture
async def ana(stack: Stack) -> AsyncIterator[Client]:
    async with Client(stack.url, random.Random(1)).visiting() as client:
        yield client


async def restart(stack: Stack, name: str) -> None:
    stack.begin(name)
    await asyncio.to_thread(stack.wait, name)


async def answer(client: Client, seq: int | None) -> list[Message]:
    """Return what the assistant said to a message, once it did."""

    def said(log: Log) -> list[Message]:
        mine = [m for m in log.heard if m.get("reply_to") == seq and not m.get("fallback")]
        return mine if seq in log.states else []

    found: list[Message] = await client.until(said, what=f"no answer to {seq}")
    return found


async def fallback(client: Client, seq: int | None) -> list[Message]:
    """Return what stood in for the answer, with checks to do, once it did."""

    def said(log: Log) -> list[Message]:
        mine = [m for m in log.heard if m.get("reply_to") == seq and m.get("fallback")]
        return mine if any(m.get("menu") for m in mine) else []

    found: list[Message] = await client.until(said, what=f"no fallback for {seq}")
    return found


def after(client: Client, seq: int | None, message: Message) -> float:
    """Return the seconds from the acceptance of `seq` to a message, by the gateway's clock."""
    mine = next(m for m in client.log.heard if m["seq"] == seq)
    start, end = (datetime.fromisoformat(m["at"]) for m in (mine, message))
    return (end - start).total_seconds()


def progress(messages: list[Message]) -> Any:
    return next(m["progress"]["n"] for m in messages if m.get("progress"))


async def until_it_can_guess(stack: Stack) -> None:
    """Wait for the newest gateway's guesser, which learns for seconds, on a busy machine longer."""
    end = time.monotonic() + GUESS_SECONDS
    newest = "gateway: http"
    while "ready to guess" not in stack.log("gateway").rpartition(newest)[2]:
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


async def assert_whole(stack: Stack, client: Client) -> None:
    """Nothing of theirs was lost, said twice, or left without a word."""
    await client.settled()
    stored = collect(stack, client.log.conversation)
    assert oracle.faults(client.log, stored, stack.up["gateway"]) == []


async def test_without_the_action_server_the_rest_of_the_guide_is_shown(
    stack: Stack, ana: Client
) -> None:
    opened = await answer(ana, (await ana.send(text=OPENING)).seq)
    assert progress(opened) == 1
    stack.kill("actions")
    sent = await ana.send(text="2")
    shown = await fallback(ana, sent.seq)
    assert after(ana, sent.seq, shown[0]) < FALLBACK_SECONDS + SLACK
    assert opened[-1]["menu"] in [m.get("menu") for m in shown]
    first_word = next(at for at in ana.log.words if at > sent.accepted)
    assert first_word - sent.accepted < NOTE_SECONDS + SLACK
    await restart(stack, "actions")
    late = await answer(ana, sent.seq)
    assert progress(late) == 2 and all(m["late"] for m in late)
    await assert_whole(stack, ana)


async def test_without_rasa_from_the_start_checks_are_shown(stack: Stack) -> None:
    stack.kill("rasa")
    stack.kill("gateway")
    await restart(stack, "gateway")
    ready = httpx.get(f"{stack.url}/readyz")
    assert ready.status_code == 503
    assert (ready.json()["rasa"], ready.json()["actions"]) == (False, True)
    await until_it_can_guess(stack)
    async with Client(stack.url, random.Random(2)).visiting() as client:
        sent = await client.send(text=OPENING)
        shown = await fallback(client, sent.seq)
        assert after(client, sent.seq, shown[0]) < FALLBACK_SECONDS + SLACK
        await restart(stack, "rasa")
        late = await answer(client, sent.seq)
        assert progress(late) == 1 and all(m["late"] for m in late)
        await assert_whole(stack, client)


async def test_a_gateway_killed_within_a_guide_goes_on_with_it(stack: Stack, ana: Client) -> None:
    assert progress(await answer(ana, (await ana.send(text=OPENING)).seq)) == 1
    sent = await ana.send(text="2")
    stack.kill("gateway")
    await restart(stack, "gateway")
    assert progress(await answer(ana, sent.seq)) == 2
    assert progress(await answer(ana, (await ana.send(text="não resolveu")).seq)) == 3
    assert ana.log.streams == 2
    await assert_whole(stack, ana)


async def test_a_stop_under_load_says_goodbye_and_loses_nothing(stack: Stack) -> None:
    crowd = Crowd(stack, seed=1, cuts=None)
    async with crowd.talking():
        await asyncio.sleep(5)
        listening = [client for client in crowd.clients if client.log.streams]
        await asyncio.to_thread(stack.end, "gateway", STOP_SECONDS)
        await restart(stack, "gateway")
        await asyncio.sleep(2)
    assert crowd.findings().faults == []
    assert len(listening) == len(crowd.clients)
    assert [client.log.endings for client in listening] == [["bye"]] * len(listening)
