"""What is live, and which versions there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.console.parts import Console
from release.serving import status
from release.shelf import Shelf, Shelved
from release.wording import Refused

MOST_SHOWN = 12


@dataclass(frozen=True)
class Live:
    """`serving` is None where people are answered from the folder; `runs`: whether anybody is."""

    active: str | None = None
    before: str | None = None
    runs: bool = False
    serving: str | None = None
    wanted: str | None = None
    failed: dict[str, str] = field(default_factory=dict)
    first: bool = False  # only one version was ever live

    @property
    def shown(self) -> str | None:
        """The version that people are answered by, or will be once the assistant runs."""
        return self.serving if self.runs else self.active

    @property
    def coming(self) -> str | None:
        """The version that is taking over, None where none is.

        A version that was just activated or taken back is wanted only a moment later; what serves
        from the folder by choice wants none.
        """
        if not self.runs or self.wanted is None:
            return None
        other = (one for one in (self.active, self.wanted) if one not in (None, self.serving))
        return next(other, None)


@dataclass(frozen=True)
class Version:
    """A bundle on the shelf; `fault` says why it cannot be used."""

    name: str
    created: str = ""
    creator: str = ""
    right: float | None = None
    mark: str = ""
    fault: str = ""


def live(console: Console) -> Live:
    """Return what is active, and what the running installation says of itself."""
    state = console.shelf.read()
    said: dict[str, Any] = status(console.release) or {}
    before = state.stack[-2] if len(state.stack) > 1 else None
    return Live(
        active=state.active,
        before=before,
        runs=bool(said),
        serving=said.get("version"),
        wanted=said.get("wanted"),
        failed=dict(said.get("failed") or {}),
        first=len(state.seen) == 1,
    )


def live_bundle(console: Console) -> Path | None:
    """Return the file of the active version, None where there is none or it cannot be said."""
    try:
        active = console.shelf.read().active
        return console.shelf.file(active) if active else None
    except ValueError:  # a setting that cannot be used, or Refused
        return None


def versions(console: Console) -> list[Version]:
    """Return the newest bundles, the newest first, each checked in full."""
    shelf = console.shelf
    return list(_versions(shelf, shelf.read(), live(console)))


def _versions(shelf: Shelf, state: Shelved, now: Live) -> Iterator[Version]:
    for name in list(reversed(shelf.versions()))[:MOST_SHOWN]:
        try:
            found = shelf.open(name).manifest
        except Refused as error:
            yield Version(name, fault=str(error))
            continue
        right = found.figures.get("situation_first")
        yield Version(name, found.created, found.creator, right, _mark(name, state, now))


def _mark(name: str, state: Shelved, now: Live) -> str:
    """Return how a version stands: what people are answered by is live, whatever is wanted."""
    if now.coming and name in (now.coming, now.serving):
        return "coming" if name == now.coming else "leaving"
    if name == (now.serving if now.runs else state.active):
        return "live"
    last = next((entry for entry in reversed(state.log) if entry["version"] == name), None)
    if last and last["how"] == "failed":
        return "failed"
    return "before" if name in state.seen else "none"
