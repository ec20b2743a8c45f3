"""Sees what a page must not do: errors, dialogs, foreign requests, breaches of its policy."""

from __future__ import annotations

import re

from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

# Scripts of a vector call `xss()`; policy breaches are kept by the console too, as errors.
INIT_SCRIPT = """
window.xss = () => { window.wasRun = (window.wasRun ?? 0) + 1; };
addEventListener("securitypolicyviolation", (event) => console.error(
  `policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
# What a browser says of a network that is away; only some tests take that away.
_NETWORK = re.compile(r"^Failed to load resource|net::ERR_|status of (4|5)\d\d")
_OWN = ("blob:", "data:")


class Watch:
    """Collects faults of all pages that it follows; `origins` are those that may be asked."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.network_may_fail = False
        self._origins = origins

    def follow(self, page: Page) -> None:
        """Watch `page` from now on."""
        page.on("pageerror", lambda error: self._add("error", str(error)))
        page.on("dialog", self._on_dialog)
        page.on("console", self._on_console)
        page.on("request", self._on_request)

    def _add(self, kind: str, text: str) -> None:
        self.faults.append(f"{kind}: {text}")

    def _on_dialog(self, dialog: Dialog) -> None:
        self._add("dialog", dialog.message)
        dialog.dismiss()

    def _on_console(self, message: ConsoleMessage) -> None:
        is_bad = message.type in ("error", "warning")
        if is_bad and not (self.network_may_fail and _NETWORK.search(message.text)):
            self._add("console", message.text)

    def _on_request(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")
        is_ours = any(request.url.startswith(f"{origin}/") for origin in self._origins)
        if not is_ours and not request.url.startswith(_OWN):
            self._add("third origin", request.url)
