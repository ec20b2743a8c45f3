"""Who has the conversation is always in sight: the assistant, the team to come, a person."""

from __future__ import annotations

import itertools

import pytest
from gateway_process import GatewayProcess
from guide_rasa import GuideRasa
from playwright.sync_api import expect
from small_guide import PROBLEM
from support_page import SupportPage
from team_member import TeamMember

_CASES = itertools.count(100)


@pytest.fixture
def ana(gateway: GatewayProcess, rasa: GuideRasa) -> TeamMember:
    """Someone of the team, for the next case."""
    rasa.case = next(_CASES)
    return TeamMember(gateway.database, rasa.case, "Ana")


def test_the_header_says_who_has_it(chat: SupportPage, ana: TeamMember, rasa: GuideRasa) -> None:
    expect(chat.status).to_have_text("Online")
    chat.say(PROBLEM)
    chat.say("falar com uma pessoa")
    expect(chat.status).to_have_text(f"Aguardando a equipe · caso nº {rasa.case}")

    ana.assume()
    expect(chat.status).to_have_text("Ana está com você")
    expect(chat.answers.last).to_contain_text("Ana, da equipe de suporte, assumiu a conversa.")

    ana.reply("Oi! Olhei a caixa e **corrigi a senha**. Pode testar?")
    last = chat.answers.last
    expect(last).to_contain_text("Ana")
    expect(last.locator("strong")).to_have_text("corrigi a senha")
    chat.shot("person")

    chat.write("testei e chegou")
    expect(chat.mine.last).to_have_attribute("data-state", "sent")
    expect(chat.typing).to_be_hidden()
    assert not any("testei" in str(turn) for turn in rasa.asked)

    ana.hand_back()
    expect(chat.status).to_have_text("Online")
    chat.is_as_stored()


def test_it_is_known_after_a_reload(chat: SupportPage, ana: TeamMember) -> None:
    chat.say("falar com uma pessoa")
    ana.assume()
    expect(chat.status).to_have_text("Ana está com você")

    chat.reload()

    expect(chat.status).to_have_text("Ana está com você")
    expect(chat.log.get_by_role("button", name="Resolveu")).to_have_count(0)


def test_whoever_hears_the_page_hears_who_speaks(chat: SupportPage, ana: TeamMember) -> None:
    chat.say("falar com uma pessoa")
    ana.assume()
    expect(chat.status).to_have_text("Ana está com você")
    spoken = chat.element.locator(".log > .unseen")

    ana.reply("Já estou vendo.")

    expect(spoken).to_contain_text("Ana: Já estou vendo.")
