"""Why a message deserves a look, told from small made-up conversations."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from trainer.figures.runs import Event
from trainer.review.reasons import Heard, Label, Told, find_reasons

BEGIN = datetime(2026, 11, 20, 9, tzinfo=timezone.utc)
LATER = BEGIN + timedelta(days=1)
Step = (
    tuple  # (message, what was typed or None, trouble or None, events as (kind, situation, value))
)


def told(*steps: Step, conversation: str = "c", **more) -> Told:
    """Make a conversation: a step a minute."""
    heard, events = [], []
    for minute, (message, text, trouble, *happened) in enumerate(steps):
        at = BEGIN + timedelta(minutes=minute)
        if text is not None:
            heard.append(Heard(message, conversation, text, at, "x", 0.5, "sure", trouble))
        for kind, situation, *value in happened:
            check = "a" if kind in ("shown", "outcome") else None
            events.append(Event(message, conversation, at, kind, situation, check, *value))
    return Told(heard, events, **more)


def reasons(found: Told, now: datetime = LATER) -> dict[str, set[str]]:
    return {message: set(one.reasons) for message, one in find_reasons(found, now).items()}


STARTED = (("started", "s"), ("shown", "s"))
OVER = ("m9", None, None, ("solved", "s"))


@pytest.mark.parametrize("trouble", ["unsure", "refused"])
def test_what_was_not_understood(trouble):
    assert reasons(told(("m1", "hm", trouble))) == {"m1": {trouble}}


def test_what_was_understood_and_solved_needs_no_look():
    assert reasons(told(("m1", "caiu", None, *STARTED), OVER)) == {}


def test_a_wrong_situation_goes_back_to_the_words_that_opened_it():
    steps = [("m1", "caiu", None, *STARTED), ("m2", "já vi", None)]
    steps.append(("m3", "não é isso", None, ("wrong_situation", "s")))
    found = find_reasons(told(*steps), LATER)
    assert {message: one.reasons for message, one in found.items()} == {"m1": {"corrected"}}
    assert found["m1"].taken_for == "s"


def test_also_where_a_button_opened_it():
    steps = [("m1", "hm", "unsure"), ("m2", None, None, *STARTED)]
    steps.append(("m3", None, None, ("wrong_situation", "s")))
    found = find_reasons(told(*steps), LATER)
    assert (found["m1"].reasons, found["m1"].taken_for) == ({"unsure", "corrected"}, "s")
    assert list(found) == ["m1"]


def test_a_switch_and_a_refused_candidate_are_corrections():
    switched = told(
        ("m1", "caiu", None, *STARTED),
        ("m2", "o chat", None),
        ("m3", None, None, ("switched", "s", "t"), ("started", "t"), ("shown", "t")),
        ("m4", None, None, ("solved", "t")),
    )
    assert reasons(switched) == {"m1": {"corrected"}}
    refused = told(("m1", "hm", "unsure"), ("m2", None, None, ("rejected", "s"), ("rejected", "t")))
    assert reasons(refused) == {"m1": {"unsure", "corrected"}}


def test_not_helped_by_the_guide_or_by_one_answer():
    by_guide = told(
        ("m1", "caiu", None, *STARTED), OVER, ("m3", None, None, ("feedback", "s", "not_useful"))
    )
    assert reasons(by_guide) == {"m1": {"not_helped"}}
    useful = ("m3", None, None, ("feedback", "s", "useful"))
    assert reasons(told(("m1", "caiu", None, *STARTED), OVER, useful)) == {}
    typed = told(("m1", "caiu", None, *STARTED), OVER, disliked=frozenset({"m1"}))
    assert reasons(typed) == {"m1": {"not_helped"}}
    pressed = told(
        ("m1", "caiu", None, *STARTED),
        ("m2", None, None, ("outcome", "s", "not_resolved")),
        OVER,
        disliked=frozenset({"m2", "gone"}),
    )
    assert reasons(pressed) == {"m1": {"not_helped"}}


def test_given_up_in_the_middle_but_not_at_the_end_or_a_moment_ago():
    middle = told(("m1", "caiu", None, *STARTED))
    assert reasons(middle) == {"m1": {"gave_up"}}
    assert reasons(middle, BEGIN + timedelta(minutes=30)) == {}
    stopped = told(("m1", "caiu", None, *STARTED), ("m2", None, None, ("stopped", "s")))
    assert reasons(stopped, BEGIN + timedelta(minutes=30)) == {"m1": {"gave_up"}}
    ended = told(("m1", "caiu", None, *STARTED), ("m2", None, None, ("finished", "s")))
    assert reasons(ended) == {}
    handed = told(("m1", "caiu", None, *STARTED), ("m2", None, None, ("handed_over", "s")))
    assert reasons(handed) == {}


def test_an_agents_label_is_found_by_the_words():
    labels = [Label("c", "CAIU!", "t"), Label("c", "outra coisa", "t"), Label("d", "caiu", "t")]
    found = find_reasons(told(("m1", "caiu", None, *STARTED), OVER, labels=labels), LATER)
    assert {m: (one.reasons, one.labelled) for m, one in found.items()} == {
        "m1": ({"corrected"}, "t")
    }


def test_conversations_do_not_mix():
    one = told(("m1", "caiu", None, *STARTED))
    other = told(("n1", "foi", None, ("started", "t")), conversation="d")
    other_end = told(("n2", None, None, ("wrong_situation", "t")), conversation="d")
    events = [*one.events, *other.events, *other_end.events]
    assert reasons(Told([*one.heard, *other.heard], events)) == {
        "m1": {"gave_up"},
        "n1": {"corrected"},
    }
