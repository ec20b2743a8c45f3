"""A state that names what the knowledge does not have: a version was published, or taken back.

What is gone is taken out before the turn is answered, so that nothing else has to expect it.
Records stay: they are what was checked, and the version that knows them may come back.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue import answering, asking, closing, deciding, handoff, reading, walking
from assistant.dialogue.state import Option, Parked, Pending
from assistant.dialogue.talk import Talk
from assistant.knowledge import Check, Situation

_STUCK = frozenset({"found", "ask_all", "asked"})
_AT_A_CHECK = frozenset({"check", "stuck", "aside"})
# Said at a check that is gone, these are about the guide, and are heard.
_HEARD = frozenset({"person", "stop", "start_over", "wrong_situation"})


def mend(talk: Talk, away: bool) -> bool:
    """Take out what is gone, saying so where it was open; return whether that answers the turn.

    `away`: someone comes back after a pause, and is asked about the guide anyway.
    """
    parked = len(talk.state.parked)
    _forget(talk)
    if talk.state.situation and talk.situation is None:
        return _without_guide(talk)
    if talk.situation and _is_changed(talk, talk.situation):
        return _at_a_changed_check(talk, talk.situation, away)
    return _with_a_question(talk, talk.state.pending, parked)


def mend_silently(talk: Talk) -> None:
    """Take out what is gone where the team, not the person, has the word."""
    _forget(talk)
    situation = talk.situation
    if talk.state.situation and situation is None:
        talk.state.close_guide()
    elif situation and _is_changed(talk, situation):
        _move(talk, situation)


def _forget(talk: Talk) -> None:
    """Drop what no question is open about."""
    state, known = talk.state, talk.world.knowledge
    state.refused = [i for i in state.refused if i in known.situations]
    state.candidates = [i for i in state.candidates if i in known.situations]
    state.shown_articles = [i for i in state.shown_articles if i in known.articles]
    state.parked = [_moved(talk, p) for p in state.parked if p.situation in known.situations]
    if state.solved and state.solved.situation in known.situations:
        state.solved = _moved(talk, state.solved)
    elif state.solved and state.solved.situation:  # "": solved by a person, whatever it was
        state.solved = None


def _moved(talk: Talk, parked: Parked) -> Parked:
    """Return a guide left open at a check that is there."""
    situation = talk.named(parked.situation)
    if parked.check is None or situation.check(parked.check):
        return parked
    first = _first_left(talk, situation) or situation.checks[-1]
    return Parked(parked.situation, first.id, parked.words)


def _first_left(talk: Talk, situation: Situation) -> Check | None:
    """Return the first check that nobody has dealt with, None where all are."""
    mine = [record for record in talk.state.records if record.situation == situation.id]
    dealt = {record.check for record in mine if record.outcome}
    return next((check for check in situation.checks if check.id not in dealt), None)


def _without_guide(talk: Talk) -> bool:
    pressed, pending = talk.turn.option.partition(".")[2], talk.state.pending
    talk.state.close_guide()
    talk.say("utter_guide_gone")
    if not talk.turn.option:
        return False
    if pending and pressed == "person":
        handoff.hand_over(talk, "asked")
    else:
        asking.ask_module(talk)
    return True


def _is_changed(talk: Talk, situation: Situation) -> bool:
    """Whether the open check is gone, or no longer has the answers that were offered."""
    state, check, pending = talk.state, talk.check, talk.state.pending
    if state.check and check is None:
        return True
    if check is None or pending is None or pending.kind not in _AT_A_CHECK:
        return bool(pending and pending.kind in _AT_A_CHECK)
    known = {a.id for a in check.answers} | set(answering.STANDING) | _STUCK
    if pending.kind == "aside":
        known |= {"resolved", "not_resolved"}
    return any(option.id not in known for option in pending.options)


def _at_a_changed_check(talk: Talk, situation: Situation, away: bool) -> bool:
    heard, pressed = reading.read(talk), talk.turn.option.partition(".")[2]
    onward = _move(talk, situation)
    other = heard in talk.world.knowledge.situations and heard != situation.id
    if not talk.turn.option and (away or other or heard in _HEARD):
        return False
    if pressed == "person":
        handoff.hand_over(talk, "asked")
    elif pressed == "stop":
        closing.stop(talk)
    else:
        talk.say("utter_check_changed")
        walking.go_to(talk, onward)
    return True


def _move(talk: Talk, situation: Situation) -> Check | None:
    """Leave the question and stand at a check that is there; return it, None where all are done."""
    onward = talk.check or _first_left(talk, situation)
    talk.state.pending = None
    talk.state.check = onward.id if onward else situation.checks[-1].id
    return onward


def _with_a_question(talk: Talk, pending: Pending | None, parked: int) -> bool:
    """A question about something else than a check: leave out of it what is gone."""
    if pending is None:
        return False
    if pending.kind in ("clarify", "error_article"):
        known = talk.world.knowledge.situations
        pending.options = [o for o in pending.options if o.id in known or o.id in talk.labels]
    if _stands(talk, pending, parked):
        return False
    talk.state.pending = None
    answered = bool(talk.turn.option or (talk.situation and reading.read(talk) not in _HEARD))
    if answered:
        _ask_anew(talk)
    return answered


def _stands(talk: Talk, pending: Pending, parked: int) -> bool:
    """Whether a question still makes sense; `parked`: how many guides waited before."""
    known, kind = talk.world.knowledge.situations, pending.kind
    if kind in ("clarify", "error_article"):
        return any(option.id in known for option in pending.options)
    if kind == "switch":
        return pending.data.get("to") in known
    if kind == "module":
        return _are_modules(talk, pending.options)
    if kind == "offer_next":
        return len(talk.state.parked) == parked
    return kind in deciding.KINDS


def _are_modules(talk: Talk, options: Sequence[Option]) -> bool:
    named = {f"module{i}": name for i, name in enumerate(talk.world.knowledge.modules())}
    offered = {o.id: o.label for o in options if o.id.startswith("module")}
    return offered.items() <= named.items()


def _ask_anew(talk: Talk) -> None:
    """Someone answered a question that no longer stands: say so, and go on."""
    talk.say("utter_stale_choice")
    if talk.situation:
        walking.resume_guide(talk)
    elif talk.state.parked:
        closing.offer_next(talk)
    else:
        asking.ask_module(talk)
