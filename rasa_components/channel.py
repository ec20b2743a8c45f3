"""The channel between the gateway and Rasa: whole turns, each answered once, or failing aloud.

All under /webhooks/gateway, JSON: POST /webhook runs a turn, GET and DELETE /conversations/<id>
export and erase a conversation, GET / tells which model answers.
"""

from __future__ import annotations

import logging
import os
import time
from typing import Any, Awaitable, Callable, Dict, List, Optional

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy import exc

from rasa_components.action_calls import check_results_once_compiled, keep_connections
from rasa_components.bodies import is_text, is_ulid, read_body, read_metadata
from rasa_components.heard import SLOTS, heard_in
from rasa_components.logs import bound, install
from rasa_components.stores.alone import hold_alone
from rasa_components.stores.tracker import NotStrict, StrictTrackerStore, strict_store

logger = logging.getLogger(__name__)

HISTORY_LOST = "utter_history_lost"
# The open guide after a turn: {"situation": id, "check": id or None}.
GUIDE = ("situation", "check")
_SHOWN = ("text", "buttons", "custom")
# It will pass: the database or Redis is away, or another turn of the conversation is under way.
_UNAVAILABLE = (LockError, NotStrict, exc.OperationalError, exc.InterfaceError, exc.TimeoutError)

Message = Dict[str, Any]


class NoModel(Exception):
    """Rasa is up, but has no model to answer with."""


class GatewayOutput(OutputChannel):
    """Collects whole messages: text, buttons and custom parts stay together."""

    def __init__(self) -> None:
        self.messages: List[Message] = []

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which the action sees as the input channel too."""
        return "gateway"

    async def send_response(self, recipient_id: str, message: Message) -> None:
        """Collect one message."""
        self.messages.append(shown(message))

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Collect a text that Rasa itself sends."""
        self.messages.append({"text": text})


class GatewayInput(InputChannel):
    """Takes the gateway's own message ids and page context; JSON in, a turn's answers out."""

    @classmethod
    def name(cls) -> str:
        """Return the name that the addresses begin with."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> GatewayInput:
        """Make the channel as Rasa starts: after it set up its own logging, so ours stays."""
        install()
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes. Turns go to the processor, under the lock that is held already."""
        routes = Blueprint("gateway_webhook", "gateway_webhook")
        routes.listener("after_server_start")(refuse_other_stores)
        routes.listener("after_server_start")(cheaper_action_calls)
        routes.listener("before_server_stop")(close_action_calls)
        routes.add_route(health, "/", methods=["GET"])
        routes.add_route(receive, "/webhook", methods=["POST"])
        routes.add_route(export, "/conversations/<sender>", methods=["GET"])
        routes.add_route(erase, "/conversations/<sender>", methods=["DELETE"])
        return routes


async def refuse_other_stores(app: Any, _loop: Any) -> None:
    """End the server as it starts where Rasa would keep conversations elsewhere (NotStrict).

    Also where another one has this SQLite file (TrackerInUse), or may use this server's database
    without locks that both see (LocksMissing).
    """
    agent = app.ctx.agent
    hold_alone(strict_store(agent).engine.url, agent.lock_store)


async def cheaper_action_calls(app: Any, _loop: Any) -> None:
    """Check results with a compiled schema, and keep the connections to the action server."""
    check_results_once_compiled()
    app.ctx.action_calls = keep_connections(app.ctx.agent)


async def close_action_calls(app: Any, _loop: Any) -> None:
    """Close those connections."""
    if app.ctx.action_calls:
        await app.ctx.action_calls.close()


async def health(request: Request) -> HTTPResponse:
    """Say which model answers: 200, or 503 where there is none."""
    agent = getattr(request.app.ctx, "agent", None)
    model = agent.model_id if agent and agent.is_ready() else None
    body = {"status": "ok" if model else "no model", "model": model}
    return response.json(body, status=200 if model else 503)


async def receive(request: Request) -> HTTPResponse:
    """Run a turn: 200 with its answers, 422 malformed, 503 to try later, 500 where it failed."""
    message = read_message(read_body(request.body), request.headers.get("x-request-id"))
    if message is None:
        return response.json({"detail": "sender, message, message_id"}, status=422)
    with bound((message.metadata or {}).get("request_id"), message.sender_id):
        return await answered(run_turn(request, message))


