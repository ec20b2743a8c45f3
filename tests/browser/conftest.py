"""A browser, a host site, and a real gateway of another origin with a fake Rasa behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from chromium import launched
from console_site import PASSWORD, console_site
from gateway_process import GatewayProcess
from guide_rasa import GuideRasa
from host_site import HostSite
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support_page import DESKTOP, PHONE, TOUCH, SupportPage
from watch import INIT_SCRIPT, Watch

PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)
Visit = Callable[..., SupportPage]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


@pytest.fixture(scope="session")
def guide_rasa() -> Iterator[GuideRasa]:
    made = GuideRasa()
    yield made
    made.close()


@pytest.fixture(scope="session")
def site() -> Iterator[HostSite]:
    made = HostSite()
    yield made
    made.close()


@pytest.fixture(scope="session")
def gateway_process(
    guide_rasa: GuideRasa, site: HostSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    made = GatewayProcess(tmp_path_factory.mktemp("gateway"), guide_rasa.url, site.origin)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway whose console changes a copy of the project's files."""
    made = console_site(tmp_path_factory.mktemp("console"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def console_state(console: GatewayProcess, browser: Browser) -> Any:
    """The cookies of a trainer who logged in by the form."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{console.url}/treinador")
    page.get_by_label("Nome").fill("Ana")
    page.get_by_label("Senha").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", name="Visão geral")).to_be_visible()
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def gateway(gateway_process: GatewayProcess, site: HostSite) -> GatewayProcess:
    """The gateway, up again whatever the test before did to it."""
    gateway_process.start()
    site.gateway = gateway_process.url
    return gateway_process


@pytest.fixture
def rasa(guide_rasa: GuideRasa) -> Iterator[GuideRasa]:
    """The fake behind the gateway, for tests that steer it."""
    guide_rasa.reset()
    yield guide_rasa
    guide_rasa.release()


@pytest.fixture
def watch(site: HostSite, gateway: GatewayProcess) -> Iterator[Watch]:
    """Sees what goes wrong in any page; afterwards nothing may have."""
    made = Watch((site.origin, gateway.url))
    yield made
    assert made.faults == []


@pytest.fixture
def visit(
    browser: Browser, site: HostSite, gateway: GatewayProcess, rasa: GuideRasa, watch: Watch
) -> Iterator[Visit]:
    """Return a function that opens the host page, in a context of its own or in a given one.

    What is not an option of the context steers the host page (host_site.py), as `css="hostile"`
    or `page="E-mail"` for data-page.
    """
    contexts: list[BrowserContext] = []

    def open_page(
        context: BrowserContext | None = None, options: dict[str, Any] | None = None, **query: str
    ) -> SupportPage:
        if context is None:
            chosen = {"viewport": DESKTOP, "reduced_motion": "reduce"} | (options or {})
            context = browser.new_context(locale="pt-BR", accept_downloads=True, **chosen)
            context.add_init_script(INIT_SCRIPT)
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watch.follow(page)
        return arrive(page, site, query)

    yield open_page
    for context in contexts:
        context.close()


def arrive(page: Page, site: HostSite, query: dict[str, str]) -> SupportPage:
    """Go to the host page and wait for the widget."""
    steering = {"css", "before", "tags", "csp"}
    names = {name if name in steering else f"data-{name}": value for name, value in query.items()}
    page.goto(f"{site.origin}/?{urlencode(names)}")
    support = SupportPage(page)
    support.wait_until_drawn()
    return support


@pytest.fixture
def support(visit: Visit) -> SupportPage:
    """The host page on a desktop, the panel closed."""
    return visit()


@pytest.fixture
def chat(support: SupportPage) -> SupportPage:
    """The panel open on a desktop."""
    return support.open()


@pytest.fixture
def phone(visit: Visit) -> SupportPage:
    """The panel open on a phone, used by finger."""
    return visit(options={"viewport": PHONE, **TOUCH}).open()
