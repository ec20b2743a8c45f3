"""The API keeps to its own description: schemathesis asks a real server what it promises.

The server listens on loopback, since the checks send further requests by themselves, and the
gateway's work goes on between requests: both want one event loop that lasts.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
import schemathesis
import uvicorn
from fake_rasa import FakeRasa
from fastapi import FastAPI
from gateway_support import QUICK, UNLIMITED
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from visitor import SECRET

from gateway.app import create_app
from gateway.settings import Settings

EXAMPLES = 25  # for each operation, besides those that cover its parameters' limits
# Stricter than the defaults, but for 413: schemathesis counts bodies of any size as right.
ACCEPTED = ["2xx", "401", "404", "413"]
REJECTED = ["400", "401", "404", "405", "413", "422"]
CONFIG = {
    "generation": {"deterministic": True, "with-security-parameters": False},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ACCEPTED},
        "negative_data_rejection": {"expected-statuses": REJECTED},
    },
}


class Tracked(FakeRasa):
    """A Rasa whose tracker knows every conversation."""

    def _tracker(self, method: str, conversation: str) -> Any:
        self.trackers.setdefault(conversation, [])
        return super()._tracker(method, conversation)


def made(database: str) -> FastAPI:
    pace = replace(QUICK, turn=5.0, stream=0.1)
    chosen = Settings(database=database, secret=SECRET, pace=pace, access=UNLIMITED, guesses=False)
    return create_app(chosen, Tracked().transport())


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway on a port of its own."""
    folder = tmp_path_factory.mktemp("contract")
    app = made(f"sqlite+aiosqlite:///{folder / 'gateway.db'}")
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


schema = schemathesis.openapi.from_dict(
    made("sqlite+aiosqlite://").openapi(),
    config=schemathesis.Config.from_dict(CONFIG),
)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_is_as_described(case: schemathesis.Case, url: str) -> None:
    # A session of its own for each request: some of them end it.
    token = requests.post(f"{url}/api/v1/sessions", timeout=10).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    # Of the right form, but no form says which choices were offered.
    takes_choice = isinstance(case.body, dict) and isinstance(case.body.get("choice"), str)
    excluded = [positive_data_acceptance] if takes_choice else []
    case.call_and_validate(url, headers=headers, timeout=10, excluded_checks=excluded)
