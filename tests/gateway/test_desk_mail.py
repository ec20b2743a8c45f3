"""Cases by e-mail, against a server on loopback: what is sent, and what comes of failures."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk_support import ANA, CASE, SHEET, begin, change, failures, hand_over, tell, write
from mail_server import MailServer, certificates, serving
from sqlalchemy import select
from test_desk_courier import QUICK
from visitor import until_true

from gateway.channels.texts import load_channel_texts
from gateway.delivery.courier import Courier
from gateway.delivery.mail import outlet as mail
from gateway.delivery.mail.message import Writing
from gateway.delivery.mail.settings import MailSettings
from gateway.delivery.texts import load_delivery_texts
from gateway.handoff.cases import Cases
from gateway.handoff.settings import ALWAYS
from gateway.store import Store
from gateway.store.deliveries import Overdue
from gateway.store.desk_tables import DeliveryRow
from gateway.store.erasure import Erasures
from gateway.store.values import Reply

FROM, TO = "omni@empresa.com.br", "suporte@empresa.com.br"
TEXTS, CHANNEL = load_delivery_texts(), load_channel_texts()


def settings(server: MailServer, **more: Any) -> MailSettings:
    values: dict[str, Any] = {"security": "plain", "sender": FROM, "recipients": (TO,), **more}
    return MailSettings("localhost", server.port, **values)


@asynccontextmanager
async def mailing(
    one_store: Store, known_cases: Cases, wanted: MailSettings, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Courier]:
    writing = Writing(TEXTS, CHANNEL, ALWAYS.zone)
    made = mail.MailOutlet(wanted, known_cases, writing, tls)
    courier = Courier(one_store, [made], replace(QUICK, attempt=2.0))
    await courier.start()
    try:
        yield courier
    finally:
        await courier.stop()


async def open_case(one_store: Store, wanted: MailSettings) -> str:
    """Somebody's case, after a few words."""
    conversation = await begin(one_store)
    await write(one_store, conversation, "está lento, às vezes")
    await tell(one_store, conversation, "Vamos ver: **qual tela**?")
    places = tuple(place(CASE) for place in mail.places(wanted))
    await hand_over(one_store, conversation, places=places)
    return conversation


async def test_sheet_first_then_the_transcript(one_store: Store, known_cases: Cases) -> None:
    async with serving(MailServer()) as server:
        await open_case(one_store, settings(server))
        async with mailing(one_store, known_cases, settings(server)):
            await until_true(lambda: server.taken)
    (sent,) = server.taken
    assert (sent["From"], sent["To"]) == (FROM, TO)
    assert sent["Subject"].startswith(f"Caso nº {CASE}: ")
    assert server.envelopes == [(f"FROM:<{FROM}>", f"TO:<{TO}>")]
    assert sent["Auto-Submitted"] == "auto-generated"
    text = sent.get_content()
    places = [text.index(part) for part in (TEXTS.opened, *SHEET, "está lento, às vezes")]
    assert places == sorted(places)
    assert f"{CHANNEL.assistant}: Vamos ver: qual tela?" in text
    assert TEXTS.footer.rstrip() in " ".join(text.split())


async def test_the_mails_of_a_case_are_one_thread(one_store: Store, known_cases: Cases) -> None:
    async with serving(MailServer()) as server:
        conversation = await open_case(one_store, settings(server))
        async with mailing(one_store, known_cases, settings(server)):
            await change(one_store, kind="raised", state="waiting")
            await change(one_store, kind="assumed", state="person", who=ANA)
            said = [Reply("person", "Já vejo", {"author": "Ana"})]
            await change(one_store, kind="replied", state="person", who=ANA, said=said)
            await change(one_store, kind="closed", state="closed", who=ANA, reason="era a rede")
            await hand_over(one_store, conversation)
            await until_true(lambda: len(server.taken) == 4)
    first, *later = server.taken
    assert [one["In-Reply-To"] for one in server.taken] == [None, *[first["Message-ID"]] * 3]
    assert {one["References"] for one in later} == {first["Message-ID"]}
    assert {one["Subject"] for one in later} == {f"Re: {first['Subject']}"}
    assert len({one["Message-ID"] for one in server.taken}) == 4
    heads = [one.get_content().split("\n")[0] for one in server.taken]
    for head, text in zip(heads, ("opened", "raised", "closed", "reopened"), strict=True):
        assert head.startswith(getattr(TEXTS, text))
    assert "era a rede" in heads[2]
    assert f"{CHANNEL.person} (Ana): Já vejo" in later[1].get_content()


async def test_each_address_has_its_own_delivery(one_store: Store, known_cases: Cases) -> None:
    two = ("a@empresa.com.br", "b@empresa.com.br")
    async with serving(MailServer()) as server:
        wanted = settings(server, recipients=two)
        await open_case(one_store, wanted)
        async with mailing(one_store, known_cases, wanted):
            await until_true(lambda: len(server.taken) == 2)
    assert sorted(one["To"] for one in server.taken) == list(two)


async def test_down_and_up_again_all_of_it_once_in_order(
    one_store: Store, known_cases: Cases
) -> None:
    server = MailServer()
    async with serving(server):
        pass  # it has a port now, and is down
    wanted = settings(server)
    await open_case(one_store, wanted)
    async with mailing(one_store, known_cases, wanted):
        for n in range(3):
            await change(one_store, kind="raised", state="waiting", reason=f"n{n}")
        await until_true(lambda: failures(one_store), 5)
        async with serving(server):
            await until_true(lambda: len(server.taken) == 4)
    heads = [one.get_content().split("\n")[0] for one in server.taken]
    assert heads[0].startswith(TEXTS.opened)
    assert [f"n{n}" in head for n, head in enumerate(heads[1:])] == [True] * 3


