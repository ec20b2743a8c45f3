"""What the tests of the Slack app share: a guided Rasa, and what it hands over."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from fake_rasa import answered
from guide_rasa import Guide

from assistant.cases import CaseStore

SHEET = [
    "Situação: O e-mail não envia ou não recebe (91 %)",
    "Palavras da pessoa: «os e-mails não chegam <@UANA> & cia»",
    "Verificações: Teste da caixa: não resolveu",
    "Motivo: a pessoa pediu",
]
FACTS = {"situation": "email_send_receive", "user_words": "os e-mails não chegam"}
Json = dict[str, Any]


def guided(cases_url: str = "") -> Callable[[Json], Json]:
    """Return an `answer` for FakeRasa: the small guide, a case in the store where it hands over."""
    guides: dict[str, Guide] = defaultdict(Guide)

    def answer(call: Json) -> Json:
        said = call["message"]
        if said.startswith("/hand_back"):
            option = json.loads(said.removeprefix("/hand_back"))["option"]
            return answered([{"text": f"Continuamos na verificação {option}."}])
        if said.startswith("/case_closed"):
            buttons = [{"title": "Sim, resolveu", "payload": '/choose{"option": "resolved"}'}]
            return answered([{"text": "Seu problema foi resolvido?", "buttons": buttons}])
        guide = guides[call["sender"]]
        messages = guide.answer(said)
        for message in messages:
            if message.get("custom", {}).get("case"):
                message["custom"]["case"] = open_case(cases_url, call)
        return answered(messages, guide=guide.open)

    return answer


def open_case(cases_url: str, call: Json) -> int:
    """Store a case as the action server does."""
    key = f"{call['sender']}:{call['message_id']}"
    return CaseStore(cases_url).open(key, call["sender"], SHEET, FACTS)
