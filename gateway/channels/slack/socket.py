"""Socket Mode: events come over a connection that we open, so no public address is needed.

Not slack_sdk's own client: where its first address does not work it tries the same one for ever
(3.47), and it writes what it receives into logs.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest

from gateway.channels.slack.web import Refusal, Web
from gateway.delivery.outlet import Retry

PING_SECONDS = 20.0
CONNECT_SECONDS = 15.0
STOP_SECONDS = 5.0
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
_log = logging.getLogger(__name__)


class Socket:
    """Keeps one connection open, and opens the next before Slack closes the last."""

    def __init__(self, web: Web, app: AsyncApp, app_token: str) -> None:
        self._web = web
        self._app = app
        self._token = app_token
        self._stopped = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect in the background, and again whenever the connection is lost."""
        self._keeper = self._spawn(self._keep())

    async def stop(self) -> None:
        """Close the connection once the events at hand are answered."""
        self._stopped.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _keep(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            leaving = asyncio.Event()
            session = self._spawn(self._session(leaving))
            watched = [self._spawn(leaving.wait()), self._spawn(self._stopped.wait())]
            await asyncio.wait([session, *watched], return_when=asyncio.FIRST_COMPLETED)
            for task in watched:
                task.cancel()
            lost = session.done() and not leaving.is_set()
            failures = failures + 1 if lost and not session.result() else 0
            if lost:
                await self._pause(failures)

    async def _pause(self, failures: int) -> None:
        wait = min(FIRST_WAIT * 2.0 ** max(failures - 1, 0), LONGEST_WAIT)
        wait *= random.uniform(0.8, 1.2)  # noqa: S311 (no secret)
        try:
            async with asyncio.timeout(wait):
                await self._stopped.wait()
        except TimeoutError:
            return

    async def _session(self, leaving: asyncio.Event) -> bool:
        """Hold one connection until it ends; return whether it had been of use."""
        greeted = False
        try:
            answer = await self._web.ask(
                self._web.client.apps_connections_open(app_token=self._token)
            )
            async with await self._connect(answer["url"]) as connection:
                closing = self._spawn(self._close_at_stop(connection))
                async for message in connection:
                    greeted = self._take(connection, message, leaving) or greeted
                closing.cancel()
        except Exception as error:  # whatever it is, the next connection is to be opened
            _log.warning("Slack: no connection: %s", _name(error))
        return greeted

    async def _connect(self, url: str) -> aiohttp.ClientWebSocketResponse:
        session = self._web.client.session
        assert session  # the web is started first
        async with asyncio.timeout(CONNECT_SECONDS):
            return await session.ws_connect(url, heartbeat=PING_SECONDS, max_msg_size=0)

    async def _close_at_stop(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        await self._stopped.wait()
        others = [task for task in self._tasks if task.get_name() == "envelope"]
        if others:
            await asyncio.wait(others, timeout=STOP_SECONDS)
        await connection.close()

    def _take(
        self,
        connection: aiohttp.ClientWebSocketResponse,
        message: aiohttp.WSMessage,
        leaving: asyncio.Event,
    ) -> bool:
        """Begin with what came; return whether it was Slack's greeting."""
        if message.type != aiohttp.WSMsgType.TEXT:
            return False
        envelope = json.loads(message.data)
        if envelope.get("type") == "disconnect":
            leaving.set()
        elif envelope.get("envelope_id") and not self._stopped.is_set():
            # In the order in which they came; who has to wait for another waits in Turns.
            self._spawn(self._answer(connection, envelope)).set_name("envelope")
        elif envelope.get("type") == "hello":
            _log.info("Slack: listening")
            return True
        return False

    async def _answer(
        self, connection: aiohttp.ClientWebSocketResponse, envelope: dict[str, Any]
    ) -> None:
        """Have an event handled; what is not acknowledged comes again."""
        request = SocketModeRequest.from_dict(envelope)
        if request is None:
            return
        answer = await run_async_bolt_app(self._app, request)
        if answer.status != 200:
            return
        body = json.loads(answer.body) if answer.body and answer.body.startswith("{") else None
        told = {"envelope_id": request.envelope_id, **({"payload": body} if body else {})}
        try:
            await connection.send_json(told)
        except (aiohttp.ClientError, OSError):
            _log.info("Slack: an answer came after its connection had ended")

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _name(error: BaseException) -> str:
    return str(error) if isinstance(error, (Retry, Refusal)) else type(error).__name__
