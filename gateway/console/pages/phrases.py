"""Examples of situations and of everything else, advice on them, and phrases that measure."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, cast

from fastapi import APIRouter
from starlette.responses import Response

from gateway.console.adviser import NoAdvice
from gateway.console.changing import Failed, change, done, skipped
from gateway.console.guard import Posted, Reader, Seen, Sent
from gateway.console.pages import situations
from gateway.console.reading import example_values
from gateway.console.wording import say
from gateway.errors import ApiError
from trainer.workbench import Applied, Workbench
from trainer.workbench.apart import KINDS, Kind

router = APIRouter(prefix="/treinador")
# So many phrases are advised on at once.
MOST_ADVISED = 8
# Of phrases that are pasted, every so many is set apart for measuring.
APART_EVERY = 4


@router.get("/frases/{intent}")
async def examples(seen: Reader, intent: str) -> Response:
    """Show the examples of an intent that is no situation."""
    return await _page(seen, intent)


@router.post("/conselho")
async def advise(sent: Posted) -> Response:
    """Return the advice on phrases as a piece of a page, for the script."""
    advice = await _advice(sent, sent.form.text("intent"), sent.form.lines("frases"))
    titles = await sent.console.library.titles()
    return sent.console.look.page("advice", titles=titles, **advice)


@router.post("/frases/{intent}/acrescentar")
async def add(sent: Posted, intent: str) -> Response:
    """Add examples, or advise on them first, as the pressed button says."""
    lines = sent.form.lines("frases")
    separated = sent.form.text("separar") == "1"
    typed: dict[str, Any] = {"phrase": sent.form.text("frases"), "separated": separated}
    if sent.form.text("acao") != "acrescentar":
        return await _page(sent, intent, **typed, **await _advice(sent, intent, lines))

    every = APART_EVERY if separated else 0

    def work(bench: Workbench) -> Applied:
        return bench.add_phrases(intent, lines, every, sent.form.text("etag") or None)

    found = await change(sent, work) if lines else Failed([say("no_phrase")])
    if isinstance(found, Failed):
        return await _page(sent, intent, **typed, **found.shown("exemplos"))
    return done(found, await _address(sent, intent, _counted(found, len(lines))), "pasted")


def _counted(found: Applied, lines: int) -> str:
    """Return how many phrases went where, as a part of an address."""
    kinds = Counter(change.edit.what for change in found.changes)
    taught, apart = kinds["example.add"], kinds["heldout.add"]
    return f"?exemplos={taught}&medicao={apart}&fora={lines - taught - apart}"


@router.post("/frases/{intent}/tirar")
async def take(sent: Posted, intent: str) -> Response:
    """Take an example away."""

    def work(bench: Workbench) -> Applied:
        etag = sent.form.text("etag") or None
        return bench.remove_example(intent, sent.form.text("frase"), etag)

    found = await change(sent, work)
    if isinstance(found, Failed):
        return await _page(sent, intent, **found.shown("exemplos"))
    return done(found, await _address(sent, intent), "taken")


@router.post("/situacoes/{id}/medicao/{kind}/acrescentar")
async def add_apart(sent: Posted, id: str, kind: str) -> Response:
    """Set phrases apart for measuring, or for tuning."""
    lines = sent.form.lines("frases")

    def work(bench: Workbench) -> Applied:
        return bench.add_apart(_kind(kind), id, lines, sent.form.text("etag") or None)

    found = await change(sent, work) if lines else Failed([say("no_phrase")])
    if isinstance(found, Failed):
        typed = {kind: sent.form.text("frases")}
        return await situations.page(sent, id, typed_apart=typed, **found.shown("medicao"))
    return done(found, f"/treinador/situacoes/{id}#medicao", "added")


@router.post("/situacoes/{id}/medicao/{kind}/tirar")
async def take_apart(sent: Posted, id: str, kind: str) -> Response:
    """Take away a phrase that was set apart."""

    def work(bench: Workbench) -> Applied:
        etag = sent.form.text("etag") or None
        return bench.remove_apart(_kind(kind), id, sent.form.text("frase"), etag)

    found = await change(sent, work)
    if isinstance(found, Failed):
        return await situations.page(sent, id, **found.shown("medicao"))
    return done(found, f"/treinador/situacoes/{id}#medicao", "taken")


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise ApiError(404, say("not_there"))
    return cast(Kind, kind)


async def _page(seen: Seen, intent: str, **values: Any) -> Response:
    """Return the page that has the examples of an intent: its situation's, or one of their own."""
    if intent in await seen.console.library.titles():
        return await situations.page(seen, intent, **values)
    bench = seen.console.library.bench()
    found = await asyncio.to_thread(example_values, bench, intent, seen.asked("busca"))
    known: dict[str, Any] = {"advice": None, "phrase": "", "skipped": await skipped(seen)}
    known["titles"] = await seen.console.library.titles()
    status = values.pop("status", 200)
    return seen.page("phrases", situations.AT, status, **{**known, **found, **values})


async def _address(seen: Seen, intent: str, query: str = "") -> str:
    known = intent in await seen.console.library.titles()
    return f"/treinador/{'situacoes' if known else 'frases'}/{intent}{query}#exemplos"


async def _advice(sent: Sent, intent: str, lines: list[str]) -> dict[str, Any]:
    """Return the advice on each phrase, or the sentence that says why there is none."""
    found, reason = [], ""
    try:
        found = [await sent.console.adviser.advise(x, intent) for x in lines[:MOST_ADVISED]]
    except NoAdvice as error:
        reason = say(error.key)
    return {"advice": found, "no_advice": reason, "unadvised": max(len(lines) - MOST_ADVISED, 0)}
