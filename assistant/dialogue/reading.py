"""Which reading of a message holds where the conversation stands.

NLU weighs every message without context. Where a question is open, an answer to it is likelier
than a new problem: "não tenho acesso a esse menu" reports what a check showed.
"""

from __future__ import annotations

from assistant.dialogue.talk import Talk
from assistant.dialogue.turn import FALLBACK, REPLIES, SMALL_TALK, UNSURE, Turn

# How much likelier a reply is than a new problem while a question is open.
REPLY_PRIOR = 6.0
# Below this a reply is not believed even where a question is open.
REPLY_FLOOR = 0.12
_MEANT_ANYWHERE = REPLIES | SMALL_TALK


def read(talk: Talk) -> str:
    """Return a situation id, a reply, small talk, `out_of_scope`, `unsure` or `nlu_fallback`."""
    if talk.state.pending is None:
        return talk.turn.intent
    return read_in_context(talk.turn, talk.state.situation)


def read_in_context(turn: Turn, situation: str | None) -> str:
    """Read a message while a question is open, of a guide where `situation` is given."""
    reply, remark = turn.best(REPLIES), turn.best(SMALL_TALK)
    rival = max((g.confidence for g in turn.ranking if g.name not in _MEANT_ANYWHERE), default=0.0)
    believed = reply.confidence >= max(REPLY_FLOOR, remark.confidence)
    if believed and reply.confidence * REPLY_PRIOR >= rival:
        return reply.name
    if turn.intent == UNSURE and situation:
        # Torn between problems is no clear wish to leave the guide.
        return situation if situation in turn.candidates else FALLBACK
    return turn.intent
