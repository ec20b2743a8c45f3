"""The console as a trainer uses it: by what is written on labels and buttons."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect
from support_page import SHOTS

WORK_MS = 600_000
# The doctor is nicer than whoever else works on the machine.
PAGE_MS = 90_000


class ConsolePage:
    """Goes from page to page by links, fills fields, presses buttons."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self._url = page, url
        page.set_default_timeout(PAGE_MS)

    def log_in(self, name: str, password: str) -> None:
        """Come in by the form."""
        self.page.goto(f"{self._url}/treinador")
        self.page.get_by_label("Nome").fill(name)
        self.page.get_by_label("Senha").fill(password)
        self.press("Entrar")
        expect(self.page.get_by_role("heading", name="Visão geral")).to_be_visible()

    def section(self, name: str) -> None:
        """Take a link of the frame."""
        self.page.get_by_role("navigation", name="Seções").get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=PAGE_MS)

    def link(self, name: str) -> None:
        """Take the first link of that name."""
        self.page.get_by_role("link", name=name).first.click()

    def fill(self, values: dict[str, str]) -> None:
        """Fill fields by their labels."""
        for label, value in values.items():
            self.page.get_by_label(label, exact=True).fill(value)

    def press(self, name: str, within: Any = None) -> None:
        """Press the button of that name, in a part of the page or in all of it."""
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def saved(self, words: str = "Gravado.") -> None:
        """Wait until the page says that it is done."""
        expect(self.page.get_by_role("status")).to_contain_text(words, timeout=PAGE_MS)

    def sees(self, words: str, patience: int = PAGE_MS) -> None:
        """Wait until the page says something."""
        expect(self.page.locator("main")).to_contain_text(words, timeout=patience)

    def shot(self, name: str, full: bool = False) -> None:
        """Keep a picture."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"treinador-{name}.png", full_page=full)
