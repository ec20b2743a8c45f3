"""A whole handover by the API: the user in the widget, an agent at an outlet, the assistant."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from desk_support import ANA, HANDED, RUI, FakeOutlet, handing_over, place, settled, use_outlet
from fake_rasa import FakeRasa
from fastapi import FastAPI
from sqlalchemy import select
from visitor import Visitor, until, until_true

from assistant.cases import CaseStore
from gateway.app import create_app
from gateway.handoff.opening import Openings
from gateway.handoff.settings import DeskSettings
from gateway.handoff.states import Refused
from gateway.handoff.texts import load_desk_texts
from gateway.settings import Pace, Settings
from gateway.store.labels import LabelRow
from gateway.team import Team

TEXTS = load_desk_texts()
OPEN = TEXTS.expect_open.format(wait="15 minutos")


@pytest.fixture
def outlet(monkeypatch: pytest.MonkeyPatch) -> FakeOutlet:
    """Where the team is: cases go there, and are answered from there."""
    return use_outlet(monkeypatch)


@pytest.fixture
def cases(settings: Settings) -> CaseStore:
    return CaseStore(settings.access.cases_url)


@pytest.fixture
def rasa(outlet: FakeOutlet, cases: CaseStore) -> FakeRasa:
    return FakeRasa(answer=handing_over(cases))


@pytest.fixture
def desk(app: FastAPI) -> Team:
    found: Team = app.state.services.team
    return found


async def test_from_the_user_to_a_person_to_the_assistant_and_closed(
    ana: Visitor, desk: Team, outlet: FakeOutlet, rasa: FakeRasa
) -> None:
    await ana.say("oi")
    handed, told = await ana.say("quero uma pessoa")
    assert (handed["text"], handed["case"], told["from"], told["text"]) == (
        HANDED, 1, "system", OPEN,
    )  # fmt: skip
    assert (await ana.read())["held"] == {"by": "waiting", "name": None, "case": 1}
    await heard(outlet, "opened", f"system: {OPEN}")

    # While it waits the assistant goes on helping, and the team reads along.
    assert (await ana.say("e agora?"))[0]["text"] == "eco: e agora?"
    await heard(outlet, "user: e agora?", "assistant: eco: e agora?")

    await desk.desk.assume(1, ANA)
    assert (await ana.read())["held"] == {"by": "person", "name": "Ana", "case": 1}
    asked = len(rasa.asked)
    sent = await ana.send("ainda não funciona")
    await settled(ana, sent["seq"])
    await desk.desk.reply(1, ANA, "Tente entrar de novo.\nPode ser?", via="D1")
    reply = (await ana.history())[-1]
    assert (reply["from"], reply["author"]) == ("person", "Ana")
    assert reply["text"] == "Tente entrar de novo.\nPode ser?"
    assert "via" not in reply
    assert [one for one in await ana.history() if one.get("reply_to") == sent["seq"]] == []
    assert len(rasa.asked) == asked
    await heard(
        outlet, f"system: {TEXTS.assumed.format(name='Ana')}", "assumed",
        "user: ainda não funciona", "person: Tente entrar de novo.\nPode ser?", "replied",
    )  # fmt: skip

    await desk.desk.hand_back(1, ANA, "slowness", "maquina")
    await until_true(lambda: len(rasa.asked) > asked)
    assert rasa.texts[-1] == '/hand_back{"option": "slowness.maquina"}'
    answer = await until(lambda: last(ana, "assistant"))
    assert answer["text"].startswith("eco: /hand_back")
    assert (await ana.read())["held"] == {"by": "assistant", "name": None, "case": 1}
    assert (await ana.say("obrigada"))[0]["text"] == "eco: obrigada"

    await desk.desk.assume(1, RUI)
    await desk.desk.close(1, RUI, "era a rede")
    await until_true(lambda: rasa.texts[-1] == '/case_closed{"option": "1"}')
    assert (await ana.read())["held"]["by"] == "closed"
    assert (await ana.say("resolveu"))[0]["text"] == "eco: resolveu"
    history = await desk.cases.history(1)
    assert [event.kind for event in history] == [
        "opened", "assumed", "replied", "handed_back", "assumed", "closed",
    ]  # fmt: skip
    assert history[-1].reason == "era a rede"
    view = await desk.cases.view(1)
    assert view
    assert (view.name, view.holder) == ("Rui", "closed")


async def heard(outlet: FakeOutlet, *expected: str) -> None:
    """Wait until the outlet got these next, and nothing else before them."""
    await until_true(lambda: len(outlet.got) >= len(expected))
    found, outlet.got[: len(expected)] = outlet.got[: len(expected)], []
    assert found == list(expected)


async def last(visitor: Visitor, sender: str) -> dict[str, Any] | None:
    newest = (await visitor.history())[-1]
    return newest if newest["from"] == sender else None


async def test_a_stream_says_who_has_it(ana: Visitor, desk: Team) -> None:
    await ana.say("quero uma pessoa")
    async with ana.listen() as ear:
        waiting = await ear.next("held")
        assert waiting
        assert waiting.data == {"by": "waiting", "name": None, "case": 1}
        await desk.desk.assume(1, ANA)
        person = await ear.next("held")
        assert person
        assert person.data == {"by": "person", "name": "Ana", "case": 1}


class TestSilence:
    """A person has the conversation: no note, no fallback, whatever the clock says."""

    @pytest.fixture
    def pace(self, pace: Pace) -> Pace:
        return replace(pace, note=0.01, fallback=0.05)

    async def test_no_fallback_and_no_note(self, ana: Visitor, desk: Team, rasa: FakeRasa) -> None:
        await ana.say("quero uma pessoa")
        await desk.desk.assume(1, ANA)
        seqs = [(await ana.send(f"m{n}"))["seq"] for n in range(3)]
        for seq in seqs:
            assert (await settled(ana, seq))["state"] == "done"
        await asyncio.sleep(0.3)
        found = await ana.read(after=seqs[0] - 1)
        assert [message["from"] for message in found["messages"]] == ["user"] * 3
        assert (found["working"], found["note"]) == (False, None)
        assert rasa.texts == ["quero uma pessoa"]

    async def test_nor_for_what_waited_for_rasa_as_it_was_assumed(
        self, ana: Visitor, desk: Team, rasa: FakeRasa
    ) -> None:
        await ana.say("quero uma pessoa")
        rasa.delay = 0.2
        sent = await ana.send("ainda pensando")
        await until_true(lambda: len(rasa.asked) == 2)
        await desk.desk.assume(1, ANA)
        await settled(ana, sent["seq"])
        after = [one["from"] for one in await ana.history(after=sent["seq"])]
        assert "assistant" not in after

    async def test_handing_back_falls_back_without_taking_our_words_for_the_users(
        self, ana: Visitor, desk: Team, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await ana.say("quero uma pessoa")
        await desk.desk.assume(1, ANA)
        rasa.answer = httpx.ConnectError("x")
        await desk.desk.hand_back(1, ANA)

        async def fallen() -> bool:
            return any(message.get("fallback") for message in await ana.history())

        assert await until(fallen)


async def test_others_are_refused_with_a_sentence(ana: Visitor, desk: Team) -> None:
    await ana.say("quero uma pessoa")
    for attempt in (desk.desk.reply(1, ANA, "oi"), desk.desk.close(1, ANA)):
        with pytest.raises(Refused, match=TEXTS.assume_first):
            await attempt
    await desk.desk.assume(1, ANA)
    before = await ana.history()
    for attempt in (desk.desk.assume(1, RUI), desk.desk.reply(1, RUI, "eu!")):
        with pytest.raises(Refused, match="Este caso está com Ana"):
            await attempt
    with pytest.raises(Refused, match="Não encontrei esse caso"):
        await desk.desk.assume(99, ANA)
    assert await ana.history() == before


async def test_two_agents_assume_at_once(ana: Visitor, desk: Team) -> None:
    await ana.say("quero uma pessoa")
    tries = [desk.desk.assume(1, one) for one in (ANA, RUI)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Handoff", "Refused"]


async def test_a_long_reply_is_said_whole_and_an_empty_one_not_at_all(
    ana: Visitor, desk: Team
) -> None:
    await ana.say("quero uma pessoa")
    await desk.desk.assume(1, ANA)
    before = len(await ana.history())
    await desk.desk.reply(1, ANA, " \n\u200b ")
    assert len(await ana.history()) == before
    words = " ".join(f"palavra{n}" for n in range(600))
    await desk.desk.reply(1, ANA, words)
    said = (await ana.history())[before:]
    assert " ".join(message["text"] for message in said) == words
    assert len(said) > 1


async def test_a_reply_that_breaks_off_is_said_when_its_event_comes_again(
    ana: Visitor, desk: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ana.say("quero uma pessoa")
    await desk.desk.assume(1, ANA)
    before = len(await ana.history())

    async def dies(*_: object) -> None:
        raise ConnectionError("killed")

    with monkeypatch.context() as broken:
        broken.setattr("gateway.store.handoffs.add_replies", dies)
        with pytest.raises(ConnectionError):
            await desk.desk.reply(1, ANA, "Tente agora.", event="E1")
    for _ in range(3):
        await desk.desk.reply(1, ANA, "Tente agora.", event="E1")
    assert [one["text"] for one in (await ana.history())[before:]] == ["Tente agora."]


async def test_a_correction_becomes_an_example_for_the_trainers(
    ana: Visitor, desk: Team, app: FastAPI
) -> None:
    await ana.say("quero uma pessoa")
    await desk.desk.relabel(1, ANA, "tudo parado", "slowness", "licenses")
    async with app.state.services.store.database.reading() as db:
        rows = (await db.execute(select(*LabelRow.__table__.columns))).all()
    assert [(row.text, row.taken_for, row.situation, row.by) for row in rows] == [
        ("tudo parado", "slowness", "licenses", ANA.id)
    ]
    assert (await ana.read())["held"]["by"] == "waiting"


async def test_asking_again_reopens_what_was_closed(
    ana: Visitor, desk: Team, rasa: FakeRasa
) -> None:
    await ana.say("quero uma pessoa")
    await desk.desk.assume(1, ANA)
    await desk.desk.close(1, ANA)
    await until_true(lambda: rasa.texts[-1].startswith("/case_closed"))
    rasa.answer = [{"text": "Reabri", "custom": {"case": 1}}]
    _, told = await ana.say("não resolveu")
    assert told["text"] == OPEN
    assert (await ana.read())["held"] == {"by": "waiting", "name": None, "case": 1}


async def test_who_erases_their_data_while_a_person_has_it(
    ana: Visitor, desk: Team, outlet: FakeOutlet, cases: CaseStore
) -> None:
    await ana.say("quero uma pessoa")
    await desk.desk.assume(1, ANA)
    outlet.delay = 0.05
    await ana.send("apague tudo")
    erased = await ana.http.delete("/api/v1/me", headers=ana.headers)
    assert erased.status_code == 202
    for attempt in (desk.desk.reply(1, ANA, "oi"), desk.desk.close(1, ANA)):
        with pytest.raises(Refused, match="Não encontrei esse caso"):
            await attempt
    assert await desk.cases.view(1) is None
    assert await desk.cases.lines() == []
    assert (cases.get(1) or {})["sheet"] == [""]
    await asyncio.sleep(0.3)
    count = len(outlet.tries)
    await asyncio.sleep(0.2)
    assert len(outlet.tries) == count


async def test_a_restart_goes_on_where_it_was(
    settings: Settings, rasa: FakeRasa, outlet: FakeOutlet
) -> None:
    """The platform is away until the gateway is started anew."""
    from visitor import arrive

    outlet.faults = [OSError()] * 1000
    first = create_app(settings, rasa.transport())
    async with first.router.lifespan_context(first):
        transport = httpx.ASGITransport(first)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            ana = await arrive(client)
            await ana.say("quero uma pessoa")
            await ana.say("alguém?")
            await until_true(lambda: outlet.tries)
    outlet.faults.clear()
    async with create_app(settings, rasa.transport()).router.lifespan_context(first):
        await until_true(lambda: len(outlet.got) == 4)
    assert outlet.got == ["opened", f"system: {OPEN}", "user: alguém?", "assistant: eco: alguém?"]


# Where nobody can answer from


@pytest.mark.parametrize("sinks", ["none", "email"])
async def test_without_anybody_to_assume_nothing_is_promised(
    ana: Visitor, desk: Team, sinks: str
) -> None:
    places = [] if sinks == "none" else [lambda case: replace(place(case), sink="email")]
    made = Openings(DeskSettings(), TEXTS, places)
    opening = made.opening(1)
    assert (opening.due_at, made.due()) == (None, None)
    expected = [] if sinks == "none" else [TEXTS.expect_elsewhere]
    assert [one.text for one in opening.said] == expected
