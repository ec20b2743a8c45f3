"""Changes of files: carried out in a trainer's name, and what became of them for the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import RedirectResponse, Response

from gateway.console import threeway
from gateway.console.guard import Seen, Sent
from gateway.console.naming import Names
from gateway.console.wording import say
from trainer.workbench import Applied, Conflict, Missing, Workbench, WorkbenchError, kept
from trainer.workbench.change import Change, append


@dataclass(frozen=True)
class Theirs:
    """What somebody else changed in the meantime; `diff` is "" where it is not kept."""

    where: str
    who: str = ""
    when: str = ""
    diff: str = ""


@dataclass(frozen=True)
class Failed:
    """A change that was not made: the page is shown again with what was typed, and these."""

    errors: list[str] = field(default_factory=list)
    conflict: Theirs | None = None

    def over(self, sent: Sent, mine: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
        """Return what templates need of it where the form is shown again with its fields.

        After somebody else's change only what was touched is the sender's; without one, the form
        keeps the etag and the base that it was opened with.
        """
        if self.conflict is None:
            kept = {"etag": sent.form.text("etag"), "base": sent.form.text(threeway.BASE)}
            return {**self.shown(), **(kept if kept["base"] else {}), "typed": mine}
        fields, moved = threeway.merged(sent.form, mine, now)
        return {**self.shown(), "typed": fields, "moved": moved}

    @property
    def status(self) -> int:
        """Return the status of that page."""
        return 409 if self.conflict else 422

    def shown(self, place: str = "") -> dict[str, Any]:
        """Return what templates need of it; `place`: the section that says it, "" the page."""
        found = {"errors": self.errors, "conflict": self.conflict, "status": self.status}
        return {**found, "place": place}


async def change(sent: Sent, work: Callable[[Workbench], Applied]) -> Applied | Failed:
    """Carry out a change; raise Missing where what was to be changed is gone."""
    bench = sent.console.library.bench(sent.trainer.name)
    try:
        return await asyncio.to_thread(work, bench)
    except Conflict as error:
        names = await sent.console.library.names()
        found = await asyncio.to_thread(_theirs, bench, error.file, names)
        return Failed([say("conflict")], found)
    except Missing as error:
        names = await sent.console.library.names()
        raise Missing(*map(names.plain, error.faults)) from None
    except WorkbenchError as error:
        names = await sent.console.library.names()
        return Failed([names.plain(fault) for fault in error.faults])
    except OSError:
        return Failed([say("not_written")])


def done(applied: Applied, where: str, notice: str = "saved") -> Response:
    """Send the browser on to a page that says that it is done, and offers to take it back."""
    path, _, place = where.partition("#")
    more = f"&mudanca={applied.id}" if applied.id else ""
    said = notice if applied.id else "unchanged"
    joint = "&" if "?" in path else "?"
    within = f"&em={place}" if place else ""
    return onward(f"{path}{joint}feito={said}{within}{more}{'#' if place else ''}{place}")


async def skipped(seen: Seen) -> list[str]:
    """Return what the last form left out and why, as long as that is kept."""
    if seen.asked("feito") != "pasted":
        return []
    root = seen.console.settings.console.root
    try:
        found = await asyncio.to_thread(kept.read, root, seen.asked("mudanca"))
    except Missing:
        return []
    names = await seen.console.library.names()
    return [names.plain(one) for one in found.skipped]


def onward(where: str) -> Response:
    """Send the browser on after a form."""
    return RedirectResponse(where, 303)


def note(sent: Sent, change: Change) -> None:
    """Put into the audit log what no workbench does: measuring accepted, versions published."""
    append(sent.console.settings.console.root / "var/audit.jsonl", [change])


def _theirs(bench: Workbench, file: str, names: Names) -> Theirs:
    """Return the newest kept change of a file."""
    for applied in kept.readable(bench.root):
        mine = tuple(write for write in applied.writes if write.file == file)
        if mine:
            last = applied.changes[-1]
            where = names.place(file, last.edit.place)
            return Theirs(where, last.who, last.when, Applied((), mine).diff())
    return Theirs(names.place(file))
