"""A fault that hurt nobody has failed: each looks whether it met what it was meant for."""

from __future__ import annotations

import asyncio
import random
import re
import time
from types import SimpleNamespace
from typing import Any

import pytest

from chaos.fault import Scene
from chaos.faults import clock, content, flood, network
from chaos.links import Links
from chaos.talk import flooder
from chaos.talk.client import Client
from chaos.talk.flooder import Flood, send_flood
from chaos.talk.log import Log, Sent
from tests.chaos.scenes import echo, scene


async def chatter(port: int) -> None:
    """Say something all the time, on a new connection where the old one broke."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while True:
                writer.write(b"oi")
                assert await reader.read(100)
                await asyncio.sleep(0.01)
        except (OSError, AssertionError):
            pass


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "LINKS", ("rasa",))
    for name in ("LULL_SECONDS", "QUICK_SECONDS", "HOLE_SECONDS"):
        monkeypatch.setattr(network, name, 0.3)


async def weathered(links: Links, fault: Any, talks: bool) -> Scene:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = links.via("rasa-1", server.sockets[0].getsockname()[1])
    links.named("rasa")[0].broken = 40  # by a fault before
    task = asyncio.create_task(chatter(port) if talks else asyncio.sleep(60))
    hurt = scene(links=links)
    await fault(hurt)
    task.cancel()
    return hurt


@pytest.mark.parametrize("fault", [network.latency, network.resets, network.hole])
async def test_a_link_that_carries_something_is_struck(
    links: Links, quickly: None, fault: Any
) -> None:
    hurt = await weathered(links, fault, talks=True)
    assert (hurt.made, hurt.faults, hurt.figures["rasa"]) == (1, [], 1)
    broken = hurt.figures["connections broken"]
    assert 0 < broken < 40 if fault is network.resets else broken == 0


@pytest.mark.parametrize("fault", [network.latency, network.resets, network.hole])
async def test_a_link_that_carries_nothing_is_not(links: Links, quickly: None, fault: Any) -> None:
    hurt = await weathered(links, fault, talks=False)
    assert (hurt.made, hurt.figures["connections broken"]) == (0, 0)
    assert [fault.endswith("nothing was struck") for fault in hurt.faults] == [True]


class Clock:
    """Three servers' clock; libfaketime moves it, or does not."""

    def __init__(self, moves: bool) -> None:
        self.moves, self.is_set = moves, 0

    def set_clock(self, seconds: int) -> None:
        self.is_set = seconds if self.moves else 0

    def clock_ahead(self) -> float:
        return self.is_set - 0.8


@pytest.mark.parametrize("moves", [True, False])
async def test_a_clock_has_to_jump(monkeypatch: pytest.MonkeyPatch, moves: bool) -> None:
    async def pause(*_: Any) -> None:
        pass

    monkeypatch.setattr(clock, "pause", pause)
    monkeypatch.setattr(clock, "JUMP_SECONDS", 0.1)
    monkeypatch.setattr(clock, "AFTER_SECONDS", 0)
    made = Clock(moves)
    hurt = scene(1, set_clock=made.set_clock, clock_ahead=made.clock_ahead)
    await clock.clock(hurt)
    assert hurt.made == moves and len(hurt.faults) == (not moves)


def test_a_row_has_to_be_spoilt() -> None:
    place: Any = SimpleNamespace(sql=lambda *_: [(3,)])
    assert content.spoilt(place, "c") == 3
    place.sql = lambda database, query, *_: [] if query.startswith("UPDATE") else [(3,)]
    with pytest.raises(AssertionError, match="no row"):
        content.spoilt(place, "c")


def test_the_note_of_a_loss_is_known() -> None:
    sent, note = Sent("a", 1.0, 5), content.note_of_loss()
    assert note
    said = Log(heard=[{"seq": 6, "from": "assistant", "text": note, "reply_to": 5}])
    other = Log(heard=[{"seq": 6, "from": "assistant", "text": "Veja.", "reply_to": 5}])
    assert content.was_told(said, sent) and not content.was_told(other, sent)


@pytest.mark.parametrize(("refused", "failed"), [(0, []), (3, []), (3, ["500"])])
async def test_a_flood_has_to_be_refused(
    monkeypatch: pytest.MonkeyPatch, refused: int, failed: list[str]
) -> None:
    async def nothing(*_: Any) -> None:
        pass

    async def sends(*_: Any) -> Flood:
        return Flood(0.0, 1.0, [Sent("a", time.monotonic(), 1)], refused, failed)

    monkeypatch.setattr(Client, "_arrive", nothing)
    monkeypatch.setattr(Client, "settled", nothing)
    monkeypatch.setattr(flood, "send_flood", sends)
    hurt = scene()
    await flood._flooded(hurt, 0.1)
    assert hurt.figures == {"accepted": 1, "refused": refused}
    assert bool(hurt.faults) == (not refused or bool(failed))


async def test_the_flooder_tells_what_was_stored_and_what_refused() -> None:
    seen: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = re.search(rb"content-length: (\d+)", head.lower())
            await reader.readexactly(int(length[1]) if length else 0)
            seen.append(head.decode().lower())
            body = b'{"message": {"seq": %d}}' % len(seen)
            known = {1: b"202 Accepted", 2: b"202 Accepted", 3: b"500 Internal Server Error"}
            status = known.get(len(seen), b"429 Too Many Requests")
            writer.write(b"HTTP/1.1 %b\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body))

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    found = await send_flood(f"http://127.0.0.1:{port}", "a token", random.Random(1), 0.3, 2)
    server.close()
    assert [sent.seq for sent in found.sent] == [1, 2]
    assert (found.refused, found.failed) == (len(seen) - 3, ["500"])
    assert found.ended - found.began >= 0.3
    assert all("authorization: bearer a token" in head for head in seen)


async def test_a_flooder_that_fails_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flooder, "_COMMAND", ("false",))
    with pytest.raises(RuntimeError, match="the flooder ended with"):
        await send_flood("http://127.0.0.1:9", "", random.Random(1), 1, 1)
