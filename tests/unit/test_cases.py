"""Handed-over cases: numbered, stored once for one message, kept in a file."""

from __future__ import annotations

import pytest

from assistant.cases import ERASED, CaseStore, erase_cases, find_cases

SHEET = ["Situação: x", "Relato: «não entra»"]


@pytest.fixture
def store() -> CaseStore:
    return CaseStore("sqlite://")


def test_numbers_go_up_by_one(store):
    assert [store.open(key, "c", SHEET, {}) for key in ("a", "b", "c")] == [1, 2, 3]


def test_the_same_key_gives_the_first_number_and_keeps_the_first_sheet(store):
    first = store.open("a", "c", SHEET, {})
    assert store.open("a", "c", ["outra"], {"outro": 1}) == first
    assert store.get(first)["sheet"] == SHEET


def test_a_repeated_key_leaves_no_gap_in_the_numbers(store):
    store.open("a", "c", SHEET, {})
    store.open("a", "c", SHEET, {})
    assert store.open("b", "c", SHEET, {}) == 2


def test_a_case_comes_back_as_it_was_stored(store):
    facts = {"records": [{"check": "x"}], "words": "não entra"}
    case = store.get(store.open("a", "conversa", SHEET, facts))
    assert (case["key"], case["conversation"]) == ("a", "conversa")
    assert (case["sheet"], case["facts"]) == (SHEET, facts)


def test_an_unknown_number_is_none(store):
    assert store.get(99) is None


def test_cases_outlive_the_process_in_a_file_whose_folder_is_made(tmp_path):
    url = f"sqlite:///{tmp_path / 'new' / 'folder' / 'cases.db'}"
    number = CaseStore(url).open("a", "c", SHEET, {})
    again = CaseStore(url)
    assert again.get(number)["sheet"] == SHEET
    assert again.open("a", "c", SHEET, {}) == number
    assert again.open("b", "c", SHEET, {}) == number + 1


def test_erasing_empties_the_cases_of_one_conversation_and_keeps_their_numbers(tmp_path):
    store = CaseStore(f"sqlite:///{tmp_path / 'cases.db'}")
    for key in ("a", "b"):
        store.open(f"ana:{key}", "ana", SHEET, {"words": "não entra"})
    store.open("bia:a", "bia", SHEET, {})
    with store._engine.begin() as connection:
        assert [case["number"] for case in find_cases(connection, "ana")] == [1, 2]
        erase_cases(connection, "ana")
        erase_cases(connection, "ana")
        assert find_cases(connection, "ana") == []
    for number in (1, 2):
        case = store.get(number)
        assert (case["conversation"], case["sheet"], case["facts"]) == (ERASED, [""], {})
        assert "ana" not in case["key"]
    assert store.get(3)["sheet"] == SHEET
    assert store.open("ana:a", "ana", SHEET, {}) == 4
