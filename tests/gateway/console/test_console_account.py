"""Coming in with an account of the company's, and everything that proves nothing."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from console_person import PASSWORD, Person
from fake_provider import CLIENT, ISSUER, SECRET, FakeProvider, new_key
from fastapi import FastAPI

from gateway.console.keys import FLOW, SESSION
from gateway.console.oidc import Provider
from gateway.console.oidc_settings import OidcSettings, read_oidc
from gateway.console.parts import Console

SETTINGS = OidcSettings(
    ISSUER, CLIENT, SECRET, trainers=frozenset({"ana@empresa.example"}),
    readers=frozenset({"caio@empresa.example"}),
)  # fmt: skip
ANA = "Ana@empresa.example"


@pytest.fixture
def provider(console: Console) -> FakeProvider:
    made = FakeProvider()
    console.provider = Provider(SETTINGS, made.transport())
    return made


async def come(person: Person, provider: FakeProvider, email: str, **changed: str) -> Any:
    """Go to the provider and back; `changed` is what the browser brings otherwise."""
    gone = await person.get("/conta", para="/treinador/situacoes")
    assert gone.status_code == 303, gone.text
    brought = provider.visit(gone.headers["Location"], email) | changed
    return await person.get("/conta/volta", **brought)


async def test_a_trainer_comes_in_and_may_change(app: FastAPI, provider: FakeProvider) -> None:
    async with Person(app) as person:
        assert "Entrar com a conta da empresa" in (await person.get("/entrar")).text
        answer = await come(person, provider, ANA)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/treinador/situacoes")
        page = await person.get("/situacoes")
        assert page.status_code == 200 and ANA in page.text and "Nova situação" in page.text
        assert SECRET not in page.text


async def test_a_reader_only_looks(app: FastAPI, provider: FakeProvider) -> None:
    async with Person(app) as person:
        await come(person, provider, "caio@empresa.example")
        page = await person.get("/situacoes")
        assert page.status_code == 200 and "Nova situação" not in page.text
        assert (await person.post("/situacoes/nova", {"title": "x"})).status_code == 403


async def test_a_role_that_changed_counts_at_the_next_login(
    app: FastAPI, console: Console, provider: FakeProvider
) -> None:
    async with Person(app) as person:
        await come(person, provider, ANA)
        less = OidcSettings(ISSUER, CLIENT, SECRET, readers=frozenset({ANA.casefold()}))
        console.provider = Provider(less, provider.transport())
        await come(person, provider, ANA)
        assert (await person.post("/situacoes/nova", {"title": "x"})).status_code == 403


async def test_who_comes_by_the_provider_has_no_password(
    app: FastAPI, console: Console, provider: FakeProvider
) -> None:
    async with Person(app) as person:
        await come(person, provider, ANA)
        for password in ("-", "", PASSWORD):
            assert (await person.log_in(ANA, password)).status_code == 401
        await console.users.put(ANA, PASSWORD, "reader")
        await come(person, provider, ANA)
        assert (await person.log_in(ANA)).status_code == 303  # their own password stays


async def test_groups_may_say_who_may_what(
    app: FastAPI, console: Console, provider: FakeProvider
) -> None:
    groups = OidcSettings(ISSUER, CLIENT, SECRET, "groups", trainers=frozenset({"treinadores"}))
    console.provider = Provider(groups, provider.transport())
    provider.claims = {"groups": ["outros", "Treinadores"]}
    async with Person(app) as person:
        assert (await come(person, provider, "x@empresa.example")).status_code == 303
        provider.claims = {"groups": "outros"}
        assert (await come(person, provider, "x@empresa.example")).status_code == 403


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"email_verified": True}, ANA),
        ({"email_verified": False}, "u1"),
        ({"email_verified": "true"}, "u1"),
        ({"email": None, "preferred_username": ANA}, "u1"),
        ({"email": f"{'x' * 60}@empresa.example"}, None),
    ],
)
async def test_nobody_of_a_group_takes_anothers_name(
    app: FastAPI, console: Console, provider: FakeProvider, claims: dict[str, Any], name: str | None
) -> None:
    groups = OidcSettings(ISSUER, CLIENT, SECRET, "groups", trainers=frozenset({"treinadores"}))
    console.provider = Provider(groups, provider.transport())
    provider.claims = {"groups": ["treinadores"], **claims}
    async with Person(app) as person:
        answer = await come(person, provider, ANA)
        assert answer.status_code == (303 if name else 403)
        assert not name or f">{name}" in (await person.get("/situacoes")).text


async def test_a_provider_whose_issuer_ends_with_a_slash(
    app: FastAPI, provider: FakeProvider
) -> None:
    provider.issuer = f"{ISSUER}/"
    provider.claims = {"iss": provider.issuer}
    async with Person(app) as person:
        assert (await come(person, provider, ANA)).status_code == 303
        provider.claims = {"iss": ISSUER}
        assert (await come(person, provider, ANA)).status_code == 401


def forged(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, new_key(), "RS256", {"kid": "k1"})


def unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, None, "none", {"kid": "k1"})  # type: ignore[arg-type]


def by_secret(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "s" * 40, "HS256", {"kid": "k1"})


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://outra.example"},
        {"aud": "outro"},
        {"nonce": "outro"},
        {"exp": int(time.time()) - 3600},
        {"azp": "outro"},
        {"iat": int(time.time()) + 3600},
    ],
)
async def test_a_token_that_is_not_for_us_is_refused(
    app: FastAPI, provider: FakeProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    async with Person(app) as person:
        answer = await come(person, provider, ANA)
        assert answer.status_code == 401 and "Não consegui confirmar" in answer.text
        assert SESSION not in person.http.cookies


@pytest.mark.parametrize("sign", [forged, unsigned, by_secret, lambda _: "x.y.z"])
async def test_a_token_that_is_not_theirs_is_refused(
    app: FastAPI, provider: FakeProvider, sign: Any
) -> None:
    provider.sign = sign
    async with Person(app) as person:
        assert (await come(person, provider, ANA)).status_code == 401
        assert SESSION not in person.http.cookies


@pytest.mark.parametrize("changed", [{"state": "outro"}, {"code": "outro"}, {"code": ""}])
async def test_an_answer_to_another_login_is_refused(
    app: FastAPI, provider: FakeProvider, changed: dict[str, str]
) -> None:
    async with Person(app) as person:
        assert (await come(person, provider, ANA, **changed)).status_code == 401


async def test_a_login_works_once_and_in_one_browser(app: FastAPI, provider: FakeProvider) -> None:
    async with Person(app) as person, Person(app) as other:
        gone = await person.get("/conta")
        back = provider.visit(gone.headers["Location"], ANA)
        assert (await other.get("/conta/volta", **back)).status_code == 401
        assert (await person.get("/conta/volta", **back)).status_code == 303
        assert FLOW not in person.http.cookies
        assert (await person.get("/conta/volta", **back)).status_code == 401


@pytest.mark.parametrize(
    ("email", "claims"),
    [("zoe@empresa.example", {}), (ANA, {"email_verified": False}), (ANA, {"email": None})],
)
async def test_who_is_not_on_the_list_is_told(
    app: FastAPI, provider: FakeProvider, email: str, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    async with Person(app) as person:
        answer = await come(person, provider, email)
        assert answer.status_code == 403 and "ainda não pode" in answer.text


async def test_a_provider_that_is_away_is_said(app: FastAPI, provider: FakeProvider) -> None:
    async with Person(app) as person:
        provider.away = True
        assert "não respondeu" in (await person.get("/conta")).text
        provider.away, provider.issuer = False, "https://outra.example"
        assert (await person.get("/conta")).status_code == 503
        provider.issuer, provider.status = ISSUER, 500
        assert (await come(person, provider, ANA)).status_code == 503
        provider.status = 400
        assert (await come(person, provider, ANA)).status_code == 401


async def test_without_settings_there_is_no_such_door(nobody: Person) -> None:
    for path in ("/conta", "/conta/volta"):
        assert (await nobody.get(path)).status_code == 404
    assert "conta da empresa" not in (await nobody.get("/entrar")).text


GOOD = {
    "OMNI_OIDC_ISSUER": f"{ISSUER}/",
    "OMNI_OIDC_CLIENT_ID": CLIENT,
    "OMNI_OIDC_CLIENT_SECRET": SECRET,
    "OMNI_OIDC_TRAINERS": "Ana@Empresa.example, ",
}


def test_settings() -> None:
    found = read_oidc(GOOD)
    assert found is not None and found.issuer == ISSUER and SECRET not in repr(found)
    assert found.role(["ana@empresa.EXAMPLE"]) == "trainer" and found.role(["x"]) is None
    assert read_oidc({}) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OMNI_OIDC_ISSUER", "http://contas.example"),
        ("OMNI_OIDC_ISSUER", "contas"),
        ("OMNI_OIDC_CLIENT_ID", " "),
        ("OMNI_OIDC_CLIENT_SECRET", ""),
        ("OMNI_OIDC_TRAINERS", " , "),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name) as caught:
        read_oidc({**GOOD, name: value})
    assert SECRET not in str(caught.value)
