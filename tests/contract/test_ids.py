"""One name per situation, mirrored in every folder."""

from __future__ import annotations

from dataclasses import fields

import pytest

from assistant.dialogue.router import _FACTS
from assistant.dialogue.state import State
from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, PAYLOADS, REPLIES, SMALL_TALK, UNSURE
from assistant.settings import ROOT
from tests.contract.conftest import read, read_examples
from tests.support.conversation import world
from trainer.wording import intent_names

UNTRAINED = {UNSURE, *PAYLOADS}  # decided by a component, or sent by payload


def test_the_seventeen_sections_and_sixty_nine_articles_of_the_source_are_there():
    """Trainers may add more of both."""
    knowledge = world().knowledge
    sections = sorted(s.section for s in knowledge.situations.values())
    assert len(sections) == len(set(sections))
    assert sections[:17] == list(range(1, 18))
    assert len(knowledge.articles) >= 69


@pytest.mark.parametrize("folder", ["data/situations", "knowledge/situations"])
def test_a_folder_holds_one_file_per_situation(folder, situations):
    assert {path.stem for path in (ROOT / folder).iterdir()} == situations


@pytest.mark.parametrize("folder", ["tests/nlu/heldout", "tests/nlu/tuning"])
def test_phrases_set_apart_name_every_situation_and_no_other(folder, situations, domain):
    found = set(read_examples(ROOT / folder))
    assert situations <= found <= set(domain["intents"])


@pytest.mark.parametrize("name", ["heldout_ambiguous.yml", "tuning_ambiguous.yml"])
def test_ambiguous_messages_name_two_or_more_known_situations(name, situations):
    for entry in read(ROOT / "tests/nlu" / name):
        assert len(set(entry["situations"])) >= 2
        assert set(entry["situations"]) <= situations


def test_the_domains_intents_are_those_of_the_code(domain, situations):
    expected = {*situations, *REPLIES, *SMALL_TALK, OUT_OF_SCOPE, *UNTRAINED}
    assert len(domain["intents"]) == len(set(domain["intents"]))
    assert set(domain["intents"]) == expected


def test_every_intent_is_trained_unless_it_is_decided_or_pressed(domain, training):
    assert set(training) == set(domain["intents"]) - UNTRAINED


def rules() -> list[dict]:
    return [
        rule
        for path in sorted((ROOT / "data").rglob("*.yml"))
        for rule in (read(path) or {}).get("rules", [])
    ]


def test_every_intent_has_exactly_one_rule_to_the_one_action(domain):
    steps = [rule["steps"] for rule in rules()]
    assert all(rest == [{"action": "action_guide"}] for _, *rest in steps)
    ruled = [first["intent"] for first, *_ in steps]
    assert sorted(ruled) == sorted([*domain["intents"], FALLBACK])


@pytest.mark.parametrize("stem", sorted(world().knowledge.situations))
def test_a_situations_file_holds_its_own_examples_and_rule_only(stem):
    data = read(ROOT / "data/situations" / f"{stem}.yml")
    assert [block["intent"] for block in data["nlu"] if "intent" in block] == [stem]
    assert [rule["steps"][0]["intent"] for rule in data["rules"]] == [stem]


def test_the_slots_are_the_fields_of_the_state_and_steer_nothing(domain):
    assert set(domain["slots"]) == {field.name for field in fields(State)}
    for slot in domain["slots"].values():
        assert slot["influence_conversation"] is False
        assert slot["mappings"] == [{"type": "custom"}]


def test_the_entities_that_the_code_reads_are_declared(domain):
    assert {*_FACTS, "own_password", "option"} <= set(domain["entities"])


def test_what_an_administrator_checks_can_be_asked_of_one():
    checks = [c for s in world().knowledge.situations.values() for c in s.checks]
    mute = [c.id for c in checks if c.kind == "check" and c.needs_admin and not c.ask_admin]
    assert any(c.needs_admin for c in checks)
    assert mute == []


def test_every_intent_that_is_no_situation_has_a_name_for_trainers(domain, situations):
    assert set(domain["intents"]) - situations - PAYLOADS <= set(intent_names())
