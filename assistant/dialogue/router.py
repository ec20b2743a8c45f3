"""One turn: whatever was said or pressed, exactly one thing is done, and something is said."""

from __future__ import annotations

from datetime import datetime, timedelta

from assistant.dialogue import (
    answering,
    anywhere,
    aside,
    asking,
    choices,
    closing,
    deciding,
    handoff,
    links,
    mending,
    opening,
    reading,
    returned,
    walking,
)
from assistant.dialogue.talk import Talk
from assistant.dialogue.turn import CASE_CLOSED, HAND_BACK, OUT_OF_SCOPE, REPLIES, SMALL_TALK
from assistant.retrieval import NEAR_ENOUGH_ASIDE
from assistant.text import MAX_CHARACTERS, has_words

# Questions whether to leave a guide: an answer to the guide's check means staying.
_LEAVING = frozenset({"switch", "returning"})
_STAYING = answering.REPLIES - {"resolved"}
# What may be said where a menu or a permission is missing: it may have been mended meanwhile.
_WHEN_STUCK = frozenset({*answering.STANDING, "resolved"})
# After "solved", these say that it was not.
_NOT_SOLVED = frozenset({"not_resolved", "go_back"})
# Fewer words are an answer that was not understood rather than a question.
LEAST_WORDS = 3
_LEAVES_FEEDBACK = frozenset({"person", "start_over", "stop", "resume"})
_GIVEN = {HAND_BACK: returned.hand_back, CASE_CLOSED: returned.ask_solved}
_FACTS = ("error_code", "error_text", "email_address", "queue_name")


def respond(talk: Talk) -> None:
    """Answer one turn: messages and the new state are left in `talk`."""
    _remember_facts(talk)
    away = _was_away(talk)
    talk.state.last_turn_at = talk.now.isoformat(timespec="seconds")
    if talk.turn.intent in _GIVEN:
        mending.mend_silently(talk)
        _GIVEN[talk.turn.intent](talk, talk.turn.option)
        return
    if mending.mend(talk, away):
        return
    if talk.turn.option:
        _press(talk)
    elif not has_words(talk.turn.text):
        talk.say("utter_no_words")
        aside.put_again(talk)
    elif len(talk.turn.text) > MAX_CHARACTERS:
        talk.say("utter_too_long", limit=MAX_CHARACTERS)
        aside.put_again(talk)
    elif choice := choices.typed(talk.state.pending, talk.turn.text):
        deciding.decide(talk, choice)
    elif talk.turn.text.strip().isdecimal() and not talk.turn.entities.get("error_code"):
        _wrong_number(talk)
    else:
        _hear(talk, away)


def _wrong_number(talk: Talk) -> None:
    """A number that nothing was offered under."""
    if talk.state.pending:
        talk.say("utter_no_such_number")
        aside.put_again(talk, asked_for=True)
    else:
        asking.ask_module(talk)


def _press(talk: Talk) -> None:
    choice = choices.pressed(talk.state.pending, talk.turn.option)
    if choice == choices.STALE:
        talk.say("utter_stale_choice")
        aside.put_again(talk)
    else:
        deciding.decide(talk, choice)


def _hear(talk: Talk, away: bool) -> None:
    """Act on free text, by what it means where the conversation stands."""
    heard = reading.read(talk, away)
    pending = talk.state.pending
    if _mention_error(talk):
        return
    if (
        away
        and talk.situation
        and heard not in REPLIES - {"affirm", "deny", "resume", "start_over"}
    ):
        _welcome_back(talk, heard)
    elif pending and pending.kind == "case_words":
        handoff.hand_over_with(talk, "" if heard == "person" else talk.turn.text)
    elif heard in _NOT_SOLVED and talk.state.solved and not talk.situation:
        deciding.reopen(talk)
    elif pending and pending.kind == "feedback_reason" and not _leaves_feedback(talk, heard):
        closing.take_reason(talk, talk.turn.text)
    elif heard in SMALL_TALK and (choice := choices.by_reply(pending, heard)):
        deciding.decide(talk, choice)
    elif heard in SMALL_TALK:
        aside.answer(talk, heard)
    elif heard in REPLIES:
        _reply(talk, heard)
    elif talk.situation:
        _speak_within_guide(talk, heard)
    else:
        _clear_question(talk)
        opening.describe(talk)


