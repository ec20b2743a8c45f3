"""A handover with real servers: user, person of the team, assistant, and the end of the case.

The person acts on the gateway's store from another process, as `python -m gateway.handoff` does;
Slack and Teams have tests of their own.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any

import pytest
from talker import Visitor

from chaos.places.embedded import ROOT, Stack
from gateway.handoff.states import Actions, Decision
from gateway.handoff.texts import load_desk_texts
from gateway.store.engine import Database
from gateway.store.handoffs import Handoffs
from gateway.store.values import Agent

ANA = Agent("local:ana", "Ana")
ACTIONS = Actions(load_desk_texts(), lambda state, raised: None)
OPENING = "os emails não estão chegando na caixa do suporte"
PERSON = "Falar com uma pessoa"
SECONDS = 30


@pytest.fixture
def case(visitor: Visitor) -> int:
    """The number of a case that was handed over at the second check."""
    visitor.say(OPENING)
    visitor.choose("Não, o teste passou sem erro")
    assert visitor.messages[-1]["progress"]["n"] == 2
    visitor.choose(PERSON)
    assert held(visitor)["by"] == "waiting"
    return visitor.case()


def held(visitor: Visitor) -> dict[str, Any]:
    found: dict[str, Any] = visitor.http.get("/messages").json()["held"]
    return found


def act(stack: Stack, case: int, decision: Decision) -> None:
    """Let the person do something with the case."""

    async def change() -> None:
        database = Database(f"sqlite+aiosqlite:///{stack.folder / 'gateway.db'}")
        await Handoffs(database).change(case, decision)
        await database.close()

    asyncio.run(change())


def answered(visitor: Visitor) -> list[dict[str, Any]]:
    """Return what the assistant says to the newest notice that somebody of the team did something.

    Kept as the visitor's newest messages, so that its choices can be taken.
    """
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        notices = [m for m in visitor.history() if m["from"] == "system" and m.get("state")]
        if notices and notices[-1]["state"] == "done":
            return visitor.answers(notices[-1]["seq"])
        time.sleep(0.1)
    raise AssertionError(f"no answer in {visitor.conversation}")


def command(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command that lists, shows and ends cases."""
    line = [sys.executable, "-m", "gateway.handoff", *arguments]
    return subprocess.run(
        line, cwd=ROOT, env=stack.environment, capture_output=True, text=True, timeout=180
    )


def test_to_a_person_back_at_a_check_and_solved(stack: Stack, visitor: Visitor, case: int) -> None:
    act(stack, case, ACTIONS.assume(ANA))
    assert held(visitor) == {"by": "person", "name": "Ana", "case": case}
    assert visitor.say("o que eu faço agora?") == []
    act(stack, case, ACTIONS.reply(ANA, ["Veja a senha da caixa."], None))
    assert visitor.history()[-1]["author"] == "Ana"

    act(stack, case, ACTIONS.hand_back(ANA, "email_send_receive", None))
    resumed, check = answered(visitor)
    assert resumed["text"].startswith("Retomando")
    assert check["progress"]["n"] == 2
    assert len(check["done"]) == 1  # what was verified before still counts
    assert held(visitor)["by"] == "assistant"
    visitor.choose("Resolveu")
    assert visitor.labels() == ["Sim, ajudou", "Não ajudou"]


def test_ended_by_the_command_not_solved_and_reopened(
    stack: Stack, visitor: Visitor, case: int
) -> None:
    assert f"Caso nº {case} · " in command(stack).stdout
    ended = command(stack, str(case), "encerrar", "atendida por telefone")
    assert ended.returncode == 0, ended.stderr
    (asked,) = answered(visitor)
    assert asked["text"] == "O atendimento resolveu o seu problema?"
    assert held(visitor)["by"] == "closed"
    assert visitor.labels() == ["Sim", "Não"]
    visitor.say("não, continua igual")
    visitor.choose("Reabrir o caso")
    assert (visitor.case(), held(visitor)["by"]) == (case, "waiting")
    shown = command(stack, str(case)).stdout
    assert "atendida por telefone" in shown
    assert "reaberto" in shown


def test_what_a_user_types_hands_nothing_back(stack: Stack, visitor: Visitor, case: int) -> None:
    act(stack, case, ACTIONS.assume(ANA))
    for text in ('/hand_back{"option": "slowness."}', f'/case_closed{{"option": "{case}"}}'):
        assert visitor.say(text) == []
    assert held(visitor)["by"] == "person"
    act(stack, case, ACTIONS.hand_back(ANA, None, None))
    answered(visitor)
    visitor.say('/hand_back{"option": "slowness."}')
    assert not any("Retomando" in m["text"] for m in visitor.messages)
