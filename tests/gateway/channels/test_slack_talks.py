"""Agents ask in Slack: direct messages, mentions, the command, the shortcut."""

from __future__ import annotations

import logging

import pytest
from fake_rasa import FakeRasa
from fake_slack import CLOSED, GENERAL, FakeSlack
from fastapi import FastAPI
from slack_person import Person, labels, shown, until_true
from small_guide import PROBLEM
from sqlalchemy import select

from gateway.store.desk_tables import LabelRow

pytest_plugins = ["slack_fixtures"]


@pytest.mark.usefixtures("slack_app")
class TestDirectMessages:
    async def test_a_guide_by_buttons(self, agent: Person, slack: FakeSlack) -> None:
        await agent.write(PROBLEM)
        _, first = await agent.sees(2)
        assert "Verificação 1 de 3" in shown(first)
        await agent.press(first, "Não resolveu")
        *_, second = await agent.sees(3)
        assert "Verificação 2 de 3" in shown(second)
        await until_true(lambda: "✓ Não resolveu" in shown(first))
        assert labels(first) == []
        await agent.press(second, "Resolveu")
        *_, last = await agent.sees(4)
        assert "Que bom que resolveu" in shown(last)

    async def test_a_guide_by_text(self, agent: Person, rasa: FakeRasa) -> None:
        await agent.write(PROBLEM)
        _, first = await agent.sees(2)
        await agent.write("2")
        *_, second = await agent.sees(3)
        assert "Verificação 2 de 3" in shown(second)
        await until_true(lambda: labels(first) == [])
        assert "✓" not in shown(first)
        assert rasa.texts == [PROBLEM, "2"]

    async def test_texts_arrive_as_they_were_meant(self, agent: Person, rasa: FakeRasa) -> None:
        await agent.write(
            "A &amp; B &lt;b&gt; em <https://crm.exemplo/a?b=1&amp;c=2|crm.exemplo> <@UBIA>"
        )
        await agent.write("fale com <mailto:ana@exemplo.com|ana@exemplo.com>, <@UBOT>!")
        await agent.sees(2)
        assert rasa.texts == [
            "A & B <b> em crm.exemplo (https://crm.exemplo/a?b=1&c=2) @Bia Souza",
            "fale com ana@exemplo.com,  !",
        ]

    async def test_a_long_text_is_used_as_far_as_it_goes(
        self, agent: Person, rasa: FakeRasa
    ) -> None:
        await agent.write("palavra " * 375)
        said = await agent.sees(2)
        assert 1900 < len(rasa.texts[0]) <= 2000
        assert any("2.000 caracteres" in shown(message) for message in said)

    async def test_long_answers_and_many_options(self, agent: Person, rasa: FakeRasa) -> None:
        options = [{"title": f"Opção {n}", "payload": f"/o{n}"} for n in range(1, 31)]
        rasa.answer = [{"text": "Texto <@UBIA> & fim. " * 150, "buttons": options}]
        await agent.write("oi")
        (message,) = await agent.sees()
        assert len(labels(message)) == 30
        assert "<@UBIA>" not in str(message["blocks"])
        await agent.press(message, "Opção 27")
        await until_true(lambda: rasa.texts == ["oi", "/o27"])
        await until_true(lambda: "✓ Opção 27" in shown(message))

    async def test_a_choice_pressed_twice_counts_once(self, agent: Person, rasa: FakeRasa) -> None:
        await agent.write(PROBLEM)
        _, first = await agent.sees(2)
        before = {**first}
        await agent.press(before, "Não resolveu")
        await agent.press(before, "Não resolveu")
        await agent.sees(3)
        assert len(rasa.texts) == 2

    async def test_nobody_presses_anothers_buttons(
        self, agent: Person, colleague: Person, rasa: FakeRasa
    ) -> None:
        await agent.write(PROBLEM)
        _, first = await agent.sees(2)
        await colleague.press(first, "Não resolveu", channel=agent.dm)
        (refused,) = await colleague.hears()
        assert "não vale mais" in shown(refused)
        assert len(rasa.texts) == 1

    async def test_what_is_no_message_of_a_person_is_not_answered(
        self, agent: Person, rasa: FakeRasa
    ) -> None:
        for more in (
            {"bot_id": "BOUTRO"},
            {"subtype": "message_changed", "message": {"text": "oi"}, "hidden": True},
            {"subtype": "channel_join"},
        ):
            await agent.write("não responda", **more)
        await agent.write("responda")
        await agent.sees(1)
        assert rasa.texts == ["responda"]

    async def test_a_search(self, agent: Person, rasa: FakeRasa) -> None:
        await agent.write("buscar demora no recebimento de e-mails")
        (found,) = await agent.sees(1)
        assert "Artigos sobre “demora no recebimento de e-mails”" in shown(found)
        assert "E-mail" in shown(found)
        assert rasa.texts == []

    async def test_order_is_kept(self, agent: Person, rasa: FakeRasa) -> None:
        rasa.answer = lambda call: [{"text": f"eco {call['message']}"}]
        for n in range(12):
            await agent.write(f"{n}")
        said = await agent.sees(12)
        assert [shown(message) for message in said] == [f"eco {n}" for n in range(12)]


