"""The cluster's own PostgreSQL: its password is in no command line and in no message."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import postgresql
from scripts.cluster.process import NotStarted
from scripts.cluster.stores import Postgres, write_secret

PASSWORD = "segredo-de-teste"
PSQL = """#!/bin/sh
printf '%s ' "$@" >"$0.line"
printf '%s' "$PGPASSWORD" >"$0.password"
echo "connection refused" >&2
exit 2
"""


def test_psql_gets_the_password_by_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "psql"
    program.write_text(PSQL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(NotStarted, match="connection refused") as raised:
        Postgres(tmp_path / "data", 1, PASSWORD).make_databases()
    assert PASSWORD not in str(raised.value) + (tmp_path / "psql.line").read_text()
    assert (tmp_path / "psql.password").read_text() == PASSWORD


def test_a_secret_is_for_us_alone_even_where_its_file_was_there(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)
    assert write_secret(file, PASSWORD).stat().st_mode & 0o777 == 0o600
    assert file.read_text() == PASSWORD


def test_the_newest_program_is_that_of_the_highest_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "FOLDER", tmp_path)
    assert postgresql.newest("initdb") is None
    for version in ("9.6", "10", "15", "common"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    (tmp_path / "9.6" / "bin" / "psql").touch()
    assert postgresql.newest("initdb") == str(tmp_path / "15" / "bin" / "initdb")
    (tmp_path / "15" / "bin" / "initdb").unlink()
    assert postgresql.newest("initdb") == str(tmp_path / "10" / "bin" / "initdb")
