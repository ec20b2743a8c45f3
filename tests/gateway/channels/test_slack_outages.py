"""Slack away, slow, or cutting connections: all arrives once, in order."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
from fake_rasa import FakeRasa
from fake_slack import DESK, FakeSlack
from fastapi import FastAPI
from slack_person import Person, shown, until_true
from slack_support import guided
from small_guide import PROBLEM
from visitor import Visitor, arrive, until

from gateway.app import create_app
from gateway.channels.slack.web import Web
from gateway.channels.slack.whisper import sentence
from gateway.delivery.outlet import Retry
from gateway.settings import Settings
from gateway.store.deliveries import Deliveries

pytest_plugins = ["slack_fixtures"]
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack is looked for again soon."""
    monkeypatch.setattr("gateway.channels.slack.socket.LONGEST_WAIT", 0.05)
    monkeypatch.setattr("gateway.channels.slack.people._LONGEST_WAIT", 0.05)


def client(app: FastAPI) -> httpx.AsyncClient:
    """Return what speaks to a gateway."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")


async def case_of(user: Visitor, agent: Person) -> Json:
    """Hand a conversation over; return its card."""
    await user.send(PROBLEM)
    await user.send("falar com uma pessoa")
    return (await agent.sees(1, DESK))[0]


def thread(slack: FakeSlack, card: Json) -> list[str]:
    """What the app wrote below a card, in order."""
    below = [m for m in slack.messages[DESK] if m.get("thread_ts") == card["ts"]]
    return [shown(m) for m in below if m.get("bot_id")]


async def test_the_gateway_starts_and_serves_while_slack_is_away(
    with_slack: Settings, rasa: FakeRasa, slack: FakeSlack, agent: Person
) -> None:
    rasa.answer = guided(with_slack.access.cases_url)
    await slack.stop()
    app = create_app(with_slack, rasa.transport())
    async with app.router.lifespan_context(app), client(app) as http:
        user = await arrive(http)
        await user.send(PROBLEM)
        await user.send("falar com uma pessoa")
        await slack.start()
        card = (await agent.sees(1, DESK))[0]
        assert "Caso nº 1" in shown(card)
        await agent.write("oi")  # and events come
        await agent.sees(1)


async def test_ten_minutes_without_slack(
    slack: FakeSlack, user: Visitor, agent: Person, slack_app: FastAPI
) -> None:
    card = await case_of(user, agent)
    await until_true(lambda: thread(slack, card))
    await agent.press(card, "Assumir", DESK)
    await until_true(lambda: "Com Ana Lima" in shown(card))
    before = len(thread(slack, card))
    await slack.stop()
    for n in range(8):
        await user.send(f"mensagem {n} da pessoa")
        await asyncio.sleep(0.08)
    assert len(thread(slack, card)) == before
    await slack.start()
    await until_true(lambda: len(thread(slack, card)) >= before + 8)
    await asyncio.sleep(0.3)
    said = thread(slack, card)[before:]
    assert [text.split("Cliente: \n")[-1] for text in said] == [
        f"mensagem {n} da pessoa" for n in range(8)
    ]
    await agent.write("voltei", DESK, card["ts"])

    async def arrived() -> bool:
        return any(m["text"] == "voltei" for m in await user.history())

    await until(arrived)


@pytest.mark.parametrize("kind", ["down", "before", "lost"])
async def test_what_may_have_arrived_is_looked_for(
    kind: str, slack: FakeSlack, slack_app: FastAPI, user: Visitor, agent: Person
) -> None:
    """Every second post fails: before it is done, or after it, which nobody is told."""
    posts = 0

    def trouble(method: str, _arguments: Json) -> str | None:
        nonlocal posts
        if method != "chat.postMessage":
            return None
        posts += 1
        return kind if posts % 2 else None

    slack.trouble = trouble
    card = await case_of(user, agent)
    for n in range(3):
        await user.send(f"{n}ª mensagem")
        answer = f"Você escreveu: {n}ª"
        await until_true(lambda: any(answer in text for text in thread(slack, card)))  # noqa: B023
    await agent.write(PROBLEM)
    await agent.sees(2)
    await asyncio.sleep(0.3)
    cards = [m for m in slack.messages[DESK] if not m.get("thread_ts") and m.get("bot_id")]
    assert len(cards) == 1
    below = thread(slack, card)
    assert len(below) == len(set(below)) == 1 + 6
    order = [text.split("\n")[-1] for text in below[1:]]
    assert order[::2] == ["0ª mensagem", "1ª mensagem", "2ª mensagem"]
    assert len([m for m in slack.messages[agent.dm] if m.get("bot_id")]) == 2
    assert posts > 9


async def test_too_many_requests_are_waited_for_as_long_as_slack_says(
    slack: FakeSlack, slack_app: FastAPI, agent: Person
) -> None:
    limited: list[float] = []

    def trouble(method: str, _arguments: Json) -> str | None:
        if method == "chat.postMessage" and len(limited) < 2:
            limited.append(time.monotonic())
            return "limited"
        return None

    slack.trouble = trouble
    await agent.write(PROBLEM)
    _, check = await agent.sees(2)
    assert "Verificação 1 de 3" in shown(check)
    assert limited[1] - limited[0] >= slack.retry_after
    assert time.monotonic() - limited[1] >= slack.retry_after
    assert len(slack.named("chat.postMessage")) == 2


async def test_a_crash_between_sending_and_noting_it(
    with_slack: Settings,
    rasa: FakeRasa,
    slack: FakeSlack,
    agent: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rasa.answer = lambda call: [{"text": f"eco {call['message']}"}]
    first = create_app(with_slack, rasa.transport())

    done = Deliveries.done

    async def crash(*arguments: Any) -> bool:
        if slack.texts(agent.dm):
            raise OSError("the power is gone")
        return await done(*arguments)

    async with first.router.lifespan_context(first):
        with monkeypatch.context() as patched:
            patched.setattr(Deliveries, "done", crash)
            await agent.write("um")
            await agent.sees(1)
            await asyncio.sleep(0.1)
    second = create_app(with_slack, rasa.transport())
    async with second.router.lifespan_context(second):
        await agent.write("dois")
        await agent.sees(2)
        await asyncio.sleep(0.2)
    said = [shown(m) for m in slack.messages[agent.dm] if m.get("bot_id")]
    assert said == ["eco um", "eco dois"]
    assert slack.named("conversations.history")


async def test_a_crash_in_the_middle_of_a_case(
    with_slack: Settings, rasa: FakeRasa, slack: FakeSlack, agent: Person
) -> None:
    """The card was posted; the transcript was not."""
    rasa.answer = guided(with_slack.access.cases_url)

    def trouble(method: str, arguments: Json) -> str | None:
        return "down" if method == "chat.postMessage" and arguments.get("thread_ts") else None

    slack.trouble = trouble
    for attempt in range(2):
        app = create_app(with_slack, rasa.transport())
        async with app.router.lifespan_context(app):
            if attempt == 0:
                transport = httpx.ASGITransport(app)
                async with httpx.AsyncClient(
                    transport=transport, base_url="http://gateway"
                ) as http:
                    card = await case_of(await arrive(http), agent)
            else:
                slack.trouble = None
                await until_true(lambda: thread(slack, card))
    assert len([m for m in slack.messages[DESK] if not m.get("thread_ts")]) == 1
    assert len(thread(slack, card)) == 1


@pytest.mark.parametrize("announced", [True, False])
async def test_the_socket_is_opened_anew(
    announced: bool, slack: FakeSlack, slack_app: FastAPI, agent: Person, rasa: FakeRasa
) -> None:
    await agent.write("um")
    for n in range(3):
        opened = len(slack.named("apps.connections.open"))
        await slack.cut_sockets(announced)
        await until_true(lambda: len(slack.named("apps.connections.open")) > opened)
        await until_true(lambda: slack.connected >= 1)
        await agent.write(f"depois {n}")
    await agent.sees(4)
    assert rasa.texts == ["um", "depois 0", "depois 1", "depois 2"]


async def test_a_refused_socket_is_asked_for_anew(
    slack: FakeSlack, slack_app: FastAPI, agent: Person
) -> None:
    """A ticket works once, and for a while: the next try needs another."""
    await until_true(lambda: slack.connected)
    real = slack._tickets

    class Forgetful(set[str]):
        def __contains__(self, ticket: object) -> bool:
            return False

    slack._tickets = Forgetful()
    await slack.cut_sockets()
    tries = len(slack.named("apps.connections.open"))
    await until_true(lambda: len(slack.named("apps.connections.open")) > tries + 2)
    slack._tickets = real
    await agent.write("oi")
    await agent.sees(1)


async def test_an_event_that_could_not_be_stored_is_not_acknowledged(
    slack: FakeSlack,
    slack_app: FastAPI,
    agent: Person,
    rasa: FakeRasa,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise OSError("no database")

    with monkeypatch.context() as patched:
        patched.setattr("gateway.channels.talks.Talks.say", broken)
        patched.setattr("fake_slack.ACK_SECONDS", 0.3)
        with pytest.raises(TimeoutError):
            await agent.write("oi")
    assert rasa.asked == []
    await agent.write("oi")
    await agent.sees(1)


async def test_what_was_begun_is_ended_before_the_gateway_stops(
    with_slack: Settings, rasa: FakeRasa, slack: FakeSlack, agent: Person
) -> None:
    app = create_app(with_slack, rasa.transport())
    async with app.router.lifespan_context(app):
        await agent.command("buscar anexos no chat", "CGERAL")
    (found,) = await agent.hears()
    assert "Artigos sobre" in shown(found)
    assert slack.connected == 0


@pytest.mark.parametrize(
    ("kind", "seconds", "uncertain"),
    [("limited", 7.0, False), ("down", None, True), ("before", None, True), ("lost", None, True)],
)
async def test_what_a_failure_says_of_the_next_try(
    kind: str, seconds: float | None, uncertain: bool, slack: FakeSlack, with_slack: Settings
) -> None:
    assert with_slack.sinks.slack
    web = Web(with_slack.sinks.slack)
    await web.start()
    slack.trouble, slack.retry_after = lambda *_: kind, 7
    with pytest.raises(Retry) as found:
        await web.post(DESK, sentence("oi"))
    await web.stop()
    await slack.stop()
    await web.start()
    with pytest.raises(Retry) as away:
        await web.post(DESK, sentence("oi"))
    await web.stop()
    assert (found.value.seconds, found.value.uncertain) == (seconds, uncertain)
    # Where nobody listens nothing arrived.
    assert (away.value.seconds, away.value.uncertain) == (None, False)
