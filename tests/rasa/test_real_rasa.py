"""Rasa itself with our store, channel and logs: what used to end it, to silence it or to leak."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator

import pytest

from tests.rasa.processes import STORE, Processes
from tests.rasa.spoilt_actions import FAILS_INSIDE, FAILS_OUTSIDE
from tests.rasa.talking import SENDER

SECRET = "quasimodo"
_NUMBERS = itertools.count(10)


@pytest.fixture(scope="module")
def misspelt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    made = Processes(tmp_path_factory.mktemp("misspelt"), store=STORE + "s")
    made.begin("rasa")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def rasa(tmp_path_factory: pytest.TempPathFactory, misspelt) -> Iterator[Processes]:
    """Both servers; the misspelt one starts at the same time, which saves its time."""
    made = Processes(tmp_path_factory.mktemp("rasa"))
    try:
        made.begin("rasa")
        made.begin("actions")
        made.wait("actions", "/health")
        made.wait("rasa", "/webhooks/gateway/")
        yield made
    finally:
        made.stop()


@pytest.fixture
def sender() -> str:
    return f"{SENDER[:-4]}{next(_NUMBERS):04d}"


def say(rasa: Processes, sender: str, text: str, number: int = 0) -> tuple[int, dict]:
    message_id = f"{sender[:-6]}{number:02d}{sender[-4:]}"
    metadata = {"page": "E-mail", "request_id": f"req-{sender[-4:]}-{number:02d}"}
    body = {"sender": sender, "message": text, "message_id": message_id, "metadata": metadata}
    return rasa.ask("POST", "/webhook", body)


def test_a_turn_is_answered_stored_and_repeated(rasa, sender):
    text = f"os emails não estão chegando na caixa {SECRET}@example.com"
    status, first = say(rasa, sender, text)
    assert (status, first["stored"], first["repeated"]) == (200, True, False)
    assert first["guide"]["situation"] == "email_send_receive" and first["guide"]["check"]
    assert first["messages"][-1]["custom"]["progress"] and first["messages"][-1]["buttons"]
    assert say(rasa, sender, text) == (200, {**first, "repeated": True})
    told = first["heard"]
    assert (told["intent"], told["understanding"]) == ("email_send_receive", "sure")
    assert [event["kind"] for event in told["events"]] == ["started", "shown"]
    assert told["confidence"] > 0.5 and told["version"] and SECRET not in str(told)


def test_what_a_check_showed_is_told(rasa, sender):
    say(rasa, sender, "os emails não estão chegando na caixa do suporte", 0)
    _, body = say(rasa, sender, "quero falar com uma pessoa", 1)
    assert [event["kind"] for event in body["heard"]["events"]] == ["handed_over"]
    _, body = say(rasa, sender, "qual a previsão do tempo amanhã em Recife?", 2)
    assert body["heard"]["trouble"] == "refused"


def test_health_names_the_model(rasa):
    status, body = rasa.ask("GET", "/")
    assert (status, body["status"]) == (200, "ok") and body["model"]


def test_a_case_is_opened_once_where_the_turn_is_run_again(rasa, sender):
    say(rasa, sender, "os emails não estão chegando na caixa do suporte", 0)
    _, first = say(rasa, sender, "quero falar com uma pessoa", 1)
    # As if the turn had been run, and nothing of it stored.
    user = "SELECT id FROM events WHERE sender_id = ? AND type_name = 'user' ORDER BY id DESC"
    rasa.sql(
        "DELETE FROM events WHERE sender_id = ? AND id >= ?", sender, *rasa.sql(user, sender)[0]
    )
    _, again = say(rasa, sender, "quero falar com uma pessoa", 1)
    assert not again["repeated"]
    case = [m["custom"]["case"] for m in first["messages"] if "case" in m.get("custom", {})]
    assert case and case == [m["custom"]["case"] for m in again["messages"] if m.get("custom")]


@pytest.mark.parametrize("word", [FAILS_INSIDE, FAILS_OUTSIDE])
def test_an_action_that_raises_leaves_no_answer_and_can_be_run_again(rasa, sender, word):
    assert say(rasa, sender, "os emails não chegam", 0)[1]["guide"]
    status, body = say(rasa, sender, f"{word} {SECRET}", 1)
    assert (status, body["messages"], body["stored"], body["repeated"]) == (200, [], True, False)
    assert body["guide"]["situation"] == "email_send_receive"
    status, body = say(rasa, sender, f"{word} {SECRET}", 1)
    assert (status, body["repeated"]) == (200, False)


def test_a_locked_database_is_a_503_and_the_turn_can_be_run_later(rasa, sender):
    holder = sqlite3.connect(rasa.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert say(rasa, sender, f"oi {SECRET}") == (503, {"detail": "OperationalError"})
    holder.execute("ROLLBACK")
    status, body = say(rasa, sender, f"oi {SECRET}")
    assert (status, body["stored"], body["repeated"]) == (200, True, False)


# What ends the process of Rasa 3.6.21 with its own store: an id, or one row.

ODD_IDS = [rb"a\ud800b", rb"a\u0000b", rb"\udc00", b"x" * 300]


@pytest.mark.parametrize("odd", ODD_IDS, ids=ascii)
def test_an_odd_id_is_refused_and_rasa_lives_on(rasa, odd):
    body = b'{"sender":"%s","message":"oi","message_id":"%s"}' % (odd, SENDER.encode())
    assert rasa.ask("POST", "/webhook", body)[0] == 422
    assert rasa.alive("rasa") and rasa.ask("GET", "/")[0] == 200


FAULTY_ROWS = ['{"event": "from_the_future", "timestamp": 1.0}', '{"event": "user", "te']


@pytest.mark.parametrize("data", FAULTY_ROWS, ids=["unknown event", "broken JSON"])
def test_a_faulty_row_is_set_aside_and_told_and_rasa_lives_on(rasa, sender, data):
    say(rasa, sender, "os emails não estão chegando na caixa do suporte", 0)
    say(rasa, sender, "oi", 1)
    newest = "SELECT max(id) FROM events WHERE sender_id = ? AND type_name = 'user'"
    rasa.sql("UPDATE events SET data = ? WHERE id = ?", data, *rasa.sql(newest, sender)[0])
    status, body = say(rasa, sender, "2", 2)
    assert status == 200 and body["stored"] and rasa.alive("rasa")
    assert set(body["messages"][0]) == {"text"} and body["messages"][1]["custom"]["progress"]
    assert body["guide"]["situation"] == "email_send_receive"
    aside = "SELECT data, reason, set_aside_at FROM events_aside WHERE sender_id = ?"
    assert data in [row[0] for row in rasa.sql(aside, sender)]
    status, kept = rasa.ask("GET", f"/conversations/{sender}")
    assert data in [e.get("data") for e in kept["events"]]
    assert rasa.ask("DELETE", f"/conversations/{sender}")[0] == 204
    assert rasa.ask("GET", f"/conversations/{sender}")[0] == 404


def test_a_misspelt_store_ends_the_start(misspelt):
    assert misspelt.ended("rasa") != 0
    assert "NotStrict" in misspelt.log("rasa")


# Logs; the tests above said the secret in turns that went well and in turns that failed.


def test_no_line_holds_what_people_write(rasa, sender):
    say(rasa, sender, f"normal {SECRET}", 0)
    say(rasa, sender, f"{FAILS_INSIDE} {SECRET}", 1)
    say(rasa, sender, f"{FAILS_OUTSIDE} {SECRET}", 2)
    for name in ("rasa", "actions"):
        log = rasa.log(name)
        assert not any(word in log for word in (SECRET, FAILS_INSIDE, FAILS_OUTSIDE[:8])), name


def test_lines_are_json_and_name_the_request_and_the_conversation(rasa, sender):
    say(rasa, sender, "oi", 0)
    say(rasa, sender, FAILS_INSIDE, 1)
    for name in ("rasa", "actions"):
        mine = [line for line in rasa.lines(name) if line["conversation"] == sender]
        assert all(set(line) >= {"time", "level", "logger", "message"} for line in mine)
        numbers = {line["request_id"] for line in mine}
        assert numbers == {f"req-{sender[-4:]}-00", f"req-{sender[-4:]}-01"}
    failed = [line for line in rasa.lines("actions") if "exc_info" in line]
    raised = {line["exc_info"].splitlines()[-1] for line in failed}
    assert raised == {"builtins.ValueError", "actions.guide.TurnFailed"}
