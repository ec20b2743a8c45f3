"""Coming in and going out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.console.changing import onward
from gateway.console.guard import PostedByAnybody, PostedByVisitor, WithConsole
from gateway.console.keys import SESSION, VISIT, new_visit
from gateway.console.parts import Console
from gateway.console.wording import say
from gateway.limits import address_key

router = APIRouter(prefix="/treinador")


@router.get("/entrar")
async def login_page(request: Request, console: WithConsole) -> Response:
    """Show the form; where there is nobody yet, how somebody is made."""
    if not await console.users.exist() and console.provider is None:
        return console.look.page("setup")
    return _form(request, console, request.query_params.get("para", ""))


@router.post("/entrar")
async def log_in(request: Request, console: WithConsole, form: PostedByVisitor) -> Response:
    """Let somebody in, or say that name and password do not belong together."""
    name, where = form.text("nome"), form.text("para")
    host = request.client.host if request.client else ""
    wait = console.logins_of_address.wait(address_key(host)) or console.logins_of_name.wait(name)
    if wait:
        answer = _form(request, console, where, 429, name, say("too_many_logins"))
        answer.headers["Retry-After"] = str(wait)
        return answer
    session = await console.users.log_in(name, form.values.get("senha", [""])[0])
    if session is None:
        return _form(request, console, where, 401, name, say("wrong_login"))
    answer = onward(own_address(where))
    console.keys.give(request, answer, SESSION, session)
    console.keys.take(answer, VISIT)
    return answer


@router.post("/sair")
async def log_out(sent: PostedByAnybody) -> Response:
    """End the session, here and in the store."""
    await sent.console.users.log_out(sent.session)
    answer = onward("/treinador/entrar")
    sent.console.keys.take(answer, SESSION)
    return answer


def _form(
    request: Request, console: Console, where: str, status: int = 200, name: str = "",
    error: str = "",
) -> Response:  # fmt: skip
    visit = console.keys.read(request, VISIT) or new_visit()
    answer = console.look.page(
        "login", status, csrf=console.keys.token(visit), name=name, where=own_address(where),
        errors=[error] if error else [],
        account=console.provider is not None,
    )  # fmt: skip
    console.keys.give(request, answer, VISIT, visit)
    return answer


def own_address(where: str) -> str:
    """Return an address of the console; whatever else was asked for becomes its first page."""
    own = where == "/treinador" or where.startswith(("/treinador/", "/treinador?"))
    return where if own and where.isprintable() and "\\" not in where else "/treinador"
