"""Some 180 hostile texts in every place that shows one: text they are, and nothing runs.

The host page has no policy here, so that nothing but the widget itself stands in the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from guide_rasa import GuideRasa, Messages
from host_site import HostSite
from playwright.sync_api import expect
from support_page import SupportPage
from watch import Watch
from xss_vectors import ADDRESSES, TAGS, VECTORS

Visit = Callable[..., SupportPage]
AT_ONCE = 30
PARTS = [VECTORS[at : at + AT_ONCE] for at in range(0, len(VECTORS), AT_ONCE)]
TURNS_MS = 60_000
# What there is in the widget that should not be: [what, markup].
STRANGE = """() => {
  const root = document.querySelector("omni-support").shadowRoot;
  const tags = ("script iframe frame object embed img image video audio source link meta base style"
    + " math animate set use foreignObject template slot select applet table marquee").split(" ");
  const found = [...root.querySelectorAll(tags.join())].map((node) => ["tag", node.outerHTML]);
  for (const node of root.querySelectorAll("*")) {
    for (const { name, value } of node.attributes) {
      const isBad = /^on|^style$|^srcdoc$|^src|^formaction$|^action$|^ping$/.test(name);
      if (isBad) found.push(["attribute", node.outerHTML]);
      const goal = name.endsWith("href") ? new URL(value, document.baseURI) : null;
      const isLink = !goal || ["https:", "mailto:", "tel:"].includes(goal.protocol);
      if (!isLink || goal?.username) found.push(["link", node.outerHTML]);
    }
  }
  return found;
}"""


def everywhere(said: str) -> Messages:
    """Return answers that hold `said` in each place where a text can stand."""
    article = {"title": said, "url": said, "link": "article"}
    custom: dict[str, Any] = {
        "progress": {"n": 1, "m": 2, "title": said},
        "menu": [said, said],
        "articles": [article, article | {"url": f"https://x.example/{said}"}],
        "copy": said,
        "done": [{"title": said, "outcome": said}],
        "case": said,
    }
    buttons = [{"title": said, "payload": "/x"}, {"title": said, "payload": "/y", "more": True}]
    text = f"{said}\n[clique]({said})\n**{said}**\n- {said}"
    rest = {name: part for name, part in custom.items() if name != "progress"}
    return [{"text": text, "custom": custom}, {"text": said, "custom": rest, "buttons": buttons}]


def bare(texts: list[str]) -> set[str]:
    """Return texts without what the gateway's normalising changes."""
    return {re.sub(r"[\s\u200b\u202e]", "", text) for text in texts}


def is_clean(support: SupportPage) -> None:
    """Check that nothing ran, and that nothing is there that could."""
    assert support.page.evaluate(STRANGE) == []
    assert support.page.evaluate("window.wasRun") is None


@pytest.mark.parametrize("vectors", PARTS, ids=range(len(PARTS)))
def test_hostile_text_is_text(visit: Visit, rasa: GuideRasa, vectors: list[str]) -> None:
    rasa.script = everywhere
    support = visit(csp="none").open()
    support.page.evaluate("vectors => vectors.forEach((one) => omniSupport.send(one))", vectors)
    expect(support.answers).to_have_count(2 * len(vectors), timeout=TURNS_MS)
    expect(support.typing).to_be_hidden()
    is_clean(support)
    assert bare(support.mine.locator(".bubble").all_text_contents()) == bare(vectors)
    assert bare(support.log.locator(".copy blockquote").all_text_contents()) == bare(rasa.texts)

    label = support.log.locator(".choices button").first
    text = label.evaluate("node => node.lastChild.textContent")
    label.click()
    expect(support.mine).to_have_count(len(vectors) + 1)
    expect(support.log.locator(".past strong")).to_contain_text(text.strip())
    expect(support.answers).to_have_count(2 * len(vectors) + 2)
    support.reload()
    expect(support.answers).to_have_count(2 * len(vectors) + 2)
    support.page.wait_for_timeout(200)
    is_clean(support)


def test_hostile_words_of_the_page_itself(visit: Visit) -> None:
    """Texts and menu marks come from the host, which may have them from its own users."""
    for vector in (TAGS[0], TAGS[24], ADDRESSES[0], '"><img src=x onerror=xss()>'):
        support = visit(csp="none", **{"title": vector, "text-launcher": vector, "lang": vector})
        support.page.evaluate("omniSupport.open()")
        expect(support.page.get_by_role("heading", name=vector)).to_be_visible()
        support.page.evaluate("vector => omniSupport.setPage(vector)", vector)
        is_clean(support)


def test_enough_vectors() -> None:
    assert len(set(VECTORS)) == len(VECTORS) >= 150


def test_what_runs_would_be_seen(support: SupportPage, site: HostSite, watch: Watch) -> None:
    page = support.page
    page.goto(f"{site.origin}/?csp=none")
    insert = """([id, html]) => {
      const node = document.querySelector("omni-support").shadowRoot.querySelector(id);
      node.insertAdjacentHTML("beforeend", html);
    }"""
    support.wait_until_drawn()
    page.evaluate(insert, [".omni", "<img src=x onerror=xss()><a href='javascript:xss()'>x</a>"])
    page.evaluate(insert, [".omni", "<img src=https://evil.example/p.gif>"])
    support.until("window.wasRun")
    assert {kind for kind, _ in page.evaluate(STRANGE)} == {"tag", "attribute", "link"}
    page.evaluate("setTimeout(() => alert(1))")
    page.wait_for_timeout(300)
    kinds = {fault.split(":")[0] for fault in watch.faults}
    assert kinds >= {"third origin", "dialog"}
    watch.faults.clear()
