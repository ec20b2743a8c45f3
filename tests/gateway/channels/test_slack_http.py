"""Slack's events over HTTP: what is signed is taken once, and nothing else is."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fake_rasa import FakeRasa
from fake_slack import GENERAL, SIGNING_SECRET, FakeSlack, encoded, signed
from fastapi import FastAPI
from slack_person import Person, shown
from small_guide import PROBLEM

from gateway.channels.slack.settings import SlackSettings

pytest_plugins = ["slack_fixtures"]
Request = dict[str, Any]


@pytest.fixture
def slack_settings(slack: FakeSlack) -> SlackSettings:
    """No app token: no socket."""
    return SlackSettings(
        bot_token="xoxb-de-mentira", signing_secret=SIGNING_SECRET, api=f"{slack.url}/api/"
    )


@pytest_asyncio.fixture
async def door(slack: FakeSlack, slack_http: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    slack.doors = [slack_http]
    yield slack_http
    slack.doors = []


def dm(slack: FakeSlack, text: str = PROBLEM) -> dict[str, Any]:
    """A direct message as an event."""
    event = {"type": "message", "user": "UANA", "text": text, "channel": "DUANA"}
    return slack.event({**event, "channel_type": "im", "ts": slack.new_ts()})


@pytest.mark.usefixtures("door")
async def test_a_guide_goes_by_http(agent: Person, slack: FakeSlack) -> None:
    await agent.write(PROBLEM)
    _, first = await agent.sees(2)
    await agent.press(first, "Não resolveu")
    *_, second = await agent.sees(3)
    assert "Verificação 2 de 3" in shown(second)
    assert "/omni buscar" in (await agent.command("", GENERAL))["text"]
    await agent.command("buscar payload de anexos", GENERAL)
    assert "payload de anexos" in shown((await agent.hears())[0])
    assert slack.connected == 0


async def test_the_address_is_verified(door: httpx.AsyncClient) -> None:
    body = {"type": "url_verification", "challenge": "desafio", "token": "x"}
    response = await door.post("/slack/events", **signed(*encoded(body)))
    assert response.status_code == 200
    assert response.json() == {"challenge": "desafio"}


async def test_a_repeated_event_runs_once(
    door: httpx.AsyncClient, slack: FakeSlack, agent: Person, rasa: FakeRasa
) -> None:
    body = dm(slack)
    for number in range(4):
        request = signed(*encoded(body))
        request["headers"] |= {"X-Slack-Retry-Num": str(number)} if number else {}
        assert (await door.post("/slack/events", **request)).status_code == 200
    await agent.write("2")
    await agent.sees(3)
    assert rasa.texts == [PROBLEM, "2"]


async def test_a_charset_and_large_bodies_are_fine(
    door: httpx.AsyncClient, slack: FakeSlack, agent: Person, rasa: FakeRasa
) -> None:
    body = {**dm(slack), "mais": "x" * 200_000}
    content, kind = encoded(body)
    request = signed(content, f"{kind}; charset=utf-8")
    assert (await door.post("/slack/events", **request)).status_code == 200
    await agent.sees(2)
    request = signed(b"{" + b" " * 600_000 + b"}", kind)
    assert (await door.post("/slack/events", **request)).status_code == 413


def _without(name: str) -> Callable[[Request], None]:
    return lambda request: request["headers"].pop(name)


def _with(name: str, value: str) -> Callable[[Request], None]:
    return lambda request: request["headers"].update({name: value})


def _cut_signature(request: Request) -> None:
    request["headers"]["X-Slack-Signature"] = request["headers"]["X-Slack-Signature"][:-1]


def _scheme_v1(request: Request) -> None:
    signature = request["headers"]["X-Slack-Signature"]
    request["headers"]["X-Slack-Signature"] = signature.replace("v0=", "v1=")


def _other_body(request: Request) -> None:
    request["content"] = request["content"].replace(b"UANA", b"UBIA")


FORGERIES: dict[str, Callable[[Request], None]] = {
    "no signature": _without("X-Slack-Signature"),
    "no timestamp": _without("X-Slack-Request-Timestamp"),
    "empty signature": _with("X-Slack-Signature", ""),
    "wrong signature": _with("X-Slack-Signature", "v0=" + "0" * 64),
    "short signature": _cut_signature,
    "another scheme": _scheme_v1,
    "a signature that is no ASCII": _with("X-Slack-Signature", "v0=ã"),
    "a timestamp that is no number": _with("X-Slack-Request-Timestamp", "ontem"),
    "a negative timestamp": _with("X-Slack-Request-Timestamp", "-1"),
    "a timestamp of another request": _with("X-Slack-Request-Timestamp", str(int(time.time()) - 9)),
    "another body": _other_body,
}


def _signed_by(secret: str = SIGNING_SECRET, minutes: float = 0.0) -> Callable[[bytes], Request]:
    return lambda content: signed(content, "application/json", secret, time.time() + minutes * 60)


SIGNED_OTHERWISE = {
    "with another secret": _signed_by("outro segredo"),
    "with the beginning of the secret": _signed_by(SIGNING_SECRET[:-1]),
    "six minutes ago (a replay)": _signed_by(minutes=-6),
    "in six minutes": _signed_by(minutes=6),
}


class TestForgeries:
    @pytest.mark.parametrize("name", FORGERIES)
    async def test_what_was_tampered_with(
        self, name: str, door: httpx.AsyncClient, slack: FakeSlack, rasa: FakeRasa
    ) -> None:
        request = signed(*encoded(dm(slack)))
        FORGERIES[name](request)
        headers = [(k, v.encode()) for k, v in request["headers"].items()]
        response = await door.post("/slack/events", content=request["content"], headers=headers)
        await self._refused(response, slack, rasa)

    @pytest.mark.parametrize("name", SIGNED_OTHERWISE)
    async def test_what_was_signed_otherwise(
        self, name: str, door: httpx.AsyncClient, slack: FakeSlack, rasa: FakeRasa
    ) -> None:
        request = SIGNED_OTHERWISE[name](json.dumps(dm(slack)).encode())
        await self._refused(await door.post("/slack/events", **request), slack, rasa)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"ssl_check=1&token=x",
            b'{"type":"url_verification","challenge":"x"}',
            b"{",
            b"\xff\xfe",
            b"payload=%7B",
        ],
    )
    async def test_what_was_not_signed_at_all(
        self, content: bytes, door: httpx.AsyncClient, slack: FakeSlack, rasa: FakeRasa
    ) -> None:
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            response = await door.post(
                "/slack/events", content=content, headers={"Content-Type": kind}
            )
            await self._refused(response, slack, rasa)
            assert "challenge" not in response.text

    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (b"{", "application/json"),
            (b"[]", "application/json"),
            (b"null", "application/json"),
            (b"[" * 100_000, "application/json"),
            (b"", "application/json"),
            (b"payload=%7B", "application/x-www-form-urlencoded"),
            (b"payload=%FF", "application/x-www-form-urlencoded"),
            (b'{"type":"event_callback"}', "text/plain"),
        ],
    )
    async def test_what_is_signed_and_cannot_be_read(
        self, content: bytes, kind: str, door: httpx.AsyncClient
    ) -> None:
        response = await door.post("/slack/events", **signed(content, kind))
        assert response.status_code == 400

    @pytest.mark.parametrize("body", [{"type": "x"}, {"event": None}, {"type": "event_callback"}])
    async def test_what_is_signed_and_means_nothing_is_no_server_fault(
        self, body: dict[str, Any], door: httpx.AsyncClient
    ) -> None:
        response = await door.post("/slack/events", **signed(*encoded(body)))
        assert response.status_code < 500

    async def test_a_choice_is_no_right_to_anothers_conversation(
        self, door: httpx.AsyncClient, agent: Person, colleague: Person, rasa: FakeRasa
    ) -> None:
        await agent.write(f"<@UBOT> {PROBLEM}", GENERAL)
        _, check = await agent.hears(2)
        await colleague.press(check, "Era outra situação", GENERAL)
        (told,) = await colleague.hears()
        assert "não vale mais" in shown(told)
        assert rasa.texts == [PROBLEM]

    async def _refused(self, response: httpx.Response, slack: FakeSlack, rasa: FakeRasa) -> None:
        assert response.status_code == 401
        assert rasa.asked == []
        assert [name for name, _ in slack.calls if name != "auth.test"] == []


class TestWithoutASecret:
    @pytest.fixture
    def slack_settings(self, slack: FakeSlack) -> SlackSettings:
        return SlackSettings(bot_token="x", app_token="y", api=f"{slack.url}/api/")

    async def test_there_is_no_address(self, slack_app: FastAPI, slack: FakeSlack) -> None:
        transport = httpx.ASGITransport(slack_app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            response = await client.post("/slack/events", **signed(*encoded(dm(slack))))
        assert response.status_code in (404, 405)
