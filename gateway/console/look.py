"""Pages out of templates, everything in them escaped, under a policy without inline anything."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from gateway.console.steps import lasting
from gateway.console.stubs import hint, is_stub, without
from gateway.console.wording import say
from trainer.check.result import Result
from trainer.wording import MARK, intent_names

_ASKED = re.compile(rf"{MARK}: ([^\"\]]+)")
TEMPLATES = Path(__file__).with_name("templates")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# With "no-referrer" browsers would send our own forms with the origin "null".
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
SECTIONS = (
    ("", "Visão geral"),
    ("situacoes", "Situações"),
    ("artigos", "Artigos"),
    ("revisao", "Revisão"),
    ("conferencia", "Conferência"),
    ("medicao", "Medição"),
    ("versoes", "Versões"),
    ("uso", "Uso"),
    ("historico", "Histórico"),
)


class Look:
    """Draws pages; times are shown as in `zone`."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._templates.filters |= {
            "when": self.when, "day": self.day, "number": number, "percent": percent,
            "what": what, "intent": intent, "finding": finding,
            "lasting": lasting, "without": without, "hint": hint, "is_stub": is_stub,
        }  # fmt: skip
        self._templates.globals |= {"say": say, "sections": SECTIONS}

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page; `seen` and `at` (the section) are what the frame around it needs."""
        known = {"seen": None, "at": None, "errors": [], "conflict": None, "notice": "",
                 "moved": [], "place": "", "skipped": [], **values}  # fmt: skip
        text = self._templates.get_template(f"{template}.html.j2").render(known)
        return HTMLResponse(text, status, HEADERS)

    def when(self, moment: datetime | str) -> str:
        """Return a time as 29/11/2026 14:05."""
        return f"{self._local(moment):%d/%m/%Y %H:%M}"

    def day(self, moment: datetime | str) -> str:
        """Return a time's day as 29/11/2026."""
        return f"{self._local(moment):%d/%m/%Y}"

    def _local(self, moment: datetime | str) -> datetime:
        found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return found.astimezone(self.zone)


def number(value: float) -> str:
    """Return a whole number with a point at the thousands."""
    return f"{value:,.0f}".replace(",", ".")


def percent(share: float, decimals: int = 0) -> str:
    """Return a share as a percentage."""
    return f"{100 * share:.{decimals}f}".replace(".", ",") + "\u202f%"


def intent(id: str) -> str:
    """Return what an intent that is no situation is called."""
    return intent_names().get(id, id)


def finding(found: Result) -> str:
    """Return what the doctor found, without marks of YAML where something is to be filled in."""
    asked = _ASKED.search(found.text) if found.rule == "unfilled" else None
    return say("unfilled", what=asked[1]) if asked else found.text


def what(kind: str) -> str:
    """Return what kind of change an entry of the audit log is, in words."""
    done, undone = kind.removeprefix("undo."), kind.startswith("undo.")
    try:
        found = say(f"what_{done}")
    except KeyError:  # of a newer or older version
        found = done
    return say("what_undo", what=found) if undone else found
