"""The assistant's own sentences, and what stands on buttons."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from assistant.text import fold
from gateway.console.changing import Failed, change, done
from gateway.console.guard import Posted, Reader, Seen
from gateway.console.pages import situations
from trainer.workbench import Applied, Workbench

router = APIRouter(prefix="/treinador/textos")
MOST_SHOWN = 20


@router.get("")
async def sayings(seen: Reader) -> Response:
    """List the sentences and the buttons, those with the wanted words."""
    return await _page(seen, seen.asked("busca"))


@router.post("/gravar")
async def set_saying(sent: Posted) -> Response:
    """Change a sentence or a button."""
    form = sent.form
    name, text, etag = form.text("nome"), form.text("texto"), form.text("etag") or None

    def work(bench: Workbench) -> Applied:
        if form.text("tipo") == "botao":
            return bench.set_label(name, text, etag)
        return bench.set_response(name, text, etag)

    found = await change(sent, work)
    if isinstance(found, Failed):
        typed = {"typed_name": name, "typed_text": text, **found.shown()}
        return await _page(sent, form.text("busca"), **typed)
    return done(found, "/treinador/textos")


async def _page(seen: Seen, wanted: str, status: int = 200, **values: Any) -> Response:
    bench = seen.console.library.bench()
    kinds = []
    for kind, read in (("frase", bench.responses), ("botao", bench.labels)):
        found, etag = await asyncio.to_thread(read)
        some = [(name, text) for name, text in found.items() if fold(wanted) in fold(text)]
        kinds.append((kind, etag, some[:MOST_SHOWN], len(some)))
    known = {"typed_name": "", "typed_text": "", "wanted": wanted, **values}
    return seen.page("sayings", situations.AT, status, kinds=kinds, **known)
