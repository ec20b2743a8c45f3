"""A backup while people write, and what a restore brings back: everything but who was erased."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tarfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from gateway_support import ON_BOTH, in_a_thread, run
from history import Written
from sqlalchemy import make_url

from assistant.cases import CaseStore
from gateway.privacy.cases import asynchronous
from gateway.privacy.erasure_log import ErasureLog
from gateway.store.engine import Database
from gateway.store.erasure import Erasures
from gateway.store.lock import ProcessLock
from gateway.store.migrate import downgrade
from gateway.store.tables import Base, ConversationRow
from scripts.backup.making import make
from scripts.backup.places import ROLES, Part, Places
from scripts.backup.restoring import restore
from scripts.backup.wording import BackupError

pytestmark = ON_BOTH
TRACKER = """
CREATE TABLE events (
    id {id} PRIMARY KEY, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL,
    timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT);
"""


@pytest.fixture
def places(kind: str, database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Places:
    """An installation: three SQLite files, or two databases of a PostgreSQL."""
    gateway = make_url(database_url)
    if kind == "sqlite":
        files = {role: make_url(f"sqlite:///{tmp_path / f'{role}.db'}") for role in ROLES}
        parts = [Part(files[role], (role,)) for role in ROLES]
    else:
        name = f"{gateway.database}_rasa"
        in_a_thread(run(request.getfixturevalue("postgres").url, f"CREATE DATABASE {name}"))
        beside = gateway.set(drivername="postgresql", database=name)
        parts = [Part(gateway, ("gateway",)), Part(beside, ("tracker", "cases"))]
    log = f"sqlite+aiosqlite:///{tmp_path / 'erasures.db'}"
    return Places(tuple(parts), log, tmp_path / "bundles", tmp_path / "backups", 35)


class World:
    """What is stored of some people, in all three databases."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.people: list[str] = []

    async def fill(self, people: int = 3) -> None:
        """Let people talk; each has events of Rasa's and a case."""
        written = Written()
        for number in range(people):
            person = written.person()
            self.people.append(person)
            for text in ("meu e-mail não chega", "continua igual"):
                written.says(person, f"{text} {number}", ("started", "slowness"))
        async with self.of("gateway") as database:
            await written.store(database)
        await self._tracker()
        await asyncio.to_thread(self._cases)

    def of(self, role: str) -> Any:
        """Open one of the databases."""
        return _Open(self.places.of(role).url.render_as_string(False))

    async def erase(self, person: str) -> None:
        """Erase someone as the gateway does."""
        async with self.of("gateway") as database:
            assert await Erasures(database).erase(person, "asked", ["tracker", "cases"])
        log = ErasureLog(self.places.erasures_url)
        await log.erase(person)
        await log.close()

    async def kept(self) -> dict[str, Any]:
        """Return what is stored, by table."""
        found: dict[str, Any] = {}
        for role in ROLES:
            async with self.of(role) as database, database.reading() as db:
                found |= await db.run_sync(_dump)
        return found

    async def _tracker(self) -> None:
        async with self.of("tracker") as database, database.writing() as db:
            id = "INTEGER" if database.is_sqlite else "SERIAL"
            await db.execute(sa.text(TRACKER.format(id=id)))
            row = "INSERT INTO events (sender_id, type_name, data) VALUES (:who, 'user', :data)"
            for person in self.people:
                await db.execute(sa.text(row), {"who": person, "data": f'{{"text": "{person}"}}'})

    def _cases(self) -> None:
        url = self.places.of("cases").url
        driver = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg"
        store = CaseStore(url.set(drivername=driver).render_as_string(False))
        for person in self.people:
            store.open(f"{person}:1", person, [f"ficha de {person}"], {"situation": "slowness"})
        store._engine.dispose()


class _Open:
    def __init__(self, url: str) -> None:
        self._database = Database(asynchronous(url))

    async def __aenter__(self) -> Database:
        return self._database

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()


def _dump(db: sa.Connection) -> dict[str, Any]:
    meta = sa.MetaData()
    meta.reflect(db)
    return {
        table.name: sorted(map(str, db.execute(sa.select(table)))) for table in meta.sorted_tables
    }


@pytest.fixture
def world(places: Places) -> World:
    made = World(places)
    in_a_thread(made.fill())
    return made


@pytest.fixture
def backup(world: World) -> Path:
    return make(world.places)


def now_kept(world: World) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def look() -> None:
        found.update(await world.kept())

    in_a_thread(look())
    return found


def lose_everything(world: World) -> None:
    for part in world.places.parts:
        if part.is_sqlite:
            part.file.unlink()
        else:
            statement = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
            url = part.url.set(drivername="postgresql").render_as_string(False)
            in_a_thread(run(url, statement))


def test_all_of_it_comes_back(world: World, backup: Path) -> None:
    before = now_kept(world)
    assert len(before["messages"]) == 12
    lose_everything(world)
    done = restore(world.places, backup)
    assert (done.roles, done.erased) == (ROLES, 0)
    assert now_kept(world) == before


