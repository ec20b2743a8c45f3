"""The held-out phrases: what someone wrote, and what it should be taken for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.dialogue.turn import OUT_OF_SCOPE, REPLIES, SMALL_TALK
from trainer.judging import read_ambiguous
from trainer.phrases import read_file

AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Phrase:
    """A phrase, its intent, the file it is from, and the situations that are acceptable.

    `guide` is the situation whose guide a reply was given in, where its words name one.
    """

    text: str
    intent: str
    source: str
    accepted: frozenset[str]
    guide: str = ""

    @property
    def kind(self) -> str:
        """Return situation, reply, small_talk, out_of_scope or ambiguous."""
        if self.intent in REPLIES:
            return "reply"
        if self.intent in SMALL_TALK:
            return "small_talk"
        return self.intent if self.intent in (OUT_OF_SCOPE, AMBIGUOUS) else "situation"


def read_heldout(folder: Path) -> list[Phrase]:
    """Return the phrases of `folder`/heldout/*.yml and of `folder`/heldout_ambiguous.yml."""
    guides = read_guides(folder / "heldout_guides.yml")
    found = [
        Phrase(text, intent, path.stem, frozenset([intent]), guides.get(text, ""))
        for path in sorted((folder / "heldout").glob("*.yml"))
        for intent, text in read_file(path)
    ]
    ambiguous = read_ambiguous(folder / "heldout_ambiguous.yml")
    return found + [Phrase(text, AMBIGUOUS, AMBIGUOUS, accepted) for text, _, accepted in ambiguous]


def read_guides(path: Path) -> dict[str, str]:
    """Return the situation whose guide each reply of the file was given in; none without a file.

    The file has the replies by situation, as annotators placed them by the words alone.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {text: situation for situation, texts in content.items() for text in texts}
