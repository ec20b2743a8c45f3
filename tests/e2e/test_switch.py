"""Versions change under twelve people who talk: nothing is lost, late, or answered by nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from talker import Visitor

from chaos.places.served import BROKEN, NEW_TITLE, V1, V2, Installation, Known
from chaos.talk.load import Crowd
from release.serving import wait_for

OPENING = "os emails não estão chegando na caixa do suporte"
STAMPS = """
SELECT DISTINCT version, model FROM messages WHERE sender = 'assistant' AND version IS NOT NULL
ORDER BY version
"""
WAITS = """
SELECT (julianday(settled_at) - julianday(created_at)) * 86400.0, strftime('%s', created_at) + 0
FROM messages WHERE sender = 'user' ORDER BY created_at
"""
# Around a moment in which the pair changes, seconds: what was sent then was answered by either.
AROUND = 3.0
# How much longer such a message may wait than the slowest of the others, seconds.
SLACK = 2.0
SINCE = "SELECT version, count(*) FROM messages WHERE sender = 'assistant' GROUP BY version"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("installation"))
    made.make_bundles()
    made.shelf.activate(V1)
    made.start()
    yield made
    assert made.stop() == 0


async def test_a_switch_a_rollback_and_a_broken_bundle_under_load(
    place: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    crowd = Crowd(place, 6, cuts=None, people=12, rate=2.0)
    times: dict[str, Known] = {}
    moments: list[float] = []
    async with crowd.talking():
        await asyncio.sleep(3)
        await asyncio.to_thread(place.shelf.activate, V2)
        times["switch"] = await asyncio.to_thread(place.taken, V2)
        moments.append(time.time())
        await asyncio.sleep(5)
        await asyncio.to_thread(place.shelf.rollback)
        times["rollback"] = await asyncio.to_thread(place.taken, V1)
        moments.append(time.time())
        await asyncio.sleep(3)
        await asyncio.to_thread(place.shelf.activate, BROKEN)
        began = time.monotonic()
        outcome, reason = await asyncio.to_thread(wait_for, place.settings, BROKEN)
        broken = time.monotonic() - began
        await asyncio.sleep(2)
    findings = crowd.findings()
    with capsys.disabled():
        shown = {name: f"{known.seconds:.1f} s" for name, known in times.items()}
        print(f"\n{shown}, broken one given up after {broken:.1f} s; {findings.figures}")
        print(dict(place.sql("gateway", SINCE)))
        at_changes, else_ = delays(place, moments)
        print(f"to the answer, s: around the changes {figures(at_changes)}, else {figures(else_)}")
    assert findings.faults == []
    assert at_changes and max(at_changes) <= max(else_) + SLACK
    assert outcome == "failed" and "modelo" in reason
    assert place.serves(V1) and place.shelf.read().active == V1
    assert "NÃO SUBIU" in place.log("serve")
    assert times["rollback"].seconds < 10
    versions = dict(place.sql("gateway", STAMPS))
    assert set(versions) == {V1, V2}
    assert versions[V2] == "f" * 32 != versions[V1]
    tries = place.sql("gateway", "SELECT max(attempts) FROM messages")
    assert tries == [(0,)], "a message had to be tried again"
    assert place.sql("gateway", "SELECT count(*) FROM messages WHERE state = 'set_aside'") == [(0,)]


def delays(place: Installation, moments: list[float]) -> tuple[list[float], list[float]]:
    """Return how long messages waited for their answers: those sent around `moments`, the rest."""
    near, rest = [], []
    for seconds, at in place.sql("gateway", WAITS):
        is_near = any(abs(at - moment) <= AROUND for moment in moments)
        (near if is_near else rest).append(seconds)
    return near, rest


def figures(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    middle, most = (ordered[round(q * (len(ordered) - 1))] for q in (0.5, 0.95))
    return f"n {len(ordered)}, median {middle:.2f}, p95 {most:.2f}, most {ordered[-1]:.2f}"


def test_whoever_stands_at_a_check_that_is_taken_back_goes_on(place: Installation) -> None:
    place.shelf.activate(V2)
    place.taken(V2)
    visitor = Visitor(place.url)
    opened = visitor.say(OPENING)
    assert opened[-1]["progress"]["title"] == NEW_TITLE
    place.shelf.rollback()
    place.taken(V1)
    said = visitor.choose("Não resolveu")
    assert said[0]["text"].startswith("O roteiro mudou")
    assert said[-1]["progress"]["title"] == "Teste de recebimento e envio"
    visitor.choose("Falar com uma pessoa")
    assert visitor.case() > 0
    stamps = "SELECT version FROM messages WHERE conversation_id = ? AND sender = 'assistant'"
    found = [row[0] for row in place.sql("gateway", f"{stamps} ORDER BY seq", visitor.conversation)]
    assert found[0] == V2 and found[-1] == V1
    (facts,) = place.sql("cases", "SELECT facts FROM cases ORDER BY number DESC LIMIT 1")
    assert f'"version": "{V1}"' in facts[0]


def test_the_log_holds_nothing_that_was_written(place: Installation) -> None:
    assert "quasimodo" not in place.log("serve")
    assert place.log("serve").count("cabo de rede") == 0
