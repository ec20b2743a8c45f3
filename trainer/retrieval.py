"""How well retrieval finds the article that helps, and finds nothing where none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.retrieval import Retriever

DEPTH = 10


@dataclass(frozen=True)
class Query:
    """What someone asks, and the id of the article that helps, or None."""

    text: str
    article: str | None


def read_queries(path: Path) -> list[Query]:
    """Read a list of `query` and `article` from a YAML file."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Query(row["query"], row["article"]) for row in rows]


def evaluate(
    retriever: Retriever, queries: Sequence[Query], thresholds: Sequence[float]
) -> dict[str, float]:
    """Return recall@1, recall@3 and MRR@10 without a threshold, then what each one costs.

    "kept" is the share of answerable queries for which something is still offered.
    """
    answerable = [q for q in queries if q.article]
    ranks = [_rank(retriever, q) for q in answerable]
    figures = {
        "recall@1": sum(r == 1 for r in ranks) / len(ranks),
        "recall@3": sum(0 < r <= 3 for r in ranks) / len(ranks),
        "MRR@10": sum(1 / r for r in ranks if r) / len(ranks),
    }
    for threshold in thresholds:
        offered = [bool(retriever.articles(q.text, 3, threshold)) for q in queries]
        kept = [o for o, q in zip(offered, queries, strict=True) if q.article]
        none = [o for o, q in zip(offered, queries, strict=True) if not q.article]
        figures[f"kept at {threshold}"] = sum(kept) / len(kept)
        figures[f"nothing offered at {threshold}"] = 1 - sum(none) / len(none)
    return figures


def _rank(retriever: Retriever, query: Query) -> int:
    """Return the place of the right article, from 1; 0 where it is not among the first ten."""
    ids = [hit.id for hit in retriever.articles(query.text, DEPTH, 0.0)]
    return ids.index(query.article) + 1 if query.article in ids else 0
