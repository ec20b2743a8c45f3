"""The widget as a person uses it, in any page; the same against a fake or the real servers."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

SHOTS = Path(__file__).resolve().parents[2] / "results" / "screenshots"
ANSWER_MS = 15_000
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
TOUCH = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}

# What is stored, by the widget's own token.
_STORED = """async () => {
  const key = Object.keys(localStorage).find((one) => one.endsWith(":session"));
  if (!key) return null;
  const gateway = key.slice("omni-support:".length, -":session".length);
  const { token } = JSON.parse(localStorage.getItem(key));
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${gateway}/api/v1/messages`, { headers });
  return answer.ok ? (await answer.json()).messages : answer.status;
}"""
# What is drawn, in one look: message by message whose it is and what it says.
_DRAWN = """() => {
  const root = document.querySelector("omni-support").shadowRoot;
  return [...root.querySelectorAll(".log .row")].map((row) => {
    const user = row.classList.contains("user");
    return { user, text: (user ? row.querySelector(".bubble") : row).innerText };
  });
}"""
# Whatever sticks out of the window to the side, and what scrolls sideways.
_WIDE = """() => {
  const root = document.querySelector("omni-support").shadowRoot;
  const shown = [...root.querySelectorAll("*")].filter(
    (node) => node.checkVisibility() && !node.closest(".unseen, svg, .ring"));
  const out = shown.filter((node) => {
    const { left, right, width } = node.getBoundingClientRect();
    return width && (left < -0.5 || right > innerWidth + 0.5);
  });
  const wide = [document.documentElement, ...shown.filter((node) => node.matches(
    ".log, .panel, .data, .thread, .strip, .menu, .gone"))].filter(
    (node) => node.scrollWidth > node.clientWidth);
  return [...out, ...wide].map((node) => `${node.tagName} ${node.className}`);
}"""


class SupportPage:
    """Finds things by what a person sees or a screen reader says, where that is possible."""

    def __init__(self, page: Page, launcher: str = "Ajuda") -> None:
        self.page = page
        self.element = page.locator("omni-support")
        self.launcher = page.get_by_role("button", name=re.compile(rf"^{launcher}\b"))
        self.panel = self.element.locator("dialog")
        self.log = page.get_by_role("log", name="Conversa")
        self.composer = page.get_by_role("textbox", name="Sua mensagem")
        self.send_button = page.get_by_role("button", name="Enviar", exact=True)
        self.answers = self.log.locator(".row:not(.user)")
        self.mine = self.log.locator(".row.user")
        self.typing = self.log.locator(".typing")
        self.strip = self.element.locator(".strip")
        self.badge = self.element.locator(".badge")
        self.focused = self.element.locator(":focus")
        self.status = self.panel.locator(".status")
        self.spoken = self.element.locator(".unseen[role=status]")

    def wait_until_drawn(self) -> None:
        """Wait until the widget is there."""
        self.page.evaluate(
            "customElements.whenDefined('omni-support').then(() => omniSupport.ready)"
        )

    def reload(self) -> None:
        """Load the page again."""
        self.page.reload()
        self.wait_until_drawn()

    def until(self, expression: str) -> Any:
        """Return what a script gives once that is true (wait_for_function needs unsafe-eval)."""
        end = time.monotonic() + ANSWER_MS / 1000
        while not (found := self.page.evaluate(expression)):
            assert time.monotonic() < end, expression
            self.page.wait_for_timeout(50)
        return found

    def open(self) -> SupportPage:
        """Press the launcher and wait until one can write."""
        self.launcher.click()
        expect(self.composer).to_be_visible()
        expect(self.log).to_contain_text("Olá!")
        return self

    def write(self, text: str) -> None:
        """Type `text` and send it by Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def say(self, text: str) -> Locator:
        """Send `text` and return the last answer once all are there."""
        before = self.answers.count()
        self.write(text)
        return self.wait_for_answer(before)

    def choose(self, label: str) -> Locator:
        """Press the choice called `label`, unfolding the lesser ones where needed."""
        before = self.answers.count()
        choice = self.choice(label)
        folded = self.log.get_by_role("button", name=re.compile(r"^Mais \d+ opções"))
        # The answer before may still be arriving, its options last.
        expect(choice.or_(folded).first).to_be_visible(timeout=ANSWER_MS)
        if not choice.count():
            folded.click()
        choice.click()
        return self.wait_for_answer(before)

    def choice(self, label: str) -> Locator:
        """Return the choice called `label` that can be taken now."""
        return self.log.locator(".choices").get_by_role("button", name=label, exact=True)

    def wait_for_answer(self, before: int) -> Locator:
        """Wait until there are more answers than `before` and none is on its way."""
        expect(self.answers.nth(before)).to_be_visible(timeout=ANSWER_MS)
        expect(self.typing).to_be_hidden(timeout=ANSWER_MS)
        return self.answers.last

    def menu(self, item: str) -> None:
        """Take a way out of the header's menu."""
        self.page.get_by_role("button", name="Mais ações").click()
        self.panel.get_by_role("button", name=item, exact=True).click()

    def said(self) -> list[str]:
        """Return what the person's bubbles say, in order."""
        return self.mine.locator(".bubble").all_inner_texts()

    def stored(self) -> list[dict[str, Any]]:
        """Return the conversation as the gateway has it, read with this page's own token."""
        found = self.page.evaluate(_STORED)
        assert isinstance(found, list), found
        return found

    def is_as_stored(self) -> None:
        """Check that each stored message is drawn once, in order, and nothing else is."""
        stored, drawn = self._settled()
        assert [one["seq"] for one in stored] == list(range(1, len(stored) + 1))
        assert [one["user"] for one in drawn] == [one["from"] == "user" for one in stored]
        for node, one in zip(drawn, stored, strict=True):
            start = re.split(r"[*\n]", one["text"])[0]
            assert node["text"] == one["text"] if node["user"] else start in node["text"]

    def _settled(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return what is stored and what is drawn, both read while nothing came between."""
        end = time.monotonic() + ANSWER_MS / 1000
        while True:
            stored, drawn = self.stored(), self.page.evaluate(_DRAWN)
            if len(stored) == len(drawn) == len(self.stored()) or time.monotonic() > end:
                return stored, drawn
            self.page.wait_for_timeout(50)

    def too_wide(self) -> list[str]:
        """Return what sticks out of the window or scrolls sideways."""
        return list(self.page.evaluate(_WIDE))

    def shot(self, name: str) -> None:
        """Keep a picture of the page as results/screenshots/<name>.png."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")
