"""The chat page as a person uses it; the same against a fake or the real servers."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SHOTS = Path(__file__).resolve().parents[2] / "results" / "screenshots"
ANSWER_MS = 12_000
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}


class ChatPage:
    """Finds things by what a person sees or a screen reader says, not by class names."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.get_by_role("log")
        self.composer = page.get_by_role("textbox", name="Sua mensagem")
        self.send_button = page.get_by_role("button", name="Enviar", exact=True)
        self.restart = page.get_by_role("button", name="Novo atendimento")
        self.answers = self.log.locator(".turn--assistant, .turn--system")
        self.mine = self.log.locator(".turn--user")

    def open(self) -> ChatPage:
        """Open the page and wait until it can be used."""
        self.page.goto("/")
        expect(self.log).to_contain_text("Olá!")
        return self

    def say(self, text: str) -> Locator:
        """Type `text`, send it by Enter, and return the last answer once it is there."""
        before = self.answers.count()
        self.composer.fill(text)
        self.composer.press("Enter")
        return self.wait_for_answer(before)

    def choose(self, label: str) -> Locator:
        """Press the choice called `label`, looking behind "Mais opções" where needed."""
        before = self.answers.count()
        choice = self.choice(label)
        if not choice.is_visible():
            self.log.get_by_text("Mais opções").last.click()
        choice.click()
        return self.wait_for_answer(before)

    def choice(self, label: str) -> Locator:
        """Return the newest choice called `label` that can be used."""
        return (
            self.log.locator("button:enabled:not([aria-disabled=true])")
            .get_by_text(label, exact=True)
            .last
        )

    def wait_for_answer(self, before: int) -> Locator:
        """Wait until there are more answers than `before` and none is on its way."""
        expect(self.answers.nth(before)).to_be_visible(timeout=ANSWER_MS)
        expect(self.page.locator(".typing")).to_have_count(0, timeout=ANSWER_MS)
        return self.answers.last

    def shot(self, name: str) -> None:
        """Keep a picture of the page as results/screenshots/<name>.png."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(450)  # until scrolling and fading have ended
        self.page.screenshot(path=SHOTS / f"{name}.png")

    def overflow(self) -> int:
        """Return how many pixels the page or its log are wider than what shows of them."""
        return int(
            self.page.evaluate(
                """() => Math.max(...["html", "body", "#log", "#thread"].map((one) => {
                    const node = document.querySelector(one);
                    return node.scrollWidth - node.clientWidth;
                }))"""
            )
        )
