"""Which reading of a message holds where the conversation stands.

NLU weighs every message without context. Where a question is open, an answer to it is likelier
than a new problem: "não tenho acesso a esse menu" reports what a check showed.
"""

from __future__ import annotations

from assistant.dialogue.talk import Talk
from assistant.dialogue.turn import FALLBACK, REPLIES, SMALL_TALK, UNSURE

# How much likelier a reply is than a new problem while a question is open.
REPLY_PRIOR = 6.0
# Below this a reply is not believed even where a question is open.
REPLY_FLOOR = 0.12
_MEANT_ANYWHERE = REPLIES | SMALL_TALK


def read(talk: Talk) -> str:
    """Return a situation id, a reply, small talk, `out_of_scope`, `unsure` or `nlu_fallback`."""
    if talk.state.pending is None:
        return talk.turn.intent
    return _read_in_context(talk)


def _read_in_context(talk: Talk) -> str:
    turn = talk.turn
    reply = turn.best(REPLIES)
    rival = max((g.confidence for g in turn.ranking if g.name not in _MEANT_ANYWHERE), default=0.0)
    talk_guess = turn.best(SMALL_TALK)
    believed = reply.confidence >= max(REPLY_FLOOR, talk_guess.confidence)
    if believed and reply.confidence * REPLY_PRIOR >= rival:
        return reply.name
    if turn.intent in SMALL_TALK:
        return turn.intent
    if turn.intent == UNSURE and talk.state.situation in turn.candidates:
        return talk.state.situation or UNSURE
    return turn.intent if turn.intent not in (UNSURE,) else _unsure(talk)


def _unsure(talk: Talk) -> str:
    """Torn between other problems: within a guide this is no clear wish to leave it."""
    return FALLBACK if talk.situation else UNSURE
