"""The console's own script, and pages without it: keys, advice, texts that would be scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from gateway_process import GatewayProcess
from playwright.sync_api import Browser, Page, expect
from support_page import DESKTOP

NASTY = "<img src=x onerror=alert(1)><script>alert(2)</script> a fila não anda"
Open = Callable[..., Page]


@pytest.fixture
def open_page(console: GatewayProcess, browser: Browser, console_state: Any) -> Iterator[Open]:
    """Return a function that opens a page of the console as a trainer; nothing may go wrong."""
    faults: list[str] = []
    contexts = []

    def opened(path: str, **options: Any) -> Page:
        context = browser.new_context(storage_state=console_state, viewport=DESKTOP, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda one: faults.append(one.message))
        page.on("console", lambda one: faults.append(one.text) if one.type == "error" else None)
        page.goto(f"{console.url}/treinador{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def test_keys_go_through_the_inbox_and_decide(open_page: Open) -> None:
    page = open_page("/revisao")
    groups = page.locator("form.group")
    before = groups.count()
    assert before >= 3
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(groups.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(groups.nth(0)).to_be_focused()
    page.keyboard.press("6")
    expect(page.get_by_role("status")).to_contain_text("Decisão guardada.")
    expect(groups).to_have_count(before - 1)
    expect(groups.nth(0)).to_be_focused()  # on to the next one


def test_a_key_typed_into_a_field_decides_nothing(open_page: Open) -> None:
    page = open_page("/revisao")
    before = page.locator("form.group").count()
    page.get_by_label("Dias").focus()
    page.keyboard.type("6j")
    page.wait_for_timeout(300)
    assert page.locator("form.group").count() == before


def test_advice_comes_while_one_writes(open_page: Open) -> None:
    page = open_page("/situacoes/slowness")
    page.get_by_label("Novos exemplos, um por linha").fill(NASTY)
    # The copy of the project has no model; that is said, and the phrase is no markup.
    expect(page.locator("#conselho")).to_contain_text("Ainda não há modelo", timeout=60_000)


@pytest.mark.parametrize("scripts", [True, False])
def test_every_change_works_with_and_without_scripts(open_page: Open, scripts: bool) -> None:
    phrase = f"{NASTY} {'com' if scripts else 'sem'} script"
    page = open_page("/situacoes/slowness", java_script_enabled=scripts)
    page.get_by_label("Novos exemplos, um por linha").fill(phrase)
    section = page.get_by_role("region", name="Exemplos")
    section.get_by_role("button", name="Acrescentar").click()
    expect(page.get_by_role("status")).to_contain_text("Acrescentado.")
    expect(section.get_by_text(phrase, exact=True)).to_be_visible()
    page.get_by_role("link", name="Ver o que mudou, ou desfazer").click()
    expect(page.locator(".diff ins")).to_contain_text(phrase)
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_role("status")).to_contain_text("Desfeito.")
