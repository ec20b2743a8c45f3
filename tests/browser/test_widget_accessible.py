"""axe-core finds nothing in any state, and there is a picture of each to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from guide_rasa import GuideRasa
from playwright.sync_api import Page
from states import walk
from support_page import DESKTOP, PHONE, TOUCH, SupportPage
from watch import Watch

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": TAGS},
    # WCAG 2.2 AA, and switched off unless asked for.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    # It would fetch style sheets, which the page's policy forbids.
    "preload": False,
}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}
DEVICES = {"desktop": {"viewport": DESKTOP}, "phone": {"viewport": PHONE, **TOUCH}}
ENOUGH_STATES = 19


def violations(page: Page, look: str = "light") -> list[str]:
    """Return what axe-core has against the page as it stands."""
    # There the person chose the colours. axe-core reads -webkit-text-fill-color, for which
    # Chromium tells the page's colour and not the one that it paints.
    rules = RULES["rules"] | {"color-contrast": {"enabled": look != "forced"}}
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options)", RULES | {"rules": rules})
    assert len(found["passes"]) > 10, "axe-core looked at next to nothing"
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("device", DEVICES)
def test_every_state(
    visit: Callable[..., SupportPage], rasa: GuideRasa, watch: Watch, device: str
) -> None:
    watch.network_may_fail = True
    support = visit(options=DEVICES[device])
    found: dict[str, str] = {}
    states = []
    for state in walk(support, rasa):
        states.append(state)
        for look, media in LOOKS.items():
            support.page.emulate_media(**media)
            name = f"{device}-{look}-{len(states):02}-{state}"
            if look != "forced" or device == "desktop":
                support.shot(name)
            if faults := violations(support.page, look) + support.too_wide():
                found |= {fault: name for fault in faults}
    assert found == {}, "\n".join(f"{name}: {fault}" for fault, name in found.items())
    assert len(states) >= ENOUGH_STATES


def test_a_fault_would_be_found(visit: Callable[..., SupportPage]) -> None:
    support = visit(css="unreadable").open()
    found = violations(support.page)
    assert any(one.startswith("color-contrast") and "omni-support" in one for one in found)
