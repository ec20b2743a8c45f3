"""A case in the team's channel: from the user to an agent, to the assistant, to its end."""

from __future__ import annotations

import pytest
from visitor import until

from gateway.channels.teams.texts import load_teams_texts
from gateway.channels.texts import load_channel_texts
from gateway.handoff.texts import load_desk_texts
from tests.support.teams.bot_connector import CHANNEL
from tests.support.teams.people import PATIENCE, buttons, texts, titles, until_true

OWN, TEXTS, DESK = load_teams_texts(), load_channel_texts(), load_desk_texts()
WORDS = "o cliente não consegue enviar arquivo no chat"
CASE = "Caso nº"
FIRST_CHECK = "Abra a fila em que o anexo não funciona"


@pytest.fixture
async def case(ana, person):
    """A case of Ana's: its card in the channel."""
    await ana.send(WORDS)
    await ana.send("quero falar com uma pessoa")
    await until_true(lambda: _cases(person))
    return _cases(person)[0]


def _cases(person):
    posts = [p for p in person.connector.posts if p.conversation.startswith(CHANNEL)]
    return [p for p in posts if CASE in texts(p.activity)]


async def said(ana, words):
    async def found():
        return [m for m in await ana.history() if words in m["text"]]

    return await until(found, PATIENCE)


async def test_the_card_is_the_sheet_and_the_transcript_stands_below(case, person, ana):
    shown = texts(case.activity)
    assert "Situação: " in shown and "Aguarda alguém da equipe" in shown
    assert titles(case.activity) == ["Assumir", "Copiar para o cliente", "Era outra situação"]
    # The person's words stand on the card as well, in the sheet.
    await until_true(lambda: len(person.connector.in_(case.conversation)) == 2)
    below = texts(person.connector.in_(case.conversation)[1].activity)
    assert below.index("Cliente") < below.index(WORDS) < below.index(FIRST_CHECK)


async def test_from_the_user_to_an_agent_and_back_to_the_end(case, person, other, ana, connector):
    await person.press(case, "Assumir")
    await said(ana, "Bia Rocha, da equipe de suporte, assumiu a conversa.")
    await until_true(lambda: "Com Bia Rocha" in texts(case.activity))

    await person.write("Bom dia! Qual é o tipo do arquivo?", case.conversation)
    [message] = await said(ana, "Bom dia! Qual é o tipo do arquivo?")
    assert (message["from"], message["author"]) == ("person", "Bia Rocha")

    await ana.send("é um pdf de 2 MB")
    await person.sees("é um pdf de 2 MB", case.conversation)

    await person.write("nota: deve ser o tipo de arquivo", case.conversation)
    await person.press(case, "Responder", reply="Vou devolver ao assistente.")
    await said(ana, "Vou devolver ao assistente.")
    await person.sees("Vou devolver ao assistente.", case.conversation)

    await person.press(case, TEXTS.case_hand_back, check="tipos_de_arquivo")
    await said(ana, "Bia Rocha devolveu a conversa ao assistente.")

    async def guided():
        return [m for m in await ana.history() if (m.get("progress") or {}).get("n") == 2]

    await until(guided, PATIENCE)
    await until_true(lambda: "De volta com o assistente" in texts(case.activity))

    await person.press(case, "Assumir")
    await until_true(lambda: "Com Bia Rocha" in texts(case.activity))
    await person.press(case, "Encerrar", reason="Era o tipo do arquivo")
    await said(ana, "Bia Rocha encerrou o atendimento.")
    await until_true(lambda: "Encerrado" in texts(case.activity))
    history = await ana.history()
    assert "nota:" not in " ".join(m["text"] for m in history)
    # What the agent wrote in the thread is not said there again.
    posts = [texts(p.versions[0]) for p in connector.in_(case.conversation)]
    assert not [t for t in posts if "Bom dia!" in t]
    assert len([t for t in posts if "é um pdf de 2 MB" in t]) == 1


async def test_only_who_has_it_answers(case, person, other, ana):
    await other.write("eu respondo", case.conversation)
    await other.sees(DESK.assume_first)
    await person.press(case, "Assumir")
    await until_true(lambda: "Com Bia Rocha" in texts(case.activity))
    await other.write("eu também", case.conversation)
    await other.sees(DESK.already_held.format(name="Bia Rocha"))
    await other.press(case, "Encerrar", reason="x")
    await until_true(lambda: len(other.connector.in_(other.chat)) == 3)
    assert not [m for m in await ana.history() if m["text"] in ("eu respondo", "eu também")]


async def test_a_long_answer_arrives_whole(case, person, ana):
    await person.press(case, "Assumir")
    await until_true(lambda: "Com Bia Rocha" in texts(case.activity))
    long = " ".join(f"palavra{n}" for n in range(270))
    await person.write(long, case.conversation)
    await said(ana, "palavra269")
    parts = [m["text"] for m in await ana.history() if m["from"] == "person"]
    assert " ".join(parts) == long


async def test_it_was_another_situation(case, person):
    await person.press(case, "Era outra situação", situation="email_search")
    await person.sees("Anotado")
    await person.press(case, "Era outra situação", situation="nada disso")
    await person.sees(OWN.pick_first)


async def test_an_agent_sees_a_case_in_their_chat_and_acts_there(case, person):
    number = texts(case.activity).split(CASE)[1].split()[0]
    await person.say(f"caso {number}")
    mine = await person.sees(f"{CASE} {number}")
    await person.press(mine, "Assumir")
    await until_true(lambda: "Com Bia Rocha" in texts(mine.activity))
    await until_true(lambda: "Com Bia Rocha" in texts(case.activity))
    await person.say("caso 999")
    await person.sees("Não encontrei o caso nº 999.")


async def test_whoever_is_not_of_the_team_sees_none(case, other, connector):
    connector.members.clear()
    number = texts(case.activity).split(CASE)[1].split()[0]
    await other.say(f"caso {number}")
    await other.sees(OWN.staff_only)
    assume = next(b["data"] for b in buttons(case.activity) if b["title"] == "Assumir")
    await other.send(other.activity(value=assume))
    await until_true(lambda: len(connector.in_(other.chat)) == 2)
    assert "Aguarda" in texts(case.activity)


async def test_a_mention_with_a_command_is_no_answer(case, person, ana):
    await person.press(case, "Assumir")
    await until_true(lambda: "Com Bia Rocha" in texts(case.activity))
    await person.mention("ajuda", case.conversation)
    await person.sees("O que posso fazer")
    await person.mention("resposta com menção", case.conversation)
    await said(ana, "resposta com menção")
    answers = [m["text"] for m in await ana.history() if m["from"] == "person"]
    assert answers == ["resposta com menção"]
