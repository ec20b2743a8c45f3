"""What review and figures are told of each turn, read off whole conversations."""

from __future__ import annotations

import json

import pytest

from assistant.dialogue.heard import Change, happenings, heard
from assistant.dialogue.state import State
from assistant.dialogue.turn import Turn
from tests.support.conversation import Conversation

SITUATION = "email_send_receive"


class Watched(Conversation):
    """A conversation that notes what happened in each turn."""

    def take(self, turn: Turn) -> list[str]:
        before = self.state
        said = super().take(turn)
        change = Change(turn, before, self.state, said)
        self.happened = [
            tuple(v for v in (h.kind, h.situation, h.check, h.value) if v)
            for h in happenings(change, "sure")
        ]
        return said

    @property
    def kinds(self) -> list[str]:
        return [one[0] for one in self.happened]


@pytest.fixture
def user() -> Watched:
    return Watched()


@pytest.fixture
def walking(user: Watched, knowledge) -> Watched:
    """Someone at the first check of a guide."""
    user.mean(SITUATION, "não recebo e-mails")
    return user


@pytest.fixture
def checks(knowledge) -> list[str]:
    return [check.id for check in knowledge.situations[SITUATION].checks]


def test_a_guide_starts_and_shows_its_first_check(walking, checks):
    assert walking.happened == [
        ("started", SITUATION, "sure"),
        ("shown", SITUATION, checks[0]),
    ]


def test_an_outcome_comes_before_the_check_that_follows(walking, checks):
    walking.mean("skip")
    assert walking.happened == [
        ("outcome", SITUATION, checks[0], "skipped"),
        ("shown", SITUATION, walking.state.check),
    ]


def test_asking_the_same_again_is_nothing_new(walking):
    walking.mean("repeat")
    assert walking.happened == []
    walking.mean("greet")
    assert walking.happened == []


def test_solved_names_the_check(walking, checks):
    walking.mean("resolved")
    assert walking.happened == [
        ("outcome", SITUATION, checks[0], "resolved"),
        ("solved", SITUATION, checks[0], "check"),
    ]


def test_what_was_not_solved_after_all_is_reopened(walking, checks):
    walking.mean("resolved")
    walking.mean("not_resolved")
    assert walking.happened[:2] == [
        ("reopened", SITUATION, walking.state.check),
        ("outcome", SITUATION, checks[0], "not_resolved"),
    ]


def test_the_verdict_is_told_without_a_reason_in_own_words(walking):
    walking.mean("resolved")
    walking.press("not_useful")
    assert walking.happened == [("feedback", SITUATION, "not_useful")]
    walking.mean("nlu_fallback", "o João não me ajudou")
    assert walking.happened == []


@pytest.mark.parametrize("outcome", ["menu_not_found", "no_permission"])
def test_a_missing_menu_or_permission_is_an_outcome(user, knowledge, outcome):
    """At the first check, anywhere, that can be answered so."""
    for situation in knowledge.situations.values():
        first = situation.checks[0]
        if first.menu if outcome == "menu_not_found" else first.needs_admin:
            user.mean(situation.id)
            user.mean(outcome)
            assert user.happened == [("outcome", situation.id, first.id, outcome)]
            return
    pytest.fail("no check can be answered so")


def test_the_wrong_situation_is_named_with_its_check(walking, checks):
    walking.mean("wrong_situation")
    assert walking.happened == [("wrong_situation", SITUATION, checks[0])]


def test_stopping_and_going_on(walking, checks):
    walking.mean("stop")
    assert walking.happened == [("stopped", SITUATION, checks[0])]
    walking.mean("resume")
    assert walking.happened == [("resumed", SITUATION, checks[0])]


def test_another_problem_switches(walking, checks):
    walking.mean("licenses", "preciso de mais licenças de usuário")
    assert walking.happened == []
    walking.press("switch")
    assert walking.happened[0] == ("switched", SITUATION, checks[0], "licenses")
    assert walking.kinds == ["switched", "started", "shown"]


def test_a_guide_that_starts_again_forgets_what_it_showed(walking, checks):
    walking.mean("stop")
    walking.mean(SITUATION, "não recebo e-mails de novo")
    assert walking.happened == [("started", SITUATION, "sure"), ("shown", SITUATION, checks[0])]


