"""Chooses the decider's thresholds: `python -m trainer.thresholds` prints them with a table.

Judged on the tuning phrases, and on the training phrases by models that have not seen a seventh
of them, cut in the order of the files: people's phrases stand together there, so mostly unseen
people are judged. The least cost wins among those that keep what is promised. Nothing is
written: copy the line into config.yml. Held-out phrases stay out.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from assistant.dialogue.turn import OUT_OF_SCOPE
from assistant.settings import ROOT
from rasa_components.nlu.classifier import GROUPS, ranked, statements
from rasa_components.nlu.linear import StagedTextModel
from trainer.judging import Case, Labelled, fitted, read_ambiguous
from trainer.phrases import read_phrases

FOLDS = 7
GRID = {
    "sure": [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8],
    "doubt": [0.07, 0.1, 0.15, 0.2, 1.0],
    "torn": [0.1, 0.15, 0.2, 0.3],
    "other": [0.7, 0.8, 0.85],
    "reply": [0.4, 0.5, 0.6, 0.7],
    "report": [0.9, 0.95, 0.98],
    "aside": [0.6, 0.8],
}
FIXED = {"talk": 0.4, "candidate": 0.03, "second": 0.8}
SECONDS = [0.5, 0.6, 0.7, 0.8, 0.9]
# What a message taken so costs, where one needless question about a situation costs 1.
COSTS = {
    ("situation", "right"): 0.0, ("situation", "wrong"): 10.0,
    ("situation", "asked"): 1.0, ("situation", "refused"): 3.0,
    ("scope", "wrong"): 15.0, ("scope", "asked"): 2.0, ("scope", "refused"): 0.0,
    ("ambiguous", "right"): 0.2, ("ambiguous", "wrong"): 5.0,
    ("ambiguous", "asked"): 0.0, ("ambiguous", "refused"): 3.0,
}  # fmt: skip
# On the tuning phrases, (kind, way) and the share at most: what docs/language.md promises, but
# that these people's phrases are harder than those of fresh ones (4 % of situations asked about
# or refused, 3 % of ambiguous messages taken wrongly).
PROMISED = {
    (("situation", "asked"), ("situation", "refused")): 0.05,
    (("situation", "wrong"),): 0.01,
    (("scope", "asked"), ("scope", "wrong")): 0.05,
    (("ambiguous", "refused"), ("ambiguous", "wrong")): 0.065,
}
JOINTS = (". E também ", ". Além disso, ", "\n", ". Outra coisa: ", ". ")


def main() -> None:
    """Print the thresholds of least cost and how the messages fare with them."""
    sets = {name: list(cases) for name, cases in _sets().items()}
    kept = [config for config in _settings() if keeps_promises(sets["tuning"], config)]
    if not kept:
        sys.exit("no thresholds keep what is promised: see PROMISED")
    best = min(kept, key=lambda config: sum(cost(c, config) for c in sets.values()))
    print("thresholds:", {**best, "second": choose_second(sets, best)})
    for name, cases in sets.items():
        for line in table(cases, best):
            print(f"{name:9} {line}")


def _settings() -> Iterator[dict[str, float]]:
    for values in product(*GRID.values()):
        yield {**dict(zip(GRID, values, strict=True)), **FIXED}


def keeps_promises(cases: Sequence[Case], config: Mapping[str, float]) -> bool:
    """Return whether no way in which messages are taken is more frequent than promised."""
    taken = Counter((case.kind, case.judge(config)[0]) for case in cases)
    total = Counter(case.kind for case in cases)
    return all(
        sum(taken[way] for way in ways) <= most * total[ways[0][0]]
        for ways, most in PROMISED.items()
    )


def cost(cases: Sequence[Case], config: Mapping[str, float]) -> float:
    """Return the mean cost of a message, the three kinds counting alike."""
    total = 0.0
    for kind in ("situation", "scope", "ambiguous"):
        some = [COSTS[kind, case.judge(config)[0]] for case in cases if case.kind == kind]
        total += sum(some) / max(len(some), 1)
    return total


def table(cases: Sequence[Case], config: Mapping[str, float]) -> Iterator[str]:
    """Yield a line for each kind: the share of messages taken in each way."""
    for kind in ("situation", "scope", "ambiguous", "two"):
        judged = [(case, *case.judge(config)) for case in cases if case.kind == kind]
        if not judged:
            continue
        ways = [sum(j[1] == way for j in judged) for way in ("right", "wrong", "asked", "refused")]
        offered = sum(bool(case.accepted & set(candidates)) for case, _, candidates, _ in judged)
        second = sum(bool(j[3]) for j in judged)
        shares = [n / len(judged) for n in (*ways, offered, second)]
        yield (
            f"{kind:10} {len(judged):5}  right {shares[0]:6.1%}  wrong {shares[1]:5.1%}  "
            f"asked {shares[2]:5.1%}  refused {shares[3]:5.1%}  offered {shares[4]:5.1%}  "
            f"second {shares[5]:5.1%}"
        )


def choose_second(sets: Mapping[str, Sequence[Case]], config: Mapping[str, float]) -> float:
    """Return the least threshold at which under 1 % of single problems are taken for two."""
    single = [c for cases in sets.values() for c in cases if c.kind == "situation"]
    two = [c for cases in sets.values() for c in cases if c.kind == "two"]
    chosen = SECONDS[-1]
    for value in reversed(SECONDS):
        setting = {**config, "second": value}
        false = sum(bool(c.judge(setting)[2]) for c in single) / len(single)
        found = sum(bool(c.judge(setting)[2]) for c in two) / len(two)
        print(f"second {value}: fires on {found:.1%} of two problems, {false:.2%} of one")
        chosen = value if false < 0.01 else chosen
    return chosen


def _sets() -> dict[str, Iterator[Case]]:
    training = read_phrases(ROOT / "data")
    tuning = [_labelled(p) for p in read_phrases(ROOT / "tests/nlu/tuning") if p[0] not in GROUPS]
    ambiguous = read_ambiguous(ROOT / "tests/nlu/tuning_ambiguous.yml")
    return {
        "tuning": _cases([*tuning, *_two_problems(tuning), *ambiguous], fitted(training)),
        "unseen": _unseen(training),
    }


def _unseen(training: Sequence[tuple[str, str]]) -> Iterator[Case]:
    """Yield the training phrases, read by models fitted without their part of their file."""
    total, seen = Counter(name for name, _ in training), Counter[str]()
    fold = []
    for name, _ in training:
        fold.append(seen[name] * FOLDS // total[name])
        seen[name] += 1
    for out in range(FOLDS):
        model = fitted([p for p, f in zip(training, fold, strict=True) if f != out])
        left = [p for p, f in zip(training, fold, strict=True) if f == out]
        yield from _cases([_labelled(p) for p in left if p[0] not in GROUPS], model)


def _labelled(phrase: tuple[str, str]) -> Labelled:
    name, text = phrase
    outside = name == OUT_OF_SCOPE
    return text, "scope" if outside else "situation", frozenset() if outside else frozenset([name])


def _two_problems(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Join phrases of different situations, in the ways that people do."""
    short = [one for one in labelled if one[1] == "situation" and len(one[0].split()) <= 20]
    pairs = zip(short, short[len(short) // 3 :] + short[: len(short) // 3], strict=True)
    return [
        (a[0].rstrip(".!?") + JOINTS[i % len(JOINTS)] + b[0], "two", a[2] | b[2])
        for i, (a, b) in enumerate(pairs)
        if a[2] != b[2]
    ]


def _cases(labelled: Sequence[Labelled], model: StagedTextModel) -> Iterator[Case]:
    for text, kind, accepted in labelled:
        whole, *parts = ranked(model, [text, *statements(text)])
        yield Case(kind, accepted, whole, tuple(parts))


if __name__ == "__main__":
    main()
