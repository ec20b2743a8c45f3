"""How often the advice is right about what an example turns: `python -m trainer.advise.measure`.

Tuning phrases are added, to their own intent and to the one that rivals it most, ten at a time, and
the model is trained anew each time; what each would do is reckoned by itself. `--group 1` trains
for each phrase alone.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.settings import ROOT
from trainer.advise.adviser import Adviser
from trainer.advise.corpus import TUNING
from trainer.phrases import read_phrases

SEED = 7
CLEAR = 0.1  # a move this large, in probability, is no noise of the training


def main() -> int:
    """Print a line for each training and the agreement over all; trainings are kept in `--keep`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--phrases", type=int, default=30)
    parser.add_argument("--group", type=int, default=10)
    parser.add_argument("--keep", type=Path, default=ROOT / "var/advice-measure")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    adviser = Adviser.load()
    before = _trained(options.keep / "base.npy", adviser, [])
    added = list(chosen(adviser, options.phrases, options.seed))
    found = []
    for start in range(0, len(added), options.group):
        group = added[start : start + options.group]
        after = _trained(
            options.keep / f"{options.seed}-{options.group}-{start}.npy", adviser, group
        )
        said = adviser.probabilities_after([(adviser.features([t]), i) for t, i in group])
        found.append(agreement(adviser.before, said, before, after, _judged(adviser, group)))
        print(start, found[-1], flush=True)
    print("all", {key: sum(one[key] for one in found) for key in found[0]})
    return 0


def _judged(adviser: Adviser, group: list[tuple[str, str]]) -> np.ndarray:
    """Return the rows that the group can turn: none of its own phrases."""
    rows = adviser.judged(group[0][0])
    own = {text for text, _ in group}
    return np.asarray([at for at in rows if adviser.corpus.texts[at] not in own])


def chosen(adviser: Adviser, most: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (phrase, intent): half of the intents right, half the rival."""
    corpus = adviser.corpus
    rows = [int(at) for at in np.flatnonzero(corpus.sources == TUNING)]
    for n, at in enumerate(random.Random(seed).sample(rows, most)):  # noqa: S311
        text, intent = corpus.texts[at], str(corpus.intents[at])
        names = [name for name, _ in adviser.ranking(text) if name != intent]
        yield text, intent if n % 2 else names[0]


def agreement(
    base: np.ndarray, said: np.ndarray, before: np.ndarray, after: np.ndarray, rows: np.ndarray
) -> dict[str, float]:
    """Count, over `rows`, what training moves and what was told.

    Moved, told: by CLEAR or more in some intent's probability; the other side agrees where it has
    half of that. Turned: the best intent is another.
    """
    base, said, before, after = (one[rows] for one in (base, said, before, after))
    moved, foretold = np.abs(after - before).max(1), np.abs(said - base).max(1)
    told = base.argmax(1) != said.argmax(1)
    turned = before.argmax(1) != after.argmax(1)
    return {
        "moved": int((moved >= CLEAR).sum()),
        "moved_told": int(((moved >= CLEAR) & (foretold >= CLEAR / 2)).sum()),
        "told": int((foretold >= CLEAR).sum()),
        "told_moved": int(((foretold >= CLEAR) & (moved >= CLEAR / 2)).sum()),
        "turned": int((turned & (moved >= CLEAR)).sum()),
        "turned_told": int((turned & told & (moved >= CLEAR)).sum()),
        "said_turned": int((told & (foretold >= CLEAR)).sum()),
    }


def _trained(path: Path, adviser: Adviser, more: list[tuple[str, str]]) -> np.ndarray:
    """Return every phrase's probabilities by a model trained with `more`; kept in `path`."""
    if path.exists():
        return np.load(path)
    from trainer.judging import fitted  # needs Rasa, which the advice itself does not

    model = fitted([*read_phrases(ROOT / "data"), *((intent, text) for text, intent in more)])
    found = model.probabilities(adviser.corpus.texts).astype(np.float32)
    np.save(path, found)
    return found


if __name__ == "__main__":
    sys.exit(main())
