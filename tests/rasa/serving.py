"""The channel behind a real web server, with a processor of the test's own instead of a model."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore, LockStore
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from sanic import Sanic

from rasa_components.channel import GatewayInput
from rasa_components.stores.tracker import StrictTrackerStore
from tests.rasa.talking import events_of, start

_NAMES = itertools.count()
Sanic.test_mode = True  # without it, one process can start one server


class Echo:
    """A processor that says what it was told; `silent` and `fails` are the next turns to spoil."""

    def __init__(self, store: TrackerStore) -> None:
        self.tracker_store = store
        self.run: list[str] = []
        self.silent = 0
        self.fails: list[Exception] = []

    async def handle_message(self, message: UserMessage) -> None:
        """Answer and store, as Rasa's processor does."""
        self.run.append(message.message_id)
        if self.fails:
            raise self.fails.pop()
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
        if not any(e.type_name == "session_started" for e in tracker.events):
            start(tracker)
        said = [] if self.silent else [f"eco: {message.text}"]
        slots = {} if self.silent else {"situation": "slowness", "check": "rede"}
        self.silent = max(0, self.silent - 1)
        await asyncio.sleep(0.001)
        events = events_of(message.message_id, message.text, *said, **slots)
        events[0].metadata = message.metadata
        tracker.update_with_events(events, self.tracker_store.domain)
        for event in events:
            if event.type_name == "bot":
                await message.output_channel.send_response("x", event.message())
        await self.tracker_store.save(tracker)


class FakeAgent:
    """What the channel knows of Rasa's agent."""

    def __init__(self, store: StrictTrackerStore, lock_store: LockStore | None = None) -> None:
        self.domain = store.domain
        self.tracker_store: TrackerStore = FailSafeTrackerStore(store)
        self.processor: Echo | None = Echo(self.tracker_store)
        self.lock_store = lock_store or InMemoryLockStore()
        self.model_id = "a model"
        self.action_endpoint = None

    def is_ready(self) -> bool:
        """Whether there is a model."""
        return self.processor is not None


class Client:
    """The gateway's side of the channel."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session, self.address = session, address

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """Return the status and the JSON of an answer (None where it is no JSON)."""
        async with self.session.request(method, self.address + path, **more) as answer:
            is_json = "json" in answer.headers.get("content-type", "")
            return answer.status, await answer.json() if is_json else None

    async def say(self, sender: str, message_id: str, text: str = "oi", **more: Any) -> Any:
        """Send a message as the gateway does."""
        body = {"sender": sender, "message": text, "message_id": message_id, **more}
        return await self.ask("POST", "/webhook", json=body)


@asynccontextmanager
async def serving(agent: Any) -> AsyncIterator[Client]:
    """Serve the channel for `agent` on a free port."""
    app = Sanic(f"channel_{next(_NAMES)}", configure_logging=False)
    on_message: Callable[[UserMessage], Awaitable[Any]] = agent.processor.handle_message
    app.blueprint(GatewayInput().blueprint(on_message), url_prefix="/webhooks/gateway")
    app.ctx.agent = agent
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=listener, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/webhooks/gateway"
    try:
        async with aiohttp.ClientSession() as session:
            yield Client(session, address)
    finally:
        server.close()
        await server.wait_closed()
