"""Every guide, walked along every way through its answers, and left in every way at each check.

The ways are read from the knowledge, not from the code that walks them: what a guide should do
is worked out here a second time, and much more simply.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.knowledge import Check, Situation
from tests.support.conversation import Conversation, render, world

# One step of a way: the check it is taken at, the button, and what comes up.
Step = tuple[str, str, str]
SITUATIONS = world().knowledge.situations
ENDS = {"solved": "utter_solved", "articles": "utter_checks_done", "person": "utter_case_opened"}
MOST_ANSWERS = 4


def ways(situation: Situation, check: Check) -> Iterator[list[Step]]:
    """Yield every way from a check to an end, depth first."""
    for answer in check.answers:
        kind, target = answer.then.kind, answer.then.target
        if kind in ENDS:
            yield [(check.id, answer.id, ENDS[kind])]
        elif kind == "article":
            aside = (check.id, answer.id, "utter_article_aside")
            yield [aside, (check.id, "resolved", "utter_solved")]
            yield [aside, (check.id, "person", "utter_case_opened")]
            yield from onward(situation, situation.after(check), aside, "not_resolved")
        else:
            following = situation.after(check) if kind == "next" else situation.check(target)
            yield from onward(situation, following, (check.id, answer.id, ""))


def onward(
    situation: Situation, following: Check | None, step: Step, button: str = ""
) -> Iterator[list[Step]]:
    """Yield every way that goes on from a step (by `button`, after an aside)."""
    heard = "utter_check" if following else "utter_checks_done"
    before = [step, (step[0], button, heard)] if button else [(*step[:2], heard)]
    rest = ways(situation, following) if following else [[]]
    for way in rest:
        yield before + way


WAYS = {s.id: list(ways(s, s.checks[0])) for s in SITUATIONS.values()}


def every_way() -> list:
    return [
        pytest.param(name, way, id=f"{name}:{'>'.join(button for _, button, _ in way)}")
        for name, found in WAYS.items()
        for way in found
    ]


def walk(situation_id: str, way: list[Step]) -> Iterator[Conversation]:
    """Open a guide and press the way's buttons; yield the conversation after each turn."""
    user = Conversation()
    user.mean(situation_id)
    yield user
    for check_id, button, _ in way:
        assert user.state.check == check_id
        user.press(button)
        yield user


def test_every_situation_is_walked_and_every_check_is_reached():
    assert len(WAYS) >= 17
    for name, found in WAYS.items():
        reached = {check_id for way in found for check_id, _, _ in way}
        assert reached == {check.id for check in SITUATIONS[name].checks}


@pytest.mark.parametrize(("name", "way"), every_way())
def test_a_way_is_followed_to_its_end(name, way):
    heard = [user.heard for user in walk(name, way)]
    assert heard[0] == ["utter_guide_opened", "utter_check"]
    assert [responses[0] for responses in heard[1:]] == [expected for _, _, expected in way]


@pytest.mark.parametrize(("name", "way"), every_way())
def test_progress_grows_by_one_and_never_passes_its_total(name, way):
    shown = [m.parts.progress for user in walk(name, way) for m in user.messages]
    places = [(place["n"], place["m"]) for place in shown if place]
    assert [n for n, _ in places] == list(range(1, len(places) + 1))
    assert all(n <= m for n, m in places)
    totals = [m for _, m in places]
    assert totals == sorted(totals, reverse=True)


@pytest.mark.parametrize(("name", "way"), every_way())
def test_every_message_renders_with_few_answers(name, way):
    for user in walk(name, way):
        for message in user.messages:
            assert render(message)
            main = [button for button in message.buttons() if not button["more"]]
            assert len(main) <= MOST_ANSWERS
            assert len({button["title"] for button in message.buttons()}) == len(message.buttons())


@pytest.mark.parametrize(("name", "way"), every_way())
def test_the_records_tell_the_way(name, way):
    *_, user = walk(name, way)
    last, _, end = way[-1]
    chosen = {c: a.label for c, b, _ in way if (a := SITUATIONS[name].check(c).answer(b))}
    assert [r.check for r in user.state.records] == list(chosen)
    for record in user.state.records:
        solved = record.check == last and end == "utter_solved"
        assert record.outcome and (record.outcome == "resolved") == solved
        assert solved or record.answer == chosen[record.check]


@pytest.mark.parametrize(("name", "way"), every_way())
def test_an_end_leaves_the_right_question_open(name, way):
    *_, user = walk(name, way)
    state = user.state
    if user.heard[0] == "utter_checks_done":
        assert (state.pending.kind, state.situation) == ("after_articles", name)
        assert state.shown_articles
    elif user.heard[0] == "utter_solved":
        assert (state.pending.kind, state.situation) == ("feedback", None)
        assert state.feedback["situation"] == name
    else:
        assert (state.pending, [p.situation for p in state.parked]) == (None, [name])
        assert state.case["number"] > 0
