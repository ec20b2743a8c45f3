"""A state from another version of the knowledge harms nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.dialogue.messages import Message
from assistant.dialogue.router import respond
from assistant.dialogue.state import Parked, State
from assistant.dialogue.talk import Talk, World
from assistant.dialogue.turn import Turn, read_turn
from assistant.knowledge import Knowledge
from assistant.retrieval import Retriever
from tests.support.conversation import Conversation, render, world
from tests.unit.conftest import NOON, KeptCases

HERE, OTHER = "email_send_receive", "slowness"
INTENTS = ["not_resolved", "resolved", "affirm", "deny", "person", "stop", "go_back", "repeat",
           "articles", "wrong_situation", "menu_not_found", "no_permission", "skip", "start_over",
           "already_tried", "resume", "greet", "thanks", "help", "out_of_scope", "nlu_fallback",
           OTHER]  # fmt: skip


def without(knowledge: Knowledge, *ids: str) -> Knowledge:
    """Return the knowledge as a version before those situations had it."""
    kept = {id: one for id, one in knowledge.situations.items() if id not in ids}
    articles = {
        id: replace(
            one,
            situations=tuple(s for s in one.situations if s in kept),
            opens="" if one.opens in ids else one.opens,
        )
        for id, one in knowledge.articles.items()
    }
    words = {
        w: tuple(s for s in named if s in kept) for w, named in knowledge.topics.situations.items()
    }
    topics = replace(knowledge.topics, situations={w: named for w, named in words.items() if named})
    return replace(knowledge, situations=kept, articles=articles, topics=topics)


def without_check(knowledge: Knowledge, situation: str, check: str) -> Knowledge:
    one = knowledge.situations[situation]
    checks = tuple(
        replace(c, answers=tuple(a for a in c.answers if a.then.target != check))
        for c in one.checks
        if c.id != check
    )
    changed = replace(one, checks=checks)
    return replace(knowledge, situations={**knowledge.situations, situation: changed})


def with_other_answers(knowledge: Knowledge, situation: str) -> Knowledge:
    """Every answer of the situation gets another id."""
    one = knowledge.situations[situation]
    checks = tuple(
        replace(c, answers=tuple(replace(a, id=f"new_{a.id}") for a in c.answers))
        for c in one.checks
    )
    return replace(
        knowledge, situations={**knowledge.situations, situation: replace(one, checks=checks)}
    )


_RETRIEVERS: dict[tuple[str, ...], Retriever] = {}


def retriever_of(known: Knowledge) -> Retriever:
    """Making one takes a second, and only the situations make a difference to it here."""
    key = tuple(known.situations)
    if key not in _RETRIEVERS:
        _RETRIEVERS[key] = Retriever(known)
    return _RETRIEVERS[key]


@pytest.fixture
def taken_back(cases: KeptCases) -> Callable[..., Talk]:
    """Answer a turn of a conversation with another knowledge."""

    def answer(user: Conversation, known: Knowledge, turn: Turn) -> Talk:
        other = World(known, retriever_of(known), cases, world().settings)
        talk = Talk(other, user.state, replace(turn, message_id="m9"), user.now, user.id)
        respond(talk)
        assert talk.messages
        said = [render(message) for message in talk.messages]
        assert all(said)
        return talk

    return answer


def heard(talk: Talk) -> list[str]:
    return [message.response for message in talk.messages]


def meaning(intent: str, text: str = "x y z") -> Turn:
    ranking = [{"name": intent, "confidence": 1.0}]
    intent_said = {"name": intent, "confidence": 1.0}
    return read_turn({"text": text, "intent": intent_said, "intent_ranking": ranking})


def pressing(user: Conversation, option: str) -> Turn:
    pending = user.state.pending
    assert pending is not None
    return Turn("/choose", intent="choose", option=f"{pending.serial}.{option}")


def in_a_guide(user: Conversation) -> Conversation:
    user.mean(HERE, "os emails não chegam na caixa")
    first = user.state.check
    user.press(user.options[0].id if user.options[0].id != "resolved" else "not_resolved")
    assert user.state.situation == HERE and user.state.check != first
    return user


def test_a_guide_that_is_gone_is_told_and_its_records_are_kept(
    user: Conversation, knowledge: Knowledge, taken_back: Callable[..., Talk]
) -> None:
    records = in_a_guide(user).state.records
    talk = taken_back(user, without(knowledge, HERE), pressing(user, "skip"))
    assert heard(talk) == ["utter_guide_gone", "utter_coverage"]
    assert talk.state.records == records
    assert talk.state.situation is None and talk.state.check is None
    assert talk.state.user_words == "os emails não chegam na caixa"


def test_after_it_came_back_they_go_on_as_anybody(
    user: Conversation, knowledge: Knowledge, taken_back: Callable[..., Talk]
) -> None:
    in_a_guide(user)
    talk = taken_back(user, without(knowledge, HERE), pressing(user, "skip"))
    user._slots = talk.state.to_slots()
    assert "utter_check" in user.mean(HERE, "os emails não chegam")


def test_whoever_wants_a_person_gets_one(
    user: Conversation, knowledge: Knowledge, taken_back: Callable[..., Talk], cases: KeptCases
) -> None:
    in_a_guide(user)
    for turn in (pressing(user, "person"), meaning("person", "quero falar com uma pessoa")):
        talk = taken_back(user, without(knowledge, HERE), turn)
        assert heard(talk)[0] == "utter_guide_gone"
        assert talk.state.case
    assert [case["facts"]["user_words"] for case in cases.opened] == [
        "os emails não chegam na caixa"
    ] * 2


def test_another_problem_is_heard(
    user: Conversation, knowledge: Knowledge, taken_back: Callable[..., Talk]
) -> None:
    in_a_guide(user)
    talk = taken_back(user, without(knowledge, HERE), meaning(OTHER, "o sistema está lento"))
    assert heard(talk) == ["utter_guide_gone", "utter_guide_opened", "utter_check"]
    assert talk.state.situation == OTHER


def test_a_check_that_is_gone_is_passed_by(
    user: Conversation, knowledge: Knowledge, taken_back: Callable[..., Talk]
) -> None:
    open_check = in_a_guide(user).state.check
    assert open_check
    records = user.state.records
    older = without_check(knowledge, HERE, open_check)
    for turn in (pressing(user, "not_resolved"), meaning("not_resolved"), Turn("2")):
        talk = taken_back(user, older, turn)
        assert heard(talk)[0] == "utter_check_changed"
        assert talk.check is not None and talk.state.check != open_check
        dealt = {record.check for record in records if record.outcome}
        assert talk.state.check not in dealt
        assert talk.state.records[: len(records)] == records
        assert talk.state.pending and talk.state.pending.kind == "check"


@pytest.mark.parametrize("intent", ["person", "stop", "wrong_situation", OTHER])
def test_at_a_check_that_is_gone_other_wishes_are_heard(
    user: Conversation, knowledge: Knowledge, taken_back: Callable[..., Talk], intent: str
) -> None:
    open_check = in_a_guide(user).state.check
    talk = taken_back(user, without_check(knowledge, HERE, open_check or ""), meaning(intent))
    assert "utter_check_changed" not in heard(talk)


def test_answers_that_are_gone_are_not_taken(
    user: Conversation, knowledge: Knowledge, taken_back: Callable[..., Talk]
) -> None:
    in_a_guide(user)
    offered = user.options[0].id
    talk = taken_back(user, with_other_answers(knowledge, HERE), pressing(user, offered))
    assert heard(talk)[0] == "utter_check_changed"
    assert talk.state.check == user.state.check
    assert [o.id for o in talk.state.pending.options][0] == f"new_{offered}"


def test_a_guide_whose_text_alone_changed_goes_on_without_a_word(
    user: Conversation, knowledge: Knowledge, taken_back: Callable[..., Talk]
) -> None:
    in_a_guide(user)
    one = knowledge.situations[HERE]
    checks = tuple(replace(c, text=f"{c.text} Novo.") for c in one.checks)
    newer = replace(
        knowledge, situations={**knowledge.situations, HERE: replace(one, checks=checks)}
    )
    talk = taken_back(user, newer, pressing(user, "skip"))
    assert heard(talk) == ["utter_check"]


def test_what_was_refused_shown_or_put_aside_may_be_gone(
    knowledge: Knowledge, taken_back: Callable[..., Talk], user: Conversation, cases: KeptCases
) -> None:
    state = State(
        situation=OTHER,
        check=knowledge.situations[OTHER].checks[0].id,
        refused=[HERE, "never_was"],
        candidates=[HERE],
        shown_articles=["never_was"],
        parked=[Parked(HERE, "x"), Parked("licenses", "never_was")],
        solved=Parked(HERE, "x"),
    )
    user._slots = state.to_slots()
    talk = taken_back(user, without(knowledge, HERE), meaning("person"))
    kept = talk.state
    assert kept.refused == [] and kept.shown_articles == [] and kept.solved is None
    licenses = next(p for p in kept.parked if p.situation == "licenses")
    assert licenses.check == knowledge.situations["licenses"].checks[0].id
    assert len(cases.opened) == 1


def states(knowledge: Knowledge) -> Iterator[tuple[str, Conversation]]:
    """Yield conversations at each kind of question that names the situation HERE."""
    for kind in ("check", "stuck", "after_articles", "switch", "clarify", "offer_next", "returning",
                 "module", "aside", "feedback", "solved"):  # fmt: skip
        user = Conversation()
        prepare(user, kind)
        yield kind, user


def prepare(user: Conversation, kind: str) -> None:
    if kind == "module":
        user.mean("nlu_fallback", "qwerty asdf zxcv")
        user.press("coverage")
        return
    if kind == "clarify":
        more = {"understanding": {"candidates": [HERE, "email_search"]}}
        user.mean("unsure", "o email", **more)
        return
    user.mean(HERE, "os emails não chegam na caixa")
    steps: dict[str, Callable[[], Any]] = {
        "check": lambda: None,
        "stuck": lambda: user.mean("menu_not_found"),
        "after_articles": lambda: [
            user.press("skip") for _ in range(9) if user.state.pending.kind == "check"
        ],
        "switch": lambda: user.mean(OTHER, "o sistema está lento"),
        "offer_next": lambda: [
            user.mean(OTHER, "lento"),
            user.press("switch"),
            user.press("stop"),
            user.take(meaning("resolved")),
        ],
        "returning": lambda: [user.wait(90), user.mean("greet", "oi de novo gente")],
        "aside": lambda: aside(user),
        "feedback": lambda: user.take(meaning("resolved")),
        "solved": lambda: [user.take(meaning("resolved")), user.press("useful")],
    }
    steps[kind]()


def aside(user: Conversation) -> None:
    state = user.state
    state.pending.kind = "aside"
    state.pending.options = [replace(state.pending.options[0], id="resolved", replies=["resolved"])]
    user._slots = state.to_slots()


def knowledges(knowledge: Knowledge) -> Iterator[Knowledge]:
    yield without(knowledge, HERE)
    yield without(knowledge, HERE, "email_search")
    yield without(knowledge, OTHER)
    yield with_other_answers(knowledge, HERE)
    for check in knowledge.situations[HERE].checks[:2]:
        yield without_check(knowledge, HERE, check.id)
    modules = [s.module for s in knowledge.situations.values()]
    yield without(
        knowledge, *(s.id for s in knowledge.situations.values() if s.module == modules[0])
    )


def test_whatever_is_gone_every_answer_at_every_question_is_answered(
    knowledge: Knowledge, taken_back: Callable[..., Talk]
) -> None:
    others = list(knowledges(knowledge))
    kinds = set()
    for kind, user in states(knowledge):
        pending = user.state.pending
        kinds.add(pending.kind if pending else kind)
        turns = [meaning(intent) for intent in INTENTS] + [Turn("2"), Turn("sim"), Turn("9")]
        if pending:
            turns += [pressing(user, option.id) for option in pending.options]
        for known in others:
            for turn in turns:
                if turn.intent in known.situations or turn.intent not in knowledge.situations:
                    taken_back(user, known, turn)
    assert kinds >= {"check", "stuck", "after_articles", "switch", "clarify", "offer_next",
                     "returning", "module", "aside", "feedback", "solved"}  # fmt: skip


def test_nothing_changes_where_nothing_is_gone(
    user: Conversation, knowledge: Knowledge, taken_back: Callable[..., Talk]
) -> None:
    for kind, one in states(knowledge):
        if kind == "aside":
            continue
        before = one.state
        said = one.mean("deny", "não")
        after = one.state
        one._slots = before.to_slots()
        talk = taken_back(one, knowledge, meaning("deny", "não"))
        assert heard(talk) == said, kind
        assert talk.state.pending == after.pending or kind in ("feedback", "solved")


def test_messages_name_responses_that_exist() -> None:
    for name in ("utter_guide_gone", "utter_check_changed"):
        assert render(Message(name, {}))
    assert NOON


@pytest.mark.parametrize("intent", ["hand_back", "case_closed"])
def test_what_the_team_says_finds_a_state_that_is_whole(
    knowledge: Knowledge, taken_back: Callable[..., Talk], intent: str
) -> None:
    for _, user in states(knowledge):
        for known in knowledges(knowledge):
            for option in ("", f"{HERE}.", f"{HERE}.no_such_check", "7"):
                talk = taken_back(user, known, Turn("", intent=intent, option=option))
                gone = talk.state.situation or "", *(p.situation for p in talk.state.parked)
                assert {id for id in gone if id} <= set(known.situations)
