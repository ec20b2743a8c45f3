"""What is kept about me: seen, taken along, erased; and the same person on another device."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import jwt
from gateway_process import AUDIENCE, SITE_KEY
from guide_rasa import GuideRasa
from playwright.sync_api import expect
from small_guide import PROBLEM
from support_page import SupportPage
from watch import Watch

Visit = Callable[..., SupportPage]


def signed(subject: str) -> str:
    """Return a token as a site with its own login signs it."""
    now = int(time.time())
    claims = {"aud": AUDIENCE, "sub": subject, "jti": str(uuid4()), "iat": now, "exp": now + 300}
    return jwt.encode(claims, SITE_KEY, headers={"kid": "site"})


def terms(support: SupportPage) -> dict[str, str]:
    """Return what "my data" says."""
    expect(support.panel.get_by_role("term").first).to_be_visible()
    names = support.panel.locator("dt").all_inner_texts()
    return dict(zip(names, support.panel.locator("dd").all_inner_texts(), strict=True))


def test_nothing_is_kept_before_the_first_message(chat: SupportPage) -> None:
    chat.menu("Meus dados")
    expect(chat.panel).to_contain_text("Ainda não há nada guardado")
    expect(chat.panel.get_by_role("button", name="Baixar meus dados")).to_have_count(0)


def test_my_data_can_be_taken_along(chat: SupportPage, tmp_path: Path) -> None:
    chat.say(PROBLEM)
    chat.answers.last.get_by_role("button", name="Esta resposta ajudou").click()
    expect(chat.spoken.filter(has_text="Obrigado")).to_have_count(1)
    chat.menu("Meus dados")
    told = terms(chat)
    assert (told["Mensagens"], told["Casos"], told["Avaliações"]) == ("3", "0", "1")
    assert (told["Guardado por"], told["Identificação"]) == ("90 dias", "Visitante sem nome")
    with chat.page.expect_download() as download:
        chat.panel.get_by_role("button", name="Baixar meus dados").click()
    file = tmp_path / "file"
    download.value.save_as(file)
    assert download.value.suggested_filename == "meus-dados-omni.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert [one["text"] for one in kept["messages"]][0] == PROBLEM
    assert len(kept["messages"]) == 3
    assert len(kept["feedback"]) == 1
    assert kept["tracker"] == [{"event": "user", "text": PROBLEM}]
    assert kept["cases"] == []


def test_my_data_can_be_erased_and_one_begins_again(
    chat: SupportPage, visit: Visit, rasa: GuideRasa, watch: Watch
) -> None:
    watch.network_may_fail = True  # what was open is refused at once
    chat.say(PROBLEM)
    other = visit(chat.page.context).open()
    other.composer.fill("um rascunho")
    conversation = rasa.asked[-1]["sender"]
    session = chat.page.evaluate(
        "Object.entries(localStorage).find(([k]) => k.endsWith(':session'))"
    )
    chat.page.evaluate("omniSupport.on('erased', () => { window.toldErased = true; })")
    chat.menu("Meus dados")
    terms(chat)
    erase = chat.panel.get_by_role("button", name="Apagar meus dados")
    erase.click()
    chat.panel.get_by_role("button", name="Cancelar").click()
    expect(erase).to_be_focused()
    erase.click()
    chat.panel.get_by_role("button", name="Apagar tudo").click()
    for one in (chat, other):
        expect(one.panel.get_by_role("heading", name="Seus dados foram apagados")).to_be_visible()
    assert chat.page.evaluate("window.toldErased")
    assert chat.page.evaluate("Object.keys(localStorage).length") == 0
    assert rasa.tracker(conversation) is None

    chat.panel.get_by_role("button", name="Começar outra conversa").click()
    expect(chat.composer).to_be_focused()
    expect(other.composer).to_have_value("")
    expect(chat.say("oi de novo")).to_contain_text("oi de novo")
    assert rasa.asked[-1]["sender"] != conversation
    expect(other.mine).to_have_count(1)
    chat.is_as_stored()

    # What was kept elsewhere, as by a thief, opens nothing.
    chat.page.evaluate("([key, value]) => localStorage.setItem(key, value)", session)
    assert chat.page.evaluate("""async () => {
      const key = Object.keys(localStorage).find((one) => one.endsWith(":session"));
      const gateway = key.slice("omni-support:".length, -":session".length);
      const { token } = JSON.parse(localStorage.getItem(key));
      const headers = { Authorization: `Bearer ${token}` };
      return (await fetch(`${gateway}/api/v1/messages`, { headers })).status;
    }""") == 401  # fmt: skip


def test_a_person_finds_the_conversation_on_another_device(visit: Visit) -> None:
    subject = str(uuid4())
    first = visit(identity=signed(subject)).open()
    first.say(PROBLEM)
    second = visit(identity=signed(subject)).open()
    expect(second.mine).to_have_count(1)
    expect(second.strip).to_contain_text("Verificação 1 de 3")
    second.choose("Não resolveu")
    expect(first.strip).to_contain_text("Verificação 2 de 3")
    second.menu("Meus dados")
    assert terms(second)["Identificação"] == "Sua conta neste site"
    second.page.evaluate("omniSupport.identify(null)")
    expect(second.mine).to_have_count(0)


def test_another_person_sees_nothing_of_the_one_before(visit: Visit) -> None:
    support = visit(identity=signed(str(uuid4()))).open()
    support.say(PROBLEM)
    support.page.evaluate("token => omniSupport.identify(async () => token)", signed(str(uuid4())))
    expect(support.mine).to_have_count(0)
    expect(support.say("oi")).to_contain_text("oi")
    expect(support.mine).to_have_count(1)
