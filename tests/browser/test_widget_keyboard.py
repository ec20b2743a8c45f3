"""By keyboard alone, and where the focus is: a problem is solved, and the focus never stolen."""

from __future__ import annotations

from collections.abc import Callable

from guide_rasa import GuideRasa
from playwright.sync_api import Locator, expect
from small_guide import PROBLEM
from support_page import SupportPage

MOST_STOPS = 30


def tab_to(support: SupportPage, goal: Locator, key: str = "Tab") -> None:
    """Press Tab until `goal` has the focus."""
    for _ in range(MOST_STOPS):
        support.page.keyboard.press(key)
        if goal.count() and goal.evaluate("node => node.matches(':focus')"):
            return
    raise AssertionError(f"{goal} is not reached by {key}")


def test_a_problem_is_solved_by_keyboard_alone(support: SupportPage, rasa: GuideRasa) -> None:
    keys = support.page.keyboard
    tab_to(support, support.launcher)
    keys.press("Enter")
    expect(support.composer).to_be_focused()

    keys.type("os emails não chegam")
    keys.press("Shift+Enter")
    keys.type("desde ontem")
    keys.press("Enter")
    support.wait_for_answer(1)
    assert rasa.texts == ["os emails não chegam\ndesde ontem"]
    expect(support.composer).to_be_focused()

    # Back to the newest choices, which stand right before the composer.
    tab_to(support, support.choice("Não resolveu"), "Shift+Tab")
    before = support.answers.count()
    keys.press("Enter")
    expect(support.wait_for_answer(before)).to_contain_text("Verificação 2 de 3")
    # What was pressed is gone; the focus stayed in its place, and the new choices come next.
    expect(support.focused).to_contain_text("Não resolveu (escolhida)")
    tab_to(support, support.answers.last.get_by_role("button", name="Esta resposta ajudou"))
    tab_to(support, support.choice("Resolveu"))
    tab_to(support, support.log.get_by_role("button", name="Mais 2 opções"))
    keys.press("Space")
    expect(support.focused).to_have_text("7Volto a isso depois")
    tab_to(support, support.choice("Resolveu"), "Shift+Tab")
    before = support.answers.count()
    keys.press("Space")
    expect(support.wait_for_answer(before)).to_contain_text("Que bom que resolveu!")

    tab_to(support, support.choice("Sim, ajudou"))
    tab_to(support, support.composer)
    before = support.answers.count()
    keys.type("obrigado")
    keys.press("Enter")
    support.wait_for_answer(before)
    keys.press("Escape")
    expect(support.launcher).to_be_focused()
    expect(support.panel).to_be_hidden()


def test_the_menu_by_keyboard(chat: SupportPage) -> None:
    keys = chat.page.keyboard
    chat.say("oi")
    opener = chat.page.get_by_role("button", name="Mais ações")
    tab_to(chat, opener, "Shift+Tab")
    keys.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    keys.press("Tab")
    expect(chat.focused).to_have_text("Novo atendimento")
    keys.press("Escape")
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    expect(chat.focused).to_have_text("Começar de novo")
    keys.press("Escape")
    expect(chat.composer).to_be_focused()
    expect(chat.panel.get_by_role("group")).to_have_count(0)
    chat.menu("Meus dados")
    expect(chat.focused).to_have_text("Meus dados")
    keys.press("Escape")
    expect(chat.composer).to_be_focused()


def test_an_answer_takes_no_focus_and_no_text(chat: SupportPage, rasa: GuideRasa) -> None:
    rasa.hold()
    chat.write(PROBLEM)
    chat.page.keyboard.type("e mais uma coisa")
    rasa.release()
    chat.wait_for_answer(1)
    expect(chat.composer).to_be_focused()
    expect(chat.composer).to_have_value("e mais uma coisa")


def test_an_answer_takes_no_focus_from_the_host_page(chat: SupportPage, rasa: GuideRasa) -> None:
    field = chat.page.locator("#field")
    field.focus()
    chat.page.evaluate("text => omniSupport.send(text)", PROBLEM)
    chat.wait_for_answer(1)
    expect(field).to_be_focused()
    chat.page.reload()
    expect(chat.mine).to_have_count(1)
    assert chat.page.evaluate("document.activeElement.tagName") == "BODY"


def test_closing_leads_back_to_where_one_was(visit: Callable[..., SupportPage]) -> None:
    support = visit(css="own_button")
    expect(support.launcher).to_be_hidden()
    own = support.page.locator("#own")
    own.evaluate("node => node.addEventListener('click', () => omniSupport.open())")
    own.focus()
    support.page.keyboard.press("Enter")
    expect(support.composer).to_be_focused()
    support.page.keyboard.press("Escape")
    expect(own).to_be_focused()


def test_answers_are_told_once_and_history_not_at_all(chat: SupportPage) -> None:
    told = """() => {
      const root = document.querySelector("omni-support").shadowRoot;
      const line = root.querySelector(".log > .unseen");
      window.told = [];
      new MutationObserver(() => line.textContent && window.told.push(line.textContent))
        .observe(line, { childList: true });
    }"""
    chat.page.evaluate(told)
    chat.say(PROBLEM)
    (said,) = chat.until("window.told.length && window.told")
    assert said.startswith("Assistente: Vamos ver por que")
    assert "Verificação 1 de 3. Teste de recebimento e envio" in said
    assert "8 opções de resposta" in said
    expect(chat.log.locator(".thread")).to_have_attribute("aria-live", "off")
    chat.page.reload()
    expect(chat.mine).to_have_count(1)
    chat.page.evaluate(told)
    chat.say("2")
    (said,) = chat.until("window.told.length && window.told")
    assert "Verificação 2 de 3" in said
    assert "Verificação 1 de 3" not in said


def test_no_motion_for_those_who_want_none(chat: SupportPage, rasa: GuideRasa) -> None:
    moving = """() => document.querySelector("omni-support").shadowRoot.getAnimations().length"""
    rasa.hold()
    chat.write(PROBLEM)
    expect(chat.typing).to_be_visible()
    assert chat.page.evaluate(moving) == 0
    chat.page.emulate_media(reduced_motion="no-preference")
    assert chat.page.evaluate(moving) > 0
    chat.page.emulate_media(reduced_motion="reduce")
    rasa.release()
    chat.wait_for_answer(1)
    chat.answers.last.get_by_role("button", name="Mostrar na tela").click()
    assert chat.page.evaluate(moving) == 0
