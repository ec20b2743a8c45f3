"""Two gateways on one PostgreSQL hear of everything twice, and say it once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio
from fake_rasa import FakeRasa
from fake_slack import DESK, FakeSlack, encoded, signed
from gateway_support import QUICK
from slack_person import Person, shown, until_true
from slack_support import guided
from small_guide import PROBLEM
from visitor import arrive

from gateway.app import create_app
from gateway.settings import Pace, Settings
from tests.support.servers import Server, postgresql

pytest_plugins = ["slack_fixtures"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql() as found:
        yield found


@pytest.fixture
def pace() -> Pace:
    """Leases that outlive a busy machine's pauses: a turn that is run again would be seen."""
    return replace(QUICK, lease=20.0, renew=1.0)


@pytest_asyncio.fixture
async def gateways(
    with_slack: Settings, rasa: FakeRasa, slack: FakeSlack, server: Server
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """What speaks to each of the two."""
    rasa.answer = guided(with_slack.access.cases_url)
    url = server.url.replace("postgresql://", "postgresql+asyncpg://")
    doors = []
    async with AsyncExitStack() as stack:
        for _ in range(2):
            app = create_app(replace(with_slack, database=url), rasa.transport())
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app)
            client = httpx.AsyncClient(transport=transport, base_url="http://gateway")
            doors.append(await stack.enter_async_context(client))
        yield doors


async def test_the_same_event_four_times_is_one_answer(
    gateways: list[httpx.AsyncClient], slack: FakeSlack, rasa: FakeRasa, agent: Person
) -> None:
    for text in (PROBLEM, "2"):
        event = {"type": "message", "user": "UANA", "text": text, "channel": agent.dm}
        body = slack.event({**event, "channel_type": "im", "ts": slack.new_ts()})
        answers = await asyncio.gather(
            *(gateways[n % 2].post("/slack/events", **signed(*encoded(body))) for n in range(4))
        )
        assert {answer.status_code for answer in answers} == {200}
        await agent.sees(2 if text == PROBLEM else 3)
    await asyncio.sleep(0.5)
    said = [m for m in slack.messages[agent.dm] if m.get("bot_id")]
    assert len(said) == 3
    assert "Verificação 2 de 3" in shown(said[-1])
    assert rasa.texts == [PROBLEM, "2"]


async def test_a_case_is_posted_and_answered_once(
    gateways: list[httpx.AsyncClient], slack: FakeSlack, agent: Person
) -> None:
    user = await arrive(gateways[0])
    await user.send(PROBLEM)
    await user.send("falar com uma pessoa")
    card = (await agent.sees(1, DESK))[0]
    assert slack.connected == 2
    await agent.press(card, "Assumir", DESK)
    await until_true(lambda: "Com Ana Lima" in shown(card))
    for n in range(6):
        await user.send(f"mensagem {n}")

    def below() -> list[str]:
        found = (m for m in slack.messages[DESK] if m.get("thread_ts") == card["ts"])
        return [shown(m).split("\n")[-1] for m in found if m.get("bot_id")]

    await until_true(lambda: "mensagem 5" in below())
    written = await agent.write("resposta", DESK, card["ts"])
    for _ in range(3):  # Slack sends it again, to whichever it likes
        await slack.tell(written)
    await asyncio.sleep(0.5)
    assert below()[1:] == [f"mensagem {n}" for n in range(6)]
    replies = [m["text"] for m in await user.history() if m["from"] == "person"]
    assert replies == ["resposta"]
    assert len([m for m in slack.messages[DESK] if not m.get("thread_ts")]) == 1
