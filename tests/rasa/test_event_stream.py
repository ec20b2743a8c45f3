"""The stream of events: off by default, without texts, and never in anybody's way."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import confluent_kafka
import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.brokers.kafka import KafkaEventBroker
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from rasa_components import event_lines
from rasa_components.event_lines import KafkaLine
from rasa_components.events import EventStream, without_texts
from rasa_components.stores.tracker import StaleTracker, StrictTrackerStore
from tests.rasa.talking import SENDER

WORDS = "sentinela: meu e-mail é ana@exemplo.com.br"
CONFIG = EndpointConfig(type="rasa_components.events.EventStream")


class Collecting:
    """A line that only remembers."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, event: dict[str, Any]) -> None:
        self.sent.append(event)

    async def close(self) -> None:
        return


def turn() -> list[Any]:
    parsed = {"intent": {"name": "slowness", "confidence": 0.9}, "text": WORDS}
    metadata = {"page": WORDS, "request_id": "pedido-0001"}
    return [
        UserUttered(WORDS, parse_data=parsed, message_id="M1", metadata=metadata),
        ActionExecuted("action_guide", policy="RulePolicy", confidence=1.0),
        SlotSet("situation", WORDS),
        BotUttered(WORDS, {"custom": {"text": WORDS}}, metadata={"utter_action": "utter_check"}),
    ]


@pytest.fixture
def line() -> Collecting:
    return Collecting()


@pytest.fixture
def store(tmp_path: Path, domain: Domain, line: Collecting) -> StrictTrackerStore:
    url = f"sqlite:///{tmp_path / 'tracker.db'}"
    return StrictTrackerStore(host=url, domain=domain, event_broker=EventStream(line))


def tracker(store: StrictTrackerStore) -> DialogueStateTracker:
    made = store.init_tracker(SENDER)
    for event in turn():
        made.update(event)
    return made


async def test_it_is_off_unless_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMNI_EVENTS_URL", raising=False)
    committed = AvailableEndpoints.read_endpoints("endpoints.yml").event_broker
    assert committed.type == CONFIG.type
    assert await EventBroker.create(committed) is None


@pytest.mark.parametrize(
    ("url", "texts", "named"),
    [
        ("http://u:segredo-de-teste@host/x", "0", "OMNI_EVENTS_URL"),
        ("kafka://host/topic", "yes", "OMNI_EVENTS_TEXTS"),
    ],
)
async def test_a_wrong_setting_ends_the_start_without_quoting_secrets(
    url: str, texts: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMNI_EVENTS_URL", url)
    monkeypatch.setenv("OMNI_EVENTS_TEXTS", texts)
    with pytest.raises(RasaException, match=named) as raised:
        await EventStream.from_endpoint_config(CONFIG)
    assert "segredo" not in str(raised.value)


def test_nothing_that_anybody_wrote_or_was_told_is_in_it() -> None:
    sent = [without_texts({"sender_id": SENDER, **event.as_dict()}) for event in turn()]
    assert "sentinela" not in json.dumps(sent)
    assert [one["event"] for one in sent] == ["user", "action", "slot", "bot"]
    assert sent[0]["intent"] == {"name": "slowness", "confidence": 0.9}
    assert sent[0]["metadata"] == {"request_id": "pedido-0001"}
    assert (sent[1]["name"], sent[2]["name"]) == ("action_guide", "situation")
    assert sent[3]["metadata"] == {"utter_action": "utter_check"}


def test_with_leave_the_texts_are_in_it(line: Collecting) -> None:
    EventStream(line, with_texts=True).publish({"sender_id": SENDER, "text": WORDS})
    assert line.sent[0]["text"] == WORDS


async def test_what_is_stored_is_streamed_once(store: StrictTrackerStore, line: Collecting) -> None:
    await store.save(tracker(store))
    assert [one["event"] for one in line.sent] == ["user", "action", "slot", "bot"]
    again = await store.retrieve(SENDER)
    assert again is not None
    again.update(ActionExecuted("action_listen"))
    await store.save(again)
    assert [one.get("name") for one in line.sent[4:]] == ["action_listen"]


async def test_what_could_not_be_stored_is_not_streamed(
    store: StrictTrackerStore, line: Collecting
) -> None:
    first, second = tracker(store), tracker(store)
    await store.save(first)
    line.sent.clear()
    vars(second)["omni_seen"] = vars(first)["omni_seen"].__class__(0, -1)
    with pytest.raises(StaleTracker):
        await store.save(second)
    assert line.sent == []


async def test_who_got_events_is_told_of_an_erasure(
    store: StrictTrackerStore, line: Collecting
) -> None:
    await store.save(tracker(store))
    line.sent.clear()
    await store.delete(SENDER)
    (told,) = line.sent
    assert (told["event"], told["sender_id"]) == ("erased", SENDER)


class Stuck:
    """A Kafka that takes nothing for now."""

    def __init__(self) -> None:
        self.producer: Any = None
        self.free = threading.Event()
        self.got: list[dict[str, Any]] = []

    def _create_producer(self) -> None:
        """Have none, as it is no real one."""

    def publish(self, event: dict[str, Any], **_: Any) -> None:
        self.free.wait(10)
        self.got.append(event)
        if event["n"] == 1:
            raise ValueError("one that fails")


async def test_a_stuck_kafka_holds_nobody_up_and_the_oldest_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_lines, "MOST_WAITING", 5)
    stuck = Stuck()
    line = KafkaLine(stuck)  # type: ignore[arg-type]
    started = time.monotonic()
    for number in range(100):
        line.send({"n": number})
    assert time.monotonic() - started < 1
    stuck.free.set()
    await line.close()
    assert [one["n"] for one in stuck.got][-4:] == [96, 97, 98, 99]
    assert len(stuck.got) <= 7