@pytest.mark.usefixtures("slack_app")
class TestInAChannel:
    async def test_a_mention_is_answered_to_its_writer_alone(
        self, agent: Person, slack: FakeSlack, rasa: FakeRasa
    ) -> None:
        body = await agent.write(f"<@UBOT> {PROBLEM}", GENERAL)
        _, check = await agent.hears(2)
        assert check["thread_ts"] == body["event"]["ts"]
        assert rasa.texts == [PROBLEM]
        assert slack.texts(GENERAL) == []
        actions = ["Copiar texto para o cliente", "Compartilhar no canal", "Era outra situação"]
        assert labels(check)[-3:] == actions

        await agent.press(check, "Copiar texto para o cliente", GENERAL)
        window = await agent.window()
        assert "Onde fica: Administrador › E-mail" in shown(window)

        await agent.press(check, "Compartilhar no canal", GENERAL)
        await until_true(lambda: slack.texts(GENERAL))
        (posted,) = (m for m in slack.messages[GENERAL] if m.get("bot_id"))
        assert posted["thread_ts"] == body["event"]["ts"]
        assert labels(posted) == []

        await agent.press(check, "Não resolveu", GENERAL)
        *_, second = await agent.hears(3)
        assert "Verificação 2 de 3" in shown(second)
        await until_true(lambda: "✓ Não resolveu" in shown(check))
        assert "Não resolveu" not in labels(check)

    async def test_typed_answers_go_on_in_the_thread(self, agent: Person, rasa: FakeRasa) -> None:
        body = await agent.write(f"<@UBOT> {PROBLEM}", GENERAL)
        thread = body["event"]["ts"]
        await agent.hears(2)
        await agent.write("conversa entre colegas, sem menção", GENERAL, thread)
        await agent.write("2 <@UBOT>", GENERAL, thread)
        *_, second = await agent.hears(3)
        assert "Verificação 2 de 3" in shown(second)
        assert rasa.texts == [PROBLEM, "2"]

    async def test_another_situation_is_noted_for_the_trainers(
        self, agent: Person, slack_app: FastAPI, rasa: FakeRasa
    ) -> None:
        await agent.write(f"<@UBOT> {PROBLEM}", GENERAL)
        _, check = await agent.hears(2)
        await agent.press(check, "Era outra situação", GENERAL)
        window = await agent.window()
        await agent.submit(window, "email_rules")
        *_, told = await agent.hears(3)
        assert "Anotado" in shown(told)
        (label,) = await labelled(slack_app)
        assert label == (PROBLEM, "email_send_receive", "email_rules", "slack:T1:UANA")

    async def test_a_bare_mention_is_told_how(self, agent: Person, rasa: FakeRasa) -> None:
        await agent.write("<@UBOT>", GENERAL)
        (told,) = await agent.hears()
        assert "me menciona" in shown(told)
        assert rasa.texts == []

    async def test_two_people_in_one_thread_have_two_conversations(
        self, agent: Person, colleague: Person
    ) -> None:
        body = await agent.write(f"<@UBOT> {PROBLEM}", GENERAL)
        await agent.hears(2)
        await colleague.write("<@UBOT> 2", GENERAL, body["event"]["ts"])
        (answer,) = await colleague.hears()
        assert "Você escreveu: 2" in shown(answer)


