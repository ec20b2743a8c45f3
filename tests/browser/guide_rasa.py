"""A Rasa on loopback that walks a small guide, for the browser tests."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHECKS: list[dict[str, Any]] = [
    {
        "title": "Teste de recebimento e envio",
        "menu": ["Administrador", "E-mail", "Caixas de E-mail"],
        "text": "Abra a caixa que não recebe e clique em **Testar**. O resultado aparece na "
        "própria tela, em vermelho se houver erro.\n\nO que o teste mostrou?",
    },
    {
        "title": "Serviços de leitura e envio",
        "menu": ["Administrador", "Agendador de Tarefas", "Painel de Controle"],
        "text": "Confira os dois serviços de e-mail:\n- a coluna **Status** deve estar "
        "“Em execução”\n- a **Última execução** deve ser de poucos minutos atrás\n\n"
        "Depois disso, os e-mails voltaram a chegar?",
    },
    {
        "title": "Regras da caixa",
        "menu": ["Administrador", "E-mail", "Regras"],
        "text": "Veja se alguma regra ativa move ou apaga as mensagens desta caixa. "
        "Desative a regra por um momento e peça um e-mail de teste.\n\nResolveu?",
    },
]
ARTICLES = [
    {
        "title": "E-mail - Demora ou Não Recebimento/Envio de E-mails",
        "url": "https://wiki.example/dosearchsite.action?queryString=E-mail+-+Demora",
        "link": "search",
    },
    {
        "title": "Configuração de Caixas de E-mail",
        "url": "https://wiki.example/pages/viewpage.action?pageId=1",
        "link": "article",
    },
    {
        "title": "Omni CRM - Basic Troubleshooting",
        "url": "https://wiki.example/pages/viewpage.action?pageId=156932980",
        "link": "source",
    },
]
ASK_ADMIN = (
    "Olá! Os e-mails não estão chegando na caixa do suporte. Você pode abrir Administrador > "
    "E-mail > Caixas de E-mail, clicar em “Testar” e me dizer o que aparece? Obrigado."
)


def _button(option: str, title: str, more: bool = False) -> dict[str, Any]:
    payload = f'/choose{{"option": "{option}"}}'
    return {"title": title, "payload": payload, "more": more}


@dataclass
class Guide:
    """One sender's place in the guide."""

    at: int = -1
    outcomes: list[dict[str, str]] = field(default_factory=list)

    def answer(self, said: str) -> list[dict[str, Any]]:
        """Return the messages for what was said: a payload, a number or free text."""
        if said.startswith("/choose"):
            return self._choose(json.loads(said[len("/choose") :])["option"])
        if said == "começar de novo":
            self.at, self.outcomes = -1, []
            return [{"text": "Certo, recomeçamos. **O que está acontecendo?**"}]
        if "mail" in said.lower():
            self.at, self.outcomes = 0, []
            opening = "Vamos ver por que os e-mails não chegam. São 3 verificações."
            return [{"text": opening}, self._check()]
        if self.at >= 0 and said == "2":
            return self._choose("not_resolved")
        return [{"text": f"Você escreveu: {said}"}]

    def _choose(self, option: str) -> list[dict[str, Any]]:
        steps = {
            "resolved": self._solved,
            "not_resolved": self._next,
            "ask_admin": self._ask_admin,
            "person": self._person,
        }
        return steps.get(option, self._again)()

    def _check(self) -> dict[str, Any]:
        check = CHECKS[self.at]
        progress = {"n": self.at + 1, "m": len(CHECKS), "title": check["title"]}
        custom: dict[str, Any] = {"progress": progress, "menu": check["menu"]}
        if self.outcomes:
            custom["done"] = self.outcomes
        buttons = [
            _button("resolved", "Resolveu"),
            _button("not_resolved", "Não resolveu"),
            _button("ask_admin", "Não tenho permissão"),
            _button("tried", "Já tentei isso", more=True),
            _button("not_found", "Não encontrei esse menu", more=True),
            _button("explain", "Explique melhor", more=True),
            _button("person", "Falar com uma pessoa", more=True),
        ]
        return {"text": check["text"], "buttons": buttons, "custom": custom}

    def _next(self) -> list[dict[str, Any]]:
        outcome = {"title": CHECKS[self.at]["title"], "outcome": "não resolveu"}
        self.outcomes = [*self.outcomes, outcome]
        self.at += 1
        if self.at < len(CHECKS):
            return [self._check()]
        buttons = [_button("resolved", "Resolveu"), _button("person", "Falar com uma pessoa")]
        text = "Foram todas as verificações. Estes artigos tratam do assunto:"
        custom = {"articles": ARTICLES, "done": self.outcomes}
        return [{"text": text, "buttons": buttons, "custom": custom}]

    def _solved(self) -> list[dict[str, Any]]:
        buttons = [_button("useful", "Sim, ajudou"), _button("not_useful", "Não ajudou")]
        return [{"text": "Que bom que resolveu! Este atendimento foi útil?", "buttons": buttons}]

    def _ask_admin(self) -> list[dict[str, Any]]:
        text = "Sem problema. Envie esta mensagem a quem administra o Omni na sua empresa:"
        buttons = [_button("not_resolved", "Continuar"), _button("person", "Falar com uma pessoa")]
        return [{"text": text, "buttons": buttons, "custom": {"copy": ASK_ADMIN}}]

    def _person(self) -> list[dict[str, Any]]:
        text = "Registrei tudo o que você já verificou. Uma pessoa do suporte continua daqui."
        return [{"text": text, "custom": {"case": 12, "done": self.outcomes}}]

    def _again(self) -> list[dict[str, Any]]:
        return [self._check()]


class GuideRasa:
    """The server; a test may make it silent or slow, and sees what it was sent."""

    def __init__(self) -> None:
        self.silent = False
        self.delay = 0.0
        self.asked: list[str] = []
        self._guides: dict[str, Guide] = defaultdict(Guide)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def reset(self) -> None:
        """Forget what a test asked for."""
        self.silent, self.delay, self.asked = False, 0.0, []

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def turn(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the answer to one message."""
        self.asked.append(call["message"])
        time.sleep(self.delay)
        return [] if self.silent else self._guides[call["sender"]].answer(call["message"])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        rasa = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send({"status": "ok"})

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                self._send(rasa.turn(json.loads(self.rfile.read(length))))

            def _send(self, answer: Any) -> None:
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