def test_who_was_erased_stays_erased(world: World, backup: Path) -> None:
    gone, *stay = world.people
    in_a_thread(world.erase(gone))
    lose_everything(world)
    assert restore(world.places, backup).erased == 1
    kept = now_kept(world)
    assert gone not in str({name: rows for name, rows in kept.items() if name != "erasures"})
    assert gone in str(kept["erasures"])
    for person in stay:
        for table in ("messages", "events", "cases"):
            assert person in str(kept[table])
    assert len(kept["cases"]) == 3  # the number stays, emptied


def test_erased_words_are_not_even_in_free_pages(kind: str, world: World, backup: Path) -> None:
    if kind != "sqlite":
        pytest.skip("PostgreSQL's files are its own")
    gone = world.people[0]
    in_a_thread(world.erase(gone))
    restore(world.places, backup, replace=True)
    for role in ("tracker", "cases"):
        assert gone.encode() not in world.places.of(role).file.read_bytes()
    # The gateway's list of erasures names it, once in the table and once in its index.
    assert world.places.of("gateway").file.read_bytes().count(gone.encode()) <= 2


def test_who_is_only_in_the_tracker_or_the_cases_is_erased_there(
    world: World, backup: Path
) -> None:
    """Erased between the backup's first and last snapshot."""
    ghost = world.people[1]

    async def note() -> None:
        log = ErasureLog(world.places.erasures_url)
        await log.erase(ghost)
        await log.close()
        async with world.of("gateway") as database:
            await Erasures(database).erase(ghost, "asked", [])

    in_a_thread(note())
    second = make(world.places)
    assert restore(world.places, second, replace=True).erased == 1
    kept = now_kept(world)
    assert ghost not in str(kept["events"]) + str(kept["cases"])


def test_data_are_not_replaced_unasked(world: World, backup: Path) -> None:
    with pytest.raises(BackupError, match="YES=1"):
        restore(world.places, backup)
    before = now_kept(world)
    restore(world.places, backup, replace=True)
    assert now_kept(world) == before


def test_nothing_is_restored_while_a_server_runs(world: World, backup: Path) -> None:
    for role in ("gateway", "tracker"):
        with (
            a_server(world.places.of(role)),
            pytest.raises(BackupError, match="stop every server first"),
        ):
            restore(world.places, backup, replace=True)


@contextmanager
def a_server(part: Part) -> Iterator[None]:
    """Be one: connected to PostgreSQL, or with the lock of an SQLite file."""
    if not part.is_sqlite:
        url = part.url.set(drivername="postgresql").render_as_string(False)
        with psycopg.connect(url):
            yield
        return
    lock = ProcessLock(part.file.with_name(f"{part.file.name}.lock"))
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def test_a_changed_backup_is_refused(world: World, backup: Path, tmp_path: Path) -> None:
    with tarfile.open(backup) as archive:
        archive.extractall(tmp_path / "open", filter="data")
    name = world.places.parts[0].name
    (tmp_path / "open" / name).write_bytes(b"other")
    changed = tmp_path / "changed.tar.gz"
    with tarfile.open(changed, "w:gz") as archive:
        for file in (tmp_path / "open").iterdir():
            archive.add(file, file.name)
    before = now_kept(world)
    with pytest.raises(BackupError, match="not what was backed up"):
        restore(world.places, changed, replace=True)
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(backup.read_bytes()[:-2000])
    with pytest.raises(BackupError, match="no whole backup"):
        restore(world.places, cut, replace=True)
    assert now_kept(world) == before


def test_a_dump_goes_into_postgresql_alone(kind: str, world: World, backup: Path) -> None:
    files = tuple(Part(make_url(f"sqlite:////nowhere/{role}.db"), (role,)) for role in ROLES)
    others = replace(world.places, parts=files)
    if kind == "postgresql":
        with pytest.raises(BackupError, match="the backup has .*dump, this installation .*db"):
            restore(others, backup)


def test_an_embedded_installation_moves_into_postgresql(
    kind: str, world: World, backup: Path, request: pytest.FixtureRequest
) -> None:
    if kind != "sqlite":
        pytest.skip("from SQLite")
    name = f"moved_{uuid.uuid4().hex}"
    server = request.getfixturevalue("postgres")
    in_a_thread(run(server.url, f"CREATE DATABASE {name}"))
    one = make_url(server.url).set(database=name)
    before = now_kept(world)
    gone = world.people[0]
    in_a_thread(world.erase(gone))
    moved = World(replace(world.places, parts=(Part(one, ROLES),)))
    for _ in range(2):  # again, over what is there
        done = restore(moved.places, backup, replace=True)
        assert (done.roles, done.erased) == (ROLES, 1)
    after = now_kept(moved)
    assert {t: len(r) for t, r in after.items()} == {
        t: len([row for row in r if gone not in row]) + (t in ("cases", "erasures"))
        for t, r in before.items()
        if t != "alembic_version"
    } | {"alembic_version": 1, "visitors": 2}
    assert gone not in str({name: rows for name, rows in after.items() if name != "erasures"})
    store = CaseStore(one.set(drivername="postgresql+psycopg").render_as_string(False))
    assert store.open("new", "C", [], {}) == 4  # counted on
    store._engine.dispose()
    assert restore(moved.places, make(moved.places), replace=True).erased == 0


