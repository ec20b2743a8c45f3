"""The page in a real browser against the real servers, with pictures to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from chat_page import ChatPage
from chromium import launched
from playwright.sync_api import Browser, Page, expect
from stack import ROOT, Stack

VIEWPORTS = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


def visit(browser: Browser, stack: Stack, viewport: str) -> Page:
    page = browser.new_page(base_url=stack.url, viewport=VIEWPORTS[viewport], locale="pt-BR")
    page.set_default_timeout(15_000)
    return page


@pytest.fixture(params=VIEWPORTS)
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack) -> Iterator[Page]:
    made = visit(browser, stack, request.param)
    yield made
    made.screenshot(path=f"results/screenshots/real-{request.param}-end.png")
    made.close()


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


SITUATIONS = sorted((ROOT / "knowledge/situations").glob("*.yml"))
ENOUGH_CHECKS = 12


@pytest.mark.parametrize("path", SITUATIONS, ids=lambda path: path.stem)
def test_every_situation_reaches_its_articles_and_a_case(
    browser: Browser, stack: Stack, path: Path
) -> None:
    page = visit(browser, stack, "phone")
    chat = ChatPage(page).open()
    chat.say(yaml.safe_load(path.read_text(encoding="utf-8"))["title"])
    expect(chat.log).to_contain_text("Verificação 1 de")
    for _ in range(ENOUGH_CHECKS):
        if chat.log.get_by_role("link").count():
            break
        chat.choose("Pular esta verificação")
    expect(chat.log.get_by_role("link").first).to_be_visible()
    chat.choose("Falar com uma pessoa")
    expect(chat.log).to_contain_text("caso nº")
    page.close()
