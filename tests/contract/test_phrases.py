"""Enough examples, and none of those set apart among those trained on."""

from __future__ import annotations

import pytest

from assistant.dialogue.turn import OUT_OF_SCOPE, REPLIES
from assistant.text import fold
from tests.contract.conftest import Examples
from tests.support.conversation import world

SITUATIONS = sorted(world().knowledge.situations)


def folded(examples: Examples) -> set[str]:
    return {fold(text) for found in examples.values() for text in found}


@pytest.mark.parametrize("intent", SITUATIONS)
def test_a_situation_has_sixty_examples_and_twenty_held_out(intent, training, heldout):
    assert len(training[intent]) >= 60
    assert len(heldout[intent]) >= 20


@pytest.mark.parametrize("intent", sorted(REPLIES))
def test_a_reply_has_forty_examples(intent, training):
    assert len(training[intent]) >= 40


@pytest.mark.parametrize("intent", sorted(REPLIES))
def test_a_reply_has_fifteen_held_out_examples(intent, heldout):
    assert len(heldout[intent]) >= 15


def test_out_of_scope_has_two_hundred_examples(training):
    assert len(training[OUT_OF_SCOPE]) >= 200


@pytest.mark.parametrize("apart", ["heldout", "tuning"])
def test_phrases_set_apart_are_not_trained_on(apart, training, request):
    assert folded(request.getfixturevalue(apart)) & folded(training) == set()


def test_what_is_tuned_on_is_not_what_is_measured_on(heldout, tuning):
    assert folded(heldout) & folded(tuning) == set()


@pytest.mark.parametrize("apart", ["training", "heldout", "tuning"])
def test_no_phrase_is_empty_or_stands_under_two_intents(apart, request):
    examples = request.getfixturevalue(apart)
    owners: dict[str, set[str]] = {}
    for intent, found in examples.items():
        for text in found:
            owners.setdefault(fold(text) or text, set()).add(intent)
    assert "" not in owners
    assert {text: intents for text, intents in owners.items() if len(intents) > 1} == {}
