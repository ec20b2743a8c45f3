"""A case in Slack: the card, its thread, what agents do with it, and the user's side of it."""

from __future__ import annotations

from typing import Any

import pytest
from fake_rasa import FakeRasa
from fake_slack import DESK, GENERAL, FakeSlack
from fastapi import FastAPI
from slack_person import PATIENCE, Person, labels, shown, until_true
from small_guide import PROBLEM
from sqlalchemy import select, update
from visitor import Visitor, until

from gateway.store.desk_tables import HandoffRow, LabelRow
from gateway.store.tables import now

pytest_plugins = ["slack_fixtures"]
Json = dict[str, Any]


async def hand_over(user: Visitor, agent: Person) -> Json:
    """Ask for a person at the second check; return the card."""
    await user.send(PROBLEM)
    await user.send("2")
    await user.send("falar com uma pessoa")
    return (await agent.sees(1, DESK))[0]


async def told(user: Visitor, words: str, sender: str = "person") -> Json:
    """Wait until the user is told something."""

    async def found() -> Json | None:
        said = await user.history()
        return next((m for m in said if m["from"] == sender and words in m["text"]), None)

    return await until(found, PATIENCE)


async def answered(user: Visitor, seq: int) -> bool:
    """Whether a message of the user's has its answer."""
    (message, *_) = await user.history(after=seq - 1)
    return bool(message["state"] == "done")


async def held(user: Visitor) -> Json:
    found: Json = (await user.read())["held"]
    return found


def thread(slack: FakeSlack, card: Json) -> list[str]:
    """All that is written below the card."""
    return [
        shown(m) for m in slack.messages[DESK] if m.get("thread_ts") == card["ts"] and "blocks" in m
    ]


async def test_a_handover_from_the_user_to_an_agent_and_back_and_closed(
    slack_app: FastAPI, slack: FakeSlack, user: Visitor, agent: Person, rasa: FakeRasa
) -> None:
    card = await hand_over(user, agent)
    assert "Caso nº 1" in shown(card)
    assert "Aguarda alguém da equipe" in shown(card)
    assert "os e-mails não chegam <@UANA> & cia" in shown(card)
    assert "<@UANA>" not in card["text"]
    await until_true(lambda: thread(slack, card))
    transcript = "\n".join(thread(slack, card))
    assert PROBLEM in transcript
    assert transcript.index(PROBLEM) < transcript.index("falar com uma pessoa")

    await user.send("e agora?")
    await until_true(lambda: any("e agora?" in text for text in thread(slack, card)))

    await agent.press(card, "Assumir", DESK)
    await until_true(lambda: "Com Ana Lima" in shown(card))
    assert (await held(user)) == {"by": "person", "name": "Ana Lima", "case": 1}
    await told(user, "Ana Lima, da equipe de suporte, assumiu", "system")

    # The team's words reach the user, the user's the thread; the assistant is silent.
    await agent.write("Oi! Já vi o que você verificou &amp; sigo daqui.", DESK, card["ts"])
    reply = await told(user, "Já vi o que você verificou & sigo daqui.")
    assert reply["author"] == "Ana Lima"
    await agent.write("nota: parece a regra da caixa", DESK, card["ts"])
    asked = len(rasa.asked)
    await user.send("obrigado, espero")
    await until_true(lambda: any("obrigado, espero" in text for text in thread(slack, card)))
    assert len(rasa.asked) == asked
    said = [m["text"] for m in await user.history()]
    assert not any("nota" in text for text in said)
    assert not any("Já vi o que" in text for text in thread(slack, card))

    assert "Devolver ao assistente" not in labels(card)
    await agent.press(card, "Teste de recebimento e envio", DESK)
    await told(user, "Continuamos na verificação email_send_receive.", "assistant")
    await until_true(lambda: "De volta com o assistente" in shown(card))
    assert (await held(user))["by"] == "assistant"

    await agent.press(card, "Assumir", DESK)
    await until_true(lambda: "Com Ana Lima" in shown(card))
    await agent.press(card, "Encerrar", DESK)
    window = await agent.window()
    assert await agent.submit(window, "Regra da caixa") == {}
    await told(user, "Seu problema foi resolvido?", "assistant")
    await until_true(lambda: "Encerrado" in shown(card))
    assert (await held(user))["by"] == "closed"
    events = await slack_app.state.services.team.desk.handoffs.events(1, 0)
    kinds = ["opened", "assumed", "replied", "handed_back", "assumed", "closed"]
    assert [event.kind for event in events] == kinds
    assert events[-1].reason == "Regra da caixa"
    # What is said after it ended is the team's no more.
    sent = await user.send("outra coisa")
    await until(lambda: answered(user, sent["seq"]), PATIENCE)
    await slack_app.state.services.team.courier._look()
    assert not any("outra coisa" in text for text in thread(slack, card))


