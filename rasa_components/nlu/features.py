"""What the model counts in a message: words, characters, and the concepts behind the words."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, combinations
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer

from rasa_components.nlu.normalise import FULL, in_full, kept_for_words, normalise
from rasa_components.nlu.single import OneText
from rasa_components.nlu.spelling import Spelling, common_words

# Concepts generalise to unseen words, but at full weight they drown the words themselves.
WEIGHTS = (1.0, 1.0, 0.7)
_JOINING = frozenset({"nao", "nunca", "nem", "sem"})
NEGATIONS = _JOINING | {"nenhum", "nenhuma", "ninguem", "nada", "jamais"}
# A negation reaches this many words further.
REACH = 3
SHORTEST_PIECE, LONGEST_PIECE = 3, 4
# So many texts, a message and its statements, are faster one by one.
FEW = 10
# Pieces and concepts of fewer texts are not learnt.
LEAST_TEXTS = 3
Concepts = Mapping[str, str]


class Features:
    """Three TF-IDF blocks side by side.

    `lexicon` has concepts, each with its words, in sections: `situations`, `elsewhere`, `talk`.
    """

    def __init__(self, lexicon: Mapping[str, Concepts]) -> None:
        self.lexicon = {section: dict(found) for section, found in lexicon.items()}
        about = {**lexicon.get("situations", {}), **lexicon.get("elsewhere", {})}
        concepts = _ConceptTokens(_Finder(about, "a:"), _Finder(lexicon.get("talk", {}), "t:"))
        self._spelling, self._common = Spelling((), ()), list[str]()
        self._one: OneText | None = None
        self._blocks = [
            _vectorizer(word_tokens),
            _vectorizer(pieces),
            _vectorizer(concepts),
        ]

    def fit(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Learn vocabulary and weights from `texts`; return their features."""
        normalised = [normalise(text) for text in texts]
        words, characters, concepts = self._blocks
        of_words, names = _counted(normalised, word_tokens)
        found = self._join([
            _weighed(words, of_words, names),
            _weighed(characters, *_often(*_count_pieces(of_words, names))),
            _weighed(concepts, *_often(*_counted(normalised, concepts.analyzer))),
        ])  # fmt: skip
        self._learn_spelling(common_words(normalised))
        self._one = None
        return found

    def of(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return the features of `texts`, one row each."""
        normalised = [self._read(text) for text in texts]
        if 1 <= len(normalised) <= FEW:
            self._one = self._one or OneText(self._blocks, WEIGHTS)
            each = [self._one.features(text) for text in normalised]
            return sparse.vstack(each, format="csr").astype(np.float32)
        found = self._join([block.transform(normalised) for block in self._blocks])
        return found.astype(np.float32)  # else scipy copies all weights to match, at every message

    def knows(self, text: str) -> bool:
        """Whether any word of `text`, slips of the finger aside, was seen in training."""
        known = self._blocks[0].vocabulary_
        return any(word in known for word in self._read(text).split())

    def _read(self, text: str) -> str:
        # Once more in full: an English word may have been mistyped as well.
        return in_full(self._spelling.correct(normalise(text)))

    def _learn_spelling(self, common: Sequence[str]) -> None:
        self._common = list(common)
        self._spelling = Spelling({*self._blocks[0].vocabulary_, *FULL}, [*common, *FULL])

    def _join(self, found: Sequence[sparse.csr_matrix]) -> sparse.csr_matrix:
        weighed = [m if w == 1 else m * w for m, w in zip(found, WEIGHTS, strict=True)]
        return sparse.hstack(weighed, format="csr")

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what `restore` needs as arrays: the weight of every term."""
        return {f"idf{i}": block.idf_ for i, block in enumerate(self._blocks)}

    def vocabularies(self) -> list[list[str]]:
        """Return the terms of each block in the order of their columns."""
        return [sorted(b.vocabulary_, key=b.vocabulary_.__getitem__) for b in self._blocks]

    def common_words(self) -> list[str]:
        """Return the words that mistyped ones are corrected to, the most frequent first."""
        return self._common

    def restore(
        self,
        vocabularies: Sequence[Sequence[str]],
        common: Sequence[str],
        arrays: Mapping[str, Any],
    ) -> None:
        """Take over what the three above returned when it was fitted."""
        for i, block in enumerate(self._blocks):
            block.vocabulary_ = {term: at for at, term in enumerate(vocabularies[i])}
            block.idf_ = arrays[f"idf{i}"].astype(np.float32)
        self._learn_spelling(common)
        self._one = None


def _vectorizer(analyzer: Callable[[str], list[str]]) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, dtype=np.float32)


