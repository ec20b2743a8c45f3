"""Reload, second tab, lost network, silent assistant."""

from __future__ import annotations

import json
from collections.abc import Callable

from chat_page import ChatPage
from guide_rasa import GuideRasa
from playwright.sync_api import Route, expect

PROBLEM = "os emails não estão chegando"
SEND = "**/api/v1/messages"


def test_a_reload_keeps_the_conversation_going(chat: ChatPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.choose("Não resolveu")
    before = chat.log.locator(".turn").all_inner_texts()
    chat.page.reload()
    expect(chat.mine).to_have_count(2)
    assert chat.log.locator(".turn").all_inner_texts() == before
    expect(chat.log.locator("[data-chosen]")).to_have_text(["Opção escolhida: Não resolveu"])
    expect(chat.log.get_by_text("Por exemplo:")).to_have_count(0)
    expect(chat.choose("Não resolveu")).to_contain_text("Verificação 3 de 3")


def test_the_history_is_not_read_aloud(chat: ChatPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.page.add_init_script(
        """addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
            const log = document.getElementById("log");
            (window.modes ??= new Set()).add(log.getAttribute("aria-live"));
        }).observe(document.getElementById("thread"), {childList: true}));"""
    )
    chat.page.reload()
    expect(chat.mine).to_have_count(1)
    assert chat.page.evaluate("[...window.modes]") == ["off"]
    expect(chat.log).to_have_attribute("aria-live", "polite")


def test_a_second_tab_goes_on_with_the_same_conversation(chat: ChatPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    other = ChatPage(chat.page.context.new_page()).open()
    expect(other.mine).to_have_count(1)
    other.choose("Não resolveu")
    # The first tab missed a turn; it shows both that and its own, in order, nothing twice.
    chat.say("e agora?")
    expect(chat.mine).to_have_text(
        [f"Você disse:{PROBLEM}", "Você disse:e agora?", "Você disse:Não resolveu"]
    )
    chat.page.reload()
    expect(chat.mine).to_have_text(
        [f"Você disse:{PROBLEM}", "Você disse:Não resolveu", "Você disse:e agora?"]
    )
    assert len(rasa.asked) == 3


def test_a_lost_network_keeps_the_message_and_sends_it_once(
    visit: Callable[..., ChatPage], rasa: GuideRasa
) -> None:
    chat = visit(allow_faults=True)
    chat.page.context.set_offline(True)
    chat.composer.fill(PROBLEM)
    chat.composer.press("Enter")
    expect(chat.mine.last).to_contain_text("Não enviada", timeout=8000)
    expect(chat.log.get_by_role("button", name="Tentar de novo")).to_be_visible()
    chat.shot("desktop-light-offline")
    chat.page.context.set_offline(False)  # the browser says so, and the page sends by itself
    expect(chat.answers.last).to_contain_text("Verificação 1 de 3")
    expect(chat.mine.last).not_to_contain_text("Não enviada")
    assert rasa.asked == [PROBLEM]


def test_an_answer_lost_on_its_way_is_fetched_with_the_same_id(
    visit: Callable[..., ChatPage], rasa: GuideRasa
) -> None:
    chat = visit(allow_faults=True)
    ids: list[str] = []

    def lose_the_first(route: Route) -> None:
        ids.append(json.loads(route.request.post_data or "{}")["id"])
        if len(ids) == 1:
            route.fetch()  # the gateway has taken it, but nobody hears the answer
            route.abort()
        else:
            route.continue_()

    chat.page.route(SEND, lose_the_first)
    chat.say(PROBLEM)
    expect(chat.answers.last).to_contain_text("Verificação 1 de 3")
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert rasa.asked == [PROBLEM]
    expect(chat.mine).to_have_count(1)


def test_an_answer_in_the_history_is_not_shown_again(
    visit: Callable[..., ChatPage], rasa: GuideRasa
) -> None:
    chat = visit(allow_faults=True)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    chat.page.route(SEND, lose)
    chat.composer.fill(PROBLEM)
    chat.composer.press("Enter")
    expect(chat.mine.last).to_contain_text("Não enviada")
    chat.page.unroute(SEND)
    with chat.page.expect_response(SEND):  # what was kept is sent again, and answered again
        chat.page.reload()
    expect(chat.page.locator(".typing")).to_have_count(0)
    expect(chat.mine).to_have_count(1)
    expect(chat.answers).to_have_count(3)  # the greeting, and the two of the answer
    assert rasa.asked == [PROBLEM]


def test_a_reload_before_the_answer_loses_nothing(chat: ChatPage, rasa: GuideRasa) -> None:
    rasa.delay = 1
    chat.composer.fill(PROBLEM)
    chat.composer.press("Enter")
    expect(chat.page.locator(".typing")).to_be_visible()
    chat.page.wait_for_timeout(200)
    chat.page.reload()
    expect(chat.answers.last).to_contain_text("Verificação 1 de 3")
    expect(chat.mine).to_have_count(1)
    assert rasa.asked == [PROBLEM]


def test_messages_written_while_waiting_are_answered_in_order(
    chat: ChatPage, rasa: GuideRasa
) -> None:
    rasa.delay = 0.3
    for text in ("um", "dois", "três"):
        chat.composer.fill(text)
        chat.composer.press("Enter")
    expect(chat.answers.last).to_contain_text("Você escreveu: três")
    assert rasa.asked == ["um", "dois", "três"]


def test_a_silent_assistant_is_told_and_tried_again(chat: ChatPage, rasa: GuideRasa) -> None:
    rasa.silent = True
    answer = chat.say(PROBLEM)
    expect(answer).to_contain_text("dificuldade técnica")
    rasa.silent = False
    expect(chat.choose("Tentar de novo")).to_contain_text("Verificação 1 de 3")
    assert rasa.asked == [PROBLEM, PROBLEM]


def test_a_slow_assistant_shows_that_it_works(chat: ChatPage, rasa: GuideRasa) -> None:
    rasa.delay = 3.8
    chat.composer.fill(PROBLEM)
    chat.composer.press("Enter")
    expect(chat.page.get_by_role("status")).to_have_text("Só mais um instante…")
    chat.shot("desktop-light-slow")
    expect(chat.answers.last).to_contain_text("Verificação 1 de 3")


def test_a_session_that_is_over_is_renewed(visit: Callable[..., ChatPage], rasa: GuideRasa) -> None:
    chat = visit(allow_faults=True)
    chat.say(PROBLEM)
    chat.page.evaluate("localStorage.setItem('omni.token', 'gasto')")
    chat.choose("Não resolveu")
    expect(chat.log).to_contain_text("expirou")
    # The choice was of the old conversation, so its words are sent.
    assert rasa.asked[-1] == "Não resolveu"
    chat.page.evaluate("localStorage.setItem('omni.token', 'gasto')")
    chat.page.reload()
    expect(chat.log).to_contain_text("expirou")
    expect(chat.mine).to_have_count(0)
    expect(chat.say("oi")).to_contain_text("Você escreveu: oi")


def test_a_history_that_cannot_be_read_can_be_tried_again(
    visit: Callable[..., ChatPage], rasa: GuideRasa
) -> None:
    chat = visit(allow_faults=True)
    chat.say(PROBLEM)
    chat.page.route("**/api/v1/messages?after=*", lambda route: route.abort())
    chat.page.reload()
    expect(chat.log).to_contain_text("Não consegui carregar")
    chat.page.unroute("**/api/v1/messages?after=*")
    chat.page.get_by_role("button", name="Carregar de novo").click()
    expect(chat.mine).to_have_count(1)


def test_a_refusal_is_shown_under_the_message(
    visit: Callable[..., ChatPage], rasa: GuideRasa
) -> None:
    chat = visit(allow_faults=True)
    chat.page.route(
        SEND, lambda route: route.fulfill(status=422, json={"detail": "Frase do servidor."})
    )
    chat.composer.fill("oi")
    chat.composer.press("Enter")
    expect(chat.mine.last).to_contain_text("Frase do servidor.")
    chat.page.unroute(SEND)
    expect(chat.say("olá")).to_contain_text("Você escreveu: olá")


def test_a_browser_without_storage_still_talks(
    visit: Callable[..., ChatPage], rasa: GuideRasa
) -> None:
    chat = visit()
    chat.page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"]) {
            Object.defineProperty(window, name, {get() { throw new Error("forbidden"); }});
        }"""
    )
    chat.open()
    chat.say(PROBLEM)
    expect(chat.choose("Não resolveu")).to_contain_text("Verificação 2 de 3")
