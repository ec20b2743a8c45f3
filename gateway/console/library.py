"""What the pages need to know of the project's files, read anew only where one has changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from gateway.console.naming import Names
from gateway.console.stubs import without
from trainer.phrases import read_phrases
from trainer.wording import MARK
from trainer.workbench import Workbench
from trainer.workbench.draft import Draft
from trainer.workbench.errors import WorkbenchError
from trainer.workbench.ids import knowledge_file

Stamp = tuple[tuple[str, int, int], ...]
Found = TypeVar("Found")
FOLDERS = ("data", "knowledge", "tests/nlu")
FILES = ("domain.yml", "config.yml")


@dataclass(frozen=True)
class Card:
    """A situation in a list; `unfilled` counts the places that still say PREENCHA."""

    id: str
    title: str
    module: str
    checks: int
    examples: int
    unfilled: int


def stamp(root: Path) -> Stamp:
    """Return what is another value once any file that trainers change is another."""
    paths = [root / name for name in FILES]
    for folder in FOLDERS:
        paths += sorted((root / folder).rglob("*.yml"))
    found = ((path, path.stat()) for path in paths if path.is_file())
    return tuple((str(path), is_now.st_mtime_ns, is_now.st_size) for path, is_now in found)


@dataclass
class Library:
    """Reads in threads; what was read is kept for as long as it is true."""

    root: Path
    _kept: dict[str, tuple[Stamp, Any]] = field(default_factory=dict)

    def bench(self, who: str = "") -> Workbench:
        """Return the workbench, in the name of somebody who may change something."""
        return Workbench(self.root, who)

    async def cards(self) -> list[Card]:
        """Return all situations, by their titles."""
        return await self._fresh("cards", self._cards)

    async def titles(self) -> Mapping[str, str]:
        """Return the title of each situation by its id."""
        return {card.id: card.title for card in await self.cards()}

    async def counts(self) -> Mapping[str, int]:
        """Return how many examples each intent has."""
        found: Mapping[str, int] = await self._fresh("counts", self._counts)
        return found

    async def articles(self) -> list[dict[str, Any]]:
        """Return every article."""
        found: list[dict[str, Any]] = await self._fresh("articles", self._articles)
        return found

    async def names(self) -> Names:
        """Return what situations, articles and checks are called."""
        found: Names = await self._fresh("names", self._names)
        return found

    def _names(self) -> Names:
        """What cannot be read is left out: to say so is the doctor's, whose page needs names."""
        draft, titles, checks = Draft(self.root), dict[str, str](), dict[str, dict[str, str]]()
        for id in self.bench().situations():
            with suppress(WorkbenchError, KeyError, TypeError):
                found = draft.values(knowledge_file(id))
                titles[id] = without(str(found["title"]))
                checks[id] = {str(c["id"]): without(str(c["title"])) for c in found["checks"]}
        articles: dict[str, str] = {}
        with suppress(WorkbenchError, KeyError, TypeError):
            articles = {str(one["id"]): without(str(one["title"])) for one in self._articles()}
        return Names(titles, articles, checks)

    def _cards(self) -> list[Card]:
        counts, draft = self._counts(), Draft(self.root)
        cards = []
        for id in self.bench().situations():
            found = draft.values(knowledge_file(id))
            text = draft.text(knowledge_file(id)) or ""
            cards.append(Card(id, str(found["title"]), str(found["module"]),
                              len(found["checks"]), counts[id], text.count(MARK)))  # fmt: skip
        return sorted(cards, key=lambda card: card.title.casefold())

    def _counts(self) -> Counter[str]:
        return Counter(intent for intent, _ in read_phrases(self.root / "data"))

    def _articles(self) -> list[dict[str, Any]]:
        return self.bench().articles()[0]

    async def _fresh(self, name: str, read: Callable[[], Found]) -> Found:
        def work() -> tuple[Stamp, Found]:
            now = stamp(self.root)
            kept = self._kept.get(name)
            return kept if kept and kept[0] == now else (now, read())

        self._kept[name] = found = await asyncio.to_thread(work)
        return found[1]
