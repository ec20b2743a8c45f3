"""The console's parts, made once for each application."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from gateway.console.adviser import AdviserClient
from gateway.console.doctor import Doctor
from gateway.console.jobs import Jobs
from gateway.console.keys import Keys
from gateway.console.library import Library
from gateway.console.look import Look
from gateway.console.oidc import Provider
from gateway.console.users import Users
from gateway.knowledge import knowledge
from gateway.limits import Limiter
from gateway.review.inbox import ReviewInbox
from gateway.settings import Settings
from gateway.store.engine import Database
from release.settings import ReleaseSettings
from release.shelf import Shelf


@dataclass
class Console:
    """What the pages need. Processes start with the first use, and end with `stop`."""

    settings: Settings
    database: Database
    users: Users
    keys: Keys
    look: Look
    library: Library
    doctor: Doctor
    adviser: AdviserClient
    jobs: Jobs
    inbox: ReviewInbox
    provider: Provider | None
    logins_of_address: Limiter
    logins_of_name: Limiter

    @cached_property
    def release(self) -> ReleaseSettings:
        """Where versions lie; raises ValueError naming a variable that cannot be used."""
        return replace(ReleaseSettings.from_env(), root=self.settings.console.root)

    @property
    def shelf(self) -> Shelf:
        """Return the shelf of versions."""
        return Shelf(self.release)

    async def stop(self) -> None:
        """End the processes."""
        await self.jobs.stop()
        await self.adviser.stop()


def build_console(settings: Settings, database: Database, secret: str) -> Console:
    """Make the parts."""
    mine = settings.console
    return Console(
        settings=settings,
        database=database,
        users=Users(database, mine.hours),
        keys=Keys(secret, mine.hours),
        look=Look(settings.desk.hours.zone),
        library=Library(mine.root),
        doctor=Doctor(mine.root),
        adviser=AdviserClient(mine.root),
        jobs=Jobs(mine.root),
        inbox=ReviewInbox(database, knowledge),
        provider=Provider(mine.oidc) if mine.oidc else None,
        logins_of_address=Limiter(mine.logins),
        logins_of_name=Limiter(mine.logins),
    )
