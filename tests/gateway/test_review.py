"""The review inbox: what deserves a look, in groups, masked; decisions by several at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from history import Written
from sqlalchemy import select

from assistant.settings import ROOT
from gateway.handoff.cases import knowledge
from gateway.review.deciding import Conflict, UnknownMessage
from gateway.review.figures import figures_of
from gateway.review.inbox import InboxView, ReviewInbox, Show
from gateway.store.engine import Database
from gateway.store.feedback import FeedbackStore
from gateway.store.labels import Labels
from gateway.store.personal import Personal
from gateway.store.reading_tables import ReviewRow
from gateway.store.tables import MessageRow, now
from trainer.phrases import read_phrases
from trainer.review.masking import words

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An empty store, once of each kind."""
    made = Database(url)
    yield made
    await made.close()


@pytest.fixture
def inbox(database: Database) -> ReviewInbox:
    return ReviewInbox(database, knowledge)


@pytest.fixture
def written() -> Written:
    return Written()


async def read(inbox: ReviewInbox, show: Show = "open") -> InboxView:
    at = now()
    return await inbox.read(at - timedelta(days=30), at + timedelta(minutes=1), show)


async def ids(inbox: ReviewInbox, show: Show = "open") -> set[str]:
    view = await read(inbox, show)
    return {item.message for one in view.groups for item in one.items}


# What is in it


