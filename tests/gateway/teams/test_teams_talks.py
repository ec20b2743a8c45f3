"""An agent asks in Teams: in their chat, in a channel; by buttons and in words."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from gateway.channels.teams.texts import load_teams_texts
from gateway.channels.texts import load_channel_texts
from tests.support.teams.bot_connector import BOT, GENERAL
from tests.support.teams.people import body, buttons, texts, titles, until_true

OWN, TEXTS = load_teams_texts(), load_channel_texts()
WORDS = "o cliente não consegue enviar arquivo no chat"
FIRST, SECOND = "Verificação 1 de 2", "Verificação 2 de 2"
THREAD = f"{GENERAL};messageid=1"
AGENTS_OWN = [TEXTS.agent_copy, TEXTS.agent_wrong]


async def test_a_guide_is_solved_by_buttons(person, rasa):
    await person.say(WORDS)
    first = await person.sees(FIRST)
    await person.press(first, "Não resolveu")
    second = await person.sees(SECOND)
    await person.press(second, "Resolveu")
    await until_true(lambda: len(rasa.asked) == 3)
    # What was chosen stands where its button was, and nothing else can be chosen there any more.
    await until_true(lambda: len(first.versions) == 2 and len(second.versions) == 2)
    assert "✓ Não resolveu" in texts(first.activity)
    assert "✓ Resolveu" in texts(second.activity)
    assert titles(first.activity) == AGENTS_OWN
    assert rasa.texts[0] == WORDS and all(t.startswith("/choose") for t in rasa.texts[1:])


async def test_a_guide_is_solved_in_words(person, rasa):
    await person.say(WORDS)
    first = await person.sees(FIRST)
    await person.say("não resolveu")
    second = await person.sees(SECOND)
    await person.say("1")
    await until_true(lambda: len(first.versions) == 2 and len(second.versions) == 2)
    assert titles(first.activity) == titles(second.activity) == AGENTS_OWN
    await until_true(lambda: len(rasa.finished) == 3)


async def test_typing_is_shown_while_it_works(person, connector, rasa):
    rasa.delay = 0.3
    await person.say(WORDS)
    await person.sees(FIRST)
    assert connector.typing == [person.chat]


async def test_the_same_activity_four_times_is_answered_once(person, connector, rasa):
    activity = person.activity(text=WORDS)
    answers = await asyncio.gather(*(person.send(activity) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {202}
    first = await person.sees(FIRST)
    button = next(b for b in buttons(first.activity) if b["title"] == "Não resolveu")
    click = person.activity(value=button["data"], replyToId=first.id)
    await asyncio.gather(*(person.send(click) for _ in range(4)))
    # Nor does a second click, which is another activity, count twice.
    await person.send({**click, "id": "another"})
    await person.sees(SECOND)
    await person.say("resolveu")
    await until_true(lambda: len(rasa.finished) == 3)
    shown = [texts(post.versions[0]) for post in connector.in_(person.chat)]
    assert len([t for t in shown if FIRST in t]) == len([t for t in shown if SECOND in t]) == 1


async def test_what_is_asked_in_a_channel_is_answered_in_the_chat_and_can_be_shared(
    person, connector
):
    await person.mention(WORDS)
    await person.sees(OWN.in_chat, THREAD)
    answer = await person.sees(FIRST)
    assert len(connector.in_(THREAD)) == 1
    await person.press(answer, TEXTS.agent_share)
    shared = await person.sees("Bia Rocha compartilhou:", THREAD)
    assert FIRST in texts(shared.activity)
    assert buttons(shared.activity) == []
    await person.sees(OWN.shared)


async def test_a_text_in_the_chat_answers_what_was_asked_there_last(person, rasa):
    await person.say("oi")
    await until_true(lambda: rasa.finished)
    await person.mention(WORDS)
    await person.sees(FIRST)
    await person.say("não resolveu")
    await person.sees(SECOND)
    senders = [call["sender"] for call in rasa.asked]
    # Chat and channel are two conversations all the same.
    assert senders[1] == senders[2] != senders[0]


async def test_chats_groups_and_threads_are_conversations_apart(person, other, rasa):
    await person.say(WORDS)
    await person.sees(FIRST)
    await person.mention("oi")
    await person.mention("oi", f"{GENERAL};messageid=2")
    await other.mention("oi")
    group = person.activity("19:grupo@thread.v2", "groupChat", text="<at>Omni</at> oi")
    mention = {"type": "mention", "mentioned": {"id": BOT}, "text": "<at>Omni</at>"}
    await person.send({**group, "entities": [mention]})
    await until_true(lambda: len(rasa.finished) == 5)
    assert len({call["sender"] for call in rasa.asked}) == 5


async def test_a_card_of_someone_else_is_of_no_use(person, other, rasa):
    await person.say(WORDS)
    first = await person.sees(FIRST)
    data = next(b["data"] for b in buttons(first.activity) if b["title"] == "Não resolveu")
    await other.send(other.activity(value=data))
    await other.sees(OWN.not_yours)
    assert len(rasa.asked) == 1


async def test_a_channel_where_nobody_mentions_the_bot_is_left_alone(person, connector, rasa):
    await person.write(WORDS, THREAD)
    await person.say("oi")
    await until_true(lambda: rasa.finished)
    assert rasa.texts == ["oi"]
    assert connector.in_(THREAD) == []


async def test_without_a_chat_it_is_said_in_the_thread(person, connector):
    connector.blocked.add(person.id)
    await person.mention(WORDS)
    await person.sees("Não consegui abrir um chat com você", THREAD)
    connector.blocked.clear()
    # The answer was kept, and comes once the app is there.
    await person.sees(FIRST)


async def test_search_and_help_are_no_talk(person, rasa):
    await person.say("buscar anexos no chat")
    found = await person.sees("Artigos sobre “anexos no chat”", seconds=40)
    assert any(
        a["type"] == "Action.OpenUrl"
        for row in body(found.activity)
        for a in row.get("actions", ())
    )
    await person.say("Ajuda")
    helped = await person.sees("O que posso fazer")
    await person.mention("")
    await person.sees(OWN.in_chat, THREAD)
    await until_true(lambda: len(person.connector.in_(person.chat)) == 3)
    assert helped in person.connector.in_(person.chat)
    assert rasa.asked == []


async def test_it_was_another_situation(person, app):
    await person.say(WORDS)
    answer = await person.sees(FIRST)
    await person.press(answer, TEXTS.agent_wrong)
    await until_true(lambda: any(_asks(post) for post in person.connector.posts))
    asked = next(post for post in person.connector.posts if _asks(post))
    await person.press(asked, TEXTS.send, situation="email_search")
    await person.sees("Anotado")
    assert len(asked.versions) == 2
    async with app.state.services.store.database.reading() as db:
        rows = (await db.execute(sa.text('select text, situation, "by" from labels'))).all()
    assert rows == [(WORDS, "email_search", "teams:aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee:aad-bia")]


def _asks(post):
    return any(element.get("id") == "situation" for element in body(post.activity))


async def test_welcome_once_though_told_twice(person, connector):
    await person.send(person.activity(type="conversationUpdate", membersAdded=[{"id": BOT}]))
    await person.send(person.activity(type="installationUpdate", action="add"))
    await person.sees("Sou o assistente do Omni CRM")
    await person.say("ajuda")
    await person.sees("O que posso fazer")
    assert len(connector.in_(person.chat)) == 2


async def test_more_options_than_buttons(person, rasa):
    offered = [{"title": f"Opção {n}", "payload": f"/x{n}"} for n in range(30)]
    rasa.answer = [{"text": "Qual?", "buttons": offered}]
    await person.say("oi")
    post = await person.sees("Qual?")
    [listed] = [e for e in body(post.activity) if e["type"] == "Input.ChoiceSet"]
    last = listed["choices"][-1]
    assert last["title"] == "Opção 29"
    await person.press(post, TEXTS.send, other="")
    await person.sees(OWN.pick_first)
    await person.press(post, TEXTS.send, other=last["value"])
    await until_true(lambda: len(rasa.asked) == 2)
    assert rasa.texts[-1] == "/x29"


async def test_long_texts_arrive_as_far_as_they_go(person, rasa):
    rasa.answer = [{"text": "palavra " * 375}]
    await person.say("açaí é bom " * 273)
    post = await person.sees("palavra")
    assert texts(post.activity).count("palavra") == 375
    assert 1900 < len(rasa.texts[0]) <= 2000
    await person.sees("passa de 2.000 caracteres")
