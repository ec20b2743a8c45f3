"""A Rasa on loopback that walks a small guide, for the browser tests."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from small_guide import ARTICLES, ASK_ADMIN, BUTTONS, CHECKS, SITUATION

CHANNEL = "/webhooks/gateway/"
LONGEST_SECONDS = 60
Messages = list[dict[str, Any]]


def button(option: str, title: str, more: bool = False) -> dict[str, Any]:
    """Return a choice as Rasa offers it."""
    return {"title": title, "payload": f'/choose{{"option": "{option}"}}', "more": more}


@dataclass
class Guide:
    """One conversation's place in the guide."""

    at: int = -1
    outcomes: list[dict[str, str]] = field(default_factory=list)
    case: int = 12

    @property
    def open(self) -> dict[str, str] | None:
        """Where it stands, as the channel says it; ids of the real knowledge."""
        return SITUATION if 0 <= self.at < len(CHECKS) else None

    def answer(self, said: str) -> Messages:
        """Return the messages for what was said: a payload, a number or free text."""
        if said.startswith("/choose"):
            return self._choose(json.loads(said[len("/choose") :])["option"])
        if said == "começar de novo":
            self.at, self.outcomes = -1, []
            return [{"text": "Certo, recomeçamos. **O que está acontecendo?**"}]
        if said == "falar com uma pessoa":
            return self._person()
        if "mail" in said.lower():
            self.at, self.outcomes = 0, []
            opening = "Vamos ver por que os e-mails não chegam. São 3 verificações."
            return [{"text": opening}, self._check()]
        if self.at >= 0 and "onde" in said:
            return [self._check(show=True)]
        if self.at >= 0 and said == "2":
            return self._choose("not_resolved")
        return [{"text": f"Você escreveu: {said}"}]

    def _choose(self, option: str) -> Messages:
        steps: dict[str, Callable[[], Messages]] = {
            "resolved": self._solved,
            "not_resolved": self._next,
            "ask_admin": self._ask_admin,
            "person": self._person,
        }
        return steps.get(option, lambda: [self._check()])()

    def _check(self, **more: Any) -> dict[str, Any]:
        check = CHECKS[self.at]
        progress = {"n": self.at + 1, "m": len(CHECKS), "title": check["title"]}
        custom: dict[str, Any] = {"progress": progress, "menu": check["menu"], **more}
        if self.outcomes:
            custom["done"] = self.outcomes
        buttons = [button(option, *rest) for option, *rest in BUTTONS]
        return {"text": check["text"], "buttons": buttons, "custom": custom}

    def _next(self) -> Messages:
        outcome = {"title": CHECKS[self.at]["title"], "outcome": "não resolveu"}
        self.outcomes = [*self.outcomes, outcome]
        self.at += 1
        if self.at < len(CHECKS):
            return [self._check()]
        buttons = [button("resolved", "Resolveu"), button("person", "Falar com uma pessoa")]
        text = "Foram todas as verificações. Estes artigos tratam do assunto:"
        custom = {"articles": ARTICLES, "done": self.outcomes}
        return [{"text": text, "buttons": buttons, "custom": custom}]

    def _solved(self) -> Messages:
        self.at = -1
        buttons = [button("useful", "Sim, ajudou"), button("not_useful", "Não ajudou")]
        return [{"text": "Que bom que resolveu! Este atendimento foi útil?", "buttons": buttons}]

    def _ask_admin(self) -> Messages:
        text = "Sem problema. Envie esta mensagem a quem administra o Omni na sua empresa:"
        buttons = [button("not_resolved", "Continuar"), button("person", "Falar com uma pessoa")]
        return [{"text": text, "buttons": buttons, "custom": {"copy": ASK_ADMIN}}]

    def _person(self) -> Messages:
        self.at = -1
        text = "Registrei tudo o que você já verificou. Uma pessoa do suporte continua daqui."
        return [{"text": text, "custom": {"case": self.case, "done": self.outcomes}}]


class GuideRasa:
    """The server; a test may hold its answers, replace them, and sees what it was sent."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.script: Callable[[str], Messages] | None = None
        self.delay = 0.0
        self.case = 12
        self._gate = threading.Event()
        self._gate.set()
        self._lock = threading.Lock()
        self._guides: dict[str, Guide] = defaultdict(Guide)
        # By message_id: a turn that is asked for again is not run again.
        self._answers: dict[str, dict[str, Any]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def texts(self) -> list[str]:
        """What was said, in order, each turn once."""
        return [call["message"] for call in self.asked]

    def reset(self) -> None:
        """Forget what a test asked for."""
        self.script, self.delay, self.asked, self.case = None, 0.0, [], 12
        self._gate.set()

    def hold(self) -> None:
        """Answer nothing until `release`."""
        self._gate.clear()

    def release(self) -> None:
        """Answer what was held, and what comes."""
        self._gate.set()

    def forget_answers(self) -> None:
        """Run a turn again when it is asked for again."""
        self._answers.clear()

    def close(self) -> None:
        """Stop listening."""
        self._gate.set()
        self._server.shutdown()
        self._server.server_close()

    def turn(self, call: dict[str, Any]) -> dict[str, Any]:
        """Return the channel's answer to one message."""
        with self._lock:
            known = self._answers.get(call["message_id"])
            if known:
                return known | {"repeated": True}
            guide = self._guides[call["sender"]]
            guide.case = self.case
            said = call["message"]
            messages = self.script(said) if self.script else guide.answer(said)
            answer = {"messages": messages, "guide": guide.open, "stored": True, "repeated": False}
            self._answers[call["message_id"]] = answer
            self.asked.append(call)
        time.sleep(self.delay)
        self._gate.wait(LONGEST_SECONDS)
        return answer

    def tracker(self, conversation: str) -> dict[str, Any] | None:
        """Return what is stored of a conversation."""
        calls = [call for call in self.asked if call["sender"] == conversation]
        events = [{"event": "user", "text": call["message"]} for call in calls]
        return {"events": events} if conversation in self._guides else None

    def erase(self, conversation: str) -> None:
        """Forget a conversation."""
        self._guides.pop(conversation, None)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        rasa = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if "/conversations/" not in self.path:
                    return self._send(200, {"status": "ok", "model": "modelo de mentira"})
                found = rasa.tracker(self.path.rpartition("/")[2])
                return self._send(200 if found else 404, found or {})

            def do_DELETE(self) -> None:
                rasa.erase(self.path.rpartition("/")[2])
                self._send(204, None)

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                self._send(200, rasa.turn(json.loads(self.rfile.read(length))))

            def _send(self, status: int, answer: Any) -> None:
                body = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
