"""The stream to RabbitMQ: a real one that goes away, refuses its queue, and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import queue
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from unittest.mock import MagicMock
from urllib.parse import unquote

import aio_pika
import pytest
from rasa.core.brokers.pika import RABBITMQ_EXCHANGE, PikaEventBroker
from rasa.utils.endpoints import EndpointConfig

from rasa_components.event_lines import PikaLine
from rasa_components.events import EventStream
from tests.rasa.talking import SENDER
from tests.support.rabbitmq import rabbitmq
from tests.support.servers import Server

CONFIG = EndpointConfig(type="rasa_components.events.EventStream")
QUEUE = "fila"
PROBE = 0


async def opened(url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[EventStream, PikaLine]:
    """Return the stream to `url`, and what carries its events."""
    monkeypatch.setenv("OMNI_EVENTS_URL", url)
    stream = await asyncio.wait_for(EventStream.from_endpoint_config(CONFIG), 1)
    assert stream is not None
    line = stream._line
    assert isinstance(line, PikaLine)
    return stream, line


def tell(stream: EventStream, *numbers: int) -> None:
    for number in numbers:
        stream.publish({"sender_id": SENDER, "event": "user", "timestamp": number})


async def test_an_ending_stream_waits_for_what_rabbitmq_is_being_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[dict[str, Any]] = []

    async def publish(_: PikaEventBroker, event: dict[str, Any], *__: Any) -> None:
        await asyncio.sleep(0.1)
        told.append(event)

    async def connect(broker: PikaEventBroker) -> None:
        broker._exchange, broker._connection = object(), MagicMock()

    monkeypatch.setattr(PikaEventBroker, "connect", connect)
    monkeypatch.setattr(PikaEventBroker, "_publish", publish)
    stream, _ = await opened("amqp://omni:guest@127.0.0.1:1/fila", monkeypatch)
    tell(stream, 1)
    await asyncio.sleep(0.01)
    await stream.close()
    assert len(told) == 1


async def test_without_rabbitmq_rasa_starts_and_events_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: queue.Queue[None] = queue.Queue()

    async def refused(_: PikaEventBroker) -> None:
        tries.put(None)
        raise ConnectionRefusedError

    monkeypatch.setattr(PikaEventBroker, "connect", refused)
    stream, line = await opened("amqp://omni:guest@127.0.0.1:1/fila", monkeypatch)
    tell(stream, 0, 1, 2)
    await asyncio.sleep(0.05)
    assert tries.qsize() == 1
    assert [one["timestamp"] for one in line._broker._unpublished_events] == [0, 1, 2]
    assert line._broker.queues == ["fila"]
    await stream.close()


@pytest.mark.parametrize("scheme", ["amqp", "amqps"])
@pytest.mark.parametrize(
    ("user", "password"), [("omni", "guest"), ("a%40b%2Fc", "%2F%23%40%25%3A+5671")]
)
async def test_users_and_passwords_arrive_as_they_are(
    scheme: str, user: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def connect(url: str | None, **options: Any) -> None:
        names = ("host", "port", "login", "password")
        asked.append(aio_pika.connection.make_url(url, **{one: options[one] for one in names}))
        raise ConnectionRefusedError

    monkeypatch.setattr(aio_pika, "connect_robust", connect)
    stream, _ = await opened(f"{scheme}://{user}:{password}@rabbit:5671/fila", monkeypatch)
    await asyncio.sleep(0.01)
    await stream.close()
    (url,) = asked
    assert (url.scheme, url.host, url.port) == (scheme, "rabbit", 5671)
    assert (url.user, url.password) == (unquote(user), unquote(password))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A RabbitMQ on loopback."""
    with rabbitmq() as made:
        yield made


@contextlib.asynccontextmanager
async def reading(server: Server) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    """Give a channel of somebody who reads."""
    async with await aio_pika.connect(server.url) as connection:
        yield await connection.channel()


async def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def read(channel: aio_pika.abc.AbstractChannel, wanted: set[int]) -> list[int]:
    """Return what comes into the queue, in its order, until all that is wanted came."""
    found: list[int] = []
    there = await channel.declare_queue(QUEUE, durable=True)
    async with there.iterator(timeout=20) as messages:
        async for message in messages:
            await message.ack()
            found.append(json.loads(message.body)["timestamp"])
            if wanted <= set(found):
                break
    return found


async def bound(server: Server) -> None:
    """Wait until what is published reaches the queue again, by publishing something."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with contextlib.suppress(aio_pika.exceptions.AMQPError):
            async with await aio_pika.connect(server.url) as connection:
                channel = await connection.channel(on_return_raises=True)
                exchange = await channel.get_exchange(RABBITMQ_EXCHANGE)
                message = aio_pika.Message(json.dumps({"timestamp": PROBE}).encode())
                await exchange.publish(message, "")
                return
        await asyncio.sleep(0.1)
    raise AssertionError("nothing is bound")


async def test_events_reach_a_rabbitmq_in_order_and_after_it_was_away(
    server: Server, monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> None:
    stream, _ = await opened(f"{server.url}{QUEUE}", monkeypatch)
    tell(stream, 1, 2, 3)
    async with reading(server) as channel:
        assert await read(channel, {3}) == [1, 2, 3]
    server.stop()
    tell(stream, 4, 5)
    await asyncio.sleep(0.5)
    tell(stream, 6)
    await asyncio.to_thread(server.start)
    async with reading(server) as channel:
        again = await read(channel, {4, 5, 6})
    # What was read may come again as well: RabbitMQ had not noted on its disk that it was.
    assert set(again) - {1, 2, 3} == {4, 5, 6}
    await stream.close()


async def test_an_event_that_was_refused_goes_with_the_next(
    server: Server, monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> None:
    async with reading(server) as channel:
        stream, line = await opened(f"{server.url}{QUEUE}", monkeypatch)
        tell(stream, 1)
        await read(channel, {1})
        await channel.exchange_delete(RABBITMQ_EXCHANGE)
        tell(stream, 2)
        await until(lambda: line._broker._unpublished_events)
        await bound(server)
        tell(stream, 3)
        assert sorted(await read(channel, {2, 3})) == [PROBE, 2, 3]
    await stream.close()


async def test_a_queue_that_is_refused_leaves_no_connection_behind(
    server: Server, monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> None:
    made: list[aio_pika.abc.AbstractRobustConnection] = []
    connect = aio_pika.connect_robust

    async def watched(**options: Any) -> aio_pika.abc.AbstractRobustConnection:
        made.append(await connect(**options))
        return made[-1]

    monkeypatch.setattr(aio_pika, "connect_robust", watched)
    async with reading(server) as channel:
        await channel.queue_delete(QUEUE)
        await channel.declare_queue(QUEUE, durable=False)  # not as Rasa's broker declares it
        stream, line = await opened(f"{server.url}{QUEUE}", monkeypatch)
        line._broker._retry_delay_in_seconds = 0.05
        tell(stream, 1)
        await until(lambda: len(made) > 3)
        assert [one.is_closed for one in made[:3]] == [True] * 3
        await channel.queue_delete(QUEUE)
        assert await read(channel, {1}) == [1]
    await stream.close()
    assert all(one.is_closed for one in made)
