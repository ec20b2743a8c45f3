"""What carries events to Kafka or RabbitMQ; the other side may be away, and nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections import deque
from typing import Any, Protocol

from rasa.core.brokers.kafka import KafkaEventBroker
from rasa.core.brokers.pika import PikaEventBroker

logger = logging.getLogger(__name__)

Event = dict[str, Any]
# What is kept while the other side is away; the oldest go first.
MOST_WAITING = 10_000
# How long an ending Rasa waits for what is under way.
END_SECONDS = 5.0
# A broker that takes the connection and says nothing is tried anew after this long.
CONNECT_SECONDS = 30.0


class Line(Protocol):
    """What carries events away without holding anybody up."""

    def send(self, event: Event) -> None:
        """Take one event."""

    async def close(self) -> None:
        """Carry away what is left, in a bounded time."""


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
        """Take one event; while there is no connection it waits.

        One that failed before goes along, or it would wait until the connection is a new one.
        """
        waiting = self._broker._unpublished_events
        waiting.append(event)
        if self._is_up:
            for _ in range(min(2, len(waiting))):
                self._broker.publish(waiting.popleft())

    async def close(self) -> None:
        """Wait a while for what is under way, and end the connection."""
        self._connecting.cancel()
        if under_way := set(self._broker._background_tasks):
            await asyncio.wait(under_way, timeout=END_SECONDS)
        left = len(self._broker._background_tasks) + len(self._broker._unpublished_events)
        if left:
            logger.error("%d events were lost at the end", left)
        await self._hang_up()

    @property
    def _is_up(self) -> bool:
        line = self._broker._connection
        return self._broker._exchange is not None and bool(line and line.connected.is_set())

    async def _connect(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._broker.connect(), CONNECT_SECONDS)
            except Exception as error:  # aio-pika's, OSError, TimeoutError and others
                logger.error("no connection for events: %s", type(error).__name__)
                await self._hang_up()
                await asyncio.sleep(self._broker._retry_delay_in_seconds)
            else:
                self._broker._publish_unpublished_messages()
                return

    async def _hang_up(self) -> None:
        """End a connection on which there is no exchange or queue: the next try makes another."""
        try:
            await asyncio.wait_for(self._broker.close(), END_SECONDS)
        except Exception as error:  # it may be gone already
            logger.debug("the connection ended: %s", type(error).__name__)
        self._broker._connection = None


def _drop(waiting: queue.Queue[Event | None]) -> None:
    try:
        waiting.get_nowait()
    except queue.Empty:
        return
    logger.error("an event was dropped: %d wait already", MOST_WAITING)