def test_a_backup_of_an_older_version_is_brought_up_to_date(world: World) -> None:
    url = world.places.of("gateway").url.render_as_string(False)
    in_a_thread(downgrade(asynchronous(url), "0004"))
    old = make(world.places)
    restore(world.places, old, replace=True)
    assert set(Base.metadata.tables) <= set(now_kept(world))


def test_only_we_can_read_it_and_old_ones_go(world: World, backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in world.places.backups.iterdir()] == [backup.name]
    aged = backup.with_name("omni-20260101T000000Z.tar.gz")
    backup.rename(aged)
    too_old = time.time() - (world.places.days * 24 + 1) * 3600
    os.utime(aged, (too_old, too_old))
    newer = make(world.places)
    assert list(world.places.backups.iterdir()) == [newer]


def test_what_killed_ones_left_goes_after_a_day(world: World, backup: Path) -> None:
    folder = world.places.backups
    for name in (".backup-a", ".restore-b"):
        (folder / name).mkdir()
        (folder / name / "gateway.db").write_bytes(b"words")
    (folder / ".omni-20260101T000000Z.tar.gz.77").write_bytes(b"half")
    make(world.places)
    left = [one for one in folder.iterdir() if one.name.startswith(".")]
    assert len(left) == 3  # of this hour: somebody may be at it
    for one in left:
        os.utime(one, (time.time() - 25 * 3600,) * 2)
    make(world.places)
    assert not [one for one in folder.iterdir() if one.name.startswith(".")]


def test_the_live_bundle_is_in_it(world: World) -> None:
    bundles = world.places.bundles
    bundles.mkdir()
    (bundles / "active.json").write_text('{"stack": ["2026-11-01.1", "2026-11-02.1"]}')
    for version in ("2026-11-01.1", "2026-11-02.1"):
        (bundles / f"{version}.zip").write_bytes(version.encode())
    backup = make(world.places)
    for file in bundles.iterdir():
        file.unlink()
    restore(world.places, backup, replace=True)
    assert {file.name for file in bundles.iterdir()} == {"active.json", "2026-11-02.1.zip"}


def test_a_backup_while_people_write_is_one_state(kind: str, world: World) -> None:
    """Each message of the snapshot has its conversation's number, whatever came in between."""
    stop = False

    async def write() -> None:
        async with world.of("gateway") as database:
            while not stop:
                written = Written()
                person = written.person()
                for number in range(5):
                    written.says(person, f"{number}")
                await written.store(database)

    writing = Thread(target=asyncio.run, args=(write(),))
    writing.start()
    try:
        time.sleep(0.2)
        backup = make(world.places)
    finally:
        stop = True
        writing.join()
    restore(world.places, backup, replace=True)

    async def odd() -> None:
        query = "SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id"
        async with world.of("gateway") as database, database.reading() as db:
            rows = await db.scalar(sa.text(query))
            sums = await db.scalar(sa.select(sa.func.sum(ConversationRow.last_seq)))
        assert rows == sums

    in_a_thread(odd())


def test_two_addresses_of_one_database_are_backed_up_once(kind: str, tmp_path: Path) -> None:
    env = {
        "OMNI_GATEWAY_DB": "postgresql+asyncpg://omni@db/omni",
        "OMNI_TRACKER_URL": "postgresql://omni@DB:5432/omni",
        "OMNI_CASES_URL": f"sqlite:///{tmp_path}/a/../cases.db",
        "OMNI_ERASURES_DB": "postgresql+asyncpg://omni@db/erasures",
    }
    assert [part.roles for part in Places.from_env(env).parts] == [
        ("gateway", "tracker"),
        ("cases",),
    ]
    env["OMNI_ERASURES_DB"] = "sqlite+aiosqlite:///var/tracker.db"
    del env["OMNI_TRACKER_URL"]
    with pytest.raises(ValueError, match="OMNI_TRACKER_URL"):
        Places.from_env(env)


def test_sqlite_s_copy_is_one_file(kind: str, backup: Path, tmp_path: Path) -> None:
    if kind != "sqlite":
        pytest.skip("of SQLite")
    with tarfile.open(backup) as archive:
        archive.extractall(tmp_path / "open", filter="data")
    with closing(sqlite3.connect(tmp_path / "open" / "gateway.db")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert db.execute("SELECT count(*) FROM messages").fetchone() == (12,)
