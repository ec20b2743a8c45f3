"""How well retrieval finds the article that helps, and finds nothing where none does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.dialogue.turn import OUT_OF_SCOPE
from assistant.retrieval import NEAR_ENOUGH, NEAR_ENOUGH_STRANGE, Retriever
from trainer.evaluate.measure import Measure, measure

DEPTH = 10
SHOWN = 3


@dataclass(frozen=True)
class Query:
    """What someone asks, and the id of the article that helps, or None."""

    text: str
    article: str | None


def read_queries(path: Path) -> list[Query]:
    """Read a list of `query` and `article` from a YAML file."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Query(row["query"], row["article"]) for row in rows]


def retrieval(
    queries: Sequence[Query], retriever: Retriever, intent: Callable[[str], str]
) -> Iterator[Measure]:
    """Yield recall and MRR without a threshold, then what the thresholds keep and keep back.

    `intent` is what NLU decides: what it takes for out of scope must be nearer to be offered.
    """
    ranks = [(q.text, rank(retriever, q)) for q in queries if q.article]
    yield measure("recall_1", ((text, r == 1) for text, r in ranks))
    yield measure("recall_3", ((text, 0 < r <= 3) for text, r in ranks))
    yield measure("mrr_10", ((text, 1 / r if r else 0.0) for text, r in ranks))
    yield from _at(queries, retriever, "", lambda text: _threshold(intent(text)))
    for fixed in (NEAR_ENOUGH, NEAR_ENOUGH_STRANGE):
        always = dict.fromkeys((q.text for q in queries), fixed)
        yield from _at(queries, retriever, f"_at/{fixed}", always.__getitem__)


def _threshold(intent: str) -> float:
    return NEAR_ENOUGH_STRANGE if intent == OUT_OF_SCOPE else NEAR_ENOUGH


def _at(
    queries: Sequence[Query], retriever: Retriever, name: str, least: Callable[[str], float]
) -> Iterator[Measure]:
    shown = {q.text: _ids(retriever, q.text, SHOWN, least(q.text)) for q in queries}
    yield measure(f"silent{name}", ((q.text, not shown[q.text]) for q in queries if not q.article))
    found = [q for q in queries if q.article]
    yield measure(f"kept{name}", ((q.text, q.article in shown[q.text]) for q in found))


def rank(retriever: Retriever, query: Query) -> int:
    """Return the place of the right article, from 1; 0 where it is not among the first ten."""
    ids = _ids(retriever, query.text, DEPTH, 0.0)
    return ids.index(query.article) + 1 if query.article in ids else 0


def misses(queries: Sequence[Query], retriever: Retriever) -> list[dict[str, str | int]]:
    """Return the queries whose article is not first, worst first: query, wanted, found, rank."""
    rows: list[dict[str, str | int]] = []
    for query in (q for q in queries if q.article):
        place, ids = rank(retriever, query), _ids(retriever, query.text, 1, 0.0)
        if place != 1:
            found = ids[0] if ids else ""
            rows.append(
                {"query": query.text, "wanted": query.article or "", "found": found, "rank": place}
            )
    return sorted(rows, key=lambda row: (-(int(row["rank"]) or DEPTH + 1), row["query"]))


def _ids(retriever: Retriever, text: str, limit: int, near_enough: float) -> list[str]:
    return [hit.id for hit in retriever.articles(text, limit, near_enough)]
