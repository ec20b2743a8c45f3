"""Who may do what: everything is closed but for who has a session, and changes for trainers alone.

A route takes `Reader` or `Posted`; tests/gateway/console looks at every route for one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from starlette.responses import HTMLResponse

from gateway.console.forms import Form, clean, read_form
from gateway.console.keys import SESSION, VISIT
from gateway.console.parts import Console
from gateway.console.settings import is_project
from gateway.console.users import Trainer
from gateway.console.wording import say
from gateway.errors import ApiError

# What a form may have done, in the address of the page that comes after it.
NOTICES = frozenset(["saved", "unchanged", "created", "created_situation", "removed",
                     "added", "taken", "undone", "decided", "accepted", "moved",
                     "shared", "pasted"])  # fmt: skip


# The sections of pages that say themselves what their forms did.
PLACES = frozenset(["verificacoes", "artigos", "exemplos", "medicao"])


@dataclass(frozen=True)
class Seen:
    """A request of somebody who is logged in, and the console that it came to."""

    console: Console
    request: Request
    trainer: Trainer
    session: str

    @property
    def token(self) -> str:
        """The token that this person's forms carry."""
        return self.console.keys.token(owner_of(self.trainer))

    def asked(self, name: str) -> str:
        """Return a value of the address, "" where it is missing."""
        return clean(self.request.query_params.get(name, "")).strip()

    def _count(self, name: str) -> int:
        text = self.asked(name)
        return int(text) if text.isdecimal() and len(text) < 6 else 0

    def page(self, template: str, at: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page in the frame of its section, with what the last form did."""
        code = self.asked("feito")
        counts = {name: self._count(name) for name in ("exemplos", "medicao", "fora")}
        notice = say(f"notice_{code}", **counts) if code in NOTICES else ""
        undo = self.asked("mudanca") if code and self.trainer.may_change else ""
        place = self.asked("em") if notice and self.asked("em") in PLACES else ""
        known = {"seen": self, "at": at, "notice": notice, "undo": undo, "place": place, **values}
        return self.console.look.page(template, status, **known)


@dataclass(frozen=True)
class Sent(Seen):
    """A form that a trainer sent from a page of ours."""

    form: Form


def owner_of(trainer: Trainer) -> str:
    """Return whose forms these are: a person's, so that they outlast the session."""
    return f"trainer:{trainer.name}"


async def console_of(request: Request) -> Console:
    """Return the console of the application; raise ApiError where there is nothing to change."""
    found: Console = request.app.state.services.console
    if not is_project(found.settings.console.root):
        raise ApiError(404, say("no_project"))
    return found


WithConsole = Annotated[Console, Depends(console_of)]


async def _seen(request: Request, console: Console) -> Seen | None:
    session = console.keys.read(request, SESSION)
    trainer = await console.users.find(session) if session else None
    return Seen(console, request, trainer, session) if trainer else None


async def _reader(request: Request, console: WithConsole) -> Seen:
    if seen := await _seen(request, console):
        return seen
    query = f"?{request.url.query}" if request.url.query else ""
    where = quote(f"{request.url.path}{query}", safe="")
    raise HTTPException(303, headers={"Location": f"/treinador/entrar?para={where}"})


async def _of_anybody(request: Request, console: WithConsole) -> Sent:
    """Return the form of somebody who is logged in, whatever their role; raise ApiError."""
    same_origin(request)
    seen = await _seen(request, console)
    if seen is None:
        raise ApiError(401, say("logged_out"))
    form = await read_form(request)
    if not console.keys.is_token(owner_of(seen.trainer), form.text("csrf")):
        raise ApiError(403, say("bad_token"))
    return Sent(console, request, seen.trainer, seen.session, form)


async def _of_trainer(sent: Annotated[Sent, Depends(_of_anybody)]) -> Sent:
    if not sent.trainer.may_change:
        raise ApiError(403, say("only_trainers"))
    return sent


async def _of_visit(request: Request, console: WithConsole) -> Form:
    same_origin(request)
    form = await read_form(request)
    if not console.keys.is_token(console.keys.read(request, VISIT), form.text("csrf")):
        raise ApiError(403, say("bad_token"))
    return form


def same_origin(request: Request) -> None:
    """Raise ApiError for what no page of ours sent: browsers name the origin of each POST."""
    ours = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if request.headers.getlist("origin") != [ours]:
        raise ApiError(403, say("foreign"))


# Somebody who may look; a form of somebody who may change; one of anybody; one before the login.
Reader = Annotated[Seen, Depends(_reader)]
Posted = Annotated[Sent, Depends(_of_trainer)]
PostedByAnybody = Annotated[Sent, Depends(_of_anybody)]
PostedByVisitor = Annotated[Form, Depends(_of_visit)]
