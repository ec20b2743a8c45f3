"""A Bot Connector on loopback: keys, logins, chats, channels; slow, down or cut off on demand.

What it is sent is checked against Teams' limits: `faults` has what Teams would refuse.
"""

from __future__ import annotations

import asyncio
import itertools
import ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from gateway.channels.teams.limits import activity_faults
from tests.support.teams.signing import APP_ID, TENANT, Signer, write_certificate

SECRET = "um-segredo-de-teste"  # noqa: S105
BOT = f"28:{APP_ID}"
CHANNEL = "19:casos@thread.tacv2"
GENERAL = "19:geral@thread.tacv2"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Post:
    """Something that was posted; `versions` has each of its updates too."""

    conversation: str
    id: str
    versions: list[dict[str, Any]]

    @property
    def activity(self) -> dict[str, Any]:
        """As it stands now."""
        return self.versions[-1]


@dataclass
class BotConnector:
    """`troubles` are met one after the other by calls to chats; "down" lasts until it is taken."""

    folder: Path
    signer: Signer = field(default_factory=lambda: Signer("key-1"))
    published: list[Signer] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    calls: list[tuple[str, str, float]] = field(default_factory=list)
    troubles: deque[Any] = field(default_factory=deque)
    down: bool = False
    keys_down: bool = False
    blocked: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    keys_fetched: int = 0
    logins: int = 0

    def __post_init__(self) -> None:
        self.published = self.published or [self.signer]
        self._ids = itertools.count(1700000000001)
        self._tokens: set[str] = set()
        self._runners: list[web.AppRunner] = []
        self.url = self.login_url = ""
        self.certificate = Path()

    async def start(self) -> None:
        """Listen, without and with TLS."""
        self.certificate, key = write_certificate(self.folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.url = f"http://127.0.0.1:{await self._listen(None)}/br/"
        self.login_url = f"https://127.0.0.1:{await self._listen(context)}"

    async def stop(self) -> None:
        """Listen no more."""
        for runner in self._runners:
            await runner.cleanup()

    @property
    def openid_url(self) -> str:
        """The address of the OpenID document."""
        return self.url.replace("/br/", "/v1/.well-known/openidconfiguration")

    def environment(self) -> dict[str, str]:
        """Return the settings of a gateway that takes this for Microsoft."""
        return {
            "OMNI_TEAMS_APP_ID": APP_ID,
            "OMNI_TEAMS_TENANT": TENANT,
            "OMNI_TEAMS_APP_SECRET": SECRET,
            "OMNI_TEAMS_CASES_CHANNEL": CHANNEL,
            "OMNI_TEAMS_SERVICE_URL": self.url,
            "OMNI_TEAMS_OPENID_URL": self.openid_url,
            "OMNI_TEAMS_LOGIN_URL": self.login_url,
        }

    def chat_of(self, person: str) -> str:
        """Return the id of a person's chat with the bot."""
        return f"a:chat-{person.removeprefix('29:')}"

    def in_(self, conversation: str) -> list[Post]:
        """Return what was posted somewhere, in order."""
        return [post for post in self.posts if post.conversation == conversation]

    async def _listen(self, context: ssl.SSLContext | None) -> int:
        runner = web.AppRunner(self._app(), handle_signals=False, shutdown_timeout=0.1)
        self._runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        return int(runner.addresses[0][1])

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._note])
        in_chat = "/br/v3/conversations/{conversation}/"
        app.add_routes(
            [
                web.get("/v1/.well-known/openidconfiguration", self._openid),
                web.get("/v1/.well-known/keys", self._keys),
                web.get("/{tenant}/v2.0/.well-known/openid-configuration", self._login_document),
                web.post("/{tenant}/oauth2/v2.0/token", self._token),
                web.get("/identity", self._managed_identity),
                web.post("/br/v3/conversations", self._troubled(self._create)),
                web.post(f"{in_chat}activities", self._troubled(self._post)),
                web.put(f"{in_chat}activities/{{id}}", self._troubled(self._update)),
                web.get(f"{in_chat}members/{{person}}", self._troubled(self._member)),
            ]
        )
        return app

    @web.middleware
    async def _note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.calls.append((request.method, request.path, time.monotonic()))
        return await handler(request)

    def _troubled(self, handler: Handler) -> Handler:
        async def meet(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._tokens:
                return web.json_response({"error": {"code": "Unauthorized"}}, status=401)
            if self.down:
                return web.json_response({"error": {"code": "ServiceUnavailable"}}, status=503)
            trouble = self.troubles.popleft() if self.troubles else None
            if trouble == "cut":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            if trouble == "cut after":
                await handler(request)
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            if isinstance(trouble, float):
                await asyncio.sleep(trouble)
            elif trouble is not None:
                status, headers = trouble
                return web.json_response({"error": {}}, status=status, headers=headers)
            return await handler(request)

        return meet

    async def _openid(self, request: web.Request) -> web.Response:
        if self.keys_down:
            return web.Response(status=503)
        address = str(request.url.with_path("/v1/.well-known/keys"))
        return web.json_response({"issuer": "https://api.botframework.com", "jwks_uri": address})

    async def _keys(self, _request: web.Request) -> web.Response:
        self.keys_fetched += 1
        return web.json_response({"keys": [signer.jwk() for signer in self.published]})

    async def _login_document(self, request: web.Request) -> web.Response:
        base = f"{self.login_url}/{request.match_info['tenant']}/oauth2/v2.0"
        return web.json_response(
            {
                "issuer": f"{self.login_url}/{request.match_info['tenant']}/v2.0",
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
            }
        )

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        wanted = ("client_credentials", APP_ID, SECRET, "https://api.botframework.com/.default")
        names = ("grant_type", "client_id", "client_secret", "scope")
        if request.match_info["tenant"] != TENANT or tuple(map(form.get, names)) != wanted:
            return web.json_response({"error": "invalid_client"}, status=401)
        return web.json_response(self._issue("expires_in", 3600))

    async def _managed_identity(self, request: web.Request) -> web.Response:
        """As Azure's App Service gives tokens to what runs there."""
        known = request.headers.get("X-IDENTITY-HEADER") == SECRET
        asked = request.query.get("client_id"), request.query.get("resource")
        if not known or asked != (APP_ID, "https://api.botframework.com"):
            return web.json_response({"error": "invalid_request"}, status=400)
        return web.json_response(self._issue("expires_on", int(time.time()) + 3600))

    def _issue(self, expiry: str, value: int) -> dict[str, Any]:
        self.logins += 1
        token = f"bot-token-{self.logins}"
        self._tokens.add(token)
        return {"token_type": "Bearer", "access_token": token, expiry: value}

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked.get("bot", {}).get("id") != BOT:
            self.faults.append("a conversation without the bot")
        if asked["isGroup"]:
            root = str(next(self._ids))
            thread = f"{asked['channelData']['channel']['id']};messageid={root}"
            self._keep(thread, root, asked["activity"])
            return web.json_response({"id": thread, "activityId": root}, status=201)
        person = asked["members"][0]["id"]
        if person in self.blocked:
            return web.json_response({"error": {"code": "BotNotInConversationRoster"}}, status=403)
        if asked["tenantId"] != TENANT or asked["channelData"]["tenant"]["id"] != TENANT:
            self.faults.append("a chat of another tenant")
        return web.json_response({"id": self.chat_of(person)}, status=201)

    async def _post(self, request: web.Request) -> web.Response:
        activity, where = await request.json(), request.match_info["conversation"]
        if activity["type"] == "typing":
            self.typing.append(where)
            return web.json_response({"id": "t"}, status=201)
        id = str(next(self._ids))
        self._keep(where, id, activity)
        return web.json_response({"id": id}, status=201)

    async def _update(self, request: web.Request) -> web.Response:
        where, id = request.match_info["conversation"], request.match_info["id"]
        found = [post for post in self.posts if (post.conversation, post.id) == (where, id)]
        if not found:
            return web.json_response({"error": {"code": "NotFound"}}, status=404)
        activity = await request.json()
        if activity.pop("id", id) != id:
            self.faults.append("an update of another activity")
        self.faults += activity_faults(activity)
        found[0].versions.append(activity)
        return web.json_response({"id": id})

    async def _member(self, request: web.Request) -> web.Response:
        person = request.match_info["person"]
        if person not in self.members:
            return web.json_response({"error": {"code": "MemberNotFound"}}, status=404)
        return web.json_response({"id": person, "name": "Alguém"})

    def _keep(self, where: str, id: str, activity: dict[str, Any]) -> None:
        self.faults += activity_faults(activity)
        self.posts.append(Post(where, id, [activity]))
