"""What those who run the gateway look at: /healthz, /readyz and /metrics."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fake_rasa import FakeRasa
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from visitor import Visitor

from gateway.metrics import Metrics
from gateway.services import Services

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def parts(app: FastAPI) -> Services:
    found: Services = app.state.services
    return found


async def down() -> None:
    raise OperationalError("SELECT 1", {}, Exception("no such file"))


async def hangs() -> bool:
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(30)
    await asyncio.sleep(30)  # as a driver whose thread does not heed the first cancelling
    return True


async def test_healthz_asks_nobody(
    http: httpx.AsyncClient, parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in ((parts.rasa, "is_up"), (parts.rasa, "actions_up"), (parts.store, "ping")):
        monkeypatch.setattr(owner, name, None)
    response = await http.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_readyz_names_each_part(http: httpx.AsyncClient) -> None:
    response = await http.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"rasa": True, "actions": True, "store": True, "model": "20250101"}


async def test_readyz_without_the_action_server(http: httpx.AsyncClient, rasa: FakeRasa) -> None:
    rasa.actions_status = 500
    response = await http.get("/readyz")
    assert response.status_code == 503
    assert response.json() | {"model": ""} == {
        "rasa": True,
        "actions": False,
        "store": True,
        "model": "",
    }


async def test_readyz_without_rasa(http: httpx.AsyncClient, rasa: FakeRasa) -> None:
    rasa.answer = httpx.ConnectError("refused")
    response = await http.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"rasa": False, "actions": True, "store": True}


async def test_readyz_without_the_store(
    http: httpx.AsyncClient, parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.store, "ping", down)
    response = await http.get("/readyz")
    assert response.status_code == 503
    assert response.json()["store"] is False


async def test_readyz_answers_in_time_whatever_hangs(
    http: httpx.AsyncClient, parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("is_up", "actions_up", "model"):
        monkeypatch.setattr(parts.rasa, name, hangs)
    monkeypatch.setattr(parts.store, "ping", hangs)
    started = time.monotonic()
    response = await http.get("/readyz")
    assert time.monotonic() - started < 2.5
    assert response.json() == {"rasa": False, "actions": False, "store": False}


def values(text: str) -> dict[str, float]:
    """Return the samples of Prometheus' text format, labels and all, and what they say."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def read(http: httpx.AsyncClient) -> dict[str, float]:
    response = await http.get("/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain")
    return values(response.text)


async def test_metrics_of_a_turn(http: httpx.AsyncClient, ana: Visitor, rasa: FakeRasa) -> None:
    body = {"id": str(uuid4()), "text": "minha senha é segredo"}
    for _ in range(2):
        await ana.post(body)
    await ana.answers(1)
    found = await read(http)
    assert found["omni_turns_total{outcome=answered}"] == 1
    assert found["omni_messages_accepted_total"] == 1
    assert found["omni_messages_repeated_total"] == 1
    assert found["omni_acceptance_seconds_count"] == 1
    assert found["omni_turn_seconds_count"] == 1
    assert found["omni_answer_seconds_count"] == 1
    assert found["omni_queue_length"] == found["omni_queue_age_seconds"] == 0
    assert found["omni_turns_silent_total"] == found["omni_turns_unstored_total"] == 0
    assert found["omni_store_up"] == 1
    text = (await http.get("/metrics")).text
    assert not any(word in text for word in ("segredo", ana.conversation, body["id"]))


async def test_metrics_of_what_waits(http: httpx.AsyncClient, ana: Visitor, rasa: FakeRasa) -> None:
    rasa.delay = 0.2
    await ana.post({"id": str(uuid4()), "text": "oi"})
    found = await read(http)
    assert found["omni_queue_length"] == 1
    assert 0 < found["omni_queue_age_seconds"] < 5


async def test_metrics_of_refusals(http: httpx.AsyncClient, ana: Visitor) -> None:
    await ana.post(b"{")
    await ana.post({"text": "oi"})
    await ana.post(b"x" * 9000)
    await http.get("/api/v1/messages")
    found = await read(http)
    for reason in ("broken", "invalid", "too_large", "unauthorised"):
        assert found[f"omni_refusals_total{{reason={reason}}}"] == 1
    assert found["omni_requests_total{route=POST /api/v1/messages,status=413}"] == 1


async def test_not_being_ready_is_no_refusal(http: httpx.AsyncClient, rasa: FakeRasa) -> None:
    rasa.actions_status = 500
    assert (await http.get("/readyz")).status_code == 503
    assert (await read(http))["omni_refusals_total{reason=store_down}"] == 0


async def test_metrics_without_the_store(
    http: httpx.AsyncClient, parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.store, "backlog", down)
    assert (await read(http))["omni_store_up"] == 0


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.7", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, 404),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.7"}, 404),
        ("203.0.113.7", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("testclient", {}, 404),
    ],
)
async def test_metrics_are_for_this_machine(
    app: FastAPI, client: str, headers: dict[str, str], status: int
) -> None:
    assert await _status_of_metrics(app, client, headers) == status


async def test_metrics_for_anyone_where_the_setting_says_so(app: FastAPI) -> None:
    parts = app.state.services
    app.state.services = replace(parts, settings=replace(parts.settings, metrics=True))
    assert await _status_of_metrics(app, "203.0.113.7", {}) == 200


def test_each_application_counts_for_itself() -> None:
    one, other = Metrics(), Metrics()
    one.silent()
    one.unstored()
    one.set_aside()
    one.fell_back()
    one.failed("timeout")
    one.stream_opened()
    found, none = values(one.text(None).decode()), values(other.text(None).decode())
    for name in (
        "omni_turns_silent_total",
        "omni_turns_unstored_total",
        "omni_turns_total{outcome=set_aside}",
        "omni_fallbacks_total",
        "omni_streams_open",
    ):
        assert (found[name], none[name]) == (1, 0)
    assert found["omni_turn_failures_total{kind=timeout}"] == 1


def test_the_documentation_names_every_setting_and_every_metric() -> None:
    written = (ROOT / "docs" / "gateway.md").read_text(encoding="utf-8")
    written = written.replace("`_SESSIONS`", "OMNI_LIMIT_ADDRESS_SESSIONS")
    written = written.replace("`_REQUESTS`", "OMNI_LIMIT_ADDRESS_REQUESTS")
    folders = [(ROOT / "gateway").glob("*.py")]
    # Slack's and Teams' own are in docs of theirs.
    folders += [(ROOT / "gateway" / name).rglob("*.py") for name in ("handoff", "delivery")]
    files = [path.read_text(encoding="utf-8") for folder in folders for path in folder]
    settings = {name for text in files for name in re.findall(r"OMNI_[A-Z_]+", text)}
    metrics = {
        family.name for family in text_string_to_metric_families(Metrics().text(None).decode())
    }
    assert len(settings) > 15
    assert len(metrics) > 12
    assert [name for name in sorted(settings | metrics) if name not in written] == []


async def _status_of_metrics(app: FastAPI, client: str, headers: dict[str, str]) -> int:
    transport = httpx.ASGITransport(app, client=(client, 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        return (await http.get("/metrics", headers=headers)).status_code
