"""A whole handover: the user in the widget, the agent in Slack, the real servers between."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chromium import launched
from fake_slack import DESK
from playwright.sync_api import expect
from slack_in_a_thread import Json, SlackInAThread
from slack_person import labels, shown
from support_page import DESKTOP, SupportPage

from chaos.places.embedded import Stack

PATIENCE_MS = 30_000
OPENING = "os emails não estão chegando na caixa do suporte"


@pytest.fixture
def team(stack: Stack) -> Iterator[SlackInAThread]:
    """A Slack, with the stack's gateway started anew as its app."""
    made = SlackInAThread()
    stack.settings = made.settings
    stack.end("gateway", 30)
    stack.start()
    made.until(lambda: made.slack.connected)
    yield made
    stack.settings = {}
    stack.end("gateway", 30)
    made.close()


@pytest.fixture
def support(stack: Stack) -> Iterator[SupportPage]:
    """The demo page with the panel open."""
    with launched() as browser:
        context = browser.new_context(
            base_url=stack.url, locale="pt-BR", reduced_motion="reduce", viewport=DESKTOP
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/")
        found = SupportPage(page)
        found.wait_until_drawn()
        yield found.open()
        context.close()


def test_an_agent_asks_in_slack_and_solves_it(team: SlackInAThread) -> None:
    slack, ana = team.slack, team.ana
    team.run(ana.write(OPENING))
    check = team.until(lambda: _with(slack.messages[ana.dm], "Não, o teste passou sem erro"))
    assert "Verificação 1 de" in shown(check)

    team.run(ana.press(check, "Não, o teste passou sem erro"))
    team.until(lambda: _said(slack.messages[ana.dm], "Verificação 2 de"))
    team.run(ana.write("agora foi, os emails voltaram a entrar"))

    team.until(lambda: _said(slack.messages[ana.dm], "Que bom que resolveu!"))
    assert slack.faults == []


def _with(messages: list[Json], label: str) -> Json | None:
    """Return the newest message on which a button is called `label`."""
    return next((m for m in reversed(messages) if "blocks" in m and label in labels(m)), None)


def _said(messages: list[Json], words: str) -> bool:
    return any(words in shown(m) for m in messages if "blocks" in m)


def test_from_the_user_to_an_agent_and_back_and_closed(
    team: SlackInAThread, support: SupportPage
) -> None:
    slack, ana = team.slack, team.ana
    support.say(OPENING)
    support.choose("Não, o teste passou sem erro")
    support.choose("Falar com uma pessoa")
    expect(support.status).to_contain_text("Aguardando a equipe")
    (card,) = team.until(lambda: [m for m in slack.messages[DESK] if "thread_ts" not in m])
    assert "Verificações" in shown(card)
    assert OPENING in shown(card)

    team.run(ana.press(card, "Assumir", DESK))
    expect(support.status).to_have_text("Ana Lima está com você")
    team.run(ana.write("Oi! Vi que o teste passou. Vou olhar o serviço.", DESK, card["ts"]))
    expect(support.answers.last).to_contain_text("Vi que o teste passou")
    support.write("obrigada, espero")
    team.until(lambda: "obrigada, espero" in str(slack.messages[DESK]))
    support.shot("slack-person")

    team.until(lambda: "Serviços de leitura e envio" in labels(card))
    team.run(ana.press(card, "Serviços de leitura e envio", DESK))
    expect(support.status).to_have_text("Online", timeout=PATIENCE_MS)
    expect(support.answers.last).to_contain_text("Agendador de Tarefas", timeout=PATIENCE_MS)
    support.is_as_stored()

    team.run(ana.press(card, "Assumir", DESK))
    expect(support.status).to_have_text("Ana Lima está com você")
    team.until(lambda: "Encerrar" in labels(card))
    team.run(ana.press(card, "Encerrar", DESK))
    team.run(ana.submit(team.run(ana.window()), "Serviço religado"))
    expect(support.answers.last).to_contain_text("resolveu", timeout=PATIENCE_MS)
    team.until(lambda: "Encerrado" in shown(card))
    assert slack.faults == []
