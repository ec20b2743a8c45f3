"""Coming in: passwords, cookies, throttling, expiry, and what is there without anybody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from console_person import PASSWORD, Person
from fastapi import FastAPI
from sqlalchemy import select, update

from gateway.access_settings import Rate
from gateway.console.__main__ import main
from gateway.console.keys import SESSION, VISIT, Keys
from gateway.console.parts import Console
from gateway.console.passwords import hashed, is_right
from gateway.console.users import Users
from gateway.limits import Limiter
from gateway.store.console_tables import TrainerRow, TrainerSessionRow
from gateway.store.tables import now


def test_a_password_is_kept_as_a_hash_of_its_own() -> None:
    first, second = hashed(PASSWORD), hashed(PASSWORD)
    assert first != second and PASSWORD not in first and first.startswith("scrypt$")
    assert is_right(PASSWORD, first) and not is_right(f"{PASSWORD} ", first)


@pytest.mark.parametrize("poor", ["", "curta", "x" * 201])
def test_a_poor_password_is_refused(poor: str) -> None:
    with pytest.raises(ValueError, match="senha"):
        hashed(poor)


async def test_without_anybody_it_says_how_somebody_is_made(app: FastAPI) -> None:
    async with Person(app) as person:
        page = await person.http.get("/treinador", follow_redirects=True)
        assert page.status_code == 200 and "make trainer-user" in page.text
        assert "senha" not in page.text.split("make trainer-user")[0]


async def test_in_and_out(app: FastAPI, console: Console) -> None:
    await console.users.put("Ana", PASSWORD, "trainer")
    async with Person(app) as person:
        first = await person.get("/situacoes?busca=x")
        assert first.status_code == 303
        answer = await person.log_in("Ana", para="/treinador/situacoes")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/treinador/situacoes")
        assert (await person.get()).status_code == 200
        cookie = person.http.cookies[SESSION]
        assert (await person.post("/sair")).status_code == 303
        person.http.cookies.set(SESSION, cookie, domain="gateway.local", path="/treinador")
        again = await person.http.get("/treinador", headers={"Cookie": f"{SESSION}={cookie}"})
        assert again.status_code == 303  # the store has forgotten it


async def test_the_cookie_is_for_our_pages_alone(app: FastAPI, console: Console) -> None:
    await console.users.put("Ana", PASSWORD, "trainer")
    async with Person(app) as person:
        answer = await person.log_in("Ana")
        (cookie,) = [
            c for c in answer.headers.get_list("set-cookie") if c.startswith(f"{SESSION}=")
        ]
        for part in ("HttpOnly", "SameSite=lax", "Path=/treinador", "Max-Age="):
            assert part in cookie
        assert "Secure" not in cookie  # the test's gateway has no TLS
        async with console.database.reading() as db:
            kept = (await db.scalars(select(TrainerSessionRow.id_hash))).all()
        assert kept and kept[0] not in cookie


async def test_over_https_the_cookie_is_secure(app: FastAPI, console: Console) -> None:
    await console.users.put("Ana", PASSWORD, "trainer")
    async with Person(app) as person:
        page = await person.http.get("https://gateway/treinador/entrar")
        assert all("Secure" in one for one in page.headers.get_list("set-cookie"))


@pytest.mark.parametrize(
    ("name", "password"), [("Ana", "outra senha qualquer"), ("Ninguem", PASSWORD), ("", "")]
)
async def test_who_is_wrong_is_told_the_same(
    app: FastAPI, console: Console, name: str, password: str
) -> None:
    await console.users.put("Ana", PASSWORD, "trainer")
    async with Person(app) as person:
        answer = await person.log_in(name, password)
        assert answer.status_code == 401 and "não conferem" in answer.text
        assert SESSION not in person.http.cookies
        assert not password or password not in answer.text


async def test_guessing_is_throttled_for_address_and_name(app: FastAPI, console: Console) -> None:
    await console.users.put("Ana", PASSWORD, "trainer")
    console.logins_of_address = Limiter(Rate(100, 60))
    console.logins_of_name = Limiter(Rate(3, 60))
    async with Person(app) as person:
        codes = [(await person.log_in("Ana", f"senha errada {n}")).status_code for n in range(4)]
        assert codes == [401, 401, 401, 429]
        late = await person.log_in("Ana")
        assert late.status_code == 429 and int(late.headers["Retry-After"]) > 0
        assert "muitas tentativas" in late.text
        console.logins_of_address = Limiter(Rate(1, 60))
        assert (await person.log_in("Bia", "x")).status_code == 401
        assert (await person.log_in("Caio", "x")).status_code == 429


@pytest.mark.parametrize("where", ["https://mau.example", "//mau.example", "/treinador\\@mau",
                                   "/outra", "javascript:alert(1)", "/treinadormau"])  # fmt: skip
async def test_it_leads_nowhere_else(app: FastAPI, console: Console, where: str) -> None:
    await console.users.put("Ana", PASSWORD, "trainer")
    async with Person(app) as person:
        answer = await person.log_in("Ana", para=where)
        assert answer.headers["Location"] == "/treinador"


async def test_a_session_runs_out(trainer: Person, console: Console) -> None:
    assert (await trainer.get()).status_code == 200
    async with console.database.writing() as db:
        past = now() - timedelta(seconds=1)
        await db.execute(update(TrainerSessionRow).values(expires_at=past))
    assert (await trainer.get()).status_code == 303


async def test_what_was_written_is_sent_again_after_a_new_login(
    trainer: Person, second: Person, console: Console
) -> None:
    form = {"title": "Ramal fica mudo", "csrf": await trainer.token()}
    async with console.database.writing() as db:
        await db.execute(update(TrainerSessionRow).values(expires_at=now() - timedelta(seconds=1)))
    late = await trainer.post("/situacoes/nova", form, csrf="")
    assert late.status_code == 401 and "nada do que você" in late.text
    for person, name, code in ((second, "Bia", 403), (trainer, "Ana", 303)):
        assert (await person.log_in(name)).status_code == 303
        assert (await person.post("/situacoes/nova", form, csrf="")).status_code == code


async def test_a_new_password_or_role_ends_sessions(trainer: Person, console: Console) -> None:
    await console.users.put("Ana", PASSWORD, "reader")
    assert (await trainer.get()).status_code == 303
    assert await console.users.remove("Ana")
    assert not await console.users.remove("Ana")
    assert (await trainer.log_in("Ana")).headers.get("Location") is None


async def test_a_forged_cookie_opens_nothing(
    app: FastAPI, trainer: Person, console: Console
) -> None:
    theirs = Keys("outro segredo " * 4, 12)
    real = console.keys._signed.loads(trainer.http.cookies[SESSION])
    for value in (
        theirs._signed.dumps(real),
        str(real),
        "",
        "x",
        trainer.http.cookies[SESSION][:-2],
    ):
        async with Person(app) as other:
            answer = await other.http.get("/treinador", headers={"Cookie": f"{SESSION}={value}"})
            assert answer.status_code == 303
    visit = console.keys._signed.dumps(f"{VISIT}:{real.partition(':')[2]}")
    async with Person(app) as other:
        answer = await other.http.get("/treinador", headers={"Cookie": f"{SESSION}={visit}"})
        assert answer.status_code == 303


@pytest.mark.parametrize("name", ["", " ", "a\n", "x" * 65, "<b>"])
async def test_a_name_that_is_none_is_refused(console: Console, name: str) -> None:
    with pytest.raises(ValueError, match="nome"):
        await console.users.put(name, PASSWORD, "trainer")
    with pytest.raises(ValueError, match="papel"):
        await console.users.put("Ana", PASSWORD, "chefe")


async def test_both_databases_keep_them(url: str) -> None:
    from desk_support import opened

    async with opened(url) as store:
        users = Users(store.database, 1)
        assert not await users.exist()
        assert await users.put("Ana", PASSWORD, "trainer")
        session = await users.log_in("Ana", PASSWORD)
        assert session and await users.find(session)
        assert not await users.put("Ana", PASSWORD, "reader")
        assert await users.find(session) is None
        async with store.database.reading() as db:
            assert (await db.scalars(select(TrainerRow.role))).all() == ["reader"]


def test_settings_name_what_is_wrong(tmp_path: object) -> None:
    from gateway.console.settings import ConsoleSettings

    for name, value in (("OMNI_TRAINER_HOURS", "0"), ("OMNI_TRAINER_ROOT", "/nada")):
        with pytest.raises(ValueError, match=name):
            ConsoleSettings.from_env({name: value})
    assert replace(ConsoleSettings.from_env({"OMNI_TRAINER_HOURS": "3"})).hours == 3


async def test_the_command_lets_somebody_in_and_out(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    secret = tmp_path / "password"
    monkeypatch.setenv("OMNI_GATEWAY_DB", database_url)
    monkeypatch.setenv("OMNI_PASSWORD_FILE", str(secret))

    def run(*arguments: str, password: str = PASSWORD) -> tuple[int, str, str]:
        secret.write_text(f"{password}\n")
        monkeypatch.setattr("sys.argv", ["trainer-user", *arguments])
        with ThreadPoolExecutor(1) as thread:
            code = thread.submit(main).result()
        said = capsys.readouterr()
        return code, said.out, said.err

    assert run("Ana")[:2] == (0, "Ana pode entrar em /treinador (trainer).\n")
    assert "mudou" in run("Ana", "--role", "reader")[1]
    for arguments, password in ((["Ana"], "curta"), (["Ana", "--role", "x"], PASSWORD), ([], "")):
        code, out, error = run(*arguments, password=password)
        assert code == 1 and not out and len(error.strip().splitlines()) == 1
        assert PASSWORD not in error
    assert "não entra mais" in run("Ana", "--remove")[1]
    assert "não estava" in run("Ana", "--remove")[1]


async def test_the_command_asks_twice(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = iter([PASSWORD, "outra senha de teste", PASSWORD, PASSWORD])
    monkeypatch.setenv("OMNI_GATEWAY_DB", database_url)
    monkeypatch.delenv("OMNI_PASSWORD_FILE", raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(said))
    monkeypatch.setattr("sys.argv", ["trainer-user", "Ana"])
    with ThreadPoolExecutor(1) as thread:
        codes = [thread.submit(main).result() for _ in range(2)]
    assert codes == [1, 0] and "são diferentes" in capsys.readouterr().err
