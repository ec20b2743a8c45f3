"""Which reading of a message holds where the conversation stands.

NLU weighs every message without context. Where a question is open, an answer to it is likelier
than a new problem: "não tenho acesso a esse menu" reports what a check showed.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.dialogue.reported import reports_no_change
from assistant.dialogue.talk import Talk
from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, REPLIES, SMALL_TALK, UNSURE, Guess, Turn
from assistant.text import fold

# How much likelier a reply is than a new problem while a question is open.
REPLY_PRIOR = 6.0
# And at a check, how much likelier than the open guide's own problem told once more: "ativei o
# modelo e ninguém acha" names the problem, and is an answer.
OWN_PRIOR = 60.0
# And than something out of scope, which NLU counts more than it is common (docs/language.md).
OUTSIDE_PRIOR = 24.0
# Below this a reply is not believed even where a question is open.
REPLY_FLOOR = 0.12
# These end a guide, so they must be likelier.
_ENDING = frozenset({"stop", "wrong_situation", "person", "start_over"})
ENDING_FLOOR = 0.35
_MEANT_ANYWHERE = REPLIES | SMALL_TALK


# "o chat também parou", "meu problema é anexo": another problem, not an answer.
_ANOTHER = re.compile(r"\b(tb|tbm|tambem|outro problema|meu problema e|o problema e)\b")
ANOTHER_FLOOR = 0.3
# "Me mostra na tela", "mostre onde fica": a wish for the open check, whatever the words are like.
_SHOW = re.compile(
    r"^(?:(?:voce|vc|por favor|pode|poderia|consegue|da pra|da para|tem como) )*"
    r"(?:me )?(?:mostr(?:a|e|ar)|destac(?:a|ar)|destaque|apont(?:a|e|ar)) "
    r"(?:(?:ai|aqui|isso|ele|esse menu|o menu|o caminho|pra mim|para mim) )*"
    r"(?:na tela(?: onde\b.*)?|a?onde\b.*)(?: por favor)?$"
)
# Questions that ask for a description: an answer of several words is one.
_DESCRIBING = frozenset({"lost", "module", "clarify", "suggestion"})
LEAST_WORDS = 3


def read(talk: Talk, away: bool = False) -> str:
    """Return a situation id, a reply, small talk, `out_of_scope`, `unsure` or `nlu_fallback`.

    `away`: someone comes back after a pause, and may well tell their problem once more.
    """
    pending, turn = talk.state.pending, talk.turn
    if pending is None:
        return turn.intent
    if pending.kind in _DESCRIBING and len(turn.text.split()) >= LEAST_WORDS:
        return turn.intent
    if talk.check and _SHOW.search(fold(turn.text)):
        return "repeat"
    other = turn.best(talk.world.knowledge.situations)
    if other.confidence >= ANOTHER_FLOOR and _ANOTHER.search(fold(turn.text)):
        return other.name
    situation = talk.state.situation
    if away or pending.kind != "check" or not situation:
        return read_in_context(turn, situation)
    return read_at_check(turn, situation)


def read_at_check(turn: Turn, situation: str) -> str:
    """Read a message where a check of `situation` was just shown."""
    heard = read_in_context(_at_check(turn, situation), situation)
    same = heard == situation and reports_no_change(turn.text)
    return "not_resolved" if same else heard


def _at_check(turn: Turn, situation: str) -> Turn:
    """Return the turn with what is rarely said at a check made as likely as it is there."""
    priors = {situation: OWN_PRIOR, OUT_OF_SCOPE: OUTSIDE_PRIOR}
    weighed = [
        (g.name, g.confidence * REPLY_PRIOR / priors.get(g.name, REPLY_PRIOR)) for g in turn.ranking
    ]
    lost = sum(g.confidence for g in turn.ranking) - sum(weight for _, weight in weighed)
    ranking = tuple(Guess(name, weight / (1 - lost)) for name, weight in weighed)
    return replace(turn, ranking=ranking)


def probability_of_answer(turn: Turn, reply: str) -> float:
    """Return how probable a reply is while a question is open, when replies are the likelier."""
    replies = sum(g.confidence for g in turn.ranking if g.name in REPLIES)
    whole = REPLY_PRIOR * replies + max(0.0, 1 - replies)
    return REPLY_PRIOR * turn.confidence(reply) / whole


def read_in_context(turn: Turn, situation: str | None) -> str:
    """Read a message while a question is open, of a guide where `situation` is given."""
    reply, remark = turn.best(REPLIES), turn.best(SMALL_TALK)
    rival = max((g.confidence for g in turn.ranking if g.name not in _MEANT_ANYWHERE), default=0.0)
    thanked = turn.confidence("resolved")
    if remark.name == "thanks" and remark.confidence > reply.confidence and thanked >= REPLY_FLOOR:
        return "resolved"
    believed = reply.confidence >= max(REPLY_FLOOR, remark.confidence)
    if believed and reply.confidence * REPLY_PRIOR >= rival:
        unlikely = reply.name in _ENDING and reply.confidence < ENDING_FLOOR
        return FALLBACK if unlikely and situation else reply.name
    if turn.intent == UNSURE and situation:
        # Torn between problems is no clear wish to leave the guide.
        return situation if situation in turn.candidates else FALLBACK
    return turn.intent
