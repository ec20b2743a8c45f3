"""A conversation from the first words to the handoff, by mouse and by finger."""

from __future__ import annotations

import re

import pytest
from chat_page import ChatPage
from guide_rasa import ASK_ADMIN, GuideRasa
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("rasa")

PROBLEM = "os emails não estão chegando na caixa do suporte"


def test_the_first_page_greets_and_offers_examples(chat: ChatPage) -> None:
    expect(chat.page).to_have_title("Assistente Omni CRM")
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Assistente Omni CRM")
    examples = chat.log.get_by_role("group").get_by_role("button")
    assert 4 <= examples.count() <= 6
    expect(chat.restart).to_be_hidden()
    expect(chat.composer).to_be_focused()


def test_an_example_is_sent_as_text(chat: ChatPage, rasa: GuideRasa) -> None:
    answer = chat.choose("Os e-mails não chegam")
    assert rasa.asked == ["Os e-mails não chegam"]
    expect(answer).to_contain_text("Verificação 1 de 3")
    expect(chat.log.get_by_text("Por exemplo:")).to_have_count(0)
    expect(chat.composer).to_be_focused()


def test_a_check_shows_progress_menu_path_and_choices(chat: ChatPage) -> None:
    check = chat.say(PROBLEM)
    expect(check).to_contain_text("Verificação 1 de 3")
    expect(check.locator(".progress__step")).to_have_count(3)
    expect(check.locator(".progress__step[data-reached]")).to_have_count(1)
    path = check.get_by_role("listitem")
    expect(path).to_have_text(["Administrador", "E-mail", "Caixas de E-mail"])
    expect(check.locator("strong")).to_have_text("Testar")
    expect(chat.choice("Resolveu")).to_be_visible()
    expect(chat.choice("Já tentei isso")).to_be_hidden()
    expect(chat.composer).to_be_focused()


def test_more_choices_open_and_work(chat: ChatPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.choose("Explique melhor")
    assert rasa.asked[-1] == '/choose{"option": "explain"}'
    assert "choose" not in chat.page.content()


def test_a_choice_is_marked_and_cannot_be_used_twice(chat: ChatPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    old = chat.answers.last.get_by_role("button")
    chat.choose("Não resolveu")
    first = chat.answers.nth(2).get_by_role("button")
    chosen = first.get_by_text("Não resolveu")
    expect(chosen).to_have_attribute("aria-disabled", "true")
    expect(chosen).to_contain_text("Opção escolhida:")
    expect(first.get_by_text("Resolveu", exact=True)).to_be_disabled()
    asked = len(rasa.asked)
    chosen.click(force=True)
    chat.page.wait_for_timeout(100)
    assert len(rasa.asked) == asked
    assert old.count() > 0


def test_typing_an_answer_closes_the_choices_before_it(chat: ChatPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.say("2")
    assert rasa.asked[-1] == "2"
    older = chat.answers.nth(2).get_by_role("button")
    expect(older.get_by_text("Resolveu", exact=True)).to_be_disabled()
    expect(chat.answers.last).to_contain_text("Verificação 2 de 3")


@pytest.mark.parametrize("device", ["chat", "phone"])
def test_from_the_first_words_to_the_handoff(device: str, request: pytest.FixtureRequest) -> None:
    chat: ChatPage = request.getfixturevalue(device)
    chat.say(PROBLEM)
    for n in (2, 3):
        expect(chat.choose("Não resolveu")).to_contain_text(f"Verificação {n} de 3")
    articles = chat.choose("Não resolveu")
    links = articles.get_by_role("link")
    expect(links).to_have_count(3)
    for link, words in zip(
        links.all(), ["Buscar na wiki", "Abrir artigo", "Página de origem"], strict=True
    ):
        expect(link).to_contain_text(words)
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("rel", re.compile("noopener"))
        expect(link).to_have_attribute("href", re.compile("^https://"))
    end = chat.choose("Falar com uma pessoa")
    expect(end.locator(".case")).to_contain_text("12")
    end.get_by_text("Já verificado (3)").click()
    expect(end.locator(".done li").first).to_have_text("Teste de recebimento e envio: não resolveu")
    assert chat.overflow() <= 0


def test_the_message_for_the_administrator_is_copied(chat: ChatPage) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.say(PROBLEM)
    chat.choose("Não tenho permissão")
    chat.page.get_by_role("button", name="Copiar").click()
    expect(chat.page.get_by_role("button", name="Copiado")).to_be_visible()
    expect(chat.page.get_by_role("status")).to_have_text("Copiado")
    assert chat.page.evaluate("navigator.clipboard.readText()") == ASK_ADMIN


def test_copying_without_the_clipboard_of_a_secure_page(chat: ChatPage) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('insecure')); }"
    )
    chat.say(PROBLEM)
    chat.choose("Não tenho permissão")
    chat.page.get_by_role("button", name="Copiar").click()
    expect(chat.page.get_by_role("button", name="Copiado")).to_be_visible()
    assert chat.page.evaluate("navigator.clipboard.readText()") == ASK_ADMIN


def test_starting_anew(chat: ChatPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    before = chat.answers.count()
    chat.restart.click()
    expect(chat.wait_for_answer(before)).to_contain_text("recomeçamos")
    assert rasa.asked[-1] == "começar de novo"
    expect(chat.log.locator(".rule")).to_have_text("Novo atendimento")
    expect(chat.composer).to_be_focused()


def test_by_keyboard_alone(chat: ChatPage, rasa: GuideRasa) -> None:
    keys = chat.page.keyboard
    keys.type("os emails não chegam")
    keys.press("Shift+Enter")
    keys.type("desde ontem")
    keys.press("Enter")
    chat.wait_for_answer(1)
    assert rasa.asked == ["os emails não chegam\ndesde ontem"]

    focused = chat.page.locator(":focus")
    keys.press("Shift+Tab")
    expect(focused).to_have_text("Mais opções")
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    expect(focused).to_have_text("Não resolveu")
    before = chat.answers.count()
    keys.press("Enter")
    expect(chat.wait_for_answer(before)).to_contain_text("Verificação 2 de 3")

    # The focus has stayed, and the next stop is the first of the new choices.
    expect(focused).to_contain_text("Não resolveu")
    keys.press("Tab")
    expect(focused).to_have_text("Já verificado (1)")
    keys.press("Tab")
    expect(focused).to_have_text("Resolveu")
    for _ in range(3):
        keys.press("Tab")
    expect(focused).to_have_text("Mais opções")
    keys.press("Enter")
    keys.press("Tab")
    expect(focused).to_have_text("Já tentei isso")
    keys.press("Escape")
    expect(chat.composer).to_be_focused()
    before = chat.answers.count()
    keys.type("2")
    keys.press("Enter")
    expect(chat.wait_for_answer(before)).to_contain_text("Verificação 3 de 3")
    expect(chat.composer).to_be_focused()
