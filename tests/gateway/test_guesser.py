"""What people write about is guessed by a process of its own, which holds nobody up."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from assistant.guessing import OTHER, Likely
from gateway.conversation import guesser as module
from gateway.conversation import guessing
from gateway.conversation.guesser import Guess, Guesser
from gateway.conversation.guessing import choose

READY_SECONDS = 30
# Says what the real one would, at once; the real one takes seconds to learn it.
STUB = """
import json, sys
print("{}", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    answer = {"n": asked["n"], "situations": [asked["words"]], "articles": []}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMAND", (sys.executable, "-c", STUB))
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.01)


@pytest_asyncio.fixture
async def made() -> AsyncIterator[Guesser]:
    guesser = Guesser()
    guesser.start()
    yield guesser
    await guesser.stop()


async def ready(guesser: Guesser) -> None:
    async with asyncio.timeout(READY_SECONDS):
        await guesser.ready.wait()


async def test_it_guesses_and_comes_back_when_it_was_killed(
    made: Guesser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", READY_SECONDS)
    assert await made.guess("a") == Guess()
    await ready(made)
    words = ["os e-mails não chegam", "\n\u2028 🙂"]
    both = await asyncio.gather(*(made.guess(one) for one in words))
    assert [guess.situations for guess in both] == [(one,) for one in words]
    assert made._process
    os.kill(made._process.pid, signal.SIGKILL)
    async with asyncio.timeout(READY_SECONDS):
        while made.ready.is_set():
            await asyncio.sleep(0.001)
    await ready(made)
    assert (await made.guess("b")).situations == ("b",)


async def test_nobody_waits_long_for_a_guess(
    made: Guesser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.05)
    await ready(made)
    assert made._process
    made._process.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    assert await made.guess("o omni caiu") == Guess()
    assert time.monotonic() - started < READY_SECONDS / 2
    assert made._asked == {}


async def test_it_is_gone_when_we_stop() -> None:
    guesser = Guesser()
    guesser.start()
    await ready(guesser)
    process = guesser._process
    await guesser.stop()
    assert process
    assert process.returncode is not None
    assert await guesser.guess("a") == Guess()


def test_the_real_one_says_when_it_is_ready_and_ends_with_its_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Known:
        def __init__(self, _: object) -> None: ...

        def advise(self, words: str) -> dict[str, list[str]]:
            return {"situations": [words], "articles": []}

    monkeypatch.setattr(guessing, "Adviser", Known)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"n": 3, "words": "é"}\n'))
    handler = signal.getsignal(signal.SIGINT)
    try:
        guessing.main()
    finally:
        signal.signal(signal.SIGINT, handler)
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert said == [{}, {"n": 3, "situations": ["é"], "articles": []}]


@pytest.mark.parametrize(
    ("shares", "chosen"),
    [
        ({"a": 0.7, "b": 0.2, OTHER: 0.1}, ["a"]),
        ({"a": 0.5, "b": 0.3, OTHER: 0.2}, ["a", "b"]),
        ({OTHER: 0.38, "a": 0.35, "b": 0.05}, ["a"]),
        ({OTHER: 0.45, "a": 0.35}, []),
        ({OTHER: 0.6, "a": 0.4}, []),
        ({"a": 0.4, OTHER: 0.35, "b": 0.25}, ["a", "b"]),
    ],
)
def test_sure_torn_and_neither(shares: dict[str, float], chosen: list[str]) -> None:
    assert choose([Likely(*one) for one in shares.items()]) == chosen
