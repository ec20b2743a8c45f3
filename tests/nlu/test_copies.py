"""What is held out is unseen: no near-copy of it is trained on, and little is trained on twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from assistant.settings import ROOT
from assistant.text import fold
from trainer.judging import read_ambiguous
from trainer.phrases import read_phrases, read_torn

# Cosine of character n-grams. Shorter texts ("não é isso") have few ways to be said.
COPY = 0.8
MORE_WORDS_THAN = 3


@pytest.fixture(scope="module")
def trained() -> list[str]:
    phrases = [text for _, text in read_phrases(ROOT / "data")]
    return [fold(text) for text in [*phrases, *_ambiguous_trained()]]


def _ambiguous_trained() -> list[str]:
    return [text for text, _ in read_torn(ROOT / "data/ambiguous.yml")]


def copies(texts: Sequence[str], of: Sequence[str]) -> list[str]:
    """Return the `texts` that are likest to one `of` the others by more than COPY."""
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    known = vectorizer.fit_transform(of)
    likeness = (vectorizer.transform(texts) @ known.T).max(axis=1).toarray().ravel()
    return [texts[place] for place in np.flatnonzero(likeness > COPY)]


def long(texts: Sequence[str]) -> list[str]:
    return [text for text in map(fold, texts) if len(text.split()) > MORE_WORDS_THAN]


def test_a_copy_is_found():
    of = ["a fila do chat nao abre de manha", "o relatorio nao chegou"]
    texts = ["a fila do chat nao abre pela manha", "sumiu um anexo"]
    assert copies(texts, of) == texts[:1]


def test_no_held_out_phrase_is_nearly_trained_on(trained):
    held = [text for _, text in read_phrases(ROOT / "tests/nlu/heldout")]
    assert copies(long(held), trained) == []


def test_no_held_out_ambiguous_phrase_is_trained_on(trained):
    held = [text for text, _, _ in read_ambiguous(ROOT / "tests/nlu/heldout_ambiguous.yml")]
    assert {fold(text) for text in held} & set(trained) == set()
    assert copies(long(held), trained) == []
