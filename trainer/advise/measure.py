"""How often the advice is right about what an example turns: `python -m trainer.advise.measure`.

Tuning phrases are added one at a time, to their own intent and to the one that rivals it most, and
the model is trained anew each time. Takes a training for each phrase (`--phrases`, 30).
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from assistant.settings import ROOT
from trainer.advise.adviser import Adviser
from trainer.advise.corpus import TUNING
from trainer.phrases import read_phrases

SEED = 7
CLEAR = 0.1  # a move this large, in probability, is no noise of the training


def main() -> int:
    """Print a line for each phrase and the agreement over all; keep the trainings in `--keep`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--phrases", type=int, default=30)
    parser.add_argument("--keep", type=Path, default=ROOT / "var/advice-measure")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    adviser = Adviser.load()
    before = _trained(options.keep / "base.npy", adviser, [])
    added = list(chosen(adviser, options.phrases))
    found = []
    for n, (text, intent) in enumerate(tqdm(added, leave=False, disable=not sys.stderr.isatty())):
        after = _trained(options.keep / f"{n}.npy", adviser, [(intent, text)])
        said = adviser.probabilities_after(adviser.features([text]), intent)
        found.append(agreement(adviser.before, said, before, after, adviser.judged(text)))
        print(f"{intent:24} {found[-1]}", flush=True)
    print("all", {key: sum(one[key] for one in found) for key in found[0]})
    return 0


def chosen(adviser: Adviser, most: int) -> Iterator[tuple[str, str]]:
    """Yield (phrase, intent): half of the intents right, half the rival."""
    corpus = adviser.corpus
    rows = [int(at) for at in np.flatnonzero(corpus.sources == TUNING)]
    for n, at in enumerate(random.Random(SEED).sample(rows, most)):  # noqa: S311
        text, intent = corpus.texts[at], str(corpus.intents[at])
        names = [name for name, _ in adviser.ranking(text) if name != intent]
        yield text, intent if n % 2 else names[0]


def agreement(
    base: np.ndarray, said: np.ndarray, before: np.ndarray, after: np.ndarray, rows: np.ndarray
) -> dict[str, float]:
    """Compare, over `rows`, which best intents change as said, and as trained.

    `clear` are those that training moves by CLEAR or more, in the probability of any intent.
    """
    base, said, before, after = (one[rows] for one in (base, said, before, after))
    turned = before.argmax(1) != after.argmax(1)
    told = base.argmax(1) != said.argmax(1)
    moved = np.abs(after - before).max(1)
    foretold = np.abs(said - base).max(1)
    clear, seen = moved >= CLEAR, foretold >= CLEAR
    return {
        "turned": int(turned.sum()), "told": int(told.sum()), "both": int((turned & told).sum()),
        "clear": int(clear.sum()), "clear_told": int(seen.sum()),
        "clear_both": int((clear & (foretold >= CLEAR / 2)).sum()),
        "told_right": int((seen & (moved >= CLEAR / 2)).sum()),
    }  # fmt: skip


def _trained(path: Path, adviser: Adviser, more: list[tuple[str, str]]) -> np.ndarray:
    """Return every phrase's probabilities by a model trained with `more`; kept in `path`."""
    if path.exists():
        return np.load(path)
    from trainer.judging import fitted  # needs Rasa, which the advice itself does not

    model = fitted([*read_phrases(ROOT / "data"), *more])
    found = model.probabilities(adviser.corpus.texts).astype(np.float32)
    np.save(path, found)
    return found


if __name__ == "__main__":
    sys.exit(main())
