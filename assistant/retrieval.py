"""Articles and situations by their words: a convex combination of BM25 and character TF-IDF.

Questions are matched to questions: each article is its title, its error texts and what people
ask whom it helps. Everything is fitted in memory from the knowledge files, in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from assistant.knowledge import Knowledge
from assistant.text import fold

BM25_K1, BM25_B = 1.2, 0.6
# The share of BM25 in the score; the rest is the cosine of character n-grams.
BM25_SHARE = 0.3
# The cosine below which nothing is near enough to be shown.
NEAR_ENOUGH = 0.35
# What NLU takes for something that is not covered must be nearer to be offered an article.
NEAR_ENOUGH_STRANGE = 0.5
# A situation that NLU did not think of must be so near to be asked about.
NEAR_ENOUGH_SITUATION = 0.45
# Within a guide most texts are answers, so what is offered beside the point must be nearer.
NEAR_ENOUGH_ASIDE = 0.45
# To who asks how, an article of the guide that opens is shown before the first check from here on.
ANSWERS = 0.4


@dataclass(frozen=True)
class Hit:
    """What was found, its score among this query's, and its absolute likeness (a cosine)."""

    id: str
    score: float
    likeness: float


class Index:
    """Texts under ids; an id's score is that of its best text."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._ids = [key for key, _ in texts]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(self._ids))}
        self._owner = np.array([numbers[key] for key in self._ids], dtype=np.intp)
        # The places of each id's texts, one id after the other, and where each begins.
        self._by_owner = np.argsort(self._owner, kind="stable")
        self._starts = np.searchsorted(self._owner[self._by_owner], np.arange(len(numbers) + 1))
        folded = [fold(text) for _, text in texts]
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32
        )
        # A row for each n-gram and word: a query reads the rows of its own, and nothing else.
        self._grams = self._characters.fit_transform(folded).T.tocsr()
        self._words = CountVectorizer(token_pattern=r"[a-z0-9]{2,}")  # noqa: S106
        self._weights = _bm25(self._words.fit_transform(folded)).T.tocsr()

    def search(self, query: str, limit: int, near_enough: float) -> list[Hit]:
        """Return at most `limit` ids whose likeness reaches `near_enough`, best first."""
        folded = fold(query)
        likeness = _products(self._characters.transform([folded]), self._grams)
        words = _products(self._words.transform([folded]), self._weights)
        places = self._near(likeness, near_enough)
        top, most = words.max() or 1.0, likeness.max() or 1.0
        score = BM25_SHARE * words[places] / top + (1 - BM25_SHARE) * likeness[places] / most
        return self._best(places, score, likeness, limit, near_enough)

    def _near(self, likeness: np.ndarray, near_enough: float) -> np.ndarray:
        """Return the places of all texts of the ids that have a text that is near enough."""
        owners = np.unique(self._owner[np.flatnonzero(likeness >= near_enough)])
        stretches = [self._by_owner[self._starts[n] : self._starts[n + 1]] for n in owners]
        return np.sort(np.concatenate([np.empty(0, dtype=np.intp), *stretches]))

    def _best(
        self,
        places: np.ndarray,
        score: np.ndarray,
        likeness: np.ndarray,
        limit: int,
        near_enough: float,
    ) -> list[Hit]:
        """Return the best text of each id, where that one is near enough; best first."""
        found: dict[int, Hit] = {}
        for rank in np.argsort(-score, kind="stable"):
            place = places[rank]
            hit = Hit(self._ids[place], float(score[rank]), float(likeness[place]))
            kept = [one for one in found.values() if one.likeness >= near_enough]
            if len(kept) >= limit and hit.score < kept[-1].score:
                break
            found.setdefault(int(self._owner[place]), hit)
        hits = [hit for hit in found.values() if hit.likeness >= near_enough]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit]


class Retriever:
    """The articles and the situations of one knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._articles = Index(
            [
                (article.id, text)
                for article in knowledge.articles.values()
                for text in (article.title, *article.error_texts, *article.questions)
            ]
        )
        self._situations = Index(
            [
                (situation.id, text)
                for situation in knowledge.situations.values()
                for text in (
                    situation.title,
                    situation.clarify,
                    *(c.title for c in situation.checks),
                )
            ]
        )

    def articles(self, query: str, limit: int, near_enough: float = NEAR_ENOUGH) -> list[Hit]:
        """Return the articles nearest to a query, best first; none where none is near enough."""
        return self._articles.search(query, limit, near_enough)

    def situations(self, query: str, limit: int, near_enough: float = NEAR_ENOUGH) -> list[Hit]:
        """Return the situations nearest to a query, best first; none where none is near enough."""
        return self._situations.search(query, limit, near_enough)


def _products(query: sparse.csr_matrix, rows: sparse.csr_matrix) -> np.ndarray:
    """Return `query @ rows` as an array, of a query that is a single row.

    The same sums in the same order, added up in place: a product of two sparse matrices would
    first find out which of all texts have any.
    """
    return rows[query.indices].T @ query.data


def _bm25(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the BM25 weight of each word (column) in each text (row)."""
    total = counts.shape[0]
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
    rows = np.repeat(np.arange(total), np.diff(counts.indptr))
    tf = counts.data.astype(np.float32)
    norm = BM25_K1 * (1 - BM25_B + BM25_B * lengths[rows] / lengths.mean())
    weights = idf[counts.indices] * tf * (BM25_K1 + 1) / (tf + norm)
    return sparse.csr_matrix((weights, counts.indices, counts.indptr), shape=counts.shape)
