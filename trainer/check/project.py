"""What the doctor reads, each file once; a file that cannot be read is left out and remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from assistant.knowledge import Knowledge, KnowledgeError, load_knowledge
from assistant.text import fold

if TYPE_CHECKING:
    from scipy import sparse

_BASE: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_BASE):
    """Every scalar as text; a key that stands twice is an error, which PyYAML lets pass."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"found duplicate key {key.value!r}"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Phrase:
    """An example, its intent, and where it stands.

    Phrases that differ in case, accents or punctuation alone have the same `key`.
    """

    text: str
    intent: str
    file: str
    line: int
    key: str


@dataclass(frozen=True)
class Torn:
    """An ambiguous message, its situations, and where it stands."""

    text: str
    intents: tuple[str, ...]
    file: str
    line: int
    key: str


def key_of(text: str) -> str:
    """Return a text without case, accents and punctuation; as it is where nothing would be left."""
    return fold(text) or text


class Project:
    """The files below a root, as values."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unreadable: dict[str, yaml.YAMLError | UnicodeDecodeError] = {}

    @cached_property
    def files(self) -> dict[str, Any]:
        """The content of every readable YAML file, by its path below the root."""
        paths = [p for name in ("domain.yml", "config.yml") if (p := self.root / name).exists()]
        for folder in ("data", "knowledge", "tests/nlu"):
            paths += sorted((self.root / folder).rglob("*.yml"))
        found = {}
        for path in paths:
            file = path.relative_to(self.root).as_posix()
            try:
                found[file] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
            except (yaml.YAMLError, UnicodeDecodeError) as error:
                self.unreadable[file] = error
        return found

    @cached_property
    def domain(self) -> dict[str, Any]:
        """What domain.yml holds; nothing where it cannot be read."""
        found = self.files.get("domain.yml")
        return found if isinstance(found, dict) else {}

    @cached_property
    def situations(self) -> set[str]:
        """The ids of the situations: the names of their files in knowledge/, readable or not."""
        return {path.stem for path in (self.root / "knowledge/situations").glob("*.yml")}

    @cached_property
    def _loaded(self) -> tuple[Knowledge | None, list[str]]:
        try:
            return load_knowledge(self.root / "knowledge"), []
        except KnowledgeError as error:
            return None, error.faults

    @property
    def knowledge(self) -> Knowledge | None:
        """The knowledge, or None where it has a fault."""
        return self._loaded[0]

    @property
    def faults(self) -> list[str]:
        """What is wrong with the knowledge."""
        return self._loaded[1]

    @cached_property
    def trained(self) -> list[Phrase]:
        """The examples of data/, without the ambiguous ones."""
        return [p for file in self.below("data/") for p in self._phrases(file)]

    @cached_property
    def apart(self) -> list[Phrase]:
        """The phrases set apart in tests/nlu/heldout and tests/nlu/tuning."""
        files = [*self.below("tests/nlu/heldout/"), *self.below("tests/nlu/tuning/")]
        return [p for file in files for p in self._phrases(file)]

    @cached_property
    def torn(self) -> list[Torn]:
        """The messages of data/ambiguous, and of their form elsewhere in data/."""
        return [torn for file in self.below("data/") for torn in self._torn(file)]

    @cached_property
    def letters(self) -> sparse.csr_matrix:
        """A row for each of `trained`, for closeness."""
        # Seconds to import, and the gateway imports this file at its start.
        from trainer.closeness import letters

        return letters([phrase.key for phrase in self.trained], folded=True)

    def below(self, folder: str) -> list[str]:
        """Return the readable files of a folder."""
        return [file for file in self.files if file.startswith(folder)]

    def source(self, file: str) -> list[str]:
        """Return a file's lines; none where there is no such file."""
        path = self.root / file
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def lines(self, file: str, mark: str) -> dict[str, int]:
        """Return where each line that begins with `mark` stands, by the key of the rest."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.source(file), 1):
            if line.strip().startswith(mark):
                rest = line.strip()[len(mark) :].strip()
                if rest[:1] == "'" == rest[-1:]:
                    rest = rest[1:-1].replace("''", "'")
                found.setdefault(rest, number)
        return found

    def _blocks(self, file: str) -> Iterator[dict[str, Any]]:
        content = self.files.get(file)
        blocks = content.get("nlu") if isinstance(content, dict) else None
        yield from (b for b in blocks or () if isinstance(b, dict) and "intent" in b)

    def _torn(self, file: str) -> Iterator[Torn]:
        blocks = [b for b in self._blocks(file) if isinstance(b.get("examples"), list)]
        lines = self.lines(file, "- text: ") if blocks else {}
        for block in blocks:
            for example in block["examples"]:
                if isinstance(example, dict) and "text" in example:
                    also = (example.get("metadata") or {}).get("also") or ()
                    text, names = example["text"], (block["intent"], *also)
                    yield Torn(text, names, file, lines.get(text, 0), key_of(text))

    def _phrases(self, file: str) -> Iterator[Phrase]:
        lines: dict[str, int] | None = None
        for block in self._blocks(file):
            if not isinstance(block.get("examples"), str):
                continue
            lines = self.lines(file, "- ") if lines is None else lines
            for line in map(str.strip, block["examples"].splitlines()):
                if line.startswith("- "):
                    text = line[2:].strip()
                    yield Phrase(text, block["intent"], file, lines.get(text, 0), key_of(text))
