"""The host page and the widget: API, events, texts, looks, and what neither may do to the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from guide_rasa import GuideRasa
from playwright.sync_api import Route, expect
from small_guide import PROBLEM
from support_page import DESKTOP, PHONE, TOUCH, SupportPage
from watch import Watch

from gateway.packing import join_modules, top_names

WIDGET = Path(__file__).resolve().parents[2] / "widget"
Visit = Callable[..., SupportPage]
EVENTS = ("open", "close", "message", "sent")
# What each drawn element measures and looks like.
MEASURES = """() => {
  const root = document.querySelector("omni-support").shadowRoot;
  const names = ["color", "backgroundColor", "font", "letterSpacing", "wordSpacing", "textAlign",
    "textTransform", "direction", "writingMode", "opacity", "visibility", "pointerEvents",
    "userSelect", "borderRadius", "boxShadow", "filter", "zoom"];
  return [...root.querySelectorAll("*")].filter((node) => node.checkVisibility()).map((node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    const box = [x, y, width, height].map(Math.round).join(" ");
    return [node.tagName, node.className, box, ...names.map((name) => style[name])].join("|");
  });
}"""


def test_packed_into_one_scope_no_name_hides_one_of_the_browsers(support: SupportPage) -> None:
    names = top_names(join_modules(WIDGET / "widget.js"))
    assert len(names) > 100
    assert support.page.evaluate("names => names.filter((name) => name in window)", names) == []


def test_methods_and_events(support: SupportPage) -> None:
    page = support.page
    page.evaluate(
        """names => {
          window.heard = [];
          for (const name of names) {
            omniSupport.on(name, (detail) => heard.push([name, detail?.text]));
            document.addEventListener(`omni:${name}`, () => heard.push([`omni:${name}`]));
          }
          window.never = () => heard.push(["never"]);
          omniSupport.on("open", never);
          omniSupport.off("open", never);
        }""",
        EVENTS,
    )
    page.evaluate("omniSupport.open()")
    expect(support.panel).to_be_visible()
    expect(support.composer).to_be_focused()
    page.evaluate("omniSupport.close()")
    expect(support.panel).to_be_hidden()
    page.evaluate("omniSupport.toggle()")
    expect(support.panel).to_be_visible()
    page.evaluate("document.querySelector('omni-support').toggle()")
    expect(support.panel).to_be_hidden()
    page.evaluate("omniSupport.send('oi')")
    support.until("heard.some(([name]) => name === 'message')")
    heard = page.evaluate("heard.filter(([name]) => !name.startsWith('omni:'))")
    assert [name for name, _ in heard] == ["open", "close", "open", "close", "sent", "message"]
    assert [text for _, text in heard[-2:]] == ["oi", "Você escreveu: oi"]
    dom = page.evaluate("heard.filter(([name]) => name.startsWith('omni:')).flat()")
    assert dom == [f"omni:{name}" for name, _ in heard]


def test_sent_is_told_once_however_it_is_learnt(chat: SupportPage) -> None:
    chat.say("pela resposta ao envio, ou pela corrente")
    chat.page.evaluate("window.heard = []; omniSupport.on('sent', ({ text }) => heard.push(text))")

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        time.sleep(0.6)  # meanwhile the stream brings the message
        route.fulfill(response=answer)

    chat.page.route("**/api/v1/messages", answer_late)
    with chat.page.expect_response("**/api/v1/messages"):
        chat.say("pela corrente")
    chat.page.unroute("**/api/v1/messages")
    chat.say("como for")
    assert chat.page.evaluate("heard") == ["pela corrente", "como for"]


def test_history_is_no_news(chat: SupportPage) -> None:
    chat.say("oi")
    chat.page.add_init_script(
        """document.addEventListener("omni:message", () => (window.news = true));"""
    )
    chat.reload()
    expect(chat.mine).to_have_count(1)
    assert not chat.page.evaluate("window.news")


def test_texts_from_the_tag_and_from_before_it(visit: Visit) -> None:
    support = visit(
        **{"title": "Ajuda da Atende", "text-placeholder": "Fale aqui", "lang": "pt-PT"},
        before="texts",
    )
    SupportPage(support.page, "Suporte").launcher.click()
    expect(support.page.get_by_role("dialog", name="Ajuda da Atende")).to_be_visible()
    expect(support.log).to_contain_text("Oi, pessoa!")
    expect(support.composer).to_have_attribute("placeholder", "Fale aqui")
    expect(support.send_button).to_be_visible()  # 7 is no text
    assert support.element.locator(".omni").get_attribute("lang") == "pt-PT"


def test_the_page_may_theme_it(visit: Visit) -> None:
    support = visit(css="themed")
    style = "node => { const s = getComputedStyle(node); return [s.backgroundColor, s.color]; }"
    back, text = support.launcher.evaluate(style)
    assert back == "rgb(250, 220, 80)"
    assert text == "oklch(0 0 0)"  # black on yellow by itself
    box = support.launcher.bounding_box()
    assert box
    assert round(DESKTOP["width"] - box["x"] - box["width"]) == 40
    assert support.element.evaluate("node => getComputedStyle(node).zIndex") == "77"
    support.open()
    panel = support.panel.bounding_box()
    assert panel
    assert panel["width"] == 360
    assert support.panel.evaluate("node => getComputedStyle(node).fontFamily") == "monospace"
    support.shot("themed")


@pytest.mark.parametrize(("theme", "wanted"), [("dark", "26, 33, 40"), ("light", "255, 255, 255")])
def test_a_theme_of_its_own(visit: Visit, theme: str, wanted: str) -> None:
    other = "light" if theme == "dark" else "dark"
    support = visit(options={"color_scheme": other}, theme=theme).open()
    colour = support.panel.evaluate("node => getComputedStyle(node).backgroundColor")
    assert colour == f"rgb({wanted})"


def test_on_the_left(visit: Visit) -> None:
    support = visit(position="left")
    place = "node => node.getBoundingClientRect().x"
    assert support.launcher.evaluate(place) == 24
    assert support.open().panel.evaluate(place) == 24
    assert support.too_wide() == []


def test_open_from_the_start_where_there_is_room(visit: Visit) -> None:
    support = visit(open="")
    expect(support.panel).to_be_visible()
    assert support.page.evaluate("document.activeElement.tagName") == "BODY"
    support.page.get_by_role("button", name="Fechar").click()
    support.reload()
    expect(support.launcher).to_be_visible()  # as the person left it
    narrow = visit(options={"viewport": PHONE, **TOUCH}, open="")
    expect(narrow.launcher).to_be_visible()


def test_where_the_page_says_one_is(visit: Visit, rasa: GuideRasa) -> None:
    support = visit(page="Administrador > E-mail").open()
    support.say(PROBLEM)
    assert rasa.asked[-1]["metadata"]["page"] == "Administrador > E-mail"


def test_taken_away(chat: SupportPage, watch: Watch) -> None:
    chat.say(PROBLEM)
    session = chat.page.evaluate("Object.keys(localStorage).length")
    chat.page.evaluate("omniSupport.destroy()")
    expect(chat.element).to_have_count(0)
    asked = len(watch.requests)
    chat.page.evaluate("window.dispatchEvent(new Event('online'))")
    chat.page.wait_for_timeout(700)
    assert len(watch.requests) == asked
    assert chat.page.evaluate("Object.keys(localStorage).length") == session
    chat.reload()
    chat.launcher.or_(chat.panel).first.wait_for()
    expect(chat.mine).to_have_count(1)


def test_the_line_twice_is_the_line_once(visit: Visit, rasa: GuideRasa) -> None:
    support = visit(tags="2")
    expect(support.element).to_have_count(1)
    support.open().say("oi")
    assert rasa.texts == ["oi"]
    expect(support.mine).to_have_count(1)


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_hostile_page_changes_nothing(visit: Visit, device: str) -> None:
    # Not is_mobile: there a page that is too wide zooms everything out, as it does to itself.
    options = {"viewport": PHONE, "has_touch": True} if device == "phone" else {}
    measures = []
    for css in ("plain", "hostile"):
        support = visit(options=options, css=css)
        closed = support.page.evaluate(MEASURES)
        support.open().say("oi")
        support.composer.focus()
        measures.append([*closed, *support.page.evaluate(MEASURES)])
    plain, hostile = measures
    assert len(plain) > 30
    assert hostile == plain


def test_the_widget_changes_nothing_of_the_page(visit: Visit) -> None:
    measure = """() => [...document.body.querySelectorAll("*")].map((node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return [node.tagName, x, y, width, height, getComputedStyle(node).font].join(" ");
    }).filter((line) => !line.startsWith("OMNI"))"""
    support = visit()
    before = support.page.evaluate(measure)
    styles = support.page.evaluate("document.adoptedStyleSheets.length")
    support.open().say(PROBLEM)
    assert support.page.evaluate(measure) == before
    assert support.page.evaluate("document.adoptedStyleSheets.length") == styles
    assert support.page.evaluate("document.querySelectorAll('[style]').length") == 0


def test_a_policy_that_is_broken_is_seen(support: SupportPage, watch: Watch) -> None:
    support.page.evaluate("document.body.setAttribute('style', 'color: red')")
    support.page.evaluate("fetch('https://third.example/').catch(() => {})")
    support.page.wait_for_timeout(200)
    broken = {word for fault in watch.faults for word in fault.split() if word.endswith("-src")}
    assert broken >= {"connect-src"}
    assert any("style-src-attr" in fault for fault in watch.faults)
    watch.faults.clear()