@pytest.mark.parametrize("answer", ["451 later", "550 no", "552 full"])
async def test_a_refusal_is_tried_again(one_store: Store, known_cases: Cases, answer: str) -> None:
    async with serving(MailServer(answers=[answer] * 3)) as server:
        await open_case(one_store, settings(server))
        async with mailing(one_store, known_cases, settings(server)):
            await until_true(lambda: server.taken)
    assert len(server.taken) == 1
    assert len(server.envelopes) == 4


async def test_a_refused_address_says_so_in_the_fault(one_store: Store, known_cases: Cases) -> None:
    async with serving(MailServer(recipients_answer="550 not here")) as server:
        await open_case(one_store, settings(server))
        async with mailing(one_store, known_cases, settings(server)):
            await until_true(lambda: failures(one_store))
            async with one_store.database.reading() as db:
                row = (await db.execute(select(DeliveryRow.fault))).one()
    assert row.fault == "recipient refused: 550"
    assert server.taken == []


@pytest.mark.parametrize("answer", ["cut", "hang"])
async def test_a_repeat_after_an_unknown_end_has_the_same_id(
    one_store: Store, known_cases: Cases, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.3)
    async with serving(MailServer(answers=[answer])) as server:
        await open_case(one_store, settings(server))
        async with mailing(one_store, known_cases, settings(server)):
            await until_true(lambda: len(server.taken) == (2 if answer == "cut" else 1))
    assert len({one["Message-ID"] for one in server.taken}) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_it_is_encrypted_and_logged_in(
    one_store: Store, known_cases: Cases, tmp_path: Path, security: Any
) -> None:
    shown, trusts = certificates(tmp_path)
    made = MailServer(tls=shown, at_once_tls=security == "tls")
    async with serving(made) as server:
        wanted = settings(server, security=security, user="omni", password="segredo")
        await open_case(one_store, wanted)
        async with mailing(one_store, known_cases, wanted, trusts):
            await until_true(lambda: server.taken)
    assert server.secured == [True]
    assert len(server.logins) == 1


@pytest.mark.parametrize("offers", [True, False])
async def test_nothing_is_sent_where_encryption_is_not_to_be_had(
    one_store: Store, known_cases: Cases, tmp_path: Path, offers: bool
) -> None:
    """A certificate that nobody trusts, or a server that does not offer it."""
    shown, _ = certificates(tmp_path)
    async with serving(MailServer(tls=shown, offers_starttls=offers)) as server:
        wanted = settings(server, security="starttls", user="omni", password="segredo")
        await open_case(one_store, wanted)
        async with mailing(one_store, known_cases, wanted):
            await until_true(lambda: failures(one_store))
    assert (server.taken, server.logins, server.envelopes) == ([], [], [])


async def test_what_was_erased_is_not_mailed(one_store: Store, known_cases: Cases) -> None:
    async with serving(MailServer()) as server:
        conversation = await open_case(one_store, settings(server))
        await Erasures(one_store.database).erase(conversation, "asked", [])
        async with mailing(one_store, known_cases, settings(server)) as courier:
            courier.wake()
            assert await courier.overdue() == {"email": Overdue()}
    assert server.taken == []


# Settings

GOOD = {"OMNI_SMTP_FROM": FROM, "OMNI_SMTP_TO": f"{TO}, outro@empresa.com.br"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://u:p%40ss@mx.empresa.com.br", ("mx.empresa.com.br", 587, "starttls", "u", "p@ss")),
        ("smtps://mx:2465", ("mx", 2465, "tls", "", "")),
        ("smtp+plain://localhost", ("localhost", 25, "plain", "", "")),
    ],
)
def test_the_address_of_the_server(url: str, expected: tuple[Any, ...]) -> None:
    found = MailSettings.from_env({**GOOD, "OMNI_SMTP_URL": url})
    assert found
    assert (found.host, found.port, found.security, found.user, found.password) == expected
    assert found.recipients == (TO, "outro@empresa.com.br")
    assert "p@ss" not in repr(found)


def test_without_a_server_it_is_off() -> None:
    assert MailSettings.from_env(GOOD) is None


@pytest.mark.parametrize(
    ("change", "variable"),
    [
        ({"OMNI_SMTP_URL": "http://x:segredo@y"}, "OMNI_SMTP_URL"),
        ({"OMNI_SMTP_URL": "smtp://"}, "OMNI_SMTP_URL"),
        ({"OMNI_SMTP_URL": "smtp://x:99999"}, "OMNI_SMTP_URL"),
        ({"OMNI_SMTP_URL": "smtp+plain://u:segredo@mx.empresa.com.br"}, "OMNI_SMTP_URL"),
        ({"OMNI_SMTP_FROM": ""}, "OMNI_SMTP_FROM"),
        ({"OMNI_SMTP_FROM": "não é"}, "OMNI_SMTP_FROM"),
        ({"OMNI_SMTP_TO": ""}, "OMNI_SMTP_TO"),
        ({"OMNI_SMTP_TO": f"{TO},"}, "OMNI_SMTP_TO"),
        ({"OMNI_SMTP_TO": "a@b.c\r\nBcc: x@y.z"}, "OMNI_SMTP_TO"),
    ],
)
def test_what_is_wrong_is_named_and_no_password_quoted(
    change: dict[str, str], variable: str
) -> None:
    env = {"OMNI_SMTP_URL": "smtp://mx", **GOOD, **change}
    with pytest.raises(ValueError, match=variable) as fault:
        MailSettings.from_env(env)
    assert "segredo" not in str(fault.value)
