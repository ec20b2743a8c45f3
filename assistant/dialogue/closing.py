"""How a guide ends: the articles, solved, stopped, what comes next, and whether it was useful."""

from __future__ import annotations

from assistant.dialogue import links
from assistant.dialogue.state import Parked
from assistant.dialogue.talk import Talk


def show_articles(talk: Talk, every: bool = False) -> None:
    """After the last check: the articles, and whether they solved it."""
    situation = talk.situation
    assert situation is not None
    ids = links.nearest_first(talk, situation.articles)
    shown = ids if every else ids[: links.SHOWN_AT_ONCE]
    options = [
        talk.option("resolved", "resolved", "affirm"),
        talk.option("not_resolved", "not_resolved", "deny", "already_tried"),
        talk.option("person", "person"),
    ]
    if len(shown) < len(ids):
        options.append(talk.option("all_articles", "articles"))
    options += [talk.option(i, i, more=True) for i in ("go_back", "wrong_situation", "stop")]
    talk.say("utter_checks_done", links.parts_of(talk, shown, source=len(shown) == len(ids)))
    talk.ask("after_articles", "utter_did_articles_solve", options)


def solved(talk: Talk) -> None:
    """The user says that it works: close the guide and go on to what comes next."""
    state = talk.state
    talk.say("utter_solved")
    state.solved = Parked(state.situation or "", state.check, state.user_words)
    unpark(talk, talk.state.situation)
    state.feedback = {"situation": state.situation, "useful": None, "reason": ""}
    state.close_guide()
    offer_next(talk)


def stop(talk: Talk) -> None:
    """Leave the guide where it is; it can be taken up again."""
    park(talk)
    talk.say("utter_stopped")


def park(talk: Talk) -> None:
    """Put the open guide aside, at its check."""
    state = talk.state
    if state.situation:
        unpark(talk, state.situation)
        state.parked.append(Parked(state.situation, state.check, state.user_words))
    state.close_guide()


def unpark(talk: Talk, situation_id: str | None) -> None:
    """A situation that is open or solved no longer waits."""
    talk.state.parked = [p for p in talk.state.parked if p.situation != situation_id]


def offer_next(talk: Talk) -> None:
    """Offer the problem that still waits; with none waiting, ask whether this was useful."""
    if not talk.state.parked:
        ask_feedback(talk)
        return
    waiting = talk.state.parked[-1]
    response = "utter_offer_resume" if waiting.check else "utter_offer_second"
    options = [talk.option("yes", "affirm", "resume"), talk.option("no", "deny", "stop")]
    options[0].phrases = ["o outro", "o outro problema", "esse outro", "o que ficou", "vamos"]
    talk.ask("offer_next", response, options, title=talk.named(waiting.situation).title)


def ask_feedback(talk: Talk) -> None:
    """Ask whether the help was useful; without a closed guide, only whether there is more."""
    if talk.state.feedback is None:
        talk.say("utter_anything_else")
        return
    options = [
        talk.option("useful", "affirm", "praise", "resolved", "thanks"),
        talk.option("not_useful", "deny", "complaint"),
    ]
    talk.ask("feedback", "utter_ask_useful", options)


def offer_case(talk: Talk) -> None:
    """Nothing helped: offer to hand over, rather than doing it unasked."""
    options = [talk.option("yes", "affirm", "person"), talk.option("no", "deny", "stop", "skip")]
    talk.ask("offer_case", "utter_offer_case", options)


def take_feedback(talk: Talk, option_id: str) -> None:
    """Keep the verdict; ask for the reason of a bad one."""
    feedback = talk.state.feedback or {}
    talk.state.feedback = {**feedback, "useful": option_id == "useful"}
    talk.state.pending = None
    if option_id == "useful":
        talk.say("utter_feedback_thanks")
        return
    reasons = ("reason_unclear", "reason_wrong", "reason_missing", "reason_other")
    talk.ask("feedback_reason", "utter_ask_reason", [talk.option(r) for r in reasons])


def take_reason(talk: Talk, reason: str) -> None:
    """Keep why the help was not useful: a listed reason's label, or the user's own words."""
    talk.state.feedback = {**(talk.state.feedback or {}), "reason": reason}
    talk.state.pending = None
    talk.say("utter_feedback_noted")