def _counted(
    texts: Iterable[str], analyse: Callable[[str], Iterable[str]]
) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return how often each token is in each text (texts, tokens), and the tokens in order.

    What scikit-learn's CountVectorizer does, which counts each text by a dictionary of its own and
    takes twice as long.
    """
    places: defaultdict[str, int] = defaultdict()
    places.default_factory = places.__len__
    columns, starts = array("i"), array("i", [0])
    for text in texts:
        columns.extend(map(places.__getitem__, analyse(text)))
        starts.append(len(columns))
    names = np.array(sorted(places), dtype=object)
    order = np.empty(len(names), dtype=np.int32)
    order[[places[name] for name in names]] = np.arange(len(names), dtype=np.int32)
    ones = np.ones(len(columns), dtype=np.float32)
    shape = (len(starts) - 1, len(names))
    found = sparse.csr_matrix((ones, order[np.asarray(columns)], np.asarray(starts)), shape)
    found.sum_duplicates()
    return found, names


def _count_pieces(
    of_words: sparse.csr_matrix, names: np.ndarray
) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return the pieces (texts, pieces) of word tokens that were counted, each word cut once.

    Tokens joined by "_" are no words themselves.
    """
    plain = np.flatnonzero(["_" not in name for name in names])
    of_pieces, pieces_ = _counted(names[plain], _pieces_of)
    return of_words[:, plain] @ of_pieces, pieces_


def _often(counts: sparse.csr_matrix, names: np.ndarray) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return what at least LEAST_TEXTS texts have."""
    kept = np.flatnonzero(counts.getnnz(axis=0) >= LEAST_TEXTS)
    return counts[:, kept], names[kept]


def _weighed(
    block: TfidfVectorizer, counts: sparse.csr_matrix, names: np.ndarray
) -> sparse.csr_matrix:
    """Fit `block` to what was counted elsewhere, and return its features.

    `idf_` is set as `restore` does, so that a loaded model is the same.
    """
    weigh = TfidfTransformer(sublinear_tf=block.sublinear_tf)
    found = weigh.fit_transform(counts)
    block.vocabulary_ = {name: at for at, name in enumerate(names)}
    block.idf_ = weigh.idf_
    return found


def pieces(text: str) -> list[str]:
    """Return what scikit-learn's `char_wb` does, 3 to 4 characters, each word cut only once."""
    return list(chain.from_iterable(map(_pieces_of, text.split())))


@kept_for_words
def _pieces_of(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(
        padded[at : at + size]
        for size in range(SHORTEST_PIECE, LONGEST_PIECE + 1)
        for at in range(len(padded) - size + 1)
    )


def word_tokens(text: str) -> list[str]:
    """Return words, pairs of neighbours, and the two words after a negation marked as negated."""
    words = text.split()
    pairs = [f"{a}_{b}" for a, b in zip(words, words[1:], strict=False)]
    negated = [
        f"neg_{after}"
        for i, word in enumerate(words)
        if word in _JOINING
        for after in words[i + 1 : i + REACH]
    ]
    return words + pairs + negated


class _Finder:
    """Finds the concepts of a word; `prefix` keeps two sections' names apart."""

    def __init__(self, concepts: Concepts, prefix: str) -> None:
        self._whole: dict[str, set[str]] = {}
        self._starts: dict[str, set[str]] = {}
        for name, words in concepts.items():
            for word in words.split():
                among = self._starts if word.endswith("*") else self._whole
                among.setdefault(word.rstrip("*"), set()).add(prefix + name)
        self.prefix = prefix
        self.concepts = kept_for_words(self._concepts)

    def _concepts(self, word: str) -> tuple[list[str], list[str]]:
        """Return a word's concepts in a fixed order: as they are; and these, then negated."""
        found = set(self._whole.get(word, ()))
        for end in range(2, len(word) + 1):
            found |= self._starts.get(word[:end], set())
        plain = sorted(found)
        return plain, plain + [f"not_{concept}" for concept in plain]


class _ConceptTokens:
    """Turns a text into tokens of its concepts, for the vectoriser."""

    def __init__(self, about: _Finder, talk: _Finder) -> None:
        self._about, self._talk = about, talk

    def __call__(self, text: str) -> list[str]:
        words = text.split()
        negated = _negated(words)
        about, talk = _together(words, negated, self._about), _in_order(words, negated, self._talk)
        return [*about, *talk, _length(words)]


def _negated(words: Sequence[str]) -> list[bool]:
    """Return for each word whether a negation stands shortly before it."""
    found, since = [], REACH + 1
    for word in words:
        since = 0 if word in NEGATIONS else since + 1
        found.append(0 < since <= REACH)
    return found


def _together(words: Sequence[str], negated: Sequence[bool], finder: _Finder) -> list[str]:
    """Concepts, negated ones, and every pair of them in whatever order they stand."""
    single = [finder.prefix + "neg" for word in words if word in NEGATIONS]
    for word, is_negated in zip(words, negated, strict=True):
        plain, both = finder.concepts(word)
        single += both if is_negated else plain
    return single + [f"{a}+{b}" for a, b in combinations(sorted(set(single)), 2)]


def _in_order(words: Sequence[str], negated: Sequence[bool], finder: _Finder) -> list[str]:
    """Concepts, negated ones, and pairs of neighbouring ones in their order."""
    tokens: list[str] = []
    before: list[str] = []
    for word, is_negated in zip(words, negated, strict=True):
        plain, both = finder.concepts(word)
        if plain:
            tokens += both if is_negated else plain
            tokens += [f"{a}>{b}" for a in before for b in plain]
            before = plain
    return tokens


def _length(words: Sequence[str]) -> str:
    """How long the message is, roughly: replies and small talk are short."""
    return f"length_{next((n for n in (1, 2, 3, 6, 14) if len(words) <= n), 'long')}"
