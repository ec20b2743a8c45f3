"""What the first message says was done, where one stands, and going back."""

from __future__ import annotations

import pytest

from assistant.dialogue import records, walking
from assistant.dialogue import state as outcomes


def tried(talk, words):
    return [check.id for check in records.mark_tried(talk, words)]


@pytest.fixture
def slow(talk_of):
    """A guide about slowness, just opened."""
    return talk_of(situation="slowness")


@pytest.mark.parametrize(
    ("words", "checks"),
    [
        ("já limpei o cache", ["limpeza_do_navegador"]),
        ("Está lento. Limpamos o cache ontem, nada", ["limpeza_do_navegador"]),
        ("já limpei o cache e reiniciei o computador", ["maquina", "limpeza_do_navegador"]),
        ("já falei com a TI", ["ajuda_da_ti"]),
    ],
)
def test_a_check_said_to_be_done_is_marked(slow, words, checks):
    assert tried(slow, words) == checks
    assert {r.outcome for r in slow.state.records} == {outcomes.ALREADY_TRIED}


def test_another_network_is_not_the_companys(slow):
    assert tried(slow, "já testei em outra rede") == ["outra_rede"]


@pytest.mark.parametrize(
    "words",
    [
        "o Omni está lento",
        "como limpo o cache?",
        "limpar o cache ajuda?",
        "não testei em outra rede",
        "ainda não fiz o teste em outra rede",
        "já olhei tudo, o cache eu deixei para depois",
        pytest.param("não limpei o cache"),
        pytest.param("ainda não limpei o cache"),
        pytest.param("nunca testamos em outra rede"),
    ],
)
def test_what_was_not_done_is_not_marked(slow, words):
    assert tried(slow, words) == []
    assert slow.state.records == []


def test_a_check_that_has_a_record_is_not_marked_again(slow):
    records.note(slow, slow.situation.check("limpeza_do_navegador"), outcomes.NOT_RESOLVED)
    assert tried(slow, "já limpei o cache") == []


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ([], {"n": 1, "m": 4}),
        (["com_erro"], {"n": 2, "m": 4}),
        (["com_erro", "outra_causa"], {"n": 3, "m": 4}),
        (["sem_erro"], {"n": 2, "m": 3}),
    ],
)
def test_the_place_counts_the_longest_way_from_here(user, answers, place):
    user.mean("email_send_receive")
    for answer in answers:
        user.press(answer)
    progress = user.messages[-1].parts.progress
    assert {key: progress[key] for key in ("n", "m")} == place


def test_what_was_done_already_is_not_counted(talk_of):
    talk = talk_of(situation="queue_hours")
    first, second, third = talk.situation.checks
    records.note(talk, second, outcomes.ALREADY_TRIED)
    walking.show(talk, first, "utter_check")
    assert records.place(talk, first) == (1, 2)
    walking.show(talk, third, "utter_check")
    assert records.place(talk, third) == (2, 2)


def test_going_back_forgets_the_open_check_and_the_answer_before_it(user):
    user.mean("queue_hours")
    user.press("not_resolved")
    assert user.press("go_back") == ["utter_check"]
    assert [(r.check, r.outcome, r.answer) for r in user.state.records] == [
        ("horario_da_fila", None, "")
    ]


def test_there_is_nothing_before_the_first_check(talk_of):
    talk = talk_of(situation="queue_hours")
    walking.show(talk, talk.situation.checks[0], "utter_check")
    assert records.take_back(talk) is None
    assert len(talk.state.records) == 1


def test_a_note_changes_the_record_of_its_check(slow):
    check = slow.situation.checks[0]
    records.show(slow, check)
    records.note(slow, check, outcomes.NOT_RESOLVED, check.answers[0])
    (record,) = slow.state.records
    assert (record.shown, record.outcome) == (True, outcomes.NOT_RESOLVED)
    assert (record.answer, record.at) == (check.answers[0].label, "2026-11-22T12:00:00+00:00")


@pytest.mark.parametrize("outcome", [outcomes.NOT_RESOLVED, outcomes.RESOLVED])
def test_a_check_done_before_stays_so_until_it_is_solved(slow, outcome):
    check = slow.situation.checks[0]
    records.note(slow, check, outcomes.ALREADY_TRIED)
    records.note(slow, check, outcome, check.answers[0])
    kept = outcomes.ALREADY_TRIED if outcome == outcomes.NOT_RESOLVED else outcome
    assert slow.state.record_of(check.id).outcome == kept


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (None, "outcome_shown"),
        (outcomes.SKIPPED, "outcome_skipped"),
        (outcomes.MENU_NOT_FOUND, "outcome_menu_not_found"),
        (outcomes.NOT_RESOLVED, ""),
        (outcomes.ALREADY_TRIED, "outcome_already_tried"),
    ],
)
def test_a_record_is_told_by_its_answer_or_by_its_outcome(slow, outcome, text):
    answer = slow.situation.checks[0].answers[0]
    records.note(slow, slow.situation.checks[0], outcome, answer)
    told = records.outcome_text(slow, slow.state.records[0])
    assert told == (slow.labels[text] if text else answer.label)


def test_a_guide_begun_anew_starts_with_clean_records(user):
    user.mean("queue_hours")
    user.press("not_resolved")
    user.press("resolved")
    user.mean("queue_hours")
    assert user.messages[-1].parts.done == ()
    assert [r.outcome for r in user.state.open_records()] == [None]
