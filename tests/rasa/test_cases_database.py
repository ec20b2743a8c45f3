"""The store of cases on PostgreSQL: numbered once, made once, and never waited for long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg2 import extensions
from sqlalchemy.exc import OperationalError

from assistant.cases import CaseStore
from rasa_components.stores.patience import MARGIN_SECONDS, SECONDS, limit_waiting
from tests.rasa.conftest import run_sql
from tests.support.servers import Server


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    """An empty PostgreSQL, with waiting limited as the action server limits it."""
    run_sql(postgres.url, "DROP TABLE IF EXISTS cases")
    before = extensions.get_wait_callback()
    limit_waiting()
    yield postgres.url
    extensions.set_wait_callback(before)


def test_one_that_hangs_is_not_waited_for_and_the_case_is_opened_once(
    url: str, postgres: Server
) -> None:
    store = CaseStore(url)
    assert store.open("one", "C", ["ficha"], {}) == 1
    started = time.monotonic()
    with postgres.frozen(), pytest.raises(OperationalError):
        store.open("two", "C", ["ficha"], {})
    assert time.monotonic() - started < 2 * (SECONDS + MARGIN_SECONDS) + 2
    number = store.open("two", "C", ["ficha"], {})
    assert store.open("two", "C", ["outra"], {}) == number


def test_one_that_was_restarted_costs_no_case(url: str, postgres: Server) -> None:
    store = CaseStore(url)
    store.open("one", "C", [], {})
    postgres.stop()
    postgres.start()
    assert store.open("one", "C", [], {}) == 1


def test_several_action_servers_make_the_table_at_once(url: str) -> None:
    for _ in range(5):
        run_sql(url, "DROP TABLE IF EXISTS cases")
        with ThreadPoolExecutor(4) as pool:
            stores = list(pool.map(lambda _: CaseStore(url), range(4)))
        assert stores[0].open("one", "C", [], {}) == stores[3].open("one", "C", [], {})
