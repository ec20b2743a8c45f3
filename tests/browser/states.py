"""Leads the widget through all that it can show, for the pictures and for axe-core."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guide_rasa import GuideRasa
from playwright.sync_api import expect
from small_guide import PROBLEM
from support_page import SupportPage


def walk(support: SupportPage, rasa: GuideRasa) -> Iterator[str]:
    """Yield the name of each state while the widget is in it."""
    yield "closed"
    support.open()
    yield "empty"
    support.page.get_by_role("button", name="Mais ações").click()
    yield "menu"
    support.page.keyboard.press("Escape")
    support.say(PROBLEM)
    yield "check"
    yield from _late(support, rasa)
    support.strip.locator("summary").click()
    yield "progress"
    support.strip.locator("summary").click()
    support.answers.last.get_by_role("button", name="Esta resposta não ajudou").click()
    expect(support.panel.get_by_label("O que faltou?")).to_be_visible()
    yield "reason"
    support.choose("Não tenho permissão")
    yield "copy"
    support.choose("Continuar")
    yield from _away(support)
    support.choose("Não resolveu")
    yield "articles"
    yield from _questions(support)
    support.choose("Falar com uma pessoa")
    yield "case"
    yield from _closed_again(support)
    yield from _data(support)


def _late(support: SupportPage, rasa: GuideRasa) -> Iterator[str]:
    rasa.hold()
    support.choice("Não resolveu").click()
    expect(support.typing).to_contain_text("Só mais um instante")
    yield "working"
    expect(support.log.locator(".row.system").get_by_role("link").last).to_be_visible()
    yield "fallback"
    rasa.release()
    expect(support.strip).to_contain_text("Verificação 2 de 3")
    expect(support.typing).to_be_hidden()
    yield "late"


def _away(support: SupportPage) -> Iterator[str]:
    refusal = {"status": 422, "json": {"detail": "Não consegui entender o pedido."}}
    support.page.route("**/api/v1/messages", lambda route: route.fulfill(**refusal))
    support.write("uma mensagem que é recusada")
    expect(support.mine.last).to_have_attribute("data-state", "failed")
    yield "failed"
    support.page.unroute("**/api/v1/messages")
    support.mine.last.get_by_role("button", name="Descartar").click()
    support.page.context.set_offline(True)
    expect(support.status).to_have_text("Sem conexão")
    support.write("escrita sem conexão")
    expect(support.mine.last).to_have_attribute("data-state", "queued")
    yield "offline"
    support.page.context.set_offline(False)
    expect(support.answers.last).to_contain_text("escrita sem conexão", timeout=40_000)
    expect(support.status).to_have_text("Online")
    support.say("e-mail")
    support.choose("Não resolveu")
    support.choose("Não resolveu")


def _questions(support: SupportPage) -> Iterator[str]:
    support.menu("Novo atendimento")
    yield "restart"
    support.panel.get_by_role("button", name="Cancelar").click()
    support.composer.fill("muito texto " * 170)
    yield "too-long"
    support.composer.fill("")


def _closed_again(support: SupportPage) -> Iterator[str]:
    support.page.get_by_role("button", name="Fechar").click()
    support.page.evaluate("omniSupport.send('ainda está aí?')")
    expect(support.badge).to_have_text("1")
    yield "unread"
    support.open()


def _data(support: SupportPage) -> Iterator[str]:
    support.menu("Meus dados")
    expect(support.panel.get_by_role("term").first).to_be_visible()
    yield "data"
    support.panel.get_by_role("button", name="Apagar meus dados").click()
    yield "erase"
    support.panel.get_by_role("button", name="Apagar tudo").click()
    expect(support.panel.get_by_role("heading", name=re.compile("foram apagados"))).to_be_focused()
    yield "erased"
