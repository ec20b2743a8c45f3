"""The list of the gateway's routes (tests/gateway/routes.txt), and what others answer on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "gateway" / "routes.txt"
# Rasa's own HTTP API, as rasa.server of 3.6.21 has it; all of it stays off.
RASA = (
    ("GET", "/version"),
    ("GET", "/status"),
    ("GET", "/conversations/x/tracker"),
    ("POST", "/conversations/x/tracker/events"),
    ("PUT", "/conversations/x/tracker/events"),
    ("GET", "/conversations/x/story"),
    ("POST", "/conversations/x/execute"),
    ("POST", "/conversations/x/trigger_intent"),
    ("POST", "/conversations/x/predict"),
    ("POST", "/conversations/x/messages"),
    ("POST", "/model/train"),
    ("POST", "/model/test/stories"),
    ("POST", "/model/test/intents"),
    ("POST", "/model/predict"),
    ("POST", "/model/parse"),
    ("PUT", "/model"),
    ("DELETE", "/model"),
    ("GET", "/domain"),
    ("POST", "/webhooks/rest/webhook"),
    ("GET", "/socket.io/"),
)
# What Rasa and the action server do answer on, to gateways and to each other.
PRIVATE = (
    ("GET", "/webhooks/gateway/"),
    ("POST", "/webhooks/gateway/webhook"),
    ("GET", "/webhooks/gateway/conversations/x"),
    ("DELETE", "/webhooks/gateway/conversations/x"),
    ("POST", "/webhook"),
    ("GET", "/actions"),
    ("GET", "/health"),
)


CONSOLE = "/treinador"


@dataclass(frozen=True)
class Listed:
    """A line of the list."""

    method: str
    path: str
    who: str

    @property
    def example(self) -> str:
        """Return an address of it."""
        return "/widget/widget.js" if self.path == "/widget" else self.path.replace("{seq}", "1")


def is_console(path: str) -> bool:
    """Whether it is a page of the trainers' console, which is not shown to the outside."""
    return path == CONSOLE or path.startswith(f"{CONSOLE}/")


def listed() -> list[Listed]:
    """Return the list."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [Listed(*line.split()) for line in lines if line and not line.startswith("#")]


def walk(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield each method and path of an application; FastAPI keeps included routers apart."""
    for route in routes:
        if hasattr(route, "original_router"):
            start = prefix + route.include_context.prefix
            yield from walk(route.original_router.routes, start)
        else:
            methods = getattr(route, "methods", None) or {"GET"}
            yield from ((method, prefix + route.path) for method in methods - {"HEAD"})
