"""deploy/postgres/databases.sh on a PostgreSQL: a role for each database, which enters no other."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, OperationalError

from scripts.cluster.stores import DATABASES
from tests.deploy.known import DEPLOY, ROOT
from tests.support.servers import Server, postgresql

SCRIPT = DEPLOY / "postgres" / "databases.sh"
INITIAL = ("postgres", "template1")
MIGRATE = """
import asyncio, os
from gateway.store.engine import Database
from gateway.store.migrate import migrate
asyncio.run(migrate(Database(os.environ["OMNI_GATEWAY_DB"])))
"""


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    subprocess.run([str(DEPLOY / "make-secrets"), str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def server(secrets: Path) -> Iterator[Server]:
    with postgresql() as running:
        made = run_script(running, secrets)
        assert made.returncode == 0, made.stderr
        yield running


def run_script(server: Server, secrets: Path) -> subprocess.CompletedProcess[str]:
    place = {"PGHOST": "127.0.0.1", "PGPORT": port(server), "PGUSER": "omni"}
    env = {**os.environ, **place, "OMNI_SECRETS": str(secrets)}
    return subprocess.run([str(SCRIPT)], env=env, capture_output=True, text=True)


def port(server: Server) -> str:
    return server.url.rsplit(":", 1)[1].split("/")[0]


def connect(server: Server, role: str, database: str) -> psycopg.Connection[tuple[object, ...]]:
    address = server.url.replace("omni@", f"{role}@").replace("/postgres", f"/{database}")
    return psycopg.connect(address, autocommit=True)


@pytest.mark.parametrize("role", DATABASES)
def test_each_makes_tables_in_its_own_database(server: Server, role: str) -> None:
    with connect(server, role, role) as db:
        db.execute("CREATE TABLE tried (n int)")
        db.execute("DROP TABLE tried")


@pytest.mark.parametrize("role", DATABASES)
def test_it_enters_no_other(server: Server, role: str) -> None:
    for database in {*DATABASES, *INITIAL} - {role}:
        with pytest.raises(OperationalError, match="permission denied for database"):
            connect(server, role, database)


@pytest.mark.parametrize("role", DATABASES)
def test_it_makes_no_role_and_no_database_and_reads_no_file(server: Server, role: str) -> None:
    with connect(server, role, role) as db:
        for statement in ("CREATE ROLE more", "CREATE DATABASE more"):
            with pytest.raises(InsufficientPrivilege):
                db.execute(statement)
        with pytest.raises(InsufficientPrivilege):
            db.execute("COPY (SELECT 1) TO PROGRAM 'true'")


def test_each_has_the_password_of_its_address(server: Server, secrets: Path) -> None:
    """The test's server asks for none, so what it would compare is read."""
    addresses = {"gateway": "gateway_db", "erasures": "erasures_db"}
    with connect(server, "omni", "postgres") as db:
        for role in DATABASES:
            password = (secrets / f"{role}_password").read_text()
            address = (secrets / addresses.get(role, f"{role}_url")).read_text()
            assert f"://{role}:{password}@postgres:5432/{role}" in address
            found = db.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [role])
            assert is_of(str(found.fetchone()), password)


def is_of(kept: str, password: str) -> bool:
    """Whether PostgreSQL would let in who has this password."""
    rounds, salt, stored = re.search(r"SCRAM-SHA-256\$(\d+):(\S+?)\$(\S+?):", kept).groups()  # type: ignore[union-attr]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), b64decode(salt), int(rounds))
    key = hmac.digest(salted, b"Client Key", "sha256")
    return hashlib.sha256(key).digest() == b64decode(stored)


def test_a_password_that_is_missing_ends_it(tmp_path: Path, secrets: Path) -> None:
    with postgresql() as server:
        (tmp_path / "gateway_password").write_text("only this one")
        assert run_script(server, tmp_path).returncode != 0


def test_gateway_and_backup_need_no_more_than_their_roles(
    server: Server, secrets: Path, tmp_path: Path
) -> None:
    """The gateway's tables are made, all is dumped and put back."""
    env = {**os.environ, "OMNI_BACKUPS": str(tmp_path), "OMNI_BUNDLES": str(tmp_path / "none")}
    for name in ("gateway_db", "erasures_db", "cases_url", "tracker_url"):
        address = (
            (secrets / name).read_text().replace("@postgres:5432", f"@127.0.0.1:{port(server)}")
        )
        env[f"OMNI_{name.upper()}"] = address
    python(env, "-c", MIGRATE)
    backup = python(env, "-m", "scripts.backup", "make")
    assert "stay erased" in python(env, "-m", "scripts.backup", "restore", backup, "--replace")


def python(env: dict[str, str], *arguments: str) -> str:
    found = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()
