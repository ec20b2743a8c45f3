"""FaQuAD: the paragraph that answers a question, found by the assistant's own index."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import numpy as np

from assistant import retrieval
from benchmarks.nlu import data, measures
from benchmarks.nlu.measures import Figure

DEPTH = 10
# The share of BM25 in the score: what the assistant uses, and halves.
SHARES = {"faquad": retrieval.BM25_SHARE, "faquad-half": 0.5}


def measure(folder: Path, share: float) -> dict[str, Figure]:
    """Return R@1, R@3, MRR@10 and nDCG@10 over 900 questions to 249 paragraphs."""
    paragraphs, questions = data.faquad(folder)
    index = retrieval.Index([(str(place), text) for place, text in enumerate(paragraphs)])
    with patch.object(retrieval, "BM25_SHARE", share):
        found = [[int(hit.id) for hit in index.search(q, DEPTH, 0.0)] for q, _ in questions]
    return figures(measures.ranks(found, [place for _, place in questions]))


def figures(ranks: list[int]) -> dict[str, Figure]:
    """Return the figures of ranks from 1, where 0 is "not found"; one text is right for each."""
    gains = [1 / np.log2(rank + 1) if rank else 0.0 for rank in ranks]
    return {
        "recall_1": measures.wilson(sum(rank == 1 for rank in ranks) / len(ranks), len(ranks)),
        "recall_3": measures.wilson(sum(0 < rank <= 3 for rank in ranks) / len(ranks), len(ranks)),
        "mrr_10": measures.bootstrap([1 / rank if rank else 0.0 for rank in ranks]),
        "ndcg_10": measures.bootstrap(gains),
    }
