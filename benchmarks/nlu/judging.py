"""What is measured of a system on a split: the system is anything that learns rows and guesses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.dialogue.turn import OUT_OF_SCOPE
from benchmarks.nlu import measures
from benchmarks.nlu.data import Rows, Split
from benchmarks.nlu.measures import Figure, Guess

THRESHOLDS = np.linspace(0.0, 1.0, 201)


@dataclass(frozen=True)
class Trained:
    """A model that guesses; seconds of the clock and of all cores to train it; bytes on disk."""

    read: Callable[[Sequence[str]], list[Guess]]
    seconds: float
    cpu_seconds: float
    size: int


Learn = Callable[[Rows], Trained]


@dataclass(frozen=True)
class Result:
    """The figures of one system on one task, means over its draws."""

    figures: dict[str, Figure]
    seconds: float
    cpu_seconds: float
    size: int
    accuracies: list[float]


def judge(splits: Sequence[Split], learn: Learn) -> Result:
    """Train and judge on every split; the interval counts a test that draws share once."""
    costs, figures = [], []
    for split in splits:
        trained = learn(split.train)
        costs.append((trained.seconds, trained.cpu_seconds, trained.size))
        figures.append(_figures(split, trained))
    means = {name: Figure(float(np.mean([f[name] for f in figures]))) for name in figures[0]}
    total = sum(len(test) for test in {tuple(split.test) for split in splits})
    means["accuracy"] = measures.wilson(means["accuracy"].value, total)
    seconds, cpu_seconds, size = np.mean(costs, axis=0)
    accuracies = [f["accuracy"] for f in figures]
    return Result(means, float(seconds), float(cpu_seconds), int(size), accuracies)


def _figures(split: Split, model: Trained) -> dict[str, float]:
    guesses = model.read([text for text, _ in split.test])
    labels = [label for _, label in split.test]
    hits = measures.right(guesses, labels)
    outside = {kind: model.read(texts) for kind, texts in split.outside.items()}
    figures = {
        "accuracy": float(np.mean(hits)),
        "macro_f1": measures.macro_f1(guesses, labels),
        "calibration_error": measures.calibration_error(guesses, hits),
        **{f"auroc_{kind}": measures.auroc(guesses, out) for kind, out in outside.items()},
    }
    if split.outside_valid:
        figures |= _thresholded(split, model, guesses, outside)
    return figures


def _thresholded(
    split: Split, model: Trained, guesses: Sequence[Guess], outside: Mapping[str, Sequence[Guess]]
) -> dict[str, float]:
    """In-scope accuracy and out-of-scope recall at no threshold and at two chosen on `valid`."""
    valid = model.read([text for text, _ in split.valid])
    valid_outside = model.read(split.outside_valid)
    valid_labels = [label for _, label in split.valid]
    labels = [label for _, label in split.test]
    share = len(valid) / (len(valid) + len(valid_outside))
    figures = {}
    for name, weight in (("none", None), ("paper", share), ("equal", 0.5)):
        least = 0.0
        if weight is not None:
            least = choose_threshold(valid, valid_labels, valid_outside, weight)
        figures[f"threshold_{name}"] = least
        for kind, texts in outside.items():
            pair = measures.in_scope_and_recall(guesses, labels, texts, refusing(least))
            figures[f"in_scope_{name}"], figures[f"recall_{kind}_{name}"] = pair
    return figures


def refusing(least: float) -> Callable[[Guess], bool]:
    """Return what refuses a guess: out of scope by name, or less sure than `least`."""
    return lambda guess: guess.label == OUT_OF_SCOPE or guess.confidence < least


def choose_threshold(
    inside: Sequence[Guess], labels: Sequence[str], outside: Sequence[Guess], weight: float
) -> float:
    """Return the threshold with the best `weight` x accuracy + (1 - `weight`) x recall.

    With the share of messages in scope as weight this is the protocol of Larson et al. 2019: the
    best accuracy on the validation part, out of scope being one more intent.
    """

    def worth(least: float) -> float:
        accuracy, recall = measures.in_scope_and_recall(inside, labels, outside, refusing(least))
        return weight * accuracy + (1 - weight) * recall

    return float(max(THRESHOLDS, key=worth))
