"""The optional stream of events to Kafka or RabbitMQ, by Rasa's own two brokers.

OMNI_EVENTS_URL switches it on: `kafka://host:9092,host2:9092/topic`, `kafka+ssl://user:password@…`,
`amqp://user:password@host:5672/queue`, `amqps://…`. What people write is left out of it unless
OMNI_EVENTS_TEXTS=1 says otherwise. It may neither hold up a turn nor keep Rasa from starting, which
Rasa's brokers would do: the one of Kafka sleeps, the one of RabbitMQ waits at the start.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from asyncio import AbstractEventLoop
from collections import deque
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from rasa.core.brokers.broker import EventBroker
from rasa.core.brokers.kafka import KafkaEventBroker
from rasa.core.brokers.pika import PikaEventBroker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from assistant.environment import read_environment

logger = logging.getLogger(__name__)

Event = dict[str, Any]
# What is kept while the other side is away; the oldest go first.
MOST_WAITING = 10_000
# How long an ending Rasa waits for what is under way.
END_SECONDS = 5.0
_KEPT = ("sender_id", "event", "timestamp", "name", "policy", "confidence", "message_id")
_KEPT_METADATA = ("utter_action", "model_id", "assistant_id", "request_id")


class Line(Protocol):
    """What carries events away without holding anybody up."""

    def send(self, event: Event) -> None:
        """Take one event."""

    async def close(self) -> None:
        """Carry away what is left, in a bounded time."""


class EventStream(EventBroker):
    """Hands events to a line, without what people wrote unless `with_texts`."""

    def __init__(self, line: Line, with_texts: bool = False) -> None:
        self._line = line
        self._with_texts = with_texts

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig, event_loop: AbstractEventLoop | None = None
    ) -> EventStream | None:
        """Return the stream that the environment asks for, None where it asks for none."""
        env = read_environment()
        url, texts = env.get("OMNI_EVENTS_URL"), env.get("OMNI_EVENTS_TEXTS", "0")
        if not url:
            return None
        if texts not in ("0", "1"):
            raise RasaException(f"OMNI_EVENTS_TEXTS: {texts!r} não é 0 nem 1")
        logger.info("events are streamed, %s", "texts too" if texts == "1" else "without texts")
        return cls(_line(url), with_texts=texts == "1")

    def publish(self, event: Event) -> None:
        """Send an event."""
        self._line.send(event if self._with_texts else without_texts(event))

    async def close(self) -> None:
        """End the stream."""
        await self._line.close()


def without_texts(event: Event) -> Event:
    """Return what happened in an event, without anything that somebody wrote or was told.

    Values of slots go too: they hold what was said of each check.
    """
    kept = {name: event[name] for name in _KEPT if name in event}
    parsed, metadata = event.get("parse_data") or {}, event.get("metadata") or {}
    if intent := parsed.get("intent"):
        kept["intent"] = {name: intent.get(name) for name in ("name", "confidence")}
    kept["metadata"] = {name: metadata[name] for name in _KEPT_METADATA if name in metadata}
    return kept


class KafkaLine:
    """A thread of its own calls Rasa's broker, which sleeps for seconds where Kafka is away."""

    def __init__(self, broker: KafkaEventBroker) -> None:
        self._broker = broker
        self._waiting: queue.Queue[Event | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._carry, name="events", daemon=True)
        self._thread.start()

    def send(self, event: Event) -> None:
        """Take one event; where too many wait, the oldest is dropped and it is said."""
        self._put(event)

    def _put(self, event: Event | None) -> None:
        while True:
            try:
                self._waiting.put_nowait(event)
                return
            except queue.Full:
                _drop(self._waiting)

    async def close(self) -> None:
        """Wait a while for what is under way."""
        self._put(None)
        await asyncio.to_thread(self._thread.join, END_SECONDS)
        await asyncio.to_thread(self._flush)

    def _carry(self) -> None:
        while (event := self._waiting.get()) is not None:
            try:
                self._prepare()
                self._broker.publish(event, retries=2, retry_delay_in_seconds=1)
            except Exception as error:  # whatever a broker does, the next event comes
                logger.error("an event was lost: %s", type(error).__name__)
            self._hear()

    def _prepare(self) -> None:
        """Make the producer, which keeps events until Kafka is there: `publish` loses the first."""
        if self._broker.producer is None:
            self._broker.producer = self._broker._create_producer()

    def _hear(self) -> None:
        """Let the producer say what it could not deliver."""
        try:
            if self._broker.producer:
                self._broker.producer.poll(0)
        except Exception as error:  # of Rasa's callback: the producer goes on trying
            logger.error("Kafka is away: %s", type(error).__name__)

    def _flush(self) -> None:
        try:
            left = self._broker.producer.flush(END_SECONDS) if self._broker.producer else 0
        except Exception as error:  # of Rasa's callback, where Kafka is away
            logger.error("events were lost at the end: %s", type(error).__name__)
            return
        if left:
            logger.error("%d events were lost at the end", left)


