"""Noise: the same for a seed, of the kind that was asked for, and only where it may be."""

from __future__ import annotations

import random

import pytest
import yaml

from assistant.text import strip_accents
from rasa_components.nlu.normalise import FULL
from trainer.evaluate.heldout import Phrase
from trainer.evaluate.noise import (
    KINDS,
    WORDS,
    losses,
    mistyped,
    neighbours,
    noisy,
    typos,
)

TEXT = "Bom dia, o relatório da caixa de e-mail não chegou para a operadora do atendimento ontem"
LONG = " ".join([TEXT] * 40)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_text(kind):
    assert noisy(TEXT, kind, 1) == noisy(TEXT, kind, 1) != TEXT


@pytest.mark.parametrize("kind", ["typos", "abbreviations", "english", "all"])
def test_another_seed_gives_another_text(kind):
    assert len({noisy(TEXT, kind, seed) for seed in range(9)}) > 1


def test_every_spelling_is_text():
    """YAML reads `off` as false, and a phrase with its word could then not be measured."""
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    spellings = [one for section in words.values() for many in section.values() for one in many]
    assert [one for one in spellings if not isinstance(one, str)] == []


def test_accents_alone_are_taken_away():
    assert noisy("Não É à toa, ação", "no_accents", 1) == "Nao E a toa, acao"


def test_one_word_in_seven_is_mistyped():
    changed = sum(
        a != b for a, b in zip(LONG.split(), noisy(LONG, "typos", 1).split(), strict=True)
    )
    assert 0.11 < changed / len(LONG.split()) < 0.17


@pytest.mark.parametrize("seed", range(20))
def test_a_mistyped_word_is_one_slip_away(seed):
    word = mistyped("atendimento", random.Random(seed))
    assert abs(len(word) - len("atendimento")) <= 1
    if len(word) == len("atendimento"):
        assert sum(a != b for a, b in zip(word, "atendimento", strict=True)) <= 2


@pytest.mark.parametrize("text", ["", "  ", "ok", "a b c", "12 34 ???"])
def test_short_words_and_numbers_are_typed_right(text):
    assert typos(text, random.Random(1)) == text


@pytest.mark.parametrize(
    ("letter", "near"), [("g", "tyfhvb"), ("ç", "pl"), ("Á", "QWSZ"), ("7", ""), ("ß", "")]
)
def test_neighbours_are_those_of_an_abnt2_keyboard(letter, near):
    assert sorted(neighbours(letter)) == sorted(near)


@pytest.mark.parametrize("text", ["caixa@fila.com.br", "fila-caixa-fila", "caixas2"])
def test_words_within_addresses_stay(text):
    assert {noisy(text, "english", seed) for seed in range(20)} == {text}


def test_capitals_stay_capitals():
    assert "QUEUE" in {noisy("FILA", "english", seed) for seed in range(5)}


def test_longer_entries_are_swapped_first():
    assert "mailbox cheia" in {noisy("caixa de e-mail cheia", "english", s) for s in range(5)}


def test_some_abbreviations_are_unknown_to_the_assistant():
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))["abbreviations"]
    spellings = {strip_accents(s) for some in words.values() for s in some}
    assert len(spellings - set(FULL)) > 40


def test_what_a_phrase_loses_is_the_mean_over_the_seeds():
    phrase = Phrase("ação", "email_rules", "x", frozenset(["email_rules"]))
    found = {m.key: m for m in losses([phrase], lambda t: "email_rules" if "ç" in t else "other")}
    assert found["noise/no_accents"].values == (1.0,)
    assert found["noise/english"].values == (0.0,)
