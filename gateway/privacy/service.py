"""Privacy as the routes and the application see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx

from gateway.access_settings import AccessSettings
from gateway.identity.sessions import Access
from gateway.privacy.cases import CasesOfPeople
from gateway.privacy.eraser import Eraser
from gateway.privacy.erasure_log import ErasureLog
from gateway.privacy.jobs import Jobs
from gateway.privacy.schemas import Export, Me
from gateway.privacy.stores import OtherStore
from gateway.privacy.tracker import TrackerStore
from gateway.store.engine import Database
from gateway.store.erasure import Erasures
from gateway.store.people import People
from gateway.store.personal import Personal
from gateway.workers import Workers


class Privacy:
    """Shows, exports and erases what is kept about a visitor, here and in the other stores."""

    def __init__(
        self,
        database: Database,
        others: dict[str, OtherStore],
        log: ErasureLog,
        settings: AccessSettings,
        told: Callable[[str], None],
    ) -> None:
        self._personal = Personal(database)
        self._others = others
        self._retention_days = settings.retention_days
        self._log = log
        self.eraser = Eraser(Erasures(database), others, log, told)
        self.jobs = Jobs(
            self.eraser,
            People(database),
            retention=timedelta(days=settings.retention_days),
            renewal_lifetime=timedelta(days=settings.renewal_days),
        )

    async def about(self, access: Access) -> Me | None:
        """Return how much is kept, or None where it was erased by now; raise StoreDown."""
        kept = await self._personal.kept(access.visitor, access.conversation)
        cases = await self._others["cases"].read(access.conversation)
        if kept is None:
            return None
        return Me(
            since=kept.since,
            messages=kept.messages,
            cases=len(cases),
            feedback=kept.feedback,
            retention_days=self._retention_days,
            identified=access.identified,
        )

    async def export(self, access: Access) -> Export:
        """Return all of it, or raise StoreDown: half of it would look like all of it."""
        conversation = access.conversation
        here = await self._personal.export(access.visitor, conversation)
        # One after the other: what fails leaves nothing running.
        elsewhere = {name: await store.read(conversation) for name, store in self._others.items()}
        return Export(conversation=conversation, **here, **elsewhere)

    async def close(self) -> None:
        """End the jobs and close the other stores."""
        await self.jobs.stop()
        for store in (*self._others.values(), self._log):
            await store.close()


def build_privacy(
    database: Database,
    workers: Workers,
    settings: AccessSettings,
    log: ErasureLog,
    transport: httpx.AsyncBaseTransport | None,
    told: Callable[[str], None],
) -> Privacy:
    """Wire the parts; `told` hears of each erased conversation, `transport` is for tests."""
    others: dict[str, OtherStore] = {
        "tracker": TrackerStore(workers, transport),
        "cases": CasesOfPeople(settings.cases_url),
    }
    return Privacy(database, others, log, settings, told)
