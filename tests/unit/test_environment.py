"""Secrets come from the environment or from a file that it names, never from both."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.environment import SECRETS, read_environment


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_be_in_a_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("postgresql://usuário:senha@host/db\n", encoding="utf-8")
    found = read_environment({f"{name}_FILE": str(file), "OTHER": "1"})
    assert found == {name: "postgresql://usuário:senha@host/db", "OTHER": "1"}


def test_other_variables_that_end_so_are_left_alone() -> None:
    env = {"OMNI_WORKERS_FILE": "/run/workers.json"}
    assert read_environment(env) == env


def test_both_at_once_are_refused(tmp_path: Path) -> None:
    env = {"OMNI_SECRET": "x", "OMNI_SECRET_FILE": str(tmp_path / "secret")}
    with pytest.raises(ValueError, match="OMNI_SECRET e OMNI_SECRET_FILE"):
        read_environment(env)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_that_holds_none_is_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValueError, match="OMNI_SMTP_URL_FILE.*secret"):
        read_environment({"OMNI_SMTP_URL_FILE": str(file)})