async def test_an_end_waits_for_no_place_among_those_that_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_lines, "MOST_WAITING", 3)
    monkeypatch.setattr(event_lines, "END_SECONDS", 0.2)
    stuck = Stuck()
    line = KafkaLine(stuck)  # type: ignore[arg-type]
    for number in range(10):
        line.send({"n": number})
    await asyncio.wait_for(line.close(), 2)
    stuck.free.set()


async def test_without_kafka_the_first_event_waits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    publish = KafkaEventBroker._publish

    def watched(broker: KafkaEventBroker, event: dict[str, Any]) -> None:
        publish(broker, event)
        queued.append(event["event"])

    monkeypatch.setattr(KafkaEventBroker, "_publish", watched)
    monkeypatch.setattr(event_lines, "END_SECONDS", 0.2)
    monkeypatch.setenv("OMNI_EVENTS_URL", "kafka://127.0.0.1:1/conversas")
    stream = await EventStream.from_endpoint_config(CONFIG)
    assert stream is not None
    line = stream._line
    assert isinstance(line, KafkaLine)
    for number in range(3):
        stream.publish({"sender_id": SENDER, "event": f"user {number}"})
    end = time.monotonic() + 10
    while time.monotonic() < end and len(queued) < 3:
        await asyncio.sleep(0.05)
    assert queued == ["user 0", "user 1", "user 2"]
    producer = line._broker.producer
    # Requests and errors count as well.
    assert len(producer) >= 3
    await stream.close()
    producer.purge()
    line._broker.producer = None  # else its threads go on trying, and say so


async def test_one_that_fails_does_not_end_the_stream() -> None:
    stuck = Stuck()
    stuck.free.set()
    line = KafkaLine(stuck)  # type: ignore[arg-type]
    for number in range(3):
        line.send({"n": number})
    await line.close()
    assert [one["n"] for one in stuck.got] == [0, 1, 2]


@pytest.fixture
def kafka(socket_enabled: None) -> Iterator[str]:
    """A Kafka within librdkafka, on loopback."""
    cluster = confluent_kafka.Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "x"})
    (broker,) = cluster.list_topics(timeout=10).brokers.values()
    yield f"{broker.host}:{broker.port}"
    del cluster


async def test_events_reach_a_kafka_in_order(kafka: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNI_EVENTS_URL", f"kafka://{kafka}/conversas")
    stream = await EventStream.from_endpoint_config(CONFIG)
    assert stream is not None
    for event in turn():
        stream.publish({"sender_id": SENDER, **event.as_dict()})
    await stream.close()
    got = await asyncio.to_thread(read, kafka, "conversas", 4)
    assert [one["event"] for one in got] == ["user", "action", "slot", "bot"]
    assert "sentinela" not in json.dumps(got)


def read(kafka: str, topic: str, number: int) -> list[dict[str, Any]]:
    settings = {"bootstrap.servers": kafka, "group.id": "t", "auto.offset.reset": "earliest"}
    consumer = confluent_kafka.Consumer(settings)
    consumer.subscribe([topic])
    found: list[dict[str, Any]] = []
    end = time.monotonic() + 20
    while len(found) < number and time.monotonic() < end:
        message = consumer.poll(0.5)
        if message and not message.error():
            assert message.key() == SENDER.encode()
            found.append(json.loads(message.value()))
    consumer.close()
    return found