async def export(request: Request, sender: str) -> HTTPResponse:
    """Give every event that is kept of a conversation: 200, or 404 where there is none."""
    return await of_conversation(request, sender, exported)


async def erase(request: Request, sender: str) -> HTTPResponse:
    """Remove a conversation from the tracker store: 204, also where there was none."""
    return await of_conversation(request, sender, erased)


async def of_conversation(
    request: Request,
    sender: str,
    work: Callable[[StrictTrackerStore, str], Awaitable[HTTPResponse]],
) -> HTTPResponse:
    """Do some work with a stored conversation while no turn of it runs; 422 for an odd id."""
    if not is_ulid(sender):
        return response.json({"detail": "conversation"}, status=422)

    async def locked() -> HTTPResponse:
        agent = request.app.ctx.agent
        store = strict_store(agent)
        async with agent.lock_store.lock(sender):
            return await work(store, sender)

    with bound(request.headers.get("x-request-id"), sender):
        return await answered(locked())


async def exported(store: StrictTrackerStore, sender: str) -> HTTPResponse:
    """Answer with the events of a conversation."""
    events = await store.export(sender)
    return response.json({"events": events}, status=200 if events else 404)


async def erased(store: StrictTrackerStore, sender: str) -> HTTPResponse:
    """Delete a conversation."""
    await store.delete(sender)
    logger.info("conversation erased")
    return response.empty(204)


async def answered(work: Awaitable[HTTPResponse]) -> HTTPResponse:
    """Turn what may go wrong into a status; the body names the exception's class alone."""
    try:
        return await work
    except (NoModel, *_UNAVAILABLE) as error:
        logger.error("not available: %s", type(error).__name__)
        status, name = 503, type(error).__name__
    except Exception as error:  # the gateway turns a 500 into words for the user
        logger.exception("failed: %s", type(error).__name__)
        status, name = 500, type(error).__name__
    return response.json({"detail": name}, status=status)


async def run_turn(request: Request, message: UserMessage) -> HTTPResponse:
    """Run a turn unless it was answered before; say whether the tracker store holds it."""
    agent, start = getattr(request.app.ctx, "agent", None), time.monotonic()
    if agent is None or not agent.is_ready():
        raise NoModel
    store, sender, number = strict_store(agent), message.sender_id, message.message_id
    async with agent.lock_store.lock(sender):
        before = await store.answers(sender, number)
        if before == []:
            await store.forget_silent(sender, number)
        if not before:
            await agent.processor.handle_message(message)
        told = await store.told(sender, number, GUIDE, SLOTS)
        stored = bool(before) or told.stored
        answers = [shown(m) for m in before or []] or message.output_channel.messages
        body = {
            "messages": (lost_history(agent) if told.lost else []) + answers,
            "guide": told.slots if told.slots["situation"] else None,
            "heard": heard_in(told.turn, number, agent.model_id),
            "stored": stored,
            "repeated": bool(before),
            "model": agent.model_id,
            "version": os.environ.get("OMNI_VERSION"),
        }
    took = 1000 * (time.monotonic() - start)
    log = logger.info if answers and stored else logger.error
    text = "turn %s: %d messages, stored %s, repeated %s, %d ms"
    log(text, number, len(answers), stored, bool(before), took)
    return response.json(body)


def lost_history(agent: Agent) -> List[Message]:
    """Return what tells the user, once, that part of the conversation could not be read."""
    found = agent.domain.responses.get(HISTORY_LOST, [])  # [] in a model of before this response
    return [{"text": variation["text"]} for variation in found[:1]]


def shown(message: Message) -> Message:
    """Return what of Rasa's message the gateway shows."""
    return {key: message[key] for key in _SHOWN if message.get(key)}


def read_message(body: Any, request_id: Optional[str] = None) -> Optional[UserMessage]:
    """Return Rasa's message for a request body, or None where it is not of the agreed form."""
    if not isinstance(body, dict):
        return None
    sender, text, number = (body.get(name) for name in ("sender", "message", "message_id"))
    if not (is_ulid(sender) and is_ulid(number) and is_text(text)):
        return None
    return UserMessage(
        text=text,
        output_channel=GatewayOutput(),
        sender_id=sender,
        input_channel=GatewayInput.name(),
        message_id=number,
        metadata=read_metadata(body.get("metadata"), request_id),
    )
