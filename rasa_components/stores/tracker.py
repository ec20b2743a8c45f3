"""Rasa's SQL tracker store made strict: it refuses, raises and mends, and never pretends.

Rasa 3.6.21's own ends the process on any ValueError (an odd id, one broken row), and lets a turn
be answered that was not stored. `type: rasa_components.stores.tracker.StrictTrackerStore`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

from assistant.environment import read_environment
from rasa_components.stores import rows as rows_of
from rasa_components.stores.engine import claim, make_engine
from rasa_components.stores.rows import EVENTS, FaultyRow, replay, whole_turns
from rasa_components.stores.sessions import next_session
from rasa_components.stores.told import Told, told

logger = logging.getLogger(__name__)

LONGEST_SENDER = 255  # of the column
_SEEN = "omni_seen"
# Plain rows: as objects that SQLAlchemy keeps track of they cost several times as much.
_ADD = sa.insert(EVENTS)
_READ = tuple(EVENTS.c[name] for name in ("id", "type_name", "action_name", "data"))
ERASED = "erased"  # what a stream of events is told of a conversation that was deleted


class OddSender(RasaException):
    """A conversation id that no database should be asked for."""


class StaleTracker(RasaException):
    """Someone else wrote to the conversation during the turn, whatever the lock says."""


class NotStrict(RasaException):
    """Rasa runs with another tracker store: endpoints.yml is missing or misspelt."""


@dataclass(frozen=True)
class Seen:
    """What a tracker knows of the database: how many of its events are there, the newest row."""

    events: int
    newest: int


class StrictTrackerStore(SQLTrackerStore):
    """Keeps conversations in SQLite or PostgreSQL; each failure raises, so that the turn fails.

    Where: OMNI_TRACKER_URL, or else `url` of endpoints.yml, or else Rasa's own `dialect`, `host`,
    `port`, `db`, `username`, `password`. The database is worked with in threads, so that one who
    waits for it keeps nobody else waiting.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **place: Any,
    ) -> None:
        """Make the engine, and the tables if the database is there already."""
        address = read_environment().get("OMNI_TRACKER_URL")
        self.engine = make_engine(address or self.get_db_url(host=host, **place))
        self.sessionmaker = sa.orm.sessionmaker(bind=self.engine, future=True)
        self._has_tables = False
        # Not SQLTrackerStore's: it would make an engine without time-outs.
        TrackerStore.__init__(self, domain, event_broker)
        with contextlib.suppress(sa.exc.SQLAlchemyError), self.session_scope():
            logger.debug("The tracker database is there.")

    @contextlib.contextmanager
    def session_scope(self) -> Generator[sa.orm.Session, None, None]:
        """Give a session that is rolled back if it is not committed; every error is raised."""
        session = self.sessionmaker()
        try:
            if not self._has_tables:
                self._make_tables()
            yield session
        except sa.exc.SQLAlchemyError as error:
            self._has_tables = False  # the database that comes back may be another
            logger.error("tracker database: %s", type(error).__name__)
            raise
        finally:
            session.close()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation since its last session began, mended where a row is faulty."""
        return await asyncio.to_thread(self._read, check_sender(sender_id))

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return the conversation with all its sessions; raise FaultyRow where a row is faulty."""
        return await asyncio.to_thread(self._read_all, check_sender(conversation_id))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the new events; raise StaleTracker where others were stored since it was read.

        What is stored is streamed, if there is a stream, and nothing that is not.
        """
        check_sender(tracker.sender_id)
        stored = await asyncio.to_thread(self._write, tracker)
        if self.event_broker:
            await self._stream_new_events(self.event_broker, stored, tracker.sender_id)

    async def answers(self, sender_id: str, message_id: str) -> list[dict[str, Any]] | None:
        """Return the bot's messages to this message id, or None where it is not stored."""
        return await self._ask(rows_of.answers_to, sender_id, message_id)

    async def forget_silent(self, sender_id: str, message_id: str) -> None:
        """Remove this message's turn if it is the newest and the bot said nothing in it."""
        await self._ask(rows_of.forget_silent, sender_id, message_id)

    async def told(
        self, sender_id: str, message_id: str, now: Sequence[str], around: Sequence[str]
    ) -> Told:
        """Return all that is asked once a turn has ended, as told.told says it."""
        return await self._ask(told, sender_id, message_id, now, around)

    async def export(self, sender_id: str) -> list[dict[str, Any]]:
        """Return every event that is kept of a conversation, [] where there is none."""
        return await self._ask(rows_of.export_rows, sender_id)

    async def delete(self, sender_id: str) -> None:
        """Remove every event of a conversation, those set aside too; whoever got them is told."""
        await self._ask(rows_of.delete_rows, sender_id)
        if self.event_broker:
            said = {"sender_id": sender_id, "event": ERASED, "timestamp": time.time()}
            self.event_broker.publish(said)

    async def _ask(self, work: Any, sender_id: str, *more: Any) -> Any:
        check_sender(sender_id)
        return await asyncio.to_thread(self._in_session, work, sender_id, *more)

    def _in_session(self, work: Any, *arguments: Any) -> Any:
        with self.session_scope() as session:
            result = work(session, *arguments)
            session.commit()
            return result

    def _make_tables(self) -> None:
        self.Base.metadata.create_all(self.engine)
        rows_of.META.create_all(self.engine)
        self._has_tables = True

    def _read(self, sender_id: str) -> DialogueStateTracker | None:
        with self.session_scope() as session:
            while True:
                rows = self._event_query(session, sender_id, False).all()
                try:
                    return self._replayed(sender_id, rows)
                except FaultyRow as fault:
                    self._mend(session, sender_id, rows, fault)

    def _read_all(self, sender_id: str) -> DialogueStateTracker | None:
        with self.session_scope() as session:
            return self._replayed(sender_id, self._event_query(session, sender_id, True).all())

    def _replayed(self, sender_id: str, rows: Sequence[Any]) -> DialogueStateTracker | None:
        if not rows:
            return None
        tracker = self.init_tracker(sender_id)
        replay(tracker, rows)
        vars(tracker)[_SEEN] = Seen(len(tracker.events), rows[-1].id)
        return tracker

    def _mend(
        self, session: sa.orm.Session, sender_id: str, rows: Sequence[Any], fault: FaultyRow
    ) -> None:
        """Go back to the last whole turn before the faulty row, or to nothing at all."""
        kept = whole_turns(rows[: fault.position])
        first = rows[kept].id if kept else 0
        faulty = rows[fault.position].id, fault.reason
        session.rollback()  # ends the reading, so that the conversation can be claimed
        claim(session, sender_id)
        rows_of.set_aside(session, sender_id, faulty, first)
        session.commit()

    def _write(self, tracker: DialogueStateTracker) -> list[Any]:
        with self.session_scope() as session:
            claim(session, tracker.sender_id)
            newest = rows_of.newest_row(session, tracker.sender_id)
            seen = vars(tracker).get(_SEEN) or self._unread(session, tracker, newest)
            if seen.newest != newest:
                raise StaleTracker(tracker.sender_id)
            fresh = list(itertools.islice(tracker.events, seen.events, None))
            new = [*fresh, *next_session(tracker)]
            if new:
                rows = [self._row(tracker.sender_id, event) for event in new]
                session.execute(_ADD, rows)
            seen = Seen(len(tracker.events), rows_of.newest_row(session, tracker.sender_id))
            session.commit()
            vars(tracker)[_SEEN] = seen
            return new

    def _unread(self, session: sa.orm.Session, tracker: DialogueStateTracker, newest: int) -> Seen:
        """Count as Rasa does for a tracker that this store did not read."""
        return Seen(self._event_query(session, tracker.sender_id, False).count(), newest)

    def _row(self, sender_id: str, event: Any) -> dict[str, Any]:
        data = event.as_dict()
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": data.get("timestamp"),
            "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }

    def _event_query(
        self, session: sa.orm.Session, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> Any:
        """Return the query for the rows, oldest first: by number, since clocks are set back."""
        query = session.query(*_READ).filter(self.SQLEvent.sender_id == sender_id)
        if not fetch_events_from_all_sessions:
            starts = (EVENTS.c.sender_id == sender_id) & (
                EVENTS.c.type_name == SessionStarted.type_name
            )
            start = sa.select(sa.func.coalesce(sa.func.max(EVENTS.c.id), 0)).where(starts)
            query = query.filter(self.SQLEvent.id >= start.scalar_subquery())
        return query.order_by(self.SQLEvent.id)


def check_sender(sender_id: Any) -> str:
    """Return a conversation id that any database takes; raise OddSender for another."""
    text = isinstance(sender_id, str) and 0 < len(sender_id) <= LONGEST_SENDER
    if not text or not sender_id.isprintable():  # neither NUL nor a lone surrogate is printable
        raise OddSender("a conversation id that cannot be stored")
    return str(sender_id)


def strict_store(agent: Agent) -> StrictTrackerStore:
    """Return the agent's store, taken out of Rasa's fail-safe; raise NotStrict for any other.

    Rasa wraps every store into one that answers from memory when the database fails, and takes a
    store in memory where endpoints.yml names a class that it cannot find.
    """
    store = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    if not isinstance(store, StrictTrackerStore):
        raise NotStrict(f"{type(store).__name__}: set tracker_store in endpoints.yml")
    agent.tracker_store = store
    if agent.processor:
        agent.processor.tracker_store = store
    return store
