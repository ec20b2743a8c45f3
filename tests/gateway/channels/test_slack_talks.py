"""Agents ask in Slack: direct messages, mentions, the command, the shortcut."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fake_rasa import FakeRasa
from fake_slack import CLOSED, GENERAL, FakeSlack
from fastapi import FastAPI
from slack_person import Person, labels, shown
from slack_support import guided
from small_guide import PROBLEM
from visitor import until_true

from gateway.app import create_app
from gateway.settings import Settings


@pytest_asyncio.fixture
async def app(with_slack: Settings, rasa: FakeRasa) -> AsyncIterator[FastAPI]:
    rasa.answer = guided(with_slack.access.cases_url)
    made = create_app(with_slack, rasa.transport())
    async with made.router.lifespan_context(made):
        yield made


@pytest.mark.usefixtures("app")
class TestDirectMessages:
    async def test_a_guide_by_buttons(self, agent: Person, slack: FakeSlack) -> None:
        await agent.write(PROBLEM)
        _, first = await agent.sees(2)
        assert "Verificação 1 de 3" in shown(first)
        await agent.press(first, "Não resolveu")
        *_, second = await agent.sees(3)
        assert "Verificação 2 de 3" in shown(second)
        await until_true(lambda: "✓ Não resolveu" in shown(first))
        assert labels(first) == []
        await agent.press(second, "Resolveu")
        *_, last = await agent.sees(4)
        assert "Que bom que resolveu" in shown(last)

    async def test_a_guide_by_text(self, agent: Person, rasa: FakeRasa) -> None:
        await agent.write(PROBLEM)
        _, first = await agent.sees(2)
        await agent.write("2")
        *_, second = await agent.sees(3)
        assert "Verificação 2 de 3" in shown(second)
        await until_true(lambda: labels(first) == [])
        assert "✓" not in shown(first)
        assert rasa.texts == [PROBLEM, "2"]