@pytest.mark.usefixtures("slack_app")
class TestRefusals:
    async def test_only_who_has_the_case_answers(
        self, slack: FakeSlack, user: Visitor, agent: Person, colleague: Person
    ) -> None:
        card = await hand_over(user, agent)
        await agent.write("olá", DESK, card["ts"])
        (refused,) = await agent.hears()
        assert "Assuma o caso antes." in shown(refused)
        assert "nota:" in shown(refused)
        assert refused["thread_ts"] == card["ts"]

        await agent.press(card, "Assumir", DESK)
        await until_true(lambda: "Com Ana Lima" in shown(card))
        await colleague.write("eu respondo", DESK, card["ts"])
        await colleague.press(card, "Passar à equipe", DESK)
        for refused in await colleague.hears(2):
            assert "Este caso está com Ana Lima." in shown(refused)
        await colleague.press(card, "Encerrar", DESK)
        answer = await colleague.submit(await colleague.window(), "")
        assert answer["response_action"] == "errors"
        assert "Ana Lima" in answer["errors"]["close"]
        assert (await held(user))["name"] == "Ana Lima"
        assert not any(m["from"] == "person" for m in await user.history())

    async def test_a_case_is_passed_on(
        self, user: Visitor, agent: Person, colleague: Person
    ) -> None:
        card = await hand_over(user, agent)
        await agent.press(card, "Assumir", DESK)
        await until_true(lambda: "Com Ana Lima" in shown(card))
        await agent.press(card, "Passar à equipe", DESK)
        await until_true(lambda: "Aguarda alguém" in shown(card))
        await colleague.press(card, "Assumir", DESK)
        await until_true(lambda: "Com Bia Souza" in shown(card))
        await colleague.write("assumi", DESK, card["ts"])
        assert (await told(user, "assumi"))["author"] == "Bia Souza"

    async def test_a_mention_or_a_file_in_the_thread_does_not_reach_the_user(
        self, user: Visitor, agent: Person, rasa: FakeRasa
    ) -> None:
        card = await hand_over(user, agent)
        await agent.press(card, "Assumir", DESK)
        await until_true(lambda: "Com Ana Lima" in shown(card))
        await agent.write("<@UBOT> buscar regras", DESK, card["ts"])
        (found,) = await agent.hears()
        assert "Artigos sobre “regras”" in shown(found)
        await agent.write("", DESK, card["ts"], subtype="file_share", files=[{"id": "F1"}])
        *_, hint = await agent.hears(2)
        assert "Arquivos não chegam" in shown(hint)
        await agent.write("a" * 1999 + " " + "b" * 1000, DESK, card["ts"])
        await told(user, "b" * 1000)
        texts = [m["text"] for m in await user.history() if m["from"] == "person"]
        assert texts == ["a" * 1999, "b" * 1000]


