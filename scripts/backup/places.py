"""Where the data are: the same environment as that of the servers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url

from assistant.environment import read_environment
from gateway.settings import ROOT, Settings
from gateway.store.sameness import check_apart, database_key

# In the order of a backup. What the gateway's snapshot speaks of (a turn that ran, a case) is in
# those taken after it; the other way round, an answer could name a case that the backup lacks.
ROLES = ("gateway", "tracker", "cases")
DAYS = 35


@dataclass(frozen=True)
class Part:
    """A database, and what is in it: one PostgreSQL may hold several of ROLES."""

    url: URL
    roles: tuple[str, ...]

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path:
        """Return the file of an SQLite database."""
        return Path(str(self.url.database))

    @property
    def name(self) -> str:
        """Return its name within a backup."""
        return f"{'-'.join(self.roles)}.{'db' if self.is_sqlite else 'dump'}"


@dataclass(frozen=True)
class Places:
    """The databases, the log of erasures (which no backup holds), bundles, and the backups."""

    parts: tuple[Part, ...]
    erasures_url: str
    bundles: Path
    backups: Path
    days: int

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Places:
        """Read them; raise ValueError naming a variable that cannot be used."""
        settings, found = Settings.from_env(env), read_environment(env)
        tracker = found.get("OMNI_TRACKER_URL", f"sqlite:///{ROOT / 'var' / 'tracker.db'}")
        urls = (settings.database, tracker, settings.access.cases_url)
        check_apart("OMNI_ERASURES_DB", settings.erasures_url, {"OMNI_TRACKER_URL": tracker})
        days = found.get("OMNI_BACKUP_DAYS", str(DAYS))
        if not days.isdecimal() or not int(days):
            raise ValueError(f"OMNI_BACKUP_DAYS: {days!r} is no number of days")
        return cls(
            parts=_parts(dict(zip(ROLES, urls, strict=True))),
            erasures_url=settings.erasures_url,
            bundles=Path(found.get("OMNI_BUNDLES", ROOT / "var" / "bundles")),
            backups=Path(found.get("OMNI_BACKUPS", ROOT / "var" / "backups")),
            days=int(days),
        )

    def of(self, role: str) -> Part:
        """Return the database that holds a role."""
        return next(part for part in self.parts if role in part.roles)


def _parts(urls: Mapping[str, str]) -> tuple[Part, ...]:
    """Put those together that are the same database, whichever driver their addresses name."""
    shared: dict[tuple[object, ...], Part] = {}
    for role, text in urls.items():
        url = make_url(text)
        key = database_key(url)
        known = shared.get(key, Part(url, ()))
        shared[key] = Part(known.url, (*known.roles, role))
    return tuple(shared.values())
