"""Dumps of PostgreSQL databases with its own programs; passwords go by the environment."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL

from scripts.backup.wording import BackupError
from scripts.postgresql import newest

# Of one's own database: what is connected besides us.
_OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def dump(url: URL, target: Path) -> None:
    """Write one state of a database; writers go on meanwhile. Raise BackupError."""
    options = ["-Fc", "--no-owner", "--no-privileges"]
    _run(["pg_dump", *options, "-f", str(target)], url)


def load(url: URL, source: Path, ours: Sequence[str]) -> None:
    """Replace the tables of `ours` by those of a dump, all of it or nothing; raise BackupError."""
    made = _run(["pg_restore", "--no-owner", "--no-privileges", "-f", "-", str(source)], url)
    _run_script(url, _dropping(url, ours) + made.stdout)


def empty(url: URL, ours: Sequence[str]) -> None:
    """Drop the tables of `ours` that are there; raise BackupError."""
    _run_script(url, _dropping(url, ours))


def refuse_users(url: URL) -> None:
    """Raise BackupError where somebody else is connected."""
    if _ask(url, _OTHERS) != ["0"]:
        raise BackupError(f"the database {url.database} is in use: stop every server first")


def is_empty(url: URL, table: str) -> bool:
    """Whether a table has no rows, or is not there."""
    if table not in _ask(url, _TABLES):
        return True
    return _ask(url, f'SELECT count(*) FROM (SELECT 1 FROM "{table}" LIMIT 1) x') == ["0"]  # noqa: S608


def _dropping(url: URL, ours: Sequence[str]) -> bytes:
    there = [name for name in _ask(url, _TABLES) if name in ours]
    return "".join(f'DROP TABLE "{name}" CASCADE;\n' for name in there).encode()


def _run_script(url: URL, script: bytes) -> None:
    _run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-f", "-"], url, script)


def _ask(url: URL, query: str) -> list[str]:
    return _run(["psql", "-qtA", "-c", query], url).stdout.decode().split()


def _run(
    command: Sequence[str], url: URL, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    found = subprocess.run(
        [_program(command[0]), *command[1:]],
        env={**os.environ, **_environment(url)},
        input=given,
        stdin=None if given is not None else subprocess.DEVNULL,
        capture_output=True,
    )
    if found.returncode:
        lines = found.stderr.decode(errors="replace").strip().splitlines()
        raise BackupError(f"{command[0]}: {lines[0] if lines else found.returncode}")
    return found


def _program(name: str) -> str:
    program = newest(name) or shutil.which(name)
    if not program:
        raise BackupError(f"{name} is missing: apt-get install postgresql-client")
    return program


def _environment(url: URL) -> dict[str, str]:
    values = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password else None,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode") or url.query.get("ssl"),
        "PGCONNECT_TIMEOUT": "10",
    }
    return {name: str(value) for name, value in values.items() if value}
