"""A conversation from the first words to the handoff, by mouse and by finger."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from guide_rasa import GuideRasa
from playwright.sync_api import expect
from small_guide import ASK_ADMIN, PROBLEM
from support_page import SupportPage
from watch import Watch


def test_a_visit_alone_asks_the_api_for_nothing(support: SupportPage, watch: Watch) -> None:
    support.open()
    expect(support.panel.get_by_role("list").get_by_role("button")).to_have_count(4)
    assert not [one for one in watch.requests if "/api/" in one]
    assert support.page.evaluate("Object.keys(localStorage).length") == 0


def test_an_example_is_sent_as_text(chat: SupportPage, rasa: GuideRasa) -> None:
    chat.panel.get_by_role("button", name="Os e-mails não chegam").click()
    expect(chat.strip).to_contain_text("Verificação 1 de 3")
    assert rasa.texts == ["Os e-mails não chegam"]
    expect(chat.panel.get_by_text("Problemas comuns")).to_have_count(0)
    expect(chat.composer).to_be_focused()


def test_a_check_shows_progress_menu_path_and_choices(chat: SupportPage) -> None:
    check = chat.say(PROBLEM)
    expect(check).to_contain_text("Verificação 1 de 3")
    expect(check.get_by_role("list", name="Onde fica").get_by_role("listitem")).to_have_text(
        ["Administrador", "E-mail", "Caixas de E-mail"]
    )
    expect(check.locator("strong").first).to_have_text("Testar")
    expect(check.get_by_role("list", name="Opções de resposta").get_by_role("button")).to_have_text(
        [re.compile(name) for name in (
            "Resolveu", "Não resolveu", "Não tenho permissão", "Já tentei isso",
            "Não encontrei esse menu", "Explique melhor", "Mais 2 opções",
        )]
    )  # fmt: skip
    expect(chat.strip.locator("[data-on]")).to_have_count(1)
    chat.choose("Não resolveu")
    chat.strip.locator("summary").click()
    expect(chat.strip.get_by_role("listitem")).to_have_text(
        ["Teste de recebimento e envio: não resolveu"]
    )


def test_a_lesser_choice_unfolds_and_no_payload_is_seen(chat: SupportPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.choose("Volto a isso depois")
    assert rasa.texts[-1] == '/choose{"option": "later"}'
    assert "/choose" not in chat.element.evaluate("node => node.shadowRoot.innerHTML")


def test_a_choice_can_be_taken_once(chat: SupportPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.choice("Não resolveu").dblclick(force=True)
    expect(chat.strip).to_contain_text("Verificação 2 de 3")
    assert rasa.texts[1:] == ['/choose{"option": "not_resolved"}']
    past = chat.answers.nth(1)
    expect(past.get_by_role("button", name="Resolveu")).to_have_count(0)
    expect(past.locator(".past strong")).to_have_text("Não resolveu (escolhida)")


def test_typing_takes_the_choices_away(chat: SupportPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.say("2")
    assert rasa.texts[-1] == "2"
    expect(chat.answers.nth(1).get_by_role("button", name="Resolveu")).to_have_count(0)
    expect(chat.strip).to_contain_text("Verificação 2 de 3")


@pytest.mark.parametrize("device", ["chat", "phone"])
def test_from_the_first_words_to_the_handoff(device: str, request: pytest.FixtureRequest) -> None:
    chat: SupportPage = request.getfixturevalue(device)
    chat.say(PROBLEM)
    for n in (2, 3):
        expect(chat.choose("Não resolveu")).to_contain_text(f"Verificação {n} de 3")
    links = chat.choose("Não resolveu").get_by_role("link")
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
    end.get_by_text("3 verificações feitas").click()
    expect(end.locator(".done li").first).to_have_text("Teste de recebimento e envio: não resolveu")
    expect(chat.strip).to_be_hidden()
    chat.is_as_stored()


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_the_message_for_the_administrator_is_copied(
    chat: SupportPage, has_clipboard: bool
) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if not has_clipboard:  # as where the page comes over plain http
        chat.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    chat.say(PROBLEM)
    chat.choose("Não tenho permissão")
    press = chat.log.get_by_role("button", name="Copiar mensagem")
    press.click()
    expect(chat.log.get_by_role("button", name="Copiada")).to_be_focused()
    expect(chat.spoken.filter(has_text="Copiada")).to_have_count(1)
    assert chat.page.evaluate("navigator.clipboard.readText()") == ASK_ADMIN
    expect(press).to_be_visible()


def test_feedback_is_stored_with_its_reason(chat: SupportPage) -> None:
    check = chat.say(PROBLEM)
    down = check.get_by_role("button", name="Esta resposta não ajudou")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    check.get_by_label("O que faltou?").fill("faltou a tela")
    check.get_by_role("button", name="Enviar motivo").click()
    expect(check.get_by_label("O que faltou?")).to_have_count(0)
    chat.page.reload()
    down = chat.answers.last.get_by_role("button", name="Esta resposta não ajudou")
    expect(down).to_have_attribute("aria-pressed", "true")
    chat.answers.last.get_by_role("button", name="Esta resposta ajudou").click()
    expect(chat.spoken.filter(has_text="Obrigado")).to_have_count(1)
    assert [one["feedback"] for one in chat.stored() if "feedback" in one] == [True]


def test_starting_anew_asks_first(chat: SupportPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.menu("Novo atendimento")
    question = chat.panel.get_by_role("group", name=re.compile("Começar um novo"))
    question.get_by_role("button", name="Cancelar").click()
    expect(question).to_have_count(0)
    assert rasa.texts == [PROBLEM]
    chat.menu("Novo atendimento")
    before = chat.answers.count()
    question.get_by_role("button", name="Começar de novo").click()
    expect(chat.wait_for_answer(before)).to_contain_text("recomeçamos")
    assert rasa.texts[-1] == "começar de novo"
    expect(chat.strip).to_be_hidden()


def test_talking_to_a_person(chat: SupportPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    before = chat.answers.count()
    chat.menu("Falar com uma pessoa")
    expect(chat.wait_for_answer(before).locator(".case")).to_contain_text("12")
    assert rasa.texts[-1] == "falar com uma pessoa"


def test_the_length_is_counted_and_limited(chat: SupportPage, rasa: GuideRasa) -> None:
    counter = chat.panel.locator("#counter")
    chat.composer.fill("a" * 1700)
    expect(counter).to_be_empty()
    chat.composer.fill("😀" * 1900)
    expect(counter).to_have_text("1.900 de 2.000")
    chat.composer.fill("a" * 2120)
    expect(counter).to_have_text("120 caracteres a mais")
    expect(chat.composer).to_have_attribute("aria-invalid", "true")
    chat.composer.press("Enter")
    expect(chat.composer).to_have_value("a" * 2120)
    chat.say("a" * 2000)
    assert rasa.texts == ["a" * 2000]


def test_blank_text_is_not_sent(chat: SupportPage, rasa: GuideRasa) -> None:
    for blank in ("", "   ", "\n\n"):
        chat.composer.fill(blank)
        chat.send_button.click(force=True)
    expect(chat.mine).to_have_count(0)
    assert rasa.texts == []


def test_where_the_person_is_reaches_rasa(chat: SupportPage, rasa: GuideRasa) -> None:
    chat.say("oi")
    assert "page" not in rasa.asked[-1]["metadata"]
    chat.page.evaluate("omniSupport.setPage('Administrador > E-mail')")
    chat.say("de novo")
    assert rasa.asked[-1]["metadata"]["page"] == "Administrador > E-mail"


def test_a_refused_message_says_why_and_can_be_sent_again(
    chat: SupportPage, rasa: GuideRasa, watch: Watch
) -> None:
    watch.network_may_fail = True
    refusal = {"status": 422, "json": {"detail": "Frase do servidor."}}
    chat.page.route("**/api/v1/messages", lambda route: route.fulfill(**refusal))
    chat.write("primeira")
    expect(chat.mine.last).to_contain_text("Frase do servidor.")
    expect(chat.mine.last.get_by_role("button", name="Descartar")).to_be_in_viewport(ratio=1)
    chat.page.unroute("**/api/v1/messages")
    expect(chat.say("segunda")).to_contain_text("segunda")
    chat.mine.filter(has_text="primeira").get_by_role("button", name="Tentar de novo").click()
    expect(chat.answers.last).to_contain_text("primeira")
    assert rasa.texts == ["segunda", "primeira"]
    chat.is_as_stored()


def test_screenshots_are_not_committed() -> None:
    ignored = (Path(__file__).resolve().parents[2] / ".gitignore").read_text().split()
    assert "/results/" in ignored
