"""How it looks: a picture of every state, no overflow, contrast, sizes for fingers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from chat_page import DESKTOP, PHONE, ChatPage
from guide_rasa import GuideRasa
from playwright.sync_api import expect

THEME = Path(__file__).resolve().parents[2] / "widget" / "theme.css"
TOUCH = {"has_touch": True, "is_mobile": True}
NARROW = {"width": 320, "height": 568}
PROBLEM = "os emails não estão chegando na caixa do suporte"
TARGET = 44

# Foreground, background, and the ratio that WCAG 2.2 AA asks for.
PAIRS = [
    ("text", "background", 4.5),
    ("text", "surface", 4.5),
    ("text", "surface-quiet", 4.5),
    ("text", "accent-soft", 4.5),
    ("muted", "background", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "surface-quiet", 4.5),
    ("accent", "background", 4.5),
    ("accent", "surface", 4.5),
    ("accent", "surface-quiet", 4.5),
    ("accent", "accent-soft", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    ("on-user", "user", 4.5),
    ("on-notice", "notice", 4.5),
    ("danger", "background", 4.5),
    ("danger", "surface", 4.5),
    ("control-line", "surface", 3.0),
    ("control-line", "background", 3.0),
    ("accent", "line", 3.0),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_pictures(
    visit: Callable[..., ChatPage], rasa: GuideRasa, device: str, scheme: str
) -> None:
    viewport, options = (PHONE, TOUCH) if device == "phone" else (DESKTOP, {})
    chat = visit(viewport, scheme, **options)
    name = f"{device}-{scheme}"
    chat.shot(f"{name}-1-empty")
    chat.say(PROBLEM)
    chat.shot(f"{name}-2-check")
    chat.choose("Não resolveu")
    chat.log.get_by_text("Mais opções").last.click()
    chat.shot(f"{name}-3-more")
    chat.choose("Não tenho permissão")
    chat.shot(f"{name}-4-copy")
    chat.choose("Continuar")
    chat.choose("Não resolveu")
    chat.shot(f"{name}-5-articles")
    chat.choose("Falar com uma pessoa")
    chat.log.get_by_text("Já verificado (3)").last.click()
    chat.shot(f"{name}-6-case")
    rasa.silent = True
    chat.say("e agora?")
    chat.shot(f"{name}-7-silence")
    assert chat.overflow() <= 0


@pytest.mark.parametrize(
    "text",
    ["x" * 2000, "https://" + "a" * 300, "a\u0301" * 300, "palavra " * 200, "😀" * 500, "á" * 99],
    ids=["word", "address", "accents", "words", "emoji", "short"],
)
def test_nothing_overflows_at_320_pixels(
    visit: Callable[..., ChatPage], rasa: GuideRasa, text: str
) -> None:
    chat = visit(NARROW, **TOUCH)
    chat.say(text)
    assert chat.overflow() <= 0
    for box in (chat.mine.last, chat.answers.last, chat.restart):
        bounds = box.bounding_box()
        assert bounds
        assert bounds["x"] >= 0
        assert bounds["x"] + bounds["width"] <= NARROW["width"]


def test_long_parts_wrap_at_320_pixels(visit: Callable[..., ChatPage], rasa: GuideRasa) -> None:
    chat = visit(NARROW, **TOUCH)
    long = "W" * 80
    message = {
        "seq": 2,
        "from": "assistant",
        "text": f"**{long}**\n- {long}",
        "at": "x",
        "progress": {"n": 3, "m": 1_000_000, "title": long},
        "menu": [long, "b", long],
        "articles": [{"title": long, "url": f"https://x/{long}", "link": "article"}],
        "copy": long,
        "done": [{"title": long, "outcome": long}],
        "case": long,
        "choices": [{"id": "a", "label": long}, {"id": "b", "label": long, "more": True}],
    }
    chat.page.route("**/api/v1/messages", lambda route: route.fulfill(json={"messages": [message]}))
    chat.say("oi")
    chat.log.get_by_text("Mais opções").click()
    chat.log.get_by_text("Já verificado").click()
    chat.shot("narrow-light-long-words")
    assert chat.overflow() <= 0


def test_the_page_fits_at_twice_the_text_size(
    visit: Callable[..., ChatPage], rasa: GuideRasa
) -> None:
    # 200 % zoom of a 1280 x 800 window is a window of half its size.
    chat = visit({"width": 640, "height": 400}, device_scale_factor=2)
    chat.say(PROBLEM)
    chat.shot("desktop-light-zoom-200")
    assert chat.overflow() <= 0
    bounds = chat.log.bounding_box()
    assert bounds
    assert bounds["height"] > 200


def test_whatever_a_finger_presses_is_large_enough(phone: ChatPage, rasa: GuideRasa) -> None:
    phone.say(PROBLEM)
    phone.choose("Não resolveu")
    phone.log.get_by_text("Mais opções").last.click()
    phone.choose("Não tenho permissão")
    phone.choose("Continuar")
    phone.choose("Não resolveu")
    pressed = phone.page.locator("button:visible, a:visible, summary:visible, textarea:visible")
    assert pressed.count() > 10
    for one in pressed.all():
        bounds = one.bounding_box()
        assert bounds
        assert bounds["height"] >= TARGET, one.inner_text()
        assert bounds["width"] >= TARGET, one.inner_text()


def test_everything_that_works_has_a_name(chat: ChatPage, rasa: GuideRasa) -> None:
    chat.say(PROBLEM)
    chat.choose("Não tenho permissão")
    snapshot = chat.page.locator("body").aria_snapshot()
    assert not re.search(r"- (button|link|textbox|img)( \[[^\]]*\])*:?$", snapshot, re.M)
    assert chat.page.locator("html").get_attribute("lang") == "pt-BR"


def test_a_finger_on_a_choice_opens_no_keyboard(phone: ChatPage, rasa: GuideRasa) -> None:
    phone.say(PROBLEM)
    phone.composer.blur()
    before = phone.answers.count()
    phone.choice("Não resolveu").tap()
    phone.wait_for_answer(before)
    expect(phone.composer).not_to_be_focused()


def test_an_answer_is_seen_from_its_beginning(phone: ChatPage, rasa: GuideRasa) -> None:
    phone.say(PROBLEM)
    phone.choose("Não resolveu")
    phone.page.wait_for_timeout(300)
    top = phone.answers.last.bounding_box()
    log = phone.log.bounding_box()
    assert top
    assert log
    assert log["y"] <= top["y"] < log["y"] + log["height"] / 2


def test_reduced_motion_stops_every_animation(
    visit: Callable[..., ChatPage], rasa: GuideRasa
) -> None:
    running = "() => document.getAnimations().length"
    rasa.delay = 1
    for wish, moves in (("reduce", False), ("no-preference", True)):
        chat = visit(reduced_motion=wish)
        chat.composer.fill("oi")
        chat.composer.press("Enter")
        expect(chat.page.locator(".typing")).to_be_visible()
        assert bool(chat.page.evaluate(running)) is moves
        expect(chat.answers.last).to_contain_text("Você escreveu")


def test_forced_colours(visit: Callable[..., ChatPage], rasa: GuideRasa) -> None:
    chat = visit(forced_colors="active")
    chat.say(PROBLEM)
    chat.choose("Não resolveu")
    chat.shot("desktop-forced-colours")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(scheme: str, front: str, back: str, least: float) -> None:
    colours = _theme(scheme)
    ratio = _ratio(colours[front], colours[back])
    assert ratio >= least, f"{front} on {back}: {ratio:.2f}"


def _theme(scheme: str) -> dict[str, str]:
    light, dark = THEME.read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
    source = light if scheme == "light" else light + dark
    return dict(re.findall(r"--omni-([a-z-]+): (#[0-9a-f]{6});", source))


def _ratio(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
