"""Advice about a phrase within a second: the trained model, all phrases, and a local refit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse

from assistant.settings import ROOT
from rasa_components.nlu.linear import Head
from trainer.advise.advice import Advice, Near, Rival, Turn
from trainer.advise.apart import Apart, read_apart
from trainer.advise.corpus import TORN, Corpus, features_of, read_corpus
from trainer.advise.model import Parts, Settings, load_model, read_settings, version_of
from trainer.advise.refit import Known, changed, scores_of
from trainer.closeness import COPY, letters
from trainer.personal import addresses
from trainer.workbench.errors import Refused
from trainer.workbench.examples import checked

RIVALS, NEAREST, LOOKED_AT = 3, 3, 60
# A turn smaller than this is noise of the training itself, in probability.
LEAST_MOVE = 0.05


@dataclass(frozen=True)
class _Stage:
    """What one head was fitted on: the rows of the corpus, and their values."""

    rows: np.ndarray
    known: Known


class Adviser:
    """Holds the model and the phrases as they were when it was made; make it anew after training.

    `model` is what trainer.advise.model.load_model returns, in Parts; `corpus` its phrases.
    """

    def __init__(
        self, parts: Parts, settings: Settings, corpus: Corpus, features: sparse.csr_matrix,
        apart: Apart,
    ) -> None:  # fmt: skip
        self._parts, self._settings, self._apart = parts, settings, apart
        self.corpus, self._features = corpus, features
        self._first = scores_of(parts.first, features)
        self._talk = scores_of(parts.talk, features)
        self.before = parts.probabilities(self._first, self._talk)
        self._classes = np.asarray(parts.classes)
        self._single = corpus.sources != TORN
        self._stages = self._fitted_on()

    @classmethod
    def load(cls, root: Path = ROOT, model: Path | None = None) -> Adviser:
        """Read models/omni.tar.gz and the phrases below `root`; raise FileNotFoundError.

        A first start counts the features of all phrases (about ten seconds) and keeps them in var/.
        """
        path = model or root / "models/omni.tar.gz"
        parts, corpus = Parts(load_model(path)), read_corpus(root)
        cache = root / "var/advice.npz"
        features = features_of(parts, corpus.texts, cache, version_of(path))
        return cls(parts, read_settings(root / "config.yml"), corpus, features, read_apart(root))

    def advise(self, text: str, intent: str) -> Advice:
        """Return what adding `text` to the examples of `intent` would mean."""
        try:
            return self._advice(checked(text), intent, ())
        except Refused as refused:
            return self._advice(text, intent, tuple(refused.faults))

    def turns(self, text: str, intent: str) -> list[Turn]:
        """Return which training and tuning phrases would be understood otherwise."""
        row = self._parts.features([text])
        return self._turns(row, intent) if intent in self._parts.classes else []

    def _advice(self, text: str, intent: str, faults: tuple[str, ...]) -> Advice:
        row = self._parts.features([text])
        ranking = self._ranked(row)
        near = self._near(text, row)
        apart = () if faults else self._apart.near(text)
        turns = () if faults else tuple(self._turns(row, intent))
        best, probability = ranking[0]
        sure = probability >= self._settings.threshold(best)
        copies = tuple(n for n in near if n.closeness >= COPY)
        advice = Advice(
            text, intent, "", faults, sure, self._rivals(ranking, near, intent), copies, apart,
            tuple(addresses(text)), turns,
        )  # fmt: skip
        return replace(advice, verdict=_verdict(advice, intent in self._parts.classes, best))

    def intents(self, root: Path = ROOT) -> set[str]:
        """Return the intents that an example can be of: the model's, and new situations."""
        new = {path.stem for path in (root / "data/situations").glob("*.yml")}
        return {*self._parts.classes, *new}

    def features(self, texts: list[str]) -> sparse.csr_matrix:
        """Return a row of features for each text."""
        return self._parts.features(texts)

    def ranking(self, text: str) -> list[tuple[str, float]]:
        """Return every intent and how probable it is for `text`, best first."""
        return self._ranked(self.features([text]))

    def judged(self, text: str) -> np.ndarray:
        """Return the rows of the corpus that an example `text` can turn: none of its own."""
        own = np.asarray([one == text for one in self.corpus.texts])
        return np.flatnonzero(self._single & ~own)

    def _ranked(self, row: sparse.csr_matrix) -> list[tuple[str, float]]:
        scores = scores_of(self._parts.first, row), scores_of(self._parts.talk, row)
        found = self._parts.probabilities(*scores)[0]
        return [(str(self._classes[at]), float(found[at])) for at in np.argsort(-found)]

    def _rivals(
        self, ranking: Sequence[tuple[str, float]], near: Sequence[Near], intent: str
    ) -> tuple[Rival, ...]:
        """Return the most probable intents, the one that is meant always among them."""
        some = list(ranking[:RIVALS])
        some += [guess for guess in ranking[RIVALS:] if guess[0] == intent]
        return tuple(
            Rival(name, round(p, 4), tuple([n for n in near if n.intent == name][:NEAREST]))
            for name, p in some
        )

    def _near(self, text: str, row: sparse.csr_matrix) -> list[Near]:
        """Return the phrases that the model finds alike, those of the likest letters first."""
        likeness = np.asarray((self._features @ row.T).todense()).ravel()
        likeness[~self.corpus.learnt] = -1
        rows = np.argsort(-likeness)[:LOOKED_AT]
        texts = [self.corpus.texts[at] for at in rows]
        close = np.asarray((letters(texts) @ letters([text]).T).todense()).ravel()
        found = {
            (texts[n], str(self.corpus.intents[at])): Near(
                texts[n],
                str(self.corpus.intents[at]),
                round(float(close[n]), 3),
                str(self.corpus.sources[at]),
            )
            for n, at in enumerate(rows)
        }
        return sorted(found.values(), key=lambda near: -near.closeness)

    def _fitted_on(self) -> tuple[_Stage, _Stage]:
        corpus, groups = self.corpus, self._parts.groups
        learnt = np.flatnonzero(corpus.learnt)
        talk = learnt[np.isin(corpus.intents[learnt], list(groups))]
        names = np.asarray([groups.get(str(i), str(i)) for i in corpus.intents])
        return (
            self._stage(learnt, names, self._first),
            self._stage(talk, corpus.intents, self._talk),
        )

    def _stage(self, rows: np.ndarray, labels: np.ndarray, scores: np.ndarray) -> _Stage:
        known = Known(self._features[rows], labels[rows], self.corpus.shares[rows], scores[rows])
        return _Stage(rows, known)

    def _turns(self, row: sparse.csr_matrix, intent: str) -> list[Turn]:
        if intent not in self._parts.classes:
            return []
        return list(self._compared(self.probabilities_after([(row, intent)])))

    def probabilities_after(self, more: Sequence[tuple[sparse.csr_matrix, str]]) -> np.ndarray:
        """Return (phrases, classes) as they would be with more examples: features and intent.

        Each is reckoned by itself, so they should not be near one another.
        """
        first, talk = self._first, self._talk
        for row, intent in more:
            group = self._parts.groups.get(intent, intent)
            first = first + self._moved(self._parts.first, self._stages[0], row, group)
            if intent in self._parts.groups and self._parts.talk.classes:
                talk = talk + self._moved(self._parts.talk, self._stages[1], row, intent)
        return self._parts.probabilities(first, talk)

    def _moved(self, head: Head, stage: _Stage, row: sparse.csr_matrix, label: str) -> np.ndarray:
        settings = self._settings
        weights, bias = changed(head, stage.known, row, label, settings.c, settings.weights)
        return np.asarray(self._features @ weights + bias)

    def _compared(self, after: np.ndarray) -> Iterator[Turn]:
        old, new = self.before.argmax(axis=1), after.argmax(axis=1)
        limits = np.asarray([self._settings.threshold(name) for name in self._parts.classes])
        rows = np.arange(len(old))
        p_old, p_new = self.before[rows, old], after[rows, new]
        believed = (p_old >= limits[old]) * 1 - (p_new >= limits[new]) * 1
        moved = np.abs(after - self.before).max(axis=1)
        touched = ((old != new) | (believed != 0)) & (moved >= LEAST_MOVE)
        for at in sorted(np.flatnonzero(touched & self._single), key=lambda at: -moved[at]):
            names = str(self._classes[old[at]]), str(self._classes[new[at]])
            intent = str(self.corpus.intents[at])
            if change := _change(intent, *names, int(believed[at])):
                yield Turn(
                    self.corpus.texts[at], intent, str(self.corpus.sources[at]), change,
                    (names[0], round(float(p_old[at]), 4)), (names[1], round(float(p_new[at]), 4)),
                )  # fmt: skip


def _change(intent: str, before: str, after: str, doubt: int) -> str:
    """Name a turn; "" where it was wrong and is wrong again."""
    if before == intent != after:
        return "lost"
    if after == intent != before:
        return "gained"
    if before == after == intent:
        return "doubted" if doubt > 0 else "settled"
    return ""


def _verdict(advice: Advice, known: bool, best: str) -> str:
    if advice.faults:
        return "refused"
    if any(near.intent == advice.intent for near in advice.copies):
        return "copy"
    if advice.apart or (advice.copies and not known):
        return "refused" if advice.apart else "risky"
    if not known:
        return "new"
    if advice.copies or advice.turned("lost"):
        return "risky"
    return "redundant" if advice.sure and best == advice.intent else "good"
