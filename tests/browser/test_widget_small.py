"""Phones, zoom and narrow windows: nothing sticks out, and everything can be reached."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from guide_rasa import GuideRasa
from playwright.sync_api import Locator, expect
from small_guide import PROBLEM
from support_page import PHONE, TOUCH, SupportPage

Visit = Callable[..., SupportPage]
# 200 % of 1280 x 800, and the 400 % of 1280 x 1024 that WCAG 1.4.10 asks for.
WINDOWS = {
    "phone": {"viewport": PHONE, **TOUCH},
    "small-phone": {"viewport": {"width": 320, "height": 640}, **TOUCH},
    "lying-phone": {"viewport": {"width": 640, "height": 320}, **TOUCH},
    "zoom-200": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
    "zoom-400": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
}
LONG = "W" * 90
LEAST_TARGET = 44


def reach_all(support: SupportPage, place: Locator) -> int:
    """Check that each control of `place` can be scrolled to and pressed; return how many."""
    controls = place.locator("button:not(.end), a, textarea, input, summary")
    found = controls.locator("visible=true").element_handles()
    for control in found:
        control.click(trial=True)
        box = control.bounding_box()
        size = support.page.viewport_size
        assert box
        assert size
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"] + 0.5
    return len(found)


@pytest.mark.parametrize("window", WINDOWS)
def test_everything_can_be_reached(visit: Visit, window: str) -> None:
    support = visit(options=WINDOWS[window]).open()
    support.composer.fill("um rascunho")  # else sending would be out of reach
    assert support.too_wide() == []
    assert reach_all(support, support.panel) >= 8
    support.say(PROBLEM)
    support.choose("Não resolveu")
    support.composer.fill("um rascunho")
    support.strip.locator("summary").click()
    support.log.get_by_role("button", name="Mais 2 opções").click()
    assert reach_all(support, support.panel) >= 15
    support.shot(f"window-{window}-check")
    assert support.too_wide() == []
    support.page.get_by_role("button", name="Mais ações").click()
    assert reach_all(support, support.panel.locator(".menu")) == 3
    support.panel.get_by_role("button", name="Meus dados").click()
    expect(support.panel.get_by_role("term").first).to_be_visible()
    support.panel.get_by_role("button", name="Apagar meus dados").click()
    assert reach_all(support, support.panel.locator(".data")) == 4
    support.shot(f"window-{window}-data")
    assert support.too_wide() == []


def test_long_words_wrap(visit: Visit, rasa: GuideRasa) -> None:
    support = visit(options=WINDOWS["small-phone"]).open()
    custom = {
        "progress": {"n": 3, "m": 1_000_000, "title": LONG},
        "menu": [LONG, "b", LONG],
        "articles": [{"title": LONG, "url": f"https://x.example/{LONG}", "link": "article"}],
        "copy": LONG,
        "done": [{"title": LONG, "outcome": LONG}],
        "case": LONG,
    }
    more = [{"title": LONG, "payload": "/b", "more": True}, {"title": LONG, "payload": "/a"}]
    text = f"**{LONG}**\n- {LONG}\n\nhttps://x.example/{LONG} `{LONG}`"
    rasa.script = lambda _said: [
        {"text": text, "custom": custom, "buttons": more},
        {"text": LONG, "custom": {k: v for k, v in custom.items() if k != "progress"}},
    ]
    for said in ("x" * 2000, "á" * 300, "a\u0301" * 300, "😀" * 500):
        support.say(said)
        support.shot("window-small-phone-long")
        assert support.too_wide() == []
    support.composer.fill("um rascunho")
    assert reach_all(support, support.panel) > 10


def test_fingers_have_room(phone: SupportPage) -> None:
    phone.say(PROBLEM)
    for control in phone.panel.locator("button").locator("visible=true").all():
        box = control.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 40, control
        if "choice" in (control.get_attribute("class") or ""):
            assert box["height"] >= LEAST_TARGET


def test_no_keyboard_springs_up_on_a_phone(phone: SupportPage) -> None:
    expect(phone.composer).not_to_be_focused()
    phone.say(PROBLEM)
    phone.composer.blur()
    before = phone.answers.count()
    phone.choice("Não resolveu").tap()
    phone.wait_for_answer(before)
    expect(phone.composer).not_to_be_focused()


def test_a_phone_gets_a_modal_dialog_and_a_desktop_does_not(
    phone: SupportPage, chat: SupportPage
) -> None:
    is_modal = "node => node.matches(':modal')"
    assert phone.panel.evaluate(is_modal)
    assert phone.panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
    assert not chat.panel.evaluate(is_modal)
    chat.composer.fill("um rascunho")
    chat.page.set_viewport_size({"width": 400, "height": 700})
    expect(chat.panel).to_be_visible()
    assert chat.panel.evaluate(is_modal)
    expect(chat.composer).to_have_value("um rascunho")
    expect(chat.composer).to_be_focused()


def test_an_answer_is_seen_from_its_beginning(phone: SupportPage) -> None:
    phone.say(PROBLEM)
    phone.choose("Não resolveu")
    place = "node => node.getBoundingClientRect().top"
    top = phone.answers.last.evaluate(place)
    log = phone.log.bounding_box()
    assert log
    assert log["y"] <= top < log["y"] + log["height"] / 2


def test_a_question_that_is_taller_than_the_log_shows_what_can_be_chosen(
    chat: SupportPage, rasa: GuideRasa
) -> None:
    check = {
        "text": "Uma verificação comprida, que explica o que fazer. " * 4 + "\n\nResolveu?",
        "custom": {"progress": {"n": 1, "m": 4, "title": "Teste"}, "menu": ["Administrador"]},
        "buttons": [{"title": f"Opção {n}", "payload": f"/{n}"} for n in range(2)],
    }
    rasa.script = lambda _said: [{"text": "Uma introdução. " * 20}, check]
    chat.say(PROBLEM)
    expect(chat.choice("Opção 0")).to_be_in_viewport()
    expect(chat.answers.last.get_by_text("Verificação 1 de 4")).to_be_in_viewport()


def test_an_answer_that_asks_nothing_is_seen_from_its_beginning(
    chat: SupportPage, rasa: GuideRasa
) -> None:
    rasa.script = lambda _said: [
        {"text": f"{part} parte. " + "Texto. " * 200} for part in ("Primeira", "Segunda")
    ]
    chat.say(PROBLEM)
    expect(chat.answers.first.get_by_text("Primeira parte")).to_be_in_viewport()
    expect(chat.answers.last.get_by_text("Segunda parte")).not_to_be_in_viewport()
