"""A Slack on loopback: Web API, Socket Mode, signed HTTP events. It refuses what Slack would."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
from aiohttp import WSMsgType, web

from gateway.channels.slack.limits import message_faults, view_faults

TEAM, BOT, BOT_ID = "T1", "UBOT", "BBOT"
BOT_TOKEN, APP_TOKEN = "xoxb-de-mentira", "xapp-de-mentira"
SIGNING_SECRET = "segredo de mentira"
DESK, GENERAL, CLOSED = "CCASOS", "CGERAL", "CFECHADO"
# Slack allows three seconds for both; a busy machine may need more.
ACK_SECONDS = 20.0
TRIGGER_SECONDS = 20.0

Json = dict[str, Any]
# Of a call: "down" (503), "limited" (429), "before" (cut, not done), "lost" (done, then cut).
Trouble = Callable[[str, Json], str | None]


class FakeSlack:
    """`faults` must be empty at the end: all that was sent and Slack would not take."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Json]] = defaultdict(list)
        self.private: list[Json] = []
        self.windows: list[Json] = []
        self.homes: dict[str, list[Json]] = defaultdict(list)
        self.calls: list[tuple[str, Json]] = []
        self.acks: list[Json] = []
        self.faults: list[str] = []
        self.joined = {DESK, GENERAL}
        self.members = {DESK: ["UANA", "UBIA", BOT], GENERAL: ["UANA", BOT]}
        self.names = {"UANA": "Ana Lima", "UBIA": "Bia Souza", "UCAIO": "Caio Reis"}
        self.trouble: Trouble | None = None
        self.retry_after = 1
        self.echoes = True
        # Where HTTP events go, with the secret they are signed with; empty: by socket.
        self.doors: list[httpx.AsyncClient] = []
        self.port = 0
        self._sockets: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._triggers: dict[str, float] = {}
        self._responses: dict[str, Json] = {}
        self._count = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._echoing: set[asyncio.Task[Any]] = set()

    # The server.

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connected(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    async def start(self) -> None:
        """Listen, on the same port as before."""
        app = web.Application(client_max_size=2**22)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        app.router.add_post("/response/{id}", self._respond)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        assert site._server
        self.port = site._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Go away: nothing listens any more, and connections are cut."""
        for task in list(self._echoing):
            task.cancel()
        for socket in list(self._sockets):
            await socket.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def cut_sockets(self, announced: bool = False) -> None:
        """Close the sockets, with a word of warning where it is `announced`."""
        for socket in list(self._sockets):
            if announced:
                await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            else:
                await socket.close()

    # What tests ask.

    def named(self, method: str) -> list[Json]:
        """Return the arguments of the calls of a method, in order."""
        return [arguments for name, arguments in self.calls if name == method]

    def texts(self, channel: str, thread: str | None = None) -> list[str]:
        """Return the bot's texts in a channel, or in a thread of it, in order."""
        found = (m for m in self.messages[channel] if m.get("bot_id"))
        return [m["text"] for m in found if thread is None or m.get("thread_ts") == thread]

    def find(self, channel: str, ts: str) -> Json:
        """Return a message as it is now."""
        return next(m for m in self.messages[channel] if m["ts"] == ts)

    # What Slack tells the app.

    def new_ts(self) -> str:
        """Return the next time stamp."""
        return f"{int(time.time())}.{next(self._count):06d}"

    def new_trigger(self) -> str:
        """Return an id that may open one window, soon."""
        trigger = f"{next(self._count)}.trigger"
        self._triggers[trigger] = time.monotonic()
        return trigger

    def new_response_url(self, target: Json) -> str:
        """Return an address by which a message (or a command's answer) is changed."""
        id = f"r{next(self._count)}"
        self._responses[id] = target
        return f"{self.url}/response/{id}"

    def event(self, event: Json, id: str | None = None) -> Json:
        """Return an event in its envelope."""
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A1",
            "event": event,
            "event_id": id or f"Ev{next(self._count)}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }

    async def tell(self, body: Json, kind: str = "events_api", **more: Any) -> Json:
        """Deliver something to the app; return its answer, once it is acknowledged."""
        if self.doors:
            return await self._tell_by_http(body, kind)
        async with asyncio.timeout(ACK_SECONDS):
            while not self._sockets:
                await asyncio.sleep(0.005)
            return await self._tell_by_socket(body, kind, **more)

    async def _tell_by_socket(self, body: Json, kind: str, **more: Any) -> Json:
        id = f"e{next(self._count)}"
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[id] = waiting
        envelope = {"envelope_id": id, "type": kind, "payload": copy.deepcopy(body), **more}
        await self._sockets[next(self._count) % len(self._sockets)].send_json(
            {**envelope, "accepts_response_payload": kind != "events_api"}
        )
        return await waiting

    async def _tell_by_http(self, body: Json, kind: str) -> Json:
        door = self.doors[next(self._count) % len(self.doors)]
        response = await door.post("/slack/events", **signed(*encoded(body, kind)))
        assert response.status_code == 200, response.status_code
        return response.json() if response.text.startswith("{") else {}

    # Socket Mode.

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=404)
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._sockets.append(socket)
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acknowledged(json.loads(message.data))
        finally:
            with suppress(ValueError):
                self._sockets.remove(socket)
        return socket

    def _acknowledged(self, ack: Json) -> None:
        self.acks.append(ack)
        waiting = self._waiting.pop(ack["envelope_id"], None)
        if waiting and not waiting.done():
            waiting.set_result(ack.get("payload", {}))

    # The Web API.

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        trouble = self.trouble(method, arguments) if self.trouble else None
        if trouble == "down":
            return web.Response(status=503, text="upstream connect error")
        if trouble == "limited":
            headers = {"Retry-After": str(self.retry_after)}
            return web.json_response(_no("ratelimited"), status=429, headers=headers)
        if trouble == "before":
            return _cut(request)
        answer = self._answer(request, method, arguments)
        if trouble == "lost":
            return _cut(request)
        return web.json_response(answer)

    def _answer(self, request: web.Request, method: str, arguments: Json) -> Json:
        token = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if request.headers.get("Authorization") != f"Bearer {token}":
            return _no("invalid_auth")
        self.calls.append((method, arguments))
        known = getattr(self, f"_{method.replace('.', '_').lower()}", None)
        return known(arguments) if known else _no(f"unknown_method {method}")

    def _auth_test(self, _arguments: Json) -> Json:
        url = "https://omni-teste.slack.com/"
        return {"ok": True, "user_id": BOT, "bot_id": BOT_ID, "team_id": TEAM, "url": url}

    def _apps_connections_open(self, _arguments: Json) -> Json:
        ticket = f"t{next(self._count)}"
        self._tickets.add(ticket)
        return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/link?ticket={ticket}"}

    def _users_info(self, arguments: Json) -> Json:
        name = self.names.get(arguments["user"])
        return {"ok": True, "user": {"profile": {"display_name": name}}} if name else _no("x")

    def _conversations_open(self, arguments: Json) -> Json:
        return {"ok": True, "channel": {"id": f"D{arguments['users']}"}}

    def _conversations_members(self, arguments: Json) -> Json:
        """Two at a time, so that the pages are turned."""
        start, found = int(arguments.get("cursor") or 0), self.members[arguments["channel"]]
        following = str(start + 2) if start + 2 < len(found) else ""
        page = found[start : start + 2]
        return {"ok": True, "members": page, "response_metadata": {"next_cursor": following}}

    def _chat_postmessage(self, arguments: Json) -> Json:
        channel = self._channel(arguments["channel"])
        if not channel.startswith("D") and channel not in self.joined:
            return _no("not_in_channel")
        if not self._is_fine(arguments):
            return _no("invalid_blocks")
        message = {k: v for k, v in arguments.items() if k not in ("channel", "unfurl_links")}
        message |= {"ts": self.new_ts(), "type": "message", "user": BOT, "bot_id": BOT_ID}
        self.messages[channel].append(message)
        self._echo({**message, "channel": channel})
        return {"ok": True, "channel": channel, "ts": message["ts"]}

    def _chat_update(self, arguments: Json) -> Json:
        found = [m for m in self.messages[arguments["channel"]] if m["ts"] == arguments["ts"]]
        if not found:
            return _no("message_not_found")
        if not self._is_fine(arguments):
            return _no("invalid_blocks")
        found[0] |= {"text": arguments["text"], "blocks": arguments["blocks"], "edited": True}
        changed = {"type": "message", "subtype": "message_changed", "message": found[0]}
        self._echo({**changed, "channel": arguments["channel"], "hidden": True})
        return {"ok": True, "ts": arguments["ts"]}

    def _chat_postephemeral(self, arguments: Json) -> Json:
        if arguments["channel"] not in self.joined:
            return _no("channel_not_found")
        if not self._is_fine(arguments):
            return _no("invalid_blocks")
        self.private.append({**arguments, "ts": self.new_ts()})
        return {"ok": True, "message_ts": self.private[-1]["ts"]}

    def _conversations_history(self, arguments: Json) -> Json:
        return self._read(arguments, lambda m: not m.get("thread_ts"))

    def _conversations_replies(self, arguments: Json) -> Json:
        thread = arguments["ts"]
        return self._read(arguments, lambda m: thread in (m["ts"], m.get("thread_ts")))

    def _read(self, arguments: Json, wanted: Callable[[Json], bool]) -> Json:
        oldest = float(arguments.get("oldest") or 0)
        found = [m for m in self.messages[arguments["channel"]] if wanted(m)]
        found = [copy.deepcopy(m) for m in found if float(m["ts"]) >= oldest]
        if str(arguments.get("include_all_metadata")).lower() not in ("1", "true"):
            for message in found:
                message.pop("metadata", None)
        return {"ok": True, "messages": found, "response_metadata": {"next_cursor": ""}}

    def _views_open(self, arguments: Json) -> Json:
        born = self._triggers.pop(arguments["trigger_id"], None)
        if born is None or time.monotonic() - born > TRIGGER_SECONDS:
            return _no("expired_trigger_id")
        self.faults += view_faults(arguments["view"])
        self.windows.append(arguments["view"])
        return {"ok": True, "view": {"id": f"V{len(self.windows)}"}}

    def _views_publish(self, arguments: Json) -> Json:
        self.faults += view_faults(arguments["view"])
        self.homes[arguments["user_id"]].append(arguments["view"])
        return {"ok": True}

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.calls.append(("response_url", body))
        target = self._responses[request.match_info["id"]]
        self._is_fine(body)
        if body.get("replace_original"):
            shown = target["message"]
            shown |= {"text": body["text"], "blocks": body["blocks"], "edited": True}
        else:
            self.private.append({**target["place"], **body, "ts": self.new_ts()})
        return web.Response(text="ok")

    def _is_fine(self, arguments: Json) -> bool:
        found = message_faults({"text": arguments["text"], "blocks": arguments["blocks"]})
        self.faults += found
        return not found

    def _channel(self, named: str) -> str:
        return f"D{named}" if named.startswith("U") else named

    def _echo(self, event: Json) -> None:
        """Tell the app of its own message, as Slack does."""
        if not self.echoes or (self._sockets == [] and not self.doors):
            return
        kind = "im" if event["channel"].startswith("D") else "channel"
        body = self.event({**event, "channel_type": kind})
        task = asyncio.create_task(self._quietly(body))
        self._echoing.add(task)
        task.add_done_callback(self._echoing.discard)

    async def _quietly(self, body: Json) -> None:
        with suppress(TimeoutError, httpx.HTTPError, ConnectionError):
            await self.tell(body)


def encoded(body: Json, kind: str = "events_api") -> tuple[bytes, str]:
    """Return a body as Slack sends it over HTTP, and its type."""
    if kind == "events_api":
        return json.dumps(body).encode(), "application/json"
    form = body if kind == "slash_commands" else {"payload": json.dumps(body)}
    return str(httpx.QueryParams(form)).encode(), "application/x-www-form-urlencoded"


def signed(
    content: bytes, kind: str, secret: str = SIGNING_SECRET, at: float | None = None
) -> dict[str, Any]:
    """Return the content and headers of a request as Slack makes them."""
    stamp = str(int(time.time() if at is None else at))
    base = b"v0:" + stamp.encode() + b":" + content
    signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
    return {"content": content, "headers": {**headers, "Content-Type": kind}}


async def _arguments(request: web.Request) -> Json:
    if request.query:
        return dict(request.query)
    if request.content_type == "application/json":
        found = await request.json()
        return {k: v for k, v in found.items() if v is not None}
    form = dict(await request.post())
    return {k: _value(str(v)) for k, v in form.items()}


def _value(text: str) -> Any:
    return json.loads(text) if text[:1] in "{[" and text else text


def _cut(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


def _no(error: str) -> Json:
    return {"ok": False, "error": error}
