"""Whoever is not the Bot Connector, or speaks for another tenant or service, is not heard."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from tests.support.teams.people import PATH, until_true
from tests.support.teams.signing import (
    FOREIGN,
    Signer,
    claims_for,
    signed_with_public_key,
    unsigned,
)

ELSEWHERE = "https://evil.example/br/"
STRANGER = Signer("key-1")


def _now() -> int:
    # When it is sent: hours may pass between a run's collection and this test.
    return int(time.time())


def _claims(connector, **changes):
    return claims_for(connector.url, **changes)


# What a forger sends: a token, or the whole header where it has a space.
TOKENS = {
    "no token": lambda c: None,
    "another scheme": lambda c: "Basic Ym90OmJvdA==",
    "no JWT": lambda c: "abc.def",
    "another key under a known id": lambda c: STRANGER.token(_claims(c)),
    "alg none": lambda c: unsigned(_claims(c), c.signer.kid),
    "HS256 with the public key": lambda c: signed_with_public_key(_claims(c), c.signer),
    "expired": lambda c: c.signer.token(_claims(c, exp=_now() - 600)),
    "not valid yet": lambda c: c.signer.token(_claims(c, nbf=_now() + 600)),
    "without an expiry": lambda c: c.signer.token(_claims(c, exp=None)),
    "another issuer": lambda c: c.signer.token(_claims(c, iss="https://sts.windows.net/x/")),
    "no issuer": lambda c: c.signer.token(_claims(c, iss=None)),
    "for another app": lambda c: c.signer.token(_claims(c, aud=FOREIGN)),
    "for several apps": lambda c: c.signer.token(_claims(c, aud=[_claims(c)["aud"], FOREIGN])),
    "without a key id": lambda c: c.signer.token(_claims(c), headers={}),
    "an unknown key id": lambda c: Signer("key-2").token(_claims(c)),
    "a key id that is a list": lambda c: unsigned(_claims(c), ["key-1"]),
    "another service URL": lambda c: c.signer.token(_claims(c, serviceurl=c.url + "outra/")),
    "no service URL": lambda c: c.signer.token(_claims(c, serviceurl=None)),
    "a service URL that is a number": lambda c: c.signer.token(_claims(c, serviceurl=7)),
    "times that are words": lambda c: c.signer.token(_claims(c, exp="amanhã")),
    "a token of 9 KB": lambda c: c.signer.token(_claims(c, x="x" * 9000)),
}


async def _send(person, header, activity):
    headers = {} if header is None else {"Authorization": header}
    return await person.http.post(PATH, json=activity, headers=headers)


@pytest.mark.parametrize("name", TOKENS)
async def test_a_forged_token_is_refused(name, person, connector, rasa):
    token = TOKENS[name](connector)
    header = token if token is None or " " in token else f"Bearer {token}"
    answer = await _send(person, header, person.activity(text="oi"))
    assert answer.status_code in (401, 403), answer.text
    assert answer.json() == {
        "detail": "Este pedido não veio do Microsoft Teams, ou não é para este assistente."
    }
    # The same activity with a genuine token is the first to be heard.
    await person.say("olá")
    await until_true(lambda: rasa.asked)
    assert rasa.texts == ["olá"]


ACTIVITIES = {
    "a foreign tenant": {"conversation": {"id": "a:x", "tenantId": FOREIGN}},
    "a foreign tenant in the channel's data": {"channelData": {"tenant": {"id": FOREIGN}}},
    "no tenant": {"conversation": {"id": "a:x"}, "channelData": {}},
    "the service URL of another host": {"serviceUrl": ELSEWHERE},
    "no service URL": {"serviceUrl": ""},
    "another channel": {"channelId": "emulator"},
    "a channel that the key does not sign for": {"channelId": "directline"},
}


@pytest.mark.parametrize("name", ACTIVITIES)
async def test_a_genuine_token_does_not_speak_for_anything(name, person, rasa):
    answer = await person.send(person.activity(text="oi") | ACTIVITIES[name])
    assert answer.status_code == 403
    assert rasa.asked == []


async def test_a_token_for_another_host_takes_no_secret_there(person, connector, rasa):
    """Both agree, but it is not where Microsoft is: the bot's own token would go there."""
    token = connector.signer.token(claims_for(ELSEWHERE))
    answer = await person.send(person.activity(text="oi", serviceUrl=ELSEWHERE), token)
    assert answer.status_code == 403
    assert rasa.asked == []


async def test_a_replayed_request_does_nothing(person, connector, rasa):
    activity, token = person.activity(text="oi"), connector.signer.token(claims_for(connector.url))
    for _ in range(3):
        assert (await person.send(activity, token)).status_code == 202
    await until_true(lambda: rasa.finished)
    await asyncio.sleep(0.1)
    assert rasa.texts == ["oi"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"7", b'{"type": 7}', b'{"type": "message"}', b"\xff\xfe", b"[" * 5000,
        b'{"type": "message", "conversation": {"id": "a/../b"}}',
        b'{"type": "message", "conversation": {"id": 7}}',
        b'{"type": "message", "conversation": {"id": "a"}, "entities": [7]}',
    ],
)  # fmt: skip
async def test_what_is_no_activity_is_refused(body, person):
    answer = await person.http.post(PATH, content=body)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "odd",
    [
        {"entities": [{"type": "mention"}], "text": "oi"},
        {"entities": [{"type": 7, "mentioned": "x"}], "text": "oi"},
        {"attachments": [{"contentType": "text/html", "content": {"a": 1}}], "text": "oi"},
        {"value": {"choice": 7}}, {"value": [1]}, {"value": "x"}, {"value": {}},
        {"value": {"action": "agent_share", "reference": "x"}},
        {"value": {"action": "case_assume", "case": 99}},
        {"value": {"action": "nada", "case": 1}},
        {"type": "messageReaction"}, {"type": "typing"}, {"type": "endOfConversation"},
        {"text": None}, {"text": "caso 999"}, {"from": {"id": "29:x", "name": "\ud800"}},
        {"timestamp": "ontem", "text": "oi"},
    ],
)  # fmt: skip
async def test_odd_activities_of_the_bot_connector_break_nothing(odd, person, rasa):
    activity = person.activity(**odd)
    token = person.connector.signer.token(claims_for(person.connector.url))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = await person.http.post(PATH, content=json.dumps(activity).encode(), headers=headers)
    assert answer.status_code in (202, 400), answer.text
    await person.say("ainda aí?")
    await until_true(lambda: "ainda aí?" in rasa.finished)


async def test_keys_are_fetched_when_first_needed(person, connector):
    assert connector.keys_fetched == 0
    await person.say("oi")
    await person.say("oi")
    assert connector.keys_fetched == 1


async def test_without_keys_it_says_to_come_again(person, connector, rasa):
    connector.keys_down = True
    answer = await person.send(person.activity(text="oi"))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    connector.keys_down = False

    async def heard():
        return (await person.send(person.activity(text="oi"))).status_code == 202

    async with asyncio.timeout(8):
        while not await heard():
            await asyncio.sleep(0.2)
