"""What talkers and oracle need of an installation."""

from __future__ import annotations

from typing import Any, Protocol

# Stands in what people write here; no log may ever hold it.
SENTINEL = "quasimodo"
Span = tuple[float, float | None]


class Place(Protocol):
    """An installation that people talk to.

    `up`: when each process answered, as (from, to) by time.monotonic(); the last may be open.
    """

    @property
    def url(self) -> str:
        """Where people come in."""

    @property
    def up(self) -> dict[str, list[Span]]:
        """When what counts was there, `gateway` at least."""

    def log(self, name: str) -> str:
        """Return everything that a process has printed."""

    def sql(self, database: str, query: str, *values: Any) -> list[Any]:
        """Ask one of the databases: gateway, tracker or cases; `?` stands for a value."""
