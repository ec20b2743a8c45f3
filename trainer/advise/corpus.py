"""Every phrase that an example may touch, with the model's features, kept between two starts."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import BadZipFile

import numpy as np
from scipy import sparse

from trainer.advise.model import Parts
from trainer.phrases import read_file, read_phrases, read_torn

TRAINED, TORN, TUNING = "data", "ambiguous", "tuning"


@dataclass(frozen=True)
class Corpus:
    """Phrases in rows: text, intent, share of an example, and where it is from.

    An ambiguous message has a row for each of its intents, as in training. Held-out phrases are
    not here: what they would become is for `make evaluate` to say.
    """

    texts: list[str]
    intents: np.ndarray
    shares: np.ndarray
    sources: np.ndarray

    @property
    def learnt(self) -> np.ndarray:
        """The rows that the model is trained on."""
        return self.sources != TUNING


def read_corpus(root: Path) -> Corpus:
    """Read data/ and tests/nlu/tuning."""
    rows = [(text, intent, 1.0, TRAINED) for intent, text in read_phrases(root / "data")]
    for text, intents in read_torn(root / "data/ambiguous"):
        rows += [(text, intent, 1 / len(intents), TORN) for intent in intents]
    for path in sorted((root / "tests/nlu/tuning").glob("*.yml")):
        rows += [(text, intent, 1.0, TUNING) for intent, text in read_file(path)]
    texts, intents, shares, sources = zip(*rows, strict=True)
    return Corpus(list(texts), np.asarray(intents), np.asarray(shares), np.asarray(sources))


def features_of(parts: Parts, texts: list[str], cache: Path, version: str) -> sparse.csr_matrix:
    """Return the features of the texts; those of an earlier start are read from `cache`."""
    keys = [sha256(text.encode()).hexdigest()[:24] for text in texts]
    known, matrix = _read(cache, version)
    new = [at for at, key in enumerate(keys) if key not in known]
    if not new and matrix is not None:
        return matrix[[known[key] for key in keys]]
    fresh = parts.features([texts[at] for at in new])
    every = fresh if matrix is None else sparse.vstack([matrix, fresh], format="csr")
    places = {**known, **{keys[at]: len(known) + n for n, at in enumerate(new)}}
    found = every[[places[key] for key in keys]]
    _write(cache, version, keys, found)
    return found


def _read(cache: Path, version: str) -> tuple[dict[str, int], sparse.csr_matrix | None]:
    try:
        with np.load(cache, allow_pickle=False) as kept:
            if str(kept["version"]) != version:
                return {}, None
            parts = (kept["data"], kept["indices"], kept["indptr"])
            keys = {str(key): at for at, key in enumerate(kept["keys"])}
            return keys, sparse.csr_matrix(parts, shape=tuple(kept["shape"]))
    except (OSError, KeyError, ValueError, EOFError, BadZipFile):
        return {}, None  # none yet, or half written: it is only a cache


def _write(cache: Path, version: str, keys: list[str], matrix: sparse.csr_matrix) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("wb", dir=cache.parent, delete=False) as file:
        np.savez(
            file, version=version, keys=np.asarray(keys), shape=matrix.shape,
            data=matrix.data, indices=matrix.indices, indptr=matrix.indptr,
        )  # fmt: skip
    Path(file.name).replace(cache)
