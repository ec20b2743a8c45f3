"""The gateway's door without the gateway: the same frameworks and wire format, and nothing kept.

What it adds to a turn is the floor of any gateway made of them: two requests, one stream of
events and one request to Rasa. No identity, no limits, no store, no order, no second try.
Started by `doors` with `python -m benchmarks.serving.bare`, in the gateway's environment.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Header
from pydantic import BaseModel
from sse_starlette import EventSourceResponse
from ulid import ULID

RASA = os.environ["OMNI_RASA_URL"] + "/webhooks/gateway/webhook"
app = FastAPI()
_http = httpx.AsyncClient(timeout=60, trust_env=False)
_answers: dict[str, asyncio.Queue[dict[str, Any]]] = defaultdict(asyncio.Queue)
_tasks: set[asyncio.Task[None]] = set()
_numbers = count(1)


class Message(BaseModel):
    """What somebody wrote, and their own id for it."""

    id: str
    text: str


@app.get("/readyz")
async def ready() -> dict[str, bool]:
    """Say that it runs."""
    return {"ready": True}


@app.post("/api/v1/sessions", status_code=201)
async def sessions() -> dict[str, str]:
    """Open a conversation; its id is the token."""
    return {"token": str(ULID())}


@app.post("/api/v1/messages", status_code=202)
async def messages(message: Message, authorization: str = Header()) -> dict[str, Any]:
    """Accept a message and ask Rasa beside it."""
    seq = next(_numbers)
    task = asyncio.create_task(_ask(authorization.removeprefix("Bearer "), seq, message.text))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return {"message": {"seq": seq}}


@app.get("/api/v1/events")
async def events(authorization: str = Header()) -> EventSourceResponse:
    """Stream the answers as they come."""
    return EventSourceResponse(_stream(_answers[authorization.removeprefix("Bearer ")]))


async def _stream(answers: asyncio.Queue[dict[str, Any]]) -> AsyncIterator[dict[str, str]]:
    while True:
        yield {"event": "message", "data": json.dumps(await answers.get())}


async def _ask(conversation: str, seq: int, text: str) -> None:
    body = {"sender": conversation, "message": text, "message_id": str(ULID())}
    found = (await _http.post(RASA, json=body)).json()
    for number, message in enumerate(found["messages"], seq + 1):
        shown = {"seq": number, "from": "assistant", "reply_to": seq, "text": message.get("text")}
        await _answers[conversation].put(shown)


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["OMNI_PORT"]), log_config=None, access_log=False)
