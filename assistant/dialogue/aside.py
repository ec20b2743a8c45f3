"""Small talk and the like: answered, and then back to the question that was open."""

from __future__ import annotations

from assistant.dialogue import asking, stuck, walking
from assistant.dialogue.talk import Talk

_ANSWERS = {
    "greet": "utter_greet",
    "thanks": "utter_welcome",
    "goodbye": "utter_goodbye",
    "insult": "utter_insult",
    "bot_challenge": "utter_bot",
    "privacy": "utter_privacy",
    "other_language": "utter_portuguese_only",
    "praise": "utter_praise_thanks",
    "complaint": "utter_complaint",
}


def answer(talk: Talk, intent: str) -> None:
    """Answer small talk, then put the open question again where there is one."""
    if intent == "help":
        talk.say("utter_help")
        if talk.state.pending is None:
            asking.ask_module(talk)
            return
    else:
        talk.say(_ANSWERS[intent])
    if intent != "goodbye":
        put_again(talk)


# These stay open without being put again: repeating a list of topics after each remark annoys.
_LEFT_OPEN = frozenset({"module", "lost", "feedback", "feedback_reason", "suggestion"})


def put_again(talk: Talk, asked_for: bool = False) -> None:
    """Put the open question again, in short, its older buttons no longer valid."""
    pending, check = talk.state.pending, talk.check
    if pending is None or (pending.kind in _LEFT_OPEN and not asked_for):
        return
    if pending.kind == "check" and check:
        walking.show(talk, check, "utter_check_again")
    elif pending.kind == "stuck":
        stuck.put_again(talk, pending.data["why"])
    else:
        talk.ask(
            pending.kind, pending.response, pending.options, data=pending.data, **pending.values
        )


def put_again_or_help(talk: Talk) -> None:
    """Repeat the open question; with none open, say what the assistant can do."""
    if talk.state.pending:
        put_again(talk, asked_for=True)
    else:
        answer(talk, "help")
