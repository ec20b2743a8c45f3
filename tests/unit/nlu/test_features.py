"""Features counted by hand are those that scikit-learn would count."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from rasa_components.nlu import features
from rasa_components.nlu.classifier import CONCEPTS
from rasa_components.nlu.features import Features, _counted, word_tokens
from rasa_components.nlu.newton import _rows, _with_ones
from rasa_components.nlu.normalise import LONGEST_KEPT, kept_for_words, normalise

TEXTS = [
    "os e-mails não chegam na caixa do suporte",
    "a caixa não recebe e-mails desde cedo",
    "nao chega e-mail na caixa, nao chega nada",
    "",
    "o relatório não chegou na caixa",
]


def test_tokens_are_counted_as_scikit_learn_does():
    normalised = [normalise(text) for text in TEXTS]
    known = CountVectorizer(analyzer=word_tokens, dtype=np.float32)
    expected = known.fit_transform(normalised)
    counts, names = _counted(normalised, word_tokens)
    assert list(names) == list(known.get_feature_names_out())
    assert (counts != expected).nnz == 0
    assert counts.dtype == np.float32


def test_what_was_fitted_is_what_is_read():
    read = Features(yaml.safe_load(CONCEPTS.read_text(encoding="utf-8")))
    fitted = read.fit(TEXTS)
    assert np.abs((fitted - read.of(TEXTS)).toarray()).max() < 1e-6
    assert fitted.shape[1] == sum(len(terms) for terms in read.vocabularies())


def test_ones_are_appended_and_rows_cut_out():
    some = sparse.csr_matrix(np.array([[0, 2], [0, 0], [3, 0], [1, 4]], dtype=np.float32))
    more = _with_ones(some)
    assert more.toarray().tolist() == [[0, 2, 1], [0, 0, 1], [3, 0, 1], [1, 4, 1]]
    part = _rows(some, 1, 3)
    assert part.toarray().tolist() == [[0, 0], [3, 0]]


@pytest.mark.parametrize(("length", "reads"), [(LONGEST_KEPT, 1), (LONGEST_KEPT + 1, 2)])
def test_only_words_are_kept(length: int, reads: int):
    seen: list[str] = []
    read = kept_for_words(lambda word: seen.append(word) or word.upper())
    assert [read("a" * length), read("a" * length)] == ["A" * length] * 2
    assert len(seen) == reads


def test_a_long_text_without_spaces_is_cut_and_not_kept():
    word = "ab" * 1000
    assert len(features._pieces_of(word)) > 3900
    assert features._pieces_of(word) is not features._pieces_of(word)
    assert features._pieces_of("caixa") is features._pieces_of("caixa")
