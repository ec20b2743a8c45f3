"""The optional stream of events to Kafka or RabbitMQ, by Rasa's own two brokers.

OMNI_EVENTS_URL switches it on: `kafka://host:9092,host2:9092/topic`, `kafka+ssl://user:password@…`,
`amqp://user:password@host:5672/queue`, `amqps://…`. What people write is left out of it unless
OMNI_EVENTS_TEXTS=1 says otherwise. It may neither hold up a turn nor keep Rasa from starting, which
Rasa's brokers would do: the one of Kafka sleeps, the one of RabbitMQ waits at the start.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop
from urllib.parse import parse_qs, quote, unquote, urlsplit

from rasa.core.brokers.broker import EventBroker
from rasa.core.brokers.kafka import KafkaEventBroker
from rasa.core.brokers.pika import PikaEventBroker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from assistant.environment import read_environment
from rasa_components.event_lines import MOST_WAITING, Event, KafkaLine, Line, PikaLine

logger = logging.getLogger(__name__)

_KEPT = ("sender_id", "event", "timestamp", "name", "policy", "confidence", "message_id")
_KEPT_METADATA = ("utter_action", "model_id", "assistant_id", "request_id")


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
    host, port = str(parts.hostname), parts.port or (5671 if secure else 5672)
    user, password = (unquote(one or "guest") for one in (parts.username, parts.password))
    if secure:
        # Rasa makes an address of these as they are; it leaves out a port that it sees anywhere.
        host = f"amqps://{host}:{port}"
        user, password = quote(user, safe=""), quote(password, safe="")
    return PikaEventBroker(
        host=host,
        username=user,
        password=password,
        port=port,
        queues=[_path(url)],
        connection_attempts=1,
        event_loop=asyncio.get_running_loop(),
    )


def _path(url: str) -> str:
    return urlsplit(url).path.strip("/") or "omni_events"
