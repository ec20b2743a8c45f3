"""The gateway answers on what the list says, to whom it says, and always with its headers."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from gateway.app import create_app
from gateway.channels.slack.settings import SlackSettings
from gateway.channels.teams.settings import TeamsSettings
from gateway.console.look import HEADERS
from gateway.delivery.settings import SinkSettings
from gateway.middleware import SECURITY_HEADERS
from gateway.settings import Settings
from tests.support.routes import PRIVATE, RASA, Listed, listed, walk

ROUTES = listed()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
GUID = "00000000-0000-4000-8000-000000000000"
# What the widget's files say instead: any site may embed them, and browsers may keep them.
EMBEDDED = {"Cross-Origin-Resource-Policy": "cross-origin"}
BY_WHO = {who: [r for r in ROUTES if r.who == who] for who in {r.who for r in ROUTES}}


def named(route: Listed) -> str:
    return f"{route.method} {route.path}"


def test_the_list_is_what_the_application_answers_on(settings: Settings) -> None:
    sinks = SinkSettings(
        slack=SlackSettings(bot_token="xoxb-1", signing_secret="s" * 32),
        teams=TeamsSettings(app_id=GUID, tenant=GUID, app_secret="s"),
    )
    app = create_app(replace(settings, sinks=sinks))
    assert sorted(walk(app.routes)) == sorted((r.method, r.path) for r in ROUTES)


def test_without_slack_and_teams_there_are_no_doors_of_theirs(app: FastAPI) -> None:
    there = {path for _, path in walk(app.routes)}
    assert there == {r.path for r in ROUTES if r.who not in ("slack", "teams")}


@pytest.mark.parametrize("route", BY_WHO["session"], ids=named)
async def test_without_a_token_nobody_gets_in(http: httpx.AsyncClient, route: Listed) -> None:
    assert (await http.request(route.method, route.example, json={})).status_code == 401


@pytest.mark.parametrize("route", BY_WHO["public"], ids=named)
async def test_what_is_public_answers(http: httpx.AsyncClient, route: Listed) -> None:
    answer = await http.request(route.method, route.example)
    assert answer.status_code in (200, 201, 422), answer.text


@pytest.mark.parametrize("route", ROUTES, ids=named)
@pytest.mark.parametrize("method", METHODS)
async def test_other_methods_are_refused(
    http: httpx.AsyncClient, route: Listed, method: str
) -> None:
    mine = {r.method for r in ROUTES if r.path == route.path}
    if method not in mine:
        answer = await http.request(method, route.example)
        assert answer.status_code in (404, 405), answer.text


@pytest.mark.parametrize(("method", "path"), [*RASA, *PRIVATE])
async def test_nothing_of_rasa_s_is_here(http: httpx.AsyncClient, method: str, path: str) -> None:
    assert (await http.request(method, path)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/docs", "/redoc", "/openapi.json", "/widget/tests/x", "/.git/config", "/var/secret"]
)
async def test_nothing_else_is_here(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize("route", ROUTES, ids=named)
async def test_every_answer_has_the_headers(http: httpx.AsyncClient, route: Listed) -> None:
    """Good or refused: headers belong to all of them."""
    if route.path == "/api/v1/events":
        answer = await http.get(route.example)  # 401
    else:
        answer = await http.request(route.method, route.example)
    wanted = SECURITY_HEADERS | (EMBEDDED if route.path.startswith("/widget") else {})
    if "Referrer-Policy: same-origin" in _drawn(answer):
        wanted |= HEADERS  # the console's pages have a stricter policy of their own
    assert {name: answer.headers.get(name) for name in wanted} == wanted
    assert answer.headers["cache-control"] in ("no-store", "no-cache")
    assert answer.headers["x-request-id"]
    cookies = set() if route.who == "visitor" else {"set-cookie"}
    assert not {"server", "x-powered-by", *cookies} & set(answer.headers)


def _drawn(answer: httpx.Response) -> list[str]:
    return [f"{n.title()}: {v}" for n, v in answer.headers.items() if n == "referrer-policy"]


@pytest.mark.parametrize("route", [*BY_WHO["reader"], *BY_WHO["trainer"]], ids=named)
async def test_the_console_opens_for_nobody(http: httpx.AsyncClient, route: Listed) -> None:
    answer = await http.request(route.method, route.example)
    assert answer.status_code == (303 if route.method == "GET" else 403)


@pytest.mark.parametrize("path", ["/nope", "/api/v1/nope"])
async def test_refusals_have_them_too(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert SECURITY_HEADERS.items() <= {n: answer.headers.get(n) for n in SECURITY_HEADERS}.items()


def test_the_policy_lets_nothing_foreign_in() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:"} & set(policy.split())
