"""The bundles of an installation, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from release.manifest import Manifest
from release.shelf import Shelf, Shelved
from release.wording import Refused, say


def lines(shelf: Shelf) -> Iterator[str]:
    """Yield a line for each bundle, the newest first; what is refused says why."""
    state, versions = shelf.read(), shelf.versions()
    if not versions:
        yield say("list.none")
        return
    yield say("list.head")
    for version in reversed(versions):
        try:
            yield _row(shelf.open(version).manifest, state)
        except Refused as error:
            yield say("list.broken", file=version, reason=error)


def _row(manifest: Manifest, state: Shelved) -> str:
    created = datetime.fromisoformat(manifest.created).astimezone()
    right = manifest.figures.get("situation_first")
    return say(
        "list.row",
        version=manifest.version,
        created=f"{created:%d/%m/%Y %H:%M}",
        mark=_mark(manifest.version, state),
        right=f"{100 * right:.1f} %".replace(".", ",") if right is not None else "-",
        commit=manifest.commit or "-",
        creator=manifest.creator,
    )


def _mark(version: str, state: Shelved) -> str:
    if version == state.active:
        return say("list.active")
    last = next((entry for entry in reversed(state.log) if entry["version"] == version), None)
    if last and last["how"] == "failed":
        return say("list.failed")
    return say("list.before") if version in state.seen else "-"
