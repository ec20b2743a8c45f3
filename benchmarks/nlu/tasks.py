"""The tasks by name: what is trained and judged, in which draws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

from assistant.dialogue.turn import OUT_OF_SCOPE
from benchmarks.nlu import data
from benchmarks.nlu.data import Rows, Split

DRAWS = 3
FOLDS = 5
Make = Callable[[Path], list[Split]]


def without_outside(make: Callable[[Path, str], Split], shots: str, folder: Path) -> list[Split]:
    """Return the split of a set, judged on its intents alone."""
    return [replace(make(folder, shots), outside={}, outside_valid=(), valid=[])]


def few_shots(rows: Rows, shots: int, seed: int) -> Rows:
    """Return `shots` rows of each label, drawn without putting back."""
    by_label: dict[str, Rows] = defaultdict(list)
    for row in rows:
        by_label[row[1]].append(row)
    generator = np.random.default_rng(seed)
    return [
        some[place]
        for some in by_label.values()
        for place in sorted(generator.choice(len(some), min(shots, len(some)), replace=False))
    ]


def _clinc_threshold(folder: Path) -> list[Split]:
    return [data.clinc150(folder, "full")]


def _clinc_outside_trained(folder: Path) -> list[Split]:
    """Out of scope is an intent more, under the name that config.yml weights."""
    split = data.clinc150(folder, "full")
    more = [(text, OUT_OF_SCOPE) for text in data.clinc150_outside_training(folder)]
    return [replace(split, train=split.train + more)]


def _single_domain(domain: str, shots: int, folder: Path) -> list[Split]:
    split = data.single_domain(folder, domain)
    if shots * len({label for _, label in split.train}) >= len(split.train):
        return [split]
    return [replace(split, train=few_shots(split.train, shots, seed)) for seed in range(DRAWS)]


def _tais(folder: Path) -> list[Split]:
    rows = data.tais(folder)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    return [
        Split([rows[i] for i in seen], [rows[i] for i in unseen])
        for seen, unseen in folds.split(rows, [label for _, label in rows])
    ]


def _braun(name: str, folder: Path) -> list[Split]:
    return [data.braun(folder, name)]


TASKS: dict[str, Make] = {
    "askubuntu": partial(_braun, "AskUbuntu"),
    "chatbot": partial(_braun, "Chatbot"),
    "webapplications": partial(_braun, "WebApplications"),
    "tais": _tais,
    "clinc-banking-10": partial(_single_domain, "banking", 10),
    "clinc-banking-50": partial(_single_domain, "banking", 50),
    "clinc-credit-cards-10": partial(_single_domain, "credit_cards", 10),
    "clinc-credit-cards-50": partial(_single_domain, "credit_cards", 50),
    "hwu64-5": partial(without_outside, data.hwu64, "5"),
    "hwu64-10": partial(without_outside, data.hwu64, "10"),
    "hwu64-full": partial(without_outside, data.hwu64, "full"),
    "banking77-5": partial(without_outside, data.banking77, "5"),
    "banking77-10": partial(without_outside, data.banking77, "10"),
    "banking77-full": partial(without_outside, data.banking77, "full"),
    "clinc150-5": partial(without_outside, data.clinc150, "5"),
    "clinc150-10": partial(without_outside, data.clinc150, "10"),
    "clinc150-full": _clinc_threshold,
    "clinc150-oos-train": _clinc_outside_trained,
}
