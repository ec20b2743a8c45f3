"""What people type and what the server sends: shown as text, counted, never run."""

from __future__ import annotations

import pytest
from chat_page import ChatPage
from guide_rasa import GuideRasa
from playwright.sync_api import expect

SEND = "**/api/v1/messages"

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>clique</a>",
    "[clique](javascript:alert(1))",
    "**<b onmouseover=alert(1)>negrito</b>**",
    "- <iframe srcdoc='<script>parent.alert(1)</script>'>",
    "</div></main><style>*{display:none}</style>",
    "{{constructor.constructor('alert(1)')()}}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(chat: ChatPage, rasa: GuideRasa, text: str) -> None:
    answer = chat.say(text)
    shown = text.removeprefix("- ").replace("**", "")
    expect(answer).to_contain_text(shown)
    expect(chat.mine.last).to_contain_text(text)
    strange = chat.log.locator("script, img, iframe, svg, style, a, b, [onerror], [onload]")
    expect(strange).to_have_count(0)
    chat.page.reload()
    expect(chat.mine.last).to_contain_text(text)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://wiki.example/", "data:text/html,x", "//x", "", "nada"]
)
def test_only_https_becomes_a_link(chat: ChatPage, rasa: GuideRasa, url: str) -> None:
    article = {"title": "Um artigo", "url": url, "link": "article"}
    message = {"seq": 2, "from": "assistant", "text": "x", "articles": [article], "at": "x"}
    chat.page.route(SEND, lambda route: route.fulfill(json={"messages": [message]}))
    answer = chat.say("oi")
    expect(answer).to_contain_text("Um artigo")
    expect(answer.get_by_role("link")).to_have_count(0)


def test_the_length_is_counted_and_limited(chat: ChatPage, rasa: GuideRasa) -> None:
    counter = chat.page.locator("#counter")
    chat.composer.fill("a" * 1700)
    expect(counter).to_be_empty()
    chat.composer.fill("😀" * 1900)
    expect(counter).to_have_text("1.900 de 2.000")
    chat.composer.fill("a" * 2120)
    expect(counter).to_have_text("120 a mais que o limite")
    expect(chat.composer).to_have_attribute("aria-invalid", "true")
    chat.composer.press("Enter")
    assert rasa.asked == []
    expect(chat.composer).to_have_value("a" * 2120)
    chat.composer.fill("a" * 2000)
    chat.composer.press("Enter")
    expect(chat.mine).to_have_count(1)
    expect(chat.answers.last).to_contain_text("Você escreveu")
    assert rasa.asked == ["a" * 2000]


def test_blank_text_is_not_sent(chat: ChatPage, rasa: GuideRasa) -> None:
    for blank in ("", "   ", "\n\n"):
        chat.composer.fill(blank)
        chat.send_button.click(force=True)
    expect(chat.mine).to_have_count(0)
    assert rasa.asked == []
