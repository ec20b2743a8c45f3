"""The situations: a list, each one's page, a new one, and taking one away."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from assistant.dialogue.turn import OUT_OF_SCOPE, REPLIES, SMALL_TALK
from assistant.text import fold
from gateway.console.changing import Failed, change, done, skipped
from gateway.console.guard import Posted, Reader, Seen
from gateway.console.reading import situation_values
from gateway.console.scores import score_of
from gateway.console.steps import RELEASE, forecast
from gateway.console.stubs import id_of, is_stub, without
from gateway.console.threeway import written
from gateway.console.wording import say
from trainer.situation import create, remove
from trainer.situation.create import RESERVED
from trainer.wording import intent_names
from trainer.workbench import Applied, Workbench

router = APIRouter(prefix="/treinador/situacoes")
AT = "situacoes"
TEXTS = ("title", "module", "performer", "clarify", "summary")
TALK = (
    OUT_OF_SCOPE,
    *sorted(REPLIES, key=intent_names().__getitem__),
    *sorted(SMALL_TALK, key=intent_names().__getitem__),
)


@router.get("")
async def every_situation(seen: Reader) -> Response:
    """List the situations, and the other things that are recognised by their phrases."""
    library = seen.console.library
    counts = await library.counts()
    talk = [(intent, counts[intent]) for intent in TALK if counts.get(intent)]
    return seen.page("situations", AT, cards=await library.cards(), talk=talk)


@router.get("/nova")
async def new_situation(seen: Reader) -> Response:
    """Show the form of a new situation."""
    return await _new(seen, {})


@router.post("/nova")
async def create_situation(sent: Posted) -> Response:
    """Write a new situation's beginnings in every place that needs one."""
    form = sent.form
    title = form.text("title")
    typed = {"title": title, "articles": form.all("articles"), "topics": form.text("topics")}
    articles = [one for one in form.all("articles") if one]
    titles = await sent.console.library.titles()
    id = id_of(title, {*titles, *RESERVED})

    def work(bench: Workbench) -> Applied:
        return create(bench, id, title, articles, form.items("topics"))

    fault = "" if id else "title_words"
    if fold(title) in map(fold, titles.values()):
        fault = "title_taken"
    found = Failed([say(fault)]) if fault else await change(sent, work)
    if isinstance(found, Failed):
        return await _new(sent, typed, **found.shown())
    return done(found, f"/treinador/situacoes/{id}", "created_situation")


@router.get("/{id}")
async def situation(seen: Reader, id: str) -> Response:
    """Show a situation with everything that belongs to it."""
    return await page(seen, id)


@router.post("/{id}/textos")
async def set_texts(sent: Posted, id: str) -> Response:
    """Change the texts of a situation, all or none."""
    typed = {field: sent.form.text(field) for field in TEXTS}

    def work(bench: Workbench) -> Applied:
        now, _ = bench.situation(id)  # it has to be there
        new = {f: v for f, v in typed.items() if v != now[f] and not (is_stub(now[f]) and not v)}
        return bench.set_situation(id, new, sent.form.text("etag") or None)

    found = await change(sent, work)
    if isinstance(found, Failed):
        now, _ = await asyncio.to_thread(sent.console.library.bench().situation, id)
        return await page(sent, id, **found.over(sent, typed, _texts(now)))
    return done(found, f"/treinador/situacoes/{id}")


@router.post("/{id}/artigos")
async def set_articles(sent: Posted, id: str) -> Response:
    """Say which articles a situation offers, in their order."""
    names = [one for one in sent.form.all("articles") if one]

    def work(bench: Workbench) -> Applied:
        return bench.set_articles(id, names, sent.form.text("etag") or None)

    found = await change(sent, work)
    if isinstance(found, Failed):
        return await page(sent, id, **found.shown("artigos"))
    return done(found, f"/treinador/situacoes/{id}#artigos")


@router.post("/{id}/remover")
async def remove_situation(sent: Posted, id: str) -> Response:
    """Take a situation out of every place."""
    force = sent.form.text("tudo") == "1"
    found = await change(sent, lambda bench: remove(bench, id, force))
    if isinstance(found, Failed):
        return await page(sent, id, **found.shown())
    return done(found, "/treinador/situacoes", "removed")


async def page(
    seen: Seen, id: str, typed: dict[str, Any] | None = None, status: int = 200, **values: Any
) -> Response:
    """Return a situation's page; `typed` is what stands in its fields instead of what is saved."""
    library = seen.console.library
    found = await asyncio.to_thread(situation_values, library.bench(), id, seen.asked("busca"))
    names = await library.names()
    score = await asyncio.to_thread(score_of, library.root, names, id)
    more: dict[str, Any] = {"articles": await library.articles(), "titles": await library.titles()}
    more |= {"score": score, "names": names, "forecast": forecast(library.root, RELEASE)}
    known = {"typed": typed, "advice": None, "phrase": "", "todo": await _todo(seen, id)}
    known["skipped"] = await skipped(seen)
    known["base"] = written(_texts(found["situation"]))
    return seen.page("situation", AT, status, id=id, **{**known, **found, **more, **values})


def _texts(situation: Mapping[str, Any]) -> dict[str, str]:
    return {field: without(situation[field]) for field in TEXTS}


async def _todo(seen: Seen, id: str) -> list[Any] | None:
    """Return what the doctor has about a situation; None where it did not look since a change."""
    found = await seen.console.doctor.known()
    return found.about(id) if found else None


async def _new(seen: Seen, typed: dict[str, Any], status: int = 200, **values: Any) -> Response:
    articles = await seen.console.library.articles()
    return seen.page("new_situation", AT, status, typed=typed, articles=articles, **values)
