"""Calls of the action server: the check is Rasa's, made once; connections are used again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import jsonschema
import pytest
from aiohttp import web
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from rasa_components.action_calls import KeptEndpoint, check_results_once_compiled, keep_connections

GOOD = [
    {},
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "check", "value": None}], "responses": [{"text": "oi"}]},
]
BAD: list[Any] = [
    [],
    {"events": {}},
    {"events": [{"event": "no such event"}]},
    {"events": [{"event": "slot"}]},
    {"responses": ["oi"]},
]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", None)
    check_results_once_compiled()
    return RemoteAction("action_guide", None)


@pytest.mark.parametrize("result", GOOD)
def test_what_rasa_takes_is_taken(compiled: RemoteAction, result: Any) -> None:
    jsonschema.validate(result, RemoteAction.action_response_format_spec())
    assert compiled._validate_action_result(result) is True


@pytest.mark.parametrize("result", BAD)
def test_what_rasa_refuses_is_refused_for_the_same_reason(
    compiled: RemoteAction, result: Any
) -> None:
    with pytest.raises(jsonschema.ValidationError) as theirs:
        jsonschema.validate(result, RemoteAction.action_response_format_spec())
    with pytest.raises(jsonschema.ValidationError) as ours:
        compiled._validate_action_result(result)
    assert ours.value.message.startswith(theirs.value.message)
    assert ours.value.path == theirs.value.path


def test_the_schema_itself_is_checked_once(
    compiled: RemoteAction, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled._validate_action_result({})

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("checked again")

    monkeypatch.setattr(jsonschema.Draft202012Validator, "check_schema", never)
    compiled._validate_action_result({})


class Server:
    """Counts connections."""

    def __init__(self) -> None:
        self.connections: set[Any] = set()
        self.status = 200

    async def answer(self, request: web.Request) -> web.Response:
        self.connections.add(request.transport)
        return web.json_response({"events": []}, status=self.status)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def address(server: Server) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/webhook", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    await runner.cleanup()


async def test_rasas_own_opens_a_connection_each_time(server: Server, address: str) -> None:
    endpoint = EndpointConfig(address)
    for _ in range(3):
        await endpoint.request(json={})
    assert len(server.connections) == 3


async def test_one_connection_serves_many_calls(server: Server, address: str) -> None:
    endpoint = KeptEndpoint.of(EndpointConfig(address, enable_selective_domain=True))
    for _ in range(3):
        assert await endpoint.request(json={}) == {"events": []}
    await endpoint.close()
    assert len(server.connections) == 1
    assert endpoint.kwargs == {"enable_selective_domain": True}


async def test_a_failing_call_does_not_end_the_session(server: Server, address: str) -> None:
    endpoint = KeptEndpoint.of(EndpointConfig(address))
    server.status = 500
    with pytest.raises(Exception, match="500"):
        await endpoint.request(json={})
    server.status = 200
    assert await endpoint.request(json={}) == {"events": []}
    await endpoint.close()


def test_agent_and_processor_get_the_same_endpoint() -> None:
    class Processor:
        action_endpoint: Any = None

    class Agent:
        action_endpoint: Any = EndpointConfig("http://127.0.0.1:5055/webhook")
        processor = Processor()

    agent: Any = Agent()
    kept = keep_connections(agent)
    assert kept is agent.action_endpoint is agent.processor.action_endpoint
    agent.action_endpoint = None
    assert keep_connections(agent) is None
