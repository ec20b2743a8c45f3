"""Mistyped words are read as the common ones that they were meant to be."""

from __future__ import annotations

import pytest

from rasa_components.nlu.spelling import Spelling, common_words

COMMON = ["pesquisa", "relatorio", "fila", "filas"]
SPELLING = Spelling({*COMMON, "pesquisar", "raro"}, COMMON)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pesqisa", "pesquisa"),  # dropped
        ("relatoorio", "relatorio"),  # doubled
        ("pesquosa", "pesquisa"),  # mistaken
        ("reltaorio", "relatorio"),  # swapped
        ("a filla parou", "a fila parou"),
    ],
)
def test_one_slip_is_corrected(typed: str, meant: str):
    assert SPELLING.correct(typed) == meant


@pytest.mark.parametrize("word", ["pesquisar", "raro", "fil", "pezkisa", "500x", ""])
def test_a_known_a_short_or_a_strange_word_stays(word: str):
    assert SPELLING.correct(word) == word


def test_the_more_frequent_of_two_is_meant():
    assert Spelling((), ["fila", "vila"]).correct("dila") == "fila"


def test_only_words_of_several_texts_correct_others():
    texts = ["chat parado", "chat aberto", "chat chat", "fila fila fila"]
    assert common_words(texts) == ["chat"]
