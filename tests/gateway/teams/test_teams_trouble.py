"""The Bot Connector is away, slow, too busy, or cuts the line; the login, or a gateway, is gone."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import httpx
import pytest
from core_rasa import CoreRasa
from fake_rasa import echo

from gateway.app import create_app
from gateway.channels.teams.settings import TeamsSettings
from gateway.delivery.settings import CourierPace, SinkSettings
from tests.support.teams.bot_connector import CHANNEL, SECRET
from tests.support.teams.people import Person, buttons, texts, until_true

WORDS = "o cliente não consegue enviar arquivo no chat"
# The courier's own waits (1 s, doubled, five minutes at most), two hundred times as quick.
SCALE = 200
TEN_MINUTES = 600 / SCALE
PACE = CourierPace(
    poll=0.02, pause=0.001, first_wait=1 / SCALE, longest_wait=300 / SCALE, grace=1.0
)


@pytest.fixture
def settings(settings):
    return replace(settings, sinks=replace(settings.sinks, pace=PACE))


def answers(person):
    return [texts(post.versions[0]) for post in person.connector.in_(person.chat)]


async def test_down_for_ten_minutes_and_all_arrives_once_in_order(person, ana, connector, rasa):
    rasa.answer = echo
    await person.say("mensagem 0")
    await person.sees("eco: mensagem 0")
    await asyncio.sleep(0.1)
    before = len(connector.calls)
    connector.down = True
    for n in range(1, 12):
        await person.say(f"mensagem {n}")
    await until_true(lambda: len(rasa.finished) == 12)
    await asyncio.sleep(TEN_MINUTES)
    # It asked again, at growing distance: not a hundred times, nor never.
    assert 4 < len(connector.calls) - before < 60
    connector.down = False
    await person.sees("eco: mensagem 11")
    assert answers(person) == [f"eco: mensagem {n}" for n in range(12)]


async def test_a_case_of_ten_minutes_without_teams(person, ana, connector):
    await person.say("oi")
    connector.down = True
    await ana.send(WORDS)
    await ana.send("quero falar com uma pessoa")
    for n in range(4):
        await ana.send(f"ainda não deu {n}")
    await asyncio.sleep(TEN_MINUTES)
    connector.down = False

    def thread():
        return [p for p in connector.posts if p.conversation.startswith(CHANNEL)]

    await until_true(lambda: any("ainda não deu 3" in texts(p.activity) for p in thread()))
    posts = [texts(p.versions[0]) for p in thread()]
    assert len([t for t in posts if t.startswith("Caso nº")]) == 1
    spoken = [next(n for n in range(4) if f"deu {n}" in t) for t in posts if "ainda não" in t]
    assert spoken == [0, 1, 2, 3]


async def test_too_many_requests_waits_as_long_as_it_is_told(person, connector, rasa):
    rasa.answer = echo
    await person.say("zero")
    await person.sees("eco: zero")
    await until_true(lambda: not connector.troubles)
    rasa.delay = 0.05
    connector.troubles.extend([(429, {"Retry-After": "1"})] * 2)
    started = time.monotonic()
    await person.say("um")
    await person.sees("eco: um")
    # The typing and the answer were both told to wait; the answer waited.
    assert time.monotonic() - started >= 0.9
    assert answers(person) == ["eco: zero", "eco: um"]


@pytest.mark.parametrize("trouble", ["cut", (500, {}), (502, {}), (412, {}), 0.3])
async def test_a_trouble_now_and_then_loses_nothing(person, connector, rasa, trouble):
    rasa.answer = echo
    for n in range(5):
        connector.troubles.append(trouble)
        await person.say(f"mensagem {n}")
        await person.sees(f"eco: mensagem {n}")
    assert answers(person) == [f"eco: mensagem {n}" for n in range(5)]


async def test_a_line_cut_after_the_post_repeats_rather_than_loses(person, connector, rasa):
    """Teams does not say what was posted: this is the one thing that may be seen twice."""
    rasa.answer = echo
    await person.say("zero")
    await person.sees("eco: zero")
    rasa.delay = 0.1
    connector.troubles.extend([None, "cut after"])
    await person.say("um")
    await person.say("dois")
    await person.sees("eco: dois")
    kept = [text for n, text in enumerate(answers(person)) if text not in answers(person)[:n]]
    assert kept == ["eco: zero", "eco: um", "eco: dois"]


async def test_a_card_that_somebody_deleted_holds_nothing_up(person, connector, rasa):
    await person.say(WORDS)
    first = await person.sees("Verificação 1 de 2")
    connector.posts.remove(first)
    await person.press(first, "Não resolveu")
    await person.sees("Verificação 2 de 2")


async def test_a_refusal_is_tried_again_and_named(person, connector, app, caplog):
    await person.say("oi")
    await until_true(lambda: connector.posts)
    connector.troubles.extend([(403, {})] * 3)
    await person.say(WORDS)
    await person.sees("Verificação 1 de 2")
    faults = [r.getMessage() for r in caplog.records if r.name == "gateway.delivery.courier"]
    assert any(fault.endswith("forbidden") for fault in faults)
    assert WORDS not in caplog.text


async def test_the_login_is_made_once_and_its_token_kept(person, connector, rasa):
    rasa.answer = echo
    for n in range(3):
        await person.say(f"mensagem {n}")
        await person.sees(f"eco: mensagem {n}")
    assert connector.logins == 1


@pytest.fixture
def managed(connector, monkeypatch):
    """Settings of a gateway in Azure, whose identity needs no secret."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", connector.url.replace("/br/", "/identity"))
    monkeypatch.setenv("IDENTITY_HEADER", SECRET)
    env = {k: v for k, v in connector.environment().items() if "SECRET" not in k}
    return TeamsSettings.from_env({**env, "OMNI_TEAMS_MANAGED_IDENTITY": "1"})


