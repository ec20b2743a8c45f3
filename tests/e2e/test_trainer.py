"""A trainer adds a situation that is in no file, publishes it, and takes it back; people meanwhile.

All of it in the console, against `make run` of a copy of the project: training, doctor, evaluation,
replay, bundle, switch and rollback are the real ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from chromium import launched
from console_page import WORK_MS, ConsolePage
from playwright.sync_api import Browser, Page, expect
from project_copy import copy_project
from served_copy import PASSWORD, ServedCopy
from support_page import DESKTOP, SupportPage

from chaos.places.served import V1

RAMAL = yaml.safe_load(Path(__file__).with_name("ramal.yml").read_text(encoding="utf-8"))
ID = "ramal_fica_mudo_durante_a_ligacao"
Arrive = Callable[[], SupportPage]
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCopy]:
    made = ServedCopy(copy_project(tmp_path_factory.mktemp("project")))
    made.prepare()
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


@pytest.fixture
def new_page(browser: Browser, served: ServedCopy) -> Iterator[Callable[[], Page]]:
    """Return a function that opens a browser of its own, whose complaints are faults."""
    faults: list[str] = []
    contexts = []

    def opened() -> Page:
        context = browser.new_context(
            base_url=served.url, locale="pt-BR", reduced_motion="reduce", viewport=DESKTOP
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda one: faults.append(one.text) if one.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def arrive(new_page: Callable[[], Page]) -> Arrive:
    """Return a function with which somebody new opens the widget."""

    def somebody() -> SupportPage:
        page = new_page()
        page.goto("/")
        support = SupportPage(page)
        support.wait_until_drawn()
        return support.open()

    return somebody


def test_from_nothing_to_people_and_back(
    served: ServedCopy, new_page: Callable[[], Page], arrive: Arrive
) -> None:
    middle = arrive()
    middle.say("os emails não estão chegando na caixa do suporte")
    expect(middle.strip).to_contain_text("Verificação 1 de 4")
    stranger = arrive()
    stranger.say(RAMAL["asked"])
    expect(stranger.log).not_to_contain_text(RAMAL["check"]["text"])

    console = ConsolePage(new_page(), served.url)
    console.log_in("Ana", PASSWORD)
    _add(console)
    _see_what_the_doctor_says(console)
    _mend(console)
    _measure(console)
    console.section("Visão geral")
    console.sees("tudo certo")
    console.shot("1-visao")
    _publish(console, served)

    helped = arrive()
    helped.say(RAMAL["asked"])
    expect(helped.log).to_contain_text(RAMAL["check"]["text"])
    expect(helped.strip).to_contain_text("Verificação 1 de 2")
    helped.shot("treinador-10-widget")
    halfway = arrive()
    halfway.say(RAMAL["asked"])
    halfway.choose("Não resolveu")
    expect(halfway.log).to_contain_text(RAMAL["second"]["text"])
    helped.choose("Resolveu")
    middle.choose("Não, o teste passou sem erro")
    expect(middle.strip).to_contain_text("Verificação 2 de")

    _take_back(console, served)
    later = arrive()
    later.say(RAMAL["asked"])
    expect(later.log).not_to_contain_text(RAMAL["check"]["text"])
    middle.choose("Pular esta verificação")
    expect(middle.strip).to_contain_text("Verificação 3 de")
    assert halfway.say("e agora?").inner_text().strip()  # never silence
    for person in (middle, stranger, helped, halfway, later):
        person.is_as_stored()


def _add(console: ConsolePage) -> None:
    console.section("Situações")
    console.link("Nova situação")
    console.fill({"Título": RAMAL["title"]})
    console.shot("2-nova")
    console.press("Criar")
    console.saved("Criada.")


def _see_what_the_doctor_says(console: ConsolePage) -> None:
    console.section("Conferência")
    console.sees("a corrigir antes de publicar")
    console.sees("exemplos: 0; o mínimo é 30")
    console.shot("3-conferencia")
    console.link("Corrigir")
    console.section("Situações")
    console.link(RAMAL["title"])
    console.shot("4-situacao")


def _mend(console: ConsolePage) -> None:
    page = console.page
    console.fill({"Frase que a distingue": RAMAL["clarify"], "Parte do Omni": RAMAL["module"],
                  "O que vamos conferir": RAMAL["summary"]})  # fmt: skip
    page.get_by_label("Quem costuma fazer").select_option(RAMAL["performer"])
    console.press("Gravar textos")
    console.saved()
    console.link("Verificação ainda sem nome")
    _check(console, RAMAL["check"])
    console.shot("5-verificacao")
    console.press("Gravar verificação")
    console.saved()
    console.link("Nova verificação")
    _check(console, RAMAL["second"])
    console.press("Gravar verificação")
    console.saved()
    console.link("ainda sem título")
    console.fill({"Título": RAMAL["article"], "Perguntas": "\n".join(RAMAL["questions"])})
    console.press("Gravar artigo")
    console.saved()
    page.goto(f"{page.url.partition('/treinador')[0]}/treinador/situacoes/{ID}")
    _phrases(console)
    console.section("Conferência")
    console.sees("Nada impede de publicar.")


def _check(console: ConsolePage, check: dict[str, str]) -> None:
    console.fill({"Nome curto": check["title"], "O que fazer": check["text"],
                  "Pergunta sobre o resultado": check["question"],
                  "Explicação": check["why"], "Caminho no menu": ""})  # fmt: skip


def _phrases(console: ConsolePage) -> None:
    page = console.page
    examples = [f"{start} {end}" for start in RAMAL["starts"] for end in RAMAL["ends"]]
    section = page.get_by_role("region", name="Exemplos")
    field = section.get_by_label("Novos exemplos, um por linha")
    field.fill(examples[0])
    expect(page.locator("#conselho")).to_contain_text("ainda não conhece", timeout=150_000)
    console.shot("6-conselho")
    field.fill("\n".join([*examples, *RAMAL["more"]]))
    section.get_by_label("Guardar uma de cada quatro para medir").uncheck()
    console.press("Acrescentar", section)
    console.saved("Acrescentado.")
    for kind, label in (
        ("heldout", "Novas frases de medição"),
        ("tuning", "Novas frases de ajuste"),
    ):
        apart = page.locator(f"form[action*='/medicao/{kind}/acrescentar']")
        apart.get_by_label(f"{label}, uma por linha").fill("\n".join(RAMAL[kind]))
        console.press("Acrescentar", apart)
        console.saved("Acrescentado.")


def _measure(console: ConsolePage) -> None:
    console.section("Medição")
    console.press("Medir agora")
    console.sees("Medição pronta", WORK_MS)
    frame = console.page.frame_locator("iframe.report")
    expect(frame.get_by_role("heading", name="O que o assistente entende")).to_be_visible()
    expect(frame.locator("body")).to_contain_text(RAMAL["title"])
    assert frame.locator("svg").count() > 0
    console.shot("7-medicao", full=True)


def _publish(console: ConsolePage, served: ServedCopy) -> None:
    console.section("Versões")
    console.press("Preparar uma versão")
    console.sees("Publicar a versão", WORK_MS)
    console.sees("Melhor compreendidas")
    console.sees("frases de medição entendidas")
    console.shot("8-publicar", full=True)
    asked = console.page.get_by_text("Publicar a versão").inner_text()
    version = asked.removeprefix("Publicar a versão ").removesuffix("?")
    assert served.shelf.read().active == V1 != version
    for box in console.page.locator("input[name=ciente]").all():
        box.check()
    console.press("Publicar")
    console.sees(f"Versão {version} no ar.", WORK_MS)
    served.until(lambda: served.version() == version)
    assert served.shelf.open(version).manifest.creator == "Ana"


def _take_back(console: ConsolePage, served: ServedCopy) -> None:
    console.section("Versões")
    console.shot("9-versoes")
    started = time.monotonic()
    console.press(f"Voltar à versão {V1}")
    console.saved("ao ar.")
    served.until(lambda: served.version() == V1)
    live = console.page.locator("[data-progress='/treinador/versoes/no-ar'] .big")
    expect(live).to_have_text(V1)  # the page follows by itself
    print(f"\ntaken back in {time.monotonic() - started:.1f} s")
    assert served.shelf.read().active == V1
    console.section("Histórico")
    console.sees("versão anterior de volta")
    console.shot("11-historico")
