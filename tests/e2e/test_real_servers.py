"""A few whole conversations over HTTP, through the gateway, Rasa and the action server."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from talker import Visitor

from chaos.places.embedded import ROOT, Stack

SITUATIONS = sorted((ROOT / "knowledge/situations").glob("*.yml"))
OPENING = "os emails não estão chegando na caixa do suporte"
SOLVED, NOT_SOLVED, PERSON = "Resolveu", "Não resolveu", "Falar com uma pessoa"


def test_the_first_problem_is_walked_until_it_is_solved(visitor: Visitor) -> None:
    opened = visitor.say(OPENING)
    assert opened[-1]["progress"] == {"n": 1, "m": 4, "title": "Teste de recebimento e envio"}
    assert opened[-1]["menu"] == ["Administrador", "E-mail", "Caixas de E-mail"]
    visitor.choose("Não, o teste passou sem erro")
    assert visitor.messages[-1]["progress"]["n"] == 2
    visitor.choose(SOLVED)
    assert visitor.labels() == ["Sim, ajudou", "Não ajudou"]


@pytest.mark.parametrize("path", SITUATIONS, ids=lambda path: path.stem)
def test_every_situation_ends_with_articles_and_a_case(visitor: Visitor, path: Path) -> None:
    visitor.say(yaml.safe_load(path.read_text(encoding="utf-8"))["title"])
    assert any(m.get("progress") for m in visitor.messages)
    visitor.choose("Ver os artigos")
    assert any(m.get("articles") for m in visitor.messages)
    links = [a for m in visitor.messages for a in m.get("articles", [])]
    assert all(a["url"].startswith("https://") for a in links)
    for _ in range(12):
        if PERSON in visitor.labels() and not any(m.get("progress") for m in visitor.messages):
            break
        visitor.choose("Pular esta verificação")
    visitor.choose(PERSON)
    assert visitor.case() > 0


def test_one_turn_is_answered_by_typed_number_and_by_typed_words(visitor: Visitor) -> None:
    visitor.say(OPENING)
    visitor.say("2")
    assert visitor.messages[-1]["progress"]["n"] == 2
    visitor.say("continua do mesmo jeito, não resolveu")
    assert visitor.messages[-1]["progress"]["n"] == 3


PAYLOADS = ["/restart", "／choose{}", "\u200b/greet", ' /choose{"option":"1.resolved"}', "／affirm"]


@pytest.mark.parametrize("text", PAYLOADS)
def test_a_typed_payload_starts_nothing(visitor: Visitor, text: str) -> None:
    visitor.say(text)
    assert not any(m.get("progress") for m in visitor.messages)
    visitor.say(OPENING)
    assert visitor.messages[-1]["progress"]["n"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{broken", {400, 422}),
        (b"[]", {422}),
        (json.dumps({"id": "x" * 8300, "text": "oi"}).encode(), {413}),
        (json.dumps({"id": str(uuid.UUID(int=1)), "text": "a" * 2001}).encode(), {422}),
        (b'{"id": "0b5ad1a2-7f0c-4c11-8f0e-3c8a0f6a1d11", "text": "a\\ud800b"}', {202, 422}),
        (b'{"id": "0b5ad1a2-7f0c-4c11-8f0e-3c8a0f6a1d12", "text": "a\\u0000b"}', {202, 422}),
    ],
    ids=["broken", "list", "9 KB", "2001 characters", "lone surrogate", "NUL"],
)
def test_bad_input_is_refused_and_the_next_message_works(
    visitor: Visitor, body: bytes, status: set[int]
) -> None:
    assert visitor.post(body).status_code in status
    visitor.say(OPENING)
    assert visitor.messages[-1]["progress"]["n"] == 1


def test_two_messages_at_once_are_both_answered(visitor: Visitor) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(visitor.say, ["oi", OPENING]))
    assert all(both)
    seqs = [[message["seq"] for message in answers] for answers in both]
    first, second = sorted(seqs)
    assert first[-1] < second[0]  # one whole answer after the other


def test_servers_listen_on_loopback_only(stack: Stack) -> None:
    assert stack.listening_elsewhere() == []