async def test_managed_identity(settings, managed, connector, rasa):
    async with _gateway(replace(settings, sinks=SinkSettings(teams=managed)), rasa) as http:
        person = Person(connector, http)
        await person.say(WORDS)
        await person.sees("Verificação 1 de 2")
    assert not [call for call in connector.calls if "oauth2" in call[1]]


async def test_a_wrong_secret_is_a_fault_and_no_end(settings, connector, rasa, caplog):
    env = {**connector.environment(), "OMNI_TEAMS_APP_SECRET": "outro"}
    teams = TeamsSettings.from_env(env)
    async with _gateway(replace(settings, sinks=SinkSettings(teams=teams)), rasa) as http:
        person = Person(connector, http)
        await person.say("oi")
        await until_true(lambda: "login" in caplog.text)
        assert (await person.send(person.activity(text="oi"))).status_code == 202


async def test_two_gateways_answer_one_event_once(settings, postgres, connector, tmp_path):
    settings = replace(settings, database=postgres)
    rasas = [CoreRasa(f"sqlite:///{tmp_path / 'cases.db'}", {}) for _ in range(2)]
    for rasa in rasas:
        rasa.answer = echo
    async with _gateway(settings, rasas[0]) as one, _gateway(settings, rasas[1]) as two:
        persons = Person(connector, one), Person(connector, two)
        for n in range(6):
            activity = persons[0].activity(text=f"mensagem {n}")
            sent = [p.send(activity) for p in (*persons, *persons)]
            assert {a.status_code for a in await asyncio.gather(*sent)} == {202}
            await persons[0].sees(f"eco: mensagem {n}")
        await asyncio.sleep(0.2)
        assert answers(persons[0]) == [f"eco: mensagem {n}" for n in range(6)]
        # A lease that runs out on a busy machine has the same turn asked again, under its own id.
        assert len({call["message_id"] for rasa in rasas for call in rasa.asked}) == 6


async def test_a_card_that_was_half_posted_is_not_posted_again(person, ana, connector):
    await ana.send(WORDS)
    connector.troubles.extend([None, (500, {}), (500, {})])
    await ana.send("quero falar com uma pessoa")

    def thread():
        return [p for p in connector.posts if p.conversation.startswith(CHANNEL)]

    await until_true(lambda: len(thread()) == 2)
    await asyncio.sleep(0.2)
    cards = [p for p in thread() if buttons(p.activity)]
    assert len(cards) == 1 and len(thread()) == 2


class _gateway:  # noqa: N801
    """A gateway of its own, and a client of it."""

    def __init__(self, settings, rasa):
        self._app = create_app(settings, rasa.transport())

    async def __aenter__(self) -> httpx.AsyncClient:
        self._life = self._app.router.lifespan_context(self._app)
        await self._life.__aenter__()
        transport = httpx.ASGITransport(self._app)
        self._http = httpx.AsyncClient(transport=transport, base_url="http://gateway")
        return self._http

    async def __aexit__(self, *error) -> None:
        await self._http.aclose()
        await self._life.__aexit__(*error)
