"""What the whole first turn does with a phrase: topics, error texts and retrieval as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from assistant.cases import CaseStore
from assistant.dialogue.router import respond
from assistant.dialogue.state import State
from assistant.dialogue.talk import Talk, World
from assistant.dialogue.turn import OUT_OF_SCOPE, Turn
from assistant.knowledge import load_knowledge
from assistant.retrieval import Retriever
from assistant.settings import Settings
from trainer.evaluate.heldout import Phrase
from trainer.evaluate.measure import Measure, measure
from trainer.evaluate.outcomes import Outcome, by_kind

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


def real_world() -> World:
    """Return the real knowledge, with cases in memory."""
    settings = Settings()
    knowledge = load_knowledge(settings.knowledge_dir)
    return World(knowledge, Retriever(knowledge), CaseStore("sqlite://"), settings)


@dataclass(frozen=True)
class Answer:
    """What the first turn does: the guide that opens, situations asked about, articles shown."""

    opened: str
    offered: frozenset[str]
    articles: frozenset[str]

    @property
    def silent(self) -> bool:
        """Whether nothing at all is offered."""
        return not (self.opened or self.offered or self.articles)


def answer(turn: Turn, world: World) -> Answer:
    """Return what the core does with a first message: topics, error texts, retrieval and all."""
    talk = Talk(world, State(), turn, NOON, "evaluation")
    respond(talk)
    options = talk.state.pending.options if talk.state.pending else []
    offered = frozenset(o.id for o in options if o.id in world.knowledge.situations)
    links = [link for message in talk.messages for link in message.parts.articles]
    articles = frozenset(link["id"] for link in links if "id" in link)
    return Answer(talk.state.situation or "", offered, articles)


def conversation(found: Sequence[Outcome], world: World) -> Iterator[Measure]:
    """Yield the figures of the whole first turn: what someone who writes the phrase gets."""
    kinds = by_kind(found)
    for kind in ("situation", "ambiguous", OUT_OF_SCOPE):
        rows = [(o.phrase, answer(o.turn, world)) for o in kinds.get(kind, [])]
        for key, holds in _TURNS[kind].items():
            yield measure(f"turn_{key}", ((p.text, holds(p, a)) for p, a in rows))


_TURNS: dict[str, dict[str, Callable[[Phrase, Answer], bool]]] = {
    "situation": {
        "right": lambda p, a: a.opened == p.intent,
        "asked": lambda p, a: not a.opened and p.intent in a.offered,
        "wrong": lambda p, a: a.opened not in ("", p.intent),
    },
    "ambiguous": {
        "acceptable": lambda p, a: bool(({a.opened} | a.offered) & p.accepted),
    },
    OUT_OF_SCOPE: {
        "scope_opened": lambda p, a: bool(a.opened),
        "scope_offered": lambda p, a: not a.opened and not a.silent,
    },
}
