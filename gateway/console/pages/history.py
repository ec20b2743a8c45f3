"""Who changed what: the audit log, the differences that are still kept, and taking them back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from gateway.console.changing import Failed, change, done
from gateway.console.guard import Posted, Reader, Seen
from gateway.console.log import logged
from trainer.workbench import Applied, kept

router = APIRouter(prefix="/treinador")
AT_ONCE = 50
MOST_DIGITS = 6
_SAME = ("when", "who", "file", "what")


@router.get("/historico")
async def history(seen: Reader) -> Response:
    """List the changes, the newest first."""
    root = seen.console.settings.console.root
    page = _page_of(seen.asked("pagina"))
    entries, more = await asyncio.to_thread(_entries, root, (page - 1) * AT_ONCE)
    names = await seen.console.library.names()
    return seen.page("history", at="historico", entries=entries, page=page, more=more, names=names)


@router.get("/historico/{id}")
async def one_change(seen: Reader, id: str) -> Response:
    """Show one change as a difference of files."""
    applied = await asyncio.to_thread(kept.read, seen.console.settings.console.root, id)
    return _shown(seen, applied)


@router.post("/historico/{id}/desfazer")
async def undo(sent: Posted, id: str) -> Response:
    """Take a change back, where nobody changed those files since."""
    applied = await asyncio.to_thread(kept.read, sent.console.settings.console.root, id)
    found = await change(sent, lambda bench: bench.undo(applied))
    if isinstance(found, Failed):
        return _shown(sent, applied, found)
    return done(found, "/treinador/historico", "undone")


def _page_of(text: str) -> int:
    """Return the page that is asked for; the first where that is none."""
    return max(int(text), 1) if text.isdecimal() and len(text) <= MOST_DIGITS else 1


def _shown(seen: Seen, applied: Applied, failed: Failed | None = None) -> Response:
    values = failed.shown() if failed else {}
    status = values.pop("status", 200)
    lines = applied.diff().splitlines()
    return seen.page("change", "historico", status, applied=applied, lines=lines, **values)


def _entries(root: Path, first: int) -> tuple[list[dict[str, Any]], bool]:
    """Return changes from `first` on: what was logged, and the id under which it is kept."""
    groups: dict[tuple[str, ...], dict[str, Any]] = {}
    for found in logged(root):
        entry = groups.setdefault(_key(found), {**found, "times": 0, "id": ""})
        entry["times"] += 1
    shown = list(groups.values())[first : first + AT_ONCE]
    _name_kept(root, shown)
    return shown, len(groups) > first + AT_ONCE


def _key(logged: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the entries of one change of a file have in common."""
    return tuple(logged[name] for name in _SAME)


def _name_kept(root: Path, entries: list[dict[str, Any]]) -> None:
    """Add the id of the kept change to each entry that has one."""
    wanted = {_key(entry): entry for entry in entries}
    oldest = min((entry["when"] for entry in entries), default="")
    for found in kept.readable(root):
        for one in found.changes:
            if entry := wanted.get(_key(one.logged())):
                entry["id"] = entry["id"] or found.id
        if found.changes and found.changes[0].when < oldest:
            return