@pytest.mark.usefixtures("slack_app")
class TestCommandAndShortcut:
    async def test_nothing_is_a_cry_for_help(self, agent: Person) -> None:
        for text in ("", " ", "ajuda"):
            answer = await agent.command(text, GENERAL)
            assert "/omni buscar" in answer["text"]
            assert answer["response_type"] == "ephemeral"

    async def test_a_problem(self, agent: Person, slack: FakeSlack) -> None:
        assert await agent.command(f"{PROBLEM} payload=1", GENERAL) == {}
        _, check = await agent.hears(2)
        assert "Verificação 1 de 3" in shown(check)
        assert not check.get("thread_ts")

    async def test_in_direct_messages_with_somebody_the_answer_comes_in_the_apps(
        self, agent: Person
    ) -> None:
        await agent.command(PROBLEM, "DOUTRO", "directmessage")
        _, check = await agent.sees(2)
        await agent.press(check, "Não resolveu")
        *_, second = await agent.sees(3)
        assert "Verificação 2 de 3" in shown(second)
        await agent.write("2")  # the same conversation
        *_, third = await agent.sees(4)
        assert "Verificação 3 de 3" in shown(third)

    async def test_where_the_app_is_not_the_answer_comes_in_direct_messages(
        self, agent: Person
    ) -> None:
        await agent.command(PROBLEM, CLOSED)
        _, check = await agent.sees(2)
        await agent.press(check, "Não resolveu")
        await agent.sees(3)
        await until_true(lambda: "✓ Não resolveu" in shown(check))

    async def test_a_search(self, agent: Person) -> None:
        await agent.command("buscar caixa de e-mail", GENERAL)
        (found,) = await agent.hears()
        assert "Artigos sobre" in shown(found)

    async def test_the_shortcut_takes_the_messages_text(
        self, agent: Person, colleague: Person, slack: FakeSlack, rasa: FakeRasa
    ) -> None:
        message = colleague.post("Cliente diz: os e-mails &lt;não&gt; chegam", GENERAL)
        await agent.shortcut(GENERAL, message)
        _, check = await agent.hears(2)
        assert "Verificação 1 de 3" in shown(check)
        assert check["thread_ts"] == message["ts"]
        assert rasa.texts == ["Cliente diz: os e-mails <não> chegam"]
        assert await colleague.slack.tell(slack.event({"type": "outro_evento"})) == {}

    async def test_a_message_without_text(self, agent: Person, rasa: FakeRasa) -> None:
        await agent.shortcut(GENERAL, agent.post("", GENERAL))
        (told,) = await agent.hears()
        assert "não tem texto" in shown(told)
        assert rasa.texts == []


async def labelled(slack_app: FastAPI) -> list[tuple[str, ...]]:
    """What is noted for the trainers."""
    row = (LabelRow.text, LabelRow.taken_for, LabelRow.situation, LabelRow.by)
    async with slack_app.state.services.store.database.reading() as db:
        return [tuple(found) for found in await db.execute(select(*row))]


async def test_the_logs_hold_ids_and_no_words(
    slack_app: FastAPI,
    agent: Person,
    slack: FakeSlack,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("gateway", "slack_bolt", "slack_sdk"):
        caplog.set_level(logging.DEBUG, name)
    words = "segredo-do-cliente"
    await agent.write(words)
    await agent.write(f"<@UBOT> {words}", GENERAL)
    await agent.command(words, GENERAL)
    await slack.tell(slack.event({"type": "message", "text": words}))  # and one that nobody reads
    monkeypatch.setattr("fake_slack.ACK_SECONDS", 0.3)
    with pytest.raises(TimeoutError):  # or that cannot be read
        await slack.tell({"type": "block_actions", "actions": [{"value": words}]}, "interactive")
    await agent.sees(1)
    await agent.hears(2)
    assert any(record.name.startswith("gateway.channels.slack") for record in caplog.records)
    assert words not in caplog.text
