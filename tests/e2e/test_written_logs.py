"""What the three processes wrote through all the tests of this folder, whose last file this is."""

from __future__ import annotations

import uuid

from talker import Visitor

from chaos.places.embedded import Stack
from chaos.talk.place import SENTINEL


def test_no_log_holds_what_people_write(stack: Stack, visitor: Visitor) -> None:
    visitor.say(f"a caixa de zilda.{SENTINEL}@example.com parou de receber e-mails")
    for name in stack.ports:
        log = stack.log(name)
        assert SENTINEL not in log.lower(), name
        assert visitor.token not in log, name


def test_one_turn_has_one_request_id_in_all_three(stack: Stack, visitor: Visitor) -> None:
    request_id = f"e2e-{uuid.uuid4().hex[:20]}"
    visitor.say(f"o chat de {SENTINEL} está lento", **{"X-Request-ID": request_id})
    ((turn_id,),) = stack.sql(
        "gateway", "SELECT turn_id FROM messages WHERE request_id = ?", request_id
    )
    for name in stack.ports:
        lines = stack.lines(name)
        of_request = [line for line in lines if line["request_id"] == request_id]
        of_turn = [line for line in lines if turn_id in line["message"]]
        assert of_turn, name
        assert {line["request_id"] for line in of_turn} == {request_id}, name
        assert {line["conversation"] for line in of_request} == {visitor.conversation}, name


def test_no_task_was_lost(stack: Stack) -> None:
    for name in stack.ports:
        assert [line for line in stack.lines(name) if line["logger"] == "asyncio"] == [], name
