"""The widget in a real browser against the real servers, with pictures to look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from chromium import launched
from playwright.sync_api import Browser, BrowserContext, expect
from support_page import DESKTOP, PHONE, TOUCH, SupportPage

from chaos.places.embedded import ROOT, Stack

DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE, **TOUCH},
}
SITUATIONS = sorted((ROOT / "knowledge/situations").glob("*.yml"))
ENOUGH_CHECKS = 12
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)
Visit = Callable[..., SupportPage]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


@pytest.fixture
def visit(browser: Browser, stack: Stack) -> Iterator[Visit]:
    """Return a function that opens the demo page, and the panel in it, as a new visitor."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(device: str) -> SupportPage:
        context = browser.new_context(
            base_url=stack.url, locale="pt-BR", reduced_motion="reduce", **DEVICES[device]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda one: faults.append(one.text) if one.type == "error" else None)
        page.goto("/")
        support = SupportPage(page)
        support.wait_until_drawn()
        return support.open()

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("device", DEVICES)
def test_a_problem_is_walked_to_its_articles_and_a_case(visit: Visit, device: str) -> None:
    support = visit(device)
    support.say("os emails não estão chegando na caixa do suporte")
    expect(support.strip).to_contain_text("Verificação 1 de 4")
    support.shot(f"real-{device}-1-check")
    support.choose("Não, o teste passou sem erro")
    support.choose("Não tenho permissão")
    expect(support.log.get_by_role("button", name="Copiar").last).to_be_visible()
    support.shot(f"real-{device}-2-copy")
    support.choose("Pular esta verificação")
    support.choose("Não mudou, ou ainda não sei")
    expect(support.log.get_by_role("link").last).to_have_attribute("rel", re.compile("noopener"))
    support.shot(f"real-{device}-3-articles")
    expect(support.choose("Falar com uma pessoa").locator("..").locator(".case")).to_have_count(1)
    support.shot(f"real-{device}-4-case")
    assert support.too_wide() == []
    support.is_as_stored()


def test_a_place_is_shown_and_starting_anew_ends_the_guide(visit: Visit) -> None:
    support = visit("desktop")
    check = support.say("os emails não estão chegando na caixa do suporte")
    check.get_by_role("button", name="Mostrar na tela").click()
    expect(support.element.locator(".ring")).to_be_visible()
    support.shot("real-desktop-ring")
    support.page.keyboard.press("Escape")
    before = support.answers.count()
    support.menu("Novo atendimento")
    support.panel.get_by_role("button", name="Começar de novo").click()
    support.wait_for_answer(before)
    expect(support.strip).to_be_hidden()
    expect(support.log.locator(".choices button")).to_have_count(0)


def test_a_reload_in_the_middle_keeps_the_guide(visit: Visit) -> None:
    support = visit("desktop")
    support.say("não consigo enviar anexo no chat")
    expect(support.strip).to_contain_text("Verificação 1 de 2")
    support.reload()
    expect(support.strip).to_contain_text("Verificação 1 de 2")
    support.choose("Resolveu")
    expect(support.log).to_contain_text("ajudou você?")
    support.is_as_stored()


@pytest.mark.parametrize("path", SITUATIONS, ids=lambda path: path.stem)
def test_every_situation_reaches_its_articles_and_a_case(visit: Visit, path: Path) -> None:
    support = visit("phone")
    support.say(yaml.safe_load(path.read_text(encoding="utf-8"))["title"])
    expect(support.strip).to_contain_text("Verificação 1 de")
    for _ in range(ENOUGH_CHECKS):
        if support.log.get_by_role("link").count():
            break
        support.choose("Pular esta verificação")
    expect(support.log.get_by_role("link").first).to_be_visible()
    support.choose("Falar com uma pessoa")
    expect(support.log.locator(".case")).to_have_count(1)
    assert support.too_wide() == []
