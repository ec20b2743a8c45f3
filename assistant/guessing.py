"""Which situation a text is about, by the training phrases alone: for where Rasa is not there.

A linear model over character n-grams, fitted in memory in ten to twenty seconds. It is coarser
than the one that Rasa trains (rasa_components/nlu): no words, concepts, corrections or context.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from assistant.text import fold

# What is said that no situation is about: replies, small talk, other matters.
OTHER = ""
# Chosen on tests/nlu/tuning: docs/gateway.md. What is OTHER counts less than what people write of
# it, since most of it is said within a guide, and here nobody knows of one.
ALPHA, EPOCHS, OTHER_COUNTS = 1.5e-6, 10, 0.6


@dataclass(frozen=True)
class Phrase:
    """A text, what it is about, and its share where it stands once for each of several."""

    text: str
    about: str
    share: float = 1.0


@dataclass(frozen=True)
class Likely:
    """A situation, or OTHER, and how probable it is from 0 to 1."""

    id: str
    share: float


class Guesser:
    """Knows phrases and what each is about: a situation or OTHER."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._features = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 4),
            min_df=2,
            sublinear_tf=True,
            preprocessor=fold,
            dtype=np.float32,
        )
        self._model = SGDClassifier(
            loss="log_loss", alpha=ALPHA, max_iter=EPOCHS, tol=None, random_state=0
        )
        features = self._features.fit_transform([one.text for one in phrases])
        counts = [one.share * (OTHER_COUNTS if one.about == OTHER else 1) for one in phrases]
        self._model.fit(features, [one.about for one in phrases], sample_weight=counts)

    def likely(self, words: str, limit: int = 3) -> list[Likely]:
        """Return what `words` are most likely about, the likeliest first."""
        shares = self._model.predict_proba(self._features.transform([words]))[0]
        best = np.argsort(-shares, kind="stable")[:limit]
        return [Likely(str(self._model.classes_[i]), float(shares[i])) for i in best]


def read_phrases(folder: Path, situations: Collection[str]) -> list[Phrase]:
    """Return the training phrases of `folder`, those about several situations once for each.

    Raises OSError or ValueError where they cannot be read.
    """
    folders = (folder, folder / "situations", folder / "ambiguous")
    files = sorted(path for one in folders for path in one.glob("*.yml"))
    return [phrase for file in files for phrase in _phrases(file, situations)]


def _phrases(file: Path, situations: Collection[str]) -> Iterator[Phrase]:
    found = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506
    for block in found.get("nlu", ()):
        intent = block.get("intent")
        for text, also in _examples(block.get("examples", ())) if intent else ():
            for about in (intent, *also):
                known = about if about in situations else OTHER
                yield Phrase(text, known, 1 / (1 + len(also)))


def _examples(listed: Any) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield a block's texts: lines of a text, or a list with the other situations as metadata."""
    if isinstance(listed, str):
        yield from ((line.strip()[2:], ()) for line in listed.splitlines() if line.strip())
        return
    for example in listed:
        yield example["text"].strip(), example.get("metadata", {}).get("also", ())
