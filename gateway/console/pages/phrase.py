"""One phrase: another wording, another place, or two situations at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from assistant.dialogue.turn import OUT_OF_SCOPE
from assistant.text import fold
from gateway.console.changing import Failed, change, done
from gateway.console.guard import Posted, Reader, Seen, Sent
from gateway.console.pages import situations
from gateway.console.wording import say
from gateway.errors import ApiError
from trainer.workbench import Applied, Workbench

router = APIRouter(prefix="/treinador/frases")
MOST_SHOWN = 60


@router.get("/de-mais-de-uma")
async def shared(seen: Reader) -> Response:
    """List the phrases that fit more than one situation, those with the wanted words."""
    return await _shared(seen)


@router.post("/de-mais-de-uma/tirar")
async def take_shared(sent: Posted) -> Response:
    """Take a phrase away that fits more than one situation."""
    text, etag = sent.form.text("frase"), sent.form.text("etag") or None
    found = await change(sent, lambda bench: bench.remove_ambiguous(text, etag))
    if isinstance(found, Failed):
        return await _shared(sent, **found.shown())
    return done(found, "/treinador/frases/de-mais-de-uma", "taken")


@router.get("/{intent}/alterar")
async def one_phrase(seen: Reader, intent: str) -> Response:
    """Show what can be done with a phrase."""
    return await _page(seen, intent, seen.asked("frase"))


@router.post("/{intent}/trocar")
async def reword(sent: Posted, intent: str) -> Response:
    """Put another wording in a phrase's place."""
    old, new = sent.form.text("frase"), sent.form.text("nova")

    def work(bench: Workbench) -> Applied:
        return bench.replace_example(intent, old, new, sent.form.text("etag") or None)

    return await _done(sent, intent, work, intent, "saved")


@router.post("/{intent}/mover")
async def move(sent: Posted, intent: str) -> Response:
    """Make a phrase an example of another situation, or of what is not covered."""
    to = sent.form.text("para")

    def work(bench: Workbench) -> Applied:
        etag = sent.form.text("etag") or None
        return bench.move_example(sent.form.text("frase"), intent, to, etag)

    return await _done(sent, intent, work, to, "moved")


@router.post("/{intent}/dividir")
async def share(sent: Posted, intent: str) -> Response:
    """Say that a phrase fits another situation as well."""

    def work(bench: Workbench) -> Applied:
        form = sent.form
        return bench.share_example(
            intent, form.text("frase"), form.text("para"), form.text("etag") or None
        )

    return await _done(sent, intent, work, intent, "shared")


async def _done(
    sent: Sent, intent: str, work: Callable[[Workbench], Applied], to: str, notice: str
) -> Response:
    found = await change(sent, work)
    if isinstance(found, Failed):
        old = sent.form.text("frase")
        return await _page(sent, intent, old, new=sent.form.text("nova"), **found.shown())
    known = to in await sent.console.library.titles()
    kind = "situacoes" if known else "frases"
    return done(found, f"/treinador/{kind}/{quote(to)}#exemplos", notice)


async def _page(
    seen: Seen, intent: str, phrase: str, status: int = 200, new: str = "", **values: Any
) -> Response:  # fmt: skip
    bench = seen.console.library.bench()
    found, etag = await asyncio.to_thread(bench.examples, intent)
    if phrase not in found:
        raise ApiError(404, say("phrase_gone"))
    titles = await seen.console.library.titles()
    return seen.page(
        "phrase", situations.AT, status, intent=intent, phrase=phrase, etag=etag, titles=titles,
        scope=OUT_OF_SCOPE, new=new or phrase, **values,
    )  # fmt: skip


async def _shared(seen: Seen, status: int = 200, **values: Any) -> Response:
    found, etags = await asyncio.to_thread(seen.console.library.bench().shared)
    wanted = seen.asked("busca")
    names = await seen.console.library.names()
    matching = [(text, ", ".join(map(names.of, ids))) for text, ids in found
                if fold(wanted) in fold(text)]  # fmt: skip
    return seen.page(
        "shared", situations.AT, status, phrases=matching[:MOST_SHOWN], etags=etags, wanted=wanted,
        total=len(matching), **values,
    )  # fmt: skip
