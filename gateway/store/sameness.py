"""Whether two addresses name the same database, however they are written."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

_PORT = 5432
_HERE = {"", "localhost", "127.0.0.1", "::1"}


def database_key(url: URL | str) -> tuple[object, ...]:
    """Return what is equal for the same database, whichever driver or spelling is used."""
    parts = make_url(url)
    backend, database = parts.get_backend_name(), parts.database or ""
    if backend == "sqlite":
        return (backend, _file(database))
    host = (parts.host or str(parts.query.get("host", ""))).lower()
    port = parts.port or int(str(parts.query.get("port", _PORT)))
    return (backend, "localhost" if host in _HERE else host, port, database or parts.username)


def check_apart(name: str, url: str, others: dict[str, str]) -> None:
    """Raise ValueError where `url`, of the variable `name`, is the database of another one."""
    mine = _key(name, url)
    for other, theirs in others.items():
        if mine is not None and mine == _key(other, theirs):
            raise ValueError(
                f"{name}: é o mesmo banco que {other}; indique um banco à parte, porque um backup "
                "restaurado traria de volta o que foi apagado"
            )


def _key(name: str, url: str) -> tuple[object, ...] | None:
    """Return the key, None of a database in memory: nobody else has that one."""
    try:
        key = database_key(url)
    except (ArgumentError, ValueError):  # neither is quoted: an address may hold a password
        raise ValueError(f"{name}: não é o endereço de um banco de dados") from None
    return None if key == ("sqlite", ":memory:") else key


def _file(database: str) -> str:
    if database in ("", ":memory:"):
        return ":memory:"
    return str(Path(database.removeprefix("file:")).resolve())
