"""A typed number or label answers the question that its writer had seen."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fake_rasa import HELLO, FakeRasa
from visitor import Visitor

SIDES = [
    {"text": "Qual?", "buttons": [{"title": t, "payload": f"/choose{t}"} for t in ("Sim", "Não")]}
]
OTHER = [
    {"text": "E?", "buttons": [{"title": t, "payload": f"/other{t}"} for t in ("Não", "Talvez")]}
]


class TestSeen:
    """A number or a label answers the question that its writer had seen."""

    @pytest.fixture
    async def asked_twice(self, ana: Visitor, rasa: FakeRasa) -> None:
        rasa.answer = SIDES
        await ana.say("primeira")  # the question is number 2
        rasa.answer = OTHER
        await ana.say("segunda")  # and this one 4
        rasa.answer = HELLO

    @pytest.mark.parametrize(
        ("typed", "seen", "sent"),
        [
            ("2", 2, "/chooseNão"),
            ("2.", 2, "/chooseNão"),
            ("1", 3, "/chooseSim"),
            ("nao", 2, "/chooseNão"),
            ("NÃO!", 3, "/chooseNão"),
            ("3", 2, "3"),
            ("0", 2, "0"),
            ("talvez", 2, "talvez"),
            ("não sei", 2, "não sei"),
            ("2", 4, "2"),
            ("2", 99, "2"),
            ("2", 1, "2"),
            ("2", None, "2"),
        ],
    )
    async def test_typed(
        self,
        asked_twice: None,
        ana: Visitor,
        rasa: FakeRasa,
        typed: str,
        seen: int | None,
        sent: str,
    ) -> None:
        await ana.say(typed, seen=seen)
        assert rasa.texts[-1] == sent
        mine = [message for message in await ana.history() if message["from"] == "user"][-1]
        assert mine["text"] == typed
        assert ("choice" in mine) == (sent != typed)

    @pytest.mark.parametrize("seen", [-1, 1.5, "2", 2**53, True])
    async def test_a_number_that_is_none(self, ana: Visitor, seen: Any) -> None:
        response = await ana.post({"id": str(uuid4()), "text": "2", "seen": seen})
        assert response.status_code == 422