def test_the_articles_of_the_end(walking, knowledge):
    articles = []
    while not articles:
        walking.mean("skip")
        articles = [one for one in walking.happened if one[0] in ("article", "finished")]
    assert articles[-1][:2] == ("finished", SITUATION)
    shown = [one[-1] for one in articles[:-1]]
    assert shown and set(shown) <= set(knowledge.situations[SITUATION].articles)
    assert shown == walking.state.shown_articles
    walking.mean("resolved")
    assert walking.happened[-1][-1] == "articles"


def test_handing_over_names_situation_and_check(walking, checks):
    walking.mean("person")
    assert walking.happened == [("handed_over", SITUATION, checks[0])]
    walking.mean("person")
    assert walking.happened == []


def test_what_the_team_solved_is_not_solved_by_a_check(walking, checks):
    walking.mean("person")
    number = walking.state.case["number"]
    walking.mean(
        "case_closed", "/case_closed", entities=[{"entity": "option", "value": str(number)}]
    )
    assert "solved" not in walking.kinds
    walking.press("yes")
    assert walking.happened == [("solved", SITUATION, checks[0], "person")]
    walking.mean("not_resolved")
    walking.press("reopen_case")
    assert walking.kinds == ["handed_over"]


def test_none_of_the_candidates(user):
    user.mean(
        "unsure",
        "problema com mensagens",
        understanding={"candidates": [SITUATION, "email_search"]},
    )
    user.press("none")
    assert user.happened == [("rejected", SITUATION), ("rejected", "email_search")]


# The whole account, as the channel gives it


def told(message: dict, before: dict | None = None, after: dict | None = None, *said: str) -> dict:
    slots = State().to_slots()
    found = heard(message, {**slots, **(before or {})}, {**slots, **(after or {})}, said)
    assert json.loads(json.dumps(found)) == found
    return found


def weighed(intent: str, confidence: float, text: str = "o chat não abre", **more) -> dict:
    return {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "intent_ranking": [{"name": "slowness", "confidence": confidence}],
        "understanding": {"candidates": [], "second": "", **more},
    }


@pytest.mark.parametrize(
    ("intent", "said", "understanding", "trouble"),
    [
        ("slowness", "utter_guide_opened", "sure", None),
        ("unsure", "utter_clarify", "torn", "unsure"),
        ("unsure", "utter_check", "torn", None),  # the open question made it clear
        ("nlu_fallback", "utter_not_understood", "neither", "unsure"),
        ("nlu_fallback", "utter_answer_not_understood", "neither", "unsure"),
        ("nlu_fallback", "utter_coverage", "neither", "unsure"),
        ("nlu_fallback", "utter_nearest_articles", "neither", "refused"),
        ("out_of_scope", "utter_out_of_scope", "sure", "refused"),
        ("licenses", "utter_clarify", "sure", None),  # a word that names a topic alone
    ],
)
def test_how_it_was_understood(intent, said, understanding, trouble):
    found = told(weighed(intent, 0.41234567), None, None, said)
    assert (found["understanding"], found["trouble"]) == (understanding, trouble)
    assert (found["intent"], found["confidence"]) == (intent, 0.4123)


def test_asking_after_a_wrong_situation_or_for_help_is_no_trouble():
    for with_it in ("utter_sorry_wrong", "utter_help"):
        found = told(weighed("nlu_fallback", 0.1), None, None, with_it, "utter_coverage")
        assert found["trouble"] is None


def test_a_button_or_its_number_is_chosen():
    pressed = {
        "text": "/choose",
        "intent": {"name": "choose", "confidence": 1.0},
        "entities": [{"entity": "option", "value": "1.none"}],
    }
    assert told(pressed, None, None, "utter_describe_again")["understanding"] == "chosen"
    option = {"id": "none", "label": "Nenhuma", "replies": [], "phrases": [], "more": False}
    pending = {"kind": "clarify", "serial": 1, "options": [option]}
    typed = told(weighed("nlu_fallback", 0.2, "1"), {"pending": pending}, None, "utter_coverage")
    assert (typed["understanding"], typed["trouble"]) == ("chosen", None)


def test_nothing_that_was_written_is_in_it():
    message = weighed("unsure", 0.3, "sou a Maria, 123.456.789-09", candidates=["slowness"])
    after = {"user_words": "sou a Maria", "facts": {"error_text": ["Maria"]}}
    found = told(message, None, after, "utter_clarify")
    assert "Maria" not in json.dumps(found) and "123" not in json.dumps(found)
    assert found["candidates"] == ["slowness"]
