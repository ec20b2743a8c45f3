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


class Known:
    """Texts that others are compared with."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = set(texts)
        self._of = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        self._rows = self._of.fit_transform(texts)

    def copies(self, texts: Sequence[str]) -> list[str]:
        """Return the `texts` that are likest to one of these by more than COPY."""
        likeness = (self._of.transform(texts) @ self._rows.T).max(axis=1).toarray().ravel()
        return [texts[place] for place in np.flatnonzero(likeness > COPY)]


@pytest.fixture(scope="module")
def trained() -> Known:
    phrases = [text for _, text in read_phrases(ROOT / "data")]
    return Known([fold(text) for text in [*phrases, *_ambiguous_trained()]])


def _ambiguous_trained() -> list[str]:
    return [text for text, _ in read_torn(ROOT / "data/ambiguous")]


def long(texts: Sequence[str]) -> list[str]:
    return [text for text in map(fold, texts) if len(text.split()) > MORE_WORDS_THAN]


def test_a_copy_is_found():
    of = ["a fila do chat nao abre de manha", "o relatorio nao chegou"]
    texts = ["a fila do chat nao abre pela manha", "sumiu um anexo"]
    assert Known(of).copies(texts) == texts[:1]


def test_no_held_out_phrase_is_nearly_trained_on(trained: Known):
    held = [text for _, text in read_phrases(ROOT / "tests/nlu/heldout")]
    assert trained.copies(long(held)) == []


def test_no_held_out_ambiguous_phrase_is_trained_on(trained: Known):
    held = [text for text, _, _ in read_ambiguous(ROOT / "tests/nlu/heldout_ambiguous.yml")]
    assert {fold(text) for text in held} & trained.texts == set()
    assert trained.copies(long(held)) == []


def test_no_tuning_phrase_is_nearly_trained_on(trained: Known):
    apart = [text for _, text in read_phrases(ROOT / "tests/nlu/tuning")]
    apart += [text for text, _, _ in read_ambiguous(ROOT / "tests/nlu/tuning_ambiguous.yml")]
    assert trained.copies(long(apart)) == []
