"""The review inbox: what people wrote, in groups, and a decision with one key."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from fastapi import APIRouter
from starlette.responses import Response

from assistant.text import fold
from gateway.console.changing import Failed, change, done, onward
from gateway.console.guard import Posted, Reader, Seen
from gateway.console.wording import say
from gateway.errors import ApiError
from gateway.review.deciding import Conflict, UnknownMessage
from gateway.review.inbox import InboxView, Show
from gateway.store.tables import now
from trainer.phrases import read_phrases
from trainer.review.items import DECISIONS, REASONS, Decision, Reason
from trainer.workbench import Applied, Workbench

router = APIRouter(prefix="/treinador/revisao")
AT = "revisao"
SHOWS = ("open", "later", "decided")
DAYS, MOST_DAYS, GROUPS = 30, 90, 15


@dataclass(frozen=True)
class Wanted:
    """Which messages are looked at: of how many days, in what state, for which reason."""

    days: int = DAYS
    show: str = "open"
    reason: str = ""
    page: int = 1

    def query(self, page: int = 0) -> str:
        """Return it as the end of an address."""
        more = f"&motivo={self.reason}" if self.reason else ""
        return f"?dias={self.days}&ver={self.show}{more}&pagina={page or self.page}"


@router.get("")
async def review(seen: Reader) -> Response:
    """Show the groups."""
    return await _page(seen, _wanted(seen))


@router.get("/conversa/{message}")
async def around(seen: Reader, message: str) -> Response:
    """Show the conversation around a message, masked."""
    said = await seen.console.inbox.around(message)
    if not said:
        raise ApiError(404, say("message_gone"))
    return seen.page("conversation", AT, said=said)


@router.get("/aceitas")
async def accepted(seen: Reader) -> Response:
    """Show the accepted phrases that are no examples yet."""
    return await _accepted_page(seen)


@router.post("/decidir")
async def decide(sent: Posted) -> Response:
    """Decide about the chosen messages."""
    form, wanted = sent.form, _wanted(sent)
    decision = form.text("decisao")
    situation = form.text("situacao") or None if decision == "example" else None
    try:
        seen = _versions(form.all("mensagem"))
        text = form.text("texto") if len(seen) == 1 and decision == "example" else None
        await sent.console.inbox.decide(
            seen, cast(Decision, decision), sent.trainer.name, situation, text or None
        )
    except Conflict as error:
        words = {"who": error.by, "when": sent.console.look.when(error.at),
                 "what": say(f"decision_{error.decision}")}  # fmt: skip
        return await _page(sent, wanted, 409, errors=[say("decided_meanwhile", **words)])
    except UnknownMessage:
        return await _page(sent, wanted, 409, errors=[say("message_gone")])
    except ValueError as error:
        return await _page(sent, wanted, 422, errors=[str(error)])
    return onward(f"/treinador/revisao{wanted.query()}&feito=decided#grupos")


@router.post("/aceitas/{intent}")
async def use_accepted(sent: Posted, intent: str) -> Response:
    """Make examples of the chosen accepted phrases."""
    phrases = [one.strip() for one in sent.form.all("frase") if one.strip()]

    def work(bench: Workbench) -> Applied:
        return bench.add_examples(intent, phrases)

    found = await change(sent, work) if phrases else Failed([say("no_phrase")])
    if isinstance(found, Failed):
        return await _accepted_page(sent, **found.shown())
    return done(found, "/treinador/revisao/aceitas", "added")


async def _page(seen: Seen, wanted: Wanted, status: int = 200, **values: Any) -> Response:
    view = await _read(seen, wanted)
    first = (wanted.page - 1) * GROUPS
    return seen.page(
        "review", AT, status, wanted=wanted, view=view, groups=view.groups[first:][:GROUPS],
        more=len(view.groups) > first + GROUPS, titles=await seen.console.library.titles(),
        reasons=REASONS, decisions=DECISIONS, shows=SHOWS, **values,
    )  # fmt: skip


async def _read(seen: Seen, wanted: Wanted) -> InboxView:
    until = now()
    reasons = (cast(Reason, wanted.reason),) if wanted.reason else REASONS
    since = until - timedelta(days=wanted.days)
    return await seen.console.inbox.read(since, until, cast(Show, wanted.show), reasons)


async def _accepted_page(seen: Seen, status: int = 200, **values: Any) -> Response:
    since = now() - timedelta(days=MOST_DAYS)
    found = await seen.console.inbox.accepted(since)
    root = seen.console.settings.console.root
    pairs = await asyncio.to_thread(read_phrases, root / "data")
    known = {fold(text) for _, text in pairs}
    by_intent: dict[str, list[Any]] = {}
    for one in found:
        if fold(one.text) not in known:
            by_intent.setdefault(one.intent, []).append(one)
    titles = await seen.console.library.titles()
    return seen.page("accepted", AT, status, by_intent=by_intent, titles=titles, **values)


def _wanted(seen: Seen) -> Wanted:
    """Return what the address asks for; what it cannot ask for is as usual."""
    days, page = (int(text) if (text := seen.asked(name)).isdecimal() and len(text) < 5 else None
                  for name in ("dias", "pagina"))  # fmt: skip
    show, reason = seen.asked("ver"), seen.asked("motivo")
    return Wanted(
        min(max(days or DAYS, 1), MOST_DAYS),
        show if show in SHOWS else "open",
        reason if reason in REASONS else "",
        max(page or 1, 1),
    )


def _versions(values: list[str]) -> dict[str, int]:
    """Return the version of each chosen message, as whoever decides saw it."""
    found = {}
    for value in values:
        message, _, version = value.rpartition(":")
        if not message or not version.isdecimal():
            raise ValueError(say("bad_choice"))
        found[message] = int(version)
    return found