def _mention_error(talk: Talk) -> bool:
    """An error text has its article; return whether that answers the whole message."""
    article = opening.error_article(talk)
    if article is None or article.id in talk.state.shown_articles:
        return False
    if talk.situation is None:
        talk.state.pending = None
        opening.describe(talk)
        return True
    talk.say("utter_error_known", links.parts_of(talk, [article.id]))
    brief = len(talk.turn.text.split()) <= LEAST_WORDS
    if brief:
        aside.put_again(talk)
    return brief


def _leaves_feedback(talk: Talk, heard: str) -> bool:
    """Whether a text is something else than the reason that was asked for."""
    return heard in SMALL_TALK | _LEAVES_FEEDBACK or heard in talk.world.knowledge.situations


def _welcome_back(talk: Talk, heard: str) -> None:
    other = heard in talk.world.knowledge.situations and heard != talk.state.situation
    if other:
        asking.confirm_switch(talk, heard, talk.turn.text)
    else:
        asking.ask_return(talk)


def _reply(talk: Talk, reply: str) -> None:
    pending = talk.state.pending
    if pending and pending.kind == "check" and talk.check and answering.take_reply(talk, reply):
        talk.state.misses = 0
    elif not pending and talk.world.knowledge.topics.of(talk.turn.text):
        opening.describe(talk)
    elif choice := choices.by_reply(pending, reply):
        deciding.decide(talk, choice)
    elif pending and pending.kind == "stuck" and talk.check and reply in _WHEN_STUCK:
        _answer_when_stuck(talk, reply)
    elif pending and pending.kind in _LEAVING and talk.check and reply in _STAYING:
        answering.take_reply(talk, reply)
    else:
        anywhere.answer(talk, reply)


def _answer_when_stuck(talk: Talk, reply: str) -> None:
    """Back, or the way to do it, means the check whose menu or permission was missing."""
    check = talk.check
    assert check is not None
    if reply == "go_back":
        walking.show(talk, check, "utter_check")
    elif reply == "resolved":
        answering.take_reply(talk, reply)
    else:
        answering.STANDING[reply](talk, check)


def _speak_within_guide(talk: Talk, heard: str) -> None:
    """Something that is no answer: the same problem, another one, or beside the point."""
    if heard == talk.state.situation:
        talk.say("utter_same_problem")
        aside.put_again(talk)
    elif heard in talk.world.knowledge.situations:
        asking.confirm_switch(talk, heard, talk.turn.text)
    else:
        _answer_beside_the_point(talk, heard)


def _answer_beside_the_point(talk: Talk, heard: str) -> None:
    near = talk.world.retriever.articles(talk.turn.text, 2, NEAR_ENOUGH_ASIDE)
    if talk.turn.entities.get("own_password"):
        talk.say("utter_own_password")
    elif near and len(talk.turn.text.split()) >= LEAST_WORDS:
        talk.say("utter_nearest_aside", links.parts_of(talk, [hit.id for hit in near]))
    elif heard == OUT_OF_SCOPE:
        talk.say("utter_out_of_scope_aside")
    else:
        talk.state.misses += 1
        talk.say("utter_answer_not_understood")
    if talk.state.misses >= 2:
        talk.state.misses = 0
        talk.say("utter_offer_person")
    aside.put_again(talk)


def _clear_question(talk: Talk) -> None:
    talk.state.pending = None


def _remember_facts(talk: Talk) -> None:
    for name in _FACTS:
        for value in talk.turn.entities.get(name, ()):
            known = talk.state.facts.setdefault(name, [])
            if value not in known and len(known) < 5:
                known.append(value)


def _was_away(talk: Talk) -> bool:
    if not talk.state.last_turn_at:
        return False
    last = datetime.fromisoformat(talk.state.last_turn_at)
    return talk.now - last > timedelta(minutes=talk.world.settings.resume_after_minutes)
