"""Coming in with an account of the company's (OpenID Connect), where that is set up."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from gateway.console.changing import onward
from gateway.console.guard import WithConsole
from gateway.console.keys import FLOW, SESSION
from gateway.console.oidc import Begun, NotAllowed, NotProven, Provider, ProviderAway, begin
from gateway.console.pages.login import own_address
from gateway.console.parts import Console
from gateway.console.wording import say
from gateway.errors import ApiError
from gateway.limits import address_key

router = APIRouter(prefix="/treinador/conta")


@router.get("")
async def go(request: Request, console: WithConsole) -> Response:
    """Send the browser to the provider."""
    begun = begin(own_address(request.query_params.get("para", "")))
    try:
        where = await _provider(console).address(begun, _back(request))
    except ProviderAway as error:
        raise ApiError(503, say("provider_away")) from error
    answer = RedirectResponse(where, 303)
    console.keys.give(request, answer, FLOW, begun.to_text())
    return answer


@router.get("/volta")
async def come_back(request: Request, console: WithConsole) -> Response:
    """Let somebody in for whom the provider vouches; each login works once."""
    provider = _provider(console)
    if console.logins_of_address.wait(address_key(request.client.host if request.client else "")):
        raise ApiError(429, say("too_many_logins"))
    begun = Begun.from_text(console.keys.read(request, FLOW))
    query = request.query_params
    if begun is None or query.get("state") != begun.state or not query.get("code"):
        raise ApiError(401, say("not_proven"))
    try:
        name, role = await provider.who(begun, query["code"], _back(request))
    except ProviderAway as error:
        raise ApiError(503, say("provider_away")) from error
    except NotProven as error:
        raise ApiError(401, say("not_proven")) from error
    except NotAllowed as error:
        raise ApiError(403, say("not_allowed")) from error
    session = await console.users.vouched(name, role)
    answer = onward(begun.where)
    console.keys.give(request, answer, SESSION, session)
    console.keys.take(answer, FLOW)
    return answer


def _provider(console: Console) -> Provider:
    if console.provider is None:
        raise ApiError(404, say("not_there"))
    return console.provider


def _back(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}/treinador/conta/volta"
