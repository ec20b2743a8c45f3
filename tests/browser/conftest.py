"""A browser, and a gateway to visit: ours with a fake Rasa, or the one at OMNI_TEST_URL."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from chat_page import DESKTOP, PHONE, ChatPage
from chromium import launched
from guide_rasa import GuideRasa
from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20
PATIENCE_MS = 10_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


@pytest.fixture(scope="session")
def fake_rasa() -> Iterator[GuideRasa]:
    rasa = GuideRasa()
    yield rasa
    rasa.close()


@pytest.fixture
def rasa(base_url: str, fake_rasa: GuideRasa) -> GuideRasa:
    """The fake behind the gateway, for tests that steer it."""
    if "OMNI_TEST_URL" in os.environ:
        pytest.skip("steers the fake Rasa, and OMNI_TEST_URL names real servers")
    fake_rasa.reset()
    return fake_rasa


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> Iterator[str]:
    given = os.environ.get("OMNI_TEST_URL")
    if given:
        yield given.rstrip("/")
        return
    rasa: GuideRasa = request.getfixturevalue("fake_rasa")
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("gateway")
    yield from _gateway(rasa.url, folder)


def _gateway(rasa_url: str, folder: Path) -> Iterator[str]:
    port = _free_port()
    log = folder / "gateway.log"
    env = os.environ | {
        "OMNI_PORT": str(port),
        "OMNI_RASA_URL": rasa_url,
        "OMNI_ACTIONS_URL": rasa_url,
        "OMNI_TURN_TIMEOUT": "4.5",
        "OMNI_SECRET": "um segredo só para os testes do navegador",
        "OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{folder / 'gateway.db'}",
    }
    with log.open("w") as output:
        command = [sys.executable, "-m", "gateway"]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the gateway did not start:\n{log.read_text()}")


@pytest.fixture
def visit(browser: Browser, base_url: str) -> Iterator[Callable[..., ChatPage]]:
    """Return a function that opens the page; afterwards nothing may have gone wrong in it."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        viewport: dict[str, int] = DESKTOP,
        scheme: str = "light",
        allow_faults: bool = False,
        **options: Any,
    ) -> ChatPage:
        context = browser.new_context(
            base_url=base_url, viewport=viewport, color_scheme=scheme, locale="pt-BR",
            reduced_motion=options.pop("reduced_motion", "reduce"), **options,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        if not allow_faults:
            _watch(page, base_url, faults)
        return ChatPage(page).open()

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _watch(page: Page, base_url: str, faults: list[str]) -> None:
    def seen(kind: str, text: str) -> None:
        faults.append(f"{kind}: {text}")

    page.on("pageerror", lambda error: seen("error", str(error)))
    page.on("dialog", lambda dialog: (seen("dialog", dialog.message), dialog.dismiss()))
    page.on(
        "console",
        lambda one: seen("console", one.text) if one.type in ("error", "warning") else None,
    )
    page.on(
        "request",
        lambda one: None if one.url.startswith(base_url) else seen("third party", one.url),
    )


@pytest.fixture
def chat(visit: Callable[..., ChatPage]) -> ChatPage:
    """The page on a desktop."""
    return visit()


@pytest.fixture
def phone(visit: Callable[..., ChatPage]) -> ChatPage:
    """The page on a phone, used by finger."""
    return visit(PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
