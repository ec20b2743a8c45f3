"""The page in a real browser against the real servers, with pictures to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_page import ChatPage
from playwright.sync_api import Page, expect, sync_playwright
from stack import Stack

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
VIEWPORTS = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}


@pytest.fixture(params=VIEWPORTS)
def page(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: make browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = browser.new_page(
            base_url=stack.url, viewport=VIEWPORTS[request.param], locale="pt-BR"
        )
        made.set_default_timeout(15_000)
        yield made
        made.screenshot(path=f"results/screenshots/real-{request.param}-end.png")
        browser.close()


def test_a_problem_is_walked_to_its_articles_and_a_case(page: Page) -> None:
    chat = ChatPage(page).open()
    chat.say("os emails não estão chegando na caixa do suporte")
    expect(chat.log).to_contain_text("Verificação 1 de 4")
    chat.shot(f"real-{page.viewport_size['width']}-check")
    chat.choose("Não, o teste passou sem erro")
    chat.choose("Não tenho permissão")
    expect(chat.log.get_by_role("button", name="Copiar").last).to_be_visible()
    chat.choose("Pular esta verificação")
    chat.choose("Não mudou, ou ainda não sei")
    expect(chat.log.get_by_role("link").last).to_have_attribute("rel", re.compile("noopener"))
    chat.choose("Falar com uma pessoa")
    expect(chat.log).to_contain_text("caso nº")


def test_a_reload_in_the_middle_keeps_the_guide(page: Page) -> None:
    chat = ChatPage(page).open()
    chat.say("não consigo enviar anexo no chat")
    expect(chat.log).to_contain_text("Verificação 1 de 2")
    page.reload()
    expect(chat.log).to_contain_text("Verificação 1 de 2")
    chat.choose("Resolveu")
    expect(chat.log).to_contain_text("ajudou você?")
