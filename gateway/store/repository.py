"""The store as the rest of the gateway has it: opened, closed, and what is asked of all of it."""

from __future__ import annotations

from sqlalchemy import text

from gateway.store.backlog import Backlog, read_backlog
from gateway.store.engine import Database, sqlite_file
from gateway.store.history import History
from gateway.store.lock import ProcessLock
from gateway.store.migrate import migrate


class Store:
    """Conversations and messages on disk; `database` opens transactions for the modules here."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.history = History(self.database)
        file = sqlite_file(url)
        self._lock = ProcessLock(file.with_name(f"{file.name}.lock")) if file else None

    @property
    def is_ours_alone(self) -> bool:
        """Whether no other process can have this store open while we do."""
        return self._lock is not None

    def lock(self) -> None:
        """Keep other gateways out of an SQLite file; raise StoreInUse where one has it."""
        if self._lock:
            self._lock.acquire()

    async def start(self) -> None:
        """Lock the store, and bring its tables up to date."""
        self.lock()
        await migrate(self.database)

    async def stop(self) -> None:
        """Close every connection, and let another process have the store."""
        await self.database.close()
        if self._lock:
            self._lock.release()

    async def ping(self) -> None:
        """Raise SQLAlchemyError where the database does not answer."""
        async with self.database.engine.connect() as db:
            await db.execute(text("SELECT 1"))

    async def backlog(self) -> Backlog:
        """Return how much work waits."""
        return await read_backlog(self.database.engine)
