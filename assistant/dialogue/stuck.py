"""Where a menu is not found or a permission is missing: what can be done instead."""

from __future__ import annotations

from collections.abc import Callable

from assistant.dialogue import records
from assistant.dialogue import state as outcomes
from assistant.dialogue.messages import Parts
from assistant.dialogue.state import Option
from assistant.dialogue.talk import Talk
from assistant.dialogue.walking import show
from assistant.knowledge import Check


def menu_not_found(talk: Talk, check: Check) -> None:
    """Record it, and say why a menu may be missing; a check without a menu is asked again."""
    if not check.menu:
        show(talk, check, "utter_choose_answer")
        return
    records.note(talk, check, outcomes.MENU_NOT_FOUND)
    _put_menu(talk, check)


def no_permission(talk: Talk, check: Check) -> None:
    """Record it, and offer the message to the administrator, where the check needs one."""
    if not check.needs_admin and not check.ask_admin:
        talk.say("utter_no_admin_needed")
        show(talk, check, "utter_check_again")
        return
    records.note(talk, check, outcomes.NO_PERMISSION)
    talk.state.is_admin = False
    _put_request(talk, check)


def ask_all(talk: Talk, check: Check) -> None:
    """Offer one message with everything in the guide that an administrator has to do."""
    requests = [f"{i}. {c.ask_admin}" for i, c in enumerate(_left_for_admin(talk, check), 1)]
    parts = Parts(copy="\n".join(requests))
    _put(talk, "ask_all", "utter_ask_admin_all", [_asked(talk), *_onward(talk)], parts)


def wait_for_admin(talk: Talk, check: Check) -> None:
    """The message is on its way: keep the check open until there is an answer."""
    options = [*_answers(check), *_onward(talk)]
    _put(talk, "wait", "utter_waiting_for_admin", options, Parts(), question=check.question)


def put_again(talk: Talk, why: str) -> None:
    """Put the open question again, with its menu path or its message to copy."""
    check = talk.check
    assert check is not None
    _AGAIN[why](talk, check)


def _put_menu(talk: Talk, check: Check) -> None:
    found = talk.option("found", "affirm", "resume")
    found.phrases = ["achei", "achei agora", "encontrei", "apareceu", "agora apareceu"]
    options = [
        found,
        talk.option("no_permission", "no_permission"),
        *_onward(talk, "not_resolved"),
    ]
    _put(talk, "menu", "utter_menu_not_found", options, Parts(menu=check.menu))


def _put_request(talk: Talk, check: Check) -> None:
    options = [*_answers(check), _asked(talk)]
    if len(_left_for_admin(talk, check)) > 1:
        options.append(talk.option("ask_all"))
    parts = Parts(copy=check.ask_admin)
    options += _onward(talk)
    _put(talk, "request", "utter_ask_admin", options, parts, question=check.question)


def _put(
    talk: Talk, why: str, response: str, options: list[Option], parts: Parts, **values: str
) -> None:
    talk.ask("stuck", response, options, parts, {"why": why}, **values)


def _answers(check: Check) -> list[Option]:
    """What the administrator found is one of the check's own answers."""
    return [Option(a.id, a.label, _certain(a.replies), list(a.phrases)) for a in check.answers]


def _certain(replies: tuple[str, ...]) -> list[str]:
    """ "Ok" to a request means that it will be sent, not that it worked."""
    return [reply for reply in replies if reply not in ("affirm", "deny")]


def _asked(talk: Talk) -> Option:
    return talk.option("asked", "affirm", "already_tried", "thanks", "resume", "wait")


def _onward(talk: Talk, *more: str) -> list[Option]:
    refusals = (*more, "skip", "deny", "no_permission", "menu_not_found")
    return [talk.option("skip", *refusals), talk.option("person", "person")]


def _left_for_admin(talk: Talk, check: Check) -> list[Check]:
    situation = talk.situation
    assert situation is not None
    later = situation.checks[situation.checks.index(check) :]
    return [c for c in later if c.needs_admin and c.ask_admin]


_AGAIN: dict[str, Callable[[Talk, Check], None]] = {
    "menu": _put_menu,
    "request": _put_request,
    "ask_all": ask_all,
    "wait": wait_for_admin,
}
