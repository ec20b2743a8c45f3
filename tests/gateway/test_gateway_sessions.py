"""Who may read and write what."""

from __future__ import annotations

import stat
from pathlib import Path

import httpx
import pytest
from fake_rasa import FakeRasa
from itsdangerous import URLSafeTimedSerializer
from ulid import ULID
from visitor import SECRET, Visitor

from gateway.store import Store
from gateway.tokens import Tokens, read_or_create_secret

pytestmark = pytest.mark.asyncio

OPERATIONS = [("GET", "/api/v1/messages"), ("POST", "/api/v1/messages")]
BODY = {"id": "0b6c3f7e-96a0-4d5c-8a43-0c8e1c7a3b11", "text": "oi"}


def other_key(conversation: str) -> str:
    return Tokens("outro segredo, também comprido o bastante").issue(conversation)


def other_use(conversation: str) -> str:
    return str(URLSafeTimedSerializer(SECRET, salt="outra coisa").dumps(conversation))


async def test_a_session_gives_a_token_and_our_own_conversation_id(ana: Visitor) -> None:
    assert ULID.from_str(ana.conversation)
    assert ana.conversation not in ana.token
    assert await ana.history() == []


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer é",
        "Bearer a.b.c",
        "Basic {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer x{token}",
        "Bearer {conversation}",
        "Bearer {other_key}",
        "Bearer {other_use}",
        "Bearer {no_such}",
        "Bearer {expired}",
        "Bearer " + "a" * 5000,
    ],
)
async def test_without_a_valid_token_nothing_is_read_or_written(
    ana: Visitor, rasa: FakeRasa, method: str, path: str, header: str | None
) -> None:
    made = {
        "token": ana.token,
        "conversation": ana.conversation,
        "other_key": other_key(ana.conversation),
        "other_use": other_use(ana.conversation),
        "no_such": Tokens(SECRET).issue(str(ULID())),
        "expired": _expired(ana.conversation),
    }
    headers = {} if header is None else {"Authorization": header.format(**made).encode()}
    response = await ana.http.request(method, path, headers=headers, json=BODY)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "sessão" in response.json()["detail"]
    assert rasa.asked == []
    assert await ana.history() == []


def _expired(conversation: str) -> str:
    class Past(URLSafeTimedSerializer):
        class Signer(URLSafeTimedSerializer.default_signer):  # type: ignore[misc,name-defined]
            def get_timestamp(self) -> int:
                return super().get_timestamp() - 31 * 24 * 3600

        default_signer = Signer

    return str(Past(SECRET, salt="omni.session.v1").dumps(conversation))


async def test_a_token_under_30_days_old_is_valid() -> None:
    assert Tokens(SECRET).conversation(_expired(str(ULID()))) is None
    conversation = str(ULID())
    assert Tokens(SECRET, 32 * 24 * 3600).conversation(_expired(conversation)) == conversation


async def test_two_visitors_do_not_see_each_other(ana: Visitor, bia: Visitor) -> None:
    await ana.say("segredo da Ana")
    assert await bia.history() == []
    assert (await ana.history())[0]["text"] == "segredo da Ana"


async def test_a_choice_belongs_to_its_conversation(
    ana: Visitor, bia: Visitor, rasa: FakeRasa
) -> None:
    rasa.answer = [{"text": "E aí?", "buttons": [{"title": "Sim", "payload": "/affirm"}]}]
    choice = (await ana.say("oi"))[0]["choices"][0]["id"]
    response = await bia.post({"id": BODY["id"], "choice": choice})
    assert response.status_code == 422
    assert rasa.texts == ["oi"]


async def test_two_visitors_may_use_the_same_client_id(
    ana: Visitor, bia: Visitor, rasa: FakeRasa
) -> None:
    await ana.say("da Ana", BODY["id"])
    await bia.say("da Bia", BODY["id"])
    assert rasa.texts == ["da Ana", "da Bia"]
    assert [call["sender"] for call in rasa.asked] == [ana.conversation, bia.conversation]


async def test_a_token_outlives_the_process_but_not_the_database(
    http: httpx.AsyncClient, ana: Visitor, tmp_path: Path
) -> None:
    assert Tokens(SECRET).conversation(ana.token) == ana.conversation
    empty = Store(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'empty.db'}")
    await empty.start()
    assert not await empty.has_conversation(ana.conversation)
    await empty.stop()


async def test_the_secret_is_made_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"
    secret = read_or_create_secret(path)
    assert len(secret) >= 64
    assert read_or_create_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    with pytest.raises(ValueError, match="secret"):
        read_or_create_secret(tmp_path / "secret")
