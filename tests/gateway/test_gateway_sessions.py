"""Sessions: come in, renew, be known on another device, leave."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fake_rasa import FakeRasa
from fastapi import FastAPI
from site_tokens import AUDIENCE, KEYS, claims, signed
from sqlalchemy import delete, func, select, update
from ulid import ULID
from visitor import Visitor, arrive

from gateway.app import create_app
from gateway.settings import Pace, Settings
from gateway.store.engine import Database
from gateway.store.people import SAME_TOKEN, AlreadyUsed, People
from gateway.store.tables import Base, ConversationRow, SessionRow, SpentRow, VisitorRow, now

pytestmark = pytest.mark.asyncio

SESSIONS, RENEW = "/api/v1/sessions", "/api/v1/sessions/renew"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(
        settings, access=replace(settings.access, site_keys=KEYS, site_audience=AUDIENCE)
    )


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.services.store.database
    return found


async def login(http: httpx.AsyncClient, before: Visitor | None = None, **changes: Any) -> Visitor:
    headers = before.headers if before else {}
    response = await http.post(SESSIONS, json={"identity": signed(**changes)}, headers=headers)
    assert response.status_code == 201, response.text
    return Visitor(http, **response.json())


async def renew(http: httpx.AsyncClient, renewal: str) -> httpx.Response:
    return await http.post(RENEW, json={"renewal": renewal})


async def status(visitor: Visitor) -> int:
    return (await visitor.http.get("/api/v1/messages", headers=visitor.headers)).status_code


async def age(database: Database, seconds: float) -> None:
    """Make every renewal, and the first use of its tokens, so long ago."""
    then = now() - timedelta(seconds=seconds)
    async with database.writing() as db:
        await db.execute(update(SessionRow).values(renewed_at=then, used_at=then))


async def count(database: Database, row: type[Base]) -> int:
    async with database.reading() as db:
        return int(await db.scalar(select(func.count()).select_from(row)) or 0)


async def test_a_session_gives_both_tokens_and_our_own_conversation_id(ana: Visitor) -> None:
    assert ULID.from_str(ana.conversation)
    assert ana.conversation not in ana.token + ana.renewal
    assert ana.token != ana.renewal
    assert (ana.expires_in, ana.identified) == (3600, False)
    assert await ana.history() == []


@pytest.mark.parametrize("body", [b"", b"{}", b'{"identity": null}', b'{"other": 1}'])
async def test_what_opens_an_anonymous_session(http: httpx.AsyncClient, body: bytes) -> None:
    response = await http.post(SESSIONS, content=body)
    assert (response.status_code, response.json()["identified"]) == (201, False)


async def test_every_visitor_has_one_conversation(http: httpx.AsyncClient) -> None:
    assert len({(await arrive(http)).conversation for _ in range(5)}) == 5


# Renewal


async def test_a_renewal_gives_new_tokens_of_the_same_conversation(
    http: httpx.AsyncClient, ana: Visitor
) -> None:
    response = await renew(http, ana.renewal)
    renewed = Visitor(http, **response.json())
    assert response.status_code == 200
    assert renewed.conversation == ana.conversation
    assert renewed.renewal != ana.renewal
    assert await status(renewed) == await status(ana) == 200


async def test_renewals_go_on(http: httpx.AsyncClient, ana: Visitor, database: Database) -> None:
    newest = ana.renewal
    for _ in range(5):
        await age(database, 3600)
        response = await renew(http, newest)
        assert response.status_code == 200
        newest = response.json()["renewal"]


async def test_two_tabs_at_once_both_renew_and_hold_the_same_generation(
    http: httpx.AsyncClient, ana: Visitor
) -> None:
    both = await asyncio.gather(*(renew(http, ana.renewal) for _ in range(2)))
    assert [response.status_code for response in both] == [200, 200]
    for response in both:
        assert (await renew(http, response.json()["renewal"])).status_code == 200


@pytest.mark.parametrize(("seconds", "then"), [(59, 200), (61, 401)])
async def test_the_generation_before_is_good_for_a_minute(
    http: httpx.AsyncClient, ana: Visitor, database: Database, seconds: int, then: int
) -> None:
    newest = (await renew(http, ana.renewal)).json()["renewal"]
    await age(database, seconds)
    assert (await renew(http, ana.renewal)).status_code == then
    # A copied token ends the session for whoever holds it: thief and owner.
    assert (await renew(http, newest)).status_code == then
    assert await status(ana) == then


async def test_a_renewal_whose_answer_was_lost_can_be_made_again_much_later(
    http: httpx.AsyncClient, ana: Visitor, database: Database
) -> None:
    await renew(http, ana.renewal)
    async with database.writing() as db:
        long_ago = now() - timedelta(days=3)
        await db.execute(update(SessionRow).values(renewed_at=long_ago))
    assert await status(ana) == 200
    assert (await renew(http, ana.renewal)).status_code == 200


async def test_the_use_of_a_new_token_starts_the_last_minute_of_the_one_before(
    http: httpx.AsyncClient, ana: Visitor, database: Database
) -> None:
    newest = (await renew(http, ana.renewal)).json()
    await http.get("/api/v1/messages", headers={"Authorization": f"Bearer {newest['token']}"})
    async with database.reading() as db:
        assert await db.scalar(select(SessionRow.used_at)) is not None


async def test_a_still_older_generation_ends_the_session_at_once(
    http: httpx.AsyncClient, ana: Visitor
) -> None:
    second = (await renew(http, ana.renewal)).json()["renewal"]
    third = (await renew(http, second)).json()["renewal"]
    assert (await renew(http, ana.renewal)).status_code == 401
    assert (await renew(http, third)).status_code == 401
    assert await status(ana) == 401


async def test_a_token_ahead_of_a_restored_backup_renews(
    app: FastAPI, http: httpx.AsyncClient, ana: Visitor, database: Database
) -> None:
    second = (await renew(http, ana.renewal)).json()["renewal"]
    async with database.writing() as db:
        await db.execute(update(SessionRow).values(generation=0))
    third = await renew(http, second)
    assert third.status_code == 200
    assert (await renew(http, third.json()["renewal"])).status_code == 200


async def test_one_visitors_theft_is_not_anothers(
    http: httpx.AsyncClient, ana: Visitor, bia: Visitor, database: Database
) -> None:
    await renew(http, ana.renewal)
    await age(database, SAME_TOKEN.total_seconds() + 1)
    assert (await renew(http, ana.renewal)).status_code == 401
    assert await status(bia) == 200
    assert (await renew(http, bia.renewal)).status_code == 200


# Leaving


async def test_leaving_ends_this_session_and_keeps_the_conversation(
    http: httpx.AsyncClient,
) -> None:
    phone, desk = await login(http), await login(http)
    await phone.say("oi")
    assert (await http.delete(SESSIONS, headers=phone.headers)).status_code == 204
    assert await status(phone) == 401
    assert (await renew(http, phone.renewal)).status_code == 401
    assert (await http.delete(SESSIONS, headers=phone.headers)).status_code == 401
    assert [message["text"] for message in await desk.history()][0] == "oi"


class TestStreams:
    """Ended at once, not when the hub next looks into the store."""

    @pytest.fixture
    def pace(self, pace: Pace) -> Pace:
        return replace(pace, poll=60.0, follow=60.0)

    async def test_leaving_ends_its_streams(self, http: httpx.AsyncClient, ana: Visitor) -> None:
        async with ana.listen() as ear:
            await ear.next("working")
            await http.delete(SESSIONS, headers=ana.headers)
            assert [event.kind for event in await ear.rest()][-1] == "expired"


# Identity


async def test_the_same_person_finds_their_conversation_on_another_device(
    http: httpx.AsyncClient, database: Database
) -> None:
    phone = await login(http, kid="2025a")
    await phone.say("começo no telefone")
    desk = await login(http, kid="2025b")
    assert (phone.identified, desk.identified) == (True, True)
    assert desk.conversation == phone.conversation
    assert (await desk.history())[0]["text"] == "começo no telefone"
    assert await count(database, VisitorRow) == 1


async def test_another_person_does_not(http: httpx.AsyncClient) -> None:
    await (await login(http, sub="ana")).say("segredo")
    bia = await login(http, sub="bia")
    assert await bia.history() == []


async def test_who_has_no_conversation_yet_takes_along_their_anonymous_one(
    http: httpx.AsyncClient, ana: Visitor
) -> None:
    await ana.say("antes de entrar")
    known = await login(http, ana)
    assert known.conversation == ana.conversation
    assert (await known.history())[0]["text"] == "antes de entrar"


async def test_streams_of_a_session_that_was_deleted_end_as_well(
    database: Database, ana: Visitor
) -> None:
    async with ana.listen() as ear:
        await ear.next("working")
        async with database.writing() as db:
            await db.execute(delete(SessionRow))
        assert [event.kind for event in await ear.rest()][-1] == "expired"


async def test_the_anonymous_tokens_never_see_what_follows(
    http: httpx.AsyncClient, ana: Visitor
) -> None:
    async with ana.listen() as ear:
        await ear.next("working")  # else its request may come with a token that is revoked
        known = await login(http, ana)
        assert [event.kind for event in await ear.rest()][-1] == "expired"
    await known.say("já identificada")
    assert await status(ana) == 401
    assert (await renew(http, ana.renewal)).status_code == 401


async def test_who_has_a_conversation_does_not_take_along_the_anonymous_one(
    http: httpx.AsyncClient, ana: Visitor
) -> None:
    await (await login(http)).say("no outro aparelho")
    await ana.say("anônima")
    known = await login(http, ana)
    assert known.conversation != ana.conversation
    assert [m["text"] for m in await known.history() if m["from"] == "user"] == [
        "no outro aparelho"
    ]
    assert [m["text"] for m in await ana.history() if m["from"] == "user"] == ["anônima"]


async def test_nobody_takes_along_what_is_another_persons(http: httpx.AsyncClient) -> None:
    ana = await login(http, sub="ana")
    bia = await login(http, ana, sub="bia")
    assert bia.conversation != ana.conversation
    assert await status(ana) == 200


@pytest.mark.parametrize("header", ["Bearer x", "Basic x", "Bearer", ""])
async def test_a_useless_token_beside_an_identity_is_ignored(
    http: httpx.AsyncClient, header: str
) -> None:
    headers = {"Authorization": header}
    response = await http.post(SESSIONS, json={"identity": signed()}, headers=headers)
    assert response.status_code == 201


async def test_each_site_token_works_once(http: httpx.AsyncClient, database: Database) -> None:
    identity = signed()
    assert (await http.post(SESSIONS, json={"identity": identity})).status_code == 201
    again = await http.post(SESSIONS, json={"identity": identity})
    assert again.status_code == 401
    # Another token with the same id is no other token.
    reused = claims()["jti"]
    for expected in (201, 401):
        response = await http.post(SESSIONS, json={"identity": signed(jti=reused)})
        assert response.status_code == expected
    assert await count(database, SessionRow) == 2


async def test_the_same_site_token_twice_at_once_works_once(http: httpx.AsyncClient) -> None:
    body = {"identity": signed()}
    both = await asyncio.gather(*(http.post(SESSIONS, json=body) for _ in range(5)))
    assert sorted(response.status_code for response in both) == [201, 401, 401, 401, 401]


async def test_a_person_who_arrives_twice_at_once_is_one(
    http: httpx.AsyncClient, database: Database
) -> None:
    arrived = await asyncio.gather(*(login(http) for _ in range(5)))
    assert len({visitor.conversation for visitor in arrived}) == 1
    assert await count(database, ConversationRow) == 1


@pytest.mark.parametrize(
    "identity", ["", "x", "a.b.c", "é" * 100, "\x00", "\u202e", "eyJhbGciOiJub25lIn0.e30."]
)
async def test_a_bad_identity_opens_nothing(
    http: httpx.AsyncClient, database: Database, identity: str
) -> None:
    response = await http.post(SESSIONS, json={"identity": identity})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert await count(database, VisitorRow) == 0


async def test_all_bad_identities_are_told_the_same(http: httpx.AsyncClient) -> None:
    used = signed()
    await http.post(SESSIONS, json={"identity": used})
    bad = [used, "x", signed("2024"), signed(aud="outro"), signed(exp=None), signed(sub="")]
    told = [(await http.post(SESSIONS, json={"identity": one})).json() for one in bad]
    assert all(one == told[0] for one in told)


async def test_where_identity_is_required_nobody_is_anonymous(
    settings: Settings, rasa: FakeRasa
) -> None:
    required = replace(settings, access=replace(settings.access, require_identity=True))
    app = create_app(required, rasa.transport())
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://gateway") as http,
    ):
        assert (await http.post(SESSIONS)).status_code == 401
        assert (await login(http)).identified


# What is stored


async def test_nothing_stored_says_who_the_person_is(
    http: httpx.AsyncClient, database: Database
) -> None:
    reused = "um-jti-que-se-reconhece"
    await login(http, sub="fulano@exemplo.com", jti=reused)
    async with database.reading() as db:
        for table in Base.metadata.sorted_tables:
            rows = str((await db.execute(select(table))).all())
            assert "fulano" not in rows
            assert reused not in rows


async def test_dead_sessions_and_spent_tokens_are_cleaned(
    app: FastAPI, http: httpx.AsyncClient, ana: Visitor, bia: Visitor, database: Database
) -> None:
    await app.state.services.privacy.jobs.stop()  # or they would clean some of it first
    await login(http)
    people, month = People(database), timedelta(days=30)
    assert await people.clean(month) == 0
    await http.delete(SESSIONS, headers=ana.headers)
    async with database.writing() as db:
        await db.execute(update(SpentRow).values(expires_at=now() - timedelta(seconds=1)))
    assert await people.clean(month) == 2
    await age(database, timedelta(days=30, seconds=61).total_seconds())
    assert await people.clean(month) == 2
    assert await count(database, SessionRow) == await count(database, SpentRow) == 0
    assert await status(ana) == await status(bia) == 401
    assert await count(database, ConversationRow) == 3


async def test_a_failure_on_the_way_does_not_use_up_the_site_token(
    app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = People(database)
    person = app.state.services.sessions._site.read(signed())

    async def fail(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("gateway.store.people._open_session", fail)
        with pytest.raises(OSError):
            await people.open_identified(person, None)
    assert await count(database, VisitorRow) == 0
    assert (await people.open_identified(person, None)).identified
    with pytest.raises(AlreadyUsed):
        await people.open_identified(person, None)


async def test_the_store_itself_gives_nobody_another_persons_visitor(
    app: FastAPI, http: httpx.AsyncClient, database: Database
) -> None:
    ana = await login(http, sub="ana")
    known = await app.state.services.sessions.find(ana.token)
    person = app.state.services.sessions._site.read(signed(sub="bia"))
    bia = await People(database).open_identified(person, known.visitor)
    assert bia.conversation != ana.conversation
    assert await status(ana) == 200
