"""Stores on real databases, and conversations to put into them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain

from assistant.settings import ROOT
from rasa_components.stores.tracker import StrictTrackerStore
from tests.support.servers import Server, postgresql, redis


@pytest.fixture(scope="session")
def domain() -> Domain:
    """The assistant's domain."""
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server."""
    with postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Server]:
    """A Redis server."""
    with redis() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tracker.db'}"
    address: str = request.getfixturevalue("postgres").url
    run_sql(address, "DROP TABLE IF EXISTS events, events_aside")
    return address


@pytest.fixture
def store(url: str, domain: Domain) -> StrictTrackerStore:
    """A store as Rasa makes it from endpoints.yml."""
    return StrictTrackerStore(host=url, domain=domain)


def run_sql(address: str, statement: str, **values: Any) -> list[Any]:
    """Run one statement beside the store, and return its rows."""
    engine = sa.create_engine(address, future=True)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement), values)
        found = list(result) if result.returns_rows else []
    engine.dispose()
    return found