class PikaLine:
    """Rasa's broker publishes in tasks already; here it connects in one, too."""

    def __init__(self, broker: PikaEventBroker) -> None:
        self._broker = broker
        broker._unpublished_events = deque(maxlen=MOST_WAITING)
        self._connecting = asyncio.create_task(self._connect())

    def send(self, event: Event) -> None:
        """Take one event; until there is a connection it waits."""
        if self._broker._exchange is None:
            self._broker._unpublished_events.append(event)
        else:
            self._broker.publish(event)

    async def close(self) -> None:
        """Wait a while for what is under way, and end the connection."""
        self._connecting.cancel()
        if under_way := set(self._broker._background_tasks):
            await asyncio.wait(under_way, timeout=END_SECONDS)
        left = len(self._broker._background_tasks) + len(self._broker._unpublished_events)
        if left:
            logger.error("%d events were lost at the end", left)
        await self._broker.close()

    async def _connect(self) -> None:
        while True:
            try:
                await self._broker.connect()
            except Exception as error:  # aio-pika's, OSError and others
                logger.error("no connection for events: %s", type(error).__name__)
                await asyncio.sleep(self._broker._retry_delay_in_seconds)
            else:
                self._broker._publish_unpublished_messages()
                return


def _drop(waiting: queue.Queue[Event | None]) -> None:
    try:
        waiting.get_nowait()
    except queue.Empty:
        return
    logger.error("an event was dropped: %d wait already", MOST_WAITING)


def _line(url: str) -> Line:
    scheme = urlsplit(url).scheme
    if scheme in ("kafka", "kafka+ssl"):
        return KafkaLine(_kafka(url))
    if scheme in ("amqp", "amqps"):
        return PikaLine(_pika(url))
    # The address holds a password, so it is not quoted.
    raise RasaException("OMNI_EVENTS_URL: use kafka://, kafka+ssl://, amqp:// ou amqps://")


def _kafka(url: str) -> KafkaEventBroker:
    parts = urlsplit(url)
    given, _, hosts = parts.netloc.rpartition("@")
    user, _, password = given.partition(":")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    secure, known = parts.scheme == "kafka+ssl", bool(user)
    return KafkaEventBroker(
        url=hosts,
        topic=_path(url),
        client_id="omni",
        queue_size=MOST_WAITING,
        partition_by_sender=True,  # a conversation's events stay in order
        sasl_username=unquote(user),
        sasl_password=unquote(password),
        sasl_mechanism=options.get("mechanism", "PLAIN"),
        ssl_cafile=options.get("cafile"),
        ssl_check_hostname=secure,
        security_protocol=_PROTOCOLS[secure, known],
    )


_PROTOCOLS = {
    (False, False): "PLAINTEXT",
    (False, True): "SASL_PLAINTEXT",
    (True, False): "SSL",
    (True, True): "SASL_SSL",
}


def _pika(url: str) -> PikaEventBroker:
    parts = urlsplit(url)
    secure = parts.scheme == "amqps"
    return PikaEventBroker(
        host=f"{parts.scheme}://{parts.hostname}" if secure else str(parts.hostname),
        username=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        port=parts.port or (5671 if secure else 5672),
        queues=[_path(url)],
        connection_attempts=1,
        event_loop=asyncio.get_running_loop(),
    )


def _path(url: str) -> str:
    return urlsplit(url).path.strip("/") or "omni_events"
