"""The handoff sheet: short, built from the records, opened once."""

from __future__ import annotations

import pytest

from assistant.dialogue import handoff
from assistant.dialogue.state import Record
from assistant.dialogue.turn import Turn
from tests.support.conversation import Conversation


@pytest.fixture
def full(talk_of):
    """A talk in which everything that a sheet can hold is there."""
    records = [
        Record("licenses", "contrato", "t", "not_resolved", "Não foi reduzido", True),
        Record("licenses", "novos_usuarios", "t", "menu_not_found", "", True),
    ]
    turn = Turn("quero falar com alguém", message_id="m1", page="/login")
    facts = {"error_code": ["403", "502"], "queue_name": ["SAC"]}
    return talk_of(
        turn, situation="licenses", check="novos_usuarios", records=records, confidence=0.876,
        user_words="não há licenças\npara entrar", refused=["slowness"],
        shown_articles=["sem_licencas"], facts=facts,
    )  # fmt: skip


def test_each_line_comes_from_what_was_recorded(full):
    labels, knowledge = full.labels, full.world.knowledge
    first, second, third = full.situation.checks
    refused = labels["sheet_refused"].format(value=full.named("slowness").title)
    values = {
        "sheet_situation": f"{full.situation.title} (88 %). {refused}",
        "sheet_words": "«não há licenças para entrar»",
        "sheet_checks": f"{first.title}: Não foi reduzido; "
        f"{second.title}: {labels['outcome_menu_not_found']}",
        "sheet_articles": knowledge.articles["sem_licencas"].title,
        "sheet_facts": "403; 502; SAC",
        "sheet_page": "/login",
        "sheet_reason": labels["reason_asked"],
        "sheet_next": f"{third.title} ({' > '.join(third.menu)})",
    }
    assert handoff.sheet(full, "asked") == [labels[k].format(value=v) for k, v in values.items()]


def test_without_a_guide_the_sheet_says_only_that(talk_of):
    talk = talk_of()
    keys = {"sheet_situation": "sheet_unknown", "sheet_reason": "reason_asked"} | {
        "sheet_next": "next_describe"
    }
    lines = [talk.labels[k].format(value=talk.labels[v]) for k, v in keys.items()]
    assert handoff.sheet(talk, "asked") == lines


def test_the_sheet_has_at_most_eight_short_lines(full):
    full.state.user_words = "muito lento " * 300
    full.state.facts["queue_name"] = ["fila\nnova " * 100]
    lines = handoff.sheet(full, "checks_exhausted")
    assert len(lines) == 8
    assert all(len(line) <= handoff.MAX_LINE and "\n" not in line for line in lines)


def test_braces_in_the_users_words_stay_as_they_are(full):
    full.state.user_words = "aparece {value} e {0}"
    assert any("{value} e {0}" in line for line in handoff.sheet(full, "asked"))


def test_only_records_of_the_open_guide_are_told(full):
    full.state.records.insert(0, Record("slowness", "maquina", "t", "skipped"))
    assert not any(full.named("slowness").check("maquina").title in line
                   for line in handoff.sheet(full, "asked"))  # fmt: skip


def test_when_every_check_was_dealt_with_the_vendor_comes_next(full):
    full.state.records.append(Record("licenses", "usuarios_ativos", "t", "skipped", "", True))
    expected = full.labels["sheet_next"].format(value=full.labels["next_vendor"])
    assert handoff.sheet(full, "asked")[-1] == expected


def test_the_case_is_stored_with_its_facts_and_shown_to_copy(full, cases):
    handoff.hand_over(full, "asked")
    (case,) = cases.opened
    (message,) = full.messages
    assert message.response == "utter_case_opened"
    assert (message.parts.case, message.parts.copy) == (1, "\n".join(case["sheet"]))
    assert case["facts"]["situation"] == "licenses"
    assert [r["check"] for r in case["facts"]["records"]] == ["contrato", "novos_usuarios"]


def test_the_key_tells_conversations_and_messages_apart(talk_of, cases):
    for conversation, message in (("a", "1"), ("a", "2"), ("b", "1")):
        talk = talk_of(Turn("x", message_id=message))
        talk.conversation, talk.state.user_words = conversation, "x"
        handoff.hand_over(talk, "asked")
    assert len({case["key"] for case in cases.opened}) == 3


def test_a_repeated_turn_gives_the_same_key(talk_of, cases):
    for _ in range(2):
        handoff.hand_over_with(talk_of(Turn("x", message_id="1")), "x")
    assert cases.opened[0]["key"] == cases.opened[1]["key"]


def test_the_guide_can_be_taken_up_again_afterwards(full):
    handoff.hand_over(full, "asked")
    (parked,) = full.state.parked
    assert (parked.situation, parked.check) == ("licenses", "novos_usuarios")
    assert full.state.situation is None


@pytest.mark.parametrize("opening", ["nlu_fallback", "licenses"])
def test_an_unchanged_case_is_not_opened_twice(user: Conversation, opening):
    user.mean(opening)
    assert user.mean("person")[0] in ("utter_case_opened", "utter_case_short")
    number = user.state.case["number"]
    assert user.mean("person") == ["utter_case_known"]
    assert user.state.case["number"] == number


def test_a_person_asked_for_first_is_asked_for_one_sentence(user: Conversation):
    assert user.mean("person") == ["utter_ask_case_words"]
    assert user.mean("nlu_fallback", "o botão verde sumiu") == ["utter_case_short"]
    assert user.state.user_words == "o botão verde sumiu"


def test_who_insists_on_a_person_gets_a_case_at_once(user: Conversation):
    user.mean("person")
    assert user.mean("person") == ["utter_case_short"]


def test_a_case_that_grew_is_opened_anew(user: Conversation):
    user.mean("licenses")
    user.mean("person")
    user.mean("resume")
    user.press("sem_reducao")
    assert user.press("person") == ["utter_case_opened"]
