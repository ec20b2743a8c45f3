"""The trainers' console in a browser: axe-core finds nothing on any page, by day and by night."""

from __future__ import annotations

from typing import Any

import pytest
from gateway_process import GatewayProcess
from playwright.sync_api import Browser, Page
from support_page import DESKTOP, PHONE, SHOTS
from test_widget_accessible import violations

LOOKS = ("light", "dark")
# The doctor reads everything for its page: ten seconds, and more on a busy machine.
PAGE_MS = 90_000
PAGES = {
    "visao": "",
    "situacoes": "/situacoes",
    "nova": "/situacoes/nova",
    "situacao": "/situacoes/slowness",
    "verificacao": "/situacoes/slowness/verificacoes/outra_rede",
    "frases": "/frases/out_of_scope",
    "frase": "/frases/slowness/alterar?frase=o+omni+está+lento",
    "de_mais_de_uma": "/frases/de-mais-de-uma",
    "textos": "/textos",
    "artigos": "/artigos?busca=senha",
    "artigo": "/artigos/demora_emails",
    "revisao": "/revisao",
    "aceitas": "/revisao/aceitas",
    "conferencia": "/conferencia",
    "medicao": "/medicao",
    "versoes": "/versoes",
    "uso": "/uso",
    "uso_situacao": "/uso/slowness",
    "historico": "/historico",
}


def follow(page: Page) -> list[str]:
    """Note what the browser complains about: scripts, policies, files."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_page(
    console: GatewayProcess, browser: Browser, console_state: Any, name: str
) -> None:
    context = browser.new_context(storage_state=console_state, viewport=DESKTOP)
    page = context.new_page()
    page.set_default_navigation_timeout(PAGE_MS)
    said = follow(page)
    page.goto(f"{console.url}/treinador{PAGES[name]}")
    for look in LOOKS:
        page.emulate_media(color_scheme=look)
        faults = violations(page)
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"console-{look}-{name}.png", full_page=True)
        assert faults == [], "\n".join(faults)
    page.set_viewport_size(PHONE)
    page.screenshot(path=SHOTS / f"console-phone-{name}.png")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert wide <= 0, f"{wide} pixels too wide on a phone"
    assert said == []


def test_the_login_page(console: GatewayProcess, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{console.url}/treinador/uso")
    for look in LOOKS:
        page.emulate_media(color_scheme=look)
        assert violations(page) == []
    assert page.title() == "Entrar · Treinador"
    context.close()
