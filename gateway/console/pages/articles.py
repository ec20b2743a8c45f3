"""The articles: a list, each one's page, a new one, taking one away."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from assistant.text import fold
from gateway.console.changing import Failed, change, done
from gateway.console.forms import Form
from gateway.console.guard import Posted, Reader, Seen
from gateway.console.stubs import id_of, is_stub, without
from gateway.console.threeway import written
from gateway.console.wording import say
from gateway.errors import ApiError
from trainer.workbench import Applied, Workbench

router = APIRouter(prefix="/treinador/artigos")
AT = "artigos"
TEXTS = ("title", "wiki_title", "url")
LISTS = ("questions", "error_texts")


@router.get("")
async def every_article(seen: Reader) -> Response:
    """List the articles, those with the wanted words."""
    wanted = seen.asked("busca")
    words = fold(wanted)
    found = [one for one in await seen.console.library.articles() if words in _all(one)]
    titles = await seen.console.library.titles()
    return seen.page("articles", AT, articles=found, wanted=wanted, titles=titles)


@router.get("/novo")
async def new_article(seen: Reader) -> Response:
    """Show the form of a new article."""
    return await _page(seen, {}, "", {"situation": seen.asked("situacao")})


@router.post("/novo")
async def add_article(sent: Posted) -> Response:
    """Add an article, for one situation."""
    form = sent.form
    taken = [one["id"] for one in await sent.console.library.articles()]
    id, fields = id_of(form.text("title"), taken), {k: v for k, v in _fields(form).items() if v}

    def work(bench: Workbench) -> Applied:
        return bench.add_article(id, form.text("situation"), fields, form.text("etag") or None)

    found = await change(sent, work) if id else Failed([say("title_words")])
    if isinstance(found, Failed):
        return await _page(sent, {}, "", _typed(form), **found.shown())
    return done(found, f"/treinador/artigos/{id}", "created")


@router.get("/{id}")
async def one_article(seen: Reader, id: str) -> Response:
    """Show an article's form."""
    article, etag = await _article(seen, id)
    return await _page(seen, article, etag)


@router.post("/{id}")
async def set_article(sent: Posted, id: str) -> Response:
    """Change an article."""
    article, etag = await _article(sent, id)
    changed = {k: v for k, v in _fields(sent.form).items() if _differs(v, article.get(k), k)}

    def work(bench: Workbench) -> Applied:
        return bench.set_article(id, changed, sent.form.text("etag") or None)

    found = await change(sent, work)
    if isinstance(found, Failed):
        now, etag = await _article(sent, id)
        more = found.over(sent, _typed(sent.form), _shown(now))
        return await _page(sent, now, **{"etag": etag, **more})
    return done(found, f"/treinador/artigos/{id}")


@router.post("/{id}/remover")
async def remove_article(sent: Posted, id: str) -> Response:
    """Take an article away, where no answer leads to it."""
    article, etag = await _article(sent, id)
    found = await change(
        sent, lambda bench: bench.remove_article(id, sent.form.text("etag") or None)
    )
    if isinstance(found, Failed):
        return await _page(sent, article, etag, **found.shown())
    return done(found, "/treinador/artigos", "removed")


async def _article(seen: Seen, id: str) -> tuple[dict[str, Any], str]:
    articles, etag = await asyncio.to_thread(seen.console.library.bench().articles)
    article = next((one for one in articles if one["id"] == id), None)
    if article is None:
        raise ApiError(404, say("not_there"))
    return article, etag


async def _page(
    seen: Seen, article: dict[str, Any], etag: str, typed: dict[str, str] | None = None,
    status: int = 200, **values: Any,
) -> Response:  # fmt: skip
    shown = _shown(article)
    titles = await seen.console.library.titles()
    fields = {"situation": "", **shown, **(typed or {})}
    known = {"base": written(shown), **values}
    return seen.page(
        "article", AT, status, article=article, etag=etag, fields=fields, titles=titles, **known
    )


def _shown(article: dict[str, Any]) -> dict[str, str]:
    shown = {field: without(article.get(field, "")) for field in TEXTS}
    lists = {f: "\n".join(x for x in map(without, article.get(f) or ()) if x) for f in LISTS}
    return shown | lists


def _fields(form: Form) -> dict[str, Any]:
    return {**{f: form.text(f) or None for f in TEXTS}, **{f: form.lines(f) or None for f in LISTS}}


def _differs(new: Any, now: Any, field: str) -> bool:
    """Whether a field is changed; a stub that was left empty is not."""
    stubs = [one for one in (now if isinstance(now, list) else [now]) if is_stub(one)]
    left_empty = new is None and bool(stubs) and field in ("title", "questions")
    return bool(new != now) and not left_empty


def _typed(form: Form) -> dict[str, str]:
    return {name: form.text(name) for name in (*TEXTS, *LISTS, "situation")}


def _all(article: dict[str, Any]) -> str:
    return fold(" ".join([article["id"], article["title"], *article["questions"]]))
