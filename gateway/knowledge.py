"""The knowledge that is served now, for the gateway's own use; loaded once for each bundle.

Loading takes a second or more: call these in a thread.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.knowledge import Knowledge, load_knowledge
from gateway.workers import knowledge_folder

if TYPE_CHECKING:
    from assistant.retrieval import Retriever

# The bundle that is served, and the one before it, which may come back.
_KEPT = 2


def knowledge() -> Knowledge:
    """Return the knowledge that is served now."""
    return knowledge_in(knowledge_folder())


def retriever() -> Retriever:
    """Return what finds articles and situations of it."""
    return retriever_in(knowledge_folder())


@lru_cache(maxsize=_KEPT)
def knowledge_in(folder: Path) -> Knowledge:
    """Return the knowledge of a folder."""
    return load_knowledge(folder)


@lru_cache(maxsize=_KEPT)
def retriever_in(folder: Path) -> Retriever:
    """Return what finds articles and situations of the knowledge of a folder."""
    from assistant.retrieval import Retriever  # takes seconds (scikit-learn)

    return Retriever(knowledge_in(folder))