async def test_what_deserves_a_look_and_nothing_else(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    ana = written.person()
    unsure = written.says(ana, "o troço parou", trouble="unsure", candidates=["slowness"])
    pressed = written.says(
        ana, "É lentidão", ("started", "slowness"), choice="c1", understanding="chosen"
    )
    written.says(ana, "2", ("solved", "slowness"), understanding="chosen")
    refused = written.says(written.person(), "quero um boleto", trouble="refused")
    fine = written.says(
        written.person(), "tela branca", ("started", "slowness"), ("solved", "slowness")
    )
    await written.store(database)
    view = await read(inbox)
    items = {item.message: item for one in view.groups for item in one.items}
    assert items.keys() == {unsure, refused}
    assert not {pressed, fine} & items.keys()
    assert (items[unsure].reasons, items[unsure].taken_for) == (("unsure",), "slowness")
    assert items[unsure].candidates == ("slowness",)
    assert items[refused].reasons == ("refused",)
    assert (view.count, view.left_out) == (2, 0)


async def test_a_thumb_down_and_an_agents_label_bring_it_in(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    ana, bia = written.person(), written.person()
    disliked = written.says(ana, "tela branca", ("started", "slowness"), ("solved", "slowness"))
    labelled = written.says(bia, "Chat lento", ("started", "slowness"), ("solved", "slowness"))
    await written.store(database)
    assert await ids(inbox) == set()
    assert await FeedbackStore(database).put(ana, 2, False, "não era isso")
    await Labels(database).add(bia, "chat lento", "slowness", "chat_distribution", "slack:U1")
    items = {i.message: i for one in (await read(inbox)).groups for i in one.items}
    assert {m: i.reasons for m, i in items.items()} == {
        disliked: ("not_helped",),
        labelled: ("corrected",),
    }
    assert (items[labelled].taken_for, items[labelled].labelled) == (
        "slowness",
        "chat_distribution",
    )


async def test_it_is_masked_and_so_is_what_is_around(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    ana = written.person()
    written.says(ana, "oi, aqui é a Maria Silva", answer="Olá, Maria!")
    message = written.says(ana, "meu cpf é 529.982.247-25", trouble="unsure", answer="Hm.")
    written.says(ana, "ou ligue (11) 98765-4321")
    other = written.person()
    written.says(other, "de outra pessoa")
    await written.store(database)
    view = await read(inbox)
    assert [i.text for one in view.groups for i in one.items] == ["meu cpf é [CPF]"]
    around = await inbox.around(message)
    assert [(said.sender, said.text) for said in around] == [
        ("user", "oi, aqui é a [nome]"),
        ("assistant", "Olá, [nome]!"),
        ("user", "meu cpf é [CPF]"),
        ("assistant", "Hm."),
        ("user", "ou ligue [telefone]"),
        ("assistant", "Certo."),
    ]
    assert [said.is_it for said in around] == [False, False, True, False, False, False]
    assert [s.text for s in await inbox.around(message, 0, 1)] == ["meu cpf é [CPF]", "Hm."]
    assert await inbox.around("01J00000000000000000000000") == []


async def test_similar_messages_are_one_group_with_its_words(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    for words_ in (
        "o relatório agendado não chegou no meu e-mail",
        "relatório agendado não chegou hoje",
        "nao chegou o relatorio agendado",
    ):
        written.says(written.person(), words_, trouble="unsure")
    written.says(written.person(), "quero segunda via do boleto", trouble="refused")
    await written.store(database)
    first, second = (await read(inbox)).groups
    assert (first.count, first.people, second.count) == (3, 3, 1)
    assert {"relatório", "agendado"} <= set(first.words)
    assert first.nearest == "scheduled_report"
    assert (first.recent, first.before, first.trend) == (3, 0, "new")
    assert first.reasons == (("unsure", 3),)
    assert (await read(inbox)).groups == [first, second]


async def test_dates_and_reasons_narrow_it(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    written.at = now() - timedelta(days=20)
    written.says(written.person(), "antiga", trouble="unsure")
    written.at = now() - timedelta(days=1)
    refused = written.says(written.person(), "boleto", trouble="refused")
    await written.store(database)
    view = await inbox.read(now() - timedelta(days=2), now())
    assert [i.message for one in view.groups for i in one.items] == [refused]
    narrowed = await inbox.read(now() - timedelta(days=30), now(), reasons=["unsure"])
    assert [i.text for one in narrowed.groups for i in one.items] == ["antiga"]


async def test_four_times_the_messages_are_no_more_than_six_times_the_work(
    database: Database, inbox: ReviewInbox
) -> None:
    phrases = [text for _, text in read_phrases(ROOT / "tests/nlu/heldout")]
    chosen = random.Random(7).choices(phrases, k=1000)
    few = await work_of(database, inbox, chosen[:250])
    assert len((await read(inbox)).groups) > 25
    many = await work_of(database, inbox, chosen[250:])
    view = await read(inbox)
    print(f"1000 in {len(view.groups)} groups: {many:.2f} s of work; 250: {few:.2f} s")
    assert view.count == sum(one.count for one in view.groups) == 1000
    assert 50 < len(view.groups) < 950
    assert many < 6 * few


async def work_of(database: Database, inbox: ReviewInbox, phrases: Sequence[str]) -> float:
    """Store these besides what is there; return the work of one look at all, in seconds.

    Time on the processor: others who use this machine do not make it slower.
    """
    written = Written(at=now() - timedelta(days=6))
    for n, phrase in enumerate(phrases):
        person = written.person()
        written.says(person, f"{phrase} ({n})", trouble="unsure", candidates=["slowness"])
        for _ in range(4):
            written.says(person, "2", ("shown", "slowness", "a"), understanding="chosen")
    await written.store(database)
    await read(inbox)  # loads the knowledge and scikit-learn
    worked = time.process_time()
    await read(inbox)
    return time.process_time() - worked


async def test_figures_come_from_either_store(database: Database, written: Written) -> None:
    ana, bia = written.person(), written.person()
    shown = ("shown", "slowness", "rede")
    written.says(ana, "lento", ("started", "slowness"), shown, understanding="torn")
    written.says(ana, "foi", ("solved", "slowness", "rede", "check"), understanding="neither")
    written.says(bia, "hm", trouble="unsure", understanding="torn")
    written.says(bia, "?", trouble="unsure", understanding="neither")
    written.says(bia, "boleto", trouble="refused")
    written.says(bia, "2", understanding="chosen")
    await written.store(database)
    zone = ZoneInfo("America/Sao_Paulo")
    since = (written.at - timedelta(hours=1)).astimezone(zone)
    until = (written.at + timedelta(minutes=1)).astimezone(zone)
    found = await figures_of(database, since, until)
    assert [(one.started, one.confirmed) for one in found.situations] == [(1, 1)]
    assert found.messages == {"sure": 2, "torn": 1, "neither": 1, "refused": 1}
    past = await figures_of(database, since, written.at - timedelta(minutes=30))
    assert (past.situations, past.messages) == ((), {})


# Deciding


async def test_a_decision_takes_it_out_and_names_who_and_when(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    message = written.says(written.person(), "aqui é a Ana, tela branca", trouble="unsure")
    await written.store(database)
    assert await inbox.decide({message: 0}, "example", "bia", "slowness") == {message: 1}
    assert (await ids(inbox), await ids(inbox, "decided")) == (set(), {message})
    (item,) = (await read(inbox, "decided")).groups[0].items
    assert (item.decision, item.situation, item.by, item.version) == (
        "example",
        "slowness",
        "bia",
        1,
    )
    assert item.decided_at and now() - item.decided_at < timedelta(minutes=1)
    (accepted,) = await inbox.accepted()
    assert (accepted.intent, accepted.by) == ("slowness", "bia")
    assert accepted.text == "aqui é a Fulana, tela branca"
    assert await inbox.accepted(now() + timedelta(minutes=1)) == []


async def test_later_is_put_off_and_can_be_decided_again(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    message = written.says(written.person(), "segunda via do boleto", trouble="refused")
    await written.store(database)
    await inbox.decide({message: 0}, "later", "bia")
    assert (await ids(inbox), await ids(inbox, "later")) == (set(), {message})
    assert await inbox.decide({message: 1}, "out_of_scope", "ana") == {message: 2}
    (accepted,) = await inbox.accepted()
    assert (accepted.intent, accepted.text) == ("out_of_scope", "segunda via do boleto")
    assert await inbox.decide({message: 2}, "article_missing", "ana") == {message: 3}
    assert await inbox.accepted() == []


async def test_a_whole_group_at_once_or_nothing_of_it(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    messages = [written.says(written.person(), f"caiu {n}", trouble="unsure") for n in range(3)]
    await written.store(database)
    await inbox.decide({messages[1]: 0}, "new_situation", "bia")
    with pytest.raises(Conflict) as conflict:
        await inbox.decide(dict.fromkeys(messages, 0), "example", "ana", "slowness")
    assert (conflict.value.message, conflict.value.by) == (messages[1], "bia")
    assert conflict.value.decision == "new_situation"
    assert isinstance(conflict.value.at, datetime)
    assert await ids(inbox) == {messages[0], messages[2]}
    seen = {messages[0]: 0, messages[1]: 1, messages[2]: 0}
    assert set((await inbox.decide(seen, "example", "ana", "slowness")).values()) == {1, 2}
    assert len(await inbox.accepted()) == 3


async def test_two_reviewers_at_once_do_not_overwrite_each_other(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    messages = [written.says(written.person(), f"caiu {n}", trouble="unsure") for n in range(20)]
    await written.store(database)

    async def decide(message: str, who: str) -> str | None:
        try:
            await inbox.decide({message: 0}, "example", who, who)
        except Conflict as conflict:
            assert conflict.by != who
            return None
        return who

    both = [decide(message, who) for message in messages for who in ("ana", "bia")]
    done = await asyncio.gather(*both)
    pairs = list(zip(done[::2], done[1::2], strict=True))
    assert all((a is None) != (b is None) for a, b in pairs)
    winners = {m: a or b for m, (a, b) in zip(messages, pairs, strict=True)}
    kept = {one.message: one.by for one in await inbox.accepted()}
    assert kept == winners


async def test_a_corrected_text_is_masked_too(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    message = written.says(written.person(), "caiu", trouble="unsure")
    await written.store(database)
    await inbox.decide({message: 0}, "example", "ana", "slowness", text="caiu, a@b.com\n(ligue)")
    assert [one.text for one in await inbox.accepted()] == ["caiu, nome@exemplo.com.br (ligue)"]


@pytest.mark.parametrize(
    ("decision", "by", "more", "said"),
    [
        ("example", "ana", {}, "situação"),
        ("delete", "ana", {}, "decisão desconhecida"),
        ("later", "", {}, "quem decide"),
        ("example", "ana", {"situation": "x", "text": " "}, "vazio"),
        ("example", "ana", {"situation": "x", "text": "x" * 2001}, "encurte"),
        ("example", "ana", {"situation": "Não é nome"}, "minúsculas"),
        ("example", "ana", {"situation": "x" * 65}, "minúsculas"),
    ],
)
async def test_what_is_no_decision_is_refused_in_words(
    inbox: ReviewInbox, decision, by, more, said
) -> None:
    with pytest.raises(ValueError, match=said):
        await inbox.decide({"m": 0}, decision, by, **more)
    with pytest.raises(ValueError, match="Marque de 1"):
        await inbox.decide({}, "later", "ana")


async def test_what_is_gone_cannot_be_decided(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    message = written.says(written.person(), "caiu", trouble="unsure")
    await written.store(database)
    with pytest.raises(UnknownMessage):
        await inbox.decide({message: 0, "01J00000000000000000000000": 0}, "later", "ana")
    with pytest.raises(UnknownMessage):
        await inbox.decide({message: 1}, "later", "ana")
    assert await ids(inbox) == {message}


# Personal data


async def test_personal_data_is_taken_out_of_the_store(
    database: Database, inbox: ReviewInbox, written: Written
) -> None:
    said = "o Zebedeu da rua das Flores não entra"
    ana = written.person()
    message = written.says(ana, said, trouble="unsure", answer=f"Resumo: «{said}»")
    written.messages[-1]["parts"] = {"copy": f"Relato: «{said}»", "case": 7}
    kept = written.says(ana, "outra frase")
    await written.store(database)
    await Labels(database).add(ana, said.upper(), None, "slowness", "slack:U1")
    await inbox.decide({message: 0}, "example", "bia", "slowness")
    await inbox.decide({message: 1}, "personal_data", "bia")
    visitor = next(c["visitor_id"] for c in written.conversations)
    everything = str(await Personal(database).export(visitor, ana))
    assert "Zebedeu" not in everything and "ZEBEDEU" not in everything
    async with database.reading() as db:
        texts = dict(list(await db.execute(select(MessageRow.id, MessageRow.text))))
        to_rasa = await db.scalar(select(MessageRow.to_rasa).where(MessageRow.id == message))
        review = (await db.execute(select(ReviewRow.decision, ReviewRow.text))).one()
        parts = await db.scalar(select(MessageRow.parts).where(MessageRow.reply_to == message))
    assert texts[message] == to_rasa == words().erased
    assert texts[kept] == "outra frase"
    assert tuple(review) == ("personal_data", None)
    assert parts == {"copy": f"Relato: «{words().erased}»", "case": 7}
    assert await inbox.accepted() == []
