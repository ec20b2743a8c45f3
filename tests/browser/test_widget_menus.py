"""Menus that the host page has marked are shown in it; without marks a path is text."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect
from small_guide import PROBLEM
from support_page import PHONE, TOUCH, SupportPage

# The ring lies around its goal at most this far, in pixels.
NEAR = 12


def surrounds(ring: Locator, goal: Locator) -> bool:
    """Whether the ring is drawn right around the goal, and both are in the window."""
    outer, inner = ring.bounding_box(), goal.bounding_box()
    size = ring.page.viewport_size
    if not outer or not inner or not size:
        return False
    near = all(0 <= inner[side] - outer[side] <= NEAR for side in ("x", "y"))
    near = near and 0 <= outer["width"] - inner["width"] <= 2 * NEAR
    return near and inner["y"] >= 0 and inner["y"] + inner["height"] <= size["height"]


def test_the_place_is_ringed_and_told(chat: SupportPage) -> None:
    chat.say(PROBLEM)
    ring = chat.element.locator(".ring")
    expect(ring).to_be_hidden()
    show = chat.answers.last.get_by_role("button", name="Mostrar na tela")
    show.click()
    # The path goes on to a mark that is not visible now: the longest visible one counts.
    goal = chat.page.get_by_role("link", name="E-mail", exact=True)
    assert surrounds(ring, goal)
    expect(chat.spoken.filter(has_text="Destacado na tela: administrador >  E-MAIL")).to_have_count(
        1
    )
    chat.shot("desktop-light-ring")
    chat.page.keyboard.press("Escape")
    expect(ring).to_be_hidden()
    expect(chat.composer).to_be_visible()
    show.click()
    expect(ring).to_be_visible()
    chat.page.get_by_role("heading", name="Uma página").click()
    expect(ring).to_be_hidden()


def test_the_page_scrolls_to_a_place_further_down(chat: SupportPage) -> None:
    chat.say(PROBLEM)
    chat.choose("Não resolveu")
    goal = chat.page.get_by_role("link", name="Agendador")
    expect(goal).not_to_be_in_viewport()
    chat.answers.last.get_by_role("button", name="Mostrar na tela").click()
    expect(goal).to_be_in_viewport()
    assert surrounds(chat.element.locator(".ring"), goal)


def test_who_asks_where_it_is_is_shown(chat: SupportPage) -> None:
    chat.say(PROBLEM)
    ring = chat.element.locator(".ring")
    chat.say("onde fica isso?")
    goal = chat.page.get_by_role("link", name="E-mail", exact=True)
    expect(ring).to_be_visible()
    assert surrounds(ring, goal)
    expect(chat.spoken.filter(has_text="Destacado na tela")).to_have_count(1)
    expect(chat.composer).to_be_focused()
    chat.reload()
    expect(chat.strip).to_contain_text("Verificação 1 de 3")
    expect(ring).to_be_hidden()


def test_who_asks_where_it_is_on_a_page_without_marks_reads_on(chat: SupportPage) -> None:
    chat.page.evaluate(
        "document.querySelectorAll('[data-omni-menu]').forEach((node) => node.remove())"
    )
    chat.say(PROBLEM)
    expect(chat.say("onde fica isso?")).to_contain_text("Verificação 1 de 3")
    expect(chat.element.locator(".ring")).to_be_hidden()
    expect(chat.spoken.filter(has_text="Não encontrei esse menu")).to_have_count(0)


def test_on_a_phone_the_panel_makes_way(visit: Callable[..., SupportPage]) -> None:
    support = visit(options={"viewport": PHONE, **TOUCH}).open()
    support.say(PROBLEM)
    support.answers.last.get_by_role("button", name="Mostrar na tela").tap()
    expect(support.panel).to_be_hidden()
    goal = support.page.get_by_role("link", name="E-mail", exact=True)
    expect(goal).to_be_focused()
    assert surrounds(support.element.locator(".ring"), goal)
    expect(support.spoken.filter(has_text="Destacado na tela")).to_have_count(1)
    support.shot("phone-light-ring")


def test_without_marks_a_path_is_text(chat: SupportPage) -> None:
    chat.page.evaluate(
        "document.querySelectorAll('[data-omni-menu]').forEach((node) => node.remove())"
    )
    check = chat.say(PROBLEM)
    expect(check.get_by_role("list", name="Onde fica").get_by_role("listitem")).to_have_count(3)
    expect(check.get_by_role("button", name="Mostrar na tela")).to_have_count(0)


def test_a_mark_that_went_away_is_told(chat: SupportPage) -> None:
    check = chat.say(PROBLEM)
    chat.page.evaluate(
        "document.querySelectorAll('[data-omni-menu]').forEach((node) => node.remove())"
    )
    check.get_by_role("button", name="Mostrar na tela").click()
    expect(chat.spoken.filter(has_text="Não encontrei esse menu")).to_have_count(1)
    expect(chat.element.locator(".ring")).to_be_hidden()