@pytest.mark.usefixtures("slack_app")
class TestBesides:
    async def test_copying_and_labelling(
        self, slack_app: FastAPI, user: Visitor, agent: Person
    ) -> None:
        card = await hand_over(user, agent)
        await agent.press(card, "Copiar para o cliente", DESK)
        assert "estes artigos podem ajudar" in shown(await agent.window())
        await agent.press(card, "Era outra situação", DESK)
        await agent.submit(await agent.window(2), "email_rules")
        (thanks,) = await agent.hears()
        assert "Anotado" in shown(thanks)
        row = (LabelRow.text, LabelRow.taken_for, LabelRow.situation, LabelRow.by)
        async with slack_app.state.services.store.database.reading() as db:
            (label,) = await db.execute(select(*row))
        assert tuple(label) == (
            "os e-mails não chegam", "email_send_receive", "email_rules", "slack:T1:UANA",
        )  # fmt: skip

    async def test_a_case_is_raised_where_everyone_sees_it(
        self, slack_app: FastAPI, slack: FakeSlack, user: Visitor, agent: Person
    ) -> None:
        card = await hand_over(user, agent)
        desk = slack_app.state.services.team.desk
        async with desk.handoffs._database.writing() as db:
            await db.execute(update(HandoffRow).values(due_at=now()))
        await desk.raise_due(now())
        await until_true(lambda: "continua esperando" in shown(card))
        await until_true(lambda: any(m.get("reply_broadcast") for m in slack.messages[DESK]))
        loud = [m for m in slack.messages[DESK] if m.get("reply_broadcast")]
        assert "O caso nº 1 continua esperando." in shown(loud[0])

    async def test_a_case_is_shown_to_who_may_see_it(
        self, slack: FakeSlack, user: Visitor, agent: Person
    ) -> None:
        card = await hand_over(user, agent)
        await until_true(lambda: thread(slack, card))
        outsider = Person(slack, "UCAIO")
        await outsider.command("caso 1", GENERAL)
        (refused,) = await outsider.hears()
        assert "Só quem está no canal dos casos" in shown(refused)
        await agent.command("caso 1", GENERAL)
        (private,) = await agent.hears()
        address = f"https://omni-teste.slack.com/archives/{DESK}/p{card['ts'].replace('.', '')}"
        assert address in shown(private)
        await agent.press(private, "Assumir", GENERAL)
        await until_true(lambda: "Com Ana Lima" in shown(private))
        await until_true(lambda: "Com Ana Lima" in shown(card))
        await agent.command("caso 77", GENERAL)
        *_, unknown = await agent.hears(2)
        assert "Não encontrei esse caso" in shown(unknown)

    async def test_the_home_shows_what_is_covered_and_ones_cases(
        self, slack: FakeSlack, user: Visitor, agent: Person
    ) -> None:
        await agent.open_home()
        await until_true(lambda: slack.homes["UANA"])
        assert "Você não tem casos abertos" in shown(slack.homes["UANA"][0])
        assert "O que sei resolver" in shown(slack.homes["UANA"][0])
        card = await hand_over(user, agent)
        await agent.press(card, "Assumir", DESK)
        await until_true(lambda: "Caso nº 1" in shown(slack.homes["UANA"][-1]))
        assert f"/archives/{DESK}/p" in shown(slack.homes["UANA"][-1])
        await agent.press(card, "Passar à equipe", DESK)
        await until_true(lambda: "não tem casos" in shown(slack.homes["UANA"][-1]))

    async def test_an_erased_case_says_so(
        self, slack: FakeSlack, slack_app: FastAPI, user: Visitor, agent: Person
    ) -> None:
        card = await hand_over(user, agent)
        await until_true(lambda: thread(slack, card))
        response = await user.http.delete("/api/v1/me", headers=user.headers)
        assert response.status_code == 202
        await agent.write("ainda aí?", DESK, card["ts"])
        (gone,) = await agent.hears()
        assert "Não encontrei esse caso" in shown(gone)
        await agent.press(card, "Assumir", DESK)
        _, gone = await agent.hears(2)
        assert "Não encontrei esse caso" in shown(gone)

    async def test_an_agents_own_talk_is_handed_over_too(
        self, slack: FakeSlack, agent: Person, colleague: Person
    ) -> None:
        await agent.write(PROBLEM)
        await agent.write("falar com uma pessoa")
        card = (await agent.sees(1, DESK))[0]
        await colleague.press(card, "Assumir", DESK)
        await until_true(lambda: "Com Bia Souza" in shown(card))
        await colleague.write("Eu vejo isso para você.", DESK, card["ts"])
        there = slack.messages[agent.dm]
        await until_true(lambda: any("Eu vejo isso" in shown(m) for m in there if "blocks" in m))
        (said,) = (m for m in there if "Eu vejo isso" in m["text"])
        assert "Bia Souza" in shown(said)

    async def test_a_case_that_comes_back_is_noticed(
        self, slack: FakeSlack, user: Visitor, agent: Person, rasa: FakeRasa
    ) -> None:
        card = await hand_over(user, agent)
        await agent.press(card, "Assumir", DESK)
        await until_true(lambda: "Com Ana Lima" in shown(card))
        await agent.press(card, "Encerrar", DESK)
        await agent.submit(await agent.window(), "")
        await until_true(lambda: "Encerrado por" in shown(card))
        sent = await user.send("só para mim mesmo")
        await until(lambda: answered(user, sent["seq"]), PATIENCE)
        rasa.answer = [{"text": "Seu caso é o nº 1.", "custom": {"case": 1}}]
        await user.send("ainda preciso de uma pessoa")
        await until_true(lambda: "Aguarda alguém da equipe" in shown(card))
        await until_true(lambda: any("voltou" in text for text in thread(slack, card)))
        below = "\n".join(thread(slack, card))
        # What was said meanwhile is told now, and what was told before is not told again.
        assert below.count("\nsó para mim mesmo") == 1
        assert below.count("\nainda preciso de uma pessoa") == 1
        assert below.count("\nfalar com uma pessoa") == 1
        assert len([m for m in slack.messages[DESK] if not m.get("thread_ts")]) == 1
