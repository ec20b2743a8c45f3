"""Folding, splitting and shortening what people type."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import clauses, fold, has_words, shorten, strip_accents


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Não RESOLVEU!!", "nao resolveu"),
        ("  e-mail,  caixa ", "e mail caixa"),
        ("AÇÃO nº 2", "acao no 2"),
        ("😀…", ""),
        ("", ""),
    ],
)
def test_fold_leaves_plain_words_apart_by_one_space(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_fold_is_plain_and_folding_twice_changes_nothing(text):
    folded = fold(text)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", folded)
    assert fold(folded) == folded


def test_accents_are_stripped_and_case_is_kept():
    assert strip_accents("Ação") == "Acao"


@pytest.mark.parametrize("text", ["ok", "2", "né?", "Привет", "👍 sim"])
def test_a_letter_or_a_digit_makes_words(text):
    assert has_words(text)


@pytest.mark.parametrize("text", ["", "   ", "?!...", "👍🏽", "❤️", "\n"])
def test_emoji_and_punctuation_are_no_words(text):
    assert not has_words(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("já testei. não adiantou", ["já testei", "não adiantou"]),
        ("já testei, mas continua", ["já testei", "mas continua"]),
        ("testei mas continua", ["testei", "continua"]),
        ("testei - nada", ["testei", "nada"]),
        ("caixa pré-paga", ["caixa pré-paga"]),
        (" ;; ", []),
    ],
)
def test_clauses_end_where_a_statement_ends(text, parts):
    assert clauses(text) == parts


@pytest.mark.parametrize(
    "link",
    [
        "mas",
        "e agora",
        "porem",
        "so que",
        pytest.param("porém"),
        pytest.param("só que"),
    ],
)
def test_a_clause_ends_at_a_contrast_with_or_without_accents(link):
    assert clauses(f"limpei o cache {link} continua lento") == ["limpei o cache", "continua lento"]


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_shortened_text_is_one_line_within_its_limit(text, limit):
    short = shorten(text, limit)
    assert len(short) <= limit
    assert "\n" not in short


def test_shorten_cuts_at_a_word_and_says_so():
    assert shorten("um dois três", 9) == "um dois…"
    assert shorten("um\n dois", 9) == "um dois"
