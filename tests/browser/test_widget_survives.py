"""Reload, two tabs, a lost network, a killed gateway: nothing twice, nothing missing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from gateway_process import GatewayProcess
from guide_rasa import GuideRasa
from playwright.sync_api import Route, expect
from small_guide import PROBLEM
from support_page import SupportPage
from watch import Watch

SEND = "**/api/v1/messages"
CHOSEN = '/choose{"option": "not_resolved"}'
BACK_MS = 40_000
Visit = Callable[..., SupportPage]


@pytest.fixture
def flaky(chat: SupportPage, watch: Watch) -> SupportPage:
    """The panel open, on a network that the test takes away."""
    watch.network_may_fail = True
    return chat


def test_a_reload_in_the_middle_of_a_guide(chat: SupportPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.choose("Não resolveu")
    before = chat.log.locator(".row").all_inner_texts()
    chat.composer.fill("um rascunho")
    chat.page.reload()
    expect(chat.mine).to_have_count(2)
    assert chat.log.locator(".row").all_inner_texts() == before
    expect(chat.composer).to_have_value("um rascunho")
    expect(chat.strip).to_contain_text("Verificação 2 de 3")
    expect(chat.choose("Não resolveu")).to_contain_text("Verificação 3 de 3")
    assert rasa.texts == [PROBLEM, CHOSEN, CHOSEN]
    chat.is_as_stored()


def test_a_reload_before_the_answer(chat: SupportPage, rasa: GuideRasa) -> None:
    rasa.hold()
    chat.write(PROBLEM)
    expect(chat.mine.last).to_have_attribute("data-state", "sent")
    chat.page.reload()
    expect(chat.typing).to_be_visible()
    rasa.release()
    chat.wait_for_answer(1)
    assert rasa.texts == [PROBLEM]
    chat.is_as_stored()


def test_two_tabs_show_the_same(chat: SupportPage, visit: Visit, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    other = visit(chat.page.context).open()
    expect(other.mine).to_have_count(1)
    other.choose("Não resolveu")
    expect(chat.answers.last).to_contain_text("Verificação 2 de 3")
    expect(chat.strip).to_contain_text("Verificação 2 de 3")
    before = other.answers.count()
    chat.say("2")
    expect(other.wait_for_answer(before)).to_contain_text("Verificação 3 de 3")
    assert rasa.texts == [PROBLEM, CHOSEN, "2"]
    for one in (chat, other):
        one.is_as_stored()


def test_what_is_unread_is_counted_until_one_looks(support: SupportPage, visit: Visit) -> None:
    unread = re.compile("2 respostas não lidas")
    other = visit(support.page.context)
    support.page.evaluate("text => omniSupport.send(text)", PROBLEM)
    for one in (support, other):
        expect(one.badge).to_have_text("2")
        expect(one.launcher).to_have_accessible_name(unread)
    expect(support.spoken.filter(has_text="Você recebeu uma resposta.")).to_have_count(1)
    other.open()
    for one in (support, other):
        expect(one.badge).to_be_hidden()
    support.reload()
    expect(support.badge).to_be_hidden()
    expect(support.launcher).not_to_have_accessible_name(unread)


def test_offline_and_back(flaky: SupportPage, rasa: GuideRasa) -> None:
    flaky.say(PROBLEM)
    flaky.page.context.set_offline(True)
    expect(flaky.status).to_have_text("Sem conexão")
    for text in ("um", "dois", "três"):
        flaky.write(text)
    expect(flaky.mine.last).to_have_attribute("data-state", "queued")
    flaky.page.context.set_offline(False)
    expect(flaky.answers.last).to_contain_text("Você escreveu: três", timeout=BACK_MS)
    expect(flaky.status).to_have_text("Online")
    assert rasa.texts == [PROBLEM, "um", "dois", "três"]
    expect(flaky.typing).to_be_hidden()
    flaky.is_as_stored()


def test_what_was_queued_outlives_the_page(
    flaky: SupportPage, visit: Visit, rasa: GuideRasa
) -> None:
    flaky.say("oi")
    context = flaky.page.context
    context.set_offline(True)
    flaky.write("escrita sem conexão")
    expect(flaky.mine.last).to_have_attribute("data-state", "queued")
    flaky.page.close()
    context.set_offline(False)
    later = visit(context).open()
    expect(later.answers.last).to_contain_text("escrita sem conexão", timeout=BACK_MS)
    assert rasa.texts == ["oi", "escrita sem conexão"]
    later.is_as_stored()


def test_a_confirmation_that_is_lost(flaky: SupportPage, rasa: GuideRasa) -> None:
    ids: list[str] = []

    def lose_the_first(route: Route) -> None:
        ids.append((route.request.post_data_json or {})["id"])
        if len(ids) == 1:
            route.fetch()  # the gateway has it, but nobody hears so
            route.abort()
        else:
            route.continue_()

    flaky.say("oi")
    flaky.page.route(SEND, lose_the_first)
    flaky.say(PROBLEM)
    assert len(set(ids)) == 1
    assert rasa.texts == ["oi", PROBLEM]
    flaky.page.unroute(SEND)
    flaky.is_as_stored()


def test_a_gateway_killed_in_the_middle_of_a_turn(
    flaky: SupportPage, gateway: GatewayProcess, rasa: GuideRasa
) -> None:
    flaky.say(PROBLEM)
    rasa.hold()
    flaky.choice("Não resolveu").click()
    expect(flaky.mine.last).to_have_attribute("data-state", "sent")
    gateway.kill()
    expect(flaky.status).not_to_have_text("Online")
    flaky.write("ainda está aí?")
    rasa.release()
    gateway.start()
    expect(flaky.answers.last).to_contain_text("ainda está aí?", timeout=BACK_MS)
    expect(flaky.typing).to_be_hidden()
    expect(flaky.status).to_have_text("Online")
    assert rasa.texts == [PROBLEM, CHOSEN, "ainda está aí?"]
    expect(flaky.log.get_by_text("Verificação 2 de 3")).to_have_count(1)
    flaky.is_as_stored()
    flaky.say("2")
    expect(flaky.strip).to_contain_text("Verificação 3 de 3")
    flaky.is_as_stored()


def test_an_answer_that_is_late(chat: SupportPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    rasa.hold()
    chat.write("e agora?")
    expect(chat.typing).to_contain_text("Só mais um instante")
    fallback = chat.log.locator(".row.system")
    expect(fallback.first).to_contain_text("dificuldade técnica")
    expect(fallback.nth(1)).to_contain_text("Teste de recebimento e envio")
    expect(chat.typing).to_be_visible()
    expect(chat.choice("Resolveu")).to_be_visible()
    rasa.release()
    expect(chat.answers.last).to_contain_text("Você escreveu: e agora?")
    expect(chat.typing).to_be_hidden()
    expect(chat.answers.last).to_contain_text("Em resposta a “e agora?”")
    assert rasa.texts == [PROBLEM, "e agora?"]
    chat.is_as_stored()


def test_a_message_set_aside_can_be_tried_again(chat: SupportPage, rasa: GuideRasa) -> None:
    rasa.script = lambda _said: []
    chat.write(PROBLEM)
    expect(chat.mine.last).to_have_attribute("data-state", "setAside", timeout=BACK_MS)
    expect(chat.mine.last).to_contain_text("Sem resposta")
    rasa.script = None
    rasa.forget_answers()
    chat.choice("Tentar de novo").click()
    expect(chat.strip).to_contain_text("Verificação 1 de 3")
    expect(chat.typing).to_be_hidden()
    chat.is_as_stored()


def test_a_session_that_was_revoked(flaky: SupportPage, rasa: GuideRasa) -> None:
    flaky.say(PROBLEM)
    spoil = """() => {
      const key = Object.keys(localStorage).find((one) => one.endsWith(":session"));
      const session = JSON.parse(localStorage.getItem(key));
      localStorage.setItem(key, JSON.stringify({ ...session, token: "x", renewal: "x" }));
    }"""
    flaky.page.evaluate(spoil)
    flaky.choice("Não resolveu").click()
    expect(flaky.log).to_contain_text("Sua conversa anterior expirou")
    # The choice was the old conversation's; its words are sent to the new one.
    expect(flaky.answers.last).to_contain_text("Você escreveu: Não resolveu")
    assert rasa.texts == [PROBLEM, "Não resolveu"]


def test_a_browser_that_forbids_storage(visit: Visit, chat: SupportPage) -> None:
    context = chat.page.context
    context.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"]) {
            Object.defineProperty(window, name, {get() { throw new Error("forbidden"); }});
        }"""
    )
    other = visit(context).open()
    other.say(PROBLEM)
    expect(other.choose("Não resolveu")).to_contain_text("Verificação 2 de 3")
